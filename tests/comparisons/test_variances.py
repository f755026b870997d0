"""Variances of shares, by hand and against a table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alumnistats.comparisons import share_variance
from alumnistats.errors import ArgumentError

REFERENCE = Path(__file__).parents[1] / "reference"


def test_as_observed():
    table = pd.read_csv(REFERENCE / "input_k12.csv")
    np.testing.assert_allclose(share_variance(table["x"], table["n"]), table["var"], rtol=1e-12)
    assert share_variance(0, 20) == 0.0


def test_one_answer_added_on_either_side():
    assert share_variance(0, 20, "agresti-caffo") == pytest.approx(1 / 22 * 21 / 22 / 22)
    assert share_variance(5, 10, "agresti-caffo") == pytest.approx(0.25 / 12)


def test_of_the_share_of_all():
    """10 of 40: a share of 1/4 in every group."""
    found = share_variance([[1, 9], [5, 5]], [10, 30], "pooled")
    assert found == pytest.approx(np.array([[3 / 16 / 10, 3 / 16 / 30]] * 2))
    assert share_variance(5, 10, "pooled") == pytest.approx(0.025)


def test_an_unknown_kind():
    with pytest.raises(ArgumentError, match="kind"):
        share_variance(1, 2, "wilson")
