"""The prior probability that every group's share lies beyond a value, by quadrature.

Given the hyperparameters the groups' shares are independent, so it is the mean, over the
hyperprior, of one group's probability to the power of the number of groups.
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np
import numpy.typing as npt
from scipy.special import beta as beta_function
from scipy.special import betainc, expit, logit, ndtr

from alumnistats.arrays import gauss_legendre
from alumnistats.posterior.pooling import Model
from alumnistats.posterior.priors import BetaBinomialPrior, BetaPrior, LogitNormalPrior, Prior

FloatArray = npt.NDArray[np.float64]

NODES = 400  # of Gauss-Legendre in each direction
WIDEST = 8.5  # standard deviations of a normal law beyond which next to nothing lies


def prior_beyond(
    model: Model, prior: Prior, value: float, groups: int, *, upward: bool = True
) -> float:
    """Return the prior probability that the shares of all groups lie above (or below) a value.

    Parameters
    ----------
    model : Model
    prior : Prior
        Of the model.
    value : float
        In (0, 1).
    groups : int
    upward : bool
        Whether above.
    """
    return _all_beyond(prior, value, 1 if model == "complete-pooling" else groups, upward=upward)


@singledispatch
def _all_beyond(prior: Prior, value: float, groups: int, *, upward: bool) -> float:
    """Return it for the priors registered below; there are no others."""
    raise NotImplementedError(type(prior).__name__)


@_all_beyond.register
def _one_beta(prior: BetaPrior, value: float, groups: int, *, upward: bool) -> float:
    below = float(betainc(prior.a, prior.b, value))
    return (1 - below if upward else below) ** groups


def _legendre(low: float, high: float) -> tuple[FloatArray, FloatArray]:
    x, w = gauss_legendre(NODES)
    return low + (high - low) * (1 + x) / 2, (high - low) / 2 * w


@_all_beyond.register
def _logit_normal(prior: LogitNormalPrior, value: float, groups: int, *, upward: bool) -> float:
    z, w_z = _legendre(-WIDEST, WIDEST)
    u, w_u = _legendre(0.0, WIDEST)
    mu = prior.mu_loc + prior.mu_scale * z
    sigma = prior.sigma_scale * u
    away = (mu[:, None] - logit(value)) / sigma
    one = ndtr(away if upward else -away) ** groups
    law_z, law_u = (np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi) for t in (z, u))
    return float((w_z * law_z) @ one @ (2 * w_u * law_u))


@_all_beyond.register
def _beta_binomial(prior: BetaBinomialPrior, value: float, groups: int, *, upward: bool) -> float:
    # m on the logit scale, where its density and the tails are smooth; kappa by its own law:
    # (least / kappa) ** shape is uniform.
    phi, w_m = _legendre(-40.0, 40.0)
    m = expit(phi)
    law_m = m**prior.mean_a * (1 - m) ** prior.mean_b / beta_function(prior.mean_a, prior.mean_b)
    u, w_u = _legendre(0.0, 1.0)
    kappa = prior.kappa_least * u ** (-1 / prior.kappa_shape)
    a, b = kappa[None] * m[:, None], kappa[None] * (1 - m[:, None])
    below = betainc(np.maximum(a, 1e-300), np.maximum(b, 1e-300), value)
    one = (1 - below if upward else below) ** groups
    return float((w_m * law_m) @ one @ w_u)
