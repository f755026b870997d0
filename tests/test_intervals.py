"""Intervals of one proportion: other implementations, exact coverage, and what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import betainc
from scipy.stats import binom

from alumnistats.errors import ArgumentError
from alumnistats.intervals import INTERVAL_METHODS, identification_range, interval

STATSMODELS = {
    "wald": "normal",
    "wilson": "wilson",
    "agresti-coull": "agresti_coull",
    "jeffreys": "jeffreys",
    "clopper-pearson": "beta",
}
# The quantiles of equal-tailed intervals at a low level need not enclose k/n, so levels start here.
LEVELS = st.floats(0.5, 0.999)
METHODS = st.sampled_from(INTERVAL_METHODS)


@st.composite
def samples(draw):
    n = draw(st.integers(1, 400))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.999])
@pytest.mark.parametrize("method", STATSMODELS)
def test_equals_statsmodels(method, level):
    from statsmodels.stats.proportion import proportion_confint

    n = np.repeat([1, 2, 7, 30, 103, 1233], 2)
    k = np.concatenate([[0, 1], [1, 2], [0, 3], [1, 29], [49, 103], [0, 1000]])
    if method == "jeffreys":  # at none and all ours ends at 0 and 1, statsmodels' does not
        k, n = k[(k > 0) & (k < n)], n[(k > 0) & (k < n)]
    lower, upper = interval(k, n, method, level)
    low, high = proportion_confint(k, n, 1 - level, STATSMODELS[method])
    np.testing.assert_allclose(lower, low, atol=1e-9)
    np.testing.assert_allclose(upper, high, atol=1e-9)


def test_jeffreys_ends_at_none_and_all():
    lower, upper = interval([0, 20], [20, 20], "jeffreys")
    assert lower[0] == 0.0
    assert upper[1] == 1.0
    assert 0 < upper[0] < 0.2
    assert upper[0] == pytest.approx(1 - lower[1], abs=1e-12)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("k", "n"), [(1, 1), (0, 5), (3, 7), (29, 30), (49, 103), (5, 1000)])
def test_mid_p_is_the_root_of_the_mid_p_value(k, n, level):
    tail = (1 - level) / 2

    def from_below(p):
        return binom.cdf(k - 1, n, p) + binom.pmf(k, n, p) / 2

    lower, upper = interval(k, n, "mid-p", level)
    if k == 0:
        assert lower == 0.0
    else:
        assert lower == pytest.approx(brentq(lambda p: from_below(p) - 1 + tail, 0, 1), abs=1e-10)
    if k == n:
        assert upper == 1.0
    else:
        assert upper == pytest.approx(brentq(lambda p: from_below(p) - tail, 0, 1), abs=1e-10)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("n", [1, 2, 5, 13, 40, 103])
def test_clopper_pearson_covers_at_least_its_level_at_every_share(n, level):
    k = np.arange(n + 1)
    lower, upper = interval(k, n, "clopper-pearson", level)
    ends = np.concatenate([lower, upper])  # coverage is smallest beside an end
    share = np.unique(np.clip(np.concatenate([ends - 1e-9, ends + 1e-9]), 0, 1))
    share = np.concatenate([share, np.linspace(0, 1, 401)])[:, None]
    covered = (lower <= share) & (share <= upper)
    assert np.where(covered, binom.pmf(k, n, share), 0).sum(axis=1).min() >= level - 1e-12


@pytest.mark.parametrize("n", [5, 10, 20, 50, 103, 200])
@pytest.mark.parametrize("method", INTERVAL_METHODS)
def test_coverage_averaged_over_all_shares(method, n):
    # Averaged over a uniform share, the coverage is the average over k, each as likely as another,
    # of the Beta(k + 1, n - k + 1) probability of the interval: exact, no grid.
    k = np.arange(n + 1)
    lower, upper = interval(k, n, method)
    mean = (betainc(k + 1, n - k + 1, upper) - betainc(k + 1, n - k + 1, lower)).mean()
    # Brown, Cai and DasGupta (2002): Wilson and Jeffreys err by O(1/n) on average, with factors
    # well below 1/2. Wald falls short by more than 1/n, the guaranteed one is conservative.
    if method in ("wilson", "jeffreys", "mid-p"):
        assert abs(mean - 0.95) < 0.5 / n
    elif method == "wald":
        assert mean < 0.95 - 1 / n
    else:
        assert mean > 0.95


@given(samples(), METHODS, LEVELS)
def test_encloses_the_estimate_inside_0_and_1(sample, method, level):
    k, n = sample
    lower, upper = interval(k, n, method, level)
    assert 0 <= lower <= k / n + 1e-12
    assert k / n - 1e-12 <= upper <= 1


@given(samples(), METHODS, LEVELS)
def test_complement_mirrors_the_interval(sample, method, level):
    k, n = sample
    lower, upper = interval(k, n, method, level)
    low, high = interval(n - k, n, method, level)
    assert lower == pytest.approx(1 - high, abs=1e-9)
    assert upper == pytest.approx(1 - low, abs=1e-9)


@given(samples(), METHODS, LEVELS, LEVELS)
def test_a_higher_level_gives_a_wider_interval(sample, method, one, other):
    k, n = sample
    lower, upper = interval(k, n, method, max(one, other))
    low, high = interval(k, n, method, min(one, other))
    assert lower <= low + 1e-12
    assert high <= upper + 1e-12


@given(st.integers(1, 300), METHODS, LEVELS)
def test_both_ends_grow_with_the_count(n, method, level):
    lower, upper = interval(np.arange(n + 1), n, method, level)
    assert (np.diff(lower) >= -1e-12).all()
    assert (np.diff(upper) >= -1e-12).all()


def test_arguments_broadcast():
    lower, upper = interval([[1], [2]], [10, 20, 30])
    assert lower.shape == upper.shape == (2, 3)
    one = interval(2, 30)
    assert (lower[1, 2], upper[1, 2]) == (one[0], one[1])


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ((1, 2, "score"), "method"),
        ((1, 2, "wilson", 0.0), "level"),
        ((1, 2, "wilson", 1.0), "level"),
        ((1, 2, "wilson", 95), "level"),
        ((-1, 2), "count"),
        ((3, 2), "count"),
        ((0, 0), "count"),
        (([1, 5], [3, 4]), "count"),
    ],
)
def test_bad_arguments_are_named(arguments, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        interval(*arguments)


ONE_SIGMA = 0.6826894921370859  # Wald at this level: the estimate plus and minus sqrt(pq/n)


def test_identification_range_by_hand():
    # 50 of 100: 0.5 +- 0.05. 20 of 100: 0.2 +- 0.04. 80 of 100: 0.8 +- 0.04.
    table = identification_range(
        [[50, 20], [20, 80]], np.full((2, 2), 100), [0.25, 0.75], "wald", ONE_SIGMA
    )
    np.testing.assert_allclose(
        table[["estimate", "lower", "upper", "lower_min", "upper_max"]].to_numpy(),
        [
            [0.275, 0.25 * 0.45 + 0.75 * 0.16, 0.25 * 0.55 + 0.75 * 0.24, 0.16, 0.55],
            [0.65, 0.25 * 0.16 + 0.75 * 0.76, 0.25 * 0.24 + 0.75 * 0.84, 0.16, 0.84],
        ],
        rtol=1e-12,
    )


def test_identification_range_leaves_out_solutions_in_which_nobody_was_asked():
    table = identification_range(
        [[50, 20], [0, 80]], [[100, 100], [0, 100]], [0.25, 0.75], "wald", ONE_SIGMA
    )
    np.testing.assert_allclose(table.loc[0].to_numpy(float), [0.5, 0.45, 0.55, 0.45, 0.55])
    assert table.loc[1, "estimate"] == pytest.approx(0.65)


@given(st.lists(samples(), min_size=1, max_size=6), METHODS)
def test_extremes_enclose_averages(solutions, method):
    k, n = np.array(solutions).T[:, :, None]
    table = identification_range(k, n, np.full(len(k), 1 / len(k)), method)
    row = table.loc[0]
    assert row["lower_min"] <= row["lower"] + 1e-12
    assert row["lower"] <= row["estimate"] + 1e-12
    assert row["estimate"] <= row["upper"] + 1e-12
    assert row["upper"] <= row["upper_max"] + 1e-12
