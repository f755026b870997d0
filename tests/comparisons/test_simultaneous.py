"""All pairs at once: scipy's studentised range and normal probabilities, simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.comparisons import (
    adjust,
    max_t,
    max_t_pairs,
    multinomial_covariance,
    share_variance,
    tukey,
    tukey_critical,
)
from alumnistats.comparisons.simultaneous import range_tail
from alumnistats.errors import ArgumentError

COUNTS = np.array([49, 46, 42, 42, 33, 31, 30, 28, 27, 22, 21, 18])


@st.composite
def estimates(draw):
    groups = draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.normal(size=groups), rng.gamma(2, 0.3, size=groups)


@pytest.mark.parametrize("groups", [2, 3, 12, 50])
def test_range_equals_scipy(groups):
    from scipy.stats import studentized_range

    q = np.array([0.5, 2.0, 3.5, 5.0, 7.0])
    np.testing.assert_allclose(
        range_tail(q, groups), studentized_range.sf(q, groups, np.inf), atol=1e-8
    )
    critical = tukey_critical(groups, 0.95)
    assert critical == pytest.approx(
        studentized_range.ppf(0.95, groups, np.inf) / np.sqrt(2), abs=1e-7
    )


def test_published_range_quantiles():
    # Pearson and Hartley (1966), Biometrika Tables I, table 29, infinite degrees of freedom, 5%.
    for groups, printed in ((3, 3.31), (5, 3.86), (10, 4.47), (20, 5.01)):
        assert round(np.sqrt(2) * tukey_critical(groups), 2) == printed


def test_two_groups_are_the_normal_test():
    from scipy.stats import norm

    p = tukey([0.5, 0.3], [0.01, 0.02])
    assert p == pytest.approx(2 * norm.sf(0.2 / np.sqrt(0.03)), abs=1e-12)
    single = max_t_pairs([0.5, 0.3], [0.01, 0.02])
    assert single.p_value == pytest.approx(p, abs=1e-12)


@given(estimates())
@settings(max_examples=25)
def test_equal_variances_make_single_step_max_t_tukeys(sample):
    x, v = sample
    v = np.full_like(v, v[0])
    found = max_t_pairs(x, v, stepdown=False)
    assert (np.abs(found.p_value - tukey(x, v)) <= 5 * found.error + 1e-9).all()


@given(estimates())
@settings(max_examples=25)
def test_order_of_the_adjustments(sample):
    from scipy.stats import norm

    x, v = sample
    a, b = np.triu_indices(len(x), 1)
    raw = 2 * norm.sf(np.abs(x[a] - x[b]) / np.sqrt(v[a] + v[b]))
    single, down = max_t_pairs(x, v, stepdown=False), max_t_pairs(x, v)
    slack = 5 * np.maximum(single.error, down.error) + 1e-9
    assert (raw <= down.p_value + slack).all()
    assert (down.p_value <= single.p_value + slack).all()
    assert (single.p_value <= tukey(x, v) + slack).all()  # Hayter: Tukey-Kramer is conservative
    assert (down.p_value <= adjust(raw, "holm") + slack).all()
    order = np.argsort(raw, kind="stable")
    assert (np.diff(down.p_value[order]) >= -1e-9).all()


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_single_step_equals_scipys_normal_probability(alternative):
    from scipy.stats import multivariate_normal

    corr = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 1.0]])
    sd = np.array([2.0, 0.5, 1.0])
    t = np.array([2.4, -1.1, 0.3])
    found = max_t(
        t * sd, corr * np.outer(sd, sd), alternative, stepdown=False, points=2**15, seed=4
    )
    for i, value in enumerate({"two-sided": np.abs(t), "greater": t, "less": -t}[alternative]):
        low = np.full(3, -value if alternative == "two-sided" else -np.inf)
        inside = multivariate_normal.cdf(
            np.full(3, value), np.zeros(3), corr, maxpts=10**6, abseps=1e-7, lower_limit=low
        )
        assert found.p_value[i] == pytest.approx(1 - inside, abs=5 * found.error[i] + 2e-5)


def test_step_down_equals_its_definition():
    # p of the i-th largest: the largest of it and all less extreme ones, then made monotone.
    rng = np.random.default_rng(9)
    x, v = np.array([0.0, 0.9, 2.0, 2.3]), np.array([0.3, 0.1, 0.2, 0.5])
    a, b = np.triu_indices(4, 1)
    se = np.sqrt(v[a] + v[b])
    t = np.abs(x[a] - x[b]) / se
    z = rng.normal(size=(400_000, 4)) * np.sqrt(v)
    draws = np.abs(z[:, a] - z[:, b]) / se
    order = np.argsort(-t)
    expected = [(draws[:, order[i:]].max(axis=1) >= t[order[i]]).mean() for i in range(6)]
    found = max_t_pairs(x, v)
    np.testing.assert_allclose(
        found.p_value[order], np.maximum.accumulate(expected), atol=4.5 * 0.5 / np.sqrt(400_000)
    )


def test_stated_error_holds_and_the_seed_repeats():
    p, v = COUNTS / 103, share_variance(COUNTS, 103)
    runs = [max_t_pairs(p, v, seed=seed) for seed in range(12)]
    values = np.stack([run.p_value for run in runs])
    stated = np.sqrt(np.mean([run.error**2 for run in runs], axis=0))
    assert stated.max() < 0.003
    # 11 degrees of freedom and 15 for the stated one: a ratio above 2 has probability 0.4%, and
    # neighbouring tests move together.
    moved = stated > 1e-6
    assert np.median(values.std(axis=0, ddof=1)[moved] / stated[moved]) < 2
    again = max_t_pairs(p, v, seed=np.random.default_rng(3))
    np.testing.assert_array_equal(again.p_value, runs[3].p_value)


def test_dependent_shares_use_their_covariance():
    k, n = np.array([50, 30, 20]), 100  # everybody chose one: a singular covariance
    cov = multinomial_covariance(k, n)
    found = max_t_pairs(k / n, cov, stepdown=False)
    apart = max_t_pairs(k / n, np.diag(cov), stepdown=False)
    assert (found.p_value > apart.p_value).all()
    gap, variance = 0.2, 0.8 - 0.2**2
    only = max_t([gap], [[variance / n]])
    assert (found.p_value[0] > only.p_value[0]).all()


def test_no_false_rejection_in_most_simulated_samples():
    # Twelve equal shares of 30% of 400 respondents; 400 samples; nominal 5%.
    rng = np.random.default_rng(2)
    critical, runs, wrong = tukey_critical(12), 400, {"plug-in": 0, "pooled": 0}
    a, b = np.triu_indices(12, 1)
    for _ in range(runs):
        k = rng.binomial(400, 0.3, size=12)
        for kind in wrong:
            v = share_variance(k, 400, kind)
            wrong[kind] += (np.abs(k[a] - k[b]) / 400 > critical * np.sqrt(v[a] + v[b])).any()
    for count in wrong.values():  # binomial: 20 expected, above 36 with probability 3e-4
        assert 6 <= count <= 36


@given(estimates())
@settings(max_examples=15)
def test_permutation_and_reflection(sample):
    x, v = sample
    groups = len(x)
    a, b = np.triu_indices(groups, 1)

    def square(values):
        out = np.zeros((groups, groups))
        out[a, b] = out[b, a] = values
        return out

    order = np.random.default_rng(groups).permutation(groups)
    np.testing.assert_allclose(
        square(tukey(x[order], v[order])), square(tukey(x, v))[np.ix_(order, order)], atol=1e-12
    )
    one, other = max_t_pairs(x, v), max_t_pairs(x[order], v[order], seed=1)
    slack = 6 * square(one.error + 1e-6)[np.ix_(order, order)] + 6 * square(other.error)
    moved = square(one.p_value)[np.ix_(order, order)]
    assert (np.abs(square(other.p_value) - moved) <= slack).all()
    greater, less = max_t_pairs(x, v, "greater"), max_t_pairs(-x, v, "less")
    assert (np.abs(greater.p_value - less.p_value) <= 6 * (greater.error + less.error) + 1e-6).all()


def test_ties_known_values_and_one_group():
    assert tukey([0.2], [0.1]).shape == max_t_pairs([0.2], [0.1]).p_value.shape == (0,)
    assert tukey_critical(1) == 0.0
    nothing = max_t([], np.zeros((0, 0)))
    assert nothing.p_value.shape == nothing.error.shape == (0,)
    known = max_t_pairs([0.3, 0.3, 0.1], [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(known.p_value, [1.0, 0.0, 0.0])
    found = tukey([0.3, 0.3, 0.1], [0.0, 0.0, 0.0])
    np.testing.assert_allclose(found, [1.0, 0.0, 0.0], atol=1e-13)  # the rule's own error
    mixed = max_t_pairs([0.3, 0.3, 0.1], [0.0, 0.0, 0.01])
    assert mixed.p_value[0] == 1.0
    assert mixed.p_value[1] == pytest.approx(mixed.p_value[2])
    tied = max_t_pairs([1.0, 0.0, 1.0], [0.1, 0.1, 0.1])
    assert tied.p_value[1] == pytest.approx(1.0)
    assert tied.p_value[0] == pytest.approx(tied.p_value[2], abs=1e-12)


@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        (lambda: tukey([0.1, 0.2], [0.1]), "covariance"),
        (lambda: tukey([0.1, 0.2], [0.1, -0.1]), "covariance"),
        (lambda: tukey([0.1, np.nan], [0.1, 0.1]), "covariance"),
        (lambda: max_t([1.0, 2.0], np.eye(3)), "covariance"),
        (lambda: max_t([1.0, 2.0], [[1.0, 2.0], [2.0, 1.0]]), "covariance"),
        (lambda: max_t([1.0, 2.0], [[1.0, 0.2], [0.1, 1.0]]), "covariance"),
        (lambda: max_t([1.0, 2.0], [[1.0, 0.0], [0.0, 0.0]]), "covariance"),
        (lambda: max_t([1.0], [[1.0]], "larger"), "alternative"),
        (lambda: max_t([1.0], [[1.0]], points=3), "points"),
        (lambda: max_t_pairs([1.0, 2.0], [0.1, -0.1]), "covariance"),
        (lambda: share_variance([1, 2], [5, 5], "own"), "kind"),
        (lambda: share_variance([1, 6], [5, 5]), "counts"),
        (lambda: tukey_critical(0), "groups"),
        (lambda: tukey_critical(3, 95), "level"),
    ],
)
def test_bad_arguments_are_named(call, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        call()
