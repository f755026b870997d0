"""Tables whose numbers are probably not what they would be read as: the user is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from alumnistats.errors import Problem, shown
from alumnistats.sources.overlaps import in_two_rows
from alumnistats.sources.roles import Asked, Entry, Layout
from alumnistats.sources.sums import partitions
from alumnistats.sources.table_numbers import Numbers
from alumnistats.sources.words import is_country, is_people, normal

_UNIT = re.compile(
    r"[(（](?:人|名|社|件|票|世帯|事業所)[)）]|単位\s*[:：]?\s*(?:人|名|社|件|票|世帯|事業所)"
)
LOOSE_ROWS = 3  # so many whole numbers without a format are not whole by chance


def _says_percent(layout: Layout) -> bool:
    lines = (*layout.table.columns, *layout.table.rows)
    return any(line.kind == "percent" for line in lines)


def doubts(
    layout: Layout, numbers: Numbers, *, values: str, answers: str, total: str | None
) -> list[Problem]:
    """Return what speaks against reading a table as it would be read.

    Parameters
    ----------
    layout : Layout
    numbers : Numbers
    values, answers, total
        As the user says; see `read_crosstab`.
    """
    problems = [] if _says_percent(layout) else list(_proportions(layout, numbers, values))
    problems += [*_counts(layout, numbers, values)]
    if values == "count" and not (_sized(layout) or numbers.sizes):
        hint = (
            "Add a column n; if each respondent gave one answer it is the sum of the row: say "
            "answers single (--answers single)."
        )
        problems.append(Problem("", "counts without sizes", "a column n", hint))
    if total is None:
        problems += _hidden_total(layout, numbers)
    problems += _of_no_group(layout, numbers)
    if total is None:
        problems += in_two_rows(layout, numbers)
    if answers == "auto" and values == "percent":
        problems += _hidden_sizes(layout, numbers)
        problems += _several_years(layout, numbers)
    if not numbers.shares and not problems:
        problems.append(Problem("", "nothing published in any row", "at least one percentage"))
    return problems


def _signed(numbers: Numbers) -> bool:
    return any("%" in cell.text or "％" in cell.text for cell in numbers.cells)


def _proportions(layout: Layout, numbers: Numbers, values: str) -> Iterator[Problem]:
    rows = [numbers.row(entry, q, "percent") for entry in layout.groups for q in layout.questions]
    percents = [percent for row in rows for percent in row if percent is not None]
    if values != "percent" or len(percents) < 2 or _signed(numbers):
        return
    largest = max(percents, key=float)
    if 0 < float(largest) <= 1:
        hint = (
            "Multiply them by 100, or say values proportion (--values proportion); write the sign "
            "% behind percentages that are so small."
        )
        found = f"no percentage above {largest}"
        yield Problem("", found, "percentages, not proportions of 1", hint)
        return
    for entry in layout.groups:
        for question in layout.questions:
            row = numbers.row(entry, question, "percent")
            if len(row) > 1 and None not in row and sum(map(Fraction, row)) == 1:
                hint = "Write all rows as percentages, or all as proportions."
                where = entry.line.cell.where
                found = f"a row that sums to 1, {shown(entry.label)}, among others"
                yield Problem(where, found, "percentages, not proportions of 1", hint)


def _counts(layout: Layout, numbers: Numbers, values: str) -> Iterator[Problem]:
    if values != "percent" or _signed(numbers) or "." in "".join(numbers.percents()):
        return
    hint = "Say values count (--values count), or write the sign % behind percentages."
    if _sum_to_sizes(layout, numbers):
        yield Problem("", "whole numbers that sum to n in every row", "percentages", hint)
    elif _says_people(layout):
        found = "whole numbers, and a unit of people or companies in title or notes"
        yield Problem("", found, "percentages", hint)
    elif layout.total is not None and _is_sum(layout, numbers, layout.total, "percent"):
        where = layout.total.line.cell.where
        found = f"{shown(layout.total.label)}, the sum of the other rows"
        yield Problem(where, found, "percentages", hint)


def _says_people(layout: Layout) -> bool:
    """Return whether title or notes give people or companies as the unit, and not percentages."""
    text = " ".join([layout.table.title, *layout.table.notes])
    return bool(_UNIT.search(text)) and not re.search("[%％]|割合|構成比|percent", text)


def _sum_to_sizes(layout: Layout, numbers: Numbers) -> bool:
    rows = 0
    for question in layout.questions:
        for entry in layout.groups:
            found = numbers.row(entry, question, "percent")
            size = numbers.sizes.get((entry.label, question.label))
            if None in found or size is None:
                return False
            if sum(int(str(p)) for p in found) != size or size == 100:
                return False
            rows += len(found) > 1
    return rows > 1


def _is_sum(layout: Layout, numbers: Numbers, entry: Entry, kind: str) -> bool:
    """Return whether everything that a row publishes is the sum of the other groups'."""
    others = [other for other in layout.groups if other is not entry]
    if len(others) < 2:
        return False
    compared = 0
    for question in layout.questions:
        rows = [numbers.row(other, question, kind) for other in others]
        for column, own in enumerate(numbers.row(entry, question, kind)):
            parts = [row[column] for row in rows]
            if own is None or None in parts:
                continue
            if Fraction(own) != sum(map(Fraction, parts)):
                return False
            compared += Fraction(own) > 0
    return compared > 1


