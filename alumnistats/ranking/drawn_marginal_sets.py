"""Groups declared above and below one group when the errors are correlated: from draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.ranking.error_draws import Errors
from alumnistats.ranking.marginal_sets import Tail, directions
from alumnistats.ranking.simulated_quantiles import quantile
from alumnistats.ranking.simultaneous_sets import SURE, Comparisons


@dataclass(frozen=True, eq=False)
class Declared:
    """How many groups are declared above and below each group, and how it was decided.

    Attributes
    ----------
    above, below : ndarray of int, shape (groups,)
    first, last, error : ndarray, shape (groups,)
        Critical values of the first and the last step; standard error of the latter.
    doubtful : ndarray of int, shape (pairs, 2)
        Pairs a, b whose comparison in the set of a depends on the error of the critical values.
    draws : int
    """

    above: IntArray
    below: IntArray
    first: FloatArray
    last: FloatArray
    error: FloatArray
    doubtful: IntArray
    draws: int


@dataclass(frozen=True, eq=False)
class _Steps:
    """Outcome of a stepdown of every group."""

    above: BoolArray
    below: BoolArray
    first: FloatArray
    last: FloatArray
    error: FloatArray
    close: BoolArray  # whether some statistic lay within SURE standard errors in some step


@dataclass(frozen=True, eq=False)
class _Errors:
    """Largest guarded errors, shape (groups, draws), and the comparisons that have them.

    Comparison h is "h above", groups + h is "h below"; their error is the studentised difference,
    and no error is smaller than 0.
    """

    value: FloatArray
    comparison: IntArray


@dataclass(frozen=True, eq=False)
class _Rows:
    """The comparisons of each group with all others."""

    errors: Errors
    t: FloatArray
    se: FloatArray
    level: float
    sides: tuple[bool, bool]
    blocks: int

    @cached_property
    def full(self) -> _Errors:
        """The largest errors while all comparisons are guarded."""
        groups = len(self.t)
        parts = []
        guarded = np.repeat(self.sides, groups)
        for block in range(self.blocks):
            error = self.errors.draw(block)
            found = [self._largest(error, j, guarded) for j in range(groups)]
            parts.append([np.stack(x) for x in zip(*found, strict=True)])
        value, comparison = (np.concatenate(x, axis=1) for x in zip(*parts, strict=True))
        return _Errors(value, comparison)

    def _largest(
        self, error: FloatArray, j: int, guarded: BoolArray
    ) -> tuple[FloatArray, IntArray]:
        """Return the largest guarded error of each draw in row j, and its comparison."""
        groups, draws = len(self.t), np.arange(len(error))
        se = self.se[j]
        gap = (error - error[:, [j]]) * np.divide(1.0, se, out=np.zeros(groups), where=se > 0)
        value, comparison = np.zeros(len(error)), np.full(len(error), j)
        for side in (0, 1):
            open_ = np.flatnonzero(guarded[side * groups : (side + 1) * groups])
            if not len(open_):
                continue
            part = gap if len(open_) == groups else gap[:, open_]
            at = part.argmax(axis=1) if side == 0 else part.argmin(axis=1)
            found = np.abs(part[draws, at])
            better = (found > value) & ((part[draws, at] > 0) == (side == 0))
            value[better], comparison[better] = found[better], side * groups + open_[at[better]]
        return value, comparison

    def narrow(self, state: _Errors, rows: IntArray, guarded: BoolArray) -> None:
        """Search anew, in place, the draws whose largest error is no longer guarded."""
        ends = np.cumsum([0, *(len(self.errors.draw(i)) for i in range(self.blocks))])
        for block in range(self.blocks):
            some = slice(ends[block], ends[block + 1])
            error = self.errors.draw(block)
            for j in rows:
                comparison = state.comparison[j, some]
                left = np.flatnonzero(~guarded[j, comparison] & (state.value[j, some] > 0))
                if len(left):
                    found = self._largest(error[left], j, guarded[j])
                    at = ends[block] + left
                    state.value[j, at], state.comparison[j, at] = found

    def decided(self, *, stepdown: bool, shift: float = 0.0) -> _Steps:
        """Step down with every critical value shifted by so many standard errors."""
        groups = len(self.t)
        others = ~np.eye(groups, dtype=bool)
        family = np.concatenate([others & self.sides[0], others & self.sides[1]], axis=1)
        t = np.concatenate([self.t, -self.t], axis=1)
        guarded = family.copy()
        last, error = np.full(groups, np.inf), np.zeros(groups)
        first, close = np.zeros(groups), np.zeros(groups, dtype=bool)
        state = _Errors(self.full.value.copy(), self.full.comparison.copy())
        rows = np.arange(groups)
        while len(rows):
            c, se = self._quantiles(state.value[rows])
            first = c if len(rows) == groups and np.isinf(last).all() else first
            last[rows] = np.minimum(last[rows], c + shift * se)
            error[rows] = se
            near = np.abs(t[rows] - c[:, None]) < SURE * se[:, None]
            close[rows] |= (near & guarded[rows]).any(axis=1)
            new = guarded[rows] & (t[rows] > last[rows, None])
            guarded[rows] &= ~new
            rows = rows[new.any(axis=1) & guarded[rows].any(axis=1) & stepdown]
            self.narrow(state, rows, guarded)
        declared = family & ~guarded
        return _Steps(declared[:, :groups], declared[:, groups:], first, last, error, close)

    def _quantiles(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        batches = self.blocks * self.errors.batches
        found = [quantile(v, self.errors.freedom, batches, self.level) for v in values]
        return np.array([q.value for q in found]), np.array([q.error for q in found])


def drawn_marginal_sets(
    estimate: FloatArray, errors: Errors, level: float, tail: Tail, *, stepdown: bool, growth: int
) -> Declared:
    """Declare groups, with up to `growth` times the first draws while a decision is in doubt."""
    groups = len(estimate)
    comparisons = Comparisons(estimate, errors)
    t = np.concatenate([block for _, block in comparisons.blocks()])
    every = np.arange(groups)[None, :]
    se = errors.scale(every.T, every)
    blocks, most = errors.blocks, errors.blocks * (growth if errors.more else 1)
    while True:
        rows = _Rows(errors, t, se, level, directions(groups, tail), blocks)
        down = rows.decided(stepdown=True)  # see `simultaneous_sets`
        if not down.close.any() or 2 * blocks > most:
            break
        blocks *= 2
    result = down if stepdown else rows.decided(stepdown=False)
    doubtful = np.zeros((groups, groups), dtype=bool)
    if result.close.any():
        some, every_one = (rows.decided(stepdown=stepdown, shift=s) for s in (SURE, -SURE))
        doubtful = (some.above != every_one.above) | (some.below != every_one.below)
    return Declared(
        result.above.sum(axis=1),
        result.below.sum(axis=1),
        result.first,
        result.last,
        result.error,
        np.argwhere(doubtful),
        sum(len(errors.draw(i)) for i in range(blocks)),
    )
