"""Detectable differences are those at which the power reaches its target."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from alumnistats.errors import ArgumentError
from alumnistats.planning import detectable_difference, pair_power
from alumnistats.planning.detectable import level_of

SIZES = st.integers(20, 300)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 60), SIZES, SIZES, st.sampled_from([0.9, 0.95, 0.99]))
def test_power_reaches_its_target_there_and_not_before(percent, m, n, level):
    base = percent / 100
    gap = float(detectable_difference(base, m, n, level))
    if np.isnan(gap):
        assert pair_power(1.0, base, m, n, level) < 0.8
        return
    assert pair_power(min(base + gap + 2e-5, 1), base, m, n, level) >= 0.8
    assert pair_power(base + max(gap - 2e-5, 0), base, m, n, level) < 0.8


def test_more_demands_need_larger_differences():
    one = detectable_difference(0.3, 110, 110)
    two = detectable_difference(0.3, 110, 110, sides="two-sided")
    many = detectable_difference(0.3, 110, 110, sides="two-sided", comparisons=66)
    sure = detectable_difference(0.3, 110, 110, power=0.9)
    assert one < two < many
    assert one < sure
    assert detectable_difference(0.3, 1100, 1100) < one


def test_shared_error():
    assert level_of(0.95, "two-sided", 66) == pytest.approx(1 - 0.05 / 132)


def test_near_the_inverse_of_a_published_sample_size_formula():
    gap = float(detectable_difference(0.2, 200, 200))
    n = samplesize_proportions_2indep_onetail(gap, 0.2, 0.8, alpha=0.05, alternative="larger")
    assert n == pytest.approx(200, rel=0.03)


def test_many_at_once_and_what_cannot_be_found():
    found = detectable_difference([0.2, 0.99, 0.2], [100, 30, 100], [100, 30, 100])
    assert found[0] == found[2] == detectable_difference(0.2, 100, 100)
    assert np.isnan(found[1])


@pytest.mark.parametrize(
    "options", [{"sides": "three-sided"}, {"comparisons": 0}, {"power": 1.0}, {"level": 0.0}]
)
def test_what_cannot_be_is_refused(options):
    with pytest.raises(ArgumentError, match="found"):
        detectable_difference(0.3, 100, 100, **options)
