"""The joint region: independent computation, counting in loops, coverage, what must hold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from alumnistats.errors import ArgumentError
from alumnistats.intervals import INTERVAL_METHODS
from alumnistats.ranking import binomial_joint_region, joint_region
from alumnistats.ranking.joint_region import single_level

REFERENCE = Path(__file__).parents[1] / "reference"
METHODS = {"wald": "normal", "wilson": "wilson", "clopper-pearson": "beta"}

ends = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)
intervals = st.lists(ends, min_size=1, max_size=8).map(lambda v: np.array(v, dtype=float).T)


@pytest.mark.parametrize("correction", ["bonferroni", "independence"])
@pytest.mark.parametrize("method", METHODS)
def test_equals_independent_computation(method, correction):
    counts = pd.read_csv(REFERENCE / "input_k12.csv")
    table = pd.read_csv(REFERENCE / "own_klein_k12.csv")
    rows = table[(table["ci"] == METHODS[method]) & (table["adjust"] == correction)]
    region = binomial_joint_region(counts["x"], counts["n"], method=method, correction=correction)
    np.testing.assert_allclose(region.value_lower, rows["ci_lo"], atol=1e-12)
    np.testing.assert_allclose(region.value_upper, rows["ci_hi"], atol=1e-12)
    assert region.lower.tolist() == rows["L"].tolist()
    assert region.upper.tolist() == rows["U"].tolist()


@given(intervals)
def test_equals_counting_pair_by_pair(given_intervals):
    low, high = given_intervals
    region = joint_region(low, high)
    for k in range(len(low)):
        assert region.lower[k] == 1 + sum(a > high[k] for a in low)
        assert region.upper[k] == len(low) - sum(b < low[k] for b in high)


@given(intervals, st.data())
def test_every_ranking_of_values_inside_the_intervals_is_in_the_region(given_intervals, data):
    low, high = given_intervals
    share = np.array(data.draw(st.lists(st.floats(0, 1), min_size=len(low), max_size=len(low))))
    value = low + share * (high - low)
    region = joint_region(low, high)
    assert (region.lower <= 1 + (value[None, :] > value[:, None]).sum(axis=1)).all()
    assert (len(low) - (value[None, :] < value[:, None]).sum(axis=1) <= region.upper).all()


@given(intervals)
def test_reversing_values_reverses_ranks(given_intervals):
    low, high = given_intervals
    region, other = joint_region(low, high), joint_region(-high, -low)
    assert other.lower.tolist() == (len(low) + 1 - region.upper).tolist()
    assert other.upper.tolist() == (len(low) + 1 - region.lower).tolist()


def test_problems_are_separate():
    rng = np.random.default_rng(1)
    low = rng.random((3, 5))
    high = low + 0.2 * rng.random((3, 5))
    together = joint_region(low, high)
    for i in range(3):
        alone = joint_region(low[i], high[i])
        assert together.lower[i].tolist() == alone.lower.tolist()
        assert together.upper[i].tolist() == alone.upper.tolist()


def test_levels_of_single_intervals():
    assert single_level(0.95, 12, "bonferroni") == pytest.approx(1 - 0.05 / 12)
    assert single_level(0.95, 12, "independence") ** 12 == pytest.approx(0.95)
    # Wright, Klein and Wieczorek's example: 51 intervals at 90% have the normal quantile 3.081.
    from scipy.special import ndtri

    assert ndtri((1 + single_level(0.9, 51, "independence")) / 2) == pytest.approx(3.081, abs=5e-4)


@pytest.mark.parametrize("correction", ["bonferroni", "independence"])
def test_exact_intervals_cover_all_ranks(correction):
    size, share = np.tile([25, 60, 120, 273], (1500, 1)), np.array([0.05, 0.05, 0.1, 0.3])
    count = np.random.default_rng(4).binomial(size, share)
    region = binomial_joint_region(count, size, level=0.8, correction=correction)
    best = 1 + (share[None, :] > share[:, None]).sum(axis=1)
    worst = 4 - (share[None, :] < share[:, None]).sum(axis=1)
    inside = ((region.lower <= best) & (worst <= region.upper)).all(axis=1)
    assert inside.sum() >= binom.ppf(1e-5, 1500, 0.8)
    assert "in samples of any size" in region.guarantee


@pytest.mark.parametrize("method", INTERVAL_METHODS)
def test_only_exact_intervals_promise_small_samples(method):
    region = binomial_joint_region([1, 5], [9, 9], method=method)
    assert ("in large samples" in region.guarantee) == (method != "clopper-pearson")


def test_many_groups_take_no_square_of_memory():
    low = np.random.default_rng(2).random(200_000)
    region = joint_region(low, low + 0.01)
    assert region.lower.min() == 1
    assert region.upper.max() == 200_000


@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        (lambda: joint_region([1], [1, 2]), "upper"),
        (lambda: joint_region([], []), "upper"),
        (lambda: joint_region([2], [1]), "upper"),
        (lambda: joint_region([np.nan], [1]), "upper"),
        (lambda: joint_region([1], [2], level=95), "level"),
        (lambda: binomial_joint_region([1, 2], [3]), "nobs"),
        (lambda: binomial_joint_region([4], [3]), "count"),
        (lambda: binomial_joint_region([1], [3], method="exact"), "method"),
        (lambda: binomial_joint_region([1], [3], correction="sidak"), "correction"),
        (lambda: binomial_joint_region([1], [3], level=0), "level"),
    ],
)
def test_bad_arguments_are_named(call, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        call()
