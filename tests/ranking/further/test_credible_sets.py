"""Credible sets for ranks: enumeration of sets, the order-statistic definition, coverage."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom

from alumnistats.errors import ArgumentError
from alumnistats.ranking import draw_shares, posterior_ranks, rank_distribution, ranks_of_draws
from alumnistats.ranking.further import (
    credible_ranks,
    mixture_of_betas,
    simultaneous_credible_ranks,
)

KINDS = ["shortest", "highest", "equal-tailed"]
levels = st.floats(0.1, 0.99)


@st.composite
def laws(draw, largest=6):
    """Mixtures of permutations: doubly stochastic, with zeros and several modes."""
    groups = draw(st.integers(1, largest))
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    weight = rng.dirichlet(np.full(draw(st.integers(1, 8)), 0.7))
    law = np.zeros((groups, groups))
    for w in weight:
        law[np.arange(groups), rng.permutation(groups)] += w
    return law / law.sum(axis=1, keepdims=True)


@given(laws(), levels)
def test_smallest_sets_by_enumeration(law, level):
    groups = len(law)
    short, high = credible_ranks(law, level, "shortest"), credible_ranks(law, level, "highest")
    for g, row in enumerate(law):
        enough = [
            s
            for size in range(1, groups + 1)
            for s in combinations(range(groups), size)
            if row[list(s)].sum() >= level - 1e-12
        ]
        fewest = min(len(s) for s in enough)
        assert high.members[g].sum() == fewest
        best = max(row[list(s)].sum() for s in enough if len(s) == fewest)
        assert high.probability[g] == pytest.approx(best)
        runs = [s for s in enough if s[-1] - s[0] == len(s) - 1]
        fewest = min(len(s) for s in runs)
        best = max(row[list(s)].sum() for s in runs if len(s) == fewest)
        assert short.upper[g] - short.lower[g] + 1 == fewest
        assert short.probability[g] == pytest.approx(best)


@pytest.mark.parametrize("kind", KINDS)
@given(law=laws(), level=levels)
def test_sets_hold_the_level(kind, law, level):
    sets = credible_ranks(law, level, kind)
    assert (sets.probability >= level - 1e-9).all()
    rank = np.arange(1, len(law) + 1)
    assert (sets.lower == [rank[m].min() for m in sets.members]).all()
    assert (sets.upper == [rank[m].max() for m in sets.members]).all()
    assert kind == "highest" or (sets.members.sum(axis=1) == sets.upper - sets.lower + 1).all()


@given(laws(), levels)
def test_highest_is_smallest_and_shortest_the_smallest_interval(law, level):
    sizes = [credible_ranks(law, level, k).members.sum(axis=1) for k in ("highest", *KINDS)]
    assert (sizes[0] <= sizes[1]).all()
    assert (sizes[1] <= sizes[3]).all()


@pytest.mark.parametrize("kind", ["highest", "equal-tailed"])
@given(law=laws(), pair=st.tuples(levels, levels))
def test_sets_are_nested_in_the_level(kind, law, pair):
    narrow, wide = (credible_ranks(law, level, kind) for level in sorted(pair))
    assert (narrow.members <= wide.members).all()


def test_shortest_intervals_need_not_be_nested():
    # Two modes: the best single rank is the last, the best three are the first ones.
    row = np.array([0.22, 0.25, 0.22, 0.01, 0.3])
    law = np.array([np.roll(row, i) for i in range(5)])
    assert credible_ranks(law, 0.28).lower[0] == 5
    assert credible_ranks(law, 0.65).members[0].tolist() == [True] * 3 + [False] * 2


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=50)
@given(law=laws(), level=levels, data=st.data())
def test_permutation_and_reflection(kind, law, level, data):
    order = data.draw(st.permutations(range(len(law))))
    sets = credible_ranks(law, level, kind)
    moved = credible_ranks(law[order], level, kind)
    np.testing.assert_array_equal(moved.members, sets.members[order])
    mirrored = credible_ranks(law[:, ::-1], level, kind)
    # Of equally probable sets the better ranks are taken, so only probabilities and sizes mirror.
    np.testing.assert_allclose(mirrored.probability, sets.probability, atol=1e-9)
    if kind == "equal-tailed":
        np.testing.assert_array_equal(mirrored.members, sets.members[:, ::-1])


def test_equal_tails_are_those_of_posterior_ranks():
    mixture = mixture_of_betas([50.0, 47, 43, 34, 19], [55.0, 58, 62, 71, 86])
    sets = credible_ranks(rank_distribution(mixture), 0.9, "equal-tailed")
    known = posterior_ranks(mixture, 0.9)
    np.testing.assert_array_equal(sets.lower, known.lower)
    np.testing.assert_array_equal(sets.upper, known.upper)


@st.composite
def rank_draws(draw):
    shape = (draw(st.integers(1, 30)), draw(st.integers(1, 5)))
    return draw(arrays(float, shape, elements=st.integers(0, 6).map(float)))


@given(rank_draws(), levels)
def test_simultaneous_sets_by_their_order_statistics(draws, level):
    # Besag and others: with sorted columns x[1..T], the smallest t for which the boxes from
    # x[T + 1 - t] to x[t] hold the share of draws.
    ranks, count = ranks_of_draws(draws), len(draws)
    ordered = np.sort(ranks, axis=0)
    for t in range((count + 1) // 2, count + 1):
        low, high = ordered[count - t], ordered[t - 1]
        inside = ((low <= ranks) & (ranks <= high)).all(axis=1).mean()
        if inside >= level - 1e-12 and (low <= high).all():
            break
    sets = simultaneous_credible_ranks(draws, level)
    np.testing.assert_array_equal(sets.lower, low)
    np.testing.assert_array_equal(sets.upper, high)
    assert sets.together == pytest.approx(inside)


@settings(max_examples=50)
@given(rank_draws(), st.tuples(levels, levels), st.data())
def test_simultaneous_sets_are_nested_and_permute(draws, pair, data):
    narrow, wide = (simultaneous_credible_ranks(draws, level) for level in sorted(pair))
    assert (narrow.members <= wide.members).all()
    order = data.draw(st.permutations(range(draws.shape[1])))
    moved = simultaneous_credible_ranks(draws[:, order], pair[0])
    sets = simultaneous_credible_ranks(draws, pair[0])
    np.testing.assert_array_equal(moved.members, sets.members[order])
    assert (sets.probability >= sets.together - 1e-12).all()


def test_simultaneous_sets_mirror_when_draws_are_untied():
    draws = np.random.default_rng(0).normal(size=(999, 6)) + np.arange(6) / 2
    sets, mirrored = (simultaneous_credible_ranks(s * draws) for s in (1, -1))
    np.testing.assert_array_equal(mirrored.members, sets.members[:, ::-1])


def test_fresh_draws_lie_in_simultaneous_sets_as_often():
    mixture = mixture_of_betas([50.0, 47, 43, 34, 32, 19], [55.0, 58, 62, 71, 73, 86])
    sets = simultaneous_credible_ranks(draw_shares(mixture, 20_000, seed=1), 0.9)
    fresh = ranks_of_draws(draw_shares(mixture, 20_000, seed=2))
    inside = ((sets.lower <= fresh) & (fresh <= sets.upper)).all(axis=1).mean()
    assert sets.error == pytest.approx(np.sqrt(0.09 / 20_000))
    # Both samples err, and ranks come in steps: `together` is what the sets really hold.
    assert abs(inside - sets.together) < 4 * np.sqrt(2) * sets.error
    assert inside > 0.9 - 4 * sets.error
    marginal = credible_ranks(rank_distribution(mixture), 0.9, "equal-tailed")
    assert (marginal.members <= sets.members).all()


def test_sets_cover_truths_drawn_from_the_prior():
    rng, runs, level = np.random.default_rng(7), 300, 0.9
    alone, together = 0, 0
    for _ in range(runs):
        truth = rng.beta(6, 12, 5)
        k = rng.binomial(60, truth)
        mixture = mixture_of_betas(6.0 + k, 72.0 - k)
        rank = ranks_of_draws(truth[None])[0]
        one = credible_ranks(rank_distribution(mixture), level)
        alone += int(one.lower[0] <= rank[0] <= one.upper[0])
        every = simultaneous_credible_ranks(draw_shares(mixture, 2000, seed=rng), level)
        together += int(((every.lower <= rank) & (rank <= every.upper)).all())
    # With coverage of exactly 90% fewer successes than this have probability 1e-5.
    assert min(alone, together) >= binom.ppf(1e-5, runs, level)


def test_known_ranks_and_one_group():
    for kind in KINDS:
        sets = credible_ranks(np.eye(3), 0.95, kind)
        assert sets.lower.tolist() == sets.upper.tolist() == [1, 2, 3]
    sets = simultaneous_credible_ranks([[0.3], [0.4]])
    assert (sets.lower.tolist(), sets.upper.tolist(), sets.together) == ([1], [1], 1.0)


def test_bad_arguments_are_named():
    for law in (
        np.ones(3),
        np.ones((2, 3)) / 3,
        np.ones((2, 2)),
        [[1.5, -0.5], [0, 1]],
        [[np.nan]],
    ):
        with pytest.raises(ArgumentError, match="law"):
            credible_ranks(law)
    with pytest.raises(ArgumentError, match="kind"):
        credible_ranks(np.eye(2), kind="hdi")
    for level in (0, 1, 95, np.nan):
        with pytest.raises(ArgumentError, match="level"):
            credible_ranks(np.eye(2), level)
        with pytest.raises(ArgumentError, match="level"):
            simultaneous_credible_ranks([[1.0, 2.0]], level)
