"""Synthetic releases with known truth, and what the package makes of them."""

from alumnistats.simulation.bands import ecdf_band, ecdf_band_level
from alumnistats.simulation.calibration import Calibration, calibrate
from alumnistats.simulation.release import Design, Release, simulate

__all__ = [
    "Calibration",
    "Design",
    "Release",
    "calibrate",
    "ecdf_band",
    "ecdf_band_level",
    "simulate",
]
