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
    """The records of a `Microdata`, which counts them.

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
