"""A sensitivity analysis as a notebook shows it: how often each verdict stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.display.cards import card, frame_table

if TYPE_CHECKING:
    from alumnistats.sensitivity import Sensitivity

COLUMNS = [
    "claim", "base_verdict", "share", "lowest_probability", "highest_probability", "hangs_on",
]  # fmt: skip


def sensitivity_card(result: Sensitivity) -> str:
    """Return how many scenarios there were, and the summary of every claim."""
    facts = {
        "scenarios": len(result.finished), "failed": len(result.failures), "seed": result.seed,
    }  # fmt: skip
    caption = "share: of the scenarios that keep the verdict; sensitivity.summary()"
    table = frame_table(result.summary()[COLUMNS], caption)
    return card(f"Sensitivity: {result.survey.title.en}", facts, table)
