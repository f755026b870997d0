"""`read_microdata`: respondents from CSV, Excel, Parquet and SPSS files, and from data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from alumnistats.arguments import checked, texts
from alumnistats.errors import ArgumentError, Problem, SurveyFileError, closest, listed, shown
from alumnistats.sources.cells import plain
from alumnistats.sources.finite_population import with_group_sizes, with_population
from alumnistats.sources.frames import NO_PATH, Source
from alumnistats.sources.headings import AnswerSet
from alumnistats.sources.microdata import Microdata
from alumnistats.sources.notices import tell
from alumnistats.sources.question_kinds import ColumnReader, OneAnswer, SeveralColumns, SplitCells
from alumnistats.sources.respondent_files import open_source

AskedQuestion = OneAnswer | SeveralColumns | SplitCells


@checked(dict.fromkeys(("questions", "replicates", "missing"), texts))
def read_microdata(
    path: str | Path | Any,
    *,
    group: str,
    questions: Sequence[str] = (),
    multiple: Mapping[str, Sequence[str] | str] | None = None,
    split: Mapping[str, str] | str | None = None,
    weight: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    replicates: Sequence[str] = (),
    population_size: str | Mapping[str, int] | None = None,
    missing: Sequence[str] = (),
    nonresponse: Sequence[str] | None = None,
    header_rows: int | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Microdata:
    """Read respondents, one a row.

    Parameters
    ----------
    path : str, Path or data frame
        .csv, .tsv, .xlsx, .parquet or .sav (SPSS; value labels become the names of answers, for
        which the extra ``alumnistats[microdata]`` is needed); or a data frame of pandas, polars or
        another library that narwhals knows.
    group : str
        Column of the groups that are compared. They come in the order of value labels or
        categories, else of the file.
    questions : sequence of str
        Columns of questions with one answer; or names of questions with several columns that the
        file itself tells of (multiple-response sets of SPSS, SurveyMonkey's headings).
    multiple : dict, optional
        Questions with several answers: from a name to its columns, one an option, or to such a
        name of the file. A column holds 1 for chosen and 0 for not, words such as Yes and No or
        Selected and Not selected, or the option's text where it was chosen.
    split : dict or str, optional
        What separates several answers in one cell, by question, or of all `questions` in which it
        occurs: ``{"channels": ","}``.
    weight : str, optional
        Column of weights, each positive.
    stratum, cluster : str, optional
        Columns of the strata, and of the units sampled first within them.
    replicates : sequence of str
        Columns of replicate weights.
    population_size : str or dict, optional
        For the finite population correction. Column that says how many units (clusters, or people
        without them) a respondent's stratum has in all (its group, if there are neither strata nor
        one number for all); or from each group to the number of its people, where groups were
        sampled one by one.
    missing : sequence of str
        Words that mean that nothing was answered, such as ``["NA", "-99"]``, in all columns. Only
        empty cells do by themselves: NA may be Namibia.
    nonresponse : sequence of str, optional
        Answers that say nothing of a question: they stay in its base and are not ranked. By default
        those recognised, such as "No answer", "Refused" and 無回答; ``()`` ranks all.
    header_rows : int, optional
        Rows of headings, the first included. The second and third rows of Qualtrics and the second
        one of SurveyMonkey are recognised.
    sheet, encoding, delimiter : str, optional
        As in `read_crosstab`.

    Returns
    -------
    Microdata
        Rows without a group, or with a weight of zero, are left out.

    Raises
    ------
    SurveyFileError
        If the file or a column cannot be read; names rows and columns, and what to do.
    ArgumentError
        Without any question, or for arguments that do not go together.

    Warns
    -----
    InputNotice
        Of rows left out, answers missing, and how columns were read where they leave a choice.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"branch": ["a", "a", "b"], "visits": ["yes", "no", "yes"]})
    >>> data = read_microdata(people, group="branch", questions=["visits"])
    >>> data.group_labels, data.questions["visits"].options
    (('a', 'b'), ('no', 'yes'))
    """
    if not questions and not multiple and not split:
        raise ArgumentError("questions", (), "at least one column, or one set in multiple")
    one: dict[str, object] = {
        "group": group,
        "weight": weight,
        "stratum": stratum,
        "cluster": cluster,
    }
    for parameter, column in one.items():
        if not isinstance(column, str) and (column is not None or parameter == "group"):
            raise ArgumentError(parameter, column, "the name of a column")
    source = open_source(
        path, sheet=sheet, encoding=encoding, delimiter=delimiter, header_rows=header_rows
    )
    names = _Names(source)
    plan = _planned(names, questions, multiple or {}, split)
    name = str(path) if isinstance(path, str | Path) else NO_PATH
    by_column = population_size if isinstance(population_size, str) else None
    numeric = [*_listed_names("replicates", replicates), *(c for c in (weight, by_column) if c)]
    design = [column for column in (stratum, cluster) if column is not None]
    wanted = [*plan.columns, *design, group]
    numeric, wanted = names.columns(numeric), names.columns(wanted)
    names.check(name)
    texts = source.columns(list(dict.fromkeys(wanted)), numbers=False)
    figures = source.columns(list(dict.fromkeys(numeric)), numbers=True)
    reader = ColumnReader(name, source, texts, figures, _listed_names("missing", missing))
    reader.no_heading()
    reader.no_names()
    group, weight = names.column(group), weight and names.column(weight)
    kept = reader.rows(group, weight)
    if not len(kept):
        raise SurveyFileError(name, reader.problems)
    reader.no_total(group, kept)
    labels, index = reader.groups(group, kept)
    found = {q.name: q.read(reader, kept) for q in plan.questions}
    weights = reader.numbers(weight, kept) if weight else None
    copies = [reader.numbers(names.column(column), kept) for column in replicates]
    strata = reader.categories(names.column(stratum), kept) if stratum else None
    clusters = reader.categories(names.column(cluster), kept)[1] if cluster else None
    made = Microdata(
        name, source.sha256(), labels, index, reader.told_apart(found, nonresponse), weights,
        strata and strata[1], clusters, np.stack(copies) if copies else None,
        strata[0] if strata else (),
    )  # fmt: skip
    if by_column is not None and not reader.problems:
        sizes = reader.numbers(names.column(by_column), kept)
        made = with_population(made, sizes, reader.problems)
    elif population_size is not None and not reader.problems:
        made = with_group_sizes(made, population_size, reader.problems)
    if reader.problems:
        raise SurveyFileError(name, reader.problems)
    tell(name, [*source.notes, *reader.notes])
    return made


class _Names:
    """Finds columns and sets of them by what the user calls them; collects what is not there."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        options: dict[str, list[str]] = {}
        for answers in source.sets.values():
            for option, column in zip(answers.options, answers.columns, strict=True):
                options.setdefault(option, []).append(column)
        self._short = {option: c[0] for option, c in options.items() if len(set(c)) == 1}

    def column(self, name: str) -> str:
        """Return the file's name of a column: as it is, as it is read, or by its option alone."""
        names = list(self.source.names)
        name = str(name)
        for called in (name, plain(name), self._short.get(name, "")):
            if called and called in names:
                self._spans(called)
                if names.count(called) > 1:
                    found = f"{names.count(called)} columns {shown(called)}"
                    self._add(Problem("columns", found, "one"))
                return called
        known = [n for n in (*names, *self.source.sets) if n]
        hint = closest(name, known)
        if len(known) == 1:
            hint = "Is there a title above the names of the columns? Leave it out."
        self._add(Problem("columns", f"no column {shown(name)}", listed(known), hint))
        return name

    def _spans(self, name: str) -> None:
        """Note a name that may stand over several columns."""
        if self.source.headed and self.source.nameless_after(name):
            found = f"a column without a name after {shown(name)}"
            hint = (
                "If that name stands over several columns, say header_rows=2; if not, name the "
                "other column, or say header_rows=1."
            )
            self._add(Problem("columns", found, "a name over each column", hint))

    def columns(self, names: Sequence[str]) -> list[str]:
        """Return the file's names of columns."""
        return [self.column(name) for name in names]

    def set(self, name: str) -> AnswerSet | None:
        """Return the columns of a question that the file tells of."""
        return self.source.sets.get(plain(name).removeprefix("$"))

    def members(self, columns: Sequence[str]) -> AnswerSet:
        """Return columns, each named by itself, as one question."""
        for name in dict.fromkeys(columns):
            if list(columns).count(name) > 1:
                self._add(Problem("multiple", f"{shown(name)} twice", "each column once"))
        return AnswerSet(tuple(self.columns(columns)), tuple(columns))

    def twice(self, questions: Sequence[str]) -> None:
        """Note questions that are asked for twice."""
        for name in dict.fromkeys(questions):
            if list(questions).count(name) > 1:
                self._add(Problem("questions", f"{shown(name)} twice", "each question once"))

    def check(self, path: str) -> None:
        """Raise `SurveyFileError` with all that was not found."""
        if self.problems:
            raise SurveyFileError(path, self.problems)

    def _add(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(frozen=True)
class _Plan:
    """Which questions are read from which columns."""

    questions: tuple[AskedQuestion, ...]

    @property
    def columns(self) -> list[str]:
        return [column for question in self.questions for column in question.columns]


def _planned(
    names: _Names,
    questions: Sequence[str],
    multiple: Mapping[str, Sequence[str] | str],
    split: Mapping[str, str] | str | None,
) -> _Plan:
    asked = _listed_names("questions", questions)
    if not isinstance(multiple, Mapping):
        raise ArgumentError("multiple", multiple, 'a dict such as {"channels": ["mail", "phone"]}')
    marks = _marks(split, asked)
    asked = [*asked, *(name for name in marks if name not in asked)]
    names.twice([*asked, *multiple])
    found: list[AskedQuestion] = []
    for name in asked:
        answers = names.set(name) if plain(name) not in names.source.names else None
        if answers is not None:
            found.append(SeveralColumns(name, answers))
        elif name in marks:
            found.append(SplitCells(name, names.column(name), marks[name], isinstance(split, str)))
        else:
            found.append(OneAnswer(name, names.column(name)))
    for name, members in multiple.items():
        if not isinstance(members, str | Sequence):
            raise ArgumentError("multiple", members, "a list of columns for each question")
        answers = names.set(members) if isinstance(members, str) else names.members(members)
        if isinstance(members, str) and answers is None:
            known = list(names.source.sets)
            expected = f"a list of columns, or a set of the file ({listed(known)})"
            raise ArgumentError("multiple", members, expected)
        if not answers or not answers.columns:
            raise ArgumentError("multiple", f"{name} of no columns", "one column or more")
        found.append(SeveralColumns(name, answers))
    return _Plan(tuple(found))


def _marks(split: Mapping[str, str] | str | None, asked: Sequence[str]) -> dict[str, str]:
    if not isinstance(split, Mapping | str | None):
        raise ArgumentError("split", split, 'what separates answers, such as ";" or {"q": ";"}')
    marks = dict.fromkeys(asked, split) if isinstance(split, str) else dict(split or {})
    for mark in marks.values():
        if not mark:
            raise ArgumentError("split", mark, 'what separates answers, such as ","')
    return marks


def _listed_names(parameter: str, names: Sequence[str]) -> list[str]:
    found = [names] if isinstance(names, str) else list(names)
    for name in found:
        if not isinstance(name, str):
            raise ArgumentError(parameter, name, "texts")
    return found
