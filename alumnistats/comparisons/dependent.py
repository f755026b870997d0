r"""Comparisons of two shares of the same respondents.

Of n respondents b chose the first option only and c the second only; those who chose both or
neither say nothing about the difference. For two options of a single-answer question nobody chose
both, and b and c are the counts. Then b, c and the rest are multinomial, the difference
:math:`d = p_b - p_c` has the variance :math:`\{p_b + p_c - d^2\} / n`, and given b + c the first
count is binomial with one half if d is 0 (McNemar 1947, Psychometrika 12, 153-157).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, betaincinv, ndtri

from alumnistats.arrays import BoolArray, FloatArray, IntArray, check_level, whole_numbers
from alumnistats.comparisons.counts import (
    Alternative,
    check_alternative,
    check_counts,
    farthest,
    normal_tail,
)
from alumnistats.comparisons.differences import wilson
from alumnistats.errors import ArgumentError

DependentTest = Literal["exact", "mid-p", "z"]
DependentMethod = Literal["tango", "newcombe-paired", "wald"]
NestedMethod = Literal["wilson", "clopper-pearson"]
Interval = tuple[FloatArray, FloatArray]


def multinomial_covariance(count: npt.ArrayLike, nobs: npt.ArrayLike) -> FloatArray:
    """Return the covariance of the shares of one single-answer question.

    Parameters
    ----------
    count : array_like of int, shape (..., options)
        Exclusive counts; they need not sum to `nobs`.
    nobs : array_like of int, shape (...)

    Returns
    -------
    ndarray, shape (..., options, options)
        ``p_i (1 - p_i) / n`` on the diagonal, ``-p_i p_j / n`` off it.

    Raises
    ------
    ArgumentError
        For counts below 0, counts that sum to more than their size, and samples of nobody.

    Examples
    --------
    >>> multinomial_covariance([50, 30], 100).round(4).tolist()
    [[0.0025, -0.0015], [-0.0015, 0.0021]]
    """
    k, n = whole_numbers(count), whole_numbers(nobs, "nobs")
    check_counts(k, n[..., None])
    check_counts(k.sum(axis=-1), n)
    p = k / n[..., None]
    own = p[..., None] * np.eye(k.shape[-1])
    return np.asarray((own - p[..., :, None] * p[..., None, :]) / n[..., None, None])


def _only(
    count_a: npt.ArrayLike, count_b: npt.ArrayLike, nobs: npt.ArrayLike, both: npt.ArrayLike
) -> list[FloatArray]:
    """Return those who chose the first only, the second only, the size, and both; checked."""
    arrays = [whole_numbers(x, "counts") for x in (count_a, count_b, nobs, both)]
    a, b, n, common = np.broadcast_arrays(*arrays)
    check_counts(a, n)
    check_counts(b, n)
    if not ((common >= a + b - n) & (common >= 0) & (common <= np.minimum(a, b))).all():
        raise ArgumentError(
            "both",
            "an overlap that the counts exclude",
            "max(0, count_a + count_b - nobs) <= both <= min(count_a, count_b)",
        )
    return [a - common, b - common, n, common]


def dependent_test(
    count_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs: npt.ArrayLike,
    both: npt.ArrayLike = 0,
    method: DependentTest = "exact",
    alternative: Alternative = "two-sided",
) -> FloatArray:
    """Return the p-value of McNemar's test that two shares of the same respondents are equal.

    Parameters
    ----------
    count_a, count_b, nobs : array_like of int
        Counts of both options and the number of respondents; they broadcast.
    both : array_like of int
        Those who chose both; 0 for two options of a single-answer question.
    method : {"exact", "mid-p", "z"}
        "exact": binomial, which keeps its level; two-sided it doubles the smaller tail. "mid-p"
        counts the observed table half. "z": ``(b - c) / sqrt(b + c)``, the score test.
    alternative : {"two-sided", "greater", "less"}
        "greater" means that the first share is larger.

    Returns
    -------
    ndarray
        P-values, for each table of answers.

    Raises
    ------
    ArgumentError
        For counts out of range or not whole, an overlap that they exclude, an unknown method or
        alternative.

    Notes
    -----
    For nested measures, of which the first implies the second, the difference cannot be negative
    and a test of equality says nothing: see `nested_interval`.

    Examples
    --------
    >>> round(float(dependent_test(45, 30, 100, 20)), 4)
    0.0167
    """
    b, c, _, _ = _only(count_a, count_b, nobs, both)
    check_alternative(alternative)
    if method == "z":
        z = np.divide(b - c, np.sqrt(b + c), out=np.zeros(b.shape), where=b + c > 0)
        return normal_tail(z, alternative)
    if method not in ("exact", "mid-p"):
        raise ArgumentError("method", method, '"exact", "mid-p" or "z"')
    weight = 1.0 if method == "exact" else 0.5
    greater, less = _sign_tail(c, b + c, weight), _sign_tail(b, b + c, weight)
    if alternative == "two-sided":
        return np.asarray(np.minimum(2 * np.minimum(greater, less), 1.0))
    return greater if alternative == "greater" else less


def _sign_tail(k: FloatArray, n: FloatArray, weight: float) -> FloatArray:
    """Return P(X < k) + weight P(X = k) for n fair coins."""
    size = n.astype(np.int64)
    below = np.where(k > 0, bdtr(np.maximum(k - 1, 0), size, 0.5), 0.0)
    return np.asarray(below + weight * (bdtr(k, size, 0.5) - below))


def _tango(b: FloatArray, c: FloatArray, n: FloatArray, both: FloatArray, level: float) -> Interval:
    """Return the score interval of Tango (1998, Statistics in Medicine 17, 891-908)."""
    z2, gap = ndtri((1 - level) / 2) ** 2, (b - c) / n
    del both  # the difference does not depend on it

    def kept(d: FloatArray) -> BoolArray:
        # q: the likeliest share of those who chose the second only, given the difference d.
        half = (b + c - (2 * n - b + c) * d) / (4 * n)
        q = half + np.sqrt(np.maximum(half**2 + c * d * (1 - d) / (2 * n), 0.0))
        q = np.maximum(q, np.maximum(0.0, -d))
        return (gap - d) ** 2 <= z2 * np.maximum(2 * q + d * (1 - d), 0.0) / n

    return farthest(kept, gap, -1.0), farthest(kept, gap, 1.0)


def _newcombe_paired(
    b: FloatArray, c: FloatArray, n: FloatArray, both: FloatArray, level: float
) -> Interval:
    """Return method 10 of Newcombe (1998, Statistics in Medicine 17, 2635-2650).

    The distances of both Wilson intervals' ends, combined with the correlation of the answers.
    """
    p, q, neither = (both + b) / n, (both + c) / n, n - both - b - c
    product = both * neither - b * c
    product = np.where(product > 0, np.maximum(product - n / 2, 0.0), product)
    spread = n**2 * np.sqrt(p * (1 - p) * q * (1 - q))
    phi = np.divide(product, spread, out=np.zeros(b.shape), where=spread > 0)
    (l1, u1), (l2, u2) = wilson(p, n, level), wilson(q, n, level)

    def combined(x: FloatArray, y: FloatArray) -> FloatArray:
        return np.sqrt(np.maximum(x**2 - 2 * phi * x * y + y**2, 0.0))

    gap = p - q
    return gap - combined(p - l1, u2 - q), gap + combined(u1 - p, q - l2)


def _wald(b: FloatArray, c: FloatArray, n: FloatArray, both: FloatArray, level: float) -> Interval:
    """Return the normal approximation with the observed shares' variance and covariance."""
    del both
    gap = (b - c) / n
    half = -ndtri((1 - level) / 2) * np.sqrt(((b + c) / n - gap**2) / n)
    return np.maximum(gap - half, -1.0), np.minimum(gap + half, 1.0)


