r"""How probable the overall figures below a node are given its total, where no group prints any.

There a total splits as one group's count would. A figure that is the rounded share of a total is
right or wrong by that total alone; one that is the sum of rounded parts depends on how the total
divides into its parts, so that the law of the parts' sum is carried from the leaves upward:

.. math:: L_v(t)[s] = \sum_l P(l \mid t) \sum_{s' + s'' = s} L_{left}(l)[s'] L_{right}(t - l)[s''],

with the sums that contradict the figure at ``v`` left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.split_laws import log_split
from alumnistats.reconstruction.structure import Printed, Tree
from alumnistats.rounding import RoundingRule, round_share

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Units = tuple[int, ...]
"""Sums of rounded parts, one for each number of decimals that an enclosing figure has."""
Chance = Callable[[int], float]
"""Probability by a total."""


@dataclass(frozen=True)
class Needed:
    """What rounded parts must still add to, in units of the last of so many decimals."""

    digits: int
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class PartsLaws:
    """Laws of the sums of rounded parts, for one tree, base total and convention.

    Attributes
    ----------
    tree : Tree
    base : int
        Respondents in the base.
    rounding : RoundingRule
    added : bool
        Whether subtotals are sums of rounded shares.
    sets : dict of ndarray of bool, shape (base + 1,)
        Which totals of each node the overall figures allow.
    asked : dict of Chance
        By node: how probable the figures of questions asked of the respondents at it are.
    """

    tree: Tree
    base: int
    rounding: RoundingRule
    added: bool
    sets: Mapping[int, BoolArray]
    asked: Mapping[int, Chance] = field(default_factory=dict)
    _known: dict[tuple[int, int, Units], dict[Units, float]] = field(default_factory=dict)

    def added_figure(self, node: int) -> Printed | None:
        """Return the figure of a measure if it is the sum of its rounded parts."""
        return self.tree.totals[node] if self.added and is_sum(self.tree, node) else None

    def weight(self, node: int, total: int, needed: Sequence[Needed] = ()) -> float:
        """Return the probability of the figures at and below a node given its total.

        Together with that of what its rounded parts must add to, if an enclosing figure says so.
        """
        law = self.law(node, total, tuple(one.digits for one in needed))
        return sum(
            p
            for units, p in law.items()
            if all(one.low <= u <= one.high for one, u in zip(needed, units, strict=True))
        )

    def law(self, node: int, total: int, wanted: Units) -> dict[Units, float]:
        """Return the law of the sums of rounded parts, with that many decimals each.

        It sums to the probability of the figures at and below the node.
        """
        key = node, total, wanted
        if key not in self._known:
            law = self._law(node, total, wanted)
            if law and node in self.asked:
                chance = self.asked[node](total)
                law = {units: p * chance for units, p in law.items()}
            self._known[key] = law
        return self._known[key]

    def _law(self, node: int, total: int, wanted: Units) -> dict[Units, float]:
        at, own = self.tree.nodes[node], self.added_figure(node)
        if total >= len(self.sets[node]) or not self.sets[node][total]:
            return {}
        if at.left is None or at.right is None:
            return {tuple(self._units(np.array(total), d).item() for d in wanted): 1.0}
        told = {*self.tree.totals, *self.asked}
        below = any(v in told for v in self.tree.below(node) if v != node)
        if not wanted and own is None and not below:
            return {(): 1.0}
        asked = wanted if own is None else (*wanted, own.digits)
        law = self._divided(node, total, asked)
        if own is None:
            return law
        out: dict[Units, float] = {}
        for sums, p in law.items():
            if (own.low or 0) <= sums[-1] <= (own.high or 0):
                out[sums[:-1]] = out.get(sums[:-1], 0.0) + p
        return out

    def _divided(self, node: int, total: int, asked: Units) -> dict[Units, float]:
        """Return the law of the parts' sums over the ways in which an inner node's total divides.

        Two single options at once; otherwise one left total after the other.
        """
        at, (left, share) = self.tree.nodes[node], self._splits(node, total)
        assert at.left is not None and at.right is not None  # callers pass inner nodes
        if self._both_leaves(node):
            for child, counts in ((at.left, left), (at.right, total - left)):
                if child in self.asked:
                    share = share * [self.asked[child](c) for c in counts.tolist()]
            units = [self._units(left, d) + self._units(total - left, d) for d in asked]
            rows = np.stack([*units, np.zeros_like(left)], axis=1)
            found, which = np.unique(rows, axis=0, return_inverse=True)
            mass = np.bincount(which.reshape(-1), share, minlength=len(found)).tolist()
            return {tuple(row[:-1]): p for row, p in zip(found.tolist(), mass, strict=True)}
        law: dict[Units, float] = {}
        for l, p in zip(left.tolist(), share.tolist(), strict=True):
            right = self.law(at.right, total - l, asked)
            for one, first in self.law(at.left, l, asked).items():
                for other, second in right.items():
                    both = tuple(a + b for a, b in zip(one, other, strict=True))
                    law[both] = law.get(both, 0.0) + p * first * second
        return law

    def _splits(self, node: int, total: int) -> tuple[IntArray, npt.NDArray[np.float64]]:
        """Return the left totals that the figures allow, and their probabilities."""
        at = self.tree.nodes[node]
        assert at.left is not None and at.right is not None  # callers pass inner nodes
        left = np.flatnonzero(self.sets[at.left][: total + 1])
        left = left[self.sets[at.right][total - left]]
        leaves = self.tree.nodes[at.left].leaves, self.tree.nodes[at.right].leaves
        return left, np.exp(log_split(left, total, *leaves))

    def _both_leaves(self, node: int) -> bool:
        at = self.tree.nodes[node]
        return all(c is not None and self.tree.nodes[c].left is None for c in (at.left, at.right))

    def _units(self, total: IntArray, digits: int) -> IntArray:
        return round_share(total, max(self.base, 1), digits, self.rounding)

    def left_totals(self, node: int, total: int, needed: Sequence[Needed] = ()) -> BoolArray:
        """Return which left totals the figures allow at a split, shape (total + 1,)."""
        out = np.zeros(total + 1, dtype=bool)
        if total > self.base or not (self.sets[node][total] and self.sets[0][self.base]):
            return out
        left, _ = self._splits(node, total)
        for one in needed:
            units = self._units(left, one.digits) + self._units(total - left, one.digits)
            left = left[(units >= one.low) & (units <= one.high)]
        out[left] = True
        return out

    def next_splits(
        self, node: int, total: int, child: int, needed: Sequence[Needed] = ()
    ) -> dict[tuple[int, tuple[Needed, ...]], float]:
        """Return the law of a child's total, with what its parts must add to then.

        Shape: ``(total, needed) -> probability`` of both, and of all figures at and below the node.
        """
        at, own = self.tree.nodes[node], self.added_figure(node)
        other = at.right if child == at.left else at.left
        assert other is not None and at.left is not None  # an inner node
        if own is not None:
            needed = (*needed, Needed(own.digits, own.low or 0, own.high or 0))
        wanted = tuple(one.digits for one in needed)
        out: dict[tuple[int, tuple[Needed, ...]], float] = {}
        left, share = self._splits(node, total)
        for l, p in zip(left.tolist(), share.tolist(), strict=True):
            mine = l if child == at.left else total - l
            for units, q in self.law(other, total - mine, wanted).items():
                rest = tuple(
                    Needed(one.digits, one.low - u, one.high - u)
                    for one, u in zip(needed, units, strict=True)
                )
                weight = p * q * self.weight(child, mine, rest)
                if weight > 0:
                    out[mine, rest] = out.get((mine, rest), 0.0) + weight
        return out


def enclosing_sums(laws: PartsLaws, node: int, totals: Mapping[int, int]) -> tuple[Needed, ...]:
    """Return what the rounded parts below a node must add to, given the totals of all others.

    Parameters
    ----------
    laws : PartsLaws
    node : int
    totals : dict
        By node, as far as they are known.

    Returns
    -------
    tuple of Needed
        One for each enclosing figure that is a sum of rounded parts, those with parts elsewhere of
        which the total is not known left out.
    """
    tree, found = laws.tree, []
    for v, others in other_parts(laws.tree, node, added=laws.added).items():
        if any(u not in totals for u in others):
            continue
        printed, known = tree.totals[v], np.array([totals[u] for u in others], dtype=np.int64)
        units = round_share(known, max(laws.base, 1), printed.digits, laws.rounding)
        gone = int(units.sum())
        found.append(Needed(printed.digits, (printed.low or 0) - gone, (printed.high or 0) - gone))
    return tuple(found)


def other_parts(tree: Tree, node: int, *, added: bool) -> dict[int, tuple[int, ...]]:
    """Return the measures at or above a node that are printed as sums, with their other parts."""
    inside, found = set(tree.below(node)), {}
    for v in sorted(tree.totals) if added else ():
        below = tree.below(v)
        if node in below and is_sum(tree, v):
            parts = [u for u in below if tree.nodes[u].left is None]
            found[v] = tuple(u for u in parts if u not in inside)
    return found


def is_sum(tree: Tree, node: int) -> bool:
    """Return whether an overall figure may be the sum of rounded parts."""
    printed = tree.totals.get(node)
    return node in tree.measures and printed is not None and printed.low is not None
