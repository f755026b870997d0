"""Which lines of a table are groups, all respondents, sizes and options of which question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from alumnistats.errors import Problem, listed, shown
from alumnistats.sources.cells import Cell, plain, unpublished
from alumnistats.sources.column_roles import Columns
from alumnistats.sources.table import Line, Table, number_of
from alumnistats.sources.words import (
    Kind,
    families,
    is_average,
    is_count,
    is_response,
    is_size,
    is_statistic,
    is_subtotal,
    is_total,
    kind_word,
    may_be_total,
    normal,
    split_number,
)

EVERYONE = "All respondents"
NO_TOTAL = "none"
ALL_SECTIONS = "all"
UNNAMED = "(rows without a heading)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One group, or all respondents.

    Attributes
    ----------
    label : str
    line : Line
        The first of its lines.
    section : str
        The headings above it.
    lines : tuple of int
        Which rows of the table are its own.
    kinds : tuple of str
        What those rows say of their cells.
    """

    label: str
    line: Line
    section: str
    lines: tuple[int, ...]
    kinds: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its label, and of each option the columns that tell of it."""

    label: str
    options: dict[str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Layout:
    """A table whose lines have roles.

    Attributes
    ----------
    table : Table
        Groups down, options across; columns say of what kind their cells are.
    groups : tuple of Entry
    total : Entry or None
    questions : tuple of Asked
    sizes : dict
        Column of the sizes, by question; "" for all questions.
    bare : str
        What a column named only by an option holds.
    notes : list of str
    """

    table: Table
    groups: tuple[Entry, ...]
    total: Entry | None
    questions: tuple[Asked, ...]
    sizes: dict[str, int]
    bare: str
    notes: list[str] = field(default_factory=list)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The groups, and all respondents where they are told of."""
        return (*self.groups, *([self.total] if self.total else ()))

    def cells(self, entry: Entry, columns: Sequence[int]) -> Iterator[tuple[str, Cell]]:
        """Yield what the cells of a group and an option hold, and the cells."""
        for row in entry.lines:
            for column in columns:
                kinds = {self.table.rows[row].kind, self.table.columns[column].kind} - {""}
                if len(kinds) == 1:
                    yield kinds.pop(), self.table.values[row][column]
                elif not kinds:
                    yield self.bare, self.table.values[row][column]

    def size_cell(self, entry: Entry, question: str) -> Cell | None:
        """Return the cell of a group's size, for a question with its own or for all."""
        column = self.sizes.get(question, self.sizes.get(""))
        if column is not None:
            rows = [r for r in entry.lines if self.table.rows[r].kind != "percent"] or entry.lines
            return next(
                (c for r in rows if not unpublished(c := self.table.values[r][column])),
                self.table.values[rows[0]][column],
            )
        if entry.line.size:
            return replace(entry.line.cell, text=entry.line.size, kind="text")
        return None


def assign(
    table: Table, bare: str = "percent", *, total: str | None = None, section: str | None = None
) -> tuple[Layout, list[Problem]]:
    """Say what the lines of a table are whose rows are groups.

    Parameters
    ----------
    table : Table
    bare : {"percent", "count", "proportion"}
    total : str, optional
        The label of the row of all respondents, or "none".
    section : str, optional
        The heading whose groups are taken, or "all".

    Returns
    -------
    Layout
    list of Problem
    """
    notes: list[str] = []
    problems: list[Problem] = []
    table, one_way = _one_way(table, notes, problems)
    groups, totals = _groups(table, NO_TOTAL if one_way else total, notes, problems)
    found, sizes, table = Columns(table, bare, notes, problems).sorted_out()
    questions = tuple(Asked(label, options) for label, options in found.items())
    whole = _whole(totals, _named(groups, section), notes, problems)
    groups = _sections(table, groups, whole, section, sizes, notes, problems)
    if total is not None and total != NO_TOTAL and whole is None and not problems:
        names = listed(entry.label for entry in groups)
        problems.append(Problem("total", shown(total), f"the label of a row ({names}), or none"))
    if not groups and not problems:
        problems.append(Problem("", "no rows of groups", "at least one group"))
    made = Layout(table, tuple(groups), whole, questions, sizes, bare, notes)
    return _with_numbers(made), problems


