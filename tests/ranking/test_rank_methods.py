"""What a table says of ranks over several solutions, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.ranking.rank_methods import over_solutions


def bounds(lower, upper, share):
    lower, upper = (np.array(x)[:, None] for x in (lower, upper))
    return {key: value[0] for key, value in over_solutions(lower, upper, np.array(share)).items()}


def test_bounds_that_few_solutions_need_are_extremes_only():
    """The best rank is 1 in 4% of the solutions, and the worst 9 in 4% of them."""
    found = bounds([1, 2, 3], [5, 9, 7], [0.04, 0.04, 0.92])
    assert (found["lower"], found["upper"]) == (2, 7)
    assert (found["lower_min"], found["upper_max"]) == (1, 9)
    assert found["lower_mean"] == pytest.approx(0.04 + 0.08 + 2.76)
    assert found["upper_mean"] == pytest.approx(0.20 + 0.36 + 6.44)


def test_a_bound_in_more_than_five_percent_of_the_solutions_counts():
    found = bounds([1, 2], [4, 3], [0.06, 0.94])
    assert (found["lower"], found["upper"]) == (1, 4)
    at_the_limit = bounds([1, 2], [4, 3], [0.05, 0.95])
    assert (at_the_limit["lower"], at_the_limit["upper"]) == (2, 3)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_at_least_95_percent_of_the_solutions_keep_within_a_bound(lower, random):
    share = np.array([random.random() + 0.01 for _ in lower])
    share /= share.sum()
    found = bounds(lower, lower, share)
    inside = np.array(lower)
    assert share[inside >= found["lower"]].sum() >= 0.95 - 1e-9
    assert share[inside > found["lower"]].sum() < 0.95 + 1e-9  # no larger bound would do
