r"""Score test and score interval of a difference of two independent proportions.

For a difference d the shares are estimated under the condition that they differ by d, by the cubic
equation of Miettinen and Nurminen (1985, Statistics in Medicine 4, 213-226, appendix I). The
statistic is the observed difference less d over the standard error under that condition; the
interval holds every d that the two-sided test does not reject. Miettinen and Nurminen multiply the
variance by N/(N - 1), N being both sizes together; Mee (1984, Biometrics 40, 1175-1176) does not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from alumnistats.arrays import whole_numbers
from alumnistats.comparisons.counts import (
    Alternative,
    FloatArray,
    check_alternative,
    check_counts,
    check_level,
    farthest,
    normal_tail,
)

TINY = 1e-300


def _shares_at(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, d: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the likeliest two shares of which the first exceeds the second by d."""
    both, total = a + b, m + n
    c2 = ((m + 2 * n) * d - total - both) / (3 * total)
    c1 = ((n * d - total - 2 * b) * d + both) / (3 * total)
    c0 = b * d * (1 - d) / total
    q = c2**3 - 1.5 * c1 * c2 + c0 / 2
    r = np.copysign(np.sqrt(np.maximum(c2**2 - c1, 0.0)), q)
    cube = np.where(np.abs(r) ** 3 > TINY, r**3, 1.0)
    angle = (np.pi + np.arccos(np.clip(q / cube, -1.0, 1.0))) / 3
    second = np.clip(2 * r * np.cos(angle) - c2, np.maximum(0.0, -d), np.minimum(1.0, 1 - d))
    return second + d, second


def _variance(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, d: FloatArray, factor: FloatArray
) -> FloatArray:
    p, q = _shares_at(a, m, b, n, d)
    return np.maximum(p * (1 - p) / m + q * (1 - q) / n, 0.0) * factor


def score_test(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Alternative = "two-sided",
    *,
    difference: float = 0.0,
) -> FloatArray:
    """Return the p-value of Miettinen and Nurminen's score test.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes of the two samples; they broadcast.
    alternative : {"two-sided", "greater", "less"}
        "greater" means that the first share exceeds the second by more than `difference`.
    difference : float
        Difference of proportions under the hypothesis, strictly between -1 and 1. At 0 this is
        the chi-squared test with N - 1 in the place of N (Campbell 2007, Statistics in Medicine
        26, 3661-3675).

    Returns
    -------
    ndarray

    Raises
    ------
    ArgumentError
        For counts out of range, samples of nobody, an unknown alternative or such a difference.
    """
    arrays = (whole_numbers(x, "counts") for x in (k1, n1, k2, n2))
    a, m, b, n = np.broadcast_arrays(*arrays)
    check_counts(a, m)
    check_counts(b, n)
    check_alternative(alternative)
    check_level(abs(difference), "difference", "strictly between -1 and 1", smallest=-1.0)
    d = np.full(a.shape, float(difference))
    se = np.sqrt(_variance(a, m, b, n, d, (m + n) / (m + n - 1)))
    gap = a / m - b / n - d
    # Without a variance the counts are none or all of both samples and d is 0: nothing is said.
    z = np.divide(gap, se, out=np.zeros(a.shape), where=se > 0)
    return normal_tail(z, alternative)


def miettinen_nurminen(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    level: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Return Miettinen and Nurminen's score interval for the first share minus the second.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes of the two samples; they broadcast.
    level : float
        Confidence in (0, 1).

    Returns
    -------
    lower, upper : ndarray
        Differences of proportions in [-1, 1].

    Raises
    ------
    ArgumentError
        For counts or a level out of range, and for samples of nobody.
    """
    return _score_interval(k1, n1, k2, n2, level, unbiased=True)


def mee(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    level: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Return Mee's score interval: `miettinen_nurminen` without the factor N/(N - 1).

    Parameters, results and errors are those of `miettinen_nurminen`.
    """
    return _score_interval(k1, n1, k2, n2, level, unbiased=False)


def _score_interval(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    level: float,
    *,
    unbiased: bool,
) -> tuple[FloatArray, FloatArray]:
    arrays = (whole_numbers(x, "counts") for x in (k1, n1, k2, n2))
    a, m, b, n = np.broadcast_arrays(*arrays)
    check_counts(a, m)
    check_counts(b, n)
    check_level(level)
    z2 = ndtri((1 - level) / 2) ** 2
    factor = z2 * ((m + n) / (m + n - 1) if unbiased else np.ones(m.shape))
    gap = a / m - b / n

    def kept(d: FloatArray) -> npt.NDArray[np.bool_]:
        return (gap - d) ** 2 <= _variance(a, m, b, n, d, factor)

    return farthest(kept, gap, -1.0), farthest(kept, gap, 1.0)
