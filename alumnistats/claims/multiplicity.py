"""P-values adjusted for how many claims a release makes: over its distinct tests.

Two claims may rest on one test, as "at least 70%" and "more than 70%" do: it counts once. Adjusted
values never fall when any p-value rises, so where only bounds of some are known, the lower ends
give lower bounds of all adjusted values and the upper ends upper ones.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from alumnistats.claims.judged import JudgedClaim
from alumnistats.claims.outcome import ROUNDING, one_sided
from alumnistats.claims.ranges import Range
from alumnistats.comparisons import Adjustment, adjust
from alumnistats.survey import HomogeneityClaim, StatementClaim

METHODS: dict[str, Adjustment] = {"p_holm": "holm", "p_bh": "bh"}
"""Columns, and the names of their methods."""

Adjusted = dict[str, Range]
"""By column: Holm's (1979) values bound the probability of any false rejection, those of Benjamini
and Hochberg (1995) the expected share of false ones."""


def test_of(judged: JudgedClaim) -> Hashable:
    """Return what tells a claim's test from others: equal for claims that rest on the same.

    It is all that a claim says but its words, its place, and whether a threshold itself is
    included. What no statistic decides is a claim of its own.
    """
    claim = judged.claim
    said = claim.model_dump(exclude={"id", "text", "at"})
    if isinstance(claim, StatementClaim):
        said["id"] = claim.id
    if "relation" in said:
        said["relation"] = said["relation"] in ("at-least", "above")
        if "percent" in said:
            said["percent"] = float(said["percent"])
    said["p"] = judged.grounds.p
    return tuple(sorted((name, repr(value)) for name, value in said.items()))


def _sides(judged: JudgedClaim) -> int:
    """Return 2 for a claim whose test is two-sided, which is held against twice the alpha."""
    return 2 if isinstance(judged.claim, HomogeneityClaim) and judged.claim.differ else 1


def adjusted(judged: Sequence[JudgedClaim]) -> dict[str, Adjusted]:
    """Return the adjusted p-values, or their bounds, of the claims that have a test, by id.

    Parameters
    ----------
    judged : sequence of JudgedClaim
        All claims of the release.

    Examples
    --------
    >>> import alumnistats as al
    >>> found = adjusted(al.analyze("america-1969", draws=100).judged)
    >>> sorted(found)
    ['against-first', 'believers-last', 'quarter']
    """
    tests: dict[Hashable, tuple[Range, int]] = {}
    for one in judged:
        if one.grounds.p is not None:
            tests[test_of(one)] = one.grounds.p, _sides(one)
    if not tests:
        return {}
    sides = np.array([times for _, times in tests.values()])
    ends = [np.array([getattr(p, end) for p, _ in tests.values()]) for end in ("lower", "upper")]
    # Not statsmodels' function, which collects garbage: a third of a second for every call.
    columns = {
        column: [np.minimum(adjust(p / sides, method) * sides, 1) for p in ends]
        for column, method in METHODS.items()
    }
    by_test = {
        test: {name: Range(float(low[i]), float(high[i])) for name, (low, high) in columns.items()}
        for i, test in enumerate(tests)
    }
    return {one.claim.id: by_test[test_of(one)] for one in judged if test_of(one) in by_test}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many claims a release makes, and how many stand.

    Attributes
    ----------
    claims, distinct : int
        All, and those that rest on different tests.
    supported : int
        Distinct claims that are supported.
    holm, bh : int
        Those among them that still are with adjusted p-values.
    """

    claims: int
    distinct: int
    supported: int
    holm: int
    bh: int


def tally(judged: Sequence[JudgedClaim], level: float) -> Tally:
    """Count claims, distinct ones, and those that stand after adjustment.

    Parameters
    ----------
    judged : sequence of JudgedClaim
    level : float
        As of the verdicts.

    Examples
    --------
    >>> import alumnistats as al
    >>> tally(al.analyze("america-1969", draws=100).judged, 0.95)
    Tally(claims=3, distinct=3, supported=1, holm=1, bh=1)
    """
    alpha = one_sided(level) + ROUNDING
    after = adjusted(judged)
    supported = {test_of(one): one for one in judged if one.verdict == "supported"}
    standing = [
        sum(after[one.claim.id][column].upper <= alpha * _sides(one) for one in supported.values())
        for column in METHODS
    ]
    return Tally(len(judged), len({test_of(one) for one in judged}), len(supported), *standing)
