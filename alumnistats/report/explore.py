"""Explore: the reader chooses how the survey is analyzed, and sees the verdicts of that analysis.

Nothing is computed in the page: it holds the verdicts of every scenario of a sensitivity analysis.
Choices that were not computed together are told, not guessed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alumnistats.claims import VERDICT_LABELS
from alumnistats.errors import ArgumentError
from alumnistats.report.layout import Cell, Table, number
from alumnistats.report.words import COLUMNS, LANGUAGES, WORDS, Words, words
from alumnistats.sensitivity import Sensitivity
from alumnistats.sensitivity.dimensions import is_numeric
from alumnistats.sensitivity.identity import survey_digest
from alumnistats.sensitivity.reading import read_sensitivity
from alumnistats.sensitivity.verdicts import NOBODY, VERDICTS, depends_on, outcomes, varied
from alumnistats.sensitivity.words import label, value_text
from alumnistats.survey import Survey

CODES = "snou"
"""A letter for each verdict, in the order of `VERDICTS`."""
MANY = 9  # values of a choice that stands after those with fewer
WITHOUT = "-"  # the code of a scenario that failed
SEPARATOR = words(", ", "、")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader can choose.

    Attributes
    ----------
    number : int
        By which the data name it.
    label : Words
    values : sequence of Words
    base : int
        The position of the usual value.
    """

    number: int
    label: Words
    values: Sequence[Words]
    base: int


@dataclass(frozen=True, slots=True)
class Explore:
    """The section.

    Attributes
    ----------
    said : Words
        How many analyses there are.
    choices : sequence of Choice
        That some verdict depends on: the one on which most do first, those of many values last.
    others : sequence of Choice
        That change no verdict by themselves.
    table : Table
        Every claim: its verdict under the usual choices and how often it stays. The column
        "chosen" is for the script to fill.
    data : str
        JSON, of which every ``<`` is escaped. Key "scenarios": for each, pairs of choice and value
        that differ from the base, in one list; "verdicts": a letter for each claim; "of": which of
        these each scenario has; "codes": the classes of the letters.
    """

    said: Words
    choices: Sequence[Choice]
    others: Sequence[Choice]
    table: Table
    data: str


def of_survey(found: Sensitivity | str | Path | None, survey: Survey) -> Sensitivity | None:
    """Return the choices of a survey, as they are or out of the folder where they lie.

    Raises
    ------
    ArgumentError
        If they are those of another survey, or not there.
    """
    if found is None:
        return None
    if not isinstance(found, Sensitivity):
        return read_sensitivity(found, survey)
    if survey_digest(found.survey) != survey_digest(survey):
        raise ArgumentError("sensitivity", found.survey.id, f"results of the survey {survey.id}")
    return found


def _values(name: str, settings: Sequence[dict[str, Any]]) -> list[Any]:
    """Return the values of a choice: numbers in their order, names as they were listed."""
    values = list(dict.fromkeys(setting[name] for setting in settings))
    return sorted(values) if is_numeric(name) else values


def explore(result: Sensitivity) -> Explore | None:
    """Return the section of a sensitivity analysis; None where there is nothing to choose.

    Parameters
    ----------
    result : Sensitivity
    """
    names = varied(result)
    if not names or not result.survey.claims:
        return None
    settings = [scenario.settings() for scenario in result.plan.scenarios]
    values = {name: _values(name, settings) for name in names}
    depending = depends_on(result)
    moved = {name: sum(name in some for some in depending.values()) for name in names}
    order = sorted(names, key=lambda name: (len(values[name]) > MANY, -moved[name]))
    order.sort(key=lambda name: not moved[name])
    choices = [
        Choice(
            number,
            {lang: label(name, lang) for lang in LANGUAGES},
            [
                {lang: value_text(value, lang, result.survey) for lang in LANGUAGES}
                for value in values[name]
            ],
            values[name].index(settings[0][name]),
        )
        for number, name in enumerate(order)
    ]
    said = words(**WORDS["explore_said"], n=f"{len(settings):,}")
    that_matter = sum(moved[name] > 0 for name in order)
    return Explore(
        said,
        choices[:that_matter],
        choices[that_matter:],
        _table(result, depending),
        _data(result, order, values, settings),
    )


def _data(
    result: Sensitivity,
    order: Sequence[str],
    values: dict[str, list[Any]],
    settings: Sequence[dict[str, Any]],
) -> str:
    position = {name: {value: i for i, value in enumerate(values[name])} for name in order}
    scenarios = [
        [
            part
            for number, name in enumerate(order)
            if setting[name] != settings[0][name]
            for part in (number, position[name][setting[name]])
        ]
        for setting in settings
    ]
    patterns: dict[str, int] = {}
    of = [
        patterns.setdefault(
            "".join(WITHOUT if code == NOBODY else CODES[code] for code in row), len(patterns)
        )
        for row in outcomes(result, "verdict").tolist()
    ]
    codes = {code: verdict.replace(" ", "-") for code, verdict in zip(CODES, VERDICTS, strict=True)}
    found = {"codes": codes, "scenarios": scenarios, "verdicts": list(patterns), "of": of}
    return json.dumps(found, separators=(",", ":")).replace("<", "\\u003c")


def _table(result: Sensitivity, depending: dict[str, tuple[str, ...]]) -> Table:
    order = list(VERDICT_LABELS)
    verdict = outcomes(result, "verdict")
    rows = []
    for j, claim in enumerate(result.survey.claims):
        base = verdict[0, j]
        there = verdict[:, j][verdict[:, j] != NOBODY]
        usual = WITHOUT_VERDICT
        if base != NOBODY:
            name = VERDICTS[base]
            usual = Cell(VERDICT_LABELS[name], order.index(name), verdict=name, labelled=True)
        stays = int((there == base).sum())
        names = {
            lang: SEPARATOR[lang].join(label(name, lang) for name in depending[claim.id])
            for lang in LANGUAGES
        }
        rows.append([
            Cell(claim.text.model_dump(), own=True),
            usual,
            Cell("", labelled=True, chosen=True),
            number(f"{stays:,} / {len(there):,}", stays / max(len(there), 1)),
            Cell(names if depending[claim.id] else NOTHING, labelled=True),
        ])  # fmt: skip
    columns = [COLUMNS[name] for name in ("claim", "usual", "chosen", "stays", "depends_on")]
    return Table("table-explore", WORDS["explore_table"], columns, rows, cards=True)


WITHOUT_VERDICT = Cell(WORDS["no_result"], len(VERDICT_LABELS), labelled=True)
NOTHING = words("no single choice", "単独で影響する選択はない")