DEPENDENT_METHODS: dict[DependentMethod, Callable[..., Interval]] = {
    "tango": _tango,
    "newcombe-paired": _newcombe_paired,
    "wald": _wald,
}


def dependent_interval(
    count_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs: npt.ArrayLike,
    both: npt.ArrayLike = 0,
    level: float = 0.95,
    method: DependentMethod = "tango",
) -> Interval:
    """Return confidence intervals for the difference of two shares of the same respondents.

    Parameters
    ----------
    count_a, count_b, nobs, both : array_like of int
        As for `dependent_test`.
    level : float
        Confidence in (0, 1).
    method : {"tango", "newcombe-paired", "wald"}
        Score interval (Tango 1998, Statistics in Medicine 17, 891-908); Newcombe's hybrid (1998,
        Statistics in Medicine 17, 2635-2650, method 10); normal approximation.

    Returns
    -------
    lower, upper : ndarray
        The first share minus the second, in [-1, 1].

    Raises
    ------
    ArgumentError
        For counts out of range or not whole, an overlap that they exclude, an unknown method or a
        level out of range.

    Examples
    --------
    >>> lower, upper = dependent_interval(45, 30, 100, 20)
    >>> round(float(lower), 3), round(float(upper), 3)
    (0.036, 0.263)
    """
    b, c, n, common = _only(count_a, count_b, nobs, both)
    check_level(level)
    if method not in DEPENDENT_METHODS:
        raise ArgumentError("method", method, "one of " + ", ".join(DEPENDENT_METHODS))
    return DEPENDENT_METHODS[method](b, c, n, common, level)


