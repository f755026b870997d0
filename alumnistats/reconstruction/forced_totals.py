r"""Overall figures whose distribution is printed in full and forced to sum to 100%.

The totals behind them lie in a union of boxes (`remainders`), each a window for every option's
total as any overall figure's is. Each solution draws one box, with a probability q in proportion to
the whole numbers in it, and who would win ties; its weight is divided by q, so that the mean weight
is still the probability of the figures. The passes over totals stay as they are.

A group's own distribution ties its counts across the tree, so a split depends on all of the
group's counts drawn before it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.forced_print import ForcedTables, beside_share
from alumnistats.reconstruction.particles import CountSampler
from alumnistats.reconstruction.sizes import IntArray
from alumnistats.reconstruction.split_laws import FloatArray
from alumnistats.reconstruction.structure import OVERALL, Distribution, Tree
from alumnistats.reconstruction.windows import pooled_weight, range_of_total, sumset
from alumnistats.remainders import Boxes, boxes
from alumnistats.rounding import RoundingRule

BoolArray = npt.NDArray[np.bool_]
Sets = dict[int, BoolArray]

REMEMBERED = 500  # base totals, by tree and convention; and sets of each
NO_BOX = -1


@dataclass(frozen=True, eq=False)
class TotalBoxes:
    """The boxes of the totals behind an overall distribution, for one base total.

    A box with the outcome of its ties is a number: the row times the power of two of the options,
    plus a bit for each tied option whose tie-breaking number exceeds that of the box's first.

    Attributes
    ----------
    tree : Tree
    base : int
    rounding : RoundingRule
    added : bool
        Whether subtotals are sums of rounded shares.
    whole : Distribution
    found : Boxes
    chance : ndarray, shape (boxes,)
        Share of the whole numbers of all boxes; sums to 1 if there are any.
    """

    tree: Tree
    base: int
    rounding: RoundingRule
    added: bool
    whole: Distribution
    found: Boxes
    chance: FloatArray

    def draw(self, draws: int, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
        """Return numbers of boxes, shape (draws,), and the logs of one over their probability."""
        if not len(self.chance):
            return np.full(draws, NO_BOX), np.full(draws, -np.inf)
        row = rng.choice(len(self.chance), size=draws, p=self.chance)
        tied = (self.found.tied_low | self.found.tied_high)[row]
        above = tied & (rng.random(tied.shape) < rng.random(draws)[:, None])
        bits = above @ (1 << np.arange(tied.shape[1]))
        return (row << tied.shape[1]) + bits, -np.log(self.chance[row])

    def outcomes(self) -> list[tuple[int, float]]:
        """Return every box with every outcome of its ties, and the probability of the outcome."""
        every = []
        for row, tied in enumerate(self.found.tied_low | self.found.tied_high):
            places = np.flatnonzero(tied).tolist()
            for winners in range(len(places) + 1):
                # The integral over t of t^winners (1 - t)^(others).
                chance = 1.0 / ((len(places) + 1) * comb(len(places), winners))
                for above in itertools.combinations(places, winners):
                    bits = sum(1 << j for j in above)
                    every.append(((row << len(tied)) + bits, chance))
        return every

    def sets(self, box: int) -> Sets:
        """Return which totals of every node a box allows, as `feasible_totals` does."""
        return _sets(self, box)


@lru_cache(maxsize=REMEMBERED)
def _sets(totals: TotalBoxes, box: int) -> Sets:
    tree, base, found = totals.tree, totals.base, totals.found
    total = np.arange(base + 1)
    if box == NO_BOX:
        return {v: np.zeros(base + 1, dtype=bool) for v in range(len(tree.nodes))}
    options = len(totals.whole.leaves)
    row, bits = box >> options, box & ((1 << options) - 1)
    above = (bits >> np.arange(options)) % 2 == 1
    lower = found.lower[row] + (found.tied_low[row] & ~above)
    upper = found.upper[row] - (found.tied_high[row] & above)
    out: Sets = {}
    for v in range(len(tree.nodes) - 1, -1, -1):  # children come after their parent
        at = tree.nodes[v]
        if at.left is None or at.right is None:
            j = totals.whole.leaves.index(v)
            first, last = beside_share(tree.totals[v], np.array([base]))
            low, high = max(lower[j], first[0]), min(upper[j], last[0])
            out[v] = (total >= low) & (total <= high)
            continue
        out[v] = sumset(out[at.left], out[at.right], base)
        if v in tree.totals:
            ends = range_of_total(
                tree, v, np.array([base]), totals.rounding, added=totals.added, forced=True
            )
            if ends is not None:
                out[v] &= (total >= ends[0][0]) & (total <= ends[1][0])
    return out


@lru_cache(maxsize=REMEMBERED)
def _boxes(tree: Tree, base: int, rounding: RoundingRule, *, added: bool) -> TotalBoxes:
    whole = tree.in_full[OVERALL]
    found = boxes(whole.units, whole.digits, [base])
    volume = np.array([_whole_numbers(found, row) for row in range(len(found.nobs))])
    chance = volume / volume.sum() if len(volume) else volume.astype(float)
    return TotalBoxes(tree, base, rounding, added, whole, found, chance)


def _whole_numbers(found: Boxes, row: int) -> float:
    """Return how many vectors of whole numbers in a box sum to its size."""
    ways = np.ones(1)
    for width in (found.upper[row] - found.lower[row] + 1).tolist():
        ways = np.convolve(ways, np.ones(width))
    return float(ways[found.nobs[row] - found.lower[row].sum()])


def total_boxes(tree: Tree, base: int, scenario: Scenario) -> TotalBoxes | None:
    """Return the boxes of a base total; None where no overall distribution is forced."""
    if scenario.adding_up != "forced" or OVERALL not in tree.in_full:
        return None
    return _boxes(tree, base, scenario.rounding, added=scenario.added(tree.question))


def likely_outcomes(
    totals: TotalBoxes, known: Mapping[int, int]
) -> list[tuple[Mapping[int, BoolArray], float]]:
    """Return the sets of every box that fits known totals, and its probability.

    Parameters
    ----------
    totals : TotalBoxes
    known : dict
        Totals of nodes that cover every option once; below them totals split as one group's count.

    Returns
    -------
    list of (dict, float)
        Probabilities sum to 1.
    """
    fit = []
    for box, chance in totals.outcomes():
        sets = totals.sets(box)
        mass = chance
        for v, total in known.items():
            mass *= pooled_weight(totals.tree, v, total, sets) if mass else 0.0
        if mass > 0:
            fit.append((sets, mass))
    norm = sum(mass for _, mass in fit)
    return [(sets, mass / norm) for sets, mass in fit]


class ForcedSampler(CountSampler):
    """`CountSampler` where distributions that are printed in full are forced to sum to 100%."""

    def __init__(
        self,
        trees: Mapping[str, Tree],
        tables: Mapping[str, ForcedTables],
        scenario: Scenario,
        groups: Sequence[str],
        rng: np.random.Generator,
    ) -> None:
        super().__init__(trees, tables, scenario, groups, rng)
        self.forced = tables
        self._box: dict[str, IntArray] = {}

    def sets(self, tree: Tree, base: int, box: int = 0) -> Mapping[int, BoolArray]:
        """Return the totals of a box, or `feasible_totals` where there are none."""
        totals = total_boxes(tree, base, self.scenario)
        return super().sets(tree, base) if totals is None else totals.sets(box)

    def boxes(self, tree: Tree, base: IntArray) -> IntArray:
        """Return which box each particle drew."""
        return self._box.get(tree.name, np.zeros_like(base))

    def counts_of(self, tree: Tree, counts: dict[tuple[str, int], IntArray]) -> FloatArray:
        """Draw the box of each particle's totals, then its counts; return log weights."""
        base = counts[tree.name, 0].sum(axis=1)
        log_weight = np.zeros(len(base))
        if OVERALL in tree.in_full:
            box = np.zeros_like(base)
            for b in np.unique(base).tolist():
                totals, mine = total_boxes(tree, b, self.scenario), base == b
                assert totals is not None  # the scenario forces distributions
                box[mine], log_weight[mine] = totals.draw(int(mine.sum()), self.rng)
            self._box[tree.name] = box
        return log_weight + super().counts_of(tree, counts)

    def _rows(
        self,
        tree: Tree,
        node: int,
        counts: Mapping[tuple[str, int], IntArray],
        groups: Sequence[str],
    ) -> tuple[IntArray, FloatArray, IntArray]:
        whole = [g for g in groups if g in tree.in_full]
        others = [g for g in groups if g not in tree.in_full]
        parts: list[tuple[IntArray, FloatArray]] = []
        index = np.empty((len(counts[tree.name, 0]), len(groups)), dtype=np.int64)
        if others:
            start, weight, rows = super()._rows(tree, node, counts, others)
            index[:, [groups.index(g) for g in others]] = rows
            parts.append((start, weight))
        table = self.forced[tree.name]
        alike: dict[object, list[str]] = {}
        for group in whole:
            alike.setdefault(table.key(0, group), []).append(group)
        for some in alike.values():
            columns = [self.groups.index(g) for g in some]
            known = [0, *(v for v in unsplit(tree, counts) if v)]
            drawn = np.stack([counts[tree.name, v][:, columns] for v in known], axis=-1)
            cases, rows = np.unique(drawn.reshape(-1, len(known)), axis=0, return_inverse=True)
            base = cases[:, 0]
            given = {v: cases[:, i] for i, v in enumerate(known) if v or node == 0}
            before = sum(len(start) for start, _ in parts)
            index[:, [groups.index(g) for g in some]] = before + rows.reshape(drawn.shape[:2])
            parts.append(table.split_given(node, some[0], base, given))
        width = max(weight.shape[1] for _, weight in parts)
        weights = [np.pad(w, ((0, 0), (0, width - w.shape[1]))) for _, w in parts]
        return np.concatenate([start for start, _ in parts]), np.concatenate(weights), index


def unsplit(tree: Tree, counts: Mapping[tuple[str, int], IntArray]) -> list[int]:
    """Return the nodes with counts whose children have none."""
    return [
        v
        for v, at in enumerate(tree.nodes)
        if (tree.name, v) in counts and (at.left is None or (tree.name, at.left) not in counts)
    ]
