"""Published rankings, from the figures of a table or from a list; and the claims that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from alumnistats.errors import closest
from alumnistats.sources.short_form.entries import dotted_in
from alumnistats.sources.short_form.names import Entry, Said, resolve
from alumnistats.survey import OVERALL, percent_units
from alumnistats.survey.fields import is_percent

ENDS = {"top": "highest", "bottom": "lowest"}
PARTS = ("order", "set", "first")
"""What a published ranking says: its order, who is in it, and who is first."""

_KEYS = ("places", "complete", "at", "claims")
_PLACES = 'how many of the figures here are listed, or names, as in ["a", ["b", "c"]]'


def places_of(percents: Mapping[str, str], listed: int, end: str) -> list[list[str]]:
    """Return the first places among figures; equal figures share one.

    Parameters
    ----------
    percents : mapping
        Of each group or option.
    listed : int
        Three for "the top three"; all who share the third place are listed.
    end : {"highest", "lowest"}

    Returns
    -------
    list of list of str

    Raises
    ------
    ValueError
        If figures were printed with so few decimals that their order is not told; says which.

    Examples
    --------
    >>> places_of({"a": "40.9", "b": "47.8", "c": "40.9", "d": "12.0"}, 2, "highest")
    [['b'], ['a', 'c']]
    """
    values = {name: _value(percent) for name, percent in percents.items()}
    sign = -1 if end == "highest" else 1
    order = sorted(values, key=lambda name: sign * values[name][0])
    places: list[list[str]] = []
    for position, name in enumerate(order):
        if position and values[name] == values[order[position - 1]]:
            places[-1].append(name)
        elif position < listed:
            places.append([name])
        else:
            break
    for name in (name for place in places for name in place):
        for other in order:
            (a, step), (b, other_step) = values[name], values[other]
            if step != other_step and abs(a - b) < (step + other_step) / 2:
                raise ValueError(f'names, since "{percents[name]}" and "{percents[other]}" do not '
                                 "say which is higher")  # fmt: skip
    return places


def _value(percent: str) -> tuple[Fraction, Fraction]:
    units, digits = percent_units(percent)
    return Fraction(units, 10**digits), Fraction(1, 10**digits)


def rankings_of(
    row: Mapping[str, Any], path: str, percents: Mapping[str, Any], names: Mapping[str, str],
    said: Said,
) -> list[tuple[str, Entry, Any]]:  # fmt: skip
    """Return the rankings that a table of figures states.

    Parameters
    ----------
    row : mapping
        The table, with `top`, `bottom`, `at` and `claims`.
    path : str
        Its key.
    percents : mapping
        Of what the table ranks, by id, without all respondents; None where there is no percentage.
    names : mapping
        What may be ranked, by what it may be called.
    said : Said

    Returns
    -------
    list of (str, dict, object)
        The key, the ranking without `of` and `group`, and the claims that it is to make; None for
        those that it makes by itself.
    """
    found = []
    for key in [key for key in row if key in ENDS]:
        here = dotted_in(path, key)
        stated = row[key] if isinstance(row[key], dict) else {"places": row[key]}
        for unknown in [name for name in stated if name not in _KEYS]:
            expected = f"one of {', '.join(_KEYS)}"
            problem = (dotted_in(here, unknown), expected, closest(unknown, _KEYS))
            said.refuse(problem[0], stated[unknown], problem[1], problem[2])
        at = {"at": stated.get("at", row.get("at"))} if "at" in stated or "at" in row else {}
        listed = stated.get("places")
        if isinstance(listed, int) and not isinstance(listed, bool):
            places = _counted(listed, here, percents, ENDS[key], said)
        elif isinstance(listed, list):
            places = resolved_places(listed, names, here, said)
        else:
            said.refuse(here, row[key], _PLACES)
            places = None
        if places is not None:
            ranking = {"from": ENDS[key], "places": places}
            complete = stated.get("complete", True)
            claims = stated.get("claims", row.get("claims"))
            found.append((here, {**ranking, "complete": complete, **at}, claims))
    return found


def _counted(
    listed: int, path: str, percents: Mapping[str, Any], end: str, said: Said
) -> list[list[str]] | None:
    """Return the places of a number of figures, or None where they do not tell."""
    if any(percent is not None and not is_percent(percent) for percent in percents.values()):
        return None  # the reader says so, of the figure itself
    known = {name: percent for name, percent in percents.items() if percent is not None}
    if not 1 <= listed <= len(known):
        many = f"a number from 1 to {len(known)}, of the figures here" if known else "names"
        said.refuse(path, listed, f'{many}, as in ["a", ["b", "c"]]' if not known else
                    f'{many}, or names, as in ["a", ["b", "c"]]')  # fmt: skip
        return None
    try:
        return places_of(known, listed, end)
    except ValueError as error:
        said.refuse(path, listed, f'{error}, as in ["a", ["b", "c"]]')
        return None


def resolved_places(
    listed: Sequence[Any], names: Mapping[str, str], path: str, said: Said
) -> list[Any] | None:
    """Return the places of a list by id; None, and problems, where a name could not be one."""
    places = [
        [
            resolve(names, name, path, "a group or option", said)
            for name in (place if isinstance(place, list) else [place])
        ]
        for place in listed
    ]
    return None if any(name is None for place in places for name in place) else places


def claims_of(
    ranking: Mapping[str, Any], wanted: Any, every: Sequence[str], *, of_options: bool
) -> list[tuple[str, Entry]]:
    """Return the claims that a published ranking makes.

    Parameters
    ----------
    ranking : mapping
        Of format 1.
    wanted : list or None
        Of `PARTS`; None for all that the ranking says.
    every : sequence of str
        All that could have been listed.
    of_options : bool
        Whether options of a question are ranked, rather than groups.

    Returns
    -------
    list of (str, dict)
        Each part with its claim, without `text`.
    """
    of, end, places = ranking["of"], ranking["from"], ranking["places"]
    members = [member for place in places for member in place]
    all_listed = set(every) <= set(members)
    if wanted is None and not (ranking.get("complete") is True or all_listed):
        return []  # who else might be in front is not said
    group = {"group": ranking["group"]} if "group" in ranking else {}
    order = {"kind": "ranking", "of": of, "from": end, "places": places, **group}
    made: dict[str, Entry] = {}
    if len(places) > 1:
        made["order"] = order
    if not of_options:
        if len(places) > 1 and not all_listed:
            made["set"] = {"kind": "extreme-set", "of": of, "from": end, "members": members}
        if not set(every) <= set(places[0]):
            first = {"kind": "extreme-set", "of": of, "from": end, "members": places[0]}
            made["first"] = first
    elif end == "highest" and len(places[0]) == 1 and len(every) > 1:
        asked = {"question": of, "group": ranking.get("group", OVERALL)}
        made["first"] = {"kind": "mode", **asked, "option": places[0][0]}
    elif len(places) == 1:
        made["first"] = order
    at = {"at": [ranking["at"]]} if "at" in ranking else {}
    parts = PARTS if wanted is None else wanted
    return [
        (part, {"id": claim_id(ranking, part), **made[part], **at})
        for part in parts
        if part in made
    ]


def claim_id(ranking: Mapping[str, Any], part: str) -> str:
    """Return the id of a claim that a ranking makes, as in ``rise-top3-order``."""
    end = "top" if ranking["from"] == "highest" else "bottom"
    subject = [ranking["of"].replace(":", "-"), *([ranking["group"]] if "group" in ranking else [])]
    many = len(ranking["places"]) if part != "first" else 1
    last = [] if part == "first" else [part]
    return "-".join([*subject, f"{end}{many}", *last])


def wanted_parts(claims: Any, path: str, said: Said) -> list[str] | None:
    """Return which claims a ranking is to make; None for all that it says."""
    if claims is None:
        return None
    if isinstance(claims, list) and all(isinstance(part, str) for part in claims):
        known = [part for part in dict.fromkeys(claims) if part in PARTS]
        for part in (part for part in claims if part not in PARTS):
            said.refuse(dotted_in(path, "claims"), part, _one_of(PARTS), closest(part, PARTS))
        return known
    expected = f"a list of {_one_of(PARTS)}, or []; sentences of the source go to [[claims]]"
    said.refuse(dotted_in(path, "claims"), claims, expected)
    return []


def _one_of(names: Iterable[str]) -> str:
    *first, last = [f'"{name}"' for name in names]
    return f"{', '.join(first)} and {last}"
