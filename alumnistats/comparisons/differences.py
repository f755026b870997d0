"""Confidence intervals for the difference of two independent proportions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from alumnistats.comparisons.counts import check_counts
from alumnistats.errors import ArgumentError

FloatArray = npt.NDArray[np.float64]


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
    a, m, b, n = (np.asarray(x, dtype=float) for x in (k1, n1, k2, n2))
    check_counts(a, m)
    check_counts(b, n)
    if not 0 < level < 1:
        raise ArgumentError("level", level, "a confidence strictly between 0 and 1")
    z2 = ndtri((1 - level) / 2) ** 2
    p, q = a / m, b / n
    (l1, u1), (l2, u2) = _score(p, m, z2), _score(q, n, z2)
    gap = p - q
    down, up = np.sqrt((p - l1) ** 2 + (u2 - q) ** 2), np.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
    return gap - down, gap + up


def _score(p: FloatArray, n: FloatArray, z2: float) -> tuple[FloatArray, FloatArray]:
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return centre - half, centre + half
