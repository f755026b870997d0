"""Koopman's test and interval: statsmodels, and what must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.comparisons import koopman, ratio_test, z_test
from alumnistats.errors import ArgumentError

TABLES = [(36, 40, 16, 80), (5, 30, 9, 25), (70, 100, 33, 100), (12, 50, 12, 60), (1, 20, 15, 40)]


@st.composite
def tables(draw):
    m, n = draw(st.integers(1, 200)), draw(st.integers(1, 200))
    return draw(st.integers(0, m)), m, draw(st.integers(0, n)), n


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.5, 2.0])
def test_the_test_is_that_of_statsmodels(table, ratio):
    from statsmodels.stats.proportion import test_proportions_2indep as other

    for ours, theirs in (("two-sided", "two-sided"), ("greater", "larger"), ("less", "smaller")):
        found = other(*table, value=ratio, method="score", compare="ratio",
                      alternative=theirs, correction=False)  # fmt: skip
        assert ratio_test(*table, ours, ratio=ratio) == pytest.approx(found.pvalue, abs=1e-10)


@pytest.mark.parametrize("table", TABLES)
def test_the_interval_is_that_of_statsmodels(table):
    from statsmodels.stats.proportion import confint_proportions_2indep as other

    low, high = other(*table, method="score", compare="ratio", correction=False)
    assert koopman(*table) == pytest.approx((low, high), rel=1e-4)


def test_koopmans_own_example():
    """His table: 36 of 40 against 16 of 80, a ratio between 2.94 and 7.15 (1984, page 516)."""
    assert np.array(koopman(36, 40, 16, 80)) == pytest.approx([2.94, 7.15], abs=0.01)


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from([0.8, 0.95]))
def test_the_interval_holds_what_the_test_keeps(table, level):
    low, high = koopman(*table, level)
    assert low <= high
    for end, inward in ((low, 1.001), (high, 1 / 1.001)):
        if 0 < end < np.inf:
            assert ratio_test(*table, ratio=float(end * inward)) >= 1 - level - 1e-6
            assert ratio_test(*table, ratio=float(end / inward)) <= 1 - level + 1e-6


@settings(max_examples=40, deadline=None)
@given(tables())
def test_turning_the_groups_round_turns_the_interval_round(table):
    low, high = koopman(*table)
    other = koopman(*table[2:], *table[:2])
    with np.errstate(divide="ignore"):
        assert np.array(other) == pytest.approx([1 / high, 1 / low], rel=1e-6)


@pytest.mark.parametrize("table", TABLES)
def test_at_a_ratio_of_one_it_is_the_pooled_z_test(table):
    assert ratio_test(*table) == pytest.approx(z_test(*table))


def test_ends_of_the_scale():
    assert koopman(0, 20, 5, 20)[0] == 0
    assert koopman(5, 20, 0, 20)[1] == np.inf
    assert koopman(0, 20, 0, 20) == (0, np.inf)
    assert ratio_test(0, 20, 0, 20, ratio=2.0) == 1
    with pytest.raises(ArgumentError, match="ratio"):
        ratio_test(1, 2, 1, 2, ratio=0.0)


def test_coverage_of_the_interval():
    """Exact, over all tables of two small groups; a score interval is near its level on average."""
    from scipy.stats import binom

    m, n = 30, 25
    a, b = np.meshgrid(np.arange(m + 1), np.arange(n + 1), indexing="ij")
    low, high = koopman(a, m, b, n)
    found = []
    for p, q in ((0.3, 0.2), (0.5, 0.5), (0.6, 0.3), (0.2, 0.4)):
        law = binom.pmf(a, m, p) * binom.pmf(b, n, q)
        found.append((law * ((low <= p / q) & (p / q <= high))).sum())
    assert min(found) > 0.925
    assert np.mean(found) == pytest.approx(0.95, abs=0.012)
