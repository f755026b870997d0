"""Finite-sample sets: scipy and statsmodels pair by pair, the level, what must hold."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact

from alumnistats.errors import ArgumentError
from alumnistats.ranking import DIRECTED_TESTS, directed_p_values, finite_sample_rank_sets

KINDS = ["marginal", "simultaneous"]
TAILS = ["two-sided", "lower", "upper"]
COUNT = [49, 46, 12, 42, 3, 31, 0, 28]
SIZE = [103, 98, 25, 110, 30, 90, 40, 273]


def bounds(sets):
    return list(zip(sets.lower.tolist(), sets.upper.tolist(), strict=True))


def true_ranks(values):
    """Return the best rank that each group may be given."""
    return 1 + (values[..., None, :] > values[..., :, None]).sum(axis=-1)


@st.composite
def problems(draw, smallest=1, largest=5):
    groups = draw(st.integers(smallest, largest))
    size = draw(st.lists(st.integers(1, 40), min_size=groups, max_size=groups))
    return np.array([draw(st.integers(0, n)) for n in size]), np.array(size)


def test_p_values_are_scipys():
    p = directed_p_values(COUNT, SIZE)
    for j, k in permutations(range(len(COUNT)), 2):
        table = [[COUNT[k], COUNT[j]], [SIZE[k] - COUNT[k], SIZE[j] - COUNT[j]]]
        expected = fisher_exact(table, "greater").pvalue
        if COUNT[j] * SIZE[k] < COUNT[k] * SIZE[j]:
            assert p[j, k] == pytest.approx(expected, rel=1e-9)
        else:  # observed in the other order: 1 is valid, and would not be rejected anyway
            assert p[j, k] == 1.0
            assert expected > 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_sets_are_those_of_statsmodels_holm(kind):
    from statsmodels.stats.multitest import multipletests

    p = directed_p_values(COUNT, SIZE)
    groups, off = len(COUNT), ~np.eye(len(COUNT), dtype=bool)
    sets = finite_sample_rank_sets(COUNT, SIZE, kind=kind, correction="holm")
    if kind == "simultaneous":
        declared = np.zeros(p.shape, bool)
        declared[off] = multipletests(p[off], 0.05, "holm")[0]
        assert sets.lower.tolist() == (1 + declared.sum(axis=1)).tolist()
        assert sets.upper.tolist() == (groups - declared.sum(axis=0)).tolist()
    for j in range(groups if kind == "marginal" else 0):
        family = np.concatenate([p[j, off[j]], p[off[j], j]])
        declared = multipletests(family, 0.05, "holm")[0]
        assert sets.lower[j] == 1 + declared[: groups - 1].sum()
        assert sets.upper[j] == groups - declared[groups - 1 :].sum()


def test_twelve_groups_of_103():
    k12 = [49, 46, 42, 42, 33, 31, 30, 28, 27, 22, 21, 18]
    # The normal sets of the same counts (tests/reference/own_freq_k12.csv) have for groups 1 and 7
    # of the marginal sets [1, 6] and [2, 12]: the exact tests ask a little more.
    marginal = finite_sample_rank_sets(k12, [103] * 12)
    assert bounds(marginal)[0] == (1, 7)
    assert bounds(marginal)[6] == (1, 12)
    assert bounds(marginal)[11] == (5, 12)


@pytest.mark.parametrize("test", DIRECTED_TESTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", TAILS)
@settings(max_examples=15)
@given(problem=problems(), level=st.sampled_from([0.2, 0.8, 0.95]))
def test_sets_enclose_the_observed_ranks(test, kind, tail, problem, level):
    sets = finite_sample_rank_sets(*problem, kind=kind, tail=tail, test=test, level=level)
    k, n = problem
    ranks = true_ranks(k / n)
    assert (sets.lower >= 1).all()
    assert (sets.lower <= ranks).all()
    assert (ranks <= sets.upper).all()
    assert (sets.upper <= len(k)).all()
    if tail == "lower":
        assert (sets.upper == len(k)).all()
    if tail == "upper":
        assert (sets.lower == 1).all()


@pytest.mark.parametrize("test", DIRECTED_TESTS)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(problem=problems(smallest=2), random=st.randoms(use_true_random=False))
def test_relabelling_groups_relabels_sets(test, kind, problem, random):
    order = list(range(len(problem[0])))
    random.shuffle(order)
    sets = finite_sample_rank_sets(*problem, kind=kind, test=test, level=0.8)
    moved = finite_sample_rank_sets(
        problem[0][order], problem[1][order], kind=kind, test=test, level=0.8
    )
    assert moved.lower.tolist() == sets.lower[order].tolist()
    assert moved.upper.tolist() == sets.upper[order].tolist()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(problem=problems())
def test_counting_the_other_answer_reverses_the_ranks(kind, problem):
    k, n = problem
    sets = finite_sample_rank_sets(k, n, kind=kind, level=0.8)
    other = finite_sample_rank_sets(n - k, n, kind=kind, level=0.8)
    assert other.lower.tolist() == (len(k) + 1 - sets.upper).tolist()
    assert other.upper.tolist() == (len(k) + 1 - sets.lower).tolist()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(problem=problems(), levels=st.tuples(st.floats(0.3, 0.99), st.floats(0.3, 0.99)))
def test_a_higher_level_gives_wider_sets(kind, problem, levels):
    wide = finite_sample_rank_sets(*problem, kind=kind, level=max(levels))
    narrow = finite_sample_rank_sets(*problem, kind=kind, level=min(levels))
    assert (wide.lower <= narrow.lower).all()
    assert (narrow.upper <= wide.upper).all()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(problem=problems())
def test_boschloo_is_at_least_as_sharp_as_fisher(kind, problem):
    fisher = finite_sample_rank_sets(*problem, kind=kind, level=0.8)
    better = finite_sample_rank_sets(*problem, kind=kind, level=0.8, test="boschloo")
    assert (fisher.lower <= better.lower).all()
    assert (better.upper <= fisher.upper).all()


@given(problems())
def test_one_tail_is_at_least_as_sharp_as_two(problem):
    both = finite_sample_rank_sets(*problem, level=0.8)
    assert (finite_sample_rank_sets(*problem, level=0.8, tail="lower").lower >= both.lower).all()
    assert (finite_sample_rank_sets(*problem, level=0.8, tail="upper").upper <= both.upper).all()


@pytest.mark.parametrize("test", DIRECTED_TESTS)
@pytest.mark.parametrize("kind", KINDS)
def test_awkward_counts(test, kind):
    options = {"kind": kind, "test": test}
    assert bounds(finite_sample_rank_sets([3], [9], **options)) == [(1, 1)]
    for count in ([0, 0, 0], [20, 20, 20], [7, 7, 7]):
        assert bounds(finite_sample_rank_sets(count, [20] * 3, **options)) == [(1, 3)] * 3
    # None of 200 against all of 200: no variance is estimated, so no accident of zero variances.
    assert bounds(finite_sample_rank_sets([0, 200, 100], [200] * 3, **options)) == [
        (3, 3),
        (1, 1),
        (2, 2),
    ]
    # One person never decides.
    assert bounds(finite_sample_rank_sets([0, 1], [1, 1], **options)) == [(1, 2), (1, 2)]


def test_many_groups_with_repeated_cells():
    rng = np.random.default_rng(5)
    n = rng.integers(25, 274, 200)
    k = rng.binomial(n, rng.beta(6, 12, 200))
    sets = finite_sample_rank_sets(k, n, kind="simultaneous")
    twice = finite_sample_rank_sets(
        np.stack([k, k[::-1]]), np.stack([n, n[::-1]]), kind="simultaneous"
    )
    assert twice.lower[0].tolist() == sets.lower.tolist() == twice.lower[1][::-1].tolist()
    assert sets.upper.min() < 150


RUNS = 1500
GROUPS = 12


@pytest.mark.parametrize("test", DIRECTED_TESTS)
@pytest.mark.parametrize("rate", [0.05, 0.1])
def test_familywise_error_of_equal_groups_is_at_most_nominal(rate, test):
    # Plug-in normal sets have familywise errors of .55 and .20 here instead of .05.
    runs = RUNS if test == "fisher" else 60
    rng = np.random.default_rng(11)
    size = np.tile(np.linspace(25, 273, GROUPS).astype(int), (runs, 1))
    count = rng.binomial(size, rate)
    # If an error had the nominal probability, more than this would occur once in 100,000 times.
    most = binom.isf(1e-5, runs, 0.05)
    every = finite_sample_rank_sets(count, size, kind="simultaneous", test=test)
    wrong = (every.lower > 1) | (every.upper < GROUPS)
    assert wrong.any(axis=1).sum() <= most
    single = finite_sample_rank_sets(count, size, kind="marginal", test=test)
    wrong = (single.lower > 1) | (single.upper < GROUPS)
    assert wrong.sum(axis=0).max() <= most


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "share", [[0.1, 0.1, 0.3, 0.3], [0.05, 0.1, 0.2, 0.5]], ids=["pairs", "steps"]
)
def test_coverage(share, kind, tail):
    rng, share = np.random.default_rng(12), np.array(share)
    size = np.tile([20, 150, 60, 90], (1000, 1))
    sets = finite_sample_rank_sets(rng.binomial(size, share), size, kind=kind, tail=tail, level=0.8)
    # A tied group may be called any rank of its block: the sets must contain the block.
    best, worst = true_ranks(share), 5 - true_ranks(-share)
    inside = (sets.lower <= best) & (worst <= sets.upper)
    fewest = binom.ppf(1e-5, 1000, 0.8)
    assert inside.sum(axis=0).min() >= fewest
    if kind == "simultaneous":
        assert inside.all(axis=1).sum() >= fewest


def test_the_guarantee_says_what_is_covered():
    sets = finite_sample_rank_sets([3, 4], [9, 9], level=0.9)
    assert (
        "each group's rank with probability at least 0.9 in samples of any size" in sets.guarantee
    )
    assert "independent and binomial" in sets.guarantee
    every = finite_sample_rank_sets([3, 4], [9, 9], kind="simultaneous", test="barnard")
    assert "all ranks at once" in every.guarantee
    assert (every.test, every.correction) == ("barnard", "shaffer")


@pytest.mark.parametrize(
    ("arguments", "options", "parameter"),
    [
        (([1, 2], [3]), {}, "nobs"),
        (([], []), {}, "count"),
        ((1, 2), {}, "count"),
        (([4, 2], [3, 3]), {}, "count"),
        (([0, 2], [0, 3]), {}, "count"),
        (([-1, 2], [3, 3]), {}, "count"),
        (([1.5, 2], [3, 3]), {}, "count"),
        (([np.nan, 2], [3, 3]), {}, "count"),
        (([1, 2], [3, 3]), {"test": "z"}, "test"),
        (([1, 2], [3, 3]), {"level": 1.0}, "level"),
    ],
)
def test_bad_arguments_are_named(arguments, options, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        finite_sample_rank_sets(*arguments, **options)


def test_p_values_are_equal_for_equal_cells():
    p = directed_p_values([5, 9, 5, 9], [20, 20, 20, 20])
    assert p[0, 1] == p[0, 3] == p[2, 1] == p[2, 3] < 1
    assert pd.isna(p).sum() == 0
