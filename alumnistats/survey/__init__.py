"""Frozen records of a published survey: what was printed, and where it was printed."""

from alumnistats.survey.claims import (
    CLAIM_KINDS,
    Claim,
    ExtremeSetClaim,
    HomogeneityClaim,
    ModeClaim,
    RankingClaim,
    StatementClaim,
    ThresholdClaim,
    UnionClaim,
)
from alumnistats.survey.document import Survey
from alumnistats.survey.fields import (
    ALL,
    EVERY,
    ID_LETTERS,
    MAX_DECIMALS,
    OVERALL,
    AddingUp,
    OverallShare,
    percent_units,
)
from alumnistats.survey.labelled import labelled
from alumnistats.survey.records import (
    Figure,
    Group,
    Measure,
    Option,
    Question,
    Ranking,
    Source,
    Stratum,
    Text,
)

__all__ = [
    "ALL",
    "CLAIM_KINDS",
    "EVERY",
    "ID_LETTERS",
    "MAX_DECIMALS",
    "OVERALL",
    "AddingUp",
    "Claim",
    "ExtremeSetClaim",
    "Figure",
    "Group",
    "HomogeneityClaim",
    "Measure",
    "ModeClaim",
    "Option",
    "OverallShare",
    "Question",
    "Ranking",
    "RankingClaim",
    "Source",
    "StatementClaim",
    "Stratum",
    "Survey",
    "Text",
    "ThresholdClaim",
    "UnionClaim",
    "labelled",
    "percent_units",
]
