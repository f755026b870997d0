"""Ranks: confidence sets and posterior distributions."""

from alumnistats.ranking.comparison_intervals import (
    FAMILIES,
    ComparisonIntervals,
    Family,
    PairCorrection,
    ReferenceComparison,
    compare_with,
    comparison_intervals,
)
from alumnistats.ranking.comparison_plot import plot_comparisons
from alumnistats.ranking.condorcet import PairwiseOrder, pairwise_order
from alumnistats.ranking.confidence_sets import RankSets, binomial_variance, rank_sets
from alumnistats.ranking.credible_sets import (
    CredibleRanks,
    credible_ranks,
    simultaneous_credible_ranks,
)
from alumnistats.ranking.decisions import (
    LOSSES,
    Decision,
    Loss,
    expected_loss,
    median_ranks,
    optimal_ranks,
    top_list,
)
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
from alumnistats.ranking.estimated_ranks import frank, irank
from alumnistats.ranking.finite_sample import (
    PAIR_TESTS,
    PairTest,
    directed_p_values,
    finite_sample_rank_sets,
)
from alumnistats.ranking.grades import Grades, grades
from alumnistats.ranking.grid_posteriors import mixture_of_betas, mixture_on_grid
from alumnistats.ranking.interval_plot import plot_rank_intervals
from alumnistats.ranking.joint_region import (
    IntervalCorrection,
    JointRegion,
    binomial_joint_region,
    joint_region,
)
from alumnistats.ranking.multinomial import multinomial_rank_sets
from alumnistats.ranking.pair_plot import plot_pairwise
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
from alumnistats.ranking.r_values import RValues, fit_beta, r_values_binomial, r_values_posterior
from alumnistats.ranking.rank_methods import RANK_METHODS, RankMethod
from alumnistats.ranking.ranks import Ranks, RankTable, rank
from alumnistats.ranking.selection import Interval, SelectedGroups, after_selection, winner_share
from alumnistats.ranking.tau_best import TauGroups, tau_best, tau_worst
from alumnistats.ranking.tiers import Tiers, separated, tiers
from alumnistats.ranking.top_sets import TopSet, most_probable_top
from alumnistats.ranking.tukey import TukeySteps, tukey_rank_sets
from alumnistats.ranking.within import all_within

__all__ = [
    "CORRECTIONS",
    "FAMILIES",
    "LOSSES",
    "PAIR_TESTS",
    "RANK_METHODS",
    "ComparisonIntervals",
    "Correction",
    "CountRankSets",
    "CredibleRanks",
    "Decision",
    "DrawnProbability",
    "Family",
    "Grades",
    "Interval",
    "IntervalCorrection",
    "JointRegion",
    "Loss",
    "PairCorrection",
    "PairTest",
    "PairwiseOrder",
    "PosteriorRanks",
    "RValues",
    "RankMethod",
    "RankSets",
    "RankTable",
    "Ranks",
    "ReferenceComparison",
    "SelectedGroups",
    "TauGroups",
    "Tiers",
    "TopSet",
    "TukeySteps",
    "after_selection",
    "all_within",
    "binomial_joint_region",
    "binomial_variance",
    "compare_with",
    "comparison_intervals",
    "credible_ranks",
    "directed_p_values",
    "draw_shares",
    "expected_loss",
    "expected_ranks",
    "finite_sample_rank_sets",
    "fit_beta",
    "frank",
    "grades",
    "irank",
    "joint_region",
    "median_ranks",
    "mixture_of_betas",
    "mixture_on_grid",
    "most_probable_top",
    "multinomial_rank_sets",
    "optimal_ranks",
    "p_first",
    "p_order",
    "p_order_from_draws",
    "p_top_set",
    "p_top_set_from_draws",
    "pairwise",
    "pairwise_from_draws",
    "pairwise_order",
    "plot_comparisons",
    "plot_pairwise",
    "plot_rank_intervals",
    "posterior_ranks",
    "r_values_binomial",
    "r_values_posterior",
    "rank",
    "rank_distribution",
    "rank_distribution_from_draws",
    "rank_sets",
    "ranks_of_draws",
    "separated",
    "simultaneous_credible_ranks",
    "tau_best",
    "tau_worst",
    "tiers",
    "top_list",
    "tukey_rank_sets",
    "winner_share",
]
