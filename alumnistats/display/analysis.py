"""An analysis and a plan as a notebook shows them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from alumnistats.claims import VERDICT_LABELS
from alumnistats.display.cards import card, frame_table
from alumnistats.display.survey import labelled_groups
from alumnistats.display.words import said

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis, Plan

CLAIM_COLUMNS = ["id", "verdict", "p_value", "probability", "needed_n", "claim"]
PLAN_COLUMNS = ["id", "power", "needed_n", "needed_total", "allocated_total", "claim"]


def analysis_card(analysis: Analysis, lang: str = "en") -> str:
    """Return the verdicts, decided claims first, and the sample sizes."""
    count = Counter(judged.verdict for judged in analysis.judged)
    facts: dict[str, object] = {"level": analysis.level, "claims": len(analysis.judged)}
    facts |= {verdict: count[verdict] for verdict in VERDICT_LABELS if count[verdict]}
    parts = []
    if analysis.judged:
        order = {verdict: place for place, verdict in enumerate(VERDICT_LABELS)}
        claims = analysis.claims.sort_values("verdict", key=lambda v: v.map(order), kind="stable")
        claims = claims.assign(
            claim=claims[f"claim_{lang}"],
            verdict=[VERDICT_LABELS[verdict][lang] for verdict in claims["verdict"]],
        )
        parts.append(frame_table(claims[CLAIM_COLUMNS], "Claims: analysis.claims", lang=lang))
    sizes = labelled_groups(analysis.survey, analysis.sample_sizes, lang)
    parts.append(frame_table(sizes, "Sample sizes: analysis.sample_sizes", lang=lang))
    if analysis.ranked:
        comma = {"en": ", ", "ja": "、"}[lang]
        facts["ranked"] = comma.join(analysis.survey.label(of, lang) for of in analysis.ranked)
    title = said("Analysis: {}", lang).format(analysis.survey.title.get(lang))
    return card(title, facts, *parts, lang=lang)


def plan_card(plan: Plan, lang: str = "en") -> str:
    """Return what settles each claim, the cheapest first."""
    table = plan.plan.rename(columns={f"claim_{lang}": "claim"})
    table = table.sort_values("needed_n", kind="stable")[PLAN_COLUMNS]
    if not table["allocated_total"].notna().any():
        table = table.drop(columns="allocated_total")
    facts = {
        "power asked for": plan.power,
        "level": plan.level,
        "design effect": plan.design_effect,
        "claims that some number of respondents could settle": len(plan.claims),
    }
    title = said("Respondents that would settle each claim: {}", lang)
    shown = frame_table(table, "plan.plan", lang=lang)
    return card(title.format(plan.survey.title.get(lang)), facts, shown, lang=lang)
