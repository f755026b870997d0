"""Ranks: confidence sets and posterior distributions."""

from alumnistats.ranking.confidence_sets import RankSets, binomial_variance, rank_sets
from alumnistats.ranking.posterior_ranks import (
    PosteriorRanks,
    p_first,
    p_order,
    p_top_set,
    pairwise,
    posterior_ranks,
    rank_distribution,
)
from alumnistats.ranking.ranks import Ranks, rank
from alumnistats.ranking.selection import (
    Interval,
    SelectedGroups,
    after_selection,
    winner_share,
)

__all__ = [
    "Interval",
    "PosteriorRanks",
    "RankSets",
    "Ranks",
    "SelectedGroups",
    "after_selection",
    "binomial_variance",
    "p_first",
    "p_order",
    "p_top_set",
    "pairwise",
    "posterior_ranks",
    "rank",
    "rank_distribution",
    "rank_sets",
    "winner_share",
]
