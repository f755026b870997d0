"""Calibration curves: how far probabilities are from uniform, with their simultaneous band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alumnistats.simulation.bands import ecdf_band
from alumnistats.simulation.words import GROUPS, QUANTITIES
from alumnistats.style import (
    BLUE,
    DOUBLE,
    GREEN,
    GREY,
    HEADING,
    ORANGE,
    PINK,
    SKY,
    VERMILION,
    is_narrow,
    legend_below,
    level_text,
    shown_axes,
    small,
    source_line,
    styled,
    title,
    upright_label,
)

if TYPE_CHECKING:
    import pandas as pd

STYLES = {
    "size": (BLUE, "o"),
    "count": (ORANGE, "s"),
    "share": (GREEN, "^"),
    "rank": (VERMILION, "D"),
    "difference": (PINK, "v"),
    "rounding": (SKY, "P"),
    "subtotals": (GREY, "X"),
    "total": ("0.2", "*"),
}
"""Colour and marker of each quantity."""
POINTS = 6  # markers of a curve, about
HEIGHTS = (3.3 + HEADING, 3.9 + HEADING)  # inches, in two columns and in one
TEXT = {
    "title": {
        "en": "{k} of {n} curves stay inside the band of chance: the probabilities are about right",
        "ja": "{n}本の曲線のうち{k}本が偶然の帯に収まり、確率はおおむね正しい",
    },
    "outside": {
        "en": "{k} of {n} curves stay inside the band of chance",
        "ja": "{n}本の曲線のうち偶然の帯に収まるのは{k}本",
    },
    "subtitle": {
        "en": "Probability of less than the truth on {n:,} simulated releases, against uniform",
        "ja": "真値が既知の模擬調査{n:,}件での、真値未満の事後確率の分布と一様分布の差",
    },
    "source": {
        "en": "Source: releases simulated with alumnistats.",
        "ja": "出典：alumnistatsによる模擬調査。",
    },
    "x": {"en": "Probability of less than the truth", "ja": "真値未満の事後確率"},
    "y": {"en": "Share of releases below, minus expected", "ja": "下回る調査の割合 − 期待値"},
    "band": {"en": "{level} band of one curve", "ja": "1本の曲線の{level}帯"},
}


def height(_values: object, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    return HEIGHTS[width < DOUBLE]


def plot_calibration(
    values: pd.DataFrame, ax: Any = None, lang: str = "en", level: float = 0.95
) -> Any:
    """Draw, for every quantity, the empirical distribution of its probabilities minus uniform.

    Dashed lines with hollow markers are groups whose share is not published, solid lines are the
    others. The band is that of the curve with the fewest releases: the widest.

    Parameters
    ----------
    values : DataFrame
        ``Calibration.values``: release, quantity, groups, value.
    ax, lang
        As for `plot_forest`, like the axes that are returned.
    level : float
        Of the band, simultaneous over each curve.

    Examples
    --------
    >>> from alumnistats.simulation import Design, calibrate
    >>> found = calibrate(Design(groups=3, total=150), releases=2, draws=100)
    >>> plot_calibration(found.values).get_xlabel()
    'Probability of less than the truth'
    """
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, HEIGHTS[0]) if ax is None else ax
        curves = values.groupby(["quantity", "groups"])["value"]
        z, low, high = ecdf_band(int(curves.size().min()), level)
        label = TEXT["band"][lang].format(level=level_text(level))
        ax.fill_between(z, low - z, high - z, color="0.9", label=label)
        ax.axhline(0, color=GREY, lw=0.8)
        step, inside = max(len(z) // POINTS, 1), 0
        for i, (key, part) in enumerate(curves):
            quantity, unlisted = str(key[0]), key[1] == "unlisted"
            colour, marker = STYLES[quantity]
            curve = (part.to_numpy()[:, None] <= z).mean(axis=0) - z
            inside += bool(((curve >= low - z) & (curve <= high - z)).all())
            ax.plot(
                z, curve, color=colour, ls="--" if unlisted else "-", lw=1.2, ms=4,
                marker=marker, mfc="white" if unlisted else colour,
                markevery=((i * step) // len(curves), step),
                label=None if unlisted else QUANTITIES[quantity][lang],
            )  # fmt: skip
        for kind, line in (("listed", "-"), ("unlisted", "--")):
            ax.plot([], [], color="0.3", ls=line, label=GROUPS[kind][lang])
        ax.set_xlim(0, 1)
        ax.set_xlabel(TEXT["x"][lang])
        upright_label(ax, TEXT["y"][lang])
        found = {"k": inside, "n": len(curves)}
        kind = "title" if inside == len(curves) else "outside"
        releases = values["release"].nunique() if "release" in values else int(curves.size().max())
        title(ax, TEXT[kind][lang].format(**found), TEXT["subtitle"][lang].format(n=releases))
        source_line(ax, TEXT["source"][lang])
        if is_narrow(ax):
            legend_below(ax, 2)
        else:
            ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=small())
    return ax
