"""Posterior shares: priors, pooling models, the exact engine; `pymc_models` for NUTS."""

from alumnistats.posterior.fit import ENGINES, MODELS, Engine, Fit, Model, estimate
from alumnistats.posterior.mixture import Mixture
from alumnistats.posterior.priors import BetaPrior, LogitNormalPrior

__all__ = [
    "ENGINES",
    "MODELS",
    "BetaPrior",
    "Engine",
    "Fit",
    "LogitNormalPrior",
    "Mixture",
    "Model",
    "estimate",
]
