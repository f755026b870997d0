"""Many groups, correlated estimates, and what is said of the error of drawn critical values."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import binom, studentized_range

from alumnistats.errors import ArgumentError
from alumnistats.ranking import rank_sets
from alumnistats.ranking.critical_values import marginal_critical
from alumnistats.ranking.error_draws import correlated, given, independent
from alumnistats.ranking.marginal_sets import many_groups
from alumnistats.ranking.pair_maxima import over_all_pairs, over_listed_pairs, over_open_pairs
from alumnistats.ranking.simulated_quantiles import common_point, quantile

REFERENCE = Path(__file__).parents[1] / "reference"
KINDS = ["marginal", "simultaneous"]
PANEL_ERROR = 1e-8  # of critical values of many groups, as `rank_sets` states


def shares(groups, smallest, largest, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.beta(6, 12, groups)
    n = np.exp(rng.uniform(np.log(smallest), np.log(largest), groups))
    variance = p * (1 - p) / n
    return p + rng.normal(size=groups) * np.sqrt(variance), variance


def exact_row(estimate, variance, j, tail, level=0.95):
    """One group's sets, every comparison's probability for itself."""
    others = np.delete(np.arange(len(variance)), j)
    gap = estimate[others] - estimate[j]
    se = np.sqrt(variance[others] + variance[j])
    t = np.where(gap == 0, 0.0, gap / np.where(se > 0, se, 1e-300))
    up, down = (np.full(len(t), tail != "upper"), np.full(len(t), tail != "lower"))
    critical = []
    while True:
        (c,) = marginal_critical(variance[[j]], variance[others][None], up[None], down[None], level)
        critical.append(c)
        new_up, new_down = up & (t > c), down & (-t > c)
        up, down = up & ~new_up, down & ~new_down
        if not (new_up | new_down).any() or not (up | down).any():
            above = (t > c).sum() if tail != "upper" else 0
            return critical[0], critical[-1], above, (-t > c).sum() if tail != "lower" else 0


@pytest.mark.parametrize(
    ("groups", "sizes", "known", "tail"),
    [
        (300, (103, 103.1), 0, "two-sided"),
        (300, (20, 2000), 0, "two-sided"),
        (300, (25, 273), 0, "lower"),
        (120, (25, 273), 3, "upper"),
        (120, (20, 2e5), 2, "two-sided"),
    ],
)
def test_panels_of_variances_equal_every_comparison_for_itself(groups, sizes, known, tail):
    estimate, variance = shares(groups, *sizes)
    variance[:known] = 0.0
    found = many_groups(estimate, variance, 0.95, tail, stepdown=True)
    by_variance = np.argsort(variance)
    for j in (*by_variance[[0, known, groups // 2, -1]], np.argmax(estimate)):
        first, last, above, below = exact_row(estimate, variance, j, tail)
        assert found.first[j] == pytest.approx(first, abs=PANEL_ERROR)
        assert found.last[j] == pytest.approx(last, abs=PANEL_ERROR)
        assert (found.above[j], found.below[j]) == (above, below)


def test_many_known_values_have_known_ranks():
    rng = np.random.default_rng(1)
    estimate = rng.permutation(150) / 150
    for kind in KINDS:
        sets = rank_sets(estimate, np.zeros(150), kind=kind)
        ranks = 1 + (estimate[None] > estimate[:, None]).sum(axis=1)
        assert sets.lower.tolist() == sets.upper.tolist() == ranks.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_many_ties_are_never_separated(kind):
    for variance in (0.0, 0.01):
        sets = rank_sets(np.full(150, 0.3), np.full(150, variance), kind=kind, points=512)
        assert set(sets.lower) == {1}
        assert set(sets.upper) == {150}


def test_relabelling_and_reflection_of_many_groups():
    estimate, variance = shares(150, 25, 273)
    order = np.random.default_rng(0).permutation(150)
    sets = rank_sets(estimate, variance)
    moved = rank_sets(estimate[order], variance[order])
    assert moved.lower.tolist() == sets.lower[order].tolist()
    np.testing.assert_allclose(moved.last_critical, sets.last_critical[order], atol=1e-10)
    turned = rank_sets(-estimate, variance)
    assert turned.lower.tolist() == (151 - sets.upper).tolist()
    assert turned.upper.tolist() == (151 - sets.lower).tolist()


def brute(error, scale, open_):
    a, b = np.nonzero(~np.eye(error.shape[1], dtype=bool))
    keep = open_(a, b)
    a, b = a[keep], b[keep]
    se = scale(a, b)
    gap = error[:, b] - error[:, a]
    return np.divide(gap, se, out=np.zeros_like(gap), where=se > 0).max(axis=1, initial=0.0)


@pytest.mark.parametrize("law", ["independent", "known", "correlated", "singular", "draws"])
@pytest.mark.parametrize("groups", [2, 3, 7, 30])
def test_largest_difference_equals_a_search_of_all_pairs(law, groups):
    rng = np.random.default_rng(groups)
    factor = rng.normal(size=(groups, groups if law == "correlated" else 1 + groups // 2))
    errors = {
        "independent": lambda: independent(rng.gamma(1, size=groups) + 0.01, 512, 1),
        "known": lambda: independent(np.where(np.arange(groups) % 3, 1.0, 0.0), 512, 1),
        "correlated": lambda: correlated(factor @ factor.T, 512, 1),
        "singular": lambda: correlated(factor @ factor.T, 512, 1),
        "draws": lambda: given(rng.normal(size=(512, len(factor.T))) @ factor.T),
    }[law]()
    theta = rng.normal(size=groups)

    def open_(a, b):
        return theta[b] - theta[a] <= 0.5

    error = errors.draw(0)
    full, bound = over_all_pairs(errors, 0)
    expected = brute(error, errors.scale, lambda a, _: a >= 0)
    np.testing.assert_allclose(full.exact, expected, rtol=1e-10)
    assert (bound >= expected * (1 - 1e-10)).all()
    expected = brute(error, errors.scale, open_)
    floor = 0.01
    narrowed = over_open_pairs(errors, 0, full, open_, floor)
    above = expected > floor
    np.testing.assert_allclose(narrowed.exact[above], expected[above], rtol=1e-10)
    assert (narrowed.exact[~above] <= floor).all()
    pairs = np.nonzero([[open_(a, b) and a != b for b in range(groups)] for a in range(groups)])
    listed = over_listed_pairs(errors, 0, *pairs)
    np.testing.assert_allclose(listed.exact, expected, rtol=1e-10)


@pytest.mark.parametrize("groups", [2, 3, 12, 60])
def test_equal_variances_give_the_studentised_range(groups):
    expected = studentized_range.ppf(0.95, groups, np.inf) / np.sqrt(2)
    sets = rank_sets(np.zeros(groups), np.full(groups, 0.3), kind="simultaneous", points=1024)
    # 3e-6: interpolation in c, and the quadrature of scipy
    assert sets.first_critical[0] == pytest.approx(expected, abs=3e-6)
    assert sets.critical_error[0] < 3e-6


def test_probability_of_a_common_point_by_simulation():
    variance, c = np.array([1.0, 4.0, 0.2, 9.0, 2.0]), 2.5
    draws = 200_000
    error = np.random.default_rng(5).normal(size=(draws, 5)) * np.sqrt(variance)
    half = c * np.sqrt(variance / 2)
    apart = (error - half).max(axis=1) > (error + half).min(axis=1)
    p = common_point(variance, c)
    low, high = binom.ppf([1e-5, 1 - 1e-5], draws, p)
    assert low <= apart.sum() <= high
    assert common_point(np.array([0.0, 1.0]), np.sqrt(2) * 1.959963985) == pytest.approx(0.05)


def test_standard_error_of_drawn_critical_values_is_their_spread(k12):
    for stepdown in (True, False):
        sets = [
            rank_sets(*k12, kind="simultaneous", seed=s, points=512, max_points=512,
                      stepdown=stepdown)
            for s in range(80)
        ]  # fmt: skip
        spread = np.std([s.last_critical[0] for s in sets])
        stated = np.sqrt(np.mean([s.critical_error[0] ** 2 for s in sets]))
        # 80 values: the spread has a relative standard error of 8%; 5 of them.
        assert spread == pytest.approx(stated, rel=0.4)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_that_all_share_changes_nothing(k12, kind):
    estimate, variance = k12
    alone = rank_sets(estimate, variance, kind=kind)
    shared = rank_sets(estimate, covariance=np.diag(variance) + 0.01, kind=kind, max_points=2**14)
    error = np.hypot(alone.critical_error, shared.critical_error)
    assert (np.abs(shared.first_critical - alone.first_critical) < 4 * error).all()
    same = ~shared.uncertain
    assert (shared.lower == alone.lower)[same].all()
    assert (shared.upper == alone.upper)[same].all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_diagonal_covariance_is_a_variance(k12, kind):
    estimate, variance = k12
    one = rank_sets(estimate, variance, kind=kind)
    other = rank_sets(estimate, covariance=np.diag(variance), kind=kind)
    np.testing.assert_array_equal(one.last_critical, other.last_critical)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("correlation", [-1.0, -0.5, 0.9])
def test_two_correlated_groups_use_the_normal_quantile(kind, correlation):
    covariance = [[1.0, correlation], [correlation, 1.0]]
    se = np.sqrt(2 - 2 * correlation)
    for t in (1.95, 1.97):
        sets = rank_sets([t * se, 0.0], covariance=covariance, kind=kind)
        assert sets.first_critical[0] == pytest.approx(-ndtri(0.025), abs=1e-5)
        assert sets.upper.tolist() == [1 if t > 1.96 else 2, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_estimates_that_err_alike_are_in_their_order_for_certain(kind):
    covariance = np.ones((3, 3))
    covariance[2] = covariance[:, 2] = [0, 0, 1]
    sets = rank_sets([0.2, 0.1, 0.15], covariance=covariance, kind=kind)
    assert sets.lower.tolist() == [1, 2, 1]
    assert sets.upper.tolist() == [2, 3, 3]
    nothing = rank_sets([0.2, 0.1, 0.2], covariance=np.zeros((3, 3)), kind=kind)
    # Exact ties are not separated even when known: each may have any rank of its block.
    assert nothing.lower.tolist() == [1, 3, 1]
    assert nothing.upper.tolist() == [2, 3, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_draws_agree_with_the_law_they_come_from(k12, kind):
    estimate, variance = k12
    exact = rank_sets(estimate, variance, kind=kind)
    error = np.random.default_rng(3).normal(size=(10_000, 12)) * np.sqrt(variance)
    sets = rank_sets(estimate, draws=estimate + error, kind=kind)
    assert sets.draws == 10_000
    assert (np.abs(sets.last_critical - exact.last_critical) < 4 * sets.critical_error).all()
    sure = ~sets.uncertain
    assert (sets.lower == exact.lower)[sure].all()
    assert (sets.upper == exact.upper)[sure].all()
    assert sets.uncertain.any()  # of 66 pairs some lie within 0.03 of the critical value


def test_quantile_of_draws_is_an_order_statistic():
    value = np.random.default_rng(0).permutation(999) + 1.0
    found = quantile(value, 0, 1, 0.95)
    assert found.value == 950  # exceeded by the next draw with probability 50 / 1000
    assert found.error == pytest.approx(np.sqrt(999 * 0.95 * 0.05), abs=1)


@pytest.mark.parametrize("kind", KINDS)
def test_equals_multiple_inference(k12, kind):
    table = pd.read_csv(REFERENCE / "multiple_inference_k12.csv")
    rows = table[
        (table["method"] == kind) & (table["n_samples"] == table["n_samples"].max())
        & (table["procedure"] == "stepdown")
    ]  # fmt: skip
    sets = rank_sets(*k12, kind=kind)
    for _, one in rows.groupby("seed"):
        assert one["L"].tolist() == sets.lower.tolist()
        assert one["U"].tolist() == sets.upper.tolist()


def test_a_pair_on_the_critical_value_is_flagged_and_only_it():
    variance = np.array([1.0, 2.0, 4.0, 1.0])
    edge = rank_sets(np.zeros(4), variance, kind="simultaneous").first_critical[0]
    estimate = np.array([0.0, edge * np.sqrt(3), 0.0, 0.0])  # b - a of the first two on it
    sets = rank_sets(estimate, variance, kind="simultaneous", stepdown=False, points=1024)
    flagged = {tuple(p) for p in sets.uncertain_pairs.tolist()}
    assert (0, 0, 1) in flagged
    assert flagged <= {(0, 0, 1), (0, 3, 1)}  # groups 0 and 3 are alike
    assert sets.uncertain.tolist() == [True, True, False, True]
    assert sets.draws == 8 * 1024  # as many as are allowed
    clear = rank_sets(2 * estimate, variance, kind="simultaneous", stepdown=False, points=1024)
    assert not clear.uncertain.any()
    assert clear.draws == 1024
    assert rank_sets(estimate, variance).uncertain_pairs.shape == (0, 3)


@st.composite
def correlated_problems(draw):
    groups = draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    factor = rng.normal(size=(groups, draw(st.integers(1, groups))))
    return rng.normal(size=groups) * 3, factor @ factor.T


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@examples(correlated_problems(), st.floats(0.1, 10), st.floats(-5, 5))
def test_scale_shift_and_level(kind, problem, scale, shift):
    estimate, covariance = problem
    options = {"kind": kind, "points": 256, "max_points": 256}
    sets = rank_sets(estimate, covariance=covariance, **options)
    moved = rank_sets(scale * estimate + shift, covariance=scale**2 * covariance, **options)
    np.testing.assert_allclose(moved.first_critical, sets.first_critical, atol=1e-6)
    sure = ~sets.uncertain
    assert (moved.lower == sets.lower)[sure].all()
    wide = rank_sets(estimate, covariance=covariance, level=0.99, **options)
    assert (wide.lower <= sets.lower).all()
    assert (wide.upper >= sets.upper).all()
    single = rank_sets(estimate, covariance=covariance, stepdown=False, **options)
    assert (single.lower <= sets.lower).all()
    assert (single.upper >= sets.upper).all()


def test_coverage_with_correlated_errors():
    rng = np.random.default_rng(7)
    factor = rng.normal(size=(5, 5))
    covariance, theta = factor @ factor.T, np.array([0.0, 0.0, 1.0, 1.0, 4.0])
    rank = 1 + (theta[None] > theta[:, None]).sum(axis=1)
    runs, inside = 200, np.zeros((2, 5), dtype=int)
    for _ in range(runs):
        estimate = theta + factor @ rng.normal(size=5)
        for i, kind in enumerate(KINDS):
            sets = rank_sets(
                estimate, covariance=covariance, kind=kind, level=0.9, points=512, max_points=512
            )
            covered = (sets.lower <= rank) & (rank <= sets.upper)
            inside[i] += covered if kind == "marginal" else covered.all()
    # With coverage of exactly 90% fewer successes than this have probability 1e-5.
    assert inside.min() >= binom.ppf(1e-5, runs, 0.9)


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        ({}, "variance"),
        ({"variance": [1, 1], "covariance": np.eye(2)}, "variance"),
        ({"covariance": np.eye(3)}, "covariance"),
        ({"covariance": [1.0, 1.0]}, "covariance"),
        ({"covariance": [[1, np.nan], [np.nan, 1]]}, "covariance"),
        ({"covariance": [[1, 0.5], [0.2, 1]]}, "covariance.*asymmetric"),
        ({"covariance": [[1, 2], [2, 1]]}, "covariance.*eigenvalue"),
        ({"covariance": [[-1, 0], [0, 1]]}, "covariance"),
        ({"draws": np.zeros((1, 2))}, "draws"),
        ({"draws": np.zeros((9, 3))}, "draws"),
        ({"draws": np.full((9, 2), np.nan)}, "draws"),
        ({"variance": [1, 1], "points": 3}, "points"),
    ],
)
def test_bad_errors_are_named(options, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        rank_sets([0.1, 0.2], **options)
