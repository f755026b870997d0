"""One function a figure: an analysis in, axes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.claims import VERDICT_LABELS
from alumnistats.figures.labels import group_labels
from alumnistats.figures.ranks import plot_ranks
from alumnistats.style import BLUE, GREEN, GREY, ORANGE, VERMILION, new_axes, styled

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis

TEXT = {
    "size": {"en": "Respondents of the group", "ja": "グループの回答者数"},
    "sizes": {"en": "Recovered sample sizes", "ja": "復元した標本サイズ"},
    "share": {"en": "Share", "ja": "割合"},
    "printed": {"en": "published", "ja": "公表値"},
    "unlisted": {"en": "not published", "ja": "非公表"},
    "interval": {
        "en": "{level:.0%} credible interval, partial pooling",
        "ja": "{level:.0%}信用区間(部分プーリング)",
    },
    "claims": {"en": "Verdicts on the release's claims", "ja": "主張の判定"},
    "probability": {"en": "Posterior probability of the claim", "ja": "主張が正しい事後確率"},
}
VERDICT_COLOURS = {
    "supported": GREEN,
    "not supported": ORANGE,
    "contradicted": VERMILION,
    "undetermined": GREY,
}
LONGEST_CLAIM = {"en": 58, "ja": 32}  # characters of a claim's label


def plot_sizes(analysis: Analysis, ax: Any = None, lang: str = "en") -> Any:
    """Draw each group's sample size: most probable value, interval, and probability."""
    with styled(lang):
        ax = new_axes(6.5, 4.2) if ax is None else ax
        table, labels = analysis.sample_sizes.iloc[::-1], group_labels(analysis, lang)
        rows = np.arange(len(table))
        ax.hlines(rows, table["lower"], table["upper"], color=GREY, lw=3)
        ax.scatter(table["mode"], rows, color=BLUE, s=28, zorder=3)
        right = max(table["upper"].max(), table["mode"].max())
        for y, size, p in zip(rows, table["mode"], table["probability"], strict=True):
            ax.text(right * 1.04, y, f"n = {size}  ({p:.2f})", va="center", fontsize=8)
        ax.set_xlim(0, right * 1.32)
        ax.set_yticks(rows, [labels[g] for g in table["group"]])
        ax.set_xlabel(TEXT["size"][lang])
        ax.set_title(TEXT["sizes"][lang], loc="left")
    return ax


def plot_proportions(analysis: Analysis, of: str, ax: Any = None, lang: str = "en") -> Any:
    """Draw published shares beside pooled posterior medians and intervals of all groups."""
    with styled(lang):
        ax = new_axes(6.5, 4.4) if ax is None else ax
        survey, fit = analysis.survey, analysis.pooled[of]
        labels = group_labels(analysis, lang)
        table = fit.summary().sort_values("median").reset_index(drop=True)
        figures = {g: f for g, f in survey.figures_of(of).items() if f.percent is not None}
        rows = np.arange(len(table))
        known = table["group"].isin(figures).to_numpy()
        for mask, colour, name in ((known, BLUE, "printed"), (~known, ORANGE, "unlisted")):
            if mask.any():
                part = table[mask]
                ax.hlines(rows[mask], part["lower"], part["upper"], color=colour, lw=2)
                label = TEXT["interval"][lang].format(level=analysis.level)
                label += {"en": " ({})", "ja": "({})"}[lang].format(TEXT[name][lang])
                ax.plot(part["median"], rows[mask], "o", color=colour, ms=5, label=label)
        printed = [(figures[g], y) for y, g in enumerate(table["group"]) if g in figures]
        if printed:
            share = [figure.units / (100 * 10**figure.digits) for figure, _ in printed]
            height = [y for _, y in printed]
            ax.plot(share, height, "D", mfc="none", color=VERMILION, ms=6,
                    label=TEXT["printed"][lang])  # fmt: skip
        ax.set_yticks(rows, [labels[g] for g in table["group"]])
        _percent_axis(ax)
        ax.set_xlabel(TEXT["share"][lang])
        ax.set_title(survey.label(of, lang), loc="left")
        ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.12), fontsize=7.5, frameon=False)
    return ax


def _percent_axis(ax: Any) -> None:
    from matplotlib.ticker import PercentFormatter

    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.grid(axis="x", color="0.9")
    ax.set_axisbelow(True)


def plot_claims(analysis: Analysis, ax: Any = None, lang: str = "en") -> Any:
    """Draw every judged claim: its verdict as a colour, its posterior probability as a point."""
    with styled(lang):
        judged = [j for j in analysis.judged if j.claim.kind != "statement"]
        order = list(VERDICT_LABELS)
        judged = sorted(judged, key=lambda j: order.index(j.verdict), reverse=True)
        ax = new_axes(8.4, 0.24 * len(judged) + 1.3) if ax is None else ax
        seen: set[str] = set()
        for row, j in enumerate(judged):
            colour = VERDICT_COLOURS[j.verdict]
            label = VERDICT_LABELS[j.verdict][lang] if j.verdict not in seen else None
            seen.add(j.verdict)
            ax.barh(row, 1.0, color=colour, alpha=0.25, height=0.82)
            value = j.grounds.probability
            ax.plot([np.nan if value is None else value], [row], "o", color=colour, ms=6,
                    mec="black", mew=0.5, label=label, clip_on=False)  # fmt: skip
        ax.set_yticks(range(len(judged)), [_shorten(j.claim.text.get(lang), lang) for j in judged])
        ax.set_ylim(-0.6, len(judged) - 0.4)
        ax.set_xlim(0, 1)
        ax.set_xlabel(TEXT["probability"][lang])
        ax.set_title(TEXT["claims"][lang], loc="left")
        handles, names = ax.get_legend_handles_labels()
        ax.legend(handles[::-1], names[::-1], loc="upper center", bbox_to_anchor=(0.2, -0.07),
                  ncols=4, frameon=False, fontsize=8)  # fmt: skip
    return ax


def _shorten(text: str, lang: str) -> str:
    longest = LONGEST_CLAIM[lang]
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def plot_overview(analysis: Analysis, lang: str = "en") -> Any:
    """Return a figure of two panels: the first ranked measure's shares, and its ranks."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled(lang):
        of = next(iter(analysis.ranked))
        figure = Figure(figsize=(12.5, 4.6), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        plot_proportions(analysis, of, ax=left, lang=lang)
        plot_ranks(analysis, of, ax=right, lang=lang)
    return figure
