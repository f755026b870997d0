"""A claim with its grounds and its verdict."""

from __future__ import annotations

from dataclasses import dataclass

from alumnistats.claims.outcome import Grounds, Verdict
from alumnistats.survey import Claim


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim, its grounds, its verdict, and the base it is judged on, as in a survey file."""

    claim: Claim
    grounds: Grounds
    verdict: Verdict
    base: str = ""
