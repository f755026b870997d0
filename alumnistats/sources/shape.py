"""From a parsed TOML document to typed records, and to problems worded for whoever wrote the file.

Entries that parse are kept even when others do not, so that the checks between entries run on
them and a file's author sees every problem at once. What an unreadable entry declares still
counts as declared: an error in one group does not make every figure of that group an error too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from alumnistats.errors import Problem, closest, listed, shown
from alumnistats.survey import (
    CLAIM_KINDS,
    Claim,
    Figure,
    Group,
    Measure,
    Option,
    Question,
    Ranking,
    Source,
    Stratum,
    Survey,
    Text,
)

SECTIONS: dict[str, Any] = {
    "strata": Stratum,
    "groups": Group,
    "questions": Question,
    "measures": Measure,
    "figures": Figure,
    "rankings": Ranking,
    "claims": Claim,
}
"""The repeated tables of a file, in the order of the file, and the record of one entry."""

_ADAPTERS: dict[str, TypeAdapter[Any]] = {s: TypeAdapter(r) for s, r in SECTIONS.items()}
_TABLES: dict[str, Any] = SECTIONS | {
    "source": Source,
    "options": Option,
    **dict.fromkeys(("title", "population", "method", "label", "text"), Text),
}
_IDENTITY = {"figures": ("of", "group"), "rankings": ("of", "from")}
_SET_BY_READER = ("path", "sha256", "earlier")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

Loc = tuple[int | str, ...]
Named = TypeVar("Named", Group, Question, Measure)


@dataclass(frozen=True)
class Draft:
    """What could be read of a survey file.

    Attributes
    ----------
    survey : Survey
        The entries that parsed; a `Survey` in the full sense only if there were no problems.
    raw : mapping
        The document as TOML gave it.
    positions : mapping
        From section to the positions in the file of the entries that parsed.
    unread : mapping
        From section to the ids of entries that did not parse; None when the section as a whole
        could not be read, so that anything may have been declared in it.
    keys : mapping
        From places in the document to what the file calls them, where that is something else.
    """

    survey: Survey
    raw: Mapping[str, Any]
    positions: Mapping[str, tuple[int, ...]]
    unread: Mapping[str, frozenset[str] | None]
    keys: Mapping[Loc, str] = field(default_factory=dict)

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """Groups that parsed, by id."""
        return _first(self.survey.groups)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Questions that parsed, by id."""
        return _first(self.survey.questions)

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        """Measures that parsed, by id."""
        return _first(self.survey.measures)

    @cached_property
    def shares(self) -> frozenset[str]:
        """What figures may be of: measures and ``"question:option"``."""
        answers = (f"{q.id}:{id}" for q in self.questions.values() for id in q.option_ids)
        return frozenset([*self.measures, *answers])

    def entries(self, section: str) -> Iterator[tuple[int, Any]]:
        """Yield the position and the record of every entry of `section` that parsed."""
        yield from zip(self.positions[section], getattr(self.survey, section), strict=True)

    def key(self, section: str, index: int, *rest: int | str) -> str:
        """Return the path of an entry's key, with what identifies the entry."""
        return _key(self.raw, (section, index, *rest), self.keys)

    def position(self, section: str, index: int) -> str:
        """Return where an entry stands, without what identifies it."""
        return self.keys.get((section, index), f"{section}[{index}]")

    def may_declare(self, section: str, id: str) -> bool:
        """Return whether an entry that could not be read may have declared `id`."""
        unread = self.unread[section]
        return unread is None or id in unread

    def parts(self, of: str) -> tuple[Question, tuple[str, ...]] | None:
        """Return the question and options of a share, or None when any of them is unknown."""
        name, colon, option = of.partition(":")
        options: tuple[str, ...] = (option,)
        if not colon:
            measure = self.measures.get(of)
            if measure is None:
                return None
            name, options = measure.question, measure.options
        question = self.questions.get(name)
        if question is None or not set(options) <= set(question.option_ids):
            return None
        return question, tuple(dict.fromkeys(options))


