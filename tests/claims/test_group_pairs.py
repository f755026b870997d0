"""Tests of pairs of groups over the solutions, and of all pairs of a claim together."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from alumnistats.claims import Evidence, Rules
from alumnistats.claims.group_pairs import FOR_NOBODY, conjunction, pair_p
from alumnistats.claims.rankings import pairs_of_order
from alumnistats.comparisons import PAIR_TESTS, adjust, deflate, fisher_mid_p, odds_ratio_test
from alumnistats.reconstruction import Solutions

LEVEL = 0.95


def evidence_of(n, k):
    """Return evidence of equally probable solutions, shape (solutions, groups), of one measure."""
    n, k = np.atleast_2d(n), np.atleast_2d(k)
    groups = tuple("abcdefghijkl"[: n.shape[1]])
    equal = np.full(len(n), 1 / len(n))
    solutions = Solutions("m", groups, n, k, equal, np.zeros(len(n)))
    survey = SimpleNamespace(groups=groups, group_ids=groups)
    recon = SimpleNamespace(survey=survey, solutions_of=lambda _: solutions)
    return Evidence(recon, {}, LEVEL)


def test_intersection_union_p_value_is_the_largest():
    n, k = np.array([[40, 50, 60]]), np.array([[30, 25, 12]])
    pairs = pairs_of_order([[0], [1]], 3)
    each = [fisher_mid_p(k[0, a], n[0, a], k[0, b], n[0, b], "greater") for a, b in pairs]
    assert conjunction(evidence_of(n, k), "m", pairs).p.value == pytest.approx(
        max(map(float, each))
    )


@pytest.mark.parametrize("test", PAIR_TESTS)
def test_a_sample_of_nobody_establishes_nothing(test):
    n, k = np.array([[60, 0, 60]]), np.array([[60, 0, 0]])
    evidence = evidence_of(n, k).by(LEVEL, Rules(test=test))
    for pair in [(0, 1), (1, 0), (1, 2), (2, 1)]:
        found = conjunction(evidence, "m", [pair])
        assert found.p.value >= 0.5, pair  # mid-P says 0.5 of a table that could not be another
        assert found.significant.value == 0.0, pair
        if test not in FOR_NOBODY:
            assert found.p.value == 1.0, pair
    assert conjunction(evidence, "m", [(0, 2)]).significant.value == 1.0


def test_intersection_union_keeps_its_level():
    """Two equal groups above a third: the order of the first two must rarely be established."""
    rng = np.random.default_rng(3)
    n = np.tile([60, 60, 60], (2000, 1))
    k = rng.binomial(n, [0.6, 0.6, 0.2])
    pairs = pairs_of_order([[0], [1]], 3)
    parts = [evidence_of(n[i : i + 40], k[i : i + 40]) for i in range(0, 2000, 40)]
    rejected = np.mean([conjunction(part, "m", pairs).significant.value for part in parts])
    assert rejected <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / 2000)


@pytest.mark.parametrize("method", ["holm", "bh", "bonferroni"])
def test_adjusted_over_both_directions_of_all_pairs(method):
    n, k = np.array([[40, 50, 60], [40, 50, 60]]), np.array([[30, 25, 12], [31, 25, 11]])
    evidence = evidence_of(n, k).by(LEVEL, Rules(adjustment=method, design_effect=1.2))
    every = list(itertools.permutations(range(3), 2))
    raw = np.array([[float(fisher_mid_p(k[s, a], n[s, a], k[s, b], n[s, b], "greater"))
                     for a, b in every] for s in range(2)])  # fmt: skip
    after = adjust(deflate(raw, 1.2), method)
    pairs = pairs_of_order([[0], [1]], 3)
    expected = after[:, [every.index(pair) for pair in pairs]].max(axis=1).mean()
    assert conjunction(evidence, "m", pairs).p.value == pytest.approx(expected)


def test_a_bias_of_both_groups_is_its_square_in_the_odds_ratio():
    n, k = np.array([[80, 90]]), np.array([[60, 30]])
    evidence = evidence_of(n, k).by(LEVEL, Rules(bias=0.3))
    expected = odds_ratio_test(60, 80, 30, 90, np.exp(0.6))
    assert conjunction(evidence, "m", [(0, 1)]).p.value == pytest.approx(float(expected))


def test_each_pair_is_tested_once():
    n, k = np.array([[40, 50, 60]]), np.array([[30, 25, 12]])
    evidence = evidence_of(n, k)
    first = pair_p(evidence, "m", [(0, 1), (1, 2)], 1.0)
    again = pair_p(evidence, "m", [(1, 2), (0, 2), (0, 1)], 1.0)
    assert again[0, [2, 0]].tolist() == first[0].tolist()
    assert again[0, 1] == fisher_mid_p(30, 40, 12, 60, "greater")
