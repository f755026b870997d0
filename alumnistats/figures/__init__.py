"""Figures: one function each, `ax=` in, `Axes` out; and all of them as files."""

from alumnistats.figures.agreement import plot_agreement
from alumnistats.figures.calibration import plot_calibration
from alumnistats.figures.claims import plot_claims
from alumnistats.figures.comparisons import plot_comparisons
from alumnistats.figures.coverage import plot_coverage
from alumnistats.figures.error_rates import plot_error_rates
from alumnistats.figures.files import (
    FORMATS,
    figure_bytes,
    figure_files,
    read_calibration,
    read_rates,
    save_figures,
)
from alumnistats.figures.forest import plot_forest
from alumnistats.figures.needed import plot_needed
from alumnistats.figures.overview import plot_overview
from alumnistats.figures.pairwise import plot_pairwise
from alumnistats.figures.power import plot_power
from alumnistats.figures.proportions import plot_proportions
from alumnistats.figures.ranks import plot_pairs, plot_rank_intervals, plot_ranks
from alumnistats.figures.registry import FIGURES, WIDTHS, Sources, all_figures, drawn, missing
from alumnistats.figures.shrinkage import plot_shrinkage
from alumnistats.figures.sizes import plot_sizes
from alumnistats.figures.specification_curve import plot_specification_curve
from alumnistats.figures.tornado import plot_tornado

__all__ = [
    "FIGURES",
    "FORMATS",
    "WIDTHS",
    "Sources",
    "all_figures",
    "drawn",
    "figure_bytes",
    "figure_files",
    "missing",
    "plot_agreement",
    "plot_calibration",
    "plot_claims",
    "plot_comparisons",
    "plot_coverage",
    "plot_error_rates",
    "plot_forest",
    "plot_needed",
    "plot_overview",
    "plot_pairs",
    "plot_pairwise",
    "plot_power",
    "plot_proportions",
    "plot_rank_intervals",
    "plot_ranks",
    "plot_shrinkage",
    "plot_sizes",
    "plot_specification_curve",
    "plot_tornado",
    "read_calibration",
    "read_rates",
    "save_figures",
]
