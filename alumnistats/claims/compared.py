"""Which two shares a claim compares, by its kind."""

from __future__ import annotations

from alumnistats.claims.changes import NowAndThen
from alumnistats.claims.evidence import Evidence
from alumnistats.claims.group_contrasts import TwoGroups
from alumnistats.claims.two_shares import ContrastClaim, TwoShares
from alumnistats.survey import ChangeClaim


def compared(evidence: Evidence, claim: ContrastClaim) -> TwoShares | None:
    """Return the shares; None where what is published does not give their counts."""
    if isinstance(claim, ChangeClaim):
        return evidence.once(
            ("compared", claim.id, evidence.rules.design_effect),
            lambda: NowAndThen.of_claim(evidence, claim),
        )
    return TwoGroups.of_claim(evidence, claim)
