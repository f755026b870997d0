"""What a finished sensitivity analysis found, read back from the tables of its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from alumnistats.analysis.choices import VALUES, Choices
from alumnistats.errors import ArgumentError
from alumnistats.sensitivity.dimensions import REPLICATE, choice_names, is_numeric, with_hyphens
from alumnistats.sensitivity.identity import survey_digest
from alumnistats.sensitivity.result import Sensitivity
from alumnistats.sensitivity.scenarios import Plan, Scenario
from alumnistats.sensitivity.units import MEASURED, Finished
from alumnistats.survey import Survey
from alumnistats.text import from_csv_text

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("scenarios", "sensitivity")
"""Tables, as CSV files, from which a result can be read back."""


def read_sensitivity(folder: str | Path, survey: Survey) -> Sensitivity:
    """Return the result whose tables ``alumnistats sensitivity --out`` wrote to a folder.

    Whatever only the scenarios and their outcomes decide is as it was: tables of verdicts, flips
    and summaries, and specification curves. The designs are not in the folder, so that tables that
    need them (shares of variance, tipping points) are empty; draws and seed are not, either, and
    are given as 0.

    Parameters
    ----------
    folder : path
    survey : Survey
        That was analyzed.

    Returns
    -------
    Sensitivity

    Raises
    ------
    ArgumentError
        If the folder does not hold such tables, or those of another survey, or of another state of
        its file.
    """
    import pandas as pd

    paths = [Path(folder) / f"{name}.csv" for name in TABLES]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        expected = "a folder that `alumnistats sensitivity --out` wrote; it lacks "
        raise ArgumentError("sensitivity", str(folder), expected + ", ".join(missing))
    text = [
        pd.read_csv(path, dtype=str, keep_default_na=False).map(from_csv_text) for path in paths
    ]
    scenarios, outcomes = text
    try:
        read = [_scenario(row) for row in scenarios.to_dict("records")]
        finished = _finished(scenarios, outcomes)
        digests, surveys = tuple(scenarios["digest"]), set(scenarios["survey"])
    except (KeyError, ValueError, ArgumentError) as error:
        expected = f"tables as `alumnistats sensitivity --out` writes them ({error})"
        raise ArgumentError("sensitivity", str(folder), expected) from error
    if surveys != {survey_digest(survey)}:
        expected = f"results of the survey {survey.id} as its file is now: run it again"
        raise ArgumentError("sensitivity", str(folder), expected)
    return Sensitivity(survey, Plan(tuple(read), ()), digests, finished, 0, 0)


def _scenario(row: dict[Any, str]) -> Scenario:
    choices = {name: _value(name, row[name]) for name in choice_names()}
    return Scenario(Choices(**choices), int(row[REPLICATE]))


def _value(name: str, text: str) -> Any:
    if is_numeric(name):
        return float(text)
    named = {str(value): value for value in VALUES.get(name, ())}
    spelled: str = with_hyphens(name, text)
    return named.get(spelled, spelled)


def _finished(scenarios: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[Finished, ...]:
    claims: dict[str, list[dict[str, Any]]] = {}
    for row in outcomes.to_dict("records"):
        if row["claim"]:
            values = {name: float(row[name]) if row[name] else None for name in MEASURED}
            claim = {"id": row["claim"], "verdict": row["verdict"], **values}
            claims.setdefault(row["scenario"], []).append(claim)
    return tuple(
        Finished(
            tuple(claims.get(row["scenario"], [])), float(row["ess"]) if row["ess"] else None,
            row["error"],
        )
        for row in scenarios.to_dict("records")
    )  # fmt: skip