def _one_way(table: Table, notes: list[str], problems: list[Problem]) -> tuple[Table, bool]:
    """Return the table of one group, everyone, where lines are named by what they hold alone."""
    kept = [i for i, line in enumerate(table.rows) if not is_statistic(line.name)]
    held = {i: _held(table.rows[i]) for i in kept}
    if not kept or not all(held.values()) or any(line.heads for line in table.rows):
        return table, False
    notes.append("no groups are named: read as answers of all respondents")
    left = [line for i, line in enumerate(table.rows) if i not in held]
    notes += [f"{line.cell.where}: left out, no share: {shown(line.name)}" for line in left]
    kinds = ["count" if kind == "n" else kind for kind in held.values()]
    for i, kind in zip(kept, kinds, strict=True):
        if kinds.index(kind) < kept.index(i):
            line = table.rows[i]
            hint = "Leave out the other."
            expected = f"one column of kind {kind}"
            problems.append(Problem(line.cell.where, shown(line.name), expected, hint))
    rows = [
        replace(table.rows[i], name=EVERYONE, kind=kind, size="")
        for i, kind in zip(kept, kinds, strict=True)
    ]
    values = tuple(table.values[i] for i in kept)
    return replace(table, rows=tuple(rows), values=values), True


def _held(line: Line) -> Kind:
    """Return what a line holds that names no group; "Responses" names none either."""
    if is_response(line.name):
        return line.kind or "percent"
    return kind_word(line.name) or ("count" if is_size(line.name) else "")


def _groups(
    table: Table, total: str | None, notes: list[str], problems: list[Problem]
) -> tuple[list[Entry], list[Entry]]:
    """Return the groups, and the totals: one, or one of each section."""
    found: dict[tuple[str, ...], Entry] = {}
    totals: dict[tuple[str, ...], Entry] = {}
    codes = sum(len(line.name) == 2 for line in table.rows) > 1  # as of countries: SE, CI
    for i, line in enumerate(table.rows):
        told = total is not None and normal(total) == normal(line.name)
        everyone = total == NO_TOTAL and line.name == EVERYONE
        if told or (is_total(line.name) and total is None):
            _add(totals, line, i)
        elif is_total(line.name) and not everyone:
            notes.append(f"{line.cell.where}: left out, not the total: {shown(line.name)}")
        elif not everyone and (problem := _no_group(line, total, codes=codes)):
            problems.append(problem)
        elif clash := _add(found, line, i):
            text = f"{shown(line.name)} a second time, after {clash}"
            problems.append(Problem(line.cell.where, text, "each group in one row"))
    return list(found.values()), list(totals.values())


def _add(found: dict[tuple[str, ...], Entry], line: Line, i: int) -> str:
    """Add a line to its entry; return where another of the same kind stands, or nothing."""
    entry = found.get(line.key)
    if entry is None:
        found[line.key] = Entry(line.name, line, " / ".join(line.heads), (i,), (line.kind,))
        return ""
    if line.kind in entry.kinds:
        return entry.line.cell.where
    lines, kinds = (*entry.lines, i), (*entry.kinds, line.kind)
    found[line.key] = replace(entry, lines=lines, kinds=kinds)
    return ""


def _whole(
    totals: list[Entry], section: str, notes: list[str], problems: list[Problem]
) -> Entry | None:
    """Return the total that goes with a section: its own, or else that of no section."""
    own = [entry for entry in totals if entry.section == section] if section else []
    general = [entry for entry in totals if not entry.section]
    chosen = (own or general or totals)[:1]
    for entry in totals:
        if entry in chosen:
            continue
        if entry.section and entry not in own:
            text = "left out, a total of another section"
            notes.append(f"{entry.line.cell.where}: {text}: {shown(entry.label)}")
        elif chosen[0] in own:
            text = "left out beside the total of the section"
            notes.append(f"{entry.line.cell.where}: {text}: {shown(entry.label)}")
        else:
            text = f"a second total row, {shown(entry.label)}"
            hint = "Leave one out, or say which it is: --total."
            problems.append(Problem(entry.line.cell.where, text, "one total row", hint))
    return chosen[0] if chosen else None


def _no_group(line: Line, total: str | None, *, codes: bool) -> Problem | None:
    """Return what is wrong with a label that is probably none of a group."""
    where, name = line.cell.where, line.name
    if is_size(name) or is_count(name):
        hint = (
            "If these are the sizes of the columns, the groups stand across: say groups columns "
            "(--groups columns)."
        )
        return Problem(where, f"{shown(name)}, a row of sizes", "the label of a group", hint)
    if is_average(name):
        hint = f"Leave it out, or say --total {shown(name)} if it holds all respondents."
        return Problem(where, shown(name), "the label of a group", hint)
    if is_statistic(name) and not (codes and len(name) == 2):
        hint = "Leave it out: its numbers are no shares. If it is a group, name it otherwise."
        return Problem(where, shown(name), "the label of a group", hint)
    if is_subtotal(name):
        hint = "Leave it out: its respondents are those of other rows."
        return Problem(where, shown(name), "groups that share no respondents", hint)
    if total is None and may_be_total(name):
        hint = f"Say --total {shown(name)} if it holds all respondents, or else --total none."
        return Problem(where, shown(name), "a group, or all respondents", hint)
    return None


