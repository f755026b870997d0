"""Everything that a survey publishes of sizes and shares, one statement each, with its origin.

A `Statement` says of one share, in one group or of all respondents, between which printed values it
lies, and what count or size stands beside it. Its items are the published data that it rests on: a
figure, or a list together with the figure of one of its places. Leaving an item out takes with it
what rests on it, and nothing else changes, so that items are what a conflict is made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from alumnistats.identification.places import Side, sides_in
from alumnistats.survey import OVERALL, Figure, Group, Ranking, Stratum, Survey


@dataclass(frozen=True, slots=True)
class Total:
    """What is published of the number of respondents.

    Attributes
    ----------
    low, high : int
        Fewest and most that it allows; the number itself twice, where it is published.
    said : str
        As a survey says it: "1233", "about 1000", "at most 1500".
    """

    low: int
    high: int
    said: str

    @property
    def exact(self) -> bool:
        """Whether it is the number itself."""
        return self.low == self.high


Item = Figure | Ranking | Group | Stratum | Total
"""A published datum; a group or stratum stands for its published size."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is published of one share.

    Attributes
    ----------
    question : str
    options : tuple of str
        Whose answers are counted; several for a measure.
    group : str
        A group's id, or ``"overall"``.
    low, high : int, optional
        Printed units of the last digit, at least and at most.
    digits : int
    count, nobs : int, optional
        Published count, and published size of the base.
    items : tuple of Item
    """

    question: str
    options: tuple[str, ...]
    group: str
    low: int | None
    high: int | None
    digits: int
    count: int | None
    nobs: int | None
    items: tuple[Item, ...]

    @property
    def printed(self) -> bool:
        """Whether it is a percentage itself, not a bound or a count."""
        return self.low is not None and self.low == self.high and len(self.items) == 1

    def without_share(self) -> Statement:
        """Return what is left where a percentage says nothing of the count."""
        return replace(self, low=None, high=None)


def items_of(survey: Survey) -> tuple[Item, ...]:
    """Return all that a survey publishes of sizes and shares.

    Lists come last, then the sizes: a conflict is sought among the figures first.
    """
    groups = (group for group in survey.groups if group.n is not None)
    strata = (stratum for stratum in survey.strata if stratum.total is not None)
    return (*_total_of(survey), *strata, *groups, *survey.rankings, *survey.figures)


def _total_of(survey: Survey) -> Iterator[Total]:
    low, high = survey.total_bounds
    if high is not None and survey.total_said is not None:
        yield Total(low, high, survey.total_said)


def statements_of(survey: Survey) -> tuple[Statement, ...]:
    """Return what the figures and lists of a survey say, figures first.

    Lists of options are those of questions with several answers, as in the reconstruction.
    """
    return (*_of_figures(survey), *_of_lists(survey))


def _of_figures(survey: Survey) -> Iterator[Statement]:
    for figure in survey.figures:
        question, options = survey.resolve(figure.of)
        units, digits = None, 0
        if figure.percent is not None:
            units, digits = figure.units, figure.digits
        yield Statement(
            question.id, options, figure.group, units, units, digits,
            figure.count, figure.n, (figure,),
        )  # fmt: skip


def _of_lists(survey: Survey) -> Iterator[Statement]:
    questions = {q.id: q for q in survey.questions}
    for ranking in survey.rankings:
        if ranking.of not in questions:
            question, options = survey.resolve(ranking.of)
            figures = survey.figures_of(ranking.of)
            printed = {g: f for g, f in figures.items() if g != OVERALL}
            for side in sides_in(ranking, printed, survey.group_ids):
                yield _bound(side, question.id, options, side.name, (ranking, printed[side.by]))
        elif questions[ranking.of].answers == "multiple":
            question, group = questions[ranking.of], ranking.group or OVERALL
            named = {o: survey.figures_of(f"{question.id}:{o}") for o in question.option_ids}
            printed = {o: by_group[group] for o, by_group in named.items() if group in by_group}
            for side in sides_in(ranking, printed, question.option_ids):
                items = ranking, printed[side.by]
                yield _bound(side, question.id, (side.name,), group, items)


def _bound(
    side: Side, question: str, options: tuple[str, ...], group: str, items: tuple[Item, ...]
) -> Statement:
    low, high = (None, side.units) if side.upper else (side.units, None)
    return Statement(question, options, group, low, high, side.digits, None, None, items)
