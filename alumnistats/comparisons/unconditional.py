r"""Exact unconditional tests that two independent proportions are equal.

The p-value is the largest probability, over the share that both samples have in common, of all
tables at least as extreme as the observed one: exact without conditioning on the total.
Barnard's test (1945, Nature 156, 177; 1947, Biometrika 34, 123-138) orders tables by the pooled z
statistic (the version of Suissa and Shuster 1985, Journal of the Royal Statistical Society A 148,
317-327), Boschloo's (1970, Statistica Neerlandica 24, 1-35) by Fisher's one-sided p-value, so that
it is never less powerful than Fisher's test.

Both orders are convex: along a row of tables (one first count) the extreme ones lie below a cut of
the second count, or above one. A region is its cuts, and its probability at a share is a sum over
the first count of a binomial probability times a cumulative one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.special import xlog1py, xlogy

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.comparisons.conditional import SAME, log_choose
from alumnistats.comparisons.counts import Alternative
from alumnistats.comparisons.two_samples import exact_test

SHARES = 256  # first grid of the nuisance share
REFINED = 33  # nodes of the second grids, around peaks of the first
# A peak between two nodes, half a step away, can be higher than them by about this part times both
# sizes: half the squared half step, times the information of a respondent about the angle, 4.
PEAK = 2.5e-5
FEW = 8  # from so many regions on, equal ones are looked for
CERTAIN = 1 - 1e-6  # regions as likely as this are not refined
CELLS = 2**21  # shares times first counts times regions that are evaluated at once
# Statistics within this factor are ties: they are ratios of whole numbers, and rounding errors are
# some 1e-15. A tie too many makes the test conservative, never wrong.
TIED = 1e-11


@lru_cache(maxsize=1024)
def _law(n: int, low: float, high: float, nodes: int) -> FloatArray:
    """Return P(X = k), one row a share.

    Shares are squared sines of equidistant angles between `low` and `high`, at which binomial
    counts have the same spread everywhere.
    """
    share = np.sin(np.linspace(low, high, nodes)[:, None]) ** 2
    k = np.arange(n + 1.0)
    law = np.exp(log_choose(np.float64(n), k) + xlogy(k, share) + xlog1py(n - k, -share))
    law.setflags(write=False)
    return law


@lru_cache(maxsize=1024)
def _below(n: int, low: float, high: float, nodes: int) -> FloatArray:
    """Return P(X < c) for cuts c = 0, ..., n + 1, one row a share of `_law`."""
    out = np.zeros((nodes, n + 2))
    np.cumsum(_law(n, low, high, nodes), axis=1, out=out[:, 1:])
    out.setflags(write=False)
    return out


@lru_cache(maxsize=1024)
def _above(n: int, low: float, high: float, nodes: int) -> FloatArray:
    """Return P(X >= c) for cuts c = 0, ..., n + 1, one row a share of `_law`."""
    out = np.zeros((nodes, n + 2))
    np.cumsum(_law(n, low, high, nodes)[:, ::-1], axis=1, out=out[:, n::-1])
    out.setflags(write=False)
    return out


def _probabilities(
    m: int, n: int, low_cut: IntArray, high_cut: IntArray, low: float, high: float, nodes: int
) -> FloatArray:
    """Return P(X2 < low_cut[X1] or X2 >= high_cut[X1]), shape (shares, regions)."""
    law, below = _law(m, low, high, nodes), _below(n, low, high, nodes)
    above = _above(n, low, high, nodes) if (high_cut <= n).any() else None
    out = np.empty((nodes, len(low_cut)))
    size = max(CELLS // (nodes * (m + 1)), 1)
    for first in range(0, len(low_cut), size):
        some = slice(first, first + size)
        tail = below[:, low_cut[some]]
        if above is not None:
            tail = tail + above[:, high_cut[some]]
        out[:, some] = np.einsum("sx,srx->sr", law, tail)
    return out


def _largest_probability(m: int, n: int, low_cut: IntArray, high_cut: IntArray) -> FloatArray:
    """Return the supremum over the common share of each region's probability.

    Regions, shape (regions, m + 1), of tables with X2 < low_cut[X1] or X2 >= high_cut[X1].
    """
    if len(low_cut) > FEW:
        cuts, inverse = np.unique(np.hstack([low_cut, high_cut]), axis=0, return_inverse=True)
        if len(cuts) < len(low_cut):
            found = _largest_probability(m, n, cuts[:, : m + 1], cuts[:, m + 1 :])
            return found[inverse.reshape(-1)]
    right = np.pi / 2
    value = _probabilities(m, n, low_cut, high_cut, 0.0, right, SHARES)
    largest = value.max(axis=0)
    edge = np.full((1, len(low_cut)), -np.inf)
    peak = (value > np.concatenate([edge, value[:-1]])) & (
        value >= np.concatenate([value[1:], edge])
    )
    peak &= (value >= (1 - PEAK * (m + n)) * largest) & (largest < CERTAIN)
    step = right / (SHARES - 1)
    for place in np.flatnonzero(peak.any(axis=1)).tolist():
        mine = np.flatnonzero(peak[place])
        low, high = max(place - 1, 0) * step, min(place + 1, SHARES - 1) * step
        fine = _probabilities(m, n, low_cut[mine], high_cut[mine], low, high, REFINED)
        largest[mine] = np.maximum(largest[mine], fine.max(axis=0))
    return np.minimum(largest, 1.0)


@lru_cache(maxsize=256)
def _pooled_z(m: int, n: int) -> FloatArray:
    """Return the pooled z statistic of every table, shape (m + 1, n + 1); 0 for none or all."""
    a, b = np.arange(m + 1.0)[:, None], np.arange(n + 1.0)[None, :]
    total = a + b
    gap = a * n - b * m  # whole numbers: exact, and so are its ties at 0
    spread = total * (m + n - total) * (m * n / max(m + n, 1))
    z = np.divide(gap, np.sqrt(spread), out=np.zeros_like(gap), where=spread > 0)
    z.setflags(write=False)
    return z


@lru_cache(maxsize=256)
def _fisher_greater(m: int, n: int) -> FloatArray:
    """Return Fisher's P(X >= a) of every table, shape (m + 1, n + 1)."""
    x, total = np.arange(m + n + 1.0), np.add.outer(np.arange(m + 1), np.arange(n + 1))
    each = np.add.outer(
        log_choose(np.float64(m), x[: m + 1]), log_choose(np.float64(n), x[: n + 1])
    )
    law = np.asarray(np.exp(each - log_choose(np.float64(m + n), x)[total]))
    for i in range(m - 1, -1, -1):  # tables of one total lie on an anti-diagonal
        law[i, 1:] += law[i + 1, :-1]
    law.setflags(write=False)
    return law


