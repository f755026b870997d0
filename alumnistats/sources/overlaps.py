"""Respondents that are in two rows of a table, as its sizes and percentages show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from alumnistats.errors import Problem, shown
from alumnistats.sources.roles import Layout
from alumnistats.sources.table_numbers import Numbers


def in_two_rows(layout: Layout, numbers: Numbers) -> Iterator[Problem]:
    """Find respondents that are in two rows: a row of its neighbours' sum, or two breakdowns."""
    if len(layout.questions) != 1:
        return
    question = layout.questions[0]
    found = [numbers.sizes.get((entry.label, question.label)) for entry in layout.groups]
    sizes = [n for n in found if n is not None]
    if len(sizes) < len(found) or len(sizes) < 4 or len(set(sizes)) == 1:
        return
    rows = [numbers.row(entry, question, "percent") for entry in layout.groups]
    hint = "Keep one of the two; if they share nobody, say --total none."
    expected = "groups that share no respondents"
    for i, size in enumerate(sizes):
        runs = [range(i + 1, j) for j in range(i + 3, len(sizes) + 1)]
        runs += [range(h, i) for h in range(i - 1)]
        for run in runs:
            if sum(sizes[k] for k in run) == size and _pooled(run, sizes, rows, [i]):
                first, last = layout.groups[run[0]], layout.groups[run[-1]]
                text = (
                    f"{shown(layout.groups[i].label)}, whose n and percentages are those of "
                    f"{shown(first.label)} to {shown(last.label)} together"
                )
                yield Problem(layout.groups[i].line.cell.where, text, expected, hint)
                return
    for k in range(2, len(sizes) - 1):
        if sum(sizes[:k]) == sum(sizes[k:]) and _pooled(
            range(k), sizes, rows, range(k, len(sizes))
        ):
            entry = layout.groups[k]
            text = f"{shown(entry.label)} and below, with n and percentages of the rows above"
            yield Problem(entry.line.cell.where, text, expected, hint)
            return


def _pooled(
    some: Sequence[int], sizes: list[int], rows: list[list[str | None]], others: Sequence[int]
) -> bool:
    """Return whether some rows together have the percentages of others, but for rounding."""
    compared = 0
    for column in zip(*rows, strict=True):
        if any(column[k] is None for k in (*some, *others)):
            continue
        (a, slack), (b, more) = (_mean(part, sizes, column) for part in (some, others))
        if abs(a - b) > slack + more:
            return False
        compared += a > 0
    return compared > 0


def _mean(
    rows: Sequence[int], sizes: list[int], column: Sequence[str | None]
) -> tuple[Fraction, Fraction]:
    """Return the mean of percentages over respondents, and how far rounding may have put it."""
    texts = [str(column[k]) for k in rows]
    n = sum(sizes[k] for k in rows)
    parts = zip(rows, texts, strict=True)
    mean = sum((sizes[k] * Fraction(text) for k, text in parts), Fraction(0)) / n
    slack = max(Fraction(1, 2 * 10 ** len(text.partition(".")[2])) for text in texts)
    return mean, slack
