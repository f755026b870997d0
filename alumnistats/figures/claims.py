"""Every claim and its verdict at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alumnistats.claims import VERDICT_LABELS, range_text
from alumnistats.style import (
    DOUBLE,
    SINGLE,
    VERDICTS,
    axis_label,
    label_rows,
    legend_below,
    new_axes,
    styled,
    title,
)

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis

ROW, NARROW_ROW, FRAME = 0.22, 0.29, 1.1  # inches: a claim, in one and two columns; the rest
SHARE = 0.58  # of the panel that claims may take
NOWHERE = -0.24  # where a claim without a probability stands
TEXT = {
    "claims": {"en": "Verdicts on the release's claims", "ja": "主張の判定"},
    "probability": {"en": "Posterior probability of the claim", "ja": "主張が正しい事後確率"},
    "none": {"en": "no value", "ja": "値なし"},
}


def height(analysis: Analysis, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    row = ROW if width > 1.3 * SINGLE else NARROW_ROW
    return FRAME + 0.3 * (width < DOUBLE) + row * len(analysis.judged)


def plot_claims(analysis: Analysis, ax: Any = None, lang: str = "en") -> Any:
    """Draw every claim: its verdict as colour and shape, its posterior probability as the place.

    Claims of whose probability no value is known stand left of the axis; a line joins its bounds.

    Parameters
    ----------
    analysis : Analysis
    ax : matplotlib Axes, optional
        A new figure's when omitted.
    lang : {"en", "ja"}

    Returns
    -------
    Axes
    """
    order = list(VERDICT_LABELS)
    judged = sorted(analysis.judged, key=lambda j: order.index(j.verdict))
    with styled(lang, ax):
        ax = new_axes(DOUBLE, height(analysis, DOUBLE)) if ax is None else ax
        ax.set_xlim(1.5 * NOWHERE, 1.04)
        ax.set_ylim(len(judged) - 0.4, -0.6)
        ax.axvline(0, color="0.7", lw=0.6, zorder=0)
        handles: dict[str, Any] = {}
        for row, one in enumerate(judged):
            colour, marker, fill = VERDICTS[one.verdict]
            value = one.grounds.probability
            bounds = one.grounds.posterior
            if value is None and range_text(bounds) and bounds is not None:
                ax.plot([bounds.lower, bounds.upper], [row, row], "|-", color=colour, lw=1.2, ms=5)
            ax.axhspan(row - 0.42, row + 0.42, color=colour, alpha=0.18, lw=0)
            (shown,) = ax.plot(
                [NOWHERE if value is None else value], [row], marker, color=colour, mfc=fill,
                mec="black" if fill == colour else colour, mew=0.5 if fill == colour else 1.3,
                ms=5.5, ls="none", label=VERDICT_LABELS[one.verdict][lang],
            )  # fmt: skip
            handles.setdefault(one.verdict, shown)
        label_rows(ax, range(len(judged)), [j.claim.text.get(lang) for j in judged], SHARE)
        ax.set_xticks([NOWHERE, 0, 0.5, 1], [TEXT["none"][lang], "0", "0.5", "1"])
        axis_label(ax, TEXT["probability"][lang], SHARE)
        title(ax, TEXT["claims"][lang])
        legend_below(ax, 4, list(handles.values()))
    return ax
