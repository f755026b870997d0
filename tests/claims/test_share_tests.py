"""One-sided tests of one share: against binomial tests, the intervals they invert, closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, logit

from alumnistats.claims import Rules
from alumnistats.claims.share_tests import SHARE_TESTS, probability_beyond, share_p
from alumnistats.claims.threshold import Threshold
from alumnistats.errors import ArgumentError
from alumnistats.intervals import interval


@pytest.mark.parametrize(("k", "n"), [(0, 12), (7, 12), (12, 12), (431, 1233)])
@pytest.mark.parametrize("value", [0.2, 0.5, 0.7])
def test_exact_test_is_the_binomial_test(k, n, value):
    for greater, alternative in ((True, "greater"), (False, "less")):
        found = share_p(k, n, value, "clopper-pearson", greater=greater)
        exact = stats.binomtest(k, n, value, alternative=alternative).pvalue
        assert found == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("test", SHARE_TESTS)
@pytest.mark.parametrize(("k", "n"), [(7, 20), (40, 61), (431, 1233)])
def test_tests_invert_their_intervals(test, k, n):
    lower, upper = interval(k, n, test, 0.9)
    assert share_p(k, n, float(lower), test, greater=True) == pytest.approx(0.05, rel=1e-6)
    assert share_p(k, n, float(upper), test, greater=False) == pytest.approx(0.05, rel=1e-6)


@pytest.mark.parametrize("d", [1.5, 2.0, 3.0])
def test_effective_counts_of_the_normal_tests_scale_the_deviate(d):
    k, n, value = 70.0, 110.0, 0.5
    for test, error in (("wilson", 0.25), ("wald", 70 * 40 / 110**2)):
        z = (k / n - value) / np.sqrt(d * error / n)
        found = share_p(k / d, n / d, value, test, greater=True)
        assert found == pytest.approx(stats.norm.sf(z), rel=1e-9)


def test_exact_test_of_effective_counts_is_korn_and_graubards():
    """Their limit with effective size n* is BetaInv(alpha/2; x*, n* - x* + 1)."""
    k, n = 70 / 1.7, 110 / 1.7
    lower = stats.beta(k, n - k + 1).ppf(0.025)
    assert share_p(k, n, lower, "clopper-pearson", greater=True) == pytest.approx(0.025)


@given(
    st.sampled_from(SHARE_TESTS),
    st.integers(0, 60),
    st.integers(0, 60),
    st.floats(0.02, 0.98),
    st.floats(0.0, 0.5),
)
def test_p_values_grow_with_the_threshold(test, k, rest, value, more):
    n = max(k + rest, 1)
    low, high = (
        share_p(k, n, float(expit(logit(value) + bias)), test, greater=True) for bias in (0, more)
    )
    assert 0 <= low <= high + 1e-12 <= 1 + 1e-12


@given(st.sampled_from(SHARE_TESTS), st.integers(0, 40), st.integers(1, 40), st.floats(0.05, 0.95))
def test_both_sides_mirror_each_other(test, k, rest, value):
    n = k + rest
    above = share_p(k, n, value, test, greater=True)
    assert share_p(n - k, n, 1 - value, test, greater=False) == pytest.approx(above)


@pytest.mark.parametrize("relation", ["at-least", "above", "at-most", "below"])
def test_biases_move_the_threshold_away_from_the_claim(relation):
    threshold = Threshold(relation, 60, 100)
    k, n = np.array([66]), np.array([110])
    usual = threshold.probability(k, n)[0]
    biased, refuted = (
        f(k, n, Rules(bias=0.3))[0] for f in (threshold.probability, threshold.refuted)
    )
    assert biased < usual < 1 - refuted
    sign = 1 if threshold.upward else -1
    law = stats.beta(66.5, 44.5)
    at = expit(logit(0.6) + sign * 0.3)
    assert biased == pytest.approx(law.sf(at) if sign > 0 else law.cdf(at), rel=1e-9)


@pytest.mark.parametrize(("units", "holds"), [(0, True), (100, False)])
def test_thresholds_at_the_ends_stay_there(units, holds):
    threshold = Threshold("above", units, 100)
    assert threshold.at(0.5) == threshold.value
    assert threshold.holds(np.array([5]), np.array([10]))[0] == holds
    assert probability_beyond(5, 10, threshold.value) == float(holds)


@pytest.mark.parametrize(
    ("field", "wrong", "meant"),
    [
        ("test", "fisher_mid_p", "fisher-mid-p"),
        ("interval", "mid_p", "mid-p"),
        ("adjustment", "holms", "holm"),
        ("ties", "strct", "strict"),
        ("weights", "populations", "population"),
    ],
)
def test_rules_that_do_not_exist_are_refused(field, wrong, meant):
    with pytest.raises(ArgumentError, match=f'^{field}: found .*Did you mean "{meant}"'):
        Rules(**{field: wrong})
