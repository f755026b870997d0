"""Reconstruction: every (sample size, count) consistent with the print, and how probable it is."""

from alumnistats.reconstruction.agreement import size_agreement
from alumnistats.reconstruction.counting import count_solutions
from alumnistats.reconstruction.from_survey import reconstruct
from alumnistats.reconstruction.information import informative_figures
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.reconstruction.solutions import Solutions

__all__ = [
    "Reconstruction",
    "Solutions",
    "count_solutions",
    "informative_figures",
    "reconstruct",
    "size_agreement",
]
