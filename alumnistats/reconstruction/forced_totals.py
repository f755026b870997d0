r"""Overall figures whose distribution is printed in full and forced to sum to 100%.

The totals behind them lie in a union of boxes (`remainders`), each an interval of totals for every
node of the tree. At a split a total is allowed if, with all totals drawn before it, some box holds
it. Once all are drawn the weight is multiplied by the probability that the print is theirs: 1, or
less for ties. Below the nodes that no group prints, totals split as one group's count would, and
the probability is summed over boxes and over the outcomes of ties.

A group's own distribution ties its counts across the tree, so a split depends on all of the
group's counts drawn before it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import comb

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.forced_print import ForcedTables, beside_share
from alumnistats.reconstruction.particles import CountSampler
from alumnistats.reconstruction.rounded_parts import PartsLaws
from alumnistats.reconstruction.sizes import IntArray
from alumnistats.reconstruction.split_laws import FloatArray
from alumnistats.reconstruction.structure import OVERALL, Distribution, Tree
from alumnistats.reconstruction.totals import total_pass
from alumnistats.reconstruction.windows import range_of_total, sumset
from alumnistats.remainders import Boxes, boxes, forced_chance
from alumnistats.rounding import RoundingRule

BoolArray = npt.NDArray[np.bool_]
Sets = dict[int, BoolArray]

REMEMBERED = 500  # base totals, by tree and convention; and sets of each


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
    """

    tree: Tree
    base: int
    rounding: RoundingRule
    added: bool
    whole: Distribution
    found: Boxes

    def said(self, node: int) -> tuple[IntArray, IntArray] | None:
        """Return the first and last total that a node's figure allows beside an option's share.

        None where it has no figure, or one that depends on its parts.
        """
        base = np.array([self.base])
        if node in self.whole.leaves:
            return beside_share(self.tree.totals[node], base)
        if node not in self.tree.totals:
            return None
        return range_of_total(self.tree, node, base, self.rounding, added=self.added, forced=True)

    @cached_property
    def ends(self) -> tuple[IntArray, IntArray]:
        """First and last total of every node in every box, ties included, (nodes, boxes)."""
        low = np.zeros((len(self.tree.nodes), len(self.found.nobs)), dtype=np.int64)
        high = np.zeros_like(low)
        for v in range(len(low) - 1, -1, -1):  # children come after their parent
            at, ends = self.tree.nodes[v], self.said(v)
            if at.left is None or at.right is None:
                j = self.whole.leaves.index(v)
                low[v], high[v] = self.found.lower[:, j], self.found.upper[:, j]
            else:
                low[v], high[v] = low[at.left] + low[at.right], high[at.left] + high[at.right]
            if ends is not None:
                low[v], high[v] = np.maximum(low[v], ends[0]), np.minimum(high[v], ends[1])
        return low, high

    def holding(self, known: Mapping[int, int]) -> IntArray:
        """Return the boxes that hold totals of some nodes."""
        low, high = self.ends
        good = np.ones(low.shape[1], dtype=bool)
        for v, total in known.items():
            good &= (low[v] <= total) & (total <= high[v])
        return np.flatnonzero(good)

    def left_totals(self, node: int, known: Mapping[int, int]) -> BoolArray:
        """Return which totals of a node's left child some box allows beside `known` ones.

        Shape (total of the node + 1,); `known` are those of all nodes that are not split yet.
        """
        at, total, boxes_ = self.tree.nodes[node], known[node], self.holding(known)
        assert at.left is not None and at.right is not None  # an inner node
        low, high = self.ends
        first = np.maximum(low[at.left], total - high[at.right])[boxes_]
        last = np.minimum(high[at.left], total - low[at.right])[boxes_]
        first, last = np.maximum(first, 0), np.minimum(last, total)
        some = first <= last
        changes = np.bincount(first[some], minlength=total + 2)
        changes = changes - np.bincount(last[some] + 1, minlength=total + 2)
        return np.asarray(np.cumsum(changes)[: total + 1] > 0)

    def chance_given(self, known: Mapping[int, int]) -> float:
        """Return the probability of the print given totals of nodes that cover every option once.

        Below an inner node totals split as one group's count.
        """
        if not len(self.holding(known)):
            return 0.0
        if set(known) == set(self.whole.leaves):
            totals = [known[v] for v in self.whole.leaves]
            return forced_chance(totals, self.whole.units, self.whole.digits)
        return sum(mass for _, mass in self.outcomes_given(known))

    def outcomes_given(
        self, known: Mapping[int, int]
    ) -> list[tuple[Mapping[int, BoolArray], float]]:
        """Return the sets of every box and outcome of ties that hold totals, with probabilities.

        They sum to `chance_given`.
        """
        fit: list[tuple[Mapping[int, BoolArray], float]] = []
        for box, chance in self.outcomes(self.holding(known)):
            sets, mass = self.sets(box), chance
            laws = self.parts(sets)
            for v, total in known.items():
                mass *= laws.weight(v, total) if mass else 0.0
            if mass > 0:
                fit.append((sets, mass))
        return fit

    def parts(self, sets: Mapping[int, BoolArray]) -> PartsLaws:
        """Return the laws of totals that no group divides, in the sets of one box."""
        return PartsLaws(self.tree, self.base, self.rounding, False, sets)  # sums are in the boxes

    def outcomes(self, rows: IntArray) -> list[tuple[int, float]]:
        """Return some boxes with every outcome of their ties, and the outcomes' probabilities."""
        every = []
        for row in rows.tolist():
            tied = self.found.tied_low[row] | self.found.tied_high[row]
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
    options = len(totals.whole.leaves)
    row, bits = box >> options, box & ((1 << options) - 1)
    above = (bits >> np.arange(options)) % 2 == 1
    lower = found.lower[row] + (found.tied_low[row] & ~above)
    upper = found.upper[row] - (found.tied_high[row] & above)
    out: Sets = {}
    for v in range(len(tree.nodes) - 1, -1, -1):  # children come after their parent
        at, ends = tree.nodes[v], totals.said(v)
        if at.left is None or at.right is None:
            j = totals.whole.leaves.index(v)
            out[v] = (total >= lower[j]) & (total <= upper[j])
        else:
            out[v] = sumset(out[at.left], out[at.right], base)
        if ends is not None:
            out[v] &= (total >= ends[0][0]) & (total <= ends[1][0])
    return out


