"""Comparison intervals and reference columns: closed forms, brute force, coverage."""

import itertools
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import bisect
from scipy.stats import binom, norm

from alumnistats.comparisons import share_variance
from alumnistats.errors import ArgumentError
from alumnistats.ranking import (
    FAMILIES,
    compare_with,
    comparison_intervals,
    joint_region,
    rank,
    rank_sets,
)
from alumnistats.ranking.joint_region import single_level

K = np.array([49, 46, 42, 42, 33, 31, 30, 28, 27, 22, 21, 18])
P, V = K / 103, share_variance(K, np.full(12, 103))

variances = st.lists(st.sampled_from([0.0, 1e-4, 0.01, 0.3, 1.0, 40.0]), min_size=1, max_size=8)


def test_equal_standard_errors_give_the_published_multiplier():
    found = comparison_intervals(np.zeros(6), np.full(6, 4.0))
    assert round(found.multiplier, 2) == 1.39  # Goldstein and Healy 1995
    assert found.multiplier == pytest.approx(norm.ppf(0.975) / np.sqrt(2), rel=1e-8)
    assert found.upper == pytest.approx(2 * found.multiplier)
    assert found.smallest_error == pytest.approx(found.largest_error)


@pytest.mark.parametrize("cells", [1, 12, 2**20])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_unequal_standard_errors_by_brute_force(level, cells, monkeypatch):
    module = sys.modules[comparison_intervals.__module__]  # the package's name is the function's
    monkeypatch.setattr(module, "CELLS", cells)
    se = np.array([0.2, 0.2, 0.5, 1.0, 3.0, 3.0, 11.0])

    def errors(c):
        return [2 * norm.sf(c * (a + b) / np.hypot(a, b)) for a, b in itertools.combinations(se, 2)]

    expected = bisect(lambda c: np.mean(errors(c)) - (1 - level), 0.0, 10.0, xtol=1e-12)
    found = comparison_intervals(np.arange(7.0), se**2, level=level)
    assert found.multiplier == pytest.approx(expected, abs=1e-10)
    assert found.pair_error == pytest.approx(1 - level, rel=1e-9)
    assert found.smallest_error == pytest.approx(min(errors(expected)))
    assert found.largest_error == pytest.approx(max(errors(expected)))


def test_errors_are_those_of_simulated_pairs():
    rng = np.random.default_rng(5)
    se, pairs = np.array([0.5, 1.0, 1.0, 4.0]), np.triu_indices(4, 1)
    found = comparison_intervals(np.zeros(4), se**2, level=0.9)
    x = se * rng.standard_normal((20_000, 4))
    reach = found.multiplier * (se[pairs[0]] + se[pairs[1]])
    apart = np.abs(x[:, pairs[0]] - x[:, pairs[1]]) > reach
    # Averages over pairs of one draw vary less than single pairs do.
    assert abs(apart.mean() - 0.1) < 4 * np.sqrt(0.1 * 0.9 / 20_000)
    every = comparison_intervals(np.zeros(4), se**2, level=0.9, correction="bonferroni")
    reach = every.multiplier * (se[pairs[0]] + se[pairs[1]])
    wrong = (np.abs(x[:, pairs[0]] - x[:, pairs[1]]) > reach).any(axis=1).sum()
    assert wrong <= binom.ppf(1 - 1e-5, 20_000, 0.1)
    assert "at least 0.9" in every.guarantee


@given(variances, st.randoms())
@settings(deadline=None, max_examples=60)
def test_what_always_holds(variance, random):
    v = np.array(variance)
    found = comparison_intervals(np.arange(len(v)), v)
    z = norm.ppf(0.975)
    assert z / np.sqrt(2) - 1e-8 <= found.multiplier <= z + 1e-8
    assert found.smallest_error <= found.pair_error + 1e-12
    assert found.pair_error <= found.largest_error + 1e-12
    wider = comparison_intervals(np.arange(len(v)), v, level=0.99)
    assert (wider.upper >= found.upper).all()
    every = comparison_intervals(np.arange(len(v)), v, correction="bonferroni")
    assert every.multiplier >= found.multiplier - 1e-9
    order = random.sample(range(len(v)), len(v))
    other = comparison_intervals(np.arange(len(v))[order], v[order])
    np.testing.assert_allclose(other.lower, found.lower[order], rtol=1e-9, atol=1e-9)


