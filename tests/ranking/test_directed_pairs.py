"""From p-values of directed pairs to sets: enumeration of weak orders, Holm, what must hold."""

from functools import cache
from itertools import pairwise, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from alumnistats.comparisons import adjust
from alumnistats.errors import ArgumentError
from alumnistats.ranking.directed_pairs import CORRECTIONS, most_true, rank_sets_of_p


def sets_of(p, kind="simultaneous", correction="shaffer", level=0.95, tail="two-sided"):
    return rank_sets_of_p(
        p, level=level, kind=kind, tail=tail, correction=correction, test="any", condition="if"
    )


@cache
def tied_pairs(groups):
    """Return the possible numbers of tied pairs of a weak order."""
    if groups == 0:
        return frozenset([0])
    return frozenset(
        comb(block, 2) + rest
        for block in range(1, groups + 1)
        for rest in tied_pairs(groups - block)
    )


@cache
def weak_orders(groups):
    """Return every weak order once, as the truth of "j is at least k" at [j, k]."""
    levels = {
        tuple(np.unique(v, return_inverse=True)[1]) for v in product(range(groups), repeat=groups)
    }
    values = np.array(sorted(levels))
    return values[:, :, None] >= values[:, None, :]


def p_values(shares, scale):
    """Return p-values as of normal comparisons, 1 unless observed below."""
    gap = shares[None, :] - shares[:, None]
    return np.where(gap > 0, ndtr(-gap / scale), 1.0)


@st.composite
def problems(draw, smallest=2, largest=6):
    groups = draw(st.integers(smallest, largest))
    shares = draw(st.lists(st.integers(0, 12), min_size=groups, max_size=groups))
    # Unequal scales of pairs, so that p-values need not agree with transitivity.
    cells = draw(st.lists(st.integers(1, 30), min_size=groups**2, max_size=groups**2))
    scale = np.array(cells, dtype=float).reshape(groups, groups) / 8
    return p_values(np.array(shares, dtype=float), scale)


@pytest.mark.parametrize("groups", range(1, 13))
def test_most_true_bounds_every_weak_order(groups):
    pairs = comb(groups, 2)
    strict = np.arange(pairs + 1)
    bound = most_true(groups, strict)
    exact = [pairs + max(t for t in tied_pairs(groups) if t <= pairs - s) for s in strict]
    assert (bound >= exact).all()
    assert (np.diff(bound) <= 0).all()
    # Exact where it matters most, while the largest block holds half of the groups.
    half = strict <= pairs - comb(groups // 2 + 1, 2)
    few = half & (strict < 2 * groups - 4)
    assert bound[few].tolist() == np.array(exact)[few].tolist()
    assert bound[0] == 2 * pairs


def test_one_strict_pair_brings_those_with_every_other_group():
    for groups in (3, 5, 12, 200):
        assert most_true(groups, 1) == groups * (groups - 1) - (groups - 1)


def partition_declarations(p, alpha):
    """Declare what every weak order that contradicts it being rejected implies.

    Each weak order is tested by Bonferroni's test of its true hypotheses.
    """
    groups = len(p)
    off = ~np.eye(groups, dtype=bool)
    orders = weak_orders(groups) & off
    smallest = np.where(orders, p, np.inf).min(axis=(1, 2))
    rejected = smallest <= alpha / orders.sum(axis=(1, 2))
    return ~(orders & ~rejected[:, None, None]).any(axis=0) & off


@settings(max_examples=200)
@given(p=problems(largest=4), level=st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_nothing_is_declared_that_the_partitioning_principle_would_not(p, level):
    # Testing all weak orders keeps the familywise error by construction; the procedure is a
    # shortcut of it and so must declare a part of the same.
    allowed = partition_declarations(p, 1 - level)
    sets = sets_of(p, level=level)
    assert (sets.lower - 1 <= allowed.sum(axis=1)).all()
    assert (len(p) - sets.upper <= allowed.sum(axis=0)).all()


def test_three_groups_by_hand():
    # First step .05/6 = .00833; one strict pair brings a second: then .05/4 = .0125, not .05/5.
    p = np.ones((3, 3))
    p[0, 2], p[1, 2], p[0, 1] = 0.008, 0.012, 0.02
    holm, shaffer = sets_of(p, correction="holm"), sets_of(p)
    assert holm.lower.tolist() == [2, 1, 1]
    assert shaffer.lower.tolist() == [2, 2, 1]
    assert shaffer.upper.tolist() == [3, 3, 1]


def test_transitivity_is_used():
    p = np.ones((3, 3))
    p[0, 1], p[1, 2], p[0, 2] = 1e-4, 1e-4, 0.5
    assert sets_of(p).lower.tolist() == [3, 2, 1]
    assert sets_of(p, correction="holm").lower.tolist() == [2, 2, 1]


@pytest.mark.parametrize("correction", ["bonferroni", "holm"])
@given(p=problems(), level=st.sampled_from([0.5, 0.9, 0.95]))
def test_holm_and_bonferroni_are_those_of_adjusted_p_values(correction, p, level):
    groups, off = len(p), ~np.eye(len(p), dtype=bool)
    declared = np.zeros(p.shape, bool)
    declared[off] = adjust(p[off], correction) <= 1 - level
    sets = sets_of(p, correction=correction, level=level)
    assert sets.lower.tolist() == (1 + declared.sum(axis=1)).tolist()
    assert sets.upper.tolist() == (groups - declared.sum(axis=0)).tolist()
    marginal = sets_of(p, "marginal", correction=correction, level=level)
    one_sided = sets_of(p, "marginal", correction=correction, level=level, tail="lower")
    for j in range(groups):
        others = np.arange(groups) != j
        family = adjust(np.concatenate([p[j, others], p[others, j]]), correction) <= 1 - level
        assert marginal.lower[j] == 1 + family[: groups - 1].sum()
        assert marginal.upper[j] == groups - family[groups - 1 :].sum()
        assert one_sided.lower[j] == 1 + (adjust(p[j, others], correction) <= 1 - level).sum()


@pytest.mark.parametrize("kind", ["marginal", "simultaneous"])
@given(p=problems())
def test_each_correction_is_at_least_as_sharp_as_the_one_before(kind, p):
    sets = [sets_of(p, kind, correction, level=0.8) for correction in CORRECTIONS]
    for wide, narrow in pairwise(sets):
        assert (wide.lower <= narrow.lower).all()
        assert (narrow.upper <= wide.upper).all()


@pytest.mark.parametrize("kind", ["marginal", "simultaneous"])
@given(p=problems(largest=4), other=problems(largest=4))
def test_problems_are_separate(kind, p, other):
    size = min(len(p), len(other))
    together = sets_of(np.stack([p[:size, :size], other[:size, :size]]), kind)
    for i, one in enumerate((p, other)):
        alone = sets_of(one[:size, :size], kind)
        assert together.lower[i].tolist() == alone.lower.tolist()
        assert together.upper[i].tolist() == alone.upper.tolist()


@pytest.mark.parametrize(
    "options",
    [{"level": 95}, {"level": 0}, {"kind": "joint"}, {"tail": "both"}, {"correction": "hommel"}],
)
def test_bad_options_are_named(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        sets_of(np.ones((2, 2)), **options)
