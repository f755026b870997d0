"""Tests that two proportions are equal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, ndtr

from alumnistats.comparisons.counts import FloatArray, check_counts


def z_test(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike
) -> FloatArray:
    """Return the two-sided p-value of the pooled z test; 1 where all counts are none or all."""
    a, m, b, n = (np.asarray(x, dtype=float) for x in (k1, n1, k2, n2))
    check_counts(a, m)
    check_counts(b, n)
    pooled = (a + b) / (m + n)
    se = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    gap = np.abs(a / m - b / n)
    z = np.divide(gap, se, out=np.zeros(np.broadcast(gap, se).shape), where=se > 0)
    return np.asarray(2 * ndtr(-z))


def mcnemar_bounds(k1: int, k2: int, nobs: int) -> tuple[float, float]:
    """Return the smallest and largest two-sided sign-test p-value over all possible overlaps.

    Two options of one multiple-answer question were chosen by `k1` and `k2` of `nobs`; how many
    chose both is unknown, between ``max(0, k1 + k2 - nobs)`` and ``min(k1, k2)``. The test uses
    those who chose one only (McNemar 1947, Psychometrika 12, 153-157; exact binomial).
    """
    check_counts(np.array([k1, k2], dtype=float), np.array([nobs, nobs], dtype=float), smallest=0)
    low, high = max(0, k1 + k2 - nobs), min(k1, k2)
    both = np.arange(low, high + 1)
    b, c = k1 - both, k2 - both
    p = np.minimum(2 * bdtr(np.minimum(b, c), b + c, 0.5), 1.0)
    return float(p.min()), float(p.max())
