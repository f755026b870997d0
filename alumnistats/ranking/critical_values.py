"""Critical values of one group's largest studentised error among independent estimates.

The errors of its comparisons are independent given the group's own error, so the probability that
none exceeds c is a one-dimensional integral of a product of normal probabilities, which a root
finder inverts. (`variance_panels`: the same for many groups.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from alumnistats.arrays import BoolArray, FloatArray, IntArray, gauss_legendre

NODES = 96  # of the outer integral; errors of the probability are below 1e-9
SHARP = 0.3  # ratio of variances below which the integrand is too steep for those nodes
STEPS = (0.0, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.6, 1.5)  # panel edges around a steep place
FINEST = 0.5  # width of the finest panel, in widths of the steep place
PANEL = 12  # nodes of a panel
CELLS = 2**21  # nodes times comparisons that are evaluated at once
REACH = 8.5  # standard deviations that the outer integral covers


@lru_cache(maxsize=1)
def _legendre() -> tuple[FloatArray, FloatArray]:
    x, w = gauss_legendre(NODES)
    return REACH * x, REACH * w * _normal_density(REACH * x)


def _outer(c: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of the integral over a standard normal error, a row for each c."""
    z, w = _legendre()
    return np.broadcast_to(z, (len(c), NODES)), np.broadcast_to(w, (len(c), NODES))


def _outer_steep(c: FloatArray, width: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Return the same, a row for each c, on panels that shrink towards -c and c.

    There the integrand rises over the given width, or jumps. Panels that fall together have no
    width and so no weight.
    """
    x, w = gauss_legendre(PANEL)
    kept = np.array([s for s in STEPS if s == 0 or s > FINEST * width])
    steps = np.concatenate([-kept, kept])
    ends = np.broadcast_to([-REACH, 0.0, REACH], (len(c), 3))
    edges = np.concatenate([steps - c[:, None], steps + c[:, None], ends], axis=1)
    edges = np.sort(np.clip(edges, -REACH, REACH), axis=1)
    half, centre = np.diff(edges) / 2, (edges[:, :-1] + edges[:, 1:]) / 2
    z = (centre[..., None] + half[..., None] * x).reshape(len(c), -1)
    return z, (half[..., None] * w).reshape(z.shape) * _normal_density(z)


def outer_nodes(c: FloatArray, own: float, others: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights, shape (len(c), nodes), that fit the smallest of the variances."""
    ratio = float(others.min() / own) if own > 0 else np.inf
    return _outer(c) if ratio >= SHARP else _outer_steep(c, np.sqrt(ratio))


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
