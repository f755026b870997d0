"""Ranks: confidence sets and posterior distributions."""

from alumnistats.ranking.confidence_sets import RankSets, binomial_variance, rank_sets
from alumnistats.ranking.grades import Grades, grades
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
from alumnistats.ranking.tiers import Tiers, separated, tiers

__all__ = [
    "Grades",
    "Interval",
    "PosteriorRanks",
    "RankSets",
    "Ranks",
    "SelectedGroups",
    "Tiers",
    "after_selection",
    "binomial_variance",
    "grades",
    "p_first",
    "p_order",
    "p_top_set",
    "pairwise",
    "posterior_ranks",
    "rank",
    "rank_distribution",
    "rank_sets",
    "separated",
    "tiers",
    "winner_share",
]
