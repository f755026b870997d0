"""Reconstruction: every (sample size, count) that the figures allow, and how probable it is."""

from alumnistats.reconstruction.agreement import size_agreement
from alumnistats.reconstruction.exact_number import count_solutions, solution_counts
from alumnistats.reconstruction.from_survey import reconstruct
from alumnistats.reconstruction.information import informative_figures
from alumnistats.reconstruction.misprints import misprints
from alumnistats.reconstruction.notebook_card import reconstruction_card
from alumnistats.reconstruction.overall_counts import has_overall_counts, overall_counts
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.reconstruction.solutions import Solutions

# A result knows nothing of what a notebook shows of it; set by name, since its class declares none.
setattr(Reconstruction, "_repr_html_", reconstruction_card)  # noqa: B010

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
