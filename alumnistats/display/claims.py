"""A judged claim as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.claims.ranges import factor_text, range_text
from alumnistats.claims.sentences import VERDICT_LABELS
from alumnistats.display.cards import card, rows_table
from alumnistats.display.words import said
from alumnistats.sensitivity.words import value_text

if TYPE_CHECKING:
    from alumnistats.claims import JudgedClaim


def claim_card(judged: JudgedClaim, lang: str = "en") -> str:
    """Return the verdict, its grounds, and both in words."""
    claim, grounds = judged.claim, judged.grounds
    facts = {
        "verdict": VERDICT_LABELS[judged.verdict][lang],
        "p": range_text(grounds.p),
        "probability": range_text(grounds.posterior),
        "Bayes factor": factor_text(grounds.bayes_factor),
        "n needed": grounds.needed_n,
        "base": value_text(judged.base, lang),
        "printed at": "; ".join(claim.at or ()),
    }
    texts = [[claim.text.en, grounds.en], [claim.text.ja, grounds.ja]]
    shown = rows_table(["claim", "grounds"], texts if lang == "en" else texts[::-1], lang=lang)
    return card(said("Claim {}", lang).format(claim.id), facts, shown, lang=lang)
