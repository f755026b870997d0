r"""The largest studentised difference of each draw, over all pairs that are still open.

A pair's standard error is at least :math:`d_a + d_b` (`Errors.half`), so it exceeds s only if
:math:`(e_b - s d_b) + (-e_a - s d_a) > 0`: only groups whose term exceeds minus the largest of the
other term can take part. With s a value that some pair attains few groups are left, and their pairs
are examined. Exact, in a time and memory proportional to draws times groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.ranking.error_draws import Errors

LISTED = 2**22  # pairs examined at a time
CLOSER = 0.93  # factor by which a search that found nothing widens
SAME = 1 - 1e-12  # a threshold that keeps the pair from which it came
Open = Callable[[IntArray, IntArray], BoolArray]


@dataclass(frozen=True, eq=False)
class Largest:
    """Largest studentised differences b minus a, shape (draws,) each.

    Attributes
    ----------
    value : ndarray
        Or an upper bound of it, where the pair is not known.
    a, b : ndarray of int
        The pair; -1 where it is not known.
    """

    value: FloatArray
    a: IntArray
    b: IntArray

    @property
    def exact(self) -> FloatArray:
        """The values, and 0 where they are not known."""
        return np.where(self.a >= 0, self.value, 0.0)


def joined(parts: list[Largest]) -> Largest:
    """Return the results of several blocks as one."""
    return Largest(
        np.concatenate([p.value for p in parts]),
        np.concatenate([p.a for p in parts]),
        np.concatenate([p.b for p in parts]),
    )


def over_all_pairs(errors: Errors, block: int) -> tuple[Largest, FloatArray]:
    """Return the largest over all pairs, and with half[a] + half[b] as standard errors."""
    error = errors.draw(block)
    bound, a, b = _largest_bound(error, errors.half)
    draws = np.arange(len(error))
    se = errors.scale(a, b)
    start = np.divide(error[draws, b] - error[draws, a], se, out=np.zeros(len(draws)), where=se > 0)
    found = _beyond(error, errors, start * SAME, _all)
    lost = found.a < 0  # nothing errs at all
    return Largest(np.where(lost, 0.0, found.value), found.a, found.b), bound


def over_open_pairs(
    errors: Errors, block: int, before: Largest, open_: Open, floor: float
) -> Largest:
    """Return the largest over open pairs, given the one when more were open.

    Values below the floor need not be found: then what is returned is an upper bound.
    """
    value, a, b = before.value.copy(), before.a.copy(), before.b.copy()
    known = a >= 0
    known[known] = open_(a[known], b[known])
    left = np.flatnonzero(~known)
    a[left] = b[left] = -1
    left = left[value[left] > floor]
    error = errors.draw(block) if len(left) else np.zeros((0, errors.groups))
    while len(left):
        found = _beyond(error[left], errors, value[left] * CLOSER, open_)
        value[left], a[left], b[left] = found.value, found.a, found.b
        left = left[(found.a < 0) & (found.value > floor)]
    return Largest(value, a, b)


def over_listed_pairs(errors: Errors, block: int, a: IntArray, b: IntArray) -> Largest:
    """Return the largest over a list of pairs."""
    error = errors.draw(block)
    draws = np.arange(len(error))
    value, best = np.zeros(len(error)), np.full(len(error), -1)
    size = max(LISTED // len(error), 1)
    se = errors.scale(a, b)
    for start in range(0, len(a), size):
        some = slice(start, start + size)
        gap = error[:, b[some]] - error[:, a[some]]
        t = np.divide(gap, se[some], out=np.zeros_like(gap), where=se[some] > 0)
        at = t.argmax(axis=1)
        better = t[draws, at] > value
        value[better], best[better] = t[draws, at][better], at[better] + start
    known = best >= 0
    best_a, best_b = best.copy(), best.copy()
    best_a[known], best_b[known] = a[best[known]], b[best[known]]
    return Largest(value, best_a, best_b)


def _all(a: IntArray, _: IntArray) -> BoolArray:
    return np.ones(len(a), dtype=bool)


def _largest_bound(error: FloatArray, half: FloatArray) -> tuple[FloatArray, IntArray, IntArray]:
    """Return the largest difference in units of half[a] + half[b], and its pair (Dinkelbach)."""
    draws = np.arange(len(error))
    value = np.zeros(len(error))
    while True:
        width = value[:, None] * half
        b, a = (error - width).argmax(axis=1), (error + width).argmin(axis=1)
        unit = half[a] + half[b]
        gap = error[draws, b] - error[draws, a]
        new = np.divide(gap, unit, out=value.copy(), where=(unit > 0) & (a != b))
        if (new <= value * (1 + 1e-13)).all():
            return value, a, b
        value = np.maximum(new, value)


def _beyond(error: FloatArray, errors: Errors, value: FloatArray, open_: Open) -> Largest:
    """Return the largest open pair above each draw's value; the value itself if there is none."""
    width = value[:, None] * errors.half
    high, low = error - width, error + width
    above = high > low.min(axis=1, keepdims=True)
    below = low < high.max(axis=1, keepdims=True)
    size = np.cumsum(above.sum(axis=1) * below.sum(axis=1))
    result = Largest(value.copy(), np.full(len(value), -1), np.full(len(value), -1))
    start = 0
    while start < len(value):
        passed = size[start - 1] if start else 0
        stop = max(int(np.searchsorted(size, passed + LISTED, side="right")), start + 1)
        some = slice(start, stop)
        row, a, b = _pairs(above[some], below[some])
        row += start
        keep = (high[row, b] > low[row, a]) & (a != b)
        row, a, b = row[keep], a[keep], b[keep]
        keep = open_(a, b)
        row, a, b = row[keep], a[keep], b[keep]
        se = errors.scale(a, b)
        gap = error[row, b] - error[row, a]
        _keep_largest(result, row, a, b, np.divide(gap, se, out=np.zeros(len(gap)), where=se > 0))
        start = stop
    return result


def _pairs(above: BoolArray, below: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return rows, a and b of all pairs of a column marked below and one marked above."""
    row, b = np.nonzero(above)
    _, a = np.nonzero(below)
    count = below.sum(axis=1)
    first, times = np.cumsum(count) - count, count[row]
    offset = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    pair = np.repeat(row, times)
    return pair, a[first[pair] + offset], np.repeat(b, times)


def _keep_largest(
    result: Largest, row: IntArray, a: IntArray, b: IntArray, value: FloatArray
) -> None:
    """Enter the largest value of each row, where it exceeds what is there; rows ascend."""
    better = value > result.value[row]
    row, a, b, value = row[better], a[better], b[better], value[better]
    if not len(row):
        return
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    best = np.maximum.reduceat(value, starts)
    at = np.flatnonzero(value == np.repeat(best, np.diff([*starts, len(row)])))
    rows, first = np.unique(row[at], return_index=True)
    result.value[rows], result.a[rows], result.b[rows] = best, a[at[first]], b[at[first]]
