"""The conventions that a release may have followed, the likely ones first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from alumnistats.arguments import one_of
from alumnistats.rounding import (
    ROUNDING_RULES,
    SUBTOTALS,
    RoundingRule,
    Subtotals,
    SubtotalsBy,
    check_rule,
)
from alumnistats.survey import OVERALL, AddingUp, OverallShare, Survey

ROUNDED: AddingUp = "rounded"


@dataclass(frozen=True, slots=True)
class Convention:
    """One choice of every convention.

    Attributes
    ----------
    rounding : RoundingRule
    subtotals : tuple of (str, Subtotals)
        Question id and how its subtotals were made, for questions with any.
    bases : tuple of (str, str)
        Question id and the text of the base it was asked of.
    overall : {"pooled", "mean"}
        Whether overall figures are shares of all respondents or plain means over groups.
    adding_up : {"rounded", "forced"}
        Whether the shares of a distribution printed in full are rounded each by itself, or forced
        to sum to 100.
    """

    rounding: RoundingRule = "half-up"
    subtotals: tuple[tuple[str, Subtotals], ...] = ()
    bases: tuple[tuple[str, str], ...] = ()
    overall: OverallShare = "pooled"
    adding_up: AddingUp = "rounded"

    def base(self, question: str) -> str:
        """Return the base text of `question`."""
        return dict(self.bases).get(question, "all")

    def added(self, question: str) -> bool:
        """Return whether the question's subtotals are sums of rounded shares."""
        return dict(self.subtotals).get(question) == "sum-of-rounded"


def _with_subtotals(survey: Survey) -> tuple[str, ...]:
    """Return the questions of which a share of several options is published."""
    published = {figure.of for figure in survey.figures if figure.percent is not None}
    published |= {ranking.of for ranking in survey.rankings}
    several = [m.question for m in survey.measures if len(m.options) > 1 and m.id in published]
    return tuple(q.id for q in survey.questions if q.id in several)


def printed_in_full(survey: Survey) -> dict[tuple[str, str], tuple[tuple[int, ...], int]]:
    """Return the distributions that a group, or all respondents, print in full.

    Returns
    -------
    dict
        By question and group: printed units of all options, and their decimals.
    """
    found = {}
    for question in survey.questions:
        if question.answers != "single" or not question.complete or len(question.options) < 2:
            continue
        shares = [survey.figures_of(f"{question.id}:{o}") for o in question.option_ids]
        for group in (OVERALL, *survey.group_ids):
            own = [by_group.get(group) for by_group in shares]
            printed = [f for f in own if f is not None and f.percent is not None]
            if len(printed) == len(own) and len({f.digits for f in printed}) == 1:
                units = tuple(f.units for f in printed)
                found[question.id, group] = units, printed[0].digits
    return found


def _ways_of_adding(
    questions: Sequence[str], ways: Sequence[Subtotals], by: SubtotalsBy
) -> list[tuple[tuple[str, Subtotals], ...]]:
    if not questions:
        return [()]
    if by == "release":
        return [tuple((q, way) for q in questions) for way in ways]
    every = itertools.product(ways, repeat=len(questions))
    return [tuple(zip(questions, choice, strict=True)) for choice in every]


def conventions_of(
    survey: Survey,
    rounding: Sequence[RoundingRule] = ROUNDING_RULES,
    subtotals: Sequence[Subtotals] = SUBTOTALS,
    subtotals_by: SubtotalsBy = "release",
) -> tuple[Convention, ...]:
    """Return every combination of conventions that a survey may have followed.

    Parameters
    ----------
    survey : Survey
        Its candidates of bases, overall shares and adding up.
    rounding, subtotals : sequence, optional
        Those that are not ruled out, the likely ones first.
    subtotals_by : {"release", "question"}

    Returns
    -------
    tuple of Convention
        Those that depart from the first of each choice in few respects come first.

    Raises
    ------
    ArgumentError
        For an unknown rounding rule or way of adding up.
    """
    for rule in rounding:
        check_rule(rule)
    for way in subtotals:
        one_of(*SUBTOTALS)("subtotals", way)
    if survey.weighted:  # weighted percentages say nothing of counts, however they are rounded
        rounding, subtotals = ("half-up",), ("rounded-sum",)
    bases = itertools.product(*([(q.id, base) for base in q.base] for q in survey.questions))
    every = itertools.product(
        enumerate(rounding),
        enumerate(_ways_of_adding(_with_subtotals(survey), tuple(subtotals), subtotals_by)),
        enumerate(bases),
        enumerate(survey.overall_share),
        enumerate(survey.adding_up if printed_in_full(survey) else (ROUNDED,)),
    )
    ranked = sorted(every, key=lambda chosen: sum(place for place, _ in chosen))
    return tuple(
        Convention(rule, way, asked, share, adding)
        for (_, rule), (_, way), (_, asked), (_, share), (_, adding) in ranked
    )
