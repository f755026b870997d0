"""Ranks as a notebook shows them: a line a group, the sets of every method side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alumnistats.display.cards import card, rows_table

if TYPE_CHECKING:
    from alumnistats.ranking import RankTable


def ranks_card(result: RankTable) -> str:
    """Return the sets of each group by every method, in the order of the expected ranks."""
    methods = list(dict.fromkeys(result.table["method"]))
    columns = ["group", *methods, "expected", "p_first"]
    title = f"Ranks of {len(result.groups):,} groups; 1 is the largest"
    facts = {**result.about(), "level of the sets": result.level}
    return card(title, facts, rows_table(columns, _lines(result, methods)))


def _lines(result: RankTable, methods: list[str]) -> Iterator[list[Any]]:
    rows = {(r["method"], r["group"]): r for r in result.table.to_dict("records")}

    def place(group: str) -> float:
        """Return the expected rank, or the middle of the sets where there is none."""
        mine = [rows[method, group] for method in methods if (method, group) in rows]
        known = [r["expected"] for r in mine if r["expected"] == r["expected"]]
        return known[0] if known else sum(r["lower"] + r["upper"] for r in mine) / (2 * len(mine))

    for group in sorted(result.groups, key=place):
        mine = [rows.get((method, group)) for method in methods]
        seen = next((r for r in mine if r and r["expected"] == r["expected"]), {})
        sets = ["" if r is None else f"{r['lower']} to {r['upper']}" for r in mine]
        yield [group, *sets, seen.get("expected"), seen.get("p_first")]
