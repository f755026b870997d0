r"""The number of respondents as an unknown, where none is published or only about.

Given a total everything is as with a published one. Totals are looked at in the order of what
`total_law` says of them at a glance: those that are probable all, of the others some, drawn with
known probabilities :math:`\pi_N` (systematic sampling with probabilities proportional to size).
With the evidence :math:`Z_N` of all figures given N, which the draws estimate, the evidence is

.. math:: \hat Z = \sum_{N\ \text{looked at}} \frac{P(N)\, \hat Z_N}{\pi_N},

of which the mean is right whatever the glance said (Horvitz and Thompson, 1952), and the solutions
of N have weights in proportion to its term. The more draws go to a total the more probable it is.

Where hundreds of totals are about as probable, a few would stand for all, and chance would tell the
total. Then none is looked at: sizes are drawn without a total, from a prior on sizes alone, guided
by the overall shares (see `guided_sizes`) and weighted by what is said of their sum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.errors import ContradictionError, TooLargeError, UndecidedError
from alumnistats.reconstruction.engine import SMALL_ERROR, Goal, infer
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.size_laws import SizeModel, part_shares
from alumnistats.reconstruction.size_priors import (
    SizePrior,
    highest_size,
    log_probability_of,
    size_models,
)
from alumnistats.reconstruction.solutions import Particles, stacked_counts
from alumnistats.reconstruction.total_prior import (
    TotalLaw,
    log_score,
    prior_of_total,
    tells_total,
    thinned,
)
from alumnistats.reconstruction.vague_total import VagueTotal
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

PILOT = 100  # solutions that tell how probable a total is
WORK = 1e5  # totals looked at, times groups, scenarios and the total
FEWEST_RUNS, MOST_RUNS = 8, 48
TEMPER = 0.75  # power of the score by which totals are drawn: it is not exact
BY_CHANCE = 0.05  # variance of the evidence by the choice of totals from which none is chosen
PATCHY = 0.5  # share of the score in totals without a solution, likewise
SKIPPED = 5e-3  # share of the score in totals that are not looked at
WIDEST = 1_000  # size up to which the prior of the total is computed beyond the tables
NOTABLE = 0.05  # probability by the overall figures alone of totals that are shown in any case
CLEAR = 0.9  # probability from which the overall figures alone tell the total

Solved = tuple[Problem, list[SizeModel], Particles | None, float]
Solve = Callable[[Survey, int, np.random.Generator], Solved]


@dataclass(frozen=True, eq=False)
class Run:
    """What was found given one total.

    Attributes
    ----------
    total : int
    log_prior : float
        Of the total, divided by the probability that it was looked at.
    chance : float
        That probability.
    problem : Problem
        With the total.
    models : list of SizeModel
    particles : Particles
    left_out : float
    log_given : float
        Log probability of the total under the prior on sizes.
    """

    total: int
    log_prior: float
    chance: float
    problem: Problem
    models: list[SizeModel]
    particles: Particles
    left_out: float
    log_given: float

    @property
    def log_mass(self) -> float:
        """Log of the term of the total in the evidence."""
        return self.log_prior + self.particles.log_evidence - self.log_given


@dataclass(frozen=True, eq=False)
class Totals:
    """The totals that were looked at and left possible, and what the overall figures alone say.

    Attributes
    ----------
    runs : tuple of Run
    by_overall : dict
        ``total -> probability`` given the overall figures alone, about.
    skipped : float
        Share of the evidence, about, in totals that had no chance of being looked at.
    """

    runs: tuple[Run, ...]
    by_overall: dict[int, float]
    skipped: float = 0.0

    @property
    def share(self) -> FloatArray:
        """Posterior probability of each run's total, shape (runs,)."""
        mass = np.array([run.log_mass for run in self.runs])
        return np.asarray(np.exp(mass - np.logaddexp.reduce(mass)))

    @property
    def by_chance(self) -> float:
        """Variance of the evidence, relative, that is due to the choice of totals."""
        return float((1 - np.array([run.chance for run in self.runs])) @ self.share**2)

    @property
    def left_out(self) -> float:
        """Share of the evidence that the runs leave out."""
        return min(float(self.share @ [run.left_out for run in self.runs]) + self.skipped, 1.0)

    def refused(self) -> int | None:
        """Return the total that the overall figures alone tell, if the groups' figures refuse it.

        Then the two are at odds, although some other total may reconcile them.
        """
        found = {run.total: p for run, p in zip(self.runs, self.share.tolist(), strict=True)}
        best = max(self.by_overall, key=lambda total: self.by_overall[total])
        clear = self.by_overall[best] >= CLEAR and found.get(best, 0.0) <= 1 - CLEAR
        return best if clear else None

    def combined(self) -> Particles:
        """Return the solutions of all totals, weighted by the totals' probabilities."""
        parts, share = [run.particles for run in self.runs], self.share
        sizes = np.concatenate([part.sizes for part in parts])
        counts = stacked_counts(parts)
        weight = [s * part.weight for s, part in zip(share.tolist(), parts, strict=True)]
        log_evidence = float(np.logaddexp.reduce([run.log_mass for run in self.runs]))
        scenario = np.concatenate([part.scenario for part in parts])
        return Particles(scenario, sizes, counts, np.concatenate(weight), log_evidence)

    def table(self) -> pd.DataFrame:
        """Return a table of total, probability, error and by_overall, most probable first.

        `error` is the standard error of the probability: of the choice of totals, and of the draws.
        `by_overall` is the probability given the overall figures alone.
        """
        import pandas as pd

        share = self.share
        chosen = (1 - np.array([run.chance for run in self.runs])) * share**2
        drawn = share**2 * [1 / run.particles.ess for run in self.runs]
        other = np.eye(len(share)) - share[:, None]  # [of which probability, whose term]
        error = np.sqrt(other**2 @ (chosen + drawn))
        rows = {
            run.total: (run.total, p, e, self.by_overall.get(run.total, 0.0))
            for run, p, e in zip(self.runs, share.tolist(), error.tolist(), strict=True)
        }
        for total, p in self.by_overall.items():
            if p >= NOTABLE:
                rows.setdefault(total, (total, 0.0, 0.0, p))
        table = pd.DataFrame(
            list(rows.values()), columns=["total", "probability", "error", "by_overall"]
        )
        order = ["probability", "by_overall", "total"]
        return table.sort_values(order, ascending=[False, False, True]).reset_index(drop=True)

    def again(self, problem: Problem, draws: int, rng: np.random.Generator) -> Totals | None:
        """Return what is found under other laws of counts; None if nothing is."""
        found = []
        for run, share in zip(self.runs, self.share.tolist(), strict=True):
            own = replace(run.problem, laws=problem.laws)
            particles, left_out = infer(own, run.models, _draws(draws, share), rng)
            if particles is not None:
                found.append(replace(run, problem=own, particles=particles, left_out=left_out))
        return replace(self, runs=tuple(found)) if found else None


