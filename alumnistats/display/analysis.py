"""An analysis and a plan as a notebook shows them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from alumnistats.claims import VERDICT_LABELS
from alumnistats.display.cards import card, frame_table

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis, Plan

CLAIM_COLUMNS = ["id", "verdict", "p_value", "probability", "needed_n", "claim_en"]
PLAN_COLUMNS = ["id", "power", "needed_n", "needed_total", "allocated_total", "claim_en"]


def analysis_card(analysis: Analysis) -> str:
    """Return the verdicts, decided claims first, and the sample sizes."""
    count = Counter(judged.verdict for judged in analysis.judged)
    facts: dict[str, object] = {"level": analysis.level, "claims": len(analysis.judged)}
    facts |= {verdict: count[verdict] for verdict in VERDICT_LABELS if count[verdict]}
    parts = []
    if analysis.judged:
        order = {verdict: place for place, verdict in enumerate(VERDICT_LABELS)}
        claims = analysis.claims.sort_values("verdict", key=lambda v: v.map(order), kind="stable")
        parts.append(frame_table(claims[CLAIM_COLUMNS], "Claims: analysis.claims"))
    parts.append(frame_table(analysis.sample_sizes, "Sample sizes: analysis.sample_sizes"))
    if analysis.ranked:
        facts["ranked"] = ", ".join(analysis.ranked)
    return card(f"Analysis: {analysis.survey.title.en}", facts, *parts)


def plan_card(plan: Plan) -> str:
    """Return what settles each claim, the cheapest first."""
    table = plan.plan.sort_values("needed_n", kind="stable")[PLAN_COLUMNS]
    if not table["allocated_total"].notna().any():
        table = table.drop(columns="allocated_total")
    facts = {
        "power asked for": plan.power,
        "level": plan.level,
        "design effect": plan.design_effect,
        "claims that some number of respondents could settle": len(plan.claims),
    }
    title = f"Respondents that would settle each claim: {plan.survey.title.en}"
    return card(title, facts, frame_table(table, "plan.plan"))
