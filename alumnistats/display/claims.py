"""A judged claim as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.claims.ranges import factor_text, range_text
from alumnistats.display.cards import card, rows_table

if TYPE_CHECKING:
    from alumnistats.claims import JudgedClaim


def claim_card(judged: JudgedClaim) -> str:
    """Return the verdict, its grounds, and both in words."""
    claim, grounds = judged.claim, judged.grounds
    facts = {
        "verdict": judged.verdict,
        "p": range_text(grounds.p),
        "probability": range_text(grounds.posterior),
        "Bayes factor": factor_text(grounds.bayes_factor),
        "n needed": grounds.needed_n,
        "base": judged.base,
        "printed at": "; ".join(claim.at or ()),
    }
    texts = [[claim.text.en, grounds.en], [claim.text.ja, grounds.ja]]
    return card(f"Claim {claim.id}", facts, rows_table(["claim", "grounds"], texts))
