"""Power of "exceeds by more than a value": by full enumeration, and the sizes that follow."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from alumnistats.comparisons import Difference, Ratio
from alumnistats.errors import ArgumentError
from alumnistats.planning import PairBeyond, assurance, needed_size, simulate_counts
from alumnistats.planning.sample_size import grid_index, grid_size

CONTRASTS = [Difference(Fraction(3, 100)), Difference(Fraction(0)), Ratio(Fraction(3, 2)),
             Ratio(Fraction(2))]  # fmt: skip


@pytest.mark.parametrize("contrast", CONTRASTS)
@pytest.mark.parametrize("upward", [True, False])
def test_power_is_that_of_all_tables(contrast, upward):
    one = PairBeyond(np.array([0.55, 0.25]), contrast, upward, 0.95)
    m, n = 23, 31
    a, b = np.meshgrid(np.arange(m + 1), np.arange(n + 1), indexing="ij")
    p = contrast.p_value(a, m, b, n, "greater" if upward else "less")
    law = binom.pmf(a, m, 0.55) * binom.pmf(b, n, 0.25)
    assert one.power_at(m, n) == pytest.approx(law[p <= 0.05].sum(), abs=1e-6)


def test_simulated_surveys_reject_as_often():
    one = PairBeyond(np.array([0.5, 0.3]), Difference(Fraction(5, 100)), level=0.975)
    sizes = np.array([180, 140])
    found = one.decided(simulate_counts(one.shares, sizes[None], 4000, 1)[0], sizes).mean()
    expected = one.power_at(180, 140)
    assert abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / 4000)


@settings(max_examples=10, deadline=None)
@given(st.integers(30, 60), st.integers(5, 20), st.sampled_from(CONTRASTS[:3]))
def test_needed_sizes_are_the_smallest(first, second, contrast):
    one = PairBeyond(np.array([first, second]) / 100, contrast, level=0.975)
    if contrast.gap(*one.shares) < 0.05:
        return
    n = needed_size(one)
    assert one.power(np.arange(n, n + 20, dtype=np.int64)).min() >= 0.8
    before = grid_size(max(grid_index(n) - 1, 1))  # of three significant digits, as n
    assert one.power(np.array([before])) < 0.8 or n == 1


def test_claims_on_the_wrong_side_need_an_infinite_size():
    shares = np.array([0.4, 0.3])
    assert np.isinf(needed_size(PairBeyond(shares, Difference(Fraction(1, 10)))))
    assert np.isinf(needed_size(PairBeyond(shares, Ratio(Fraction(2)))))
    assert np.isfinite(needed_size(PairBeyond(shares, Ratio(Fraction(2)), upward=False)))


def test_assurance_tends_to_the_probability_of_the_claim():
    rng = np.random.default_rng(0)
    theta = rng.beta([50, 30], [50, 70], (2000, 2))
    one = PairBeyond(np.array([0.5, 0.3]), Ratio(Fraction(3, 2)), level=0.975)
    found = assurance(one, theta, np.array([50, 500, 20_000]))
    assert found.limit == pytest.approx((theta[:, 0] > 1.5 * theta[:, 1]).mean())
    assert (np.diff(found.value) > 0).all()
    assert found.value[-1] <= found.limit + 0.01


def test_what_it_is_made_of():
    with pytest.raises(ArgumentError, match="shares"):
        PairBeyond(np.array([0.2]), Ratio(Fraction(2)))
    one = PairBeyond(np.array([0.6, 0.4]), Ratio(Fraction(1)))
    assert one.comparisons == 1
    bounds = one.bounds(np.array([40, 40]))
    assert bounds.low == pytest.approx(bounds.high)
