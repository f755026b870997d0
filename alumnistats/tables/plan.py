"""A plan on a terminal: power and needed respondents of every claim."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from alumnistats.tables.words import WORDS, new_grid, rounded
from alumnistats.tables.wrapping import print_sentences, room_beside, wrapped

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from alumnistats.analysis import Plan


def _count(value: float) -> str:
    if math.isnan(value):
        return ""
    return "∞" if math.isinf(value) else f"{value:,.0f}"


def _middle(low: float, high: float) -> str:
    """Return the range of sizes over the solutions; nothing where all need the same."""
    return "" if low == high else f"{_count(low)} - {_count(high)}"


def plan_grid(plan: Plan, lang: str, width: int) -> RenderableType:
    """Return every claim, whole, with its power now and the respondents it needs."""
    from rich.text import Text

    headers = ["claim", "power", "needed", "middle", "allocated"]
    assured = plan.plan["assured_limit"].notna().any()
    headers += ["assured"] if assured else []
    grid = new_grid(WORDS["plan"][lang], [WORDS[w][lang] for w in headers], right=(1, 2, 3, 4, 5))
    for column in grid.columns:
        column.no_wrap = True
    rows = []
    for row in plan.plan.to_dict("records"):
        best = _count(row["allocated_total"])
        total = _count(row["needed_total"]) + (f" / {best}" if best else "")
        middle = _middle(row["needed_low"], row["needed_high"])
        cells = [rounded(row["power"], 0), _count(row["needed_n"]), middle, total]
        rows.append([*cells, *([_count(row["assured_n"])] if assured else [])])
    room = room_beside([WORDS[word][lang] for word in headers[1:]], rows, width)
    for claim, cells in zip(plan.plan[f"claim_{lang}"], rows, strict=True):
        grid.add_row(Text(wrapped(claim, room)), *cells)
    return grid


def detectable_grid(plan: Plan, lang: str) -> RenderableType:
    """Return the smallest detectable difference of each measure, in percentage points."""
    headers = [WORDS[w][lang] for w in ("measure", "size", "share", "one", "pairs")]
    grid = new_grid(WORDS["detectable"][lang], headers, right=(1, 2, 3, 4))
    typical = plan.detectable[plan.detectable["group_a"].isna()]
    for row in typical.to_dict("records"):
        gaps = [f"{100 * row[kind]:.1f}" for kind in ("one_sided", "all_pairs")]
        label = plan.survey.label(row["of"], lang)
        grid.add_row(label, _count(row["n_a"]), rounded(row["base"]), *gaps)
    return grid


def print_plan(plan: Plan, console: Console, lang: str) -> None:
    """Print what settles each claim, and what this survey could have found."""
    console.print(plan_grid(plan, lang, console.width))
    print_sentences([WORDS["plan_note"][lang]], console, " ")
    console.print(detectable_grid(plan, lang))
