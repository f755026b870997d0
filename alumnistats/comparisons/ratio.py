r"""Score test and score interval of a ratio of two independent proportions.

For a ratio :math:`\varphi` the shares are estimated under the condition that the first is
:math:`\varphi` times the second: the smaller root of a quadratic equation. The statistic is
:math:`\hat p_1 - \varphi \hat p_2` over its standard error under that condition; the interval holds
every ratio that the two-sided test does not reject. Its square is Koopman's chi-square (1984,
Biometrics 40, 513-517; the same as Miettinen and Nurminen 1985 without their factor N/(N - 1)).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from alumnistats.arrays import BoolArray, FloatArray
from alumnistats.comparisons.counts import (
    Alternative,
    farthest,
    normal_tail,
)
from alumnistats.comparisons.two_samples import checked_test, ratio_interval_of
from alumnistats.errors import ArgumentError


def _statistic(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, ratio: FloatArray
) -> FloatArray:
    """Return the score statistic; 0 where the counts say nothing."""
    square, linear = (m + n) * ratio, m * ratio + a + n + b * ratio
    root = np.sqrt(np.maximum(linear**2 - 4 * square * (a + b), 0.0))
    # The smaller root, in the form that does not subtract numbers that are nearly equal.
    second = np.clip(2 * (a + b) / (linear + root), 0.0, np.minimum(1.0, 1 / ratio))
    first = np.minimum(ratio * second, 1.0)
    variance = first * (1 - first) / m + ratio**2 * second * (1 - second) / n
    gap = a / m - ratio * b / n
    return np.divide(gap, np.sqrt(variance), out=np.zeros(gap.shape), where=variance > 0)


def ratio_test(
    count_a: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
    alternative: Alternative = "two-sided",
    *,
    ratio: float = 1.0,
) -> FloatArray:
    """Return the p-value of Koopman's score test.

    Parameters
    ----------
    count_a, nobs_a, count_b, nobs_b : array_like of int
        As for `pair_test`.
    alternative : {"two-sided", "greater", "less"}
        "greater" means that the first share is more than `ratio` times the second.
    ratio : float
        Of the first share to the second under the hypothesis, positive.

    Returns
    -------
    ndarray
        P-values of the ratio, in [0, 1].

    Raises
    ------
    ArgumentError
        For counts out of range, samples of nobody, an unknown alternative or such a ratio.

    Examples
    --------
    >>> float(ratio_test(36, 40, 16, 80, "greater", ratio=3.0).round(4))
    0.0314
    """
    a, m, b, n = checked_test(count_a, nobs_a, count_b, nobs_b, alternative=alternative)
    if not 0 < ratio < np.inf:
        raise ArgumentError("ratio", ratio, "a positive number")
    return normal_tail(_statistic(a, m, b, n, np.full(a.shape, float(ratio))), alternative)


@ratio_interval_of
def koopman(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return Koopman's score interval for the first share over the second.

    Examples
    --------
    >>> low, high = koopman(36, 40, 16, 80)
    >>> round(float(low), 2), round(float(high), 2)
    (2.94, 7.15)
    """
    z2 = ndtri((1 - level) / 2) ** 2

    def kept(part: FloatArray) -> BoolArray:
        """Return which ratios are kept, each given as its part of itself and 1."""
        inside = np.clip(part, 1e-15, 1 - 1e-15)
        return _statistic(a, m, b, n, inside / (1 - inside)) ** 2 <= z2

    total = a * n + b * m
    start = np.divide(a * n, total, out=np.full(a.shape, 0.5), where=total > 0)
    low = np.where(a == 0, 0.0, farthest(kept, start, 0.0))
    high = np.where(b == 0, 1.0, farthest(kept, start, 1.0))
    with np.errstate(divide="ignore"):
        return low / (1 - low), np.where(b == 0, np.inf, high / np.maximum(1 - high, 1e-300))
