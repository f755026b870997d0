"""The posterior of a small survey by complete enumeration, written from the documented model.

Nothing of the engine is used: of the package only the records of the survey. Trees of what is
printed (`exact_trees`), scenarios (`exact_scenarios`), vectors of sizes (`exact_sizes`) and the
probability of the figures given the sizes (`exact_counts`) are put together here, vector by vector.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import documented_sizes
import numpy as np
from exact_counts import Evaluator
from exact_scenarios import equivalent_scenarios
from exact_sizes import parts_of_prior
from exact_trees import trees_of


@dataclass(frozen=True)
class Exact:
    """The posterior of a survey.

    Attributes
    ----------
    log_evidence : float
        Of all that is printed, the total included: `recon.particles.log_evidence`.
    log_total : float
        Log probability of the total under the prior on sizes alone; `recon.log_evidence` is
        `log_evidence - log_total`.
    vectors : dict
        Vector of sizes -> probability.
    sizes : list of dict
        For every group, size -> probability.
    conventions : dict
        (dimension, subject, value) -> probability, as rows of `recon.conventions`.
    counts : dict
        (tree, options, group's place) -> {count: probability}: the counts that a tree's root
        splits off, where they are told group by group and everybody was asked.
    solutions : int
        Sizes and counts, under the most probable conventions.
    """

    log_evidence: float
    log_total: float
    vectors: dict
    sizes: list
    conventions: dict
    counts: dict
    solutions: int


def exact_posterior(survey, sizes="quota", largest=None, *, rounding=None, subtotals=None):
    """Return the posterior of a survey by complete enumeration.

    Parameters
    ----------
    survey : Survey
    sizes : str
        "quota", "shortfall", "free", "dirichlet", "equal" or "mixture".
    largest : int, optional
        Largest size to enumerate, instead of all that the total admits, or the usual without one.
    rounding, subtotals : dict, optional
        Weights beforehand; the documented ones when omitted.

    Returns
    -------
    Exact
        With a log evidence of -inf and empty tables if there is no solution.
    """
    assert (survey.overall_share, survey.adding_up) == (("pooled",), ("rounded",))
    assert not any((survey.weighted, survey.strata))
    trees = trees_of(survey)
    largest = limit_of(survey, largest)
    parts = parts_of_prior(survey, sizes, largest)
    weights = summed(pair for part in parts.values() for pair in part.items())
    log_total = 0.0 if survey.total is None else log(math.fsum(weights.values()))
    by_scenario, counts = {}, defaultdict(lambda: defaultdict(float))
    for equivalent in equivalent_scenarios(survey, trees, largest, rounding, subtotals):
        prior = sum(scenario.prior for scenario in equivalent)
        mass = enumerate_sizes(survey, trees, equivalent[0], largest, weights, (prior, counts))
        for scenario in equivalent:
            share = scenario.prior / prior
            by_scenario[scenario] = {vector: share * p for vector, p in mass.items()}
    evidence = math.fsum(p for mass in by_scenario.values() for p in mass.values())
    if evidence == 0:
        return Exact(-math.inf, log_total, {}, [], {}, {}, 0)
    posterior = summed(
        (vector, p / evidence) for mass in by_scenario.values() for vector, p in mass.items()
    )
    conventions = conventions_of(survey, by_scenario, evidence)
    if sizes == "mixture":
        for name, part in parts.items():
            mixed = (p * part[vector] / weights[vector] for vector, p in posterior.items())
            conventions["sizes", "release", name] = math.fsum(mixed)
    return Exact(
        math.log(evidence),
        log_total,
        posterior,
        [summed((v[g], p) for v, p in posterior.items()) for g in range(len(survey.groups))],
        conventions,
        {key: {k: p / evidence for k, p in law.items()} for key, law in counts.items()},
        count_solutions(trees, by_scenario, survey.group_ids),
    )


def log(p):
    """Return the logarithm of a probability, which may be 0."""
    return math.log(p) if p > 0 else -math.inf


def limit_of(survey, largest):
    """Return the largest size to enumerate: no more than the total leaves."""
    groups, known = len(survey.groups), [g.n for g in survey.groups if g.n is not None]
    if survey.total is not None:
        highest = documented_sizes.highest_of(groups, survey.total)
        return highest if largest is None else min(largest, max(highest, *known, 0))
    usual = documented_sizes.usual_sizes(groups, None, survey.quota)
    return max([*usual, *known]) if largest is None else largest


def enumerate_sizes(survey, trees, scenario, largest, weights, into):
    """Return the mass of each vector of sizes under a scenario.

    `into` has the prior probability of the scenario, and gets the masses of counts.
    """
    prior, counts = into
    evaluator = Evaluator(trees, scenario, list(survey.group_ids))
    evaluator.largest = (largest,) * len(survey.groups)
    if survey.total is not None and not all(
        evaluator.pooled(tree, tree.root, survey.total)[survey.total] > 0
        for tree in evaluator.roots
    ):
        return {}
    possible = possible_sizes(trees, scenario, survey, largest)
    mass = {}
    for vector, weight in weights.items():
        if not all(n in some for n, some in zip(vector, possible, strict=True)):
            continue
        found = [(tree, evaluator.of_root(tree, vector)) for tree in evaluator.roots]
        here = prior * weight * math.prod(float(grid.sum()) for _, grid in found)
        if here > 0:
            mass[vector] = here
            for tree, grid in found:
                add_counts(counts, tree, grid, here)
    return mass


def possible_sizes(trees, scenario, survey, largest):
    """Return the sizes of every group under which its own print can be."""
    found = []
    for group in survey.groups:
        alone = Evaluator(trees, scenario, [group.id], overall=False)
        sizes = range(1, largest + 1) if group.n is None else [group.n]
        found.append(
            {n for n in sizes if all(alone.evidence(tree, (n,)) > 0 for tree in alone.roots)}
        )
    return found


def add_counts(counts, tree, grid, mass):
    """Add the laws of the groups' counts of the root's left child, if everybody was asked."""
    if tree.bases != ("all",) or tree.root not in tree.grouped:
        return
    left = tree.children[tree.root][0]
    for g in range(grid.ndim):
        law = grid.sum(axis=tuple(i for i in range(grid.ndim) if i != g))
        law = law * (mass / law.sum())
        for k in np.flatnonzero(law).tolist():
            counts[tree.name, left, g][k] += float(law[k])


def summed(pairs):
    """Return the sum of the values of each key."""
    out = defaultdict(float)
    for key, value in pairs:
        out[key] += value
    return dict(out)


def conventions_of(survey, by_scenario, evidence):
    """Return the probability of every value of every convention."""
    several = {q.id for q in survey.questions if len(q.base) > 1}
    rows = []
    for scenario, mass in by_scenario.items():
        p = math.fsum(mass.values()) / evidence
        rows.append((("rounding", "release", scenario.rule), p))
        rows.append((("subtotals", "release", scenario.subtotals), p))
        rows += [(("base", q, text), p) for q, text in scenario.bases if q in several]
    return summed(rows)


def count_solutions(trees, by_scenario, groups):
    """Return the number of solutions under the most probable conventions."""
    best = max(by_scenario, key=lambda scenario: math.fsum(by_scenario[scenario].values()))
    counter = Evaluator(trees, best, list(groups), counting=True)
    return sum(
        math.prod(round(counter.evidence(tree, vector)) for tree in counter.roots)
        for vector in by_scenario[best]
    )
