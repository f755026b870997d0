r"""Critical values of the largest studentised error, without resampling.

For one group's comparisons the errors are independent given the group's own error, so the
probability that none exceeds c is a one-dimensional integral of a product of normal probabilities,
which a root finder inverts. For all pairs at once randomised quasi-Monte Carlo draws directions,
and the length of the error is integrated out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammainc, ndtr, ndtri

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NODES = 96  # of the outer integral; errors of the probability are below 1e-9
SHARP = 0.3  # ratio of variances below which the integrand is too steep for those nodes
STEPS = (0.0, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.6, 1.5)  # panel edges around a steep place
PANEL = 12  # nodes of a panel
CELLS = 2**21  # nodes times comparisons that are evaluated at once
REACH = 8.5  # standard deviations that the outer integral covers
LENGTHS = 4096  # nodes of the table of the error's length; its error is below 1e-6


@lru_cache(maxsize=1)
def _legendre() -> tuple[FloatArray, FloatArray]:
    x, w = np.polynomial.legendre.leggauss(NODES)
    return REACH * x, REACH * w * _normal_density(REACH * x)


def _outer(c: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of the integral over a standard normal error, a row for each c."""
    z, w = _legendre()
    return np.broadcast_to(z, (len(c), NODES)), np.broadcast_to(w, (len(c), NODES))


