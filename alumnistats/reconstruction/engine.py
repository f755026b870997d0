"""The reconstruction from end to end: scenarios, size passes, particles.

Reads top to bottom: compile the survey into trees, drop the scenarios whose overall figures cannot
be, tabulate what each group's figures say about its size, run the size passes worth running, draw
sizes and counts with weights, until they are enough. Where few draws would count, sizes are drawn
with regard to the overall figures.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray, systematic
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_draws import CountSampler
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.guided_sizes import Guide, targets_of
from alumnistats.reconstruction.problem import (
    Problem,
    by_strata,
    likelihoods_of,
    sampler_of,
    tabulate,
)
from alumnistats.reconstruction.size_draws import SizePass, draw_size_vectors, stratified_shares
from alumnistats.reconstruction.size_laws import SizeModel
from alumnistats.reconstruction.size_mixture import negligible, run_passes
from alumnistats.reconstruction.size_strata import draw_passes
from alumnistats.reconstruction.solutions import Particles, pool, stacked_counts, standard_error

PLAIN_ENOUGH = 0.6  # effective share of the particles below which they are drawn with a guide
PILOT = 4  # particles that estimate a scenario's overall evidence before the main run
WORTH_A_PILOT = 1e-3  # scenarios below this share of the mass get particles without a pilot


@dataclass(frozen=True, eq=False)
class ScenarioRun:
    """One scenario with its passes: draws sizes and counts, and weighs them.

    With a guide sizes are drawn with regard to the overall figures.
    """

    index: int
    problem: Problem
    tables: Mapping[str, Tables]
    passes: Sequence[SizePass]
    guide: Guide | None = None

    def guided(self) -> ScenarioRun:
        """Return the run with a guide, if there is anything to be guided by."""
        problem = self.problem
        scenario = problem.scenarios[self.index]
        targets = targets_of(
            problem.tied(scenario), self.tables, scenario, problem.groups, problem.total,
            problem.vague_total,
        )  # fmt: skip
        if not targets:
            return self
        return replace(self, guide=Guide(self.passes, targets, problem.total))

    @property
    def log_mass(self) -> float:
        """Log probability of the scenario and of everything that groups publish."""
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
        if problem.vague_total is not None:
            log_share = log_share + problem.vague_total.log_weight(sizes.sum(axis=1))
        scenario = problem.scenarios[self.index]
        sampler = sampler_of(scenario)(
            problem.trees, self.tables, scenario, problem.groups, rng, problem.figures
        )
        log_weight, counts = in_batches(sampler, sizes, problem.batch)
        log_weight = log_weight + log_share
        peak = float(log_weight.max())
        weight = np.exp(log_weight - peak) if np.isfinite(peak) else np.zeros(draws)
        with np.errstate(divide="ignore"):
            log_mean = float(np.log(weight.sum()) + peak) if weight.any() else -np.inf
        return Particles(np.full(draws, self.index), sizes, counts, weight, log_mean)


def in_batches(
    sampler: CountSampler, sizes: IntArray, batch: int
) -> tuple[FloatArray, dict[tuple[str, int], IntArray]]:
    """Return log weights and counts of size vectors, of which so many are in memory together."""
    parts = [sampler.run(sizes[i : i + batch]) for i in range(0, len(sizes), batch)]
    if len(parts) == 1:
        return parts[0]
    counts = {key: np.concatenate([own[key] for _, own in parts]) for key in parts[0][1]}
    return np.concatenate([log_weight for log_weight, _ in parts]), counts


def allocate(runs: Sequence[ScenarioRun], draws: int, rng: np.random.Generator) -> IntArray:
    """Return how many particles each scenario gets: one, and more as its mass is larger.

    The mass is that after the overall figures, estimated by a small pilot of each scenario; the
    particles' weights do not depend on it. Every scenario gets one, since the evidence would lack
    those that get none.
    """
    worth = _worth_a_pilot(runs)
    pilot = [
        run.draw(PILOT, rng).log_evidence if good else np.nan
        for run, good in zip(runs, worth, strict=True)
    ]
    share = _shares(runs, np.array(pilot))
    return 1 + systematic(share, max(draws - len(runs), 0), rng)


def allocate_again(
    runs: Sequence[ScenarioRun],
    parts: Sequence[Particles],
    draws: int,
    rng: np.random.Generator,
) -> IntArray:
    """Return how many particles each scenario gets after a round: no fewer than it had.

    What a few particles said of a scenario may be far from what more of them say, so the round
    takes the place of the pilot. The weights of the next round do not depend on this one.
    """
    had = np.array([len(part.sizes) for part in parts])
    share = _shares(runs, np.array([part.log_evidence for part in parts]))
    return np.maximum(had, systematic(share, draws, rng))


def _shares(runs: Sequence[ScenarioRun], log_evidence: FloatArray) -> FloatArray:
    """Return each scenario's mass after the overall figures, the largest as 1.

    `log_evidence` is an estimate; where it is not finite the others' mean is taken.
    """
    mass = np.array([run.log_mass for run in runs])
    known = np.isfinite(log_evidence)
    if known.any():
        mass = mass + np.where(known, log_evidence, log_evidence[known].mean())
    return np.asarray(np.exp(mass - mass.max()))


def _worth_a_pilot(runs: Sequence[ScenarioRun]) -> BoolArray:
    mass = np.array([run.log_mass for run in runs])
    return np.asarray(mass > mass.max() + np.log(WORTH_A_PILOT))


def combine(runs: Sequence[ScenarioRun], parts: Sequence[Particles]) -> Particles | None:
    """Return the particles of all scenarios, weighted by the scenarios' evidence; None if none."""
    log_mass = np.array([r.log_mass + p.log_evidence for r, p in zip(runs, parts, strict=True)])
    log_evidence = float(np.logaddexp.reduce(log_mass))
    if not np.isfinite(log_evidence):
        return None
    share = np.exp(log_mass - log_evidence)
    weight = np.concatenate(
        [
            s * part.weight / part.weight.sum() if s > 0 else part.weight * 0
            for s, part in zip(share, parts, strict=True)
        ]
    )
    kept = weight > 0
    sizes = np.concatenate([part.sizes for part in parts])
    counts = stacked_counts(parts)
    return Particles(
        np.concatenate([part.scenario for part in parts])[kept],
        sizes[kept],
        {key: values[kept] for key, values in counts.items()},
        weight[kept] / weight.sum(),
        log_evidence,
    )


