"""What claims are judged by: a reconstruction, the fits of its measures, a level, and rules."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

from alumnistats.claims.rules import USUAL, Rules
from alumnistats.posterior import Fit
from alumnistats.reconstruction import Reconstruction, Solutions
from alumnistats.survey import Survey

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
T = TypeVar("T")

SOLUTIONS_TESTED = 40  # solutions, drawn by weight, over which tests are averaged
POWER = 0.8


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything a claim may be judged by.

    Attributes
    ----------
    recon : Reconstruction
    fits : dict of Fit
        By measure or option, for those with figures of groups.
    level : float
    rules : Rules
        By default those of `analyze`.
    known : dict
        What has been computed of this reconstruction and these fits, by what it depends on; it
        grows as claims are judged, and `by` shares it between levels and rules.
    """

    recon: Reconstruction
    fits: Mapping[str, Fit]
    level: float
    rules: Rules = USUAL
    known: dict[Hashable, object] = field(default_factory=dict, repr=False)

    @property
    def survey(self) -> Survey:
        """The survey that makes the claims."""
        return self.recon.survey

    def by(self, level: float, rules: Rules) -> Evidence:
        """Return the same evidence for another level and other rules, sharing what is known."""
        return replace(self, level=level, rules=rules)

    def apart(self) -> Evidence:
        """Return the same evidence with what is known copied: what it adds is not shared."""
        return replace(self, known=dict(self.known))

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what `compute` gives, computed the first time that `key` is asked for.

        The key must hold all that the result depends on beside the reconstruction and the fits.
        """
        if key not in self.known:
            self.known[key] = compute()
        return cast(T, self.known[key])

    def solutions(self, of: str) -> Solutions:
        """Return the weighted solutions of `of`."""
        return self.once(("solutions", of), lambda: self.recon.solutions_of(of))

    def tested(self, of: str, size: int = SOLUTIONS_TESTED) -> Solutions:
        """Return the solutions of `of` over which tests are averaged."""
        return self.once(("tested", of, size), lambda: self.solutions(of).thin(size))


def all_equal(fit: Fit) -> bool:
    """Return whether the model takes all groups' shares to be one: then none exceeds another."""
    return fit.model == "complete-pooling"


@dataclass(frozen=True, slots=True)
class Averaged:
    """A p-value over solutions: its mean, and the share of solutions with a rejection."""

    p_value: float
    significant: float

    @classmethod
    def of(cls, p: FloatArray, weight: FloatArray, alpha: float) -> Averaged:
        """Average `p` with `weight`."""
        return cls(float(p @ weight), float(weight[p <= alpha].sum()))
