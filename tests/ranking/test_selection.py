"""Inference after selection: quadrature, other software, coverage, what must always hold."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import binom, norm

from alumnistats.comparisons import share_variance
from alumnistats.errors import ArgumentError
from alumnistats.ranking import after_selection, winner_share
from alumnistats.ranking.truncated_normal import log_mass, quantiles

REFERENCE = Path(__file__).parents[1] / "reference"
KINDS = ("naive", "conditional", "projection", "hybrid")
BOUNDS = ("lower", "estimate", "upper")


@pytest.fixture
def few_points(monkeypatch):
    """A quick critical value, where it is not what is tested: off by about 0.01."""
    monkeypatch.setattr("alumnistats.ranking.selection.POINTS", 2**7)


def below(mu, x, sd, truncation, window=np.inf):
    """P(X <= x) for a truncated normal X, by adaptive quadrature; 0 or 1 out of the window."""
    parts = np.zeros(2)
    pieces = [(max(a, mu - window), min(b, mu + window)) for a, b in truncation]
    pieces = [p for p in pieces if p[0] < p[1]]
    if not any(a < x < b for a, b in pieces):
        return float(x > mu)
    nearest = min(abs(np.clip(mu, a, b) - mu) for a, b in pieces)
    for a, b in pieces:
        for side, low, high in ((0, a, min(b, x)), (1, max(a, x), b)):
            low, high = max(low, mu - nearest - 14 * sd), min(high, mu + nearest + 14 * sd)
            if low < high:
                parts[side] += quad(
                    lambda t: np.exp((nearest**2 - (t - mu) ** 2) / (2 * sd**2)),
                    low,
                    high,
                    epsabs=0,
                    epsrel=1e-10,
                    limit=400,
                )[0]
    return parts[0] / parts.sum()


def all_groups(found, kind, bound):
    """Return a bound in the order of the input."""
    return getattr(getattr(found, kind), bound)[np.argsort(found.group)]


def hybrid_tail(level=0.95, beta=0.005):
    return (1 - level - beta) / (1 - beta) / 2


def test_bounds_are_the_quantiles_that_quadrature_gives(k12):
    estimate, variance = k12
    found = after_selection(estimate, variance)
    sd = np.sqrt(variance)
    window = -norm.ppf((1 - 0.995 ** (1 / 12)) / 2)
    for kind, tail, reach in (("conditional", 0.025, np.inf), ("hybrid", hybrid_tail(), window)):
        for bound, p in zip(BOUNDS, (1 - tail, 0.5, tail), strict=True):
            for i, mu in enumerate(getattr(getattr(found, kind), bound)):
                g = found.group[i]
                got = below(mu, estimate[g], sd[g], found.truncation[i], reach * sd[g])
                assert got == pytest.approx(p, abs=1e-8), (kind, bound, g)


@pytest.mark.usefixtures("few_points")
def test_quadrature_agrees_on_unions_of_intervals():
    rng = np.random.default_rng(21)
    several = 0
    for _ in range(12):
        groups = int(rng.integers(3, 7))
        root = rng.normal(size=(groups, groups)) * rng.uniform(0.2, 3, groups)[:, None]
        cov, x = root @ root.T, rng.normal(size=groups)
        places = {1, int(rng.integers(2, groups + 1))}
        found = after_selection(x, cov, places)
        window = after_selection(x, cov, places, level=0.995, beta=1e-6).critical
        for kind, tail, reach in (
            ("conditional", 0.025, np.inf),
            ("hybrid", hybrid_tail(), window),
        ):
            for bound, p in zip(BOUNDS, (1 - tail, 0.5, tail), strict=True):
                for i, mu in enumerate(getattr(getattr(found, kind), bound)):
                    g, sd = found.group[i], np.sqrt(cov[found.group[i], found.group[i]])
                    if abs(mu - x[g]) < 30 * sd:  # beyond it this quadrature loses digits
                        got = below(mu, x[g], sd, found.truncation[i], reach * sd)
                        assert got == pytest.approx(p, abs=1e-6)
                        several += len(found.truncation[i]) > 1
    assert several > 10


def test_equals_multiple_inference_wherever_that_found_its_root(k12):
    # It integrates by simulation and looks for roots with fsolve, which may stop anywhere. Where
    # its bound does give the probability asked for, ours is the same.
    estimate, variance = k12
    table = pd.read_csv(REFERENCE / "multiple_inference_rankcondition_k12.csv")
    found = after_selection(estimate, variance)
    place, sd = np.argsort(found.group), np.sqrt(variance)
    window = -norm.ppf((1 - 0.995 ** (1 / 12)) / 2)
    agreed, untied = 0, [g for g in range(12) if g not in (2, 3)]
    for kind, short, tail in (("conditional", "cond", 0.025), ("hybrid", "hybrid", hybrid_tail())):
        reach = window if kind == "hybrid" else np.inf
        for bound, column, p in zip(
            BOUNDS, ("lo", "median", "hi"), (1 - tail, 0.5, tail), strict=True
        ):
            theirs, ours = table[f"{short}_{column}"], all_groups(found, kind, bound)
            for g in untied:
                got = below(
                    theirs[g], estimate[g], sd[g], found.truncation[place[g]], reach * sd[g]
                )
                if abs(got - p) < 1e-6:
                    assert theirs[g] == pytest.approx(ours[g], abs=2e-6), (kind, bound, g)
                    agreed += 1
    assert agreed == 31  # of 60; all ten conditional medians are among them
    # Most of its hybrid intervals leave the projection interval, which none may.
    outside = np.maximum(estimate - table["hybrid_lo"], table["hybrid_hi"] - estimate) / sd > window
    assert outside[untied].sum() == 9


def test_tied_groups_have_the_place_of_both(k12):
    found = after_selection(*k12)
    assert found.rank.tolist() == [1, 2, 3, 3, *range(5, 13)]
    assert found.last_rank.tolist() == [1, 2, 4, 4, *range(5, 13)]
    # From the estimate of the fifth group to that of the second.
    assert found.truncation[2] == found.truncation[3] == ((k12[0][4], k12[0][1]),)
    assert found.conditional.lower[2] < k12[0][2] < found.conditional.upper[2]


def test_values_that_multiple_inference_documents():
    found = after_selection(np.arange(5.0), np.eye(5))
    assert found.group.tolist() == [4, 3, 2, 1, 0]
    printed = [0.06742731, 3.68627552, 5.93267239]  # RankCondition's first example
    got = [getattr(found.conditional, b)[0] for b in BOUNDS]
    np.testing.assert_allclose(got, printed, atol=6e-9)
    others = [(-0.922, 3, 6.922), (-1.922, 2, 5.922), (-2.922, 1, 4.922), (-1.933, 0.314, 3.933)]
    for i, row in enumerate(others, start=1):
        got = [getattr(found.conditional, b)[i] for b in BOUNDS]
        np.testing.assert_allclose(got, row, atol=6e-4)


def test_matrix_of_independent_estimates_equals_variances(k12):
    plain, matrix = after_selection(*k12), after_selection(k12[0], np.diag(k12[1]))
    for kind in KINDS:
        for bound in BOUNDS:
            np.testing.assert_allclose(
                getattr(getattr(plain, kind), bound), getattr(getattr(matrix, kind), bound)
            )
    assert matrix.critical_error == 0.0


@pytest.mark.usefixtures("few_points")
def test_truncation_sets_are_where_the_group_keeps_its_place():
    rng = np.random.default_rng(3)
    for _ in range(20):
        groups = int(rng.integers(2, 7))
        root = rng.normal(size=(groups, groups)) * rng.uniform(0.2, 3, groups)[:, None]
        cov, x = root @ root.T, rng.normal(size=groups)
        places = {int(r) for r in rng.integers(1, groups + 1, 2)}
        found = after_selection(x, cov, places)
        for i, j in enumerate(found.group):
            steps = rng.normal(size=400) * 5 * np.sqrt(cov[j, j])
            moved = x + np.outer(steps, cov[:, j] / cov[j, j])  # its independent part stays
            rank = 1 + (moved > moved[:, [j]]).sum(axis=1)
            inside = [any(a < m < b for a, b in found.truncation[i]) for m in moved[:, j]]
            assert inside == np.isin(rank, list(places)).tolist()


def test_critical_value_of_dependent_errors():
    rho, groups = 0.6, 4
    cov = np.full((groups, groups), rho) + (1 - rho) * np.eye(groups)
    found = after_selection([0.0, 1.0, 2.0, 3.0], cov, [1])
    c, own = found.critical, np.sqrt(1 - rho)

    def inside(common):  # given the part that all errors share, they are independent
        shift = np.sqrt(rho) * common
        return norm.pdf(common) * (ndtr((c - shift) / own) - ndtr((-c - shift) / own)) ** groups

    covered = quad(inside, -9, 9, epsabs=1e-12)[0]
    # The density of the largest statistic at its quantile is about 0.1.
    assert covered == pytest.approx(0.95, abs=4 * 0.1 * found.critical_error + 1e-5)
    assert 0 < found.critical_error < 5e-3
    same = after_selection([0.0, 1.0], [[2.0, 2.0], [2.0, 2.0]], [1])  # one error in all
    assert same.critical == pytest.approx(-ndtri(0.025), abs=1e-4)


def test_log_mass_of_an_interval():
    u = np.array([0.0, 0.5, 3.0, 0.0, 0.0, 40.0, 1.0, 2.0])
    v = np.array([np.inf, 0.6, 9.0, 1e-9, 30.0, np.inf, 1.0, 5.0])
    for z in (-300.0, -35.0, -3.0, 0.0, 2.0, 45.0, 1e4):
        got = log_mass(u, v, np.full(8, z))
        for i in range(8):
            if v[i] <= u[i]:
                assert got[i] == -np.inf
                continue
            peak = float(np.clip(-z, u[i], v[i]))
            height = -z * peak - peak**2 / 2
            scale = 1 / (1 + abs(z + peak))
            ends = [max(u[i], peak - 40 * scale), peak, min(v[i], peak + 40 * scale)]
            area = sum(
                quad(
                    lambda t, z=z, top=height: np.exp(-z * t - t * t / 2 - top),
                    a,
                    b,
                    epsabs=0,
                    epsrel=1e-11,
                )[0]
                for a, b in pairwise(ends)
                if a < b
            )
            assert got[i] == pytest.approx(height + np.log(area), rel=1e-10, abs=1e-9)


@pytest.mark.parametrize("gap", [1e-2, 1e-6, 1e-12, 3e-16])
def test_a_near_tie_gives_wide_conditional_and_bounded_hybrid_intervals(gap):
    found = after_selection([1.0 + gap, 1.0, 0.0], [0.5] * 3, [1])
    assert np.isfinite([found.conditional.lower, found.conditional.upper]).all()
    assert found.conditional.lower < found.naive.lower - 0.5
    se, reach = np.sqrt(0.5), -norm.ppf((1 - 0.995 ** (1 / 3)) / 2)
    assert found.hybrid.lower >= 1.0 - reach * se
    assert found.hybrid.lower <= found.hybrid.estimate <= found.hybrid.upper <= found.naive.upper


@pytest.mark.parametrize("far", [1e3, 1e8])
def test_a_winner_far_ahead_needs_no_allowance(far):
    found = after_selection([far, 0.0, 1.0], [1.0, 2.0, 3.0], [1])
    for kind in ("conditional", "naive"):
        interval = getattr(found, kind)
        assert interval.estimate[0] == pytest.approx(far, rel=1e-14)
        assert interval.upper[0] - far == pytest.approx(-ndtri(0.025), rel=1e-6)
        assert far - interval.lower[0] == pytest.approx(-ndtri(0.025), rel=1e-6)


def test_one_group_and_known_groups():
    one = after_selection([0.4], [0.01], [1])
    assert one.conditional.estimate == pytest.approx(0.4)
    assert one.conditional.lower == pytest.approx(one.naive.lower)
    assert one.projection.lower == pytest.approx(one.naive.lower)
    known = after_selection([0.4, 0.3, 0.2], [0.0, 0.01, 0.0])
    for kind in KINDS:
        interval = getattr(known, kind)
        assert interval.lower[[0, 2]].tolist() == interval.upper[[0, 2]].tolist() == [0.4, 0.2]
    assert known.truncation[1] == ((0.2, 0.4),)
    every = after_selection([0.4, 0.4], [0.0, 0.0])
    assert every.conditional.lower.tolist() == [0.4, 0.4]


@st.composite
def problems(draw):
    groups = draw(st.integers(1, 6))
    estimate = draw(arrays(float, groups, elements=st.integers(0, 12).map(lambda i: i / 10)))
    variance = draw(arrays(float, groups, elements=st.integers(0, 9).map(lambda i: i / 50)))
    top = draw(st.integers(1, groups))
    return estimate, variance, draw(st.sampled_from([None, range(1, top + 1)]))


@settings(max_examples=25, deadline=None)
@given(problem=problems(), random=st.randoms(use_true_random=False))
def test_relabelling_and_shifting(problem, random):
    estimate, variance, ranks = problem
    order = list(range(len(estimate)))
    random.shuffle(order)
    found = after_selection(estimate, variance, ranks)
    moved = after_selection(estimate[order] * 2.0 + 4.0, variance[order] * 4.0, ranks)
    labels = np.array(order)[moved.group]
    assert sorted(labels) == sorted(found.group)
    place = {int(g): i for i, g in enumerate(found.group)}
    for i, g in enumerate(labels):
        for kind in KINDS:
            for bound in BOUNDS:
                old = getattr(getattr(found, kind), bound)[place[int(g)]]
                new = getattr(getattr(moved, kind), bound)[i]
                assert new == pytest.approx(2 * old + 4, rel=1e-6, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(problem=problems(), levels=st.tuples(st.floats(0.5, 0.98), st.floats(0.5, 0.98)))
def test_intervals_are_ordered_nested_and_inside_the_projection(problem, levels):
    estimate, variance, ranks = problem
    wide = after_selection(estimate, variance, ranks, level=max(levels))
    narrow = after_selection(estimate, variance, ranks, level=min(levels))
    for kind in KINDS:
        a, b = getattr(wide, kind), getattr(narrow, kind)
        assert (a.lower <= b.lower + 1e-9).all()
        assert (b.upper <= a.upper + 1e-9).all()
        np.testing.assert_allclose(a.estimate, b.estimate, atol=1e-9)
        assert (b.lower <= b.estimate).all()
        assert (b.estimate <= b.upper).all()
    outer = after_selection(estimate, variance, ranks, level=1 - wide.beta, beta=1e-6).projection
    assert (outer.lower <= wide.hybrid.lower + 1e-9).all()
    assert (wide.hybrid.upper <= outer.upper + 1e-9).all()


@settings(max_examples=20, deadline=None)
@given(problem=problems())
def test_turning_the_order_around_mirrors_the_answer(problem):
    estimate, variance, _ = problem
    groups = len(estimate)
    first = after_selection(estimate, variance, [1])
    last = after_selection(-estimate, variance, [groups])
    assert sorted(first.group) == sorted(last.group)
    a, b = np.argsort(first.group), np.argsort(last.group)
    for kind in KINDS:
        x, y = getattr(first, kind), getattr(last, kind)
        np.testing.assert_allclose(x.lower[a], -y.upper[b], atol=1e-8)
        np.testing.assert_allclose(x.estimate[a], -y.estimate[b], atol=1e-8)


RUNS = 20_000


@pytest.mark.parametrize(
    "truth", [np.zeros(12), np.linspace(0, 3, 12)], ids=["tied truths", "spread truths"]
)
def test_coverage_of_the_winner(truth):
    rng = np.random.default_rng(6)
    x = truth + rng.normal(size=(RUNS, 12))
    winner = x.argmax(axis=1)
    top, second = np.sort(x, axis=1)[:, :-3:-1].T
    sets = [((-d, np.inf),) for d in top - second]
    tail, reach = hybrid_tail(), -norm.ppf((1 - 0.995 ** (1 / 12)) / 2)
    error = top - truth[winner]
    conditional = quantiles(sets, (0.025, 0.5, 0.975))
    hybrid = quantiles(sets, (tail, 1 - tail), reach)
    # The same bounds as the public function gives.
    found = after_selection(x[0], np.ones(12), [1])
    assert found.conditional.lower[0] == pytest.approx(top[0] - conditional[0, 2])
    assert found.hybrid.lower[0] == pytest.approx(top[0] - hybrid[0, 1])
    # Exactly .95, and half of the errors below the median, within 4 standard errors.
    inside = (conditional[:, 0] <= error) & (error <= conditional[:, 2])
    assert inside.mean() == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / RUNS))
    assert (conditional[:, 1] <= error).mean() == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / RUNS))
    # The coverage is conditional: also given the second estimate.
    for part in (second < np.median(second), second > np.quantile(second, 0.9)):
        tolerance = 4 * np.sqrt(0.95 * 0.05 / part.sum())
        assert inside[part].mean() == pytest.approx(0.95, abs=tolerance)
    covered = ((hybrid[:, 0] <= error) & (error <= hybrid[:, 1])).sum()
    assert covered >= binom.ppf(1e-5, RUNS, 0.95)
    assert covered <= binom.ppf(1 - 1e-5, RUNS, 0.95 / 0.995)
    naive = (np.abs(error) <= -ndtri(0.025)).mean()
    assert naive < 0.9
    if not truth.any():  # the largest of twelve errors is within 1.96 with this probability
        assert naive == pytest.approx(0.975**12 - 0.025**12, abs=4 * np.sqrt(0.74 * 0.26 / RUNS))


@pytest.mark.usefixtures("few_points")
@pytest.mark.parametrize("ranks", [None, [1, 2]], ids=["own place", "top two"])
def test_coverage_in_other_places_of_dependent_estimates(ranks):
    rng = np.random.default_rng(12)
    truth = np.array([0.0, 0.0, 0.5, 1.0])
    cov = np.diag([0.7, 0.2, 0.7, 0.4]) + 0.3  # the second follows the others more than itself
    x = rng.multivariate_normal(truth, cov, size=100)
    inside = np.empty((100, 2))
    for run, estimate in enumerate(x):
        found = after_selection(estimate, cov, ranks, level=0.8)
        for i, kind in enumerate(("conditional", "hybrid")):
            interval, mean = getattr(found, kind), truth[found.group]
            inside[run, i] = ((interval.lower <= mean) & (mean <= interval.upper)).mean()
    # Within 4 standard errors; the groups of one run are not independent, so by the spread of runs.
    error = inside.std(axis=0) / np.sqrt(100)
    assert inside[:, 0].mean() == pytest.approx(0.8, abs=4 * error[0])
    assert inside[:, 1].mean() >= 0.8 - 4 * error[1]


def test_winner_share_equals_the_normal_answer_cut_to_shares():
    k, n = np.array([3, 1, 0, 0]), np.array([20, 25, 18, 30])
    found = winner_share(k, n, top=2)
    plain = after_selection(k / n, share_variance(k, n, "agresti-caffo"), [1, 2])
    assert found.group.tolist() == plain.group.tolist() == [0, 1]
    for kind in KINDS:
        for bound in BOUNDS:
            want = np.clip(getattr(getattr(plain, kind), bound), 0, 1)
            assert getattr(getattr(found, kind), bound).tolist() == want.tolist()
    assert found.conditional.lower.min() == 0.0
    exact = winner_share(k, n, variance="plug-in")
    np.testing.assert_allclose(exact.naive.upper, 0.15 - ndtri(0.025) * np.sqrt(0.15 * 0.85 / 20))


def test_tied_winners_are_all_reported():
    found = winner_share([40, 40, 10], [100, 100, 100])
    assert sorted(found.group) == [0, 1]
    assert found.rank.tolist() == [1, 1]
    assert found.last_rank.tolist() == [2, 2]
    assert (found.conditional.upper - found.conditional.lower > 0.1).all()
    # A tie at the edge of the top t: given one of the top two or the third place.
    edge = winner_share([60, 40, 40, 10], [100] * 4, top=2)
    assert sorted(edge.group) == [0, 1, 2]
    assert edge.truncation[1] == (pytest.approx((0.1, np.inf)),)


def test_the_same_seed_gives_the_same_answer():
    cov = 0.3 + 0.7 * np.eye(4)
    a, b = (after_selection([0.0, 1, 2, 3], cov, seed=5) for _ in range(2))
    assert a.critical == b.critical
    assert after_selection([0.0, 1, 2, 3], cov, seed=6).critical != a.critical


@pytest.mark.parametrize(
    ("arguments", "options", "parameter"),
    [
        (([0.1, 0.2], [0.1]), {}, "covariance"),
        (([], []), {}, "covariance"),
        (([0.1, np.nan], [0.1, 0.1]), {}, "covariance"),
        (([0.1, 0.2], [0.1, -0.1]), {}, "covariance"),
        (([0.1, 0.2], [[1.0, 2.0], [2.0, 1.0]]), {}, "covariance"),
        (([0.1, 0.2], [[1.0, 0.3], [0.2, 1.0]]), {}, "covariance"),
        (([0.1, 0.2], [0.1, 0.1], [3]), {}, "ranks"),
        (([0.1, 0.2], [0.1, 0.1], []), {}, "ranks"),
        (([0.1, 0.2], [0.1, 0.1], [1.5]), {}, "ranks"),
        (([0.1, 0.2], [0.1, 0.1]), {"level": 95}, "level"),
        (([0.1, 0.2], [0.1, 0.1]), {"beta": 0.05}, "beta"),
        (([0.1, 0.2], [0.1, 0.1]), {"beta": 0}, "beta"),
    ],
)
def test_bad_arguments_are_named(arguments, options, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        after_selection(*arguments, **options)


@pytest.mark.parametrize("counts", [([5, 3], [4, 9]), ([1, 2], [3]), ([-1, 2], [3, 3])])
def test_bad_counts_are_named(counts):
    with pytest.raises(ArgumentError, match="count"):
        winner_share(*counts)
