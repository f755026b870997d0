r"""The probability of one group's print, given its sample size, under one scenario.

A count splits by the laws of `split_laws`. The probability of everything printed at or below a
node, given the base size ``b`` and the count ``c`` there, follows from that of its two children:

.. math:: T_v(b, c) = 1[c \text{ agrees with the print at } v]
          \sum_l P(l \mid c)\, T_{left}(b, l)\, T_{right}(b, c - l).

When a measure is printed as the sum of rounded parts, agreement is a matter of the parts, not of
their sum, and the indicator moves inside the sum over ``l``.

The law of the count at one node may be replaced by any other one (`CountLaw`): its table is then
multiplied by the ratio of the two, and everything else given that count stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.split_laws import (
    CountLaw,
    FloatArray,
    law_ratio,
    marginal_law,
    mirrored,
    product,
    split_law,
    split_parameters,
)
from alumnistats.reconstruction.structure import Printed, Tree
from alumnistats.rounding import RoundingRule, agreeing_counts, full_scale, round_share

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
# What a group says below a node: its prints there and the trees that hang there.
Signature = tuple[tuple[int, Printed], ...]


@lru_cache(maxsize=16)
def rounding_table(largest: int, digits: int, rule: RoundingRule) -> npt.NDArray[np.int64]:
    """Return the printed units of every count out of every size, shape (size, count)."""
    size = np.arange(largest + 1)
    return round_share(size[None, :], np.maximum(size, 1)[:, None], digits, rule)


def agreeing_range(
    printed: Printed, sizes: npt.NDArray[np.int64], rule: RoundingRule
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first and last agreeing count for every base size; none where last < first."""
    low, high = np.zeros_like(sizes), sizes.copy()
    if printed.low is not None and printed.high is not None:
        low, _ = agreeing_counts(printed.low, sizes, printed.digits, rule)
        _, high = agreeing_counts(printed.high, sizes, printed.digits, rule)
        high = np.where(sizes > 0, high, -1)  # a share of nobody is not printed
    if printed.count is not None:
        low, high = np.maximum(low, printed.count), np.minimum(high, printed.count)
    if printed.nobs is not None:
        high = np.where(sizes == printed.nobs, high, -1)
    return low, high


