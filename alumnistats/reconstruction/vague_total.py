"""What a file says of the number of respondents where it does not give it: about, or at most.

"About" has the rounding of a speaker around it, "at most" is a bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.survey import Survey

ABOUT_SD = 0.05  # of the value: how far off "about" is


@dataclass(frozen=True)
class VagueTotal:
    """What a file says of a total that it does not give.

    Attributes
    ----------
    low, high : int
        Fewest and most respondents.
    about : int or None
    """

    low: int
    high: int
    about: int | None

    @classmethod
    def of(cls, survey: Survey) -> VagueTotal | None:
        """Return what a survey says; None if it gives the total, or says nothing of it."""
        if survey.total is not None:
            return None
        low, high = survey.total_bounds
        return None if high is None else cls(low, high, survey.total_about)

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and variance of totals that go with what is said: of all up to a bound alike."""
        if self.about is not None:
            return float(self.about), (ABOUT_SD * self.about) ** 2
        width = self.high - self.low
        return self.low + width / 2, width**2 / 12

    def log_weight(self, totals: IntArray) -> FloatArray:
        """Return how well each total goes with what is said: minus infinity where it does not."""
        within = (totals >= self.low) & (totals <= self.high)
        return np.where(within, self.log_nearness(totals), -np.inf)

    def log_nearness(self, totals: IntArray) -> FloatArray:
        """Return how near each total is to what it is about, whatever the bounds; 0 without one."""
        if self.about is None:
            return np.zeros(totals.shape)
        mean, variance = self.moments
        return np.asarray(-0.5 * (totals - mean) ** 2 / variance)

    @property
    def said(self) -> str:
        """What the file says, as it says it."""
        if self.about is not None:
            return f"total_about = {self.about}"
        return f"total_at_most = {self.high}"
