"""Size passes of a survey with strata: combinations of hyperparameters drawn from their posterior.

All combinations of the strata's quotas and departure rates are too many to be enumerated. Given one
of them the groups are independent but for the totals, so it is a `SizeModel` and a pass like any
other; its weight is the number of times that it was drawn, as a share of the exact evidence of
`strata_laws`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.size_laws import FloatArray, IntArray, SizeModel
from alumnistats.reconstruction.sizes import SizePass
from alumnistats.reconstruction.strata import StratumGroups
from alumnistats.reconstruction.strata_laws import NEGLIGIBLE, Part, Rows, by_part, part_of

COMBINATIONS = 2  # for each solution that is asked for
FEWEST = 40  # combinations of a scenario that matters
MATTERS = 1e-3  # share of the evidence from which it does
TRACE = 1e-6  # share of the evidence below which no combination is drawn
HELD = 3e7  # numbers in the laws of all combinations


def draw_passes(
    problem: Problem,
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    draws: int,
    rng: np.random.Generator,
) -> tuple[list[SizePass], float]:
    """Return passes of combinations of hyperparameters, drawn from their posterior.

    Parameters
    ----------
    problem : Problem
        With strata; those with a known sum first.
    models : sequence of SizeModel
    likelihoods : mapping of ndarray
        By scenario.
    draws : int
        Solutions that are asked for.
    rng : numpy.random.Generator

    Returns
    -------
    passes : list of SizePass
    left_out : float
        Bound of the share of the evidence whose hyperparameters were not drawn from.
    """
    by = by_part(models, len(problem.strata))
    drawn: list[_Drawn] = []
    doubtful: list[tuple[float, int, str]] = []
    best = -np.inf

    def draw_from(part: Part, s: int, name: str) -> float:
        log_mass = part.log_evidence + problem.scenarios[s].log_prior
        if np.isfinite(log_mass) and log_mass > best + np.log(TRACE):
            drawn.append(_Drawn.of(s, name, part, log_mass, COMBINATIONS * draws, rng))
        return max(best, log_mass)

    for s, likelihood in likelihoods.items():
        for name, some in by.items():
            part = part_of(some, likelihood, problem.strata, problem.total)
            if part is None:
                continue
            if part.left_out < NEGLIGIBLE:
                best = draw_from(part, s, name)
            else:
                doubtful.append((part.log_left_out + problem.scenarios[s].log_prior, s, name))
    for bound, s, name in sorted(doubtful, reverse=True):
        if bound > best + np.log(NEGLIGIBLE):
            part = part_of(by[name], likelihoods[s], problem.strata, problem.total, "direct")
            best = best if part is None else draw_from(part, s, name)
    if not drawn:
        return [], 0.0
    share = np.array([one.log_mass for one in drawn])
    share = np.exp(share - np.logaddexp.reduce(share))
    room = HELD // next(iter(likelihoods.values())).size
    least = np.where(share > MATTERS, FEWEST, 1)
    often = np.clip(COMBINATIONS * draws * share, least, min(room, COMBINATIONS * draws))
    passes = [
        done
        for one, number in zip(drawn, often.astype(int).tolist(), strict=True)
        for done in one.passes(problem, likelihoods[one.scenario], number)
    ]
    return passes, float(share @ [one.left_out for one in drawn])


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Independent combinations of one scenario and part: what is left of it in memory.

    Attributes
    ----------
    scenario : int
    name : str
        Of the part.
    rows : list of Rows
        Without their laws.
    chosen : ndarray of int, shape (combinations, strata)
        Rows of each stratum.
    log_given : ndarray, shape (combinations,)
        Log probability of prints and totals given each combination.
    log_evidence, log_mass : float
        Without and with the scenario's prior.
    left_out : float
        As of the part.
    """

    scenario: int
    name: str
    rows: list[Rows]
    chosen: IntArray
    log_given: FloatArray
    log_evidence: float
    log_mass: float
    left_out: float

    @classmethod
    def of(
        cls, s: int, name: str, part: Part, log_mass: float, number: int, rng: np.random.Generator
    ) -> _Drawn:
        chosen = part.draw(number, rng)
        rows = [replace(one, law=np.empty((0, 0))) for one in part.rows]
        given = part.log_mass_of(chosen)
        return cls(s, name, rows, chosen, given, part.log_evidence, log_mass, part.left_out)

    def passes(self, problem: Problem, likelihood: FloatArray, number: int) -> list[SizePass]:
        """Return a pass for each of the first combinations that differ."""
        some, first, count = np.unique(
            self.chosen[:number], axis=0, return_index=True, return_counts=True
        )
        log_share = np.log(count / number) + self.log_evidence
        weight = log_share - self.log_given[first]
        return [
            SizePass(
                self.scenario,
                _together(self.rows, row, problem, own, self.name),
                0, likelihood, [], value,
            )
            for row, own, value in zip(
                some.tolist(), weight.tolist(), log_share.tolist(), strict=True
            )
        ]  # fmt: skip


def _together(
    strata: Sequence[Rows], chosen: Sequence[int], problem: Problem, log_weight: float, name: str
) -> SizeModel:
    """Return the combination of one row of each stratum, in which groups are independent."""
    law = np.zeros((len(problem.groups), problem.largest + 1))
    for stratum, rows, row in zip(problem.strata, strata, chosen, strict=True):
        model, rate = rows.models[row], rows.models[row].nodes[rows.nodes[row]]
        law[stratum.members] = rate * model.departing
        if model.quota is not None:
            law[stratum.members, model.quota] += 1 - rate
    return SizeModel(log_weight, None, law, np.ones(1), np.ones(1), name, 0, _fixed(problem.strata))


def _fixed(strata: Sequence[StratumGroups]) -> dict[int, int]:
    """Return partial sums that are known, by the number of groups; known strata come first."""
    fixed: dict[int, int] = {}
    groups = reached = 0
    for stratum in strata:
        if stratum.total is None:
            break
        groups, reached = groups + len(stratum.members), reached + stratum.total
        fixed[groups] = reached
    return fixed


def in_order(problem: Problem) -> tuple[Problem, IntArray]:
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
