"""A fit as a notebook shows it: the groups' shares, the largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.display.cards import card, frame_table
from alumnistats.display.words import said
from alumnistats.sensitivity.words import value_text

if TYPE_CHECKING:
    from alumnistats.posterior import Fit


def fit_card(fit: Fit, lang: str = "en") -> str:
    """Return the model, how well it knows the solutions, and the shares."""
    facts = {
        "model": value_text(fit.model, lang),
        "engine": said(fit.engine, lang),
        "level": fit.level,
    }
    facts |= {"effective solutions": fit.ess, "log evidence": fit.log_evidence}
    table = fit.summary().drop(columns="level").sort_values("median", ascending=False)
    table["group"] = [fit.solutions.label(group, lang) for group in table["group"]]
    title = said("Shares: {}", lang).format(fit.solutions.label(fit.of, lang))
    return card(title, facts, frame_table(table, "fit.summary()", lang=lang), lang=lang)
