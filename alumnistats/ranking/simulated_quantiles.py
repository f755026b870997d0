r"""Quantiles of the largest studentised error from draws, with their standard errors.

The probability that a direction times its length exceeds c is a chi-squared tail. It is averaged
over directions at fixed nodes of c, and its logarithm, nearly a parabola, interpolated: the result
is one function of c for every level, so quantiles ascend with the level.

For independent estimates the average is corrected by what the same draws give for a statistic of
known law (a control variate). Replace the standard error of a difference by the smaller
:math:`(\sigma_a + \sigma_b) / \sqrt 2`: no pair exceeds c if and only if all intervals
:math:`e_h \pm c \sigma_h / \sqrt 2` have a point in common, a one-dimensional integral. With equal
variances both statistics are the same, and nothing is left to chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri

from alumnistats.arrays import FloatArray, gauss_legendre
from alumnistats.ranking.critical_values import REACH

STEP = 0.05  # distance of the nodes of c
LENGTHS = 4096  # nodes of the table of the error's length; its error is below 1e-6
TAIL = 4.5  # a length exceeds its root mean square by more with probability below 1e-9
TABLE_ERROR = 2e-6  # of c, from interpolation
ROUNDING = 1e-18  # variance that stands for none
POINTS = 160  # nodes of the common point; doubling them changes the probability by less than 1e-7
CELLS = 2**21  # nodes times groups that are evaluated at once


@dataclass(frozen=True, eq=False)
class Quantile:
    """A critical value and its standard error."""

    value: float
    error: float


def longest(freedom: int) -> float:
    """Return a length that is practically never exceeded; 1 for draws that have their length."""
    return float(np.sqrt(freedom)) + TAIL if freedom else 1.0


@lru_cache(maxsize=8)
def _tail_of_length(freedom: int) -> tuple[float, FloatArray]:
    """Return the distance of a table's nodes, and the tail of the length there, led by 0."""
    length, step = np.linspace(0.0, np.sqrt(freedom) + REACH, LENGTHS, retstep=True)
    return float(step), np.append(chdtrc(freedom, length**2), [0.0, 0.0])


def _beyond(value: FloatArray, freedom: int, c: float) -> FloatArray:
    """Return the probability that each direction times its length exceeds c."""
    step, tail = _tail_of_length(freedom)
    at = np.minimum(c / step / np.maximum(value, 1e-300), LENGTHS)
    node = at.astype(np.int64)
    left = tail[node]
    result = left + (at - node) * (tail[node + 1] - left)
    return np.where(value > 0, result, 0.0)


def common_point(variance: FloatArray, c: float) -> float:
    """Return the probability that intervals e +- c sigma / sqrt(2) have no point in common."""
    sd, half = np.sqrt(variance), c / np.sqrt(2)
    if (variance == 0).any():  # their common point is 0
        if half <= 0:
            return 1.0
        return float(-np.expm1((variance > 0).sum() * np.log1p(-2 * ndtr(-half))))
    x, w = gauss_legendre(POINTS)
    reach = (half + REACH) * sd.min()
    total = 0.0
    size = max(CELLS // len(sd), 1)
    for start in range(0, POINTS, size):
        m = (reach * x[start : start + size])[:, None] / sd
        inside = ndtr(m + half) - ndtr(m - half)
        # The last interval to begin begins at m, and none has ended.
        begins = np.exp(-0.5 * (m + half) ** 2) / np.sqrt(2 * np.pi) / sd
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(inside > 0, begins / inside, 0.0).sum(axis=1)
            together = np.exp(np.log(inside).sum(axis=1))
        total += float((reach * w[start : start + size] * together * rate).sum())
    return 1.0 - total


@dataclass(frozen=True, eq=False)
class Control:
    """The control variate: its value for each draw, and its law."""

    value: FloatArray
    variance: FloatArray
    law: dict[int, float] = field(default_factory=dict)

    def beyond(self, node: int) -> float:
        """Return the probability of exceeding a node of c."""
        if node not in self.law:
            self.law[node] = common_point(self.variance, node * STEP)
        return self.law[node]


@dataclass(frozen=True, eq=False)
class Tail:
    """The estimated probability of exceeding c, a value a batch, at nodes of c."""

    value: FloatArray
    freedom: int
    batches: int
    control: Control | None
    known: dict[int, FloatArray] = field(default_factory=dict)

    def at(self, node: int) -> FloatArray:
        """Return the estimates of the batches."""
        if node not in self.known:
            p = _beyond(self.value, self.freedom, node * STEP)
            if self.control is not None:
                q = _beyond(self.control.value, self.freedom, node * STEP)
                spread = max(float(q.var()), ROUNDING)
                slope = np.clip(np.mean((p - p.mean()) * (q - q.mean())) / spread, 0.0, 1.0)
                p = p - slope * (q - self.control.beyond(node))
            self.known[node] = p.reshape(self.batches, -1).mean(axis=1)
        return self.known[node]

    def mean(self, node: int) -> float:
        """Return the estimate of all batches."""
        return float(self.at(node).mean())


def quantile(
    value: FloatArray, freedom: int, batches: int, level: float, control: Control | None = None
) -> Quantile:
    """Return the quantile, or 0 if negative, of the largest error.

    Parameters
    ----------
    value : ndarray, shape (draws,)
        Largest studentised difference of each direction (of each draw if `freedom` is 0), not
        negative; batches one after the other.
    freedom : int
        Degrees of freedom of the squared length, or 0.
    batches : int
    level : float
    control : Control, optional
    """
    if not freedom:
        return _order_statistic(value, level)
    tail = Tail(value, freedom, batches, control)
    if tail.mean(0) <= 1 - level:
        return Quantile(0.0, 0.0)
    low, high = 0, int(-ndtri(1e-3 * (1 - level)) / STEP)
    while tail.mean(high) > 1 - level:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if tail.mean(middle) > 1 - level else (low, middle)
    return _between(tail, low, 1 - level)


def _between(tail: Tail, low: int, alpha: float) -> Quantile:
    """Interpolate the logarithm of the tail between the nodes low and low + 1."""
    first = max(low - 1, 0)
    nodes = np.arange(first, first + 4)
    y = np.log(np.maximum([tail.mean(int(n)) for n in nodes], 1e-300)) - np.log(alpha)
    cubic = np.polynomial.Polynomial.fit(nodes, y, 3, domain=[first, first + 3])
    a, b = float(low), float(low + 1)
    for _ in range(40):
        middle = (a + b) / 2
        a, b = (middle, b) if cubic(middle) > 0 else (a, middle)
    at, left, right = a - low, tail.at(low), tail.at(low + 1)
    slope = (left.mean() - right.mean()) / STEP
    spread = ((1 - at) * left + at * right).std(ddof=1) / np.sqrt(len(left))
    return Quantile(a * STEP, float(spread / slope) + TABLE_ERROR)


def _order_statistic(value: FloatArray, level: float) -> Quantile:
    """Return an order statistic; its standard error from two others, whatever the law."""
    ordered, draws = np.sort(value), len(value)
    spread = np.sqrt(draws * level * (1 - level))
    at = np.array([0.0, -spread, spread]) + np.ceil((draws + 1) * level) - 1
    found = ordered[np.clip(np.rint(at), 0, draws - 1).astype(int)]
    return Quantile(float(found[0]), float(found[2] - found[1]) / 2)
