"""The count behind an overall figure, over all respondents of a question's base."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.reconstruction.likelihood import FloatArray, log_split
from alumnistats.reconstruction.particles import base_of
from alumnistats.reconstruction.sizes import IntArray
from alumnistats.reconstruction.structure import Tree, locate
from alumnistats.reconstruction.windows import BoolArray, feasible_totals, pooled_weight

if TYPE_CHECKING:
    from alumnistats.reconstruction.result import Reconstruction


def _path(tree: Tree, start: int, target: int) -> list[int]:
    """Return the nodes from `start` down to `target`, both included."""
    if start == target:
        return [start]
    at = tree.nodes[start]
    for child in (at.left, at.right):
        if child is not None and target in tree.below(child):
            return [start, *_path(tree, child, target)]
    raise KeyError(target)


def law_of_total(
    tree: Tree, start: int, total: int, target: int, sets: dict[int, BoolArray]
) -> dict[int, float]:
    """Return the law of the count at `target` given the total at `start` and the overall figures.

    Below `start` no group prints anything, so totals split as a single count would.
    """
    law = {total: 1.0}
    path = _path(tree, start, target)
    for parent, child in itertools.pairwise(path):
        at = tree.nodes[parent]
        other = at.right if child == at.left else at.left
        assert other is not None  # parents on a path have two children
        new: dict[int, float] = {}
        for c, share in law.items():
            counts = np.flatnonzero(sets[child][: c + 1])
            counts = counts[sets[other][c - counts]]
            split = np.exp(log_split(counts, c, tree.nodes[child].leaves, tree.nodes[other].leaves))
            weights = np.array(
                [
                    w
                    * pooled_weight(tree, child, int(x), sets)
                    * pooled_weight(tree, other, c - int(x), sets)
                    for x, w in zip(counts, split, strict=True)
                ]
            )
            for x, w in zip(
                counts.tolist(), (share * weights / weights.sum()).tolist(), strict=True
            ):
                new[x] = new.get(x, 0.0) + w
        law = new
    return law


def overall_counts(recon: Reconstruction, of: str) -> tuple[IntArray, IntArray, FloatArray]:
    """Return distinct base totals and overall counts of the solutions for `of`, with weights.

    Returns
    -------
    nobs, count : ndarray of int, shape (values,)
    weight : ndarray, shape (values,)
        Sums to 1.
    """
    tree, target = locate(recon.survey, recon.trees, of)
    particles = recon.particles
    known = [v for v in range(len(tree.nodes)) if (tree.name, v) in particles.counts]
    start = max((v for v in known if target in tree.below(v)), default=0)
    rows = _cases(recon, tree, start, counted=bool(known))
    mass: dict[tuple[int, int], float] = {}
    for (scenario, total, begin), share in rows.items():
        law = {begin: 1.0}
        if start != target:
            sets = feasible_totals(tree, total, recon.scenarios[scenario])
            law = law_of_total(tree, start, begin, target, sets)
        for value, p in law.items():
            mass[total, value] = mass.get((total, value), 0.0) + share * p
    weight = np.array(list(mass.values()))
    nobs, count = np.array(list(mass), dtype=np.int64).T
    return nobs, count, weight / weight.sum()


def _cases(
    recon: Reconstruction, tree: Tree, start: int, *, counted: bool
) -> dict[tuple[int, int, int], float]:
    """Return ``(scenario, base total, count at start) -> weight`` over the solutions."""
    particles = recon.particles
    total = np.empty(len(particles.weight), dtype=np.int64)
    for s in np.unique(particles.scenario):
        base = base_of(tree, recon.scenarios[s])
        source = (tree.name, 0) if base.tree is None else (base.tree, base.node)
        mine = particles.scenario == s
        total[mine] = particles.counts.get(source, particles.sizes)[mine].sum(axis=1)
    begin = particles.counts[tree.name, start].sum(axis=1) if counted else total
    keys = np.stack([particles.scenario, total, begin])
    cells, inverse = np.unique(keys, axis=1, return_inverse=True)
    mass = np.bincount(inverse.reshape(-1), particles.weight)
    return {(int(s), int(t), int(b)): float(m) for (s, t, b), m in zip(cells.T, mass, strict=True)}
