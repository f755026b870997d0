"""The reconstruction from end to end: scenarios, size passes, particles.

Reads top to bottom: compile the survey into trees, drop the scenarios whose overall figures cannot
be, tabulate what each group's print says about its size, run the size passes worth running, draw
sizes and counts, weigh them. Where few draws would count, sizes are drawn with regard to the
overall figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.guided_sizes import Guide
from alumnistats.reconstruction.likelihood import CountLaw, FloatArray, GroupTables
from alumnistats.reconstruction.likelihoods import sampler_maker, table_maker
from alumnistats.reconstruction.means import tied
from alumnistats.reconstruction.particles import (
    Particles,
    base_of,
    draw_size_vectors,
    stratified_shares,
    systematic,
)
from alumnistats.reconstruction.size_evidence import Evidence, Workspace
from alumnistats.reconstruction.size_moments import targets
from alumnistats.reconstruction.size_priors import SizeModel
from alumnistats.reconstruction.sizes import IntArray, SizePass, run_pass
from alumnistats.reconstruction.structure import Tree
from alumnistats.reconstruction.typos import Typos
from alumnistats.reconstruction.weighted_print import Weighting
from alumnistats.reconstruction.windows import feasible_totals

# Bound of the share of the evidence that is not computed: less than half a draw, and at most this.
NEGLIGIBLE_DRAWS, NEGLIGIBLE = 0.4, 1.5e-3
SPENT = 0.5  # the same, once the bounds of a large problem are lowered
SKIPPED = 0.1  # part of that which single departure rates of a quota may be
TRACE = 1e-6  # share of the evidence below which a pass is never drawn from
FIRST_ROWS, MOST_ROWS = 8, 128  # scenarios with a quota that are evaluated together
PLAIN_ENOUGH = 0.6  # effective share of the particles below which they are drawn with a guide
ENOUGH = 0.4  # and below which more are drawn
MORE = 3  # times as many
ROUNDS = 2  # of drawing more
PILOT = 4  # particles that estimate a scenario's overall evidence before the main run
WORTH_A_PILOT = 1e-3  # scenarios below this share of the mass get particles without a pilot


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
    make = table_maker(problem.typos, problem.weighting)
    tables: dict[str, GroupTables] = {}
    attached: dict[str, dict[tuple[int, str], tuple[object, FloatArray]]] = {}
    for name in reversed(list(problem.trees)):  # what hangs comes after what it hangs on
        tree = problem.trees[name]
        key = (name, scenario.rounding, scenario.subtotals)
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


Cell = tuple[int, SizeModel, int]  # scenario, quota and so on, index of a departure rate


def negligible(draws: int) -> float:
    """Return the share of the evidence that may be left out where so many draws stand for it."""
    return min(NEGLIGIBLE_DRAWS / draws, NEGLIGIBLE)


def run_passes(
    problem: Problem,
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    leave: float = NEGLIGIBLE,
) -> tuple[list[SizePass], float]:
    """Return the size passes that hold nearly all of the evidence.

    Parameters
    ----------
    problem : Problem
    models : sequence of SizeModel
    likelihoods : mapping of ndarray
        By scenario.
    leave : float
        Share of the evidence that need not be computed.

    Returns
    -------
    passes : list of SizePass
    left_out : float
        Upper bound of the share of the evidence in passes that are left out.
    """
    if not likelihoods:
        return [], 0.0
    found, unsure, unseen = _evaluate(problem, models, likelihoods, leave)
    sure = float(np.logaddexp.reduce([value for _, value in found])) if found else -np.inf
    more, unrun = _direct(problem, likelihoods, unsure, sure, leave)
    found += more
    unseen = float(np.logaddexp(unseen, unrun))
    if not found:
        return [], 0.0
    value = np.array([v for _, v in found])
    total = float(np.logaddexp.reduce(value))
    kept = value > total + np.log(TRACE)
    passes = [
        SizePass(s, model, node, likelihoods[s], [], v - problem.scenarios[s].log_prior)
        for ((s, model, node), v), good in zip(found, kept, strict=True)
        if good
    ]
    left_out = float(np.exp(unseen - total) + np.exp(value[~kept] - total).sum())
    return passes, left_out


def _evaluate(
    problem: Problem,
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    leave: float,
) -> tuple[list[tuple[Cell, float]], list[tuple[Cell, float]], float]:
    """Return cells with their log evidence, with bounds of it, and the bound of all others."""
    room = Workspace()
    evidence = {s: Evidence(like, problem.total, room) for s, like in likelihoods.items()}
    limits = {s: one.bounds(models) for s, one in evidence.items()}
    rows = [(s, m) for s in likelihoods for m in range(len(models))]
    limit = {(s, m): limits[s][m] for s, m in rows}
    table = _RowBounds.of(problem, models, limit)
    found: list[tuple[Cell, float]] = []
    unsure: list[tuple[Cell, float]] = []
    so_far, size, lowered = -np.inf, FIRST_ROWS, False
    while table.order:
        if table.behind() < so_far + np.log(leave):
            return found, unsure, table.behind()
        if np.isfinite(so_far) and not lowered and any(one.large for one in evidence.values()):
            table.lower(evidence, so_far + np.log(SKIPPED * leave))
            lowered = True
            continue
        block: dict[int, list[int]] = {}
        for s, m in table.take(size):
            block.setdefault(s, []).append(m)
        for s, mine in block.items():
            prior = problem.scenarios[s].log_prior
            some = [models[m] for m in mine]
            # Cells are skipped that are together a part of what may be left out.
            least = table.least(so_far + np.log((SPENT if lowered else SKIPPED) * leave)) - prior
            ceilings = [table.cells[s, m] - prior for m in mine]
            got = evidence[s].of(some, [limit[s, m] for m in mine], least, ceilings)
            for model, (value, rough) in zip(some, got, strict=True):
                found += _cells(s, model, value + prior)
                unsure += _cells(s, model, rough + prior)
                so_far = np.logaddexp(so_far, np.logaddexp.reduce(value) + prior)
        size = min(2 * size, MOST_ROWS)
    return found, unsure, -np.inf


def _cells(scenario: int, model: SizeModel, value: FloatArray) -> list[tuple[Cell, float]]:
    """Return the departure rates with a finite value as cells with their values."""
    kept = np.flatnonzero(np.isfinite(value)).tolist()
    return [((scenario, model, node), float(value[node])) for node in kept]


@dataclass(eq=False)
class _RowBounds:
    """Upper bounds of the log evidence: of every rate of every scenario's model, and of its sum.

    Attributes
    ----------
    problem : Problem
    models : sequence of SizeModel
    limits : mapping of ndarray
        By scenario and model, see `Evidence.bounds`.
    cells : dict of ndarray, shape (nodes,)
        By scenario and model: bounds of its rates.
    order : list of (int, int)
        Scenarios and models that are left, the most probable last.
    """

    problem: Problem
    models: Sequence[SizeModel]
    limits: Mapping[tuple[int, int], FloatArray]
    cells: dict[tuple[int, int], FloatArray]
    order: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        problem: Problem,
        models: Sequence[SizeModel],
        limits: Mapping[tuple[int, int], FloatArray],
    ) -> _RowBounds:
        """Return the table before anything is known but the limits."""
        with np.errstate(divide="ignore"):
            share = {m: np.log(model.node_weights) for m, model in enumerate(models)}
        flat = np.concatenate(list(limits.values())).min(axis=1)
        flat += np.concatenate([share[m] for _, m in limits])
        ends = np.cumsum([len(share[m]) for _, m in limits])
        own = [models[m].log_weight + problem.scenarios[s].log_prior for s, m in limits]
        flat += np.repeat(own, np.diff(ends, prepend=0))
        cells = dict(zip(limits, np.split(flat, ends[:-1]), strict=True))
        out = cls(problem, models, limits, cells)
        out._sort(list(cells))
        return out

    def _sort(self, rows: Sequence[tuple[int, int]]) -> None:
        """Put rows into order, and add up what is behind each and what the smallest cells are."""
        if not rows:
            return
        flat = np.concatenate([self.cells[row] for row in rows])
        first = np.cumsum([0, *(len(self.cells[row]) for row in rows[:-1])])
        bound = np.logaddexp.reduceat(flat, first)
        rising = [i for i in np.argsort(bound, kind="stable").tolist() if np.isfinite(bound[i])]
        self.order = [rows[i] for i in rising]
        self._behind = np.logaddexp.accumulate(bound[rising])
        self._smallest = np.sort(flat)
        self._together = np.logaddexp.accumulate(self._smallest)

    def behind(self) -> float:
        """Return the bound of all rows that are left."""
        return float(self._behind[len(self.order) - 1])

    def take(self, size: int) -> list[tuple[int, int]]:
        """Return the most probable rows, and take them out."""
        taken = self.order[: -size - 1 : -1]
        del self.order[-size:]
        return taken

    def least(self, log_budget: float) -> float:
        """Return the bound up to which all cells together are within a budget."""
        count = int(np.searchsorted(self._together, log_budget))
        return float(self._smallest[count - 1]) if count else -np.inf

    def lower(self, evidence: Mapping[int, Evidence], log_budget: float) -> None:
        """Lower the bounds of all rows that matter, and put them into order anew."""
        matter = self.order[int(np.searchsorted(self._behind[: len(self.order)], log_budget)) :]
        least = self.least(log_budget)
        for s in dict.fromkeys(s for s, _ in matter):
            mine, prior = [m for t, m in matter if t == s], self.problem.scenarios[s].log_prior
            limits = [self.limits[s, m] for m in mine]
            some = [self.models[m] for m in mine]
            got = evidence[s].ceilings(some, limits, least - prior)
            self.cells.update({(s, m): one + prior for m, one in zip(mine, got, strict=True)})
        self._sort(self.order)


def _direct(
    problem: Problem,
    likelihoods: Mapping[int, FloatArray],
    unsure: Sequence[tuple[Cell, float]],
    so_far: float,
    leave: float,
) -> tuple[list[tuple[Cell, float]], float]:
    """Run the direct pass for cells with a bound only, until the rest is negligible.

    Returns the cells with their log evidence, and the bound of those not run.
    """
    ordered = sorted(unsure, key=lambda item: -item[1])
    bound = np.array([value for _, value in ordered])
    behind = np.logaddexp.accumulate(bound[::-1])[::-1]
    found: list[tuple[Cell, float]] = []
    for i, ((s, model, node), _) in enumerate(ordered):
        if behind[i] < so_far + np.log(leave):
            return found, float(behind[i])
        done = run_pass(s, model, node, likelihoods[s], problem.total)
        value = done.log_evidence + problem.scenarios[s].log_prior
        if np.isfinite(value):
            found.append(((s, model, node), value))
            so_far = float(np.logaddexp(so_far, value))
    return found, -np.inf


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


@dataclass(frozen=True, eq=False)
class ScenarioRun:
    """One scenario with its passes: draws sizes and counts, and weighs them.

    With a guide sizes are drawn with regard to the overall figures.
    """

    index: int
    problem: Problem
    tables: Mapping[str, GroupTables]
    passes: Sequence[SizePass]
    guide: Guide | None = None

    def guided(self) -> ScenarioRun:
        """Return the run with a guide, if there is anything to be guided by."""
        problem = self.problem
        if problem.weighting is not None:  # overall figures tie nothing
            return self
        scenario = problem.scenarios[self.index]
        trees = tied(problem.trees, scenario)
        aims = targets(trees, self.tables, scenario, problem.groups, problem.total)
        if not aims or problem.total is None:
            return self
        return replace(self, guide=Guide(self.passes, aims, problem.total))

    @property
    def log_mass(self) -> float:
        """Log probability of the scenario and of everything that groups print."""
        evidence = np.logaddexp.reduce([done.log_evidence for done in self.passes])
        return float(evidence + self.problem.scenarios[self.index].log_prior)

    def draw(self, draws: int, rng: np.random.Generator) -> Particles:
        """Return particles whose weights, unnormalised, add to the mean of the overall evidence."""
        problem = self.problem
        if self.guide is None:
            sizes = draw_size_vectors(self.passes, problem.total, draws, rng)
            with np.errstate(divide="ignore"):
                log_share = np.log(stratified_shares(self.passes, sizes))
        else:
            sizes, log_share = self.guide.draw(draws, rng)
        scenario = problem.scenarios[self.index]
        make = sampler_maker(problem.typos, problem.weighting, scenario.overall)
        sampler = make(problem.trees, self.tables, scenario, problem.groups, rng)
        log_weight, counts = sampler.run(sizes)
        log_weight = log_weight + log_share
        peak = float(log_weight.max())
        weight = np.exp(log_weight - peak) if np.isfinite(peak) else np.zeros(draws)
        with np.errstate(divide="ignore"):
            log_mean = float(np.log(weight.sum()) + peak) if weight.any() else -np.inf
        return Particles(np.full(draws, self.index), sizes, counts, weight, log_mean)


def allocate(
    runs: Sequence[ScenarioRun], draws: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return how many particles each scenario gets: one, and more as its mass is larger.

    The mass is that after the overall figures, estimated by a small pilot of each scenario; the
    particles' weights do not depend on it. Every scenario gets one, since the evidence would lack
    those that get none.
    """
    mass = np.array([run.log_mass for run in runs])
    worth = _worth_a_pilot(runs)
    pilot = np.array(
        [
            run.draw(PILOT, rng).log_evidence if good else 0.0
            for run, good in zip(runs, worth, strict=True)
        ]
    )
    if np.isfinite(pilot[worth]).any():
        usual = pilot[worth][np.isfinite(pilot[worth])].mean()
        mass = mass + np.where(worth, np.where(np.isfinite(pilot), pilot, usual), usual)
    share = np.exp(mass - mass.max())
    return 1 + systematic(share, max(draws - len(runs), 0), rng)


