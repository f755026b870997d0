r"""The mean of a normal estimate that is seen only where it lies in a union of intervals.

Everything is measured from the observed estimate x in standard errors s: a value X is
:math:`t = (X - x) / s`, and the mean is :math:`z = (x - \mu) / s`. The probability of an interval,
in units of the density at x, is :math:`\int_u^v \exp(-z t - t^2/2)\,dt`. It is taken in logarithms
through Mills' ratio, or through Gauss-Legendre nodes where the interval is narrow, so that it keeps
its relative accuracy in both tails and for intervals of any width. The odds that a value lies below
x are the ratio of the two sides; they grow with z (monotone likelihood ratio), so that a quantile
is one root, between bounds that are certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import erfcx, ndtr

from alumnistats.arrays import FloatArray, IntArray, gauss_legendre

Intervals = tuple[tuple[float, float], ...]

NARROW = 1.0  # below this width times (1 + |end|) the quadrature is exact to rounding
NODES = 12  # of that quadrature
STEEP = 60.0  # log-odds are cut off here: beyond all quantiles asked for, and finite at the ends
FARTHEST = 1e100  # standard errors; no two different numbers are so near that roots lie beyond
LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)


@lru_cache(maxsize=1)
def _legendre() -> tuple[FloatArray, FloatArray]:
    x, w = gauss_legendre(NODES)
    return (x + 1) / 2, w / 2


def _mills(a: FloatArray) -> FloatArray:
    return np.sqrt(np.pi / 2) * np.asarray(erfcx(a / np.sqrt(2)))


def _log_narrow(u: FloatArray, w: FloatArray, z: FloatArray) -> FloatArray:
    x, weight = _legendre()
    t = w[:, None] * x
    value = np.exp(-(z + u)[:, None] * t - t**2 / 2) @ weight
    return -u * (z + u / 2) + np.log(w * value)


def _log_tail(u: FloatArray, w: FloatArray, z: FloatArray) -> FloatArray:
    """Return the logarithm of the integral where ``z + u >= 0``; the width may be infinite."""
    a = z + u
    beyond = np.exp(-w * (a + w / 2)) * _mills(a + w)
    return -u * (z + u / 2) + np.log(_mills(a) - beyond)


def _log_middle(u: FloatArray, w: FloatArray, z: FloatArray) -> FloatArray:
    a = z + u
    return z**2 / 2 + LOG_ROOT_2PI + np.log1p(-(ndtr(a) + ndtr(-(a + w))))


def _log_reflected(u: FloatArray, w: FloatArray, z: FloatArray) -> FloatArray:
    return _log_tail(-(u + w), w, -z)


def log_mass(u: FloatArray, v: FloatArray, z: FloatArray) -> FloatArray:
    r"""Return the logarithm of :math:`\int_u^v \exp(-z t - t^2/2)\,dt`.

    Parameters
    ----------
    u, v, z : ndarray
        Of one shape; u finite, v may be infinite. Where ``v <= u`` the integral is 0.
    """
    out = np.full(u.shape, -np.inf)
    w, a = v - u, z + u
    some = w > 0
    narrow = some & (w * (1 + np.abs(a)) < NARROW)
    right, left = some & ~narrow & (a >= 0), some & ~narrow & (a + w <= 0)
    for part, law in (
        (narrow, _log_narrow),
        (right, _log_tail),
        (left, _log_reflected),
        (some & ~narrow & ~right & ~left, _log_middle),
    ):
        out[part] = law(u[part], w[part], z[part])
    return out


def _log_sum(terms: FloatArray) -> FloatArray:
    top = terms.max(axis=1, initial=-np.inf)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return safe + np.log(np.exp(terms - safe[:, None]).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Sides:
    """Truncation sets on both sides of the observed estimates, in standard errors.

    Attributes
    ----------
    right, left : ndarray, shape (rows, intervals, 2)
        Distances from the estimate, upwards and downwards, increasing; padded with empty ones.
    """

    right: FloatArray
    left: FloatArray

    @classmethod
    def of(cls, sets: list[Intervals]) -> Sides:
        """Split truncation sets, given as (low, high) in standard errors from the estimate."""
        right = [[(max(a, 0.0), b) for a, b in s if b > 0] for s in sets]
        left = [[(max(-b, 0.0), -a) for a, b in s if a < 0] for s in sets]
        return cls(_padded(right), _padded(left))

    def log_odds(self, z: FloatArray, row: IntArray, window: float) -> FloatArray:
        """Return the log-odds that a value lies below the estimate, shape (values,).

        Parameters
        ----------
        z : ndarray, shape (values,)
            The estimate minus the mean, in standard errors.
        row : ndarray of int, shape (values,)
            Which truncation set.
        window : float
            Values farther than this from the mean are cut off as well.
        """
        above = self._side(self.right[row], z, window)
        below = self._side(self.left[row], -z, window)
        with np.errstate(invalid="ignore"):  # both sides are never empty together
            return np.clip(np.nan_to_num(below - above, nan=0.0), -STEEP, STEEP)

    @staticmethod
    def _side(ends: FloatArray, z: FloatArray, window: float) -> FloatArray:
        u = ends[..., 0]
        v = np.minimum(ends[..., 1], (window - z)[:, None])
        return _log_sum(log_mass(u, v, np.broadcast_to(z[:, None], u.shape)))


def _padded(rows: list[list[tuple[float, float]]]) -> FloatArray:
    out = np.zeros((len(rows), max((len(r) for r in rows), default=0), 2))
    for i, r in enumerate(rows):
        out[i, : len(r)] = np.array(r).reshape(-1, 2)
    return out


def quantiles(
    sets: list[Intervals], probability: tuple[float, ...], window: float = np.inf
) -> FloatArray:
    """Return z at which a value lies below the estimate with given probabilities.

    Parameters
    ----------
    sets : list of tuple of (float, float)
        Truncation sets in standard errors from the estimate, which lies inside of each.
    probability : tuple of float
        In (0, 1).
    window : float
        Half-width of the projection interval in standard errors, for hybrid inference.

    Returns
    -------
    ndarray, shape (sets, probabilities)
    """
    from scipy.optimize import elementwise

    sides = Sides.of(sets)
    row = np.repeat(np.arange(len(sets)), len(probability))
    p = np.tile(np.array(probability), len(sets))
    target = np.log(p) - np.log1p(-p)
    if np.isfinite(window):  # at the ends one side is empty: the odds are infinite, or zero
        low, high = np.full(len(row), -window), np.full(len(row), window)
    else:
        low, high = _bracket(sides, row, target, -1.0), _bracket(sides, row, target, 1.0)

    def gap(z: FloatArray, row: FloatArray, target: FloatArray) -> FloatArray:
        odds = sides.log_odds(z.ravel(), row.ravel().astype(np.int64), window)
        return (odds - target.ravel()).reshape(z.shape)

    found = elementwise.find_root(
        gap, (low, high), args=(row.astype(float), target), tolerances={"xatol": 1e-12}
    )
    return np.asarray(found.x).reshape(len(sets), len(probability))


def _bracket(sides: Sides, row: IntArray, target: FloatArray, sign: float) -> FloatArray:
    """Return ends at which the odds lie beyond their targets: doubled until they do.

    They always do in the end, because the estimate has an interval on either side.
    """
    end = np.full(len(row), sign)
    open_ = np.ones(len(row), bool)
    while open_.any():
        odds = sides.log_odds(end[open_], row[open_], np.inf)
        short = (odds - target[open_]) * sign < 0
        open_[open_] = short & (np.abs(end[open_]) < FARTHEST)
        end[open_] *= 2.0
    return end
