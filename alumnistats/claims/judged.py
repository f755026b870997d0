"""A claim with its grounds and its verdict."""

from __future__ import annotations

from dataclasses import dataclass

from alumnistats.claims.outcome import Grounds, Verdict
from alumnistats.claims.ranges import factor_text, range_text
from alumnistats.display import card, rows_table
from alumnistats.survey import Claim


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim, its grounds, its verdict, and the base it is judged on, as in a survey file."""

    claim: Claim
    grounds: Grounds
    verdict: Verdict
    base: str = ""

    def _repr_html_(self) -> str:
        grounds = self.grounds
        facts = {
            "verdict": self.verdict,
            "p": range_text(grounds.p),
            "probability": range_text(grounds.posterior),
            "Bayes factor": factor_text(grounds.bayes_factor),
            "n needed": grounds.needed_n,
            "base": self.base,
            "printed at": "; ".join(self.claim.at or ()),
        }
        texts = [[self.claim.text.en, grounds.en], [self.claim.text.ja, grounds.ja]]
        return card(f"Claim {self.claim.id}", facts, rows_table(["claim", "grounds"], texts))
