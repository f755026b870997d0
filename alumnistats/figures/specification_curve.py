"""The specification curve: every scenario's outcome, sorted, above the choices that it made.

Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.brief import probability_text
from alumnistats.claims import VERDICT_LABELS
from alumnistats.errors import ArgumentError
from alumnistats.sensitivity.verdicts import (
    VERDICTS,
    check_claim,
    claim_ids,
    codes,
    outcomes,
    varied,
    varying_claims,
)
from alumnistats.sensitivity.words import label, value_text
from alumnistats.style import (
    DOUBLE,
    HEADING,
    SINGLE,
    fitted,
    label_rows,
    panel_width,
    shown_axes,
    small,
    source_line,
    styled,
    title,
)
from alumnistats.style import (
    VERDICTS as STYLES,
)

if TYPE_CHECKING:
    from alumnistats.sensitivity import Sensitivity

MOST_VALUES = 7  # of a dimension, each in a row of its own; with more, the base and the others
MOST_MARKS = 300  # scenarios that can be told apart
MARK, HALF = "0.25", 0.38  # colour of a mark, and half its height in rows
GAP = 0.6  # rows between dimensions
ROW, CURVE, FRAME = (
    0.17,
    2.2,
    0.75 + HEADING,
)  # inches: a row of the dashboard, the upper panel, the rest
LEGEND, NARROW_LEGEND = 0.3, 0.55  # inches over the curve
TEXT = {
    "probability": {"en": "posterior probability", "ja": "事後確率"},
    "base": {"en": "base", "ja": "基準"},
    "scenarios": {
        "en": "{n:,} scenarios, from the lowest probability to the highest",
        "ja": "{n:,}通りの分析（確率の低い順）",
    },
    "found": {
        "en": "Supported in {k:,} of {n:,} scenarios; its probability runs from {low} to {high}",
        "ja": "{n:,}通りの分析のうち{k:,}通りで支持され、確率は{low}から{high}",
    },
    "row": {"en": "{}: {}", "ja": "{}：{}"},
    "others": {"en": "{n} others", "ja": "その他{n}通り"},
}

Row = tuple[str, BoolArray]


def dashboard(result: Sensitivity, lang: str) -> list[tuple[str, list[Row]]]:
    """Return, by dimension that varies, the rows of the lower panel: a value and who has it.

    Each array has shape (scenarios,).
    """
    code = codes(result)
    settings = [scenario.settings() for scenario in result.plan.scenarios]
    found = []
    for name in varied(result):
        values = int(code[name].max()) + 1
        first = [settings[int(np.flatnonzero(code[name] == v)[0])][name] for v in range(values)]
        if values > MOST_VALUES:
            others = TEXT["others"][lang].format(n=values - 1)
            rows = [
                (value_text(first[0], lang, result.survey), code[name] == 0),
                (others, code[name] != 0),
            ]
        else:
            order = list(range(values))
            if all(isinstance(value, float) for value in first):
                order = sorted(order, key=first.__getitem__)
            rows = [(value_text(first[v], lang, result.survey), code[name] == v) for v in order]
        found.append((label(name, lang), rows))
    return found


def height(result: Sensitivity, width: float = DOUBLE) -> float:
    """Return the height in inches that a figure of this width takes."""
    rows = sum(len(block) + GAP for _, block in dashboard(result, "en"))
    legend = NARROW_LEGEND if width <= 1.3 * SINGLE else LEGEND
    return FRAME + 0.25 * (width < DOUBLE) + legend + CURVE + ROW * rows


def plot_specification_curve(
    result: Sensitivity, claim: str | None = None, ax: Any = None, lang: str = "en"
) -> Any:
    """Draw the posterior probability of a claim under every scenario, and the choices of each.

    Parameters
    ----------
    result : Sensitivity
    claim : str, optional
        Id; the first claim whose probability varies when omitted.
    ax : matplotlib Axes, optional
        Holds both panels; a new figure's when omitted.
    lang : {"en", "ja"}

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ArgumentError
        If there is no such claim, none that varies, or no scenario gives it a probability.

    Examples
    --------
    >>> import alumnistats as al
    >>> one = {"kind": "one-at-a-time", "dimensions": {"level": [0.9]}}
    >>> result = al.sensitivity("america-1969", {"format": 1, "draws": 100, "designs": [one]})
    >>> len(plot_specification_curve(result, "quarter").child_axes)
    2
    """
    if claim is None:
        varying = varying_claims(result)
        if not varying:
            raise ArgumentError("claim", None, "a claim whose probability varies: there is none")
        claim = varying[0]
    check_claim(result, claim)
    j = claim_ids(result).index(claim)
    probability = outcomes(result, "probability")[:, j]
    verdict = outcomes(result, "verdict")[:, j]
    known = np.flatnonzero(np.isfinite(probability))
    if not len(known):
        raise ArgumentError("claim", claim, "a claim that has a probability in some scenario")
    p_value = outcomes(result, "p_value")[:, j]
    order = known[np.lexsort((-p_value[known], probability[known]))]
    with styled(lang, ax):
        blocks = dashboard(result, lang)
        rows = sum(len(block) + GAP for _, block in blocks)
        below = ROW * rows
        ax = shown_axes(DOUBLE, height(result)) if ax is None else ax
        ax.set_axis_off()
        narrow = panel_width(ax) <= 1.3 * SINGLE
        legend = NARROW_LEGEND if narrow else LEGEND
        whole = legend + CURVE + below
        upper = ax.inset_axes((0, (below + 0.1) / whole, 1, (CURVE - 0.1) / whole))
        lower = ax.inset_axes((0, 0, 1, (below - 0.05) / whole))
        _curve(upper, probability[order], verdict[order], int(np.flatnonzero(order == 0)[0]), lang)
        _dashboard(lower, blocks, order, lang)
        _verdict_legend(upper, ax, 2 if narrow else 5)
        ends = [probability_text(float(end)) for end in probability[order[[0, -1]]]]
        supported = int((verdict[order] == VERDICTS.index("supported")).sum())
        found = TEXT["found"][lang].format(k=supported, n=len(order), low=ends[0], high=ends[1])
        title(ax, result.survey.claim(claim).text.get(lang), found)
        source_line(ax, result.survey.credit(lang))
    return ax


def _curve(
    ax: Any,
    probability: FloatArray,
    verdict: IntArray,
    base: int,
    lang: str,
) -> None:
    x = np.arange(len(probability))
    size = float(np.clip(1500 / len(x), 3, 20))
    for v, name in enumerate(VERDICTS):
        mine = verdict == v
        if mine.any():
            text, (colour, marker, fill) = VERDICT_LABELS[name][lang], STYLES[name]
            ax.scatter(x[mine], probability[mine], size, marker=marker, facecolors=fill,
                       edgecolors=colour, label=text, lw=0.8)  # fmt: skip
    ring = {"facecolors": "none", "edgecolors": "black", "linewidths": 1.2, "zorder": 3}
    ax.scatter([base], [probability[base]], 45, label=TEXT["base"][lang], **ring)
    ax.set_xlim(-1, len(x))
    ax.set_ylim(-0.03, 1.03)
    ax.set_xticks([])
    ax.set_ylabel(TEXT["probability"][lang])


def _verdict_legend(upper: Any, whole: Any, columns: int) -> None:
    """Explain the marks of the curve above it, from the left of the whole picture."""
    from matplotlib.transforms import blended_transform_factory

    upper.legend(
        loc="lower left", bbox_to_anchor=(0.01, 1.01), ncols=columns, frameon=False,
        fontsize=small(), borderaxespad=0.0, borderpad=0.0, columnspacing=1.0, markerscale=1.3,
        bbox_transform=blended_transform_factory(whole.figure.transFigure, upper.transAxes),
    )  # fmt: skip


def _dashboard(ax: Any, blocks: list[tuple[str, list[Row]]], order: IntArray, lang: str) -> None:
    places, names, at = [], [], 0.0
    mark = _marks if len(order) <= MOST_MARKS else _shades
    for heading, rows in blocks:
        for text, has in rows:
            mark(ax, has[order], at)
            places.append(at)
            names.append(TEXT["row"][lang].format(heading, text) if text is rows[0][0] else text)
            at += 1
        at += GAP
    ax.set_xlim(-1, len(order))
    ax.set_ylim(at - GAP - 0.4, -0.6)
    label_rows(ax, places, names)
    ax.tick_params(axis="y", length=0)
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    text = TEXT["scenarios"][lang].format(n=len(order))
    ax.set_xlabel(fitted(text, 0.55 * panel_width(ax), small() + 0.5, 2))


def _marks(ax: Any, has: BoolArray, at: float) -> None:
    """Draw one line for each scenario that has a value, so wide that neighbours just part."""
    width = float(np.clip(72 * panel_width(ax) * 0.5 / len(has), 0.25, 2.0))
    ax.vlines(np.flatnonzero(has), at - HALF, at + HALF, color=MARK, lw=width)


def _shades(ax: Any, has: BoolArray, at: float) -> None:
    """Draw a strip that is as dark as the scenarios there which have the value are many."""
    extent = (-0.5, len(has) - 0.5, at + HALF, at - HALF)
    shown = {"cmap": "Greys", "vmin": 0, "vmax": 1.3, "aspect": "auto", "zorder": 1}
    ax.imshow(has[None, :].astype(float), extent=extent, **shown)
