"""The shrinkage plot: what pooling does to each group's raw share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.figures.forest import names_of
from alumnistats.style import (
    BLUE,
    DOUBLE,
    HEADING,
    VERMILION,
    axis_label,
    label_rows,
    legend_below,
    percent_axis,
    shown_axes,
    styled,
    title,
)

if TYPE_CHECKING:
    from alumnistats.posterior import Fit

ROW, FRAME = 0.26, 1.1 + HEADING  # inches: a group, and what is around the groups
TEXT = {
    "title": {
        "en": "{label}: pooling moves a share by up to {most:.1f} points",
        "ja": "「{label}」：プーリングによる割合の変化は最大{most:.1f}ポイント",
    },
    "subtitle": {
        "en": "From the share in the sample to the posterior mean; smallest samples below, "
        "respondents in brackets",
        "ja": "標本の割合から事後平均への変化（標本の小さいグループほど下、括弧内は回答者数）",
    },
    "raw": {"en": "share in the sample", "ja": "標本の割合"},
    "pooled": {"en": "pooled share", "ja": "プーリング後の割合"},
    "mean": {"en": "mean of all groups", "ja": "全グループの平均"},
    "row": {"en": "{name} ({n:,})", "ja": "{name}（{n:,}）"},
    "share": {"en": "Share", "ja": "割合"},
}


def plot_shrinkage(
    fit: Fit, ax: Any = None, lang: str = "en", labels: Mapping[str, str] | None = None
) -> Any:
    """Draw a line from each group's raw share to its posterior mean, by size of the sample.

    Small samples lie at the bottom, where the lines are longest.

    Parameters
    ----------
    fit : Fit
    ax, lang, labels
        As for `plot_forest`, like the axes that are returned.

    Examples
    --------
    >>> from alumnistats.posterior import estimate
    >>> from alumnistats.reconstruction import Solutions
    >>> fit = estimate(Solutions.known("yes", ("north", "south"), [90, 60], [40, 21]))
    >>> plot_shrinkage(fit).get_xlabel()
    'Share'
    """
    size = fit.weight @ fit.solutions.n
    raw = fit.weight @ (fit.solutions.k / np.maximum(fit.solutions.n, 1))
    pooled = fit.summary()["mean"].to_numpy()
    order = np.lexsort((raw, size))
    rows, text = np.arange(len(order)), names_of(fit, lang, labels)
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, FRAME + ROW * len(rows)) if ax is None else ax
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.axvline(pooled.mean(), color="0.6", ls=":", label=TEXT["mean"][lang])
        ax.hlines(rows, raw[order], pooled[order], color="0.6", lw=1.5)
        ax.plot(raw[order], rows, "o", mfc="white", mec=VERMILION, ms=5, label=TEXT["raw"][lang])
        ax.plot(pooled[order], rows, "o", color=BLUE, ms=4.5, label=TEXT["pooled"][lang])
        sizes = np.round(size[order]).astype(int).tolist()
        names = [
            TEXT["row"][lang].format(name=text[fit.groups[g]], n=n)
            for g, n in zip(order.tolist(), sizes, strict=True)
        ]
        label_rows(ax, rows.tolist(), names)
        percent_axis(ax)
        axis_label(ax, TEXT["share"][lang])
        most = 100 * float(np.abs(raw - pooled).max())
        label = fit.solutions.label(fit.of, lang)
        title(ax, TEXT["title"][lang].format(label=label, most=most), TEXT["subtitle"][lang])
        legend_below(ax, 3)
    return ax