def _headings(groups: list[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.section or UNNAMED for entry in groups))


def _named(groups: list[Entry], section: str | None) -> str:
    """Return the heading that is meant, or nothing."""
    if section is None or section == ALL_SECTIONS:
        return ""
    found = [
        n for n in _headings(groups) if normal(section) in (normal(n), normal(n.split(" / ")[-1]))
    ]
    return found[0] if len(found) == 1 else ""


def _sections(
    table: Table, groups: list[Entry], whole: Entry | None, section: str | None,
    sizes: dict[str, int], notes: list[str], problems: list[Problem],
) -> list[Entry]:  # fmt: skip
    """Keep the groups of one section, or of all where they share no respondents."""
    names = _headings(groups)
    if section is not None and section != ALL_SECTIONS:
        chosen = _named(groups, section)
        if not chosen:
            problems.append(Problem("section", shown(section), f"{listed(names)}, or all"))
        return [entry for entry in groups if (entry.section or UNNAMED) == chosen]
    if len(names) < 2:
        if section is None and (problem := _of_two_kinds(groups)):
            problems.append(problem)
        return groups
    if section == ALL_SECTIONS or _share_no_one(table, groups, whole, sizes):
        if section is None:
            notes.append("sizes of all sections sum to the total: all are read")
        labels = [normal(entry.label) for entry in groups]
        return [
            replace(e, label=f"{e.section}: {e.label}") if labels.count(normal(e.label)) > 1 else e
            for e in groups
        ]
    shown_names = ", ".join(shown(name) for name in names)
    hint = (
        "Say which is meant by its heading (--section), or --section all if nobody is in two of "
        "them."
    )
    where = next(e for e in groups if (e.section or UNNAMED) == names[1]).line.cell.where
    found = f"groups under several headings ({shown_names})"
    problems.append(Problem(where, found, "groups that share no respondents", hint))
    return groups


def _of_two_kinds(groups: list[Entry]) -> Problem | None:
    """Return what is wrong with groups by sex beside groups by age, under no heading."""
    found = [families(entry.label) for entry in groups]
    sex, age = found.count(frozenset(["sex"])), found.count(frozenset(["age"]))
    if min(sex, age) < 2:
        return None
    second = max(found.index(frozenset(["sex"])), found.index(frozenset(["age"])))
    hint = "Keep one of the two, or say --section all if nobody is in two groups."
    entry = groups[second]
    expected = "groups that share no respondents"
    return Problem(entry.line.cell.where, "groups by sex and by age", expected, hint)


def _share_no_one(
    table: Table, groups: list[Entry], whole: Entry | None, sizes: dict[str, int]
) -> bool:
    """Return whether the sizes of all groups sum to that of all respondents."""
    made = Layout(table, tuple(groups), whole, (), sizes, "percent")

    def size(entry: Entry) -> object:
        cell = made.size_cell(entry, "")
        return (
            None
            if cell is None
            else number_of(replace(cell, text=plain(cell.text).replace(",", "")))
        )

    found = [size(entry) for entry in groups]
    total = None if whole is None else size(whole)
    return total is not None and None not in found and sum(found) == total  # type: ignore[arg-type]


def _with_numbers(layout: Layout) -> Layout:
    """Read "(512社)" behind every label as its size, where nothing else tells sizes."""
    entries = layout.entries
    split = [split_number(entry.line.name) for entry in entries]
    if layout.sizes or any(e.line.size for e in entries) or len(entries) < 2:
        return layout
    if not all(number for _, number, _ in split):
        return layout
    if not all(unit for _, _, unit in split) and not _last_is_sum(layout, split):
        layout.notes.append(
            "labels end in numbers in brackets: if these are sizes, write (n=512) or a column n"
        )
        return layout
    layout.notes.append("numbers in brackets behind the labels are read as sizes")
    named = [
        replace(e, label=name, line=replace(e.line, name=name, size=number))
        for e, (name, number, _) in zip(entries, split, strict=True)
    ]
    whole = named.pop() if layout.total else None
    return replace(layout, groups=tuple(named), total=whole)


def _last_is_sum(layout: Layout, split: list[tuple[str, str, str]]) -> bool:
    numbers = [int(number.replace(",", "")) for _, number, _ in split]
    return layout.total is not None and sum(numbers[:-1]) == numbers[-1]
