"""The sampler of counts: from sizes to the counts of every group, split by split.

Each split of a tree is drawn exactly given its parent's counts and the overall figures at that
split, and the solution's weight is the product of the probabilities of those overall figures
(sequential importance sampling, every step an exact lattice pass). The probabilities vary slowly
with what was drawn before, so the effective sample size is close to the number of draws.

Where figures may be misprinted, overall figures below a split guide it by the weight of the best
division of its totals (`overall`), which is divided out again when these totals are divided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.reconstruction.banded_tables import BandedTables
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.overall import (
    Needed,
    Nested,
    OverallLaw,
    law_of_totals,
    nested_in,
    other_parts,
    sums_of_parts,
)
from alumnistats.reconstruction.published import Exact, Weights
from alumnistats.reconstruction.question_tree import Tree, base_of, counted_nodes, grouped_splits
from alumnistats.reconstruction.solutions import Counts
from alumnistats.reconstruction.total_pass import Laws, compress, draw_counts, total_pass


class CountSampler:
    """Draws the counts of every grouped split for the solutions of one scenario.

    Parameters
    ----------
    trees : dict of Tree
    tables : dict of Tables
        By tree.
    scenario : Scenario
    groups : sequence of str
    rng : numpy.random.Generator
    figures : Exact
        Law of a figure.
    """

    def __init__(
        self,
        trees: Mapping[str, Tree],
        tables: Mapping[str, Tables],
        scenario: Scenario,
        groups: Sequence[str],
        rng: np.random.Generator,
        figures: Exact,
    ) -> None:
        self.published = trees
        self.trees = self.tied(figures.tied(trees))
        self.tables = tables
        self.scenario = scenario
        self.groups = groups
        self.rng = rng
        self.figures = figures
        counted = counted_nodes(trees, scenario)
        self._known: dict[tuple[str, int], OverallLaw] = {}
        self._nested: dict[str, tuple[Nested, ...]] = {
            name: nested_in(self.trees, name, scenario, counted) for name in self.trees
        }

    @classmethod
    def tables_of(cls, *, banded: bool) -> type[Tables]:
        """Return the tables that it draws from: of windows of counts where squares are large."""
        return BandedTables if banded else Tables

    @staticmethod
    def tied(trees: Mapping[str, Tree]) -> Mapping[str, Tree]:
        """Return the trees with the overall figures that are sums over groups."""
        return trees

    def law(self, tree: Tree, base: int) -> OverallLaw:
        """Return the law of a tree's totals for one base total."""
        if (tree.name, base) not in self._known:
            self._known[tree.name, base] = law_of_totals(
                tree, base, self.scenario, self.figures, self._nested[tree.name]
            )
        return self._known[tree.name, base]

    def run(self, sizes: IntArray) -> tuple[FloatArray, Counts]:
        """Return log weights, shape (solutions,), and the counts at every grouped node."""
        counts: Counts = {}
        log_weight = np.zeros(len(sizes))
        for name, tree in self.trees.items():
            base = base_of(tree, self.scenario)
            if base.tree is None:
                counts[name, 0] = sizes
            elif (base.tree, base.node) in counts:
                counts[name, 0] = counts[base.tree, base.node]
            else:  # no group divides the base: its figures are in the laws of the tree it is in
                continue
            log_weight += self.counts_of(tree, counts)
        return log_weight, counts

    def counts_of(self, tree: Tree, counts: Counts) -> FloatArray:
        """Draw the counts of a tree from those of its base, and return log weights, (solutions,).

        `counts` holds those of the base, and gets the others.
        """
        grouped = grouped_splits(self.trees, tree.name)
        return self._descend(tree, 0, counts, counts[tree.name, 0].sum(axis=1), grouped)

    def _descend(
        self, tree: Tree, node: int, counts: Counts, base: IntArray, grouped: set[int]
    ) -> FloatArray:
        if tree.nodes[node].left is None:
            return self._log(tree, node, counts, base, "own")
        if node not in grouped:
            return self._pooled_part(tree, node, counts, base)
        one, other = tree.children(node)
        log_weight, left = self._split(tree, node, counts, base)
        counts[tree.name, one] = left
        counts[tree.name, other] = counts[tree.name, node] - left
        log_weight = log_weight + self._log(tree, node, counts, base, "own")
        # What no group divides comes last: its parts may have to add up with the others.
        for child in sorted((one, other), key=lambda v: v not in grouped):
            below = self._descend(tree, child, counts, base, grouped)
            guess = self._log(tree, child, counts, base, "ahead")
            with np.errstate(invalid="ignore"):
                log_weight = log_weight + np.where(np.isfinite(guess), below - guess, -np.inf)
        return log_weight

    def _log(
        self, tree: Tree, node: int, counts: Counts, base: IntArray, weight: str
    ) -> FloatArray:
        """Return the log of one of the law's weights of the total at a node, (solutions,).

        Where figures are right it is 0: a split was given the totals that they allow.
        """
        total, out = counts[tree.name, node].sum(axis=1), np.ones(len(base))
        if self.figures.certain:
            return np.zeros(len(base))
        for b in np.unique(base).tolist():
            mine = base == b
            values = getattr(self.law(tree, b), weight).get(node)
            if values is not None:
                out[mine] = values[np.minimum(total[mine], b)] * (total[mine] <= b)
        with np.errstate(divide="ignore"):
            return np.log(out)

    def _split(
        self, tree: Tree, node: int, counts: Counts, base: IntArray
    ) -> tuple[FloatArray, IntArray]:
        """Return log weights and the groups' counts of the left child of a node."""
        laws = self._laws(tree, node, counts)
        below = any(v in tree.totals for v in tree.below(node) if v != node)
        if not below and not other_parts(tree, node, self._sums(tree)):
            return np.zeros(len(base)), draw_counts(laws, self.rng)
        allowed, which = self._allowed(tree, node, counts, base)
        log_weight, left = total_pass(laws, allowed, self.rng, which)
        # An impossible solution goes on with counts that its base allows, and weight zero.
        return log_weight, np.where(np.isfinite(log_weight)[:, None], left, 0)

    def _sums(self, tree: Tree) -> frozenset[int]:
        return sums_of_parts(tree, self.scenario, self.figures)

    def _pooled_part(self, tree: Tree, node: int, counts: Counts, base: IntArray) -> FloatArray:
        """Return the log probability of the overall figures below a node that no group divides."""
        cases, which = self._situations(tree, node, counts, base)
        weight = np.array([law.weight(node, total, needed) for law, total, needed in cases])
        with np.errstate(divide="ignore"):
            return np.log(weight)[which]

    def _allowed(
        self, tree: Tree, node: int, counts: Counts, base: IntArray
    ) -> tuple[Weights, IntArray]:
        """Return weights of left totals, (situations, totals), and each solution's situation."""
        cases, which = self._situations(tree, node, counts, base)
        weights = [law.left_totals(node, total, needed) for law, total, needed in cases]
        out = np.zeros((len(cases), max(len(own) for own in weights)), np.result_type(*weights))
        for row, own in zip(out, weights, strict=True):
            row[: len(own)] = own
        return out, which

    def _situations(
        self, tree: Tree, node: int, counts: Counts, base: IntArray
    ) -> tuple[list[tuple[OverallLaw, int, tuple[Needed, ...]]], IntArray]:
        """Return the distinct situations of a node's total, and which one each solution is in.

        A situation is the base with its law, the total, and what its rounded parts must add to.
        """
        elsewhere = {u for some in other_parts(tree, node, self._sums(tree)).values() for u in some}
        known = [u for u in sorted(elsewhere) if (tree.name, u) in counts]
        columns = [base, *(counts[tree.name, u].sum(axis=1) for u in (node, *known))]
        rows, which = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        cases = []
        for b, total, *others in rows.tolist():
            law = self.law(tree, b)
            totals = dict(zip(known, others, strict=True))
            cases.append((law, total, law.enclosing_sums(node, totals)))
        return cases, which.reshape(-1)

    def _laws(self, tree: Tree, node: int, counts: Counts) -> Laws:
        """Return the law of each group's left count given the count at `node` and its figures."""
        start, weight, index = self._rows(tree, node, counts, self.groups)
        norm = weight.sum(axis=1, keepdims=True)
        # A row without weight belongs to a solution that is already impossible: give it a point.
        empty = norm[:, 0] == 0
        weight[empty, 0] = 1.0
        start[empty] = 0
        weight /= np.where(empty[:, None], 1.0, norm)
        shifted, further = compress(weight)
        return Laws(shifted, start + further, index)

    def _rows(
        self, tree: Tree, node: int, counts: Counts, groups: Sequence[str]
    ) -> tuple[IntArray, FloatArray, IntArray]:
        """Return weights of left counts by situation, and which situation each group is in.

        The first left count, (situations,); weights, (situations, counts); and (solutions, groups).
        """
        table = self.tables[tree.name]
        keys: dict[object, int] = {}
        kind = np.array([keys.setdefault(table.key(node, g), len(keys)) for g in groups])
        first = {k: groups[int(np.argmax(kind == k))] for k in range(len(keys))}
        columns = [self.groups.index(g) for g in groups]
        base, count = counts[tree.name, 0][:, columns], counts[tree.name, node][:, columns]
        largest = table.largest + 1
        situation = (kind * largest + base) * largest + count
        cells, index = np.unique(situation.ravel(), return_inverse=True)
        row_kind, row_base, row_count = (
            cells // largest**2, cells // largest % largest, cells % largest
        )  # fmt: skip
        start, weight = table.laws_of_cells(node, first, row_kind, row_base, row_count)
        return start, weight, index.reshape(base.shape)
