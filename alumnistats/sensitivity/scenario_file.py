"""The file of scenarios: which choices are varied, over which values, and by which design.

Read like a survey file: whatever is wrong with it is reported at once, each problem with its key,
what was found and what was expected.
"""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    ValidationError,
)
from pydantic_core import ErrorDetails

from alumnistats.arguments import checked, file_path, optional
from alumnistats.errors import ArgumentError, Problem, ScenarioFileError, closest, listed, shown
from alumnistats.sensitivity.dimensions import (
    REPLICATE,
    dimension_names,
    problem_of,
    with_hyphens,
)
from alumnistats.sources.files import MOST_BYTES_OF_TEXT, read_bytes
from alumnistats.survey.fields import refuse

Kind = Literal["grid", "one-at-a-time", "latin-hypercube", "sobol", "saltelli"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SAMPLES: tuple[Kind, ...] = ("latin-hypercube", "sobol", "saltelli")
"""Designs that need `n` and take ranges."""
MAY_DRAW: Kind = "one-at-a-time"
"""The design that takes `n` for the most values of each dimension, drawn where it has more."""

EACH: Literal["each"] = "each"
DEFAULT_DRAWS = 300
FEWEST_DRAWS, MOST_DRAWS = 100, 100_000
MOST_SCENARIOS = 100_000
"""Of one design: each takes a tenth of a second or more, and a table keeps them all."""

_VALUES = 'a list of values, "each", or a range such as { low = 1.0, high = 3.0, scale = "log" }'
_ABOUT = {
    "format": "1, the only version of the format so far",
    "draws": f"a whole number of solutions from {FEWEST_DRAWS} to {MOST_DRAWS}",
    "base": "a table of choices",
    "designs": "at least one [[designs]]",
    "kind": "one of " + ", ".join(KINDS),
    "n": f"a whole number from 2 to {MOST_SCENARIOS}",
    "dimensions": f"a table whose keys are choices, each {_VALUES}",
    "low": "a number below high, and above 0 where the scale is log",
    "high": "a number above low",
    "scale": '"linear" or "log"',
}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Range(_Record):
    """The values between two ends, even on a linear or a logarithmic scale."""

    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"


Values = tuple[Any, ...] | Range | Literal["each"]


def _values(value: object) -> object:
    if isinstance(value, dict):
        return Range.model_validate(value)
    if value == EACH:
        return EACH
    if isinstance(value, list | tuple) and len(value) > 0:
        return _hashable(value)
    raise refuse(_VALUES)


def _hashable(value: object) -> Any:
    return tuple(_hashable(v) for v in value) if isinstance(value, list | tuple) else value


def _spelled(choices: dict[str, Any]) -> dict[str, Any]:
    return {name: with_hyphens(name, value) for name, value in choices.items()}


class DesignSpec(_Record):
    """One design of a scenario file.

    Attributes
    ----------
    kind : {"grid", "one-at-a-time", "latin-hypercube", "sobol", "saltelli"}
    n : int, optional
        Points of a sample; a "saltelli" design runs n (d + 2) scenarios for d dimensions. Of
        "one-at-a-time": so many values of a dimension at most, drawn where it has more.
    dimensions : dict
        By choice: its values, a `Range`, or "each".
    """

    kind: Kind
    n: Annotated[StrictInt, Field(ge=2, le=MOST_SCENARIOS)] | None = None
    dimensions: Annotated[
        dict[str, Annotated[Any, BeforeValidator(_values)]],
        Field(min_length=1),
        AfterValidator(_spelled),
    ]


class ScenarioFile(_Record):
    """What a scenario file holds.

    Attributes
    ----------
    draws : int
        Solutions that each reconstruction keeps.
    base : dict
        Choices that hold where no design varies them, and with which others are compared.
    designs : tuple of DesignSpec
    """

    format: Literal[1]
    draws: Annotated[StrictInt, Field(ge=FEWEST_DRAWS, le=MOST_DRAWS)] = DEFAULT_DRAWS
    base: Annotated[dict[str, Any], AfterValidator(_spelled)] = Field(default_factory=dict)
    designs: Annotated[tuple[DesignSpec, ...], Field(min_length=1)]


def _source(name: str, value: Any) -> None:
    """Check a path, or a dict that a file could hold: all keys in it are texts."""
    if not isinstance(value, Mapping):
        optional(file_path)(name, value)
        return
    try:
        odd = [key for key in _keys(value) if not isinstance(key, str)]
    except RecursionError as error:
        raise ArgumentError(name, "a dict nested too deeply", "what a file could hold") from error
    if odd:
        raise ArgumentError(name, odd[0], "a dict all of whose keys are texts")


def _keys(value: Any) -> Iterator[Any]:
    """Yield the keys of a dict and of those in it."""
    if isinstance(value, Mapping):
        yield from value
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _keys(part)


@checked({"source": _source})
def load_scenarios(source: str | Path | Mapping[str, Any] | None = None) -> ScenarioFile:
    """Read and check a scenario file.

    Parameters
    ----------
    source : path or dict, optional
        A TOML file, or what one would hold; the embedded default when omitted.

    Returns
    -------
    ScenarioFile

    Raises
    ------
    ScenarioFileError
        If it cannot be read, or anything in it is wrong; lists every problem.

    Examples
    --------
    >>> one = {"kind": "one-at-a-time", "dimensions": {"level": [0.9, 0.99]}}
    >>> load_scenarios({"format": 1, "designs": [one]}).designs[0].kind
    'one-at-a-time'
    """
    if source is None:
        where = "alumnistats/sensitivity/default.toml"
        text = importlib.resources.files("alumnistats.sensitivity").joinpath("default.toml")
        return _checked(where, tomllib.loads(text.read_text(encoding="utf-8")))
    if isinstance(source, Mapping):
        return _checked("scenarios", source)
    return _checked(str(source), _document(source))


def _document(path: str | Path) -> dict[str, Any]:
    expected = "a scenario file (TOML)"
    data = read_bytes(str(path), expected, MOST_BYTES_OF_TEXT, ScenarioFileError)
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        found = "text that is not UTF-8"
    except RecursionError:
        found = "tables or lists nested too deeply"
    except tomllib.TOMLDecodeError as error:
        found = f"text that is not TOML: {error}"
    except ValueError:  # Python refuses to convert very long integers
        found = "a number of thousands of digits"
    raise ScenarioFileError(str(path), [Problem("", found, expected)])


def _checked(where: str, document: Mapping[str, Any]) -> ScenarioFile:
    problems: list[Problem] = []
    spec = None
    try:
        spec = ScenarioFile.model_validate(dict(document))
    except ValidationError as error:
        problems += [_problem(e) for e in error.errors(include_url=False)]
    problems += _problems_of_choices(document)
    if spec is not None:
        problems += [p for i, design in enumerate(spec.designs) for p in _of_design(i, design)]
    if problems or spec is None:
        raise ScenarioFileError(where, problems)
    return spec


def _key(loc: tuple[int | str, ...]) -> str:
    text = ""
    for step in loc:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def _problem(error: ErrorDetails) -> Problem:
    loc = error["loc"]
    names = [step for step in loc if isinstance(step, str)]
    if error["type"] == "extra_forbidden":
        records: dict[int, type[BaseModel]] = {1: ScenarioFile, 2: DesignSpec}
        record = records.get(len(names), Range)
        known = list(record.model_fields)
        hint = closest(names[-1], known)
        return Problem(_key(loc), "an unknown key", listed(known), hint)
    found = "nothing" if error["type"] == "missing" else shown(error["input"])
    of_choice = len(names) == 3  # designs, dimensions, the choice
    expected = _VALUES if of_choice else _ABOUT[names[-1]]
    if isinstance(loc[-1], int) and names[-1] == "designs":
        expected = "a table"
    return Problem(_key(loc), found, expected)


def _problems_of_choices(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Check names and values of choices, also in a file whose shape is wrong elsewhere."""
    base = document.get("base", {})
    if isinstance(base, Mapping):
        for name, value in base.items():
            yield from _of_values(f"base.{name}", name, [value], varied=False)
    designs = document.get("designs", [])
    for i, design in enumerate(designs if isinstance(designs, list | tuple) else []):
        dimensions = design.get("dimensions") if isinstance(design, Mapping) else None
        for name, values in dimensions.items() if isinstance(dimensions, Mapping) else []:
            listed_values = values if isinstance(values, list | tuple) else []
            yield from _of_values(f"designs[{i}].dimensions.{name}", name, listed_values)


def _of_values(
    key: str, name: str, values: list[Any] | tuple[Any, ...], *, varied: bool = True
) -> Iterator[Problem]:
    known = [n for n in dimension_names() if varied or n != REPLICATE]
    if name not in known:
        yield Problem(key, "an unknown choice", listed(known, limit=None), closest(name, known))
        return
    for i, value in enumerate(values):
        expected = problem_of(name, with_hyphens(name, _hashable(value)))
        if expected:
            yield Problem(f"{key}[{i}]" if varied else key, shown(value), expected)


def _of_design(index: int, design: DesignSpec) -> Iterator[Problem]:
    key = f"designs[{index}]"
    sample = design.kind in SAMPLES
    if sample and design.n is None:
        yield Problem(f"{key}.n", "nothing", _ABOUT["n"])
    if not sample and design.kind != MAY_DRAW and design.n is not None:
        expected = f"no n: it is for {listed([*SAMPLES, MAY_DRAW])}"
        yield Problem(f"{key}.n", shown(design.n), expected)
    for name, values in design.dimensions.items():
        if isinstance(values, Range):
            yield from _of_range(f"{key}.dimensions.{name}", name, values, sample=sample)


def _of_range(key: str, name: str, values: Range, *, sample: bool) -> Iterator[Problem]:
    if not sample:
        yield Problem(key, "a range", f"a list of values: ranges are for {listed(SAMPLES)}")
    if not values.low < values.high or (values.scale == "log" and values.low <= 0):
        yield Problem(f"{key}.low", shown(values.low), _ABOUT["low"])
    for end in ("low", "high"):
        expected = problem_of(name, getattr(values, end))
        if name in dimension_names() and expected:
            yield Problem(f"{key}.{end}", shown(getattr(values, end)), expected)
