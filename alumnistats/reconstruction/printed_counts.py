r"""Likelihoods of figures that may be misprinted: mixtures of "right" and "misprinted".

Where figures are right, a print rules counts out; where they may be misprinted (`typos`), every
count has a positive probability of every print. The passes stay the same and exact: a group's
tables hold probabilities instead of zeros and ones, so that all of a group's figures are averaged
over together, and each total of all respondents has a weight instead of being allowed or not.

Overall figures at and below a node enter before the totals below are drawn, by the weight of the
best division of the total,

.. math:: H_v(t) = w_v(t) \max_l H_{left}(l)\, H_{right}(t - l),

which guides the drawing and is divided out again when the total is divided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
from scipy.special import gammaln

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.likelihood import BoolArray, GroupTables, IntArray
from alumnistats.reconstruction.particles import CountSampler
from alumnistats.reconstruction.rounded_parts import PartsLaws
from alumnistats.reconstruction.split_laws import CountLaw, FloatArray
from alumnistats.reconstruction.structure import Printed, Tree
from alumnistats.reconstruction.totals import total_pass
from alumnistats.reconstruction.typos import Typos
from alumnistats.reconstruction.windows import parts_laws, window_of_parts
from alumnistats.rounding import RoundingRule, full_scale, round_share

CELLS = 2_000_000  # numbers in the splits of a measure's parts that are held at a time
REMEMBERED = 500  # base totals, by tree and convention


def chance_of_print(
    printed: Printed, count: IntArray, size: IntArray, rule: RoundingRule, typos: Typos
) -> FloatArray:
    """Return the probability of a print given counts and sizes, which broadcast."""
    count, size = np.broadcast_arrays(count, size)
    known = (count <= size) & np.ones_like(count, dtype=bool)
    if printed.count is not None:
        known &= count == printed.count
    if printed.nobs is not None:
        known &= size == printed.nobs
    if printed.low is None or printed.high is None:
        return known.astype(float)
    known &= size > 0  # a share of nobody is not printed
    units = round_share(np.where(known, count, 0), np.maximum(size, 1), printed.digits, rule)
    return known * typos.chance(units, printed.low, printed.high, printed.digits)


class DenseTables(GroupTables):
    """`GroupTables` whose tables have no zeros to be skipped."""

    def _mix_both(self, left: FloatArray, right: FloatArray, law: FloatArray) -> FloatArray:
        table = np.zeros_like(left)
        for l in range(self.largest + 1):
            room = self.largest + 1 - l
            table[:, l:] += left[:, l, None] * law[l, l:] * right[:, :room]
        return table


class DoubtfulTables(DenseTables):
    """`GroupTables` of figures that may be misprinted.

    Parameters
    ----------
    tree, scenario, largest, attached, cache, laws
        As of `GroupTables`.
    typos : Typos
    """

    def __init__(
        self,
        tree: Tree,
        scenario: Scenario,
        largest: int,
        attached: Mapping[tuple[int, str], tuple[object, FloatArray]] | None = None,
        cache: dict[object, FloatArray | None] | None = None,
        laws: Mapping[int, CountLaw] | None = None,
        *,
        typos: Typos,
    ) -> None:
        super().__init__(tree, scenario, largest, attached, cache, laws)
        self.typos = typos

    def _agrees(self, printed: Printed, count: IntArray, size: IntArray) -> FloatArray:
        return chance_of_print(printed, count, size, self.scenario.rounding, self.typos)

    def _shows(self, printed: Printed, units: IntArray) -> FloatArray:
        low, high = int(printed.low or 0), int(printed.high or 0)
        most = 2 * full_scale(printed.digits)  # parts larger than the whole have no weight
        return self.typos.chance(np.clip(units, 0, most), low, high, printed.digits)

    def _table_of_parts(self, node: int, group: str, printed: Printed) -> FloatArray:
        """Return the table of a measure whose print is the sum of its rounded parts.

        The sum is less than a unit a part away from the exact share. Where all such sums are
        equally likely to show the print, parts do not matter.
        """
        plain = self._mix_children(node, group)
        size = np.arange(self.largest + 1)
        b, c = size[:, None], size[None, :]
        slack = len(self.tree.parts(node))
        share = full_scale(printed.digits) * np.minimum(c, b) // np.maximum(b, 1)
        near = np.stack([self._shows(printed, share + s) for s in range(-slack, slack + 2)])
        table = near[0] * (1.0 if plain is None else plain)
        known = (c <= b) & (b > 0)
        if printed.count is not None:
            known &= c == printed.count
        if printed.nobs is not None:
            known &= b == printed.nobs
        table *= known
        rows, columns = np.nonzero(known & (near.max(axis=0) > near.min(axis=0)))
        if not self.two_parts(node):
            for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
                hit = float(self.chance_of_sum(printed, slack, i, j).sum())
                table[i, j] = hit * (1.0 if plain is None else plain[i, j])
            return table
        at_once = CELLS // len(size)
        for start in range(0, len(rows), at_once):
            some = slice(start, start + at_once)
            weight = self.split_of_parts(node, group, printed, rows[some], columns[some], len(size))
            table[rows[some], columns[some]] = weight.sum(axis=1)
        return table

    def chance_of_sum(self, printed: Printed, parts: int, size: int, count: int) -> FloatArray:
        """Return the probability of each sum of rounded parts together with the print."""
        sums = self.sums_of_parts(parts, size, count, printed.digits)
        units = np.array(list(sums))
        return np.array(list(sums.values())) * self._shows(printed, units)


class OverallChances:
    """How probable the overall figures of a tree are, by the total at each node.

    Parameters
    ----------
    tree : Tree
    base : int
        Respondents in the base.
    rounding : RoundingRule
    typos : Typos
    added : bool
        Whether subtotals are sums of rounded shares.

    Notes
    -----
    An overall figure that is printed as the sum of rounded parts is right with the probability that
    parts of the total add to it, as if no group printed any; otherwise it is read as a misprint of
    the total's rounded share.
    """

    def __init__(
        self, tree: Tree, base: int, rounding: RoundingRule, typos: Typos, *, added: bool
    ) -> None:
        self.tree, self.base = tree, base
        self.rounding, self.typos, self.added = rounding, typos, added

    def units(self, node: int) -> IntArray:
        """Return the rounded share of every total, in the figure's units."""
        digits = self.tree.totals[node].digits
        return round_share(np.arange(self.base + 1), max(self.base, 1), digits, self.rounding)

    @cached_property
    def right(self) -> dict[int, FloatArray]:
        """Probability that a node's figure is right and as printed, by total, (base + 1,)."""
        found = {}
        for v, printed in self.tree.totals.items():
            if printed.low is None or printed.high is None:
                continue
            if self.base == 0:  # a share of nobody is not printed
                found[v] = np.zeros(1)
                continue
            right = self.typos.right(self.units(v), printed.low, printed.high)
            if self._adds(v):
                right = (1 - self.typos.prior) * self._chance_of_parts(v)
            found[v] = right * self._known(printed)
        return found

    @cached_property
    def own(self) -> dict[int, FloatArray]:
        """Probability of a node's own figure, by total, (base + 1,)."""
        found = {}
        for v, printed in self.tree.totals.items():
            if v not in self.right or self.base == 0:
                found[v] = self._known(printed).astype(float)
                continue
            low, high = int(printed.low or 0), int(printed.high or 0)
            units = self.units(v)
            wrong = self.typos.chance(units, low, high, printed.digits)
            wrong -= self.typos.right(units, low, high)
            found[v] = self.right[v] + wrong * self._known(printed)
        return found

    def _chance_of_parts(self, node: int) -> FloatArray:
        """Return the probability that rounded parts add to a figure, by total, (base + 1,)."""
        every = {u: np.ones(self.base + 1, dtype=bool) for u in self.tree.below(node)}
        window = window_of_parts(self.tree, node, self.base, self.rounding, every)
        alone = replace(self.tree, totals={node: self.tree.totals[node]})
        laws = PartsLaws(alone, self.base, self.rounding, True, every)
        chance = np.zeros(self.base + 1)
        for total in np.flatnonzero(window).tolist():
            chance[total] = laws.weight(node, total)
        return chance

    def _adds(self, node: int) -> bool:
        return self.added and node in self.tree.measures

    def _known(self, printed: Printed) -> BoolArray:
        total = np.arange(self.base + 1)
        known = np.ones(self.base + 1, dtype=bool)
        if printed.low is not None:
            known &= self.base > 0
        if printed.count is not None:
            known &= total == printed.count
        if printed.nobs is not None:
            known &= self.base == printed.nobs
        return known

    def _own(self, node: int) -> FloatArray:
        return self.own.get(node, np.ones(self.base + 1))

    @cached_property
    def ahead(self) -> dict[int, FloatArray]:
        """Weight of the best division of each total, by node, (base + 1,)."""
        found: dict[int, FloatArray] = {}
        for v in range(len(self.tree.nodes) - 1, -1, -1):  # children come after their parent
            at = self.tree.nodes[v]
            best = np.ones(self.base + 1)
            if any(u in self.own for u in self.tree.below(v) if u != v):
                assert at.left is not None and at.right is not None  # something is below
                best = _best(found[at.left], found[at.right])
            found[v] = self._own(v) * best
        return found

    @cached_property
    def pooled(self) -> dict[int, FloatArray]:
        """Probability of the figures at and below a node, by total, where no group prints any.

        The total splits as one group's count would: a Dirichlet-multinomial, whose sums over
        divisions are convolutions.
        """
        found: dict[int, FloatArray] = {}
        for v in range(len(self.tree.nodes) - 1, -1, -1):
            at = self.tree.nodes[v]
            found[v] = self._own(v)
            if any(u in self.own for u in self.tree.below(v) if u != v):
                assert at.left is not None and at.right is not None  # something is below
                left = self.ways(at.left) * found[at.left]
                right = self.ways(at.right) * found[at.right]
                found[v] = found[v] * np.convolve(left, right)[: self.base + 1] / self.ways(v)
        return found

    def ways(self, node: int) -> FloatArray:
        """Return the weight of each total among divisions: compositions into the node's options."""
        options, total = self.tree.nodes[node].leaves, np.arange(self.base + 1)
        return np.exp(gammaln(total + options) - gammaln(total + 1) - gammaln(options))

    def law_below(self, start: int, total: int, path: Sequence[int]) -> FloatArray:
        """Return the law of the total at the end of a path of nodes that begins with `start`."""
        law = np.zeros(self.base + 1)
        law[total] = 1.0
        for parent, child in zip([start, *path], path, strict=False):
            at = self.tree.nodes[parent]
            other = at.right if child == at.left else at.left
            assert other is not None  # parents on a path have two children
            one = self.ways(child) * self.pooled[child]
            rest = self.ways(other) * self.pooled[other]
            norm = np.convolve(one, rest)[: self.base + 1]
            share = np.divide(law, norm, out=np.zeros_like(law), where=norm > 0)
            law = one * np.convolve(share[::-1], rest)[: self.base + 1][::-1]
        return law


