"""The pictures of ranks of one measure of an analysis; what they show is drawn in `ranking`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.analysis.ranks import published_places
from alumnistats.figures.labels import group_labels
from alumnistats.ranking.heat_map import figure_size
from alumnistats.ranking.pair_plot import matrix_size
from alumnistats.style import new_axes, styled

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis

MARKED = "fisher_mid_p"  # test whose significant pairs are marked, out of the comparisons table


def plot_ranks(analysis: Analysis, of: str, ax: Any = None, lang: str = "en") -> Any:
    """Draw the posterior of every group's rank with its simultaneous confidence set."""
    ranks = analysis.ranked[of]
    with styled(lang):
        ax = new_axes(*figure_size(len(ranks.groups))) if ax is None else ax
        ranks.plot(ax=ax, lang=lang, labels=group_labels(analysis, lang))
        ax.set_title(analysis.survey.label(of, lang), loc="left")
    return ax


def plot_rank_intervals(analysis: Analysis, of: str, ax: Any = None, lang: str = "en") -> Any:
    """Draw every group's sets for its rank, in published order, with the published places."""
    ranks = analysis.ranked[of]
    places = {r.from_: published_places(r) for r in analysis.survey.rankings if r.of == of}
    with styled(lang):
        ax = new_axes(*figure_size(len(ranks.groups))) if ax is None else ax
        ranks.plot_intervals(places, ax=ax, lang=lang, labels=group_labels(analysis, lang))
        ax.set_title(analysis.survey.label(of, lang), loc="left")
    return ax


def plot_pairs(analysis: Analysis, of: str, ax: Any = None, lang: str = "en") -> Any:
    """Draw P(share of the row's group > share of the column's group) for all pairs.

    Pairs that are significant in the table of comparisons (Fisher's mid-P) are marked.
    """
    ranks, table = analysis.ranked[of], analysis.comparisons
    rows = table[(table["of"] == of) & (table["test"] == MARKED) & table["significant"]]
    index = {group: i for i, group in enumerate(ranks.groups)}
    marked = np.zeros((len(index), len(index)), dtype=bool)
    marked[rows["group_a"].map(index), rows["group_b"].map(index)] = True
    with styled(lang):
        ax = new_axes(*matrix_size(len(index))) if ax is None else ax
        ranks.plot_pairwise(marked, ax=ax, lang=lang, labels=group_labels(analysis, lang))
        ax.set_title(analysis.survey.label(of, lang), loc="left")
    return ax
