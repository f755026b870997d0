"""How often intervals hold the truth on simulated releases: naive ones against the package's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.simulation.words import GROUPS, METHODS
from alumnistats.style import (
    BLUE,
    DOUBLE,
    HEADING,
    VERMILION,
    axis_label,
    label_rows,
    legend_below,
    level_text,
    percent_axis,
    shown_axes,
    source_line,
    styled,
    title,
)

if TYPE_CHECKING:
    import pandas as pd

ROW, FRAME = 0.36, 1.2 + HEADING  # inches: a kind of groups, and what is around them
SHIFT = 0.15  # rows between the two methods
ERRORS = 1.96  # standard errors on either side
STYLES = {"alumnistats": (BLUE, "o"), "naive": (VERMILION, "s")}
"""Colour and marker of each method."""
TEXT = {
    "x": {"en": "Intervals that hold the true share", "ja": "真の割合を含む区間の割合"},
    "title": {
        "en": "Of {level} intervals for all groups {ours:.0%} hold the truth, of naive ones "
        "{theirs:.0%}",
        "ja": "{level}区間が真値を含む割合は{ours:.0%}、単純法では{theirs:.0%}",
    },
    "alone": {"en": "Coverage of {level} intervals", "ja": "{level}区間の被覆率"},
    "subtitle": {
        "en": "Intervals on simulated releases of known truth that hold it; {n:,} intervals, bars: "
        "95% confidence",
        "ja": "真値が既知の模擬調査で、真値を含む区間の割合（{n:,}区間、横棒は95%信頼区間）",
    },
    "source": {
        "en": "Source: releases simulated with alumnistats.",
        "ja": "出典：alumnistatsによる模擬調査。",
    },
    "nominal": {"en": "nominal level", "ja": "名目水準"},
}


def height(table: pd.DataFrame, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    return FRAME + 0.35 * (width < DOUBLE) + ROW * table["of"].nunique()


def headings(table: pd.DataFrame, level: float, lang: str) -> tuple[str, str]:
    """Return what the figure shows, and of how many intervals where the table says so."""
    every = table[table["of"] == "all"].set_index("method")["coverage"]
    if set(METHODS) <= set(every.index):
        found = {"ours": every["alumnistats"], "theirs": every["naive"]}
        text = TEXT["title"][lang].format(level=level_text(level), **found)
    else:
        text = TEXT["alone"][lang].format(level=level_text(level))
    if "intervals" not in table:
        return text, ""
    return text, TEXT["subtitle"][lang].format(n=int(table["intervals"].max()))


def plot_coverage(
    table: pd.DataFrame, ax: Any = None, lang: str = "en", level: float = 0.95
) -> Any:
    """Draw the coverage of each method's intervals, by the kind of groups, with its error.

    Parameters
    ----------
    table : DataFrame
        ``Calibration.coverage()``: method, of, coverage, coverage_error (proportions).
    ax, lang
        As for `plot_forest`, like the axes that are returned.
    level : float
        That the intervals were meant to have.

    Examples
    --------
    >>> from alumnistats.simulation import Design, calibrate
    >>> found = calibrate(Design(groups=3, total=150), releases=2, draws=100)
    >>> plot_coverage(found.coverage()).get_xlabel()
    'Intervals that hold the true share'
    """
    kinds = [kind for kind in GROUPS if kind in set(table["of"])]
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(table, DOUBLE)) if ax is None else ax
        ax.set_ylim(len(kinds) - 0.4, -0.6)
        ax.axvline(level, color="0.3", lw=0.9, ls="--", label=TEXT["nominal"][lang])
        for i, (method, (colour, marker)) in enumerate(STYLES.items()):
            mine = table[table["method"] == method].set_index("of")
            rows = [y for y, kind in enumerate(kinds) if kind in mine.index]
            part = mine.loc[[kinds[y] for y in rows]]
            ax.errorbar(
                part["coverage"], np.array(rows) + (2 * i - 1) * SHIFT,
                xerr=ERRORS * part["coverage_error"], fmt=marker, color=colour, ms=5, lw=1.2,
                label=METHODS[method][lang],
            )  # fmt: skip
        low = float((table["coverage"] - ERRORS * table["coverage_error"]).min())
        ax.set_xlim(min(low, level) - 0.03, 1.0)
        label_rows(ax, range(len(kinds)), [GROUPS[kind][lang] for kind in kinds])
        percent_axis(ax)
        axis_label(ax, TEXT["x"][lang])
        title(ax, *headings(table, level, lang))
        source_line(ax, TEXT["source"][lang])
        legend_below(ax, 3)
    return ax
