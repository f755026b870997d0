"""Claims of a file of format 2: a line for a threshold, and what other claims leave unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alumnistats.sources.short_form.entries import dotted_in, with_texts
from alumnistats.sources.short_form.names import Entry, Loc, Said, Shares, dotted, resolve
from alumnistats.sources.short_form.rankings import resolved_places
from alumnistats.sources.short_form.sentences import SAID_BY_KIND, Labels, sentence
from alumnistats.survey import CLAIM_KINDS, EVERY, OVERALL

SIGNS = {"at-least": ">=", "above": ">", "at-most": "<=", "below": "<"}
ABOUT = "~"
_RELATIONS = {sign: relation for relation, sign in SIGNS.items()} | {
    "≥": "at-least", "≧": "at-least", "＞": "above", "≤": "at-most", "≦": "at-most", "＜": "below",
}  # fmt: skip
_SIGNED = "|".join(map(re.escape, _RELATIONS))
# Without a tolerance a wave is part of a name, as in "20~29".
_LINE = re.compile(
    rf"\s*(?P<of>.*?\S)\s*"
    rf"(?:(?P<sign>{_SIGNED})\s*(?P<percent>[^\s%％]+)\s*[%％]?"
    r"|[~～≈≒]\s*(?P<middle>[^\s%％±+]+)\s*[%％]?\s*(?:±|\+-)\s*(?P<within>[0-9]+(?:\.[0-9]+)?))"
    r"(?:\s+in\s+(?P<group>.*\S))?\s*"
)
_EXPECTED = (
    'a line such as "important >= 70", "important > 50 in energy" or "important ~ 33 +- 3", '
    "or a table with text"
)
_PLACEHOLDER = {"kind": "statement", "text": {"en": "?", "ja": "?"}}  # of what is refused already
_EVERY = re.compile(r"every( group)?")
LISTED = {"ranking": "places", "extreme-set": "members"}
"""What a claim lists, by its kind, and need not where a published ranking does."""

NUMBERS = ("within", "points", "times")
_BELOW = (*LISTED.values(), "options")


def read_claims(
    claims: Sequence[Any], rankings: Sequence[Any], groups: Mapping[str, str], shares: Shares,
    labels: Labels, said: Said, first: int,
) -> list[Any]:  # fmt: skip
    """Return the claims of a file as those of format 1.

    Parameters
    ----------
    claims : sequence
        Lines and tables.
    rankings : sequence of dict
        What is published, for claims that do not say who is listed.
    groups : mapping
        Ids by what they may be called.
    shares : Shares
    labels : mapping
        What sentences call things.
    said : Said
    first : int
        Where the first of them comes to lie among all claims.
    """
    groups = {**groups, OVERALL: OVERALL, EVERY: EVERY}
    made = []
    for number, stated in enumerate(claims):
        loc: Loc = ("claims", first + number)
        claim = _read(stated, loc, number, groups, shares, said)
        if isinstance(claim, dict):
            claim = _completed(_as_published(claim, rankings), labels, number)
            known = f" ({claim['id']})" if isinstance(claim.get("id"), str) else ""
            said.keys[loc] = f"claims[{number}]{known}"
        else:
            said.keys[loc] = f"claims[{number}]"
        made.append(claim)
    return made


def _read(
    stated: Any, loc: Loc, number: int, groups: Mapping[str, str], shares: Shares, said: Said
) -> Any:
    """Return a claim with the ids of what it names."""
    said.keys[loc] = dotted("claims", number)
    if isinstance(stated, str):
        read = line(stated, dotted("claims", number), said)
        for key in ("id", "text", *(read or {})):
            said.keys[(*loc, key)] = dotted("claims", number)
        path = dotted("claims", number)
        return _named(read, path, groups, shares, said) if read else dict(_PLACEHOLDER)
    if not isinstance(stated, dict):
        return stated
    claim = with_texts(stated, loc, said)
    if "says" in claim:
        path = dotted_in(dotted("claims", number), "says")
        read = line(claim.pop("says"), path, said)
        if read is None:
            return dict(_PLACEHOLDER)
        for key in [key for key in read if key in stated]:
            said.refuse(dotted_in(dotted("claims", number), key), stated[key], "none beside says")
        claim = {**claim, **read}
        for key in read:
            said.keys[(*loc, key)] = path
    elif "kind" not in claim and not set(claim) - {"id", "text", "at"}:
        claim["kind"] = "statement"
    return _named(claim, dotted("claims", number), groups, shares, said)


def line(text: Any, path: str, said: Said) -> Entry | None:
    """Return the threshold that a line states, or None where it is not understood.

    Examples
    --------
    >>> line("important > 50 in energy", "claims[0]", Said())["relation"]
    'above'
    """
    match = _LINE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        said.refuse(path, text, _EXPECTED)
        return None
    group = match["group"] or OVERALL
    about = match["sign"] is None
    value = {"percent": match["middle"], "within": float(match["within"])} if about else {}
    return {
        "kind": "threshold",
        "of": match["of"],
        "group": EVERY if _EVERY.fullmatch(group) else group,
        "relation": "about" if about else _RELATIONS[match["sign"]],
        "percent": match["percent"],
        **value,
    }


def written(claim: Mapping[str, Any]) -> str:
    """Return the line that states a threshold."""
    group = "" if claim["group"] == OVERALL else f" in {claim['group']}"
    if claim["relation"] == "about":
        return f"{claim['of']} {ABOUT} {claim['percent']} +- {claim['within']:g}{group}"
    return f"{claim['of']} {SIGNS[claim['relation']]} {claim['percent']}{group}"


def _named(claim: Entry, path: str, groups: Mapping[str, str], shares: Shares, said: Said) -> Entry:
    """Replace what a claim calls its groups, shares and options by their ids."""
    made = dict(claim)
    for key in ("of", "question"):
        if key in made:
            made[key] = shares.known(made[key], path, said)
    asked = made.get("question", made.get("of"))
    options = shares.options.get(asked) if isinstance(asked, str) else None
    names = groups if options is None else options
    for key, known, what in (
        ("group", groups, "a group"), ("than", groups, "a group"), ("option", names, "an option"),
    ):  # fmt: skip
        if key in made:
            made[key] = resolve(known, made[key], path, what, said)
    if isinstance(made.get("members"), list):
        made["members"] = [resolve(groups, m, path, "a group", said) for m in made["members"]]
    if isinstance(made.get("options"), list):
        made["options"] = [shares.known(option, path, said) for option in made["options"]]
    if isinstance(made.get("places"), list):
        made["places"] = resolved_places(made["places"], names, path, said)
    lists = (made.get("members"), made.get("options"))
    inside = [one for parts in lists if isinstance(parts, list) for one in parts]
    unknown = None in made.values() or None in inside
    return {**_PLACEHOLDER, **{k: v for k, v in claim.items() if k == "id"}} if unknown else made


def _as_published(claim: Entry, rankings: Iterable[Any]) -> Entry:
    """Let a claim that does not say who is listed list whom the published ranking does."""
    kind = claim.get("kind")
    key = LISTED.get(kind) if isinstance(kind, str) else None
    if key is None or key in claim:
        return claim
    claim = {"from": "highest", **claim}
    for ranking in rankings:
        if (
            isinstance(ranking, dict)
            and isinstance(ranking.get("places"), list)
            and _same(ranking, claim)
        ):
            places = ranking["places"]
            whole = [one for place in places if isinstance(place, list) for one in place]
            return {**claim, key: places if key == "places" else whole}
    return claim


def _same(ranking: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    return all(
        ranking.get(key, default) == claim.get(key, default)
        for key, default in (("of", None), ("from", None), ("group", OVERALL))
    )


def _completed(claim: Entry, labels: Labels, number: int) -> Entry:
    """Give a claim the sentence and the id that follow from what it says."""
    claim = dict(claim)
    if "text" not in claim and is_whole(claim):
        claim["text"] = sentence(claim, labels)
    if "id" not in claim:
        claim["id"] = default_id(claim, number)
    return claim


def is_whole(claim: Mapping[str, Any]) -> bool:
    """Return whether a claim says all that its sentence needs, each of the right type."""
    kind = claim.get("kind")
    if not isinstance(kind, str) or kind not in SAID_BY_KIND:
        return False
    about = kind == "threshold" and is_sound("within", claim.get("within"))
    if claim.get("relation") == "about" and not about:
        return False
    fields = CLAIM_KINDS[kind].model_fields
    needed = [f.alias or name for name, f in fields.items() if f.is_required()]
    said = [key for key in NUMBERS if claim.get(key) is not None]
    needed = [key for key in needed if key not in ("id", "text", "at")]
    return all(is_sound(key, claim.get(key)) for key in (*needed, *said))


def is_sound(key: str, value: Any) -> bool:
    """Return whether the value of a claim's key is of the right type, for a sentence to be made."""
    if key == "relation":
        return value in (*SIGNS, "about")
    if key in NUMBERS:
        return type(value) in (int, float)
    if key not in _BELOW:
        return isinstance(value, str)
    parts = value if isinstance(value, list) and value else [0]
    if key == "places":
        return all(
            isinstance(part, list) and part and all(isinstance(one, str) for one in part)
            for part in parts
        )
    return all(isinstance(part, str) for part in parts)


def default_id(claim: Mapping[str, Any], number: int) -> str:
    """Return the id of a claim that has none of its own."""
    if claim.get("kind") != "threshold" or not is_whole(claim):
        return f"claim-{number + 1}"
    group = [] if claim["group"] == OVERALL else [claim["group"]]
    percent = str(claim["percent"]).replace(".", "-")
    return "-".join([claim["of"].replace(":", "-"), claim["relation"], percent, *group])
