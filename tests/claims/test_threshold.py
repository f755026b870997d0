"""Thresholds of a share, in integers."""

import numpy as np
import pytest

from alumnistats.claims.threshold import Threshold


@pytest.mark.parametrize("relation", ["at-least", "above", "at-most", "below"])
def test_thresholds_in_integers(relation):
    threshold = Threshold(relation, 700, 1000)
    k, n = np.array([69, 70, 71]), np.full(3, 100)
    expected = {"at-least": [0, 1, 1], "above": [0, 0, 1], "at-most": [1, 1, 0], "below": [1, 0, 0]}
    assert threshold.holds(k, n).tolist() == expected[relation]


@pytest.mark.parametrize("relation", ["at-least", "above", "at-most", "below"])
def test_a_half_is_above_a_third_by_the_smallest_gap(relation):
    held = Threshold(relation, 1, 3).holds(np.array([1]), np.array([2]))
    assert held.tolist() == [relation in ("at-least", "above")]
