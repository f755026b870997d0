"""Power over the number of respondents, claim by claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.errors import ArgumentError
from alumnistats.figures.captions import sample_text
from alumnistats.style import (
    BLUE,
    DOUBLE,
    GREEN,
    GREY,
    HEADING,
    ORANGE,
    PINK,
    SKY,
    VERMILION,
    legend_below,
    level_text,
    log_axis,
    shown_axes,
    source_line,
    styled,
    title,
    upright_label,
)

if TYPE_CHECKING:
    from alumnistats.figures.records import Planned

CURVES = 6  # at most, if the claims are not named: more cannot be told apart
STYLES = (
    (BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), (VERMILION, "D"), (PINK, "v"), (SKY, "P"),
)  # fmt: skip
EVERY = 4  # points of a curve from one marker to the next
PANEL, ENTRY = 3.2 + HEADING, 0.17  # inches: the curves and what is around them; a legend's line
SHOWN = 0.02  # power from which a curve is of interest
TEXT = {
    "title": {
        "en": "The cheapest of these claims needs {low:,.0f} respondents in all, the dearest "
        "{high:,.0f}",
        "ja": "これらの主張の必要回答者数は、合計{low:,.0f}人から{high:,.0f}人",
    },
    "subtitle": {
        "en": "Power at {level} over the number of respondents, groups of equal size; dotted: "
        "{power:.0%}; {sample}",
        "ja": "回答者数と検出力（{level}水準、各グループ同数、点線は{power:.0%}）（{sample}）",
    },
    "n": {"en": "Respondents in all", "ja": "全グループの回答者の合計"},
    "power": {"en": "Probability that the claim is settled", "ja": "主張が確かめられる確率"},
    "assurance": {"en": "dashed: assurance", "ja": "破線：アシュアランス"},
}


def height(plan: Planned, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    lines = 1 if width >= DOUBLE else 2
    return PANEL + ENTRY * lines * len(default_claims(plan))


def plot_power(
    plan: Planned, claims: Sequence[str] | None = None, ax: Any = None, lang: str = "en"
) -> Any:
    """Draw power over the number of respondents; assurance, where the plan has it, dashed.

    Parameters
    ----------
    plan : Plan or SavedPlan
    claims : sequence of str, optional
        Ids; when omitted the six that need the fewest respondents.
    ax, lang
        As for `plot_forest`, like the axes that are returned.

    Raises
    ------
    ArgumentError
        For a claim that is not in the plan.

    Examples
    --------
    >>> import alumnistats as al
    >>> plot_power(al.plan("america-1969", claims=["quarter"])).get_xlabel()
    'Respondents in all'
    """
    table = plan.plan.set_index("id")
    members = table["groups"].to_dict()
    names = default_claims(plan) if claims is None else list(claims)
    for name in names:
        if name not in table.index:
            raise ArgumentError("claims", name, "ids of claims in the plan")
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(plan, DOUBLE)) if ax is None else ax
        ax.axhline(plan.power, color=GREY, lw=0.8, ls=":")
        for i, name in enumerate(names):
            curves = plan.power_curves[plan.power_curves["id"] == name]
            groups = members[name]
            label = str(table.loc[name, f"claim_{lang}"])
            colour, marker = STYLES[i % len(STYLES)]
            for kind, part in curves.groupby(curves["method"] == "assurance"):
                ax.plot(
                    groups * part["n"], part["power"], color=colour, lw=1.4, marker=marker, ms=4,
                    markevery=(i % EVERY, EVERY), ls="--" if kind else "-",
                    label=None if kind else label,
                )  # fmt: skip
        if (plan.power_curves["method"] == "assurance").any():
            ax.plot([], [], "--", color=GREY, label=TEXT["assurance"][lang])
        ax.set_xscale("log")
        ax.set_ylim(0, 1.03)
        log_axis(ax)
        ax.set_xlabel(TEXT["n"][lang])
        upright_label(ax, TEXT["power"][lang])
        finite = table.loc[names, "needed_total"]
        found = {"low": finite.min(), "high": finite.max()}
        about = {
            "level": level_text(plan.level), "power": plan.power,
            "sample": sample_text(plan.survey, lang),
        }  # fmt: skip
        title(ax, TEXT["title"][lang].format(**found), TEXT["subtitle"][lang].format(**about))
        source_line(ax, plan.survey.credit(lang))
        legend_below(ax, 1)
    return ax


def default_claims(plan: Planned) -> list[str]:
    """Return claims that can be settled, the cheapest first, one of those with equal needs."""
    table = plan.plan[np.isfinite(plan.plan["needed_total"])]
    table = table.sort_values("needed_total", kind="stable").drop_duplicates("needed_total")
    return [str(name) for name in table["id"].head(CURVES)]
