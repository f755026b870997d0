r"""Distributions forced to add up to exactly 100%, by the largest remainders (Hamilton, Hare).

Every share of a complete single-answer question is rounded down to the printed decimals, and the
units that are missing go to the shares with the largest remainders. A printed share may then be
another one than rounding by itself gives: 1, 1 and 1 of 3 are printed as 33.4, 33.3 and 33.3.

With ``M`` 100% in units of the last digit, ``P_j`` the printed units, which sum to ``M``, and
``k_j`` the counts of ``n`` respondents, let ``d_j = M k_j - n P_j``: the remainder of a share that
was rounded down, or the remainder less ``n`` of one that was rounded up. The print comes of the
counts exactly when

.. math:: \max_j d_j - \min_j d_j \le n .

With equality some share rounded up and some share rounded down have equal remainders. Nobody knows
who won such a tie: all ways to break it are taken as equally likely, so that with u tied shares
rounded up and w rounded down the published shares have the probability
:math:`1 / \binom{u + w}{u}`, and the probabilities of all that given counts may show sum to 1.

Let ties be broken by independent uniform numbers, the larger ones going up, and let i be the share
with the smallest ``d``, of several the one with the smallest number, which is 1 - t. Then ``k_i``
fixes :math:`a = d_i`, :math:`-n < a \le 0`, and every other ``d_j`` lies from a to a + n: at a only
if its number exceeds 1 - t, at a + n only if it does not. So what is published is a disjoint
union of boxes, each a window of counts for every share (`boxes`), with the weight t for a count at
the lower end, 1 - t for one at the upper end, 1 for others, averaged over t from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.rounding import full_scale, read_percent

FORCED = {
    "en": "shares of a whole distribution are forced to sum to 100",
    "ja": "内訳の割合は、合計が100になるよう調整されている",
}
"""The rule as a clause."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Windows of counts that together are one printed distribution, for several sizes.

    Attributes
    ----------
    nobs : ndarray of int, shape (boxes,)
        Size that each box belongs to, in the order of the sizes given.
    first : ndarray of int, shape (boxes,)
        The share that has the smallest ``d``: its window is one count.
    lower, upper : ndarray of int, shape (boxes, shares)
        First and last count; boxes overlap in counts at tied ends only.
    tied_low, tied_high : ndarray of bool, shape (boxes, shares)
        Whether the first, or the last, count of a window is a tie with that of `first`.
    """

    nobs: IntArray
    first: IntArray
    lower: IntArray
    upper: IntArray
    tied_low: BoolArray
    tied_high: BoolArray


def adds_up(units: Sequence[int], digits: int) -> bool:
    """Return whether printed units of a whole distribution sum to exactly 100%."""
    return sum(units) == full_scale(digits)


def boxes(units: Sequence[int], digits: int, nobs: npt.ArrayLike) -> Boxes:
    """Return the boxes of counts that are printed as a distribution forced to 100%.

    Parameters
    ----------
    units : sequence of int
        The printed shares of all options, in units of the last digit; two or more.
    digits : int
        Their decimals.
    nobs : array_like of int, shape (sizes,)
        Sizes, at least 0.

    Returns
    -------
    Boxes
        Only those that hold counts which sum to the size; none if `units` do not sum to 100%, or
        for a size of 0: shares of nobody are not printed.
    """
    scale, p = full_scale(digits), np.asarray(units, dtype=np.int64)
    sizes = np.atleast_1d(np.asarray(nobs, dtype=np.int64))
    sizes = sizes[sizes > 0] if adds_up(units, digits) else sizes[:0]
    low = (sizes[:, None] * (p - 1)) // scale + 1  # a = M k - n P lies above -n
    times = np.maximum(sizes[:, None] * p // scale - np.maximum(low, 0) + 1, 0)
    which = np.repeat(np.arange(times.size), times.ravel())
    start = np.repeat(np.cumsum(times.ravel()) - times.ravel(), times.ravel())
    row, first = which // len(p), which % len(p)
    own = np.maximum(low, 0)[row, first] + np.arange(len(which)) - start
    n = sizes[row]
    base = (scale * own - n * p[first])[:, None] + n[:, None] * p  # of j: M k_j from here on
    lower, upper = -(-base // scale), (base + n[:, None]) // scale
    tied_low, tied_high = base % scale == 0, (base + n[:, None]) % scale == 0
    mine = first[:, None] == np.arange(len(p))
    lower, upper = np.where(mine, own[:, None], lower), np.where(mine, own[:, None], upper)
    tied_low, tied_high = tied_low & ~mine & (lower >= 0), tied_high & ~mine & (upper <= n[:, None])
    lower, upper = np.maximum(lower, 0), np.minimum(upper, n[:, None])
    good = (lower <= upper).all(axis=1) & (lower.sum(axis=1) <= n) & (upper.sum(axis=1) >= n)
    return Boxes(*(x[good] for x in (n, first, lower, upper, tied_low, tied_high)))


def forced_counts(units: int, nobs: npt.ArrayLike, digits: int) -> tuple[IntArray, IntArray]:
    """Return the first and last count that one share of a forced distribution can come from.

    Parameters
    ----------
    units : int
        The printed share in units of the last digit.
    nobs : array_like of int
        Sizes, at least 0.
    digits : int
        Decimals of the share.

    Returns
    -------
    lower, upper : ndarray of int64
        Of the counts whose share is less than a unit away, whatever the other shares are;
        ``upper < lower`` where there is none.
    """
    scale, n = full_scale(digits), np.asarray(nobs, dtype=np.int64)
    lower = np.maximum(n * (units - 1) // scale + 1, 0)
    upper = np.minimum(-(-n * (units + 1) // scale) - 1, n)
    return lower, np.where(n > 0, upper, -1)


def forced_chance(counts: npt.ArrayLike, units: Sequence[int], digits: int) -> float:
    """Return the probability that counts are printed as a distribution forced to 100%.

    Parameters
    ----------
    counts : array_like of int, shape (shares,)
        Of all options of a question.
    units : sequence of int
        Printed shares in units of the last digit.
    digits : int
        Their decimals.

    Returns
    -------
    float
        1 or 0 but for ties, whose ways to be broken are equally likely.
    """
    k = np.asarray(counts, dtype=np.int64)
    n = int(k.sum())
    if n == 0 or not adds_up(units, digits):
        return 0.0
    d = full_scale(digits) * k - n * np.asarray(units, dtype=np.int64)
    spread = int(d.max() - d.min())
    if spread != n:
        return float(spread < n)
    up, down = int((d == d.min()).sum()), int((d == d.max()).sum())
    return 1.0 / comb(up + down, up)


def forced_sizes(units: Sequence[int], digits: int, sizes: npt.ArrayLike) -> BoolArray:
    """Return which sample sizes can print a whole distribution that is forced to 100%.

    Parameters
    ----------
    units, digits
        As in `boxes`.
    sizes : array_like of int, shape (sizes,)

    Returns
    -------
    ndarray of bool, shape (sizes,)
        Ties may be broken either way.
    """
    n = np.asarray(sizes, dtype=np.int64)
    return np.isin(n, boxes(units, digits, n).nobs)


def possible_forced_sizes(
    percents: Sequence[str], *, digits: int | None = None, largest: int = 300
) -> list[int]:
    """List the sample sizes under which percentages are a whole distribution forced to 100%.

    Parameters
    ----------
    percents : sequence of str
        The printed shares of all options of a single-answer question.
    digits : int, optional
        Decimals that all of them were printed with, where trailing zeros were dropped.
    largest : int
        Largest sample size to list, at least 1.

    Raises
    ------
    ArgumentError
        For fewer than two percentages, several numbers of decimals, a sum other than 100, or what
        `possible_sizes` refuses.
    """
    if largest < 1:
        raise ArgumentError("largest", largest, "a sample size of at least 1")
    printed = [read_percent(text, digits) for text in percents]
    places = {decimals for _, decimals in printed}
    if len(printed) < 2 or len(places) > 1:
        expected = "the shares of two options or more, all with as many decimals"
        raise ArgumentError("percents", list(percents), f"{expected}; digits= says how many")
    decimals, units = places.pop(), [u for u, _ in printed]
    if not adds_up(units, decimals):
        total = f"{sum(units) / 10**decimals:.{decimals}f}"
        expected = f"all shares of a distribution, which sum to 100; these sum to {total}"
        raise ArgumentError("percents", list(percents), expected)
    sizes = np.arange(1, largest + 1)
    return [int(n) for n in sizes[forced_sizes(units, decimals, sizes)]]
