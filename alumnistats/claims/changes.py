"""Claims that a share rose or fell since an earlier survey: two independent samples.

The earlier survey is reconstructed by itself, in the usual way, so a pair of solutions, one of each
survey, is as probable as the product of both. Other respondents were asked, so the shares are
independent given the counts, each with Jeffreys' prior, as one share against a value has it. The
probability that the first exceeds the second by so much is the expectation, over the first one's
law, of the second one's distribution function: an integral over the first one's quantiles.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import isqrt
from typing import ClassVar

import numpy as np
from scipy.special import betainc, betaincinv

from alumnistats.arrays import FloatArray, IntArray, gauss_legendre, thinned
from alumnistats.claims.evidence import JEFFREYS, SOLUTIONS_TESTED, Evidence, subject
from alumnistats.claims.outcome import Unit
from alumnistats.claims.rules import USUAL, Rules
from alumnistats.claims.two_shares import Comparison, Samples, TwoShares, points_words
from alumnistats.comparisons import Contrast
from alumnistats.survey import ChangeClaim

NODES = 128  # of the quadrature over quantiles


@dataclass(frozen=True, eq=False, slots=True)
class OneShare:
    """A share of one survey by solution, without the solutions that say the same of it.

    Attributes
    ----------
    n, k : ndarray of int, shape (solutions,)
        By rising shares.
    weight : ndarray, shape (solutions,)
        Probabilities; they sum to 1.
    """

    n: IntArray
    k: IntArray
    weight: FloatArray

    @classmethod
    def of(cls, n: IntArray, k: IntArray, weight: FloatArray) -> OneShare:
        """Add up the solutions of the same count and size."""
        rows, inverse = np.unique(np.stack([n, k], axis=1), axis=0, return_inverse=True)
        total = np.bincount(inverse.ravel(), weight, len(rows))
        order = np.argsort(rows[:, 1] / np.maximum(rows[:, 0], 1), kind="stable")
        return cls(rows[order, 0], rows[order, 1], total[order] / total.sum())

    def thin(self, size: int) -> OneShare:
        """Return at most `size` solutions, systematically drawn by weight."""
        kept, times = thinned(self.weight, size)
        return OneShare(self.n[kept], self.k[kept], times / size)


@dataclass(frozen=True, eq=False, slots=True)
class NowAndThen(TwoShares):
    """A share of this survey, and the same one of an earlier survey.

    Attributes
    ----------
    name : tuple
        Of the shares.
    comparison : Comparison
    now, then : OneShare
    rules : Rules
        Their design effect is that of both surveys.
    """

    name: tuple[str, ...]
    comparison: Comparison
    now: OneShare
    then: OneShare
    rules: Rules
    unit: ClassVar[Unit] = "per survey"
    tested: ClassVar[int] = SOLUTIONS_TESTED**2

    @classmethod
    def of_claim(cls, evidence: Evidence, claim: ChangeClaim) -> NowAndThen | None:
        """Read a claim; None where either survey does not publish what gives the counts."""
        earlier = evidence.before(claim.since)
        if earlier is None:
            return None
        of = subject(claim), subject(claim.model_copy(update={"of": claim.of_then}))
        now, then = evidence.counts(of[0], claim.group), earlier.counts(of[1], claim.group)
        if now is None or then is None:
            return None
        name, both = (claim.since, *of, claim.group), (OneShare.of(*now), OneShare.of(*then))
        return cls(name, Comparison.of(claim), *both, evidence.rules)

    @property
    def key(self) -> Hashable:
        """What is compared of which survey."""
        return self.name

    def samples(self, size: int | None = None) -> Samples:
        """Return every solution of one with every one of the other: `size` pairs at most."""
        each = None if size is None else isqrt(size)
        now, then = (one if each is None else one.thin(each) for one in (self.now, self.then))
        a, b = (grid.ravel() for grid in np.indices((len(now.n), len(then.n))))
        k, n = (np.stack([getattr(now, name)[a], getattr(then, name)[b]], axis=1) for name in "kn")
        return Samples(k, n, now.weight[a] * then.weight[b])

    def probability(self) -> float:
        """Return it by independent posteriors."""
        now, then = self.now.thin(SOLUTIONS_TESTED), self.then.thin(SOLUTIONS_TESTED)
        return probability_above(now, then, self.comparison.contrast, self.rules)

    def prior(self) -> float:
        """Return it by Jeffreys' prior of both shares."""
        none = np.zeros(1, dtype=np.int64)
        nobody = OneShare(none, none, np.ones(1))
        return probability_above(nobody, nobody, self.comparison.contrast)

    def draws(self, number: int, rng: np.random.Generator) -> FloatArray:
        """Return those of independent posteriors."""
        both = []
        for one in (self.now, self.then):
            at = rng.choice(len(one.weight), number, p=one.weight)
            both.append(rng.beta(one.k[at] + JEFFREYS, one.n[at] - one.k[at] + JEFFREYS))
        return np.stack(both, axis=1)

    def interval_words(self, low: float, high: float) -> tuple[str, str]:
        """Return the change in points."""
        en, ja = points_words(low, high)
        return f"The change is {en}", f"変化の{{}}信頼区間は{ja}。"


def probability_above(
    one: OneShare, other: OneShare, contrast: Contrast, rules: Rules = USUAL
) -> float:
    """Return the probability that one share exceeds what a contrast makes of an independent one.

    Parameters
    ----------
    one, other : OneShare
    contrast : Contrast
    rules : Rules
        Of which the design effect tells how many respondents say as much as these.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from alumnistats.comparisons import Difference
    >>> sure = OneShare(np.array([100]), np.array([60]), np.ones(1))
    >>> round(probability_above(sure, sure, Difference(Fraction(0))), 6)
    0.5
    """
    # Between the ends of `theta` from which the other share can be anything: beyond the lower one
    # nothing is above, beyond the upper one everything. Densities may be singular at either end,
    # as roots are, which the substitution t**2 (3 - 2 t) smooths.
    x, w = gauss_legendre(NODES)
    t = (1 + x) / 2
    smooth, slope = t**2 * (3 - 2 * t), 3 * t * (1 - t) * w
    counts = rules.effective(one.k, one.n - one.k, other.k, other.n - other.k)
    a, b, c, d = (count + JEFFREYS for count in counts)
    ends = np.clip([contrast.shift, contrast.shift + contrast.factor], 0.0, 1.0)
    low, high = betainc(a, b, ends[0]), betainc(a, b, ends[1])
    theta = betaincinv(a[:, None], b[:, None], low[:, None] + (high - low)[:, None] * smooth)
    least = np.clip((theta - contrast.shift) / contrast.factor, 0.0, 1.0)
    below = betainc(c[:, None, None], d[:, None, None], least) @ slope
    found = other.weight @ (1 - high + (high - low) * below) @ one.weight
    return float(np.clip(found, 0.0, 1.0))
