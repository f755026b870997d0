"""Which way round a table is: groups down and answers across, or the usual banner of pollsters."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from alumnistats.errors import Problem
from alumnistats.sources.cells import Cell, plain
from alumnistats.sources.sums import sums_to
from alumnistats.sources.table import Line, Table, number_of
from alumnistats.sources.words import (
    heads_answers,
    is_answer,
    is_people,
    is_size,
    is_statistic,
    is_subtotal,
    is_total,
    kind_word,
    normal,
)

Direction = Literal["auto", "rows", "columns"]
MOST = 0.8  # of the sums of 100 that are enough, since a few may be misprinted
FEW = 0.5
LEAST_ROWS = 3  # whole percentages of two sizes may agree by chance
LONG = "one row for each group and answer"


def orient(table: Table, groups: Direction, whole: int) -> tuple[Table, list[Problem]]:
    """Return a table with its groups down, or what speaks for its being the other way round.

    Parameters
    ----------
    table : Table
        As it stands.
    groups : {"auto", "rows", "columns"}
        Where the user says that groups stand. "auto" means down, unless labels say that
        percentages are those of columns; if the numbers speak against it, the user is asked.
    whole : int
        What all answers sum to: 100, or 1 for proportions; 0 for counts.
    """
    ways = {line.along for line in (*table.rows, *table.columns)} - {""}
    if groups == "columns" or (groups == "auto" and ways == {"columns"}):
        return _kept(table.turned(), "columns"), []
    table = _kept(table, "rows")
    found = _against(table, whole) if groups == "auto" else ""
    if not found:
        return _told(table) if groups == "auto" else table, []
    if found == LONG:
        hint = (
            "Pivot it, one row a group and one column an answer; if the first column holds "
            "questions instead, say groups columns (--groups columns)."
        )
        return table, [Problem(table.rows[0].cell.where, found, "one row for each group", hint)]
    hint = (
        "If groups stand across, say groups columns (--groups columns); if they stand down all the "
        "same, say groups rows."
    )
    where = table.columns[0].cell.where if table.columns else ""
    return table, [Problem(where, found, "groups down and answers across", hint)]


def _told(table: Table) -> Table:
    """Tell how a table of labels and nameless shares is read, which could be of one question."""
    if not _has_shares_only(table):
        return table
    note = (
        f"{table.columns[0].cell.where}: the labels beside it are read as groups whose shares have "
        "no name; if they are answers, say groups columns (--groups columns)"
    )
    return replace(table, notes=(*table.notes, note))


def _has_shares_only(table: Table) -> bool:
    """Return whether the only column holds shares, and no name says of what."""
    names = [line.name for line in table.columns]
    return (
        len(names) == 1
        and kind_word(names[0]) == "percent"
        and not any(line.size for line in (*table.rows, *table.columns))
    )


def _kept(table: Table, way: str) -> Table:
    """Leave out percentages of the other direction, where both are there."""
    ways = {line.along for line in (*table.rows, *table.columns)} - {""}
    if len(ways) < 2:
        return table
    rows = [i for i, line in enumerate(table.rows) if line.along in ("", way)]
    columns = [i for i, line in enumerate(table.columns) if line.along in ("", way)]
    left = (*table.rows, *table.columns)
    cells = [line.cell.where for line in left if line.along not in ("", way)]
    return Table(
        table.path,
        table.title,
        tuple(table.rows[i] for i in rows),
        tuple(table.columns[i] for i in columns),
        tuple(tuple(table.values[i][k] for k in columns) for i in rows),
        (*table.notes, f"{', '.join(cells)}: left out, percentages of the other direction"),
    )


def _against(table: Table, whole: int) -> str:
    """Return what speaks against groups standing down, or nothing."""
    rows, columns = table.rows, table.columns
    down, across = _wholes(table.turned(), whole), _wholes(table, whole)
    sums_down = whole > 0 and down[1] > 0 and down[0] >= MOST * down[1]
    sums_across = across[1] > 0 and across[0] >= FEW * across[1]
    hundreds = [
        i
        for i, line in enumerate(rows)
        if is_total(line.name) and _all_whole(table, i, whole) and not sums_across
    ]
    words_down, words_across = (
        sum(is_answer(line.name) for line in lines) for lines in (rows, columns)
    )
    people_down, people_across = (
        sum(is_people(line.name) for line in lines) for lines in (rows, columns)
    )
    reasons = {
        LONG: _is_long(table),
        "columns that sum to 100, and rows that do not": sums_down and not sums_across,
        "counts and their percentages of one total, which is a table of one question": (
            _is_one_way(table)
        ),
        "answers down, as the first column is headed, and one column of shares": (
            heads_answers(table.title) and _has_shares_only(table)
        ),
        "a row of sizes": any(is_size(line.name) and not is_total(line.name) for line in rows),
        "sizes in the names of columns": any(line.size for line in columns)
        and not any(line.size for line in rows),
        "a total row of 100 in every column": bool(hundreds),
        "groups of people across": people_across >= 2 > people_down and not sums_across,
        "answers down and groups of people across": words_down >= 2 and people_across >= 2,
        "answers down": words_down >= 2 > words_across and not sums_across,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _is_one_way(table: Table) -> bool:
    """Return whether the only column of shares is what the column of sizes makes of one total."""
    sizes = [c for c, line in enumerate(table.columns) if is_size(line.name)]
    shares = [c for c, line in enumerate(table.columns) if _counted(line)]
    if len(sizes) != 1 or len(shares) != 1:
        return False
    low, high, rows, decimals = Fraction(0), None, 0, False
    for values in table.values:
        text = plain(values[shares[0]].text).removesuffix("%").strip()
        count, share = (
            number_of(Cell(plain(text).replace(",", ""), ""))
            for text in (values[sizes[0]].text, text)
        )
        if not count or not share:
            continue
        step = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
        low = max(low, 100 * count / (share + step))
        top = 100 * count / (share - step) if share > step else None
        high = top if high is None or (top is not None and top < high) else high
        rows, decimals = rows + 1, decimals or "." in text
    enough = rows >= LEAST_ROWS or (decimals and rows > 1)
    return enough and (high is None or low <= high)


def _is_long(table: Table) -> bool:
    """Return whether the only column of shares has the same answers again under every heading."""
    answers: dict[tuple[str, ...], set[str]] = {}
    for line in table.rows:
        answers.setdefault(line.heads, set()).add(normal(line.name))
    sets = list(answers.values())
    shares = sum(_counted(line) for line in table.columns)
    return shares == 1 and len(sets) > 1 and len(sets[0]) > 1 and all(s == sets[0] for s in sets)


def _all_whole(table: Table, row: int, whole: int) -> bool:
    numbers = [number_of(cell) for cell in table.values[row] if not cell.blank]
    return whole > 0 and bool(numbers) and all(number == whole for number in numbers)


def _counted(line: Line) -> bool:
    """Return whether a line holds shares, as far as its name tells."""
    name = line.name
    special = is_total(name) or is_size(name) or is_statistic(name) or is_subtotal(name)
    return not special and (line.kind or kind_word(name)) not in ("count", "n")


def _wholes(table: Table, whole: int) -> tuple[int, int]:
    """Return how many rows sum to the whole, by headings of columns, and how many could."""
    blocks: dict[tuple[str, ...], list[int]] = {}
    for c, column in enumerate(table.columns):
        if _counted(column):
            blocks.setdefault(column.heads, []).append(c)
    hits = tries = 0
    for line, values in zip(table.rows, table.values, strict=True):
        if not _counted(line) and not is_total(line.name):
            continue
        for block in blocks.values():
            found = sums_to(whole, [values[c] for c in block])
            if found is not None:
                hits, tries = hits + found, tries + 1
    return hits, tries
