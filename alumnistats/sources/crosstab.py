"""A table of groups by options as a survey: percentages, counts and sizes, as far as it has them.

The same table is read for `alumnistats init --from`, which writes it as a survey file to complete,
and by `read_crosstab`, which hands it to the analysis as it is.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from alumnistats.errors import ArgumentError, Problem, SurveyFileError, shown
from alumnistats.sources.cells import (
    A_COUNT,
    A_SIZE,
    Cell,
    CellError,
    Mark,
    read_people,
    read_percentage,
)
from alumnistats.sources.checks import find_problems
from alumnistats.sources.files import read_bytes
from alumnistats.sources.grids import A_TABLE, read_sheet
from alumnistats.sources.labels import ids_of
from alumnistats.sources.layout import Layout, lay_out, named_cells
from alumnistats.sources.notices import tell
from alumnistats.sources.shape import parse
from alumnistats.sources.sums import partitions
from alumnistats.sources.weighted_table import by_effective_counts, check_effect
from alumnistats.survey import MAX_DECIMALS, OVERALL, Survey

Values = Literal["percent", "count"]
Answers = Literal["auto", "single", "multiple"]
QUESTION = "question"
_FIGURE = re.compile(r"figures\[(\d+)\](?: \([^)]*\))?(?:\.(?:percent|count|n))?")


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is to be read; see `read_crosstab`."""

    values: Values = "percent"
    answers: Answers = "auto"
    decimal: Mark = "."
    digits: int | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    design_effect: float | None = None

    def __post_init__(self) -> None:
        choices = {
            "values": ("percent", "count"),
            "answers": ("auto", "single", "multiple"),
            "decimal": (".", ","),
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                expected = "one of " + ", ".join(known)
                raise ArgumentError(name, getattr(self, name), expected)
        if self.digits is not None and not 0 <= self.digits <= MAX_DECIMALS:
            raise ArgumentError("digits", self.digits, f"from 0 to {MAX_DECIMALS}")
        check_effect(self.design_effect)


def read_crosstab(
    path: str | Path,
    *,
    values: Values = "percent",
    answers: Answers = "auto",
    decimal: Mark = ".",
    digits: int | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    design_effect: float | None = None,
) -> Survey:
    """Read a table of groups by options as a survey.

    Parameters
    ----------
    path : str or Path
        CSV, tab-separated text or Excel. The first row names the columns, the first column the
        groups. A column ``n`` holds sizes, ``count`` or ``Yes count`` numbers of answers, ``Yes n``
        the size of one option's base; every other column is an option. A row ``Total`` (or all,
        overall, 全体, 計, 合計) holds the figures of all respondents.
    values : {"percent", "count"}
        What columns of options hold.
    answers : {"auto", "single", "multiple"}
        Whether a respondent gave one answer. By itself, "auto", a table whose rows sum to 100 is
        of a single-answer question, and the options of any other are taken one by one, which
        assumes nothing of how they belong together.
    decimal : {".", ","}
        Decimal mark of numbers that are text.
    digits : int, optional
        Decimals of every percentage, to put back trailing zeros that a program dropped.
    sheet : str, optional
        Name of the worksheet.
    encoding : str, optional
        Of a text file that is neither UTF-8 nor has a byte-order mark.
    delimiter : str, optional
        Of a text file: comma, semicolon or tab.
    design_effect : float, optional
        Of weighted percentages beside unweighted sizes: the variance over that of a simple random
        sample, at least 1. They enter as effective counts out of ``n / design_effect``, an
        approximation of which a notice tells, and are not tested for rounding.

    Returns
    -------
    Survey
        One question, ``question``, with the options of the table. With sizes and counts nothing
        about it is unknown, and `reconstruct` has one solution.

    Raises
    ------
    SurveyFileError
        Lists every cell that cannot be read and all that cannot be true.
    ArgumentError

    Warns
    -----
    InputNotice
        Of what was recognised or left out.
    """
    options = TableOptions(
        values, answers, decimal, digits, sheet, encoding, delimiter, design_effect
    )
    survey, notes = survey_of_table(path, options)
    tell(str(path), notes)
    return survey


def survey_of_table(path: str | Path, options: TableOptions) -> tuple[Survey, tuple[str, ...]]:
    """Return the survey of a table, and what its reader should know; see `read_crosstab`."""
    sheet = read_sheet(
        path, sheet=options.sheet, encoding=options.encoding, delimiter=options.delimiter
    )
    layout, problems = lay_out(sheet, options.values)
    if problems:
        raise SurveyFileError(layout.path, problems)
    numbers, problems = _read_numbers(layout, options)
    problems = problems or _doubts(layout, numbers, options)
    if problems:
        raise SurveyFileError(layout.path, problems)
    document, places, notes = _document(layout, numbers, options)
    if options.design_effect is not None:
        document, more, problems = by_effective_counts(document, options.design_effect)
        notes = [*more, *(note for note in notes if "digits" in note)]
        if problems:
            raise SurveyFileError(layout.path, problems)
    draft, problems = parse(document)
    problems = [*problems, *find_problems(draft)]
    if problems:
        raise SurveyFileError(layout.path, [_in_table(problem, places) for problem in problems])
    digest = hashlib.sha256(read_bytes(str(path), A_TABLE)).hexdigest()
    survey = draft.survey.model_copy(update={"path": str(path), "sha256": digest})
    return survey, (*layout.notes, *notes)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the cells of a table say.

    Attributes
    ----------
    sizes : dict
        From a row's label to its size.
    shares : dict
        From row label and option to what is published of it, by kind, and the cell's name.
    cells : list of Cell
        Those of percentages.
    """

    sizes: dict[str, int]
    shares: dict[tuple[str, str], dict[str, Any]]
    cells: list[Cell]


def _read_numbers(layout: Layout, options: TableOptions) -> tuple[_Numbers, list[Problem]]:
    problems: list[Problem] = []
    numbers = _Numbers({}, {}, [])
    for row in [*layout.groups, *([layout.total] if layout.total else [])]:
        if layout.sizes is not None:
            cell = row.cells[layout.sizes]
            try:
                size = read_people(
                    cell, f"{cell.where} ({shown(row.label)}, n)", A_SIZE, options.decimal
                )
            except CellError as error:
                problems.append(error.problem)
            else:
                if size is not None:
                    numbers.sizes[row.label] = size
    for row, option, kind, cell, key in named_cells(layout):
        if kind == "percent":
            numbers.cells.append(cell)
        try:
            value = _value(cell, kind, key, options)
        except CellError as error:
            problems.append(error.problem)
            continue
        if value is not None:
            entry = numbers.shares.setdefault((row.label, option), {"key": key, "row": row})
            entry[kind] = value
    return numbers, problems


def _value(cell: Cell, kind: str, key: str, options: TableOptions) -> str | int | None:
    mark: Mark = "." if cell.kind == "number" else options.decimal
    if kind == "n":
        return read_people(cell, key, A_SIZE, mark)
    if kind == "count":
        return read_people(cell, key, A_COUNT, mark)
    return read_percentage(cell, key, mark, options.digits)


def _doubts(layout: Layout, numbers: _Numbers, options: TableOptions) -> list[Problem]:
    """Refuse tables whose numbers are probably not what they would be read as."""
    percents = [s["percent"] for s in numbers.shares.values() if "percent" in s]
    problems = []
    signed = any("%" in cell.text or "％" in cell.text for cell in numbers.cells)
    small = all(float(p) <= 1 for p in percents)
    if len(percents) > 1 and small and not signed and any(len(p) > 3 for p in percents):
        found = f"no percentage above {max(percents, key=float)}"
        hint = "Multiply them by 100, or write the sign % behind percentages that are so small."
        problems.append(Problem("", found, "percentages, not proportions of 1", hint))
    if options.values == "percent" and not signed and _are_counts(layout, numbers):
        found = "whole numbers that sum to n in every row"
        hint = "Say values count (--values count), or write the sign % behind percentages."
        problems.append(Problem("", found, "percentages", hint))
    if options.values == "count" and layout.sizes is None and not _has_own_sizes(layout):
        hint = "Add a column n; if each respondent gave one answer it is the sum of the row."
        problems.append(Problem("", "counts without sizes", "a column n", hint))
    problems += _of_no_group(layout, numbers)
    if not numbers.shares and not problems:
        problems.append(Problem("", "nothing published in any row", "at least one percentage"))
    return problems


def _of_no_group(layout: Layout, numbers: _Numbers) -> list[Problem]:
    """Compare the total row's size with the sum of the groups', where all are published."""
    sizes = [numbers.sizes.get(row.label) for row in layout.groups]
    total = numbers.sizes.get(layout.total.label) if layout.total else None
    known = [size for size in sizes if size is not None]
    if total is None or len(known) < len(sizes) or sum(known) == total or layout.total is None:
        return []
    cell = layout.total.cells[layout.sizes or 0]
    hint = "Add a row for those of no listed group, or leave the total row's n out."
    if sum(known) > total:
        hint = "If respondents belong to several groups, leave the total row's n out."
    expected = f"{sum(known)}, the sum of the groups' sizes"
    return [Problem(f"{cell.where} ({shown(layout.total.label)}, n)", str(total), expected, hint)]


def _has_own_sizes(layout: Layout) -> bool:
    return all("n" in columns for columns in layout.shares.values())


def _are_counts(layout: Layout, numbers: _Numbers) -> bool:
    rows = 0
    for row in layout.groups:
        found = [numbers.shares.get((row.label, o), {}).get("percent") for o in layout.shares]
        if None in found or row.label not in numbers.sizes or "." in "".join(map(str, found)):
            return False
        size = numbers.sizes[row.label]
        if sum(int(str(p)) for p in found) != size or size == 100:
            return False
        rows += 1
    return rows > 1 and len(layout.shares) > 1


def _document(
    layout: Layout, numbers: _Numbers, options: TableOptions
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Return the survey as a document, the cell of each of its places, and notes."""
    group_ids = ids_of((row.label for row in layout.groups), "group")
    option_ids = dict(zip(layout.shares, ids_of(layout.shares, "option"), strict=True))
    names = {row.label: id for row, id in zip(layout.groups, group_ids, strict=True)}
    if layout.total is not None:
        names[layout.total.label] = OVERALL
    figures: list[dict[str, Any]] = []
    places: dict[str, str] = {}
    for (label, option), entry in numbers.shares.items():
        places[f"figures[{len(figures)}]"] = str(entry["key"])
        kinds = ("percent", "count", "n")
        known: dict[str, Any] = {kind: entry[kind] for kind in kinds if kind in entry}
        if "percent" not in known and "count" not in known:
            continue
        size = numbers.sizes.get(label)
        if "count" in known and "n" not in known and size is not None:
            known["n"] = size
        of = f"{QUESTION}:{option_ids[option]}"
        at = str(entry["key"]).partition(" ")[0]
        figures.append({"of": of, "group": names[label], **known, "at": at})
    groups: list[dict[str, Any]] = []
    for row, id in zip(layout.groups, group_ids, strict=True):
        places[f"groups[{len(groups)}]"] = f"{row.cells[0].where} ({shown(row.label)})"
        own = {"n": numbers.sizes[row.label]} if row.label in numbers.sizes else {}
        groups.append({"id": id, "label": _both(row.label), **own})
    answers, complete, note = _answers(layout, numbers, options)
    name = Path(layout.path).name
    document: dict[str, Any] = {
        "format": 1,
        "id": ids_of([Path(layout.path).stem], "table")[0],
        "title": _both(layout.title or name),
        "source": {"publisher": "(not stated)", "url": name, "cite": name},
        "groups": groups,
        "questions": [
            {
                "id": QUESTION,
                "label": _both(layout.title or name),
                "answers": answers,
                "complete": complete,
                "options": [{"id": id, "label": _both(o)} for o, id in option_ids.items()],
            }
        ],
        "figures": figures,
    }
    if layout.total is not None and layout.total.label in numbers.sizes:
        document["total"] = numbers.sizes[layout.total.label]
        places["total"] = f"{layout.total.cells[layout.sizes or 0].where} (n of the total row)"
    return document, places, [*note, *_mixed_digits(numbers, options)]


def _both(label: str) -> dict[str, str]:
    return {"en": label, "ja": label}


def _answers(
    layout: Layout, numbers: _Numbers, options: TableOptions
) -> tuple[str, bool, list[str]]:
    """Return whether answers are single, whether options partition the base, and a note."""
    rows = [
        [numbers.shares.get((row.label, option), {}) for option in layout.shares]
        for row in layout.groups
    ]
    sizes = [numbers.sizes.get(row.label) for row in layout.groups]
    whole = partitions(rows, sizes)
    if options.answers == "single":
        return "single", whole, []
    if options.answers == "auto" and whole:
        note = "rows sum to 100: read as a question with one answer, whose options are all there"
        return "single", True, [note]
    return "multiple", False, []


def _mixed_digits(numbers: _Numbers, options: TableOptions) -> list[str]:
    percents = [str(s["percent"]) for s in numbers.shares.values() if "percent" in s]
    places = sorted({len(p.partition(".")[2]) for p in percents})
    if len(places) < 2 or options.digits is not None:
        return []
    loose = sum(cell.loose for cell in numbers.cells)
    why = f" ({loose} cells have no number format)" if loose else ""
    most = places[-1]
    taken = f"percentages with {' and '.join(map(str, places))} decimals are taken as printed{why}"
    return [f"{taken}; if zeros were dropped, say digits {most} (--digits {most})"]


def _in_table(problem: Problem, places: dict[str, str]) -> Problem:
    """Name cells instead of entries of a file that the user never wrote."""

    def cell(match: re.Match[str]) -> str:
        return places.get(f"figures[{match[1]}]", match[0])

    key = _FIGURE.sub(cell, problem.key)
    for place, where in places.items():
        if not place.startswith("figures") and key.startswith(place):
            key = where
    return replace(problem, key=key, found=_FIGURE.sub(cell, problem.found))
