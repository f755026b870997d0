"""Bounds on a terminal: lowest and highest possible sizes, counts and shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from alumnistats.tables.words import WORDS, Whole, new_grid, rounded
from alumnistats.tables.wrapping import print_sentences

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from alumnistats.identification import Bounds

TEXTS = {
    "sizes": {
        "en": "Possible sample sizes, whatever any prior says",
        "ja": "事前分布によらず可能な標本サイズ",
    },
    "counts": {
        "en": "Possible counts and shares of {of}",
        "ja": "「{of}」の可能な人数と割合",
    },
    "lowest": {"en": "Lowest", "ja": "最小"},
    "highest": {"en": "Highest", "ja": "最大"},
    "lowest share": {"en": "Lowest share", "ja": "最小の割合"},
    "highest share": {"en": "Highest share", "ja": "最大の割合"},
    "exact": {
        "en": "Each of them occurs in a solution that was checked; beyond them there is none.",
        "ja": "いずれの値も検証済みの解に現れ、これを超える解は存在しない。",
    },
    "open": {
        "en": "Not all are known exactly: {seconds:g} s did not suffice. No solution lies beyond "
        "what is shown after 'at least' and 'at most'; (in brackets: the last value that was found "
        "in one). More time: alumnistats bounds --time-limit.",
        "ja": "{seconds:g}秒では一部を確定できなかった。「以上」「以下」の値を超える解は存在しない"
        "（括弧内は解として見つかった値）。時間を延ばすにはalumnistats boundsで"
        "--time-limitを指定する。",
    },
    "largest": {
        "en": "No total is published: up to {largest:,} respondents in all were considered.",
        "ja": "総数が公表されていないため、全体で{largest:,}人までを検討した。",
    },
}


def _end(row: Mapping[Any, Any], name: str, *, share: bool, lang: str) -> str:
    """Return one end, with what was found in brackets where it is not exact."""
    prefix = "share_" if share else ""
    proved, found = row[f"{prefix}{name}"], row[f"{prefix}found_{name}"]
    if pd.isna(proved):
        return "-"
    shown = rounded(proved, 2) if share else f"{proved:,}"
    if proved == found:
        return shown
    text = {
        ("lower", "en"): f"at least {shown}",
        ("upper", "en"): f"at most {shown}",
        ("lower", "ja"): f"{shown}以上",
        ("upper", "ja"): f"{shown}以下",
    }[name, lang]
    if pd.isna(found):
        return text
    last = rounded(found, 2) if share else f"{found:,}"
    return f"{text} ({last})" if lang == "en" else f"{text}（{last}）"


def sizes_bounds_grid(found: Bounds, lang: str) -> RenderableType:
    """Return the table of sizes."""
    headers = [WORDS["group"][lang], TEXTS["lowest"][lang], TEXTS["highest"][lang]]
    grid = new_grid(TEXTS["sizes"][lang], headers, right=(1, 2))
    for row in found.sizes.to_dict("records"):
        ends = [_end(row, name, share=False, lang=lang) for name in ("lower", "upper")]
        grid.add_row(Whole(found.survey.label(row["group"], lang)), *ends)
    return grid


def counts_bounds_grid(found: Bounds, of: str, lang: str) -> RenderableType:
    """Return the table of counts and shares of one measure or option."""
    names = ("lowest", "highest", "lowest share", "highest share")
    headers = [WORDS["group"][lang], *(TEXTS[name][lang] for name in names)]
    title = TEXTS["counts"][lang].format(of=found.survey.label(of, lang))
    grid = new_grid(title, headers, right=(1, 2, 3, 4))
    for row in found.counts[found.counts["of"] == of].to_dict("records"):
        ends = [
            _end(row, name, share=share, lang=lang)
            for share in (False, True)
            for name in ("lower", "upper")
        ]
        grid.add_row(Whole(found.survey.label(row["group"], lang)), *ends)
    return grid


def print_bounds(found: Bounds, console: Console, lang: str) -> None:
    """Print all bounds, and how sure they are."""
    print_sentences([found.survey.title.get(lang)], console)
    console.print(sizes_bounds_grid(found, lang))
    for of in dict.fromkeys(found.counts["of"]):
        console.print(counts_bounds_grid(found, of, lang))
    notes = [] if found.largest is None else [TEXTS["largest"][lang].format(largest=found.largest)]
    last = "exact" if found.exact else "open"
    print_sentences([*notes, TEXTS[last][lang].format(seconds=found.seconds)], console)
