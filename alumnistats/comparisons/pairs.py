r"""Tests that two independent proportions are equal.

Fisher's conditional law of the first count given the total is hypergeometric. The mid-P value
counts the observed table half (Lancaster 1961, Journal of the American Statistical Association 56,
223-234). Boschloo's test (1970, Statistica Neerlandica 24, 1-35) takes Fisher's p-value as its
statistic and its largest probability over the common share as the p-value: exact without
conditioning, and never less powerful.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, gammaln, ndtr, xlog1py, xlogy

from alumnistats.comparisons.counts import check_counts
from alumnistats.errors import ArgumentError

Alternative = Literal["two-sided", "greater", "less"]
FloatArray = npt.NDArray[np.float64]

# Tables whose probabilities differ by less than this factor count as equally likely: their
# logarithms carry rounding errors of about 1e-12.
SAME = 1 + 1e-7
SHARES = 256  # grid of the nuisance share in Boschloo's test
REFINED = 33  # nodes of the second grid, around the best of the first


def _log_choose(n: FloatArray | np.float64, k: FloatArray) -> FloatArray:
    inside = (k >= 0) & (k <= n)
    safe = np.where(inside, k, 0)
    value = gammaln(n + 1) - gammaln(safe + 1) - gammaln(n - safe + 1)
    return np.where(inside, value, -np.inf)


def fisher_mid_p(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Alternative = "two-sided",
) -> FloatArray:
    """Return Fisher's mid-P value.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes of the two samples; they broadcast.
    alternative : {"two-sided", "greater", "less"}
        "greater" means that the first share is larger. Two-sided: the probability of all tables
        less likely than the observed one, and half that of the equally likely ones.

    Returns
    -------
    ndarray

    Raises
    ------
    ArgumentError
        For counts out of range or an unknown alternative.
    """
    a, m, b, n = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (k1, n1, k2, n2)))
    check_counts(a, m, smallest=0)
    check_counts(b, n, smallest=0)
    flat = np.stack([x.ravel() for x in (a, m, b, n)])
    cells, inverse = np.unique(flat, axis=1, return_inverse=True)
    p = _mid_p(cells[0], cells[1], cells[2], cells[3], alternative)
    return np.asarray(p[inverse.reshape(-1)].reshape(a.shape))


def _mid_p(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, alternative: Alternative
) -> FloatArray:
    x = np.arange(int(m.max(initial=0)) + 1.0)
    total = (a + b)[:, None]
    log_law = (
        _log_choose(m[:, None], x)
        + _log_choose(n[:, None], total - x)
        - _log_choose((m + n)[:, None], total)
    )
    law = np.exp(log_law)
    observed = law[np.arange(len(a)), a.astype(int)]
    if alternative == "greater":
        return np.where(x > a[:, None], law, 0).sum(axis=1) + observed / 2
    if alternative == "less":
        return np.where(x < a[:, None], law, 0).sum(axis=1) + observed / 2
    if alternative != "two-sided":
        raise ArgumentError("alternative", alternative, '"two-sided", "greater" or "less"')
    same = (law <= observed[:, None] * SAME) & (law * SAME >= observed[:, None])
    less = (law < observed[:, None]) & ~same
    value = np.where(less, law, 0) + np.where(same, law, 0) / 2
    return np.minimum(value.sum(axis=1), 1.0)


def z_test(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike
) -> FloatArray:
    """Return the two-sided p-value of the pooled z test; 1 where all counts are none or all."""
    a, m, b, n = (np.asarray(x, dtype=float) for x in (k1, n1, k2, n2))
    check_counts(a, m)
    check_counts(b, n)
    pooled = (a + b) / (m + n)
    se = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    gap = np.abs(a / m - b / n)
    z = np.divide(gap, se, out=np.zeros(np.broadcast(gap, se).shape), where=se > 0)
    return np.asarray(2 * ndtr(-z))


@lru_cache(maxsize=512)
def _fisher_table(m: int, n: int) -> FloatArray:
    """Return one-sided Fisher p-values P(X >= a) of every table, shape (m + 1, n + 1)."""
    a, b = np.arange(m + 1.0)[:, None], np.arange(n + 1.0)[None, :]
    law = np.exp(
        _log_choose(np.float64(m), a) + _log_choose(np.float64(n), b)
        - _log_choose(np.float64(m + n), a + b)
    )  # fmt: skip
    for i in range(m - 1, -1, -1):  # tables of one total lie on an anti-diagonal
        law[i, 1:] += law[i + 1, :-1]
    return law


@lru_cache(maxsize=1024)
def _binomial(n: int, low: float, high: float, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return probabilities and cumulative ones (led by 0) at a grid of shares, one row a share."""
    share = np.linspace(low, high, nodes)[:, None]
    k = np.arange(n + 1.0)
    law = np.exp(_log_choose(np.float64(n), k) + xlogy(k, share) + xlog1py(n - k, -share))
    return law, np.concatenate([np.zeros((nodes, 1)), np.cumsum(law, axis=1)], axis=1)


