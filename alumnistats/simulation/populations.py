"""Surveys of populations whose shares are known, as in a study of verdicts.

Unlike `release.simulate`, whose truth comes from the priors of the inference, a population here is
as close or as clear as its cell says, and its groups have sizes. A survey of it asks two questions
of the same respondents: one with two answers, printed by group, and one with several, of which the
overall shares are printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
from scipy.special import expit, softmax

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.errors import ArgumentError, listed
from alumnistats.reconstruction.conventions import ROUNDING_PRIOR
from alumnistats.rounding import RoundingRule, round_share
from alumnistats.simulation.prior_sizes import draw_prior_sizes
from alumnistats.simulation.release import draw_convention, percent_text, printed_lists
from alumnistats.survey import Survey

Number = float | Fraction

Truth = Literal["equal", "close", "clear"]
Sampling = Literal["quotas", "proportional"]
Published = Literal["sizes", "shares", "lists"]

SPREAD: dict[Truth, float] = {"equal": 0.0, "close": 0.15, "clear": 0.8}
"""Standard deviation of the groups' log odds, and of those of the answers to the other question."""

TRUTHS: tuple[Truth, ...] = get_args(Truth)
SAMPLINGS: tuple[Sampling, ...] = get_args(Sampling)
PUBLISHED: tuple[Published, ...] = get_args(Published)
FACTORS: dict[str, tuple[str, ...]] = {
    "truth": TRUTHS,
    "sampling": SAMPLINGS,
    "published": PUBLISHED,
}
"""Levels of a cell's factors, by their names."""
QUESTION, YES = "q", "q:yes"
OTHER, ANSWERS = "p", tuple("abcde")
TYPICAL = 1.0  # standard deviation of the log odds of the typical share: 12% to 88% in 95 of 100
UNEVEN = 3.0  # concentration of the groups' sizes in the population, a Dirichlet law
FEWEST = 5  # respondents in a group, below which a survey would not print its share
LISTED = 3  # groups at either end, where only lists are printed
DIGITS = 1


@dataclass(frozen=True)
class Cell:
    """What kind of truth is surveyed in which way.

    Attributes
    ----------
    truth : {"equal", "close", "clear"}
        How far apart the groups are, see `SPREAD`.
    sampling : {"quotas", "proportional"}
        Equal quotas, some of them missed, or every respondent drawn from the whole population.
    published : {"sizes", "shares", "lists"}
        Every group's share and sample size; every share; or three shares at either end.
    groups : int
        At least 2.
    total : int
        Respondents.
    """

    truth: Truth = "clear"
    sampling: Sampling = "quotas"
    published: Published = "shares"
    groups: int = 7
    total: int = 630

    def __post_init__(self) -> None:
        for factor, values in FACTORS.items():
            if getattr(self, factor) not in values:
                raise ArgumentError(factor, getattr(self, factor), listed(values))
        if self.groups < 2:
            raise ArgumentError("groups", self.groups, "at least 2")
        if self.total < 4 * FEWEST * self.groups:
            raise ArgumentError("total", self.total, f"at least {4 * FEWEST} respondents a group")


@dataclass(frozen=True, eq=False)
class Shares:
    """What claims speak of: in a population, or exactly among respondents.

    Attributes
    ----------
    groups : tuple of numbers
        Share of each group that said yes.
    overall : number
        Of all groups together.
    answers : tuple of numbers
        Shares of the answers to the other question, among all.
    """

    groups: tuple[Number, ...]
    overall: Number
    answers: tuple[Number, ...]


@dataclass(frozen=True, eq=False)
class Population:
    """True shares, and how large the groups are.

    Attributes
    ----------
    theta, weights : ndarray, shape (groups,)
        Share that would say yes; part of the population.
    answers : ndarray, shape (answers,)
        Shares of the answers to the other question.
    """

    theta: FloatArray
    weights: FloatArray
    answers: FloatArray

    def shares(self, weights: FloatArray | None = None) -> Shares:
        """Return the shares, those of all groups together with other `weights` where given."""
        w = self.weights if weights is None else weights
        overall = float(w @ self.theta / w.sum())
        return Shares(tuple(self.theta.tolist()), overall, tuple(self.answers.tolist()))


@dataclass(frozen=True, eq=False)
class Respondents:
    """Who answered what.

    Attributes
    ----------
    n, k : ndarray of int, shape (groups,)
        Sample sizes, and how many said yes.
    answers : ndarray of int, shape (answers,)
        How many gave each answer to the other question.
    """

    n: IntArray
    k: IntArray
    answers: IntArray

    @property
    def shares(self) -> Shares:
        """The shares among the respondents, exactly."""
        total = int(self.n.sum())
        return Shares(
            tuple(Fraction(int(k), int(n)) for k, n in zip(self.k, self.n, strict=True)),
            Fraction(int(self.k.sum()), total),
            tuple(Fraction(int(k), total) for k in self.answers),
        )