def infer(
    problem: Problem,
    models: Sequence[SizeModel],
    draws: int,
    rng: np.random.Generator,
    goal: Goal | None = None,
) -> tuple[Particles | None, float]:
    """Return weighted solutions, or None if there are none, and the share of mass left out.

    Parameters
    ----------
    problem : Problem
    models : sequence of SizeModel
    draws : int
        Number of particles; every scenario that is possible gets one even if that makes more, and
        more are drawn up to the goal.
    rng : numpy.random.Generator
    goal : Goal, optional
        By default that of draws of which no probabilities are shown.
    """
    passes, left_out = size_passes(problem, models, draws, rng)
    return draw_solutions(problem, passes, draws, rng, goal or Goal.usual(draws)), left_out


def size_passes(
    problem: Problem, models: Sequence[SizeModel], draws: int, rng: np.random.Generator
) -> tuple[list[SizePass], float]:
    """Return the size passes that hold nearly all of the evidence, and the share they leave out.

    Those of a survey with strata have the groups in the order of the strata.
    """
    if len(problem.strata) > 1:
        problem, _ = by_strata(problem)
    given = models, likelihoods_of(problem), problem.log_prior
    if len(problem.strata) > 1:
        return draw_passes(*given, problem.strata, problem.total, draws, rng)
    return run_passes(*given, problem.total, negligible(draws))


