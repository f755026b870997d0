"""Posterior shares: priors, pooling models, the exact engine; `pymc_models` for NUTS."""

from alumnistats.posterior.adaptation import estimate_measure
from alumnistats.posterior.fit import (
    FewSolutionsWarning,
    Fit,
    estimate,
    of_everybody,
)
from alumnistats.posterior.mixture import Mixture
from alumnistats.posterior.models import pooling_model, prior_of
from alumnistats.posterior.multi_question import Correlation, JointFit, estimate_jointly
from alumnistats.posterior.pooling import MODELS, Model, PoolingModel
from alumnistats.posterior.priors import (
    PRIOR_WIDTHS,
    BetaBinomialPrior,
    BetaPrior,
    LogitNormalPrior,
    PriorWidth,
)
from alumnistats.posterior.share_posterior import ENGINES, Engine

__all__ = [
    "ENGINES",
    "MODELS",
    "PRIOR_WIDTHS",
    "BetaBinomialPrior",
    "BetaPrior",
    "Correlation",
    "Engine",
    "FewSolutionsWarning",
    "Fit",
    "JointFit",
    "LogitNormalPrior",
    "Mixture",
    "Model",
    "PoolingModel",
    "PriorWidth",
    "estimate",
    "estimate_jointly",
    "estimate_measure",
    "of_everybody",
    "pooling_model",
    "prior_of",
]
