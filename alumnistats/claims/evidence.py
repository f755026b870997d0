"""What claims are judged by: a reconstruction, the fits of its measures, and a level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.planning import SizeMethod
from alumnistats.posterior import Fit
from alumnistats.reconstruction import Reconstruction, Solutions
from alumnistats.survey import Survey

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SOLUTIONS_TESTED = 40  # solutions, drawn by weight, over which tests are averaged


def mean_shares(solutions: Solutions) -> FloatArray:
    """Return each group's share averaged over the solutions, shape (groups,)."""
    return np.asarray((solutions.k / np.maximum(solutions.n, 1)).T @ solutions.weight)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything a claim may be judged by.

    Attributes
    ----------
    recon : Reconstruction
    fits : dict of Fit
        By measure or option, for those with figures of groups.
    level : float
    sizing : {"exact", "normal"}
        How `needed_n` is computed (`planning.needed_size`); "normal" where many surveys are judged.
    """

    recon: Reconstruction
    fits: Mapping[str, Fit]
    level: float
    sizing: SizeMethod = "exact"

    @property
    def survey(self) -> Survey:
        """The survey that makes the claims."""
        return self.recon.survey

    def solutions(self, of: str) -> Solutions:
        """Return the weighted solutions of `of`."""
        return self.recon.solutions_of(of)

    def average(self, of: str, test: Callable[[IntArray, IntArray], FloatArray]) -> Averaged:
        """Average a p-value over the solutions of `of`.

        Parameters
        ----------
        of : str
        test : callable
            From counts and sizes, each of shape (solutions, groups), to p-values, (solutions,).
        """
        thin = self.solutions(of).thin(SOLUTIONS_TESTED)
        return Averaged.of(test(thin.k, thin.n), thin.weight, 1 - self.level)


@dataclass(frozen=True, slots=True)
class Averaged:
    """A p-value over solutions: its mean, and the share of solutions with a rejection."""

    p_value: float
    significant: float

    @classmethod
    def of(cls, p: FloatArray, weight: FloatArray, alpha: float) -> Averaged:
        """Average `p` with `weight`."""
        return cls(float(p @ weight), float(weight[p <= alpha].sum()))
