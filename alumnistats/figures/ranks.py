"""The pictures of ranks of one measure of an analysis: those of its `Ranks`, headed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.analysis.ranks import published_places
from alumnistats.figures.captions import average_width, sample_text
from alumnistats.figures.labels import first_measure, group_labels
from alumnistats.figures.pairwise import plot_pairwise
from alumnistats.figures.rank_distribution import plot_rank_distribution
from alumnistats.figures.rank_sets import plot_rank_sets
from alumnistats.style import DOUBLE, HEADING, level_text, shown_axes, source_line, styled, title

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.figures.records import Analyzed

MARKED = "fisher-mid-p"  # test whose significant pairs are marked, out of the comparisons table
ROW, FRAME = 0.24, 1.3 + HEADING  # inches: a group, and what is around the groups
AROUND, LABELS = 1.35 + HEADING, 2.1 + HEADING  # inches around the pairs: in one column, and in two
FULL = 6  # groups from which pairs take the width that there is

TEXT = {
    "ranks": {
        "en": "{label}: {k} of {n} groups may be first",
        "ja": "「{label}」：{n}グループのうち、1位でありうるのは{k}グループ",
    },
    "ranks-all": {
        "en": "{label}: each of the {n} groups may be first",
        "ja": "「{label}」：{n}グループのどれもが1位でありうる",
    },
    "ranks-about": {
        "en": "Probability of each rank, with {level} confidence sets for all ranks at once; "
        "{sample}",
        "ja": "各順位の確率と、全順位同時の{level}信頼集合（{sample}）",
    },
    "intervals": {
        "en": "{label}: {width:.1f} of {n} ranks are possible for a group, on average",
        "ja": "「{label}」：各グループがとりうる順位は、{n}個のうち平均{width:.1f}個",
    },
    "intervals-about": {
        "en": "Published places, and the ranks that the data do not exclude at {level}; {sample}",
        "ja": "公表順位と、{level}水準で除外できない順位（{sample}）",
    },
    "pairs": {
        "en": "{label}: {k} of {n} pairs of groups differ significantly",
        "ja": "「{label}」：{n}組のうち{k}組に有意差がある",
    },
    "pairs-none": {
        "en": "{label}: none of {n} pairs of groups differs significantly",
        "ja": "「{label}」：{n}組のどれにも有意差はない",
    },
    "pairs-about": {
        "en": "Probability that the row's group has the larger share; significant at {level}: "
        "Fisher's mid-P, Holm; {sample}",
        "ja": "行のグループの割合が列のグループより大きい確率（有意差は{level}水準、フィッシャーの"
        "mid-P検定、ホルム法）（{sample}）",
    },
}


def _headed(ax: Any, analysis: Analyzed, of: str, kind: str, lang: str, **found: Any) -> None:
    """Say over a picture what is seen and drawn, and under it where it comes from."""
    found |= {"label": analysis.survey.label(of, lang), "level": level_text(analysis.level)}
    found["sample"] = sample_text(analysis.survey, lang)
    about = TEXT[f"{kind}-about"][lang].format(**found)
    share = {found["n"]: f"{kind}-all", 0: f"{kind}-none"}.get(found.get("k"), kind)
    title(ax, TEXT.get(share, TEXT[kind])[lang].format(**found), about)
    source_line(ax, analysis.survey.credit(lang))


def _all_at_once(analysis: Analyzed, of: str) -> pd.DataFrame:
    table = analysis.ranked[of].table
    return table[table["method"] == "simultaneous"]


def height(analysis: Analyzed, width: float) -> float:
    """Return the height in inches that a picture of ranks of this width takes."""
    return FRAME + 0.55 * (width < DOUBLE) + ROW * len(analysis.survey.groups)


def interval_height(analysis: Analyzed, width: float) -> float:
    """Return the height in inches that the picture of rank sets of this width takes."""
    return height(analysis, width) + 0.35


def pair_height(analysis: Analyzed, width: float) -> float:
    """Return the height in inches that the picture of pairs of this width takes."""
    groups = len(analysis.survey.groups)
    if width < DOUBLE:
        return AROUND + 0.55 * width * min(1.0, groups / FULL)
    return LABELS + max(0.36 * groups, 1.4) if groups < 15 else LABELS + 0.62 * width


def plot_ranks(analysis: Analyzed, of: str | None = None, ax: Any = None, lang: str = "en") -> Any:
    """Draw the posterior of every group's rank with its simultaneous confidence set.

    Parameters and errors as for `plot_proportions`.

    Examples
    --------
    >>> import alumnistats as al
    >>> plot_ranks(al.analyze("america-1992", draws=100), "vote:bush").get_xlabel()
    'Rank (1 = largest share)'
    """
    of = first_measure(analysis, of)
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, height(analysis, DOUBLE)) if ax is None else ax
        plot_rank_distribution(analysis.ranked[of], ax, lang, group_labels(analysis, lang))
        sets = _all_at_once(analysis, of)
        first = int((sets["lower"] == 1).sum())
        _headed(ax, analysis, of, "ranks", lang, k=first, n=len(sets))
    return ax


def plot_rank_intervals(
    analysis: Analyzed, of: str | None = None, ax: Any = None, lang: str = "en"
) -> Any:
    """Draw every group's sets for its rank, in published order, with the published places.

    Parameters and errors as for `plot_proportions`.

    Examples
    --------
    >>> import alumnistats as al
    >>> plot_rank_intervals(al.analyze("america-1992", draws=100), "vote:bush").get_xlabel()
    'Rank (1 = largest share)'
    """
    of = first_measure(analysis, of)
    places = {r.from_: published_places(r) for r in analysis.survey.rankings if r.of == of}
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, interval_height(analysis, DOUBLE)) if ax is None else ax
        plot_rank_sets(analysis.ranked[of], places, ax, lang, group_labels(analysis, lang))
        sets = _all_at_once(analysis, of)
        _headed(ax, analysis, of, "intervals", lang, width=average_width(sets), n=len(sets))
    return ax


def plot_pairs(analysis: Analyzed, of: str | None = None, ax: Any = None, lang: str = "en") -> Any:
    """Draw P(share of the row's group > share of the column's group) for all pairs.

    Pairs that are significant in the table of comparisons (Fisher's mid-P) are marked. Parameters
    and errors as for `plot_proportions`.

    Examples
    --------
    >>> import alumnistats as al
    >>> ax = plot_pairs(al.analyze("america-1992", draws=100), "vote:bush")
    >>> len(ax.get_yticklabels())
    6
    """
    of = first_measure(analysis, of)
    ranks, table = analysis.ranked[of], analysis.comparisons
    rows = table[(table["of"] == of) & (table["test"] == MARKED) & table["significant"]]
    index = {group: i for i, group in enumerate(ranks.groups)}
    marked = np.zeros((len(index), len(index)), dtype=bool)
    marked[rows["group_a"].map(index), rows["group_b"].map(index)] = True
    with styled(lang, ax):
        ax = shown_axes(DOUBLE, pair_height(analysis, DOUBLE)) if ax is None else ax
        names = [group_labels(analysis, lang)[group] for group in ranks.groups]
        plot_pairwise(ranks.pairwise().to_numpy(), names, marked, ax, lang)
        pairs = len(index) * (len(index) - 1) // 2
        _headed(ax, analysis, of, "pairs", lang, k=len(rows), n=pairs)
    return ax
