"""One row a respondent: answers, groups and weights from CSV, Excel, Parquet and SPSS files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError, Problem, SurveyFileError, closest, listed, shown
from alumnistats.sources.files import read_bytes
from alumnistats.sources.frames import A_FILE, read_frame
from alumnistats.sources.notices import tell
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MOST_ANSWERS = 60
CHOSEN = frozenset(["1", "true", "yes", "y", "selected", "checked", "はい", "○"])
NOT_CHOSEN = frozenset(["0", "false", "no", "n", "not selected", "unchecked", "いいえ"])


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to one question.

    Attributes
    ----------
    label : str
        Name of its column, or of the set of its columns.
    options : tuple of str
    chosen : ndarray of bool, shape (options, respondents)
    asked : ndarray of bool, shape (respondents,)
        Who answered it; the others are not in its base.
    single : bool
        Whether each respondent gave one answer.
    """

    label: str
    options: tuple[str, ...]
    chosen: BoolArray
    asked: BoolArray
    single: bool


@dataclass(frozen=True, eq=False)
class Microdata:
    """Respondents of a survey, as `read_microdata` reads them.

    Attributes
    ----------
    path, sha256 : str
    group_labels : tuple of str
    group : ndarray of int, shape (respondents,)
        Index of each respondent's group.
    questions : dict of Answers
        By name.
    weight : ndarray, shape (respondents,), or None
        Positive; None where all count alike.
    stratum, cluster : ndarray of int, shape (respondents,), or None
        Of the sampling design.
    replicates : ndarray, shape (replicates, respondents), or None
        Replicate weights.
    stratum_labels : tuple of str
    stratum_population : ndarray, shape (respondents,), or None
        How many of the units that were sampled first (clusters, or people) the stratum of each
        respondent has in all.
    group_population : ndarray, shape (groups,), or None
        How many people each group has in all, where groups were sampled one by one.
    """

    path: str
    sha256: str
    group_labels: tuple[str, ...]
    group: IntArray
    questions: Mapping[str, Answers]
    weight: FloatArray | None = None
    stratum: IntArray | None = None
    cluster: IntArray | None = None
    replicates: FloatArray | None = None
    stratum_labels: tuple[str, ...] = ()
    stratum_population: FloatArray | None = None
    group_population: FloatArray | None = None

    @property
    def survey(self) -> Survey:
        """The respondents as a survey with sizes and counts, for `reconstruct` and `analyze`.

        Weighted respondents enter by Kish's effective sizes, rounded to whole numbers: an
        approximation, of which a notice tells. `weighted_shares` has the variances of the design.

        Warns
        -----
        InputNotice
            If respondents are weighted.
        """
        from alumnistats.sources.tabulate import survey_of

        made, notes = survey_of(self)
        tell(self.path, notes)
        return made


def read_microdata(
    path: str | Path,
    *,
    group: str,
    questions: Sequence[str] = (),
    multiple: Mapping[str, Sequence[str]] | None = None,
    weight: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    replicates: Sequence[str] = (),
    sheet: str | None = None,
    encoding: str | None = None,
) -> Microdata:
    """Read respondents, one a row.

    Parameters
    ----------
    path : str or Path
        .csv, .tsv, .xlsx, .parquet or .sav (SPSS; value labels become the names of answers). The
        last two need the extra ``alumnistats[microdata]``.
    group : str
        Column of the groups that are compared.
    questions : sequence of str
        Columns of questions with one answer.
    multiple : dict, optional
        Questions with several answers: from a name to its columns, one an option, that hold 1 for
        chosen and 0 for not chosen.
    weight : str, optional
        Column of weights, each positive.
    stratum, cluster : str, optional
        Columns of the strata, and of the units sampled first within them.
    replicates : sequence of str
        Columns of replicate weights.
    sheet, encoding : str, optional
        As in `read_crosstab`.

    Returns
    -------
    Microdata
        Rows without a group, or with a weight of zero, are left out.

    Raises
    ------
    SurveyFileError
        If the file or a column cannot be read.
    ArgumentError
        Without any question.

    Warns
    -----
    InputNotice
        Of rows left out and answers missing.
    """
    sets = dict(multiple or {})
    if not questions and not sets:
        raise ArgumentError("questions", (), "at least one column, or one set in multiple")
    data = read_bytes(str(path), A_FILE)
    frame, notes = read_frame(path, data, sheet=sheet, encoding=encoding)
    wanted = [group, *questions, *(c for columns in sets.values() for c in columns), *replicates]
    wanted += [name for name in (weight, stratum, cluster) if name is not None]
    _check_columns(str(path), frame, wanted, [*questions, *sets])
    reader = _Reader(str(path), frame, notes)
    kept = reader.rows(group, weight)
    labels, index = reader.categories(group, kept)
    found = {name: reader.one_answer(name, kept) for name in questions}
    found |= {name: reader.several_answers(name, sets[name], kept) for name in sets}
    weights = reader.numbers(weight, kept) if weight else None
    copies = [reader.numbers(column, kept) for column in replicates]
    strata = reader.categories(stratum, kept)[1] if stratum else None
    clusters = reader.categories(cluster, kept)[1] if cluster else None
    if reader.problems:
        raise SurveyFileError(str(path), reader.problems)
    tell(str(path), notes)
    digest = hashlib.sha256(data).hexdigest()
    return Microdata(
        str(path), digest, labels, index, found, weights, strata, clusters,
        np.stack(copies) if copies else None,
    )  # fmt: skip


