"""What would establish each kind of claim: the door from claims to planning."""

from __future__ import annotations

import numpy as np

from alumnistats.claims.evidence import (
    JEFFREYS,
    Evidence,
    FloatArray,
    IntArray,
    fitted,
    mean_sizes,
    subject,
)
from alumnistats.claims.option_counts import Share, share_of
from alumnistats.claims.options import compares_options, option_decision
from alumnistats.claims.rankings import group_decision
from alumnistats.claims.shares import threshold_decision
from alumnistats.planning import Decision, OptionOrder
from alumnistats.ranking.draws import draw_shares
from alumnistats.survey import (
    EVERY,
    OVERALL,
    Claim,
    ExtremeSetClaim,
    ModeClaim,
    RankingClaim,
    ThresholdClaim,
)


def _first_option(evidence: Evidence, claim: RankingClaim | ModeClaim) -> Share:
    """Return the count of the option that is claimed to be chosen most, or least."""
    if isinstance(claim, ModeClaim):
        found = share_of(evidence, f"{claim.question}:{claim.option}", claim.group)
    else:
        option = claim.places[0][0]
        found = share_of(evidence, f"{claim.of}:{option}", claim.group or OVERALL)
    assert found is not None  # or the claim would have no decision
    return found


def decision_of(evidence: Evidence, claim: Claim) -> Decision | None:
    """Return what would establish a claim if the shares were as reconstructed.

    Parameters
    ----------
    evidence : Evidence
        Its fits are not used.
    claim : Claim

    Returns
    -------
    Decision or None
        None where no number of respondents would help: a statement without a statistic, a union
        whose joint count is not published, differences of any kind, groups or options of which
        nothing is published.
    """
    if isinstance(claim, ThresholdClaim):
        return threshold_decision(evidence, claim)
    if compares_options(claim, evidence.survey):
        return option_decision(evidence, claim)
    if isinstance(claim, RankingClaim | ExtremeSetClaim) and evidence.recovered(claim.of):
        return group_decision(evidence, claim)
    return None


def sizes_of(evidence: Evidence, claim: Claim) -> IntArray:
    """Return how many respondents a claim's tests rested on, of every share of its decision.

    Parameters
    ----------
    evidence : Evidence
    claim : Claim
        One that has a decision.

    Returns
    -------
    ndarray of int, shape (groups,), or (1,) for claims about all respondents
        Means over the solutions, rounded; at least 1.
    """
    if isinstance(claim, ThresholdClaim) and claim.group == OVERALL:
        found = evidence.counts(subject(claim), OVERALL)
        assert found is not None  # or the claim would have no decision
        n, _, weight = found
        return np.maximum(np.round([n @ weight]), 1).astype(np.int64)
    if compares_options(claim, evidence.survey):
        return np.array([_first_option(evidence, claim).nobs])
    assert isinstance(claim, ThresholdClaim | RankingClaim | ExtremeSetClaim)
    sizes = mean_sizes(evidence.solutions(subject(claim)))
    if isinstance(claim, ThresholdClaim) and claim.group != EVERY:
        return sizes[[evidence.survey.group_ids.index(claim.group)]]
    return sizes


def posterior_shares(
    evidence: Evidence, claim: Claim, draws: int, seed: int | np.random.Generator = 0
) -> FloatArray:
    """Return joint posterior draws of the shares of a claim's decision.

    Groups: partial pooling, as in the claim's posterior probability. One share: Jeffreys prior
    over the solutions. Options: Jeffreys prior on those who chose one of both only, and the rest.

    Parameters
    ----------
    evidence : Evidence
        With a fit of the claim's measure, if it is about groups.
    claim : Claim
        One that has a decision.
    draws : int
    seed : int or Generator

    Returns
    -------
    ndarray, shape (draws, groups), or (draws, pairs, 2) for options
    """
    rng = np.random.default_rng(seed)
    decision = decision_of(evidence, claim)
    if isinstance(decision, OptionOrder):
        n = sizes_of(evidence, claim)[0]
        only = decision.only * n
        rest = np.maximum(n - only.sum(axis=1, keepdims=True), 0.0)
        gamma = rng.gamma(np.hstack([only, rest]) + JEFFREYS, size=(draws, len(only), 3))
        return np.asarray(gamma[..., :2] / gamma.sum(axis=-1, keepdims=True))
    assert isinstance(claim, ThresholdClaim | RankingClaim | ExtremeSetClaim)
    if isinstance(claim, ThresholdClaim) and claim.group != EVERY:
        found = evidence.counts(subject(claim), claim.group)
        assert found is not None  # or the claim would have no decision
        n, k, weight = found
        at = rng.choice(len(weight), draws, p=weight / weight.sum())
        return np.asarray(rng.beta(k[at] + JEFFREYS, n[at] - k[at] + JEFFREYS))[:, None]
    return draw_shares(fitted(evidence, subject(claim)).mixture, draws, rng)
