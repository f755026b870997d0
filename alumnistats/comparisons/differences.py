"""Confidence intervals for the difference of two independent proportions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from alumnistats.arrays import FloatArray
from alumnistats.comparisons.score import mee, miettinen_nurminen
from alumnistats.comparisons.two_samples import difference_interval_of
from alumnistats.errors import ArgumentError

DifferenceMethod = Literal["newcombe", "miettinen-nurminen", "mee", "agresti-caffo", "wald"]


@difference_interval_of
def newcombe(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return Newcombe's hybrid score interval for the first share minus the second.

    Method 10 of Newcombe (1998, Statistics in Medicine 17, 873-890), without continuity
    correction: the distances of both Wilson intervals' ends, combined in quadrature.

    Examples
    --------
    >>> lower, upper = newcombe(56, 70, 48, 80)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0524, 0.3339)
    """
    p, q = a / m, b / n
    (l1, u1), (l2, u2) = wilson(p, m, level), wilson(q, n, level)
    gap = p - q
    down, up = np.sqrt((p - l1) ** 2 + (u2 - q) ** 2), np.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
    return gap - down, gap + up


@difference_interval_of
def wald(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the interval of the normal approximation with the observed shares' variances.

    It covers too rarely in small samples and has no width where both counts are none or all; it is
    here for comparison.

    Examples
    --------
    >>> lower, upper = wald(56, 70, 48, 80)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0575, 0.3425)
    """
    p, q = a / m, b / n
    half = -ndtri((1 - level) / 2) * np.sqrt(p * (1 - p) / m + q * (1 - q) / n)
    return np.maximum(p - q - half, -1.0), np.minimum(p - q + half, 1.0)


@difference_interval_of
def agresti_caffo(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the Wald interval after one success and one failure are added to each sample.

    Agresti and Caffo (2000, The American Statistician 54, 280-288). Its centre is not the observed
    difference.

    Examples
    --------
    >>> lower, upper = agresti_caffo(56, 70, 48, 80)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0525, 0.3358)
    """
    return wald(a + 1, m + 2, b + 1, n + 2, level)


DIFFERENCE_METHODS: dict[DifferenceMethod, Callable[..., tuple[FloatArray, FloatArray]]] = {
    "newcombe": newcombe,
    "miettinen-nurminen": miettinen_nurminen,
    "mee": mee,
    "agresti-caffo": agresti_caffo,
    "wald": wald,
}


def difference_interval(
    count_a: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
    level: float = 0.95,
    method: DifferenceMethod = "newcombe",
) -> tuple[FloatArray, FloatArray]:
    """Return confidence intervals for the first share minus the second.

    Parameters
    ----------
    count_a, nobs_a, count_b, nobs_b : array_like of int
        As for `pair_test`.
    level : float
        Confidence in (0, 1).
    method : {"newcombe", "miettinen-nurminen", "mee", "agresti-caffo", "wald"}

    Returns
    -------
    lower, upper : ndarray
        Differences of proportions in [-1, 1].

    Raises
    ------
    ArgumentError
        For an unknown method, counts or a level out of range, and samples of nobody.

    Examples
    --------
    >>> lower, upper = difference_interval(56, 70, 48, 80)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0524, 0.3339)
    """
    if method not in DIFFERENCE_METHODS:
        raise ArgumentError("method", method, "one of " + ", ".join(DIFFERENCE_METHODS))
    return DIFFERENCE_METHODS[method](count_a, nobs_a, count_b, nobs_b, level)


def wilson(p: FloatArray, n: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's score interval for single shares of samples of n."""
    z2 = ndtri((1 - level) / 2) ** 2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return centre - half, centre + half