def _worth_a_pilot(runs: Sequence[ScenarioRun]) -> npt.NDArray[np.bool_]:
    mass = np.array([run.log_mass for run in runs])
    return np.asarray(mass > mass.max() + np.log(WORTH_A_PILOT))


def combine(parts: Sequence[tuple[ScenarioRun, Particles]]) -> Particles | None:
    """Return the particles of all scenarios, weighted by the scenarios' evidence; None if none."""
    log_mass = np.array([run.log_mass + part.log_evidence for run, part in parts])
    log_evidence = float(np.logaddexp.reduce(log_mass))
    if not np.isfinite(log_evidence):
        return None
    share = np.exp(log_mass - log_evidence)
    weight = np.concatenate(
        [
            s * part.weight / part.weight.sum() if s > 0 else part.weight * 0
            for s, (_, part) in zip(share, parts, strict=True)
        ]
    )
    kept = weight > 0
    sizes = np.concatenate([part.sizes for _, part in parts])
    counts: dict[tuple[str, int], IntArray] = {}
    at = 0
    for _, part in parts:
        for key, values in part.counts.items():
            counts.setdefault(key, np.zeros_like(sizes))[at : at + len(values)] = values
        at += len(part.sizes)
    return Particles(
        np.concatenate([part.scenario for _, part in parts])[kept],
        sizes[kept],
        {key: values[kept] for key, values in counts.items()},
        weight[kept] / weight.sum(),
        log_evidence,
    )


