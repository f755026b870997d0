"""What is inferred: groups, total, trees and scenarios; and whether it fits the memory there is.

Compiled once from the survey; everything that follows reads it and changes nothing.

The estimate of memory counts what grows with sizes: tables of counts by sizes, held for every way
of rounding, and the laws of the counts that one batch of solutions is drawn from. Both are added up
from the windows that the figures leave. A fixed part for the program itself is added. Where tables
are the largest part it is right within a factor of two or so; it errs upwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.brief import short_repr
from alumnistats.errors import TooLargeError
from alumnistats.reconstruction.banded_tables import BandedTables
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_draws import CountSampler
from alumnistats.reconstruction.count_prior import CountLaw
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.forced_sums import ForcedSampler
from alumnistats.reconstruction.means import MeanSampler
from alumnistats.reconstruction.overall import law_of_totals
from alumnistats.reconstruction.published import Exact
from alumnistats.reconstruction.question_tree import Tree, base_of, grouped_splits
from alumnistats.reconstruction.size_laws import StratumGroups
from alumnistats.reconstruction.vague_total import VagueTotal

BYTES = 8  # of a number
# Squares are as quick as bands up to so many bytes, where no size is larger than that.
SMALL, SHORT = 2e8, 750


def squares(trees: Mapping[str, Tree]) -> int:
    """Return how many tables of counts by sizes all groups' figures need, equal ones once."""
    return sum(len(set(_tables_of(tree))) for tree in trees.values())


def _tables_of(tree: Tree) -> Iterator[tuple[object, ...]]:
    figures: dict[str, dict[int, object]] = {}
    for (v, group), published in tree.group_figures.items():
        figures.setdefault(group, {})[v] = published
    below = [frozenset(tree.below(v)) for v in range(len(tree.nodes))]
    for own in figures.values():
        for v in range(1, len(tree.nodes)):  # of the root a diagonal is enough
            known = frozenset((u, published) for u, published in own.items() if u in below[v])
            if known:
                yield v, "whole", known
            if any(u != v for u, _ in known):
                yield v, "children", known


def bytes_of_squares(trees: Mapping[str, Tree], largest: int) -> int:
    """Return the memory of the tables as squares, under one rounding rule."""
    return BYTES * squares(trees) * (largest + 1) ** 2


COUNTS = 2e7  # counts and their laws, at most, that are drawn together
MANY = 10**9
KEPT = 3e8  # bytes of tables that are kept while sizes and counts are inferred


