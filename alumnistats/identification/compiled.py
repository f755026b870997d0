"""The model of a survey under one convention, and where its variables are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from alumnistats.identification.conventions import Convention
from alumnistats.identification.linear import Expression, IntegerModel, added
from alumnistats.rounding import RoundingRule
from alumnistats.survey import OVERALL, Survey

EDGES = 20  # every rule's printed value changes at multiples of 1/20 of a unit only
LARGEST = 10**9 - 1
"""No survey file holds a larger size or count, so no larger one is considered."""

OFFSET: dict[RoundingRule, int] = {
    "half-up": -10,
    "half-even": -10,
    "truncate": 0,
    "ceiling": -20,
    "double": -11,
}


def edge(units: int, rule: RoundingRule) -> tuple[int, bool]:
    """Return where printing `units` begins, in 1/20 of a unit, and whether that itself does."""
    included = units % 2 == 0 if rule == "half-even" else rule != "ceiling"
    return EDGES * units + OFFSET[rule], included


@dataclass(eq=False)
class Compiled:
    """The model of a survey under one convention.

    Attributes
    ----------
    survey : Survey
    convention : Convention
    model : IntegerModel
    blocks : dict
        Groups of which nothing is said by themselves count as one, named by the first of them:
        whatever respondents such groups have together, they can be divided among them.
    sizes : dict
        Variable of each block's size.
    counts : dict
        Variable of each ``(question, option, block)``, of the questions that matter.
    bases : dict
        Variable of each ``(question, block)``; of a question asked of all it is that of the size.
    loose : bool
        Whether shares are within a unit of what is printed, as under any rounding rule.
    largest_total : int
        Most respondents in all.
    """

    survey: Survey
    convention: Convention
    loose: bool = False
    largest_total: int = LARGEST
    model: IntegerModel = field(default_factory=IntegerModel)
    blocks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    bases: dict[tuple[str, str], int] = field(default_factory=dict)

    def start(self, units: int) -> tuple[int, bool]:
        """Return where printing `units` begins, in 1/20 of a unit, and whether that itself does."""
        return (EDGES * (units - 1), False) if self.loose else edge(units, self.convention.rounding)

    def end(self, units: int) -> tuple[int, bool]:
        """Return where printing `units` ends, and whether that itself is printed otherwise."""
        if self.loose:
            return EDGES * (units + 1), True
        return edge(units + 1, self.convention.rounding)

    def count(self, question: str, options: Sequence[str], group: str) -> Expression:
        """Return the number who gave any of `options`, in a group or ``"overall"``."""
        groups = self.blocks if group == OVERALL else (group,)
        return added(*({self.counts[question, o, g]: 1} for g in groups for o in options))

    def base(self, question: str, group: str) -> Expression:
        """Return the number of respondents asked, in a group or ``"overall"``."""
        groups = self.blocks if group == OVERALL else (group,)
        return added(*({self.bases[question, g]: 1} for g in groups))

    def total(self) -> Expression:
        """Return the number of respondents."""
        return added(*({v: 1} for v in self.sizes.values()))
