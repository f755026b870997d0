"""A share beyond a value: among the respondents in integers, in the population by test and odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from alumnistats.claims.evidence import FloatArray, IntArray
from alumnistats.claims.rules import USUAL, Rules
from alumnistats.claims.share_tests import ShareTest, probability_beyond, share_p
from alumnistats.survey import ThresholdClaim, UnionClaim, percent_units


@dataclass(frozen=True, slots=True)
class Threshold:
    """A relation to a value: exact units for the sample, a proportion for the population."""

    relation: str
    units: int
    scale: int

    @classmethod
    def of(cls, claim: ThresholdClaim | UnionClaim) -> Threshold:
        """Read the threshold of a claim."""
        units, digits = percent_units(claim.percent)
        return cls(claim.relation, units, 100 * 10**digits)

    @property
    def value(self) -> float:
        """The threshold as a proportion."""
        return self.units / self.scale

    @property
    def upward(self) -> bool:
        """Whether the claim is that the share is large."""
        return self.relation in ("at-least", "above")

    def holds(self, k: IntArray, n: IntArray) -> FloatArray:
        """Return 1 where count `k` of `n` satisfies the relation, in integers."""
        gap = k * self.scale - self.units * n
        tests = {"at-least": gap >= 0, "above": gap > 0, "at-most": gap <= 0, "below": gap < 0}
        return np.asarray(tests[self.relation], dtype=float)

    def at(self, tilt: float) -> float:
        """Return the threshold moved by `tilt` log odds, farther from what the claim says.

        Shares of those who would answer that are beyond it are beyond the threshold in the
        population whatever the tilt is, up to `tilt`; with a negative one, for some tilt.
        """
        if not 0 < self.value < 1:
            return self.value
        return float(expit(logit(self.value) + (tilt if self.upward else -tilt)))

    def p_value(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the one-sided p-value of "not beyond the threshold"."""
        k, n = (np.asarray(a) / rules.design_effect for a in (k, n))
        return share_p(k, n, self.at(rules.tilt), rules.interval, greater=self.upward)

    def p_of_effective(self, k: FloatArray, n: FloatArray, test: ShareTest) -> FloatArray:
        """Return the p-value at the threshold itself, of counts that are effective ones already."""
        return share_p(k, n, self.value, test, greater=self.upward)

    def probability(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the posterior probability of the relation under a Jeffreys prior."""
        return self._beyond(k, n, rules, rules.tilt)

    def refuted(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the posterior probability that no tilt makes the relation hold."""
        return 1 - self._beyond(k, n, rules, -rules.tilt)

    def _beyond(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules, tilt: float) -> FloatArray:
        k, n = (np.asarray(a) / rules.design_effect for a in (k, n))
        if self.upward:
            return probability_beyond(k, n, self.at(tilt))
        return probability_beyond(n - k, n, 1 - self.at(tilt))
