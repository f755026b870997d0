"""Large-sample tests that two independent proportions are equal: pooled z, likelihood ratio."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from alumnistats.arrays import whole_numbers
from alumnistats.comparisons.counts import (
    Alternative,
    FloatArray,
    check_alternative,
    check_counts,
    normal_tail,
)


def z_test(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Alternative = "two-sided",
) -> FloatArray:
    """Return the p-value of the pooled z test, which is Pearson's chi-squared test.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes of the two samples; they broadcast.
    alternative : {"two-sided", "greater", "less"}
        "greater" means that the first share is larger.

    Returns
    -------
    ndarray
        Where all counts are none or all the statistic is 0: 1, or 1/2 if one-sided.

    Raises
    ------
    ArgumentError
        For counts out of range, samples of nobody, or an unknown alternative.
    """
    a, m, b, n = checked_tables(k1, n1, k2, n2, alternative)
    pooled = (a + b) / (m + n)
    se = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    z = np.divide(a / m - b / n, se, out=np.zeros(a.shape), where=se > 0)
    return normal_tail(z, alternative)


def likelihood_ratio(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Alternative = "two-sided",
) -> FloatArray:
    """Return the p-value of the likelihood ratio (G) test.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes of the two samples; they broadcast.
    alternative : {"two-sided", "greater", "less"}
        Two-sided refers G to the chi-squared law of one degree of freedom (Wilks 1938, Annals of
        Mathematical Statistics 9, 60-62). One-sided refers its root, with the sign of the
        difference, to the normal law; "greater" means that the first share is larger.

    Returns
    -------
    ndarray

    Raises
    ------
    ArgumentError
        For counts out of range, samples of nobody, or an unknown alternative.
    """
    a, m, b, n = checked_tables(k1, n1, k2, n2, alternative)
    p, q, pooled = a / m, b / n, (a + b) / (m + n)
    gain = divergence(p, pooled, m) + divergence(q, pooled, n)
    root = np.sqrt(2 * np.maximum(gain, 0.0))
    return normal_tail(np.sign(p - q) * root, alternative)


def divergence(p: FloatArray, reference: FloatArray, size: FloatArray) -> FloatArray:
    """Return how much likelier the sample is at its own share than at another, in nats."""
    own = xlogy(p, p) + xlogy(1 - p, 1 - p)
    return size * (own - xlogy(p, reference) - xlogy(1 - p, 1 - reference))


def checked_tables(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Alternative,
) -> list[FloatArray]:
    """Return checked counts and sizes, k1, n1, k2, n2, of one shape."""
    check_alternative(alternative)
    arrays = [whole_numbers(x, "counts") for x in (k1, n1, k2, n2)]
    a, m, b, n = np.broadcast_arrays(*arrays)
    check_counts(a, m)
    check_counts(b, n)
    return [a, m, b, n]
