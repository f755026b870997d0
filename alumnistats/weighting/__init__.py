"""Weighted respondents: shares, variances of the sampling design, effective counts.

And weighted groups of which only bounds are known: the lowest and the highest share.
"""

from alumnistats.weighting.population_bounds import extreme_weights, weighted_range
from alumnistats.weighting.shares import Variance, WeightedShares, weighted_shares
from alumnistats.weighting.variances import (
    REPLICATE_METHODS,
    ReplicateMethod,
    linearized_covariance,
    replicate_covariance,
)

__all__ = [
    "REPLICATE_METHODS",
    "ReplicateMethod",
    "Variance",
    "WeightedShares",
    "extreme_weights",
    "linearized_covariance",
    "replicate_covariance",
    "weighted_range",
    "weighted_shares",
]
