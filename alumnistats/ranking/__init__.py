"""Ranks: confidence sets and posterior distributions."""

from alumnistats.ranking.confidence_sets import RankSets, binomial_variance, rank_sets
from alumnistats.ranking.directed_pairs import CORRECTIONS, Correction, CountRankSets
from alumnistats.ranking.estimated_ranks import frank, irank
from alumnistats.ranking.finite_sample import (
    PAIR_TESTS,
    PairTest,
    directed_p_values,
    finite_sample_rank_sets,
)
from alumnistats.ranking.grades import Grades, grades
from alumnistats.ranking.joint_region import (
    IntervalCorrection,
    JointRegion,
    binomial_joint_region,
    joint_region,
)
from alumnistats.ranking.multinomial import multinomial_rank_sets
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
from alumnistats.ranking.selection import Interval, SelectedGroups, after_selection, winner_share
from alumnistats.ranking.tau_best import TauGroups, tau_best, tau_worst
from alumnistats.ranking.tiers import Tiers, separated, tiers
from alumnistats.ranking.tukey import TukeySteps, tukey_rank_sets

__all__ = [
    "CORRECTIONS",
    "PAIR_TESTS",
    "Correction",
    "CountRankSets",
    "Grades",
    "Interval",
    "IntervalCorrection",
    "JointRegion",
    "PairTest",
    "PosteriorRanks",
    "RankSets",
    "Ranks",
    "SelectedGroups",
    "TauGroups",
    "Tiers",
    "TukeySteps",
    "after_selection",
    "binomial_joint_region",
    "binomial_variance",
    "directed_p_values",
    "finite_sample_rank_sets",
    "frank",
    "grades",
    "irank",
    "joint_region",
    "multinomial_rank_sets",
    "p_first",
    "p_order",
    "p_top_set",
    "pairwise",
    "posterior_ranks",
    "rank",
    "rank_distribution",
    "rank_sets",
    "separated",
    "tau_best",
    "tau_worst",
    "tiers",
    "tukey_rank_sets",
    "winner_share",
]
