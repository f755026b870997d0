"""Shares of the same respondents: enumeration, numerical likelihood, published values."""

import csv
from itertools import product
from math import factorial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import xlogy

from alumnistats.comparisons import (
    DEPENDENT_METHODS,
    dependent_bounds,
    dependent_interval,
    dependent_test,
    mcnemar_bounds,
    multinomial_covariance,
    nested_interval,
)
from alumnistats.errors import ArgumentError

TESTS = ["exact", "mid-p", "z"]
ALTERNATIVES = ["two-sided", "greater", "less"]


@st.composite
def shares(draw, largest=200):
    n = draw(st.integers(1, largest))
    k1, k2 = draw(st.integers(0, n)), draw(st.integers(0, n))
    return k1, k2, n, draw(st.integers(max(0, k1 + k2 - n), min(k1, k2)))


def multinomial(n, p):
    """Return every table of exclusive counts and its probability."""
    tables = [t for t in product(range(n + 1), repeat=len(p)) if sum(t) == n]
    law = [
        factorial(n) * np.prod([q**x / factorial(x) for q, x in zip(p, t, strict=True)])
        for t in tables
    ]
    return np.array(tables), np.array(law)


def test_covariance_equals_that_of_all_samples():
    p, n = np.array([0.5, 0.3, 0.2]), 6
    tables, law = multinomial(n, p)
    assert law.sum() == pytest.approx(1.0)
    gap = tables / n - p
    np.testing.assert_allclose(
        multinomial_covariance(10 * p, 10) * 10 / n, np.einsum("t,ti,tj->ij", law, gap, gap)
    )


@given(st.lists(st.integers(0, 50), min_size=2, max_size=6), st.integers(1, 30))
def test_covariance_gives_the_variance_of_a_difference(counts, others):
    n = sum(counts) + others
    cov = multinomial_covariance(counts, n)
    assert np.linalg.eigvalsh(cov).min() > -1e-12
    p, q = counts[0] / n, counts[1] / n
    variance = cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]
    assert variance == pytest.approx((p + q - (p - q) ** 2) / n, abs=1e-12)
    half = 1.959963984540054 * np.sqrt(variance)
    lower, upper = dependent_interval(counts[0], counts[1], n, method="wald")
    np.testing.assert_allclose(lower, max(p - q - half, -1), atol=1e-12)
    np.testing.assert_allclose(upper, min(p - q + half, 1), atol=1e-12)


def published():
    path = Path(__file__).parents[1] / "reference" / "contingencytables_2x2.csv"
    with path.open() as file:
        return {r["quantity"]: r for r in csv.DictReader(file) if r["both"]}


@pytest.mark.parametrize("method", TESTS)
def test_published_p_values(method):
    row = published()["mcnemar_" + method.replace("-", "_")]
    table = (int(row[x]) for x in ("k1", "k2", "n1", "both"))
    assert f"{float(dependent_test(*table, method)):.6f}" == row["first"]


@pytest.mark.parametrize(
    ("method", "name"),
    [("tango", "tango"), ("newcombe-paired", "newcombe_paired"), ("wald", "paired_wald")],
)
def test_published_intervals(method, name):
    row = published()[name]
    table = (int(row[x]) for x in ("k1", "k2", "n1", "both"))
    found = dependent_interval(*table, method=method)
    assert tuple(f"{float(x):.4f}" for x in found) == (row["first"], row["second"])


@given(shares(300))
def test_tests_equal_statsmodels(share):
    from statsmodels.stats.contingency_tables import mcnemar

    k1, k2, n, both = share
    b, c = k1 - both, k2 - both
    table = [[both, b], [c, n - both - b - c]]
    if b + c:
        assert dependent_test(*share) == pytest.approx(mcnemar(table).pvalue, abs=1e-9)
        expected = mcnemar(table, exact=False, correction=False).pvalue
        assert dependent_test(*share, "z") == pytest.approx(expected, abs=1e-12)
    else:
        assert dependent_test(*share) == dependent_test(*share, "z") == 1.0


@pytest.mark.parametrize("method", TESTS)
@given(shares())
def test_exchanging_the_options_exchanges_the_alternatives(method, share):
    k1, k2, n, both = share
    greater = dependent_test(*share, method, "greater")
    assert dependent_test(k2, k1, n, both, method, "less") == pytest.approx(greater, abs=1e-12)
    p = dependent_test(*share, method)
    assert 0 <= p <= 1
    assert dependent_test(k2, k1, n, both, method) == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_exact_test_keeps_its_level_whatever_the_share_is(share):
    tables, law = multinomial(20, [share, share, 1 - 2 * share])
    for alternative in ALTERNATIVES:
        p = dependent_test(tables[:, 0], tables[:, 1], 20, 0, "exact", alternative)
        for alpha in (0.01, 0.05, 0.1, 0.3):
            assert law[p <= alpha].sum() <= alpha + 1e-12


def likeliest(b, c, n, d):
    """Return the likeliest share of the second option only, given the difference d."""

    def minus(q):
        return -(xlogy(b, q + d) + xlogy(c, q) + xlogy(n - b - c, max(1 - 2 * q - d, 0)))

    ends = max(0.0, -d), (1 - d) / 2
    q = minimize_scalar(minus, bounds=ends, method="bounded", options={"xatol": 1e-11}).x
    return min([q, *ends], key=minus)


