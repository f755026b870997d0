"""Reconstruction: every (sample size, count) that the figures allow, and how probable it is."""

from alumnistats.reconstruction.agreement import size_agreement
from alumnistats.reconstruction.exact_number import count_solutions, solution_counts
from alumnistats.reconstruction.from_survey import reconstruct
from alumnistats.reconstruction.information import informative_figures
from alumnistats.reconstruction.misprints import misprints
from alumnistats.reconstruction.overall_counts import has_overall_counts, overall_counts
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.reconstruction.solutions import Solutions

__all__ = [
    "Reconstruction",
    "Solutions",
    "count_solutions",
    "has_overall_counts",
    "informative_figures",
    "misprints",
    "overall_counts",
    "reconstruct",
    "size_agreement",
    "solution_counts",
]
