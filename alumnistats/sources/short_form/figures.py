"""Tables of figures, as the figures and rankings of format 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alumnistats.sources.ids import RESERVED_IN_TABLES
from alumnistats.sources.short_form.entries import dotted_in
from alumnistats.sources.short_form.names import (
    Entry,
    Said,
    Shares,
    dotted,
    find,
    is_id,
    reserved,
    resolve,
)
from alumnistats.sources.short_form.rankings import rankings_of
from alumnistats.survey import OVERALL

_A_TABLE = 'a table of figures by group, as in { overall = "47.8", energy = "40.9" }'


@dataclass(slots=True)
class Printed:
    """What tables of figures state.

    Attributes
    ----------
    percents : mapping
        Of each share, by group, wherever they stand; None where only a count is printed.
    figures : list of dict
    rankings : list of (int, str, dict, object)
        Where each stands among the rankings (of groups, of options among all respondents, of
        options in one group), its key, the ranking, and the claims that it is to make.
    """

    percents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    figures: list[Entry] = field(default_factory=list)
    rankings: list[tuple[int, str, Entry, Any]] = field(default_factory=list)


def read_tables(
    tables: Mapping[str, Any], groups: Mapping[str, str], shares: Shares, said: Said
) -> Printed:
    """Return what the tables under ``[figures]`` state.

    Parameters
    ----------
    tables : mapping
        Of a share, by group; or of a question, by group and then by option.
    groups : mapping
        Ids of groups by what they may be called.
    shares : Shares
    said : Said
    """
    groups = {**groups, OVERALL: OVERALL}
    printed = Printed(_percents(tables, groups, shares))
    _refuse_reserved(groups.values(), "groups", said)
    for key, value in tables.items():
        path = dotted("figures", key)
        of = shares.known(key, path, said)
        if of in shares.options:
            _question(of, path, value, groups, shares, said, printed)
        elif of is not None:
            table = {OVERALL: value} if isinstance(value, str) else value
            _share(of, path, table, groups, said, printed)
    return printed


def _percents(
    tables: Mapping[str, Any], groups: Mapping[str, str], shares: Shares
) -> dict[str, dict[str, Any]]:
    """Return the percentages of each share, by group, in whichever table they stand."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in tables.items():
        of = shares.find(key)
        table = value if isinstance(value, dict) else {}
        names = shares.options.get(of) if isinstance(of, str) else None
        for group, cell in table.items():
            if group in RESERVED_IN_TABLES:
                continue
            if names is None:
                _keep(found, of, find(groups, group), _percent(cell))
                continue
            for option, one in (cell if isinstance(cell, dict) else {}).items():
                if option not in RESERVED_IN_TABLES:
                    share = f"{of}:{find(names, option)}"
                    _keep(found, share, find(groups, group), _percent(one))
    return found


def _keep(found: dict[str, dict[str, Any]], of: str, group: str, percent: Any) -> None:
    if is_id(group):
        found.setdefault(of, {})[group] = percent


def _refuse_reserved(ids: Iterable[str], section: str, said: Said) -> None:
    for id in reserved(dict.fromkeys(ids)):
        keys = ", ".join(RESERVED_IN_TABLES)
        expected = f"another id: {keys} are keys of tables of figures"
        said.refuse(section, id, expected, "Or head each figure with [[figures]].")


def _share(
    of: str, path: str, table: Any, groups: Mapping[str, str], said: Said, printed: Printed
) -> None:
    """Read the figures of a measure or an option, by group."""
    if not isinstance(table, dict):
        said.refuse(path, table, _A_TABLE)
        return
    cells = _cells(table, path, groups, said, "a group")
    percents = {id: p for id, p in printed.percents.get(of, {}).items() if id != OVERALL}
    ranked = rankings_of(table, path, percents, _without_overall(groups), said)
    printed.rankings += [(0, key, {"of": of, **ranking}, claims) for key, ranking, claims in ranked]
    places = _places([ranking for _, ranking, _ in ranked])
    for id, (key, cell) in cells.items():
        at = places.get(id, table.get("at"))
        _figure({"of": of, "group": id}, "group", key, path, cell, at, said, printed)


def _without_overall(groups: Mapping[str, str]) -> dict[str, str]:
    return {name: id for name, id in groups.items() if id != OVERALL}


