"""Differences and ratios against a value: exact in samples, and test and interval agree."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.comparisons import Difference, Ratio, koopman, miettinen_nurminen

VALUES = st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=1000)


@st.composite
def tables(draw):
    m, n = draw(st.integers(1, 300)), draw(st.integers(1, 300))
    return draw(st.integers(0, m)), m, draw(st.integers(0, n)), n


@settings(max_examples=80, deadline=None)
@given(tables(), VALUES)
def test_samples_are_compared_exactly(table, value):
    a, m, b, n = table
    gap = Fraction(a, m) - Fraction(b, n) - value
    assert Difference(value).excess(*table) == (gap > 0) - (gap < 0)
    gap = Fraction(a, m) - value * Fraction(b, n)
    assert Ratio(value).excess(*table) == (gap > 0) - (gap < 0)


def test_large_samples_do_not_overflow():
    big = 10**9
    assert Difference(Fraction(1, 1000)).excess(big, big, big - 10**6, big) == 0
    assert Difference(Fraction(1, 1000)).excess(big, big, big - 10**6 - 1, big) == 1


def test_nobody_exceeds_nothing():
    assert Ratio(Fraction(2)).excess([1, 0], [2, 0], [1, 0], [4, 4]).tolist() == [0, -2]
    assert Difference(Fraction(1, 4)).excess([1, 0], [2, 0], [1, 0], [4, 4]).tolist() == [0, -2]


def test_the_smallest_excess_is_one():
    whole, half = (1, 1), (1, 2)
    assert Ratio(Fraction(1)).excess(*whole, *half) == 1
    assert Ratio(Fraction(1)).excess(*half, *whole) == -1


@settings(max_examples=80, deadline=None)
@given(tables(), VALUES, st.booleans())
def test_the_test_rejects_when_the_interval_excludes_the_value(table, value, ratio):
    contrast = Ratio(value * 3) if ratio else Difference(value)
    low, high = contrast.interval(*table, 0.95)
    at = float(contrast.value)
    p_up, p_down = (contrast.p_value(*table, which) for which in ("greater", "less"))
    if abs(low - at) > 1e-6:
        assert (p_up <= 0.025) == (low > at)
    if abs(high - at) > 1e-6:
        assert (p_down <= 0.025) == (high < at)


def test_they_are_the_score_methods():
    table = (36, 40, 16, 80)
    assert Difference(Fraction(1, 2)).interval(*table) == miettinen_nurminen(*table)
    assert Ratio(Fraction(2)).interval(*table) == koopman(*table)
    assert Ratio(Fraction(2)).gap(0.5, 0.2) == pytest.approx(0.1)
    assert Difference(Fraction(1, 4)).gap(0.5, [0.2, 0.3]) == pytest.approx([0.05, -0.05])
    assert isinstance(Ratio(Fraction(2)).gap(0.5, 0.2), np.ndarray)
