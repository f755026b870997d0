"""A reconstruction as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.display.cards import card, frame_table
from alumnistats.display.survey import labelled_groups
from alumnistats.display.words import said
from alumnistats.reconstruction.convention_words import convention_sentence
from alumnistats.reconstruction.information import beyond_sentence, withheld_sentence
from alumnistats.sensitivity.words import value_text

if TYPE_CHECKING:
    from alumnistats.reconstruction import Reconstruction


def _respondents(recon: Reconstruction, lang: str) -> str | int | None:
    if recon.totals is None or recon.total.empty:
        return recon.survey.total
    best = recon.total.iloc[0]
    told = said("{:,} ({:.2f}): recon.total", lang)
    return told.format(int(best["total"]), best["probability"])


def reconstruction_card(recon: Reconstruction, lang: str = "en") -> str:
    """Return the sample sizes and the conventions that are possible."""
    facts = {
        "respondents": _respondents(recon, lang),
        "prior on sizes": value_text(recon.size_prior, lang)
        if recon.models
        else said("none: sizes are published", lang),
        "solutions": len(recon.particles.weight),
        "effective": recon.particles.ess,
        "not recovered": withheld_sentence(recon, lang),
        "left out": beyond_sentence(recon, lang),
        "level": recon.level,
    }
    table = recon.conventions
    possible = table[table["probability"] > 0]
    sentences = [
        convention_sentence(recon.survey, str(subject), str(value), lang)
        for subject, value in zip(possible["subject"], possible["value"], strict=True)
    ]
    words = possible.assign(convention=sentences)[["convention", "probability", "error"]]
    sizes = labelled_groups(recon.survey, recon.sample_sizes, lang)
    parts = [frame_table(sizes, "Sample sizes: recon.sample_sizes", lang=lang)]
    if len(possible):
        caption = "How the release was computed: recon.conventions"
        parts.append(frame_table(words, caption, lang=lang))
    title = said("Reconstruction: {}", lang).format(recon.survey.title.get(lang))
    return card(title, facts, *parts, lang=lang)