def infer(
    problem: Problem, models: Sequence[SizeModel], draws: int, rng: np.random.Generator
) -> tuple[Particles | None, float]:
    """Return weighted solutions, or None if there are none, and the share of mass left out.

    Parameters
    ----------
    problem : Problem
    models : sequence of SizeModel
    draws : int
        Number of particles; every scenario that is possible gets one even if that makes more, and
        up to nine times as many are drawn if otherwise few would carry the weight.
    rng : numpy.random.Generator
    """
    likelihoods = likelihoods_of(problem)
    passes, left_out = run_passes(problem, models, likelihoods, negligible(draws))
    mine: dict[int, list[SizePass]] = {}
    for done in passes:
        mine.setdefault(done.scenario, []).append(done)
    shared: dict[object, dict[object, FloatArray | None]] = {}
    runs = [
        ScenarioRun(s, problem, tabulate(problem, problem.scenarios[s], shared), own)
        for s, own in mine.items()
    ]
    if not runs:
        return None, 0.0
    worth = _worth_a_pilot(runs)
    guided = [run.guided() if good else run for run, good in zip(runs, worth, strict=True)]
    if _plain_share(guided) >= PLAIN_ENOUGH:
        found = _draw(runs, allocate(runs, draws, rng), rng)
        # If many draws do not fit, whole regions may have no draw that does, and the weights of the
        # others say nothing of it.
        if found is not None and found.ess >= PLAIN_ENOUGH * draws:
            return found, left_out
    runs, found = guided, None
    times = allocate(runs, draws, rng)
    for _ in range(ROUNDS + 1):
        found = _draw(runs, times, rng) or found
        if found is not None and found.ess >= ENOUGH * draws:
            break
        times = times * MORE  # tables and passes are there already: more cost little
    return found, left_out


def _plain_share(guided: Sequence[ScenarioRun]) -> float:
    """Return the effective share that draws without a guide would have, about."""
    mass = np.array([run.log_mass for run in guided])
    share = [1.0 if run.guide is None else run.guide.plain_share for run in guided]
    weight = np.exp(mass - mass.max())
    return float(weight @ share / weight.sum())


def _draw(
    runs: Sequence[ScenarioRun], times: npt.NDArray[np.int64], rng: np.random.Generator
) -> Particles | None:
    return combine([(run, run.draw(n, rng)) for run, n in zip(runs, times.tolist(), strict=True)])
