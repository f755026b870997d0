"""Claims: a published statement in, a verdict with its grounds out."""

from alumnistats.claims.evidence import Evidence
from alumnistats.claims.judge import JudgedClaim, claims_table, judge, judge_all
from alumnistats.claims.outcome import Grounds, Verdict, decide
from alumnistats.claims.rules import Rules
from alumnistats.claims.sentences import VERDICT_LABELS, probability_text

__all__ = [
    "VERDICT_LABELS",
    "Evidence",
    "Grounds",
    "JudgedClaim",
    "Rules",
    "Verdict",
    "claims_table",
    "decide",
    "judge",
    "judge_all",
    "probability_text",
]
