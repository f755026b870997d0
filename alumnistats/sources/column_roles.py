"""Which columns hold sizes, which options of which question, and which are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from alumnistats.errors import Problem, shown
from alumnistats.sources.cells import Cell, plain, unpublished
from alumnistats.sources.sums import sums_to_whole
from alumnistats.sources.table import Line, Table, number_of
from alumnistats.sources.words import (
    is_bold_size,
    is_count,
    is_size,
    is_statistic,
    is_subtotal,
    is_total,
    is_weighted,
    may_be_size,
    may_be_total,
    normal,
    split_name,
)

MOST_SUMMED = 12  # options whose every sum is tried
Questions = dict[str, dict[str, tuple[int, ...]]]
"""From a question's label to its options, and of each the columns that tell of it."""


class Columns:
    """Sorts columns into sizes, options and what is left out."""

    def __init__(self, table: Table, bare: str, notes: list[str], problems: list[Problem]) -> None:
        self.table, self.bare, self.notes, self.problems = table, bare, notes, problems
        self.lines = list(table.columns)
        self.sizes: dict[str, int] = {}
        self.weighted: list[int] = []
        self.options: list[int] = []

    def sorted_out(self) -> tuple[Questions, dict[str, int], Table]:
        """Return options by question, columns of sizes, and the table with its columns' kinds."""
        sizes: list[int] = []
        statistics: list[int] = []
        for c, line in enumerate(self.lines):
            if is_size(line.name):
                sizes.append(c)
            elif is_total(line.name):
                self._total(c, line)
            elif is_statistic(line.name):
                statistics.append(c)
            else:
                self.options.append(c)
        for c in sizes:
            self._size_or_option(c)
        self.options.sort()
        self._weighted_sizes()
        self._statistics(statistics)
        self._doubtful_sizes()
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

    def _doubtful_sizes(self) -> None:
        """Ask about whole numbers under a name such as "Companies", which may be sizes."""
        for c in self.options if self.bare == "percent" else ():
            cells = [cell for cell in self.column(c) if not unpublished(cell)]
            whole = bool(cells) and all(re.fullmatch(r"[0-9,]+", plain(x.text)) for x in cells)
            if whole and not self.lines[c].kind and may_be_size(self.lines[c].name):
                line = self.lines[c]
                hint = 'Call it "n" if it holds numbers of respondents; else write the sign %.'
                found = f"{shown(line.name)}, whole numbers"
                self.problems.append(
                    Problem(line.cell.where, found, "a column with a meaning", hint)
                )

    def _question(self, line: Line) -> str:
        return " / ".join(line.heads)

    def _size_or_option(self, c: int) -> None:
        """Take a column named as sizes as such, unless its numbers are shares or may be."""
        line = self.lines[c]
        cells = [cell for cell in self.column(c) if not unpublished(cell)]
        signed = any("%" in plain(cell.text) for cell in cells)
        whole = self._partition([*self.options, c]) and not self._partition(self.options)
        small = all((number_of(cell) or 0) <= 100 for cell in cells)
        if is_bold_size(line.name) and (whole or signed):
            self.options.append(c)
        elif is_bold_size(line.name) and small and not self._partition(self.options):
            hint = 'Call it "n" if it holds numbers of respondents; else write the sign %.'
            found = f"{shown(line.name)}, numbers of at most 100"
            self.problems.append(Problem(line.cell.where, found, "a column with a meaning", hint))
        else:
            self._size(c, line)

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
            self.notes.append(
                f"{left.cell.where}: left out beside unweighted sizes: {shown(left.name)}"
            )
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
        numbers = [
            number_of(replace(cell, text=plain(cell.text).replace(",", ""))) for _, cell in cells
        ]
        hundreds = bool(shares) and self._are_hundreds(c, shares, numbers)
        if not hundreds and self._is_answer(c):
            self.options.append(c)
        elif hundreds and len(shares) == len(cells):
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
                'Call it "n" if it holds numbers of respondents; if groups stand across, say '
                "groups columns (--groups columns); else leave it out."
            )
            if self._is_sum(c, numbers):
                hint = "It is the sum of the others: say values count (--values count)."
            self.problems.append(
                Problem(line.cell.where, shown(line.name), "a column with a meaning", hint)
            )

    def _are_sizes(self, c: int, numbers: Sequence[Fraction | None]) -> bool:
        """Return whether numbers are whole, and not shares of the whole that the others make."""
        whole = all(n is not None and n == int(n) for n in numbers)
        others = [
            k
            for k, x in enumerate(self.lines)
            if k != c and not is_size(x.name) and not is_total(x.name)
        ]
        return (
            whole
            and len(numbers) > 1
            and not any("%" in x.text for x in self.column(c))
            and self._partition(others)
        )

    def _is_answer(self, c: int) -> bool:
        """Return whether a column such as "All" makes the others a whole."""
        others = [
            k
            for k, line in enumerate(self.lines)
            if k != c and not is_size(line.name) and not is_total(line.name)
        ]
        return len(others) > 1 and self._partition([*others, c]) and not self._partition(others)

    def _are_hundreds(self, c: int, shares: list[Cell], numbers: Sequence[Fraction | None]) -> bool:
        """Return whether a column only says 100, or what rounded shares sum to."""
        found = [number_of(cell) for cell in shares]
        if all(n == 100 for n in found):
            return True
        near = all(n is not None and abs(n - 100) <= 1 for n in found)
        return near and self._is_sum(c, numbers)

    def _is_sum(self, c: int, numbers: Sequence[Fraction | None]) -> bool:
        """Return whether a column is the sum of all others."""
        others = [k for k, x in enumerate(self.lines) if k != c and not is_size(x.name)]
        sums = self._sums(others)
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
                    self.problems.append(
                        Problem(line.cell.where, text, "a count of one option", hint)
                    )
                    self.options.remove(c)
                    continue
                name, kind = others.pop(), "count"
            self.lines[c] = replace(line, name=name, kind=kind)

    def _subtotals(self) -> None:
        """Leave out sums of other options, where those are all there."""
        nets = [
            c
            for c in self.options
            if is_subtotal(self.lines[c].name) or may_be_total(self.lines[c].name)
        ]
        rest = [c for c in self.options if c not in nets]
        for question in {self._question(self.lines[c]) for c in nets}:
            own = [c for c in rest if self._question(self.lines[c]) == question]
            if len(own) < 2 or not self._partition(own):
                continue
            for c in [c for c in nets if self._question(self.lines[c]) == question]:
                if not self._sums_some(c, own):
                    continue
                line = self.lines[c]
                text = f"{line.cell.where}: left out, the sum of other options: {shown(line.name)}"
                self.notes.append(text)
                self.options.remove(c)

    def _sums_some(self, c: int, own: Sequence[int]) -> bool:
        """Return whether a column is, in every row, the sum of some of others within rounding."""
        if len(own) > MOST_SUMMED:
            return True
        for row in self.table.values:
            total, parts = _printed(row[c]), [_printed(row[k]) for k in own]
            known = [part for part in parts if part is not None]
            if total is None or not known:
                continue
            sums = {(Fraction(0), total[1])}
            for value, slack in known:
                sums |= {(so_far + value, within + slack) for so_far, within in sums}
            if not any(abs(total[0] - so_far) <= within for so_far, within in sums):
                return False
        return True

    def _kinds_of_n(self) -> None:
        """Read "Yes n" as a count where it is one of every row's size by its percentage."""
        told = [c for c in self.options if self.lines[c].kind == "n"]
        shares = {
            self.lines[c].key: c for c in self.options if self.lines[c].kind in ("", "percent")
        }
        counts = []
        for c in told:
            line = self.lines[c]
            share = shares.get(line.key)
            column = self.sizes.get(self._question(line), self.sizes.get(""))
            own = [k for k in told if self.lines[k].heads == line.heads]
            bases = self._sums(own) if column is None else list(map(number_of, self.column(column)))
            if share is not None and _all_counts(
                list(zip(self.column(c), self.column(share), bases, strict=True))
            ):
                counts.append(c)
        for c in counts:
            line = self.lines[c]
            self.lines[c] = replace(line, kind="count")
            text = f"{line.cell.where}: numbers of answers, as the percentages show"
            self.notes.append(f"{text}: {shown(plain(line.cell.text))}")

    def _sums(self, columns: Sequence[int]) -> list[Fraction | None]:
        """Return the sum of columns in each row, None where a cell is no number."""
        rows = [[number_of(row[c]) for c in columns] for row in self.table.values]
        return [_sum(row) for row in rows]

    def _questions(self) -> Questions:
        found: Questions = {}
        for c in self.options:
            line = self.lines[c]
            options = found.setdefault(self._question(line), {})
            key = next(
                (known for known in options if normal(known) == normal(line.name)), line.name
            )
            kinds = {self.lines[k].kind or self.bare for k in options.get(key, ())}
            if (line.kind or self.bare) in kinds:
                text = f"a second column {shown(plain(line.cell.text) or line.name)}"
                self.problems.append(Problem(line.cell.where, text, "each column once"))
            options[key] = (*options.get(key, ()), c)
        return found

    def _general_sizes(self) -> dict[str, int]:
        """Return sizes by question; those of a heading of their own hold for all."""
        asked = {self._question(self.lines[c]) for c in self.options}
        if len(self.sizes) == 1 and not set(self.sizes) & asked:
            return {"": next(iter(self.sizes.values()))}
        texts = {tuple(plain(x.text) for x in self.column(c)) for c in self.sizes.values()}
        if len(self.sizes) > 1 and len(texts) == 1:
            return {"": next(iter(self.sizes.values()))}
        if len(asked) > 1 or "" in self.sizes or not self.sizes:
            return self.sizes
        return {"": next(iter(self.sizes.values()))}


def _sum(numbers: Sequence[Fraction | None]) -> Fraction | None:
    known = [number for number in numbers if number is not None]
    return sum(known, Fraction(0)) if len(known) == len(numbers) else None


def _all_counts(told: list[tuple[Cell, Cell, Fraction | None]]) -> bool:
    """Return whether counts of bases are printed as the shares beside them, as far as known."""
    checked = 0
    for count, share, base in told:
        k, p = number_of(count), number_of(share)
        if k is None or p is None or not base:
            continue
        digits = len(plain(share.text).rstrip("%").partition(".")[2])
        if abs(100 * k / base - p) * 10**digits > 1:
            return False
        checked += 1
    return checked > 0


def _printed(cell: Cell) -> tuple[Fraction, Fraction] | None:
    """Return the number of a cell, and how far rounding may have put it; None if it has none."""
    text = plain(cell.text).removesuffix("%").strip()
    number = number_of(Cell(text, ""))
    decimals = len(text.replace(",", ".").partition(".")[2])
    return None if number is None else (number, Fraction(1, 2 * 10**decimals))
