"""Groups declared above and below each other, all at once.

The family is every ordered pair for every tail: bounding all ranks from below and bounding them
from above use the same declarations. A pair is decided by its statistic and one critical value, so
no table of pairs is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.ranking.error_draws import Errors
from alumnistats.ranking.pair_maxima import (
    Largest,
    joined,
    over_all_pairs,
    over_listed_pairs,
    over_open_pairs,
)
from alumnistats.ranking.simulated_quantiles import STEP, Control, Quantile, longest, quantile

SURE = 3.0  # standard errors of the critical value beyond which a decision is certain
FEW_PAIRS = 4  # open pairs, in units of groups, that are listed instead of searched
NEARER = 0.85  # part of the last critical value that the next one is first supposed to exceed
LEAST = 1e-6  # smallest difference that is searched for
CELLS = 2**21  # pairs whose statistics are held at a time


@dataclass(frozen=True, eq=False)
class Decided:
    """Outcome of a stepdown; the critical values of its first and last step."""

    first: Quantile
    last: Quantile
    close: bool  # whether some statistic lay within SURE standard errors in some step


@dataclass(frozen=True, eq=False)
class Comparisons:
    """All ordered pairs of some estimates."""

    estimate: FloatArray
    errors: Errors

    def statistic(self, a: IntArray, b: IntArray) -> FloatArray:
        """Return the estimate of b minus that of a, in standard errors."""
        gap, se = self.estimate[b] - self.estimate[a], self.errors.scale(a, b)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(gap == 0, 0.0, gap / se)  # equal ones are never separated

    def blocks(self) -> Iterator[tuple[slice, FloatArray]]:
        """Yield statistics of some groups a (rows) against all b."""
        groups = len(self.estimate)
        every = np.arange(groups)[None, :]
        size = max(CELLS // groups, 1)
        for start in range(0, groups, size):
            rows = slice(start, min(start + size, groups))
            yield rows, self.statistic(every.T[rows], every)

    def counts(self, edges: FloatArray) -> IntArray:
        """Return how many statistics exceed each of the edges."""
        return np.sum([[np.count_nonzero(t > c) for c in edges] for _, t in self.blocks()], axis=0)

    def pairs(self, low: float, high: float) -> tuple[IntArray, IntArray]:
        """Return the pairs a, b of two different groups whose statistics lie in (low, high]."""
        found = []
        for rows, t in self.blocks():
            a, b = np.nonzero((t > low) & (t <= high))
            a += rows.start
            found.append(np.stack([a, b])[:, a != b])
        a, b = np.concatenate(found, axis=1)
        return a, b

    def declared(self, c: float) -> tuple[IntArray, IntArray]:
        """Return the numbers of groups declared above, and below, each group."""
        above, below = (np.zeros(len(self.estimate), dtype=np.int64) for _ in range(2))
        for rows, t in self.blocks():
            beyond: BoolArray = t > c
            above[rows] = beyond.sum(axis=1)
            below += beyond.sum(axis=0)
        return above, below


@dataclass(frozen=True, eq=False)
class Simulation:
    """Draws of all errors, and the largest studentised one of each."""

    comparisons: Comparisons
    level: float
    blocks: int
    full: Largest
    control: Control | None
    sizes: list[int]  # draws of each block

    def decided(self, *, stepdown: bool, shift: float = 0.0) -> Decided:
        """Step down with every critical value shifted by so many standard errors."""
        largest, first = self.full, self._quantile(self.full, self.control)
        last, cut, close, before = first, np.inf, False, 0
        while True:
            cut = min(cut, last.value + shift * last.error)
            near = last.value + SURE * last.error * np.array([-1.0, 1.0])
            declared, *around = self.comparisons.counts(np.array([cut, *near]))
            close |= around[0] > around[1]
            if not stepdown or declared == before or declared == self._ordered():
                return Decided(first, Quantile(cut, last.error), bool(close))
            before = declared
            largest, last = self._narrowed(largest, cut, self._ordered() - declared)

    def _ordered(self) -> int:
        groups = self.comparisons.errors.groups
        return groups * (groups - 1)

    def _quantile(self, largest: Largest, control: Control | None) -> Quantile:
        errors = self.comparisons.errors
        batches = self.blocks * errors.batches
        return quantile(largest.exact, errors.freedom, batches, self.level, control)

    def _narrowed(self, largest: Largest, cut: float, count: int) -> tuple[Largest, Quantile]:
        """Return the largest errors of the pairs that the cut leaves open, and their quantile."""
        errors = self.comparisons.errors
        if count <= FEW_PAIRS * errors.groups:
            a, b = self.comparisons.pairs(-np.inf, cut)
            parts = [over_listed_pairs(errors, i, a, b) for i in range(self.blocks)]
            return joined(parts), self._quantile(joined(parts), self.control)

        def open_(a: IntArray, b: IntArray) -> BoolArray:
            return self.comparisons.statistic(a, b) <= cut

        lengths = longest(errors.freedom)
        supposed = cut
        while True:
            supposed *= NEARER
            floor = max(supposed, LEAST) / lengths
            ends = np.cumsum([0, *self.sizes])
            parts = [
                over_open_pairs(errors, i, _part(largest, ends[i], ends[i + 1]), open_, floor)
                for i in range(self.blocks)
            ]
            largest = joined(parts)
            found = self._quantile(largest, self.control)
            if found.value - 2 * STEP >= supposed or supposed <= LEAST:
                return largest, found


def _part(largest: Largest, start: int, stop: int) -> Largest:
    some = slice(start, stop)
    return Largest(largest.value[some], largest.a[some], largest.b[some])


def _simulation(
    comparisons: Comparisons,
    variance: FloatArray | None,
    level: float,
    found: list[tuple[Largest, FloatArray]],
) -> Simulation:
    """Gather blocks; with the variances of independent estimates a control variate too."""
    control = None
    if variance is not None:
        control = Control(np.concatenate([bound for _, bound in found]), variance)
    full = joined([part for part, _ in found])
    sizes = [len(part.value) for part, _ in found]
    return Simulation(comparisons, level, len(found), full, control, sizes)


@dataclass(frozen=True, eq=False)
class Simultaneous:
    """What is declared of some groups at once.

    Attributes
    ----------
    above, below : ndarray of int, shape (groups,)
    first, last : Quantile
    doubtful : ndarray of int, shape (pairs, 2)
        Pairs a, b for which "b is above a" depends on the error of the critical values.
    draws : int
    """

    above: IntArray
    below: IntArray
    first: Quantile
    last: Quantile
    doubtful: IntArray
    draws: int


def simultaneous_sets(
    estimate: FloatArray,
    errors: Errors,
    variance: FloatArray | None,
    level: float,
    *,
    stepdown: bool,
    growth: int,
) -> Simultaneous:
    """Declare groups, with up to `growth` times the first draws while a decision is in doubt."""
    comparisons = Comparisons(estimate, errors)
    found: list[tuple[Largest, FloatArray]] = []
    blocks, most = errors.blocks, errors.blocks * (growth if errors.more else 1)
    while True:
        found += [over_all_pairs(errors, i) for i in range(len(found), blocks)]
        draws = _simulation(comparisons, variance, level, found)
        # Stepping down decides how many draws there are in either case: sets with and without
        # it then rest on the same ones.
        down = draws.decided(stepdown=True)
        if not down.close or 2 * blocks > most:
            break
        blocks *= 2
    result = down if stepdown else draws.decided(stepdown=False)
    doubtful = np.zeros((0, 2), dtype=np.int64)
    if result.close:
        ends = [draws.decided(stepdown=stepdown, shift=s).last.value for s in (-SURE, SURE)]
        doubtful = np.stack(comparisons.pairs(*ends), axis=1)
    above, below = comparisons.declared(result.last.value)
    return Simultaneous(above, below, result.first, result.last, doubtful, len(draws.full.value))
