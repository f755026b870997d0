"""Where a table has its header, its columns, its groups and its total row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from alumnistats.errors import Problem, shown
from alumnistats.sources.cells import Cell, plain, unpublished
from alumnistats.sources.grids import Grid, Sheet
from alumnistats.sources.labels import COUNTS, SIZES, is_total, normal, split_name

_NUMBER = re.compile(r"[0-9.,]+%?")
_FOOTNOTE = re.compile(r"(?i)^(※|注|\*|note|source|出典|資料)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its label's cell and all its cells."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True, eq=False)
class Layout:
    """The parts of a table.

    Attributes
    ----------
    path : str
    title : str
        What stands above the header, or the name of its first column.
    groups : list of Row
    total : Row or None
    sizes : int or None
        Column of the groups' sizes.
    shares : dict
        From an option's label to the columns of its percentage, count and size, by kind.
    notes : tuple of str
    """

    path: str
    title: str
    groups: list[Row]
    total: Row | None
    sizes: int | None
    shares: dict[str, dict[str, int]]
    notes: tuple[str, ...]


def lay_out(sheet: Sheet, bare: str = "percent") -> tuple[Layout, list[Problem]]:
    """Find the parts of a table.

    Parameters
    ----------
    sheet : Sheet
    bare : {"percent", "count"}
        What a column named only by an option holds.

    Returns
    -------
    Layout
    list of Problem
        What is wrong with header and labels; empty where there is nothing.
    """
    rows = [row for row in sheet.rows if not all(cell.blank for cell in row)]
    titles: list[str] = []
    while rows and sum(not cell.blank for cell in rows[0]) == 1:
        titles += [cell.text.strip() for cell in rows.pop(0) if not cell.blank]
    nothing = Layout(sheet.path, "", [], None, None, {}, sheet.notes)
    if len(rows) < 2:
        found = "an empty table" if not rows else "a header without rows"
        hint = "The first row names the columns, the first column the groups."
        return nothing, [Problem("", found, "a table of groups by percentages", hint)]
    header, body = rows[0], rows[1:]
    used = [c for c in range(len(header)) if not all(row[c].blank for row in rows)]
    header, body = [header[c] for c in used], [[row[c] for c in used] for row in body]
    notes = list(sheet.notes)
    groups, total, problems = _rows(body, notes)
    dropped = _total_columns(header, [row.cells for row in groups], notes, problems)
    sizes, shares, faults = _columns(header, dropped, bare)
    title = titles[0] if titles else plain(header[0].text)
    made = Layout(sheet.path, title, groups, total, sizes, shares, tuple(notes))
    return made, [*faults, *problems]


def _rows(body: Grid, notes: list[str]) -> tuple[list[Row], Row | None, list[Problem]]:
    groups: list[Row] = []
    total: Row | None = None
    seen: dict[str, str] = {}
    problems = []
    for cells in body:
        label, where = plain(cells[0].text), cells[0].where
        alone = all(cell.blank for cell in cells[1:])
        if alone and _FOOTNOTE.match(label):
            notes.append(f"{where}: left out as a footnote: {shown(label)}")
            continue
        if not label:
            problems.append(Problem(where, "nothing", "the label of a group", "Merged cells?"))
            continue
        if _NUMBER.fullmatch(label) and not alone and cells[0].kind == "number":
            hint = "The first column holds the groups' labels."
            problems.append(Problem(where, shown(label), "the label of a group", hint))
            continue
        if normal(label) in seen:
            found = f"{shown(label)} a second time, after {seen[normal(label)]}"
            problems.append(Problem(where, found, "each group in one row"))
            continue
        seen[normal(label)] = where
        if is_total(label):
            if total is not None:
                found = f"a second total row, {shown(label)}"
                problems.append(Problem(where, found, "one total row"))
            total = Row(label, cells)
        else:
            groups.append(Row(label, cells))
    if not groups and not problems:
        problems.append(Problem("", "no rows of groups", "at least one group"))
    return groups, total, problems


def _total_columns(
    header: list[Cell], body: Grid, notes: list[str], problems: list[Problem]
) -> set[int]:
    """Return columns that only say 100; a total column of anything else is a question."""
    dropped = set()
    for c, cell in enumerate(header):
        if c == 0 or not is_total(plain(cell.text)):
            continue
        values = {plain(row[c].text).removesuffix("%") for row in body if not unpublished(row[c])}
        if values and all(re.fullmatch(r"100(\.0+)?", value) for value in values):
            notes.append(f"{cell.where}: the column {shown(cell.text)} says 100 and is left out")
            dropped.add(c)
        else:
            hint = 'Call it "n" if it holds numbers of respondents; else leave it out.'
            problems.append(Problem(cell.where, shown(cell.text), "a column with a meaning", hint))
            dropped.add(c)
    return dropped


def _columns(
    header: list[Cell], dropped: set[int], bare: str
) -> tuple[int | None, dict[str, dict[str, int]], list[Problem]]:
    """Return the column of sizes and the columns of each option."""
    problems = []
    sizes: int | None = None
    found: list[tuple[int, str, str]] = []
    for c, cell in enumerate(header):
        text = plain(cell.text)
        if c == 0 or c in dropped:
            continue
        if not text:
            hint = "Write one row of names: a merged or a second header row is not read."
            problems.append(Problem(cell.where, "nothing", "the name of a column", hint))
        elif cell.kind == "number" or _NUMBER.fullmatch(text):
            hint = "The first row names the columns."
            problems.append(Problem(cell.where, shown(text), "the name of a column", hint))
        elif normal(text) in SIZES:
            if sizes is not None:
                problems.append(Problem(cell.where, shown(text), "one column of sizes"))
            sizes = c
        else:
            found.append((c, *split_name(text)))
    shares, faults = _named(header, found, bare)
    if not shares and not problems:
        problems.append(Problem("", "no column of percentages", "at least one"))
    return sizes, shares, [*problems, *faults]


def _named(
    header: list[Cell], found: list[tuple[int, str, str]], bare: str
) -> tuple[dict[str, dict[str, int]], list[Problem]]:
    problems = []
    shares: dict[str, dict[str, int]] = {}
    names = {normal(name) for _, name, kind in found if kind != "n"}
    options = [name for _, name, kind in found if kind != "n" and normal(name) not in COUNTS]
    for c, name, kind in found:
        if normal(name) in COUNTS and not kind:  # "count": of the one option there is
            kind, name = "count", options[0] if len(options) == 1 else name
            if len(options) != 1:
                expected = "a count of one option"
                hint = 'Call it as the option with "count" behind, such as "Yes count".'
                problems.append(Problem(header[c].where, shown(header[c].text), expected, hint))
                continue
        if kind == "n" and normal(name) not in names:  # a name that happens to end in n
            name, kind = plain(header[c].text), ""
        kind = kind or bare
        key = next((known for known in shares if normal(known) == normal(name)), name)
        if kind in shares.setdefault(key, {}):
            found_text = f"a second column {shown(plain(header[c].text))}"
            problems.append(Problem(header[c].where, found_text, "each column once"))
        shares[key].setdefault(kind, c)
    return shares, problems


def named_cells(layout: Layout) -> Iterator[tuple[Row, str, str, Cell, str]]:
    """Yield row, option, kind, cell and what messages call it, for every share of a table."""
    rows = [*layout.groups, *([layout.total] if layout.total else [])]
    for row in rows:
        for option, columns in layout.shares.items():
            for kind, column in columns.items():
                cell = row.cells[column]
                extra = "" if kind == "percent" else f" {kind}"
                key = f"{cell.where} ({shown(row.label)}, {shown(option + extra)})"
                yield row, option, kind, cell, key
