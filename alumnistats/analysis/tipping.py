"""Tipping points: how large a bias would have to be for a verdict to change.

A bias of delta lets each group's share of the population be off by up to delta in log odds (see
`Rules`). What is established, or refuted, must be so for every such bias, so a larger delta only
ever takes grounds away: p-values and the probability of the claim's failure grow, the probabilities
of the claim and of its opposite fall. Each verdict therefore holds on an interval of delta that
starts at 0 or is never reached from there, and bisection finds its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from alumnistats.analysis.choices import Choices, gather
from alumnistats.claims import Evidence, Verdict, verdict_of
from alumnistats.errors import ArgumentError
from alumnistats.posterior import Fit
from alumnistats.reconstruction import Reconstruction
from alumnistats.survey import Claim

LARGEST = 3.0  # log odds: a factor of 20, such as between shares of 18% and 82%
TOLERANCE = 1e-3  # of a tipping point, in log odds


def tipping_point(
    recon: Reconstruction,
    fits: Mapping[str, Fit],
    choices: Choices,
    claim_id: str,
    *,
    largest: float = LARGEST,
    tolerance: float = TOLERANCE,
    evidence: Evidence | None = None,
) -> float:
    """Return the smallest bias at which a claim's verdict is no longer the one without a bias.

    Parameters
    ----------
    recon : Reconstruction
    fits : dict of Fit
    choices : Choices
        How claims are judged; their own bias is not used.
    claim_id : str
    largest : float
        Bias up to which is looked, in log odds.
    tolerance : float
        The result exceeds the smallest such bias by no more.
    evidence : Evidence, optional
        Of this reconstruction and these fits: what it knows is not computed again.

    Returns
    -------
    float
        Log odds; infinite if the verdict is the same at `largest`.

    Raises
    ------
    ArgumentError
        For an unknown claim, or `largest` or `tolerance` that are not positive.
    """
    for name, value in (("largest", largest), ("tolerance", tolerance)):
        if not 0 < value < float("inf"):
            raise ArgumentError(name, value, "a finite number above 0")
    claim = recon.survey.claim(claim_id)
    known = (gather(recon, fits) if evidence is None else evidence).apart()
    usual = _verdict(known, claim, choices, 0.0)
    if _verdict(known, claim, choices, largest) == usual:
        return float("inf")
    same, other = 0.0, largest
    while other - same > tolerance:
        middle = (same + other) / 2
        if _verdict(known, claim, choices, middle) == usual:
            same = middle
        else:
            other = middle
    return other


def _verdict(evidence: Evidence, claim: Claim, choices: Choices, bias: float) -> Verdict:
    rules = replace(choices.rules, bias=bias)
    return verdict_of(evidence.by(choices.level, rules), claim)


def tipping_points(
    recon: Reconstruction,
    fits: Mapping[str, Fit],
    choices: Choices,
    *,
    largest: float = LARGEST,
    tolerance: float = TOLERANCE,
    evidence: Evidence | None = None,
) -> dict[str, float]:
    """Return `tipping_point` of every claim of the survey, by its id."""
    known = gather(recon, fits) if evidence is None else evidence
    return {
        claim.id: tipping_point(
            recon, fits, choices, claim.id,
            largest=largest, tolerance=tolerance, evidence=known,
        )
        for claim in recon.survey.claims
    }  # fmt: skip
