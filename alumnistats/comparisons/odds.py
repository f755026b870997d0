r"""Tests that one proportion's odds exceed another's by more than a given factor.

The hypothesis is an odds ratio of at most :math:`\psi`; at 1 each test is the one of the same name
for equal proportions. Given the total of both counts the first count has the noncentral
hypergeometric law :math:`P(x) \propto \binom{m}{x}\binom{n}{t-x}\psi^x` (Fisher 1935; Cornfield
1956, Proceedings of the Third Berkeley Symposium 4, 135-148), whose tail is Fisher's exact test.
The large-sample tests use the likeliest shares under the hypothesis, from a quadratic equation:
their score statistic is Cornfield's. The unconditional tests take the largest probability along the
curve of shares with that odds ratio.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py, xlogy

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.comparisons.asymptotic import divergence
from alumnistats.comparisons.conditional import CELLS, SAME, log_choose
from alumnistats.comparisons.counts import for_distinct_tables, normal_tail
from alumnistats.comparisons.pairs import PAIR_TESTS, PairTest, pair_test
from alumnistats.comparisons.two_samples import checked_samples
from alumnistats.comparisons.unconditional import by_sizes, cuts_of
from alumnistats.errors import ArgumentError

SHARES = 512  # grid of the nuisance share of the unconditional tests


def odds_ratio_test(
    count_a: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
    odds_ratio: float = 1.0,
    method: PairTest = "fisher-mid-p",
) -> FloatArray:
    """Return one-sided p-values of "the odds ratio is at most `odds_ratio`".

    Parameters
    ----------
    count_a, nobs_a, count_b, nobs_b : array_like of int
        As for `pair_test`.
    odds_ratio : float
        Odds of the first share over those of the second, positive.
    method : PairTest
        As in `pair_test`.

    Returns
    -------
    ndarray
        P-values, of the shape of the counts.

    Raises
    ------
    ArgumentError
        For an odds ratio that is not positive, an unknown method, or counts that it refuses.

    Examples
    --------
    >>> odds_ratio_test([30, 40], 60, 20, 60, 1.5).round(4).tolist()
    [0.2293, 0.0057]
    """
    if not 0 < odds_ratio < np.inf:
        raise ArgumentError("odds_ratio", odds_ratio, "a positive number")
    if method not in PAIR_TESTS:
        raise ArgumentError("method", method, "one of " + ", ".join(PAIR_TESTS))
    if odds_ratio == 1:
        return pair_test(count_a, nobs_a, count_b, nobs_b, method, "greater")
    if method in _LARGE_SAMPLE:
        a, m, b, n = checked_samples(count_a, nobs_a, count_b, nobs_b)
        return _LARGE_SAMPLE[method](a, m, b, n, odds_ratio)

    def compute(a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray) -> FloatArray:
        return _EXACT[method](a, m, b, n, odds_ratio)

    return for_distinct_tables(compute, count_a, nobs_a, count_b, nobs_b)


Compute = Callable[[FloatArray, FloatArray, FloatArray, FloatArray, float], FloatArray]
"""P-values of checked counts and sizes, and the odds ratio."""


def _conditional(weight: float) -> Compute:
    """Return Fisher's test that counts the observed table with `weight`."""

    def test(
        a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, ratio: float
    ) -> FloatArray:
        out = np.empty(len(a))
        block = max(int(CELLS // (m.max(initial=0) + 1)), 1)
        for first in range(0, len(a), block):
            i = slice(first, first + block)
            law = _law(m[i], n[i], a[i] + b[i], ratio)
            observed = law[np.arange(len(law)), a[i].astype(np.int64)]
            beyond = np.arange(law.shape[1]) > a[i][:, None]
            out[i] = np.where(beyond, law, 0).sum(axis=1) + weight * observed
        return np.minimum(out, 1.0)

    return test


def _law(m: FloatArray, n: FloatArray, total: FloatArray, ratio: float) -> FloatArray:
    """Return the law of the first count given the total, one row a table."""
    x = np.arange(int(m.max(initial=0)) + 1.0)
    log_law = log_choose(m[:, None], x) + log_choose(n[:, None], total[:, None] - x)
    log_law = log_law + x * np.log(ratio)
    law = np.exp(log_law - log_law.max(axis=1, keepdims=True))
    return np.asarray(law / law.sum(axis=1, keepdims=True))


def _constrained(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, ratio: float
) -> tuple[FloatArray, FloatArray]:
    """Return the likeliest two shares with the given odds ratio."""
    # n (psi - 1) q^2 + (m psi + n - (a + b)(psi - 1)) q - (a + b) = 0 for the second share q.
    two_a, mid = n * (ratio - 1), m * ratio + n - (a + b) * (ratio - 1)
    root = np.sqrt(mid**2 + 4 * two_a * (a + b))
    q = np.clip(2 * (a + b) / (mid + root), 0.0, 1.0)  # stable form of the root in [0, 1]
    q = np.where(a + b == m + n, 1.0, q)  # rounded below it where everybody has the trait
    return ratio * q / (1 + q * (ratio - 1)), q


def _score(a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, ratio: float) -> FloatArray:
    """Return the test by the score statistic, with N - 1 in the place of N."""
    factor = np.sqrt((m + n - 1) / (m + n))
    return normal_tail(_statistic(a, m, b, n, ratio) * factor, "greater")


def _z(a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, ratio: float) -> FloatArray:
    return normal_tail(_statistic(a, m, b, n, ratio), "greater")


def _statistic(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, ratio: float
) -> FloatArray:
    p, q = _constrained(a, m, b, n, ratio)
    u, v = m * p * (1 - p), n * q * (1 - q)
    se = np.sqrt(np.divide(u * v, u + v, out=np.zeros(a.shape), where=u + v > 0))
    return np.asarray(np.divide(a - m * p, se, out=np.zeros(a.shape), where=se > 0))


def _likelihood_ratio(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, ratio: float
) -> FloatArray:
    p, q = _constrained(a, m, b, n, ratio)
    gain = divergence(a / m, p, m) + divergence(b / n, q, n)
    return normal_tail(np.sign(a - m * p) * np.sqrt(2 * np.maximum(gain, 0.0)), "greater")


def _binomial(n: int, share: FloatArray) -> FloatArray:
    k = np.arange(n + 1.0)
    share = share[:, None]
    return np.exp(log_choose(np.float64(n), k) + xlogy(k, share) + xlog1py(n - k, -share))


def _largest(m: int, n: int, cut: IntArray, ratio: float) -> FloatArray:
    """Return the supremum of P(X2 < cut[X1]) over shares with the odds ratio."""
    q = np.sin(np.linspace(0.0, np.pi / 2, SHARES)) ** 2
    p = ratio * q / (1 + q * (ratio - 1))
    below = np.zeros((SHARES, n + 2))
    np.cumsum(_binomial(n, q), axis=1, out=below[:, 1:])
    law = _binomial(m, p)
    found = [np.einsum("sx,sx->s", law, below[:, row]).max() for row in cut]
    return np.minimum(np.array(found), 1.0)


def _z_order(m: int, n: int, ratio: float) -> FloatArray:
    a, b = np.meshgrid(np.arange(m + 1.0), np.arange(n + 1.0), indexing="ij")
    return -_statistic(a, np.full_like(a, m), b, np.full_like(b, n), ratio)


def _fisher_order(m: int, n: int, ratio: float) -> FloatArray:
    total = np.arange(m + n + 1.0)
    law = _law(np.full(m + n + 1, float(m)), np.full(m + n + 1, float(n)), total, ratio)
    tail = np.cumsum(law[:, ::-1], axis=1)[:, ::-1]
    a, b = np.meshgrid(np.arange(m + 1), np.arange(n + 1), indexing="ij")
    return np.asarray(tail[a + b, a])


def _unconditional(order: Callable[[int, int, float], FloatArray]) -> Compute:
    """Return the unconditional test that takes tables in an order, smallest values first."""

    def test(
        a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, ratio: float
    ) -> FloatArray:
        out = np.empty(len(a))
        for size1, size2, here, i, j in by_sizes(a, m, b, n):
            table = order(size1, size2, ratio)
            observed = table[i, j]
            limit = observed + np.abs(observed) * (SAME - 1)
            out[here] = _largest(size1, size2, cuts_of(table, limit), ratio)
        return out

    return test


# Those of large samples need somebody in both; the others compute each distinct table once.
_LARGE_SAMPLE: dict[PairTest, Compute] = {
    "z": _z,
    "score": _score,
    "likelihood-ratio": _likelihood_ratio,
}
_EXACT: dict[PairTest, Compute] = {
    "fisher-exact": _conditional(1.0),
    "fisher-mid-p": _conditional(0.5),
    "barnard": _unconditional(_z_order),
    "boschloo": _unconditional(_fisher_order),
}
