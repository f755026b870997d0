r"""Power of all comparisons of a claim together: exact along tiers, or simulated.

A claim such as "these groups hold these places" is a list of tiers of groups, the largest shares
first: every group of a tier must significantly exceed every group of the next. With equal sizes a
count is significantly above k when it is at least c(k) (see `power`), so two tiers are in order
exactly when the smallest count of the upper one is at least c of the largest of the lower one, and
tier after tier the probability

.. math:: A_i(x) = P(\text{tiers } 1, \ldots, i \text{ are in order}, \min K_i \ge x)
        = \sum_y P(\max K_i = y, \min K_i \ge x) \, A_{i-1}(c(y))

follows from the last; :math:`A_m(0)` of the last tier is the power. With unequal sizes every pair
has critical counts of its own, and the power is simulated.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.planning.power import binomial_tails, critical_counts, ends

Tiers = Sequence[Sequence[int]]

NEGLIGIBLE = 1e-12  # probability of a largest count that is left out


@dataclass(frozen=True, slots=True)
class PowerBounds:
    """What the power of each comparison alone says of all of them together.

    Attributes
    ----------
    low, high : float
        Frechet's bounds, which hold under every dependence.
    product : float
        The power if the comparisons were independent.
    """

    low: float
    high: float
    product: float


def power_bounds(each: npt.ArrayLike) -> PowerBounds:
    """Return bounds of the power of all comparisons from the power of each, shape (comparisons,).

    ``1 - sum(1 - power)`` from below (Bonferroni), the smallest power from above (Frechet 1935).

    Examples
    --------
    >>> found = power_bounds([0.9, 0.8])
    >>> round(found.low, 2), round(found.product, 2), round(found.high, 2)
    (0.7, 0.72, 0.8)
    """
    power = np.asarray(each, dtype=float)
    low = max(0.0, 1.0 - float((1 - power).sum()))
    return PowerBounds(low, float(power.min()), float(power.prod()))


def tier_pairs(tiers: Tiers) -> list[tuple[int, int]]:
    """Return (larger, smaller) for every group of a tier and every group of the next."""
    return [
        pair
        for upper, lower in itertools.pairwise(tiers)
        for pair in itertools.product(upper, lower)
    ]


def _largest(n: int, shares: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the likely values of the largest of several counts, and their probabilities."""
    low, high = ends(n, shares)
    first, last = int(low.max()), int(high.max())
    below = 1 - binomial_tails(first, last + 1, n, shares[high >= first])
    return np.arange(first, last + 1), np.diff(below.prod(axis=0))


def _smallest_tail(x: IntArray, n: int, shares: FloatArray) -> FloatArray:
    """Return P(all counts >= x)."""
    first, last = int(x[0]), int(x[-1])  # critical counts never fall
    rivals = shares[ends(n, shares)[0] <= last]
    return np.asarray(binomial_tails(first, last, n, rivals).prod(axis=0)[x - first])


def _joint(n: int, shares: FloatArray, low: IntArray, high: IntArray) -> FloatArray:
    """Return P(all counts >= x, the largest = y), shape (x, y), for y in steps of 1."""
    from_low = binomial_tails(int(low[0]), int(low[-1]), n, shares)[:, low - low[0]]
    beyond = binomial_tails(int(high[0]), int(high[-1]) + 1, n, shares)
    inside = np.ones((len(low), len(high) + 1))
    for first, last in zip(from_low, beyond, strict=True):
        inside *= np.maximum(first[:, None] - last, 0.0)
    return np.diff(inside, axis=1)


def tiers_power(shares: FloatArray, tiers: Tiers, nobs: int, level: float = 0.95) -> float:
    """Return the exact power of all comparisons of neighbouring tiers, with equal sizes.

    Parameters
    ----------
    shares : ndarray, shape (groups,)
        True shares in [0, 1].
    tiers : sequence of sequences of int
        Two or more tiers of groups, the largest shares first.
    nobs : int
        Respondents of every group.
    level : float
        One minus the one-sided significance level of Fisher's mid-P value.

    Returns
    -------
    float
        Probability that every comparison has a mid-P value of at most ``1 - level``.
    """
    y, law = _largest(nobs, shares[list(tiers[1])])
    critical = critical_counts(y, nobs, nobs, level)
    by_strata = _smallest_tail(critical, nobs, shares[list(tiers[0])])  # A_1(c(y))
    for tier, lower in itertools.pairwise(tiers[1:]):
        below, its_law = _largest(nobs, shares[list(lower)])
        critical = critical_counts(below, nobs, nobs, level)
        mine = shares[list(tier)]
        if len(tier) == 1:
            weighted = np.concatenate([np.cumsum((law * by_strata)[::-1])[::-1], [0.0]])
            by_strata = weighted[np.clip(np.searchsorted(y, critical), 0, len(y))]
        else:
            by_strata = _joint(nobs, mine, critical, y) @ by_strata
        y, law = below, its_law
    return float(np.clip(law @ by_strata, 0.0, 1.0))


def tiers_decided(
    counts: IntArray, sizes: IntArray, tiers: Tiers, level: float = 0.95
) -> BoolArray:
    """Return in which samples every comparison of neighbouring tiers is significant.

    Parameters
    ----------
    counts : ndarray of int, shape (samples, groups)
    sizes : ndarray of int, shape (groups,)
    tiers, level
        As in `tiers_power`.

    Returns
    -------
    ndarray of bool, shape (samples,)
    """
    decided = np.ones(len(counts), dtype=bool)
    tables: dict[tuple[int, int], tuple[int, IntArray]] = {}
    for a, b in tier_pairs(tiers):
        key = (int(sizes[a]), int(sizes[b]))
        if key not in tables:
            others = [h for g, h in tier_pairs(tiers) if (sizes[g], sizes[h]) == key]
            low, high = int(counts[:, others].min()), int(counts[:, others].max())
            tables[key] = low, critical_counts(np.arange(low, high + 1), *key, level)
        low, critical = tables[key]
        decided &= counts[:, a] >= critical[counts[:, b] - low]
    return decided


def simulate_counts(
    shares: FloatArray, sizes: npt.ArrayLike, samples: int, seed: int | np.random.Generator = 0
) -> IntArray:
    """Return counts of growing surveys: those of a larger one contain those of the smaller.

    So that a curve over sizes is smooth, each sample goes on with the respondents it has.

    Parameters
    ----------
    shares : ndarray, shape (groups,) or (samples, groups)
        True shares, the same in all samples or one row each.
    sizes : array_like of int, shape (steps, groups)
        Never falling from one step to the next.
    samples : int
    seed : int or Generator

    Returns
    -------
    ndarray of int, shape (steps, samples, groups)

    Examples
    --------
    >>> import numpy as np
    >>> simulate_counts(np.array([0.2, 0.6]), [[10, 10], [500, 500]], 3, seed=1).shape
    (2, 3, 2)
    """
    rng = np.random.default_rng(seed)
    steps: IntArray = np.asarray(sizes, dtype=np.int64)
    new: IntArray = np.diff(steps, axis=0, prepend=0)
    each = np.broadcast_to(shares, (samples, np.shape(shares)[-1]))
    return np.cumsum(rng.binomial(new[:, None, :], each), axis=0)
