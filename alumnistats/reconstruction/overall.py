r"""The law of all groups' totals: what the overall figures of a question say of them.

The overall figures are shares of one base total. Each gives every total at its node a weight: 0 or
1 where figures are right, a probability where they may be misprinted. From the leaves to the root
follows the weight of the best division of a total,

.. math:: A_v(t) = w_v(t) \max_l A_{left}(l)\, A_{right}(t - l),

which is whether any division is allowed where weights are 0 or 1. It guides the drawing of totals,
and is divided out again when a total is divided.

Below nodes that no group's figure divides a total splits as one group's count would, and the
probability of the figures there is summed over its divisions. A figure that is the sum of rounded
parts depends on how the total divides into its parts, so that the law of the parts' sum is carried
from the leaves upward:

.. math:: L_v(t)[s] = \sum_l P(l \mid t) \sum_{s' + s'' = s} L_{left}(l)[s'] L_{right}(t - l)[s''],

with the sums that contradict the figure at ``v`` left out.

Of a question that was asked of some respondents only, and of which no group publishes anything, the
total of the base alone matters. Then the probability of its overall figures belongs to the law of
the tree that the base is in, as that of the tree's own overall figures does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_prior import log_split
from alumnistats.reconstruction.published import Exact, Weights, agreeing_range, forced_range
from alumnistats.reconstruction.question_tree import OVERALL, Published, Tree, base_of
from alumnistats.remainders import adds_up
from alumnistats.rounding import RoundingRule, agreeing_counts, round_share

REMEMBERED = 500  # laws by tree, base total and convention: many solutions and scenarios ask
REMEMBERED_CHANCES = 5000  # probabilities of nested questions' figures, by base total

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


class Nested(NamedTuple):
    """A tree whose base is a node of another one, with all whose bases are its own nodes."""

    node: int
    tree: Tree
    below: tuple[Nested, ...]


@dataclass(frozen=True, eq=False)
class OverallLaw:
    """The law of a tree's totals for one base total and convention.

    Attributes
    ----------
    tree : Tree
    base : int
        Respondents in the base.
    rounding : RoundingRule
    own : dict of ndarray, shape (base + 1,)
        By node with a figure: its weight for every total.
    ahead : dict of ndarray, shape (base + 1,)
        By node: weight of the best division of every total, its own figure included.
    sums : frozenset of int
        Measures whose figures are sums of rounded parts that have to add up.
    asked : dict of Chance
        By node: how probable the figures of questions asked of the respondents at it are.
    """

    tree: Tree
    base: int
    rounding: RoundingRule
    own: Mapping[int, Weights]
    ahead: Mapping[int, Weights]
    sums: frozenset[int] = frozenset()
    asked: Mapping[int, Chance] = field(default_factory=dict)
    _known: dict[tuple[int, int, Units], dict[Units, float]] = field(default_factory=dict)

    @cached_property
    def certain(self) -> bool:
        """Whether totals are allowed or not, and nothing between."""
        return all(weight.dtype == np.bool_ for weight in self.own.values())

    def units(self, total: IntArray, digits: int) -> IntArray:
        """Return the rounded shares of totals."""
        return round_share(total, max(self.base, 1), digits, self.rounding)

    def weight(self, node: int, total: int, needed: Sequence[Needed] = ()) -> float:
        """Return the probability of the figures at and below a node given its total.

        Together with that of what its rounded parts must add to, if an enclosing figure says so.
        """
        if not self.certain:
            return float(self.pooled[node][total]) if total <= self.base else 0.0
        law = self.law(node, total, tuple(one.digits for one in needed))
        return sum(
            p
            for units, p in law.items()
            if all(one.low <= u <= one.high for one, u in zip(needed, units, strict=True))
        )

    @cached_property
    def pooled(self) -> dict[int, FloatArray]:
        """Probability of the figures at and below a node, by total: for all totals together.

        Totals split as one group's count would, by a Dirichlet-multinomial law, whose sums over
        divisions are convolutions. It looks at no rounded parts and at no nested questions.
        """
        found: dict[int, FloatArray] = {}
        for v in range(len(self.tree.nodes) - 1, -1, -1):  # children come after their parent
            found[v] = self.own.get(v, np.ones(self.base + 1)).astype(float)
            if any(u in self.own for u in self.tree.below(v) if u != v):
                left, right = self.tree.children(v)
                both = self._divisions(left) * found[left], self._divisions(right) * found[right]
                found[v] = found[v] * np.convolve(*both)[: self.base + 1] / self._divisions(v)
        return found

    def _divisions(self, node: int) -> FloatArray:
        """Return how often each total divides into the node's options."""
        options, total = self.tree.nodes[node].leaves, np.arange(self.base + 1)
        return np.exp(gammaln(total + options) - gammaln(total + 1) - gammaln(options))

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
        at = self.tree.nodes[node]
        if total > self.base or not self.ahead[node][total]:
            return {}
        if at.left is None:
            return {tuple(self.units(np.array(total), d).item() for d in wanted): 1.0}
        figures = {*self.tree.totals, *self.asked}
        below = any(v in figures for v in self.tree.below(node) if v != node)
        if not wanted and node not in self.sums and not below:
            return {(): 1.0}
        if node not in self.sums:
            return self._divided(node, total, wanted)
        own, out = self.tree.totals[node], dict[Units, float]()
        for sums, p in self._divided(node, total, (*wanted, own.digits)).items():
            if (own.low or 0) <= sums[-1] <= (own.high or 0):
                out[sums[:-1]] = out.get(sums[:-1], 0.0) + p
        return out

    def _divided(self, node: int, total: int, digits: Units) -> dict[Units, float]:
        """Return the law of the parts' sums over the divisions of an inner node's total.

        Two single options at once; otherwise one left total after the other.
        """
        (one, other), (left, share) = self.tree.children(node), self._splits(node, total)
        if self._both_leaves(node):
            for child, counts in ((one, left), (other, total - left)):
                if child in self.asked:
                    share = share * [self.asked[child](c) for c in counts.tolist()]
            units = [self.units(left, d) + self.units(total - left, d) for d in digits]
            rows = np.stack([*units, np.zeros_like(left)], axis=1)
            found, which = np.unique(rows, axis=0, return_inverse=True)
            mass = np.bincount(which.reshape(-1), share, minlength=len(found)).tolist()
            return {tuple(row[:-1]): p for row, p in zip(found.tolist(), mass, strict=True)}
        law: dict[Units, float] = {}
        for l, p in zip(left.tolist(), share.tolist(), strict=True):
            right = self.law(other, total - l, digits)
            for sums, first in self.law(one, l, digits).items():
                for more, second in right.items():
                    both = tuple(a + b for a, b in zip(sums, more, strict=True))
                    law[both] = law.get(both, 0.0) + p * first * second
        return law

    def _splits(self, node: int, total: int) -> tuple[IntArray, FloatArray]:
        """Return the left totals that the figures allow, and their probabilities."""
        one, other = self.tree.children(node)
        left = np.flatnonzero(self.ahead[one][: total + 1])
        left = left[self.ahead[other][total - left] > 0]
        leaves = self.tree.nodes[one].leaves, self.tree.nodes[other].leaves
        return left, np.exp(log_split(left, total, *leaves))

    def _both_leaves(self, node: int) -> bool:
        return all(self.tree.nodes[child].left is None for child in self.tree.children(node))

    def left_totals(self, node: int, total: int, needed: Sequence[Needed] = ()) -> Weights:
        """Return the weight of each left total at a split, shape (total + 1,).

        What rounded parts must add to is looked at where both children are single options.
        """
        out = np.zeros(total + 1, dtype=bool)
        if total > self.base or not (self.ahead[node][total] and self.ahead[0][self.base]):
            return out
        one, other = self.tree.children(node)
        weight = self.ahead[one][: total + 1] * self.ahead[other][total::-1]
        if not needed or not self._both_leaves(node):
            return weight
        left = np.flatnonzero(weight)
        for one_sum in needed:
            units = self.units(left, one_sum.digits) + self.units(total - left, one_sum.digits)
            left = left[(units >= one_sum.low) & (units <= one_sum.high)]
        out[left] = True
        return weight * out

    def law_below(
        self, start: int, total: int, target: int, needed: tuple[Needed, ...] = ()
    ) -> dict[int, float]:
        """Return the law of the total at `target` given that at `start` and the overall figures.

        Below `start` no group publishes anything, so totals split as a single count would. `needed`
        is what the rounded parts below `start` must add to.
        """
        path = self.tree.path(start, target)
        if not self.certain:
            law = self._pooled_below(path, total)
            found = np.flatnonzero(law)
            return dict(zip(found.tolist(), (law[found] / law.sum()).tolist(), strict=True))
        states = {(total, needed): 1.0}
        for parent, child in pairwise(path):
            new: dict[tuple[int, tuple[Needed, ...]], float] = {}
            for (count, rest), share in states.items():
                splits = self._next_splits(parent, count, child, rest)
                norm = sum(splits.values())
                for state, p in splits.items():
                    new[state] = new.get(state, 0.0) + share * p / norm
            states = new
        out: dict[int, float] = {}
        for (count, _), p in states.items():
            out[count] = out.get(count, 0.0) + p
        return out

    def _pooled_below(self, path: Sequence[int], total: int) -> FloatArray:
        """Return the law of the total at the end of a path of nodes, without rounded parts."""
        law = np.zeros(self.base + 1)
        law[total] = 1.0
        for parent, child in pairwise(path):
            (other,) = set(self.tree.children(parent)) - {child}
            one = self._divisions(child) * self.pooled[child]
            rest = self._divisions(other) * self.pooled[other]
            norm = np.convolve(one, rest)[: self.base + 1]
            share = np.divide(law, norm, out=np.zeros_like(law), where=norm > 0)
            law = one * np.convolve(share[::-1], rest)[: self.base + 1][::-1]
        return law

    def _next_splits(
        self, node: int, total: int, child: int, needed: Sequence[Needed]
    ) -> dict[tuple[int, tuple[Needed, ...]], float]:
        """Return the law of a child's total, with what its parts must add to then.

        Shape: ``(total, needed) -> probability`` of both, and of all figures at and below the node.
        """
        one, other = self.tree.children(node)
        other = other if child == one else one
        if node in self.sums:
            own = self.tree.totals[node]
            needed = (*needed, Needed(own.digits, own.low or 0, own.high or 0))
        wanted = tuple(some.digits for some in needed)
        out: dict[tuple[int, tuple[Needed, ...]], float] = {}
        left, share = self._splits(node, total)
        for l, p in zip(left.tolist(), share.tolist(), strict=True):
            mine = l if child == one else total - l
            for units, q in self.law(other, total - mine, wanted).items():
                rest = tuple(
                    Needed(some.digits, some.low - u, some.high - u)
                    for some, u in zip(needed, units, strict=True)
                )
                weight = p * q * self.weight(child, mine, rest)
                if weight > 0:
                    out[mine, rest] = out.get((mine, rest), 0.0) + weight
        return out

    def enclosing_sums(self, node: int, totals: Mapping[int, int]) -> tuple[Needed, ...]:
        """Return what the rounded parts below a node must add to, given the totals of all others.

        Parameters
        ----------
        node : int
        totals : dict
            By node, as far as they are known.

        Returns
        -------
        tuple of Needed
            One for each enclosing figure that is a sum of rounded parts, those with parts elsewhere
            of which the total is not known left out.
        """
        found = []
        for v, others in other_parts(self.tree, node, self.sums).items():
            if any(u not in totals for u in others):
                continue
            own, known = self.tree.totals[v], np.array([totals[u] for u in others], dtype=np.int64)
            gone = int(self.units(known, own.digits).sum())
            found.append(Needed(own.digits, (own.low or 0) - gone, (own.high or 0) - gone))
        return tuple(found)