def _draws(draws: int, share: float) -> int:
    return max(int(np.ceil(draws * share)), PILOT)


def is_unknown(survey: Survey, problem: Problem) -> bool:
    """Return whether the total is an unknown of which something is said.

    Where every group's size is published it is their sum.
    """
    if survey.total is not None or all(group.n is not None for group in survey.groups):
        return False
    return problem.vague_total is not None or tells_total(problem)


def solve_totals(
    survey: Survey,
    problem: Problem,
    solve: Solve,
    sizes: SizePrior,
    draws: int,
    rng: np.random.Generator,
) -> Totals | None:
    """Return the totals that all figures leave possible, with their solutions.

    Parameters
    ----------
    survey : Survey
        Without a total.
    problem : Problem
        Compiled from it.
    solve : callable
        Infers with a published total: of the survey, the number of draws and the generator.
    sizes : SizePrior
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    Totals
        None if nothing was found; and where too many totals are possible to look at them: then
        sizes are better drawn without one.

    Raises
    ------
    ContradictionError, UndecidedError
        If nothing was found and the file says something of the total.
    """
    law = thinned(prior_of_total(survey), problem, rng)
    if not len(law.totals):
        law = prior_of_total(survey).only(np.arange(1))
    score, overall = log_score(survey, problem, law)
    kept, skipped = _worth_a_look(score)
    chances = _chances(kept, score, law.totals, problem)
    several = law.stands_for_several[kept]
    variance = _variance_of_choice(score[kept], chances, several)
    if variance > BY_CHANCE:
        return None
    chosen = _chosen(chances, rng)
    runs = [
        _run(survey, law, i, chance, solve, sizes, rng)
        for i, chance in zip(kept[chosen].tolist(), chances[chosen].tolist(), strict=True)
    ]
    if not any(runs) and problem.vague_total is not None and not np.isfinite(score).any():
        raise _nothing_found(survey, problem.vague_total, proved=law.complete)
    if not any(runs) or (variance > 0 and _is_patchy(score[kept[chosen]], runs)):
        return None
    with np.errstate(invalid="ignore"):
        by_overall = np.nan_to_num(np.exp(overall - np.logaddexp.reduce(overall)))
    alone = dict(zip(law.totals.tolist(), by_overall.tolist(), strict=True))
    found = Totals(tuple(run for run in runs if run is not None), alone, skipped)
    if found.by_chance > BY_CHANCE:
        return None
    return replace(found, runs=tuple(_with_more(found, draws, rng)))


