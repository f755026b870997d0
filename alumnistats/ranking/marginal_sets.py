"""Groups declared above and below one group, at its own level.

A rejected direction leaves the family; its opposite is then true and stays in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.ranking.critical_values import marginal_critical
from alumnistats.ranking.variance_panels import Panels, Solver, panels, single_step

Tail = Literal["two-sided", "lower", "upper"]
MANY = 100  # groups from which variances are gathered on panels
ROWS = 256  # groups whose comparisons are held at a time


@dataclass(frozen=True, eq=False)
class Declared:
    """Groups declared above and below each group, and the critical values that decided.

    Attributes
    ----------
    above, below : ndarray of int, shape (..., groups)
    first, last : ndarray, shape (..., groups)
        Critical values of the first and the last step.
    """

    above: IntArray
    below: IntArray
    first: FloatArray
    last: FloatArray


def directions(groups: int, tail: Tail) -> tuple[bool, bool]:
    """Return whether the sets of this tail declare groups above, and groups below."""
    return tail != "upper" and groups > 1, tail != "lower" and groups > 1


def studentised_gaps(
    rows: FloatArray, row_v: FloatArray, x: FloatArray, v: FloatArray
) -> FloatArray:
    """Return the estimates x minus those of the rows, in standard errors; shape (..., rows, x)."""
    gap = x[..., None, :] - rows[..., :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = gap / np.sqrt(row_v[..., :, None] + v[..., None, :])
    t[gap == 0] = 0.0  # equal estimates are never separated, known or not
    return t


def marginal_sets(
    estimate: FloatArray, variance: FloatArray, level: float, tail: Tail, *, stepdown: bool
) -> Declared:
    """Declare groups of independent estimates, shape (problems, groups)."""
    if variance.shape[1] < MANY:
        return few_groups(estimate, variance, level, tail, stepdown=stepdown)
    each = [
        many_groups(x, v, level, tail, stepdown=stepdown)
        for x, v in zip(estimate, variance, strict=True)
    ]
    return Declared(
        np.stack([d.above for d in each]),
        np.stack([d.below for d in each]),
        np.stack([d.first for d in each]),
        np.stack([d.last for d in each]),
    )


def few_groups(
    estimate: FloatArray, variance: FloatArray, level: float, tail: Tail, *, stepdown: bool
) -> Declared:
    """Declare groups, each comparison's probability for itself; shape (problems, groups)."""
    problems, groups = variance.shape
    t = studentised_gaps(estimate, variance, estimate, variance).reshape(-1, groups)
    own = variance.ravel()  # a row for each group of each problem
    around = np.repeat(variance, groups, axis=0)
    first, last = np.full(len(t), np.nan), np.zeros(len(t))
    use_up, use_down = directions(groups, tail)
    others = np.tile(~np.eye(groups, dtype=bool), (problems, 1))
    up, down = others & use_up, others & use_down
    rows = np.arange(len(t))  # those that still step down
    while len(rows):
        c = marginal_critical(own[rows], around[rows], up[rows], down[rows], level)
        first[rows] = np.where(np.isnan(first[rows]), c, first[rows])
        last[rows] = c
        new_up = up[rows] & (t[rows] > c[:, None])
        new_down = down[rows] & (-t[rows] > c[:, None])
        up[rows] &= ~new_up
        down[rows] &= ~new_down
        again = (new_up | new_down).any(axis=1) & (up | down)[rows].any(axis=1)
        rows = rows[again & stepdown]
    above = (others & use_up & ~up).sum(axis=1)
    below = (others & use_down & ~down).sum(axis=1)
    shape = variance.shape
    return Declared(
        above.reshape(shape), below.reshape(shape), first.reshape(shape), last.reshape(shape)
    )


def many_groups(
    estimate: FloatArray, variance: FloatArray, level: float, tail: Tail, *, stepdown: bool
) -> Declared:
    """Declare groups, with the variances gathered on panels; shape (groups,)."""
    groups = len(variance)
    gathered = panels(variance)
    x, v = estimate[gathered.order], variance[gathered.order]
    sides = directions(groups, tail)
    above, below = np.zeros(groups, dtype=np.int64), np.zeros(groups, dtype=np.int64)
    first, last = np.zeros(groups), np.zeros(groups)
    for panel, critical in enumerate(single_step(level, gathered, sides)):
        solver = Solver(gathered, panel, level)
        some = gathered.members[panel]
        for start in range(some.start, some.stop, ROWS):
            rows = slice(start, min(start + ROWS, some.stop))
            basis = gathered.basis[panel][start - some.start : rows.stop - some.start]
            first[rows] = basis @ critical
            block = _Block(solver, basis, studentised_gaps(x[rows], v[rows], x, v), sides)
            above[rows], below[rows], last[rows] = block.declared(first[rows], stepdown=stepdown)
    back = np.argsort(gathered.order)
    return Declared(above[back], below[back], first[back], last[back])


@dataclass(frozen=True, eq=False)
class _Block:
    """Some groups of one panel beside all groups; rows of t."""

    solver: Solver
    basis: FloatArray
    t: FloatArray
    sides: tuple[bool, bool]

    def declared(self, c: FloatArray, *, stepdown: bool) -> tuple[IntArray, IntArray, FloatArray]:
        """Return the numbers declared above and below each row and the last critical values."""
        count = np.zeros((2, len(self.t)), dtype=np.int64)
        c = c.copy()
        rows = np.arange(len(self.t))
        while len(rows):
            gone = [self._beyond(side, rows, c[rows]) for side in (0, 1)]
            now = np.stack([marks.sum(axis=1) for marks in gone])
            again = (now > count[:, rows]).any(axis=0) & stepdown
            count[:, rows] = now
            rows = rows[again]
            if len(rows):
                weights = self._open_weights(rows, gone[0][again], gone[1][again])
                c[rows] = self.solver.quantile(self.basis[rows], weights, c[rows])
        return count[0], count[1], c

    def _beyond(self, side: int, rows: IntArray, c: FloatArray) -> FloatArray:
        t = self.t[rows]
        if not self.sides[side]:
            return np.zeros(t.shape)
        return np.asarray((t > c[:, None]) if side == 0 else (t < -c[:, None]), dtype=float)

    def _open_weights(self, rows: IntArray, up: FloatArray, down: FloatArray) -> FloatArray:
        """Return the weights of the comparisons still guarded, shape (rows, 3, nodes)."""
        gathered: Panels = self.solver.panels
        rest = np.tile(np.concatenate([b.sum(axis=0) for b in gathered.basis]), (len(rows), 1))
        rest[:, gathered.nodes[self.solver.panel]] -= self.basis[rows]
        gone_up, gone_down = gathered.gathered(up), gathered.gathered(down)
        none = np.zeros_like(rest)
        if self.sides == (True, True):
            kept = (rest - gone_up - gone_down, gone_down, gone_up)
        elif self.sides[0]:
            kept = (none, rest - gone_up, none)
        else:
            kept = (none, none, rest - gone_down)
        return np.stack(kept, axis=1)
