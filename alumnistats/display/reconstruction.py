"""A reconstruction as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.display.cards import card, frame_table
from alumnistats.reconstruction.convention_words import convention_sentence
from alumnistats.reconstruction.information import withheld_sentence

if TYPE_CHECKING:
    from alumnistats.reconstruction import Reconstruction


def _respondents(recon: Reconstruction) -> str | int | None:
    if recon.totals is None or recon.total.empty:
        return recon.survey.total
    best = recon.total.iloc[0]
    return f"{int(best['total'])} ({best['probability']:.2f}): recon.total"


def reconstruction_card(recon: Reconstruction) -> str:
    """Return the sample sizes and the conventions that are possible."""
    facts = {
        "respondents": _respondents(recon),
        "prior on sizes": recon.size_prior if recon.models else "none: sizes are published",
        "solutions": len(recon.particles.weight),
        "effective": recon.particles.ess,
        "not recovered": withheld_sentence(recon, "en"),
        "level": recon.level,
    }
    table = recon.conventions
    possible = table[table["probability"] > 0]
    said = [
        convention_sentence(recon.survey, str(subject), str(value), "en")
        for subject, value in zip(possible["subject"], possible["value"], strict=True)
    ]
    words = possible.assign(convention=said)[["convention", "probability", "error"]]
    parts = [frame_table(recon.sample_sizes, "Sample sizes: recon.sample_sizes")]
    if len(possible):
        parts.append(frame_table(words, "How the release was computed: recon.conventions"))
    return card(f"Reconstruction: {recon.survey.title.en}", facts, *parts)
