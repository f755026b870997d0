r"""Distributions that are published in full and forced to sum to 100%.

Under the convention that shares are forced to add up (`remainders`) a group's figures of all
options are one event, a union of boxes of windows of counts. Each box is a product over options,
so that the tables of `count_tables` apply to one box at a time,

.. math:: T_v(b, c) = f_v(b, c) \sum_l P(l \mid c)\, T_{left}(b, l)\, T_{right}(b, c - l),

with the weights of the windows at the options and, as :math:`f_v`, whatever else is said of a node:
a published measure, a count beside a share, a nested question. The weights of tied counts are
polynomials in t, which Gauss' rule integrates exactly. Only counts in the windows are kept,
about b / M of them at an option. A group's distribution ties its counts across the tree, so a split
depends on all of the group's counts drawn before it.

The totals behind an overall distribution lie in a union of boxes, too, each an interval of totals
for every node of the tree. At a split a total is allowed if, with all totals drawn before it, some
box holds it. Once all are drawn the weight is multiplied by the probability that the figures are
theirs: 1, or less for ties. Below the nodes that no group publishes, totals split as one group's
count would, and the probability is summed over boxes and over the outcomes of ties.

A figure that stands alone need not sum to anything: it is rounded as in every other scenario.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import comb

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray, gauss_legendre
from alumnistats.reconstruction.banded_tables import BandedTables
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_draws import CountSampler
from alumnistats.reconstruction.count_prior import prior_of_counts
from alumnistats.reconstruction.overall import OverallLaw, best_division, range_of_total
from alumnistats.reconstruction.published import beside_share, forced_range
from alumnistats.reconstruction.question_tree import OVERALL, Distribution, Tree
from alumnistats.reconstruction.solutions import Counts
from alumnistats.reconstruction.total_pass import total_pass
from alumnistats.remainders import Boxes, boxes, forced_chance, forced_counts
from alumnistats.rounding import RoundingRule

CELLS = 4_000_000  # numbers in the windows of boxes that are held at a time
REMEMBERED = 500  # base totals, by tree and convention; and sets of each


@dataclass(frozen=True, eq=False)
class Pieces:
    """Boxes of one group's figures with the tables of every node.

    Attributes
    ----------
    nobs : ndarray of int, shape (pieces,)
        Size of the base, rising.
    weight : ndarray, shape (pieces,)
        Of the value of t, where counts are tied; else 1.
    start : dict
        ``node -> ndarray of int, shape (pieces,)``: first count of the table.
    table : dict
        ``node -> ndarray, shape (pieces, width)``.
    """

    nobs: IntArray
    weight: FloatArray
    start: Mapping[int, IntArray]
    table: Mapping[int, FloatArray]

    def at(self, node: int, pieces: IntArray, count: IntArray) -> FloatArray:
        """Return the table's value of a count for each of some pieces; both have one shape."""
        table = self.table[node]
        offset = np.asarray(count - self.start[node][pieces])
        inside = np.asarray((offset >= 0) & (offset < table.shape[1]))
        return np.where(inside, table[pieces, np.clip(offset, 0, table.shape[1] - 1)], 0.0)


