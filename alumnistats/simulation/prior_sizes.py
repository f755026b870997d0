r"""Exact draws of sample sizes from a prior given their total, without a lattice pass.

Whoever departs from the quota has a size with one law, and it is unknown who does: so given the
quota ``m`` only the number ``d`` of departing groups and the sum of their sizes matter. With the
departure rate's Beta(a, b) prior integrated out,

.. math:: P(m, d \mid N) \propto P(m) \, \mathrm{BetaBinomial}(d; G, a, b) \, U_d(N - (G - d) m),

where ``U_d`` is the law of a sum of d such sizes. A draw takes (m, d), then which groups depart,
then their sizes one after another, each given what is left. Rejection would accept one draw in
some hundreds where groups depart, and this accepts all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.signal import fftconvolve
from scipy.special import betaln, gammaln

from alumnistats.arrays import FloatArray, IntArray, choose
from alumnistats.reconstruction.size_priors import (
    DEPARTURE_PRIOR,
    SIZE_LIMIT_OF_MEAN,
    SizePrior,
    Sizes,
)

DIRECT = 1e6  # products up to which a convolution is not transformed


def sums_of(law: FloatArray, terms: int, total: int) -> FloatArray:
    """Return the laws of sums of independent sizes with one law.

    Parameters
    ----------
    law : ndarray, shape (largest + 1,)
    terms : int
    total : int

    Returns
    -------
    ndarray, shape (terms + 1, total + 1)
        Row d: probability of each sum of d sizes, from 1 up. A long law is transformed: an error of
        1e-16 is harmless, but never where there is no such sum.
    """
    laws, one = np.zeros((terms + 1, total + 1)), law[: total + 1]
    laws[0, 0] = 1.0
    fold = np.convolve if len(one) * total <= DIRECT else fftconvolve
    for d in range(1, terms + 1):
        some = slice(d, min(d * (len(law) - 1), total) + 1)
        laws[d, some] = np.maximum(fold(laws[d - 1], one)[some], 0.0)
    return laws


def _log_departing(groups: int) -> FloatArray:
    """Return the log prior probability of 0, 1, ..., `groups` departing groups."""
    a, b = DEPARTURE_PRIOR
    d = np.arange(groups + 1)
    ways = gammaln(groups + 1) - gammaln(d + 1) - gammaln(groups - d + 1)
    return np.asarray(ways + betaln(d + a, groups - d + b) - betaln(a, b))


def sizes_of(groups: int, total: int) -> Sizes:
    """Return which sizes groups may have, all that the total admits."""
    top = total - groups + 1
    return Sizes(min(top, int(np.ceil(SIZE_LIMIT_OF_MEAN * total / groups))), top, top)


def departing_law(sizes: Sizes, prior: SizePrior, quota: int) -> FloatArray:
    """Return the law of the size of a group that departs from a quota, or has none."""
    if prior == "quota":
        return sizes.missed()
    return sizes.free() if prior == "free" else sizes.short(quota)


@dataclass(frozen=True, eq=False)
class Departures:
    """Possible quotas and numbers of departing groups, with their probabilities given the total.

    Attributes
    ----------
    quota : ndarray of int, shape (cases,)
        0 where nobody has a quota.
    departing : ndarray of int, shape (cases,)
    probability : ndarray, shape (cases,)
    """

    quota: IntArray
    departing: IntArray
    probability: FloatArray


@lru_cache(maxsize=8)
def departures(groups: int, total: int, prior: SizePrior) -> Departures:
    """Return quotas and numbers of departing groups given the total.

    Parameters
    ----------
    groups, total : int
    prior : {"quota", "shortfall", "free"}
    """
    if prior == "free":
        return Departures(np.zeros(1, np.int64), np.array([groups]), np.ones(1))
    sizes, d = sizes_of(groups, total), np.arange(groups + 1)
    log_departing = _log_departing(groups)
    mass = np.zeros((sizes.quotas.stop, groups + 1))
    for m in sizes.quotas:
        left = total - (groups - d) * m
        if prior == "shortfall" and groups * m < total:
            continue  # nobody exceeds the quota
        laws = _laws(groups, total, prior, m if prior == "shortfall" else 0)
        mass[m] = np.where(left >= 0, np.exp(log_departing) * laws[d, np.maximum(left, 0)], 0.0)
    quota, departing = np.nonzero(mass)
    probability = mass[quota, departing]
    return Departures(quota, departing, probability / probability.sum())


@lru_cache(maxsize=64)
def _laws(groups: int, total: int, prior: SizePrior, quota: int) -> FloatArray:
    laws = sums_of(departing_law(sizes_of(groups, total), prior, quota), groups, total)
    laws.setflags(write=False)
    return laws


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
    cases = departures(groups, total, prior)
    case = rng.choice(len(cases.quota), p=cases.probability)
    m, departing = int(cases.quota[case]), int(cases.departing[case])
    sizes = np.full(groups, m, dtype=np.int64)
    own = m if prior == "shortfall" else 0
    law, laws = departing_law(sizes_of(groups, total), prior, own), _laws(groups, total, prior, own)
    left = total - (groups - departing) * m
    who = rng.permutation(groups)[:departing]
    for d in range(departing, 0, -1):  # each given what those before it leave
        n = np.arange(1, min(len(law) - 1, left) + 1)
        sizes[who[d - 1]] = n[choose((law[n] * laws[d - 1, left - n])[None], rng)[0]]
        left -= int(sizes[who[d - 1]])
    return sizes