def test_many_groups_take_no_square_of_memory():
    v = np.random.default_rng(1).random(3000)
    assert 1.38 < comparison_intervals(np.zeros(3000), v).multiplier < 1.5


def test_families_by_hand():
    z = {"reference": norm.isf(0.05 / (2 * 11)), "all-pairs": norm.isf(0.05 / (12 * 11))}
    for reference in range(12):
        gap, se = P - P[reference], np.sqrt(V + V[reference])
        for family, critical in z.items():
            found = compare_with(reference, P, V, family=family)
            assert found.position.tolist() == np.where(abs(gap) > critical * se, np.sign(gap), 0
                                                       ).tolist()  # fmt: skip
        half = norm.isf((1 - single_level(0.95, 12, "independence")) / 2) * np.sqrt(V)
        region = joint_region(P - half, P + half)
        side = compare_with(reference, P, V, family="region").position
        assert region.lower[reference] == 1 + (side > 0).sum()
        assert region.upper[reference] == 12 - (side < 0).sum()


def test_columns_decide_no_more_than_the_sets_do():
    """Bonferroni's quantile is above the exact ones of the marginal and simultaneous sets."""
    for family, kind in (("reference", "marginal"), ("all-pairs", "simultaneous")):
        sets = rank_sets(P, V, kind=kind, stepdown=False)
        for reference in range(12):
            side = compare_with(reference, P, V, family=family).position
            assert 1 + (side > 0).sum() <= sets.lower[reference]
            assert 12 - (side < 0).sum() >= sets.upper[reference]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_decision_of_the_family_is_wrong_too_often(family):
    rng = np.random.default_rng(8)
    se, runs, wrong = np.array([0.5, 1.0, 1.0, 2.0, 0.2]), 1500, 0
    for _ in range(runs):
        x = se * rng.standard_normal(5)
        references = [0] if family == "reference" else range(5)
        wrong += any(
            compare_with(r, x, se**2, level=0.9, family=family).position.any() for r in references
        )
    assert wrong <= binom.ppf(1 - 1e-5, runs, 0.1)


def test_ranks_compare_with_a_group():
    ranks = rank(count=K, nobs=[103] * 12)
    table = ranks.compare_with("1")
    assert table["position"].tolist() == ["undecided"] * 7 + ["below"] * 5
    shown = comparison_intervals(P, V)
    np.testing.assert_allclose(table["lower"], shown.lower)
    np.testing.assert_allclose(table["upper"], shown.upper)
    assert ranks.compare_with("12")["position"].tolist().count("above") == 4
    with pytest.raises(ArgumentError, match="reference"):
        ranks.compare_with("13")


def test_single_groups_ties_and_known_values():
    alone = comparison_intervals([0.4], [0.01])
    assert alone.lower[0] < 0.4 < alone.upper[0]
    assert compare_with(0, [0.4], [0.01]).position.tolist() == [0]
    known = comparison_intervals([1, 2], [0, 0])
    assert known.lower.tolist() == known.upper.tolist() == [1, 2]
    for family in FAMILIES:
        found = compare_with(1, [1, 2, 2, 3], np.zeros(4), family=family)
        assert found.position.tolist() == [-1, 0, 0, 1]


@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        (lambda: comparison_intervals([1, 2], [1]), "variance"),
        (lambda: comparison_intervals([], []), "variance"),
        (lambda: comparison_intervals([1, 2], [1, -1]), "variance"),
        (lambda: comparison_intervals([1, np.nan], [1, 1]), "variance"),
        (lambda: comparison_intervals([1, 2], [1, 1], level=95), "level"),
        (lambda: comparison_intervals([1, 2], [1, 1], correction="holm"), "correction"),
        (lambda: compare_with(2, [1, 2], [1, 1]), "reference"),
        (lambda: compare_with(-1, [1, 2], [1, 1]), "reference"),
        (lambda: compare_with(0, [1, 2], [1, 1], family="tukey"), "family"),
    ],
)
def test_bad_arguments_are_named(call, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        call()