def _with_ties(found: Boxes) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return the box, the value of t and its weight: several where a box holds tied counts."""
    order = (found.lower.shape[1] + 1) // 2  # exact to the degree of the number of other shares
    x, w = gauss_legendre(order)
    tied = np.asarray((found.tied_low | found.tied_high).any(axis=1))
    times = np.where(tied, order, 1)
    box = np.repeat(np.arange(len(times)), times)
    step = np.arange(len(box)) - np.repeat(np.cumsum(times) - times, times)
    return box, (x[step] + 1) / 2, np.where(tied[box], w[step] / 2, 1.0)


class ForcedTables(BandedTables):
    """`Tables` where distributions that are published in full are forced to sum to 100%."""

    def root(self, group: str) -> FloatArray:
        """Return the probability of the group's figures for every base size."""
        if group not in self.tree.in_full:
            return super().root(group)
        key = ("root", self.key(0, group))
        if key not in self._cache:
            out = np.zeros(self.largest + 1)
            for sizes in self._blocks(group, np.arange(self.largest + 1)):
                pieces = self.pieces(group, sizes)
                value = pieces.weight * self._whole(group, pieces)
                out += np.bincount(pieces.nobs, value, minlength=self.largest + 1)
            self._cache[key] = out
        return np.asarray(self._cache[key])

    def joint(self, node: int, group: str, sizes: IntArray) -> FloatArray:
        """Return the probability of all that a group publishes and of the count at a node.

        Shape (sizes, largest + 1): given each of the base sizes.
        """
        out = np.zeros((len(sizes), self.largest + 1))
        rising, row = np.unique(sizes, return_inverse=True)
        found = np.zeros((len(rising), self.largest + 1))
        for some in self._blocks(group, rising):
            pieces = self.pieces(group, some)
            count, value = self._joint(node, group, pieces)
            rows = np.searchsorted(rising, pieces.nobs)[:, None]
            np.add.at(found, (rows, np.minimum(count, self.largest)), value)
        out[:] = found[row.reshape(-1)]
        return out

    def table(self, node: int, group: str) -> FloatArray | None:
        """Return the probability of all that a group publishes given the count at a node.

        Shape (largest + 1, largest + 1): base size and count. What is published elsewhere in the
        tree cannot be told from what is published here, where the distribution is published in
        full.
        """
        if group not in self.tree.in_full:
            return super().table(node, group)
        size = np.arange(self.largest + 1)
        inside = size[None, :] <= size[:, None]
        usual = prior_of_counts(self.tree, node, size[:, None], np.where(inside, size[None, :], 0))
        joint = self.joint(node, group, size)
        return np.divide(joint, usual, out=np.zeros_like(joint), where=inside & (usual > 0))

    def count_law(self, node: int, group: str, sizes: IntArray) -> FloatArray:
        """Return the law of the count given sizes and all the group's figures, (sizes, counts)."""
        if group not in self.tree.in_full:
            return super().count_law(node, group, sizes)
        law = self.joint(node, group, sizes)
        norm = law.sum(axis=1, keepdims=True)
        return np.asarray(law / np.where(norm > 0, norm, 1.0))

    def moments(self, node: int, group: str) -> tuple[FloatArray, FloatArray]:
        """Return mean and variance of the count given each size and all the group's figures.

        Shape (largest + 1,) each; 0 at sizes that cannot be.
        """
        if group not in self.tree.in_full:
            return super().moments(node, group)
        sums = np.zeros((3, self.largest + 1))
        for sizes in self._blocks(group, np.arange(self.largest + 1)):
            pieces = self.pieces(group, sizes)
            count, value = self._joint(node, group, pieces)
            for power in range(3):
                more = (value * count.astype(float) ** power).sum(axis=1)
                sums[power] += np.bincount(pieces.nobs, more, minlength=self.largest + 1)
        norm = np.where(sums[0] > 0, sums[0], 1.0)
        mean = sums[1] / norm
        return mean, np.maximum(sums[2] / norm - mean**2, 0.0)

    def _blocks(self, group: str, sizes: IntArray) -> Iterator[IntArray]:
        """Yield some sizes at a time, as many as `CELLS` allows."""
        whole = self.tree.in_full[group]
        options, full = len(whole.units), 100 * 10**whole.digits
        window = int(sizes.max(initial=0)) // full + 2
        each = options * window * ((options + 1) // 2) * (options * window)
        at_once = max(CELLS // each, 1)
        for start in range(0, len(sizes), at_once):
            yield sizes[start : start + at_once]

    def pieces(self, group: str, sizes: IntArray) -> Pieces:
        """Return the boxes of a group's figures for some base sizes, which rise."""
        whole = self.tree.in_full[group]
        found = boxes(whole.units, whole.digits, sizes)
        box, t, weight = _with_ties(found)
        nobs = found.nobs[box]
        start: dict[int, IntArray] = {}
        table: dict[int, FloatArray] = {}
        for v in range(len(self.tree.nodes) - 1, 0, -1):  # children come after their parent
            if v in whole.leaves:
                j = whole.leaves.index(v)
                lower, upper = found.lower[box, j, None], found.upper[box, j, None]
                count = lower + np.arange(int((upper - lower).max(initial=0)) + 1)
                value = np.where(found.tied_low[box, j, None] & (count == lower), t[:, None], 1.0)
                value *= np.where(
                    found.tied_high[box, j, None] & (count == upper), 1 - t[:, None], 1.0
                )
                start[v], table[v] = lower[:, 0], value * (count <= upper)
            else:
                start[v], table[v] = self._mixed(v, nobs, start, table)
                count = start[v][:, None] + np.arange(table[v].shape[1])
            table[v] *= self._said(v, group, nobs[:, None], count)
        return Pieces(nobs, weight, start, table)

    def _mixed(
        self,
        node: int,
        nobs: IntArray,
        start: Mapping[int, IntArray],
        table: Mapping[int, FloatArray],
    ) -> tuple[IntArray, FloatArray]:
        """Return the first count and the table of an inner node from those of its children."""
        left, right = self.tree.children(node)
        law = self.law_by_node(node)
        width = table[left].shape[1] + table[right].shape[1] - 1
        out = np.zeros((len(nobs), width))
        for step in range(table[left].shape[1]):
            l = start[left] + step
            c = l[:, None] + start[right][:, None] + np.arange(table[right].shape[1])
            share = law.at(l[:, None], np.minimum(c, nobs[:, None]))
            more = table[left][:, step, None] * table[right] * share * (c <= nobs[:, None])
            out[:, step : step + more.shape[1]] += more
        return start[left] + start[right], out

    def _said(self, node: int, group: str, size: IntArray, count: IntArray) -> FloatArray:
        """Return the weight of counts by all that is said of a node but an option's own share."""
        out = np.ones(np.broadcast_shapes(size.shape, count.shape))
        within = np.minimum(count, self.largest)
        published = self.tree.group_figures.get((node, group))
        if published is not None:
            whole = self.tree.in_full[group]
            if node in whole.leaves:
                low, high = beside_share(published, size)
            else:
                rule, added = self.scenario.rounding, self.scenario.added(self.tree.question)
                low, high = forced_range(self.tree, whole, node, published, size, rule, added=added)
            out *= (count >= low) & (count <= high)
        if (node, group) in self._nested:
            out *= self._nested[node, group][1][within]
        if node in self._laws:
            out *= self.over_prior(node, self._laws[node], size, np.minimum(count, size))
        return out

    def _whole(self, group: str, pieces: Pieces) -> FloatArray:
        """Return the probability of every box, shape (pieces,)."""
        left, right = self.tree.children(0)
        every, law = np.arange(len(pieces.nobs)), self.law_by_node(0)
        out = np.zeros(len(every))
        for step in range(pieces.table[left].shape[1]):
            l = pieces.start[left] + step
            more = pieces.at(right, every, pieces.nobs - l)
            out += pieces.table[left][:, step] * more * law.at(l, pieces.nobs)
        return out * self._said(0, group, pieces.nobs, pieces.nobs)

    def _joint(self, node: int, group: str, pieces: Pieces) -> tuple[IntArray, FloatArray]:
        """Return counts at a node and the probability of each and the figures, (pieces, counts).

        What is outside of a node follows from the root down, as what is below from the leaves up.
        """
        every, v = np.arange(len(pieces.nobs)), 0
        start, outside = pieces.nobs, pieces.weight[:, None]
        while v != node:
            left, right = self.tree.children(v)
            child, other = (left, right) if node in self.tree.below(left) else (right, left)
            law, first = self.law_by_node(v), pieces.start[child]
            steps = np.arange(pieces.table[child].shape[1])
            c = start[:, None] + np.arange(outside.shape[1])
            outside = outside * self._said(v, group, pieces.nobs[:, None], c)
            new = np.zeros((len(every), len(steps)))
            for i in range(outside.shape[1]):
                count, total = first[:, None] + steps, c[:, i, None]
                more = pieces.at(other, every[:, None], total - count)
                l = count if child == left else total - count
                new += outside[:, i, None] * more * law.at(l, np.minimum(total, self.largest))
            v, start, outside = child, first, new
        value = outside * (pieces.table[v] if v else self._said(0, group, start, start)[:, None])
        return start[:, None] + np.arange(value.shape[1]), value

    def split_given(
        self, node: int, group: str, base: IntArray, counts: Mapping[int, IntArray]
    ) -> tuple[IntArray, FloatArray]:
        """Return weights of left counts at a node, given all counts of the group drawn so far.

        Parameters
        ----------
        node : int
        group : str
        base : ndarray of int, shape (rows,)
        counts : dict
            ``node -> ndarray of int, shape (rows,)``: of every node that is not split yet, `node`
            among them.

        Returns
        -------
        start : ndarray of int, shape (rows,)
            First left count.
        weight : ndarray, shape (rows, counts)
        """
        start, last = np.zeros_like(base), np.zeros_like(base)
        whole, below = self.tree.in_full[group], self.tree.below(self.tree.children(node)[0])
        for v, units in zip(whole.leaves, whole.units, strict=True):
            if v in below:
                low, high = forced_counts(units, base, whole.digits)
                start, last = start + low, last + np.maximum(high, low)
        out = np.zeros((len(base), int((last - start).max(initial=0)) + 1))
        for sizes in self._blocks(group, np.unique(base)):
            pieces = self.pieces(group, sizes)
            mine = np.flatnonzero(np.isin(base, sizes))
            begin = np.searchsorted(pieces.nobs, base[mine])
            times = np.searchsorted(pieces.nobs, base[mine], side="right") - begin
            row = np.repeat(mine, times)
            each = np.arange(len(row)) + np.repeat(begin - np.cumsum(times) + times, times)
            value = pieces.weight[each]
            for v in set(counts) - {node}:
                value = value * pieces.at(v, each, counts[v][row])
            some = value > 0
            self._add(out, start, node, pieces, (row[some], each[some], value[some]), counts[node])
        return start, out

    def _add(
        self,
        out: FloatArray,
        start: IntArray,
        node: int,
        pieces: Pieces,
        drawn: tuple[IntArray, IntArray, FloatArray],
        count: IntArray,
    ) -> None:
        """Add to rows what their pieces say of left counts."""
        left, right = self.tree.children(node)
        law, (row, each, value) = self.law_by_node(node), drawn
        for step in range(pieces.table[left].shape[1]):
            l = pieces.start[left][each] + step
            weight = value * pieces.table[left][each, step]
            weight = weight * pieces.at(right, each, count[row] - l)
            good = weight > 0
            rows, lefts = row[good], l[good]
            more = weight[good] * law.at(lefts, count[rows])
            np.add.at(out, (rows, lefts - start[rows]), more)


Sets = dict[int, BoolArray]


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
        """Return the probability of the figures given totals of nodes that cover every option once.

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

    def parts(self, sets: Mapping[int, BoolArray]) -> OverallLaw:
        """Return the laws of totals that no group divides, in the sets of one box."""
        own = {v: sets[v] for v in self.tree.totals}  # sums of rounded parts are in the boxes
        return OverallLaw(self.tree, self.base, self.rounding, own, sets)

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
            out[v] = best_division(out[at.left], out[at.right]).astype(bool)
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
    """`CountSampler` where distributions that are published in full are forced to sum to 100%."""

    tables: Mapping[str, ForcedTables]

    @classmethod
    def tables_of(cls, *, banded: bool) -> type[ForcedTables]:  # noqa: ARG003  one kind for both
        """Return the tables that it draws from."""
        return ForcedTables

    def counts_of(self, tree: Tree, counts: Counts) -> FloatArray:
        """Draw the counts of a tree from those of its base; return log weights, (solutions,)."""
        log_weight = super().counts_of(tree, counts)
        if OVERALL not in tree.in_full:
            return log_weight
        cases, inverse = self._cases(tree, counts)
        chance = [totals.chance_given(known) for totals, known in cases]
        with np.errstate(divide="ignore"):
            return log_weight + np.log(np.array(chance))[inverse]

    def _cases(
        self, tree: Tree, counts: Counts
    ) -> tuple[list[tuple[TotalBoxes, dict[int, int]]], IntArray]:
        """Return distinct totals of what is not split yet, and which each solution has."""
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
        self, tree: Tree, node: int, counts: Counts, base: IntArray
    ) -> tuple[FloatArray, IntArray]:
        if OVERALL not in tree.in_full:
            return super()._split(tree, node, counts, base)
        cases, inverse = self._cases(tree, counts)
        allowed = np.zeros((len(cases), int(counts[tree.name, node].sum(axis=1).max()) + 1), bool)
        for i, (totals, known) in enumerate(cases):
            some = totals.left_totals(node, known)
            allowed[i, : len(some)] = some
        laws = self._laws(tree, node, counts)
        log_weight, left = total_pass(laws, allowed, self.rng, inverse)
        return log_weight, np.where(np.isfinite(log_weight)[:, None], left, 0)

    def _pooled_part(self, tree: Tree, node: int, counts: Counts, base: IntArray) -> FloatArray:
        if OVERALL in tree.in_full:  # it is in the probability of all totals
            return np.zeros(len(base))
        return super()._pooled_part(tree, node, counts, base)

    def _rows(
        self,
        tree: Tree,
        node: int,
        counts: Counts,
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
        same: dict[object, list[str]] = {}
        for group in whole:
            same.setdefault(table.key(0, group), []).append(group)
        for some in same.values():
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


def unsplit(tree: Tree, counts: Counts) -> list[int]:
    """Return the nodes with counts whose children have none."""
    return [
        v
        for v, at in enumerate(tree.nodes)
        if (tree.name, v) in counts and (at.left is None or (tree.name, at.left) not in counts)
    ]