def parse(
    raw: Mapping[str, Any], keys: Mapping[Loc, str] | None = None
) -> tuple[Draft, list[Problem]]:
    """Read a document's entries one by one.

    Parameters
    ----------
    raw : mapping
        The document of format 1, as TOML gives it.
    keys : mapping, optional
        What the file calls places in it, where that is something else.

    Returns
    -------
    Draft
    list of Problem
        Everything wrong with the shape of the document; empty when ``draft.survey`` is whole.
    """
    # Fields of the record, but not keys of a file.
    keys = keys or {}
    problems = [_unknown_key(raw, (key,), Survey, keys) for key in _SET_BY_READER if key in raw]
    document = {k: v for k, v in raw.items() if k not in _SET_BY_READER}
    try:
        survey = Survey.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        errors = _without_echoes(error.errors(include_url=False))
        problems += [_problem(raw, e, keys) for e in errors]
        return _salvage(document, {e["loc"] for e in errors}, keys), problems
    positions = {s: tuple(range(len(getattr(survey, s)))) for s in SECTIONS}
    return Draft(survey, raw, positions, dict.fromkeys(SECTIONS, frozenset()), keys), problems


def _first(records: Iterable[Named]) -> dict[str, Named]:
    """Return records by id, the first of those with one id."""
    found: dict[str, Named] = {}
    for record in records:
        found.setdefault(record.id, record)
    return found


