"""Tiers and letters: by enumeration, by hand, what must always hold."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from alumnistats.comparisons import boschloo
from alumnistats.errors import ArgumentError
from alumnistats.ranking import separated, tiers

REFERENCE = Path(__file__).parents[1] / "reference"


@st.composite
def decisions(draw, largest=7):
    """Declared directions: of distances in an order, or of none."""
    groups = draw(st.integers(1, largest))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if draw(st.booleans()):
        x = rng.normal(size=groups) * draw(st.sampled_from([1, 3]))
        return x[:, None] - x > rng.uniform(0.2, 2)
    z = rng.normal(size=(groups, groups))
    return z - z.T > draw(st.sampled_from([-0.0, 1.0, 2.0]))


def top_sets(above):
    """All sets of which every member is declared above everyone else, by enumeration."""
    groups = len(above)
    for size in range(1, groups):
        for inside in combinations(range(groups), size):
            rest = [g for g in range(groups) if g not in inside]
            if above[np.ix_(inside, rest)].all():
                yield set(inside)


def largest_sets(apart):
    """All largest sets without separated pair, by enumeration."""
    groups = len(apart)
    free = [
        set(s)
        for size in range(1, groups + 1)
        for s in combinations(range(groups), size)
        if not apart[np.ix_(s, s)].any()
    ]
    return {frozenset(s) for s in free if not any(s < other for other in free)}


@settings(max_examples=60, deadline=None)
@given(decisions())
def test_tiers_are_all_possible_cuts(above):
    found = tiers(above)
    cuts = {frozenset(s) for s in top_sets(above)}
    got = {frozenset(np.flatnonzero(found.tier <= t)) for t in range(1, found.tier.max())}
    assert got == cuts


@settings(max_examples=60, deadline=None)
@given(decisions())
def test_letters_are_the_largest_sets_without_separation(above):
    found = tiers(above)
    apart = above | above.T
    sets = [frozenset(np.flatnonzero(column)) for column in found.shares.T]
    assert len(sets) == len(set(sets))
    assert set(sets) == largest_sets(apart)
    np.testing.assert_array_equal((found.shares.astype(int) @ found.shares.T) == 0, apart)


@settings(max_examples=40, deadline=None)
@given(decisions(), st.randoms(use_true_random=False))
def test_relabelling_relabels(above, random):
    order = list(range(len(above)))
    random.shuffle(order)
    found, moved = tiers(above), tiers(above[np.ix_(order, order)])
    for name in ("tier", "first", "last"):
        assert getattr(moved, name).tolist() == getattr(found, name)[order].tolist()
    columns = {tuple(c) for c in found.shares[order].T}
    assert columns == {tuple(c) for c in moved.shares.T}


@settings(max_examples=40, deadline=None)
@given(decisions(), st.randoms(use_true_random=False))
def test_fewer_declarations_never_split_a_tier_nor_part_a_letter(above, random):
    fewer = above & np.array([[random.random() < 0.8 for _ in row] for row in above])
    fine, coarse = tiers(above), tiers(fewer)
    together = fine.tier[:, None] == fine.tier
    assert (coarse.tier[:, None] == coarse.tier)[together].all()
    assert (coarse.first <= fine.first).all()
    assert (fine.last <= coarse.last).all()
    shared = fine.shares.astype(int) @ fine.shares.T > 0
    assert (coarse.shares.astype(int) @ coarse.shares.T > 0)[shared].all()


def test_by_hand():
    # 1 and 2 above 3 to 5; 3 above 5 only.
    above = np.zeros((5, 5), dtype=bool)
    above[:2, 2:] = True
    above[2, 4] = True
    found = tiers(above)
    assert found.tier.tolist() == [1, 1, 2, 2, 2]
    assert found.first.tolist() == [1, 1, 3, 3, 3]
    assert found.last.tolist() == [2, 2, 5, 5, 5]
    assert found.letters == ("a", "a", "b", "bc", "c")


def test_extremes():
    none, every = tiers(np.zeros((4, 4), bool)), tiers(np.triu(np.ones((4, 4), bool), 1))
    assert none.tier.tolist() == [1] * 4
    assert none.letters == ("a",) * 4
    assert every.tier.tolist() == [1, 2, 3, 4]
    assert every.letters == ("a", "b", "c", "d")
    one = tiers([[False]])
    assert (one.tier.tolist(), one.letters) == ([1], ("a",))
    many = tiers(np.triu(np.ones((60, 60), bool), 1))
    assert many.letters[25:28] == ("z", "a2", "b2")
    assert many.letters[59] == "h3"


def test_letters_of_many_groups_in_order_are_runs():
    x = np.sort(np.random.default_rng(0).normal(size=500))[::-1]
    found = tiers(x[:, None] - x > 0.5)
    first, last = found.shares.argmax(axis=0), 499 - found.shares[::-1].argmax(axis=0)
    assert (found.shares.sum(axis=0) == last - first + 1).all()
    assert (np.diff(first) > 0).all()


def test_declarations_without_any_order_are_refused_before_they_fill_memory():
    apart = np.kron(np.eye(20), np.array([[0, 1], [0, 0]])).astype(bool)  # 2**20 largest sets
    with pytest.raises(ArgumentError, match="above"):
        tiers(apart)


def test_the_worked_example(k12_counts):
    k, n = k12_counts
    p = boschloo(k[:, None], n[:, None], k, n)
    above = separated(k / n, p)
    np.testing.assert_array_equal(above, k[:, None] - k >= 24)  # of 103 each
    found = tiers(above)
    assert found.tier.tolist() == [1] * 12
    assert found.letters == ("a", "a", "ab", "ab", *["abc"] * 5, "bc", "bc", "c")


def test_holm_by_hand():
    estimate = [0.9, 0.5, 0.1]
    p = np.array([[1, 0.02, 0.001], [0.02, 1, 0.04], [0.001, 0.04, 1]])
    # Holm: 0.003, 0.04, 0.04; Bonferroni: 0.003, 0.06, 0.12.
    assert separated(estimate, p).sum() == 3
    assert np.argwhere(separated(estimate, p, method="bonferroni")).tolist() == [[0, 2]]
    assert not separated([0.5, 0.5], np.zeros((2, 2))).any()
    assert separated([0.5], [[1.0]]).tolist() == [[False]]


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)))
def test_a_higher_level_separates_less(seed, levels):
    x = np.random.default_rng(seed).normal(size=6) * 2
    p = 2 * ndtr(-np.abs(x[:, None] - x))
    strict, loose = separated(x, p, max(levels)), separated(x, p, min(levels))
    assert (loose | ~strict).all()
    assert (tiers(loose).tier >= tiers(strict).tier).all()


def test_all_tiers_are_true_with_the_probability_of_the_level():
    rng = np.random.default_rng(9)
    truth = np.array([0.0, 0.0, 0.0, 6.0, 6.0, 10.0])
    right, cuts, runs = 0, 0, 400
    for _ in range(runs):
        x = truth + rng.normal(size=6)
        p = 2 * ndtr(-np.abs(x[:, None] - x) / np.sqrt(2))
        found = tiers(separated(x, p, 0.9))
        higher = found.tier[:, None] < found.tier
        right += int((truth[:, None] > truth)[higher].all())
        cuts += found.tier.max() - 1
    # 2.7 standard errors below .9: with a true level of .1 fewer have probability 0.004.
    assert right >= runs * (0.9 - 2.7 * np.sqrt(0.09 / runs))
    assert cuts > runs  # there is something to be wrong about


@pytest.mark.parametrize(
    "above",
    [np.zeros((2, 3), bool), np.empty((0, 0), bool), np.zeros((2, 2)), np.ones((2, 2), bool)],
)
def test_bad_decisions_are_named(above):
    with pytest.raises(ArgumentError, match="above"):
        tiers(above)


@pytest.mark.parametrize(
    ("arguments", "options", "parameter"),
    [
        (([0.1, 0.2], [[1.0, 0.1]]), {}, "p_value"),
        (([0.1, 0.2], [[1.0, 0.1], [0.2, 1.0]]), {}, "p_value"),
        (([0.1, 0.2], [[1.0, 1.1], [1.1, 1.0]]), {}, "p_value"),
        (([0.1, np.nan], [[1.0, 0.1], [0.1, 1.0]]), {}, "estimate"),
        (([0.1, 0.2], [[1.0, 0.1], [0.1, 1.0]]), {"level": 1.0}, "level"),
        (([0.1, 0.2], [[1.0, 0.1], [0.1, 1.0]]), {"method": "tukey"}, "method"),
    ],
)
def test_bad_arguments_are_named(arguments, options, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        separated(*arguments, **options)