Shared = dict[object, dict[object, FloatArray | None]]
"""Tables that scenarios share, by tree, rounding rule and other conventions that matter to them."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything that stays fixed while sizes and counts are inferred.

    Attributes
    ----------
    groups : tuple of str
    total : int or None
    published_sizes : dict
        Sizes that the source publishes, by group.
    trees : dict of Tree
    scenarios : list of Scenario
    largest : int
        Largest sample size considered.
    laws : dict of CountLaw
        By tree and node: laws of counts that replace the prior's own.
    figures : Exact
        Law of a figure: right, misprinted or weighted.
    strata : tuple of StratumGroups
        More than one where groups were filled to several quotas.
    vague_total : VagueTotal, optional
        What is said of the total, where that is not known.
    """

    __repr__ = short_repr

    groups: tuple[str, ...]
    total: int | None
    published_sizes: Mapping[str, int]
    trees: Mapping[str, Tree]
    scenarios: Sequence[Scenario]
    largest: int
    laws: Mapping[tuple[str, int], CountLaw] = field(default_factory=dict)
    figures: Exact = field(default_factory=Exact)
    strata: tuple[StratumGroups, ...] = ()
    vague_total: VagueTotal | None = None
    _tables: Shared = field(init=False, default_factory=dict, repr=False)

    @cached_property
    def small(self) -> bool:
        """Whether tables as squares would take little memory."""
        return self.largest <= SHORT and bytes_of_squares(self.trees, self.largest) <= SMALL

    @property
    def bands(self) -> bool:
        """Whether tables are bands: of exact figures, where squares would be large."""
        return self.figures.certain and not self.small

    @property
    def batch(self) -> int:
        """How many solutions are drawn together: fewer where groups are large and many."""
        return max(int(COUNTS // (len(self.groups) * self.largest)), 1) if self.bands else MANY

    @property
    def log_prior(self) -> FloatArray:
        """Log prior of each scenario."""
        return np.array([s.log_prior for s in self.scenarios])

    @cached_property
    def table_bytes(self) -> float:
        """About how much memory the tables of all scenarios take."""
        ways, trees = _ways(self), self.trees.values()
        if self.bands:
            return sum(_bytes_of_bands(self, tree, way) for tree in trees for way in ways)
        splits = sum(at.left is not None for tree in trees for at in tree.nodes)
        laws = splits * BYTES * (self.largest + 1) ** 2
        return len(ways) * bytes_of_squares(self.trees, self.largest) + laws

    def shared(self) -> Shared:
        """Return where tables are kept: those of this problem, if they take little, or none."""
        kept = self.small or (self.bands and self.table_bytes <= KEPT)
        return self._tables if kept else {}

    def forgetful(self) -> Problem:
        """Return the problem without tables that take more than it should go on to take."""
        return self if self.small else replace(self)

    def tied(self, scenario: Scenario) -> Mapping[str, Tree]:
        """Return the trees with the overall figures that are sums over groups in a scenario."""
        return sampler_of(scenario).tied(self.figures.tied(self.trees))

    def tables(self, tree: Tree, scenario: Scenario, *more: Any) -> Tables:
        """Return the tables of a tree; `more` are the other arguments of `Tables`."""
        make = sampler_of(scenario).tables_of(banded=self.bands)
        return make(tree, scenario, self.largest, self.figures, *more)


def sampler_of(scenario: Scenario) -> type[CountSampler]:
    """Return the kind of sampler that a scenario asks for; neither goes with the other."""
    if scenario.adding_up == "forced":
        return ForcedSampler
    return MeanSampler if scenario.overall == "mean" else CountSampler


def overall_possible(problem: Problem, scenario: Scenario) -> bool:
    """Return whether the overall figures of every question asked of all can occur together."""
    total = problem.total
    if total is None or not problem.figures.certain:
        return True
    return all(
        law_of_totals(tree, total, scenario, problem.figures).ahead[0][total]
        for tree in problem.tied(scenario).values()
        if base_of(tree, scenario).tree is None
    )


def tabulate(problem: Problem, scenario: Scenario, cache: Shared) -> dict[str, Tables]:
    """Return the tables of every tree, each with those of the trees that are nested in it."""
    tables: dict[str, Tables] = {}
    nested: dict[str, dict[tuple[int, str], tuple[object, FloatArray]]] = {}
    for name in reversed(list(problem.trees)):  # nested ones come after those they are nested in
        tree = problem.trees[name]
        added = scenario.added(tree.question)
        key = (name, scenario.rounding, added, scenario.adding_up)
        shared = cache.setdefault(key, {})
        laws = {v: law for (t, v), law in problem.laws.items() if t == name}
        tables[name] = problem.tables(tree, scenario, nested.get(name), shared, laws)
        base = base_of(tree, scenario)
        if base.tree is None:
            continue
        inside = nested.setdefault(base.tree, {})
        for group in problem.groups:
            if not tables[name].published(0, group):
                continue
            old_key, factor = inside.get((base.node, group), ((), 1.0))
            new_key = (old_key, name, tables[name].key(0, group))
            inside[base.node, group] = (new_key, factor * tables[name].root(group))
    return tables


def group_likelihood(
    problem: Problem, scenario: Scenario, tables: Mapping[str, Tables]
) -> FloatArray:
    """Return the probability of each group's figures given its size, (groups, largest + 1)."""
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

    Tables are shared between the scenarios of one rounding rule. Large ones are dropped then, and
    made again where counts are drawn: all together they would be the largest thing in memory.
    """
    likelihoods = {}
    shared, rule = problem.shared(), None
    for s, scenario in enumerate(problem.scenarios):
        if not overall_possible(problem, scenario):
            continue
        if rule != (scenario.rounding, scenario.subtotals):
            rule, shared = (scenario.rounding, scenario.subtotals), problem.shared()
        tables = tabulate(problem, scenario, shared)
        likelihoods[s] = group_likelihood(problem, scenario, tables)
    return likelihoods


def by_strata(problem: Problem) -> tuple[Problem, IntArray]:
    """Return the problem with its groups by stratum; and where each group was.

    Returns
    -------
    problem : Problem
    places : ndarray of int, shape (groups,)
        Of the groups, in the problem that was given.
    """
    places = np.concatenate([stratum.members for stratum in problem.strata])
    ends = np.cumsum([0, *(len(stratum.members) for stratum in problem.strata)]).tolist()
    moved = tuple(
        replace(stratum, members=np.arange(start, end))
        for stratum, (start, end) in zip(problem.strata, pairwise(ends), strict=True)
    )
    groups = tuple(problem.groups[i] for i in places)
    return replace(problem, groups=groups, strata=moved), places


LAW_OF_SUM = 3_000  # products that the law of a sum of more than two rounded parts costs
PROGRAM = 2e8  # bytes that any reconstruction takes
COPIES = 2  # of the laws of a batch of counts, were all of its sizes different
GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container (Linux)


def bytes_needed(problem: Problem, draws: int) -> float:
    """Return about how much memory inference will take at its peak.

    Parameters
    ----------
    problem : Problem
    draws : int
        Number of solutions.

    Returns
    -------
    float
        Bytes. With tables of one kind, squares or bands, larger sizes, more figures and more draws
        never need less.
    """
    trees = problem.trees.values()
    cells = min(draws, problem.batch) * len(problem.groups)
    width = max((_width(problem, tree) for tree in trees), default=1)
    return PROGRAM + problem.table_bytes + COPIES * BYTES * cells * width


def _ways(problem: Problem) -> list[Scenario]:
    """Return one scenario of each kind that has tables of its own."""
    every = problem.scenarios
    return list({(s.rounding, s.subtotals, s.adding_up): s for s in every}.values())


def _tables(problem: Problem, tree: Tree, scenario: Scenario) -> BandedTables:
    return BandedTables(tree, scenario, problem.largest)


def _kinds(problem: Problem, tables: BandedTables) -> Iterator[str]:
    """Yield one group of each kind that publishes anything in a tree."""
    kinds = {tables.key(0, g): g for g in problem.groups if tables.published(0, g)}
    yield from kinds.values()


def _bytes_of_bands(problem: Problem, tree: Tree, scenario: Scenario) -> int:
    tables = _tables(problem, tree, scenario)
    total = 0
    for group in _kinds(problem, tables):
        low, high = tables.windows(group)
        for v in range(1, len(tree.nodes)):
            if tables.holds_values(v, group):
                total += int((high[v] - low[v]).max() + 1)
    return BYTES * (problem.largest + 1) * total


def mixing_work(problem: Problem) -> float:
    """Return about how many products the bands of all groups' figures take."""
    ways, trees = _ways(problem), problem.trees.values()
    return sum(_work_of_bands(problem, tree, way) for tree in trees for way in ways)


def _work_of_bands(problem: Problem, tree: Tree, scenario: Scenario) -> float:
    tables, total = _tables(problem, tree, scenario), 0.0
    for group in _kinds(problem, tables):
        low, high = tables.windows(group)
        width = np.maximum(high - low + 1, 0).astype(float)
        for v, at in enumerate(tree.nodes):
            if at.left is not None and tables.holds_values(v, group):
                sides = np.sort([width[v], *width[[at.left, at.right]]], axis=0)
                total += float((sides[0] * sides[1]).sum())
                if tables.adds_rounded_parts(v, group) is not None and not tables.two_parts(v):
                    total += LAW_OF_SUM * 2 * len(tree.parts(v)) * problem.largest
    return total


def _width(problem: Problem, tree: Tree) -> int:
    """Return how many counts one split of a group may leave, at most."""
    if not problem.bands:
        return problem.largest + 1
    tables = _tables(problem, tree, problem.scenarios[0])
    inner = [tree.nodes[v] for v in grouped_splits(problem.trees, tree.name)]
    found = [1]
    for group in _kinds(problem, tables):
        low, high = tables.windows(group)
        found += [int((high[at.left] - low[at.left]).max()) + 1 for at in inner]
    return max(found)


def bytes_available() -> float:
    """Return how much memory this process may take: the machine's, a container's, its own limit."""
    limits = [float("inf")]
    with suppress(AttributeError, ValueError, OSError):  # not on every system
        limits.append(float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE"))
    with suppress(ImportError):  # not on Windows
        import resource

        own = resource.getrlimit(resource.RLIMIT_AS)[0]
        limits += [] if own == resource.RLIM_INFINITY else [float(own)]
    with suppress(OSError, ValueError):  # no container, or one without a limit: "max"
        limits.append(float(GROUP_LIMIT.read_text(encoding="ascii")))
    return min(limits)


def check_memory(problem: Problem, draws: int, survey_id: str) -> None:
    """Raise `TooLargeError` where inference would take more memory than there is."""
    needed, available = bytes_needed(problem, draws), bytes_available()
    if needed > available:
        raise TooLargeError(survey_id, needed, available, len(problem.groups), problem.largest)
