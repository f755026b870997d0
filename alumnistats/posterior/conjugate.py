"""No pooling and complete pooling: conjugate Beta posteriors over weighted solutions.

Given a solution, the share of group g is Beta(a + k_g, b + n_g - k_g) without pooling, and the one
share of all is Beta(a + sum k, b + sum (n - k)) under complete pooling. The counts' own probability
under the model (beta-binomial) replaces that of the reconstruction in the solutions' weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln, gammaln

from alumnistats.arrays import FloatArray

if TYPE_CHECKING:
    from alumnistats.posterior.priors import BetaPrior
    from alumnistats.reconstruction import Solutions


def log_choose(n: FloatArray, k: FloatArray) -> FloatArray:
    """Return the log binomial coefficients."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def log_evidence_separate(solutions: Solutions, prior: BetaPrior, power: float = 1.0) -> FloatArray:
    """Return log p(k_g | n_g) without pooling, shape (solutions, groups).

    Parameters
    ----------
    power : float
        Exponent of the likelihood.
    """
    n, k = solutions.n.astype(float), solutions.k.astype(float)
    law = betaln(prior.a + power * k, prior.b + power * (n - k)) - betaln(prior.a, prior.b)
    return np.asarray(power * log_choose(n, k) + law)


def log_evidence_pooled(solutions: Solutions, prior: BetaPrior, power: float = 1.0) -> FloatArray:
    """Return log p(k | n) of each solution under complete pooling, shape (solutions,)."""
    n, k = solutions.n.astype(float), solutions.k.astype(float)
    return power * log_choose(n, k).sum(axis=1) + _pooled_law(n, k, prior, power, left_out=False)


def log_left_out_pooled(solutions: Solutions, prior: BetaPrior) -> FloatArray:
    """Return log p(k_g | n, counts of all other groups), shape (solutions, groups)."""
    n, k = solutions.n.astype(float), solutions.k.astype(float)
    together = _pooled_law(n, k, prior, 1.0, left_out=False)[:, None]
    return log_choose(n, k) + together - _pooled_law(n, k, prior, 1.0, left_out=True)


def _pooled_law(
    n: FloatArray, k: FloatArray, prior: BetaPrior, power: float, *, left_out: bool
) -> FloatArray:
    """Return the log integral of the shares' likelihood; with one group left out, for each."""
    successes, failures = k.sum(axis=1), (n - k).sum(axis=1)
    if left_out:
        successes, failures = successes[:, None] - k, failures[:, None] - (n - k)
    law = betaln(prior.a + power * successes, prior.b + power * failures)
    return np.asarray(law - betaln(prior.a, prior.b))


def beta_densities(
    n: FloatArray, k: FloatArray, prior: BetaPrior, grid: FloatArray, quad: FloatArray
) -> FloatArray:
    """Return Beta posterior densities on the grid, shape (..., nodes), normalised by `quad`."""
    a, b = prior.a + k, prior.b + n - k
    log_density = (a - 1)[..., None] * np.log(grid) + (b - 1)[..., None] * np.log1p(-grid)
    density = np.exp(log_density - betaln(a, b)[..., None])
    return np.asarray(density / (density * quad).sum(axis=-1, keepdims=True))