def _largest_probability(m: int, n: int, cut: npt.NDArray[np.int64]) -> float:
    """Return the supremum over the common share of P(X2 < cut[X1])."""
    law, _ = _binomial(m, 0.0, 1.0, SHARES)
    _, cumulative = _binomial(n, 0.0, 1.0, SHARES)
    value = (law * cumulative[:, cut]).sum(axis=1)
    best = int(np.argmax(value))
    low, high = max(best - 1, 0) / (SHARES - 1), min(best + 1, SHARES - 1) / (SHARES - 1)
    law, _ = _binomial(m, low, high, REFINED)
    _, cumulative = _binomial(n, low, high, REFINED)
    return float(max(value[best], (law * cumulative[:, cut]).sum(axis=1).max()))


@lru_cache(maxsize=65536)
def _boschloo_greater(a: int, m: int, b: int, n: int) -> float:
    table = _fisher_table(m, n)
    # Along a row the p-value grows with b, so the rejection region is b below a cut.
    cut = (table <= table[a, b] * SAME).sum(axis=1)
    return _largest_probability(m, n, cut)


def boschloo(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    alternative: Alternative = "two-sided",
) -> FloatArray:
    """Return the p-value of Boschloo's exact unconditional test.

    Parameters
    ----------
    k1, n1, k2, n2 : array_like of int
        Counts and sizes of the two samples; they broadcast.
    alternative : {"two-sided", "greater", "less"}
        Two-sided is twice the smaller one-sided value, at most 1 (as in scipy).

    Returns
    -------
    ndarray

    Notes
    -----
    The supremum over the common share is taken on a grid of 256 shares and refined around its
    best: within 1e-5 of the supremum for the sizes this package meets.
    """
    arrays = np.broadcast_arrays(*(np.asarray(x) for x in (k1, n1, k2, n2)))
    k1, n1, k2, n2 = (x.astype(float) for x in arrays)
    check_counts(k1, n1, smallest=0)
    check_counts(k2, n2, smallest=0)
    out = np.empty(arrays[0].shape)
    flat = out.reshape(-1)
    cells = zip(*(x.ravel().tolist() for x in arrays), strict=True)
    for i, (a, m, b, n) in enumerate(cells):
        if alternative == "greater":
            flat[i] = _boschloo_greater(a, m, b, n)
        elif alternative == "less":
            flat[i] = _boschloo_greater(b, n, a, m)
        elif alternative == "two-sided":
            one = min(_boschloo_greater(a, m, b, n), _boschloo_greater(b, n, a, m))
            flat[i] = min(2 * one, 1.0)
        else:
            raise ArgumentError("alternative", alternative, '"two-sided", "greater" or "less"')
    return out


def mcnemar_bounds(k1: int, k2: int, nobs: int) -> tuple[float, float]:
    """Return the smallest and largest two-sided sign-test p-value over all possible overlaps.

    Two options of one multiple-answer question were chosen by `k1` and `k2` of `nobs`; how many
    chose both is unknown, between ``max(0, k1 + k2 - nobs)`` and ``min(k1, k2)``. The test uses
    those who chose one only (McNemar 1947, Psychometrika 12, 153-157; exact binomial).
    """
    check_counts(np.array([k1, k2], dtype=float), np.array([nobs, nobs], dtype=float), smallest=0)
    low, high = max(0, k1 + k2 - nobs), min(k1, k2)
    both = np.arange(low, high + 1)
    b, c = k1 - both, k2 - both
    p = np.minimum(2 * bdtr(np.minimum(b, c), b + c, 0.5), 1.0)
    return float(p.min()), float(p.max())
