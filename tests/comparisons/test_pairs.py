"""Tests of two proportions: enumeration in whole numbers, scipy, statsmodels, exact size."""

import csv
from fractions import Fraction
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from scipy.optimize import minimize_scalar
from scipy.special import xlogy
from scipy.stats import binom, norm
from two_by_two import all_tables, tables

from alumnistats.comparisons import (
    EXACT_TESTS,
    PAIR_TESTS,
    boschloo,
    fisher_mid_p,
    likelihood_ratio,
    pair_test,
    score_test,
    z_test,
)
from alumnistats.errors import ArgumentError

TESTS = {"fisher": fisher_mid_p, "boschloo": boschloo, "z": z_test}


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


@given(tables(60))
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


@given(tables(400))
def test_z_test_equals_statsmodels(table):
    from statsmodels.stats.proportion import proportions_ztest

    k1, n1, k2, n2 = table
    if 0 < k1 + k2 < n1 + n2:
        expected = proportions_ztest([k1, k2], [n1, n2])[1]
        assert z_test(*table) == pytest.approx(expected, abs=1e-12)
    else:
        assert z_test(*table) == 1.0


@pytest.mark.parametrize("name", TESTS)
@given(tables(25))
def test_exchanging_samples_or_answers_changes_nothing(name, table):
    test, (k1, n1, k2, n2) = TESTS[name], table
    p = test(k1, n1, k2, n2)
    assert 0 < p <= 1
    assert test(k2, n2, k1, n1) == pytest.approx(p, abs=1e-9)
    # Boschloo's grid is symmetric, its refinement around the best share nearly so.
    assert test(n1 - k1, n1, n2 - k2, n2) == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize("name", ["fisher", "boschloo"])
@given(tables(25))
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


ALTERNATIVES = ["two-sided", "greater", "less"]


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@given(tables(300))
def test_one_sided_z_equals_statsmodels(alternative, table):
    from statsmodels.stats.proportion import proportions_ztest

    k1, n1, k2, n2 = table
    assume(0 < k1 + k2 < n1 + n2)
    words = {"two-sided": "two-sided", "greater": "larger", "less": "smaller"}
    expected = proportions_ztest([k1, k2], [n1, n2], alternative=words[alternative])[1]
    assert z_test(*table, alternative) == pytest.approx(expected, rel=1e-9, abs=1e-14)


@given(tables(300))
def test_likelihood_ratio_equals_scipys_g_test(table):
    from scipy.stats import chi2_contingency

    k1, n1, k2, n2 = table
    assume(0 < k1 + k2 < n1 + n2)
    observed = [[k1, n1 - k1], [k2, n2 - k2]]
    expected = chi2_contingency(observed, correction=False, lambda_="log-likelihood").pvalue
    assert likelihood_ratio(*table) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@given(tables(300))
def test_score_test_of_equality_equals_statsmodels(table):
    from statsmodels.stats.proportion import test_proportions_2indep as statsmodels_test

    k1, n1, k2, n2 = table
    assume(0 < k1 < n1 and 0 < k2 < n2)  # statsmodels divides by zero elsewhere
    expected = statsmodels_test(*table, method="score", compare="diff", correction=True).pvalue
    assert score_test(*table) == pytest.approx(expected, rel=1e-9, abs=1e-14)


def published():
    path = Path(__file__).parents[1] / "reference" / "contingencytables_2x2.csv"
    with path.open() as file:
        rows = [(row["quantity"].replace("_", "-"), row) for row in csv.DictReader(file)]
    return [
        (method, [int(r[x]) for x in ("k1", "n1", "k2", "n2")], r["first"])
        for method, r in rows if method in PAIR_TESTS
    ]  # fmt: skip


@pytest.mark.parametrize(("method", "table", "printed"), published())
def test_published_p_values(method, table, printed):
    found = float(pair_test(*table, method))
    if method == "barnard":  # printed with Berger and Boos' (1994) allowance of 1e-4 added
        found += 1e-4
    assert f"{found:.5f}" == printed


@pytest.mark.parametrize("method", ["z", "score", "likelihood-ratio"])
@given(tables(60))
def test_one_sided_values_of_symmetric_statistics(method, table):
    k1, n1, k2, n2 = table
    greater, less = pair_test(*table, method, "greater"), pair_test(*table, method, "less")
    assert greater + less == pytest.approx(1.0, abs=1e-12)
    assert pair_test(*table, method) == pytest.approx(2 * min(greater, less), rel=1e-12)
    assert pair_test(k2, n2, k1, n1, method, "less") == pytest.approx(greater, abs=1e-9)
    assert pair_test(n1 - k1, n1, n2 - k2, n2, method, "less") == pytest.approx(greater, abs=1e-7)


@pytest.mark.parametrize("difference", [-0.3, 0.0, 0.2])
@given(tables(40))
def test_score_test_uses_the_likeliest_shares_that_differ_so(difference, table):
    k1, n1, k2, n2 = table

    def minus_log_likelihood(q):
        p = q + difference
        return -(xlogy(k1, p) + xlogy(n1 - k1, 1 - p) + xlogy(k2, q) + xlogy(n2 - k2, 1 - q))

    ends = max(0.0, -difference), min(1.0, 1 - difference)
    inside = minimize_scalar(
        minus_log_likelihood, bounds=ends, method="bounded", options={"xatol": 1e-10}
    ).x
    q = min([inside, *ends], key=minus_log_likelihood)
    p = q + difference
    factor = (n1 + n2) / (n1 + n2 - 1)
    se = np.sqrt(max(p * (1 - p) / n1 + q * (1 - q) / n2, 0) * factor)
    assume(se > 1e-3)
    z = (k1 / n1 - k2 / n2 - difference) / se
    found = score_test(*table, "greater", difference=difference)
    assert found == pytest.approx(norm.sf(z), abs=1e-6)


def size(method, n1, n2, alpha):
    """Return the largest probability of rejection over the common share, by enumeration."""
    k1, k2 = all_tables(n1, n2)
    share = np.sin(np.linspace(0, np.pi / 2, 301)[:, None]) ** 2
    law = binom.pmf(k1, n1, share) * binom.pmf(k2, n2, share)
    return (law * (pair_test(k1, n1, k2, n2, method) <= alpha)).sum(axis=1).max()


def test_which_tests_keep_their_level_in_small_samples():
    found = {method: size(method, 12, 18, 0.05) for method in PAIR_TESTS}
    assert all(found[method] <= 0.05 + 1e-5 for method in EXACT_TESTS)
    assert found["fisher-exact"] < found["fisher-mid-p"] < 0.07
    assert found["likelihood-ratio"] > 0.08  # its reference law is a poor one here
    assert 0.05 < found["z"] < 0.06


@pytest.mark.parametrize("method", PAIR_TESTS)
def test_every_method_is_its_function(method):
    table = np.array([3, 9]), 20, np.array([[8], [1]]), 25
    for alternative in ALTERNATIVES:
        found = pair_test(*table, method, alternative)
        assert found.shape == (2, 2)
        np.testing.assert_array_equal(found, PAIR_TESTS[method](*table, alternative))


def test_unknown_names_are_refused():
    with pytest.raises(ArgumentError, match="method"):
        pair_test(1, 5, 2, 5, "welch")
    with pytest.raises(ArgumentError, match="alternative"):
        pair_test(1, 5, 2, 5, "z", "larger")
    with pytest.raises(ArgumentError, match="difference"):
        score_test(1, 5, 2, 5, difference=1.0)
