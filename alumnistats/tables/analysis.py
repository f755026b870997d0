"""An analysis on a terminal: sizes, rankings, claims."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alumnistats.claims import VERDICT_LABELS, range_text, tally
from alumnistats.display import probability_text
from alumnistats.tables.reconstruction import print_reconstruction
from alumnistats.tables.words import (
    CLAIM_MARGIN,
    COLOURS,
    WORDS,
    new_grid,
    rounded,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from alumnistats.analysis import Analysis


def _published_order(row: Mapping[Any, Any]) -> tuple[bool, float]:
    """Sort places from the top down, then from the bottom up; ranks where there are none."""
    if math.isnan(row["published_place"]):
        return False, row["expected"]
    lowest = row["published_from"] == "lowest"
    return lowest, -row["published_place"] if lowest else row["published_place"]


def _place(row: Mapping[Any, Any], lang: str) -> str:
    """Return a published place in words, or nothing where none is published."""
    if math.isnan(row["published_place"]):
        return ""
    end = WORDS["bottom" if row["published_from"] == "lowest" else "top"][lang]
    return f"{end} {int(row['published_place'])}"


def ranking_grid(analysis: Analysis, of: str, lang: str) -> RenderableType:
    """Return one measure's published places beside intervals and rank sets.

    Where the survey ranks nothing, as a table does not, every group has its line.
    """
    survey, level = analysis.survey, f"{analysis.level:.0%} {WORDS['interval'][lang]}"
    headers = [WORDS[w][lang] for w in ("place", "group", "share")]
    sets = {"en": "rank set (each / all)", "ja": "順位の範囲(個別/同時)"}[lang]
    grid = new_grid(
        survey.label(of, lang), [*headers, level, sets, WORDS["first"][lang]], right=(2, 5)
    )
    table = analysis.ranks[analysis.ranks["of"] == of]
    listed = table[table["method"] == "posterior"]
    if listed["published_place"].notna().any():
        listed = listed[listed["published_place"].notna()]
    rows = {(r["method"], r["group"]): r for r in table.to_dict("records")}
    shares = {r["group"]: r for r in analysis.pooled[of].summary().to_dict("records")}
    for row in sorted(listed.to_dict("records"), key=_published_order):
        one, every = (rows[kind, row["group"]] for kind in ("marginal", "simultaneous"))
        share = shares[row["group"]]
        grid.add_row(
            _place(row, lang),
            survey.label(row["group"], lang),
            rounded(share["median"]),
            f"{rounded(share['lower'])} - {rounded(share['upper'])}",
            f"{one['lower']}-{one['upper']} / {every['lower']}-{every['upper']}",
            probability_text(row["p_first"]),
        )
    for side, members in listed.groupby("published_from"):
        word = WORDS["bottom" if side == "lowest" else "top"][lang]
        grid.caption = (f"{grid.caption}; " if grid.caption else "") + (
            f"{word} {len(members)}: {WORDS['set'][lang]} "
            f"{probability_text(float(members['p_published_set'].iloc[0]))}"
        )
    return grid


def claims_grid(analysis: Analysis, lang: str, width: int) -> RenderableType:
    """Return every claim that statistics can judge, one a line of `width` columns, by verdict."""
    from rich.cells import cell_len
    from rich.text import Text

    grid = new_grid(
        WORDS["claims"][lang],
        [WORDS["verdict"][lang], WORDS["claim"][lang], "p", WORDS["probability"][lang]],
        right=(2, 3),
    )
    for column in grid.columns:
        column.no_wrap = True
    room = width - max(cell_len(label[lang]) for label in VERDICT_LABELS.values()) - CLAIM_MARGIN
    order = list(VERDICT_LABELS)
    found = tally(analysis.judged, analysis.level)
    grid.caption = {
        "en": f"distinct claims supported: {found.supported}; with p-values adjusted for the "
        f"number of distinct tests: {found.holm} (Holm), {found.bh} (Benjamini-Hochberg)",
        "ja": f"支持される主張(重複を除く)は{found.supported}件、検定の数についてp値を調整すると"
        f"{found.holm}件(ホルム法)、{found.bh}件(ベンジャミニ・ホッホベルグ法)",
    }[lang]
    for row in sorted(analysis.judged, key=lambda j: order.index(j.verdict)):
        if row.claim.kind == "statement":
            continue
        grounds = row.grounds
        claim = Text(row.claim.text.get(lang))
        claim.truncate(room, overflow="ellipsis")
        grid.add_row(
            Text(VERDICT_LABELS[row.verdict][lang], style=COLOURS[row.verdict]),
            claim,
            range_text(grounds.p),
            range_text(grounds.posterior),
        )
    return grid


def print_analysis(analysis: Analysis, console: Console, lang: str) -> None:
    """Print the summary that a busy reader needs: sizes, rankings, claims."""
    console.print(analysis.survey.title.get(lang), style="bold", highlight=False)
    print_reconstruction(analysis.reconstruction, console, lang)
    for of in analysis.ranked:
        console.print(ranking_grid(analysis, of, lang))
    if analysis.judged:
        console.print(claims_grid(analysis, lang, console.width))
