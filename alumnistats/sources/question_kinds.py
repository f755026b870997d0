"""Columns of respondents as groups, numbers and answers, and all that is wrong with them.

A kind of question says which columns it takes and how they are read: one answer, several in one
cell, or several columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.errors import ArgumentError, Problem, closest, listed, shown
from alumnistats.sources.answers import Answers
from alumnistats.sources.boxes import (
    Boxes,
    looks_split,
    never_apart,
    read_boxes,
    read_categories,
    split_cells,
)
from alumnistats.sources.frames import Column, Source, Texts
from alumnistats.sources.headings import AnswerSet
from alumnistats.sources.nonresponse import doubtful, is_nonresponse
from alumnistats.sources.words import is_total

MOST_ANSWERS = 60
MOST_GROUPS = 1000
FEWEST_TO_TELL = 20  # respondents, of whom as many groups as half of them look like an id
FEW_ROWS = 4  # below which nothing can be said of a first row that is unlike the others
SPACES = ("Zs", "Cf", "Cc")
SMALLEST_WEIGHT, LARGEST_WEIGHT = 1e-100, 1e100
A_WEIGHT = "a weight: 0, or a number from 1e-100 to 1e100"
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


class ColumnReader:
    """Reads columns of text and collects what is wrong with them.

    Parameters
    ----------
    path : str
    source : Source
    texts, figures : dict of Column
        Columns of words, and of numbers.
    missing : sequence of str
        Words that mean nothing.
    """

    def __init__(
        self,
        path: str,
        source: Source,
        texts: Mapping[str, Column],
        figures: Mapping[str, Column],
        missing: Sequence[str],
    ) -> None:
        self.path, self.source, self.missing = path, source, tuple(missing)
        self.columns = {name: _emptied(column, missing) for name, column in texts.items()}
        self.figures = {name: _emptied(column, missing) for name, column in figures.items()}
        self.notes: list[str] = []
        self.problems: list[Problem] = []

    def column(self, name: str, kept: IntArray) -> Column:
        """Return a column of the rows kept, and tell of words that may mean nothing."""
        column = self.columns[name]
        text = column.text[kept]
        for word in doubtful(text.tolist(), self.missing):
            rows = int((text == word).sum())
            note = f"{shown(name)}: {rows} rows say {shown(word)}, which is taken as it stands; "
            self.tell(f"{note}if it means nothing, say missing=[{shown(word)}]")
        return replace(column, text=text)

    def tell(self, note: str) -> None:
        """Note what the user should know, once."""
        if note not in self.notes:
            self.notes.append(note)

    def no_heading(self) -> None:
        """Note a first row that looks like one of headings, since it would be a respondent."""
        texts = {name: column.text for name, column in self.columns.items()}
        size = len(next(iter(texts.values())))
        if not self.source.headed or size <= FEW_ROWS or not _unlike(list(texts.values())):
            return
        name, text = next(iter(texts.items()))
        self.problems.append(
            Problem(
                f"{self.source.where(0)}, {shown(name)}", shown(text[0]),
                "an answer like those below it",
                "If it is a second row of headings, say header_rows=2; if a respondent, 1.",
            )
        )  # fmt: skip

    def no_names(self) -> None:
        """Note rows that are the names of the columns again, as where files were put together."""
        columns = {**self.figures, **self.columns}
        again = np.logical_and.reduce([column.text == name for name, column in columns.items()])
        if len(columns) > 1 and again.any():
            key = self.source.where(int(np.argmax(again)))
            found, expected = "the names of the columns again", "a respondent"
            self.problems.append(Problem(key, found, expected, "Delete that row."))

    def no_total(self, group: str, kept: IntArray) -> None:
        """Note a row of totals."""
        text = self.columns[group].text[kept]
        for label in dict.fromkeys(text.tolist()):
            rows = np.flatnonzero(text == label)
            if len(rows) == 1 and len(text) > 2 and is_total(label):
                key = f"{self.source.where(int(kept[rows[0]]))}, {shown(group)}"
                hint = "Delete that row if it holds totals; if it is a group, name it otherwise."
                self.problems.append(Problem(key, shown(label), "the group of a respondent", hint))

    def rows(self, group: str, weight: str | None) -> IntArray:
        """Return the rows that have a group and, if weighted, a weight above zero."""
        has_group = self.columns[group].text != ""
        if not has_group.all():
            self.tell(f"{(~has_group).sum()} rows without {shown(group)} are left out")
        kept = np.flatnonzero(has_group)
        if weight is not None and len(kept):
            zero = self.numbers(weight, kept) == 0
            if zero.any():
                self.tell(f"{zero.sum()} rows of weight 0 are left out")
            kept = kept[~zero]
        if not len(kept):
            self.problems.append(Problem(shown(group), "no rows", "at least one respondent"))
        return kept

    def numbers(self, column: str, kept: IntArray) -> FloatArray:
        """Return numbers that are not negative, nor so large or small that squares overflow."""
        texts = self.figures[column].text[kept].tolist()
        for row, text in zip(kept.tolist(), texts, strict=True):
            good = _NUMBER.fullmatch(text) and (
                float(text) == 0 or SMALLEST_WEIGHT <= float(text) <= LARGEST_WEIGHT
            )
            if not good:
                key = f"{self.source.where(row)}, {shown(column)}"
                found = shown(text) if text else "nothing"
                hint = "Leave the row out, or say 0." if not text else ""
                if "," in text and _NUMBER.fullmatch(text.replace(",", ".")):
                    hint = "Write it with a decimal point, and without commas."
                problem = Problem(key, found, A_WEIGHT, hint)
                if problem not in self.problems:
                    self.problems.append(problem)
                return np.ones(len(kept))
        return np.array([float(text) for text in texts])

    def groups(self, name: str, kept: IntArray) -> tuple[tuple[str, ...], IntArray]:
        """Return groups in the order of value labels, else of the file, and each row's index."""
        labels, index = self.categories(name, kept)
        self._alike(name, labels)
        if len(labels) > MOST_GROUPS:
            found, expected = f"{len(labels)} groups", f"at most {MOST_GROUPS}"
            self.problems.append(Problem(shown(name), found, expected, "Is it a number or an id?"))
        if len(kept) >= FEWEST_TO_TELL and 2 * len(labels) > len(kept):
            self.tell(
                f"{shown(name)}: {len(labels)} groups of {len(kept)} respondents; is it an id, or "
                "a number to be put into classes?"
            )
        order = [label for label in self.columns[name].order if label in labels]
        if not order:
            return labels, index
        ranked = [*order, *(label for label in labels if label not in order)]
        place = np.array([ranked.index(label) for label in labels], dtype=np.int64)
        return tuple(ranked), place[index]

    def categories(self, name: str, kept: IntArray) -> tuple[tuple[str, ...], IntArray]:
        """Return labels, in the order of the file, and each row's index."""
        values = self.column(name, kept).text
        labels = tuple(dict.fromkeys(values.tolist()))
        where = {label: i for i, label in enumerate(labels)}
        if "" in where:
            row = int(kept[np.argmax(values == "")])
            found = f"nothing in {self.source.where(row)}"
            self.problems.append(Problem(shown(name), found, "a value in every row"))
        return labels, np.array([where[value] for value in values], dtype=np.int64)

    def options(self, name: str, column: Column, known: Iterable[str]) -> list[str]:
        """Return answers in the order of value labels, else numbers by size, then text."""
        found = set(known)
        ordered = [label for label in column.order if label in found]
        options = [*ordered, *_sorted(found - set(ordered))]
        self._alike(name, options)
        if not options:
            self.problems.append(Problem(shown(name), "no answers", "at least one"))
        if len(options) > MOST_ANSWERS:
            found_text, expected = f"{len(options)} different answers", f"at most {MOST_ANSWERS}"
            mark = looks_split(options)
            hint = "Is it a number or a text? Put answers into classes first."
            if mark:
                hint = f"Do cells hold several answers? Say split={{{shown(name)}: {shown(mark)}}}."
            self.problems.append(Problem(shown(name), found_text, expected, hint))
        return options[:MOST_ANSWERS]

    def in_base(self, name: str, asked: BoolArray) -> None:
        """Tell of those who did not answer."""
        if not asked.all():
            missing = int((~asked).sum())
            self.tell(f"{name}: {missing} rows without an answer are not in its base")

    def told_apart(
        self, questions: Mapping[str, Answers], nonresponse: Sequence[str] | None
    ) -> dict[str, Answers]:
        """Return questions with the options that say nothing of them."""
        given = None if nonresponse is None else _as_list(nonresponse)
        known = [option for answers in questions.values() for option in answers.options]
        for label in given or ():
            if label not in known and not self.problems:
                expected = f"{listed(dict.fromkeys(known))}. {closest(label, known)}".strip()
                raise ArgumentError("nonresponse", label, expected)
        found = {}
        for name, answers in questions.items():
            silent = tuple(
                o for o in answers.options if (is_nonresponse(o) if given is None else o in given)
            )
            if silent and given is None:
                words = ", ".join(map(shown, silent))
                self.tell(
                    f"{name}: {words} stays in the base and is not ranked; missing takes it out of "
                    "the base, nonresponse=() ranks it"
                )
            found[name] = replace(answers, nonresponse=silent)
        return found

    def _alike(self, name: str, labels: Iterable[str]) -> None:
        """Tell of labels that differ in case, spaces or letters without width only."""
        seen: dict[str, str] = {}
        for label in labels:
            bare = "".join(c for c in label.casefold() if unicodedata.category(c) not in SPACES)
            other = seen.setdefault(bare, label)
            if other != label and label:
                self.tell(f"{shown(name)}: {shown(other)} and {shown(label)} are taken as two")


