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

from alumnistats.arrays import BoolArray, FloatArray, check_level
from alumnistats.comparisons.counts import (
    Alternative,
    farthest,
    normal_tail,
)
from alumnistats.comparisons.two_samples import checked_test, difference_interval_of

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
    count_a: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
    alternative: Alternative = "two-sided",
    *,
    difference: float = 0.0,
) -> FloatArray:
    """Return the p-value of Miettinen and Nurminen's score test.

    Parameters
    ----------
    count_a, nobs_a, count_b, nobs_b : array_like of int
        As for `pair_test`.
    alternative : {"two-sided", "greater", "less"}
        "greater" means that the first share exceeds the second by more than `difference`.
    difference : float
        Difference of proportions under the hypothesis, strictly between -1 and 1. At 0 this is
        the chi-squared test with N - 1 in the place of N (Campbell 2007, Statistics in Medicine
        26, 3661-3675).

    Returns
    -------
    ndarray
        P-values of the difference, one for each table.

    Raises
    ------
    ArgumentError
        For counts out of range, samples of nobody, an unknown alternative or such a difference.

    Examples
    --------
    >>> round(float(score_test(30, 60, 20, 60)), 4)
    0.0652
    """
    a, m, b, n = checked_test(count_a, nobs_a, count_b, nobs_b, alternative=alternative)
    check_level(abs(difference), "difference", "strictly between -1 and 1", smallest=-1.0)
    d = np.full(a.shape, float(difference))
    se = np.sqrt(_variance(a, m, b, n, d, (m + n) / (m + n - 1)))
    gap = a / m - b / n - d
    # Without a variance the counts are none or all of both samples and d is 0: nothing is said.
    z = np.divide(gap, se, out=np.zeros(a.shape), where=se > 0)
    return normal_tail(z, alternative)


@difference_interval_of
def miettinen_nurminen(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return Miettinen and Nurminen's score interval for the first share minus the second.

    Examples
    --------
    >>> lower, upper = miettinen_nurminen(56, 70, 48, 80)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0528, 0.3382)
    """
    return _score_interval(a, m, b, n, level, (m + n) / (m + n - 1))


@difference_interval_of
def mee(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return Mee's score interval: `miettinen_nurminen` without the factor N/(N - 1).

    Examples
    --------
    >>> lower, upper = mee(56, 70, 48, 80)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0533, 0.3377)
    """
    return _score_interval(a, m, b, n, level, np.ones(a.shape))


def _score_interval(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, level: float, factor: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return all differences whose test, its variance multiplied by `factor`, does not reject."""
    factor = ndtri((1 - level) / 2) ** 2 * factor
    gap = a / m - b / n

    def kept(d: FloatArray) -> BoolArray:
        return (gap - d) ** 2 <= _variance(a, m, b, n, d, factor)

    return farthest(kept, gap, -1.0), farthest(kept, gap, 1.0)
