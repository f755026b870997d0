"""The prior probability that every group's share lies between two values, by quadrature.

Given the hyperparameters the groups' shares are independent, so it is the mean, over the
hyperprior, of one group's probability to the power of the number of groups.
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np
from scipy.special import beta as beta_function
from scipy.special import betainc, expit, logit, ndtr

from alumnistats.arrays import FloatArray, gauss_legendre
from alumnistats.posterior.models import pooling_model
from alumnistats.posterior.pooling import Model
from alumnistats.posterior.priors import BetaBinomialPrior, BetaPrior, LogitNormalPrior, Prior

NODES = 400  # of Gauss-Legendre in each direction
WIDEST = 8.5  # standard deviations of a normal law beyond which next to nothing lies


def prior_between(model: Model, prior: Prior, low: float, high: float, groups: int) -> float:
    """Return the prior probability that the shares of all groups lie between two values.

    Parameters
    ----------
    model : Model
    prior : Prior
        Of the model.
    low, high : float
        In [0, 1]; 0 and 1 where there is no such bound.
    groups : int
    """
    if low >= high:
        return 0.0
    shares = 1 if pooling_model(model).one_share else groups
    return _all_between(prior, low, high, shares)


@singledispatch
def _all_between(prior: Prior, low: float, high: float, groups: int) -> float:
    """Return it for the priors registered below; there are no others."""
    raise NotImplementedError(type(prior).__name__)


@_all_between.register
def _one_beta(prior: BetaPrior, low: float, high: float, groups: int) -> float:
    below = betainc(prior.a, prior.b, [low, high])
    return float(np.diff(below)[0] ** groups)


def _legendre(low: float, high: float) -> tuple[FloatArray, FloatArray]:
    x, w = gauss_legendre(NODES)
    return low + (high - low) * (1 + x) / 2, (high - low) / 2 * w


@_all_between.register
def _logit_normal(prior: LogitNormalPrior, low: float, high: float, groups: int) -> float:
    z, w_z = _legendre(-WIDEST, WIDEST)
    u, w_u = _legendre(0.0, WIDEST)
    mu = prior.mu_loc + prior.mu_scale * z
    sigma = prior.sigma_scale * u
    below = [ndtr((logit(value) - mu[:, None]) / sigma) for value in (low, high)]
    one = (below[1] - below[0]) ** groups
    law_z, law_u = (np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi) for t in (z, u))
    return float((w_z * law_z) @ one @ (2 * w_u * law_u))


@_all_between.register
def _beta_binomial(prior: BetaBinomialPrior, low: float, high: float, groups: int) -> float:
    # m on the logit scale, where its density and the tails are smooth; kappa by its own law:
    # (least / kappa) ** shape is uniform.
    phi, w_m = _legendre(-40.0, 40.0)
    m = expit(phi)
    law_m = m**prior.mean_a * (1 - m) ** prior.mean_b / beta_function(prior.mean_a, prior.mean_b)
    u, w_u = _legendre(0.0, 1.0)
    kappa = prior.kappa_least * u ** (-1 / prior.kappa_shape)
    a, b = kappa[None] * m[:, None], kappa[None] * (1 - m[:, None])
    a, b = np.maximum(a, 1e-300), np.maximum(b, 1e-300)
    one = (betainc(a, b, high) - betainc(a, b, low)) ** groups
    return float((w_m * law_m) @ one @ w_u)
