"""The count behind an overall figure, over all respondents of a question's base."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.forced_sums import total_boxes, unsplit
from alumnistats.reconstruction.overall import (
    law_of_totals,
    nested_in,
    other_parts,
    sums_of_parts,
)
from alumnistats.reconstruction.question_tree import Tree, base_of, counted_nodes, locate
from alumnistats.reconstruction.result import Reconstruction

CountLaw = dict[tuple[int, int], float]
"""Total of the base and count -> probability."""
_KNOWN: WeakKeyDictionary[Reconstruction, dict[str, tuple[IntArray, IntArray, FloatArray]]] = (
    WeakKeyDictionary()
)


def has_overall_counts(recon: Reconstruction, of: str) -> bool:
    """Return whether the count of all respondents follows for what is published of `of`.

    Where overall figures may be plain means over groups (`overall_share` of the survey) it is the
    sum of the groups' counts only.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> has_overall_counts(al.reconstruct(survey), "question:yes")
    True
    """
    if "mean" not in recon.survey.overall_share:
        return True
    tree, target = locate(recon.survey, recon.trees, of)
    return (tree.name, target) in recon.particles.counts


def overall_counts(recon: Reconstruction, of: str) -> tuple[IntArray, IntArray, FloatArray]:
    """Return distinct base totals and overall counts of the solutions for `of`, with weights.

    Where no group publishes anything of it, the overall figure alone decides: the counts it allows
    are equally likely; unless it may be a plain mean (`has_overall_counts`).

    Returns
    -------
    nobs, count : ndarray of int, shape (values,)
    weight : ndarray, shape (values,)
        Sums to 1.

    Raises
    ------
    ArgumentError
        If overall figures may be plain means over groups and no counts are recovered by group.
    NotRecoveredError
        If too few draws carry the weight (`recovered_sizes`).

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> totals, counts, weights = overall_counts(al.reconstruct(survey), "question:yes")
    >>> totals.tolist(), counts.tolist(), weights.tolist()
    ([290], [132], [1.0])
    """
    recon.check_recovered()
    known = _KNOWN.setdefault(recon, {})
    if of not in known:
        known[of] = _overall_counts(recon, of)
    return known[of]


def _overall_counts(recon: Reconstruction, of: str) -> tuple[IntArray, IntArray, FloatArray]:
    if not has_overall_counts(recon, of):
        raise ArgumentError(
            "of", of, "a share with counts by group, as overall figures may be plain means"
        )
    tree, target = locate(recon.survey, recon.trees, of)
    cases, inverse = totals_of(recon, tree, target)
    shares = np.bincount(inverse, recon.particles.weight, len(cases))
    mass: dict[tuple[int, int], float] = {}
    for (_, law), share in zip(cases, shares.tolist(), strict=True):
        for value, p in law.items():
            mass[value] = mass.get(value, 0.0) + share * p
    weight = np.array(list(mass.values()))
    nobs, count = np.array(list(mass), dtype=np.int64).T
    return nobs, count, weight / weight.sum()


def totals_of(
    recon: Reconstruction, tree: Tree, target: int
) -> tuple[list[tuple[int, CountLaw]], IntArray]:
    """Return what the solutions say of the count of all respondents at a node.

    Returns
    -------
    cases : list of (int, CountLaw)
        Scenario, and the law of the base's total and the count.
    inverse : ndarray of int, shape (particles,)
        Which case each solution is.
    """
    scenario = recon.particles.scenario
    cases: list[tuple[int, CountLaw]] = []
    inverse = np.empty(len(scenario), dtype=np.int64)
    loose = [s for s in np.unique(scenario).tolist() if _base_is_loose(recon, tree, s)]
    for found, mine in [
        (_of_counted_base(recon, tree, target), ~np.isin(scenario, loose)),
        *((_of_loose_base(recon, tree, target, s), scenario == s) for s in loose),
    ]:
        inverse[mine] = found[1][mine] + len(cases)
        cases += found[0]
    return cases, inverse


def _base_is_loose(recon: Reconstruction, tree: Tree, scenario: int) -> bool:
    """Return whether no group divides a tree's base, so that only the law of its total is known."""
    base = base_of(tree, recon.scenarios[scenario])
    return base.tree is not None and (base.tree, base.node) not in recon.particles.counts


