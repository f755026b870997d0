"""The tornado: how far each choice, changed alone, moves an outcome; the widest bar on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alumnistats.errors import ArgumentError
from alumnistats.sensitivity.variance import OUTCOMES
from alumnistats.sensitivity.verdicts import check_claim
from alumnistats.sensitivity.words import label, value_text
from alumnistats.style import BLUE, GREY, ORANGE, label_rows, shown_axes, small, styled, title

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.sensitivity.result import Sensitivity

WIDTH, ROW, FRAME = 7.0, 0.34, 1.3  # inches: the figure, a bar, and what is around the bars
NARROW = 1e-3  # a choice that moves the outcome by less has no bar
LETTER = 0.012  # width of a letter at the end of a bar, on the axis of probability
HEIGHT = 0.55  # of a bar, in rows
TEXT = {
    "probability": {"en": "posterior probability", "ja": "事後確率"},
    "p_value": {"en": "p-value", "ja": "p値"},
    "base": {"en": "base: {value:.3f}", "ja": "基準: {value:.3f}"},
    "share": {
        "en": "share of variance\n(main / total)",
        "ja": "分散に占める割合\n(主効果/総効果)",
    },
}


def plot_tornado(
    result: Sensitivity,
    claim: str,
    ax: Any = None,
    lang: str = "en",
    *,
    outcome: str = "probability",
) -> Any:
    """Draw the range of an outcome when one choice at a time is changed from the base.

    At the ends of a bar stand the values that lead there; on the right, the choice's share of the
    variance over the first design that varies it together with others.

    Parameters
    ----------
    result : Sensitivity
    claim : str
    ax : matplotlib Axes, optional
    lang : {"en", "ja"}
    outcome : {"probability", "p_value"}

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ArgumentError
        If there is no such claim or outcome, or the base does not have it.
    """
    check_claim(result, claim)
    if outcome not in OUTCOMES:
        raise ArgumentError("outcome", outcome, " or ".join(OUTCOMES))
    table = result.ranges()
    mine = table[(table["claim"] == claim) & (table["outcome"] == outcome)]
    if mine.empty or mine["base"].isna().all():
        raise ArgumentError("claim", claim, f"a claim whose {outcome} the base gives")
    width = mine["high"] - mine["low"]
    bars = mine.assign(width=width)[width > NARROW].sort_values("width", kind="stable")
    base = float(mine["base"].iloc[0])
    with styled(lang, ax):
        if ax is None:
            ax = shown_axes(WIDTH, FRAME + ROW * max(len(bars), 1))
        _bars(ax, bars, base, lang)
        _shares(ax, bars, _effects(result, claim, outcome), lang)
        ax.axvline(base, color="black", lw=0.8)
        ax.set_xlabel(f"{TEXT[outcome][lang]} ({TEXT['base'][lang].format(value=base)})")
        title(ax, result.survey.claim(claim).text.get(lang))
    return ax


def _bars(ax: Any, bars: pd.DataFrame, base: float, lang: str) -> None:
    rows = list(bars.to_dict("records"))
    ax.set_ylim(-0.7, max(len(rows), 1) - 0.3)
    ax.set_xlim(-0.02, 1.02)
    for y, row in enumerate(rows):
        for end, colour, side in (("low", ORANGE, "right"), ("high", BLUE, "left")):
            reach = row[end] - base
            if abs(reach) < NARROW:
                continue
            ax.barh(y, reach, HEIGHT, left=base, color=colour)
            _name_end(ax, row[end], y, abs(reach), value_text(row[f"{end}_value"], lang), side)
    label_rows(ax, range(len(rows)), [label(row["dimension"], lang) for row in rows])
    ax.tick_params(axis="y", length=0)


def _name_end(ax: Any, x: float, y: float, bar: float, text: str, side: str) -> None:
    """Write a value beyond the end of its bar, or inside, or not at all where there is no room."""
    needed = LETTER * len(text) + 0.02
    if (x if side == "right" else 1 - x) < needed:
        side = {"right": "left", "left": "right"}[side]
        if bar < needed:
            return
    shift = -3 if side == "right" else 3
    ax.annotate(
        text, (x, y), (shift, 0), textcoords="offset points", ha=side, va="center", fontsize=6.5
    )


def _effects(result: Sensitivity, claim: str, outcome: str) -> dict[str, tuple[float, float]]:
    """Return main and total effect of each dimension over the first design that shows them."""
    table = result.variance_shares()
    chosen = (table["claim"] == claim) & (table["outcome"] == outcome)
    joint = table[chosen & (table["kind"] != "one-at-a-time") & table["main"].notna()]
    first = joint.drop_duplicates("dimension").to_dict("records")
    return {row["dimension"]: (row["main"], row["total"]) for row in first}


def _shares(
    ax: Any, bars: pd.DataFrame, effects: dict[str, tuple[float, float]], lang: str
) -> None:
    if not effects:
        return
    place = {"xycoords": ax.get_yaxis_transform(), "va": "center", "fontsize": small()}
    for y, name in enumerate(bars["dimension"]):
        if name in effects:
            main, total = effects[name]
            text = f"{main:.0%}" + ("" if total != total else f" / {total:.0%}")
            ax.annotate(text, (1.02, y), color=GREY if main < 0.005 else "black", **place)
    head = place | {"va": "bottom"}
    ax.annotate(TEXT["share"][lang], (1.02, max(len(bars), 1) - 0.45), **head)
