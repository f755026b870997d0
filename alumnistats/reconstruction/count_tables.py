r"""The probability of all that one group publishes, given its size, under one scenario.

A count splits by the laws of `count_prior`. The probability of everything published at or below a
node, given the base size ``b`` and the count ``c`` there, follows from that of its two children:

.. math:: T_v(b, c) = P(\text{figure at } v \mid b, c)
          \sum_l P(l \mid c)\, T_{left}(b, l)\, T_{right}(b, c - l).

When a measure is published as the sum of rounded parts, its figure is a matter of the parts, not of
their sum, and its probability moves inside the sum over ``l``.

The law of the count at one node may be replaced by any other one (`CountLaw`): its table is then
multiplied by the ratio of the two, and everything else given that count stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_prior import (
    CountLaw,
    law_ratio,
    marginal_law,
    mirrored,
    product,
    split_law,
    split_parameters,
)
from alumnistats.reconstruction.published import Exact
from alumnistats.reconstruction.question_tree import Published, Tree
from alumnistats.reconstruction.rounded_parts import law_of_sum
from alumnistats.rounding import RoundingRule, full_scale, round_share

CELLS = 2_000_000  # numbers in the splits of a measure's parts that are held at a time
DENSE = 1_500  # times fewer products of whole rows than of single cells are as quick


@lru_cache(maxsize=16)
def rounding_table(largest: int, digits: int, rule: RoundingRule) -> IntArray:
    """Return the rounded share, in units, of every count out of every size, (size, count)."""
    size = np.arange(largest + 1)
    return round_share(size[None, :], np.maximum(size, 1)[:, None], digits, rule)


class Tables:
    """Tables ``T_v(b, c)`` of one tree for every group, shared by groups that publish the same.

    Parameters
    ----------
    tree : Tree
    scenario : Scenario
    largest : int
        Largest base size.
    figures : Exact, optional
        Law of a figure.
    nested : dict, optional
        ``(node, group) -> (key, factor)``: probability of what is published of a question that was
        asked of the respondents at a node, given their count, shape (largest + 1,).
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
        figures: Exact | None = None,
        nested: Mapping[tuple[int, str], tuple[object, FloatArray]] | None = None,
        cache: dict[object, FloatArray | None] | None = None,
        laws: Mapping[int, CountLaw] | None = None,
    ) -> None:
        self.tree = tree
        self.scenario = scenario
        self.largest = largest
        self.figures = figures or Exact()
        self._nested = dict(nested or {})
        self._laws = dict(laws or {})
        self._below = [frozenset(tree.below(v)) for v in range(len(tree.nodes))]
        self._cache = {} if cache is None else cache
        self._keys: dict[tuple[int, str], tuple[object, ...]] = {}

    def published(self, node: int, group: str) -> dict[int, Published]:
        """Return what `group` publishes at and below `node`."""
        return {
            v: p
            for (v, g), p in self.tree.group_figures.items()
            if g == group and v in self._below[node]
        }

    def key(self, node: int, group: str) -> tuple[object, ...]:
        """Return what distinguishes the table of `group` at `node`."""
        if (node, group) not in self._keys:
            published = sorted(self.published(node, group).items(), key=lambda item: item[0])
            nested = [
                (v, key)
                for (v, g), (key, _) in self._nested.items()
                if g == group and v in self._below[node]
            ]
            self._keys[node, group] = (node, tuple(published), tuple(sorted(nested, key=repr)))
        return self._keys[node, group]

    def adds_rounded_parts(self, node: int, group: str) -> Published | None:
        """Return the figure at `node` if this scenario makes it a sum of rounded parts."""
        published = self.tree.group_figures.get((node, group))
        share = published is not None and published.low is not None
        if share and node in self.tree.measures and self.scenario.added(self.tree.question):
            return published
        return None

    def table(self, node: int, group: str) -> FloatArray | None:
        """Return ``T_v(b, c)``, shape (largest + 1, largest + 1); None means all ones."""
        key = self.key(node, group)
        if key not in self._cache:
            self._cache[key] = self._build(node, group)
        return self._cache[key]

    def root(self, group: str) -> FloatArray:
        """Return the probability of the group's figures for every base size.

        The diagonal ``T_0(b, b)``: the whole table of the root is never needed, so it is not built.
        """
        if self.adds_rounded_parts(0, group) is not None:
            table = self.table(0, group)
            return np.ones(self.largest + 1) if table is None else np.diagonal(table).copy()
        key = ("root", self.key(0, group))
        if key not in self._cache:
            self._cache[key] = self._root(group)
        return np.asarray(self._cache[key])

    def _root(self, group: str) -> FloatArray:
        size = np.arange(self.largest + 1)
        out = np.ones(self.largest + 1)
        if self.tree.nodes[0].left is not None:
            left, right = (self.table(child, group) for child in self.tree.children(0))
            weight = self.law(0).T
            if left is not None:
                weight = weight * left
            if right is not None:
                weight = weight * right[size[:, None], np.maximum(size[:, None] - size, 0)]
            out = out if left is None and right is None else weight.sum(axis=1)
        published = self.tree.group_figures.get((0, group))
        if published is not None:
            out = out * self.figures.chance(published, size, size, self.scenario.rounding)
        return out * self._nested[0, group][1] if (0, group) in self._nested else out

    def _build(self, node: int, group: str) -> FloatArray | None:
        table = self._mix_children(node, group)
        published = self.tree.group_figures.get((node, group))
        if self.adds_rounded_parts(node, group) is not None:
            assert published is not None  # it is the sum
            table = self._table_of_parts(node, group, published, table)
        elif published is not None:
            size = np.arange(self.largest + 1)
            rule = self.scenario.rounding
            own = self.figures.chance(published, size[None, :], size[:, None], rule).astype(float)
            table = own if table is None else own * table
        factors = [self._nested[node, group][1]] if (node, group) in self._nested else []
        if node in self._laws:
            factors.append(law_ratio(self.tree, node, self._laws[node], self.largest))
        for factor in factors:
            shape = self.largest + 1, self.largest + 1
            table = factor * (np.ones(shape) if table is None else table)
        if table is not None:
            table.setflags(write=False)
        return table

    def law(self, node: int) -> FloatArray:
        """Return the beta-binomial law of the split at `node`, shape (l, c)."""
        return split_law(split_parameters(self.tree, node), self.largest)

    def laws_of_cells(
        self, node: int, groups: Mapping[int, str], kind: IntArray, base: IntArray, count: IntArray
    ) -> tuple[IntArray, FloatArray]:
        """Return the unnormalised laws of left counts given base sizes, counts and figures.

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
        """Return the weight of each left count for cells ``(base, count)``, (cells, width).

        The split law times the probability of what is published at and below either child, and of
        a figure that two rounded parts must add to.
        """
        left, right = (self.table(child, group) for child in self.tree.children(node))
        out = self.law(node)[:width, count].T.copy()
        l = np.arange(width)
        rest = np.maximum(count[:, None] - l, 0)
        if left is not None:
            out *= left[base, :width]
        if right is not None:
            out *= np.where(l <= count[:, None], right[base[:, None], rest], 0.0)
        parts = self.adds_rounded_parts(node, group)
        if parts is not None and self.two_parts(node):
            units = rounding_table(self.largest, parts.digits, self.scenario.rounding)
            added = units[base, :width] + units[base[:, None], rest]
            out *= self.figures.of_units(parts, added)
        return out

    def moments(self, node: int, group: str) -> tuple[FloatArray, FloatArray]:
        """Return mean and variance of the count given each size; 0 where it has none.

        Shape (largest + 1,) each, given what the group publishes at and below the node.
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
        """Return the law of the count given sizes and the group's own figures, (sizes, counts)."""
        law = marginal_law(self.tree, node, self.largest).T[sizes]
        own = self.table(node, group)
        if own is not None:
            law = law * own[sizes]
        norm = law.sum(axis=1, keepdims=True)
        return np.asarray(law / np.where(norm > 0, norm, 1.0))

    def _mix_children(self, node: int, group: str) -> FloatArray | None:
        if self.tree.nodes[node].left is None:
            return None
        one, other = self.tree.children(node)
        key = ("children", node, self.key(one, group), self.key(other, group))
        if key not in self._cache:
            left, right = self.table(one, group), self.table(other, group)
            law = self.law(node)
            mixed = None
            if left is not None and right is not None:
                mixed = mix(left, right, law)
            elif left is not None:
                mixed = product(left, law)
            elif right is not None:
                mixed = product(right, mirrored(law))
            self._cache[key] = mixed
        return self._cache[key]

    def _table_of_parts(
        self, node: int, group: str, published: Published, plain: FloatArray | None
    ) -> FloatArray:
        """Return the table of a measure whose figure is the sum of its rounded parts.

        A sum of J rounded parts is less than J units away from the exact share. Where all such sums
        are equally likely to show the figure, parts do not matter.
        """
        size = np.arange(self.largest + 1)
        b, c = size[:, None], size[None, :]
        parts = len(self.tree.parts(node))
        share = full_scale(published.digits) * np.minimum(c, b) // np.maximum(b, 1)
        near = [self.figures.of_units(published, share + s) for s in range(1 - parts, parts + 1)]
        known = (c <= b) & (b > 0)
        if published.count is not None:
            known &= c == published.count
        if published.nobs is not None:
            known &= b == published.nobs
        table = np.asarray(near[0] * known * (1.0 if plain is None else plain), dtype=float)
        rows, columns = np.nonzero(known & (np.max(near, axis=0) > np.min(near, axis=0)))
        if not self.two_parts(node):
            for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
                hit = float(self.chance_of_sum(published, parts, i, j)[1].sum())
                table[i, j] = hit * (1.0 if plain is None else plain[i, j])
            return table
        width = int(columns.max(initial=0)) + 1  # no part is larger than the whole
        at_once = max(CELLS // width, 1)
        for start in range(0, len(rows), at_once):
            row, column = rows[start : start + at_once], columns[start : start + at_once]
            table[row, column] = self._weights(node, group, row, column, width).sum(axis=1)
        return table

    def two_parts(self, node: int) -> bool:
        """Return whether the node splits into two single options."""
        at = self.tree.nodes[node]
        return at.left is not None and len(self.tree.parts(node)) == 2

    def chance_of_sum(
        self, published: Published, parts: int, size: int, count: int
    ) -> tuple[IntArray, FloatArray]:
        """Return sums of rounded parts, and the probability of each together with the figure."""
        first, law = law_of_sum(parts, size, count, published.digits, self.scenario.rounding)
        units = first + np.flatnonzero(law)
        return units, law[law > 0] * self.figures.of_units(published, units)


def mix(left: FloatArray, right: FloatArray, law: FloatArray) -> FloatArray:
    """Return the table of a parent from those of its children, shape (sizes, counts).

    Cell by cell where one child has few that are not 0, else by whole rows of the law.
    """
    table, size = np.zeros_like(left), len(left)
    cells = [np.count_nonzero(side) for side in (left, right)]
    if min(cells) * DENSE > size**3:
        for count in range(size):
            own = left[:, count, None] * law[count, count:]
            table[:, count:] += own * right[:, : size - count]
    elif cells[0] <= cells[1]:
        for b, l in zip(*np.nonzero(left), strict=True):
            table[b, l:] += left[b, l] * law[l, l:] * right[b, : size - l]
    else:
        for b, r in zip(*np.nonzero(right), strict=True):
            l = np.arange(size - r)
            table[b, r:] += right[b, r] * law[l, l + r] * left[b, : size - r]
    return table
