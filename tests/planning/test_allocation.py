"""Allocations against Neyman's and against a search, and their sizes against the test itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from alumnistats.errors import ArgumentError
from alumnistats.planning import (
    CRITERIA,
    GroupOrder,
    best_fractions,
    best_sizes,
    needed_size,
    simulate_counts,
)

ORDER = GroupOrder(np.array([0.6, 0.5, 0.4, 0.42, 0.1]), ((0,), (1,), (2, 3, 4)))


def closest(order, w):
    """Return the smallest standardised difference of one respondent in all."""
    a, b = np.array(order.pairs).T
    v, p = order.shares * (1 - order.shares), order.shares
    return ((p[a] - p[b]) / np.sqrt(v[a] / w[a] + v[b] / w[b])).min()


def product(order, n):
    """Return the power of all comparisons by the normal approximation, as if independent."""
    a, b = np.array(order.pairs).T
    v, p = order.shares * (1 - order.shares), order.shares
    z = (p[a] - p[b]) / np.sqrt(v[a] / n[a] + v[b] / n[b])
    return ndtr(z - ndtri(order.level)).prod()


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize(("p", "q"), [(0.5, 0.1), (0.9, 0.6), (0.3, 0.28)])
def test_two_groups_are_divided_as_neyman_divides_them(criterion, p, q):
    spread = np.sqrt(np.array([p * (1 - p), q * (1 - q)]))
    found = best_fractions(GroupOrder(np.array([p, q]), ((0,), (1,))), 0.8, criterion)
    assert found == pytest.approx(spread / spread.sum(), abs=1e-4)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(5, 95), min_size=3, max_size=6, unique=True), st.sampled_from(CRITERIA))
def test_fractions_sum_to_one_whatever_the_shares(percent, criterion):
    shares = np.sort(percent)[::-1] / 100
    order = GroupOrder(shares, ((0,), tuple(range(1, len(shares)))))
    found = best_fractions(order, 0.8, criterion)
    assert found.sum() == pytest.approx(1)
    assert (found > 0).all()


def test_no_other_division_brings_the_closest_comparison_further_apart():
    best = best_fractions(ORDER, criterion="closest")
    rng = np.random.default_rng(0)
    tries = [best * np.exp(rng.normal(0, s, 5)) for s in np.repeat([0.001, 0.03, 0.3, 1], 300)]
    assert max(closest(ORDER, w / w.sum()) for w in tries) <= closest(ORDER, best) * (1 + 1e-7)


def test_no_other_division_of_as_many_has_a_larger_product():
    best = best_fractions(ORDER, 0.8, "all")
    total = best_sizes(ORDER).sum()
    # The criterion is met with equality at some total: the fractions are best there.
    low, high = 0.3 * total, 3 * total
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if product(ORDER, middle * best) < 0.8 else (low, middle)
    rng = np.random.default_rng(1)
    tries = [best * np.exp(rng.normal(0, s, 5)) for s in np.repeat([0.001, 0.03, 0.3, 1], 300)]
    others = max(product(ORDER, high * w / w.sum()) for w in tries)
    assert others <= product(ORDER, high * best) + 1e-6


@pytest.mark.parametrize("criterion", CRITERIA)
def test_sizes_have_the_power_they_promise(criterion):
    n = best_sizes(ORDER, 0.8, criterion)
    k = simulate_counts(ORDER.shares, n[None], 4000, seed=3)[0]
    # Simulation error of both, and the normal approximation for discrete counts.
    assert ORDER.decided(k, n).mean() == pytest.approx(0.8, abs=0.035)


def test_fewer_are_enough_than_with_equal_sizes():
    assert best_sizes(ORDER).sum() < best_sizes(ORDER, criterion="closest").sum()
    assert best_sizes(ORDER).sum() < 5 * needed_size(ORDER)


def test_what_no_sizes_settle():
    tie = GroupOrder(np.array([0.4, 0.4]), ((0,), (1,)))
    assert best_sizes(tie) is None
    with pytest.raises(ArgumentError, match="tie"):
        best_fractions(tie)
    with pytest.raises(ArgumentError, match="criterion"):
        best_fractions(ORDER, criterion="some")
