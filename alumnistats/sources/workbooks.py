"""Workbooks: .xlsx and .xlsm by openpyxl, .xls by xlrd, .ods by what its cells show."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree import ElementTree

from alumnistats.errors import Problem, SurveyFileError, closest, listed, shown
from alumnistats.sources.cells import Cell, Grid, address
from alumnistats.sources.number_formats import displayed

A_TABLE = "a table: .csv, .tsv, .txt, .xlsx, .xlsm, .xls or .ods"
MOST_CELLS = 1_000_000
MOST_BYTES = 300_000_000
Merged = dict[str, str]
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


def read_workbook(path: str, suffix: str, data: bytes, sheet: str | None) -> tuple[Grid, Merged]:
    """Read one sheet of a workbook.

    Parameters
    ----------
    path : str
        For messages.
    suffix : str
        One of `WORKBOOKS`.
    data : bytes
    sheet : str, optional
        Name of the sheet; needed where several are not empty.

    Returns
    -------
    rows : list of list of Cell
    merged : dict
        From the address of each cell that lies in a merged one to that of the first.

    Raises
    ------
    SurveyFileError
    """
    try:
        return WORKBOOKS[suffix](path, data, sheet)
    except SurveyFileError:
        raise
    except Exception as error:  # whatever a reader stumbles over, the file is at fault
        what = "an OpenDocument sheet" if suffix == ".ods" else "an Excel workbook"
        raise SurveyFileError(path, [_not_a_workbook(what, error)]) from error


def _xlsx(path: str, data: bytes, sheet: str | None) -> tuple[Grid, Merged]:
    import openpyxl

    shown_values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    visible = {s.title: s for s in shown_values.worksheets if s.sheet_state == "visible"}
    filled = [n for n, s in visible.items() if any(c is not None for row in s.values for c in row)]
    name = _chosen(path, list(visible), filled, sheet)
    values = visible[name]
    _limit(path, name, values.max_row, values.max_column)
    written = openpyxl.load_workbook(io.BytesIO(data))[name]
    rows = [
        [_cell(value, written[value.coordinate].value) for value in row]
        for row in values.iter_rows()
    ]
    ranges = [(r.min_row, r.max_row, r.min_col, r.max_col) for r in values.merged_cells.ranges]
    return rows, _merged((a - 1, b, c - 1, d) for a, b, c, d in ranges)


def _xls(path: str, data: bytes, sheet: str | None) -> tuple[Grid, Merged]:
    try:
        import xlrd
    except ImportError as error:
        hint = 'Install it with pip install "alumnistats[xls]", or save the file as .xlsx.'
        problem = Problem("", "no package xlrd", "xlrd, which reads .xls", hint)
        raise SurveyFileError(path, [problem]) from error
    book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    visible = {s.name: s for s in book.sheets() if s.visibility == 0}
    filled = [
        n
        for n, s in visible.items()
        if any(v != "" for r in range(s.nrows) for v in s.row_values(r))
    ]
    values = visible[_chosen(path, list(visible), filled, sheet)]
    _limit(path, values.name, values.nrows, values.ncols)
    rows = [
        [_old_cell(book, values.cell(r, c), address(r, c)) for c in range(values.ncols)]
        for r in range(values.nrows)
    ]
    return rows, _merged(values.merged_cells)


def _old_cell(book: Any, cell: Any, where: str) -> Cell:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_NUMBER:
        code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        text, loose = displayed(cell.value, code)
        return Cell(text, where, "number", loose)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return Cell(str(xlrd.xldate_as_datetime(cell.value, book.datemode).date()), where, "date")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return Cell(str(bool(cell.value)).upper(), where, "truth")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Cell(xlrd.error_text_from_code.get(cell.value, "#ERROR"), where, "error")
    return Cell(str(cell.value), where)


def _ods(path: str, data: bytes, sheet: str | None) -> tuple[Grid, Merged]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.getinfo("content.xml").file_size > MOST_BYTES:
            raise ValueError(f"its text has more than {MOST_BYTES:,} bytes")
        root = ElementTree.fromstring(archive.read("content.xml"))
    tables = {t.get(f"{_TABLE}name", ""): t for t in root.iter(f"{_TABLE}table")}
    grids = {name: _ods_rows(path, name, table) for name, table in tables.items()}
    filled = [name for name, (rows, _) in grids.items() if any(c.text for r in rows for c in r)]
    return grids[_chosen(path, list(grids), filled, sheet)]


def _ods_rows(path: str, name: str, table: ElementTree.Element) -> tuple[Grid, Merged]:
    rows: list[list[Cell]] = []
    spans = []
    for element in table.iter(f"{_TABLE}table-row"):
        row: list[Cell] = []
        for part in element:
            text, kind = _ods_text(part)
            for _ in range(int(part.get(f"{_TABLE}number-columns-repeated", "1")) if text else 1):
                row.append(Cell(text, address(len(rows), len(row)), kind))
            if not text and part.get(f"{_TABLE}number-columns-repeated"):
                times = int(part.get(f"{_TABLE}number-columns-repeated", "1")) - 1
                last = part is element[-1]
                row += (
                    []
                    if last
                    else [Cell("", address(len(rows), len(row) + i)) for i in range(times)]
                )
            down = int(part.get(f"{_TABLE}number-rows-spanned", "1"))
            across = int(part.get(f"{_TABLE}number-columns-spanned", "1"))
            spans.append((len(rows), len(rows) + down, len(row) - 1, len(row) - 1 + across))
            _limit(path, name, len(rows) + 1, len(row))
        times = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
        for _ in range(times if any(c.text for c in row) else min(times, 1)):
            rows.append([Cell(c.text, address(len(rows), i), c.kind) for i, c in enumerate(row)])
            _limit(path, name, len(rows), len(row))
    width = max((len(row) for row in rows), default=0)
    _limit(path, name, len(rows), width)
    filled = [
        r + [Cell("", address(i, c)) for c in range(len(r), width)] for i, r in enumerate(rows)
    ]
    return filled, _merged(spans)


def _ods_text(cell: ElementTree.Element) -> tuple[str, Any]:
    text = "\n".join("".join(p.itertext()) for p in cell.findall(f"{_TEXT}p")).strip()
    kind = cell.get(f"{_CALC}value-type") or cell.get(f"{_OFFICE}value-type")
    kinds = {"error": "error", "date": "date", "time": "date", "boolean": "truth"}
    return text, kinds.get(kind or "", "text")


def _merged(spans: Iterable[tuple[int, int, int, int]]) -> Merged:
    """Return the cells of merged ranges, each given by first row, end, first column, end."""
    return {
        address(r, c): address(top, left)
        for top, bottom, left, right in spans
        for r in range(top, bottom)
        for c in range(left, right)
        if (r, c) != (top, left)
    }


def _not_a_workbook(what: str, error: Exception) -> Problem:
    found = f"a file that is not {what} ({error})"
    hint = "Protected by a password, or another format under this name? Save it anew as .xlsx."
    return Problem("", found, A_TABLE, hint)


def _limit(path: str, name: str, rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        found = f"a sheet of {rows} rows and {columns} columns"
        raise SurveyFileError(path, [Problem(name, found, f"at most {MOST_CELLS} cells")])


def _chosen(path: str, names: list[str], filled: list[str], sheet: str | None) -> str:
    if sheet is not None:
        if sheet not in names:
            hint = closest(sheet, names)
            raise SurveyFileError(path, [Problem("sheet", shown(sheet), listed(names), hint)])
        return sheet
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


WORKBOOKS: dict[str, Callable[[str, bytes, str | None], tuple[Grid, Merged]]] = {
    ".xlsx": _xlsx,
    ".xlsm": _xlsx,
    ".xls": _xls,
    ".ods": _ods,
}
"""How a workbook is read, by the suffix of its name."""
