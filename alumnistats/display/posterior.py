"""A fit as a notebook shows it: the groups' shares, the largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.display.cards import card, frame_table

if TYPE_CHECKING:
    from alumnistats.posterior import Fit


def fit_card(fit: Fit) -> str:
    """Return the model, how well it knows the solutions, and the shares."""
    facts = {"model": fit.model, "engine": fit.engine, "level": fit.level}
    facts |= {"effective solutions": fit.ess, "log evidence": fit.log_evidence}
    table = fit.summary().drop(columns="level").sort_values("median", ascending=False)
    return card(f"Shares: {fit.of}", facts, frame_table(table, "fit.summary()"))