def sums_of_parts(tree: Tree, scenario: Scenario, figures: Exact) -> frozenset[int]:
    """Return the measures whose overall figures are sums of rounded parts that have to add up."""
    forced = scenario.adding_up == "forced"
    return _sums(tree, figures, added=scenario.added(tree.question), forced=forced)


def _sums(tree: Tree, figures: Exact, *, added: bool, forced: bool) -> frozenset[int]:
    if not (added and figures.certain) or (forced and OVERALL in tree.in_full):
        return frozenset()
    return frozenset(v for v in tree.measures & set(tree.totals) if tree.totals[v].low is not None)


def other_parts(tree: Tree, node: int, sums: Set[int]) -> dict[int, tuple[int, ...]]:
    """Return the measures at or above a node that are sums, with their other parts."""
    inside, found = set(tree.below(node)), {}
    for v in sorted(sums):
        below = tree.below(v)
        if node in below:
            parts = [u for u in below if tree.nodes[u].left is None]
            found[v] = tuple(u for u in parts if u not in inside)
    return found


def law_of_totals(
    tree: Tree,
    base: int,
    scenario: Scenario,
    figures: Exact,
    nested: tuple[Nested, ...] = (),
) -> OverallLaw:
    """Return the law of a tree's totals, with what is asked of those at nodes without counts.

    Where distributions are forced to sum to 100, totals that no box (`forced_sums`) holds may be
    among the allowed ones.

    Parameters
    ----------
    tree : Tree
    base : int
        Number of respondents in its base.
    scenario : Scenario
    figures : Exact
        Law of a figure.
    nested : tuple of Nested
        As of `nested_in`.
    """
    forced = scenario.adding_up == "forced"
    added = scenario.added(tree.question)
    plain = _plain_law(tree, base, scenario.rounding, figures, added=added, forced=forced)
    if not nested or not figures.certain:
        return plain
    asked = {one.node: partial(_asked, nested, one.node, scenario, figures) for one in nested}
    return replace(plain, asked=asked, _known={})


