"""What is inferred: groups, total, trees and scenarios; and what each group prints given its size.

Compiled once from the survey; everything that follows reads it and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.likelihood import GroupTables
from alumnistats.reconstruction.likelihoods import table_maker
from alumnistats.reconstruction.means import tied
from alumnistats.reconstruction.memory import SHORT, SMALL, bytes_of_squares
from alumnistats.reconstruction.nesting import base_of
from alumnistats.reconstruction.split_laws import CountLaw, FloatArray
from alumnistats.reconstruction.strata import StratumGroups
from alumnistats.reconstruction.structure import Tree
from alumnistats.reconstruction.typos import Typos
from alumnistats.reconstruction.weighted_print import Weighting
from alumnistats.reconstruction.windows import feasible_totals

COUNTS = 2e7  # counts and their laws, at most, that are drawn together
MANY = 10**9


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything that stays fixed while sizes and counts are inferred.

    Attributes
    ----------
    groups : tuple of str
    total : int or None
    published_sizes : dict
        Sizes that the source prints, by group.
    trees : dict of Tree
    scenarios : list of Scenario
    largest : int
        Largest sample size considered.
    laws : dict of CountLaw
        By tree and node: laws of counts that replace the prior's own.
    typos : Typos, optional
        How probable misprints are; None where every figure is right.
    weighting : Weighting, optional
        Of weighted percentages; None where they are shares of counts.
    strata : tuple of StratumGroups
        More than one where groups were filled to several quotas.
    """

    groups: tuple[str, ...]
    total: int | None
    published_sizes: Mapping[str, int]
    trees: Mapping[str, Tree]
    scenarios: Sequence[Scenario]
    largest: int
    laws: Mapping[tuple[str, int], CountLaw] = field(default_factory=dict)
    typos: Typos | None = None
    weighting: Weighting | None = None
    strata: tuple[StratumGroups, ...] = ()

    @property
    def bands(self) -> bool:
        """Whether tables are bands: of exact figures, where squares would be large."""
        exact = self.typos is None and self.weighting is None
        small = bytes_of_squares(self.trees, self.largest) <= SMALL
        return exact and not (small and self.largest <= SHORT)

    @property
    def batch(self) -> int:
        """How many solutions are drawn together: fewer where groups are large and many."""
        return max(int(COUNTS // (len(self.groups) * self.largest)), 1) if self.bands else MANY

    @property
    def log_prior(self) -> FloatArray:
        """Log prior of each scenario."""
        return np.array([s.log_prior for s in self.scenarios])


def overall_possible(problem: Problem, scenario: Scenario) -> bool:
    """Return whether the overall figures of every question asked of all can occur together."""
    if problem.total is None or problem.typos is not None or problem.weighting is not None:
        return True
    return all(
        feasible_totals(tree, problem.total, scenario)[0][problem.total]
        for tree in tied(problem.trees, scenario).values()
        if base_of(tree, scenario).tree is None
    )


def tabulate(
    problem: Problem, scenario: Scenario, cache: dict[object, dict[object, FloatArray | None]]
) -> dict[str, GroupTables]:
    """Return the tables of every tree, those hanging on another one attached to it."""
    kind = problem.typos, problem.weighting, scenario.adding_up
    make = table_maker(*kind, bands=problem.bands)
    tables: dict[str, GroupTables] = {}
    attached: dict[str, dict[tuple[int, str], tuple[object, FloatArray]]] = {}
    for name in reversed(list(problem.trees)):  # what hangs comes after what it hangs on
        tree = problem.trees[name]
        added, way = scenario.added(tree.question), scenario.adding_up
        key = (name, scenario.rounding, added, way)
        shared = cache.setdefault(key, {})
        laws = {v: law for (t, v), law in problem.laws.items() if t == name}
        tables[name] = make(tree, scenario, problem.largest, attached.get(name), shared, laws)
        base = base_of(tree, scenario)
        if base.tree is None:
            continue
        hooks = attached.setdefault(base.tree, {})
        for group in problem.groups:
            if not tables[name].prints(0, group):
                continue
            old_key, factor = hooks.get((base.node, group), ((), 1.0))
            new_key = (old_key, name, tables[name].key(0, group))
            hooks[base.node, group] = (new_key, factor * tables[name].root(group))
    return tables


def group_likelihood(
    problem: Problem, scenario: Scenario, tables: Mapping[str, GroupTables]
) -> FloatArray:
    """Return the probability of each group's print given its size, shape (groups, largest + 1)."""
    like = np.ones((len(problem.groups), problem.largest + 1))
    roots = [t for t in problem.trees.values() if base_of(t, scenario).tree is None]
    for g, group in enumerate(problem.groups):
        for tree in roots:
            like[g] *= tables[tree.name].root(group)
        if group in problem.published_sizes:
            known = problem.published_sizes[group]
            like[g, np.arange(problem.largest + 1) != known] = 0.0
        if not like[g].any():  # no size will do, so the other groups cannot matter
            return np.zeros_like(like)
    return like


def likelihoods_of(problem: Problem) -> dict[int, FloatArray]:
    """Return `group_likelihood` of every scenario that the overall figures leave possible.

    Tables are shared between the scenarios of one rounding rule, then dropped: all together they
    would be the largest thing in memory.
    """
    likelihoods = {}
    shared: dict[object, dict[object, FloatArray | None]] = {}
    rule = None
    for s, scenario in enumerate(problem.scenarios):
        if not overall_possible(problem, scenario):
            continue
        if rule != (scenario.rounding, scenario.subtotals):
            rule, shared = (scenario.rounding, scenario.subtotals), {}
        tables = tabulate(problem, scenario, shared)
        likelihoods[s] = group_likelihood(problem, scenario, tables)
    return likelihoods
