"""Claims that one share exceeds another by some points, or is some times as large: what they share.

Among the respondents the shares are compared in integers. In the population a one-sided score test
judges, the same whose interval is shown (`comparisons.Contrast`). Whose shares they are, what their
joint posterior is, and what respondents are counted in is for the kinds: `group_contrasts` for two
groups, `changes` for a share now and in an earlier survey.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.claims.evidence import Averaged, Evidence, share_where
from alumnistats.claims.outcome import Grounds, Unit
from alumnistats.claims.ranges import Range
from alumnistats.comparisons import Contrast, Difference, Ratio, deflate
from alumnistats.planning import PairBeyond
from alumnistats.survey import ChangeClaim, DifferenceClaim, RatioClaim

POINTS = 100  # in a proportion

ContrastClaim = DifferenceClaim | RatioClaim | ChangeClaim


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """Two samples by solution.

    Attributes
    ----------
    k, n : ndarray of int, shape (solutions, 2)
        Counts and sizes.
    weight : ndarray, shape (solutions,)
        Probabilities; they sum to 1.
    """

    k: IntArray
    n: IntArray
    weight: FloatArray

    @property
    def columns(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Count and size of the first, then of the second."""
        return self.k[:, 0], self.n[:, 0], self.k[:, 1], self.n[:, 1]

    @property
    def shares(self) -> FloatArray:
        """Shape (solutions, 2); 0 of nobody."""
        return np.asarray(self.k / np.maximum(self.n, 1))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is claimed of two shares: a contrast, a direction, and whether a tie is enough.

    Attributes
    ----------
    contrast : Contrast
    upward : bool
        Whether the claim is that the contrast's value is exceeded.
    strict : bool
        Whether equality is not enough.
    """

    contrast: Contrast
    upward: bool
    strict: bool

    @classmethod
    def of(cls, claim: ContrastClaim) -> Comparison:
        """Read a claim."""
        # A number of a file is the decimal that it was written as.
        contrast: Contrast = (
            Ratio(Fraction(str(claim.times)))
            if isinstance(claim, RatioClaim)
            else Difference(Fraction(str(claim.points)) / POINTS)
        )
        upward = claim.relation in ("at-least", "above")
        return cls(contrast, upward, claim.relation in ("above", "below"))

    def holds(self, samples: Samples) -> FloatArray:
        """Return 1 for the solutions in which the claim holds; not where a sample is nobody."""
        sign = self.contrast.excess(*samples.columns)
        beyond = sign == (1 if self.upward else -1)
        return np.asarray(beyond if self.strict else beyond | (sign == 0), dtype=float)

    def p_value(self, samples: Samples) -> FloatArray:
        """Return the one-sided p-values; 1 where a sample is nobody."""
        nobody = (samples.n == 0).any(axis=1)
        k1, n1, k2, n2 = samples.columns
        n1, n2 = np.maximum(n1, 1), np.maximum(n2, 1)
        p = self.contrast.p_value(k1, n1, k2, n2, "greater" if self.upward else "less")
        return np.where(nobody, 1.0, p)


class TwoShares(ABC):
    """Whose shares a claim compares.

    Attributes
    ----------
    comparison : Comparison
    unit : {"per group", "per survey"}
        What the respondents that it needs are counted in.
    tested : int
        Solutions over which tests are averaged.
    """

    comparison: Comparison
    unit: ClassVar[Unit]
    tested: ClassVar[int]

    @property
    @abstractmethod
    def key(self) -> Hashable:
        """What tells these shares from others of the same evidence."""

    @abstractmethod
    def samples(self, size: int | None = None) -> Samples:
        """Return both samples in all solutions, or in `size` of them at most, drawn by weight."""

    @abstractmethod
    def probability(self) -> float:
        """Return the posterior probability that the contrast's value is exceeded."""

    @abstractmethod
    def prior(self) -> float:
        """Return the probability of that before the data."""

    @abstractmethod
    def draws(self, number: int, rng: np.random.Generator) -> FloatArray:
        """Return posterior draws of both shares, shape (number, 2)."""

    @abstractmethod
    def interval_words(self, low: float, high: float) -> tuple[str, str]:
        """Return what an interval of the contrast says, in English and Japanese, without level."""


def judge_two_shares(evidence: Evidence, shares: TwoShares) -> Grounds:
    """Return the grounds of a claim that compares two shares.

    Under a bias only what is so among the respondents is said: how far two shares differ by points
    or factors has no bound that one bias in log odds would give.
    """
    rules, claimed, key = evidence.rules, shares.comparison, shares.key

    def held() -> float:
        everything = shares.samples()
        return share_where(claimed.holds(everything), everything.weight)

    def tested() -> tuple[FloatArray, FloatArray]:
        samples = shares.samples(shares.tested)
        return claimed.p_value(samples), samples.weight

    in_sample = Range.exact(evidence.once(("two shares hold", key, claimed), held))
    if rules.bias:  # of groups whose respondents may be biased, each by as much
        return Grounds(in_sample=in_sample)
    p, weight = evidence.once(("two shares", key, claimed), tested)
    averaged = Averaged.of(deflate(p, rules.design_effect), weight, evidence.alpha)
    above, before = (
        evidence.once((name, key, claimed.contrast, rules.design_effect), compute)
        for name, compute in (("above", shares.probability), ("above before", shares.prior))
    )
    true, prior = (p if claimed.upward else 1.0 - p for p in (above, before))
    return Grounds(
        in_sample=in_sample, p=averaged.p, significant=averaged.significant,
        posterior=Range.exact(true), prior=prior, refuted=Range.exact(1.0 - true),
    )  # fmt: skip


def two_shares_decisions(
    shares: TwoShares, certainty: float, size: int
) -> tuple[list[PairBeyond], FloatArray]:
    """Return what would establish the claim in each of some solutions, and their weights."""
    samples, claimed = shares.samples(size), shares.comparison
    made = [PairBeyond(row, claimed.contrast, claimed.upward, certainty) for row in samples.shares]
    return made, samples.weight


def interval_sentence(shares: TwoShares, level: float) -> tuple[str, str]:
    """Return the interval that the test belongs to, in words, over the solutions.

    Its ends are the weighted means over the solutions tested; empty where a sample may be nobody.
    """
    samples = shares.samples(shares.tested)
    if (samples.n == 0).any():
        return "", ""
    ends = shares.comparison.contrast.interval(*samples.columns, level)
    en, ja = shares.interval_words(*(float(end @ samples.weight) for end in ends))
    return f" {en} ({100 * level:g}% interval).", ja.format(f"{100 * level:g}%")


def points_words(low: float, high: float) -> tuple[str, str]:
    """Return both ends of a difference in points, in English and in Japanese."""
    ends = f"{POINTS * low:+.1f}", f"{POINTS * high:+.1f}"
    return f"{ends[0]} to {ends[1]} points", f"{ends[0]}から{ends[1]}ポイント"