def _outer_steep(c: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the same, a row for each c, on panels that shrink towards -c and c.

    There the integrand jumps. Panels that fall together have no width and so no weight.
    """
    x, w = np.polynomial.legendre.leggauss(PANEL)
    steps = np.concatenate([-np.array(STEPS), STEPS])
    ends = np.broadcast_to([-REACH, 0.0, REACH], (len(c), 3))
    edges = np.concatenate([steps - c[:, None], steps + c[:, None], ends], axis=1)
    edges = np.sort(np.clip(edges, -REACH, REACH), axis=1)
    half, centre = np.diff(edges) / 2, (edges[:, :-1] + edges[:, 1:]) / 2
    z = (centre[..., None] + half[..., None] * x).reshape(len(c), -1)
    return z, (half[..., None] * w).reshape(z.shape) * _normal_density(z)


def _normal_density(z: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi))


def marginal_critical(
    own: FloatArray, others: FloatArray, up: BoolArray, down: BoolArray, level: float
) -> FloatArray:
    """Return the quantile of each group's largest studentised error, shape (rows,).

    Parameters
    ----------
    own : ndarray, shape (rows,)
        Variance of the group.
    others : ndarray, shape (rows, comparisons)
        Variances of the groups that it is compared with.
    up, down : ndarray of bool, shape (rows, comparisons)
        Whether "the other is above" and "the other is below" are still to be guarded against.
    level : float
    """
    guarded = (up | down) & (own[:, None] + others > 0)  # a comparison of known values cannot err
    up, down = up & guarded, down & guarded
    critical = np.zeros(len(own))
    steep = (guarded & (others < SHARP * own[:, None])).any(axis=1)
    size = max(CELLS // (others.shape[1] * NODES), 1)
    for nodes in (_outer_steep, _outer):
        mine = np.flatnonzero(guarded.any(axis=1) & (steep == (nodes is _outer_steep)))
        for first in range(0, len(mine), size):
            some = mine[first : first + size]
            covered = _Coverage(own[some], others[some], up[some], down[some], nodes)
            critical[some] = covered.quantile(level)
    return critical


@dataclass(frozen=True, eq=False)
class _Coverage:
    """Probability that none of a row's guarded comparisons errs by more than c."""

    own: FloatArray
    others: FloatArray
    up: BoolArray
    down: BoolArray
    nodes: Callable[[FloatArray], tuple[FloatArray, FloatArray]]

    def probability(self, c: FloatArray, rows: IntArray) -> FloatArray:
        z, w = self.nodes(c)
        own, others = self.own[rows, None], self.others[rows]
        sd, reach = np.sqrt(others)[:, None], (c[:, None] * np.sqrt(own + others))[:, None]
        shift = (np.sqrt(own) * z)[..., None]
        high = np.where(self.up[rows][:, None], _normal_below(shift + reach, sd), 1.0)
        low = np.where(self.down[rows][:, None], _normal_below(shift - reach, sd), 0.0)
        inside = np.maximum(high - low, 0.0).prod(axis=2)
        return np.asarray((w * inside).sum(axis=1))

    def quantile(self, level: float) -> FloatArray:
        from scipy.optimize import elementwise

        def gap(c: FloatArray, row: FloatArray) -> FloatArray:
            found = self.probability(c.ravel(), row.ravel().astype(np.int64))
            return (found - level).reshape(c.shape)

        count = (self.up | self.down).sum(axis=1)
        bonferroni = -ndtri((1 - level) / (2 * count))
        rows = np.arange(len(self.own), dtype=float)
        # Above the quantile of one comparison in one direction, below Bonferroni's of all in both.
        bracket = (np.full(len(rows), ndtri(level) - 1e-3), bonferroni + 1e-3)
        found = elementwise.find_root(gap, bracket, args=(rows,), tolerances={"xatol": 1e-11})
        return np.asarray(found.x)


def _normal_below(value: FloatArray, sd: FloatArray) -> FloatArray:
    """Return P(error <= value); a group without variance has no error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(sd > 0, ndtr(value / sd), (value >= 0).astype(float)))


@lru_cache(maxsize=4)
def _normals(groups: int, points: int, seed: int) -> FloatArray:
    """Return normal quasi-Monte Carlo points, shape (points, groups), read-only.

    A Kronecker sequence with the powers of the generalised golden ratio (the root of
    ``x**(d + 1) = x + 1``), shifted at random. (scipy.stats.qmc would do as well, at the price of
    importing scipy.stats, which takes longer than everything else here.)
    """
    ratio = 2.0
    for _ in range(64):  # fixed point; it contracts
        ratio = (1 + ratio) ** (1 / (groups + 1))
    steps = ratio ** -np.arange(1.0, groups + 1)
    shift = np.random.default_rng(seed).random(groups)
    uniform = (np.arange(1, points + 1)[:, None] * steps + shift) % 1.0
    normal = np.asarray(ndtri(np.clip(uniform, 1e-15, 1 - 1e-15)))
    normal.setflags(write=False)
    return normal


def studentised(variance: FloatArray, points: int, seed: int) -> tuple[FloatArray, int]:
    """Return errors of all pairs a < b, of b minus a, in units of the length of the error.

    A normal error is a direction times an independent length, whose square follows a chi-squared
    law; only directions are drawn and the length is integrated out (`length_quantile`), which takes
    most of the noise away. The common part of all errors changes no difference: it is removed.

    Returns
    -------
    direction : ndarray, shape (pairs, points)
    freedom : int
        Degrees of freedom of the squared length.
    """
    a, b = np.triu_indices(len(variance), 1)
    z = _normals(len(variance), points, seed)
    uncertain = variance > 0
    error, freedom = z * np.sqrt(variance), int(uncertain.sum())
    square = (z[:, uncertain] ** 2).sum(axis=1)
    if uncertain.all():
        precision = 1 / variance
        common = error @ precision
        square = square - common**2 / precision.sum()
        freedom -= 1
    se = np.sqrt(variance[a] + variance[b])
    error = error.T / (np.sqrt(square) if freedom else 1.0)
    return (error[b] - error[a]) / np.where(se > 0, se, np.inf)[:, None], freedom


def length_quantile(largest: FloatArray, freedom: int, level: float) -> float:
    """Return the quantile, or 0 if negative, of the largest direction times the error's length."""
    exceeding = largest[largest > 0]
    if len(exceeding) <= (1 - level) * len(largest):
        return 0.0
    lengths = np.linspace(0.0, np.sqrt(freedom) + REACH, LENGTHS)
    law = gammainc(freedom / 2, lengths**2 / 2)

    def gap(c: float) -> float:
        above = 1.0 - np.interp(c / exceeding, lengths, law)
        return (1 - level) - float(above.sum()) / len(largest)

    return float(brentq(gap, 0.0, float(exceeding.max()) * lengths[-1], xtol=1e-7))
