"""A sensitivity analysis as a notebook shows it: how often each verdict stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.claims import VERDICT_LABELS
from alumnistats.display.cards import card, frame_table
from alumnistats.display.words import said
from alumnistats.sensitivity.words import label

if TYPE_CHECKING:
    from alumnistats.sensitivity import Sensitivity

COLUMNS = [
    "claim", "base_verdict", "share", "lowest_probability", "highest_probability", "depends_on",
]  # fmt: skip


def sensitivity_card(result: Sensitivity, lang: str = "en") -> str:
    """Return how many scenarios there were, and the summary of every claim."""
    facts = {
        "scenarios": len(result.finished), "failed": len(result.failures), "seed": result.seed,
    }  # fmt: skip
    caption = "share: of the scenarios that keep the verdict; sensitivity.summary()"
    summary, comma = result.summary()[COLUMNS], {"en": ", ", "ja": "、"}[lang]
    summary = summary.assign(
        claim=[result.survey.claim(claim).text.get(lang) for claim in summary["claim"]],
        base_verdict=[VERDICT_LABELS[v][lang] if v else "" for v in summary["base_verdict"]],
        depends_on=[
            comma.join(label(name, lang) for name in names.split(", ")) if names else ""
            for names in summary["depends_on"]
        ],
    )
    title = said("Sensitivity: {}", lang).format(result.survey.title.get(lang))
    return card(title, facts, frame_table(summary, caption, lang=lang), lang=lang)
