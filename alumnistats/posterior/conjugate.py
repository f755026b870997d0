"""No pooling and complete pooling: conjugate Beta posteriors over weighted solutions.

Given a solution, the share of group g is Beta(a + k_g, b + n_g - k_g) without pooling, and the one
share of all is Beta(a + sum k, b + sum (n - k)) under complete pooling. The counts' own probability
under the model (beta-binomial) replaces that of the reconstruction in the solutions' weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln, gammaln

from alumnistats.posterior.mixture import FloatArray

if TYPE_CHECKING:
    from alumnistats.posterior.priors import BetaPrior
    from alumnistats.reconstruction import Solutions


def log_choose(n: FloatArray, k: FloatArray) -> FloatArray:
    """Return the log binomial coefficients."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def log_evidence_separate(solutions: Solutions, prior: BetaPrior) -> FloatArray:
    """Return log p(k | n) of each solution without pooling, shape (solutions,)."""
    n, k = solutions.n.astype(float), solutions.k.astype(float)
    law = betaln(prior.a + k, prior.b + n - k) - betaln(prior.a, prior.b)
    return np.asarray((log_choose(n, k) + law).sum(axis=1))


def log_evidence_pooled(solutions: Solutions, prior: BetaPrior) -> FloatArray:
    """Return log p(k | n) of each solution under complete pooling, shape (solutions,)."""
    n, k = solutions.n.astype(float), solutions.k.astype(float)
    total_n, total_k = n.sum(axis=1), k.sum(axis=1)
    law = betaln(prior.a + total_k, prior.b + total_n - total_k) - betaln(prior.a, prior.b)
    return np.asarray(log_choose(n, k).sum(axis=1) + law)


def beta_densities(
    n: FloatArray, k: FloatArray, prior: BetaPrior, grid: FloatArray, quad: FloatArray
) -> FloatArray:
    """Return Beta posterior densities on the grid, shape (..., nodes), normalised by `quad`."""
    a, b = prior.a + k, prior.b + n - k
    log_density = (a - 1)[..., None] * np.log(grid) + (b - 1)[..., None] * np.log1p(-grid)
    density = np.exp(log_density - betaln(a, b)[..., None])
    return np.asarray(density / (density * quad).sum(axis=-1, keepdims=True))
