"""How often false claims are supported, on simulated releases of known truth, by kind of claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.claims.outcome import one_sided
from alumnistats.errors import ArgumentError
from alumnistats.simulation.verdicts import ALL, ALL_KINDS, CHOSEN, LEVEL, UNEQUAL_KIND
from alumnistats.style import (
    BLUE,
    DOUBLE,
    GREEN,
    HEADING,
    VERMILION,
    axis_label,
    label_rows,
    legend_below,
    percent_axis,
    shown_axes,
    source_line,
    styled,
    title,
)

if TYPE_CHECKING:
    import pandas as pd

ROW, FRAME = 0.36, 1.5 + HEADING  # inches: a kind of claim, and what is around them
SHIFT = 0.22  # rows between the sorts of claims
ROOM = 0.015  # of the axis, for points at none
FEWEST = 50  # false claims, below which their rate says too little to be drawn
KIND_LABELS: dict[str, dict[str, str]] = {
    "order of the top 3": {"en": "order of the top 3", "ja": "上位3の順序"},
    "set of the top 3": {"en": "set of the top 3", "ja": "上位3の顔ぶれ"},
    "first": {"en": "first", "ja": "1位"},
    "last": {"en": "last", "ja": "最下位"},
    "threshold, highest group": {
        "en": "highest group above a value", "ja": "最も高いグループが一定値以上"
    },
    "threshold, every group": {
        "en": "every group above a value", "ja": "どのグループも一定値以上"
    },
    "threshold, all": {"en": "all together above a value", "ja": "全体が一定値以上"},
    UNEQUAL_KIND: {
        "en": "the same, equal quotas of unequal groups",
        "ja": "同上（規模の異なるグループに均等割当）",
    },
    "difference": {"en": "difference of two groups", "ja": "2グループの差"},
    "ratio": {"en": "ratio of two groups", "ja": "2グループの比"},
    "most chosen answer": {"en": "most chosen answer", "ja": "最も多い回答"},
    "groups differ": {"en": "groups differ", "ja": "グループ間に差がある"},
    "groups within a margin": {
        "en": "groups within a margin", "ja": "グループ間の差が許容差以内"
    },
}  # fmt: skip
SORTS = dict(
    zip(
        CHOSEN,
        (
            (VERMILION, "s", {"en": "claims on its own figures", "ja": "自らの数値から選んだ主張"}),
            (BLUE, "o", {"en": "claims on an earlier survey's", "ja": "以前の調査から選んだ主張"}),
            (GREEN, "D", {"en": "claims just beyond the truth", "ja": "真値をわずかに外れた主張"}),
        ),
        strict=True,
    )
)
TEXT = {
    "x": {
        "en": "False claims that are supported",
        "ja": "誤った主張が「支持される」と判定された割合",
    },
    "title": {
        "en": "Of the false claims that releases make {share:.2%} are supported",
        "ja": "誤った主張が「支持される」と判定される割合は{share:.2%}",
    },
    "subtitle": {
        "en": "Claims of {n:,} simulated releases that are false of their population, by kind; "
        "bars: {level:.0%} confidence",
        "ja": "母集団が既知の模擬調査{n:,}件での、主張の種類ごとの割合"
        "（横棒は{level:.0%}信頼区間）",
    },
    "source": {
        "en": "Source: releases simulated with alumnistats.",
        "ja": "出典：alumnistatsによる模擬調査。",
    },
    "alpha": {"en": "level of the tests", "ja": "検定の水準"},
}


def _every(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rates over all cells, of kinds and sorts of which enough claims were false."""
    return table[(table["factor"] == ALL) & (table["claims"] - table["true"] >= FEWEST)]


def height(table: pd.DataFrame, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    return FRAME + 0.35 * (width < DOUBLE) + ROW * _every(table)["kind"].nunique()


def _headings(table: pd.DataFrame, lang: str) -> tuple[str, str]:
    """Return what is seen of the claims that releases make, and of how many releases."""
    once = table[(table["kind"] != UNEQUAL_KIND) & (table["chosen"] == CHOSEN[0])]
    false = once["claims"] - once["true"]
    share = float((once["false_supported"] * false).sum() / false.sum())
    text = TEXT["subtitle"][lang].format(n=int(table["claims"].max()), level=LEVEL)
    return TEXT["title"][lang].format(share=share), text


def plot_error_rates(
    table: pd.DataFrame, ax: Any = None, lang: str = "en", level: float = LEVEL
) -> Any:
    """Draw how often false claims are supported, by kind and by what they were chosen by.

    Rates of fewer than 50 false claims are left out.

    Parameters
    ----------
    table : DataFrame
        As from `simulation.verdicts.error_rates`.
    ax, lang
        As for `plot_forest`, like the axes that are returned.
    level : float
        Of the two-sided intervals shown beside verdicts.

    Raises
    ------
    ArgumentError
        If of no kind of claim enough were false.

    Examples
    --------
    >>> from alumnistats.simulation.verdicts import Verdict, error_rates
    >>> said = ("by its own figures", False, True, "supported", True, True, False)
    >>> said = [Verdict(i, "close", "quotas", "shares", "first", *said) for i in range(50)]
    >>> plot_error_rates(error_rates(said)).get_xlabel()
    'False claims that are supported'
    """
    every = _every(table)
    if every.empty:
        raise ArgumentError(
            "table",
            "fewer false claims of every kind",
            f"{FEWEST} or more: simulate more releases",
        )
    kinds = [kind for kind in ALL_KINDS if kind in set(every["kind"])]
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(table, DOUBLE)) if ax is None else ax
        ax.set_ylim(len(kinds) - 0.4, -0.6)
        ax.axvline(one_sided(level), color="0.3", lw=0.9, ls="--", label=TEXT["alpha"][lang])
        for i, (chosen, (colour, marker, name)) in enumerate(SORTS.items()):
            mine = every[every["chosen"] == chosen].set_index("kind")
            rows = [y for y, kind in enumerate(kinds) if kind in mine.index]
            part = mine.loc[[kinds[y] for y in rows]]
            rate = part["false_supported"].to_numpy()
            ends = (part["false_supported_lower"], part["false_supported_upper"])
            ax.errorbar(
                rate, np.array(rows) + (i - 1) * SHIFT, xerr=[abs(e - rate) for e in ends],
                fmt=marker, color=colour, ms=4, lw=1.1, label=name[lang],
            )  # fmt: skip
        ax.set_xlim(left=-ROOM * ax.get_xlim()[1])
        label_rows(ax, range(len(kinds)), [KIND_LABELS[kind][lang] for kind in kinds])
        percent_axis(ax)
        axis_label(ax, TEXT["x"][lang])
        title(ax, *_headings(every, lang))
        source_line(ax, TEXT["source"][lang])
        legend_below(ax, 2)
    return ax
