"""A binomial GLM as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.display.cards import card, frame_table
from alumnistats.display.words import said

if TYPE_CHECKING:
    from alumnistats.regression import GLMFit


def glm_card(fit: GLMFit, lang: str = "en") -> str:
    """Return what was fitted, and its terms, the largest first."""
    facts = {"solutions": len(fit.weight), "level": fit.level, "dispersion": fit.scale}
    table = fit.summary().drop(columns="level").sort_values("estimate", ascending=False)
    title = said("Binomial GLM: {}", lang).format(fit.of)
    return card(title, facts, frame_table(table, "fit.summary()", lang=lang), lang=lang)