class GroupTables:
    """Tables ``T_v(b, c)`` of one tree for every group, shared between groups that print alike.

    Parameters
    ----------
    tree : Tree
    scenario : Scenario
    largest : int
        Largest base size.
    attached : dict
        ``(node, group) -> (key, factor)``: probability of what hangs on a node (a question asked
        only of those respondents) given the count there, shape (largest + 1,).
    cache : dict, optional
        Tables of the same tree, rounding rule, subtotals and size, to share between scenarios.
    laws : dict of CountLaw, optional
        By node: laws of its count given the base size that replace the prior's own.
    """

    def __init__(
        self,
        tree: Tree,
        scenario: Scenario,
        largest: int,
        attached: Mapping[tuple[int, str], tuple[object, FloatArray]] | None = None,
        cache: dict[object, FloatArray | None] | None = None,
        laws: Mapping[int, CountLaw] | None = None,
    ) -> None:
        self.tree = tree
        self.scenario = scenario
        self.largest = largest
        self._attached = dict(attached or {})
        self._laws = dict(laws or {})
        self._below = [frozenset(tree.below(v)) for v in range(len(tree.nodes))]
        self._cache = {} if cache is None else cache
        self._keys: dict[tuple[int, str], tuple[object, ...]] = {}
        self._sums: dict[tuple[int, int, int, int], dict[int, float]] = {}

    def prints(self, node: int, group: str) -> dict[int, Printed]:
        """Return what `group` prints at and below `node`."""
        return {
            v: p
            for (v, g), p in self.tree.group_prints.items()
            if g == group and v in self._below[node]
        }

    def key(self, node: int, group: str) -> tuple[object, ...]:
        """Return what distinguishes the table of `group` at `node`."""
        if (node, group) not in self._keys:
            prints = sorted(self.prints(node, group).items(), key=lambda item: item[0])
            hangs = [
                (v, key)
                for (v, g), (key, _) in self._attached.items()
                if g == group and v in self._below[node]
            ]
            self._keys[node, group] = (node, tuple(prints), tuple(sorted(hangs, key=repr)))
        return self._keys[node, group]

    def adds_rounded_parts(self, node: int, group: str) -> Printed | None:
        """Return the print at `node` if this scenario makes it a sum of rounded parts."""
        printed = self.tree.group_prints.get((node, group))
        if (
            printed is None
            or printed.low is None
            or node not in self.tree.measures
            or not self.scenario.added(self.tree.question)
        ):
            return None
        return printed

    def table(self, node: int, group: str) -> FloatArray | None:
        """Return ``T_v(b, c)``, shape (largest + 1, largest + 1); None means all ones."""
        key = self.key(node, group)
        if key not in self._cache:
            self._cache[key] = self._build(node, group)
        return self._cache[key]

    def root(self, group: str) -> FloatArray:
        """Return the probability of the group's print for every base size.

        The diagonal ``T_0(b, b)``: the whole table of the root is never needed, so it is not built.
        """
        if self.adds_rounded_parts(0, group) is not None:
            return np.diagonal(self._table_or_ones(0, group)).copy()
        key = ("root", self.key(0, group))
        if key not in self._cache:
            self._cache[key] = self._root(group)
        return np.asarray(self._cache[key])

    def _table_or_ones(self, node: int, group: str) -> FloatArray:
        table = self.table(node, group)
        return np.ones((self.largest + 1, self.largest + 1)) if table is None else table

    def _root(self, group: str) -> FloatArray:
        at, size = self.tree.nodes[0], np.arange(self.largest + 1)
        out = np.ones(self.largest + 1)
        if at.left is not None and at.right is not None:
            left, right = self.table(at.left, group), self.table(at.right, group)
            weight = self.law(0).T
            if left is not None:
                weight = weight * left
            if right is not None:
                weight = weight * right[size[:, None], np.maximum(size[:, None] - size, 0)]
            out = out if left is None and right is None else weight.sum(axis=1)
        printed = self.tree.group_prints.get((0, group))
        if printed is not None:
            out = out * self._agrees(printed, size, size)
        return out * self._attached[0, group][1] if (0, group) in self._attached else out

    def _build(self, node: int, group: str) -> FloatArray | None:
        shape = (self.largest + 1, self.largest + 1)
        parts = self.adds_rounded_parts(node, group)
        if parts is not None:
            table: FloatArray | None = self._table_of_parts(node, group, parts)
        else:
            table = self._mix_children(node, group)
            printed = self.tree.group_prints.get((node, group))
            if printed is not None:
                table = self._mask(printed) * (np.ones(shape) if table is None else table)
        if (node, group) in self._attached:
            factor = self._attached[node, group][1]
            table = factor * (np.ones(shape) if table is None else table)
        if node in self._laws:
            ratio = law_ratio(self.tree, node, self._laws[node], self.largest)
            table = ratio * (1.0 if table is None else table)
        if table is not None:
            table.setflags(write=False)
        return table

    def _mask(self, printed: Printed) -> FloatArray:
        sizes = np.arange(self.largest + 1)
        return self._agrees(printed, sizes[None, :], sizes[:, None]).astype(float)

    def _agrees(self, printed: Printed, count: IntArray, size: IntArray) -> FloatArray | BoolArray:
        """Return whether counts of sizes agree with a print; the two arrays broadcast."""
        low, high = agreeing_range(printed, size, self.scenario.rounding)
        return np.asarray((count >= low) & (count <= high))

    def _shows(self, printed: Printed, units: IntArray) -> FloatArray | BoolArray:
        """Return whether sums of rounded parts, in units, agree with a print."""
        return np.asarray((units >= int(printed.low or 0)) & (units <= int(printed.high or 0)))

    def law(self, node: int) -> FloatArray:
        """Return the beta-binomial law of the split at `node`, shape (l, c)."""
        return split_law(split_parameters(self.tree, node), self.largest)

    def laws_of_cells(
        self, node: int, groups: Mapping[int, str], kind: IntArray, base: IntArray, count: IntArray
    ) -> tuple[IntArray, FloatArray]:
        """Return the unnormalised laws of left counts given base sizes, counts and prints.

        Parameters
        ----------
        node : int
            An inner node.
        groups : mapping of str
            One group of each kind.
        kind, base, count : ndarray of int, shape (cells,)

        Returns
        -------
        start : ndarray of int, shape (cells,)
            The left count of the first column.
        weight : ndarray, shape (cells, width)
        """
        weight = np.zeros((len(base), int(count.max()) + 1))
        for k, group in groups.items():
            mine = kind == k
            weight[mine] = self._weights(node, group, base[mine], count[mine], weight.shape[1])
        return np.zeros(len(base), dtype=np.int64), weight

    def _weights(
        self, node: int, group: str, base: IntArray, count: IntArray, width: int
    ) -> FloatArray:
        at = self.tree.nodes[node]
        assert at.left is not None and at.right is not None  # an inner node
        parts = self.adds_rounded_parts(node, group)
        if parts is not None and self.two_parts(node):
            return self.split_of_parts(node, group, parts, base, count, width)
        out = self.law(node)[:width, count].T.copy()
        left, right = self.table(at.left, group), self.table(at.right, group)
        if left is not None:
            out *= left[base, :width]
        if right is not None:
            rest = count[:, None] - np.arange(width)
            out *= np.where(rest >= 0, right[base[:, None], np.maximum(rest, 0)], 0.0)
        return out

    def moments(self, node: int, group: str) -> tuple[FloatArray, FloatArray]:
        """Return mean and variance of the count given each size; 0 where it has none.

        Shape (largest + 1,) each, given what the group prints at and below the node.
        """
        law = marginal_law(self.tree, node, self.largest).T
        own = self.table(node, group)
        count = np.arange(self.largest + 1.0)
        powers = np.stack([np.ones_like(count), count, count**2], axis=1)
        norm, mean, square = ((law if own is None else law * own) @ powers).T
        norm = np.where(norm > 0, norm, 1.0)
        mean = mean / norm
        return mean, np.maximum(square / norm - mean**2, 0.0)

    def count_law(self, node: int, group: str, sizes: IntArray) -> FloatArray:
        """Return the law of the count given sizes and the group's own print, (sizes, counts)."""
        law = marginal_law(self.tree, node, self.largest).T[sizes]
        own = self.table(node, group)
        if own is not None:
            law = law * own[sizes]
        norm = law.sum(axis=1, keepdims=True)
        return np.asarray(law / np.where(norm > 0, norm, 1.0))

    def _mix_children(self, node: int, group: str) -> FloatArray | None:
        at = self.tree.nodes[node]
        if at.left is None or at.right is None:
            return None
        key = ("children", node, self.key(at.left, group), self.key(at.right, group))
        if key not in self._cache:
            left, right = self.table(at.left, group), self.table(at.right, group)
            law = self.law(node)
            mixed = None
            if left is not None and right is not None:
                mixed = self._mix_both(left, right, law)
            elif left is not None:
                mixed = product(left, law)
            elif right is not None:
                mixed = product(right, mirrored(law))
            self._cache[key] = mixed
        return self._cache[key]

    def _mix_both(self, left: FloatArray, right: FloatArray, law: FloatArray) -> FloatArray:
        table = np.zeros_like(left)
        if np.count_nonzero(left) <= np.count_nonzero(right):
            for b, l in zip(*np.nonzero(left), strict=True):
                room = self.largest + 1 - l
                table[b, l:] += left[b, l] * law[l, l:] * right[b, :room]
            return table
        for b, r in zip(*np.nonzero(right), strict=True):
            room = self.largest + 1 - r
            l = np.arange(room)
            table[b, r:] += right[b, r] * law[l, l + r] * left[b, :room]
        return table

    def _table_of_parts(self, node: int, group: str, printed: Printed) -> FloatArray:
        """Return the table of a measure whose print is the sum of its rounded parts.

        A sum of J rounded parts is less than J units away from the exact share, so away from the
        ends of the printed range the answer is plain, and only cells near an end need the sum.
        """
        plain = self._mix_children(node, group)
        size = np.arange(self.largest + 1)
        b, c = size[:, None], size[None, :]
        scale = full_scale(printed.digits)
        low, high = int(printed.low or 0), int(printed.high or 0)
        slack = len(self.tree.parts(node))
        exact = scale * c
        possible = (exact + slack * b >= low * b) & (exact - slack * b <= high * b)
        certain = (exact - slack * b >= low * b) & (exact + slack * b <= high * b)
        possible &= (c <= b) & (b > 0)
        table = np.where(certain & possible, 1.0 if plain is None else plain, 0.0)
        if printed.count is not None:
            possible &= c == printed.count
            table = np.where(c == printed.count, table, 0.0)
        if printed.nobs is not None:
            possible &= b == printed.nobs
            table = np.where(b == printed.nobs, table, 0.0)
        rows, columns = np.nonzero(possible & ~certain)
        if self.two_parts(node):
            width = int(columns.max(initial=0)) + 1  # no part is larger than the whole
            weight = self.split_of_parts(node, group, printed, rows, columns, width)
            table[rows, columns] = weight.sum(axis=1)
            return table
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
            sums = self.sums_of_parts(slack, i, j, printed.digits)
            hit = sum(w for s, w in sums.items() if low <= s <= high)
            table[i, j] = hit * (1.0 if plain is None else plain[i, j])
        return table

    def two_parts(self, node: int) -> bool:
        """Return whether the node splits into two single options."""
        at = self.tree.nodes[node]
        return at.left is not None and len(self.tree.parts(node)) == 2

    def split_of_parts(
        self,
        node: int,
        group: str,
        printed: Printed,
        base: npt.NDArray[np.int64],
        count: npt.NDArray[np.int64],
        width: int,
    ) -> FloatArray:
        """Return the weight of each left count when two rounded parts must add to the print.

        Shape (cells, width) for cells ``(base, count)``: the split law times the probability of
        the print of either part.
        """
        at = self.tree.nodes[node]
        assert at.left is not None and at.right is not None  # see two_parts
        l = np.arange(width)
        rest = np.maximum(count[:, None] - l, 0)
        b = base[:, None]
        weight = self.law(node)[:width, count].T.copy()
        left, right = self.table(at.left, group), self.table(at.right, group)
        if left is not None:
            weight *= left[base, :width]
        if right is not None:
            weight *= right[b, rest]
        units = rounding_table(self.largest, printed.digits, self.scenario.rounding)
        added = units[base, :width] + units[b, rest]
        return weight * self._shows(printed, added)

    def sums_of_parts(self, parts: int, b: int, c: int, digits: int) -> dict[int, float]:
        """Return the law of the sum of `parts` rounded parts of a count `c` out of `b`."""
        key = (parts, b, c, digits)
        if key not in self._sums:
            law: dict[int, float] = {}
            if parts == 1:
                law[int(round_share(c, b, digits, self.scenario.rounding))] = 1.0
            else:
                flat = ((1.0, float(parts - 1)),)
                split = split_law(flat, self.largest)[: c + 1, c]
                units = round_share(np.arange(c + 1), b, digits, self.scenario.rounding)
                for l in range(c + 1):
                    for s, w in self.sums_of_parts(parts - 1, b, c - l, digits).items():
                        law[s + int(units[l])] = law.get(s + int(units[l]), 0.0) + split[l] * w
            self._sums[key] = law
        return self._sums[key]
