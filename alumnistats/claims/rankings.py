"""Claims that name groups by rank: these places in this order, these are the extremes.

In the population such a claim is a conjunction: every group must exceed those placed below it, and
the last place every group not listed. It is established when every one of these comparisons is, so
its p-value is the largest of theirs (Berger's intersection-union test, 1982, Technometrics 24,
295-300); no adjustment for their number is needed.

Under a bias the claim must hold whatever the biases of the groups are: every neighbour then exceeds
the next by a margin of twice the bias in log odds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.claims.evidence import Evidence, all_equal, fitted, share_where, subject
from alumnistats.claims.group_pairs import Pairs, conjunction
from alumnistats.claims.outcome import Grounds
from alumnistats.claims.prior_probabilities import order_prior
from alumnistats.claims.ranges import Range
from alumnistats.claims.rules import Ties
from alumnistats.ranking import p_order, p_top_set
from alumnistats.survey import ExtremeSetClaim, RankingClaim, Survey

Tiers = tuple[tuple[int, ...], ...]


def pairs_of_order(places: Sequence[Sequence[int]], groups: int) -> Pairs:
    """Return (above, below) for neighbouring places, and the last place against all unlisted."""
    rest = [g for g in range(groups) if all(g not in place for place in places)]
    steps = [*places, rest]
    return [
        pair
        for upper, lower in itertools.pairwise(steps)
        for pair in itertools.product(upper, lower)
    ]


def pairs_of_set(members: Sequence[int], groups: int) -> Pairs:
    """Return (inside, outside) for every member and every group that is none."""
    return list(itertools.product(members, [g for g in range(groups) if g not in members]))


def tiers_of(places: Sequence[Sequence[int]], groups: int, sign: int) -> Tiers:
    """Return the places, and those not listed after the last, the largest shares first."""
    rest = tuple(g for g in range(groups) if all(g not in place for place in places))
    tiers = [tuple(place) for place in places] + ([rest] if rest else [])
    return tuple(tiers if sign > 0 else tiers[::-1])


def holds_in_sample(
    n: IntArray, k: IntArray, pairs: Pairs, sign: int, ties: Ties = "strict"
) -> FloatArray:
    """Return, for each solution, whether every first group's share exceeds the second's.

    With weak ties it need not exceed it where both are equal.
    """
    above, below = np.array(pairs).T
    gap = sign * (k[:, above] * n[:, below] - k[:, below] * n[:, above])  # exact, no division
    held = gap > 0 if ties == "strict" else gap >= 0
    return np.asarray(held.all(axis=1), dtype=float)


def _grounds(
    evidence: Evidence, claim: RankingClaim | ExtremeSetClaim, pairs: Pairs, probability: float
) -> Grounds:
    of, sign, ties = subject(claim), 1 if claim.from_ == "highest" else -1, evidence.rules.ties
    solutions = evidence.solutions(of)
    in_sample = evidence.once(
        ("order in the sample", of, tuple(pairs), sign, ties),
        lambda: share_where(
            holds_in_sample(solutions.n, solutions.k, pairs, sign, ties), solutions.weight
        ),
    )
    averaged = conjunction(evidence, of, pairs if sign > 0 else [(b, a) for a, b in pairs])
    sizes = [len(tier) for tier in tiers_of_claim(evidence.survey, claim)]
    exchangeable = not evidence.rules.bias and not all_equal(fitted(evidence, of))
    return Grounds(
        in_sample=Range.exact(in_sample), p=averaged.p, significant=averaged.significant,
        posterior=Range.exact(probability),
        prior=order_prior(sizes) if exchangeable else None,
    )  # fmt: skip


def tiers_of_claim(
    survey: Survey, claim: RankingClaim | ExtremeSetClaim
) -> tuple[tuple[int, ...], ...]:
    """Return the groups of each place, the largest shares first, those not listed included."""
    index = {g: i for i, g in enumerate(survey.group_ids)}
    places = claim.places if isinstance(claim, RankingClaim) else (claim.members,)
    numbered = [tuple(index[g] for g in place) for place in places]
    return tiers_of(numbered, len(index), 1 if claim.from_ == "highest" else -1)


def judge_group_order(evidence: Evidence, claim: RankingClaim) -> Grounds:
    """Return the grounds of "these groups hold these places"."""
    index = {g: i for i, g in enumerate(evidence.survey.group_ids)}
    places = tuple(tuple(index[g] for g in place) for place in claim.places)
    probability = _probability(evidence, claim, p_order, places)
    return _grounds(evidence, claim, pairs_of_order(places, len(index)), probability)


def judge_extreme_set(evidence: Evidence, claim: ExtremeSetClaim) -> Grounds:
    """Return the grounds of "these groups are the extremes"."""
    index = {g: i for i, g in enumerate(evidence.survey.group_ids)}
    members = tuple(index[g] for g in claim.members)
    probability = _probability(evidence, claim, p_top_set, members)
    return _grounds(evidence, claim, pairs_of_set(members, len(index)), probability)


def _probability(
    evidence: Evidence,
    claim: RankingClaim | ExtremeSetClaim,
    law: Callable[..., float],
    groups: tuple[Any, ...],
) -> float:
    """Return the posterior probability of groups in their places by its law."""
    fit, margin = fitted(evidence, subject(claim)), 2 * evidence.rules.bias
    return evidence.once(
        (law.__name__, subject(claim), groups, claim.from_, margin),
        lambda: 0.0 if all_equal(fit) else law(fit.mixture, groups, claim.from_, margin),
    )
