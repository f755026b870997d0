"""A binomial GLM as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.display.cards import card, frame_table

if TYPE_CHECKING:
    from alumnistats.regression import GLMFit


def glm_card(fit: GLMFit) -> str:
    """Return what was fitted, and its terms, the largest first."""
    facts = {"solutions": len(fit.weight), "level": fit.level, "dispersion": fit.scale}
    table = fit.summary().drop(columns="level").sort_values("estimate", ascending=False)
    return card(f"Binomial GLM: {fit.of}", facts, frame_table(table, "fit.summary()"))