def draw_solutions(
    problem: Problem,
    passes: Sequence[SizePass],
    draws: int,
    rng: np.random.Generator,
    goal: Goal | None = None,
) -> Particles | None:
    """Return weighted solutions whose sizes are drawn from passes; None if there are none.

    Draws are added up to the goal: by default that of the tables which a reconstruction shows.
    """
    goal = goal or Goal.shown(problem, draws)
    if len(problem.strata) == 1:
        return _infer_from(problem, passes, draws, rng, goal)
    ordered, places = by_strata(problem)
    found = _infer_from(ordered, passes, draws, rng, goal)
    if found is None:
        return None
    back = np.argsort(places)
    counts = {key: values[:, back] for key, values in found.counts.items()}
    return replace(found, sizes=found.sizes[:, back], counts=counts)


def _infer_from(
    problem: Problem, passes: Sequence[SizePass], draws: int, rng: np.random.Generator, goal: Goal
) -> Particles | None:
    """Return weighted solutions whose sizes are drawn from passes; None if there are none."""
    mine: dict[int, list[SizePass]] = {}
    for done in passes:
        mine.setdefault(done.scenario, []).append(done)
    shared = problem.shared()
    runs = [
        ScenarioRun(s, problem, tabulate(problem, problem.scenarios[s], shared), own)
        for s, own in mine.items()
    ]
    if not runs:
        return None
    worth = _worth_a_pilot(runs)
    guided = [run.guided() if good else run for run, good in zip(runs, worth, strict=True)]
    if _plain_share(guided) >= PLAIN_ENOUGH:
        parts = _draw(runs, allocate(runs, draws, rng), rng)
        found = combine(runs, parts)
        # If many draws do not fit, whole regions may have no draw that does, and the weights of the
        # others say nothing of it.
        if found is not None and found.ess >= PLAIN_ENOUGH * draws:
            return _until_enough(runs, parts, goal, rng)
    return _until_enough(guided, _draw(guided, allocate(guided, draws, rng), rng), goal, rng)


def _until_enough(
    runs: Sequence[ScenarioRun],
    parts: Sequence[Particles],
    goal: Goal,
    rng: np.random.Generator,
) -> Particles | None:
    """Return what the first round and those that the goal asks for find together."""
    scenarios = runs[0].problem.scenarios
    rounds = [(combine(runs, parts), _draws_of(parts))]
    spent = rounds[0][1]
    while True:
        found, last = pool(rounds), rounds[-1][1]
        more = goal.more(found, scenarios, spent, last)
        if not more:
            return found
        # A first round of few effective draws was badly divided: it is the pilot of the next ones.
        if len(rounds) == 1 and found is not None and found.ess < ENOUGH_SHARE * spent:
            rounds = []
        # Tables and passes are there already: more cost little.
        parts = _draw(runs, allocate_again(runs, parts, more, rng), rng)
        rounds.append((combine(runs, parts), _draws_of(parts)))
        spent += rounds[-1][1]


def _draws_of(parts: Sequence[Particles]) -> int:
    return sum(len(part.weight) for part in parts)


def _plain_share(guided: Sequence[ScenarioRun]) -> float:
    """Return the effective share that draws without a guide would have, about."""
    mass = np.array([run.log_mass for run in guided])
    share = [1.0 if run.guide is None else run.guide.plain_share for run in guided]
    weight = np.exp(mass - mass.max())
    return float(weight @ share / weight.sum())


def _draw(
    runs: Sequence[ScenarioRun], times: IntArray, rng: np.random.Generator
) -> list[Particles]:
    return [run.draw(n, rng) for run, n in zip(runs, times.tolist(), strict=True)]


ENOUGH_EFFECTIVE = 200  # and below which more are drawn
ENOUGH_SHARE = 0.4  # the same, of the draws asked for
SMALL_ERROR = 0.01  # of every probability of a size or a convention
MORE = 3  # times the draws of the last round, at most, are drawn in the next
USUAL_BUDGET, LONGEST_BUDGET = 13, 40  # draws in all, in multiples of those asked for
# Counts drawn, over draws, groups and splits: up to the first number of them draws are added where
# the error alone is too large, up to the second where too few are effective. The embedded release
# takes about 4 s for twice the first. A clock would make results depend on the machine.
FOR_ERROR, FOR_EFFECT = 1e5, 6e5