@dataclass(frozen=True, eq=False)
class Printed:
    """What is printed of a survey, in units of the last digit.

    Attributes
    ----------
    units : ndarray of int, shape (groups,)
    listed : ndarray of bool, shape (groups,)
        Whether the group's share is printed.
    overall : int
    answers : ndarray of int, shape (answers,)
    rankings : list of dict
        Lists of extremes, as in a survey file.
    """

    units: IntArray
    listed: BoolArray
    overall: int
    answers: IntArray
    rankings: list[dict[str, object]]


def draw_population(cell: Cell, rng: np.random.Generator) -> Population:
    """Draw a population.

    Parameters
    ----------
    cell : Cell
    rng : numpy.random.Generator

    Returns
    -------
    Population
    """
    spread = SPREAD[cell.truth]
    theta = expit(rng.normal(0.0, TYPICAL) + spread * rng.normal(size=cell.groups))
    weights = rng.dirichlet(np.full(cell.groups, UNEVEN))
    answers = softmax(spread * rng.normal(size=len(ANSWERS)))
    return Population(theta, weights, answers)


def draw_respondents(population: Population, cell: Cell, rng: np.random.Generator) -> Respondents:
    """Survey a population: independent respondents in every group.

    Parameters
    ----------
    population : Population
    cell : Cell
        Its groups are those of the population.
    rng : numpy.random.Generator

    Returns
    -------
    Respondents
        Drawn anew until every group has five, which a survey needs to print its share.
    """
    while True:
        if cell.sampling == "quotas":
            n = draw_prior_sizes(cell.groups, cell.total, "shortfall", rng)
        else:
            n = rng.multinomial(cell.total, population.weights)
        if n.min() >= FEWEST:
            break
    k = rng.binomial(n, population.theta)
    return Respondents(n, k, rng.multinomial(cell.total, population.answers))


def print_shares(respondents: Respondents, cell: Cell, rounding: RoundingRule) -> Printed:
    """Return what a press office would print of a survey."""
    n, k = respondents.n, respondents.k
    total = n.sum(keepdims=True)
    units = round_share(k, n, DIGITS, rounding)
    overall = round_share(k.sum(keepdims=True), total, DIGITS, rounding)
    answers = round_share(respondents.answers, total, DIGITS, rounding)
    listed, rankings = printed_lists(units, LISTED if cell.published == "lists" else 0, YES)
    return Printed(units, listed, int(overall[0]), answers, rankings)


def draw_rounding(rng: np.random.Generator) -> RoundingRule:
    """Draw the rounding rule of a release from its prior."""
    return draw_convention(ROUNDING_PRIOR, rng)


def _label(word: str) -> dict[str, str]:
    return {"en": word, "ja": word}


def _question(name: str, options: tuple[str, ...]) -> dict[str, object]:
    return {"id": name, "label": _label(name), "answers": "single", "complete": True,
            "options": [{"id": option, "label": _label(option)} for option in options]}  # fmt: skip


def survey_of(
    printed: Printed, respondents: Respondents, cell: Cell, claims: list[dict[str, object]]
) -> Survey:
    """Return the survey file of a release with its claims.

    Parameters
    ----------
    printed : Printed
    respondents : Respondents
        Their sample sizes are in the file only where the cell publishes them.
    cell : Cell
    claims : list of dict

    Returns
    -------
    Survey
    """
    known = cell.published == "sizes"
    groups = [
        {"id": f"g{g}", "label": _label(f"g{g}")} | ({"n": int(n)} if known else {})
        for g, n in enumerate(respondents.n)
    ]
    shown = [(YES, f"g{g}", printed.units[g]) for g in np.flatnonzero(printed.listed)]
    shown.append((YES, "overall", printed.overall))
    shown += [
        (f"{OTHER}:{answer}", "overall", units)
        for answer, units in zip(ANSWERS, printed.answers, strict=True)
    ]
    figures = [
        {"of": of, "group": group, "percent": percent_text(int(units), DIGITS), "at": "table"}
        for of, group, units in shown
    ]
    document = {
        "format": 1, "id": "simulated", "title": _label("Simulated release"), "total": cell.total,
        "source": {"publisher": "simulated", "url": "none", "cite": "simulated"},
        "groups": groups,
        "questions": [_question(QUESTION, ("yes", "no")), _question(OTHER, ANSWERS)],
        "figures": figures, "rankings": printed.rankings, "claims": claims,
    }  # fmt: skip
    return Survey.model_validate(document)
