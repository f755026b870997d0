"""What the entries of a file may be called: their ids, and labels that only one of them has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alumnistats.errors import Problem, closest, listed, shown
from alumnistats.sources.ids import RESERVED_IN_TABLES, slug
from alumnistats.survey import ID_LETTERS

Loc = tuple[int | str, ...]
Entry = dict[str, Any]

_ID = re.compile(f"[{ID_LETTERS}][{ID_LETTERS}_-]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_COLON = re.compile(r"\s*[:：]\s*")
_PLUS = re.compile(r"\s*[+＋]\s*")


@dataclass(slots=True)
class Said:
    """What is kept beside the entries of format 1 while they are made.

    Attributes
    ----------
    keys : dict
        From the place of an entry, or of a key in it, to the key as the file has it.
    problems : list of Problem
        Of what has no place among the entries.
    """

    keys: dict[Loc, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, key: str, found: object, expected: str, hint: str = "") -> None:
        """Keep a problem; `found` is quoted unless it is text in our own words."""
        self.problems.append(Problem(key, shown(found), expected, hint))


def dotted(*steps: int | str) -> str:
    """Write a path of keys as TOML does, as in ``figures."contact:none".energy``."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        name = step if _BARE_KEY.fullmatch(step) else shown(step)
        text += f".{name}" if text else name
    return text


def is_id(text: str) -> bool:
    """Return whether a text can be an id as it stands."""
    return bool(_ID.fullmatch(text))


def is_text(value: object) -> bool:
    """Return whether a value is a text rather than an entry: a string, or ``{ en, ja }``."""
    if isinstance(value, dict):
        return bool(value) and set(value) <= {"en", "ja"}
    return isinstance(value, str)


def both(value: Any) -> Any:
    """Return a text in both languages; what is no text stays as it is, for the reader to refuse."""
    if isinstance(value, str) and value.strip():
        return {"en": value, "ja": value}
    if isinstance(value, dict) and len(value) == 1 and is_text(value):
        return both(next(iter(value.values())))
    return value


def texts_of(label: Any) -> tuple[str, ...]:
    """Return the text of a label in each language, as far as there is any."""
    found = both(label)
    parts = (found.get("en"), found.get("ja")) if isinstance(found, dict) else ()
    return tuple(part for part in parts if isinstance(part, str))


def called(entries: Iterable[Any]) -> dict[str, str]:
    """Return ids by what entries may be called: their ids, labels, and the slugs of those.

    A label that two of them have calls neither.
    """
    known = [e for e in entries if isinstance(e, dict) and isinstance(e.get("id"), str)]
    owners = Counter(
        (name, e["id"]) for e in known for text in texts_of(e.get("label"))
        for name in dict.fromkeys([text, slug(text)])
    )  # fmt: skip
    times = Counter(name for name, _ in owners)
    found = {name: id for name, id in owners if name and times[name] == 1}
    return found | {e["id"]: e["id"] for e in known}


def find(names: Mapping[str, str], written: Any) -> Any:
    """Return the id that a name stands for; what is not known stays as it is."""
    if not isinstance(written, str):
        return written
    plain = written.strip()
    return names.get(plain) or names.get(slug(plain)) or written


def resolve(names: Mapping[str, str], written: Any, key: str, what: str, said: Said) -> Any:
    """Return the id that a name stands for, or None and a problem for what could not be one.

    An id that nobody declares stays: the reader refuses it, unless the entry that may declare it
    could not be read.
    """
    id = find(names, written)
    if not isinstance(id, str) or is_id(id) or not names:
        return id
    ids = list(dict.fromkeys(names.values()))
    said.refuse(key, written, f"{what}: {listed(ids)}", closest(written, [*ids, *names]))
    return None


@dataclass(frozen=True, slots=True)
class Shares:
    """What figures may be of: measures, questions, and their options.

    Attributes
    ----------
    ids : mapping
        Of measures, questions and ``"question:option"``: each to itself. They go before labels.
    questions, options : mapping
        Ids by what they may be called; `options` by question.
    others : mapping
        Measures, and options that only one question has, by what they may be called.
    """

    ids: Mapping[str, str]
    questions: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]
    others: Mapping[str, str]

    def find(self, written: Any) -> Any:
        """Return the id of a measure or of a question, or ``"question:option"``.

        What is not known stays as it is.
        """
        if not isinstance(written, str):
            return written
        plain = written.strip()
        for names in (self.ids, self.others, self.questions):
            if plain in names:
                return names[plain]
        parts = self.answers(plain)
        if parts is not None and len(parts[1]) == 1:
            return f"{parts[0]}:{parts[1][0]}"
        name = slug(plain)
        return self.others.get(name) or self.questions.get(name) or written

    def names(self) -> list[str]:
        """Return all that figures may be of, by ids and labels."""
        return list(dict.fromkeys([*self.ids, *self.others, *self.questions]))

    def known(self, written: Any, key: str, said: Said) -> Any:
        """Return what a name stands for, or None and a problem for what could not be an id."""
        of = self.find(written)
        if not isinstance(of, str) or all(is_id(p) for p in of.split(":", 1)) or not self.ids:
            return of
        expected = f'a measure, a question or "question:option": {listed(self.ids)}'
        said.refuse(key, written, expected, closest(written, self.names()))
        return None

    def answers(self, written: str) -> tuple[str, list[str]] | None:
        """Return the question and the options of ``"question:option+option"``, or None.

        Names that are not known stay as they are.
        """
        name, *rest = _COLON.split(written.strip(), maxsplit=1)
        if not rest:
            return None
        question = find(self.questions, name)
        names = self.options.get(question, {})
        parts = [find(names, part) for part in _PLUS.split(rest[0])]
        whole = find(names, rest[0])
        if whole in names.values() and not set(parts) <= set(names.values()):
            return question, [whole]  # a label with a plus in it
        return question, parts


def shares_of(questions: Sequence[Any], measures: Sequence[Any]) -> Shares:
    """Return what figures may be of."""
    options = {
        q["id"]: called(q["options"])
        for q in questions
        if isinstance(q, dict) and isinstance(q.get("id"), str)
        and isinstance(q.get("options"), list)
    }  # fmt: skip
    of_measures = called(measures)
    of_questions = called(questions)
    taken = of_measures.keys() | of_questions.keys()
    times = Counter(name for names in options.values() for name in names)
    alone = {
        name: f"{question}:{option}"
        for question, names in options.items()
        for name, option in names.items()
        if times[name] == 1 and name not in taken
    }
    answers = [f"{question}:{id}" for question, names in options.items() for id in names.values()]
    ids = [*of_measures.values(), *of_questions.values(), *answers]
    return Shares({id: id for id in ids}, of_questions, options, alone | of_measures)


def reserved(ids: Iterable[Any]) -> list[str]:
    """Return the ids that a table of figures would take for its own keys."""
    return [id for id in ids if id in RESERVED_IN_TABLES]
