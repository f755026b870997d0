"""Claims that a share is beyond a value: of all, of one group, of every group, or of a union."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr, bdtrc, betainc, betaincc

from alumnistats.claims.evidence import Averaged, Evidence, FloatArray, IntArray, mean_shares
from alumnistats.claims.outcome import NOTHING, Grounds
from alumnistats.planning import ShareBeyond, needed_size
from alumnistats.survey import EVERY, OVERALL, ThresholdClaim, UnionClaim, percent_units

if TYPE_CHECKING:
    from alumnistats.posterior import Mixture

JEFFREYS = 0.5


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

    def p_value(self, k: IntArray, n: IntArray) -> FloatArray:
        """Return the exact one-sided binomial p-value of "not beyond the threshold"."""
        if self.upward:
            tail = bdtrc(np.maximum(k - 1.0, 0.0), n, self.value)
            return np.asarray(np.where(k <= 0, 1.0, tail))
        return np.asarray(bdtr(k * 1.0, n, self.value))

    def probability(self, k: IntArray, n: IntArray) -> FloatArray:
        """Return the posterior probability of the relation under a Jeffreys prior."""
        a, b = k + JEFFREYS, n - k + JEFFREYS
        tail = betaincc(a, b, self.value) if self.upward else betainc(a, b, self.value)
        return np.asarray(tail)


def threshold_decision(evidence: Evidence, claim: ThresholdClaim) -> ShareBeyond | None:
    """Return what would establish the claim if the shares were as reconstructed, on average.

    None when nothing is published of them, or when no sample can be beyond the threshold.
    """
    threshold = Threshold.of(claim)
    if not 0 < threshold.value < 1:
        return None
    if claim.group == OVERALL:
        n, k, weight = evidence.recon.overall_counts(claim.of)
        share = np.array([(k / np.maximum(n, 1)) @ weight])
    elif claim.of in evidence.recon.recovered:
        share = mean_shares(evidence.solutions(claim.of))
        if claim.group != EVERY:
            share = share[[evidence.survey.group_ids.index(claim.group)]]
    else:
        return None
    return ShareBeyond(share, threshold.value, threshold.upward, evidence.level)


def _needed(evidence: Evidence, claim: ThresholdClaim) -> float | None:
    decision = threshold_decision(evidence, claim)
    return None if decision is None else needed_size(decision, method=evidence.sizing)


def judge_threshold(evidence: Evidence, claim: ThresholdClaim) -> Grounds:
    """Return the grounds of "the share is beyond a value"."""
    threshold = Threshold.of(claim)
    if claim.group == EVERY:
        return _judge_every(evidence, claim, threshold)
    if claim.group == OVERALL:
        n, k, weight = evidence.recon.overall_counts(claim.of)
    elif claim.of in evidence.recon.recovered:
        solutions = evidence.solutions(claim.of)
        g = evidence.survey.group_ids.index(claim.group)
        n, k, weight = solutions.n[:, g], solutions.k[:, g], solutions.weight
    else:
        return NOTHING
    averaged = Averaged.of(threshold.p_value(k, n), weight, 1 - evidence.level)
    probability = float(threshold.probability(k, n) @ weight)
    return Grounds(
        float(threshold.holds(k, n) @ weight),
        averaged.p_value,
        averaged.significant,
        probability,
        _needed(evidence, claim),
        "",
        "",
        refuted=1 - probability,
    )


def all_beyond(mixture: Mixture, threshold: Threshold) -> float:
    """Return the posterior probability that every group's share is beyond the threshold."""
    tail = mixture.beyond(threshold.value)
    if not threshold.upward:
        tail = 1.0 - tail
    return float(np.clip(tail, 0, 1).prod(axis=1) @ mixture.weight)


def _judge_every(evidence: Evidence, claim: ThresholdClaim, threshold: Threshold) -> Grounds:
    if claim.of not in evidence.fits:
        return NOTHING
    solutions = evidence.solutions(claim.of)
    holds = threshold.holds(solutions.k, solutions.n).min(axis=1)
    averaged = evidence.average(claim.of, lambda k, n: threshold.p_value(k, n).max(axis=1))
    probability = all_beyond(evidence.fits[claim.of].mixture, threshold)
    return Grounds(
        float(holds @ solutions.weight),
        averaged.p_value,
        averaged.significant,
        probability,
        _needed(evidence, claim),
        "",
        "",
        refuted=1 - probability,
    )


@dataclass(frozen=True, slots=True)
class UnionBounds:
    """Frechet bounds of a union's count in one base, and of the same count among everybody."""

    low: float
    high: float
    low_of_all: float
    high_of_all: float


def union_bounds(evidence: Evidence, claim: UnionClaim) -> tuple[Grounds, UnionBounds | None]:
    """Return the grounds of a union claim and its bounds.

    The joint counts are not published: the union holds at least the largest option and at most
    the sum of all (Frechet 1935). The claim is established when it is at the lower bound, refuted
    when it is at the upper one, and cannot be decided in between.
    """
    if claim.group != OVERALL or any(evidence.survey.overall(of) is None for of in claim.options):
        return NOTHING, None
    threshold = Threshold.of(claim)
    alpha = 1 - evidence.level
    counts = [evidence.recon.overall_counts(of) for of in claim.options]
    base = float(counts[0][0] @ counts[0][2])
    n = np.array([round(base)])
    mean = [float(k @ w) for _, k, w in counts]
    low, high = np.array([round(max(mean))]), np.array([min(round(sum(mean)), int(n[0]))])
    everybody = float(evidence.recon.particles.sizes.sum(axis=1) @ evidence.recon.particles.weight)
    bounds = UnionBounds(
        float(low[0] / n[0]), float(high[0] / n[0]), low[0] / everybody, high[0] / everybody
    )
    bad, good = (low, high) if threshold.upward else (high, low)
    worst, best = threshold.probability(bad, n)[0], threshold.probability(good, n)[0]
    sure, possible = threshold.holds(bad, n)[0], threshold.holds(good, n)[0]
    p = float(threshold.p_value(bad, n)[0])
    if worst >= evidence.level and p <= alpha:
        return Grounds(1.0, p, 1.0, float(worst), None, "", "", 1 - float(worst)), bounds
    if possible == 0 or best <= alpha:
        return Grounds(float(possible), None, None, float(best), None, "", "", 1 - best), bounds
    return Grounds(1.0 if sure else None, None, None, None, None, "", ""), bounds
