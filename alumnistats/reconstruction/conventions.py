"""The conventions a press office may have followed, and how probable each is beforehand.

A convention is not published, yet it decides which counts agree with the figures: how percentages
were rounded, whether a measure of two options is the rounded share of the summed counts or the sum
of two rounded shares, who the base of a question was, whether overall figures are shares of all
respondents or plain means over groups, and whether the shares of a whole distribution were forced
to sum to 100. A `Scenario` fixes all of them; the reconstruction averages over scenarios, and their
posterior probabilities are one of its results.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from alumnistats.errors import ArgumentError
from alumnistats.identification.conventions import Convention, conventions_of
from alumnistats.reconstruction.question_tree import Tree, build_trees
from alumnistats.remainders import adds_up
from alumnistats.rounding import SUBTOTALS_BY, RoundingRule, Subtotals, SubtotalsBy
from alumnistats.survey import AddingUp, OverallShare, Survey

# Spreadsheets and statistics packages round halves up or to even; presentation software that
# rounds an already rounded number, and truncation, are seen but rare.
ROUNDING_PRIOR: dict[RoundingRule, float] = {
    "half-up": 0.75,
    "half-even": 0.12,
    "double": 0.05,
    "truncate": 0.05,
    "ceiling": 0.03,
}
# In tables with known counts every subtotal examined was the rounded sum (see docs/decisions.md);
# a release may still overrule this decisively.
SUBTOTALS_PRIOR: dict[Subtotals, float] = {"rounded-sum": 0.8, "sum-of-rounded": 0.2}
# A table's row of all respondents is pooled; a mean over the rows is what a spreadsheet adds.
OVERALL_PRIOR: dict[OverallShare, float] = {"pooled": 0.8, "mean": 0.2}
# Most tables leave sums at 99.9 and say why; who forces them rarely says so (docs/decisions.md).
ADDING_UP_PRIOR: dict[AddingUp, float] = {"rounded": 0.9, "forced": 0.1}


@dataclass(frozen=True, slots=True)
class Scenario(Convention):
    """One choice of every convention, with its prior probability.

    Attributes
    ----------
    log_prior : float
        Log of the prior probability; the others are those of `Convention`.
    """

    log_prior: float = 0.0


def may_be_forced(trees: Mapping[str, Tree]) -> bool:
    """Return whether any distribution is published in full, of a group or of all respondents."""
    return any(tree.in_full for tree in trees.values())


def forcing_hint(trees: Mapping[str, Tree], adding_up: Sequence[AddingUp]) -> str:
    """Return how to allow for shares that were made to sum to 100; empty where they do not."""
    whole = [d for tree in trees.values() for d in tree.in_full.values()]
    if "forced" in adding_up or not whole or not all(adds_up(d.units, d.digits) for d in whole):
        return ""
    return (
        'if shares were made to sum to 100, adding_up = ["rounded", "forced"] in the file allows it'
    )


def scenarios(
    survey: Survey,
    rounding: Mapping[RoundingRule, float] | None = None,
    subtotals: Mapping[Subtotals, float] | None = None,
    subtotals_by: SubtotalsBy = "release",
) -> list[Scenario]:
    """Return every combination of conventions with its prior probability.

    Parameters
    ----------
    survey : Survey
        Its candidates of bases, overall figures and adding up; their prior weights are in
        `OVERALL_PRIOR` and `ADDING_UP_PRIOR`.
    rounding, subtotals : dict, optional
        Prior weights of the rules; the defaults are `ROUNDING_PRIOR` and `SUBTOTALS_PRIOR`.
        A rule that is left out is ruled out.
    subtotals_by : {"release", "question"}
        Whether one way of making subtotals holds throughout, or each question has its own,
        independently beforehand.

    Returns
    -------
    list of Scenario
        Prior probabilities sum to 1; candidate bases of a question are equally likely.

    Raises
    ------
    ArgumentError
        For another `subtotals_by`.
    """
    if subtotals_by not in SUBTOTALS_BY:
        raise ArgumentError("subtotals_by", subtotals_by, "one of " + ", ".join(SUBTOTALS_BY))
    rules = dict(ROUNDING_PRIOR if rounding is None else rounding)
    sums = dict(SUBTOTALS_PRIOR if subtotals is None else subtotals)
    if survey.weighted:  # of no consequence there
        rules, sums = {"half-up": 1.0}, {"rounded-sum": 1.0}

    def weight(one: Convention) -> float:
        made = [sums[way] for _, way in one.subtotals]
        several = math.prod(made) if subtotals_by == "question" else (made or [1.0])[0]
        usual = OVERALL_PRIOR[one.overall] * ADDING_UP_PRIOR[one.adding_up]
        return rules[one.rounding] * several * usual

    def place(one: Convention) -> tuple[object, ...]:
        ways = tuple(list(sums).index(way) for _, way in one.subtotals)
        last = survey.overall_share.index(one.overall), one.adding_up == "forced"
        asked = tuple(survey.question(q).base.index(base) for q, base in one.bases)
        return list(rules).index(one.rounding), ways, asked, last

    convention = conventions_of(survey, tuple(rules), tuple(sums), subtotals_by)
    told = {tree.question for tree in build_trees(survey).values()}  # of others nothing is said
    every = dict.fromkeys(
        replace(one, bases=tuple(base for base in one.bases if base[0] in told))
        for one in convention
    )
    found = sorted((one for one in every if weight(one) > 0), key=place)
    norm = sum(weight(one) for one in found)
    return [Scenario(**_fields(one), log_prior=math.log(weight(one) / norm)) for one in found]


def _fields(one: Convention) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}
