"""Tables from files: CSV, tab-separated text and Excel, as rows of cells as displayed."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from alumnistats.errors import Problem, SurveyFileError, closest, listed, shown
from alumnistats.sources.cells import Cell
from alumnistats.sources.encodings import decode
from alumnistats.sources.files import read_bytes

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
EXCEL_SUFFIXES = (".xlsx", ".xlsm")
A_TABLE = "a table: .csv, .tsv, .txt, .xlsx or .xlsm"
MOST_CELLS = 1_000_000
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DIGITS = re.compile(r"(?P<whole>[#0?,]*)(?:\.(?P<decimals>[0#?]*))?")

Grid = list[list[Cell]]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table as it stands in its file.

    Attributes
    ----------
    path : str
    rows : list of list of Cell
        All rows, of equal length.
    notes : tuple of str
        What the reader should know of how it was read.
    """

    path: str
    rows: Grid
    notes: tuple[str, ...] = ()


def read_sheet(
    path: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Sheet:
    """Read a table.

    Parameters
    ----------
    path : str or Path
        Its suffix says what it is.
    sheet : str, optional
        Name of the worksheet; needed where an Excel file has several that are not empty.
    encoding : str, optional
        Of a text file.
    delimiter : str, optional
        Of a text file: comma, semicolon or tab.

    Returns
    -------
    Sheet

    Raises
    ------
    SurveyFileError
    """
    name, suffix = str(path), Path(path).suffix.lower()
    if suffix in EXCEL_SUFFIXES:
        return Sheet(name, _excel(name, read_bytes(name, A_TABLE), sheet))
    if suffix not in TEXT_SUFFIXES:
        raise SurveyFileError(name, [_wrong_suffix(suffix)])
    if sheet is not None:
        raise SurveyFileError(name, [Problem("sheet", shown(sheet), "no sheet: this is text")])
    text, note = decode(name, read_bytes(name, A_TABLE), encoding)
    return Sheet(name, _text(name, text, delimiter), (note,) if note else ())


def address(row: int, column: int) -> str:
    """Return the address of a cell as spreadsheets write it; both are counted from 0."""
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def _wrong_suffix(suffix: str) -> Problem:
    hints = {
        ".xls": "Open it in Excel and save it as .xlsx.",
        ".ods": "Open it in a spreadsheet program and save it as .xlsx or CSV.",
        ".pdf": "Copy the table into a spreadsheet, and check it against the print.",
        ".toml": "That is a survey file: read it with load_survey, or validate it.",
    }
    return Problem("", f'a file ending in "{suffix}"', A_TABLE, hints.get(suffix, ""))


def _text(path: str, text: str, delimiter: str | None) -> Grid:
    if delimiter is not None and delimiter not in _DELIMITERS:
        expected = "a comma, a semicolon or a tab"
        raise SurveyFileError(path, [Problem("delimiter", shown(delimiter), expected)])
    used = delimiter or _delimiter(path, text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=used, strict=True))
    except csv.Error as error:
        found = f"text that is not CSV ({error})"
        problem = Problem("", found, "a table of separated values", "Check its quotation marks.")
        raise SurveyFileError(path, [problem]) from error
    width = max((len(row) for row in rows), default=0)
    filled = [row + [""] * (width - len(row)) for row in rows]
    return [
        [Cell(value, address(r, c)) for c, value in enumerate(row)] for r, row in enumerate(filled)
    ]


def _delimiter(path: str, text: str) -> str:
    """Return the one delimiter that makes a table of the most rows of the text."""
    rows = {d: _table_rows(text, d) for d in _DELIMITERS}
    most = max(rows.values())
    found = [d for d in rows if rows[d] == most]
    if not most:
        expected = "a table of at least two rows and two columns, separated by commas, tabs or ;"
        hint = "Rows of unequal length are no table: a comma within a cell needs quotation marks."
        raise SurveyFileError(path, [Problem("", "no table", expected, hint)])
    if len(found) > 1:
        names = " and ".join(_DELIMITERS[d] for d in found)
        problem = Problem("", f"a table by {names} alike", "one delimiter", "Say delimiter.")
        raise SurveyFileError(path, [problem])
    return found[0]


