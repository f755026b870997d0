"""Tests of all groups at once: scipy's values, full enumeration, what must hold."""

from decimal import Decimal, localcontext
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.stats import chi2

from alumnistats.comparisons import omnibus, z_test
from alumnistats.errors import ArgumentError

LAMBDA = {"chi-square": "pearson", "likelihood-ratio": "log-likelihood"}


@st.composite
def samples(draw):
    groups = draw(st.integers(2, 8))
    n = [draw(st.integers(1, 200)) for _ in range(groups)]
    return np.array([draw(st.integers(0, size)) for size in n]), np.array(n)


@pytest.mark.parametrize("method", LAMBDA)
@given(samples())
def test_equals_scipy(method, sample):
    from scipy.stats import chi2_contingency

    k, n = sample
    assume(0 < k.sum() < n.sum())
    statistic, p = omnibus(k, n, method)
    expected = chi2_contingency([k, n - k], correction=False, lambda_=LAMBDA[method])
    assert statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    if method == "chi-square":
        assert p == pytest.approx(expected.pvalue, rel=1e-8, abs=1e-12)


def deviance_in_decimals(k, n):
    """Return the deviance to fifty digits: logarithms of counts cancel where shares are alike."""
    with localcontext(prec=60):
        total, asked = sum(map(int, k)), sum(map(int, n))
        found = Decimal(0)
        for x, m in zip(k.tolist(), n.tolist(), strict=True):
            for seen, of_all in ((x, total), (m - x, asked - total)):
                if seen:
                    found += seen * (Decimal(seen * asked) / (m * of_all)).ln()
        return float(2 * found)


@given(samples())
@example((np.array([1, 1]), np.array([49, 50])))
@example((np.array([1, 1]), np.array([50, 50])))
@example((np.array([98, 98]), np.array([142, 142])))
def test_the_deviance_keeps_its_digits_where_shares_are_alike(sample):
    k, n = sample
    assume(0 < k.sum() < n.sum())
    exact = deviance_in_decimals(k, n)
    statistic, p = omnibus(k, n, "likelihood-ratio")
    assert statistic == pytest.approx(exact, rel=1e-9, abs=1e-20)
    assert p == pytest.approx(chi2.sf(exact, len(k) - 1), rel=1e-8, abs=1e-12)


def test_no_difference_is_none():
    assert omnibus([98, 98], [142, 142], "likelihood-ratio") == (0.0, 1.0)


@pytest.mark.parametrize("method", LAMBDA)
@given(samples())
def test_complement_and_order_change_nothing(method, sample):
    k, n = sample
    statistic, p = omnibus(k, n, method)
    assert 0 <= p <= 1
    assert omnibus(n - k, n, method)[0] == pytest.approx(statistic, rel=1e-9, abs=1e-9)
    assert omnibus(k[::-1], n[::-1], method)[0] == pytest.approx(statistic, rel=1e-9, abs=1e-9)


def test_two_groups_are_the_z_test():
    assert omnibus([9, 20], [30, 41])[1] == pytest.approx(float(z_test(9, 30, 20, 41)), abs=1e-12)


@pytest.mark.parametrize("method", ["chi-square", "likelihood-ratio", "exact-monte-carlo"])
@pytest.mark.parametrize("k", [[0, 0, 0], [4, 5, 6]])
def test_none_or_all_says_nothing(method, k):
    statistic, p = omnibus(k, [4, 5, 6], method)
    assert statistic == pytest.approx(0, abs=1e-12)
    assert p == 1.0


def enumerate_tables(k, n):
    """Return the exact p-value of Pearson's statistic given the total, over all tables."""

    def statistic(table):
        share = sum(table) / sum(n)
        spread = share * (1 - share)
        return sum((x - m * share) ** 2 / (m * spread) for x, m in zip(table, n, strict=True))

    observed, total = statistic(k), 0
    for table in product(*(range(m + 1) for m in n)):
        if sum(table) == sum(k) and statistic(table) >= observed - 1e-9:
            total += np.prod([comb(m, x) for m, x in zip(n, table, strict=True)])
    return total / comb(sum(n), sum(k))


@pytest.mark.parametrize(
    ("k", "n"),
    [
        ([1, 4, 2], [5, 5, 5]),
        ([0, 3, 3], [4, 6, 5]),
        ([6, 1], [8, 9]),
        ([2, 2, 0, 3], [3, 4, 4, 3]),
    ],
)
def test_exact_test_equals_full_enumeration(k, n):
    resamples = 40_000
    exact = enumerate_tables(k, n)
    p = omnibus(k, n, "exact-monte-carlo", resamples=resamples, seed=11)[1]
    error = np.sqrt(exact * (1 - exact) / resamples)
    assert abs(p - exact) < 4.5 * error + 1 / resamples  # one in 100,000 seeds fails


def test_exact_test_scatters_by_the_stated_error():
    k, n, resamples = [3, 9, 7], [20, 22, 25], 500
    p = [omnibus(k, n, "exact-monte-carlo", resamples=resamples, seed=i)[1] for i in range(200)]
    stated = np.sqrt(np.mean(p) * (1 - np.mean(p)) / resamples)
    # A standard deviation of 200 values errs by 5%.
    assert abs(np.std(p, ddof=1) / stated - 1) < 4 * 0.05


def test_exact_test_keeps_its_level_given_each_total():
    # Every table of three groups; the conditional size by enumeration, with the exact p-value.
    n = [4, 5, 6]
    for total in (3, 7, 11):
        tables = [t for t in product(*(range(m + 1) for m in n)) if sum(t) == total]
        ways = np.array([np.prod([comb(m, x) for m, x in zip(n, t, strict=True)]) for t in tables])
        p = np.array([enumerate_tables(t, n) for t in tables])
        for alpha in (0.01, 0.05, 0.1, 0.3):
            assert ways[p <= alpha].sum() / ways.sum() <= alpha + 1e-12


def test_exact_test_repeats_with_its_seed():
    k, n = [3, 9, 7], [20, 22, 25]
    first = omnibus(k, n, "exact-monte-carlo", seed=3)
    assert omnibus(k, n, "exact-monte-carlo", seed=3) == first
    assert omnibus(k, n, "exact-monte-carlo", seed=np.random.default_rng(3)) == first
    assert round(1e4 * first[1], 6).is_integer()  # 9,999 tables and the observed one


def test_tables_stack():
    k, n = np.array([[3, 9, 7], [1, 2, 3]]), np.array([20, 22, 25])
    for method in LAMBDA:
        statistic, p = omnibus(k, n, method)
        assert statistic.shape == p.shape == (2,)
        np.testing.assert_allclose((statistic[1], p[1]), omnibus(k[1], n, method))


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        (([1], [3]), "count"),
        (([1, 4], [3, 3]), "counts"),
        (([1, -1], [3, 3]), "counts"),
        (([1, 0], [3, 0]), "counts"),
        (([1, 2], [3, 3], "fisher"), "method"),
        (([[1, 2], [1, 1]], [3, 3], "exact-monte-carlo"), "count"),
    ],
)
def test_bad_arguments_are_named(arguments, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        omnibus(*arguments)


@pytest.mark.parametrize("method", ["chi-square", "likelihood-ratio", "exact-monte-carlo"])
def test_one_size_of_all_groups_is_that_of_each(method):
    for found, expected in zip(
        omnibus([30, 20, 10], 60, method), omnibus([30, 20, 10], [60] * 3, method), strict=True
    ):
        assert found == expected
    assert float(omnibus([30, 20, 10], 60, method)[1]) < 0.01
    with pytest.raises(ArgumentError, match="two groups"):
        omnibus(30, 60, method)
