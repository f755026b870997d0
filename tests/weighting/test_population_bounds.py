"""The lowest and highest share over all weights between bounds: against a linear program."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from alumnistats.errors import ArgumentError
from alumnistats.weighting import extreme_weights, weighted_range

parts = st.floats(0, 1)


@st.composite
def bounded(draw):
    """Return shares and bounds around some weights that sum to 1."""
    groups = draw(st.integers(1, 6))
    shares = np.array(draw(st.lists(parts, min_size=groups, max_size=groups)))
    raw = np.array(draw(st.lists(st.floats(0.01, 1), min_size=groups, max_size=groups)))
    inside = raw / raw.sum()
    below, above = (np.array(draw(st.lists(parts, min_size=groups, max_size=groups))) for _ in "ab")
    return shares, inside * below, inside + (1 - inside) * above


@given(bounded())
@settings(max_examples=60, deadline=None)
def test_both_ends_are_those_of_the_linear_program(case):
    shares, low, high = case
    ends = []
    for sign in (1, -1):
        found = linprog(sign * shares, A_eq=np.ones((1, len(shares))), b_eq=[1],
                        bounds=np.stack([low, high], axis=1), method="highs")  # fmt: skip
        ends.append(sign * found.fun)
    assert [float(end) for end in weighted_range(*case)] == pytest.approx(ends, abs=1e-7)
    for largest in (False, True):
        weights = extreme_weights(*case, largest=largest)
        assert weights.sum() == pytest.approx(1)
        assert (weights >= low - 1e-12).all()
        assert (weights <= high + 1e-12).all()


@given(bounded(), st.randoms())
@settings(max_examples=40, deadline=None)
def test_relabelling_groups_changes_nothing_and_wider_bounds_hold_more(case, random):
    shares, low, high = case
    order = np.array(random.sample(range(len(shares)), len(shares)))
    ends = weighted_range(*case)
    turned = weighted_range(shares[order], low[order], high[order])
    assert np.array(ends) == pytest.approx(np.array(turned), abs=1e-12)
    wide = weighted_range(shares, low / 2, (1 + high) / 2)
    assert wide[0] <= ends[0] + 1e-12
    assert wide[1] >= ends[1] - 1e-12


def test_many_rows_at_once():
    shares = np.random.default_rng(0).random((5, 3, 4))
    low, high = np.full(4, 0.1), np.full(4, 0.5)
    lowest, highest = weighted_range(shares, low, high)
    assert lowest.shape == highest.shape == (5, 3)
    one = weighted_range(shares[2, 1], low, high)
    assert [lowest[2, 1], highest[2, 1]] == pytest.approx([float(end) for end in one])


@pytest.mark.parametrize(("low", "high"), [([0.6, 0.6], [1, 1]), ([0, 0], [0.4, 0.4]),
                                           ([0.5, 0], [0.4, 1])])  # fmt: skip
def test_bounds_that_no_weights_meet(low, high):
    with pytest.raises(ArgumentError, match="bounds around weights of 1"):
        weighted_range([0.5, 0.5], low, high)
