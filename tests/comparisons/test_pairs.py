"""Tests of two proportions: enumeration in whole numbers, scipy, statsmodels, exact size."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from alumnistats.comparisons import boschloo, fisher_mid_p, mcnemar_bounds, z_test
from alumnistats.errors import ArgumentError

TESTS = {"fisher": fisher_mid_p, "boschloo": boschloo, "z": z_test}


@st.composite
def tables(draw, largest=60):
    n1, n2 = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


def all_tables(n1, n2):
    k1, k2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    return k1.ravel(), k2.ravel()


def exact_law(n1, n2, total):
    """Return the conditional law of the first count, in fractions."""
    support = range(max(0, total - n2), min(n1, total) + 1)
    every = comb(n1 + n2, total)
    return {x: Fraction(comb(n1, x) * comb(n2, total - x), every) for x in support}


@pytest.mark.parametrize("n1", range(1, 8))
@pytest.mark.parametrize("n2", [1, 2, 5, 8])
def test_fisher_mid_p_equals_enumeration_in_fractions(n1, n2):
    k1, k2 = all_tables(n1, n2)
    two_sided, greater, less = [], [], []
    for a, b in zip(k1.tolist(), k2.tolist(), strict=True):
        law = exact_law(n1, n2, a + b)
        half = law[a] / 2
        ties = sum(p for p in law.values() if p == law[a])
        two_sided.append(float(sum(p for p in law.values() if p < law[a]) + ties / 2))
        greater.append(float(sum(p for x, p in law.items() if x > a) + half))
        less.append(float(sum(p for x, p in law.items() if x < a) + half))
    np.testing.assert_allclose(fisher_mid_p(k1, n1, k2, n2), two_sided, atol=1e-12)
    np.testing.assert_allclose(fisher_mid_p(k1, n1, k2, n2, "greater"), greater, atol=1e-12)
    np.testing.assert_allclose(fisher_mid_p(k1, n1, k2, n2, "less"), less, atol=1e-12)


@given(tables())
def test_fisher_mid_p_is_fishers_p_less_half_of_the_ties(table):
    from scipy.stats import fisher_exact

    k1, n1, k2, n2 = table
    law = exact_law(n1, n2, k1 + k2)
    ties = float(sum(p for p in law.values() if p == law[k1]))
    full = fisher_exact([[k1, n1 - k1], [k2, n2 - k2]]).pvalue
    assert fisher_mid_p(*table) == pytest.approx(full - ties / 2, abs=1e-10)


def test_mid_p_of_the_only_possible_table_is_one_half():
    # Nobody chose it: one table, whose probability 1 counts half.
    assert fisher_mid_p(0, 20, 0, 30) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize(
    "table", [(7, 12, 2, 13), (0, 5, 3, 9), (9, 30, 18, 30), (20, 45, 30, 41), (1, 8, 1, 8)]
)
def test_boschloo_equals_scipy(table, alternative):
    from scipy.stats import boschloo_exact

    k1, n1, k2, n2 = table
    # scipy's columns are the samples; a finer sampling of the share than its default.
    answer = boschloo_exact([[k1, k2], [n1 - k1, n2 - k2]], alternative, n=64)
    assert boschloo(*table, alternative) == pytest.approx(answer.pvalue, abs=1e-5)


@pytest.mark.parametrize(("n1", "n2"), [(4, 6), (9, 9), (12, 5)])
def test_boschloo_keeps_its_level_at_every_common_share(n1, n2):
    k1, k2 = all_tables(n1, n2)
    p = boschloo(k1, n1, k2, n2)
    share = np.linspace(0, 1, 301)[:, None]
    law = binom.pmf(k1, n1, share) * binom.pmf(k2, n2, share)
    for alpha in (0.01, 0.05, 0.1, 0.3):
        size = (law * (p <= alpha)).sum(axis=1).max()
        assert size <= alpha + 1e-5  # what the grid of shares may miss


@pytest.mark.parametrize(("n1", "n2"), [(4, 6), (9, 9), (12, 5)])
def test_boschloo_one_sided_is_never_above_fishers_full_p(n1, n2):
    k1, k2 = all_tables(n1, n2)
    for a, b, p in zip(k1.tolist(), k2.tolist(), boschloo(k1, n1, k2, n2, "greater"), strict=True):
        law = exact_law(n1, n2, a + b)
        assert p <= float(sum(q for x, q in law.items() if x >= a)) + 1e-9


@given(tables(largest=400))
def test_z_test_equals_statsmodels(table):
    from statsmodels.stats.proportion import proportions_ztest

    k1, n1, k2, n2 = table
    if 0 < k1 + k2 < n1 + n2:
        expected = proportions_ztest([k1, k2], [n1, n2])[1]
        assert z_test(*table) == pytest.approx(expected, abs=1e-12)
    else:
        assert z_test(*table) == 1.0


@pytest.mark.parametrize("name", TESTS)
@given(tables(largest=25))
def test_exchanging_samples_or_answers_changes_nothing(name, table):
    test, (k1, n1, k2, n2) = TESTS[name], table
    p = test(k1, n1, k2, n2)
    assert 0 < p <= 1
    assert test(k2, n2, k1, n1) == pytest.approx(p, abs=1e-9)
    # Boschloo's grid is symmetric, its refinement around the best share nearly so.
    assert test(n1 - k1, n1, n2 - k2, n2) == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize("name", ["fisher", "boschloo"])
@given(tables(largest=25))
def test_exchanging_samples_exchanges_one_sided_alternatives(name, table):
    test, (k1, n1, k2, n2) = TESTS[name], table
    greater = test(k1, n1, k2, n2, "greater")
    assert greater == pytest.approx(test(k2, n2, k1, n1, "less"), abs=1e-12)
    if name == "fisher":
        assert greater + test(k1, n1, k2, n2, "less") == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("name", TESTS)
def test_arrays_broadcast_and_equal_single_tables(name):
    test = TESTS[name]
    k1, k2 = np.array([[0], [4], [9]]), np.array([3, 7])
    p = test(k1, 10, k2, 12)
    assert p.shape == (3, 2)
    for i in range(3):
        for j in range(2):
            assert p[i, j] == pytest.approx(test(k1[i, 0], 10, k2[j], 12), abs=1e-12)


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("table", [(-1, 5, 1, 5), (6, 5, 1, 5), (1, 5, 6, 5), (1, 5, -1, 5)])
def test_counts_out_of_range_are_refused(name, table):
    with pytest.raises(ArgumentError, match="counts"):
        TESTS[name](*table)


def test_z_test_refuses_a_sample_of_nobody():
    with pytest.raises(ArgumentError, match="counts"):
        z_test(0, 0, 1, 5)


@pytest.mark.parametrize("test", [fisher_mid_p, boschloo])
def test_unknown_alternatives_are_refused(test):
    with pytest.raises(ArgumentError, match="alternative"):
        test(1, 5, 2, 5, "larger")


def sign_test(b, c):
    from scipy.stats import binomtest

    return binomtest(b, b + c).pvalue if b + c else 1.0


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
