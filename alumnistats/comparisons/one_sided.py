r"""Exact one-sided p-values of two independent proportions, for families of directed comparisons.

Fisher's conditional test in full (the observed table counts whole), and the unconditional test of
Barnard (1945, Nature 156, 177) with the pooled z statistic (Suissa and Shuster 1985, Journal of the
Royal Statistical Society A 148, 317-327). Both keep their level for "the first share is at most the
second", not only for equal shares: the conditional law is stochastically increasing in the odds
ratio, and the rejection region of the z statistic grows with the first count and shrinks with the
second, so that its probability over the hypothesis is largest where the shares are equal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from alumnistats.comparisons.counts import check_counts
from alumnistats.comparisons.pairs import _largest_probability, _log_choose
from alumnistats.errors import ArgumentError

Side = Literal["greater", "less"]
FloatArray = npt.NDArray[np.float64]

NEGLIGIBLE = 1e-17  # share of the sum below which the terms of a tail are left out
SAME_Z = 1e-9  # z statistics closer than this are equal: they carry errors of about 1e-13


def _samples(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Side,
) -> tuple[FloatArray, ...]:
    """Return the checked tables, the sample that is larger under the alternative first."""
    a, m, b, n = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (k1, n1, k2, n2)))
    check_counts(a, m)
    check_counts(b, n)
    if alternative == "greater":
        return a, m, b, n
    if alternative == "less":
        return b, n, a, m
    raise ArgumentError("alternative", alternative, '"greater" or "less"')


def fisher_one_sided(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Side = "greater",
) -> FloatArray:
    """Return Fisher's one-sided p-value, the observed table counted whole.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes (at least 1) of the two samples; they broadcast.
    alternative : {"greater", "less"}
        "greater" means that the first share is larger.

    Returns
    -------
    ndarray
        P(X >= k1), or P(X <= k1), of the hypergeometric law given the total; its relative error is
        about 1e-10 for sizes of a million, smaller below.

    Raises
    ------
    ArgumentError
        For counts out of range or an unknown alternative.
    """
    a, m, b, n = _samples(k1, n1, k2, n2, alternative)
    total = a + b
    law = np.exp(_log_choose(m, a) + _log_choose(n, b) - _log_choose(m + n, total))
    # The tail that leads away from the mean has few terms; the other one is its complement.
    away = a * (m + n) >= total * m
    tail = _tail(
        law.ravel(),
        np.where(away, a, b).ravel(),
        np.where(away, m, n).ravel(),
        np.where(away, n, m).ravel(),
        total.ravel(),
    ).reshape(law.shape)
    return np.asarray(np.minimum(np.where(away, tail, 1 - tail + law), 1.0))


def _tail(
    law: FloatArray, x: FloatArray, size: FloatArray, other: FloatArray, total: FloatArray
) -> FloatArray:
    """Return P(X >= x) of hypergeometric laws by their ratios, a term of all of them at a time."""
    tail, open_ = law.copy(), np.arange(law.size)
    while open_.size:
        law = law * ((size - x) * (total - x) / ((x + 1) * (other - total + x + 1)))
        x = x + 1
        tail[open_] += law
        more = law > NEGLIGIBLE * tail[open_]
        if more.sum() <= 0.7 * open_.size:  # else copying costs more than the spared terms
            law, x, size = law[more], x[more], size[more]
            other, total, open_ = other[more], total[more], open_[more]
    return tail


@lru_cache(maxsize=512)
def _pooled_z(m: int, n: int) -> FloatArray:
    """Return the pooled z statistic of every table, shape (m + 1, n + 1); 0 where undefined."""
    a, b = np.arange(m + 1.0)[:, None], np.arange(n + 1.0)[None, :]
    pooled = (a + b) / (m + n)
    se = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    gap = a / m - b / n
    z = np.divide(gap, se, out=np.zeros_like(gap), where=se > 0)
    z.setflags(write=False)
    return z


@lru_cache(maxsize=65536)
def _barnard_greater(a: int, m: int, b: int, n: int) -> float:
    z = _pooled_z(m, n)
    # Along a row z falls with b, so the rejection region is b below a cut.
    return _largest_probability(m, n, (z >= z[a, b] - SAME_Z).sum(axis=1))


def barnard_one_sided(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Side = "greater",
) -> FloatArray:
    """Return the one-sided p-value of Barnard's exact test with the pooled z statistic.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes (at least 1) of the two samples; they broadcast.
    alternative : {"greater", "less"}
        "greater" means that the first share is larger.

    Returns
    -------
    ndarray
        The largest probability, over the common share, of a statistic at least as large.

    Raises
    ------
    ArgumentError
        For counts out of range or an unknown alternative.

    Notes
    -----
    The supremum is taken as in `boschloo`: on 256 shares, refined around the best.
    """
    tables = _samples(k1, n1, k2, n2, alternative)
    flat = np.stack([x.ravel() for x in tables]).astype(np.int64)
    cells, inverse = np.unique(flat, axis=1, return_inverse=True)
    p = np.array([_barnard_greater(*cell) for cell in cells.T.tolist()])
    return np.asarray(p[inverse.reshape(-1)].reshape(tables[0].shape))
