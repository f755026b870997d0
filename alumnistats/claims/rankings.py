"""Claims that name groups by rank: these places in this order, these are the extremes.

In the population such a claim is a conjunction: every group must exceed those placed below it, and
the last place every group not listed. It is established when every one of these comparisons is, so
its p-value is the largest of theirs (Berger's intersection-union test, 1982, Technometrics 24,
295-300); no adjustment for their number is needed.

Under a tilt the claim must hold whatever the tilts of the groups are: every neighbour then exceeds
the next by a margin of twice the tilt in log odds.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from alumnistats.claims.evidence import POWER, Evidence, FloatArray, IntArray, all_equal
from alumnistats.claims.group_pairs import Pairs, conjunction
from alumnistats.claims.outcome import Grounds
from alumnistats.claims.rules import Ties
from alumnistats.ranking import p_order, p_top_set
from alumnistats.survey import ExtremeSetClaim, RankingClaim


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


def needed_size(share_a: float, share_b: float, sign: int, level: float) -> float:
    """Return respondents a group for 80% power of a one-sided z test of two shares.

    The usual normal approximation (Fleiss, Levin and Paik 2003, section 4.2, without continuity
    correction); infinite when the shares are equal or ordered against `sign`.
    """
    gap = sign * (share_a - share_b)
    if gap <= 0:
        return float("inf")
    mean = (share_a + share_b) / 2
    null = ndtri(level) * np.sqrt(2 * mean * (1 - mean))
    other = ndtri(POWER) * np.sqrt(share_a * (1 - share_a) + share_b * (1 - share_b))
    return float(np.ceil(((null + other) / gap) ** 2))


def _grounds(evidence: Evidence, of: str, pairs: Pairs, sign: int, probability: float) -> Grounds:
    solutions, ties = evidence.solutions(of), evidence.rules.ties
    in_sample = evidence.once(
        ("order in the sample", of, tuple(pairs), sign, ties),
        lambda: float(
            holds_in_sample(solutions.n, solutions.k, pairs, sign, ties) @ solutions.weight
        ),
    )
    averaged = conjunction(evidence, of, pairs if sign > 0 else [(b, a) for a, b in pairs])
    share = (solutions.k / np.maximum(solutions.n, 1)).T @ solutions.weight
    needed = max(
        needed_size(float(share[a]), float(share[b]), sign, evidence.level) for a, b in pairs
    )
    return Grounds(in_sample, averaged.p_value, averaged.significant, probability, needed, "", "")


def judge_group_order(evidence: Evidence, claim: RankingClaim) -> Grounds:
    """Return the grounds of "these groups hold these places"."""
    survey = evidence.survey
    index = {g: i for i, g in enumerate(survey.group_ids)}
    places = tuple(tuple(index[g] for g in place) for place in claim.places)
    sign = 1 if claim.from_ == "highest" else -1
    fit, margin = evidence.fits[claim.of], 2 * evidence.rules.tilt
    probability = evidence.once(
        ("order", claim.of, places, sign, margin),
        lambda: 0.0 if all_equal(fit) else p_order(fit.mixture, places, claim.from_, margin),
    )
    return _grounds(evidence, claim.of, pairs_of_order(places, len(index)), sign, probability)


def judge_extreme_set(evidence: Evidence, claim: ExtremeSetClaim) -> Grounds:
    """Return the grounds of "these groups are the extremes"."""
    index = {g: i for i, g in enumerate(evidence.survey.group_ids)}
    members = tuple(index[g] for g in claim.members)
    sign = 1 if claim.from_ == "highest" else -1
    fit, margin = evidence.fits[claim.of], 2 * evidence.rules.tilt
    probability = evidence.once(
        ("extremes", claim.of, members, sign, margin),
        lambda: 0.0 if all_equal(fit) else p_top_set(fit.mixture, members, claim.from_, margin),
    )
    return _grounds(evidence, claim.of, pairs_of_set(members, len(index)), sign, probability)
