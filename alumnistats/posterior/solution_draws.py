r"""Solutions given the shares: their weights, one drawn for each draw, each group's log likelihood.

What PyMC's models and the predictive checks have in common; neither a model nor PyMC is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import logit, logsumexp, xlog1py, xlogy

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.posterior.conjugate import log_choose

if TYPE_CHECKING:
    from alumnistats.reconstruction import Solutions

EDGE = 1e-12  # shares this close to 0 or 1 are taken for it: their logits stay finite
CHUNK = 2_000_000  # numbers of an array over draws, solutions and groups that are held at once


def solution_log_weights(solutions: Sequence[Solutions]) -> FloatArray:
    """Return the solutions' log weights, freed of the priors on counts, shape (solutions,).

    Parameters
    ----------
    solutions : sequence of Solutions
        Measures of the same particles.

    Returns
    -------
    ndarray
        With the binomial coefficients of every count.
    """
    with np.errstate(divide="ignore"):
        total = np.log(solutions[0].weight)
    for s in solutions:
        total = total - s.log_prior + log_choose(s.n.astype(float), s.k.astype(float)).sum(axis=1)
    return np.asarray(total)


def draw_solutions(
    theta: FloatArray,
    n: npt.ArrayLike,
    k: npt.ArrayLike,
    log_weight: FloatArray,
    rng: np.random.Generator,
) -> IntArray:
    """Draw a solution for every draw of the shares, by its probability given them.

    Parameters
    ----------
    theta : ndarray, shape (draws, ...)
        Shares, in [0, 1].
    n, k : array_like, shape (solutions, ...)
        The dimensions after the first are those of `theta`.
    log_weight : ndarray, shape (solutions,)
        As from `solution_log_weights`.
    rng : Generator

    Returns
    -------
    ndarray of int, shape (draws,)
    """
    phi = logit(np.clip(theta.reshape(len(theta), -1), EDGE, 1 - EDGE))
    sizes, counts = (np.asarray(a, dtype=float).reshape(len(log_weight), -1) for a in (n, k))
    log_given = phi @ counts.T - np.logaddexp(0.0, phi) @ sizes.T + log_weight
    edges = np.cumsum(np.exp(log_given - log_given.max(axis=1, keepdims=True)), axis=1)
    at = rng.random((len(edges), 1)) * edges[:, -1:]
    return np.minimum((edges < at).sum(axis=1), len(log_weight) - 1)


def pointwise_log_likelihood(
    theta: FloatArray, n: FloatArray, k: FloatArray, log_weight: FloatArray
) -> FloatArray:
    r"""Return the log likelihood of every group given the shares and all other groups' counts.

    Parameters
    ----------
    theta : ndarray, shape (draws, ...)
        Shares, in [0, 1].
    n, k : ndarray, shape (solutions, ...)
    log_weight : ndarray, shape (solutions,)
        As from `solution_log_weights`.

    Returns
    -------
    ndarray, shape (draws, ...)
        :math:`\log \sum_r w_r^{(-g)}(\theta)\, \mathrm{Bin}(k_g^{(r)} \mid n_g^{(r)}, \theta_g)`,
        where :math:`w_r^{(-g)}(\theta)` is the probability of solution r given the shares and the
        counts of the other groups. With one solution it is the binomial log probability. Its
        exponential is the ratio of the likelihoods with and without the group, which is what
        leave-one-out importance sampling needs.
    """
    shape, cells = theta.shape, theta.reshape(len(theta), -1)
    n, k = (np.asarray(a, dtype=float).reshape(len(a), -1) for a in (n, k))
    choose = log_choose(n, k)
    out = np.empty(cells.shape)
    step = max(CHUNK // n.size, 1)
    for start in range(0, len(cells), step):
        t = cells[start : start + step, None, :]
        one = choose + xlogy(k, t) + xlog1py(n - k, -t)
        # `log_weight` holds the coefficients of all groups; `one` brings them again.
        without = (log_weight - choose.sum(axis=1) + one.sum(axis=-1))[..., None] - one
        out[start : start + step] = logsumexp(without + one, axis=1) - logsumexp(without, axis=1)
    return out.reshape(shape)