def _asked(
    nested: tuple[Nested, ...], node: int, scenario: Scenario, figures: Exact, total: int
) -> float:
    some = [one for one in nested if one.node == node]
    return prod(_chance(one.tree, one.below, total, scenario, figures) for one in some)


@lru_cache(maxsize=REMEMBERED_CHANCES)
def _chance(
    tree: Tree, below: tuple[Nested, ...], total: int, scenario: Scenario, figures: Exact
) -> float:
    """Return the probability of the overall figures of a question asked of so many respondents."""
    return law_of_totals(tree, total, scenario, figures, below).weight(0, total)


def nested_in(
    trees: Mapping[str, Tree], name: str, scenario: Scenario, counted: Set[tuple[str, int]]
) -> tuple[Nested, ...]:
    """Return all whose bases are nodes of a tree that have no counts by group.

    `counted` is as of `counted_nodes`.
    """
    found = []
    for other in trees.values():
        at = base_of(other, scenario)
        if at.tree == name and (name, at.node) not in counted:
            found.append(Nested(at.node, other, nested_in(trees, other.name, scenario, counted)))
    return tuple(found)


@lru_cache(maxsize=REMEMBERED)
def _plain_law(
    tree: Tree, base: int, rounding: RoundingRule, figures: Exact, *, added: bool, forced: bool
) -> OverallLaw:
    own: dict[int, Weights] = {}
    ahead: dict[int, Weights] = {}
    total, size = np.arange(base + 1), np.full(base + 1, base)
    for v in range(len(tree.nodes) - 1, -1, -1):  # children come after their parent
        at = tree.nodes[v]
        best: Weights = np.ones(base + 1, dtype=bool)
        if at.left is not None and at.right is not None:
            best = best_division(ahead[at.left], ahead[at.right])
        if v in tree.totals:
            ends = range_of_total(tree, v, size, rounding, added=added, forced=forced)
            if ends is None:
                own[v] = _weight_of_sum(tree, v, base, rounding, figures, ahead)
            elif forced:
                own[v] = (total >= ends[0]) & (total <= ends[1])
            else:
                own[v] = figures.chance(tree.totals[v], total, size, rounding)
            best = best * own[v]
        best.flags.writeable = False
        ahead[v] = best
    sums = _sums(tree, figures, added=added, forced=forced)
    return OverallLaw(tree, base, rounding, own, ahead, sums)


