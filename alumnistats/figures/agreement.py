"""How figures pin the sample sizes: what each size can show, and how probable it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.figures.captions import sample_text
from alumnistats.figures.labels import group_labels
from alumnistats.figures.sizes import size_text
from alumnistats.style import (
    BLUE,
    DOUBLE,
    HEADING,
    axis_label,
    label_rows,
    legend_below,
    shown_axes,
    small,
    source_line,
    styled,
    title,
)

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.figures.records import Analyzed

ROW, FRAME = 0.3, 1.35 + HEADING  # inches: a group, and what is around the groups
STRIP = (0.2, 0.44)  # of a row, from its middle down: the shades of agreement
BARS = 0.62  # height of the most probable size's bar, in rows
BEYOND = 0.3  # of the intervals' range: how far the axis goes beyond them
FEWEST = 15  # sizes to either side of the intervals that are always shown
EVERY, SOME = "0.3", "0.8"  # shades: all figures, some; none is white
THIN = 110  # bars side by side that can still be seen each
TEXT = {
    "title": {
        "en": "The published percentages rule out {share:.0%} of these sizes",
        "ja": "公表された割合により、図の標本サイズの{share:.0%}が除外される",
    },
    "none": {
        "en": "No percentage by group is published: the total alone tells sizes",
        "ja": "グループ別の割合の公表がなく、標本サイズは総数だけから推定される",
    },
    "subtitle": {
        "en": "Which sizes can show a group's figures, and how probable each is; {sample}",
        "ja": "各グループの公表値と整合する標本サイズと、その確率（{sample}）",
    },
    "size": {"en": "Respondents of the group", "ja": "グループの回答者数"},
    "posterior": {"en": "posterior probability", "ja": "事後確率"},
    "every": {"en": "size that can show every figure", "ja": "すべての数値と整合"},
    "some": {"en": "size that can show some of them", "ja": "一部の数値と整合"},
}


def height(analysis: Analyzed, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    return FRAME + 0.2 * (width < DOUBLE) + ROW * len(analysis.survey.groups)


def plot_agreement(analysis: Analyzed, ax: Any = None, lang: str = "en") -> Any:
    """Draw, for every group, which sizes can show its figures, and the posterior of its size.

    A strip is dark at the sizes from which every figure of the group can come under one rounding
    rule, light where some can; a group without figures has no strip. Bars over it are the posterior
    probabilities, all to one scale; on the right stands the most probable size.

    Parameters
    ----------
    analysis : Analysis or SavedAnalysis
    ax, lang
        As for `plot_forest`, like the axes that are returned.

    Examples
    --------
    >>> import alumnistats as al
    >>> plot_agreement(al.analyze("america-1992", draws=100)).get_xlabel()
    'Respondents of the group'
    """
    low, high = shown_sizes(analysis.sample_sizes)
    table = analysis.agreement
    table = table[table["n"].between(low, high)]
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(analysis, DOUBLE)) if ax is None else ax
        labels = group_labels(analysis, lang)
        most = float(table["probability"].max())  # missing where sizes are not recovered
        for row, (_, group) in enumerate(table.groupby("group", sort=False)):
            _draw_group(ax, row, group, most)
        groups = len(labels)
        ax.set_xlim(low - 1, high + 1)
        ax.set_ylim(groups - 0.4, -0.6)
        label_rows(ax, range(groups), list(labels.values()))
        axis_label(ax, TEXT["size"][lang])
        title(
            ax,
            finding(table, lang),
            TEXT["subtitle"][lang].format(sample=sample_text(analysis.survey, lang)),
        )
        source_line(ax, analysis.survey.credit(lang))
        _name_sizes(ax, analysis.sample_sizes, lang)
        _legend(ax, lang)
    return ax


def finding(shown: pd.DataFrame, lang: str) -> str:
    """Return how many of the sizes shown cannot have all figures of their group."""
    printed = shown[shown["figures"] > 0]
    if printed.empty:
        return TEXT["none"][lang]
    return TEXT["title"][lang].format(share=(printed["agreeing"] < printed["figures"]).mean())


def shown_sizes(sizes: pd.DataFrame) -> tuple[int, int]:
    """Return the first and last size of the axis: the intervals, and something beyond."""
    ends = sizes[["lower", "upper"]].dropna()
    low, high = (int(ends["lower"].min()), int(ends["upper"].max())) if len(ends) else (1, 1)
    beyond = max(int(BEYOND * (high - low)), FEWEST)
    return max(low - beyond, 1), high + beyond


def _draw_group(ax: Any, row: int, group: pd.DataFrame, most: float) -> None:
    n = group["n"].to_numpy()
    figures = int(group["figures"].iloc[0])
    if figures:
        agreeing = group["agreeing"].to_numpy()
        shades = np.select([agreeing == figures, agreeing > 0], [float(EVERY), float(SOME)], 1.0)
        extent = (n[0] - 0.5, n[-1] + 0.5, row + STRIP[1], row + STRIP[0])
        ax.imshow(shades[None, :], cmap="gray", vmin=0, vmax=1, aspect="auto", extent=extent,
                  interpolation="nearest", zorder=1)  # fmt: skip
    bars = BARS * group["probability"].to_numpy() / most
    there = bars > 0
    base = row + STRIP[0] - 0.02
    width = max(0.9, len(n) / THIN)
    ax.bar(n[there], -bars[there], bottom=base, width=width, color=BLUE, lw=0)
    ax.plot([n[0] - 0.5, n[-1] + 0.5], [base, base], color="0.6", lw=0.4, zorder=0)


def _name_sizes(ax: Any, sizes: pd.DataFrame, lang: str) -> None:
    """Write every group's most probable size, and its probability, right of its row."""
    place = {"xycoords": ax.get_yaxis_transform(), "va": "center", "fontsize": small()}
    step = max(round(len(sizes) / max(len(ax.get_yticks()), 1)), 1)  # as rows are named
    for row in range(0, len(sizes), step):
        text = size_text(sizes, row, lang).removeprefix("n = ")
        ax.annotate(text, (1.015, row), annotation_clip=False, **place)


def _legend(ax: Any, lang: str) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(color=BLUE, label=TEXT["posterior"][lang]),
        Patch(color=EVERY, label=TEXT["every"][lang]),
        Patch(color=SOME, label=TEXT["some"][lang]),
    ]
    legend_below(ax, 3, handles)
