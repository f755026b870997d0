"""Which lines of a table are groups, all respondents, sizes and options of which question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from alumnistats.errors import Problem, listed, shown
from alumnistats.sources.cells import Cell, plain, unpublished
from alumnistats.sources.table import Line, Table, number_of
from alumnistats.sources.sums import sums_to_whole
from alumnistats.sources.words import (
    Kind,
    is_average,
    is_count,
    is_size,
    is_response,
    is_statistic,
    is_subtotal,
    is_total,
    is_weighted,
    kind_word,
    may_be_total,
    normal,
    split_name,
    split_number,
)

EVERYONE = "All respondents"
NO_TOTAL = "none"
ALL_SECTIONS = "all"


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
    """

    label: str
    line: Line
    section: str
    lines: tuple[int, ...]


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
    table, one_way = _one_way(table, notes)
    groups, whole = _groups(table, NO_TOTAL if one_way else total, notes, problems)
    columns = _Columns(table, bare, notes, problems)
    questions, sizes, table = columns.sorted_out()
    groups, whole = _sections(table, groups, whole, section, sizes, notes, problems)
    if total is not None and total != NO_TOTAL and whole is None and not problems:
        names = listed(entry.label for entry in groups)
        problems.append(Problem("total", shown(total), f"the label of a row ({names}), or none"))
    if not groups and not problems:
        problems.append(Problem("", "no rows of groups", "at least one group"))
    made = Layout(table, tuple(groups), whole, questions, sizes, bare, notes)
    return _with_numbers(made), problems


def _one_way(table: Table, notes: list[str]) -> tuple[Table, bool]:
    """Return the table of one group, everyone, where lines are named by what they hold alone."""
    held = [_held(line) for line in table.rows]
    if not table.rows or not all(held) or any(line.heads for line in table.rows):
        return table, False
    notes.append("no groups are named: read as answers of all respondents")
    kinds = ["count" if kind == "n" else kind for kind in held]
    rows = [
        replace(line, name=EVERYONE, kind=kind, size="")
        for line, kind in zip(table.rows, kinds, strict=True)
    ]
    return replace(table, rows=tuple(rows)), True


def _held(line: Line) -> Kind:
    """Return what a line holds that names no group; "Responses" names none either."""
    if is_response(line.name):
        return line.kind or "percent"
    return kind_word(line.name) or ("count" if is_size(line.name) else "")


def _groups(
    table: Table, total: str | None, notes: list[str], problems: list[Problem]
) -> tuple[list[Entry], Entry | None]:
    found: dict[tuple[str, ...], Entry] = {}
    whole: Entry | None = None
    for i, line in enumerate(table.rows):
        told = total is not None and normal(total) == normal(line.name)
        if line.name == EVERYONE and total == NO_TOTAL:
            found[line.key] = _with_line(found.get(line.key), line, i)
        elif told or (total != NO_TOTAL and is_total(line.name)):
            whole = _total(table, i, whole, told=told, total=total, notes=notes, problems=problems)
        elif total == NO_TOTAL and is_total(line.name):
            notes.append(f"{line.cell.where}: left out, since no row is a total: {shown(line.name)}")
        elif problem := _no_group(line, total):
            problems.append(problem)
        elif line.key not in found:
            found[line.key] = Entry(line.name, line, " / ".join(line.heads), (i,))
        else:
            entry = found[line.key]
            kinds = {table.rows[k].kind for k in entry.lines}
            if line.kind in kinds:
                seen = entry.line.cell.where
                text = f"{shown(line.name)} a second time, after {seen}"
                problems.append(Problem(line.cell.where, text, "each group in one row"))
            found[line.key] = replace(entry, lines=(*entry.lines, i))
    return list(found.values()), whole


def _with_line(entry: Entry | None, line: Line, i: int) -> Entry:
    return replace(entry, lines=(*entry.lines, i)) if entry else Entry(line.name, line, "", (i,))


def _total(
    table: Table, i: int, whole: Entry | None, *, told: bool, total: str | None,
    notes: list[str], problems: list[Problem],
) -> Entry | None:  # fmt: skip
    line = table.rows[i]
    section = " / ".join(line.heads)
    if whole is None:
        return Entry(line.name, line, section, (i,))
    if line.kind and line.key == whole.line.key:
        return replace(whole, lines=(*whole.lines, i))
    if total is not None and not told:  # another was named
        notes.append(f"{line.cell.where}: left out beside the total named: {shown(line.name)}")
        return whole
    before, here = table.values[whole.lines[0]], table.values[i]
    if line.heads and [plain(c.text) for c in before] == [plain(c.text) for c in here]:
        notes.append(f"{line.cell.where}: {shown(line.name)} repeats {whole.line.cell.where}")
        return whole
    if line.heads:  # of its section; sections are told apart later
        notes.append(f"{line.cell.where}: left out, a total of its section: {shown(line.name)}")
        return whole
    text = f"a second total row, {shown(line.name)}"
    hint = "Leave one out, or say which it is: --total."
    problems.append(Problem(line.cell.where, text, "one total row", hint))
    return whole


