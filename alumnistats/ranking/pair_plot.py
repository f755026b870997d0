"""The picture of P(row's group above column's group)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError
from alumnistats.ranking.critical_values import BoolArray, FloatArray
from alumnistats.style import label_rows, shown_axes, styled

ANNOTATED = 15  # groups up to which every cell holds its number
DARK = 0.33  # distance from one half beyond which a cell's text has to be white
TEXT = {
    "above": {"en": "P(row above column)", "ja": "行が列を上回る確率"},
    "significant": {"en": "● difference is significant", "ja": "● 差は有意"},
}


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

    Up to 15 groups every cell holds its number.

    Parameters
    ----------
    probability : array_like, shape (groups, groups)
        The diagonal is not used.
    names : sequence of str
        Texts of the groups.
    significant : array_like of bool, shape (groups, groups), optional
        Pairs to be marked; a pair given one way is marked both ways.
    ax : matplotlib Axes, optional
        A new figure's when omitted.
    lang : {"en", "ja"}

    Returns
    -------
    Axes

    Raises
    ------
    ArgumentError
        For shapes that do not match.
    """
    matrix = np.array(probability, dtype=float)
    groups = len(names)
    if matrix.shape != (groups, groups):
        raise ArgumentError("probability", matrix.shape, "a square matrix, a row for each name")
    marked = np.zeros(matrix.shape, bool) if significant is None else np.asarray(significant)
    if marked.shape != matrix.shape:
        raise ArgumentError("significant", marked.shape, f"shape {matrix.shape}")
    np.fill_diagonal(matrix, np.nan)
    order = np.argsort(np.nansum(matrix, axis=0), kind="stable")  # expected groups above
    shown = matrix[np.ix_(order, order)]
    with styled(lang):
        ax = shown_axes(*matrix_size(groups)) if ax is None else ax
        image = ax.imshow(shown, cmap="PuOr_r", vmin=0, vmax=1)
        annotated = groups <= ANNOTATED
        if annotated:
            _annotate(ax, shown)
        if significant is not None:
            _mark(ax, shown, (marked | marked.T)[np.ix_(order, order)], corner=annotated)
            ax.set_xlabel(TEXT["significant"][lang])
        label_rows(ax, range(groups), [names[g] for g in order])
        ticks = ax.get_yticks().astype(int)
        ax.set_xticks(ticks, [names[order[t]] for t in ticks], rotation=60, ha="right",
                      rotation_mode="anchor", fontsize=ax.get_yticklabels()[0].get_fontsize()
                      )  # fmt: skip
        ax.figure.colorbar(image, ax=ax, label=TEXT["above"][lang], shrink=0.8)
    return ax


def _colours(values: FloatArray) -> list[str]:
    return ["white" if abs(value - 0.5) > DARK else "black" for value in values]


def _annotate(ax: Any, shown: FloatArray) -> None:
    cells = np.argwhere(~np.eye(len(shown), dtype=bool))
    for (i, j), colour in zip(cells, _colours(shown[tuple(cells.T)]), strict=True):
        value = f"{shown[i, j]:.2f}"
        text = ax.text(j, i, value, ha="center", va="center", fontsize=6, color=colour)
        text.set_in_layout(False)  # it lies in its cell; to ask every one takes long


def _mark(ax: Any, shown: FloatArray, marked: BoolArray, *, corner: bool) -> None:
    """Dot the cells of significant pairs: in a corner, where the middle holds a number."""
    row, column = np.nonzero(marked)
    shift, size = (0.34, 9) if corner else (0.0, 300 / len(shown))
    colours = _colours(shown[row, column])
    ax.scatter(column + shift, row - shift, s=size, color=colours, linewidths=0)
