"""Fisher's plain test and Barnard's: fractions, scipy, exact size, what must hold."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import binom
from two_by_two import all_tables, tables

from alumnistats.comparisons import barnard, boschloo, fisher_exact, fisher_mid_p
from alumnistats.comparisons.conditional import SAME
from alumnistats.errors import ArgumentError

EXACT = {"fisher": fisher_exact, "barnard": barnard, "boschloo": boschloo}
ALTERNATIVES = ["two-sided", "greater", "less"]
SHARES = np.sin(np.linspace(0, np.pi / 2, 401)[:, None]) ** 2
FOUND = 1e-5  # what the search for the supremum over the common share may miss


def squared_z(k1, n1, k2, n2):
    """Return the square of the pooled z statistic, up to a factor, with its sign, exactly."""
    total, gap = k1 + k2, k1 * n2 - k2 * n1
    spread = total * (n1 + n2 - total)
    return Fraction(gap * abs(gap), spread) if spread else Fraction(0)


def barnard_in_fractions(k1, n1, k2, n2, alternative):
    """Return the largest probability over the shares of SHARES; ties are exact."""
    sign = {"two-sided": abs, "greater": lambda z: z, "less": lambda z: -z}[alternative]
    observed = sign(squared_z(k1, n1, k2, n2))
    a, b = all_tables(n1, n2)
    extreme = [
        sign(squared_z(x, n1, y, n2)) >= observed
        for x, y in zip(a.tolist(), b.tolist(), strict=True)
    ]
    law = binom.pmf(a, n1, SHARES) * binom.pmf(b, n2, SHARES)
    return law[:, extreme].sum(axis=1).max()


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@given(tables(200))
def test_fisher_equals_scipy(alternative, table):
    from scipy.stats import fisher_exact as scipys

    k1, n1, k2, n2 = table
    expected = scipys([[k1, n1 - k1], [k2, n2 - k2]], alternative).pvalue
    assert fisher_exact(*table, alternative) == pytest.approx(expected, rel=1e-8, abs=1e-13)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize(
    "table", [(3, 14, 9, 17), (0, 5, 3, 9), (6, 21, 1, 11), (20, 45, 30, 41), (0, 8, 0, 9)]
)
def test_barnard_equals_scipy(alternative, table):
    from scipy.stats import barnard_exact

    k1, n1, k2, n2 = table
    expected = barnard_exact([[k1, k2], [n1 - k1, n2 - k2]], alternative, n=64).pvalue
    assert barnard(*table, alternative) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "table", [(1, 2, 4, 5), (0, 1, 6, 22), (11, 24, 8, 10), (7, 12, 2, 13), (9, 30, 18, 30)]
)
def test_barnard_counts_ties_that_scipys_rounding_loses(table):
    from scipy.stats import barnard_exact

    k1, n1, k2, n2 = table
    exact = barnard_in_fractions(*table, "two-sided")
    assert barnard(*table) == pytest.approx(exact, abs=1e-4)
    assert barnard_exact([[k1, k2], [n1 - k1, n2 - k2]], n=64).pvalue < exact - 2e-5


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@given(tables(14))
def test_barnard_equals_enumeration_with_exact_ties(alternative, table):
    # At the shares of the enumeration it is below the supremum by the square of their distance.
    exact = barnard_in_fractions(*table, alternative)
    found = float(barnard(*table, alternative))
    assert exact - FOUND <= found <= exact + 2e-4


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize(("n1", "n2"), [(4, 6), (9, 9), (12, 5), (3, 17)])
def test_exact_tests_keep_their_level_at_every_common_share(name, alternative, n1, n2):
    k1, k2 = all_tables(n1, n2)
    p = EXACT[name](k1, n1, k2, n2, alternative)
    law = binom.pmf(k1, n1, SHARES) * binom.pmf(k2, n2, SHARES)
    for alpha in np.unique(np.r_[0.01, 0.05, 0.1, 0.3, p[p < 0.5]]):
        assert (law * (p <= alpha)).sum(axis=1).max() <= alpha + FOUND


def test_fishers_exact_size_is_far_below_its_level_and_barnards_is_not():
    # What conditioning costs, by enumeration at sizes of 20 and 25, one-sided 5%.
    k1, k2 = all_tables(20, 25)
    law = binom.pmf(k1, 20, SHARES) * binom.pmf(k2, 25, SHARES)
    size = {
        name: (law * (test(k1, 20, k2, 25, "greater") <= 0.05)).sum(axis=1).max()
        for name, test in EXACT.items()
    }
    assert size["fisher"] < 0.03
    assert size["fisher"] < size["boschloo"] <= 0.05 + FOUND
    assert 0.04 < size["barnard"] <= 0.05 + FOUND


@pytest.mark.parametrize("name", EXACT)
@given(tables(25))
def test_exchanging_samples_or_answers(name, table):
    test, (k1, n1, k2, n2) = EXACT[name], table
    greater, two_sided = test(*table, "greater"), test(*table)
    assert 0 < two_sided <= 1
    assert test(k2, n2, k1, n1, "less") == pytest.approx(greater, abs=FOUND)
    assert test(n1 - k1, n1, n2 - k2, n2, "less") == pytest.approx(greater, abs=FOUND)
    assert test(k2, n2, k1, n1) == pytest.approx(two_sided, abs=FOUND)


@pytest.mark.parametrize("alternative", ["greater", "less"])
@given(tables(25))
def test_one_more_success_moves_one_sided_values_one_way(alternative, table):
    _, n1, k2, n2 = table
    for test in (fisher_exact, barnard, boschloo):
        p = test(np.arange(n1 + 1), n1, k2, n2, alternative)
        step = np.diff(p) if alternative == "less" else -np.diff(p)
        assert (step >= -1e-10).all()


@given(tables(60))
def test_order_of_the_conditional_and_unconditional_values(table):
    for alternative in ("greater", "less"):
        full = fisher_exact(*table, alternative)
        assert fisher_mid_p(*table, alternative) <= full
        assert boschloo(*table, alternative) <= full * SAME + 1e-9


@pytest.mark.parametrize("name", EXACT)
def test_arrays_broadcast_and_equal_single_tables(name):
    test = EXACT[name]
    k1, k2, n2 = np.array([[0], [4], [9]]), np.array([3, 7, 3]), np.array([12, 12, 9])
    for alternative in ALTERNATIVES:
        p = test(k1, 10, k2, n2, alternative)
        assert p.shape == (3, 3)
        for i in range(3):
            for j in range(3):
                single = test(k1[i, 0], 10, k2[j], n2[j], alternative)
                assert p[i, j] == pytest.approx(float(single), rel=1e-12)
    assert test(np.zeros((0, 2)), 10, 3, 12).shape == (0, 2)


@pytest.mark.parametrize("name", EXACT)
def test_samples_of_nobody_and_of_no_success_say_nothing(name):
    for alternative in ALTERNATIVES:
        for table in [(0, 0, 2, 5), (0, 7, 0, 5), (7, 7, 5, 5), (0, 0, 0, 0)]:
            assert EXACT[name](*table, alternative) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize(
    ("table", "parameter"),
    [
        ((-1, 5, 1, 5), "counts"),
        ((6, 5, 1, 5), "counts"),
        ((1, 5, 6, 5), "counts"),
        ((1.5, 5, 2, 5), "counts"),
        ((np.nan, 5, 2, 5), "counts"),
        ((1, 5, 2, 5, "larger"), "alternative"),
    ],
)
def test_bad_arguments_are_named(name, table, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        EXACT[name](*table)