def _nothing_found(
    survey: Survey, vague: VagueTotal, *, proved: bool
) -> ContradictionError | UndecidedError:
    said, advice = vague.said, "leave it out to see which numbers do"
    if proved:
        return ContradictionError(
            f"{survey.id}: no number of respondents that {said} allows can show the published "
            f"figures; {advice}"
        )
    found = f"no number of respondents that {said} allows was found to give the published figures"
    return UndecidedError(survey.id, f"{found}; {advice}")


def _worth_a_look(score: FloatArray) -> tuple[IntArray, float]:
    """Return places of the totals that have nearly all of the score, and the share they lack."""
    order = np.argsort(-score, kind="stable")
    order = order[np.isfinite(score[order])]
    if not len(order):
        return order, 0.0
    mass = np.exp(score[order] - score[order[0]])
    covered = np.cumsum(mass) / mass.sum()
    number = int(np.searchsorted(covered, 1 - SKIPPED)) + 1
    return np.sort(order[:number]), float(max(1 - covered[min(number, len(order)) - 1], 0.0))


def _with_more(found: Totals, draws: int, rng: np.random.Generator) -> list[Run]:
    """Return the runs, those of probable totals drawn anew with their share of the draws.

    Where a run's own draws alone move no probability by more than the error that is aimed at,
    another pass over the sizes is not worth its time.
    """
    runs = []
    for run, share in zip(found.runs, found.share.tolist(), strict=True):
        enough = _effective_for(share, run.chance)
        if run.particles.ess < enough:
            goal = Goal.shown(run.problem, draws).times(share)
            goal = replace(goal, effective=max(goal.effective, enough))
            particles, _ = infer(run.problem, run.models, _draws(draws, share), rng, goal)
            run = run if particles is None else replace(run, particles=particles)
        runs.append(run)
    return runs


def _effective_for(share: float, chance: float) -> float:
    """Return the effective draws of a run with which what it says has the error aimed at.

    Of what is half as probable as the total, and of the total itself, unless that depends on which
    totals were looked at.
    """
    worst = max(1 - share, 0.5) if chance == 1 else 0.5
    return float((share * worst / SMALL_ERROR) ** 2)


