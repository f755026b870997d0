"""The conventions a press office may have followed, and how probable each is beforehand.

A convention is not printed, yet it decides which counts agree with the print: how percentages
were rounded, whether a measure of two options is the rounded share of the summed counts or the sum
of two rounded shares, who the base of a question was, whether overall figures are shares of all
respondents or plain means over groups, and whether the shares of a whole distribution were forced
to sum to 100. A `Scenario` fixes all of them; the reconstruction averages over scenarios, and their
posterior probabilities are one of its results.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.structure import Tree
from alumnistats.remainders import adds_up
from alumnistats.rounding import SUBTOTALS_BY, RoundingRule, Subtotals, SubtotalsBy
from alumnistats.survey import AddingUp, OverallShare

# Spreadsheets and statistics packages round halves up or to even; presentation software that
# rounds an already rounded number, and truncation, are seen but rare.
ROUNDING_PRIOR: dict[RoundingRule, float] = {
    "half_up": 0.75,
    "half_even": 0.12,
    "double": 0.05,
    "truncate": 0.05,
    "ceiling": 0.03,
}
# In tables with known counts every subtotal examined was the rounded sum (see docs/decisions.md);
# a release may still overrule this decisively.
SUBTOTALS_PRIOR: dict[Subtotals, float] = {"rounded_sum": 0.8, "sum_of_rounded": 0.2}
# A table's row of all respondents is pooled; a mean over the rows is what a spreadsheet adds.
OVERALL_PRIOR: dict[OverallShare, float] = {"pooled": 0.8, "mean": 0.2}
# Most tables leave sums at 99.9 and say why; who forces them rarely says so (docs/decisions.md).
ADDING_UP_PRIOR: dict[AddingUp, float] = {"rounded": 0.9, "forced": 0.1}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One choice of every convention.

    Attributes
    ----------
    rounding : RoundingRule
    subtotals : tuple of (str, Subtotals)
        Question id and how its subtotals were made, for questions with any.
    bases : tuple of (str, str)
        Question id and the text of the base it was asked of.
    log_prior : float
        Log of the scenario's prior probability.
    overall : {"pooled", "mean"}
        Whether overall figures are shares of all respondents or plain means over groups.
    adding_up : {"rounded", "forced"}
        Whether the shares of a distribution that is printed in full are each rounded by itself, or
        forced to sum to 100 by the largest remainders (see `remainders`).
    """

    rounding: RoundingRule
    subtotals: tuple[tuple[str, Subtotals], ...]
    bases: tuple[tuple[str, str], ...]
    log_prior: float
    overall: OverallShare = "pooled"
    adding_up: AddingUp = "rounded"

    def base(self, question: str) -> str:
        """Return the base text of `question`."""
        return dict(self.bases).get(question, "all")

    def added(self, question: str) -> bool:
        """Return whether the question's subtotals are sums of rounded shares."""
        return dict(self.subtotals).get(question) == "sum_of_rounded"


def with_subtotals(trees: Mapping[str, Tree]) -> tuple[str, ...]:
    """Return the questions of which a measure of several options has a published share."""
    found = [
        tree.question
        for tree in trees.values()
        if tree.measures & {*tree.totals, *(node for node, _ in tree.group_prints)}
    ]
    return tuple(dict.fromkeys(found))


def _ways_of_adding(
    questions: Sequence[str], prior: Mapping[Subtotals, float], by: SubtotalsBy
) -> list[tuple[tuple[tuple[str, Subtotals], ...], float]]:
    """Return how each question's subtotals may have been made, with prior weights."""
    if by == "question":
        ways = itertools.product(prior, repeat=len(questions))
        return [
            (tuple(zip(questions, way, strict=True)), math.prod(prior[one] for one in way))
            for way in ways
        ]
    if not questions:
        return [((), 1.0)]
    return [(tuple((q, way) for q in questions), weight) for way, weight in prior.items()]


def may_be_forced(trees: Mapping[str, Tree]) -> bool:
    """Return whether any distribution is printed in full, of a group or of all respondents."""
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
    trees: Mapping[str, Tree],
    rounding: Mapping[RoundingRule, float] | None = None,
    subtotals: Mapping[Subtotals, float] | None = None,
    overall: Sequence[OverallShare] = ("pooled",),
    subtotals_by: SubtotalsBy = "release",
    adding_up: Sequence[AddingUp] = ("rounded",),
) -> list[Scenario]:
    """Return every combination of conventions with its prior probability.

    Parameters
    ----------
    trees : dict of Tree
        As from `build_trees`: they say which questions have several candidate bases.
    rounding, subtotals : dict, optional
        Prior weights of the rules; the defaults are `ROUNDING_PRIOR` and `SUBTOTALS_PRIOR`.
        A rule that is left out is ruled out.
    overall : sequence of {"pooled", "mean"}
        Candidates; their prior weights are in `OVERALL_PRIOR`.
    subtotals_by : {"release", "question"}
        Whether one way of making subtotals holds throughout, or each question has its own,
        independently beforehand.
    adding_up : sequence of {"rounded", "forced"}
        Candidates; their prior weights are in `ADDING_UP_PRIOR`. Of no consequence where no
        distribution is printed in full.

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
    prior = SUBTOTALS_PRIOR if subtotals is None else subtotals
    sums = _ways_of_adding(with_subtotals(trees), prior, subtotals_by)
    candidates = {t.question: tuple(b.text for b in t.bases) for t in trees.values()}
    choices = [[(q, base) for base in bases] for q, bases in candidates.items()]
    combos = list(itertools.product(*choices))
    shares = {share: OVERALL_PRIOR[share] for share in overall}
    if len(shares) == 1:
        shares = dict.fromkeys(shares, 1.0)
    ways: dict[AddingUp, float] = {"rounded": 1.0}
    if may_be_forced(trees):
        ways = {way: ADDING_UP_PRIOR[way] for way in adding_up}
    if len(ways) == 1:
        ways = dict.fromkeys(ways, 1.0)
    norm = (
        sum(rules.values()) * sum(weight for _, weight in sums) * len(combos) * sum(shares.values())
    )
    norm *= sum(ways.values())
    return [
        Scenario(rule, subtotal, combo, float(np.log(p * s * o * w / norm)), share, way)
        for (rule, p), (subtotal, s), combo, (share, o), (way, w) in itertools.product(
            rules.items(), sums, combos, shares.items(), ways.items()
        )
        if p * s > 0
    ]
