"""Groups, questions and measures of a file of format 2, as the entries of format 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alumnistats.sources.ids import ids_of, slug
from alumnistats.sources.short_form.names import (
    Entry,
    Loc,
    Said,
    Shares,
    both,
    dotted,
    find,
    is_id,
    is_text,
    resolve,
    shares_of,
    texts_of,
)

ALL = "all"  # in the place of what is refused already
_TEXTS = {"label", "method", "text", "title", "population"}


def listed_or_keyed(
    value: Any, section: str, noun: str, said: Said, plain: str = "label", loc: Loc = ()
) -> Any:
    """Return the entries of a list of labels or tables, or of a table whose keys are the ids.

    Parameters
    ----------
    value : object
        Of the file; what is neither a list nor a table is left to the reader to refuse.
    section : str
        The key of `value`, as the file has it.
    noun : str
        What ids are made of where labels give none.
    said : Said
    plain : str
        The key of an entry that is no table: ``rise = ["Yes", "No"]`` gives a question's options.
    loc : tuple
        Where the entries come to lie; their section when omitted.
    """
    loc = loc or (section,)
    if isinstance(value, str):
        value = [value]
    if isinstance(value, dict):
        return [
            _keyed(key, entry, dotted_in(section, key), said, plain, (*loc, i))
            for i, (key, entry) in enumerate(value.items())
        ]
    if not isinstance(value, list):
        return value
    return _with_ids([_listed(entry, (*loc, i), said) for i, entry in enumerate(value)], noun)


def dotted_in(section: str, *steps: int | str) -> str:
    """Return the path of a key below a path that is written already."""
    below = dotted(*steps)
    return f"{section}{below}" if below.startswith("[") else f"{section}.{below}"


def _listed(entry: Any, loc: Loc, said: Said) -> Any:
    if is_text(entry):
        return {"label": _text(entry, loc, "label", said)}
    return with_texts(entry, loc, said)


def _with_ids(entries: list[Any], noun: str) -> list[Any]:
    """Give an id to the entries without one, made of their labels."""
    bare = [
        e for e in entries if isinstance(e, dict) and "id" not in e and texts_of(e.get("label"))
    ]
    ids = iter(ids_of((texts_of(e["label"])[0] for e in bare), noun))
    chosen = {id(e): next(ids) for e in bare}
    return [{"id": chosen[id(e)], **e} if id(e) in chosen else e for e in entries]


def _keyed(key: str, entry: Any, path: str, said: Said, plain: str, loc: Loc) -> Any:
    """Return an entry that is named by its key."""
    said.keys[loc] = said.keys[(*loc, "id")] = path
    own = {"id": key if is_id(key) else slug(key) or key}
    if is_text(entry) and plain == "label":
        said.keys[(*loc, "label")] = path
        return own | {"label": _text(entry, loc, "label", said)}
    if not isinstance(entry, dict):
        said.keys[(*loc, plain)] = path
        # A measure that names no label has that of its answers, which are not known here.
        label = {"label": both(key)} if plain == "options" else {}
        return own | label | {plain: entry}
    if "id" in entry:
        found, said_so = entry["id"], "no id: the key that heads the table is the id"
        said.refuse(dotted_in(path, "id"), found, said_so)
    found = with_texts(entry, loc, said)
    label = {} if plain == "of" or "label" in entry else {"label": both(key)}
    return {**found, **own, **label}


def with_texts(entry: Any, loc: Loc, said: Said) -> Any:
    """Return an entry whose texts are in both languages."""
    if not isinstance(entry, dict):
        return entry
    return {
        key: _text(value, loc, key, said) if key in _TEXTS else value
        for key, value in entry.items()
    }


def _text(value: Any, loc: Loc, key: str, said: Said) -> Any:
    if isinstance(value, str):
        for language in ("en", "ja"):  # what is wrong with a string is wrong with the key itself
            said.keys[(*loc, key, language)] = _path(said, (*loc, key))
    return both(value)


def _path(said: Said, loc: Loc) -> str:
    """Return the key of a place, as the file has it."""
    for length in range(len(loc), 0, -1):
        if loc[:length] in said.keys:
            return (
                dotted_in(said.keys[loc[:length]], *loc[length:])
                if loc[length:]
                else (said.keys[loc[:length]])
            )
    return dotted(*loc)


def questions(value: Any, said: Said) -> Any:
    """Return the questions of a file, each with a list of options and of bases."""
    found = listed_or_keyed(value, "questions", "question", said, plain="options")
    if not isinstance(found, list):
        return found
    entries = [_question(entry, ("questions", i), said) for i, entry in enumerate(found)]
    shares = shares_of(entries, [])
    return [_with_base(entry, ("questions", i), shares, said) for i, entry in enumerate(entries)]


def _question(entry: Any, loc: Loc, said: Said) -> Any:
    if not isinstance(entry, dict):
        return entry
    made = dict(entry)
    if isinstance(entry.get("options"), dict | list):
        path = _path(said, (*loc, "options"))
        options = entry["options"]
        made["options"] = listed_or_keyed(options, path, "option", said, loc=(*loc, "options"))
    if "answers" not in entry:
        # Only what is said to be whole is taken for one answer each; else nothing is assumed.
        made["answers"] = "single" if entry.get("complete") is True else "multiple"
    return made


def _with_base(entry: Any, loc: Loc, shares: Shares, said: Said) -> Any:
    if not isinstance(entry, dict) or "base" not in entry:
        return entry
    base = entry["base"]
    candidates = [base] if isinstance(base, str) else base
    if not isinstance(candidates, list):
        return entry
    path = _path(said, (*loc, "base"))
    if isinstance(base, str):
        said.keys[(*loc, "base", 0)] = path
    return {**entry, "base": [_candidate(one, path, shares, said) for one in candidates]}


def _candidate(base: Any, path: str, shares: Shares, said: Said) -> Any:
    answers = _answers(base, path, shares, said) if isinstance(base, str) else None
    return base if answers is None else f"{answers[0]}:{'+'.join(answers[1])}"


def _answers(written: str, path: str, shares: Shares, said: Said) -> tuple[str, list[str]] | None:
    """Return a question and some of its options, without those that could not be ids."""
    answers = shares.answers(written)
    if answers is None:
        return None
    question = resolve(shares.questions, answers[0], path, "a question", said)
    names = shares.options.get(question, {})
    found = [resolve(names, one, path, f"an option of {question}", said) for one in answers[1]]
    known = [one for one in found if one is not None] or list(names.values())[:1]
    return (question, known) if question is not None and known else (ALL, [ALL])


def measures(value: Any, asked: Sequence[Any], said: Said) -> Any:
    """Return the measures of a file, each with its question, options and label."""
    found = listed_or_keyed(value, "measures", "measure", said, plain="of")
    if not isinstance(found, list):
        return found
    shares = shares_of(asked, [])
    made = [_measure(entry, ("measures", i), shares, said) for i, entry in enumerate(found)]
    return [_with_label(entry, asked) for entry in made]


def _measure(entry: Any, loc: Loc, shares: Shares, said: Said) -> Any:
    if not isinstance(entry, dict):
        return entry
    made = {key: value for key, value in entry.items() if key != "of"}
    if "of" not in entry:
        names = shares.options.get(entry.get("question", ""), {}) if _named(entry) else {}
        if isinstance(entry.get("options"), list):
            made["options"] = [find(names, option) for option in entry["options"]]
        return made
    path = _path(said, (*loc, "of"))
    written = entry["of"]
    answers = _answers(written, path, shares, said) if isinstance(written, str) else None
    if answers is None:
        said.refuse(path, entry["of"], 'answers of a question, as in "question:option+option"')
        answers = (ALL, [ALL])
    said.keys[(*loc, "question")] = said.keys[(*loc, "options")] = path
    said.keys |= {(*loc, "options", i): path for i in range(len(answers[1]))}
    return {**made, "question": answers[0], "options": answers[1]}


def _named(entry: Entry) -> bool:
    return isinstance(entry.get("question"), str)


def _with_label(entry: Any, asked: Sequence[Any]) -> Any:
    if not isinstance(entry, dict) or "label" in entry:
        return entry
    return {**entry, "label": label_of_answers(entry, asked)}


def label_of_answers(measure: Entry, asked: Sequence[Any]) -> Entry:
    """Return the label of a measure that has none of its own: those of its options.

    Examples
    --------
    >>> options = [{"id": "a", "label": both("Good")}, {"id": "b", "label": both("Fair")}]
    >>> asked = [{"id": "q", "options": options}]
    >>> label_of_answers({"question": "q", "options": ["a", "b"]}, asked)
    {'en': 'Good or Fair', 'ja': 'Good・Fair'}
    """
    known = [
        option
        for question in asked
        if isinstance(question, dict) and question.get("id") == measure.get("question")
        for option in question.get("options", ())
        if isinstance(option, dict)
    ]
    labels = {o.get("id"): texts_of(o.get("label")) for o in known if isinstance(o.get("id"), str)}
    names = [str(id) for id in measure.get("options", ())]
    texts = [labels.get(id) or (id, id) for id in names]
    return {
        "en": " or ".join(text[0] for text in texts) or "?",
        "ja": "・".join(text[-1] for text in texts) or "?",
    }