def _chances(
    possible: IntArray, score: FloatArray, totals: IntArray, problem: Problem
) -> FloatArray:
    """Return the probabilities with which totals, given by their places, are looked at."""
    if not len(possible):
        return np.zeros(0)
    weight = np.exp(score[possible] - score[possible].max())
    # Work grows with the total: of those that cost more fewer are taken, each standing for more.
    cost = totals[possible] * (len(problem.groups) * len(problem.scenarios))
    drawn = weight**TEMPER / np.sqrt(totals[possible])
    number = MOST_RUNS
    while number > FEWEST_RUNS and inclusion(drawn, number) @ cost > WORK:
        number = max(number * 3 // 4, FEWEST_RUNS)
    return inclusion(drawn, number)


def _chosen(chance: FloatArray, rng: np.random.Generator) -> IntArray:
    """Return which are chosen with these probabilities: systematic sampling, one offset for all."""
    edges = np.floor(np.concatenate([[0.0], np.cumsum(chance)]) + rng.random())
    return np.flatnonzero((np.diff(edges) >= 1) | (chance >= 1))


def _variance_of_choice(score: FloatArray, chance: FloatArray, several: BoolArray) -> float:
    """Return the relative variance of the evidence by the choice of totals, if the score is right.

    It is large where few stand for many; `several` are those that stand for others already.
    """
    share = np.exp(score - np.logaddexp.reduce(score))
    return float(share**2 @ np.where(several, 1.0, (1 - chance) / chance))


def _is_patchy(score: FloatArray, runs: Sequence[Run | None]) -> bool:
    """Return whether the score is no guide to what totals have: most of it had no solution."""
    share = np.exp(score - np.logaddexp.reduce(score))
    return bool(share[[run is None for run in runs]].sum() > PATCHY)


def inclusion(weight: FloatArray, number: int) -> FloatArray:
    """Return inclusion probabilities in proportion to weights, cut at 1, that sum to `number`.

    All are 1 where there are no more than that.
    """
    chance = np.zeros(len(weight))
    sure = np.zeros(len(weight), dtype=bool)
    if len(weight) <= number:
        return np.ones(len(weight))
    while True:
        rest = weight[~sure].sum()
        chance = np.where(sure, 1.0, (number - sure.sum()) * weight / max(rest, 1e-300))
        if not (chance > 1).any():
            return chance
        sure |= chance >= 1


def _run(
    survey: Survey,
    law: TotalLaw,
    place: int,
    chance: float,
    solve: Solve,
    sizes: SizePrior,
    rng: np.random.Generator,
) -> Run | None:
    """Return what is found given a total; None if nothing is, or if it would take too much."""
    total, log_prior = int(law.totals[place]), float(law.log_prior[place] - np.log(chance))
    known = survey.model_copy(update={"total": total, "total_about": None, "total_at_most": None})
    try:
        own, models, particles, left_out = solve(known, PILOT, rng)
    except TooLargeError:
        return None
    if particles is None:
        return None
    given = _log_given(known, own, models, sizes)
    return Run(total, log_prior, chance, own, models, particles, left_out, given)


def _log_given(known: Survey, problem: Problem, models: list[SizeModel], prior: SizePrior) -> float:
    """Return the log probability of the total under the prior, sizes beyond the tables included.

    Of a mixture only of sizes in the tables: its parts are weighted by that.
    """
    top = highest_size(known) or 0
    if problem.largest < top <= WIDEST and prior != "mixture":
        models = size_models(known, prior, top)
    return log_probability_of(models, problem.strata, known.total)


def part_shares_over_totals(
    totals: Totals, sizes: IntArray, members: Sequence[IntArray]
) -> dict[str, FloatArray]:
    """Return the probability of each part of a mixture given each of several size vectors.

    Each under the prior that belongs to the sum of its sizes, which is one of the totals looked at.
    """
    sums, out = sizes.sum(axis=1), dict[str, FloatArray]()
    for run in totals.runs:
        mine = sums == run.total
        for part, share in part_shares(run.models, sizes[mine], members).items():
            out.setdefault(part, np.zeros(len(sizes)))[mine] = share
    return out
