"""How many respondents each claim had, and how many would have settled it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.figures.captions import sample_text
from alumnistats.style import (
    BLUE,
    DOUBLE,
    GREY,
    HEADING,
    ORANGE,
    SINGLE,
    axis_label,
    label_rows,
    legend_below,
    level_text,
    log_axis,
    shown_axes,
    source_line,
    styled,
    title,
)

if TYPE_CHECKING:
    from alumnistats.figures.records import Planned

ROW, NARROW_ROW = 0.33, 0.46  # inches: a claim, in two columns and in one
FRAME = 1.2 + HEADING  # inches around the claims
SHARE = 0.55  # of the panel that claims may take
FARTHEST = 3.0  # times the largest number needed: where "no number" is drawn
LINES = 4  # of a claim's text, at most
TEXT = {
    "n": {"en": "Respondents in all", "ja": "全グループの回答者の合計"},
    "here": {"en": "this survey", "ja": "この調査"},
    "needed": {"en": "needed: power {power:.0%}", "ja": "必要数（検出力{power:.0%}）"},
    "assured": {"en": "needed: assurance {power:.0%}", "ja": "必要数（アシュアランス{power:.0%}）"},
    "never": {"en": "no number is enough", "ja": "何人でも足りない"},
    "title": {
        "en": "{k} of {n} claims had the respondents that would settle them",
        "ja": "{n}件の主張のうち、必要な回答者数に達していたのは{k}件",
    },
    "subtitle": {
        "en": "Respondents of each claim and those it needs at {level}, groups of equal size; "
        "{sample}",
        "ja": "主張ごとの回答者数と、{level}水準での必要数（各グループ同数の場合）（{sample}）",
    },
}


def height(plan: Planned, width: float) -> float:
    """Return the height in inches that a figure of this width takes."""
    row = ROW if width > 1.3 * SINGLE else NARROW_ROW
    return FRAME + 0.35 * (width < DOUBLE) + row * len(plan.plan)


def plot_needed(plan: Planned, ax: Any = None, lang: str = "en") -> Any:
    """Draw, for every claim, how many respondents it had and how many it needs.

    Parameters
    ----------
    plan : Plan or SavedPlan
    ax, lang
        As for `plot_forest`, like the axes that are returned.

    Examples
    --------
    >>> import alumnistats as al
    >>> plot_needed(al.plan("america-1969", claims=["quarter"])).get_xlabel()
    'Respondents in all'
    """
    with styled(lang, ax):
        table = plan.plan.sort_values("needed_total", ascending=False, kind="stable")
        ax = shown_axes(DOUBLE, height(plan, DOUBLE)) if ax is None else ax
        needed = table["needed_total"].to_numpy(float)
        assured = (table["assured_n"] * table["groups"]).to_numpy(float)
        here = table["survey_total"].to_numpy(float)
        finite = np.concatenate([needed, assured, here])
        edge = FARTHEST * finite[np.isfinite(finite)].max(initial=1.0)
        rows = np.arange(len(table))
        ax.hlines(rows, here, np.minimum(needed, edge), color="0.8", lw=2, zorder=1)
        ax.plot(here, rows, "|", color="black", ms=10, mew=1.6, label=TEXT["here"][lang])
        for values, marker, colour, word in (
            (needed, "o", BLUE, "needed"),
            (assured, "D", ORANGE, "assured"),
        ):
            label = TEXT[word][lang].format(power=plan.power)
            some = np.isfinite(values)
            if some.any():
                ax.plot(values[some], rows[some], marker, color=colour, ms=5.5, label=label)
            never = np.isinf(values)
            shift = 0.0 if word == "needed" else 0.22
            ax.plot(np.full(never.sum(), edge), rows[never] + shift, ">", color=colour, ms=6)
        if np.isinf(needed).any() or np.isinf(assured).any():
            both = np.isinf(needed).any() and np.isinf(assured).any()
            colour = GREY if both else BLUE if np.isinf(needed).any() else ORANGE
            ax.plot([], [], ">", color=colour, ms=6, label=TEXT["never"][lang])
        ax.set_xscale("log")
        ax.set_xlim(0.7 * np.nanmin([*finite, edge]), 1.25 * edge)
        ax.set_ylim(-0.6, len(table) - 0.4)
        label_rows(ax, rows.tolist(), table[f"claim_{lang}"].tolist(), SHARE, LINES)
        log_axis(ax)
        axis_label(ax, TEXT["n"][lang], SHARE)
        found = {"k": int((here >= needed).sum()), "n": len(table)}
        about = {"level": level_text(plan.level), "sample": sample_text(plan.survey, lang)}
        title(ax, TEXT["title"][lang].format(**found), TEXT["subtitle"][lang].format(**about))
        source_line(ax, plan.survey.credit(lang))
        legend_below(ax, 2)
    return ax
