"""The picture of comparison intervals, with shaded columns for reference groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import IntArray
from alumnistats.errors import ArgumentError
from alumnistats.figures.rank_distribution import figure_size
from alumnistats.ranking.reference_table import SIDES
from alumnistats.style import BLUE, ORANGE, label_rows, legend_below, level_text, shown_axes, styled

if TYPE_CHECKING:
    from alumnistats.ranking import Family, Ranks

# Columns stand right of the axes: where the first begins, how wide each is, and from one to the
# next, in inches.
FIRST, WIDTH, STEP = 0.12, 0.22, 0.27
UNDECIDED = "0.93"
TEXT = {
    "interval": {
        "en": "comparison interval: two that do not overlap differ ({level} on average)",
        "ja": "比較区間：重ならない2つには差がある（平均{level}）",
    },
    "share": {"en": "Share", "ja": "割合"},
    "reference": {"en": "reference group", "ja": "基準グループ"},
    1: {"en": "surely above the reference", "ja": "基準より確かに高い"},
    -1: {"en": "surely below the reference", "ja": "基準より確かに低い"},
    0: {"en": "undecided", "ja": "判定できない"},
}
SHADES = {1: (BLUE, "^", "white"), 0: (UNDECIDED, "", "black"), -1: (ORANGE, "v", "black")}


def plot_comparisons(
    estimate: npt.ArrayLike,
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    names: Sequence[str],
    position: npt.ArrayLike | None = None,
    reference: Sequence[int] = (),
    level: float = 0.95,
    ax: Any = None,
    lang: str = "en",
) -> Any:
    """Draw comparison intervals, the largest estimate on top, and a column for each reference.

    A column shades the groups that are surely above or below its reference group, whose own cell
    is marked. The first reference's interval is drawn through the picture as a band.

    Parameters
    ----------
    estimate, lower, upper : array_like, shape (groups,)
        As from `comparison_intervals`.
    names : sequence of str
        Texts of the groups.
    position : array_like of int, shape (references, groups), or sequence of such rows, optional
        1, 0 or -1: as from `compare_with`.
    reference : sequence of int
        Index of the group of each column.
    level : float
        Of the intervals.
    ax, lang
        As for `plot_forest`, like the axes that are returned.

    Raises
    ------
    ArgumentError
        For shapes that do not match.

    Examples
    --------
    >>> ax = plot_comparisons([0.4, 0.5], [0.35, 0.44], [0.45, 0.56], ["north", "south"])
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['south', 'north']
    """
    x, low, high = (np.asarray(v, dtype=float) for v in (estimate, lower, upper))
    groups = len(names)
    side = np.zeros((0, groups), int) if position is None else np.atleast_2d(np.asarray(position))
    if not x.shape == low.shape == high.shape == (groups,):
        raise ArgumentError("estimate", x.shape, "one estimate, lower and upper end for each name")
    if side.shape != (len(reference), groups):
        raise ArgumentError("position", side.shape, "a row for each reference, a column for each"
                            " group")  # fmt: skip
    order = np.argsort(-x, kind="stable")
    rows = np.arange(groups)
    with styled(lang, ax):
        ax = shown_axes(*figure_size(groups)) if ax is None else ax
        ax.set_ylim(groups - 0.4, -0.6)
        if len(reference):
            ax.axvspan(low[reference[0]], high[reference[0]], color="0.93", lw=0, zorder=0)
        label = TEXT["interval"][lang].format(level=level_text(level))
        width = 2.4 * max(min(1.0, 24 / groups), 0.5)
        ax.hlines(rows, low[order], high[order], color=BLUE, lw=width, label=label)
        ax.plot(x[order], rows, "o", color=BLUE, mec="white", mew=0.6, ms=2.2 * width)
        for column, (one, group) in enumerate(zip(side, reference, strict=True)):
            _draw_column(ax, FIRST + STEP * column, one[order], int(np.argmax(order == group)))
        label_rows(ax, range(groups), [names[g] for g in order])
        ax.set_xlabel(TEXT["share"][lang])
        ax.grid(axis="x", color="0.85", lw=0.6)
        ax.set_axisbelow(True)
        if len(reference):
            _explain(ax, lang)
        legend_below(ax, columns=2)
    return ax


def plot_rank_comparisons(
    ranks: Ranks,
    reference: str | Sequence[str] = (),
    family: Family | None = None,
    ax: Any = None,
    lang: str = "en",
    labels: Mapping[str, str] | None = None,
) -> Any:
    """Draw comparison intervals of ranks, and a shaded column for each reference.

    Parameters
    ----------
    ranks : Ranks
    reference : str or sequence of str
        Groups.
    family : {"reference", "all-pairs", "region"}, optional
        As for `Ranks.compare_with`; "reference" for one group, "all-pairs" for several if omitted.
    ax, lang, labels
        As for `plot_forest`, like the axes that are returned.
    """
    from matplotlib.ticker import PercentFormatter

    chosen = [reference] if isinstance(reference, str) else list(reference)
    used: Family = family or ("all-pairs" if len(chosen) > 1 else "reference")
    tables = [ranks.compare_with(group, used) for group in chosen or ranks.groups[:1]]
    share, low, high = tables[0][["share", "lower", "upper"]].to_numpy().T
    sides = [t["position"].map(SIDES.index) - 1 for t in tables] if chosen else None
    at = [ranks.groups.index(group) for group in chosen]
    text = labels or ranks.labels(lang)
    names = [text.get(group, group) for group in ranks.groups]
    ax = plot_comparisons(share, low, high, names, sides, at, ranks.level, ax, lang)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return ax


def _draw_column(ax: Any, left: float, position: IntArray, own: int) -> None:
    """Draw a cell for each row, in the order of rows, right of the axes."""
    from matplotlib.patches import Rectangle
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    # Across: inches from the right of the axes, which a layout may move; down: rows.
    beside = ax.figure.dpi_scale_trans + ScaledTranslation(1, 0, ax.transAxes)
    place = blended_transform_factory(beside, ax.transData)
    size = max(4.0 * min(1.0, 24 / len(position)), 2.0)
    for row, which in enumerate(position.tolist()):
        shade, marker, colour = SHADES[which]
        cell = Rectangle((left, row - 0.45), WIDTH, 0.9, transform=place, clip_on=False,
                         facecolor=shade, lw=0)  # fmt: skip
        ax.add_patch(cell)
        sign = "D" if row == own else marker
        if sign:
            ax.plot([left + WIDTH / 2], [row], sign, transform=place, clip_on=False, ms=size,
                    color=colour, mew=0)  # fmt: skip


def _explain(ax: Any, lang: str) -> None:
    """Add what a column's signs mean to the legend."""
    for which in (1, -1, 0):
        shade, marker, _ = SHADES[which]
        ax.plot([], [], marker or "s", ms=7, color=shade, label=TEXT[which][lang])
    ax.plot([], [], "D", ms=5, color="black", label=TEXT["reference"][lang])
