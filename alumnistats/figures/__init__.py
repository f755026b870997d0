"""Figures: one function each, `ax=` in, `Axes` out; and all of them as files."""

from alumnistats.figures.calibration import plot_calibration
from alumnistats.figures.files import all_figures, figure_bytes, save_figures
from alumnistats.figures.planning import plot_needed, plot_power
from alumnistats.figures.plots import (
    plot_claims,
    plot_overview,
    plot_proportions,
    plot_sizes,
)
from alumnistats.figures.ranks import plot_pairs, plot_rank_intervals, plot_ranks

__all__ = [
    "all_figures",
    "figure_bytes",
    "plot_calibration",
    "plot_claims",
    "plot_needed",
    "plot_overview",
    "plot_pairs",
    "plot_power",
    "plot_proportions",
    "plot_rank_intervals",
    "plot_ranks",
    "plot_sizes",
    "save_figures",
]
