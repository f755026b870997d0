r"""Groups whose distribution is printed in full and forced to sum to 100%.

Under the convention that shares are forced to add up (`remainders`) a group's figures of all
options are one event, a union of boxes of windows of counts. Each box is a product over options,
so that the tables of `likelihood` apply to one box at a time,

.. math:: T_v(b, c) = f_v(b, c) \sum_l P(l \mid c)\, T_{left}(b, l)\, T_{right}(b, c - l),

with the weights of the windows at the options and, as :math:`f_v`, whatever else is said of a node:
a printed measure, a count beside a share, a question that hangs there. The weights of tied counts
are polynomials in t, which Gauss' rule integrates exactly. Only counts in the windows are kept,
about b / M of them at an option.

A figure that stands alone need not sum to anything: it is rounded as in every other scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from alumnistats.reconstruction.banded_tables import BandedTables
from alumnistats.reconstruction.likelihood import IntArray, agreeing_range
from alumnistats.reconstruction.split_laws import FloatArray, prior_of_counts
from alumnistats.reconstruction.structure import Distribution, Printed, Tree
from alumnistats.remainders import Boxes, boxes, forced_counts
from alumnistats.rounding import RoundingRule

CELLS = 4_000_000  # numbers in the windows of boxes that are held at a time


def beside_share(printed: Printed, sizes: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first and last count that what is printed beside a share allows."""
    return agreeing_range(replace(printed, low=None, high=None), sizes, "half_up")


def forced_range(
    tree: Tree,
    whole: Distribution,
    node: int,
    printed: Printed,
    sizes: IntArray,
    rounding: RoundingRule,
    *,
    added: bool,
) -> tuple[IntArray, IntArray]:
    """Return the first and last count of a node that its print allows for every base size.

    Parameters
    ----------
    tree : Tree
    whole : Distribution
        Printed in full beside it.
    node : int
        An option, for which every count within a unit is returned; or a measure, which is the sum
        of the printed shares if these are `added`, else the rounded share of the sum.
    printed : Printed
        Of the node.
    sizes : ndarray of int
    rounding : RoundingRule
    added : bool
        Whether subtotals are sums of rounded shares.
    """
    if node in whole.leaves:
        low, high = beside_share(printed, sizes)
        first, last = forced_counts(whole.units[whole.leaves.index(node)], sizes, whole.digits)
        return np.maximum(low, first), np.minimum(high, last)
    if (
        added
        and node in tree.measures
        and printed.low is not None
        and printed.digits == whole.digits
    ):
        below = set(tree.below(node))
        units = sum(u for v, u in zip(whole.leaves, whole.units, strict=True) if v in below)
        low, high = beside_share(printed, sizes)
        fits = printed.low <= units <= int(printed.high or 0)
        return low, high if fits else np.full_like(high, -1)
    return agreeing_range(printed, sizes, rounding)


@dataclass(frozen=True, eq=False)
class Pieces:
    """Boxes of one group's print with the tables of every node.

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
    x, w = np.polynomial.legendre.leggauss(order)
    tied = np.asarray((found.tied_low | found.tied_high).any(axis=1))
    times = np.where(tied, order, 1)
    box = np.repeat(np.arange(len(times)), times)
    step = np.arange(len(box)) - np.repeat(np.cumsum(times) - times, times)
    return box, (x[step] + 1) / 2, np.where(tied[box], w[step] / 2, 1.0)


class ForcedTables(BandedTables):
    """`GroupTables` where distributions that are printed in full are forced to sum to 100%."""

    def root(self, group: str) -> FloatArray:
        """Return the probability of the group's print for every base size."""
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
        """Return the probability of all that a group prints and of the count at a node.

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
        """Return the probability of all that a group prints given the count at a node.

        Shape (largest + 1, largest + 1): base size and count. What is printed elsewhere in the
        tree cannot be told from what is printed here, where the distribution is printed in full.
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
        """Yield some sizes at a time, as many as `CELLS` has room for."""
        whole = self.tree.in_full[group]
        options, full = len(whole.units), 100 * 10**whole.digits
        window = int(sizes.max(initial=0)) // full + 2
        each = options * window * ((options + 1) // 2) * (options * window)
        at_once = max(CELLS // each, 1)
        for start in range(0, len(sizes), at_once):
            yield sizes[start : start + at_once]

    def pieces(self, group: str, sizes: IntArray) -> Pieces:
        """Return the boxes of a group's print for some base sizes, which rise."""
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
        left, right = self._children(node)
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

    def _children(self, node: int) -> tuple[int, int]:
        at = self.tree.nodes[node]
        assert at.left is not None and at.right is not None  # an inner node
        return at.left, at.right

    def _said(self, node: int, group: str, size: IntArray, count: IntArray) -> FloatArray:
        """Return the weight of counts by all that is said of a node but an option's own share."""
        out = np.ones(np.broadcast_shapes(size.shape, count.shape))
        within = np.minimum(count, self.largest)
        printed = self.tree.group_prints.get((node, group))
        if printed is not None:
            whole = self.tree.in_full[group]
            if node in whole.leaves:
                low, high = beside_share(printed, size)
            else:
                rule, added = self.scenario.rounding, self.scenario.added(self.tree.question)
                low, high = forced_range(self.tree, whole, node, printed, size, rule, added=added)
            out *= (count >= low) & (count <= high)
        if (node, group) in self._attached:
            out *= self._attached[node, group][1][within]
        if node in self._laws:
            out *= self.over_prior(node, self._laws[node], size, np.minimum(count, size))
        return out

    def _whole(self, group: str, pieces: Pieces) -> FloatArray:
        """Return the probability of every box, shape (pieces,)."""
        left, right = self._children(0)
        every, law = np.arange(len(pieces.nobs)), self.law_by_node(0)
        out = np.zeros(len(every))
        for step in range(pieces.table[left].shape[1]):
            l = pieces.start[left] + step
            more = pieces.at(right, every, pieces.nobs - l)
            out += pieces.table[left][:, step] * more * law.at(l, pieces.nobs)
        return out * self._said(0, group, pieces.nobs, pieces.nobs)

    def _joint(self, node: int, group: str, pieces: Pieces) -> tuple[IntArray, FloatArray]:
        """Return counts at a node and the probability of each and the print, (pieces, counts).

        What is outside of a node follows from the root down, as what is below from the leaves up.
        """
        every, v = np.arange(len(pieces.nobs)), 0
        start, outside = pieces.nobs, pieces.weight[:, None]
        while v != node:
            left, right = self._children(v)
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
        whole, below = self.tree.in_full[group], self.tree.below(self._children(node)[0])
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
        left, right = self._children(node)
        law, (row, each, value) = self.law_by_node(node), drawn
        for step in range(pieces.table[left].shape[1]):
            l = pieces.start[left][each] + step
            weight = value * pieces.table[left][each, step]
            weight = weight * pieces.at(right, each, count[row] - l)
            good = weight > 0
            rows, lefts = row[good], l[good]
            more = weight[good] * law.at(lefts, count[rows])
            np.add.at(out, (rows, lefts - start[rows]), more)
