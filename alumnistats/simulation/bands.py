"""Simultaneous bands for the empirical distribution of uniform values.

If a method is calibrated, the probability that it gives to less than the truth is uniform over
simulations. The number of values below z is then binomial; a band is the central interval of that
law at every z, at a pointwise level chosen so that the whole curve stays inside with the level
asked for (Säilynoja, Bürkner and Vehtari 2022, Statistics and Computing 32, 32). The level is found
exactly: counts at successive points are a Markov chain, and one pass over it gives the probability
to stay inside.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import bdtr, gammaln

from alumnistats.arrays import FloatArray, IntArray, check_level
from alumnistats.errors import ArgumentError

POINTS = 50


def _limits(size: int, points: int, tail: float) -> tuple[IntArray, ...]:
    """Return the smallest and largest count inside the central binomial interval at each point."""
    z = np.arange(1, points) / points
    count = np.arange(size + 1)[:, None]
    below = bdtr(count, size, z)
    low = (below < tail).sum(axis=0)
    high = (below < 1 - tail).sum(axis=0)
    return low, np.minimum(high, size)


def stays_inside(size: int, points: int, tail: float) -> float:
    """Return the probability that all counts of uniform values lie within the band.

    Parameters
    ----------
    size : int
        Number of values.
    points : int
        The band is evaluated at 1/points, ..., (points - 1)/points.
    tail : float
        Probability below, and above, the band at each point.
    """
    low, high = _limits(size, points, tail)
    log_factorial = gammaln(np.arange(size + 1) + 1)
    state = np.zeros(size + 1)
    state[0] = 1.0
    for i in range(points - 1):
        # Of the values not yet passed, each lies in the next cell with this probability.
        p = 1.0 / (points - i)
        before, after = np.flatnonzero(state), np.arange(low[i], high[i] + 1)
        step = after[None, :] - before[:, None]
        left = size - before[:, None]
        s = np.clip(step, 0, left)
        log_law = log_factorial[left] - log_factorial[s] - log_factorial[left - s]
        law = np.exp(log_law + s * np.log(p) + (left - s) * np.log1p(-p))
        new = np.zeros(size + 1)
        new[after] = state[before] @ np.where((step >= 0) & (step <= left), law, 0.0)
        state = new
    return float(state.sum())


@lru_cache(maxsize=32)
def ecdf_band_level(size: int, level: float = 0.95, points: int = POINTS) -> float:
    """Return the pointwise tail probability of a simultaneous band."""
    widest, narrowest = (1 - level) / (2 * points), (1 - level) / 2

    def gap(log_tail: float) -> float:
        return stays_inside(size, points, float(np.exp(log_tail))) - level

    if gap(np.log(narrowest)) >= 0:
        return narrowest
    # The probability is a step function of the tail: take the side that covers.
    found = brentq(gap, np.log(widest), np.log(narrowest), xtol=1e-3)
    while gap(found) < 0:
        found -= 2e-3
    return float(np.exp(found))


def ecdf_band(
    size: int, level: float = 0.95, points: int = POINTS
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return points and the simultaneous band of the empirical distribution of uniform values.

    Parameters
    ----------
    size : int
        Number of values, at least 2.
    level : float
        Probability that the whole curve lies inside, in (0, 1).
    points : int
        At least 3.

    Returns
    -------
    z, lower, upper : ndarray, shape (points - 1,)

    Raises
    ------
    ArgumentError
        For values outside those ranges.

    Examples
    --------
    >>> at, lower, upper = ecdf_band(100, points=4)
    >>> at.tolist(), lower.round(2).tolist(), upper.round(2).tolist()
    ([0.25, 0.5, 0.75], [0.15, 0.39, 0.65], [0.35, 0.61, 0.85])
    """
    if size < 2:
        raise ArgumentError("size", size, "at least 2 values")
    check_level(level)
    if points < 3:
        raise ArgumentError("points", points, "at least 3")
    low, high = _limits(size, points, ecdf_band_level(size, level, points))
    return np.arange(1, points) / points, low / size, high / size


def outside_band(values: npt.ArrayLike, level: float = 0.95, points: int = POINTS) -> float:
    """Return the smallest pointwise tail probability of the empirical curve over that of the band.

    Below 1 the curve leaves the band somewhere.
    """
    values = np.asarray(values, dtype=float)
    z = np.arange(1, points) / points
    count = (values[:, None] <= z).sum(axis=0)
    size = len(values)
    tail = np.minimum(bdtr(count, size, z), 1 - np.where(count > 0, bdtr(count - 1, size, z), 0.0))
    return float(tail.min() / ecdf_band_level(size, level, points))
