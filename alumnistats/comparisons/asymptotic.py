"""Large-sample tests that two independent proportions are equal: pooled z, likelihood ratio."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

from alumnistats.arrays import FloatArray
from alumnistats.comparisons.counts import Alternative, normal_tail
from alumnistats.comparisons.two_samples import large_sample_test


@large_sample_test
def z_test(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, alternative: Alternative
) -> FloatArray:
    """Return the p-value of the pooled z test, which is Pearson's chi-squared test.

    Where all counts are none or all the statistic is 0: 1, or 1/2 if one-sided.

    Examples
    --------
    >>> round(float(z_test(30, 60, 20, 60)), 4)
    0.0641
    """
    pooled = (a + b) / (m + n)
    se = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    z = np.divide(a / m - b / n, se, out=np.zeros(a.shape), where=se > 0)
    return normal_tail(z, alternative)


@large_sample_test
def likelihood_ratio(
    a: FloatArray, m: FloatArray, b: FloatArray, n: FloatArray, alternative: Alternative
) -> FloatArray:
    """Return the p-value of the likelihood ratio (G) test.

    Two-sided refers G to the chi-squared law of one degree of freedom (Wilks 1938, Annals of
    Mathematical Statistics 9, 60-62). One-sided refers its root, with the sign of the difference,
    to the normal law.

    Examples
    --------
    >>> round(float(likelihood_ratio(30, 60, 20, 60)), 4)
    0.0634
    """
    p, q, pooled = a / m, b / n, (a + b) / (m + n)
    gain = divergence(p, pooled, m) + divergence(q, pooled, n)
    root = np.sqrt(2 * np.maximum(gain, 0.0))
    return normal_tail(np.sign(p - q) * root, alternative)


def divergence(p: FloatArray, reference: FloatArray, size: FloatArray) -> FloatArray:
    """Return how much likelier the sample is at its own share than at another, in nats."""
    own = xlogy(p, p) + xlogy(1 - p, 1 - p)
    return size * (own - xlogy(p, reference) - xlogy(1 - p, 1 - reference))
