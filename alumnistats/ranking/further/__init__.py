"""Further questions about ranks, which no table of an analysis answers.

Which ranking should be published (`optimal_ranks`), whether the pairs agree on an order at all
(`pairwise_order`), credible sets (`credible_ranks`), the most probable top (`most_probable_top`),
who may be among the best (`tau_best`), r-values, and posteriors that come from elsewhere
(`mixture_of_betas`, `mixture_on_grid`). Everything here takes the laws and sets of
`alumnistats.ranking`, which knows nothing of it.
"""

from alumnistats.ranking.further.condorcet import PairwiseOrder, pairwise_order
from alumnistats.ranking.further.credible_sets import (
    CredibleRanks,
    credible_ranks,
    simultaneous_credible_ranks,
)
from alumnistats.ranking.further.decisions import (
    LOSSES,
    Loss,
    OptimalRanks,
    expected_loss,
    median_ranks,
    optimal_ranks,
    top_list,
)
from alumnistats.ranking.further.estimated_ranks import frank, irank
from alumnistats.ranking.further.grid_posteriors import mixture_of_betas, mixture_on_grid
from alumnistats.ranking.further.r_values import (
    RValues,
    fit_beta,
    r_values_binomial,
    r_values_posterior,
)
from alumnistats.ranking.further.tau_best import TauGroups, tau_best, tau_worst
from alumnistats.ranking.further.top_sets import TopSet, most_probable_top

__all__ = [
    "LOSSES",
    "CredibleRanks",
    "Loss",
    "OptimalRanks",
    "PairwiseOrder",
    "RValues",
    "TauGroups",
    "TopSet",
    "credible_ranks",
    "expected_loss",
    "fit_beta",
    "frank",
    "irank",
    "median_ranks",
    "mixture_of_betas",
    "mixture_on_grid",
    "most_probable_top",
    "optimal_ranks",
    "pairwise_order",
    "r_values_binomial",
    "r_values_posterior",
    "simultaneous_credible_ranks",
    "tau_best",
    "tau_worst",
    "top_list",
]
