r"""Exact power of the tests that claims rest on, by enumeration.

Two groups: the first is established to have the larger share when the one-sided Fisher mid-P value
is at most :math:`1 - level`. Given the total of both counts, the first is hypergeometric, so every
total t has a critical count. These counts rise with t by 0 or 1 (a group of t + 1 who agree is one
of t and another respondent), hence a table is significant exactly when the first count is at least
a value c(k) that only depends on the second count k, and never falls in it. The power is

.. math:: \sum_k P(K_b = k) \, P(K_a \ge c(k)) .

One share against a value, and two options of one question, are sums over one dimension.

Counts whose probability is below `TAIL` are left out, on either side of every sum.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc, gammaln, ndtri, xlog1py, xlogy

from alumnistats.arrays import FloatArray, IntArray, check_level
from alumnistats.errors import ArgumentError

TAIL = 1e-7  # probability left out on either side of a sum: nothing beside a power of 0.8
DEVIATIONS = 5.3  # standard deviations, and then `MARGIN` counts, that leave less than TAIL out
MARGIN = 12  # for skewed laws of few: a Poisson law has less than TAIL beyond both together
CELLS = 2**20  # totals times counts that are evaluated at once
FEW = 200  # totals whose critical counts are all computed
NODES = 40  # totals at least at which they are computed where there are more, then interpolated
APART = 0.6  # standard deviations between those totals at most
SMOOTH = 6.0  # standard deviations from which on that is done: it then errs by 0.013 at most
CLOSE = 0.025  # to a whole number: recomputed after all
SKEWED = 6  # counts by which skewness moves a critical value from its normal approximation


def check_share(parameter: str, share: npt.ArrayLike) -> FloatArray:
    """Return shares as an array; ArgumentError unless all lie in [0, 1]."""
    values = np.asarray(share, dtype=float)
    if not ((values >= 0) & (values <= 1)).all():
        raise ArgumentError(parameter, share, "shares in [0, 1]")
    return values


def check_size(parameter: str, n: npt.ArrayLike) -> IntArray:
    """Return sizes as an array; ArgumentError unless all are whole numbers of at least 1."""
    values = np.asarray(n, dtype=float)
    if not ((values >= 1) & (values == np.floor(values)) & np.isfinite(values)).all():
        raise ArgumentError(parameter, n, "whole numbers of at least 1")
    return values.astype(np.int64)


def ends(n: int, share: npt.ArrayLike) -> tuple[IntArray, IntArray]:
    """Return the counts of Bin(n, share) beyond which less than `TAIL` lies on either side."""
    p = np.asarray(share, dtype=float)
    reach = DEVIATIONS * np.sqrt(n * p * (1 - p)) + MARGIN
    low, high = np.maximum(n * p - reach, 0), np.minimum(n * p + reach + 1, n)
    return low.astype(np.int64), high.astype(np.int64)


def window(n: int, share: float) -> IntArray:
    """Return all counts between the `ends`."""
    low, high = ends(n, share)
    return np.arange(int(low), int(high) + 1)


def binomial_law(k: IntArray, n: int | IntArray, share: float) -> FloatArray:
    """Return P(Bin(n, share) = k)."""
    choose = gammaln(np.asarray(n) + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return np.asarray(np.exp(choose + xlogy(k, share) + xlog1py(n - k, -share)))


def binomial_tail(k: int | IntArray, n: int | IntArray, share: float | FloatArray) -> FloatArray:
    """Return P(Bin(n, share) >= k)."""
    tail = bdtrc(np.clip(k, 1, n) - 1.0, n, share)
    return np.asarray(np.where(k <= 0, 1.0, np.where(k > n, 0.0, tail)))


def binomial_tails(low: int, high: int, n: int, shares: FloatArray) -> FloatArray:
    """Return P(Bin(n, share) >= k) of every share, shape (shares, k), for k from low to high.

    Summed from above, which is faster than one incomplete beta function a count.
    """
    k = np.arange(max(low, 0), min(high, n) + 1)
    p = shares[:, None]
    choose = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    law = np.exp(choose + xlogy(k, p) + xlog1py(n - k, -p))
    tail = np.cumsum(law[:, ::-1], axis=1)[:, ::-1] + binomial_tail(min(high, n) + 1, n, p)
    below, above = np.ones((len(p), max(-low, 0))), np.zeros((len(p), max(high - n, 0)))
    return np.concatenate([below, tail, above], axis=1)


def _near_normal(t: IntArray, m: int, n: int, alpha: float) -> tuple[FloatArray, FloatArray]:
    """Return the normal approximation of the critical first counts, and standard deviations."""
    mean = t * (m / (m + n))
    scale = n / (m + n) / max(m + n - 1, 1)
    spread = np.sqrt(np.maximum(mean * scale * (m + n - t), 0.0))
    return mean + ndtri(1 - alpha) * spread, spread


def _solve_totals(t: IntArray, m: int, n: int, alpha: float) -> FloatArray:
    """Return, for each total, where the mid-P value passes alpha, between two first counts.

    The tail above each count is summed from ratios of neighbouring probabilities, in a window
    around the normal approximation; its logarithm is interpolated between counts. The next whole
    number is the smallest first count with a mid-P value of at most alpha.
    """
    widest = int(DEVIATIONS * np.sqrt(m + n)) + SKEWED + MARGIN
    rows = max(CELLS // widest, 1)
    if len(t) > rows:
        blocks = np.split(t, np.arange(rows, len(t), rows))
        return np.concatenate([_solve_totals(block, m, n, alpha) for block in blocks])
    total = t.astype(float)
    near, spread = _near_normal(t, m, n, alpha)
    low, high = np.maximum(total - n, 0.0), np.minimum(total, m)
    first = np.clip(np.floor(near) - SKEWED, low, high)
    width = int(max(DEVIATIONS - ndtri(1 - alpha), 1) * spread.max()) + SKEWED + MARGIN + 2
    x = first[:, None] + np.arange(width - 1)
    up, down = (m - x) * (total[:, None] - x), (x + 1) * ((n + 1) - total[:, None] + x)
    ratio = np.maximum(up, 0.0) / down
    law = np.cumprod(ratio, axis=1)
    start = np.exp(
        gammaln(m + 1) - gammaln(first + 1) - gammaln(m - first + 1)
        + gammaln(n + 1) - gammaln(total - first + 1) - gammaln(n - total + first + 1)
        - gammaln(m + n + 1) + gammaln(total + 1) + gammaln(m + n - total + 1)
    )  # fmt: skip
    law = np.concatenate([np.ones((len(t), 1)), law], axis=1) * start[:, None]
    # Beyond the window the ratios go on falling: a geometric series is a little too much.
    rest = law[:, -1] * ratio[:, -1] / np.maximum(1 - ratio[:, -1], 0.01)
    beyond = np.cumsum(law[:, ::-1], axis=1)[:, ::-1] - law / 2 + rest[:, None]
    at = (beyond > alpha).sum(axis=1)
    row, before = np.arange(len(t)), np.maximum(at - 1, 0)
    over, under = beyond[row, before], np.maximum(beyond[row, np.minimum(at, width - 1)], 1e-300)
    part = np.divide(
        np.log(over / alpha), np.log(over / under), out=np.ones(len(t)), where=over > under
    )
    return np.where(at == 0, first, first + before + np.clip(part, 1e-12, 1.0))


def _critical_of_totals(t: IntArray, m: int, n: int, alpha: float) -> IntArray:
    """Return, for each of a run of totals, the smallest significant first count.

    Where there are many, the distance from the normal approximation is smooth: it is computed at
    some totals, interpolated in between, and computed there too if it comes near a whole number.
    """
    near, spread = _near_normal(t, m, n, alpha)
    smooth = np.flatnonzero(spread >= SMOOTH)
    if len(smooth) <= FEW:
        return np.ceil(_solve_totals(t, m, n, alpha)).astype(np.int64)
    first, last = smooth[[0, -1]]  # all between them are, for the spread rises and falls once
    many = int((last - first) / (APART * np.median(spread[smooth])))
    nodes = np.linspace(first, last, max(many, NODES)).astype(np.int64)
    apart = _solve_totals(t[nodes], m, n, alpha) - near[nodes]
    found = near + np.interp(t, t[nodes], apart)
    close = np.abs(found - np.round(found)) < CLOSE
    close[:first] = close[last + 1 :] = True
    if close.any():
        found[close] = _solve_totals(t[close], m, n, alpha)
    return np.ceil(found).astype(np.int64)


def _near_count(k: int, nobs_a: int, nobs_b: int, z: float) -> float:
    """Return about how large a first count is significantly above k, by a pooled z test."""
    share = k / nobs_b
    larger = share
    for _ in range(4):
        pooled = min((k + nobs_a * larger) / (nobs_a + nobs_b), 1.0)
        larger = share + z * math.sqrt(pooled * (1 - pooled) * (1 / nobs_a + 1 / nobs_b))
    return min(max(larger, 0.0), 1.0) * nobs_a


def critical_counts(k: IntArray, nobs_a: int, nobs_b: int, level: float = 0.95) -> IntArray:
    """Return the smallest count of the first group that is significantly large beside each k.

    Parameters
    ----------
    k : ndarray of int, shape (counts,)
        Counts of the second group, rising, from 0 to `nobs_b`.
    nobs_a, nobs_b : int
        Sizes of the groups.
    level : float
        One minus the one-sided significance level of Fisher's mid-P value.

    Returns
    -------
    ndarray of int, shape (counts,)
        From 1 to ``nobs_a + 1``, which says that no count is; never falling.
    """
    z = ndtri(level)
    low = max(int(k[0] + _near_count(k[0], nobs_a, nobs_b, z)) - MARGIN, 0)
    high = min(int(k[-1] + _near_count(k[-1], nobs_a, nobs_b, z)) + MARGIN, nobs_a + nobs_b)
    while True:
        t = np.arange(low, high + 1)
        # The largest k that is significant at each t.
        most = t - _critical_of_totals(t, nobs_a, nobs_b, 1 - level)
        if most[0] < k[0] or low == 0:
            if most[-1] >= k[-1] or high == nobs_a + nobs_b:
                break
            high = min(high + (high - low) + 1, nobs_a + nobs_b)
        else:
            low = max(low - (high - low) - 1, 0)
    at = np.searchsorted(most, k)
    found = t[np.minimum(at, len(t) - 1)] - k
    return np.where(at < len(t), np.minimum(found, nobs_a + 1), nobs_a + 1)


def pair_power(
    share_a: float, share_b: float, nobs_a: int, nobs_b: int, level: float = 0.95
) -> float:
    """Return the exact power of the one-sided Fisher mid-P test that the first share is larger.

    Parameters
    ----------
    share_a, share_b : float
        True shares in [0, 1].
    nobs_a, nobs_b : int
        Sizes of the groups.
    level : float
        One minus the one-sided significance level, in (0, 1).

    Returns
    -------
    float
        Probability of a mid-P value of at most ``1 - level``, to about 1e-7.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> round(pair_power(0.6, 0.4, 80, 80), 3)
    0.813
    """
    check_level(level)
    p, q = float(check_share("share_a", share_a)), float(check_share("share_b", share_b))
    m, n = int(check_size("nobs_a", nobs_a)), int(check_size("nobs_b", nobs_b))
    k = window(n, q)
    return float(binomial_law(k, n, q) @ binomial_tail(critical_counts(k, m, n, level), m, p))


def threshold_power(
    share: npt.ArrayLike,
    threshold: float,
    nobs: npt.ArrayLike,
    level: float = 0.95,
    *,
    upward: bool = True,
) -> FloatArray:
    """Return the exact power of the one-sided binomial test of one share against a value.

    Parameters
    ----------
    share : array_like
        True shares in [0, 1].
    threshold : float
        In (0, 1).
    nobs : array_like of int
        Sizes; they broadcast with `share`.
    level : float
        One minus the significance level, in (0, 1).
    upward : bool
        Whether the share is claimed to lie above the threshold.

    Returns
    -------
    ndarray
        Probabilities to reject, over `share` and `nobs`.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> threshold_power(0.6, 0.5, [50, 150]).round(3).tolist()
    [0.336, 0.774]
    """
    check_level(level)
    check_level(threshold, "threshold", "a share strictly between 0 and 1")
    p, size = np.broadcast_arrays(check_share("share", share), check_size("nobs", nobs))
    if not upward:  # those who disagree are then claimed to be many
        p, threshold = 1 - p, 1 - threshold
    return binomial_tail(critical_of_binomial(size, threshold, 1 - level), size, p)


def critical_of_binomial(n: IntArray, share: float, alpha: float) -> IntArray:
    """Return the smallest k with P(Bin(n, share) >= k) <= alpha; n + 1 if there is none."""
    spread = np.sqrt(n * share * (1 - share))
    k = np.clip(np.ceil(n * share + ndtri(1 - alpha) * spread + 0.5), 0, n + 1).astype(np.int64)
    while True:
        too_small = binomial_tail(k, n, share) > alpha
        too_large = (k > 0) & (binomial_tail(np.maximum(k - 1, 0), n, share) <= alpha)
        if not (too_small | too_large).any():
            return k
        k = k + too_small - too_large


def option_power(first_only: float, second_only: float, nobs: int, level: float = 0.95) -> float:
    """Return the exact power of McNemar's sign test that the first option is chosen more often.

    The number who chose just one of both is binomial, and given it those who chose the first are;
    the test (exact, one-sided) rejects when they are too many for a fair coin.

    Parameters
    ----------
    first_only, second_only : float
        Shares of those who chose the one option and not the other; their sum is at most 1.
    nobs : int
        Respondents.
    level : float
        One minus the significance level, in (0, 1).

    Returns
    -------
    float

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> round(option_power(0.3, 0.2, 300), 3)
    0.769
    """
    check_level(level)
    b = float(check_share("first_only", first_only))
    c = float(check_share("second_only", second_only))
    size = int(check_size("nobs", nobs))
    check_share("first_only + second_only", min(b + c, b + c - 1e-12))
    disagree = min(b + c, 1.0)
    if disagree == 0:
        return 0.0
    m = window(size, disagree)
    critical = critical_of_binomial(m, 0.5, 1 - level)
    return float(binomial_law(m, size, disagree) @ binomial_tail(critical, m, b / (b + c)))
