"""A share beyond a value, or about one.

Among the respondents in integers, in the population by a test and by the odds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from alumnistats.arrays import FloatArray, IntArray
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

    @classmethod
    def at_value(cls, relation: str, value: Fraction) -> Threshold:
        """Return the relation to a proportion."""
        return cls(relation, value.numerator, value.denominator)

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

    def at(self, bias: float) -> float:
        """Return the threshold moved by `bias` log odds, farther from what the claim says.

        Shares of those who would answer that are beyond it are beyond the threshold in the
        population whatever the bias is, up to `bias`; with a negative one, for some bias.
        """
        if not 0 < self.value < 1:
            return self.value
        return float(expit(logit(self.value) + (bias if self.upward else -bias)))

    def p_value(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the one-sided p-value of "not beyond the threshold"."""
        k, n = rules.effective(k, n)
        return share_p(k, n, self.at(rules.bias), rules.interval, greater=self.upward)

    def p_of_effective(self, k: FloatArray, n: FloatArray, test: ShareTest) -> FloatArray:
        """Return the p-value at the threshold itself, of counts that are effective ones already."""
        return share_p(k, n, self.value, test, greater=self.upward)

    def probability(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the posterior probability of the relation under a Jeffreys prior."""
        return self._beyond(k, n, rules, rules.bias)

    def refuted(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the posterior probability that no bias makes the relation hold."""
        return 1 - self._beyond(k, n, rules, -rules.bias)

    def _beyond(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules, bias: float) -> FloatArray:
        k, n = rules.effective(k, n)
        if self.upward:
            return probability_beyond(k, n, self.at(bias))
        return probability_beyond(n - k, n, 1 - self.at(bias))


@dataclass(frozen=True, slots=True)
class Region:
    """Where a share is claimed to lie: beyond a value, or, if "about" it, within a tolerance.

    With two sides it is an equivalence claim, which two one-sided tests establish (Schuirmann
    1987, Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680): the p-value is the larger
    one, which needs no adjustment.

    Attributes
    ----------
    sides : tuple of Threshold
        One; or two, the lower value first, between which the share lies.
    """

    sides: tuple[Threshold, ...]

    @classmethod
    def of(cls, claim: ThresholdClaim) -> Region:
        """Read the region of a claim; a side on which there are no shares is left out."""
        if claim.within is None:
            return cls((Threshold.of(claim),))
        low, high = claim.ends
        sides = []
        if low > 0:
            sides.append(Threshold.at_value("at-least", low))
        if high < 1:
            sides.append(Threshold.at_value("at-most", high))
        return cls(tuple(sides))

    def holds(self, k: IntArray, n: IntArray) -> FloatArray:
        """Return 1 where count `k` of `n` lies in it, in integers."""
        return all_of([side.holds(k, n) for side in self.sides])

    def at(self, bias: float) -> tuple[float, float]:
        """Return its ends moved inwards by `bias` log odds; 0 and 1 where there is none."""
        low = [side.at(bias) for side in self.sides if side.upward]
        high = [side.at(bias) for side in self.sides if not side.upward]
        return (*low, 0.0)[0], (*high, 1.0)[0]

    def p_value(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the p-value of "not in it": the largest of the sides'."""
        return np.max([side.p_value(k, n, rules) for side in self.sides], axis=0)

    def probability(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the posterior probability that the share lies in it, under a Jeffreys prior."""
        return all_of([side.probability(k, n, rules) for side in self.sides])

    def refuted(self, k: npt.ArrayLike, n: npt.ArrayLike, rules: Rules = USUAL) -> FloatArray:
        """Return the posterior probability that no bias brings the share into it."""
        return np.sum([side.refuted(k, n, rules) for side in self.sides], axis=0)


def all_of(sides: Sequence[FloatArray]) -> FloatArray:
    """Return the probability that one share is on the claimed side of every value.

    It cannot be beyond both, so that the probabilities of failing add up.
    """
    if len(sides) == 1:
        return sides[0]
    return np.asarray(np.maximum(np.sum(sides, axis=0) - (len(sides) - 1), 0.0))
