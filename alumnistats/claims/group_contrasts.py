"""Claims that one group's share exceeds another's by some points, or is some times as large.

The probability is that of the groups' joint posterior: an integral of the first group's density
times the second one's distribution function at what the first must exceed.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alumnistats.arrays import FloatArray
from alumnistats.claims.evidence import SOLUTIONS_TESTED, Evidence, fitted, subject
from alumnistats.claims.outcome import Unit
from alumnistats.claims.two_shares import Comparison, Samples, TwoShares, points_words
from alumnistats.comparisons import Contrast, Difference
from alumnistats.posterior import Mixture, pooling_model
from alumnistats.ranking.draws import draw_shares
from alumnistats.survey import DifferenceClaim, RatioClaim

PRIOR_DRAWS = 100_000  # of both shares: a standard error of the prior probability of 0.0016


@dataclass(frozen=True, eq=False, slots=True)
class TwoGroups(TwoShares):
    """One share of two groups of the survey.

    Attributes
    ----------
    evidence : Evidence
        With a fit of the share, as far as its posterior is asked for.
    of : str
        As from `subject`.
    comparison : Comparison
    first, second : int
        Places of the groups in the survey.
    """

    evidence: Evidence
    of: str
    comparison: Comparison
    first: int
    second: int
    unit: ClassVar[Unit] = "per group"
    tested: ClassVar[int] = SOLUTIONS_TESTED

    @classmethod
    def of_claim(cls, evidence: Evidence, claim: DifferenceClaim | RatioClaim) -> TwoGroups | None:
        """Read a claim; None where no counts of groups are recovered."""
        if not evidence.recovered(claim.of):
            return None
        first, second = (evidence.survey.group_ids.index(g) for g in (claim.group, claim.than))
        return cls(evidence, subject(claim), Comparison.of(claim), first, second)

    @property
    def key(self) -> Hashable:
        """The share and both groups."""
        return self.of, self.first, self.second

    def samples(self, size: int | None = None) -> Samples:
        """Return those of both groups."""
        known = self.evidence
        some = known.solutions(self.of) if size is None else known.tested(self.of, size)
        places = [self.first, self.second]
        return Samples(some.k[:, places], some.n[:, places], some.weight)

    def probability(self) -> float:
        """Return it by the groups' fit."""
        mixture = fitted(self.evidence, self.of).mixture
        return probability_exceeding(mixture, self.first, self.second, self.comparison.contrast)

    def prior(self) -> float:
        """Return it by draws from the model's prior."""
        fit = fitted(self.evidence, self.of)
        rng = np.random.default_rng(0)
        theta = pooling_model(fit.model).prior_draws(fit.prior, (PRIOR_DRAWS, 2), rng)
        return float(np.mean(self.comparison.contrast.gap(theta[:, 0], theta[:, 1]) > 0))

    def draws(self, number: int, rng: np.random.Generator) -> FloatArray:
        """Return those of the groups' fit."""
        shares = draw_shares(fitted(self.evidence, self.of).mixture, number, rng)
        return shares[:, [self.first, self.second]]

    def interval_words(self, low: float, high: float) -> tuple[str, str]:
        """Return the difference in points, or the ratio."""
        if isinstance(self.comparison.contrast, Difference):
            en, ja = points_words(low, high)
            return f"The difference is {en}", f"差の{{}}信頼区間は{ja}。"
        ends = f"{low:.2f}", "∞" if np.isinf(high) else f"{high:.2f}"
        return f"The ratio is {ends[0]} to {ends[1]}", f"比の{{}}信頼区間は{ends[0]}から{ends[1]}。"


def probability_exceeding(mixture: Mixture, first: int, second: int, contrast: Contrast) -> float:
    """Return the probability that one group's share exceeds what a contrast makes of another's.

    Parameters
    ----------
    mixture : Mixture
    first, second : int
        Places of the groups.
    contrast : Contrast

    Returns
    -------
    float
    """
    total = 0.0
    least = (mixture.grid - contrast.shift) / contrast.factor
    if mixture.one_share:  # the second share is the first
        inside = contrast.gap(mixture.grid, mixture.grid) > 0
        return float(mixture.weight @ (mixture.mass[:, first] * inside).sum(axis=1))
    for weight, grid, at, mass, cdf in zip(
        mixture.weight, mixture.grid, least, mixture.mass[:, first], mixture.cdf[:, second],
        strict=True,
    ):  # fmt: skip
        below = np.interp(at, grid, cdf, left=0.0, right=1.0)
        total += float(weight * (mass @ below) / mass.sum())
    return float(np.clip(total, 0.0, 1.0))
