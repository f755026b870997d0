"""Confidence intervals for the difference of two independent proportions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from alumnistats.arrays import whole_numbers
from alumnistats.comparisons.counts import FloatArray, check_counts, check_level
from alumnistats.comparisons.score import mee, miettinen_nurminen
from alumnistats.errors import ArgumentError

DifferenceMethod = Literal["newcombe", "miettinen_nurminen", "mee", "agresti_caffo", "wald"]


def newcombe(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    level: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Return Newcombe's hybrid score interval for the first share minus the second.

    Method 10 of Newcombe (1998, Statistics in Medicine 17, 873-890), without continuity
    correction: the distances of both Wilson intervals' ends, combined in quadrature.

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
    a, m, b, n = _checked(k1, n1, k2, n2, level)
    p, q = a / m, b / n
    (l1, u1), (l2, u2) = wilson(p, m, level), wilson(q, n, level)
    gap = p - q
    down, up = np.sqrt((p - l1) ** 2 + (u2 - q) ** 2), np.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
    return gap - down, gap + up


def wald(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    level: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Return the interval of the normal approximation with the observed shares' variances.

    It covers too rarely in small samples and has no width where both counts are none or all; it is
    here for comparison. Parameters, results and errors are those of `newcombe`.
    """
    a, m, b, n = _checked(k1, n1, k2, n2, level)
    return _normal(a, m, b, n, level)


def agresti_caffo(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    level: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Return the Wald interval after one success and one failure are added to each sample.

    Agresti and Caffo (2000, The American Statistician 54, 280-288). Its centre is not the observed
    difference. Parameters, results and errors are those of `newcombe`.
    """
    a, m, b, n = _checked(k1, n1, k2, n2, level)
    return _normal(a + 1, m + 2, b + 1, n + 2, level)


DIFFERENCE_METHODS: dict[DifferenceMethod, Callable[..., tuple[FloatArray, FloatArray]]] = {
    "newcombe": newcombe,
    "miettinen_nurminen": miettinen_nurminen,
    "mee": mee,
    "agresti_caffo": agresti_caffo,
    "wald": wald,
}


def difference_interval(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    level: float = 0.95,
    method: DifferenceMethod = "newcombe",
) -> tuple[FloatArray, FloatArray]:
    """Return confidence intervals for the first share minus the second.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes of the two samples; they broadcast.
    level : float
        Confidence in (0, 1).
    method : {"newcombe", "miettinen_nurminen", "mee", "agresti_caffo", "wald"}

    Returns
    -------
    lower, upper : ndarray
        Differences of proportions in [-1, 1].

    Raises
    ------
    ArgumentError
        For an unknown method, counts or a level out of range, and samples of nobody.
    """
    if method not in DIFFERENCE_METHODS:
        raise ArgumentError("method", method, "one of " + ", ".join(DIFFERENCE_METHODS))
    return DIFFERENCE_METHODS[method](k1, n1, k2, n2, level)


def wilson(p: FloatArray, n: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's score interval for single shares of samples of n."""
    z2 = ndtri((1 - level) / 2) ** 2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return centre - half, centre + half


def _normal(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    p, q = a / m, b / n
    half = -ndtri((1 - level) / 2) * np.sqrt(p * (1 - p) / m + q * (1 - q) / n)
    return np.maximum(p - q - half, -1.0), np.minimum(p - q + half, 1.0)


def _checked(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike, level: float
) -> list[FloatArray]:
    a, m, b, n = (whole_numbers(x, "counts") for x in (k1, n1, k2, n2))
    check_counts(a, m)
    check_counts(b, n)
    check_level(level)
    return [a, m, b, n]