def _without_echoes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Drop the complaint that a list is too short when it is so for want of good entries."""
    inside = {e["loc"][:depth] for e in errors for depth in range(len(e["loc"]))}
    return [e for e in errors if e["type"] != "too_short" or e["loc"] not in inside]


def _salvage(raw: Mapping[str, Any], locs: set[Loc], keys: Mapping[Loc, str]) -> Draft:
    """Return the draft of the entries outside `locs`, the places of the errors."""
    optional = ("total", "quota", "weighted", "design_effect")
    sound = {key for key in optional if (key,) not in locs}
    records: dict[str, Any] = {key: raw.get(key) for key in sound}
    for key in {"overall_share", "adding_up"} & set(raw) - {loc[0] for loc in locs}:
        records[key] = tuple(raw[key])
    positions: dict[str, tuple[int, ...]] = {}
    unread: dict[str, frozenset[str] | None] = {}
    for section, adapter in _ADAPTERS.items():
        entries = raw.get(section, [])
        whole = isinstance(entries, list | tuple) and (section,) not in locs
        bad = {loc[1] for loc in locs if loc[0] == section and len(loc) > 1}
        kept = [i for i in range(len(entries)) if i not in bad] if whole else []
        records[section] = tuple(
            adapter.validate_python(entries[i], by_alias=True, by_name=False) for i in kept
        )
        positions[section] = tuple(kept)
        unread[section] = _ids(section, entries, locs) if whole else None
    return Draft(Survey.model_construct(**records), raw, positions, unread, keys)


def _ids(section: str, entries: Sequence[Any], locs: set[Loc]) -> frozenset[str] | None:
    """Return the ids of the entries at fault, or None where the id is what is at fault.

    Then nobody can tell what the entry was meant to declare.
    """
    found = set()
    for index in {int(loc[1]) for loc in locs if loc[0] == section and len(loc) > 1}:
        entry = entries[index]
        id = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(id, str) or (section, index, "id") in locs:
            return None
        found.add(id)
    return frozenset(found)


def _problem(raw: Mapping[str, Any], error: ErrorDetails, keys: Mapping[Loc, str]) -> Problem:
    """Translate one error of pydantic."""
    loc, kind = error["loc"], error["type"]
    record = _record_at(loc)
    if loc[0] == "claims":
        loc = (*loc[:2], *loc[3:])  # the third is the kind, which pydantic adds
    if kind.startswith("union_tag") or (kind == "literal_error" and loc[-1] == "kind"):
        return _unknown_kind(raw, loc, error["input"], keys)
    if kind == "extra_forbidden":
        return _unknown_key(raw, loc, record, keys)
    found = "nothing" if kind == "missing" else shown(error["input"])
    context = error.get("ctx", {})
    if "expected" in context and kind == "survey":
        found = context["found"] or found
        return Problem(_key(raw, loc, keys), found, context["expected"], context["hint"])
    if kind in ("model_type", "model_attributes_type") and isinstance(loc[-1], int):
        return Problem(_key(raw, loc, keys), found, "a table")
    return Problem(_key(raw, loc, keys), found, _expected(record, loc), _shape_hint(loc, error))


def _expected(record: Any, loc: Loc) -> str:
    field = next(str(step) for step in reversed(loc) if isinstance(step, str))
    described = {f.alias or name: f.description for name, f in record.model_fields.items()}
    return str(described[field])


def _shape_hint(loc: Loc, error: ErrorDetails) -> str:
    whole_section = loc[0] in SECTIONS and len(loc) == 1
    if whole_section and error["type"] != "missing" and isinstance(error["input"], dict):
        return f"Head each entry with two brackets, [[{loc[0]}]]."
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        words = error.get("ctx", {}).get("expected", "").replace(" or ", ", ").split(", ")
        return closest(error["input"], [w.strip("'") for w in words])
    return ""


def _unknown_key(raw: Mapping[str, Any], loc: Loc, record: Any, keys: Mapping[Loc, str]) -> Problem:
    known = [
        field.alias or name
        for name, field in record.model_fields.items()
        if not (record is Survey and name in _SET_BY_READER)
    ]
    key = str(loc[-1])
    expected = listed(known, limit=None)
    return Problem(_key(raw, loc, keys), "an unknown key", expected, closest(key, known))


def _unknown_kind(raw: Mapping[str, Any], loc: Loc, entry: Any, keys: Mapping[Loc, str]) -> Problem:
    if not isinstance(entry, dict):
        return Problem(_key(raw, loc, keys), shown(entry), "a table")
    kind = entry.get("kind")
    found = "nothing" if kind is None else shown(kind)
    hint = closest(kind, CLAIM_KINDS) if isinstance(kind, str) else ""
    expected = listed(CLAIM_KINDS, limit=None)
    return Problem(_key(raw, (*loc, "kind"), keys), found, expected, hint)


def _record_at(loc: Loc) -> Any:
    """Return the record whose field is the last name of `loc`."""
    record: Any = Survey
    names = [step for step in loc if isinstance(step, str)]
    if loc[0] == "claims" and len(loc) > 2:
        record = CLAIM_KINDS[str(loc[2])]
        names = names[2:]
    for name in names[:-1]:
        record = _TABLES.get(name, record)
    return record


def _key(raw: Mapping[str, Any], loc: Loc, keys: Mapping[Loc, str]) -> str:
    """Write a location as in ``figures[3] (official_contact, retail).percent``."""
    known = next((n for n in range(len(loc), 0, -1) if loc[:n] in keys), 0)
    text = keys[loc[:known]] if known else ""
    value: Any = raw
    for step in loc[:known]:
        value = _inside(value, step)
    for step in loc[known:]:
        if isinstance(step, str):
            name = step if _BARE_KEY.fullmatch(step) else shown(step)
            text += f".{name}" if text else name
        else:
            text += f"[{step}]"
        value = _inside(value, step)
        if isinstance(step, int) and isinstance(value, Mapping):
            text += _identity(str(loc[0]), value)
    return text


def _inside(value: Any, step: int | str) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _identity(section: str, entry: Mapping[str, Any]) -> str:
    names = [entry.get(key) for key in _IDENTITY.get(section, ("id",))]
    known = [shown(name)[1:-1] for name in names if isinstance(name, str)]
    return f" ({', '.join(known)})" if known else ""
