"""Confidence sets for ranks: csranks' sets, exact critical values, coverage, what must hold."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import ndtri
from scipy.stats import binom

from alumnistats.errors import ArgumentError
from alumnistats.ranking import rank_sets

REFERENCE = Path(__file__).parents[1] / "reference"
KINDS = ["marginal", "simultaneous"]
TAILS = ["two-sided", "lower", "upper"]
# Standard error of a simulated 95% critical value for a dozen groups: sqrt(.95 * .05 / draws) over
# the density of the largest statistic there, about 0.12.
REFERENCE_ERROR = np.sqrt(0.95 * 0.05 / 4e6) / 0.12
OWN_ERROR = 0.0025  # as `rank_sets` states of its default


@st.composite
def problems(draw, smallest=1, largest=6):
    groups = draw(st.integers(smallest, largest))
    # A coarse lattice, so that ties and zero variances occur.
    estimate = draw(arrays(float, groups, elements=st.integers(0, 20).map(lambda i: i / 20)))
    variance = draw(arrays(float, groups, elements=st.integers(0, 12).map(lambda i: i / 2000)))
    return estimate, variance


def true_ranks(values):
    return 1 + (values[None, :] > values[:, None]).sum(axis=1)


@pytest.mark.parametrize("stepdown", [True, False])
@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("kind", KINDS)
def test_equals_csranks(k12, kind, tail, stepdown):
    table = pd.read_csv(REFERENCE / "csranks_k12.csv")
    rows = table[
        (table["R"] == 100_000)
        & (table["simul"] == (kind == "simultaneous"))
        & (table["cstype"] == tail)
        & (table["stepdown"] == stepdown)
    ]
    assert rows["group"].tolist() == list(range(1, 13))
    sets = rank_sets(*k12, kind=kind, tail=tail, stepdown=stepdown)
    assert sets.lower.tolist() == rows["L"].tolist()
    assert sets.upper.tolist() == rows["U"].tolist()


@pytest.mark.parametrize("procedure", ["single", "stepdown"])
@pytest.mark.parametrize("kind", KINDS)
def test_equals_independent_computation(k12, kind, procedure):
    table = pd.read_csv(REFERENCE / "own_freq_k12.csv")
    rows = table[(table["kind"] == kind) & (table["procedure"] == procedure)]
    sets = rank_sets(*k12, kind=kind, stepdown=procedure == "stepdown")
    assert sets.lower.tolist() == rows["L"].tolist()
    assert sets.upper.tolist() == rows["U"].tolist()
    error = 1e-9 if kind == "marginal" else 4 * np.hypot(REFERENCE_ERROR, OWN_ERROR)
    np.testing.assert_allclose(sets.first_critical, rows["crit_first"], rtol=0, atol=error)
    np.testing.assert_allclose(sets.last_critical, rows["crit_last"], rtol=0, atol=error)


def test_sets_with_a_pair_on_the_edge_do_not_depend_on_the_seed(k12):
    # Groups 1 and 9: t = 3.2575, between the critical values of the first and the second step.
    sets = [rank_sets(*k12, kind="simultaneous", seed=seed) for seed in range(8)]
    assert {tuple(s.upper.tolist()) for s in sets} == {tuple(sets[0].upper.tolist())}
    critical = [s.first_critical[0] for s in sets]
    assert len(set(critical)) == len(sets)
    # Of normal errors, eight spread over more than 6 standard errors once in 1,000 times.
    assert np.ptp(critical) < 6 * OWN_ERROR


def test_two_groups_use_the_normal_quantile():
    for kind, error in (("marginal", 1e-9), ("simultaneous", 1e-5)):
        sets = rank_sets([0.5, 0.3], [0.002, 0.001], kind=kind)
        assert sets.first_critical[0] == pytest.approx(-ndtri(0.025), abs=error)
    one_sided = rank_sets([0.5, 0.3], [0.002, 0.001], tail="lower", stepdown=False)
    assert one_sided.first_critical[0] == pytest.approx(-ndtri(0.05), abs=1e-9)


@pytest.mark.parametrize("ratio", [0.0, 1e-8, 1e-4, 1e-3, 0.01, 0.05, 0.149, 0.151, 1, 100, 1e6])
def test_marginal_critical_value_when_variances_differ_much(ratio):
    # By brute force: a grid of the group's own error that is finer than the steepest step.
    from scipy.integrate import quad
    from scipy.special import ndtr

    def coverage(c):
        def inside(z):
            spread, step = np.sqrt(ratio), c * np.sqrt(1 + ratio)
            if ratio == 0:
                return float(abs(z) <= c)
            return float(ndtr((z + step) / spread) - ndtr((z - step) / spread)) ** 3

        edges = np.unique(np.concatenate([[-9, 9], *(s * c + STEPS for s in (-1, 1))]).clip(-9, 9))
        return sum(
            quad(lambda z: inside(z) * np.exp(-z * z / 2), low, high, epsabs=1e-12)[0]
            for low, high in pairwise(edges)
        ) / np.sqrt(2 * np.pi)

    sets = rank_sets([0.0] * 4, [1.0, ratio, ratio, ratio], stepdown=False)
    assert coverage(sets.first_critical[0]) == pytest.approx(0.95, abs=1e-7)


STEPS = np.concatenate([-np.geomspace(1e-5, 6, 25), [0.0], np.geomspace(1e-5, 6, 25)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", TAILS)
@settings(max_examples=30)
@given(problem=problems())
def test_sets_enclose_the_estimated_ranks(kind, tail, problem):
    sets = rank_sets(*problem, kind=kind, tail=tail, points=256)
    ranks, groups = true_ranks(problem[0]), len(problem[0])
    assert (sets.lower >= 1).all()
    assert (sets.lower <= ranks).all()
    # Groups of equal estimates may share their rank, or any of the following ones.
    assert (ranks <= sets.upper).all()
    assert (sets.upper <= groups).all()
    if tail == "lower":
        assert (sets.upper == groups).all()
    if tail == "upper":
        assert (sets.lower == 1).all()


@pytest.mark.parametrize("tail", TAILS)
@settings(max_examples=30)
@given(problem=problems(smallest=2), random=st.randoms(use_true_random=False))
def test_relabelling_groups_relabels_marginal_sets(tail, problem, random):
    estimate, variance = problem
    order = list(range(len(estimate)))
    random.shuffle(order)
    sets = rank_sets(estimate, variance, tail=tail)
    moved = rank_sets(estimate[order], variance[order], tail=tail)
    assert moved.lower.tolist() == sets.lower[order].tolist()
    assert moved.upper.tolist() == sets.upper[order].tolist()
    np.testing.assert_allclose(moved.first_critical, sets.first_critical[order], atol=1e-8)


def test_relabelling_groups_relabels_simultaneous_sets(k12):
    estimate, variance = k12
    order = np.random.default_rng(0).permutation(12)
    sets = rank_sets(estimate, variance, kind="simultaneous")
    moved = rank_sets(estimate[order], variance[order], kind="simultaneous")
    assert moved.lower.tolist() == sets.lower[order].tolist()
    assert moved.upper.tolist() == sets.upper[order].tolist()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(problem=problems(), levels=st.tuples(st.floats(0.3, 0.99), st.floats(0.3, 0.99)))
def test_a_higher_level_gives_wider_sets(kind, problem, levels):
    wide = rank_sets(*problem, kind=kind, level=max(levels), points=256)
    narrow = rank_sets(*problem, kind=kind, level=min(levels), points=256)
    assert (wide.lower <= narrow.lower).all()
    assert (narrow.upper <= wide.upper).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", TAILS)
@settings(max_examples=30)
@given(problem=problems())
def test_stepdown_is_never_wider(kind, tail, problem):
    step = rank_sets(*problem, kind=kind, tail=tail, points=256)
    single = rank_sets(*problem, kind=kind, tail=tail, points=256, stepdown=False)
    assert (single.lower <= step.lower).all()
    assert (step.upper <= single.upper).all()
    assert (step.last_critical <= step.first_critical + 1e-9).all()
    np.testing.assert_array_equal(step.first_critical, single.first_critical)


@settings(max_examples=30)
@given(problems(smallest=2))
def test_simultaneous_sets_contain_marginal_ones_without_stepdown(problem):
    marginal = rank_sets(*problem, stepdown=False)
    every = rank_sets(*problem, kind="simultaneous", stepdown=False, points=2**14)
    # Up to the error of the simultaneous critical value.
    sure = (every.first_critical - marginal.first_critical) > 0.01
    assert (every.lower <= marginal.lower)[sure].all()
    assert (marginal.upper <= every.upper)[sure].all()
    assert (every.first_critical > marginal.first_critical - 0.01).all()


@settings(max_examples=30)
@given(problems(smallest=2))
def test_one_tail_is_at_least_as_sharp_as_two(problem):
    both = rank_sets(*problem, stepdown=False)
    assert (rank_sets(*problem, tail="lower", stepdown=False).lower >= both.lower).all()
    assert (rank_sets(*problem, tail="upper", stepdown=False).upper <= both.upper).all()


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("kind", KINDS)
def test_one_group_has_rank_1(kind, tail):
    sets = rank_sets([0.4], [0.01], kind=kind, tail=tail)
    assert sets.lower.tolist() == sets.upper.tolist() == [1]


@pytest.mark.parametrize("kind", KINDS)
def test_known_values_have_known_ranks(kind):
    sets = rank_sets([0.2, 0.4, 0.3], [0.0, 0.0, 0.0], kind=kind)
    assert sets.lower.tolist() == sets.upper.tolist() == [3, 1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_known_values_beside_an_uncertain_one(kind):
    sets = rank_sets([0.4, 0.2, 0.3], [0.0, 0.0, 0.01], kind=kind)
    # 0.3 is one standard deviation from both, which are in their order for certain.
    assert sets.lower.tolist() == [1, 2, 1]
    assert sets.upper.tolist() == [2, 3, 3]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("variance", [0.0, 0.01])
def test_exact_ties_are_never_separated(kind, variance):
    sets = rank_sets([0.3] * 4, [variance] * 4, kind=kind)
    assert sets.lower.tolist() == [1] * 4
    assert sets.upper.tolist() == [4] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_far_apart_groups_have_one_rank(kind):
    sets = rank_sets([0.1, 0.9, 0.5], [1e-5] * 3, kind=kind)
    assert sets.lower.tolist() == sets.upper.tolist() == [3, 1, 2]


RUNS = 250


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "truth", [[0.0] * 4, [0.0, 0.0, 2.5, 2.5], [0.0, 1.0, 2.0, 4.0]], ids=["tie", "pairs", "steps"]
)
def test_coverage(truth, kind, tail):
    rng = np.random.default_rng(20240)
    mean, variance = np.array(truth), np.array([1.0, 0.5, 1.5, 1.0])
    rank = true_ranks(mean)
    # A tied group may be called any rank of its block: the sets must reach the first of them.
    covered = np.zeros(4, dtype=int)
    together = 0
    for _ in range(RUNS):
        estimate = mean + rng.normal(size=4) * np.sqrt(variance)
        sets = rank_sets(estimate, variance, kind=kind, tail=tail, points=512, level=0.9)
        inside = (sets.lower <= rank) & (rank <= sets.upper)
        covered += inside
        together += int(inside.all())
    # With coverage of exactly 90% fewer successes than this have probability 1e-5.
    fewest = binom.ppf(1e-5, RUNS, 0.9)
    assert covered.min() >= fewest
    if kind == "simultaneous":
        assert together >= fewest


def test_the_guarantee_says_what_is_covered(k12):
    assert "each group's rank with probability 0.9" in rank_sets(*k12, level=0.9).guarantee
    assert "all ranks at once" in rank_sets(*k12, kind="simultaneous").guarantee


@pytest.mark.parametrize(
    ("arguments", "options", "parameter"),
    [
        (([0.1, 0.2], [0.1]), {}, "variance"),
        (([[0.1, 0.2]], [0.1, 0.2]), {}, "variance"),
        (([], []), {}, "estimate"),
        (([0.1, 0.2], [0.1, -0.1]), {}, "variance"),
        (([0.1, 0.2], [0.1, np.nan]), {}, "variance"),
        (([0.1, np.nan], [0.1, 0.1]), {}, "estimate"),
        (([0.1, 0.2], [0.1, 0.1]), {"level": 95}, "level"),
        (([0.1, 0.2], [0.1, 0.1]), {"level": 0}, "level"),
        (([0.1, 0.2], [0.1, 0.1]), {"kind": "joint"}, "kind"),
        (([0.1, 0.2], [0.1, 0.1]), {"tail": "both"}, "tail"),
    ],
)
def test_bad_arguments_are_named(arguments, options, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        rank_sets(*arguments, **options)