@lru_cache(maxsize=REMEMBERED)
def _boxes(tree: Tree, base: int, rounding: RoundingRule, *, added: bool) -> TotalBoxes:
    whole = tree.in_full[OVERALL]
    return TotalBoxes(tree, base, rounding, added, whole, boxes(whole.units, whole.digits, [base]))


def total_boxes(tree: Tree, base: int, scenario: Scenario) -> TotalBoxes | None:
    """Return the boxes of a base total; None where no overall distribution is forced."""
    if scenario.adding_up != "forced" or OVERALL not in tree.in_full:
        return None
    return _boxes(tree, base, scenario.rounding, added=scenario.added(tree.question))


class ForcedSampler(CountSampler):
    """`CountSampler` where distributions that are printed in full are forced to sum to 100%."""

    tables: Mapping[str, ForcedTables]

    def counts_of(self, tree: Tree, counts: dict[tuple[str, int], IntArray]) -> FloatArray:
        """Draw the counts of a tree from those of its base; return log weights, (particles,)."""
        log_weight = super().counts_of(tree, counts)
        if OVERALL not in tree.in_full:
            return log_weight
        cases, inverse = self._cases(tree, counts)
        chance = [totals.chance_given(known) for totals, known in cases]
        with np.errstate(divide="ignore"):
            return log_weight + np.log(np.array(chance))[inverse]

    def _cases(
        self, tree: Tree, counts: Mapping[tuple[str, int], IntArray]
    ) -> tuple[list[tuple[TotalBoxes, dict[int, int]]], IntArray]:
        """Return distinct totals of what is not split yet, and which each particle has."""
        nodes = unsplit(tree, counts)
        drawn = np.stack([counts[tree.name, v].sum(axis=1) for v in [0, *nodes]], axis=1)
        rows, inverse = np.unique(drawn, axis=0, return_inverse=True)
        cases = []
        for base, *totals in rows.tolist():
            found = total_boxes(tree, base, self.scenario)
            assert found is not None  # the scenario forces distributions
            cases.append((found, dict(zip(nodes, totals, strict=True))))
        return cases, inverse.reshape(-1)

    def _split(
        self, tree: Tree, node: int, counts: dict[tuple[str, int], IntArray], base: IntArray
    ) -> tuple[FloatArray, IntArray]:
        if OVERALL not in tree.in_full:
            return super()._split(tree, node, counts, base)
        cases, inverse = self._cases(tree, counts)
        allowed = np.zeros((len(cases), int(counts[tree.name, node].sum(axis=1).max()) + 1), bool)
        for i, (totals, known) in enumerate(cases):
            some = totals.left_totals(node, known)
            allowed[i, : len(some)] = some
        log_weight, left = total_pass(self._laws(tree, node, counts), allowed[inverse], self.rng)
        return log_weight, np.where(np.isfinite(log_weight)[:, None], left, 0)

    def _pooled_part(
        self, tree: Tree, node: int, counts: dict[tuple[str, int], IntArray], base: IntArray
    ) -> FloatArray:
        if OVERALL in tree.in_full:  # it is in the probability of all totals
            return np.zeros(len(base))
        return super()._pooled_part(tree, node, counts, base)

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
        table = self.tables[tree.name]
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
