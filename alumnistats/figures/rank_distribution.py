"""The picture of a rank distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.style import (
    VERMILION,
    axis_label,
    is_narrow,
    label_rows,
    legend_below,
    level_text,
    rank_ticks,
    shown_axes,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alumnistats.figures.records import SavedRanks
    from alumnistats.ranking import Ranks

BELOW, THICK = 0.52, 0.09  # inches of the bar of shades under narrow axes
SLIM = 0.03  # width of the bar beside others, of the axes
UNDER = 0.52  # inches from there to what follows the bar's label
MANY = 20  # groups from which shades follow the root of the probability
TIED = 9  # decimals: groups that only rounding errors tell apart stay in the survey's order
LABELS = {
    "rank": {"en": "Rank (1 = largest share)", "ja": "順位（1が最も高い）"},
    "probability": {"en": "Posterior probability", "ja": "事後確率"},
    "set": {
        "en": "{level} confidence sets, all ranks at once",
        "ja": "全順位同時の{level}信頼集合",
    },
}


def figure_size(groups: int) -> tuple[float, float]:
    """Return width and height in inches of a figure with a row for each group."""
    return 6.8, max(4.4, 1.6 + 0.19 * groups)


def explain_shades(ax: Any, image: Any, label: str) -> None:
    """Add a bar of shades: at the right, or below where the axes are narrow."""
    if is_narrow(ax):
        from matplotlib.transforms import ScaledTranslation, blended_transform_factory

        # Across: the axes; down: inches from their lower end, which a layout may move.
        below = ax.figure.dpi_scale_trans + ScaledTranslation(0, 0, ax.transAxes)
        place = blended_transform_factory(ax.transAxes, below)
        bar = ax.inset_axes((0, -BELOW, 1, THICK), transform=place)
        ax.figure.colorbar(image, cax=bar, label=label, orientation="horizontal")
    else:
        bar = ax.inset_axes((1.03, 0, SLIM, 1))
        ax.figure.colorbar(image, cax=bar, label=label)


def plot_rank_distribution(
    ranks: Ranks | SavedRanks,
    ax: Any = None,
    lang: str = "en",
    labels: Mapping[str, str] | None = None,
) -> Any:
    """Draw P(rank) as shades and the simultaneous confidence sets as brackets.

    Parameters
    ----------
    ranks : Ranks
    ax, lang, labels
        As for `plot_forest`, like the axes that are returned.
    """
    from matplotlib.colors import PowerNorm

    law = ranks.posterior.distribution
    order = np.argsort(np.round(ranks.posterior.expected, TIED), kind="stable")
    groups, text = len(order), labels or ranks.labels(lang)
    sets = ranks.table[ranks.table["method"] == "simultaneous"]
    with styled(lang, ax):
        ax = shown_axes(*figure_size(groups)) if ax is None else ax
        # Of many groups few ranks are probable: the root tells small probabilities from none.
        norm = PowerNorm(0.5 if groups > MANY else 1.0, 0, max(0.5, law.max()))
        image = ax.imshow(law[order], cmap="Blues", norm=norm, aspect="auto")
        key: list[Any] = []
        if len(sets):
            ends = sets[["lower", "upper"]].to_numpy()[order] - 1
            size, width = (9.0, 1.2) if groups <= MANY else (3.5, 0.8)
            rows = np.arange(groups)
            ax.hlines(rows, *ends.T, color=VERMILION, lw=width)
            ax.plot(ends, rows, "|", color=VERMILION, ms=size, mew=1.0)
            label = LABELS["set"][lang].format(level=level_text(ranks.level))
            key = ax.plot([], [], "|-", color=VERMILION, lw=width, ms=7, mew=1.0, label=label)
        ticks = rank_ticks(groups, ax)
        ax.set_xticks([r - 1 for r in ticks], [str(r) for r in ticks])
        names = [text.get(ranks.groups[g], ranks.groups[g]) for g in order]
        label_rows(ax, range(groups), names)
        axis_label(ax, LABELS["rank"][lang])
        explain_shades(ax, image, LABELS["probability"][lang])
        if key:
            legend_below(ax, 1, key, gap=UNDER if is_narrow(ax) else 0.0)
    return ax