def _question(
    of: str, path: str, table: Any, groups: Mapping[str, str], shares: Shares, said: Said,
    printed: Printed,
) -> None:  # fmt: skip
    """Read the figures of a question, by group and then by option."""
    expected = "a table of groups, each with its answers, as in " + _example(shares.options[of])
    if not isinstance(table, dict):
        said.refuse(path, table, expected)
        return
    names = shares.options[of]
    _refuse_reserved(names.values(), dotted("questions", of), said)
    for key in [key for key in table if key in RESERVED_IN_TABLES and key != "at"]:
        hint = f"Put {key} into the table of the group: [{path}.{OVERALL}]."
        said.refuse(dotted_in(path, key), table[key], "a group, or at", hint)
    rows = {key: row for key, row in table.items() if key not in RESERVED_IN_TABLES}
    for group, (key, row) in _cells(rows, path, groups, said, "a group").items():
        here = dotted_in(path, key)
        if not isinstance(row, dict):
            said.refuse(here, row, f"answers of {of}, as in {_answers(names)}")
            continue
        row = {"at": table["at"], **row} if "at" in table else row
        cells = _cells(row, here, names, said, f"an option of {of}")
        percents = {
            id: printed.percents[f"{of}:{id}"][group]
            for id in names.values()
            if group in printed.percents.get(f"{of}:{id}", {})
        }
        within = {} if group == OVERALL else {"group": group}
        ranked = rankings_of(row, here, percents, names, said)
        kind = 1 if group == OVERALL else 2
        printed.rankings += [
            (kind, where, {"of": of, **ranking, **within}, claims)
            for where, ranking, claims in ranked
        ]
        places = _places([ranking for _, ranking, _ in ranked])
        for id, (name, cell) in cells.items():
            known = {"of": f"{of}:{id}", "group": group}
            _figure(known, "of", name, here, cell, places.get(id, row.get("at")), said, printed)
            said.keys["figures", len(printed.figures) - 1, "group"] = here


def _example(names: Mapping[str, str]) -> str:
    return f"{{ {OVERALL} = {_answers(names)} }}"


def _answers(names: Mapping[str, str]) -> str:
    option = next(iter(names.values()), "yes")
    return f'{{ {dotted(option)} = "47.8" }}'


def _cells(
    table: Mapping[str, Any], path: str, names: Mapping[str, str], said: Said, what: str
) -> dict[str, tuple[str, Any]]:
    """Return the cells of a table by id, each with its key; refuse what is no id and no name."""
    found: dict[str, tuple[str, Any]] = {}
    for key, cell in table.items():
        if key in RESERVED_IN_TABLES:
            continue
        id = resolve(names, key, path, what, said)
        if id in found:
            said.refuse(dotted_in(path, key), key, f"each once; {found[id][0]} is the same")
        elif id is not None:
            found[id] = (key, cell)
    return found


def _percent(cell: Any) -> Any:
    return cell.get("percent") if isinstance(cell, dict) else cell


def _places(rankings: Sequence[Entry]) -> dict[str, Any]:
    """Return where the figures of ranked groups stand: at the ranking that lists them."""
    found: dict[str, Any] = {}
    for ranking in rankings:
        for place in ranking["places"]:
            for id in place:
                if isinstance(id, str) and "at" in ranking:
                    found.setdefault(id, ranking["at"])
    return found


def _figure(
    known: Entry, named: str, key: str, path: str, cell: Any, at: Any, said: Said, printed: Printed
) -> None:
    """Add a figure; `named` is the key of format 1 that the figure's own key stands for."""
    here = dotted_in(path, key)
    stated = cell if isinstance(cell, dict) else {"percent": cell}
    for other in [name for name in ("of", "group") if name in stated]:
        said.refuse(dotted_in(here, other), stated[other], "percent, count, n or at")
    place = {} if at is None or "at" in stated else {"at": at}
    loc = ("figures", len(printed.figures))
    said.keys[loc] = said.keys[(*loc, named)] = here
    said.keys[(*loc, "group" if named == "of" else "of")] = path
    if not isinstance(cell, dict):
        said.keys[(*loc, "percent")] = here
    if place:
        said.keys[(*loc, "at")] = dotted_in(path, "at")
    printed.figures.append({**stated, **known, **place})
