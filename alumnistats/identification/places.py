"""What a published list says of the shares that are not printed: they lie between its places.

Printed shares never rise along a list from the highest, and members of one place print alike. So a
member without a figure lies between the printed figures of the places before and after its own,
either included; and whatever a complete list leaves out lies strictly beyond the last place. Bounds
are those of single shares: where the last place has no figure, that all which is left out lies
beyond it is used only as far as the places before it say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from alumnistats.rounding import full_scale
from alumnistats.survey import Figure, Ranking

Bounds = tuple[int, int, int]
"""Least and largest printed units of the last digit, and the number of decimals."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one figure of a list says of one name without a figure: its share ends there.

    Attributes
    ----------
    name : str
        Whose share is bounded.
    by : str
        Whose figure bounds it.
    units : int
        Printed units of the figure's last digit, at least (``upper`` False) or at most.
    upper : bool
    digits : int
        The figure's decimals.
    """

    name: str
    by: str
    units: int
    upper: bool
    digits: int


def sides_in(
    ranking: Ranking, figures: Mapping[str, Figure], everything: Iterable[str]
) -> Iterator[Side]:
    """Yield what each figure of a list says of each name that has none; as `bounds_in`."""
    place = {name: i for i, names in enumerate(ranking.places) for name in names}
    known = {n: f for n, f in figures.items() if f.percent is not None and n in place}
    last, downward = len(ranking.places), ranking.from_ == "highest"
    where = dict.fromkeys(everything, last) | place if ranking.complete else place
    for name, at in where.items():
        if name in figures:
            continue
        beyond = 0 if at < last else (-1 if downward else 1)
        for by, figure in known.items():
            if place[by] <= at:
                yield Side(name, by, figure.units + beyond, downward, figure.digits)
            if place[by] >= at:
                yield Side(name, by, figure.units, not downward, figure.digits)


def most_units(digits: int) -> int:
    """Return more units than anything prints: a sum of rounded parts may be a little above 100%."""
    return 2 * full_scale(digits)


def bounds_in(
    ranking: Ranking, figures: Mapping[str, Figure], everything: Iterable[str]
) -> dict[str, Bounds]:
    """Return what one list says of each of `everything` that has no figure.

    Parameters
    ----------
    ranking : Ranking
    figures : dict of Figure
        By the names that the places hold: groups, or options.
    everything : iterable of str
        Names of all that the list could have named.

    Returns
    -------
    dict of Bounds
        Only of those that the list bounds; the first may exceed the second, and then no share
        agrees with the list.
    """
    found: dict[str, Bounds] = {}
    for side in sides_in(ranking, figures, everything):
        ends = (0, side.units) if side.upper else (side.units, most_units(side.digits))
        new = (*ends, side.digits)
        found[side.name] = _both(found.get(side.name, new), new)
    return found


def merge(bounds: Iterable[Mapping[str, Bounds]]) -> dict[str, Bounds]:
    """Return the bounds that all lists set together."""
    merged: dict[str, Bounds] = {}
    for some in bounds:
        for name, new in some.items():
            merged[name] = _both(merged.get(name, new), new)
    return merged


def _both(one: Bounds, other: Bounds) -> Bounds:
    digits = max(one[2], other[2])
    (low, high), (low_other, high_other) = (_in_finer(b, digits) for b in (one, other))
    return max(low, low_other), min(high, high_other), digits


def _in_finer(bounds: Bounds, digits: int) -> tuple[int, int]:
    """Return bounds of a printed figure to more decimals, whatever the rounding rule."""
    low, high, own = bounds
    finer = 10 ** (digits - own)
    return max(low * finer - (finer - 1), 0), high * finer + (finer - 1)
