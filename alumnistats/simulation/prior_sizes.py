r"""Exact draws of sample sizes from a prior given their total, without a lattice pass.

Whoever departs from the quota has a uniform size, and it is unknown who does: so given the quota
``m`` only the number ``d`` of departing groups and the sum of their sizes matter. With the
departure rate's Beta(a, b) prior integrated out,

.. math:: P(m, d \mid N) \propto P(m) \, \mathrm{BetaBinomial}(d; G, a, b) \, U_d(N - (G - d) m),

where ``U_d`` is the law of a sum of d uniform sizes. A draw takes (m, d), then which groups depart,
then their sizes one after another, each given what is left. Rejection would accept one draw in
some hundreds where groups depart, and this accepts all.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln

from alumnistats.reconstruction.size_priors import (
    DEPARTURE_PRIOR,
    SIZE_LIMIT_OF_MEAN,
    SizePrior,
)
from alumnistats.reconstruction.sizes import choose

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def uniform_sums(largest: int, terms: int, total: int) -> FloatArray:
    """Return the laws of sums of uniform sizes.

    Parameters
    ----------
    largest : int
        Sizes are uniform on 1, ..., `largest`.
    terms : int
    total : int

    Returns
    -------
    ndarray, shape (terms + 1, total + 1)
        Row d: probability of each sum of d sizes. Windows of cumulative sums would cancel above
        the middle, where the law falls; there its mirror image is taken.
    """
    laws = np.zeros((terms + 1, total + 1))
    laws[0, 0] = 1.0
    for d in range(1, terms + 1):
        middle = d * (largest + 1) // 2
        last = min(middle, total)
        below = np.concatenate([[0.0], np.cumsum(laws[d - 1, :last])])  # P(sum of d - 1 < s)
        sums = np.arange(last + 1)
        laws[d, : last + 1] = (below - below[np.maximum(sums - largest, 0)]) / largest
        mirrored = np.arange(middle + 1, min(total, d * largest) + 1)
        laws[d, mirrored] = laws[d, d * (largest + 1) - mirrored]
    return laws


def _log_departing(groups: int) -> FloatArray:
    """Return the log prior probability of 0, 1, ..., `groups` departing groups."""
    a, b = DEPARTURE_PRIOR
    d = np.arange(groups + 1)
    ways = gammaln(groups + 1) - gammaln(d + 1) - gammaln(groups - d + 1)
    return np.asarray(ways + betaln(d + a, groups - d + b) - betaln(a, b))


@lru_cache(maxsize=8)
def departures(
    groups: int, total: int, prior: SizePrior
) -> tuple[IntArray, IntArray, FloatArray, int]:
    """Return possible quotas, numbers of departing groups, their probabilities, and the limit.

    Parameters
    ----------
    groups, total : int
    prior : {"quota", "shortfall", "free"}

    Returns
    -------
    quota : ndarray of int, shape (cases,)
        0 where nobody has a quota.
    departing : ndarray of int, shape (cases,)
    probability : ndarray, shape (cases,)
        Given the total.
    largest : int
        Largest size of a group.
    """
    largest = min(total - groups + 1, int(np.ceil(SIZE_LIMIT_OF_MEAN * total / groups)))
    if prior == "free":
        return np.zeros(1, np.int64), np.array([groups]), np.ones(1), largest
    d = np.arange(groups + 1)
    log_departing = _log_departing(groups)
    laws = uniform_sums(largest, groups, total)
    mass = np.zeros((largest + 1, groups + 1))
    for m in range(1, largest + 1):
        if prior == "shortfall":
            laws = uniform_sums(m, groups, total)
        left = total - (groups - d) * m
        mass[m] = np.where(left >= 0, np.exp(log_departing) * laws[d, np.maximum(left, 0)], 0.0)
    quota, departing = np.nonzero(mass)
    probability = mass[quota, departing]
    return quota, departing, probability / probability.sum(), largest


@lru_cache(maxsize=64)
def _laws(largest: int, terms: int, total: int) -> FloatArray:
    laws = uniform_sums(largest, terms, total)
    laws.setflags(write=False)
    return laws


def _given_sum(largest: int, terms: int, left: int, rng: np.random.Generator) -> IntArray:
    """Draw uniform sizes given their sum, each given what those before it leave."""
    sizes = np.zeros(terms, dtype=np.int64)
    laws = _laws(largest, terms, left)
    for d in range(terms, 0, -1):
        candidates = np.arange(1, min(largest, left) + 1)
        sizes[d - 1] = candidates[choose(laws[d - 1, left - candidates][None], rng)[0]]
        left -= int(sizes[d - 1])
    return sizes


def draw_prior_sizes(
    groups: int, total: int, prior: SizePrior, rng: np.random.Generator
) -> IntArray:
    """Return one draw of the sample sizes from a prior, given their total.

    Parameters
    ----------
    groups, total : int
    prior : {"quota", "shortfall", "free"}
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (groups,)
    """
    quotas, departing, probability, largest = departures(groups, total, prior)
    case = rng.choice(len(quotas), p=probability)
    m, d = int(quotas[case]), int(departing[case])
    sizes = np.full(groups, m, dtype=np.int64)
    limit = m if prior == "shortfall" else largest
    who = rng.permutation(groups)[:d]
    sizes[who] = _given_sum(limit, d, total - (groups - d) * m, rng)
    return sizes
