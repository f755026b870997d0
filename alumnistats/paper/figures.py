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
    plot_sizes,
)
from alumnistats.paper.from_ranks import OF
from alumnistats.paper.inputs import Inputs
from alumnistats.style import new_axes, styled

WIDTH = 6.3  # inches: the width of the text


def _axes(height: float) -> Any:
    with styled("en"):
        return new_axes(WIDTH, height)


FIGURES: dict[str, Callable[[Inputs], Any]] = {
    "sizes": lambda inputs: plot_sizes(inputs.analysis, ax=_axes(3.6)),
    "proportions": lambda inputs: plot_proportions(inputs.analysis, OF, ax=_axes(3.9)),
    "ranks": lambda inputs: plot_ranks(inputs.analysis, OF, ax=_axes(4.0)),
    "calibration": lambda inputs: plot_calibration(
        inputs.table("calibration_values"), ax=_axes(3.2)
    ),
    "power": lambda inputs: plot_power(inputs.plan, ax=_axes(4.0)),
}
"""One function a figure, by its name."""


def figure_files(inputs: Inputs) -> dict[str, bytes]:
    """Return every figure of the paper as an SVG file, by file name."""
    files = {}
    for name, draw in FIGURES.items():
        inputs.report(f"figure of {name}")
        ax = draw(inputs)
        ax.set_title("")  # the caption says it
        files[f"{name}.svg"] = figure_bytes(ax.figure, "en")
    return files
