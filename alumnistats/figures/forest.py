"""The forest plot of one fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.style import (
    BLUE,
    DOUBLE,
    HEADING,
    axis_label,
    label_rows,
    level_text,
    percent_axis,
    shown_axes,
    styled,
    title,
)

if TYPE_CHECKING:
    from alumnistats.posterior import Fit

ROW, FRAME = 0.26, 0.8 + HEADING  # inches: a group, and what is around the groups
TEXT = {
    "title": {
        "en": "{label}: shares from {low:.0%} to {high:.0%}",
        "ja": "「{label}」：割合は{low:.0%}から{high:.0%}",
    },
    "subtitle": {
        "en": "Median and {level} interval of each of {k} groups, about {n:,} respondents",
        "ja": "{k}グループの割合の中央値と{level}区間（回答者約{n:,}人）",
    },
    "share": {"en": "Share", "ja": "割合"},
}


def names_of(fit: Fit, lang: str, labels: Mapping[str, str] | None) -> dict[str, str]:
    """Return the text of each group: as given, else as the survey has it."""
    given = labels or {}
    return {g: given.get(g, fit.solutions.label(g, lang)) for g in fit.groups}


def plot_forest(
    fit: Fit, ax: Any = None, lang: str = "en", labels: Mapping[str, str] | None = None
) -> Any:
    """Draw medians and equal-tailed intervals, the largest median on top.

    Parameters
    ----------
    fit : Fit
    ax : matplotlib Axes, optional
        A new figure's when omitted.
    lang : {"en", "ja"}
    labels : dict, optional
        Text of each group id; the survey's when omitted.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from alumnistats.posterior import estimate
    >>> from alumnistats.reconstruction import Solutions
    >>> fit = estimate(Solutions.known("yes", ("north", "south"), [90, 60], [40, 21]), "no-pooling")
    >>> [text.get_text() for text in plot_forest(fit).get_yticklabels()]
    ['north', 'south']
    """
    table = fit.summary().sort_values("median", ascending=False)
    rows, text = np.arange(len(table)), names_of(fit, lang, labels)
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, FRAME + ROW * len(rows)) if ax is None else ax
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.hlines(rows, table["lower"], table["upper"], color=BLUE, lw=1.8)
        ax.plot(table["median"], rows, "o", color=BLUE, ms=4.5)
        label_rows(ax, rows.tolist(), [text[g] for g in table["group"]])
        percent_axis(ax)
        axis_label(ax, TEXT["share"][lang])
        found = {"label": fit.solutions.label(fit.of, lang), "low": table["median"].min(),
                 "high": table["median"].max()}  # fmt: skip
        n = round(float(fit.weight @ fit.solutions.n.sum(axis=1)))
        about = {"level": level_text(fit.level), "k": len(rows), "n": n}
        title(ax, TEXT["title"][lang].format(**found), TEXT["subtitle"][lang].format(**about))
    return ax
