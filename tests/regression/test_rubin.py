"""Rubin's rules: by hand, by statsmodels' MICE, and what must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alumnistats.errors import ArgumentError
from alumnistats.regression import combine, joint_test
from alumnistats.regression.rubin import degrees_of_freedom


def test_by_hand():
    """Rubin (1987), section 3.1, with three imputations."""
    q, u = np.array([1.0, 2.0, 4.0]), np.array([0.5, 0.7, 0.6])
    found = combine(q[:, None], u[:, None, None])
    between = np.var(q, ddof=1)
    total = 0.6 + 4 / 3 * between
    assert found.estimate[0] == pytest.approx(7 / 3)
    assert found.covariance[0, 0] == pytest.approx(total)
    r = (4 / 3 * between) / 0.6
    df = 2 * (1 + 1 / r) ** 2
    assert found.df[0] == pytest.approx(df)
    assert found.missing[0] == pytest.approx((r + 2 / (df + 3)) / (r + 1))


def test_barnard_and_rubin():
    """Their equations (1) to (3), with 20 complete-data degrees of freedom."""
    share, m, complete = 0.3, 5, 20.0
    old = (m - 1) / share**2
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    assert degrees_of_freedom(share, m, complete) == pytest.approx(
        old * observed / (old + observed)
    )
    assert degrees_of_freedom(0.0, m, complete) == complete


def test_statsmodels_mice_combines_alike():
    from types import SimpleNamespace

    from statsmodels.imputation.mice import MICE

    rng = np.random.default_rng(0)
    q = rng.normal(size=(12, 3))
    half = rng.normal(size=(12, 3, 3))
    u = half @ half.transpose(0, 2, 1)
    other = MICE.__new__(MICE)
    fits = [SimpleNamespace(params=a, cov_params=lambda c=c: c) for a, c in zip(q, u, strict=True)]
    other.results_list = [SimpleNamespace(_results=fit, scale=1.0) for fit in fits]
    other.exog_names, other.endog_names, other.model_class = ["a", "b", "c"], "y", None
    theirs = other.combine()
    found = combine(q, u)
    assert found.estimate == pytest.approx(theirs.params)
    assert found.covariance == pytest.approx(theirs.cov_params())
    between = np.diag(found.covariance - found.within)
    assert between / np.diag(found.covariance) == pytest.approx(theirs.frac_miss_info)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(1, 4))
def test_repeated_rows_are_weights(seed, rows, parameters):
    rng = np.random.default_rng(seed)
    q = rng.normal(size=(rows, parameters))
    half = rng.normal(size=(rows, parameters, parameters + 1))
    u = half @ half.transpose(0, 2, 1)
    times = rng.integers(1, 4, rows)
    one = combine(np.repeat(q, times, axis=0), np.repeat(u, times, axis=0))
    other = combine(q, u, times / times.sum(), imputations=int(times.sum()))
    for name in ("estimate", "within", "between", "covariance", "df", "missing"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9)
    assert (np.diagonal(one.covariance) >= np.diagonal(one.within) - 1e-12).all()
    assert ((one.missing >= 0) & (one.missing <= 1)).all()


def test_without_missing_data_both_tests_are_chi_square():
    u = np.diag([0.2, 0.3, 0.1])
    found = combine([[0.5, -0.2, 0.1]], [u])
    c = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    gap = c @ found.estimate
    statistic = gap @ np.linalg.inv(c @ u @ c.T) @ gap
    for method in ("wald", "d1"):
        test = joint_test(found, c, method=method)
        assert test.statistic * 2 == pytest.approx(statistic)
        assert test.p_value == pytest.approx(stats.chi2.sf(statistic, 2))


def test_d1_by_hand():
    """Li, Raghunathan and Rubin (1991), equations (1.15) to (1.19)."""
    rng = np.random.default_rng(3)
    m, k = 10, 2
    q = rng.normal(0.4, 0.3, (m, k))
    u = np.tile(np.diag([0.1, 0.2]), (m, 1, 1))
    found = combine(q, u)
    mean, between = q.mean(axis=0), np.cov(q.T)
    r = (1 + 1 / m) * np.trace(between @ np.linalg.inv(u[0])) / k
    statistic = mean @ np.linalg.inv(u[0]) @ mean / (k * (1 + r))
    t = k * (m - 1)
    df = 4 + (t - 4) * (1 + (1 - 2 / t) / r) ** 2
    test = joint_test(found, np.eye(2), method="d1")
    assert test.statistic == pytest.approx(statistic)
    assert test.df_denominator == pytest.approx(df)
    assert test.p_value == pytest.approx(stats.f.sf(statistic, k, df))


@pytest.mark.parametrize("method", ["wald", "d1"])
def test_the_tests_keep_their_level(method):
    """Normal imputations of a normal mean vector, half of whose variance is between them."""
    rng = np.random.default_rng(5)
    runs, k, m = 2000, 3, 50
    c = np.eye(k)
    rejected = 0
    for _ in range(runs):
        observed = rng.normal(0, np.sqrt(2.0), k)  # variance 2: 1 within, 1 between
        q = observed + rng.normal(size=(m, k))
        found = combine(q, np.tile(np.eye(k), (m, 1, 1)))
        rejected += joint_test(found, c, method=method).p_value <= 0.05
    assert abs(rejected / runs - 0.05) < 4 * np.sqrt(0.05 * 0.95 / runs)


def test_bad_arguments():
    good = combine(np.arange(8.0).reshape(4, 2), np.tile(np.eye(2), (4, 1, 1)))
    with pytest.raises(ArgumentError, match="covariances"):
        combine([[1.0, 2.0]], [[1.0, 2.0]])
    with pytest.raises(ArgumentError, match="weight"):
        combine([[1.0], [2.0]], np.ones((2, 1, 1)), [0.5, 0.6])
    for matrix in ([[1.0, 0.0, 0.0]], [[1.0, 0.0], [2.0, 0.0]]):
        with pytest.raises(ArgumentError, match="matrix"):
            joint_test(good, matrix)
    with pytest.raises(ArgumentError, match="method"):
        joint_test(good, np.eye(2), method="d3")
    far = combine(
        np.random.default_rng(0).normal(size=(3, 4)), np.tile(1e-6 * np.eye(4), (3, 1, 1))
    )
    with pytest.raises(ArgumentError, match="imputations"):
        joint_test(far, np.eye(4))
