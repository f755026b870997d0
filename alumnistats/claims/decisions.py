"""What would establish each kind of claim: the door from claims to planning."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.claims.compared import compared
from alumnistats.claims.evidence import (
    JEFFREYS,
    ByGroup,
    Evidence,
    fitted,
    mean_sizes,
    subject,
)
from alumnistats.claims.option_counts import Share, share_of
from alumnistats.claims.options import compares_options, option_decision
from alumnistats.claims.outcome import Unit
from alumnistats.claims.rankings import tiers_of_claim
from alumnistats.claims.threshold import Region
from alumnistats.claims.two_shares import ContrastClaim, TwoShares, two_shares_decisions
from alumnistats.planning import (
    Decision,
    DecisionRange,
    GroupOrder,
    OptionOrder,
    ShareBeyond,
    ShareWithin,
    decision_range,
)
from alumnistats.ranking.draws import draw_shares
from alumnistats.reconstruction import Solutions
from alumnistats.survey import (
    EVERY,
    OVERALL,
    ChangeClaim,
    Claim,
    ExtremeSetClaim,
    ModeClaim,
    RankingClaim,
    ThresholdClaim,
)

SOLUTIONS_SIZED = 100  # solutions, drawn by weight, over which sizes are needed


def _first_option(evidence: Evidence, claim: RankingClaim | ModeClaim) -> Share:
    """Return the count of the option that is claimed to be chosen most, or least."""
    if isinstance(claim, ModeClaim):
        found = share_of(evidence, f"{claim.question}:{claim.option}", claim.group)
    else:
        option = claim.places[0][0]
        found = share_of(evidence, f"{claim.of}:{option}", claim.group or OVERALL)
    assert found is not None  # or the claim would have no decision
    return found


def _shares_by_solution(
    evidence: Evidence, claim: ThresholdClaim
) -> tuple[FloatArray, FloatArray] | None:
    """Return the shares of a claim, (solutions, shares), and the solutions' weights."""
    if claim.group == EVERY:
        if not evidence.recovered(claim.of):
            return None
        some = evidence.tested(subject(claim), SOLUTIONS_SIZED)
    else:
        found = evidence.counts(subject(claim), claim.group)
        if found is None:
            return None
        n, k, weight = found
        none = np.zeros(len(weight))
        some = Solutions(claim.of, (claim.group,), n[:, None], k[:, None], weight, none)
        some = some.thin(SOLUTIONS_SIZED)
    return some.k / np.maximum(some.n, 1), some.weight


def _threshold_decisions(
    evidence: Evidence, claim: ThresholdClaim
) -> tuple[Sequence[ShareBeyond | ShareWithin], FloatArray] | None:
    sides = Region.of(claim).sides
    if not all(0 < side.value < 1 for side in sides):
        return None
    found = _shares_by_solution(evidence, claim)
    if found is None:
        return None
    shares, weight = found
    made = [
        [ShareBeyond(row, side.value, side.upward, evidence.certainty) for side in sides]
        for row in shares
    ]
    if len(sides) == 1:
        return [one for (one,) in made], weight
    return [ShareWithin(low, high) for low, high in made], weight


def _group_decisions(
    evidence: Evidence, claim: RankingClaim | ExtremeSetClaim
) -> tuple[list[GroupOrder], FloatArray]:
    tiers = tiers_of_claim(evidence.survey, claim)
    some = evidence.tested(subject(claim), SOLUTIONS_SIZED)
    shares = some.k / np.maximum(some.n, 1)
    return [GroupOrder(row, tiers, evidence.certainty) for row in shares], some.weight


def decisions_of(evidence: Evidence, claim: Claim) -> DecisionRange[Any] | None:
    """Return what would establish a claim, over the solutions: each has shares of its own.

    Parameters
    ----------
    evidence : Evidence
        Its fits are not used.
    claim : Claim

    Returns
    -------
    DecisionRange or None
        None where no number of respondents would help: a statement without a statistic, a union
        whose joint count is not published, differences of any kind, groups or options of which
        nothing is published.

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.claims import Evidence
    >>> evidence = Evidence(al.reconstruct("america-1969", draws=100), {}, 0.95)
    >>> found = decisions_of(evidence, evidence.survey.claim("quarter"))
    >>> found.low.shares.round(3).tolist(), found.high.shares.round(3).tolist()
    ([0.25], [0.25])
    """
    key = ("decisions", *depends_on(evidence, claim))
    return evidence.once(key, lambda: _decisions_of(evidence, claim))


def depends_on(evidence: Evidence, claim: Claim) -> tuple[Hashable, ...]:
    """Return what a claim's decisions depend on: of options, also the rules they are tested by."""
    options = compares_options(claim, evidence.survey)
    return claim.id, evidence.certainty, evidence.rules if options else None