def _of_loose_base(
    recon: Reconstruction, tree: Tree, target: int, scenario: int
) -> tuple[list[tuple[int, CountLaw]], IntArray]:
    """Return the cases of `totals_of` by those of the base, and which solutions have them."""
    base = base_of(tree, recon.scenarios[scenario])
    assert base.tree is not None  # all respondents have counts
    above, inverse = totals_of(recon, recon.trees[base.tree], base.node)
    cases = []
    for s, law in above:
        found: CountLaw = {}
        for (_, total), p in law.items() if s == scenario else ():
            for value, q in _law(recon, tree, (scenario, total, total), 0, target).items():
                found[total, value] = found.get((total, value), 0.0) + p * q
        cases.append((s, found))
    return cases, inverse


def _of_counted_base(
    recon: Reconstruction, tree: Tree, target: int
) -> tuple[list[tuple[int, CountLaw]], IntArray]:
    """Return the cases of `totals_of` where each solution has a total of the base."""
    known = [v for v in range(len(tree.nodes)) if (tree.name, v) in recon.particles.counts]
    start = max((v for v in known if target in tree.below(v)), default=0)
    if not recon.problem.figures.tell_sizes and tree.totals:  # weighted ones tie no groups' counts
        start = 0
    cells, inverse = _cases(recon, tree, start, counted=bool(known))
    cases: list[tuple[int, CountLaw]] = []
    for scenario, total, begin, *others in cells:
        law = {begin: 1.0}
        if _base_is_loose(recon, tree, scenario):
            law = {}
        elif start != target:
            law = _law(recon, tree, (scenario, total, begin, *others), start, target)
        cases.append((scenario, {(total, value): p for value, p in law.items()}))
    return cases, inverse


def _law(
    recon: Reconstruction, tree: Tree, case: tuple[int, ...], start: int, target: int
) -> dict[int, float]:
    """Return the law of the count at `target` of one case."""
    scenario, total, begin = recon.scenarios[case[0]], case[1], case[2]
    known = dict(zip(_others(recon, tree, start), case[3:], strict=True))
    forced = total_boxes(tree, total, scenario)
    if forced is None:
        counted = counted_nodes(recon.trees, scenario)
        nested = nested_in(recon.trees, tree.name, scenario, counted)
        law = law_of_totals(tree, total, scenario, recon.problem.figures, nested)
        return law.law_below(start, begin, target, law.enclosing_sums(start, known))
    mixed: dict[int, float] = {}
    outcomes = forced.outcomes_given({start: begin, **known})
    norm = sum(mass for _, mass in outcomes)
    for sets, mass in outcomes:
        for value, p in forced.parts(sets).law_below(start, begin, target).items():
            mixed[value] = mixed.get(value, 0.0) + mass / norm * p
    return mixed


def _others(recon: Reconstruction, tree: Tree, start: int) -> list[int]:
    """Return the nodes whose totals matter beside that of `start`.

    To forced distributions, and to a measure that is published as the sum of its rounded parts.
    """
    counts = recon.particles.counts
    if any(total_boxes(tree, 1, scenario) for scenario in recon.scenarios):
        return [v for v in unsplit(tree, counts) if v != start]
    figures = recon.problem.figures
    sums = {v for scenario in recon.scenarios for v in sums_of_parts(tree, scenario, figures)}
    parts = other_parts(tree, start, sums).values()
    return sorted({v for some in parts for v in some if (tree.name, v) in counts})


def _cases(
    recon: Reconstruction, tree: Tree, start: int, *, counted: bool
) -> tuple[list[tuple[int, ...]], IntArray]:
    """Return distinct (scenario, base total, count at start, ...), and which each solution has.

    The totals of `_others` follow.
    """
    particles = recon.particles
    total = np.empty(len(particles.weight), dtype=np.int64)
    for s in np.unique(particles.scenario):
        base = base_of(tree, recon.scenarios[s])
        source = (tree.name, 0) if base.tree is None else (base.tree, base.node)
        mine = particles.scenario == s
        total[mine] = particles.counts.get(source, particles.sizes)[mine].sum(axis=1)
    begin = particles.counts[tree.name, start].sum(axis=1) if counted else total
    others = [particles.counts[tree.name, v].sum(axis=1) for v in _others(recon, tree, start)]
    keys = np.stack([particles.scenario, total, begin, *others])
    cells, inverse = np.unique(keys, axis=1, return_inverse=True)
    return [tuple(cell) for cell in cells.T.tolist()], inverse.reshape(-1)
