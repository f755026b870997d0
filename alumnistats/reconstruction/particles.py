"""Weighted solutions: size vectors from the size pass, counts from the passes over totals.

One particle is one complete solution: a scenario, a size for every group, and a count for every
group at every node where groups print anything. Sizes are exact draws given everything that groups
print; each split of a tree is then drawn exactly given its parent's counts and the overall figures
at that split, and the particle's weight is the product of the probabilities of those overall
figures (sequential importance sampling, every step an exact lattice pass). The probabilities vary
slowly with what was drawn before, so the effective sample size is close to the number of particles.

The size pass also gives the exact probability of each size vector before the overall figures are
used. Particles are weighted within strata of equal size vectors so that those probabilities are
kept exactly (post-stratification): the noise left is that of the correction alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.likelihood import GroupTables
from alumnistats.reconstruction.nesting import base_of, counted_nodes, grouped_splits, nested_laws
from alumnistats.reconstruction.rounded_parts import (
    Needed,
    PartsLaws,
    enclosing_sums,
    other_parts,
)
from alumnistats.reconstruction.sizes import IntArray, SizePass, draw_sizes, log_density
from alumnistats.reconstruction.split_laws import FloatArray
from alumnistats.reconstruction.structure import Tree
from alumnistats.reconstruction.totals import Laws, compress, draw_counts, total_pass

STRATUM = 5  # particles that a size vector needs to be a stratum of its own

BoolArray = npt.NDArray[np.bool_]
Counts = dict[tuple[str, int], IntArray]
"""By tree and node, shape (particles, groups)."""


@dataclass(frozen=True, eq=False)
class Particles:
    """Weighted solutions.

    Attributes
    ----------
    scenario : ndarray of int, shape (particles,)
    sizes : ndarray of int, shape (particles, groups)
    counts : dict
        ``(tree, node) -> ndarray of int, shape (particles, groups)``; node 0 is the base.
    weight : ndarray, shape (particles,)
        Sums to 1.
    log_evidence : float
        Log probability of everything printed, the total included.
    """

    scenario: IntArray
    sizes: IntArray
    counts: Counts = field(default_factory=dict)
    weight: FloatArray = field(default_factory=lambda: np.zeros(0))
    log_evidence: float = -np.inf

    @property
    def ess(self) -> float:
        """Effective sample size of the weights (Kish)."""
        return float(1.0 / (self.weight**2).sum())


def stacked_counts(parts: Sequence[Particles]) -> Counts:
    """Return the counts of all parts, one below the other; 0 where a part has none."""
    shape = sum(len(part.sizes) for part in parts), parts[0].sizes.shape[1]
    counts: Counts = {}
    at = 0
    for part in parts:
        for key, values in part.counts.items():
            own = counts.setdefault(key, np.zeros(shape, dtype=np.int64))
            own[at : at + len(values)] = values
        at += len(part.sizes)
    return counts


def systematic(probability: FloatArray, draws: int, rng: np.random.Generator) -> IntArray:
    """Return how many of `draws` fall to each cell: one random offset for all."""
    edges = np.cumsum(probability / probability.sum())
    points = (np.arange(draws) + rng.random()) / draws
    cells = np.minimum(np.searchsorted(edges, points, side="right"), len(edges) - 1)
    return np.bincount(cells, minlength=len(edges)).astype(np.int64)


def draw_size_vectors(
    passes: Sequence[SizePass], total: int | None, draws: int, rng: np.random.Generator
) -> IntArray:
    """Draw size vectors of one scenario given everything that groups print.

    Parameters
    ----------
    passes : sequence of SizePass
        All passes of one scenario.
    total : int or None
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (draws, groups)
    """
    log_mass = np.array([done.log_evidence for done in passes])
    times = systematic(np.exp(log_mass - log_mass.max()), draws, rng)
    drawn = [
        draw_sizes(done, count, total, rng)
        for done, count in zip(passes, times.tolist(), strict=True)
        if count
    ]
    return np.concatenate(drawn)


class CountSampler:
    """Draws the counts of every grouped split for the particles of one scenario."""

    def __init__(
        self,
        trees: Mapping[str, Tree],
        tables: Mapping[str, GroupTables],
        scenario: Scenario,
        groups: Sequence[str],
        rng: np.random.Generator,
    ) -> None:
        self.trees = trees
        self.tables = tables
        self.scenario = scenario
        self.groups = groups
        self.rng = rng
        self._counted = counted_nodes(trees, scenario)
        self._parts: dict[tuple[str, int], PartsLaws] = {}

    def parts(self, tree: Tree, base: int) -> PartsLaws:
        """Return `nested_laws`, computed once for each base total."""
        key = (tree.name, base)
        if key not in self._parts:
            self._parts[key] = nested_laws(
                self.trees, tree.name, base, self.scenario, self._counted
            )
        return self._parts[key]

    def run(self, sizes: IntArray) -> tuple[FloatArray, dict[tuple[str, int], IntArray]]:
        """Return log weights, shape (particles,), and the counts at every grouped node."""
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
        """Draw the counts of a tree from those of its base, and return log weights, (particles,).

        `counts` holds those of the base, and gets the others.
        """
        grouped = grouped_splits(self.trees, tree.name)
        return self._descend(tree, 0, counts, counts[tree.name, 0].sum(axis=1), grouped)

    def _descend(
        self,
        tree: Tree,
        node: int,
        counts: Counts,
        base: IntArray,
        grouped: set[int],
    ) -> FloatArray:
        at = tree.nodes[node]
        if at.left is None or at.right is None:
            return np.zeros(len(base))
        if node not in grouped:
            return self._pooled_part(tree, node, counts, base)
        log_weight, left = self._split(tree, node, counts, base)
        counts[tree.name, at.left] = left
        counts[tree.name, at.right] = counts[tree.name, node] - left
        # What no group divides comes last: its parts may have to add up with the others.
        for child in sorted((at.left, at.right), key=lambda v: v not in grouped):
            log_weight = log_weight + self._descend(tree, child, counts, base, grouped)
        return log_weight

    def _split(
        self, tree: Tree, node: int, counts: Counts, base: IntArray
    ) -> tuple[FloatArray, IntArray]:
        """Return log weights and the groups' counts of the left child of a node."""
        laws = self._laws(tree, node, counts)
        added = self.scenario.added(tree.question)
        below = any(v in tree.totals for v in tree.below(node) if v != node)
        if not below and not other_parts(tree, node, added=added):
            return np.zeros(len(base)), draw_counts(laws, self.rng)
        allowed = self._allowed(tree, node, counts, base)
        log_weight, left = total_pass(laws, allowed, self.rng)
        # An impossible particle goes on with counts that its base allows, and weight zero.
        return log_weight, np.where(np.isfinite(log_weight)[:, None], left, 0)

    def _pooled_part(self, tree: Tree, node: int, counts: Counts, base: IntArray) -> FloatArray:
        """Return the log probability of the overall figures below a node that no group divides."""
        cases, inverse = self._situations(tree, node, counts, base)
        weight = np.array([laws.weight(node, total, needed) for laws, total, needed in cases])
        with np.errstate(divide="ignore"):
            return np.log(weight)[inverse]

    def _allowed(self, tree: Tree, node: int, counts: Counts, base: IntArray) -> BoolArray:
        """Return which left totals the overall figures allow, shape (particles, totals)."""
        cases, inverse = self._situations(tree, node, counts, base)
        out = np.zeros((len(cases), max(total for _, total, _ in cases) + 1), dtype=bool)
        at = tree.nodes[node]
        last = all(c is not None and tree.nodes[c].left is None for c in (at.left, at.right))
        for i, (laws, total, needed) in enumerate(cases):
            out[i, : total + 1] = laws.left_totals(node, total, needed if last else ())
        return out[inverse]

    def _situations(
        self, tree: Tree, node: int, counts: Counts, base: IntArray
    ) -> tuple[list[tuple[PartsLaws, int, tuple[Needed, ...]]], IntArray]:
        """Return the distinct situations of a node's total, and which one each particle is in.

        A situation is the base with its laws, the total, and what its rounded parts must add to.
        """
        added = self.scenario.added(tree.question)
        elsewhere = {u for some in other_parts(tree, node, added=added).values() for u in some}
        known = [u for u in sorted(elsewhere) if (tree.name, u) in counts]
        columns = [base, *(counts[tree.name, u].sum(axis=1) for u in (node, *known))]
        rows, inverse = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        cases = []
        for b, total, *others in rows.tolist():
            laws = self.parts(tree, b)
            totals = dict(zip(known, others, strict=True))
            cases.append((laws, total, enclosing_sums(laws, node, totals)))
        return cases, inverse.reshape(-1)

    def _laws(self, tree: Tree, node: int, counts: Mapping[tuple[str, int], IntArray]) -> Laws:
        """Return the law of each group's left count given the count at `node` and the print."""
        start, weight, index = self._rows(tree, node, counts, self.groups)
        norm = weight.sum(axis=1, keepdims=True)
        # A row without weight belongs to a particle that is already impossible: give it a point.
        empty = norm[:, 0] == 0
        weight[empty, 0] = 1.0
        start[empty] = 0
        weight /= np.where(empty[:, None], 1.0, norm)
        shifted, further = compress(weight)
        return Laws(shifted, start + further, index)

    def _rows(
        self,
        tree: Tree,
        node: int,
        counts: Mapping[tuple[str, int], IntArray],
        groups: Sequence[str],
    ) -> tuple[IntArray, FloatArray, IntArray]:
        """Return weights of left counts by situation, and which situation each group is in.

        The first left count, (situations,); weights, (situations, counts); and (particles, groups).
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


def stratified_shares(passes: Sequence[SizePass], sizes: IntArray) -> FloatArray:
    """Return each particle's share of its scenario's mass before the overall figures are used.

    Size vectors drawn often are strata of their own and keep their exact probability, whatever
    number of times chance drew them; the others share what is left.

    Parameters
    ----------
    passes : sequence of SizePass
        All passes of one scenario.
    sizes : ndarray of int, shape (particles, groups)
        Draws of `draw_size_vectors`.

    Returns
    -------
    ndarray, shape (particles,)
        Sums to 1.
    """
    vectors, inverse, times = np.unique(sizes, axis=0, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)
    own = times >= STRATUM
    log_mass = np.logaddexp.reduce([done.log_evidence for done in passes])
    mass = np.zeros(len(vectors))
    if own.any():
        mass[own] = np.exp(log_density(passes, 0.0, vectors[own]) - log_mass)
    pooled = ~own[inverse]
    rest = max(1.0 - mass.sum(), 0.0) if pooled.any() else 0.0
    share = np.where(pooled, rest / max(int(pooled.sum()), 1), mass[inverse] / times[inverse])
    return share / share.sum()
