"""Claims: a published statement in, a verdict with its grounds out."""

from alumnistats.claims.decisions import decision_of, posterior_shares, sizes_of
from alumnistats.claims.evidence import Evidence
from alumnistats.claims.judge import JudgedClaim, claims_table, judge, judge_all
from alumnistats.claims.outcome import Grounds, Verdict, decide
from alumnistats.claims.rules import Rules
from alumnistats.claims.sentences import VERDICT_LABELS

__all__ = [
    "VERDICT_LABELS",
    "Evidence",
    "Grounds",
    "JudgedClaim",
    "Rules",
    "Verdict",
    "claims_table",
    "decide",
    "decision_of",
    "judge",
    "judge_all",
    "posterior_shares",
    "sizes_of",
]
