"""Needed sizes: exact, never falling short again, and near what others compute."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from alumnistats.comparisons import fisher_mid_p
from alumnistats.errors import ArgumentError
from alumnistats.planning import (
    GroupOrder,
    OptionOrder,
    ShareBeyond,
    needed_size,
    pair_size,
    pairs_of_shares,
    power_bounds,
    simulate_counts,
    tiers_size,
)
from alumnistats.planning.sample_size import grid_index, grid_size

TIERS = [
    ((0,), (1,)),
    ((0,), (1,), (2,)),
    ((0, 1), (2,)),
    ((0,), (1, 2)),
    ((0,), (1, 2), (3,)),
    ((0, 1), (2, 3)),
    ((0,), (1,), (2,), (3,)),
]


def significant(k, sizes, pairs, level):
    """Return in which samples every comparison rejects, by the package's test of single tables."""
    found = np.ones(len(k), dtype=bool)
    for a, b in pairs:
        found &= fisher_mid_p(k[:, a], sizes[a], k[:, b], sizes[b], "greater") <= 1 - level
    return found


@pytest.mark.parametrize("tiers", TIERS)
@pytest.mark.parametrize("shares", [(0.9, 0.75, 0.5, 0.2), (0.4, 0.6, 0.3, 0.3)])
def test_tiers_against_enumeration(tiers, shares):
    n, level, groups = 11, 0.8, sum(map(len, tiers))
    p = np.array(shares[:groups])
    k = np.array(list(itertools.product(range(n + 1), repeat=groups)))
    order = GroupOrder(p, tiers, level)
    law = stats.binom.pmf(k, n, p).prod(axis=1)
    expected = law[significant(k, np.full(groups, n), order.pairs, level)].sum()
    assert order.power(np.array([n]))[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("tiers", TIERS)
def test_decisions_are_those_of_the_test(tiers):
    sizes = np.array([30, 41, 25, 30])
    p = np.array([0.8, 0.6, 0.4, 0.3])
    order = GroupOrder(p, tiers, 0.9)
    k = simulate_counts(p, sizes[None], 500, seed=1)[0]
    assert (order.decided(k, sizes) == significant(k, sizes, order.pairs, 0.9)).all()


@pytest.mark.parametrize("tiers", TIERS)
def test_simulated_power_agrees_with_exact(tiers):
    p, n, samples = np.array([0.7, 0.55, 0.4, 0.25]), 90, 4000
    order = GroupOrder(p, tiers)
    k = simulate_counts(p, np.full((1, 4), n), samples, seed=2)[0]
    exact = order.power(np.array([n]))[0]
    error = np.sqrt(exact * (1 - exact) / samples)
    assert order.decided(k, np.full(4, n)).mean() == pytest.approx(exact, abs=4 * error + 1e-9)


def test_power_of_all_lies_within_the_bounds_of_each():
    order = GroupOrder(np.array([0.6, 0.45, 0.3]), ((0,), (1,), (2,)))
    bounds = order.bounds(np.full(3, 120))
    assert bounds.low <= order.power(np.array([120]))[0] <= bounds.high
    assert bounds.low <= bounds.product <= bounds.high


def test_bounds_of_three():
    bounds = power_bounds([0.9, 0.8, 0.95])
    assert (bounds.low, bounds.high) == pytest.approx((0.65, 0.8))
    assert bounds.product == pytest.approx(0.684)


def test_grown_surveys_contain_the_smaller_ones_and_have_the_right_law():
    steps = np.array([[10, 20], [10, 50], [40, 60]])
    k = simulate_counts(np.array([0.3, 0.6]), steps, 20_000, seed=0)
    assert (np.diff(k, axis=0) >= 0).all()
    assert (k[1, :, 0] == k[0, :, 0]).all()
    expected = stats.binom.pmf(np.arange(61), 60, 0.6)
    observed = np.bincount(k[2, :, 1], minlength=61) / 20_000
    assert observed == pytest.approx(expected, abs=5 * np.sqrt(0.11 / 20_000))


def test_sizes_tried():
    sizes = [grid_size(i) for i in range(1, 3000)]
    assert sizes[998:1002] == [999, 1000, 1010, 1020]
    assert sizes == sorted(set(sizes))
    assert [grid_index(n) for n in sizes] == list(range(1, 3000))


@given(st.floats(0.5, 1e6))
def test_next_size_tried(n):
    index = grid_index(n)
    assert grid_size(index) >= n
    assert index == 1 or grid_size(index - 1) < n


DECISIONS = [
    GroupOrder(np.array([0.6, 0.45]), ((0,), (1,))),
    GroupOrder(np.array([0.56, 0.44]), ((0,), (1,))),
    GroupOrder(np.array([0.7, 0.5, 0.3, 0.25]), ((0,), (1,), (2, 3))),
    GroupOrder(np.array([0.7, 0.75, 0.5, 0.45]), ((0, 1), (2, 3))),
    ShareBeyond(np.array([0.6]), 0.5),
    ShareBeyond(np.array([0.4, 0.35]), 0.5, upward=False),
    OptionOrder(np.array([[0.4, 0.3]])),
    OptionOrder(np.array([[0.4, 0.2], [0.4, 0.25]])),
]


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("power", [0.8, 0.95])
def test_needed_size_is_the_first_from_which_the_power_stays(decision, power):
    n = int(needed_size(decision, power))
    assert n < 1000  # so that every size is tried
    assert decision.power(np.array([n - 1]))[0] < power
    later = np.arange(n, int(1.3 * n) + 5, max(n // 100, 1))
    assert (decision.power(later) >= power).all()


@pytest.mark.parametrize(("p", "q"), [(0.6, 0.5), (0.3, 0.2), (0.9, 0.8), (0.52, 0.5)])
def test_needed_size_is_near_those_of_normal_approximations(p, q):
    exact = needed_size(GroupOrder(np.array([p, q]), ((0,), (1,))))
    other = samplesize_proportions_2indep_onetail(p - q, q, 0.8, alpha=0.05, alternative="larger")
    assert exact == pytest.approx(float(pair_size(p, q)), rel=0.02)
    assert exact == pytest.approx(other, rel=0.02)


def test_several_comparisons_need_more_than_the_closest_and_are_near_normal():
    order = GroupOrder(np.array([0.6, 0.5, 0.4, 0.4]), ((0,), (1,), (2, 3)))
    n = needed_size(order)
    assert n > needed_size(GroupOrder(np.array([0.6, 0.5]), ((0,), (1,))))
    assert n == pytest.approx(tiers_size(order.shares, order.pairs, draws=20_000), rel=0.03)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.05, 0.8), st.floats(0.03, 0.08), st.floats(0.02, 0.1))
def test_a_larger_difference_needs_fewer(q, gap, more):
    near = needed_size(GroupOrder(np.array([q + gap, q]), ((0,), (1,))))
    far = needed_size(GroupOrder(np.array([q + gap + more, q]), ((0,), (1,))))
    assert far <= near


@pytest.mark.parametrize("decision", DECISIONS[:4])
def test_normal_sizes_of_groups_are_near_the_exact_ones(decision):
    exact, normal = needed_size(decision), needed_size(decision, method="normal")
    assert normal == pytest.approx(exact, rel=0.06)


@pytest.mark.parametrize("decision", DECISIONS[4:])
def test_exact_tests_that_keep_their_level_need_more_than_the_normal_size(decision):
    assert needed_size(decision) > needed_size(decision, method="normal")


def test_no_number_settles_a_tie_or_the_wrong_order():
    assert needed_size(GroupOrder(np.array([0.4, 0.4]), ((0,), (1,)))) == np.inf
    assert needed_size(GroupOrder(np.array([0.5, 0.3, 0.4]), ((0,), (1,), (2,)))) == np.inf
    assert needed_size(ShareBeyond(np.array([0.7, 0.4]), 0.5)) == np.inf
    assert needed_size(OptionOrder(np.array([[0.4, 0.2], [0.3, 0.3]]))) == np.inf


def test_of_very_close_shares_the_normal_approximation_is_returned():
    n = needed_size(GroupOrder(np.array([0.5005, 0.5]), ((0,), (1,))))
    assert n == pytest.approx(float(pair_size(0.5005, 0.5)), rel=0.01)


def test_smallest_overlap():
    assert pairs_of_shares([0.6, 0.5], [0.5, 0.3]) == pytest.approx(
        np.array([[0.5, 0.4], [0.5, 0.3]])
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: GroupOrder(np.array([0.5, 0.4]), ((0, 1),)),
        lambda: GroupOrder(np.array([0.5, 0.4]), ((0,), (0,))),
        lambda: GroupOrder(np.array([0.5, 0.4]), ((0,), (2,))),
        lambda: GroupOrder(np.array([0.5, 1.4]), ((0,), (1,))),
        lambda: ShareBeyond(np.array([0.5]), 0.0),
        lambda: OptionOrder(np.array([0.5, 0.4])),
        lambda: needed_size(DECISIONS[0], 1.0),
        lambda: needed_size(DECISIONS[0], method="some"),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ArgumentError, match="found"):
        call()
