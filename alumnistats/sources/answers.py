"""Respondents, one a row: answers, groups, weights and the design of the sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.brief import short_repr
from alumnistats.errors import Problem, SurveyFileError
from alumnistats.text import ALLOWED, refused


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to one question.

    Attributes
    ----------
    label : str
        Text of the question where the file has it, else the name of its column or columns.
    options : tuple of str
    chosen : ndarray of bool, shape (options, respondents)
    asked : ndarray of bool, shape (respondents,)
        Who answered it; the others are not in its base.
    single : bool
        Whether each respondent gave one answer.
    nonresponse : tuple of str
        Options that say nothing of the question, such as "No answer": in its base, not ranked.
    """

    label: str
    options: tuple[str, ...]
    chosen: BoolArray
    asked: BoolArray
    single: bool
    nonresponse: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Respondents:
    """The respondents of a `Microdata`, which says what each attribute is, and counts them."""

    __repr__ = short_repr

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

    def __post_init__(self) -> None:
        """Refuse labels that hold what no text may, whatever file they are from."""
        named: dict[str, Iterable[str]] = {"groups": self.group_labels, "questions": self.questions}
        for name, answers in self.questions.items():
            named[name] = (answers.label, *answers.options)
        problems = [
            Problem(key, found, ALLOWED, "Delete it, or recode the values.")
            for key, texts in named.items()
            for text in texts
            if (found := refused(text))
        ]
        if problems:
            raise SurveyFileError(self.path, problems)
