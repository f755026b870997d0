"""From the document of a file of format 2 to that of format 1, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alumnistats.errors import Problem
from alumnistats.sources.short_form.claims import is_sound, read_claims
from alumnistats.sources.short_form.entries import listed_or_keyed, measures, questions, with_texts
from alumnistats.sources.short_form.figures import Printed, read_tables
from alumnistats.sources.short_form.names import (
    Loc,
    Said,
    Shares,
    called,
    dotted,
    find,
    shares_of,
    texts_of,
)
from alumnistats.sources.short_form.rankings import (
    claims_of,
    resolved_places,
    wanted_parts,
)
from alumnistats.sources.short_form.sentences import labels_of, sentence
from alumnistats.survey import OVERALL

SHORT = 2
"""The format of a file in the short form."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """A document of format 1, and what is said of it in the words of the file.

    Attributes
    ----------
    document : dict
        As TOML would give it of a file of format 1.
    keys : mapping
        From places in `document` to the keys that the file has for them; what lies below a place
        is named by it and the rest of the way.
    problems : tuple of Problem
        Of what has no place in `document`; `document` goes without it.
    """

    document: Mapping[str, Any]
    keys: Mapping[Loc, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def expand(raw: Mapping[str, Any]) -> Expanded:
    """Return the document of format 1 that says what a document of format 2 does.

    Parameters
    ----------
    raw : mapping
        As TOML gives it; a document of another format is returned as it is.

    Returns
    -------
    Expanded
        Whatever the reader can refuse by itself is in it as it stands in `raw`.

    Examples
    --------
    >>> short = {"format": 2, "groups": ["North"], "questions": {"tea": ["Green", "Black"]},
    ...          "figures": {"Green": {"North": "47.8"}}}
    >>> expand(short).document["figures"]
    [{'percent': '47.8', 'of': 'tea:green', 'group': 'north'}]
    """
    form = raw.get("format")
    if type(form) is not int or form != SHORT:
        return Expanded(raw)
    said = Said()
    document = with_texts(raw, (), said)
    document |= {"format": 1}
    if isinstance(raw.get("source"), dict):
        document["source"] = _source(raw, said)
    for section, noun in (("strata", "stratum"), ("groups", "group")):
        if section in raw:
            document[section] = listed_or_keyed(raw[section], section, noun, said)
    for section in ("questions", "measures"):
        if section in raw:
            document[section] = (
                questions(raw[section], said)
                if section == "questions"
                else measures(raw[section], _entries(document, "questions"), said)
            )
    groups = called(_entries(document, "groups"))
    for group in _entries(document, "groups"):
        if isinstance(group, dict) and "stratum" in group:
            strata = called(_entries(document, "strata"))
            group["stratum"] = find(strata, group["stratum"])
    shares = shares_of(_entries(document, "questions"), _entries(document, "measures"))
    printed = _printed(raw, document, groups, shares, said)
    _add_rankings(raw, document, printed, groups, shares, said)
    _add_claims(raw, document, printed, groups, shares, said)
    return Expanded(document, said.keys, tuple(dict.fromkeys(said.problems)))


def _entries(document: Mapping[str, Any], section: str) -> list[Any]:
    found = document.get(section)
    return found if isinstance(found, list) else []


def _source(raw: Mapping[str, Any], said: Said) -> dict[str, Any]:
    source = dict(with_texts(raw["source"], ("source",), said))
    title = texts_of(raw.get("title"))
    if "cite" not in source and isinstance(source.get("publisher"), str) and title:
        source["cite"] = f"{source['publisher']}, {title[0]}"
    return source


def _printed(
    raw: Mapping[str, Any], document: dict[str, Any], groups: Mapping[str, str], shares: Shares,
    said: Said,
) -> Printed:  # fmt: skip
    """Read the figures, from tables or from a list, into the document."""
    stated = raw.get("figures")
    if isinstance(stated, dict):
        printed = read_tables(stated, groups, shares, said)
        document["figures"] = printed.figures
        return printed
    if isinstance(stated, list):
        everybody = {**groups, OVERALL: OVERALL}
        document["figures"] = [_renamed(one, everybody, shares) for one in stated]
    return Printed()


def _renamed(entry: Any, groups: Mapping[str, str], shares: Shares) -> Any:
    if not isinstance(entry, dict):
        return entry
    made = dict(entry)
    if "of" in made:
        made["of"] = shares.find(made["of"])
    if "group" in made:
        made["group"] = find(groups, made["group"])
    return made


def _add_rankings(
    raw: Mapping[str, Any], document: dict[str, Any], printed: Printed,
    groups: Mapping[str, str], shares: Shares, said: Said,
) -> None:  # fmt: skip
    """Put the rankings of tables before those of the list."""
    printed.rankings.sort(key=lambda found: found[0])
    made = [ranking for _, _, ranking, _ in printed.rankings]
    stated = raw.get("rankings", [])
    if not isinstance(stated, list):
        return
    for index, (_, path, _, _) in enumerate(printed.rankings):
        loc = ("rankings", index)
        for key in ((), ("of",), ("places",), ("from",), ("group",)):
            said.keys[(*loc, *key)] = path
    for number in range(len(stated)):
        said.keys["rankings", len(made) + number] = dotted("rankings", number)
    others = [
        _ranking(one, dotted("rankings", number), groups, shares, said)
        for number, one in enumerate(stated)
    ]
    if made or others:
        document["rankings"] = [*made, *others]


def _ranking(entry: Any, path: str, groups: Mapping[str, str], shares: Shares, said: Said) -> Any:
    made = _renamed(entry, {**groups, OVERALL: OVERALL}, shares)
    if isinstance(made, dict) and isinstance(made.get("places"), list):
        of = made.get("of")
        options = shares.options.get(of) if isinstance(of, str) else None
        names = groups if options is None else options
        made["places"] = resolved_places(made["places"], names, f"{path}.places", said)
    return made


def _add_claims(
    raw: Mapping[str, Any], document: dict[str, Any], printed: Printed,
    groups: Mapping[str, str], shares: Shares, said: Said,
) -> None:  # fmt: skip
    """Put the claims that rankings make before those of the file."""
    labels = labels_of(
        *(_entries(document, section) for section in ("groups", "questions", "measures"))
    )
    stated = raw.get("claims", [])
    if not isinstance(stated, list):
        return
    made: list[Any] = []
    for _, path, ranking, claims in printed.rankings:
        if not is_sound("places", ranking["places"]):
            continue  # the reader refuses it
        options = shares.options.get(ranking["of"])
        every = list(dict.fromkeys((groups if options is None else options).values()))
        wanted = wanted_parts(claims, path, said)
        for _, claim in claims_of(ranking, wanted, every, of_options=options is not None):
            said.keys["claims", len(made)] = path
            for key in claim:
                said.keys["claims", len(made), key] = path
            made.append({**claim, "text": sentence(claim, labels)})
    rankings = _entries(document, "rankings")
    own = read_claims(stated, rankings, groups, shares, labels, said, len(made))
    if made or own:
        document["claims"] = _told_apart(made, own)


def _told_apart(made: list[Any], own: list[Any]) -> list[Any]:
    """Return all claims, those of rankings numbered where others have their ids."""
    ids = (claim.get("id") for claim in own if isinstance(claim, dict))
    taken = {id for id in ids if isinstance(id, str)}
    found = []
    for claim in made:
        id, again = claim["id"], 2
        while id in taken:
            id, again = f"{claim['id']}-{again}", again + 1
        taken.add(id)
        found.append({**claim, "id": id})
    return [*found, *own]
