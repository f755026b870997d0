"""A table of groups by options as a survey: percentages, counts and sizes, as far as it has them.

The same table is read for `alumnistats init --from`, which writes it as a survey file to complete,
and by `read_crosstab`, which hands it to the analysis as it is: a sheet of cells (`grids`), with
its parts found (`layout`), the right way round (`direction`), each line with its role (`roles`),
read (`table_numbers`), doubted (`doubts`) and written down (`table_document`).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alumnistats.errors import Problem, SurveyFileError
from alumnistats.sources.cells import Mark
from alumnistats.sources.checks import find_problems
from alumnistats.sources.dataframes import sheet_of_frame
from alumnistats.sources.direction import Direction, orient
from alumnistats.sources.doubts import doubts
from alumnistats.sources.files import read_bytes
from alumnistats.sources.grids import Sheet, read_sheet
from alumnistats.sources.layout import lay_out
from alumnistats.sources.notices import tell
from alumnistats.sources.own_bases import with_own_bases
from alumnistats.sources.roles import Layout, assign
from alumnistats.sources.shape import parse
from alumnistats.sources.table_document import table_document
from alumnistats.sources.table_numbers import read_numbers, sizes_by_counts
from alumnistats.sources.table_options import Answers, TableOptions, Values
from alumnistats.sources.weighted_table import by_effective_counts
from alumnistats.sources.workbooks import A_TABLE
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

_FIGURE = re.compile(r"figures\[(\d+)\](?: \([^)]*\))?(?:\.(?:percent|count|n))?")
_WHOLE = {"percent": 100, "proportion": 1, "count": 0}


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
        One question, ``question``, with the options of the table; several, where headings tell
        them apart. With sizes and counts nothing is unknown, and `reconstruct` has one solution.

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
    numbers, problems = read_numbers(layout, options)
    notes += sizes_by_counts(layout, numbers, single=options.answers == "single")
    problems = problems or doubts(
        layout, numbers, values=options.values, answers=options.answers, total=options.total
    )
    if problems:
        raise SurveyFileError(sheet.path, problems)
    document, places, more = table_document(layout, numbers, options)
    notes = [*notes, *layout.notes, *more]
    if options.design_effect is not None:
        document, told, problems = by_effective_counts(document, options.design_effect)
        notes = [*told, *(note for note in notes if "sum to 100" not in note)]
        if problems:
            raise SurveyFileError(sheet.path, problems)
    document, places, told = with_own_bases(document, places)
    notes = [*notes, *told]
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
    layout, problems = assign(turned, options.values, total=options.total, section=options.section)
    if problems:
        raise SurveyFileError(sheet.path, problems)
    return layout, list(turned.notes)


def _in_table(problem: Problem, places: dict[str, str]) -> Problem:
    """Name cells instead of entries of a file that the user never wrote."""

    def cell(match: re.Match[str]) -> str:
        return places.get(f"figures[{match[1]}]", match[0])

    key = _FIGURE.sub(cell, problem.key)
    for place, where in places.items():
        if not place.startswith("figures") and key.startswith(place):
            key = where
    return replace(problem, key=key, found=_FIGURE.sub(cell, problem.found))
