"""The tornado: how far each choice, changed alone, moves an outcome; the widest bar on top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alumnistats.brief import probability_text
from alumnistats.errors import ArgumentError
from alumnistats.sensitivity.variance import OUTCOMES, variance_alone
from alumnistats.sensitivity.verdicts import check_claim
from alumnistats.sensitivity.words import label, value_text
from alumnistats.style import (
    BLUE,
    GREY,
    HEADING,
    LABELS,
    ORANGE,
    SMALLEST,
    axis_label,
    label_rows,
    panel_width,
    shown_axes,
    small,
    source_line,
    styled,
    text_width,
    title,
)

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.sensitivity import Sensitivity
    from alumnistats.survey import Survey

WIDTH, ROW, FRAME = (
    7.0,
    0.34,
    1.3 + HEADING,
)  # inches: the figure, a bar, and what is around the bars
NARROW = 1e-3  # a choice that moves the outcome by less has no bar
HEIGHT = 0.55  # of a bar, in rows
UNDER = -15  # points from the axis down to the name of the column beside it
TEXT = {
    "probability": {"en": "posterior probability", "ja": "事後確率"},
    "p_value": {"en": "p-value", "ja": "p値"},
    "base": {
        "en": "{outcome} (line: {value} under the base)",
        "ja": "{outcome}（縦線：基準の{value}）",
    },
    "share": {"en": "share of\nvariance", "ja": "分散に\n占める割合"},
    "found": {
        "en": "{choice} moves the {outcome} most, from {low} to {high}; one choice changed at a "
        "time, {n:,} scenarios",
        "ja": "{outcome}を最も動かすのは「{choice}」（{low}から{high}）。選択を1つずつ変更、"
        "{n:,}通りの分析",
    },
    "still": {
        "en": "No choice alone moves the {outcome} by {least:g} or more; {n:,} scenarios",
        "ja": "単独で{outcome}を{least:g}以上動かす選択はない（{n:,}通りの分析）",
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
    sum of the variances over the same scenarios (`variance_alone`), so that the two agree.

    Parameters
    ----------
    result : Sensitivity
    claim : str
    ax, lang
        As for `plot_forest`, like the axes that are returned.
    outcome : {"probability", "p_value"}

    Raises
    ------
    ArgumentError
        If there is no such claim or outcome, or the base does not have it.

    Examples
    --------
    >>> import alumnistats as al
    >>> one = {"kind": "one-at-a-time", "dimensions": {"level": [0.9]}}
    >>> result = al.sensitivity("america-1969", {"format": 1, "draws": 100, "designs": [one]})
    >>> plot_tornado(result, "quarter").get_xlabel()
    'posterior probability (line: 0.997 under the base)'
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
        _bars(ax, bars, base, result.survey, lang)
        _shares(ax, bars, variance_alone(result, claim, outcome), lang)
        ax.axvline(base, color="black", lw=0.8)
        words = {"outcome": TEXT[outcome][lang], "value": probability_text(base)}
        axis_label(ax, TEXT["base"][lang].format(**words))
        title(ax, result.survey.claim(claim).text.get(lang), _found(mine, bars, outcome, lang))
        source_line(ax, result.survey.credit(lang))
    return ax


def _bars(ax: Any, bars: pd.DataFrame, base: float, survey: Survey, lang: str) -> None:
    rows = list(bars.to_dict("records"))
    ax.set_ylim(-0.7, max(len(rows), 1) - 0.3)
    ax.set_xlim(-0.02, 1.02)
    for y, row in enumerate(rows):
        for end, colour, side in (("low", ORANGE, "right"), ("high", BLUE, "left")):
            reach = row[end] - base
            if abs(reach) < NARROW:
                continue
            ax.barh(y, reach, HEIGHT, left=base, color=colour)
            text = value_text(row[f"{end}_value"], lang, survey)
            _name_end(ax, row[end], y, abs(reach), text, side)
    label_rows(ax, range(len(rows)), [label(row["dimension"], lang) for row in rows])
    ax.tick_params(axis="y", length=0)


def _name_end(ax: Any, x: float, y: float, bar: float, text: str, side: str) -> None:
    """Write a value beyond the end of its bar, or inside, or not at all where there is no room."""
    needed = text_width(text, SMALLEST) / ((1 - LABELS) * panel_width(ax)) + 0.02
    if (x if side == "right" else 1 - x) < needed:
        side = {"right": "left", "left": "right"}[side]
        if bar < needed:
            return
    shift = -3 if side == "right" else 3
    ax.annotate(
        text,
        (x, y),
        (shift, 0),
        textcoords="offset points",
        ha=side,
        va="center",
        fontsize=SMALLEST,
    )


def _found(mine: pd.DataFrame, bars: pd.DataFrame, outcome: str, lang: str) -> str:
    """Return which choice moves the outcome most, and how far."""
    # Each dimension's scenarios hold the base once.
    words = {"outcome": TEXT[outcome][lang], "n": int((mine["scenarios"] - 1).sum()) + 1}
    if bars.empty:
        return TEXT["still"][lang].format(least=NARROW, **words)
    row = bars.iloc[-1]
    ends = {end: probability_text(float(row[end])) for end in ("low", "high")}
    choice = label(str(row["dimension"]), lang)
    choice = choice[0].upper() + choice[1:]
    return TEXT["found"][lang].format(choice=choice, **ends, **words)


def _shares(ax: Any, bars: pd.DataFrame, shares: Mapping[str, float], lang: str) -> None:
    place = {"xycoords": ax.get_yaxis_transform(), "va": "center", "fontsize": small()}
    told = [(y, shares[name]) for y, name in enumerate(bars["dimension"]) if name in shares]
    for y, share in told:
        ax.annotate(f"{share:.0%}", (1.02, y), color=GREY if share < 0.005 else "black", **place)
    if told:  # named under the column, level with the name of the axis: titles are above
        down = {"xytext": (0, UNDER), "textcoords": "offset points"}
        under = place | down | {"xycoords": "axes fraction", "va": "top"}
        ax.annotate(TEXT["share"][lang], (1.02, 0), **under)
