"""Power against full enumeration with scipy, and what must always hold of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import power_proportions_2indep

from alumnistats.comparisons import dependent_test, fisher_mid_p
from alumnistats.errors import ArgumentError
from alumnistats.planning import option_power, pair_power, threshold_power
from alumnistats.planning import power as power_module
from alumnistats.planning.power import TAIL, critical_counts, window

SHARES = st.integers(0, 1000).map(lambda x: x / 1000)
# Levels that no p-value of a few respondents equals: rounding errors decide such ties.
LEVELS = st.sampled_from([0.8013, 0.9007, 0.9503, 0.9901, 0.99903])


def enumerated(p, q, m, n, level):
    """Return the probability of all tables that the package's test calls significant."""
    a, b = np.meshgrid(np.arange(m + 1), np.arange(n + 1), indexing="ij")
    significant = fisher_mid_p(a, m, b, n, "greater") <= 1 - level
    return (stats.binom.pmf(a, m, p) * stats.binom.pmf(b, n, q))[significant].sum()


@settings(deadline=None, max_examples=60)
@given(SHARES, SHARES, st.integers(1, 40), st.integers(1, 40), LEVELS)
def test_pair_against_enumeration(p, q, m, n, level):
    assert pair_power(p, q, m, n, level) == pytest.approx(enumerated(p, q, m, n, level), abs=1e-9)


@pytest.mark.parametrize(
    ("p", "q", "m", "n", "level"),
    [(0.35, 0.25, 200, 200, 0.95), (0.04, 0.01, 250, 150, 0.9), (0.9, 0.8, 150, 450, 0.99)],
)
def test_pair_of_larger_groups_against_enumeration(p, q, m, n, level):
    """Large enough for tails to be cut and critical counts to be interpolated."""
    assert pair_power(p, q, m, n, level) == pytest.approx(
        enumerated(p, q, m, n, level), abs=2 * TAIL
    )


@pytest.mark.parametrize("n", [3000, 20_000])
@pytest.mark.parametrize("share", [0.5, 0.2, 0.03])
def test_interpolated_critical_counts_are_those_of_every_total(monkeypatch, n, share):
    k = window(n, share)
    found = critical_counts(k, n, n // 2 + 1, 0.95)
    monkeypatch.setattr(power_module, "FEW", 10**9)
    assert (critical_counts(k, n, n // 2 + 1, 0.95) == found).all()


@given(st.integers(1, 60), st.integers(1, 60), LEVELS)
def test_critical_counts_never_fall(m, n, level):
    found = critical_counts(np.arange(n + 1), m, n, level)
    assert (np.diff(found) >= 0).all()
    assert (found >= 1).all()
    assert (found <= m + 1).all()


@settings(deadline=None)
@given(SHARES, SHARES, st.integers(1, 80), st.integers(1, 80), LEVELS)
def test_pair_is_the_same_when_everybody_answers_the_opposite(p, q, m, n, level):
    power = pair_power(p, q, m, n, level)
    assert -1e-12 <= power <= 1 + 1e-12
    assert power == pytest.approx(pair_power(1 - q, 1 - p, n, m, level), abs=1e-9)


@settings(deadline=None)
@given(SHARES, SHARES, SHARES, st.integers(1, 80), LEVELS)
def test_pair_grows_with_the_difference(p, q, r, n, level):
    low, middle, high = sorted([p, q, r])
    wide = pair_power(high, low, n, n, level)
    assert wide >= pair_power(middle, low, n, n, level) - 1e-9
    assert wide >= pair_power(high, middle, n, n, level) - 1e-9


@pytest.mark.parametrize(("p", "q", "n"), [(0.6, 0.5, 300), (0.3, 0.2, 200), (0.15, 0.1, 500)])
def test_pair_is_near_the_normal_approximation_of_statsmodels(p, q, n):
    normal = power_proportions_2indep(
        p - q, q, n, alpha=0.05, alternative="larger", return_results=False
    )
    assert pair_power(p, q, n, n) == pytest.approx(normal, abs=0.015)


def test_pair_of_equal_shares_has_about_its_level():
    """Mid-P may exceed it, but not by much."""
    assert 0.03 < pair_power(0.3, 0.3, 110, 110) < 0.055


@settings(deadline=None)
@given(
    SHARES, st.integers(1, 99).map(lambda x: x / 100), st.integers(1, 200), LEVELS, st.booleans()
)
def test_threshold_against_enumeration(p, p0, n, level, upward):
    k = np.arange(n + 1)
    tail = stats.binom.sf(k - 1, n, p0) if upward else stats.binom.cdf(k, n, p0)
    expected = stats.binom.pmf(k, n, p)[tail <= 1 - level].sum()
    assert threshold_power(p, p0, n, level, upward=upward) == pytest.approx(expected, abs=1e-9)


def test_threshold_of_many_sizes_at_once():
    n = np.arange(1, 300)
    many = threshold_power(0.6, 0.5, n)
    assert many == pytest.approx([float(threshold_power(0.6, 0.5, m)) for m in n])


@pytest.mark.parametrize(("b", "c", "n"), [(0.4, 0.2, 60), (0.6, 0.4, 50), (0.1, 0.0, 40)])
def test_options_against_enumeration(b, c, n):
    first, second = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    possible = first + second <= n
    first, second = first[possible], second[possible]
    p = dependent_test(first, second, n, alternative="greater")
    law = stats.multinomial.pmf(
        np.stack([first, second, n - first - second], axis=-1), n, [b, c, max(1 - b - c, 0)]
    )
    assert option_power(b, c, n) == pytest.approx(law[p <= 0.05].sum(), abs=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: pair_power(1.2, 0.5, 10, 10),
        lambda: pair_power(0.6, 0.5, 0, 10),
        lambda: pair_power(0.6, 0.5, 10, 2.5),
        lambda: pair_power(0.6, 0.5, 10, 10, 1.0),
        lambda: threshold_power(0.6, 1.0, 10),
        lambda: threshold_power(float("nan"), 0.5, 10),
        lambda: option_power(0.7, 0.6, 10),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ArgumentError, match="found"):
        call()