def _table_rows(text: str, delimiter: str) -> int:
    """Return how many rows of equal length, two cells or more, a delimiter makes; 0 if unequal."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        # Quotation marks at fault are told of where the delimiter is used.
        return sum(delimiter in line for line in text.split("\n"))
    widths = [len(row) for row in rows if sum(bool(cell.strip()) for cell in row) > 1]
    return len(widths) if len(widths) > 1 and len(set(widths)) == 1 else 0


def _excel(path: str, data: bytes, sheet: str | None) -> Grid:
    import openpyxl

    try:
        shown_values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        found = f"a file that is not an Excel workbook ({error})"
        hint = "Protected by a password, or another format under this name? Save it anew as .xlsx."
        raise SurveyFileError(path, [Problem("", found, A_TABLE, hint)]) from error
    name = _sheet_name(path, shown_values, sheet)
    values = shown_values[name]
    if values.max_row * values.max_column > MOST_CELLS:
        found = f"a sheet of {values.max_row} rows and {values.max_column} columns"
        raise SurveyFileError(path, [Problem(name, found, f"at most {MOST_CELLS} cells")])
    written = openpyxl.load_workbook(io.BytesIO(data))[name]
    return [
        [_cell(value, written[value.coordinate].value) for value in row]
        for row in values.iter_rows()
    ]


def _sheet_name(path: str, book: Any, sheet: str | None) -> str:
    names = [s.title for s in book.worksheets if s.sheet_state == "visible"]
    if sheet is not None:
        if sheet not in names:
            hint = closest(sheet, names)
            raise SurveyFileError(path, [Problem("sheet", shown(sheet), listed(names), hint)])
        return sheet
    filled = [n for n in names if any(c is not None for row in book[n].values for c in row)]
    if len(filled) != 1:
        found = f"{len(filled)} sheets that are not empty" if filled else "only empty sheets"
        expected = f"one, or the name of one ({listed(filled)})" if filled else "a table"
        hint = "Say sheet (--sheet)." if filled else ""
        raise SurveyFileError(path, [Problem("sheet", found, expected, hint)])
    return filled[0]


def _cell(cell: Any, written: Any) -> Cell:
    """Return an Excel cell as Excel shows it."""
    value, where = cell.value, cell.coordinate
    if value is None:
        formula = isinstance(written, str) and written.startswith("=")
        return Cell(written, where, "formula") if formula else Cell("", where)
    if isinstance(value, bool):
        return Cell(str(value).upper(), where, "truth")
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        day = value.date() if isinstance(value, datetime.datetime) else value
        return Cell(str(day), where, "date")
    if isinstance(value, int | float):
        text, loose = displayed(value, cell.number_format)
        return Cell(text, where, "number", loose)
    text = str(value)
    return Cell(text, where, "error" if cell.data_type == "e" else "text")


def displayed(value: float, number_format: str) -> tuple[str, bool]:
    """Return a number as Excel shows it, and whether its decimals are loose.

    Parameters
    ----------
    value : float
    number_format : str
        Excel's code, such as ``"0.0%"``; ``"General"`` and codes with other words than digits
        show the number as it is, without trailing zeros.

    Returns
    -------
    text : str
        With a percent sign where the format has one; without thousands separators.
    loose : bool
        Whether trailing zeros may have been dropped.
    """
    # Excel keeps 15 digits; a float has more, which are noise.
    exact = Decimal(format(value, ".15g"))
    code = _LITERALS.sub("", number_format.split(";")[0]).strip()
    percent = code.count("%") == 1
    match = _DIGITS.fullmatch(code.replace("%", "").strip())
    if match is None or not code.replace("%", "").strip() or (match["whole"] or "").endswith(","):
        text = format(exact, "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text), True
    if percent:
        exact *= 100
    places = match["decimals"] or ""
    # Excel rounds halves away from zero.
    text = format(exact.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP), "f")
    fixed = len(places.rstrip("#?"))
    while "." in text and len(text.partition(".")[2]) > fixed and text.endswith("0"):
        text = text[:-1].rstrip(".")
    return text + ("%" if percent else ""), fixed < len(places)
