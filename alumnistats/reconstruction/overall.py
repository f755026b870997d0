"""The count behind an overall figure, over all respondents of a question's base."""

from __future__ import annotations

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
    for parent, child in zip(path[:-1], path[1:], strict=True):
        at = tree.nodes[parent]
        other = at.right if child == at.left else at.left
        assert other is not None  # parents on a path have two children
        new: dict[int, float] = {}
        for c, share in law.items():
            counts = np.flatnonzero(sets[child][: c + 1])
            counts = counts[sets[other][c - counts]]
            split = np.exp(
                log_split(counts, c, tree.nodes[child].leaves, tree.nodes[other].leaves)
            )
            weights = np.array(
                [
                    w
                    * pooled_weight(tree, child, int(x), sets)
                    * pooled_weight(tree, other, c - int(x), sets)
                    for x, w in zip(counts, split, strict=True)
                ]
            )
            for x, w in zip(counts.tolist(), (share * weights / weights.sum()).tolist(),
                            strict=True):
                new[x] = new.get(x, 0.0) + w
        law = new
    return law


def overall_counts(recon: Reconstruction, of: str) -> tuple[IntArray, IntArray, FloatArray]:
    """Return base totals, overall counts and weights of the solutions for `of`.

    Returns
    -------
    nobs, count : ndarray of int, shape (solutions,)
    weight : ndarray, shape (solutions,)
        Sums to 1.
    """
    tree, target = locate(recon.survey, recon.trees, of)
    particles = recon.particles
    known = [v for v in range(len(tree.nodes)) if (tree.name, v) in particles.counts]
    if target in known:
        count = particles.counts[tree.name, target].sum(axis=1)
        return particles.counts[tree.name, 0].sum(axis=1), count, particles.weight
    start = max((v for v in known if target in tree.below(v)), default=0)
    nobs, count, weight = [], [], []
    cases: dict[tuple[int, int, int], float] = {}
    for i, s in enumerate(particles.scenario.tolist()):
        base = base_of(tree, recon.scenarios[s])
        source = (tree.name, 0) if base.tree is None else (base.tree, base.node)
        rows = particles.counts.get(source)
        total = int((particles.sizes if rows is None else rows)[i].sum())
        begin = int(particles.counts[tree.name, start][i].sum()) if known else total
        key = (s, total, begin)
        cases[key] = cases.get(key, 0.0) + float(particles.weight[i])
    for (s, total, begin), share in cases.items():
        sets = feasible_totals(tree, total, recon.scenarios[s])
        for value, p in law_of_total(tree, start, begin, target, sets).items():
            nobs.append(total)
            count.append(value)
            weight.append(share * p)
    mass = np.array(weight)
    return np.array(nobs), np.array(count), mass / mass.sum()
