"""The shrinkage plot: what pooling does to each group's raw share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.style import shown_axes, styled

if TYPE_CHECKING:
    from alumnistats.posterior.fit import Fit

WORDS = {
    "en": ("raw share", "pooled share", "mean of all groups", "Share"),
    "ja": ("標本の割合", "部分プーリング後の割合", "全グループの平均", "割合"),
}


def plot_shrinkage(
    fit: Fit, ax: Any = None, lang: str = "en", labels: Mapping[str, str] | None = None
) -> Any:
    """Draw an arrow from each group's raw share to its posterior mean, by size of the sample.

    Small samples lie at the bottom, where the arrows are longest.

    Parameters
    ----------
    fit : Fit
    ax : matplotlib Axes, optional
        A new figure's when omitted.
    lang : {"en", "ja"}
    labels : dict, optional
        Text of each group id.

    Returns
    -------
    Axes
    """
    from matplotlib.ticker import PercentFormatter

    with styled(lang, ax):
        ax = shown_axes(6.0, 4.2) if ax is None else ax
        size = fit.weight @ fit.solutions.n
        raw = fit.weight @ (fit.solutions.k / np.maximum(fit.solutions.n, 1))
        pooled = fit.summary()["mean"].to_numpy()
        order = np.lexsort((raw, size))
        rows = np.arange(len(order))
        raw_word, pooled_word, mean_word, axis = WORDS[lang]
        ax.axvline(pooled.mean(), color="0.6", ls=":", label=mean_word)
        ax.hlines(rows, raw[order], pooled[order], color="0.6", lw=1.5)
        ax.plot(raw[order], rows, "o", mfc="white", mec="#D55E00", ms=6, label=raw_word)
        ax.plot(pooled[order], rows, "o", color="#0072B2", ms=5, label=pooled_word)
        text = labels or {}
        names = [text.get(fit.groups[g], fit.groups[g]) for g in order]
        sizes = np.round(size[order]).astype(int)
        ax.set_yticks(rows, [f"{name} ({n})" for name, n in zip(names, sizes, strict=True)])
        ax.set_xlabel(axis)
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        ax.grid(axis="x", color="0.9")
        ax.set_axisbelow(True)
        ax.legend(loc="lower center", bbox_to_anchor=(0.3, 1.0), ncols=2, frameon=False, fontsize=8)
    return ax
