"""The paper's figures, at the width of its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alumnistats.figures import (
    figure_bytes,
    plot_calibration,
    plot_power,
    plot_proportions,
    plot_ranks,
)
from alumnistats.paper.from_ranks import OF
from alumnistats.paper.inputs import Inputs
from alumnistats.style import new_axes, styled, untitled

WIDTH = 7.3
"""Inches, shrunk to the 6.3 of the text: type of nine points becomes that of the captions."""

FIGURES: dict[str, tuple[float, Callable[[Inputs, Any], Any]]] = {
    "proportions": (3.4, lambda inputs, ax: plot_proportions(inputs.analysis, OF, ax=ax)),
    "ranks": (3.4, lambda inputs, ax: plot_ranks(inputs.analysis, OF, ax=ax)),
    "calibration": (
        2.9,
        lambda inputs, ax: plot_calibration(inputs.table("calibration_values"), ax=ax),
    ),
    "power": (3.7, lambda inputs, ax: plot_power(inputs.plan, ax=ax)),
}
"""Height in inches of each figure, and what draws it, by its name."""


def figure_files(inputs: Inputs) -> dict[str, bytes]:
    """Return every figure of the paper as an SVG file, by file name."""
    files = {}
    for name, (height, draw) in FIGURES.items():
        inputs.report(f"figure of {name}")
        with styled("en"):
            ax = draw(inputs, new_axes(WIDTH, height))
        untitled(ax)  # the caption says it
        files[f"{name}.svg"] = figure_bytes(ax.figure, "en")
    return files
