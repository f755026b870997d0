"""How many respondents would have settled a claim, over the solutions, and how surely."""

from __future__ import annotations

import numpy as np

from alumnistats.claims.decisions import decisions_of, depends_on, posterior_shares, unit_of
from alumnistats.claims.evidence import ByGroup, Evidence, subject
from alumnistats.claims.outcome import Needed
from alumnistats.planning import assurance, needed_sizes
from alumnistats.survey import EVERY, Claim, ThresholdClaim

DRAWS = 1000  # of the posterior, for assurance: a standard error of at most 0.016
LARGEST_ASSURED = 100_000  # respondents, from which on a survey is not simulated


def needed_of(evidence: Evidence, claim: Claim) -> Needed | None:
    """Return the respondents that a claim needs; None where no number decides it."""
    key = ("needed", evidence.sizing, *depends_on(evidence, claim))
    return evidence.once(key, lambda: _needed_of(evidence, claim))


def _needed_of(evidence: Evidence, claim: Claim) -> Needed | None:
    decisions = decisions_of(evidence, claim)
    if decisions is None:
        return None
    size = needed_sizes(decisions, method=evidence.sizing)
    known = None
    if evidence.sizing == "exact" and size.median <= LARGEST_ASSURED and _drawn(evidence, claim):
        draws = posterior_shares(evidence, claim, DRAWS)
        found = assurance(decisions.median, draws, np.array([size.median], dtype=np.int64))
        known = float(found.value[0])
    return Needed(size, unit_of(evidence, claim), known)


def _drawn(evidence: Evidence, claim: Claim) -> bool:
    """Return whether the claim's shares can be drawn: those of groups need a fit."""
    if not isinstance(claim, ByGroup) or not evidence.recovered(claim.of):
        return True
    if isinstance(claim, ThresholdClaim) and claim.group != EVERY:
        return True
    return evidence.fit(subject(claim)) is not None