@given(shares(60), st.floats(0.5, 0.99))
def test_tangos_ends_are_where_the_numerical_score_is_the_quantile(share, level):
    from scipy.stats import norm

    k1, k2, n, both = share
    b, c = k1 - both, k2 - both
    z = norm.isf((1 - level) / 2)
    for end in dependent_interval(*share, level):
        d = float(end)
        if abs(d) > 1 - 1e-6:
            continue
        q = likeliest(b, c, n, d)
        half = z * np.sqrt(max(2 * q + d - d**2, 0.0) / n)
        assert abs((b - c) / n - d) == pytest.approx(half, abs=1e-5)


@pytest.mark.parametrize("method", DEPENDENT_METHODS)
@given(shares(), st.floats(0.5, 0.999))
def test_intervals_mirror_enclose_and_widen(method, share, level):
    k1, k2, n, both = share
    lower, upper = dependent_interval(*share, level, method)
    assert -1 - 1e-9 <= lower <= (k1 - k2) / n + 1e-9
    assert (k1 - k2) / n - 1e-9 <= upper <= 1 + 1e-9
    mirrored = dependent_interval(k2, k1, n, both, level, method)
    np.testing.assert_allclose(mirrored, (-upper, -lower), atol=1e-7)
    wider = dependent_interval(*share, (1 + level) / 2, method)
    assert wider[0] <= lower + 1e-9
    assert wider[1] >= upper - 1e-9


@pytest.mark.parametrize("p", [(0.3, 0.2, 0.5), (0.1, 0.05, 0.85), (0.6, 0.3, 0.1)])
def test_exact_coverage_of_two_options_of_one_question(p):
    tables, law = multinomial(40, p)
    truth = p[0] - p[1]
    for method, least in (("tango", 0.94), ("wald", 0.90)):
        lower, upper = dependent_interval(tables[:, 0], tables[:, 1], 40, 0, 0.95, method)
        assert least < law[(lower <= truth) & (truth <= upper)].sum() < 0.99


def test_taking_exclusive_shares_for_independent_makes_the_interval_too_short():
    from alumnistats.comparisons import newcombe

    lower, upper = dependent_interval(52, 40, 103)
    short = newcombe(52, 103, 40, 103)
    assert upper - lower > 1.25 * (short[1] - short[0])


@given(st.integers(1, 100), st.data())
def test_nested_interval_is_that_of_one_share(n, data):
    from statsmodels.stats.proportion import proportion_confint

    outer = data.draw(st.integers(0, n))
    inner = data.draw(st.integers(0, outer))
    for method, name in (("wilson", "wilson"), ("clopper-pearson", "beta")):
        expected = proportion_confint(outer - inner, n, 0.1, method=name)
        np.testing.assert_allclose(
            nested_interval(inner, outer, n, 0.9, method), expected, atol=1e-9
        )


@given(shares(60))
def test_bounds_enclose_every_overlap(share):
    k1, k2, n, _ = share
    for method in DEPENDENT_METHODS:
        low, high = dependent_bounds(k1, k2, n, method=method)
        both = np.arange(max(0, k1 + k2 - n), min(k1, k2) + 1)
        lower, upper = dependent_interval(k1, k2, n, both, method=method)
        assert low == lower.min()
        assert high == upper.max()


def sign_test(b, c):
    from scipy.stats import binomtest

    return binomtest(b, b + c).pvalue if b + c else 1.0


def test_nobody_chose_either_option_more_often():
    assert mcnemar_bounds(0, 0, 0) == (1.0, 1.0)


@pytest.mark.parametrize("nobs", range(1, 9))
def test_mcnemar_bounds_equal_all_overlaps(nobs):
    for k1 in range(nobs + 1):
        for k2 in range(nobs + 1):
            overlaps = [x for x in range(nobs + 1) if x <= min(k1, k2) and k1 + k2 - x <= nobs]
            values = [sign_test(k1 - x, k2 - x) for x in overlaps]
            assert mcnemar_bounds(k1, k2, nobs) == pytest.approx(
                (min(values), max(values)), abs=1e-12
            )


@given(st.integers(1, 500), st.data())
def test_mcnemar_bounds_are_ordered_and_symmetric(nobs, data):
    k1, k2 = data.draw(st.integers(0, nobs)), data.draw(st.integers(0, nobs))
    low, high = mcnemar_bounds(k1, k2, nobs)
    assert 0 < low <= high <= 1
    assert mcnemar_bounds(k2, k1, nobs) == pytest.approx((low, high), rel=1e-12)
    assert mcnemar_bounds(nobs - k1, nobs - k2, nobs) == pytest.approx((low, high), rel=1e-9)
    if k1 == k2:
        assert high == 1.0


@pytest.mark.parametrize("arguments", [(-1, 2, 5), (6, 2, 5), (2, 6, 5)])
def test_mcnemar_refuses_counts_out_of_range(arguments):
    with pytest.raises(ArgumentError, match="counts"):
        mcnemar_bounds(*arguments)


@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        (lambda: dependent_test(6, 2, 5), "counts"),
        (lambda: dependent_test(4, 3, 5), "both"),  # two must have chosen both
        (lambda: dependent_test(3, 2, 9, 3), "both"),
        (lambda: dependent_test(1.5, 2, 9), "counts"),
        (lambda: dependent_test(3, 2, 9, 1, "wilcoxon"), "method"),
        (lambda: dependent_test(3, 2, 9, 1, "exact", "larger"), "alternative"),
        (lambda: dependent_interval(3, 2, 9, 1, 1.0), "level"),
        (lambda: dependent_interval(3, 2, 9, 1, 0.9, "exact"), "method"),
        (lambda: nested_interval(3, 2, 9), "counts"),
        (lambda: nested_interval(1, 2, 9, method="wald"), "method"),
        (lambda: multinomial_covariance([3, 4], 6), "counts"),
    ],
)
def test_bad_arguments_are_named(call, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        call()
