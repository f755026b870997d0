r"""Tests of two independent proportions given the total of both counts.

The conditional law of the first count given the total is hypergeometric (Fisher 1935, Journal of
the Royal Statistical Society 98, 39-82). Conditioning makes the test exact, and conservative:
Lancaster's mid-P value (1961, Journal of the American Statistical Association 56, 223-234) counts
the observed table half, which brings the level near its nominal value without a guarantee.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from alumnistats.arrays import FloatArray
from alumnistats.comparisons.counts import Alternative
from alumnistats.comparisons.two_samples import exact_test

# Tables whose probabilities differ by less than this factor count as equally likely: their
# logarithms carry rounding errors of about 1e-12.
SAME = 1 + 1e-7
CELLS = 2**20  # tables times possible counts that are evaluated at once


def log_choose(n: FloatArray | np.float64, k: FloatArray) -> FloatArray:
    """Return the logarithm of the binomial coefficient; minus infinity outside 0 <= k <= n."""
    inside = (k >= 0) & (k <= n)
    safe = np.where(inside, k, 0)
    value = gammaln(n + 1) - gammaln(safe + 1) - gammaln(n - safe + 1)
    return np.where(inside, value, -np.inf)


@exact_test
def fisher_exact(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, alternative: Alternative
) -> FloatArray:
    """Return the p-value of Fisher's exact test.

    Two-sided: the probability of all tables at most as likely as the observed one.

    Examples
    --------
    >>> fisher_exact([7, 9], 10, 2, 10).round(4).tolist()
    [0.0698, 0.0055]
    """
    return _tails(1.0, a, m, b, n, alternative)


@exact_test
def fisher_mid_p(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, alternative: Alternative
) -> FloatArray:
    """Return Fisher's mid-P value.

    Two-sided: the probability of all tables less likely than the observed one, and half that of the
    equally likely ones.

    Examples
    --------
    >>> fisher_mid_p([7, 9], 10, 2, 10).round(4).tolist()
    [0.0376, 0.0028]
    """
    return _tails(0.5, a, m, b, n, alternative)


def _tails(
    weight: float,
    a: FloatArray,
    m: FloatArray,
    b: FloatArray,
    n: FloatArray,
    alternative: Alternative,
) -> FloatArray:
    """Return P(more extreme) plus `weight` times P(as extreme as observed)."""
    out = np.empty(len(a))
    block = max(int(CELLS // (m.max(initial=0) + 1)), 1)
    for first in range(0, len(a), block):
        some = slice(first, first + block)
        out[some] = _tail(a[some], m[some], b[some], n[some], alternative, weight)
    return np.minimum(out, 1.0)


def _tail(
    a: FloatArray,
    m: FloatArray,
    b: FloatArray,
    n: FloatArray,
    alternative: Alternative,
    weight: float,
) -> FloatArray:
    x = np.arange(int(m.max(initial=0)) + 1.0)
    total = (a + b)[:, None]
    law = np.exp(
        log_choose(m[:, None], x)
        + log_choose(n[:, None], total - x)
        - log_choose((m + n)[:, None], total)
    )
    observed = law[np.arange(len(a)), a.astype(np.int64)]
    if alternative == "greater":
        return np.where(x > a[:, None], law, 0).sum(axis=1) + weight * observed
    if alternative == "less":
        return np.where(x < a[:, None], law, 0).sum(axis=1) + weight * observed
    same = (law <= observed[:, None] * SAME) & (law * SAME >= observed[:, None])
    less = (law < observed[:, None]) & ~same
    value = np.where(less, law, 0) + weight * np.where(same, law, 0)
    return np.asarray(value.sum(axis=1))
