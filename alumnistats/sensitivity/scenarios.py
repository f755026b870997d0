"""From a scenario file and a survey to the scenarios to run, each once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alumnistats.analysis.choices import Choices, Step
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError, Problem, ScenarioFileError
from alumnistats.sensitivity.designs import Levels, Setting, drawn, number_of_points, settings_of
from alumnistats.sensitivity.dimensions import REPLICATE, as_value, choice_names, each_value
from alumnistats.sensitivity.identity import changed, digest, in_digests, seed_from
from alumnistats.sensitivity.scenario_file import (
    EACH,
    MAY_DRAW,
    MOST_SCENARIOS,
    DesignSpec,
    Range,
    ScenarioFile,
)
from alumnistats.survey import Survey


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to analyze the survey, and which random numbers it takes."""

    choices: Choices
    replicate: int = 0

    def settings(self) -> Setting:
        """Return the value of every dimension."""
        values = {name: getattr(self.choices, name) for name in choice_names()}
        return values | {REPLICATE: self.replicate}


@dataclass(frozen=True, eq=False)
class Design:
    """A design of which every point has its scenario.

    Attributes
    ----------
    kind : str
    dimensions : dict
        By dimension: its values in order, or the `Range` that was sampled.
    members : tuple of int
        Position of each point's scenario, in the order of the design.
    n : int or None
        As in the file.
    """

    kind: str
    dimensions: Mapping[str, tuple[Any, ...] | Range]
    members: tuple[int, ...]
    n: int | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """Scenarios without repetition, the base first, and the designs they come from."""

    __repr__ = short_repr

    scenarios: tuple[Scenario, ...]
    designs: tuple[Design, ...]


def scenario_with(base: Scenario, setting: Setting) -> Scenario:
    """Return the base with some dimensions set."""
    choices = {n: as_value(n, value) for n, value in setting.items() if n != REPLICATE}
    return Scenario(
        dataclasses.replace(base.choices, **choices), setting.get(REPLICATE, base.replicate)
    )


def place(file: ScenarioFile, survey: Survey, seed: int) -> Plan:
    """Return the scenarios of a file for a survey.

    Parameters
    ----------
    file : ScenarioFile
    survey : Survey
        Whose figures, bases and so on "each" stands for.
    seed : int
        Of the samples. A sample depends on it, on the survey and on its own design.

    Returns
    -------
    Plan

    Raises
    ------
    ScenarioFileError
        If "each" cannot be spelled out, or values do not go together.
    """
    problems: list[Problem] = []
    base = Scenario(_base(file, problems))
    numbers = {base: 0}
    designs = []
    for index, spec in enumerate(file.designs):
        dimensions: Levels = _spelled_out(index, spec, survey, problems)
        if not dimensions:  # each value of something that this survey has none of
            continue
        if spec.kind == MAY_DRAW and spec.n is not None:
            dimensions = drawn(dimensions, spec.n, _seed_of(spec, seed))
        if (count := number_of_points(spec.kind, dimensions, spec.n)) > MOST_SCENARIOS:
            found, expected = f"{count:,} scenarios", f"at most {MOST_SCENARIOS:,} of one design"
            hint = "Fewer values, or a sample: latin-hypercube, sobol or saltelli with n."
            problems.append(Problem(f"designs[{index}]", found, expected, hint))
            continue
        points = settings_of(spec.kind, dimensions, spec.n, _seed_of(spec, seed))
        scenarios = [scenario_with(base, point) for point in points]
        members = tuple(numbers.setdefault(scenario, len(numbers)) for scenario in scenarios)
        designs.append(Design(spec.kind, dimensions, members, spec.n))
    if problems:
        raise ScenarioFileError("scenarios", problems)
    return Plan(tuple(numbers), tuple(designs))


def _base(file: ScenarioFile, problems: list[Problem]) -> Choices:
    try:
        return dataclasses.replace(Choices(), **{n: as_value(n, v) for n, v in file.base.items()})
    except ArgumentError as error:
        problems.append(Problem(f"base.{error.parameter}", str(error.found), error.expected))
        return Choices()


def _seed_of(spec: DesignSpec, seed: int) -> int:
    said = spec.model_dump(mode="json")
    said["dimensions"] = {name: in_digests(name, v) for name, v in said["dimensions"].items()}
    return seed_from(seed, 0, digest(["design", said]))


def _spelled_out(
    index: int, spec: DesignSpec, survey: Survey, problems: list[Problem]
) -> dict[str, tuple[Any, ...] | Range]:
    found: dict[str, tuple[Any, ...] | Range] = {}
    for name, values in spec.dimensions.items():
        if values == EACH:
            try:
                values = each_value(name, survey)
            except ArgumentError as error:
                key = f"designs[{index}].dimensions.{name}"
                problems.append(Problem(key, '"each"', error.expected))
                continue
        if isinstance(values, Range):
            found[name] = values
        elif values:
            found[name] = tuple(dict.fromkeys(values))
    return found


def step_seed(seed: int, scenario: Scenario, step: Step) -> int:
    """Return the seed of one step of one scenario."""
    key = digest([step, changed(scenario.choices, step)])
    return seed_from(seed, scenario.replicate, key)


def scenario_digest(context: Mapping[str, Any], scenario: Scenario) -> str:
    """Return the digest under which a scenario's result is kept.

    Parameters
    ----------
    context : dict
        What all scenarios of a run share: digests of survey and code, draws, seed.
    scenario : Scenario
    """
    return digest([dict(context), scenario.replicate, changed(scenario.choices)])
