"""Figures of a plan: how many respondents each claim needs, and power over their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.errors import ArgumentError
from alumnistats.figures.plots import _shorten
from alumnistats.style import BLUE, GREEN, GREY, ORANGE, VERMILION, legend_below, new_axes, styled

if TYPE_CHECKING:
    from alumnistats.analysis import Plan

CURVES = 6  # at most, if the claims are not named: more cannot be told apart
COLOURS = (BLUE, ORANGE, GREEN, VERMILION, "#CC79A7", "#56B4E9")
FARTHEST = 3.0  # times the largest number needed: where "no number" is drawn
TEXT = {
    "n": {"en": "Respondents of each group, or of all", "ja": "回答者数(業界ごと、または全体)"},
    "power": {"en": "Probability that the claim is settled", "ja": "主張が確かめられる確率"},
    "target": {"en": "target", "ja": "目標"},
    "here": {"en": "this survey", "ja": "この調査"},
    "needed": {"en": "needed: power {power:.0%}", "ja": "必要数(検出力{power:.0%})"},
    "assured": {"en": "needed: assurance {power:.0%}", "ja": "必要数(アシュアランス{power:.0%})"},
    "never": {"en": "no number is enough", "ja": "何人でも足りない"},
    "title": {"en": "Respondents that would settle each claim", "ja": "主張ごとの必要回答者数"},
    "assurance": {"en": "dashed: assurance", "ja": "破線:アシュアランス"},
}


def _here(plan: Plan, name: str) -> float:
    """Return the smallest number of respondents of a group that the claim rested on."""
    one = next(c for c in plan.claims if c.claim.id == name)
    return float(one.sizes[one.members].min() * plan.design_effect)


def plot_needed(plan: Plan, ax: Any = None, lang: str = "en") -> Any:
    """Draw, for every claim, how many respondents it had and how many it needs.

    Parameters
    ----------
    plan : Plan
    ax : matplotlib Axes, optional
    lang : {"en", "ja"}

    Returns
    -------
    Axes
    """
    with styled(lang):
        table = plan.plan.sort_values("needed_n", ascending=False, kind="stable")
        ax = new_axes(8.4, 0.26 * len(table) + 1.4) if ax is None else ax
        needed = table["needed_n"].to_numpy(float)
        assured = table["assured_n"].to_numpy(float)
        here = np.array([_here(plan, name) for name in table["id"]])
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
            ax.plot([], [], ">", color=GREY, ms=6, label=TEXT["never"][lang])
        ax.set_xscale("log")
        ax.set_xlim(0.7 * here.min(initial=edge), 1.25 * edge)
        ax.set_ylim(-0.6, len(table) - 0.4)
        ax.set_yticks(rows, [_shorten(text, lang) for text in table[f"claim_{lang}"]])
        _plain_numbers(ax)
        ax.set_xlabel(TEXT["n"][lang])
        ax.set_title(TEXT["title"][lang], loc="left")
        legend_below(ax, 2)
    return ax


def plot_power(
    plan: Plan, claims: Sequence[str] | None = None, ax: Any = None, lang: str = "en"
) -> Any:
    """Draw power over the number of respondents; assurance, where the plan has it, dashed.

    Parameters
    ----------
    plan : Plan
    claims : sequence of str, optional
        Ids; when omitted the six that need the fewest respondents.
    ax : matplotlib Axes, optional
    lang : {"en", "ja"}

    Returns
    -------
    Axes

    Raises
    ------
    ArgumentError
        For a claim that is not in the plan.
    """
    table = plan.plan.set_index("id")
    names = _default_claims(plan) if claims is None else list(claims)
    for name in names:
        if name not in table.index:
            raise ArgumentError("claims", name, "ids of claims in the plan")
    with styled(lang):
        ax = new_axes(8.0, 4.2) if ax is None else ax
        ax.axhline(plan.power, color=GREY, lw=0.8, ls=":")
        for i, name in enumerate(names):
            curves = plan.power_curves[plan.power_curves["id"] == name]
            label = _shorten(str(table.loc[name, f"claim_{lang}"]), lang)
            for kind, part in curves.groupby(curves["method"] == "assurance"):
                ax.plot(
                    part["n"], part["power"], color=COLOURS[i % len(COLOURS)], lw=1.6,
                    ls="--" if kind else "-", label=None if kind else label,
                )  # fmt: skip
        if (plan.power_curves["method"] == "assurance").any():
            ax.plot([], [], "--", color=GREY, label=TEXT["assurance"][lang])
        shown = plan.power_curves[plan.power_curves["id"].isin(names)]
        exact = shown[shown["method"] != "assurance"]
        if len(exact):
            ax.set_xlim(exact["n"].min(), exact["n"].max())
        ax.set_xscale("log")
        ax.set_ylim(0, 1.02)
        _plain_numbers(ax)
        ax.set_xlabel(TEXT["n"][lang])
        ax.set_ylabel(TEXT["power"][lang])
        legend_below(ax, 1)
    return ax


def _default_claims(plan: Plan) -> list[str]:
    """Return claims that can be settled, the cheapest first, one of those with equal needs."""
    table = plan.plan[np.isfinite(plan.plan["needed_n"])]
    table = table.sort_values("needed_n", kind="stable").drop_duplicates("needed_n")
    return [str(name) for name in table["id"].head(CURVES)]


def _plain_numbers(ax: Any) -> None:
    """Label a logarithmic axis with 100, 1,000, 10,000 and so on."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="x", color="0.92")
    ax.set_axisbelow(True)
