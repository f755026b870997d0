"""The numbers of a table, read cell by cell: percentages, counts and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from alumnistats.errors import Problem, shown
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
from alumnistats.sources.roles import Asked, Entry, Layout
from alumnistats.sources.table_options import TableOptions


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the cells of a table say.

    Attributes
    ----------
    sizes : dict
        From a group's label and a question's to its size.
    shares : dict
        From labels of group, question and option to what is published of it, by kind, and the
        cell's name.
    cells : list of Cell
        Those of percentages.
    """

    sizes: dict[tuple[str, str], int]
    shares: dict[tuple[str, str, str], dict[str, Any]]
    cells: list[Cell]

    def percents(self) -> list[str]:
        """Return every percentage."""
        return [str(share["percent"]) for share in self.shares.values() if "percent" in share]

    def row(self, entry: Entry, question: Asked, kind: str) -> list[Any]:
        """Return what a group publishes of every option, None where it does not."""
        keys = [(entry.label, question.label, option) for option in question.options]
        return [self.shares.get(key, {}).get(kind) for key in keys]


def read_numbers(layout: Layout, options: TableOptions) -> tuple[Numbers, list[Problem]]:
    """Read every cell of a table.

    Parameters
    ----------
    layout : Layout
    options : TableOptions

    Returns
    -------
    Numbers
    list of Problem
        Of every cell that cannot be read.
    """
    numbers = Numbers({}, {}, [])
    problems = list(_read_sizes(layout, numbers, options))
    for entry in layout.entries:
        for question in layout.questions:
            for option, columns in question.options.items():
                told = numbers.shares.setdefault((entry.label, question.label, option), {})
                problems += _read_share(layout, entry, (option, columns), told, numbers, options)
                if not set(told) & {"percent", "count", "n"}:
                    del numbers.shares[entry.label, question.label, option]
    return numbers, [*problems, *_footnotes(layout)]


def _read_sizes(layout: Layout, numbers: Numbers, options: TableOptions) -> Iterator[Problem]:
    """Read every size, and one that all questions share once."""
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
                yield error.problem
            size = read[key]
            if size is not None:
                numbers.sizes[entry.label, question.label] = size


def sizes_by_counts(layout: Layout, numbers: Numbers, *, single: bool) -> list[str]:
    """Take the sum of a group's counts as its size, where no size is told.

    Percentages beside them agree, or the user says that each respondent gave one answer.
    """
    if numbers.sizes:
        return []
    found: dict[tuple[str, str], int] = {}
    for entry in layout.entries:
        for question in layout.questions:
            keys = [(entry.label, question.label, option) for option in question.options]
            shares = [numbers.shares.get(key, {}) for key in keys]
            total = sum(share.get("count", 0) for share in shares)
            counted = single and all("count" in share for share in shares)
            agree = counted or all(_agrees(share, total) for share in shares)
            if total and len(keys) > 1 and agree:
                found[entry.label, question.label] = total
    numbers.sizes.update(found)
    return ["sums of counts are read as sizes"] if found else []


def _agrees(share: dict[str, Any], size: int) -> bool:
    """Return whether a count of a size is what its percentage is of."""
    if "count" not in share or "percent" not in share:
        return False
    percent = str(share["percent"])
    step = Fraction(1, 10 ** len(percent.partition(".")[2]))
    return abs(Fraction(100 * share["count"], size) - Fraction(percent)) < step


def _read_share(
    layout: Layout, entry: Entry, option: tuple[str, tuple[int, ...]],
    told: dict[str, Any], numbers: Numbers, options: TableOptions,
) -> Iterator[Problem]:  # fmt: skip
    """Add what a group publishes of an option to `told`, and yield what cannot be read."""
    name, columns = option
    for kind, cell in _parts(layout, entry, columns):
        extra = "" if kind in ("percent", "proportion") else f" {kind}"
        key = f"{cell.where} ({shown(entry.label)}, {shown(name + extra)})"
        told.setdefault("key", key)
        if kind in ("percent", "proportion"):
            told["key"] = key
            numbers.cells.append(cell)
        try:
            value = _value(cell, kind, key, options)
        except CellError as error:
            yield error.problem
            continue
        if value is not None:
            told["percent" if kind == "proportion" else kind] = value


def _parts(layout: Layout, entry: Entry, columns: tuple[int, ...]) -> Iterator[tuple[str, Cell]]:
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
