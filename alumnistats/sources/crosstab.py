"""A table of groups by options as a survey: percentages, counts and sizes, as far as it has them.

The same table is read for `alumnistats init --from`, which writes it as a survey file to complete,
and by `read_crosstab`, which hands it to the analysis as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from alumnistats.errors import ArgumentError, Problem, SurveyFileError, shown
from alumnistats.sources.cells import (
    A_COUNT,
    A_SIZE,
    Cell,
    CellError,
    Mark,
    read_people,
    read_percentage,
    split_pair,
    unpublished,
)
from alumnistats.sources.checks import find_problems
from alumnistats.sources.dataframes import sheet_of_frame
from alumnistats.sources.direction import Direction, orient
from alumnistats.sources.doubts import Numbers, doubts
from alumnistats.sources.files import read_bytes
from alumnistats.sources.grids import A_TABLE, Sheet, read_sheet
from alumnistats.sources.labels import ids_of
from alumnistats.sources.layout import MOST_HEADER_ROWS, lay_out
from alumnistats.sources.notices import tell
from alumnistats.sources.roles import Asked, Entry, Layout, assign
from alumnistats.sources.shape import parse
from alumnistats.sources.sums import partitions
from alumnistats.sources.weighted_table import by_effective_counts, check_effect
from alumnistats.survey import MAX_DECIMALS, OVERALL, Survey

if TYPE_CHECKING:
    import pandas as pd

Values = Literal["percent", "count", "proportion"]
Answers = Literal["auto", "single", "multiple"]
QUESTION = "question"
_FIGURE = re.compile(r"figures\[(\d+)\](?: \([^)]*\))?(?:\.(?:percent|count|n))?")
_WHOLE = {"percent": 100, "proportion": 1, "count": 0}


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is to be read; see `read_crosstab`."""

    values: Values = "percent"
    answers: Answers = "auto"
    groups: Direction = "auto"
    decimal: Mark = "."
    digits: int | None = None
    header_rows: int | None = None
    section: str | None = None
    total: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    design_effect: float | None = None

    def __post_init__(self) -> None:
        choices = {
            "values": ("percent", "count", "proportion"),
            "answers": ("auto", "single", "multiple"),
            "groups": ("auto", "rows", "columns"),
            "decimal": (".", ","),
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                expected = "one of " + ", ".join(known)
                raise ArgumentError(name, getattr(self, name), expected)
        for name, least, most in (("digits", 0, MAX_DECIMALS), ("header_rows", 1, MOST_HEADER_ROWS)):
            value = getattr(self, name)
            if value is not None and not (type(value) is int and least <= value <= most):
                raise ArgumentError(name, value, f"a whole number from {least} to {most}")
        for name in ("section", "total", "sheet", "encoding", "delimiter"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise ArgumentError(name, value, "text")
        check_effect(self.design_effect)


def read_crosstab(
    table: str | Path | pd.DataFrame,
    *,
    values: Values = "percent",
    answers: Answers = "auto",
    groups: Direction = "auto",
    decimal: Mark = ".",
    digits: int | None = None,
    header_rows: int | None = None,
    section: str | None = None,
    total: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    design_effect: float | None = None,
) -> Survey:
    """Read a table of groups by options as a survey.

    Parameters
    ----------
    table : str, Path or DataFrame
        CSV, tab-separated text, Excel (.xlsx, .xls) or OpenDocument; or a data frame of pandas,
        polars or pyarrow. The first row names the columns, the first column the groups. A column
        ``n`` holds sizes, ``count`` or ``Yes count`` numbers of answers, ``Yes n`` the size of one
        option's base; every other column is an option. A row ``Total`` (or all, overall, 全体, 計,
        合計) holds the figures of all respondents. `docs/table-gallery.md` shows what else is read.
    values : {"percent", "count", "proportion"}
        What columns of options hold; a proportion of 0.478 is 47.8%.
    answers : {"auto", "single", "multiple"}
        Whether a respondent gave one answer. By itself, "auto", a question whose rows sum to 100 is
        of a single answer, and the options of any other are taken one by one, which assumes
        nothing of how they belong together.
    groups : {"auto", "rows", "columns"}
        Whether groups stand down or across. "auto" takes them as standing down, and refuses a
        table whose numbers or labels speak against it.
    decimal : {".", ","}
        Decimal mark of numbers that are text.
    digits : int, optional
        Decimals of every percentage, to put back trailing zeros that a program dropped.
    header_rows : int, optional
        How many rows name the columns, 1 to 5; found out when omitted.
    section : str, optional
        Of groups under several headings, such as gender and age, the heading that is meant; "all"
        if nobody is in two of them.
    total : str, optional
        Label of the group that holds all respondents, where it does not say so; "none" if there is
        none.
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
        One question, ``question``, with the options of the table; several, where headings tell them
        apart. With sizes and counts nothing about it is unknown, and `reconstruct` has one solution.

    Raises
    ------
    SurveyFileError
        Lists every cell that cannot be read and all that cannot be true.
    ArgumentError

    Warns
    -----
    InputNotice
        Of what was recognised or left out.

    Examples
    --------
    >>> import pandas as pd
    >>> table = {"Industry": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = read_crosstab(pd.DataFrame(table))
    >>> [(figure.group, figure.percent) for figure in survey.figures]
    [('energy', '47.8'), ('retail', '44.5')]
    """
    options = TableOptions(
        values=values,
        answers=answers,
        groups=groups,
        decimal=decimal,
        digits=digits,
        header_rows=header_rows,
        section=section,
        total=total,
        sheet=sheet,
        encoding=encoding,
        delimiter=delimiter,
        design_effect=design_effect,
    )
    survey, notes = survey_of_table(table, options)
    tell(survey.source.url, notes)
    return survey


def survey_of_table(table: Any, options: TableOptions) -> tuple[Survey, tuple[str, ...]]:
    """Return the survey of a table, and what its reader should know; see `read_crosstab`."""
    sheet = _sheet(table, options)
    layout, notes = _layout(sheet, options)
    numbers, problems = _read_numbers(layout, options)
    problems = problems or doubts(
        layout, numbers, values=options.values, answers=options.answers, total=options.total
    )
    if problems:
        raise SurveyFileError(sheet.path, problems)
    document, places, more = _document(layout, numbers, options)
    notes = [*notes, *layout.notes, *more]
    if options.design_effect is not None:
        document, told, problems = by_effective_counts(document, options.design_effect)
        notes = [*told, *(note for note in notes if "sum to 100" not in note)]
        if problems:
            raise SurveyFileError(sheet.path, problems)
    draft, problems = parse(document)
    problems = [*problems, *find_problems(draft)]
    if problems:
        raise SurveyFileError(sheet.path, [_in_table(problem, places) for problem in problems])
    known = {"sha256": hashlib.sha256(_bytes(table, sheet)).hexdigest()}
    if isinstance(table, str | Path):
        known["path"] = str(table)
    return draft.survey.model_copy(update=known), tuple(notes)


def _sheet(table: Any, options: TableOptions) -> Sheet:
    if isinstance(table, str | Path):
        return read_sheet(
            table, sheet=options.sheet, encoding=options.encoding, delimiter=options.delimiter
        )
    return sheet_of_frame(table)


def _bytes(table: Any, sheet: Sheet) -> bytes:
    """Return what the hash of a survey is of: the file, or the cells of a data frame."""
    if isinstance(table, str | Path):
        return read_bytes(str(table), A_TABLE)
    return "\n".join("\t".join(cell.text for cell in row) for row in sheet.rows).encode()


def _layout(sheet: Sheet, options: TableOptions) -> tuple[Layout, list[str]]:
    """Return what the lines of a sheet are, and notes; raise if anything is not understood."""
    table, problems = lay_out(sheet, options.header_rows)
    if problems:
        raise SurveyFileError(sheet.path, problems)
    turned, problems = orient(table, options.groups, _WHOLE[options.values])
    if problems:
        raise SurveyFileError(sheet.path, problems)
    layout, problems = assign(
        turned, options.values, total=options.total, section=options.section
    )
    if problems:
        raise SurveyFileError(sheet.path, problems)
    return layout, list(turned.notes)


def _read_numbers(layout: Layout, options: TableOptions) -> tuple[Numbers, list[Problem]]:
    """Read every cell; a size that all questions share is read once."""
    problems: list[Problem] = []
    numbers = Numbers({}, {}, [])
    for entry in layout.entries:
        read: dict[str, int | None] = {}
        for question in layout.questions:
            cell = layout.size_cell(entry, question.label)
            if cell is None:
                continue
            key = f"{cell.where} ({shown(entry.label)}, n)"
            try:
                if key not in read:
                    read[key] = None
                    read[key] = read_people(cell, key, A_SIZE, options.decimal)
            except CellError as error:
                problems.append(error.problem)
            size = read[key]
            if size is not None:
                numbers.sizes[entry.label, question.label] = size
    for entry in layout.entries:
        for question in layout.questions:
            for option, columns in question.options.items():
                told = numbers.shares.setdefault((entry.label, question.label, option), {})
                problems += _read_share(layout, entry, (option, columns), told, numbers, options)
                if not set(told) & {"percent", "count", "n"}:
                    del numbers.shares[entry.label, question.label, option]
    return numbers, [*problems, *_footnotes(layout)]


def _read_share(
    layout: Layout, entry: Entry, option: tuple[str, tuple[int, ...]],
    told: dict[str, Any], numbers: Numbers, options: TableOptions,
) -> Iterator[Problem]:  # fmt: skip
    """Add what a group publishes of an option to `told`, and yield what cannot be read."""
    name, columns = option
    for kind, cell in _parts(layout, entry, columns, options.values):
        extra = "" if kind in ("percent", "proportion") else f" {kind}"
        key = f"{cell.where} ({shown(entry.label)}, {shown(name + extra)})"
        told.setdefault("key", key)
        if kind in ("percent", "proportion"):
            numbers.cells.append(cell)
        try:
            value = _value(cell, kind, key, options)
        except CellError as error:
            yield error.problem
            continue
        if value is not None:
            told["percent" if kind == "proportion" else kind] = value


def _parts(
    layout: Layout, entry: Entry, columns: tuple[int, ...], bare: str
) -> Iterator[tuple[str, Cell]]:
    """Yield what each cell holds, and the cell; "71.4% (5)" is two."""
    for kind, cell in layout.cells(entry, columns):
        order = kind if kind in ("count-percent", "percent-count") else ""
        pair = None if kind in ("count", "n") else split_pair(cell, order)
        if pair is None:
            yield ("percent" if order else kind), cell
        else:
            yield "percent", pair[0]
            yield "count", pair[1]


def _footnotes(layout: Layout) -> Iterator[Problem]:
    """Refuse columns in which some percentages have a number in brackets and others do not."""
    for question in layout.questions:
        for option, columns in question.options.items():
            cells = [
                (entry, cell)
                for entry in layout.entries
                for kind, cell in layout.cells(entry, columns)
                if kind not in ("count", "n") and not unpublished(cell)
            ]
            paired = [(entry, cell) for entry, cell in cells if split_pair(cell)]
            if paired and len(paired) < len(cells):
                entry, cell = paired[0]
                key = f"{cell.where} ({shown(entry.label)}, {shown(option)})"
                expected = "a number in brackets behind every percentage of the column, or none"
                hint = "If it is a footnote mark, leave it out."
                yield Problem(key, shown(cell.text), expected, hint)


def _value(cell: Cell, kind: str, key: str, options: TableOptions) -> str | int | None:
    mark: Mark = "." if cell.kind == "number" else options.decimal
    if kind == "n":
        return read_people(cell, key, A_SIZE, mark)
    if kind == "count":
        return read_people(cell, key, A_COUNT, mark)
    proportion = kind == "proportion"
    return read_percentage(cell, key, mark, options.digits, proportion=proportion)


def _document(
    layout: Layout, numbers: Numbers, options: TableOptions
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Return the survey as a document, the cell of each of its places, and notes."""
    path, title = layout.table.path, layout.table.title
    places: dict[str, str] = {}
    group_ids = ids_of((entry.label for entry in layout.groups), "group")
    names = {entry.label: id for entry, id in zip(layout.groups, group_ids, strict=True)}
    if layout.total is not None:
        names[layout.total.label] = OVERALL
    question_ids = _question_ids(layout)
    options_of = {
        question.label: dict(
            zip(question.options, ids_of(question.options, "option"), strict=True)
        )
        for question in layout.questions
    }
    shared = _shared_sizes(layout, numbers)
    figures: list[dict[str, Any]] = []
    for (label, asked, option), entry in numbers.shares.items():
        known = {kind: entry[kind] for kind in ("percent", "count", "n") if kind in entry}
        if "percent" not in known and "count" not in known:
            continue
        size = numbers.sizes.get((label, asked))
        if size is not None and "n" not in known and ("count" in known or label not in shared):
            known["n"] = size
        places[f"figures[{len(figures)}]"] = str(entry["key"])
        of = f"{question_ids[asked]}:{options_of[asked][option]}"
        at = str(entry["key"]).partition(" ")[0]
        figures.append({"of": of, "group": names[label], **known, "at": at})
    groups: list[dict[str, Any]] = []
    for entry, id in zip(layout.groups, group_ids, strict=True):
        places[f"groups[{len(groups)}]"] = f"{entry.line.cell.where} ({shown(entry.label)})"
        own = {"n": shared[entry.label]} if entry.label in shared else {}
        groups.append({"id": id, "label": _both(entry.label), **own})
    name = Path(path).name
    notes = []
    questions = []
    for question in layout.questions:
        answers, complete, told = _answers(layout, numbers, question, options)
        label = question.label if len(layout.questions) > 1 else title or question.label
        notes += told if told not in ([], notes[-1:]) else []
        questions.append(
            {
                "id": question_ids[question.label],
                "label": _both(label or title or name),
                "answers": answers,
                "complete": complete,
                "options": [
                    {"id": id, "label": _both(o)} for o, id in options_of[question.label].items()
                ],
            }
        )
    document: dict[str, Any] = {
        "format": 1,
        "id": ids_of([Path(path).stem], "table")[0],
        "title": _both(title or name),
        "source": {"publisher": "(not stated)", "url": name, "cite": name},
        "groups": groups,
        "questions": questions,
        "figures": figures,
    }
    if layout.total is not None and layout.total.label in shared:
        document["total"] = shared[layout.total.label]
        cell = layout.size_cell(layout.total, layout.questions[0].label)
        places["total"] = f"{cell.where if cell else ''} (n of the total row)"
    return document, places, [*notes, *_mixed_digits(numbers, options)]


def _question_ids(layout: Layout) -> dict[str, str]:
    labels = [question.label for question in layout.questions]
    if len(labels) == 1:
        return {labels[0]: QUESTION}
    return dict(zip(labels, ids_of(labels, QUESTION), strict=True))


def _shared_sizes(layout: Layout, numbers: Numbers) -> dict[str, int]:
    """Return the sizes of groups whose questions all have one base."""
    found: dict[str, int] = {}
    for entry in layout.entries:
        sizes = {numbers.sizes.get((entry.label, question.label)) for question in layout.questions}
        size = sizes.pop()
        if not sizes and size is not None:
            found[entry.label] = size
    return found


def _both(label: str) -> dict[str, str]:
    return {"en": label, "ja": label}


def _answers(
    layout: Layout, numbers: Numbers, question: Asked, options: TableOptions
) -> tuple[str, bool, list[str]]:
    """Return whether answers are single, whether options partition the base, and a note."""
    rows = [
        [numbers.shares.get((e.label, question.label, o), {}) for o in question.options]
        for e in layout.groups
    ]
    sizes = [numbers.sizes.get((entry.label, question.label)) for entry in layout.groups]
    whole = partitions(rows, sizes)
    if options.answers == "single":
        return "single", whole, []
    if options.answers == "auto" and whole:
        note = "rows sum to 100: read as a question with one answer, whose options are all there"
        return "single", True, [note]
    return "multiple", False, []


def _mixed_digits(numbers: Numbers, options: TableOptions) -> list[str]:
    percents = numbers.percents()
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
