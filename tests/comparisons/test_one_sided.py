"""One-sided exact tests: enumeration in whole numbers, scipy, exact size over the hypothesis."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import barnard_exact, binom, hypergeom
from two_by_two import all_tables, tables

from alumnistats.comparisons import barnard, boschloo, fisher_exact
from alumnistats.comparisons.conditional import SAME

TESTS = {"fisher": fisher_exact, "barnard": barnard}


@pytest.mark.parametrize("n1", range(1, 8))
@pytest.mark.parametrize("n2", [1, 2, 5, 9])
def test_fisher_equals_enumeration_in_fractions(n1, n2):
    k1, k2 = all_tables(n1, n2)
    greater, less = [], []
    for a, b in zip(k1.tolist(), k2.tolist(), strict=True):
        t, every = a + b, comb(n1 + n2, a + b)
        law = {x: Fraction(comb(n1, x) * comb(n2, t - x), every) for x in range(t + 1)}
        greater.append(float(sum(p for x, p in law.items() if x >= a)))
        less.append(float(sum(p for x, p in law.items() if x <= a)))
    np.testing.assert_allclose(fisher_exact(k1, n1, k2, n2, "greater"), greater, rtol=1e-12)
    np.testing.assert_allclose(fisher_exact(k1, n1, k2, n2, "less"), less, rtol=1e-12)


@given(tables(5000))
def test_fisher_equals_scipys_hypergeometric_tail(table):
    k1, n1, k2, n2 = table
    # The smaller tail is compared relatively: families of many tests need small p-values.
    greater = hypergeom.sf(k1 - 1, n1 + n2, n1, k1 + k2)
    assert fisher_exact(*table, "greater") == pytest.approx(greater, rel=1e-8, abs=1e-300)


@pytest.mark.parametrize(
    "table", [(7, 12, 2, 13), (0, 5, 3, 9), (21, 30, 12, 30), (30, 41, 20, 45), (1, 8, 1, 8)]
)
def test_barnard_equals_scipy(table):
    k1, n1, k2, n2 = table
    # scipy's columns are the samples, and its "less" is that the first share is smaller.
    for alternative in ("greater", "less"):
        answer = barnard_exact([[k1, k2], [n1 - k1, n2 - k2]], alternative, n=64)
        assert barnard(*table, alternative) == pytest.approx(answer.pvalue, abs=1e-6)


def test_barnard_counts_equal_statistics_that_scipy_loses():
    # By symmetry 18 and 9 of 30 have the z statistic of 21 and 12 of 30, and so their p-value.
    # Rounding makes scipy leave a table out: it gives .01138 for one and .01146 for the other.
    def square(a, b):
        gap, pooled = Fraction(a - b, 30), Fraction(a + b, 60)
        return gap * abs(gap) / (pooled * (1 - pooled)) if 0 < pooled < 1 else Fraction(0)

    region = [[square(a, b) >= square(18, 9) for b in range(31)] for a in range(31)]
    law = binom.pmf(np.arange(31), 30, np.linspace(0, 1, 20001)[:, None])
    exact = np.einsum("ti,ij,tj->t", law, np.array(region, dtype=float), law).max()
    assert barnard(18, 30, 9, 30, "greater") == pytest.approx(exact, rel=1e-6)
    assert barnard(21, 30, 12, 30, "greater") == pytest.approx(exact, rel=1e-6)
    assert barnard_exact([[18, 9], [12, 21]], "greater", n=64).pvalue < exact - 8e-5


@pytest.mark.parametrize("test", [fisher_exact, barnard, boschloo])
@pytest.mark.parametrize(("n1", "n2"), [(4, 6), (9, 9), (12, 5)])
def test_level_is_kept_wherever_the_first_share_is_not_larger(test, n1, n2):
    k1, k2 = all_tables(n1, n2)
    p = test(k1, n1, k2, n2, "greater")
    first, second = np.meshgrid(np.linspace(0, 1, 101), np.linspace(0, 1, 101), indexing="ij")
    true = first <= second
    law = binom.pmf(k1, n1, first[true][:, None]) * binom.pmf(k2, n2, second[true][:, None])
    for alpha in (0.0004, 0.01, 0.05, 0.3):
        # The grid of shares misses the supremum by less than this, relatively.
        assert (law * (p <= alpha)).sum(axis=1).max() <= alpha * (1 + 1e-5)


@pytest.mark.parametrize("name", TESTS)
@given(tables(30))
def test_exchanging_samples_or_answers_exchanges_alternatives(name, table):
    test, (k1, n1, k2, n2) = TESTS[name], table
    p = test(k1, n1, k2, n2, "greater")
    assert 0 < p <= 1 + 1e-12
    assert test(k2, n2, k1, n1, "less") == pytest.approx(p, rel=1e-12)
    assert test(n1 - k1, n1, n2 - k2, n2, "less") == pytest.approx(p, rel=1e-5)


@given(tables(30))
def test_boschloo_is_never_above_fisher(table):
    # Boschloo's region takes in tables whose Fisher p-value is larger by less than the factor SAME,
    # and Fisher's p-value x has a probability of at most x: so this is the exact bound.
    assert boschloo(*table, "greater") <= fisher_exact(*table, "greater") * SAME * (1 + 1e-12)


def test_fisher_of_the_extreme_table_by_hand():
    # All of 3 against none of 3: one of 20 tables.
    assert fisher_exact(3, 3, 0, 3, "greater") == pytest.approx(1 / 20, rel=1e-14)
    assert fisher_exact(0, 3, 0, 5, "greater") == 1.0