@dataclass(frozen=True)
class OneAnswer:
    """A question with one answer in one column."""

    name: str
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Which columns it takes."""
        return (self.column,)

    def read(self, reader: ColumnReader, kept: IntArray) -> Answers:
        """Return its answers."""
        column = reader.column(self.column, kept)
        asked = _filled(column.text)
        options = reader.options(self.column, column, column.text[asked].tolist())
        mark = looks_split(options)
        if mark:
            example = next(option for option in options if mark in option)
            several = int(sum(mark in text for text in column.text.tolist()))
            reader.tell(
                f"{self.name}: {several} rows look like several answers in one cell, such as "
                f"{shown(example)}; each such cell is read as one answer of its own. To take them "
                f"apart, say split={{{shown(self.name)}: {shown(mark)}}}"
            )
        reader.in_base(self.name, asked)
        chosen = np.array([column.text == option for option in options], dtype=np.bool_)
        label = reader.source.labels.get(self.column) or self.name
        return Answers(label, tuple(options), chosen, asked, single=True)


@dataclass(frozen=True)
class SplitCells:
    """A question with several answers in one cell.

    Attributes
    ----------
    mark : str
        What separates answers.
    unless_absent : bool
        Whether it is a question with one answer where no cell has the mark.
    """

    name: str
    column: str
    mark: str
    unless_absent: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Which columns it takes."""
        return (self.column,)

    def read(self, reader: ColumnReader, kept: IntArray) -> Answers:
        """Return its answers."""
        column = reader.column(self.column, kept)
        if not any(self.mark in text for text in column.text.tolist()):
            if self.unless_absent:
                return OneAnswer(self.name, self.column).read(reader, kept)
            found = f"no cell with {shown(self.mark)}"
            expected = f"what separates answers, such as {shown(looks_split(column.text) or ',')}"
            reader.problems.append(Problem(f"split, {shown(self.name)}", found, expected))
        found_parts, asked = split_cells(column, self.mark)
        options = reader.options(self.column, column, found_parts)
        pair = never_apart(found_parts)
        if pair is not None:
            reader.tell(
                f"{self.name}: {shown(pair[0])} and {shown(pair[1])} are only ever given together; "
                "if they are one answer, replace the mark between them in the file"
            )
        reader.in_base(self.name, asked)
        chosen = np.array([found_parts[option] for option in options], dtype=np.bool_)
        label = reader.source.labels.get(self.column) or self.name
        return Answers(label, tuple(options), chosen.reshape(-1, len(kept)), asked, single=False)


