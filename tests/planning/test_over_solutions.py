"""Needed sizes over the solutions, against sizes of each of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.planning import (
    GroupOrder,
    OptionOrder,
    ShareBeyond,
    best_sizes,
    decision_range,
    needed_size,
    needed_sizes,
)


def thresholds(shares):
    return [ShareBeyond(np.array([p]), 0.5, upward=True, level=0.975) for p in shares]


def test_one_solution_has_one_size():
    one = GroupOrder(np.array([0.6, 0.4]), ((0,), (1,)), 0.975)
    found = needed_sizes(decision_range([one], np.ones(1)))
    assert found.low == found.median == found.high == needed_size(one)


def test_quantiles_are_those_of_the_sizes():
    """Eleven equally probable shares: the second, the sixth and the tenth of the sizes."""
    shares = np.linspace(0.55, 0.75, 11)[::-1]
    decisions = thresholds(shares)
    found = needed_sizes(decision_range(decisions, np.full(11, 1 / 11)))
    sizes = [needed_size(one) for one in decisions]
    assert [found.low, found.median, found.high] == [sizes[1], sizes[5], sizes[9]]


def test_weights_are_probabilities():
    decisions = thresholds([0.7, 0.6, 0.55])
    found = decision_range(decisions, np.array([0.05, 0.9, 0.05]))
    assert found.low is found.median is found.high is decisions[1]


def test_solutions_that_contradict_the_claim_need_an_infinite_size():
    decisions = thresholds([0.6, 0.45, 0.4])
    found = needed_sizes(decision_range(decisions, np.array([0.4, 0.3, 0.3])))
    assert np.isfinite(found.low)
    assert np.isinf(found.median)
    assert np.isinf(found.high)


def test_orders_and_options():
    rng = np.random.default_rng(0)
    orders = [GroupOrder(np.sort(rng.uniform(0.2, 0.8, 4))[::-1], ((0,), (1, 2)), 0.975)
              for _ in range(9)]  # fmt: skip
    found = needed_sizes(decision_range(orders, np.full(9, 1 / 9)))
    assert found.low <= found.median <= found.high
    sizes = sorted(needed_size(one) for one in orders)
    # The solutions are put into order by 200 draws of the normal law.
    assert sizes[3] <= found.median <= sizes[5]
    options = OptionOrder(np.array([[0.3, 0.2]]), 0.975)
    assert needed_sizes(decision_range([options], np.ones(1)), method="normal").median > 0


def test_weights_must_fit():
    with pytest.raises(ArgumentError, match="weight"):
        decision_range(thresholds([0.6]), np.ones(2) / 2)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(5, 95), min_size=2, max_size=5, unique=True), st.integers(1, 4))
def test_the_best_division_is_never_worse_than_equal_sizes(percent, first):
    shares = np.sort(percent)[::-1] / 100
    cut = min(first, len(shares) - 1)
    order = GroupOrder(shares, (tuple(range(cut)), tuple(range(cut, len(shares)))), 0.975)
    best = best_sizes(order)
    assert best.sum() <= needed_size(order) * len(shares)
    assert (best >= 1).all()