def cuts_of(order: FloatArray, limit: FloatArray) -> IntArray:
    """Return how many tables of each row have ``order <= limit``, shape (limits, rows).

    `order` grows along its rows, shape (rows, tables).
    """
    if len(limit) <= FEW:
        return np.stack([(order <= value).sum(axis=1) for value in limit])
    return np.stack([np.searchsorted(row, limit, side="right") for row in order], axis=1)


def _barnard(m: int, n: int, a: IntArray, b: IntArray, alternative: Alternative) -> FloatArray:
    z = _pooled_z(m, n)
    observed = z[a, b]
    none, every = np.zeros((len(a), m + 1), np.int64), np.full((len(a), m + 1), n + 1)
    if alternative == "two-sided":
        observed = np.abs(observed)
    elif alternative == "less":
        observed = -observed
    bound = observed - np.abs(observed) * TIED
    # z falls along a row: large z are low counts of the second sample.
    low = cuts_of(-z, -bound)
    high = (n + 1) - cuts_of(z[:, ::-1], -bound)
    if alternative == "greater":
        high = every
    elif alternative == "less":
        low = none
    else:
        # With z = 0 observed the two tails overlap in the tables that have z = 0.
        high = np.maximum(high, low)
    return _largest_probability(m, n, low, high)


def _boschloo_greater(m: int, n: int, a: IntArray, b: IntArray) -> FloatArray:
    table = _fisher_greater(m, n)
    low = cuts_of(table, table[a, b] * SAME)
    return _largest_probability(m, n, low, np.full_like(low, n + 1))


def _boschloo(m: int, n: int, a: IntArray, b: IntArray, alternative: Alternative) -> FloatArray:
    if alternative == "greater":
        return _boschloo_greater(m, n, a, b)
    if alternative == "less":
        return _boschloo_greater(n, m, b, a)
    one = np.minimum(_boschloo_greater(m, n, a, b), _boschloo_greater(n, m, b, a))
    return np.minimum(2 * one, 1.0)


def by_sizes(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray
) -> list[tuple[int, int, slice, IntArray, IntArray]]:
    """Split tables sorted by sizes into runs of the same two sizes."""
    starts = np.flatnonzero(np.r_[True, (np.diff(m) != 0) | (np.diff(n) != 0)])
    ends = np.r_[starts[1:], len(m)]
    k1, k2 = a.astype(np.int64), b.astype(np.int64)
    return [
        (int(m[i]), int(n[i]), slice(i, j), k1[i:j], k2[i:j])
        for i, j in zip(starts.tolist(), ends.tolist(), strict=True)
        if j > i
    ]


@exact_test
def barnard(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, alternative: Alternative
) -> FloatArray:
    """Return the p-value of Barnard's exact unconditional test, with the pooled z statistic.

    Two-sided: all tables whose absolute statistic is at least the observed one.

    Notes
    -----
    The supremum over the common share is taken on 256 shares (equidistant in arcsin sqrt) and
    refined around the highest peaks: within 1e-5 of the supremum for sizes up to 600, measured
    against 8,000 shares.

    Examples
    --------
    >>> barnard([7, 9], 10, 2, 10).round(4).tolist()
    [0.0414, 0.0026]
    """
    return _of_sizes(_barnard, a, m, b, n, alternative)


@exact_test
def boschloo(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, alternative: Alternative
) -> FloatArray:
    """Return the p-value of Boschloo's exact unconditional test.

    Two-sided is twice the smaller one-sided value, at most 1 (as in scipy).

    Notes
    -----
    The supremum over the common share is taken as in `barnard`.

    Examples
    --------
    >>> boschloo([7, 9], 10, 2, 10).round(4).tolist()
    [0.0414, 0.0026]
    """
    return _of_sizes(_boschloo, a, m, b, n, alternative)


def _of_sizes(
    test: Callable[..., FloatArray],
    a: FloatArray,
    m: FloatArray,
    b: FloatArray,
    n: FloatArray,
    alternative: Alternative,
) -> FloatArray:
    out = np.empty(len(a))
    for size1, size2, here, i, j in by_sizes(a, m, b, n):
        out[here] = test(size1, size2, i, j, alternative)
    return out
