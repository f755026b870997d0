"""The recovered sample sizes, with their intervals and probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.brief import probability_text
from alumnistats.figures.captions import sample_text
from alumnistats.figures.labels import group_labels
from alumnistats.style import (
    BLUE,
    DOUBLE,
    GREY,
    HEADING,
    axis_label,
    label_rows,
    level_text,
    shown_axes,
    small,
    source_line,
    styled,
    title,
)

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.figures.records import Analyzed

ROW, FRAME = 0.25, 0.9 + HEADING  # inches: a group, and what is around the groups
TEXT = {
    "size": {"en": "Respondents of the group", "ja": "グループの回答者数"},
    "withheld": {"en": "not recovered", "ja": "復元できず"},
    "title": {
        "en": "The figures tell {k} of {of} sample sizes with a probability above 95%",
        "ja": "公表値から、{of}グループのうち{k}グループの標本サイズが95%超の確率で定まる",
    },
    "mode": {"en": "n = {n} ({p})", "ja": "n = {n}（{p}）"},
    "subtitle": {
        "en": "Most probable size of each group, with its {level} interval; {sample}",
        "ja": "各グループの最も確からしい標本サイズと{level}区間（{sample}）",
    },
}
SURE = 0.95  # a size that is more probable counts as told


def height(analysis: Analyzed, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    return FRAME + (ROW if width >= DOUBLE else 0.22) * len(analysis.survey.groups)


def size_text(table: pd.DataFrame, row: int, lang: str) -> str:
    """Return a group's most probable size with its probability, or that it is not recovered."""
    if table["mode"].isna()[row]:
        return TEXT["withheld"][lang]
    shown = probability_text(table["probability"][row], table["error"][row])
    return TEXT["mode"][lang].format(n=table["mode"][row], p=shown)


def plot_sizes(analysis: Analyzed, ax: Any = None, lang: str = "en") -> Any:
    """Draw each group's sample size: most probable value, interval, and probability.

    Parameters
    ----------
    analysis : Analysis or SavedAnalysis
    ax, lang
        As for `plot_forest`, like the axes that are returned.

    Examples
    --------
    >>> import alumnistats as al
    >>> plot_sizes(al.analyze("america-1992", draws=100)).get_xlabel()
    'Respondents of the group'
    """
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(analysis, DOUBLE)) if ax is None else ax
        table, labels = analysis.sample_sizes, group_labels(analysis, lang)
        rows = np.arange(len(table))
        found = table[table["probability"].notna()]
        ax.set_ylim(len(rows) - 0.4, -0.6)
        lower, mode, upper = (found[name].astype(float) for name in ("lower", "mode", "upper"))
        ax.hlines(found.index, lower, upper, color=GREY, lw=3)
        ax.scatter(mode, found.index, color=BLUE, s=22, zorder=3)
        ax.set_xlim(0, 1.06 * max(upper.max(), mode.max()) if len(found) else 1)
        label_rows(ax, rows.tolist(), [labels[g] for g in table["group"]])
        step = round(len(rows) / max(len(ax.get_yticks()), 1))
        for y in rows[:: max(step, 1)]:
            text = size_text(table, y, lang)
            ax.annotate(text, (1.015, y), xycoords=ax.get_yaxis_transform(), va="center",
                        fontsize=small(), annotation_clip=False)  # fmt: skip
        axis_label(ax, TEXT["size"][lang])
        told = int((table["probability"] > SURE).sum())
        title(
            ax,
            TEXT["title"][lang].format(k=told, of=len(table)),
            TEXT["subtitle"][lang].format(
                level=level_text(analysis.level), sample=sample_text(analysis.survey, lang)
            ),
        )
        source_line(ax, analysis.survey.credit(lang))
    return ax
