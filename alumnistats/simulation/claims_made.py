"""The claims that a release makes of its own figures, and whether a claim is true.

A press office looks at its table and writes down what stands out: the first three, the last one,
the round number that the highest share exceeds, how far it is from the lowest. So claims are chosen
by the data that judge them, and the true shares of whoever came first are likely smaller than the
printed ones (the winner's curse). A claim is a kind with its record as in a survey file; whether it
holds is asked of any shares: those of a population, or those of the respondents. Of a population
whose shares are known each kind also has the claim that misses the truth by least: where a test is
most often wrong.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from alumnistats.simulation.populations import (
    ANSWERS,
    DIGITS,
    LISTED,
    OTHER,
    QUESTION,
    YES,
    Number,
    Printed,
    Shares,
)
from alumnistats.simulation.release import extreme_places, percent_text
from alumnistats.survey import EVERY, OVERALL

Record = dict[str, Any]
STEP = 5  # percentage points between the round numbers that releases name
UNIT = 10**DIGITS  # printed units in a percentage point
HALVES = 2  # "1.5 times", "twice"


@dataclass(frozen=True)
class Kind:
    """A kind of claim.

    Attributes
    ----------
    make : callable
        ``make(printed)``: the claim as in a survey file, without id and text; None where the
        figures give no such claim.
    holds : callable
        ``holds(record, shares)``.
    miss : callable
        ``miss(shares)``: a claim that is false of the shares, by as little as can be said; None
        where there is none.
    """

    make: Callable[[Printed], Record | None]
    holds: Callable[[Record, Shares], bool]
    miss: Callable[[Shares], Record | None]


def _numbers(groups: list[str]) -> list[int]:
    return [int(group[1:]) for group in groups]


def _places(printed: Printed, end: str, count: int) -> list[list[str]]:
    """Return the printed groups at one end, best first; who shares a value shares a place."""
    shown = np.flatnonzero(printed.listed)
    found = extreme_places(printed.units[shown], count, highest=end == "highest")
    return [[f"g{shown[g]}" for g in place] for place in found]


def _ranked(shares: Shares) -> list[int]:
    """Return the groups, the largest share first."""
    return sorted(range(len(shares.groups)), key=lambda g: -shares.groups[g])


def _order_record(end: str, places: list[list[str]]) -> Record:
    return {"kind": "ranking", "of": YES, "from": end, "places": places}


def _set_record(members: list[str]) -> Record:
    return {"kind": "extreme-set", "of": YES, "from": "highest", "members": members}


def _miss_order(shares: Shares) -> Record:
    """Return the order of the first groups with the two neighbours exchanged that are nearest."""
    ranked = _ranked(shares)
    gaps = [shares.groups[a] - shares.groups[b] for a, b in itertools.pairwise(ranked)]
    at = min(range(LISTED), key=lambda i: gaps[i])
    ranked[at], ranked[at + 1] = ranked[at + 1], ranked[at]
    return _order_record("highest", [[f"g{g}"] for g in ranked[:LISTED]])


def _miss_set(shares: Shares) -> Record:
    ranked = _ranked(shares)
    return _set_record([f"g{g}" for g in [*ranked[: LISTED - 1], ranked[LISTED]]])


def _miss_end(end: str) -> Callable[[Shares], Record]:
    def miss(shares: Shares) -> Record:
        return _order_record(end, [[f"g{_ranked(shares)[1 if end == 'highest' else -2]}"]])

    return miss


def _order(end: str, count: int) -> Callable[[Printed], Record | None]:
    def make(printed: Printed) -> Record | None:
        places = _places(printed, end, count)
        if sum(map(len, places)) == len(printed.units):  # all share one value
            return None
        return _order_record(end, places)

    return make


def _top_set(printed: Printed) -> Record | None:
    members = [g for place in _places(printed, "highest", LISTED) for g in place]
    if len(members) == len(printed.units):
        return None
    return _set_record(members)


def _in_order(record: Record, shares: Shares) -> bool:
    """Return whether each place lies beyond the next, and the last beyond whoever is not named."""
    named = record["places"] if record["kind"] == "ranking" else [record["members"]]
    tiers = [_numbers(place) for place in named]
    tiers.append([g for g in range(len(shares.groups)) if all(g not in tier for tier in tiers)])
    sign = 1 if record["from"] == "highest" else -1
    values = [[sign * shares.groups[g] for g in tier] for tier in tiers]
    return all(min(a) > max(b) for a, b in itertools.pairwise(values))


def _round_below(units: int) -> int:
    """Return the largest of the round percentages below printed units."""
    return STEP * ((units - 1) // (STEP * UNIT))


def _at_least(group: str, units: int) -> Record | None:
    percent = _round_below(units)
    return _threshold_record(group, str(percent)) if percent > 0 else None


def _threshold_record(group: str, percent: str) -> Record:
    return {"kind": "threshold", "of": YES, "group": group, "relation": "at-least",
            "percent": percent}  # fmt: skip


def _next(share: Number) -> int:
    """Return the units of the last digit just above a share, or a difference of two."""
    return math.floor(share * 100 * UNIT) + 1


def _miss_value(group: str, share: Number) -> Record | None:
    units = _next(share)
    return _threshold_record(group, percent_text(units, DIGITS)) if units < 100 * UNIT else None


def _miss_highest(shares: Shares) -> Record | None:
    high = _ranked(shares)[0]
    return _miss_value(f"g{high}", shares.groups[high])


def _ends(printed: Printed) -> tuple[int, int]:
    """Return the groups with the highest and the lowest printed share."""
    shown = np.flatnonzero(printed.listed)
    units = printed.units[shown]
    return int(shown[units.argmax()]), int(shown[units.argmin()])


def _highest_beyond(printed: Printed) -> Record | None:
    high, _ = _ends(printed)
    return _at_least(f"g{high}", int(printed.units[high]))


def _all_beyond(printed: Printed) -> Record | None:
    return _at_least(OVERALL, printed.overall)


def _every_beyond(printed: Printed) -> Record | None:
    _, low = _ends(printed)
    return _at_least(EVERY, int(printed.units[low]))


def _beyond(record: Record, shares: Shares) -> bool:
    group, least = record["group"], Fraction(record["percent"]) / 100
    if group == OVERALL:
        return shares.overall >= least
    if group == EVERY:
        return min(shares.groups) >= least
    return shares.groups[int(group[1:])] >= least


def _difference(printed: Printed) -> Record | None:
    high, low = _ends(printed)
    gap = int(printed.units[high] - printed.units[low])
    if gap <= UNIT:
        return None
    return _difference_record(high, low, float(_round_below(gap) or 1))


def _difference_record(high: int, low: int, points: float) -> Record:
    return {"kind": "difference", "of": YES, "group": f"g{high}", "than": f"g{low}",
            "relation": "above", "points": points}  # fmt: skip


def _miss_difference(shares: Shares) -> Record:
    ranked = _ranked(shares)
    gap = shares.groups[ranked[0]] - shares.groups[ranked[-1]]
    return _difference_record(ranked[0], ranked[-1], _next(gap) / UNIT)


def _farther(record: Record, shares: Shares) -> bool:
    a, b = _pair(record, shares)
    return a - b > Fraction(record["points"]) / 100


def _ratio(printed: Printed) -> Record | None:
    high, low = _ends(printed)
    a, b = int(printed.units[high]), int(printed.units[low])
    if b == 0 or a <= b:
        return None
    return _ratio_record(high, low, (HALVES * a - 1) // b / HALVES)


def _ratio_record(high: int, low: int, times: float) -> Record:
    return {"kind": "ratio", "of": YES, "group": f"g{high}", "than": f"g{low}",
            "relation": "above", "times": times}  # fmt: skip


def _miss_ratio(shares: Shares) -> Record:
    ranked = _ranked(shares)
    times = shares.groups[ranked[0]] / shares.groups[ranked[-1]]
    return _ratio_record(ranked[0], ranked[-1], (math.floor(100 * times) + 1) / 100)


def _times(record: Record, shares: Shares) -> bool:
    a, b = _pair(record, shares)
    return a > Fraction(record["times"]) * b


def _pair(record: Record, shares: Shares) -> tuple[Number, Number]:
    a, b = _numbers([record["group"], record["than"]])
    return shares.groups[a], shares.groups[b]


def _mode(printed: Printed) -> Record | None:
    most = np.flatnonzero(printed.answers == printed.answers.max())
    if len(most) > 1:
        return None
    return _mode_record(int(most[0]))


def _mode_record(at: int) -> Record:
    return {"kind": "mode", "question": OTHER, "group": OVERALL, "option": ANSWERS[at]}


def _miss_mode(shares: Shares) -> Record:
    by_share = sorted(range(len(ANSWERS)), key=lambda i: -shares.answers[i])
    return _mode_record(by_share[1])


def _most(record: Record, shares: Shares) -> bool:
    at = ANSWERS.index(record["option"])
    return all(shares.answers[at] > s for i, s in enumerate(shares.answers) if i != at)


def _differ(_printed: Printed) -> Record:
    return {"kind": "homogeneity", "question": QUESTION, "differ": True}


def _apart(_record: Record, shares: Shares) -> bool:
    return max(shares.groups) > min(shares.groups)


def _within(printed: Printed) -> Record | None:
    high, low = _ends(printed)
    gap = int(printed.units[high] - printed.units[low])
    points = STEP * -(-max(gap, 1) // (STEP * UNIT))
    return _within_record(float(points)) if points < 100 else None


def _within_record(points: float) -> Record:
    return {"kind": "homogeneity", "question": QUESTION, "within": points}


def _miss_within(shares: Shares) -> Record | None:
    units = math.ceil((max(shares.groups) - min(shares.groups)) * 100 * UNIT) - 1
    return _within_record(units / UNIT) if units > 0 else None


def _no_miss(_shares: Shares) -> None:
    """Return no claim: that groups differ is false only where they are all equal."""


def _together(record: Record, shares: Shares) -> bool:
    return max(shares.groups) - min(shares.groups) <= Fraction(record["within"]) / 100


KINDS: dict[str, Kind] = {
    "order of the top 3": Kind(_order("highest", LISTED), _in_order, _miss_order),
    "set of the top 3": Kind(_top_set, _in_order, _miss_set),
    "first": Kind(_order("highest", 1), _in_order, _miss_end("highest")),
    "last": Kind(_order("lowest", 1), _in_order, _miss_end("lowest")),
    "threshold, highest group": Kind(_highest_beyond, _beyond, _miss_highest),
    "threshold, every group": Kind(
        _every_beyond, _beyond, lambda shares: _miss_value(EVERY, min(shares.groups))
    ),
    "threshold, all": Kind(
        _all_beyond, _beyond, lambda shares: _miss_value(OVERALL, shares.overall)
    ),
    "difference": Kind(_difference, _farther, _miss_difference),
    "ratio": Kind(_ratio, _times, _miss_ratio),
    "most chosen answer": Kind(_mode, _most, _miss_mode),
    "groups differ": Kind(_differ, _apart, _no_miss),
    "groups within a margin": Kind(_within, _together, _miss_within),
}
"""Kinds of claims by name, as the tables of error rates show them."""


def claims_of(printed: Printed) -> dict[str, Record]:
    """Return the claims that a release makes of its figures, by kind.

    Parameters
    ----------
    printed : Printed

    Returns
    -------
    dict of dict
        As in a survey file, without id and text; kinds that the figures give no claim of are
        missing.
    """
    found = {name: kind.make(printed) for name, kind in KINDS.items()}
    return {name: record for name, record in found.items() if record is not None}


def holds(kind: str, record: Record, shares: Shares) -> bool:
    """Return whether a claim is true of some shares.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    record : dict
        As from `claims_of`.
    shares : Shares
        Fractions are compared exactly.

    Returns
    -------
    bool

    Examples
    --------
    >>> from alumnistats.simulation.populations import Shares
    >>> shares = Shares((0.48, 0.31, 0.29), 0.36, (0.6, 0.4, 0.0, 0.0, 0.0))
    >>> claim = {"kind": "difference", "group": "g0", "than": "g2", "points": 15.0}
    >>> holds("difference", claim, shares)
    True
    """
    return KINDS[kind].holds(record, shares)
