"""Design effects of tests, against effective counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alumnistats.comparisons import deflate, pair_test
from alumnistats.errors import ArgumentError


@pytest.mark.parametrize("method", ["z", "likelihood-ratio"])
@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize("d", [1.25, 2.0, 2.5])
def test_design_effects_are_effective_counts_in_large_sample_tests(method, alternative, d):
    table = np.array([50.0, 100.0, 30.0, 80.0])
    found = deflate(pair_test(*table, method, alternative), d, alternative)
    assert found == pytest.approx(pair_test(*(table / d), method, alternative), rel=1e-9)


def test_design_effect_of_the_z_test_by_hand():
    p, q, m, n, d = 0.5, 0.375, 90, 80, 1.7
    pooled = (45 + 30) / 170
    z = (p - q) / np.sqrt(d * pooled * (1 - pooled) * (1 / m + 1 / n))
    assert deflate(pair_test(45, m, 30, n, "z", "greater"), d) == pytest.approx(stats.norm.sf(z))


@given(st.floats(1e-12, 1.0), st.floats(1.0, 10.0), st.floats(1.0, 3.0))
def test_design_effects_weaken_evidence(p, d, more):
    assert deflate(p, 1.0) == p
    assert deflate(p, d * more, "two-sided") >= deflate(p, d, "two-sided") - 1e-12
    if p < 0.5:
        assert p - 1e-12 <= deflate(p, d) <= 0.5


def test_errors():
    with pytest.raises(ArgumentError, match="design_effect"):
        deflate(0.1, 0.5)
    with pytest.raises(ArgumentError, match="alternative"):
        deflate(0.1, 2.0, "more")
