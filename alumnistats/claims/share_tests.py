"""One-sided tests of one share against a value: those that the confidence intervals invert.

Counts and sizes may be any numbers with ``0 <= count <= size``, such as effective ones: a sample
of n with a design effect d counts as n / d respondents. The exact test is continued to them by the
incomplete beta function, as Korn and Graubard (1998, Survey Methodology 24, 193-201) do for the
Clopper-Pearson interval. Other sources are those of `alumnistats.intervals`. Agresti and Coull's
interval is missing: what it adds to the counts depends on the level, so it has no p-value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincc, ndtr

from alumnistats.arrays import FloatArray

ShareTest = Literal["clopper-pearson", "mid-p", "wilson", "wald", "jeffreys"]
SHARE_TESTS: tuple[ShareTest, ...] = get_args(ShareTest)


def _at_least(k: FloatArray, n: FloatArray, value: float) -> FloatArray:
    """Return P(X >= k) of a binomial count."""
    return np.where(k <= 0, 1.0, betainc(np.where(k <= 0, 1.0, k), n - k + 1, value))


def _more(k: FloatArray, n: FloatArray, value: float) -> FloatArray:
    """Return P(X > k)."""
    return np.where(k >= n, 0.0, betainc(k + 1, np.where(k >= n, 1.0, n - k), value))


def _exact(k: FloatArray, n: FloatArray, value: float) -> FloatArray:
    return _at_least(k, n, value)


def _mid_p(k: FloatArray, n: FloatArray, value: float) -> FloatArray:
    return (_at_least(k, n, value) + _more(k, n, value)) / 2


def _tail(gap: FloatArray, variance: FloatArray | float) -> FloatArray:
    """Return the upper normal tail of a gap over its error; without an error its sign decides."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = gap / np.sqrt(variance)
    return np.asarray(ndtr(-np.where(gap == 0, 0.0, z)))


def _wilson(k: FloatArray, n: FloatArray, value: float) -> FloatArray:
    size = np.maximum(n, np.finfo(float).tiny)
    return _tail(k - n * value, size * value * (1 - value))


def _wald(k: FloatArray, n: FloatArray, value: float) -> FloatArray:
    size = np.maximum(n, np.finfo(float).tiny)
    return _tail(k - n * value, k * (n - k) / size)


def _jeffreys(k: FloatArray, n: FloatArray, value: float) -> FloatArray:
    return np.asarray(betainc(k + 0.5, n - k + 0.5, value))


_GREATER: dict[ShareTest, Callable[[FloatArray, FloatArray, float], FloatArray]] = {
    "clopper-pearson": _exact,
    "mid-p": _mid_p,
    "wilson": _wilson,
    "wald": _wald,
    "jeffreys": _jeffreys,
}


def share_p(
    k: npt.ArrayLike, n: npt.ArrayLike, value: float, test: ShareTest, *, greater: bool
) -> FloatArray:
    """Return the p-value of "the share is not beyond `value`".

    Parameters
    ----------
    k, n : array_like
        Counts and sizes, not necessarily whole; they broadcast.
    value : float
        In [0, 1].
    test : ShareTest
        By the name of its interval: a one-sided p-value of at most ``alpha / 2`` means that the
        two-sided interval of level ``1 - alpha`` leaves the value out.
    greater : bool
        Whether beyond means above; below is the same of those who did not answer so.
    """
    count, size = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    if greater:
        return _GREATER[test](count, size, value)
    return _GREATER[test](size - count, size, 1 - value)


def probability_beyond(k: npt.ArrayLike, n: npt.ArrayLike, value: float) -> FloatArray:
    """Return the posterior probability, under Jeffreys' prior, of a share above `value`."""
    count, size = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    return np.asarray(betaincc(count + 0.5, size - count + 0.5, value))