def largest_error(particles: Particles, scenarios: Sequence[Scenario]) -> float:
    """Return the largest standard error of the sizes' modes and of the conventions."""
    shown = [*_modes(particles), *_conventions(particles, scenarios)]
    return max(standard_error(share, particles.weight) for share in shown)


def _modes(particles: Particles) -> Iterator[BoolArray]:
    for own in particles.sizes.T:
        support, inverse = np.unique(own, return_inverse=True)
        best = int(np.argmax(np.bincount(inverse.reshape(-1), particles.weight)))
        yield own == support[best]


def _conventions(particles: Particles, scenarios: Sequence[Scenario]) -> Iterator[BoolArray]:
    found = np.unique(particles.scenario).tolist()
    for s in found:
        yield particles.scenario == s
    values: dict[Hashable, list[int]] = {}
    for s in found:
        one = scenarios[s]
        fixed = ("rounding", one.rounding), ("overall", one.overall), ("sum", one.adding_up)
        for value in (*fixed, *one.subtotals, *one.bases):
            values.setdefault(value, []).append(s)
    for mine in {tuple(mine) for mine in values.values()}:
        yield np.isin(particles.scenario, mine)


@dataclass(frozen=True)
class Goal:
    """When draws are enough.

    Attributes
    ----------
    effective : float
        Effective draws that are enough.
    error : float or None
        Largest standard error of a probability that is shown, if that matters.
    budget, longest : int
        Draws in all, after which no more are added: where the error alone is too large, and where
        too few are effective.
    """

    effective: float
    error: float | None
    budget: int
    longest: int

    @classmethod
    def usual(cls, draws: int) -> Goal:
        """Return the goal of draws of which no probabilities are shown."""
        return cls(ENOUGH_SHARE * draws, None, 0, USUAL_BUDGET * draws)

    @classmethod
    def shown(cls, problem: Problem, draws: int) -> Goal:
        """Return the goal of the draws behind the tables of a reconstruction."""
        splits = sum(at.left is not None for tree in problem.trees.values() for at in tree.nodes)
        counts = len(problem.groups) * max(splits, 1)  # of one draw
        longest = max(min(LONGEST_BUDGET * draws, int(FOR_EFFECT / counts)), USUAL_BUDGET * draws)
        effective = max(ENOUGH_EFFECTIVE, ENOUGH_SHARE * draws)
        return cls(effective, SMALL_ERROR, min(longest, int(FOR_ERROR / counts)), longest)

    def times(self, share: float) -> Goal:
        """Return the goal of draws that stand for a share of what is shown."""
        error = None if self.error is None else self.error / share
        budgets = int(self.budget * share), int(self.longest * share)
        return Goal(self.effective * share, error, *budgets)

    def more(
        self, found: Particles | None, scenarios: Sequence[Scenario], spent: int, last: int
    ) -> int:
        """Return how many draws the next round gets; 0 if they are enough, or the budget spent.

        Parameters
        ----------
        found : Particles or None
            What all rounds together found.
        scenarios : sequence of Scenario
        spent, last : int
            Draws of all rounds, and of the last one: no round has fewer than the one before.
        """
        budget, times = self.longest, float(MORE + 1)
        if found is not None and found.ess < self.effective:
            times = self.effective / found.ess
        elif found is not None:
            if self.error is None or spent + last > self.budget:
                return 0
            budget = self.budget
            times = (largest_error(found, scenarios) / self.error) ** 2
        if times <= 1 or spent + last > budget:
            return 0
        wanted = int(np.ceil((times - 1) * spent))
        return min(max(wanted, last), MORE * last, budget - spent)
