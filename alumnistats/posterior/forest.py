"""The forest plot of one fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.style import shown_axes, styled

if TYPE_CHECKING:
    from alumnistats.posterior.fit import Fit

AXIS = {"en": "Share, {level:.0%} interval", "ja": "割合({level:.0%}区間)"}


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
        Text of each group id.

    Returns
    -------
    Axes
    """
    from matplotlib.ticker import PercentFormatter

    with styled(lang, ax):
        ax = shown_axes(6.0, 4.2) if ax is None else ax
        table = fit.summary().sort_values("median")
        rows = np.arange(len(table))
        ax.hlines(rows, table["lower"], table["upper"], color="#0072B2", lw=2)
        ax.plot(table["median"], rows, "o", color="#0072B2", ms=5)
        text = labels or {}
        ax.set_yticks(rows, [text.get(g, g) for g in table["group"]])
        ax.set_xlabel(AXIS[lang].format(level=fit.level))
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        ax.grid(axis="x", color="0.9")
        ax.set_axisbelow(True)
    return ax