def best_division(left: Weights, right: Weights) -> Weights:
    """Return the largest product of two parts of each sum."""
    few, many = sorted((left, right), key=np.count_nonzero)
    out = np.zeros(len(few), dtype=np.result_type(few, many))
    ends = _run(few), _run(many)
    if ends[0] is not None and ends[1] is not None:  # as where no figure ties the parts
        out[ends[0][0] + ends[1][0] : ends[0][1] + ends[1][1] + 1] = True
        return out
    for l in np.flatnonzero(few).tolist():
        np.maximum(out[l:], few[l] * many[: len(many) - l], out=out[l:])
    return out


def _run(weights: Weights) -> tuple[int, int] | None:
    """Return the first and last total where all between are allowed alike; None elsewhere."""
    if weights.dtype != bool or not weights.any():
        return None
    first, last = int(np.argmax(weights)), len(weights) - 1 - int(np.argmax(weights[::-1]))
    return (first, last) if weights[first : last + 1].all() else None


def _weight_of_sum(
    tree: Tree,
    node: int,
    base: int,
    rounding: RoundingRule,
    figures: Exact,
    below: Mapping[int, Weights],
) -> Weights:
    """Return the weight of totals by a figure that is a sum of rounded parts."""
    window = window_of_parts(tree, node, base, rounding, below)
    published, total = tree.totals[node], np.arange(base + 1)

    def chance() -> FloatArray:
        every = {u: np.ones(base + 1, dtype=bool) for u in tree.below(node)}
        alone = replace(tree, totals={node: published})
        own = {node: window_of_parts(tree, node, base, rounding, every)}
        law = OverallLaw(alone, base, rounding, own, every | own, frozenset([node]))
        found = np.zeros(base + 1)
        for t in np.flatnonzero(own[node]).tolist():
            found[t] = law.weight(node, t)
        return found

    units = round_share(total, max(base, 1), published.digits, rounding)
    return figures.of_sum(published, units, window, chance) * _beside(published, base)


