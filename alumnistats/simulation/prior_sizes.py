r"""Exact draws of sample sizes from a prior given their total, without a lattice pass.

Whoever departs from the quota has a size with one law, and it is unknown who does: so given the
quota ``m`` only the number ``d`` of departing groups and the sum of their sizes matter. With the
departure rate's Beta(a, b) prior integrated out,

.. math:: P(m, d \mid N) \propto P(m) \, \mathrm{BetaBinomial}(d; G, a, b) \, U_d(N - (G - d) m),

where ``U_d`` is the law of a sum of d such sizes. A draw takes (m, d), then which groups depart,
then their sizes one after another, each given what is left. Rejection would accept one draw in
some hundreds where groups depart, and this accepts all. Free and Dirichlet sizes are those of
groups that all depart, Dirichlet ones with one law a concentration. Of a mixture one part is drawn,
each as likely as any other given the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.signal import fftconvolve
from scipy.special import betaln, gammaln

from alumnistats.arrays import FloatArray, IntArray, choose
from alumnistats.reconstruction.size_priors import (
    CONCENTRATIONS,
    DEPARTURE_PRIOR,
    MIXED,
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


def departing_law(groups: int, total: int, prior: SizePrior, own: int) -> FloatArray:
    """Return the law of the size of a group that departs from a quota, or has none, up to a factor.

    `own` is what the law depends on beside the prior: a quota that groups fall short of, or the
    place of a Dirichlet concentration; 0 with neither.
    """
    sizes = sizes_of(groups, total)
    if prior == "quota":
        return sizes.missed()
    if prior == "dirichlet":
        return _negative_binomial(CONCENTRATIONS[own], total / groups, sizes.table)
    if prior == "free":
        # A factor r**n cancels given the total. Without it so small a total of so large sizes would
        # be less probable than the error of a transform.
        return sizes.free() * np.exp(-np.arange(sizes.table + 1) * groups / total)
    return sizes.short(own)


def _negative_binomial(a: float, mean: float, largest: int) -> FloatArray:
    """Return the law of a size of at least 1: sizes are Dirichlet-multinomial given their sum."""
    n = np.arange(1.0, largest + 1)
    log_law = gammaln(n + a) - gammaln(n + 1) - gammaln(a) - n * np.log1p(a / mean)
    nobody = a * np.log(a / (mean + a))
    return np.r_[0.0, np.exp(log_law + nobody) / -np.expm1(nobody)]


@dataclass(frozen=True, eq=False)
class Departures:
    """Possible quotas and numbers of departing groups, with their probabilities given the total.

    Attributes
    ----------
    quota : ndarray of int, shape (cases,)
        0 where nobody has a quota.
    departing : ndarray of int, shape (cases,)
    own : ndarray of int, shape (cases,)
        What the law of departing groups depends on (`departing_law`).
    probability : ndarray, shape (cases,)
    """

    quota: IntArray
    departing: IntArray
    own: IntArray
    probability: FloatArray


def _everybody(probability: FloatArray, groups: int) -> Departures:
    """Return the cases in which every group departs, one for each law that they may have."""
    own = np.arange(len(probability))
    return Departures(
        np.zeros_like(own), np.full_like(own, groups), own, probability / probability.sum()
    )


@lru_cache(maxsize=8)
def departures(groups: int, total: int, prior: SizePrior) -> Departures:
    """Return quotas and numbers of departing groups given the total.

    Parameters
    ----------
    groups, total : int
    prior : {"quota", "shortfall", "free", "dirichlet"}
    """
    if prior == "free":
        return _everybody(np.ones(1), groups)
    if prior == "dirichlet":
        laws = (_laws(groups, total, prior, i) for i in range(len(CONCENTRATIONS)))
        return _everybody(np.array([law[groups, total] for law in laws]), groups)
    sizes, d = sizes_of(groups, total), np.arange(groups + 1)
    log_departing = _log_departing(groups)
    mass = np.zeros((sizes.quotas.stop, groups + 1))
    for m in sizes.quotas:
        left = total - (groups - d) * m
        if prior == "shortfall" and groups * m < total:
            continue  # nobody exceeds the quota
        sums = _laws(groups, total, prior, m if prior == "shortfall" else 0)
        mass[m] = np.where(left >= 0, np.exp(log_departing) * sums[d, np.maximum(left, 0)], 0.0)
    quota, departing = np.nonzero(mass)
    probability = mass[quota, departing]
    own = quota if prior == "shortfall" else np.zeros_like(quota)
    return Departures(quota, departing, own, probability / probability.sum())


@lru_cache(maxsize=64)
def _laws(groups: int, total: int, prior: SizePrior, own: int) -> FloatArray:
    laws = sums_of(departing_law(groups, total, prior, own), groups, total)
    laws.setflags(write=False)
    return laws


def draw_prior_sizes(
    groups: int, total: int, prior: SizePrior, rng: np.random.Generator
) -> IntArray:
    """Return one draw of the sample sizes from a prior, given their total.

    Parameters
    ----------
    groups, total : int
    prior : {"quota", "shortfall", "free", "dirichlet", "mixture"}
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (groups,)
    """
    if prior == "mixture":
        prior = MIXED[rng.integers(len(MIXED))]
    cases = departures(groups, total, prior)
    case = rng.choice(len(cases.quota), p=cases.probability)
    m, departing, own = (int(x[case]) for x in (cases.quota, cases.departing, cases.own))
    sizes = np.full(groups, m, dtype=np.int64)
    law, laws = departing_law(groups, total, prior, own), _laws(groups, total, prior, own)
    left = total - (groups - departing) * m
    who = rng.permutation(groups)[:departing]
    for d in range(departing, 0, -1):  # each given what those before it leave
        n = np.arange(1, min(len(law) - 1, left) + 1)
        sizes[who[d - 1]] = n[choose((law[n] * laws[d - 1, left - n])[None], rng)[0]]
        left -= int(sizes[who[d - 1]])
    return sizes
