"""Confidence intervals for one proportion, vectorised, and their range over a reconstruction.

Sources: Brown, Cai and DasGupta (2001, Statistical Science 16, 101-133) for Wald, Wilson,
Agresti-Coull and Jeffreys (whose ends are moved to 0 and 1 at counts of none and all, as they
advise); Clopper and Pearson (1934, Biometrika 26, 404-413); Berry and Armitage (1995, The
Statistician 44, 417-423) for mid-P.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, betaincinv, ndtri

from alumnistats.arrays import FloatArray, check_level, whole_numbers
from alumnistats.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

IntervalMethod = Literal["wald", "wilson", "agresti-coull", "jeffreys", "clopper-pearson", "mid-p"]
INTERVAL_METHODS: tuple[IntervalMethod, ...] = get_args(IntervalMethod)

FEW = 64  # above this many intervals, each distinct (count, size) is computed once
BISECTIONS = 60  # halvings of [0, 1]: the mid-P limits are then exact to 1e-18


def _wald(k: FloatArray, n: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    p = k / n
    half = -ndtri(alpha / 2) * np.sqrt(p * (1 - p) / n)
    return np.maximum(p - half, 0.0), np.minimum(p + half, 1.0)


def _wilson(k: FloatArray, n: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    z2 = ndtri(alpha / 2) ** 2
    centre = (k + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (k * (n - k) / n + z2 / 4)) / (n + z2)
    lower = np.where(k == 0, 0.0, np.maximum(centre - half, 0.0))
    return lower, np.where(k == n, 1.0, np.minimum(centre + half, 1.0))


def _agresti_coull(k: FloatArray, n: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    z2 = ndtri(alpha / 2) ** 2
    return _wald(k + z2 / 2, n + z2, alpha)


def _jeffreys(k: FloatArray, n: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    lower = np.where(k == 0, 0.0, betaincinv(k + 0.5, n - k + 0.5, alpha / 2))
    return lower, np.where(k == n, 1.0, betaincinv(k + 0.5, n - k + 0.5, 1 - alpha / 2))


def _clopper_pearson(k: FloatArray, n: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    # At the ends a parameter of 0 is replaced: np.where evaluates both of its branches.
    lower = betaincinv(np.where(k == 0, 1.0, k), n - k + 1, alpha / 2)
    upper = betaincinv(k + 1, np.where(k == n, 1.0, n - k), 1 - alpha / 2)
    return np.where(k == 0, 0.0, lower), np.where(k == n, 1.0, upper)


def _mid_p(k: FloatArray, n: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    size = n.astype(np.int64)  # scipy's binomial law takes whole numbers only

    def below(p: FloatArray) -> FloatArray:
        """Return P(X < k) + P(X = k) / 2, decreasing in p."""
        at_most = bdtr(k, size, p)
        less = np.where(k == 0, 0.0, bdtr(np.maximum(k - 1, 0), size, p))
        return np.asarray((at_most + less) / 2)

    def solve(target: float) -> FloatArray:
        low, high = np.zeros_like(k), np.ones_like(k)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            more = below(middle) > target
            low, high = np.where(more, middle, low), np.where(more, high, middle)
        return (low + high) / 2

    lower = np.where(k == 0, 0.0, solve(1 - alpha / 2))
    return lower, np.where(k == n, 1.0, solve(alpha / 2))


_METHODS: dict[str, Callable[[FloatArray, FloatArray, float], tuple[FloatArray, FloatArray]]] = {
    "wald": _wald,
    "wilson": _wilson,
    "agresti-coull": _agresti_coull,
    "jeffreys": _jeffreys,
    "clopper-pearson": _clopper_pearson,
    "mid-p": _mid_p,
}


def interval(
    count: npt.ArrayLike,
    nobs: npt.ArrayLike,
    method: IntervalMethod = "wilson",
    level: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Return a two-sided confidence interval for a proportion.

    Parameters
    ----------
    count, nobs : array_like of int
        ``0 <= count <= nobs`` and ``nobs >= 1``; they broadcast.
    method : IntervalMethod
    level : float
        Confidence in (0, 1).

    Returns
    -------
    lower, upper : ndarray
        Proportions in [0, 1].

    Raises
    ------
    ArgumentError
        For an unknown method, or counts and level out of range.

    Examples
    --------
    >>> lower, upper = interval([5, 0], 10)
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.237, 0.0], [0.763, 0.278])
    """
    if method not in _METHODS:
        raise ArgumentError("method", method, "one of " + ", ".join(INTERVAL_METHODS))
    check_level(level)
    k, n = np.broadcast_arrays(whole_numbers(count), whole_numbers(nobs, "nobs"))
    if (n < 1).any() or (k < 0).any() or (k > n).any():
        raise ArgumentError("count", count, "0 <= count <= nobs and nobs >= 1")
    if k.size <= FEW:
        return _METHODS[method](k, n, 1 - level)
    cells, inverse = np.unique(np.stack([k.ravel(), n.ravel()]), axis=1, return_inverse=True)
    lower, upper = _METHODS[method](cells[0], cells[1], 1 - level)
    at = inverse.reshape(k.shape)
    return lower[at], upper[at]


def identification_range(
    count: npt.ArrayLike,
    nobs: npt.ArrayLike,
    weight: npt.ArrayLike,
    method: IntervalMethod = "wilson",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return each group's interval averaged over solutions, and its extremes over them.

    Parameters
    ----------
    count, nobs : array_like of int, shape (solutions, groups)
    weight : array_like, shape (solutions,)
        Probabilities of the solutions.
    method, level
        As in `interval`.

    Returns
    -------
    DataFrame
        One row a group: estimate, lower, upper (averages), lower_min, upper_max (over all
        solutions); proportions. Solutions in which nobody was asked are left out.

    Examples
    --------
    >>> found = identification_range([[5], [6]], [[10], [11]], [0.5, 0.5])
    >>> found[["lower_min", "upper_max"]].round(3).to_numpy().tolist()
    [[0.237, 0.787]]
    """
    import pandas as pd

    k, n = np.asarray(count), np.asarray(nobs)
    w = np.where(n > 0, np.asarray(weight, dtype=float)[:, None], 0.0)
    w = w / w.sum(axis=0)
    asked = np.maximum(n, 1)
    lower, upper = interval(np.minimum(k, asked), asked, method, level)
    return pd.DataFrame(
        {
            "estimate": (w * k / asked).sum(axis=0),
            "lower": (w * lower).sum(axis=0),
            "upper": (w * upper).sum(axis=0),
            "lower_min": np.where(w > 0, lower, np.inf).min(axis=0),
            "upper_max": np.where(w > 0, upper, -np.inf).max(axis=0),
        }
    )
