"""From the document of format 1 to the shortest one of format 2 that says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alumnistats.sources.ids import RESERVED_IN_TABLES, ids_of
from alumnistats.sources.short_form.claims import LISTED, default_id, is_whole, written
from alumnistats.sources.short_form.entries import label_of_answers
from alumnistats.sources.short_form.expand import SHORT, expand
from alumnistats.sources.short_form.names import Entry
from alumnistats.sources.short_form.rankings import ENDS, PARTS, claims_of, places_of
from alumnistats.sources.short_form.sentences import labels_of, sentence
from alumnistats.survey import OVERALL, Survey
from alumnistats.survey.fields import POOLED, ROUNDED

_DEFAULTS = {"overall_share": [POOLED], "adding_up": [ROUNDED]}
_SECTIONS = ("strata", "groups", "questions", "measures", "figures", "rankings", "claims")


@dataclass(frozen=True, slots=True)
class _Table:
    """Figures of a share by group, or of a question by group and then by option."""

    cells: Entry
    by_option: bool


def shorten(document: Mapping[str, Any]) -> Entry:
    """Return a document of format 2 that expands to the same survey.

    Parameters
    ----------
    document : mapping
        Of format 1, nothing wrong with it, as `Survey.model_dump` gives it in the mode of JSON.

    Returns
    -------
    dict
        Its keys in the order in which a file has them.
    """
    for form in (_with_tables, _with_lists):
        short = form(document)
        if _survey(expand(short).document) == _survey(document):
            return short
    return {**document, "format": SHORT}


def _survey(document: Mapping[str, Any]) -> Survey | None:
    try:
        return Survey.model_validate(document, by_alias=True, by_name=False)
    except ValueError:
        return None


def _with_lists(document: Mapping[str, Any]) -> Entry:
    """Return the short form whose figures and rankings are entries of their own."""
    short = _declared(document)
    short["figures"] = [dict(figure) for figure in document["figures"]]
    rankings = document.get("rankings", [])
    if rankings:
        short["rankings"] = [_ranking(ranking) for ranking in rankings]
    return short | _claims(document, document.get("claims", []), rankings)


def _ranking(ranking: Mapping[str, Any]) -> Entry:
    made = dict(ranking)
    if made.get("complete") is False:
        del made["complete"]
    return made


def _with_tables(document: Mapping[str, Any]) -> Entry:
    """Return the short form with a table of figures for each share, or each question."""
    short = _declared(document)
    tables = _tables(document)
    placed, others = _place_rankings(document, tables)
    emitted = [*(found[1] for found in placed), *others]
    if not tables or emitted != list(document.get("rankings", [])):
        return _with_lists(document)
    kept, rest = _kept_claims(document, [found[1] for found in placed])
    for (row, ranking), (every, parts) in zip(placed, kept, strict=True):
        _add_ranking(row, ranking, _ranked(document, ranking), None if every else parts)
    short["figures"] = {key: _finished(table) for key, table in tables.items()}
    if others:
        short["rankings"] = [_ranking(ranking) for ranking in others]
    return short | _claims(document, rest, document.get("rankings", []))


def _declared(document: Mapping[str, Any]) -> Entry:
    """Return everything but figures, rankings and claims."""
    short: Entry = {"format": SHORT}
    for key, value in document.items():
        if key in _SECTIONS or key == "format" or value == _DEFAULTS.get(key):
            continue
        short[key] = _text(value)
    source = {key: _text(value) for key, value in document["source"].items()}
    title = document["title"]["en"]
    if source.get("cite") == f"{source['publisher']}, {title}":
        del source["cite"]
    short["source"] = source
    for section, noun in (("strata", "stratum"), ("groups", "group")):
        if document.get(section):
            short[section] = _labelled(document[section], noun)
    short["questions"] = {q["id"]: _question(q) for q in document["questions"]}
    if document.get("measures"):
        asked = document["questions"]
        short["measures"] = {m["id"]: _measure(m, asked) for m in document["measures"]}
    return short


def _text(value: Any) -> Any:
    """Return a text as a string if it is the same in both languages."""
    if isinstance(value, Mapping) and set(value) == {"en", "ja"} and value["en"] == value["ja"]:
        return value["en"]
    return dict(value) if isinstance(value, Mapping) else value


def _labelled(entries: Sequence[Mapping[str, Any]], noun: str) -> Any:
    """Return labels whose ids follow from them, or a table by id."""
    labels = [_text(entry["label"]) for entry in entries]
    plain = all(isinstance(label, str) for label in labels)
    bare = all(set(entry) == {"id", "label"} for entry in entries)
    if plain and bare and ids_of(labels, noun) == [entry["id"] for entry in entries]:
        return labels
    return {entry["id"]: _one(entry) for entry in entries}


def _one(entry: Mapping[str, Any]) -> Any:
    label = _text(entry["label"])
    rest = {key: value for key, value in entry.items() if key not in ("id", "label")}
    return {"label": label, **rest} if rest else label


def _question(question: Mapping[str, Any]) -> Any:
    label, answers, base = _text(question["label"]), question["answers"], question["base"]
    options = _labelled(question["options"], "option")
    complete = question.get("complete", False)
    made: Entry = {} if label == question["id"] else {"label": label}
    if answers != ("single" if complete else "multiple"):
        made["answers"] = answers
    if base != ["all"]:
        made["base"] = base[0] if len(base) == 1 else base
    if complete:
        made["complete"] = True
    if not made and isinstance(options, list):
        return options
    return made | {"options": options}


def _measure(measure: Mapping[str, Any], asked: Sequence[Any]) -> Any:
    of = f"{measure['question']}:{'+'.join(measure['options'])}"
    if measure["label"] == label_of_answers(dict(measure), asked):
        return of
    return {"of": of, "label": _text(measure["label"])}


def _tables(document: Mapping[str, Any]) -> dict[str, _Table]:
    """Return figures by share, or by question and group; nothing if their order forbids it."""
    figures = document["figures"]
    ids = {group["id"] for group in document["groups"]}
    ids |= {option["id"] for question in document["questions"] for option in question["options"]}
    if ids & set(RESERVED_IN_TABLES):
        return {}
    ranked = {ranking["of"] for ranking in document.get("rankings", [])}
    tables: dict[str, _Table] = {}
    start = 0
    while start < len(figures):
        of = figures[start]["of"]
        alike = start
        while alike < len(figures) and figures[alike]["of"] == of:
            alike += 1
        asked = _end_of_rows(figures, start, ranked)
        by_option = asked > alike
        key, stop = (of.partition(":")[0], asked) if by_option else (of, alike)
        if key in tables:
            return {}
        run = figures[start:stop]
        cells = _rows(run) if by_option else {f["group"]: _cell(f) for f in run}
        tables[key] = _Table(cells, by_option=by_option)
        start = stop
    return tables


def _end_of_rows(figures: Sequence[Any], start: int, ranked: set[str]) -> int:
    """Return where the figures of a question end that go on group by group.

    A share by which groups are ranked has a table of its own for them.
    """
    question, colon, _ = figures[start]["of"].partition(":")
    seen: set[str] = set()
    last = ""
    stop = start
    while colon and stop < len(figures):
        of, group = figures[stop]["of"], figures[stop]["group"]
        if not of.startswith(f"{question}:") or (of in ranked and group != OVERALL):
            break
        if group in seen and group != last:
            break
        seen.add(group)
        last = group
        stop += 1
    return stop


def _rows(figures: Sequence[Mapping[str, Any]]) -> Entry:
    rows: Entry = {}
    for figure in figures:
        rows.setdefault(figure["group"], {})[figure["of"].partition(":")[2]] = _cell(figure)
    return rows


def _cell(figure: Mapping[str, Any]) -> Entry:
    return {key: value for key, value in figure.items() if key not in ("of", "group")}


def _place_rankings(
    document: Mapping[str, Any], tables: Mapping[str, _Table]
) -> tuple[list[tuple[Entry, Any]], list[Any]]:
    """Return rankings with the table that states each, in the order of reading, and the others."""
    questions = {question["id"] for question in document["questions"]}
    found: list[tuple[int, int, int, Entry, Any]] = []
    others = []
    order = list(tables)
    for ranking in document.get("rankings", []):
        of, group = ranking["of"], ranking.get("group")
        table = tables.get(of)
        row = None if table is None else table.cells
        if row is not None and of in questions:
            row = row.get(group or OVERALL)
        if row is None or group == OVERALL:
            others.append(ranking)
            continue
        kind = 0 if of not in questions else 2 if group else 1
        within = list(tables[of].cells).index(group or OVERALL) if of in questions else 0
        found.append((kind, order.index(of), within, row, ranking))
    found.sort(key=lambda one: one[:3])
    return [(row, ranking) for *_, row, ranking in found], others


def _kept_claims(
    document: Mapping[str, Any], rankings: Sequence[Any]
) -> tuple[list[tuple[bool, list[str]]], list[Any]]:
    """Return the claims that rankings make (all of them, or which), and the claims beyond."""
    labels = labels_of(document["groups"], document["questions"], document.get("measures", []))
    options = {q["id"]: [option["id"] for option in q["options"]] for q in document["questions"]}
    groups = [group["id"] for group in document["groups"]]
    claims = list(document.get("claims", []))
    kept = []
    for ranking in rankings:
        of_options = ranking["of"] in options
        every = options.get(ranking["of"], groups)
        by_itself = claims_of(ranking, None, every, of_options=of_options)
        parts = []
        for part, claim in claims_of(ranking, list(PARTS), every, of_options=of_options):
            if claims and claims[0] == claim | {"text": sentence(claim, labels)}:
                parts.append(part)
                claims.pop(0)
        kept.append((parts == [part for part, _ in by_itself], parts))
    return kept, claims


def _ranked(document: Mapping[str, Any], ranking: Mapping[str, Any]) -> dict[str, str]:
    """Return the percentages of what a ranking ranks, in the order of the file."""
    of, group = ranking["of"], ranking.get("group", OVERALL)
    figures = [figure for figure in document["figures"] if "percent" in figure]
    for question in (q for q in document["questions"] if q["id"] == of):
        known = {f["of"]: f["percent"] for f in figures if f["group"] == group}
        ids = [option["id"] for option in question["options"]]
        return {id: known[f"{of}:{id}"] for id in ids if f"{of}:{id}" in known}
    return {f["group"]: f["percent"] for f in figures if f["of"] == of and f["group"] != OVERALL}


def _add_ranking(
    row: Entry, ranking: Mapping[str, Any], known: Mapping[str, str], claims: list[str] | None
) -> None:
    """State a ranking in the table of its figures."""
    places, end = ranking["places"], ranking["from"]
    key = next(key for key, meant in ENDS.items() if meant == end)
    listed = sum(len(place) for place in places[:-1]) + 1
    try:
        told = places_of(known, listed, end) == places
    except ValueError:
        told = False
    short = listed if told else [place if len(place) > 1 else place[0] for place in places]
    stated: Entry = {"places": short}
    if ranking["complete"] is False:
        stated["complete"] = False
    if "at" in ranking:
        stated["at"] = ranking["at"]
    if claims is not None:
        stated["claims"] = claims
    row[key] = {**stated, "members": [one for place in places for one in place]}


def _finished(table: _Table) -> Any:
    """Return a table whose places in the source are said once."""
    if not table.by_option:
        return _row(table.cells, bare=True)
    rows = {group: _row(row) for group, row in table.cells.items()}
    common = {row.get("at") for row in rows.values()}
    if len(rows) > 1 and len(common) == 1 and None not in common:
        bare = {g: {k: v for k, v in row.items() if k != "at"} for g, row in rows.items()}
        return {"at": common.pop(), **bare}
    return rows


def _row(row: Entry, *, bare: bool = False) -> Any:
    """Return the figures of one share by groups, or of one group by options.

    With `bare`, a figure of all respondents and nothing else is a string.
    """
    lists = {key: row[key] for key in ENDS if key in row}
    cells = {key: cell for key, cell in row.items() if key not in lists}
    if bare and set(cells) == {OVERALL} and set(cells[OVERALL]) == {"percent"} and not lists:
        return cells[OVERALL]["percent"]
    everywhere = [*cells.values(), *lists.values()]
    at = _usual([one["at"] for one in everywhere]) if all("at" in o for o in everywhere) else None
    made: Entry = {} if at is None else {"at": at}
    stands: dict[str, str] = {}
    for key in [key for key in row if key in lists]:
        for member in lists[key]["members"]:
            if "at" in lists[key]:
                stands.setdefault(member, lists[key]["at"])
    for id, cell in cells.items():
        where = stands.get(id, at)
        rest = {k: v for k, v in cell.items() if k != "at" or v != where}
        made[id] = rest["percent"] if set(rest) == {"percent"} else rest
    for key, stated in lists.items():
        rest = {k: v for k, v in stated.items() if k != "members" and (k != "at" or v != at)}
        made[key] = rest["places"] if set(rest) == {"places"} else rest
    claims = [made[k].get("claims") if isinstance(made[k], dict) else None for k in lists]
    if claims and claims[0] is not None and all(one == claims[0] for one in claims):
        for key in lists:
            rest = {k: v for k, v in made[key].items() if k != "claims"}
            made[key] = rest["places"] if set(rest) == {"places"} else rest
        made["claims"] = claims[0]
    return made


def _usual(places: Sequence[str]) -> str | None:
    return Counter(places).most_common(1)[0][0] if places else None


def _claims(
    document: Mapping[str, Any], claims: Sequence[Mapping[str, Any]], rankings: Sequence[Any]
) -> Entry:
    """Return the claims of a file: lines where that is all that there is to say."""
    labels = labels_of(document["groups"], document["questions"], document.get("measures", []))
    made = [_claim(claim, n, labels, rankings) for n, claim in enumerate(claims)]
    return {"claims": made} if made else {}


def _claim(claim: Mapping[str, Any], number: int, labels: Any, rankings: Sequence[Any]) -> Any:
    said, kind = dict(claim), claim["kind"]
    text, at = said.pop("text"), said.pop("at", None)
    if said.get("differ") is False:
        del said["differ"]
    if said["id"] == default_id(claim, number):
        del said["id"]
    if kind == "threshold":
        line = written(claim)
        of_all = {"of_all": True} if said.get("of_all") else {}
        said = {key: said[key] for key in ("id",) if key in said} | {"says": line} | of_all
    elif kind == "statement":
        del said["kind"]
    else:
        said = _unless_published(said, rankings)
    if not (is_whole(claim) and text == sentence(dict(claim), labels)):
        said["text"] = _text(text)
    if at is not None:
        said["at"] = at[0] if len(at) == 1 else at
    return said["says"] if set(said) == {"says"} else said


def _unless_published(claim: Entry, rankings: Sequence[Any]) -> Entry:
    """Leave out who is listed where the published ranking of the same lists just them."""
    key = LISTED.get(claim["kind"])
    if key is None:
        return claim
    subject = (claim.get("of"), claim.get("from"), claim.get("group", OVERALL))
    for ranking in rankings:
        if (ranking["of"], ranking["from"], ranking.get("group", OVERALL)) == subject:
            places = ranking["places"]
            whole = places if key == "places" else [one for place in places for one in place]
            if claim[key] == whole:
                return {k: v for k, v in claim.items() if k != key}
            return claim
    return claim
