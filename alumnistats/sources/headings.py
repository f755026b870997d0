"""Rows of headings over respondents: those of survey services, and those that the user counts.

SurveyMonkey writes a second row: "Response" or "Open-Ended Response" under a question with one
answer, the options under one with several, whose text stands over the first of them only. Qualtrics
writes two: the text of the question, and ``{"ImportId": ...}``. Both are recognised. Other rows of
headings are counted by the user; one that looks like another is asked about, since it would be a
respondent otherwise.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alumnistats.errors import ArgumentError

LOOKED_AT = 4
"""Rows under the first one that are looked at."""
RESPONSES = frozenset(["response", "open-ended response", "回答", "自由回答"])
_IMPORT = re.compile(r"\{\s*[\"']ImportId[\"']\s*:")
_NAMELESS = re.compile(r"Unnamed: \d+(_level_\d+)?")
"""What pandas calls a column without a name."""


@dataclass(frozen=True, eq=False)
class AnswerSet:
    """Columns that together hold the answers to one question.

    Attributes
    ----------
    columns : tuple of str
    options : tuple of str
        What each column stands for.
    counted : str
        The value that means chosen, where the file says it.
    categories : bool
        Whether each column holds one of several answers, rather than whether one was given.
    """

    columns: tuple[str, ...]
    options: tuple[str, ...]
    counted: str = ""
    categories: bool = False


@dataclass(frozen=True, eq=False)
class Headings:
    """What rows of headings say.

    Attributes
    ----------
    names : tuple of str
        Of the columns.
    extra : int
        Rows of headings under the first one.
    labels : dict of str
        Texts of questions, by name.
    sets : dict of AnswerSet
        Questions with several columns, by their text.
    note : str
        What was recognised, or empty.
    """

    names: tuple[str, ...]
    extra: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, AnswerSet] = field(default_factory=dict)
    note: str = ""


def read_headings(
    first: Sequence[str], rows: Sequence[Sequence[str]], header_rows: int | None = None
) -> Headings:
    """Return names of columns, texts of questions, and how many rows they take.

    Parameters
    ----------
    first : sequence of str
        The first row.
    rows : sequence of sequence of str
        The rows that follow, or the first few of them.
    header_rows : int, optional
        Number of rows of headings, the first one included; recognised when omitted.

    Raises
    ------
    ArgumentError
        For a number below 1, or one that leaves no respondent.
    """
    names = ["" if _NAMELESS.fullmatch(name) else name for name in first]
    if header_rows is not None:
        if type(header_rows) is not int or header_rows < 1:
            raise ArgumentError("header_rows", header_rows, "a whole number, 1 or more")
        if header_rows > len(rows):
            raise ArgumentError("header_rows", header_rows, "rows of respondents after them")
        extra = header_rows - 1
        return _stacked(names, rows[extra - 1], extra, "") if extra else Headings(tuple(names))
    for at, row in enumerate(rows[: LOOKED_AT - 1]):
        written = [cell for cell in row if cell]
        if written and all(_IMPORT.match(cell) for cell in written):
            labels = dict(zip(names, rows[0], strict=True)) if at else {}
            note = f"{at + 1} rows under the names are Qualtrics' headings, no respondents"
            return Headings(tuple(names), at + 1, labels, note=note)
    if len(rows) > 1 and _is_second_heading(rows):
        note = 'the second row is one of headings ("Response"), no respondent'
        return _stacked(names, rows[0], 1, note)
    return Headings(tuple(names))


def _is_second_heading(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the row holds SurveyMonkey's words, which no respondent below repeats."""
    at = [c for c, cell in enumerate(rows[0]) if cell.casefold() in RESPONSES]
    return bool(at) and not any(row[c] == rows[0][c] for row in rows[1:] for c in at)


def _stacked(names: Sequence[str], under: Sequence[str], extra: int, note: str) -> Headings:
    """Return headings of two rows, where a name may stand over several columns."""
    full, sets = list(names), {}
    starts = [c for c, name in enumerate(names) if name] + [len(names)]
    for start, end in itertools.pairwise(starts):
        members = [c for c in range(start, end) if under[c]]
        if len(members) < 2:
            continue
        question = names[start]
        for c in members:
            if under[c].casefold() not in RESPONSES:
                full[c] = f"{question}: {under[c]}"
        if under[start] and under[start].casefold() not in RESPONSES:
            columns = tuple(full[c] for c in members)
            sets[question] = AnswerSet(columns, tuple(under[c] for c in members))
    for c in range(starts[0]):  # a name of its own in the second row only
        full[c] = full[c] or under[c]
    pairs = zip(names, under, strict=True)
    labels = {n: text for n, text in pairs if n and text and text.casefold() not in RESPONSES}
    labels = {name: text for name, text in labels.items() if name not in sets}
    return Headings(tuple(full), extra, labels, sets, note)
