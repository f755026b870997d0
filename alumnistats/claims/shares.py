"""Claims that a share is beyond a value, or about one: of all, a group, every group, a union."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.claims.evidence import (
    Averaged,
    Evidence,
    all_equal,
    fitted,
    share_where,
    subject,
)
from alumnistats.claims.outcome import NOTHING, Grounds
from alumnistats.claims.prior_probabilities import share_prior
from alumnistats.claims.ranges import Range
from alumnistats.claims.rules import Rules
from alumnistats.claims.threshold import Region, Threshold
from alumnistats.claims.weighted import judge_weighted
from alumnistats.posterior.between import prior_between
from alumnistats.survey import EVERY, OVERALL, ThresholdClaim, UnionClaim

if TYPE_CHECKING:
    from alumnistats.posterior import Fit


def judge_threshold(evidence: Evidence, claim: ThresholdClaim) -> Grounds:
    """Return the grounds of "the share is beyond a value", or about one."""
    region = Region.of(claim)
    if claim.group == EVERY:
        return _judge_every(evidence, claim, region)
    found = evidence.counts(subject(claim), claim.group)
    if found is None:
        return NOTHING
    n, k, weight = found
    in_sample = share_where(region.holds(k, n), weight)
    if claim.group == OVERALL and evidence.rules.weights != "none":
        judged = judge_weighted(evidence, subject(claim), region)
        if judged is None:
            return Grounds(in_sample=Range.exact(in_sample))
        averaged, posterior, refuted = judged.averaged, judged.posterior, judged.refuted
    else:
        rules = evidence.rules
        p, *probabilities = evidence.once(
            ("threshold", subject(claim), claim.group, region, *_relevant(rules)),
            lambda: (
                region.p_value(k, n, rules),
                float(region.probability(k, n, rules) @ weight),
                float(region.refuted(k, n, rules) @ weight),
            ),
        )
        averaged = Averaged.of(p, weight, evidence.alpha)
        posterior, refuted = (Range.exact(one) for one in probabilities)
    return Grounds(
        in_sample=Range.exact(in_sample), p=averaged.p, significant=averaged.significant,
        posterior=posterior, prior=_prior(evidence, claim, region), refuted=refuted,
    )  # fmt: skip


def _prior(evidence: Evidence, claim: ThresholdClaim, region: Region) -> float | None:
    """Return the prior probability of a share in a region; None under weights of groups."""
    if claim.group == OVERALL and evidence.rules.weights != "none":
        return None
    return share_prior(*region.at(evidence.rules.bias))


def _relevant(rules: Rules) -> tuple[object, ...]:
    """Return the rules that enter a test of one share."""
    return rules.interval, rules.design_effect, rules.bias


def all_inside(fit: Fit, region: Region, bias: float = 0.0) -> float:
    """Return the posterior probability that every group's share lies in the region."""
    low, high = region.at(bias)
    inside = fit.mixture.beyond(low) - fit.mixture.beyond(high)
    if all_equal(fit):
        inside = inside[:, :1]
    return float(np.clip(inside, 0, 1).prod(axis=1) @ fit.mixture.weight)


def _judge_every(evidence: Evidence, claim: ThresholdClaim, region: Region) -> Grounds:
    if evidence.fit(subject(claim)) is None:
        return NOTHING
    solutions, rules = evidence.solutions(subject(claim)), evidence.rules
    holds = region.holds(solutions.k, solutions.n).min(axis=1)
    thin = evidence.tested(subject(claim))
    p = evidence.once(
        ("every", subject(claim), region, *_relevant(rules)),
        lambda: region.p_value(thin.k, thin.n, rules).max(axis=1),
    )
    averaged = Averaged.of(p, thin.weight, evidence.alpha)
    fit = fitted(evidence, subject(claim))

    def inside(bias: float) -> float:
        return evidence.once(
            ("every inside", subject(claim), region, bias), lambda: all_inside(fit, region, bias)
        )

    ends, groups = region.at(rules.bias), len(fit.groups)
    prior = evidence.once(
        ("prior of every", fit.model, fit.prior, ends, groups),
        lambda: prior_between(fit.model, fit.prior, *ends, groups),
    )
    return Grounds(
        in_sample=Range.exact(share_where(holds, solutions.weight)), p=averaged.p,
        significant=averaged.significant, posterior=Range.exact(inside(rules.bias)), prior=prior,
        refuted=Range.exact(1 - inside(-rules.bias)),
    )  # fmt: skip


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
    the sum of all (Frechet 1935), so all grounds are ranges between these ends.
    """
    if claim.group != OVERALL or any(evidence.survey.overall(of) is None for of in claim.options):
        return NOTHING, None
    threshold = Threshold.of(claim)
    found = [evidence.counts(of, OVERALL) for of in claim.options]
    counts = [one for one in found if one is not None]
    if len(counts) < len(found):
        return NOTHING, None
    base = float(counts[0][0] @ counts[0][2])
    n = np.array([round(base)])
    mean = [float(k @ w) for _, k, w in counts]
    low, high = np.array([round(max(mean))]), np.array([min(round(sum(mean)), int(n[0]))])
    everybody = float(evidence.recon.particles.sizes.sum(axis=1) @ evidence.recon.particles.weight)
    bounds = UnionBounds(
        float(low[0] / n[0]), float(high[0] / n[0]), low[0] / everybody, high[0] / everybody
    )
    bad, good = (low, high) if threshold.upward else (high, low)
    rules = evidence.rules
    worst, best = threshold.probability(bad, n, rules)[0], threshold.probability(good, n, rules)[0]
    p = [float(threshold.p_value(k, n, rules)[0]) for k in (good, bad)]
    refuted = [float(threshold.refuted(k, n, rules)[0]) for k in (good, bad)]
    grounds = Grounds(
        in_sample=Range(*(float(threshold.holds(k, n)[0]) for k in (bad, good))),
        p=Range(*p),
        significant=Range(*(float(one <= evidence.alpha) for one in p[::-1])),
        posterior=Range(float(worst), float(best)),
        prior=share_prior(*Region((threshold,)).at(rules.bias)),
        refuted=Range(*refuted),
    )
    return grounds, bounds