def _decisions_of(evidence: Evidence, claim: Claim) -> DecisionRange[Any] | None:
    found: tuple[Sequence[Any], FloatArray] | None = None
    if isinstance(claim, ThresholdClaim):
        found = _threshold_decisions(evidence, claim)
    elif compares_options(claim, evidence.survey):
        one = option_decision(evidence, claim)  # of the most probable counts: they hardly vary
        found = None if one is None else ([one], np.ones(1))
    elif isinstance(claim, RankingClaim | ExtremeSetClaim) and evidence.recovered(claim.of):
        found = _group_decisions(evidence, claim)
    elif isinstance(claim, ContrastClaim) and (shares := compared(evidence, claim)) is not None:
        found = two_shares_decisions(shares, evidence.certainty, SOLUTIONS_SIZED)
    return None if found is None else decision_range(*found)


def decision_of(evidence: Evidence, claim: Claim) -> Decision | None:
    """Return what would establish a claim in the solution whose needed size is the median.

    Parameters and None as for `decisions_of`.

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.claims import Evidence
    >>> evidence = Evidence(al.reconstruct("america-1969", draws=100), {}, 0.95)
    >>> decision_of(evidence, evidence.survey.claim("quarter")).threshold
    0.3
    """
    found = decisions_of(evidence, claim)
    return None if found is None else found.median


def unit_of(evidence: Evidence, claim: Claim) -> Unit:
    """Return what the respondents that a claim needs are counted in: each group, or all.

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.claims import Evidence
    >>> evidence = Evidence(al.reconstruct("america-1969", draws=100), {}, 0.95)
    >>> [unit_of(evidence, claim) for claim in evidence.survey.claims]
    ['per group', 'per group', 'in all']
    """
    if isinstance(claim, ThresholdClaim):
        return "in all" if claim.group == OVERALL else "per group"
    if compares_options(claim, evidence.survey):
        overall = isinstance(claim, ModeClaim) and claim.group == OVERALL
        overall |= isinstance(claim, RankingClaim) and (claim.group or OVERALL) == OVERALL
        return "in all" if overall else "per group"
    return "per survey" if isinstance(claim, ChangeClaim) else "per group"


def _shares_of(evidence: Evidence, claim: ContrastClaim) -> TwoShares:
    shares = compared(evidence, claim)
    assert shares is not None  # or the claim would have no decision
    return shares


def sizes_of(evidence: Evidence, claim: Claim) -> IntArray:
    """Return how many respondents a claim's tests rested on, of every share of its decision.

    Parameters
    ----------
    evidence : Evidence
    claim : Claim
        One that has a decision.

    Returns
    -------
    ndarray of int, shape (groups,), or (1,) for claims about all respondents, or (2,) for a change:
        of this survey and of the earlier one
        Means over the solutions, rounded; at least 1.

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.claims import Evidence
    >>> evidence = Evidence(al.reconstruct("america-1969", draws=100), {}, 0.95)
    >>> sizes_of(evidence, evidence.survey.claim("quarter")).tolist()
    [601]
    """
    if isinstance(claim, ThresholdClaim) and claim.group == OVERALL:
        found = evidence.counts(subject(claim), OVERALL)
        assert found is not None  # or the claim would have no decision
        n, _, weight = found
        return np.maximum(np.round([n @ weight]), 1).astype(np.int64)
    if compares_options(claim, evidence.survey):
        return np.array([_first_option(evidence, claim).nobs])
    if isinstance(claim, ContrastClaim):
        samples = _shares_of(evidence, claim).samples()
        return np.maximum(np.round(samples.weight @ samples.n), 1).astype(np.int64)
    assert isinstance(claim, ByGroup)
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

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.claims import Evidence
    >>> evidence = Evidence(al.reconstruct("america-1969", draws=100), {}, 0.95)
    >>> shares = posterior_shares(evidence, evidence.survey.claim("quarter"), 1000)
    >>> round(float(shares.mean()), 2)
    0.25
    """
    rng = np.random.default_rng(seed)
    decision = decision_of(evidence, claim)
    if isinstance(decision, OptionOrder):
        n = sizes_of(evidence, claim)[0]
        only = decision.only * n
        rest = np.maximum(n - only.sum(axis=1, keepdims=True), 0.0)
        gamma = rng.gamma(np.hstack([only, rest]) + JEFFREYS, size=(draws, len(only), 3))
        return np.asarray(gamma[..., :2] / gamma.sum(axis=-1, keepdims=True))
    if isinstance(claim, ContrastClaim):
        return _shares_of(evidence, claim).draws(draws, rng)
    assert isinstance(claim, ByGroup)
    if isinstance(claim, ThresholdClaim) and claim.group != EVERY:
        found = evidence.counts(subject(claim), claim.group)
        assert found is not None  # or the claim would have no decision
        n, k, weight = found
        at = rng.choice(len(weight), draws, p=weight / weight.sum())
        return np.asarray(rng.beta(k[at] + JEFFREYS, n[at] - k[at] + JEFFREYS))[:, None]
    return draw_shares(fitted(evidence, subject(claim)).mixture, draws, rng)
