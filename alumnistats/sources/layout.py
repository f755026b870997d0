"""Where a table has its title, header, labels, headings, notes and numbers.

Whichever way round it is: which lines are groups and which are answers is for `roles` to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from alumnistats.errors import Problem, shown
from alumnistats.sources.cells import Cell, Grid, plain, unpublished
from alumnistats.sources.grids import Sheet
from alumnistats.sources.table import Line, Table, content_of, is_value, line_of
from alumnistats.sources.words import (
    is_note,
    is_size,
    is_statistic,
    is_total,
    kind_word,
    normal,
    within,
)

MOST_HEADER_ROWS = 5
_LINES = re.compile(r"\s*[\r\n]+\s*")
_NUMBER = re.compile(r"[0-9.,]+%?")
_RANGE = re.compile(r"[0-9]+\s*[-–—~〜～+].*|[0-9]+(?:代|歳|才|s\b).*|[<>][0-9]+.*")
_SIZE_CELL = re.compile(r"(?i)[(\[]?\s*n\s*=\s*[0-9][0-9,. ]*\s*[)\]]?")


def lay_out(sheet: Sheet, header_rows: int | None = None) -> tuple[Table, list[Problem]]:
    """Find the parts of a table.

    Parameters
    ----------
    sheet : Sheet
    header_rows : int, optional
        How many rows hold names of columns; found out when omitted.

    Returns
    -------
    Table
    list of Problem
        What is wrong with header and labels; empty where there is nothing.
    """
    notes = list(sheet.notes)
    given = header_rows or sheet.header_rows
    rows = [row for row in sheet.rows if not all(cell.blank for cell in row)]
    titles, rows = _titles(rows, notes, given)
    nothing = Table(sheet.path, "", (), (), (), tuple(notes))
    if len(rows) < 2:
        found = "an empty table" if not rows else "a header without rows"
        hint = "The first row names the columns, the first column the groups."
        return nothing, [Problem("", found, "a table of groups by percentages", hint)]
    rows = _sizes_below(rows)
    used = [c for c in range(len(rows[0])) if not all(row[c].blank for row in rows)]
    rows = [[row[c] for c in used] for row in rows]
    height = given or _header_height(rows)
    if height >= len(rows):
        problem = Problem("header_rows", str(height), f"fewer than the {len(rows)} rows there are")
        return nothing, [problem]
    headers, body = rows[:height], [_with_label(row) for row in rows[height:]]
    headers, body = _without_letters(headers, body, notes)
    headers, body = _without_numbering(headers, body, notes)
    width = _label_width(headers, body)
    columns, problems = _columns(headers, body, width, sheet.merged, numeric=given is not None)
    reader = _Rows(headers, width, sheet.merged, notes, problems)
    for row, after in zip(body, _data_after(body, width), strict=True):
        reader.read(row, data_follows=after)
    lines, values = reader.done()
    if height > 1 and header_rows is None and sheet.header_rows is None:
        notes.append(f"the first {height} rows of the table are read as names of columns")
    title = _title(titles, notes) or _corner(headers, width)
    columns = _kinds_by_content(columns, [[r[c] for r in values] for c in range(len(columns))])
    if not lines and not problems:
        problems.append(Problem("", "no rows of groups", "at least one group"))
    made = Table(
        sheet.path, title, tuple(lines), tuple(columns), tuple(map(tuple, values)), tuple(notes)
    )
    return made, problems


def _titles(rows: Grid, notes: list[str], given: int | None) -> tuple[list[Cell], Grid]:
    """Return the lines above the header, and the rows from there."""
    titles: list[Cell] = []
    while rows:
        filled = [c for c, cell in enumerate(rows[0]) if not cell.blank]
        names = filled[:1] != [0] and (given or (len(rows) > 1 and any(map(is_value, rows[1][1:]))))
        lone = len(filled) == 1 and not names and len(rows[0]) > 1
        if lone:
            titles.append(rows[0][filled[0]])
        elif filled == [0, 1] and len(rows[0]) > 3 and _is_remark(rows[0]):
            text = f"{rows[0][0].text.strip()} {rows[0][1].text.strip()}"
            notes.append(f"{rows[0][0].where}: left out, above the table: {shown(text)}")
        else:
            break
        rows = rows[1:]
    return titles, rows


def _sizes_below(rows: Grid) -> Grid:
    """Return rows with a row of sizes that stands above the names below them."""
    first, second = rows[0], rows[1]
    told = [cell for cell in first[1:] if not cell.blank]
    sizes = is_size(plain(first[0].text)) and bool(told) and all(map(is_value, told))
    if not sizes or not all(_is_word(cell) for cell in second[1:] if not cell.blank):
        return rows
    return [second, first, *rows[2:]]


def _is_remark(row: Sequence[Cell]) -> bool:
    """Return whether a row above the header tells of the survey, as in "Fieldwork: | May 2025"."""
    return plain(row[0].text).endswith(":") or is_value(row[1])


def _title(titles: list[Cell], notes: list[str]) -> str:
    """Return the title among the lines above the header, and tell of the others."""
    texts = [cell.text.strip() for cell in titles]
    real = [text for text in texts if not is_note(text)]
    title = max(real, key=len, default="")
    told = [c for c in titles if c.text.strip() != title]
    notes += [f"{c.where}: left out, above the table: {shown(c.text.strip())}" for c in told]
    return _LINES.sub(" ", title)


def _corner(headers: Grid, width: int) -> str:
    texts = [plain(cell.text) for row in headers for cell in row[:width] if not cell.blank]
    return _LINES.sub(" ", texts[-1]) if texts else ""


def _header_height(rows: Grid) -> int:
    """Return how many rows name columns: those after the first that hold words and no label."""
    height = 1
    while height < min(len(rows) - 1, MOST_HEADER_ROWS) and _names_columns(rows, height):
        height += 1
    return height


def _names_columns(rows: Grid, at: int) -> bool:
    above, row = rows[at - 1][1:], rows[at]
    cells = [cell for cell in row[1:] if not cell.blank]
    if not cells or any(
        (is_value(cell) and not _SIZE_CELL.fullmatch(plain(cell.text))) or unpublished(cell)
        for cell in cells
    ):
        return False
    if any(_SIZE_CELL.fullmatch(plain(cell.text)) for cell in cells):
        return row[0].blank
    sparse = any(cell.blank for cell in above)
    filled = all(not low.blank or not up.blank for low, up in zip(row[1:], above, strict=True))
    return (
        row[0].blank
        or (sparse and filled and rows[at - 1][0].blank)
        or (sparse and filled and len(cells) == len(above) > 1)
    )


def _with_label(row: list[Cell]) -> list[Cell]:
    """Return a row whose label, such as "Answered", stands one column to the right as its label."""
    word = row[1] if len(row) > 2 and row[0].blank else None
    if word is None or is_value(word) or not (is_size(word.text) or is_statistic(word.text)):
        return row
    return [word, replace(row[0], where=word.where), *row[2:]]


def _without_numbering(headers: Grid, body: Grid, notes: list[str]) -> tuple[Grid, Grid]:
    """Leave out a first column that only numbers the rows, such as a rank."""
    told = [row for row in body if sum(not cell.blank for cell in row) > 1]
    firsts = [plain(row[0].text) for row in told if not row[0].blank]
    numbered = all(
        text.isascii() and text.isdigit() and 0 < int(text) <= len(told) for text in firsts
    )
    if len(body[0]) < 3 or not firsts or not numbered or not all(_is_word(row[1]) for row in told):
        return headers, body
    notes.append(f"{headers[-1][0].where}: a column that numbers the rows is left out")
    keep = [row for row in body if not all(cell.blank for cell in row[1:])]
    alone = [row for row in body if all(cell.blank for cell in row[1:])]
    notes += [f"{row[0].where}: left out as a note: {shown(plain(row[0].text))}" for row in alone]
    return [row[1:] for row in headers], [row[1:] for row in keep]


def _without_letters(headers: Grid, body: Grid, notes: list[str]) -> tuple[Grid, Grid]:
    """Leave out letters under the names of columns, and rows that say by them which differ."""
    named = [row for row in headers[1:] if _are_letters(row)]
    if not named or any(cell.blank for cell in headers[0][1:]):
        return headers, body
    known = {plain(cell.text).strip("()[]").casefold() for cell in named[0]}

    def tested(row: list[Cell]) -> bool:
        marks = [re.sub(r"[\s,/]", "", plain(c.text)).casefold() for c in row[1:] if not c.blank]
        return row[0].blank and bool(marks) and all(known.issuperset(mark) for mark in marks)

    left = [row for row in body if tested(row)]
    where = ", ".join(row[0].where for row in (*named, *left))
    notes.append(f"{where}: left out, letters that mark which columns differ")
    return (
        [row for row in headers if not any(row is other for other in named)],
        [row for row in body if not any(row is other for other in left)],
    )


def _are_letters(row: Sequence[Cell]) -> bool:
    """Return whether a row numbers columns by letters, as (A), (B), (C)."""
    letters = [plain(cell.text).strip("()[]").casefold() for cell in row if not cell.blank]
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    found = "".join(letters)
    one_each = len(found) == len(letters) > 1
    return row[0].blank and one_each and found in alphabet


def _is_word(cell: Cell) -> bool:
    text = plain(cell.text)
    if kind_word(text) and not is_value(cell):
        return True
    if cell.kind != "text" or not text or unpublished(cell) or "%" in text:
        return False
    return bool(_RANGE.fullmatch(text)) or (not is_value(cell) and any(c.isalpha() for c in text))


def _label_width(headers: Grid, body: Grid) -> int:
    """Return how many columns hold labels: the first, and those beside it that hold words only."""
    rows = [row for row in body if sum(not cell.blank for cell in row) > 1]
    width = 1
    while rows and width < len(rows[0]) - 1:
        cells = [row[width] for row in rows if not row[width].blank]
        firsts = [normal(row[width - 1].text) for row in rows]
        needed = len(set(firsts)) < len(firsts) or headers[-1][width].blank or "" in firsts
        if not needed or not cells or not all(map(_is_word, cells)):
            break
        width += 1
    return width


def _columns(
    headers: Grid, body: Grid, width: int, merged: Mapping[str, str], *, numeric: bool
) -> tuple[list[Line], list[Problem]]:
    levels = _levels(headers, width, merged)
    lines: list[Line] = []
    problems = []
    for c, texts in enumerate(levels, width):
        cell = next((row[c] for row in reversed(headers) if not row[c].blank), headers[-1][c])
        line = line_of(texts, cell)
        if lines and _other_content(body, c) and _shares_of(line, lines[-1]):
            lines[-1] = replace(lines[-1], kind="count")
            line = replace(lines[-1], cell=cell, kind="percent")
        elif not line.name and lines and _other_content(body, c):
            line = replace(lines[-1], cell=headers[-1][c])
        elif not line.name:
            hint = "Every column needs a name; where several rows hold them, say --header-rows."
            problems.append(Problem(cell.where, "nothing", "the name of a column", hint))
        elif not numeric and (cell.kind == "number" or _NUMBER.fullmatch(plain(cell.text))):
            hint = "The first row names the columns. If names are numbers, say --header-rows 1."
            problems.append(
                Problem(cell.where, shown(plain(cell.text)), "the name of a column", hint)
            )
        lines.append(line)
    return [_under_heading(line, lines) for line in lines], problems


def _under_heading(line: Line, lines: Sequence[Line]) -> Line:
    """Return "n" below a heading of answers as sizes, not as the numbers of one answer."""
    if line.kind not in ("n", "count") or all(x.heads[-1:] != (line.name,) for x in lines):
        return line
    return replace(line, name=plain(line.cell.text), heads=(*line.heads, line.name), kind="")


def _shares_of(line: Line, before: Line) -> bool:
    """Return whether a column named "%" alone goes with the counts of the column before it."""
    alone = kind_word(line.name) == "percent" and not line.heads
    return alone and not before.kind and not is_size(before.name) and not kind_word(before.name)


def _other_content(body: Grid, c: int) -> bool:
    """Return whether a column holds percentages and the one before it counts, or the reverse."""
    here, before = (content_of(row[k] for row in body) for k in (c, c - 1))
    return {here, before} == {"percent", "count"}


def _levels(headers: Grid, width: int, merged: Mapping[str, str]) -> list[list[str]]:
    """Return what stands above each column, merged or left blank where it is as to the left."""
    columns = range(width, len(headers[0]))
    texts = [[plain(row[c].text) for c in columns] for row in headers]
    for i, row in enumerate(headers[:-1]):
        own = [row[c] for c in columns]
        across = {cell.where: cell for cell in row}
        spans = any(cell.where in merged and merged[cell.where] in across for cell in own)
        carry = ""
        for k, cell in enumerate(own):
            above_changed = i > 0 and k > 0 and texts[i - 1][k] != texts[i - 1][k - 1]
            carry = "" if above_changed else carry
            if texts[i][k]:
                carry = texts[i][k]
            elif spans:
                anchor = across.get(merged.get(cell.where, ""))
                texts[i][k] = plain(anchor.text) if anchor else ""
            elif lower := [row[k] for row in texts[i + 1 :] if row[k]]:
                alone = (is_total(carry) or is_size(carry)) and not kind_word(lower[-1])
                texts[i][k] = "" if alone else carry
    return [[row[k] for row in texts] for k in range(len(columns))]


def _kinds_by_content(lines: Sequence[Line], cells: Sequence[Sequence[Cell]]) -> list[Line]:
    """Tell percentages from counts where two lines have one name and no word for it."""
    found = list(lines)
    places: dict[tuple[str, ...], list[int]] = {}
    for i, line in enumerate(lines):
        if not line.kind:
            places.setdefault(line.key, []).append(i)
    for same in [same for same in places.values() if len(same) == 2]:
        kinds = [content_of(cells[i]) for i in same]
        if sorted(kinds) == ["count", "percent"]:
            for i, kind in zip(same, kinds, strict=True):
                found[i] = replace(found[i], kind=kind)
    return found


def _is_number(name: str, label: Cell) -> bool:
    """Return whether a label is a number that is no name: years and codes may be names in text."""
    if _NUMBER.fullmatch(name) is None:
        return False
    return label.kind == "number" or re.search("[.%]", name) is not None


def _data_after(body: Grid, width: int) -> list[bool]:
    """Return of each row whether rows with numbers follow."""
    data = [any(is_value(cell) for cell in row[width:]) for row in body]
    return [any(data[i + 1 :]) for i in range(len(body))]


@dataclass
class _Rows:
    """Reads rows below the header one by one: data, headings, notes, repeated headers."""

    headers: Grid
    width: int
    merged: Mapping[str, str]
    notes: list[str]
    problems: list[Problem]
    heading: str = ""
    above: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    values: list[list[Cell]] = field(default_factory=list)

    def read(self, row: list[Cell], *, data_follows: bool) -> None:
        """Read a row; `data_follows` says whether any after it has numbers."""
        labels, cells = row[: self.width], row[self.width :]
        label = next((cell for cell in labels if not cell.blank), labels[0])
        words = [cell for cell in cells if not cell.blank]
        if label.blank and len(words) == 1 and _is_word(words[0]) and not kind_word(words[0].text):
            label, words = words[0], []
        if not words:
            self._lone(label, data_follows=data_follows)
        elif self._is_remark(label, cells):
            self._words(label, words)
        elif self._is_header(cells) or all(kind_word(plain(cell.text)) for cell in words):
            if label.blank or self._is_header(cells):
                self.notes.append(f"{words[0].where}: names repeated in this row are passed over")
            else:
                self._words(label, words)
        elif all(_is_word(cell) for cell in words) and (
            len(words) > 1 or is_note(plain(label.text))
        ):
            self._words(label, words)
        else:
            self._data(labels, label, cells)

    def done(self) -> tuple[list[Line], list[list[Cell]]]:
        """Return the rows with numbers, and their cells."""
        heads = {normal(head) for line in self.lines for head in line.heads}
        for i, line in enumerate(self.lines):
            if of := within(line.cell.text):
                self.lines[i] = replace(line, along="rows" if of in heads else "columns")
        return _kinds_by_content(self.lines, self.values), self.values

    def _lone(self, label: Cell, *, data_follows: bool) -> None:
        text = plain(label.text)
        if is_note(text) or not data_follows:
            self.notes.append(f"{label.where}: left out as a note: {shown(text)}")
            return
        self.notes.append(f"{label.where}: read as a heading of the rows below: {shown(text)}")
        self.heading, self.above = text, []

    def _is_remark(self, label: Cell, cells: Sequence[Cell]) -> bool:
        """Return whether a row is a note that runs over several cells, as "Source: | 2025"."""
        text = plain(label.text)
        filled = sum(not cell.blank for cell in cells)
        return is_note(text) and not is_size(text) and 2 * filled < len(cells)

    def _is_header(self, cells: Sequence[Cell]) -> bool:
        texts = [normal(cell.text) for cell in cells]
        return any(texts == [normal(c.text) for c in row[self.width :]] for row in self.headers)

    def _words(self, label: Cell, words: Sequence[Cell]) -> None:
        if is_note(plain(label.text)):
            text = " ".join(plain(cell.text) for cell in (label, *words))
            self.notes.append(f"{label.where}: left out as a note: {shown(text)}")
            return
        hint = (
            "If several rows name the columns, say --header-rows; if another table begins here, "
            "keep each in a file or sheet of its own."
        )
        found = f"words only, such as {shown(plain(words[0].text))}"
        self.problems.append(Problem(words[0].where, found, "a row of numbers", hint))

    def _data(self, labels: list[Cell], label: Cell, cells: list[Cell]) -> None:
        if merged := [c for c in cells if c.where in self.merged]:
            inside = {cell.where for row in (cells,) for cell in row}
            bad = [c for c in merged if self.merged[c.where] in inside or c.blank]
            if bad:
                hint = "Undo the merge, and write the number where it belongs."
                self.problems.append(
                    Problem(bad[0].where, "a merged cell", "one number in each cell", hint)
                )
        line = self._line(labels, label, cells)
        if line is None:
            hint = 'Merged cells? A row of sizes needs the label "n".'
            self.problems.append(Problem(label.where, "nothing", "the label of a group", hint))
        elif self.width == 1 and _is_number(line.name, label):
            hint = "The first column holds the groups' labels."
            self.problems.append(
                Problem(label.where, shown(line.name), "the label of a group", hint)
            )
        else:
            self.lines.append(line)
            self.values.append(cells)

    def _line(self, labels: list[Cell], label: Cell, cells: list[Cell]) -> Line | None:
        heading = (self.heading,) if self.heading else ()
        if label.blank:
            filled = [plain(cell.text) for cell in cells if not cell.blank]
            if all(_SIZE_CELL.fullmatch(text) for text in filled):
                return Line("n", cells[0], heading)
            contents = {content_of(cells), content_of(self.values[-1]) if self.values else ""}
            if self.lines and contents == {"percent", "count"}:
                return replace(self.lines[-1], cell=label)
            return None
        texts = [plain(cell.text) for cell in labels]
        first = next(i for i, text in enumerate(texts) if text)
        texts[:first] = self.above[:first] if len(self.above) >= first else [""] * first
        self.above = list(texts[:-1])
        last = next(cell for cell in reversed(labels) if not cell.blank)
        return line_of((*heading, *texts), last)