@dataclass(frozen=True)
class SeveralColumns:
    """A question with several answers, of which each column says one."""

    name: str
    answers: AnswerSet

    @property
    def columns(self) -> tuple[str, ...]:
        """Which columns it takes."""
        return self.answers.columns

    def read(self, reader: ColumnReader, kept: IntArray) -> Answers:
        """Return its answers."""
        columns = [
            replace(reader.columns[c], text=reader.columns[c].text[kept]) for c in self.columns
        ]
        if self.answers.categories:
            every = np.concatenate([column.text for column in columns])
            order = tuple(dict.fromkeys(label for c in columns for label in c.order))
            options = reader.options(self.name, Column(every, order), every[every != ""].tolist())
            found = read_categories(columns, options)
        else:
            found = read_boxes(self.answers, columns)
        for row, column, problem in found.problems:
            where = f"{reader.source.where(int(kept[row]))}, {shown(column)}"
            reader.problems.append(replace(problem, key=where))
        for note in found.notes:
            reader.tell(f"{self.name}: {note}")
        asked = self._asked(reader, found)
        reader.in_base(self.name, asked)
        return Answers(self.name, found.options, found.chosen, asked, single=False)

    def _asked(self, reader: ColumnReader, found: Boxes) -> BoolArray:
        """Return who answered, and tell how empty cells are read."""
        answered = found.answered
        if not self.answers.categories and (found.chosen == answered).all():
            # Empty is the only way in which these say no.
            none = int((~answered.any(axis=0)).sum())
            note = f"{self.name}: empty cells are read as not chosen, since no cell says 0"
            reader.tell(
                f"{note}; {none} rows with nothing chosen stay in its base" if none else note
            )
            return np.ones(answered.shape[1], dtype=np.bool_)
        asked: BoolArray = np.asarray(answered.any(axis=0), dtype=np.bool_)
        partly = int((asked & ~answered.all(axis=0)).sum())
        if partly:
            reader.tell(f"{self.name}: empty cells of {partly} rows are read as not chosen")
        return asked


def _emptied(column: Column, missing: Sequence[str]) -> Column:
    """Return a column with nothing where a word, or the code of a label, means it."""
    words = {label for label, code in column.codes.items() if code in missing} | set(missing)
    if not words:
        return column
    text = column.text.copy()
    text[[value in words for value in text]] = ""
    return replace(column, text=text)


def _filled(text: Texts) -> BoolArray:
    return np.array([value != "" for value in text], dtype=np.bool_)


def _unlike(columns: Sequence[Texts]) -> bool:
    """Return whether the first row is longer than all others, in every column but empty ones.

    The others repeat themselves, and it never is repeated: then it is no answer like theirs.
    """
    looked = [text.tolist() for text in columns if text[0]]
    return len(looked) > 1 and all(
        len(text[0]) > max(map(len, text[1:])) and len(set(text[1:])) <= (len(text) - 1) / 2
        for text in looked
    )


def _as_list(names: Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _sorted(values: Iterable[str]) -> list[str]:
    """Return answers in order: numbers by size, then text, then what says nothing."""

    def key(value: str) -> tuple[bool, bool, float, str]:
        number = _NUMBER.fullmatch(value) is not None
        return is_nonresponse(value), not number, float(value) if number else 0.0, value

    return sorted(values, key=key)
