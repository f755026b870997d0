"""The conventions a press office may have followed, and how probable each is beforehand.

A convention is not printed, yet it decides which counts agree with the print: how percentages
were rounded, whether a measure of two options is the rounded share of the summed counts or the sum
of two rounded shares, who the base of a question was, and whether overall figures are shares of all
respondents or plain means over groups. A `Scenario` fixes all of them; the reconstruction averages
over scenarios, and their posterior probabilities are one of its results.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from alumnistats.reconstruction.structure import Tree
from alumnistats.rounding import RoundingRule
from alumnistats.survey import OverallShare

Subtotals = Literal["rounded_sum", "sum_of_rounded"]
SUBTOTALS: tuple[Subtotals, ...] = get_args(Subtotals)

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


@dataclass(frozen=True, slots=True)
class Scenario:
    """One choice of every convention.

    Attributes
    ----------
    rounding : RoundingRule
    subtotals : Subtotals
    bases : tuple of (str, str)
        Question id and the text of the base it was asked of.
    log_prior : float
        Log of the scenario's prior probability.
    overall : {"pooled", "mean"}
        Whether overall figures are shares of all respondents or plain means over groups.
    """

    rounding: RoundingRule
    subtotals: Subtotals
    bases: tuple[tuple[str, str], ...]
    log_prior: float
    overall: OverallShare = "pooled"

    def base(self, question: str) -> str:
        """Return the base text of `question`."""
        return dict(self.bases).get(question, "all")


def needs_subtotals(trees: Mapping[str, Tree]) -> bool:
    """Return whether any measure of several options has a published share."""
    return any(
        node in tree.measures
        for tree in trees.values()
        for node in [*tree.totals, *(n for n, _ in tree.group_prints)]
    )


def scenarios(
    trees: Mapping[str, Tree],
    rounding: Mapping[RoundingRule, float] | None = None,
    subtotals: Mapping[Subtotals, float] | None = None,
    overall: Sequence[OverallShare] = ("pooled",),
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

    Returns
    -------
    list of Scenario
        Prior probabilities sum to 1; candidate bases of a question are equally likely.
    """
    rules = dict(ROUNDING_PRIOR if rounding is None else rounding)
    sums: dict[Subtotals, float] = {"rounded_sum": 1.0}
    if needs_subtotals(trees):
        sums = dict(SUBTOTALS_PRIOR if subtotals is None else subtotals)
    candidates = {t.question: tuple(b.text for b in t.bases) for t in trees.values()}
    choices = [[(q, base) for base in bases] for q, bases in candidates.items()]
    combos = list(itertools.product(*choices))
    shares = {share: OVERALL_PRIOR[share] for share in overall}
    if len(shares) == 1:
        shares = dict.fromkeys(shares, 1.0)
    norm = sum(rules.values()) * sum(sums.values()) * len(combos) * sum(shares.values())
    return [
        Scenario(rule, subtotal, combo, float(np.log(p * s * o / norm)), share)
        for (rule, p), (subtotal, s), combo, (share, o) in itertools.product(
            rules.items(), sums.items(), combos, shares.items()
        )
        if p * s > 0
    ]
