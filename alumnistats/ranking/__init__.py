"""Ranks: confidence sets, posterior distributions, winners and tiers."""

from alumnistats.ranking.comparison_intervals import (
    FAMILIES,
    ComparisonIntervals,
    Family,
    PairCorrection,
    ReferenceComparison,
    compare_with,
    comparison_intervals,
)
from alumnistats.ranking.confidence_sets import RankSets, rank_sets
from alumnistats.ranking.directed_pairs import CORRECTIONS, Correction, CountRankSets
from alumnistats.ranking.draws import (
    DrawnProbability,
    draw_shares,
    p_order_from_draws,
    p_top_set_from_draws,
    pairwise_from_draws,
    rank_distribution_from_draws,
    ranks_of_draws,
)
from alumnistats.ranking.finite_sample import (
    DIRECTED_TESTS,
    DirectedTest,
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
    expected_ranks,
    p_first,
    p_order,
    p_top_set,
    pairwise,
    posterior_ranks,
    rank_distribution,
)
from alumnistats.ranking.rank_methods import RANK_METHODS, RankMethod
from alumnistats.ranking.ranks import Ranks, RankTable, rank
from alumnistats.ranking.selection import Interval, SelectedGroups, after_selection, winner_share
from alumnistats.ranking.tiers import Tiers, separated, tiers
from alumnistats.ranking.within import all_within

__all__ = [
    "CORRECTIONS",
    "DIRECTED_TESTS",
    "FAMILIES",
    "RANK_METHODS",
    "ComparisonIntervals",
    "Correction",
    "CountRankSets",
    "DirectedTest",
    "DrawnProbability",
    "Family",
    "Grades",
    "Interval",
    "IntervalCorrection",
    "JointRegion",
    "PairCorrection",
    "PosteriorRanks",
    "RankMethod",
    "RankSets",
    "RankTable",
    "Ranks",
    "ReferenceComparison",
    "SelectedGroups",
    "Tiers",
    "after_selection",
    "all_within",
    "binomial_joint_region",
    "compare_with",
    "comparison_intervals",
    "directed_p_values",
    "draw_shares",
    "expected_ranks",
    "finite_sample_rank_sets",
    "grades",
    "joint_region",
    "multinomial_rank_sets",
    "p_first",
    "p_order",
    "p_order_from_draws",
    "p_top_set",
    "p_top_set_from_draws",
    "pairwise",
    "pairwise_from_draws",
    "posterior_ranks",
    "rank",
    "rank_distribution",
    "rank_distribution_from_draws",
    "rank_sets",
    "ranks_of_draws",
    "separated",
    "tiers",
    "winner_share",
]
