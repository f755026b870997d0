"""The picture of P(row's group above column's group)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError
from alumnistats.figures.rank_distribution import TIED, explain_shades
from alumnistats.style import (
    LABELS,
    LINE,
    SMALLEST,
    is_narrow,
    label_rows,
    panel_height,
    panel_width,
    shown_axes,
    small,
    styled,
    text_width,
)

if TYPE_CHECKING:
    from alumnistats.arrays import BoolArray, FloatArray
    from alumnistats.ranking import Ranks

ANNOTATED = 15  # groups up to which every cell holds its number
CELL = 0.33  # inches: room of a number
NAMES = 0.37  # of narrow axes' panel, at most, for the names of rows
UNDER = 2.0  # lines of type that the axis' label and the gaps take
SLANTED = 1.9  # inches of a column's name at most
DARK = 0.33  # distance from one half beyond which a cell's text has to be white
TEXT = {
    "above": {"en": "P(row above column)", "ja": "行が列を上回る確率"},
    "framed": {"en": "framed: the difference is significant", "ja": "枠付き：差は有意"},
    "dotted": {"en": "dot: the difference is significant", "ja": "点：差は有意"},
    "none": {"en": "no difference is significant", "ja": "有意な差はない"},
}
ITSELF = "0.72"  # shade of the diagonal, where a group meets itself
FRAME = 0.43  # of a cell, from its middle to the frame of a significant pair
LEAST = 0.01  # a probability nearer to 0 or 1 is a bound


def matrix_size(groups: int) -> tuple[float, float]:
    """Return width and height in inches of a figure with a square for each pair."""
    return max(6.6, 2.6 + 0.19 * groups), max(5.6, 1.6 + 0.19 * groups)


def plot_pairwise(
    probability: npt.ArrayLike,
    names: Sequence[str],
    significant: npt.ArrayLike | None = None,
    ax: Any = None,
    lang: str = "en",
) -> Any:
    """Draw P(row's group above column's group) as shades, groups in order of expected rank.

    Up to 15 groups every cell that has room for it holds its number.

    Parameters
    ----------
    probability : array_like, shape (groups, groups)
        The diagonal is not used.
    names : sequence of str
        Texts of the groups.
    significant : array_like of bool, shape (groups, groups), optional
        Pairs to be marked; a pair given one way is marked both ways.
    ax, lang
        As for `plot_forest`, like the axes that are returned.

    Raises
    ------
    ArgumentError
        For shapes that do not match.

    Examples
    --------
    >>> ax = plot_pairwise([[0.5, 0.9], [0.1, 0.5]], ["north", "south"])
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['north', 'south']
    """
    matrix = np.array(probability, dtype=float)
    groups = len(names)
    if matrix.shape != (groups, groups):
        raise ArgumentError("probability", matrix.shape, "a square matrix, a row for each name")
    marked = np.zeros(matrix.shape, bool) if significant is None else np.asarray(significant)
    if marked.shape != matrix.shape:
        raise ArgumentError("significant", marked.shape, f"shape {matrix.shape}")
    np.fill_diagonal(matrix, np.nan)
    above = np.round(np.nansum(matrix, axis=0), TIED)  # expected groups above
    order = np.argsort(above, kind="stable")
    shown = matrix[np.ix_(order, order)]
    with styled(lang, ax):
        ax = shown_axes(*matrix_size(groups)) if ax is None else ax
        image = ax.imshow(shown, cmap="PuOr_r", vmin=0, vmax=1)
        image.set_cmap(image.get_cmap().with_extremes(bad=ITSELF))
        _name_both(ax, [names[g] for g in order])
        annotated = groups <= min(ANNOTATED, int(_least_side(ax) / CELL))
        if annotated:
            _annotate(ax, shown)
        if significant is not None:
            there = (marked | marked.T)[np.ix_(order, order)]
            _mark(ax, shown, there, framed=annotated)
            kind = "none" if not there.any() else "framed" if annotated else "dotted"
            ax.set_xlabel(TEXT[kind][lang])
        explain_shades(ax, image, TEXT["above"][lang])
    return ax


def plot_rank_pairs(
    ranks: Ranks,
    significant: npt.ArrayLike | None = None,
    ax: Any = None,
    lang: str = "en",
    labels: Mapping[str, str] | None = None,
) -> Any:
    """Draw the pairwise probabilities of ranks, significant pairs marked; see `plot_pairwise`.

    Parameters
    ----------
    ranks : Ranks
    significant : array_like of bool, shape (groups, groups), optional
        Those that ``ranks.separated()`` has when omitted.
    ax, lang, labels
        As for `plot_forest`, like the axes that are returned.
    """
    text = labels or ranks.labels(lang)
    names = [text.get(group, group) for group in ranks.groups]
    marked = ranks.separated() if significant is None else significant
    return plot_pairwise(ranks.pairwise().to_numpy(), names, marked, ax, lang)


def _name_both(ax: Any, names: Sequence[str]) -> None:
    """Name rows and columns; columns by numbers where names are long or the axes narrow."""
    numbered = is_narrow(ax) or max(text_width(name, small()) for name in names) > SLANTED
    rows = [f"{i} {name}" for i, name in enumerate(names, 1)] if numbered else list(names)
    label_rows(ax, range(len(names)), rows, NAMES if is_narrow(ax) else LABELS, most=1)
    ticks = ax.get_yticks().astype(int)
    size = ax.get_yticklabels()[0].get_fontsize()
    if numbered:
        ax.set_xticks(ticks, [str(t + 1) for t in ticks], fontsize=size)
    else:
        shown = [text.get_text() for text in ax.get_yticklabels()]
        ax.set_xticks(ticks, shown, rotation=60, ha="right", rotation_mode="anchor", fontsize=size)


def _least_side(ax: Any) -> float:
    """Return how large, in inches, the square of all cells is at least; its names stand there."""
    columns = ax.get_xticklabels()
    size = columns[0].get_fontsize()
    names = size * LINE / 72
    if slant := columns[0].get_rotation():
        longest = max(text_width(text.get_text(), size) for text in columns)
        names += longest * math.sin(math.radians(slant))
    down = panel_height(ax) - names - UNDER * size * LINE / 72
    return min((1 - LABELS) * panel_width(ax), down)


def _colours(values: FloatArray) -> list[str]:
    return ["white" if abs(value - 0.5) > DARK else "black" for value in values]


def _annotate(ax: Any, shown: FloatArray) -> None:
    cells = np.argwhere(~np.eye(len(shown), dtype=bool))
    for (i, j), colour in zip(cells, _colours(shown[tuple(cells.T)]), strict=True):
        text = ax.text(
            j,
            i,
            _two_decimals(shown[i, j]),
            ha="center",
            va="center",
            fontsize=SMALLEST,
            color=colour,
        )
        text.set_in_layout(False)  # it lies in its cell; to ask every one takes long


def _two_decimals(value: float) -> str:
    if LEAST <= value <= 1 - LEAST:
        return f"{value:.2f}"
    return f"<{LEAST}" if value < LEAST else f">{1 - LEAST}"


def _mark(ax: Any, shown: FloatArray, marked: BoolArray, *, framed: bool) -> None:
    """Mark the cells of significant pairs: by a frame around a number, else by a dot."""
    row, column = np.nonzero(marked)
    colours = _colours(shown[row, column])
    if not framed:
        size = min(300 / len(shown), 12)
        ax.scatter(column, row, s=size, color=colours, linewidths=0)
        return
    from matplotlib.collections import LineCollection

    corners = FRAME * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    frames = np.column_stack([column, row])[:, None, :] + corners
    ax.add_collection(LineCollection(list(frames), colors=colours, linewidths=0.9))
