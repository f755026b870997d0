"""Every group's share with its interval: as published, by itself, and pooled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.analysis.pipeline import BESIDE
from alumnistats.figures.captions import overlapping, sample_text
from alumnistats.figures.labels import first_measure, group_labels
from alumnistats.style import (
    BLUE,
    DOUBLE,
    GREY,
    HEADING,
    ORANGE,
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

    from alumnistats.figures.records import Analyzed

ROW, FRAME = 0.29, 1.3 + HEADING  # inches: a group, and what is around the groups
LOWER = 0.27  # rows: how far a share by itself lies below the pooled one
TEXT = {
    "title": {
        "en": "{label}: {k} of {others} intervals reach that of the highest, {group}",
        "ja": "「{label}」：首位の「{group}」と区間が重なるのは、"
        "他の{others}グループのうち{k}グループ",
    },
    "all": {
        "en": "{label}: every interval reaches that of the highest, {group}",
        "ja": "「{label}」：どのグループの区間も、首位の「{group}」の区間と重なる",
    },
    "subtitle": {
        "en": "Share of each group with {level} intervals; {sample}",
        "ja": "各グループの割合と{level}区間（{sample}）",
    },
    "share": {"en": "Share", "ja": "割合"},
    "printed": {"en": "published share", "ja": "公表値"},
    "known": {"en": "{model}, {level} interval", "ja": "{model}、{level}区間"},
    "unlisted": {
        "en": "the same, share not published",
        "ja": "同上（割合は非公表）",
    },
    "raw": {"en": "no pooling, {level} interval", "ja": "プーリングなし、{level}区間"},
}
MODELS = {
    "partial-pooling": {"en": "partial pooling", "ja": "部分プーリング"},
    "beta-binomial": {"en": "beta-binomial pooling", "ja": "ベータ二項プーリング"},
    "complete-pooling": {"en": "complete pooling", "ja": "完全プーリング"},
    "no-pooling": {"en": "no pooling", "ja": "プーリングなし"},
}


def height(analysis: Analyzed, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    return FRAME + 0.35 * (width < DOUBLE) + ROW * len(analysis.survey.groups)


def plot_proportions(
    analysis: Analyzed, of: str | None = None, ax: Any = None, lang: str = "en"
) -> Any:
    """Draw every group's share: as published, estimated by itself, and pooled, with intervals.

    Hollow circles and dashed lines are groups whose share is not published.

    Parameters
    ----------
    analysis : Analysis or SavedAnalysis
    of : str, optional
        Measure or option; the first one that is ranked when omitted.
    ax, lang
        As for `plot_forest`, like the axes that are returned.

    Raises
    ------
    ArgumentError
        If groups are not compared on `of`.

    Examples
    --------
    >>> import alumnistats as al
    >>> plot_proportions(al.analyze("america-1992", draws=100), "vote:bush").get_xlabel()
    'Share'
    """
    of = first_measure(analysis, of)
    figures = {g: f for g, f in analysis.survey.figures_of(of).items() if f.percent is not None}
    table = analysis.shares(of).sort_values("median", ascending=False)
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(analysis, DOUBLE)) if ax is None else ax
        groups, labels = table["group"].tolist(), group_labels(analysis, lang)
        ax.set_ylim(len(groups) - 0.4, -0.6)
        if analysis.model != BESIDE:
            _draw_raw(ax, analysis, of, groups, lang)
        _draw_pooled(ax, analysis, table, np.array([g in figures for g in groups]), lang)
        printed = [(figures[g], y) for y, g in enumerate(groups) if g in figures]
        if printed:
            share = [figure.units / (100 * 10**figure.digits) for figure, _ in printed]
            ax.plot(share, [y for _, y in printed], "D", mfc="none", mec=VERMILION, ms=5.5,
                    label=TEXT["printed"][lang], zorder=4)  # fmt: skip
        label_rows(ax, range(len(groups)), [labels[g] for g in groups])
        percent_axis(ax)
        axis_label(ax, TEXT["share"][lang])
        found = {
            "label": analysis.survey.label(of, lang), "k": overlapping(table),
            "others": len(groups) - 1, "group": labels[groups[0]],
        }  # fmt: skip
        about = {"level": level_text(analysis.level), "sample": sample_text(analysis.survey, lang)}
        kind = "all" if len(groups) > 1 and found["k"] == len(groups) - 1 else "title"
        title(ax, TEXT[kind][lang].format(**found), TEXT["subtitle"][lang].format(**about))
        source_line(ax, analysis.survey.credit(lang))
        legend_below(ax, 2)
    return ax


def _draw_raw(ax: Any, analysis: Analyzed, of: str, groups: list[str], lang: str) -> None:
    table = analysis.shares(of, BESIDE).set_index("group").loc[groups]
    rows = np.arange(len(groups)) + LOWER
    label = TEXT["raw"][lang].format(level=level_text(analysis.level))
    ax.hlines(rows, table["lower"], table["upper"], color=GREY, lw=0.8)
    ax.plot(table["median"], rows, "|", color="0.35", ms=5, mew=1.0, zorder=2)
    ax.plot([], [], "|-", color=GREY, mec="0.35", lw=0.8, ms=5, label=label)


def _draw_pooled(
    ax: Any, analysis: Analyzed, table: pd.DataFrame, known: np.ndarray, lang: str
) -> None:
    rows = np.arange(len(table))
    model = MODELS[analysis.model][lang]
    for mask, name, colour, fill, line in (
        (known, "known", BLUE, BLUE, "-"),
        (~known, "unlisted", ORANGE, "white", (0, (3, 1))),
    ):
        if mask.any():
            part = table[mask]
            label = TEXT[name][lang].format(level=level_text(analysis.level), model=model)
            if name == "unlisted" and not known.any():
                label = TEXT["known"][lang].format(level=level_text(analysis.level), model=model)
            ax.hlines(rows[mask], part["lower"], part["upper"], color=colour, lw=1.8, ls=line)
            ax.plot(part["median"], rows[mask], "o", color=colour, mfc=fill, ms=4.5, zorder=3)
            ax.plot([], [], "o", color=colour, mfc=fill, ms=4.5, ls=line, lw=1.8, label=label)
