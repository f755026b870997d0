"""Tables from files and data frames, as rows of cells as displayed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alumnistats.errors import Problem, SurveyFileError, shown
from alumnistats.sources.cells import Cell, Grid, address
from alumnistats.sources.encodings import decode
from alumnistats.sources.files import read_bytes
from alumnistats.sources.workbooks import A_TABLE, WORKBOOKS, read_workbook
from alumnistats.text import ALLOWED, refused

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
EXCEL_SUFFIXES = tuple(WORKBOOKS)
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


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
    merged : dict
        From each cell that lies in a merged one, but for its first, to the address of the first.
    header_rows : int or None
        How many rows hold names, where that is known.
    """

    path: str
    rows: Grid
    notes: tuple[str, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    header_rows: int | None = None

    def __post_init__(self) -> None:
        """Refuse cells that hold what no text may."""
        problems = [
            Problem(cell.where, found, ALLOWED, "Delete it.")
            for row in self.rows
            for cell in row
            if (found := refused(cell.text))
        ]
        if problems:
            raise SurveyFileError(self.path, problems)


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
        rows, merged = read_workbook(name, suffix, read_bytes(name, A_TABLE), sheet)
        return Sheet(name, rows, merged=merged)
    if suffix not in TEXT_SUFFIXES:
        raise SurveyFileError(name, [_wrong_suffix(suffix)])
    if sheet is not None:
        raise SurveyFileError(name, [Problem("sheet", shown(sheet), "no sheet: this is text")])
    text, note = decode(name, read_bytes(name, A_TABLE), encoding)
    return Sheet(name, _text(name, text, delimiter), (note,) if note else ())


def _wrong_suffix(suffix: str) -> Problem:
    hints = {
        ".xlsb": "Open it in Excel and save it as .xlsx.",
        ".numbers": "Export it as Excel or CSV.",
        ".pdf": "Copy the table into a spreadsheet, and check it against the publication.",
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
