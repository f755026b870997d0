"""Claims: a published statement in, a verdict with its grounds out."""

from alumnistats.claims.decisions import (
    decision_of,
    decisions_of,
    posterior_shares,
    sizes_of,
    unit_of,
)
from alumnistats.claims.evidence import Evidence
from alumnistats.claims.judge import claims_table, judge, judge_all, verdict_of
from alumnistats.claims.judged import JudgedClaim
from alumnistats.claims.multiplicity import Tally, adjusted, tally
from alumnistats.claims.outcome import Grounds, Needed, Verdict, decide
from alumnistats.claims.ranges import Range, factor_text, range_text
from alumnistats.claims.rules import Rules
from alumnistats.claims.sentences import VERDICT_LABELS

__all__ = [
    "VERDICT_LABELS",
    "Evidence",
    "Grounds",
    "JudgedClaim",
    "Needed",
    "Range",
    "Rules",
    "Tally",
    "Verdict",
    "adjusted",
    "claims_table",
    "decide",
    "decision_of",
    "decisions_of",
    "factor_text",
    "judge",
    "judge_all",
    "posterior_shares",
    "range_text",
    "sizes_of",
    "tally",
    "unit_of",
    "verdict_of",
]
