"""Of whom a claim speaks: everybody, or those who gave certain answers to an earlier question."""

from __future__ import annotations

from alumnistats.claims.evidence import ByGroup, Evidence
from alumnistats.reconstruction.convention_words import base_label
from alumnistats.survey import (
    ALL,
    ChangeClaim,
    Claim,
    HomogeneityClaim,
    ModeClaim,
    Question,
    StatementClaim,
    UnionClaim,
)


def _question_of(
    evidence: Evidence, claim: ByGroup | ChangeClaim | ModeClaim | HomogeneityClaim | UnionClaim
) -> Question:
    survey = evidence.survey
    if isinstance(claim, ModeClaim | HomogeneityClaim):
        return survey.question(claim.question)
    of = claim.options[0] if isinstance(claim, UnionClaim) else claim.of
    if any(question.id == of for question in survey.questions):
        return survey.question(of)
    return survey.resolve(of)[0]


def base_of(evidence: Evidence, claim: Claim) -> str:
    """Return the base that a claim is judged on, as in a survey file; empty for statements.

    Of several candidates the most probable one.
    """
    if isinstance(claim, StatementClaim):
        return ""
    if getattr(claim, "of_all", False):
        return ALL
    question = _question_of(evidence, claim)
    if len(question.base) == 1:
        return question.base[0]
    table = evidence.recon.conventions
    mine = table[(table["dimension"] == "base") & (table["subject"] == question.id)]
    likely = mine.sort_values("probability", kind="stable")["value"]
    return str(likely.iloc[-1]) if len(likely) else question.base[0]


def with_base(evidence: Evidence, base: str, sentence: tuple[str, str]) -> tuple[str, str]:
    """Return a sentence that names its base, unless that is everybody."""
    if base in ("", ALL):
        return sentence
    en, ja = (base_label(evidence.survey, base, lang) for lang in ("en", "ja"))
    return (
        f'Of those who answered "{en}": {sentence[0]}',
        f"「{ja}」の回答者について：{sentence[1]}",
    )
