"""The work: scenarios that share a reconstruction are run together, and share their fits.

A unit depends on its own content alone, and its results do too: where and when it runs, and how
scenarios are divided into units, changes nothing.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from alumnistats.analysis.choices import fit, gather, judge_survey, read, recover
from alumnistats.claims import Evidence, JudgedClaim
from alumnistats.claims.judge import numbers_of
from alumnistats.errors import AlumniStatsError
from alumnistats.posterior import FewSolutionsWarning
from alumnistats.reconstruction import Reconstruction
from alumnistats.sensitivity.scenarios import Scenario, step_seed
from alumnistats.survey import Survey

LARGEST = 240
"""Scenarios of one unit at most: processes that share the work evenly, against work done twice."""

SECONDS_UNSAVED = 2.0
"""What an interruption may cost, beside the reconstruction that is under way."""

RECONSTRUCTION, ESTIMATION = 100, 50  # rough cost, in judgements, by which long units go first

MEASURED = (
    "p_value", "p_value_lower", "p_value_upper", "probability", "probability_lower",
    "probability_upper", "in_sample", "significant", "needed_n",
)  # fmt: skip
"""Numbers of a judged claim that a scenario keeps, by their columns in the table of claims."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Result of one scenario, in plain values that a file of JSON holds.

    Attributes
    ----------
    claims : tuple of dict
        id, verdict and the numbers of `MEASURED` of every claim; where only bounds are known the
        number itself is None, and its ends are not.
    ess : float or None
        Smallest effective number of solutions behind a measure's estimates.
    error : str
        Why there are no claims; empty if there are.
    lasting : bool
        Whether another run would find the same; not so for a defect or a process that died.
    """

    claims: tuple[Mapping[str, Any], ...] = ()
    ess: float | None = None
    error: str = ""
    lasting: bool = True


Save = Callable[[Mapping[str, Finished]], None]


@dataclass(frozen=True, eq=False)
class Unit:
    """Scenarios with one reconstruction, by digest."""

    survey: Survey
    draws: int
    seed: int
    scenarios: Mapping[str, Scenario]

    @property
    def cost(self) -> int:
        """How long it takes, roughly."""
        fits = {s.choices.until("estimation") for s in self.scenarios.values()}
        return RECONSTRUCTION + ESTIMATION * len(fits) + len(self.scenarios)


def divide(scenarios: Mapping[str, Scenario], survey: Survey, draws: int, seed: int) -> list[Unit]:
    """Return the units of these scenarios, the longest first.

    Parameters
    ----------
    scenarios : dict
        By digest.
    """

    def shared(item: tuple[str, Scenario]) -> tuple[str, str]:
        _, scenario = item
        steps = (scenario.choices.until(s) for s in ("reconstruction", "estimation"))
        first, second = ((scenario.replicate, step) for step in steps)
        return repr(first), repr(second)

    units: list[Unit] = []
    ordered = sorted(scenarios.items(), key=lambda item: (*shared(item), item[0]))
    for _, members in groupby(ordered, key=lambda item: shared(item)[0]):
        pieces = _pieces(list(members))
        units += [Unit(survey, draws, seed, dict(piece)) for piece in pieces]
    return sorted(units, key=lambda unit: -unit.cost)


def _pieces(
    members: Sequence[tuple[str, Scenario]],
) -> Iterator[Sequence[tuple[str, Scenario]]]:
    """Cut a long list into the fewest pieces of nearly equal length."""
    pieces = -(-len(members) // LARGEST)
    for i in range(pieces):
        yield members[len(members) * i // pieces : len(members) * (i + 1) // pieces]


def run_unit(unit: Unit, save: Save | None = None) -> dict[str, Finished]:
    """Return the result of every scenario of a unit.

    A scenario that the survey contradicts, or in which anything else fails, has its error for a
    result: others go on.

    Parameters
    ----------
    unit : Unit
    save : callable, optional
        Called with what is new every few seconds, and at the end, whatever ends it.
    """
    found: dict[str, Finished] = {}
    fresh: dict[str, Finished] = {}
    saved = time.monotonic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewSolutionsWarning)  # the table holds the number
            for name, result in _run(unit):
                found[name] = fresh[name] = result
                if save is not None and time.monotonic() - saved > SECONDS_UNSAVED:
                    save(fresh)
                    fresh, saved = {}, time.monotonic()
    finally:
        if save is not None:
            save(fresh)
    return found


def _run(unit: Unit) -> Iterator[tuple[str, Finished]]:
    recon: Reconstruction | AlumniStatsError | None = None
    fits: dict[Hashable, Evidence] = {}
    for name, scenario in unit.scenarios.items():
        choices = scenario.choices
        try:
            if recon is None:
                recon = attempt(unit, scenario)
            if isinstance(recon, AlumniStatsError):
                raise recon
            key = choices.until("estimation")
            if key not in fits:
                # Only the last are kept: scenarios come by estimation.
                made = fit(recon, choices, seed=step_seed(unit.seed, scenario, "estimation"))
                fits = {key: gather(recon, made, "normal")}
            evidence = fits[key]
            judged = judge_survey(recon, evidence.fits, choices, evidence=evidence)
            ess = min((float(f.ess) for f in evidence.fits.values()), default=None)
            yield name, Finished(tuple(map(_plain, judged)), ess)
        except AlumniStatsError as error:
            yield name, Finished(error=_text(error))
        except Exception as error:  # noqa: BLE001 - a defect in one scenario must not end the others
            yield name, Finished(error=f"{type(error).__name__}: {_text(error)}", lasting=False)


def attempt(unit: Unit, scenario: Scenario) -> Reconstruction | AlumniStatsError:
    """Return the reconstruction or why there is none, which holds for the whole unit.

    A contradiction stays unexplained: tracing one can take minutes.
    """
    seed = step_seed(unit.seed, scenario, "reconstruction")
    choices = scenario.choices
    try:
        survey = read(unit.survey, choices)
        return recover(survey, choices, draws=unit.draws, seed=seed, explain=False)
    except AlumniStatsError as error:
        return error


def _text(error: Exception) -> str:
    return " ".join(str(error).split())


def _plain(judged: JudgedClaim) -> dict[str, Any]:
    numbers = numbers_of(judged.grounds)
    return {"id": judged.claim.id, "verdict": judged.verdict} | {
        name: None if numbers[name] is None else float(numbers[name]) for name in MEASURED
    }


def failed(unit: Unit, error: str) -> dict[str, Finished]:
    """Return the results of a unit whose process died."""
    return dict.fromkeys(unit.scenarios, Finished(error=error, lasting=False))