def _no_group(line: Line, total: str | None) -> Problem | None:
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
    if is_subtotal(name):
        hint = "Leave it out: its respondents are those of other rows."
        return Problem(where, shown(name), "groups that share no respondents", hint)
    if total is None and may_be_total(name):
        hint = f"Say --total {shown(name)} if it holds all respondents, or else --total none."
        return Problem(where, shown(name), "a group, or all respondents", hint)
    return None


class _Columns:
    """Sorts columns into sizes, options and what is left out."""

    def __init__(
        self, table: Table, bare: str, notes: list[str], problems: list[Problem]
    ) -> None:
        self.table, self.bare, self.notes, self.problems = table, bare, notes, problems
        self.lines = list(table.columns)
        self.sizes: dict[str, int] = {}
        self.weighted: list[int] = []
        self.options: list[int] = []

    def sorted_out(self) -> tuple[tuple[Asked, ...], dict[str, int], Table]:
        """Return the questions, the columns of sizes, and the table with its columns' kinds."""
        statistics = []
        for c, line in enumerate(self.lines):
            if is_size(line.name):
                self._size(c, line)
            elif is_total(line.name):
                self._total(c, line)
            elif is_statistic(line.name):
                statistics.append(c)
            else:
                self.options.append(c)
        self._weighted_sizes()
        self._statistics(statistics)
        self._names()
        self._subtotals()
        self._kinds_of_n()
        questions = self._questions()
        if not questions and not self.problems:
            self.problems.append(Problem("", "no column of percentages", "at least one"))
        return questions, self._general_sizes(), replace(self.table, columns=tuple(self.lines))

    def column(self, c: int) -> list[Cell]:
        """Return the cells of a column."""
        return [row[c] for row in self.table.values]

    def _partition(self, columns: Sequence[int]) -> bool:
        """Return whether columns of shares sum to the whole in every row of shares."""
        kinds = {c: self.lines[c].kind or split_name(self.lines[c].name)[1] for c in columns}
        shares = [c for c in columns if kinds[c] not in ("count", "n")]
        lines = zip(self.table.rows, self.table.values, strict=True)
        rows = [[row[c] for c in shares] for line, row in lines if line.kind != "count"]
        if self.bare == "count" and not any(line.kind for line in self.table.rows):
            return False
        return sums_to_whole(rows, 1 if self.bare == "proportion" else 100)

    def _question(self, line: Line) -> str:
        return " / ".join(line.heads)

    def _size(self, c: int, line: Line) -> None:
        if is_weighted(line.name):
            self.weighted.append(c)
            return
        question = self._question(line)
        if question not in self.sizes:
            self.sizes[question] = c
            return
        before = self.lines[self.sizes[question]]
        unweighted = ["unweighted" in normal(x.name) for x in (before, line)]
        if [plain(x.text) for x in self.column(c)] == [
            plain(x.text) for x in self.column(self.sizes[question])
        ]:
            self.notes.append(f"{line.cell.where}: {shown(line.name)} repeats {before.cell.where}")
        elif sum(unweighted) == 1:
            left = before if unweighted[1] else line
            self.sizes[question] = c if unweighted[1] else self.sizes[question]
            self.notes.append(f"{left.cell.where}: left out beside unweighted sizes: {shown(left.name)}")
        else:
            hint = "Leave out the one that is not the number of respondents."
            self.problems.append(
                Problem(line.cell.where, shown(line.name), "one column of sizes", hint)
            )

    def _weighted_sizes(self) -> None:
        for c in self.weighted:
            line = self.lines[c]
            if self.sizes:
                text = f"{line.cell.where}: left out beside unweighted sizes: {shown(line.name)}"
                self.notes.append(text)
            else:
                hint = "Leave it out; percentages then come without sizes."
                expected = "numbers of respondents, not sums of weights"
                self.problems.append(Problem(line.cell.where, shown(line.name), expected, hint))

    def _total(self, c: int, line: Line) -> None:
        """Take a total column as sizes where it can be nothing else, and leave out hundreds."""
        cells = [
            (row, cell)
            for row, cell in zip(self.table.rows, self.column(c), strict=True)
            if not unpublished(cell)
        ]
        kinds = {row.kind or line.kind or self.bare for row, _ in cells}
        shares = [cell for row, cell in cells if (row.kind or line.kind) != "count"]
        numbers = [number_of(replace(cell, text=plain(cell.text).replace(",", ""))) for _, cell in cells]
        hundreds = bool(shares) and all(number_of(cell) == 100 for cell in shares)
        if hundreds and len(shares) == len(cells):
            self.notes.append(
                f"{line.cell.where}: the column {shown(line.name)} says 100 and is left out"
            )
        elif "count" in kinds and (hundreds or not kinds & {"percent"}) and None not in numbers:
            self._size(c, line)
            self.notes.append(f"{line.cell.where}: {shown(line.name)} is read as sizes")
        elif self._are_sizes(c, numbers):
            self._size(c, line)
            self.notes.append(
                f"{line.cell.where}: {shown(line.name)} is read as sizes: whole numbers beside "
                "columns that sum to 100"
            )
        else:
            hint = (
                'Call it "n" if it holds numbers of respondents; if groups stand across, say groups '
                "columns (--groups columns); else leave it out."
            )
            if self._is_sum(c, numbers):
                hint = "It is the sum of the others: say values count (--values count)."
            self.problems.append(
                Problem(line.cell.where, shown(line.name), "a column with a meaning", hint)
            )

    def _are_sizes(self, c: int, numbers: Sequence[Fraction | None]) -> bool:
        """Return whether numbers are whole, and not shares of the whole that the others make."""
        whole = all(n is not None and n == int(n) for n in numbers)  # type: ignore[call-overload]
        others = [k for k, x in enumerate(self.lines) if k != c and not is_size(x.name) and not is_total(x.name)]
        return whole and len(numbers) > 1 and not any("%" in x.text for x in self.column(c)) and self._partition(others)

    def _is_sum(self, c: int, numbers: Sequence[Fraction | None]) -> bool:
        """Return whether a column is the sum of all others."""
        others = [k for k, x in enumerate(self.lines) if k != c and not is_size(x.name)]
        rows = [[number_of(row[k]) for k in others] for row in self.table.values]
        sums = [None if None in row else sum(row, Fraction(0)) for row in rows]  # type: ignore[arg-type]
        return len(others) > 1 and None not in sums and sums == list(numbers)

    def _statistics(self, columns: list[int]) -> None:
        """Leave out means and the like, unless rows sum to 100 with them: then they are answers."""
        if not columns:
            return
        with_them = sorted([*self.options, *columns])
        if self._partition(with_them) and not self._partition(self.options):
            self.options = with_them
            return
        for c in columns:
            line = self.lines[c]
            self.notes.append(f"{line.cell.where}: left out, no share: {shown(line.name)}")

    def _names(self) -> None:
        """Split names such as "Yes n", and give a bare "count" to the one option there is."""
        split = {c: split_name(self.lines[c].name) for c in self.options}
        plain_names = {normal(name) for name, kind in split.values() if kind != "n"}
        for c in list(self.options):
            line, (name, kind) = self.lines[c], split[c]
            if line.kind:
                continue
            if kind == "n" and normal(name) not in plain_names:
                name, kind = line.name, ""
            if is_count(line.name):
                others = {n for k, (n, _) in split.items() if not is_count(self.lines[k].name)}
                if len(others) != 1:
                    hint = (
                        'Call it "n" if it holds sizes, or as the option with "count" behind, such '
                        'as "Yes count".'
                    )
                    text = shown(line.name)
                    self.problems.append(Problem(line.cell.where, text, "a count of one option", hint))
                    self.options.remove(c)
                    continue
                name, kind = others.pop(), "count"
            self.lines[c] = replace(line, name=name, kind=kind)

    def _subtotals(self) -> None:
        """Leave out sums of other options, where those are all there."""
        nets = [c for c in self.options if is_subtotal(self.lines[c].name)]
        rest = [c for c in self.options if c not in nets]
        for question in {self._question(self.lines[c]) for c in nets}:
            own = [c for c in rest if self._question(self.lines[c]) == question]
            if len(own) < 2 or not self._partition(own):
                continue
            for c in [c for c in nets if self._question(self.lines[c]) == question]:
                line = self.lines[c]
                text = f"{line.cell.where}: left out, the sum of other options: {shown(line.name)}"
                self.notes.append(text)
                self.options.remove(c)

    def _kinds_of_n(self) -> None:
        """Read "Yes n" as a count where it is one of every row's size by its percentage."""
        for c in [c for c in self.options if self.lines[c].kind == "n"]:
            line = self.lines[c]
            share = next(
                (k for k in self.options if self.lines[k].key == line.key and self.lines[k].kind in ("", "percent")),
                None,
            )
            column = self.sizes.get(self._question(line), self.sizes.get(""))
            if share is None:
                continue
            if column is None:
                bases = self._sums_of_n(line)
            else:
                bases = [number_of(cell) for cell in self.column(column)]
            told = list(zip(self.column(c), self.column(share), bases, strict=True))
            if _all_counts(told):
                self.lines[c] = replace(line, kind="count")
                text = f"{line.cell.where}: numbers of answers, as the percentages show"
                self.notes.append(f"{text}: {shown(plain(line.cell.text))}")

    def _sums_of_n(self, line: Line) -> list[object]:
        own = [c for c in self.options if self.lines[c].kind == "n" and self.lines[c].heads == line.heads]
        rows = [[number_of(row[c]) for c in own] for row in self.table.values]
        return [sum(row) if None not in row else None for row in rows]  # type: ignore[arg-type]

    def _questions(self) -> tuple[Asked, ...]:
        found: dict[str, dict[str, tuple[int, ...]]] = {}
        for c in self.options:
            line = self.lines[c]
            options = found.setdefault(self._question(line), {})
            key = next((known for known in options if normal(known) == normal(line.name)), line.name)
            kinds = {self.lines[k].kind or self.bare for k in options.get(key, ())}
            if (line.kind or self.bare) in kinds:
                text = f"a second column {shown(plain(line.cell.text) or line.name)}"
                self.problems.append(Problem(line.cell.where, text, "each column once"))
            options[key] = (*options.get(key, ()), c)
        return tuple(Asked(label, options) for label, options in found.items())

    def _general_sizes(self) -> dict[str, int]:
        """Return sizes by question; those of a heading of their own hold for all."""
        asked = {self._question(self.lines[c]) for c in self.options}
        if len(self.sizes) == 1 and not set(self.sizes) & asked:
            return {"": next(iter(self.sizes.values()))}
        texts = {tuple(plain(x.text) for x in self.column(c)) for c in self.sizes.values()}
        if len(self.sizes) > 1 and len(texts) == 1:
            return {"": next(iter(self.sizes.values()))}
        return self.sizes if len(asked) > 1 or "" in self.sizes else {"": c for c in self.sizes.values()}


