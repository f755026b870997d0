"""Tests that all groups have the same proportion."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, xlog1py

from alumnistats.arrays import FloatArray, whole_numbers
from alumnistats.comparisons.counts import check_counts
from alumnistats.errors import ArgumentError

OmnibusTest = Literal["chi-square", "likelihood-ratio", "exact-monte-carlo"]


def _pearson(k: FloatArray, n: FloatArray) -> FloatArray:
    share = k.sum(axis=-1, keepdims=True) / n.sum(axis=-1, keepdims=True)
    spread = share * (1 - share)
    gap = (k - n * share) ** 2 / n
    return np.divide(
        gap.sum(axis=-1), spread[..., 0], out=np.zeros(k.shape[:-1]), where=spread[..., 0] > 0
    )


def _deviance(k: FloatArray, n: FloatArray) -> FloatArray:
    share = k.sum(axis=-1, keepdims=True) / n.sum(axis=-1, keepdims=True)
    terms = _departure(k, n * share) + _departure(n - k, n * (1 - share))
    return np.maximum(2 * terms.sum(axis=-1), 0.0)


def _departure(seen: FloatArray, expected: FloatArray) -> FloatArray:
    """Return ``seen log(seen / expected) - (seen - expected)``, which is never below 0.

    By the relative difference, so that nothing cancels where there is none: a p-value moves with
    the root of the statistic.
    """
    x = np.divide(seen - expected, expected, out=np.zeros_like(expected), where=expected > 0)
    return np.asarray(expected * (xlog1py(1 + x, x) - x))


def omnibus(
    count: npt.ArrayLike,
    nobs: npt.ArrayLike,
    method: OmnibusTest = "chi-square",
    *,
    resamples: int = 9999,
    seed: int | np.random.Generator = 0,
) -> tuple[FloatArray, FloatArray]:
    """Return the statistic and p-value of a test that all proportions are equal.

    Parameters
    ----------
    count, nobs : array_like of int, shape (..., groups)
        They broadcast. ``exact-monte-carlo`` takes one table at a time, shape (groups,).
    method : {"chi-square", "likelihood-ratio", "exact-monte-carlo"}
        The last one draws counts given the total, which is exact up to its resampling error, with
        Pearson's statistic and the add-one p-value (Davison and Hinkley 1997, section 4.2).
    resamples : int
        Of the exact test.
    seed : int or numpy.random.Generator
        Of the exact test.

    Returns
    -------
    statistic, p_value : ndarray, shape (...)
        The standard error of a p-value p of the resampled test is ``sqrt(p (1 - p) / resamples)``:
        0.0022 at p = 0.05 with the default.

    Raises
    ------
    ArgumentError
        For an unknown method, fewer than two groups, groups of nobody, or counts out of range.

    Examples
    --------
    >>> statistic, p_value = omnibus([30, 20, 10], 60)
    >>> float(statistic), round(float(p_value), 5)
    (15.0, 0.00055)
    """
    k, n = np.broadcast_arrays(whole_numbers(count), whole_numbers(nobs, "nobs"))
    if not k.ndim or k.shape[-1] < 2:
        raise ArgumentError("count", k.shape, "two groups or more")
    check_counts(k, n)
    if method == "chi-square":
        statistic = _pearson(k, n)
    elif method == "likelihood-ratio":
        statistic = _deviance(k, n)
    elif method == "exact-monte-carlo":
        if k.ndim != 1:
            raise ArgumentError("count", k.shape, "one table, shape (groups,)")
        return _monte_carlo(k, n, resamples, np.random.default_rng(seed))
    else:
        raise ArgumentError(
            "method", method, '"chi-square", "likelihood-ratio" or "exact-monte-carlo"'
        )
    return np.asarray(statistic), np.asarray(chdtrc(k.shape[-1] - 1, statistic))


def _monte_carlo(
    k: FloatArray, n: FloatArray, resamples: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    drawn = rng.multivariate_hypergeometric(
        n.astype(np.int64), int(k.sum()), size=resamples, method="marginals"
    )
    observed = _pearson(k, n)
    # Tables with the observed statistic must count as extreme whatever rounding does to them.
    extreme = _pearson(drawn.astype(float), n) >= observed * (1 - 1e-9)
    return np.asarray(observed), np.asarray((1 + extreme.sum()) / (1 + resamples))
