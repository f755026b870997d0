"""What a published list says of the shares that are not printed: they lie between its places.

Printed shares never rise along a list from the highest, and members of one place print alike. So a
member without a figure lies between the printed figures of the places before and after its own,
either included; and whatever a complete list leaves out lies strictly beyond the last place. Bounds
are those of single shares: where the last place has no figure, that all which is left out lies
beyond it is used only as far as the places before it say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alumnistats.survey import Figure, Ranking

Bounds = tuple[int, int, int]
"""Least and largest printed units of the last digit, and the number of decimals."""


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
    printed = {name: f for name, f in figures.items() if f.percent is not None}
    place = {name: i for i, names in enumerate(ranking.places) for name in names}
    known = [(place[name], figure) for name, figure in printed.items() if name in place]
    if not known:
        return {}
    digits = max(figure.digits for _, figure in known)
    units = [(i, figure.units * 10 ** (digits - figure.digits)) for i, figure in known]
    last = len(ranking.places)
    if ranking.complete:
        place = dict.fromkeys(everything, last) | place
    full = 100 * 10**digits
    found = {}
    for name, at in place.items():
        if name in figures:
            continue
        before, after = _neighbours(units, at, last, downward=ranking.from_ == "highest")
        if before is not None or after is not None:
            low, high = (after, before) if ranking.from_ == "highest" else (before, after)
            found[name] = (
                0 if low is None else max(low, 0),
                full if high is None else min(high, full),
                digits,
            )
    return found


def _neighbours(
    units: list[tuple[int, int]], at: int, last: int, *, downward: bool
) -> tuple[int | None, int | None]:
    """Return the bounds of place `at` from the places up to it, and from those from it on."""
    beyond = 0 if at < last else (-1 if downward else 1)
    before = [value + beyond for i, value in units if i <= at]
    after = [value for i, value in units if i >= at]
    closest, farthest = (min, max) if downward else (max, min)
    return (closest(before) if before else None), (farthest(after) if after else None)


def merge(bounds: Iterable[Mapping[str, Bounds]]) -> dict[str, Bounds]:
    """Return the bounds that all lists set together."""
    merged: dict[str, Bounds] = {}
    for some in bounds:
        for name, new in some.items():
            old = merged.get(name, (0, 100 * 10 ** new[2], new[2]))
            digits = max(old[2], new[2])
            low_old, high_old = (v * 10 ** (digits - old[2]) for v in old[:2])
            low_new, high_new = (v * 10 ** (digits - new[2]) for v in new[:2])
            merged[name] = (max(low_old, low_new), min(high_old, high_new), digits)
    return merged