def nested_interval(
    inner: npt.ArrayLike,
    outer: npt.ArrayLike,
    nobs: npt.ArrayLike,
    level: float = 0.95,
    method: NestedMethod = "wilson",
) -> Interval:
    """Return confidence intervals for the outer share minus the inner one of nested measures.

    Whoever is counted in the inner measure is counted in the outer one too, so the difference is
    the share of those in the outer one only: a single proportion.

    Parameters
    ----------
    inner, outer, nobs : array_like of int
        Counts and size; they broadcast.
    level : float
        Confidence in (0, 1).
    method : {"wilson", "clopper-pearson"}
        The second covers at least with probability `level`, at every size and share.

    Returns
    -------
    lower, upper : ndarray
        In [0, 1].

    Raises
    ------
    ArgumentError
        For counts out of range, an inner count above the outer one, an unknown method or a level
        out of range.

    Examples
    --------
    >>> lower, upper = nested_interval(30, 50, 100)
    >>> round(float(lower), 3), round(float(upper), 3)
    (0.133, 0.289)
    """
    a, b, n = (whole_numbers(x, "counts") for x in (inner, outer, nobs))
    check_counts(b, n)
    check_counts(a, b, smallest=0)
    check_level(level)
    k, n = np.broadcast_arrays(b - a, n)
    if method == "wilson":
        lower, upper = wilson(k / n, n, level)
    elif method == "clopper-pearson":
        tail = (1 - level) / 2
        lower = betaincinv(np.where(k == 0, 1.0, k), n - k + 1, tail)
        upper = betaincinv(k + 1, np.where(k == n, 1.0, n - k), 1 - tail)
    else:
        raise ArgumentError("method", method, '"wilson" or "clopper-pearson"')
    return np.where(k == 0, 0.0, lower), np.where(k == n, 1.0, upper)


def _overlaps(count_a: int, count_b: int, nobs: int) -> IntArray:
    check_counts(
        np.array([count_a, count_b], dtype=float), np.array([nobs, nobs], dtype=float), smallest=0
    )
    return np.arange(max(0, count_a + count_b - nobs), min(count_a, count_b) + 1)


def mcnemar_bounds(count_a: int, count_b: int, nobs: int) -> tuple[float, float]:
    """Return the smallest and largest two-sided exact p-value over all possible overlaps.

    Two options of one multiple-answer question were chosen by `count_a` and `count_b` of `nobs`;
    how many chose both is unknown, between ``max(0, count_a + count_b - nobs)`` and the smaller
    count. The test is `dependent_test` with ``method="exact"``.

    Parameters
    ----------
    count_a, count_b : int
        How many chose each option.
    nobs : int
        How many answered.

    Returns
    -------
    least, most : float

    Examples
    --------
    >>> least, most = mcnemar_bounds(45, 30, 100)
    >>> round(least, 5), round(most, 3)
    (6e-05, 0.105)
    """
    both = _overlaps(count_a, count_b, nobs)
    b, c = count_a - both, count_b - both
    p = np.minimum(2 * bdtr(np.minimum(b, c), b + c, 0.5), 1.0)
    return float(p.min()), float(p.max())


def dependent_bounds(
    count_a: int, count_b: int, nobs: int, level: float = 0.95, method: DependentMethod = "tango"
) -> tuple[float, float]:
    """Return the lowest and highest end of `dependent_interval` over all possible overlaps.

    It covers the difference with at least the method's probability whatever the overlap is.

    Parameters
    ----------
    count_a, count_b : int
        How many chose each option.
    nobs : int
        How many answered.
    level : float
        Confidence in (0, 1).
    method : str
        As in `dependent_interval`.

    Returns
    -------
    lower, upper : float

    Examples
    --------
    >>> lower, upper = dependent_bounds(45, 30, 100)
    >>> round(lower, 3), round(upper, 3)
    (-0.02, 0.311)
    """
    both = _overlaps(count_a, count_b, nobs)
    lower, upper = dependent_interval(count_a, count_b, nobs, both, level, method)
    return float(lower.min()), float(upper.max())