def _sums(layout: Layout, numbers: Numbers) -> list[Fraction | None]:
    """Return the sum of every option's counts over the groups, None where one is not published."""
    found: list[Fraction | None] = []
    for question in layout.questions:
        rows = [numbers.row(entry, question, "count") for entry in layout.groups]
        for column in zip(*rows, strict=True):
            known = [Fraction(count) for count in column if count is not None]
            found.append(sum(known, Fraction(0)) if len(known) == len(column) else None)
    return found


def _is_half(layout: Layout, numbers: Numbers, entry: Entry, sums: list[Fraction | None]) -> bool:
    """Return whether every count of a group is the sum of the other groups'."""
    own = [count for q in layout.questions for count in numbers.row(entry, q, "count")]
    pairs = [(k, s) for k, s in zip(own, sums, strict=True) if k is not None and s is not None]
    return all(2 * k == s for k, s in pairs) and sum(k > 0 for k, _ in pairs) > 1


def _sized(layout: Layout) -> bool:
    """Return whether there are sizes: of groups, or of every option."""
    if layout.sizes or any(entry.line.size for entry in layout.groups):
        return True
    columns = [c for q in layout.questions for cs in q.options.values() for c in [cs]]
    kinds = [{layout.table.columns[c].kind for c in cs} for cs in columns]
    return bool(kinds) and all("n" in kind for kind in kinds)


def _hidden_total(layout: Layout, numbers: Numbers) -> Iterator[Problem]:
    """Find a group that is the sum of all the others, though its label does not say so."""
    if layout.total is not None or len(layout.groups) < 3:
        return
    sums = _sums(layout, numbers)
    question = layout.questions[0].label if layout.questions else ""
    sizes = [numbers.sizes.get((entry.label, question)) for entry in layout.groups]
    known = [n for n in sizes if n is not None]
    sum_of_all = sum(known) if len(known) == len(sizes) else None
    for entry, size in zip(layout.groups, sizes, strict=True):
        whole = size is not None and 2 * size == sum_of_all
        if size is None and _is_country_beside_people(layout, entry):
            found = f"{shown(entry.label)} beside industries or other groups of people"
            yield Problem(
                entry.line.cell.where, found, "a group, or all respondents", _whole_hint(entry)
            )
            return
        if whole or (size is None and _is_half(layout, numbers, entry, sums)):
            found = f"{shown(entry.label)}, whose n is the sum of the other rows'"
            yield Problem(
                entry.line.cell.where, found, "a group, or all respondents", _whole_hint(entry)
            )
            return


def _whole_hint(entry: Entry) -> str:
    return (
        f"Say --total {shown(entry.label)} if it holds all respondents, or --total none if it is a "
        "group."
    )


def _is_country_beside_people(layout: Layout, entry: Entry) -> bool:
    """Return whether the first or last row is a country's, and others are of people or trades."""
    ends = (layout.groups[0], layout.groups[-1])
    others = [other for other in layout.groups if other is not entry]
    return (
        entry in ends
        and is_country(entry.label)
        and sum(is_people(other.label) for other in others) > 1
    )