def range_of_total(
    tree: Tree,
    node: int,
    bases: IntArray,
    rounding: RoundingRule,
    *,
    added: bool,
    forced: bool,
) -> tuple[IntArray, IntArray] | None:
    """Return the first and last total that an overall figure allows; none where last < first.

    None where the figure is a sum of rounded parts, on which it depends then. Of a distribution
    that is forced to sum to 100 every total of an option within a unit is in the range.
    """
    published = tree.totals[node]
    whole = tree.in_full.get(OVERALL) if forced else None
    if whole is not None:
        if not adds_up(whole.units, whole.digits):
            return np.zeros_like(bases), np.full_like(bases, -1)
        return forced_range(tree, whole, node, published, bases, rounding, added=added)
    if added and node in tree.measures and published.low is not None:
        return None
    return agreeing_range(published, bases, rounding)


def window_of_parts(
    tree: Tree, node: int, base: int, rounding: RoundingRule, below: Mapping[int, Weights]
) -> BoolArray:
    """Return the totals of a measure whose overall figure is the sum of rounded parts."""
    published, parts = tree.totals[node], tree.parts(node)
    low, high = int(published.low or 0), int(published.high or 0)
    out = np.zeros(base + 1, dtype=bool)
    if base == 0:  # nobody has no share
        return out
    if len(parts) == 2:
        left, right = (np.flatnonzero(below[child]) for child in tree.children(node))
        shares = round_share(right, base, published.digits, rounding)
        needed = round_share(left, base, published.digits, rounding)
        # Shares rise with counts, so each left count goes with a run of right counts.
        first = np.searchsorted(shares, low - needed, side="left")
        last = np.searchsorted(shares, high - needed, side="right")
        for l, i, j in zip(left.tolist(), first.tolist(), last.tolist(), strict=True):
            total = l + right[i:j]
            out[total[total <= base]] = True
        return out & _beside(published, base)
    # Three parts or more: every total within one unit a part, which contains all that can occur.
    start, _ = agreeing_counts(low - len(parts), base, published.digits, rounding)
    _, end = agreeing_counts(high + len(parts), base, published.digits, rounding)
    out[max(int(start), 0) : int(end) + 1] = True
    return out & _beside(published, base)


def _beside(published: Published, base: int) -> BoolArray:
    """Return which totals a count and a size beside a share allow."""
    known = np.full(base + 1, published.nobs in (None, base) and base > 0)
    if published.count is not None:
        known &= np.arange(base + 1) == published.count
    return known


def possible_bases(tree: Tree, bases: IntArray, scenario: Scenario) -> BoolArray:
    """Return which base totals the overall figures of a tree may belong to, shape of `bases`.

    Interval arithmetic on all totals at once: a total that is ruled out is impossible, one that is
    not may still be (`law_of_totals` decides).
    """
    added, forced = scenario.added(tree.question), scenario.adding_up == "forced"
    low = np.zeros((len(tree.nodes), len(bases)), dtype=np.int64)
    high = np.broadcast_to(bases, low.shape).copy()
    possible = np.ones(len(bases), dtype=bool)
    for v in range(len(tree.nodes) - 1, -1, -1):
        at = tree.nodes[v]
        if at.left is not None and at.right is not None:
            low[v] = low[at.left] + low[at.right]
            high[v] = np.minimum(high[at.left] + high[at.right], bases)
        ends = None
        if v in tree.totals:
            ends = range_of_total(tree, v, bases, scenario.rounding, added=added, forced=forced)
        if ends is not None:
            low[v], high[v] = np.maximum(low[v], ends[0]), np.minimum(high[v], ends[1])
        possible &= low[v] <= high[v]
    return np.asarray(possible & (low[0] <= bases) & (high[0] >= bases))
