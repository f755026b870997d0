"""Every claim and its verdict at a glance."""

from __future__ import annotations

from collections import Counter
from math import isnan
from typing import TYPE_CHECKING, Any

from alumnistats.claims import VERDICT_LABELS, Range, range_text
from alumnistats.figures.captions import sample_text
from alumnistats.style import (
    DOUBLE,
    HEADING,
    SINGLE,
    VERDICTS,
    axis_label,
    label_rows,
    legend_below,
    level_text,
    shown_axes,
    source_line,
    styled,
    title,
)

if TYPE_CHECKING:
    from alumnistats.figures.records import Analyzed

ROW, NARROW_ROW = 0.3, 0.42  # inches: a claim, in two columns and in one
FRAME = 1.15 + HEADING  # inches around the claims
SHARE = 0.58  # of the panel that claims may take
LINES = 4  # of a claim's text at most
PROBABILITY = ("probability", "probability_lower", "probability_upper")  # columns of claims
NOWHERE = -0.24  # where a claim without a probability stands
TEXT = {
    "claims": {
        "en": "Of {n} claims {supported} are supported and {contradicted} contradicted",
        "ja": "{n}件の主張のうち、支持されるのは{supported}件、矛盾するのは{contradicted}件",
    },
    "about": {
        "en": "Verdict and posterior probability of each claim, needed (dashed): {level}; {sample}",
        "ja": "主張ごとの判定と事後確率（破線は支持に必要な{level}）（{sample}）",
    },
    "probability": {"en": "Posterior probability of the claim", "ja": "主張が正しい事後確率"},
    "none": {"en": "no value", "ja": "値なし"},
}


def height(analysis: Analyzed, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    row = ROW if width > 1.3 * SINGLE else NARROW_ROW
    return FRAME + 0.3 * (width < DOUBLE) + row * len(analysis.claims)


def plot_claims(analysis: Analyzed, ax: Any = None, lang: str = "en") -> Any:
    """Draw every claim: its verdict as colour and shape, its posterior probability as the place.

    Claims of whose probability no value is known stand left of the axis; a line joins its bounds.

    Parameters
    ----------
    analysis : Analysis or SavedAnalysis
    ax, lang
        As for `plot_forest`, like the axes that are returned.

    Examples
    --------
    >>> import alumnistats as al
    >>> plot_claims(al.analyze("america-1992", draws=100)).get_xlabel()
    'Posterior probability of the claim'
    """
    order = list(VERDICT_LABELS)
    judged = analysis.claims.sort_values(
        "verdict", key=lambda verdicts: verdicts.map(order.index), kind="stable"
    )
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(analysis, DOUBLE)) if ax is None else ax
        ax.set_xlim(1.5 * NOWHERE, 1.04)
        ax.set_ylim(len(judged) - 0.4, -0.6)
        ax.axvline(0, color="0.7", lw=0.6, zorder=0)
        reached = (1 + analysis.level) / 2  # from where a claim's opposite is excluded
        ax.axvline(reached, color="0.4", lw=0.8, ls="--", zorder=1)
        handles: dict[str, Any] = {}
        shown_columns = judged[["verdict", *PROBABILITY]].to_numpy()
        for row, (verdict, value, *ends) in enumerate(shown_columns):
            colour, marker, fill = VERDICTS[verdict]
            if isnan(value) and not isnan(ends[0]) and range_text(Range(*ends)):
                ax.plot(ends, [row, row], "|-", color=colour, lw=1.2, ms=5)
            ax.axhspan(row - 0.42, row + 0.42, color=colour, alpha=0.18, lw=0)
            (shown,) = ax.plot(
                [NOWHERE if isnan(value) else value], [row], marker, color=colour, mfc=fill,
                mec="black" if fill == colour else colour, mew=0.5 if fill == colour else 1.3,
                ms=5.5, ls="none", label=VERDICT_LABELS[verdict][lang],
            )  # fmt: skip
            handles.setdefault(verdict, shown)
        label_rows(ax, range(len(judged)), judged[f"claim_{lang}"].tolist(), SHARE, LINES)
        ax.set_xticks([NOWHERE, 0, 0.5, 1], [TEXT["none"][lang], "0", "0.5", "1"])
        axis_label(ax, TEXT["probability"][lang], SHARE)
        count = Counter(judged["verdict"])
        found = {name: count[name] for name in ("supported", "contradicted")}
        about = {"level": level_text(reached), "sample": sample_text(analysis.survey, lang)}
        title(
            ax,
            TEXT["claims"][lang].format(n=len(judged), **found),
            TEXT["about"][lang].format(**about),
        )
        source_line(ax, analysis.survey.credit(lang))
        legend_below(ax, 4, list(handles.values()))
    return ax