def _of_no_group(layout: Layout, numbers: Numbers) -> Iterator[Problem]:
    """Compare the total row's size with the sum of the groups', where all are published."""
    if layout.total is None or not layout.questions:
        return
    question = layout.questions[0].label
    sizes = [numbers.sizes.get((entry.label, question)) for entry in layout.groups]
    total = numbers.sizes.get((layout.total.label, question))
    known = [size for size in sizes if size is not None]
    if total is None or len(known) < len(sizes) or sum(known) == total:
        return
    cell = layout.size_cell(layout.total, question)
    where = cell.where if cell else layout.total.line.cell.where
    hint = "Add a row for those of no listed group, or leave the total row out: --total none."
    if sum(known) > total:
        hint = (
            "If respondents belong to several groups, keep those of one breakdown; or leave the "
            "total row's n out, or the row: --total none."
        )
    expected = f"{sum(known)}, the sum of the groups' sizes"
    yield Problem(f"{where} ({shown(layout.total.label)}, n)", str(total), expected, hint)


def _hidden_sizes(layout: Layout, numbers: Numbers) -> Iterator[Problem]:
    """Find columns beside columns that alone sum to 100, and whole numbers beside decimals."""
    for question in layout.questions:
        rows = [numbers.row(entry, question, "percent") for entry in layout.groups]
        if _alone(rows):
            continue
        plain_whole = [
            not any(p is not None and "." in p for p in column)
            for column in zip(*rows, strict=True)
        ]
        for c, option in enumerate(question.options):
            column = [row[c] for row in rows if row[c] is not None]
            others = [[p for k, p in enumerate(row) if k != c] for row in rows]
            printed = [[p for k, p in enumerate(row) if not plain_whole[k]] for row in rows]
            whole = len(column) > 1 and not any("." in p for p in column)
            beside = bool(column) and _alone(others)
            decimals = whole and len(column) >= LOOSE_ROWS and _have_decimals(printed)
            if beside or (decimals and not _signs(layout, question, option)):
                kind = "that alone sum to 100" if beside else "with decimals"
                what = "whole numbers beside columns" if whole else "beside columns"
                where = layout.table.columns[question.options[option][0]].cell.where
                hint = (
                    'Call it "n" if it holds numbers of respondents; if it is an answer, say '
                    "answers multiple (--answers multiple); else leave it out."
                )
                found = f"{shown(option)}, {what} {kind}"
                yield Problem(where, found, "a column with a meaning", hint)


def _signs(layout: Layout, question: Asked, option: str) -> bool:
    cells = [cell for e in layout.groups for _, cell in layout.cells(e, question.options[option])]
    return any(re.search("[%％]", cell.text) for cell in cells)


def _alone(rows: list[list[str | None]]) -> bool:
    told = [[{} if p is None else {"percent": p} for p in row] for row in rows]
    return partitions(told, [None] * len(rows))


def _have_decimals(rows: list[list[str | None]]) -> bool:
    texts = [p for row in rows for p in row if p is not None]
    return len(texts) > 1 and all("." in text for text in texts)


_WAVE = re.compile(r"(?:19|20)[0-9]{2}(?:年度?)?|今回|前回|今年|昨年|前年")


def _several_years(layout: Layout, numbers: Numbers) -> Iterator[Problem]:
    """Find columns that differ in the year only: n goes with one of them."""
    for question in layout.questions:
        rows = [numbers.row(entry, question, "percent") for entry in layout.groups]
        seen: dict[str, str] = {}
        for option, columns in question.options.items():
            name, waves = _WAVE.subn("", normal(option))
            other = seen.setdefault(name, option) if waves else option
            if other != option and not _alone(rows):
                where = layout.table.columns[columns[0]].cell.where
                found = f"{shown(option)} beside {shown(other)}, columns of several years"
                hint = (
                    "Keep the columns of one survey; if they are answers of one, say answers "
                    "multiple (--answers multiple)."
                )
                yield Problem(where, found, "one survey", hint)
                break