def _check_columns(path: str, frame: pd.DataFrame, wanted: Sequence[str], named: list[str]) -> None:
    names = [str(name) for name in frame.columns]
    problems = [
        Problem("columns", f"no column {shown(name)}", listed(names), closest(name, names))
        for name in dict.fromkeys(wanted)
        if name not in names
    ]
    problems += [
        Problem("columns", f"{names.count(name)} columns {shown(name)}", "one")
        for name in dict.fromkeys(wanted)
        if names.count(name) > 1
    ]
    problems += [
        Problem("questions", f"{shown(name)} twice", "each question once")
        for name in dict.fromkeys(named)
        if named.count(name) > 1
    ]
    if problems:
        raise SurveyFileError(path, problems)


class _Reader:
    """Reads columns of text and collects what is wrong with them."""

    def __init__(self, path: str, frame: pd.DataFrame, notes: list[str]) -> None:
        self.path, self.frame, self.notes = path, frame, notes
        self.problems: list[Problem] = []

    def text(self, column: str, kept: IntArray | None = None) -> npt.NDArray[np.object_]:
        values = self.frame[column].to_numpy(dtype=object)
        return values if kept is None else values[kept]

    def rows(self, group: str, weight: str | None) -> IntArray:
        """Return the rows that have a group and, if weighted, a weight above zero."""
        has_group = self.text(group) != ""
        if not has_group.all():
            self.notes.append(f"{(~has_group).sum()} rows without {shown(group)} are left out")
        kept = np.flatnonzero(has_group)
        if weight is not None and len(kept):
            zero = self.numbers(weight, kept) == 0
            if zero.any():
                self.notes.append(f"{zero.sum()} rows of weight 0 are left out")
            kept = kept[~zero]
        if not len(kept):
            self.problems.append(Problem(shown(group), "no rows", "at least one respondent"))
        return kept

    def numbers(self, column: str, kept: IntArray) -> FloatArray:
        """Return numbers that are finite and not negative."""
        out = np.ones(len(kept))
        for i, (row, value) in enumerate(zip(kept.tolist(), self.text(column, kept), strict=True)):
            try:
                out[i] = float(value)
            except ValueError:
                out[i] = np.nan
            if not np.isfinite(out[i]) or out[i] < 0:
                key = f"row {row + 2}, {shown(column)}"
                found = shown(value) if value else "nothing"
                problem = Problem(key, found, "a weight: a number, 0 or more")
                if problem not in self.problems:
                    self.problems.append(problem)
                return np.ones(len(kept))
        return out

    def categories(self, column: str, kept: IntArray) -> tuple[tuple[str, ...], IntArray]:
        """Return labels, in the order of the file, and each row's index."""
        values = self.text(column, kept)
        labels = tuple(dict.fromkeys(values.tolist()))
        where = {label: i for i, label in enumerate(labels)}
        if "" in where:
            found = f"nothing in row {int(kept[np.argmax(values == '')]) + 2}"
            self.problems.append(Problem(shown(column), found, "a value in every row"))
        return labels, np.array([where[value] for value in values], dtype=np.int64)

    def one_answer(self, column: str, kept: IntArray) -> Answers:
        values = self.text(column, kept)
        asked: BoolArray = np.array([value != "" for value in values], dtype=np.bool_)
        options = _sorted(set(values[asked].tolist()))
        if not options:
            self.problems.append(Problem(shown(column), "no answers", "at least one"))
        if len(options) > MOST_ANSWERS:
            found = f"{len(options)} different answers"
            hint = "Is it a number or a text? Put answers into classes first."
            expected = f"at most {MOST_ANSWERS}"
            self.problems.append(Problem(shown(column), found, expected, hint))
            options = options[:MOST_ANSWERS]
        self._missing(column, asked)
        chosen = np.array([values == option for option in options], dtype=bool)
        return Answers(column, tuple(options), chosen, asked, single=True)

    def several_answers(self, name: str, columns: Sequence[str], kept: IntArray) -> Answers:
        chosen = np.zeros((len(columns), len(kept)), dtype=bool)
        answered = np.zeros_like(chosen)
        for c, column in enumerate(columns):
            for i, value in enumerate(self.text(column, kept)):
                word = _as_integer(str(value)).lower()
                chosen[c, i], answered[c, i] = word in CHOSEN, word != ""
                if word and word not in CHOSEN and word not in NOT_CHOSEN:
                    key = f"row {int(kept[i]) + 2}, {shown(column)}"
                    self.problems.append(Problem(key, shown(value), "1 for chosen, 0 for not"))
                    break
        if (chosen == answered).all():  # empty is the only way in which these say no
            self.notes.append(f"{name}: empty cells are read as not chosen, since no cell says 0")
            answered[:] = True
        asked: BoolArray = np.asarray(answered.any(axis=0), dtype=np.bool_)
        partly = int((asked & ~answered.all(axis=0)).sum())
        if partly:
            self.notes.append(f"{name}: empty cells of {partly} rows are read as not chosen")
        self._missing(name, asked)
        return Answers(name, tuple(columns), chosen, asked, single=False)

    def _missing(self, name: str, asked: BoolArray) -> None:
        if not asked.all():
            missing = int((~asked).sum())
            self.notes.append(f"{name}: {missing} rows without an answer are not in its base")


def _as_integer(value: str) -> str:
    """Return 1.0 as 1: some programs store codes as floating-point numbers."""
    return value.removesuffix(".0") if value.removesuffix(".0").isdigit() else value


def _sorted(values: Iterable[str]) -> list[str]:
    """Return answers in order: numbers by size, then text."""

    def key(value: str) -> tuple[bool, float, str]:
        number = value.replace(".", "", 1).isdigit() and value.isascii()
        return not number, float(value) if number else 0.0, value

    return sorted(values, key=key)