def _best(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the largest product of two parts of each sum."""
    out = np.zeros_like(left)
    for l in range(len(left)):
        np.maximum(out[l:], left[l] * right[: len(left) - l], out=out[l:])
    return out


@lru_cache(maxsize=REMEMBERED)
def overall_chances(
    tree: Tree, base: int, rounding: RoundingRule, typos: Typos, *, added: bool
) -> OverallChances:
    """Return `OverallChances`, computed once."""
    return OverallChances(tree, base, rounding, typos, added=added)


class DoubtfulSampler(CountSampler):
    """`CountSampler` where overall figures may be misprinted.

    Parameters
    ----------
    trees, tables, scenario, groups, rng
        As of `CountSampler`.
    typos : Typos
    """

    def __init__(
        self,
        trees: Mapping[str, Tree],
        tables: Mapping[str, GroupTables],
        scenario: Scenario,
        groups: Sequence[str],
        rng: np.random.Generator,
        *,
        typos: Typos,
    ) -> None:
        super().__init__(trees, tables, scenario, groups, rng)
        self.typos = typos

    def chances(self, tree: Tree, base: int) -> OverallChances:
        """Return what the overall figures say of the totals of a base."""
        added = self.scenario.added(tree.question)
        return overall_chances(tree, base, self.scenario.rounding, self.typos, added=added)

    def parts(self, tree: Tree, base: int) -> PartsLaws:
        """Return the laws of a tree's totals by itself.

        What is asked of those at a node without counts says nothing where it may be misprinted.
        """
        return parts_laws(tree, base, self.scenario)

    def _descend(
        self,
        tree: Tree,
        node: int,
        counts: dict[tuple[str, int], IntArray],
        base: IntArray,
        grouped: set[int],
    ) -> FloatArray:
        at = tree.nodes[node]
        if not any(v in tree.totals for v in tree.below(node)):
            return super()._descend(tree, node, counts, base, grouped)
        total = counts[tree.name, node].sum(axis=1)
        if at.left is None or at.right is None:
            return self._log(tree, node, total, base, "own")
        if node not in grouped:
            return self._log(tree, node, total, base, "pooled")
        allowed = self._weights_of_totals(tree, node, total, base)
        log_weight, left = total_pass(self._laws(tree, node, counts), allowed, self.rng)
        left = np.where(np.isfinite(log_weight)[:, None], left, 0)
        counts[tree.name, at.left] = left
        counts[tree.name, at.right] = counts[tree.name, node] - left
        log_weight = log_weight + self._log(tree, node, total, base, "own")
        for child in (at.left, at.right):
            below = self._descend(tree, child, counts, base, grouped)
            guess = self._log(tree, child, counts[tree.name, child].sum(axis=1), base, "ahead")
            log_weight = log_weight + np.where(np.isfinite(guess), below - guess, -np.inf)
        return log_weight

    def _log(self, tree: Tree, node: int, total: IntArray, base: IntArray, what: str) -> FloatArray:
        """Return the log of one of the chances of each particle's total at a node."""
        out = np.ones(len(total))
        for b in np.unique(base).tolist():
            mine = base == b
            values = getattr(self.chances(tree, b), what).get(node)
            if values is not None:
                out[mine] = values[np.minimum(total[mine], b)] * (total[mine] <= b)
        with np.errstate(divide="ignore"):
            return np.log(out)

    def _weights_of_totals(
        self, tree: Tree, node: int, total: IntArray, base: IntArray
    ) -> FloatArray:
        """Return the weight of each left total, shape (particles, totals)."""
        at = tree.nodes[node]
        assert at.left is not None and at.right is not None  # an inner node
        pairs, inverse = np.unique(np.stack([total, base], axis=1), axis=0, return_inverse=True)
        out = np.zeros((len(pairs), int(total.max()) + 1))
        for i, (c, b) in enumerate(pairs.tolist()):
            if c <= b:
                ahead = self.chances(tree, b).ahead
                out[i, : c + 1] = ahead[at.left][: c + 1] * ahead[at.right][c::-1]
        return out[inverse.reshape(-1)]
