"""Ranks as a notebook shows them: a line a group, the sets of every method side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alumnistats.display.cards import card, rows_table
from alumnistats.display.words import said
from alumnistats.sensitivity.words import value_text

if TYPE_CHECKING:
    from alumnistats.ranking import RankTable


def ranks_card(result: RankTable, lang: str = "en") -> str:
    """Return the sets of each group by every method, in the order of the expected ranks."""
    methods = list(dict.fromkeys(result.table["method"]))
    columns = ["group", *methods, "expected", "p_first"]
    title = said("Ranks of {:,} groups; 1 is the largest", lang).format(len(result.groups))
    about = {name: value_text(value, lang) for name, value in result.about(lang).items()}
    facts = {**about, "level of the sets": result.level}
    return card(
        title, facts, rows_table(columns, _lines(result, methods, lang), lang=lang), lang=lang
    )


def _lines(result: RankTable, methods: list[str], lang: str) -> Iterator[list[Any]]:
    labels, sets_text = result.labels(lang), said("{} to {}", lang)
    rows = {(r["method"], r["group"]): r for r in result.table.to_dict("records")}

    def place(group: str) -> float:
        """Return the expected rank, or the middle of the sets where there is none."""
        mine = [rows[method, group] for method in methods if (method, group) in rows]
        known = [r["expected"] for r in mine if r["expected"] == r["expected"]]
        return known[0] if known else sum(r["lower"] + r["upper"] for r in mine) / (2 * len(mine))

    for group in sorted(result.groups, key=place):
        mine = [rows.get((method, group)) for method in methods]
        seen = next((r for r in mine if r and r["expected"] == r["expected"]), {})
        sets = ["" if r is None else sets_text.format(r["lower"], r["upper"]) for r in mine]
        yield [labels.get(group, group), *sets, seen.get("expected"), seen.get("p_first")]
