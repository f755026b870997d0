"""Posterior shares: priors, pooling models, the exact engine; `pymc_models` for NUTS."""

from alumnistats.posterior.adaptation import estimate_measure
from alumnistats.posterior.fit import ENGINES, Engine, FewSolutionsWarning, Fit, estimate
from alumnistats.posterior.mixture import Mixture
from alumnistats.posterior.models import MODELS, Model
from alumnistats.posterior.multi_question import Correlation, JointFit, estimate_jointly
from alumnistats.posterior.prior_widths import PRIOR_WIDTHS, PRIORS, PriorWidth, prior_of
from alumnistats.posterior.priors import BetaBinomialPrior, BetaPrior, LogitNormalPrior

__all__ = [
    "ENGINES",
    "MODELS",
    "PRIORS",
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
    "PriorWidth",
    "estimate",
    "estimate_jointly",
    "estimate_measure",
    "prior_of",
]