def _all_counts(told: list[tuple[Cell, Cell, object]]) -> bool:
    checked = 0
    for count, share, base in told:
        k, p = number_of(count), number_of(share)
        if k is None or p is None or not base:
            continue
        digits = len(plain(share.text).rstrip("%").partition(".")[2])
        if abs(100 * k / base - p) * 10**digits > 1:  # type: ignore[operator]
            return False
        checked += 1
    return checked > 0


def _sections(
    table: Table, groups: list[Entry], whole: Entry | None, section: str | None,
    sizes: dict[str, int], notes: list[str], problems: list[Problem],
) -> tuple[list[Entry], Entry | None]:  # fmt: skip
    """Keep the groups of one section, or of all where they share no respondents."""
    unnamed = "(rows without a heading)"
    names = list(dict.fromkeys(entry.section or unnamed for entry in groups))
    if section is not None and section != ALL_SECTIONS:
        chosen = [n for n in names if normal(section) in (normal(n), normal(n.split(" / ")[-1]))]
        if len(chosen) != 1:
            problems.append(Problem("section", shown(section), f"{listed(names)}, or all"))
            return groups, whole
        return [e for e in groups if (e.section or unnamed) == chosen[0]], whole
    if len(names) < 2:
        return groups, whole
    if section == ALL_SECTIONS or _share_no_one(table, groups, whole, names, sizes):
        if section is None:
            notes.append("sizes of all sections sum to the total: all are read")
        labels = [normal(entry.label) for entry in groups]
        named = [
            replace(e, label=f"{e.section}: {e.label}") if labels.count(normal(e.label)) > 1 else e
            for e in groups
        ]
        return named, whole
    shown_names = ", ".join(shown(name) for name in names)
    hint = (
        "Say which is meant by its heading (--section), or --section all if nobody is in two of "
        "them."
    )
    where = next(e for e in groups if (e.section or unnamed) == names[1]).line.cell.where
    found = f"groups under several headings ({shown_names})"
    problems.append(Problem(where, found, "groups that share no respondents", hint))
    return groups, whole


def _share_no_one(
    table: Table, groups: list[Entry], whole: Entry | None, names: list[str], sizes: dict[str, int]
) -> bool:
    """Return whether the sizes of all groups sum to that of all respondents."""
    made = Layout(table, tuple(groups), whole, (), sizes, "percent")

    def size(entry: Entry) -> object:
        cell = made.size_cell(entry, "")
        return None if cell is None else number_of(replace(cell, text=plain(cell.text).replace(",", "")))

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
