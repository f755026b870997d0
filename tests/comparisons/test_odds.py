"""Tests of an odds ratio, against scipy's laws and direct maximisation."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import optimize, stats

from alumnistats.comparisons import PAIR_TESTS, odds_ratio_test, pair_test
from alumnistats.errors import ArgumentError

TABLES = [(12, 20, 5, 18), (7, 30, 9, 25), (0, 8, 3, 9), (10, 10, 2, 6)]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("ratio", [0.6, 1.3, 2.5])
def test_conditional_tests_against_the_noncentral_hypergeometric_law(table, ratio):
    k1, n1, k2, n2 = table
    law = stats.nchypergeom_fisher(n1 + n2, n1, k1 + k2, ratio)
    beyond, at = law.sf(k1), law.pmf(k1)
    assert odds_ratio_test(*table, ratio, "fisher-exact") == pytest.approx(beyond + at, rel=1e-7)
    assert odds_ratio_test(*table, ratio, "fisher-mid-p") == pytest.approx(
        beyond + at / 2, rel=1e-7
    )


def log_likelihood(table, logit, ratio):
    k1, n1, k2, n2 = table
    second = 1 / (1 + np.exp(-logit))
    first = ratio * second / (1 - second + ratio * second)
    return stats.binom.logpmf(k1, n1, first) + stats.binom.logpmf(k2, n2, second)


@pytest.mark.parametrize("table", TABLES[:2])
@pytest.mark.parametrize("ratio", [0.6, 1.3, 2.5])
def test_large_sample_tests_against_numerical_maximisation(table, ratio):
    k1, n1, k2, n2 = table
    best = optimize.minimize_scalar(
        lambda x: -log_likelihood(table, x, ratio), bounds=(-6, 6), options={"xatol": 1e-10}
    )
    q = 1 / (1 + np.exp(-best.x))
    p = ratio * q / (1 - q + ratio * q)
    z = (k1 - n1 * p) * np.sqrt(1 / (n1 * p * (1 - p)) + 1 / (n2 * q * (1 - q)))
    assert odds_ratio_test(*table, ratio, "z") == pytest.approx(stats.norm.sf(z), abs=1e-6)
    unbiased = z * np.sqrt((n1 + n2 - 1) / (n1 + n2))
    assert odds_ratio_test(*table, ratio, "score") == pytest.approx(
        stats.norm.sf(unbiased), abs=1e-6
    )
    free = stats.binom.logpmf(k1, n1, k1 / n1) + stats.binom.logpmf(k2, n2, k2 / n2)
    root = np.sign(z) * np.sqrt(2 * (free + best.fun))
    assert odds_ratio_test(*table, ratio, "likelihood-ratio") == pytest.approx(
        stats.norm.sf(root), abs=1e-6
    )


@pytest.mark.parametrize("method", ["barnard", "boschloo"])
@pytest.mark.parametrize("ratio", [0.7, 1.6])
def test_unconditional_tests_against_enumeration(method, ratio):
    k1, n1, k2, n2 = 6, 8, 3, 9

    def order(i, j):
        if method == "boschloo":
            return stats.nchypergeom_fisher(n1 + n2, n1, i + j, ratio).sf(i - 1)
        return -stats.norm.isf(odds_ratio_test(i, n1, j, n2, ratio, "z"))

    observed = order(k1, k2)
    extreme = [
        (i, j)
        for i in range(n1 + 1)
        for j in range(n2 + 1)
        if order(i, j) <= observed + 1e-9 * abs(observed)
    ]
    share = np.linspace(0, 1, 20_001)
    first = ratio * share / (1 - share + ratio * share)
    size = sum(stats.binom.pmf(i, n1, first) * stats.binom.pmf(j, n2, share) for i, j in extreme)
    found = odds_ratio_test(k1, n1, k2, n2, ratio, method)
    assert found == pytest.approx(size.max(), abs=2e-5)


@pytest.mark.parametrize("method", PAIR_TESTS)
@pytest.mark.parametrize("table", TABLES)
def test_a_ratio_near_one_is_the_test_of_equality(method, table):
    equal = pair_test(*table, method, "greater")
    assert odds_ratio_test(*table, 1.0, method) == equal
    assert odds_ratio_test(*table, 1 + 1e-9, method) == pytest.approx(equal, abs=2e-5)


@given(
    st.sampled_from(list(PAIR_TESTS)),
    st.integers(1, 14),
    st.integers(1, 14),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(1.0, 8.0),
    st.floats(1.001, 3.0),
)
@example("z", 3, 2, 1.0, 1.0, 1.0, 1.001)  # everybody has the trait
def test_larger_ratios_are_harder_to_exceed(method, n1, n2, a, b, ratio, more):
    table = round(a * n1), n1, round(b * n2), n2
    low = odds_ratio_test(*table, ratio, method)
    high = odds_ratio_test(*table, ratio * more, method)
    # The unconditional tests search the nuisance share on a grid.
    assert high >= low - (2e-3 if method in ("barnard", "boschloo") else 1e-9)


def test_the_level_is_kept_at_the_edge_of_the_hypothesis():
    m, n, ratio = 15, 18, 1.8
    i, j = np.meshgrid(np.arange(m + 1), np.arange(n + 1), indexing="ij")
    for method in ("fisher-exact", "barnard", "boschloo"):
        rejected = odds_ratio_test(i, m, j, n, ratio, method) <= 0.05
        for share in (0.1, 0.35, 0.6, 0.9):
            first = ratio * share / (1 - share + ratio * share)
            law = stats.binom.pmf(i, m, first) * stats.binom.pmf(j, n, share)
            assert law[rejected].sum() <= 0.05 + 1e-4


def test_errors():
    with pytest.raises(ArgumentError, match="odds_ratio"):
        odds_ratio_test(1, 2, 1, 2, 0.0)
    with pytest.raises(ArgumentError, match="method"):
        odds_ratio_test(1, 2, 1, 2, 2.0, "chi")
