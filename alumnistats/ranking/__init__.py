"""Ranks: confidence sets and posterior distributions."""

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
from alumnistats.ranking.draws import (
    DrawnProbability,
    draw_shares,
    p_order_from_draws,
    p_top_set_from_draws,
    pairwise_from_draws,
    rank_distribution_from_draws,
    ranks_of_draws,
)
from alumnistats.ranking.grid_posteriors import mixture_of_betas, mixture_on_grid
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
from alumnistats.ranking.r_values import (
    RValues,
    fit_beta,
    r_values_binomial,
    r_values_posterior,
)
from alumnistats.ranking.ranks import Ranks, rank
from alumnistats.ranking.top_sets import TopSet, most_probable_top

__all__ = [
    "LOSSES",
    "CredibleRanks",
    "Decision",
    "DrawnProbability",
    "Loss",
    "PairwiseOrder",
    "PosteriorRanks",
    "RValues",
    "RankSets",
    "Ranks",
    "TopSet",
    "binomial_variance",
    "credible_ranks",
    "draw_shares",
    "expected_loss",
    "expected_ranks",
    "fit_beta",
    "median_ranks",
    "mixture_of_betas",
    "mixture_on_grid",
    "most_probable_top",
    "optimal_ranks",
    "p_first",
    "p_order",
    "p_order_from_draws",
    "p_top_set",
    "p_top_set_from_draws",
    "pairwise",
    "pairwise_from_draws",
    "pairwise_order",
    "posterior_ranks",
    "r_values_binomial",
    "r_values_posterior",
    "rank",
    "rank_distribution",
    "rank_distribution_from_draws",
    "rank_sets",
    "ranks_of_draws",
    "simultaneous_credible_ranks",
    "top_list",
]
