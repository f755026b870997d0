"""Workbooks: .xlsx and .xlsm by openpyxl, .xls by xlrd, .ods by what its cells show."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from typing import IO, Any
from xml.etree import ElementTree

from alumnistats.errors import Problem, SurveyFileError, closest, listed, shown
from alumnistats.sources.cells import Cell, Grid, address
from alumnistats.sources.number_formats import displayed

A_TABLE = "a table: .csv, .tsv, .txt, .xlsx, .xlsm, .xls or .ods"
MOST_CELLS = 1_000_000
MOST_BYTES = 300_000_000
CHUNK = 1 << 20  # bytes of a sheet that are looked at together
_SHEET = re.compile(r"xl/worksheets/[^/]*\.xml")
_ELEMENT = re.compile(rb"<(?:\w+:)?(c|row)[\s/>]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([^\"']*)")
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

    _check_dimensions(path, data)
    shown_values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    visible = {s.title: s for s in shown_values.worksheets if s.sheet_state == "visible"}
    name = _chosen(path, list(visible), [n for n, s in visible.items() if is_filled(s)], sheet)
    values = visible[name]
    _limit(path, name, values.max_row, values.max_column)
    written = openpyxl.load_workbook(io.BytesIO(data))[name]
    rows = [
        [_read_cell(path, name, value, written[value.coordinate].value) for value in row]
        for row in values.iter_rows()
    ]
    ranges = [(r.min_row, r.max_row, r.min_col, r.max_col) for r in values.merged_cells.ranges]
    return rows, _merged((a - 1, b, c - 1, d) for a, b, c, d in ranges)


def is_filled(sheet: Any) -> bool:
    """Return whether any cell of a sheet of openpyxl holds a value.

    Of the cells that the file has: those of the rectangle around them may be billions.
    """
    return any(cell.value is not None for cell in sheet._cells.values())


def _check_dimensions(path: str, data: bytes) -> None:
    """Refuse sheets of more cells than can be read, before anything is made of them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
        if size > MOST_BYTES:
            raise ValueError(f"its contents have {size:,} bytes, more than {MOST_BYTES:,}")
        for entry in archive.infolist():
            if _SHEET.fullmatch(entry.filename):
                with archive.open(entry) as stream:
                    found = _too_much(stream)
                if found:
                    expected = f"at most {MOST_CELLS} cells"
                    raise SurveyFileError(path, [Problem(entry.filename, found, expected)])


def _too_much(stream: IO[bytes]) -> str:
    """Return what a sheet has more of than can be read, by its stream of XML; or nothing."""
    counts, merged, rest = {"c": 0, "row": 0}, 0, b""
    while chunk := stream.read(CHUNK):
        # Elements that a chunk cuts in two are counted with the next one.
        text = rest + chunk
        end = text.rfind(b">") + 1 or len(text)
        text, rest = text[:end], text[end:]
        for match in _ELEMENT.finditer(text):
            counts[match[1].decode()] += 1
        merged += sum(_area(match[1]) for match in _MERGED.finditer(text))
        for name, what in (("c", "cells"), ("row", "rows")):
            if counts[name] > MOST_CELLS:
                return f"more than {MOST_CELLS} {what}"
        if merged > MOST_CELLS:
            return f"merged ranges of {merged} cells"
    return ""


def _area(reference: bytes) -> int:
    """Return how many cells a range such as A1:C9 has; 0 where it is none, which openpyxl tells."""
    from openpyxl.utils import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(reference.decode())
        return int((right - left + 1) * (bottom - top + 1))
    except (ValueError, TypeError):
        return 0


def _read_cell(path: str, sheet: str, cell: Any, written: Any) -> Cell:
    """Return a cell as `_cell` does; what is wrong with it is told with its place."""
    try:
        return _cell(cell, written)
    except Exception as error:
        found = f"a value that cannot be read ({_one_line(error)})"
        hint = "Write it anew, with another number format."
        problem = Problem(f"{sheet}!{cell.coordinate}", found, "a text or a number", hint)
        raise SurveyFileError(path, [problem]) from error


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
            if text or part is not element[-1]:  # empty cells to the right end are not read
                again = int(part.get(f"{_TABLE}number-columns-repeated", "1"))
                _limit(path, name, len(rows) + 1, len(row) + again)
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
    ranges = list(spans)
    area = sum((bottom - top) * (right - left) for top, bottom, left, right in ranges)
    if area > 2 * MOST_CELLS:  # every cell is a range of its own in some files
        raise ValueError(f"merged ranges of {area:,} cells")
    return {
        address(r, c): address(top, left)
        for top, bottom, left, right in ranges
        for r in range(top, bottom)
        for c in range(left, right)
        if (r, c) != (top, left)
    }


def _not_a_workbook(what: str, error: Exception) -> Problem:
    found = f"a file that is not {what} ({_one_line(error)})"
    hint = "Protected by a password, or another format under this name? Save it anew as .xlsx."
    return Problem("", found, A_TABLE, hint)


def _one_line(error: Exception) -> str:
    """Return what a reader says, or what it raised where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


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
