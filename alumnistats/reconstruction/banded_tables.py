"""The tables of `likelihood` for large groups, as bands.

What a group publishes narrows the counts at a node from below (its own figure, and the figures
below) and from above (the base is a size, and a parent's count less a sibling's is what is left).
Windows for each size follow from both by interval arithmetic; tables hold the counts inside of
them. Counts outside cannot occur with the group's other figures, so that nothing computed from the
root changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.reconstruction.bands import IN_CACHE, Band, correlated, mix, row_blocks
from alumnistats.reconstruction.count_prior import (
    CountLaw,
    SplitWeights,
    law_of_child,
    prior_of_counts,
    split_parameters,
    split_weights,
)
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.published import agreeing_range
from alumnistats.reconstruction.question_tree import Published
from alumnistats.reconstruction.rounded_parts import chance_of_two
from alumnistats.rounding import full_scale, round_share

MANY_COUNTS = 4  # allowed at a size from which on moments between sizes are interpolated
FINE = 128  # sizes up to twice that are all computed, further ones at this share of theirs
EQUAL = ((1.0, 1.0),)  # parameters under which every division in two is equally likely


class BandedTables(Tables):
    """`Tables` that hold windows of counts instead of squares; for exact figures.

    Parameters
    ----------
    tree, scenario, largest, figures, nested, cache, laws
        As of `Tables`.
    """

    def key(self, node: int, group: str) -> tuple[object, ...]:
        """Return what distinguishes the table of `group` at `node`: all that it publishes."""
        return (node, *super().key(0, group)[1:])

    def table(self, node: int, group: str) -> FloatArray | None:
        """Return the square that the band stands for, 0 outside of its windows."""
        band = self.band(node, group)
        size = np.arange(self.largest + 1)
        return band.at(size[:, None], size[None, :])

    def root(self, group: str) -> FloatArray:
        """Return the probability of the group's figures for every base size."""
        key = ("root", self.key(0, group))
        if key not in self._cache:
            size = np.arange(self.largest + 1)
            self._cache[key] = self.band(0, group).at(size, size)
        return np.asarray(self._cache[key])

    def windows(self, group: str) -> tuple[IntArray, IntArray]:
        """Return the first and last count at every node for each size, (nodes, largest + 1).

        At a size that no count agrees with, the last is one less than the first at all nodes.
        """
        key = self.key(0, group)
        if key not in self._windows:
            self._windows[key] = self._narrowed(group)
        return self._windows[key]

    @cached_property
    def _windows(self) -> dict[tuple[object, ...], tuple[IntArray, IntArray]]:
        return {}

    def band(self, node: int, group: str) -> Band:
        """Return the table of a node; the root's is its diagonal."""
        low, high = self.windows(group)
        window = Band(low[node], high[node] + 1)
        key = ("band", self.key(node, group))
        if key not in self._cache:
            values = self._values(node, group, window)
            if values is not None:
                values.setflags(write=False)
            self._cache[key] = values
        return Band(window.start, window.stop, self._cache[key])

    def law_by_node(self, node: int) -> SplitWeights:
        """Return the law of the split at `node` in factors."""
        return split_weights(split_parameters(self.tree, node), self.largest)

    def _narrowed(self, group: str) -> tuple[IntArray, IntArray]:
        nodes, size = self.tree.nodes, np.arange(self.largest + 1)
        low = np.zeros((len(nodes), len(size)), dtype=np.int64)
        high = np.tile(size, (len(nodes), 1))
        for v in range(len(nodes) - 1, -1, -1):  # children come after their parent
            left, right = nodes[v].left, nodes[v].right
            if left is not None and right is not None:
                low[v] = low[left] + low[right]
                high[v] = np.minimum(high[left] + high[right], size)
            published = self.tree.group_figures.get((v, group))
            if published is not None:
                first, last = self._own_window(v, group, published)
                low[v], high[v] = np.maximum(low[v], first), np.minimum(high[v], last)
        low[0] = np.maximum(low[0], size)
        for v, node in enumerate(nodes):
            left, right = node.left, node.right
            if left is None or right is None:
                continue
            for child, other in ((left, right), (right, left)):
                low[child] = np.maximum(low[child], low[v] - high[other])
                high[child] = np.minimum(high[child], high[v] - low[other])
        none = (low > high).any(axis=0)
        low[:, none], high[:, none] = 0, -1
        return low, high

    def _own_window(self, node: int, group: str, published: Published) -> tuple[IntArray, IntArray]:
        size = np.arange(self.largest + 1)
        low, high = agreeing_range(published, size, self.scenario.rounding)
        if self.adds_rounded_parts(node, group) is None:
            return low, high
        # The sum of J rounded parts is less than J units away from the exact share.
        slack, scale = len(self.tree.parts(node)), full_scale(published.digits)
        low = -(-(int(published.low or 0) - slack) * size // scale)
        high = (int(published.high or 0) + slack) * size // scale
        if published.count is not None:
            low, high = np.maximum(low, published.count), np.minimum(high, published.count)
        known = (size > 0) & ((published.nobs is None) | (size == published.nobs))
        return np.maximum(low, 0), np.where(known, np.minimum(high, size), -1)

    def _silent(self, node: int, group: str) -> bool:
        """Return whether nothing is known of the group below a node."""
        below = self._below[node] - {node}
        return not (
            any(g == group and v in below for v, g in self.tree.group_figures)
            or any(g == group and v in below for v, g in self._nested)
            or any(v in below for v in self._laws)
        )

    def holds_values(self, node: int, group: str) -> bool:
        """Return whether a table holds more than the ends of its windows."""
        mixed = self.tree.nodes[node].left is not None and not self._silent(node, group)
        factors = (node, group) in self._nested or node in self._laws
        return mixed or factors or self.adds_rounded_parts(node, group) is not None

    def _values(self, node: int, group: str, window: Band) -> FloatArray | None:
        """Return the table's values in the windows, or None where all are 1."""
        mixed = self._from_children(node, group, window)
        parts = self.adds_rounded_parts(node, group)
        if parts is not None:
            mixed = self._of_parts(node, group, parts, Band(window.start, window.stop, mixed))
        factor = self._factors(node, group, window)
        if factor is None:
            return mixed
        return factor if mixed is None else mixed * factor

    def _from_children(self, node: int, group: str, window: Band) -> FloatArray | None:
        if self.tree.nodes[node].left is None or self._silent(node, group):
            return None
        left, right = (self.band(child, group) for child in self.tree.children(node))
        return mix(window, left, right, self.law_by_node(node))

    def _factors(self, node: int, group: str, window: Band) -> FloatArray | None:
        """Return what is nested in a node, and its law over the prior's own, in the windows."""
        nested, law = self._nested.get((node, group)), self._laws.get(node)
        if nested is None and law is None:
            return None
        out = window.dense()
        count = np.minimum(window.counts(), self.largest)
        if nested is not None:
            out *= nested[1][count]
        if law is not None:
            size = np.arange(self.largest + 1)[:, None]
            out *= self.over_prior(node, law, size, np.minimum(count, size))
        return out

    def over_prior(self, node: int, law: CountLaw, size: IntArray, count: IntArray) -> FloatArray:
        """Return a law over the prior's own, of counts given sizes that broadcast with them."""
        usual = prior_of_counts(self.tree, node, size, count)
        own = prior_of_counts(self.tree, node, size, count, law)
        return np.divide(own, usual, out=np.zeros_like(usual), where=usual > 0)

    def _of_parts(self, node: int, group: str, published: Published, plain: Band) -> FloatArray:
        """Return the values of a measure whose figure is the sum of its rounded parts.

        Away from the ends of the published range the answer is plain; see `Tables`.
        """
        size = np.arange(self.largest + 1)[:, None]
        count, values = plain.counts(), plain.dense().copy()
        low, high = int(published.low or 0), int(published.high or 0)
        slack, exact = len(self.tree.parts(node)), full_scale(published.digits) * count
        certain = (exact - slack * size >= low * size) & (exact + slack * size <= high * size)
        rows, columns = np.nonzero(plain.inside() & ~certain)
        for some in row_blocks(len(rows), 1):
            i, j = rows[some], columns[some]
            c = plain.start[i] + j
            if self.two_parts(node):
                values[i, j] = self._chance_of_two(node, group, published, i, c)
            else:
                cells = zip(i.tolist(), c.tolist(), strict=True)
                values[i, j] *= [
                    self.chance_of_sum(published, slack, *cell)[1].sum() for cell in cells
                ]
        return values

    def _chance_of_two(
        self,
        node: int,
        group: str,
        published: Published,
        base: IntArray,
        count: IntArray,
    ) -> FloatArray:
        """Return the probability of the figure, and of the parts' own, given the count (cells,)."""
        rule, digits = self.scenario.rounding, published.digits
        if self._silent(node, group) and split_parameters(self.tree, node) == EQUAL:
            low, high = int(published.low or 0), int(published.high or 0)
            return chance_of_two(base, count, low, high, digits, rule)
        out = np.zeros(len(base))
        first, last = self._left_window(node, group, base, count)
        for some in row_blocks(len(base), int((last - first).max(initial=-1)) + 1):
            _, weight = self.split_cells(node, group, base[some], count[some])
            out[some] = weight.sum(axis=1)
        return out

    def _left_window(
        self, node: int, group: str, base: IntArray, count: IntArray
    ) -> tuple[IntArray, IntArray]:
        """Return the first and last left count of cells, shape (cells,) each."""
        one, other = self.tree.children(node)
        low, high = self.windows(group)
        first = np.maximum(low[one, base], count - high[other, base])
        return first, np.minimum(high[one, base], count - low[other, base])

    def split_cells(
        self, node: int, group: str, base: IntArray, count: IntArray
    ) -> tuple[IntArray, FloatArray]:
        """Return the first left count of cells, and weights from it on, (cells,), (cells, width).

        A weight is the probability of a left count given the count, times that of what is published
        below on either side, and of the sum of rounded parts if the figure is one.
        """
        first, last = self._left_window(node, group, base, count)
        width = int((last - first).max(initial=0)) + 1
        out = np.zeros((len(base), width))
        sides = [self.band(child, group) for child in self.tree.children(node)]
        law = self.law_by_node(node)
        parts = self.adds_rounded_parts(node, group)
        for rows in row_blocks(len(base), width):
            b, c = base[rows, None], count[rows, None]
            l = first[rows, None] + np.arange(width)
            weight = law.at(l, c) * sides[0].at(b, l) * sides[1].at(b, c - l)
            if parts is not None and self.two_parts(node):
                inside = weight > 0
                left, right = np.where(inside, l, 0), np.where(inside, c - l, 0)
                units = sum(
                    round_share(part, np.maximum(b, 1), parts.digits, self.scenario.rounding)
                    for part in (left, right)
                )
                weight = weight * self.figures.of_units(parts, np.asarray(units))
            out[rows] = weight
        return first, out

    def laws_of_cells(
        self, node: int, groups: Mapping[int, str], kind: IntArray, base: IntArray, count: IntArray
    ) -> tuple[IntArray, FloatArray]:
        """Return the laws of left counts as `Tables` does, each from its window's start on."""
        found = {
            k: self.split_cells(node, group, base[kind == k], count[kind == k])
            for k, group in groups.items()
        }
        start = np.zeros(len(base), dtype=np.int64)
        weight = np.zeros((len(base), max(own.shape[1] for _, own in found.values())))
        for k, (first, own) in found.items():
            start[kind == k] = first
            weight[kind == k, : own.shape[1]] = own
        return start, weight

    def moments(self, node: int, group: str) -> tuple[FloatArray, FloatArray]:
        """Return mean and variance of the count given each size and all the group's figures.

        Shape (largest + 1,) each; 0 at sizes that cannot be. Of sizes that allow many counts one
        in some is computed, and those between lie between: a mean is then off by a count or so.
        """
        sizes = self._some_sizes(node, group)
        band = self._law_of_count(node, group, sizes)
        mean, variance = np.zeros(len(sizes)), np.zeros(len(sizes))
        for rows in row_blocks(len(sizes), band.width):
            law, count = band.dense(rows), band.counts(rows)
            mean[rows] = (law * count).sum(axis=1)
            variance[rows] = (law * (count - mean[rows, None]) ** 2).sum(axis=1)
        return self._between(group, sizes, mean), self._between(group, sizes, variance, power=2)

    def _between(
        self, group: str, sizes: IntArray, values: FloatArray, power: int = 1
    ) -> FloatArray:
        """Return what is known of some sizes for all, (largest + 1,), as shares of n or of n^2."""
        size = np.arange(self.largest + 1)
        if not len(sizes):
            return np.zeros(len(size))
        share = np.interp(size, sizes, values / np.maximum(sizes, 1) ** power)
        return np.where(self.root(group) > 0, share * size**power, 0.0)

    def _some_sizes(self, node: int, group: str) -> IntArray:
        """Return the sizes that can be, fewer of those that allow many counts."""
        low, high = (ends[node] for ends in self.windows(group))
        size = np.arange(self.largest + 1)
        apart = np.where(high - low + 1 < MANY_COUNTS, 1, np.maximum(size // FINE, 1))
        return np.flatnonzero((self.root(group) > 0) & (size % apart == 0))

    def count_law(self, node: int, group: str, sizes: IntArray) -> FloatArray:
        """Return the law of the count given sizes and all the group's figures, (sizes, counts)."""
        band = self._law_of_count(node, group, sizes)
        return band.at(np.arange(len(sizes))[:, None], np.arange(self.largest + 1)[None, :])

    def _law_of_count(self, node: int, group: str, sizes: IntArray) -> Band:
        """Return the law of a count given some sizes and all figures of the group.

        Of a sum of rounded parts the rounding is left out on the way down to its parts.
        """
        band = self.band(node, group).of(sizes)
        law = band.dense() * self._above(node, group, sizes)
        norm = law.sum(axis=1, keepdims=True)
        return Band(band.start, band.stop, law / np.where(norm > 0, norm, 1.0))

    def _above(self, node: int, group: str, sizes: IntArray) -> FloatArray:
        """Return the probability of counts and of all that is published beside and above a node."""
        band = self.band(node, group).of(sizes)
        if node == 0:
            return band.inside().astype(float)
        parent = next(v for v, at in enumerate(self.tree.nodes) if node in (at.left, at.right))
        (other,) = set(self.tree.children(parent)) - {node}
        law = law_of_child(self.tree, parent, node, self.largest)
        beside = self.band(other, group).of(sizes)
        window = Band(*(side[parent] + i for i, side in enumerate(self.windows(group))))
        factor = replace(window, values=self._factors(parent, group, window)).of(sizes)
        above = replace(factor, values=self._above(parent, group, sizes) * factor.dense())
        out = np.zeros((len(sizes), band.width))
        for rows in row_blocks(len(out), band.width + above.width + beside.width, IN_CACHE):
            found = _downwards(band, above, beside, law, rows, self.largest)
            out[rows] = found * band.inside(rows)
        return out


def _downwards(
    own: Band, above: Band, beside: Band, law: SplitWeights, rows: slice, largest: int
) -> FloatArray:
    """Return the sum over the counts above of what each says of a child's count, and the other's.

    Over the counts above or beside, whichever are fewer.
    """
    x, s, c = (np.minimum(band.counts(rows), largest) for band in (own, beside, above))
    start = [band.start[rows] for band in (own, beside, above)]
    out = np.zeros(x.shape)
    for of_own, of_beside, of_whole in zip(law.left, law.right, law.whole, strict=True):
        sibling, whole = beside.dense(rows) * of_beside[s], above.dense(rows) / of_whole[c]
        if above.width <= beside.width:  # from the child's last count on
            first = start[2] - start[0] - start[1] - (own.width - 1)
            found = correlated(whole, sibling, first, own.width)[:, ::-1]
        else:
            found = correlated(sibling, whole, start[0] + start[1] - start[2], own.width)
        out += of_own[x] * found
    return out / len(law.left)
