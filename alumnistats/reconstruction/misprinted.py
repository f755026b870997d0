r"""Figures that may be misprinted: mixtures of "right" and "misprinted".

Each percentage of a release is
misprinted with a small probability, independently of the others, and then shows another value than
the right one. How it comes about:

replaced (0.6)
    one digit is replaced by another one;
exchanged (0.2)
    two neighbouring digits change places;
other (0.2)
    any other percentage.

Within a kind every result is equally likely that differs from the right value, lies between 0 and
100, and is written with as many digits. Where a kind has no result ("33" has no exchange, "100" no
replacement), its share goes to the last.

A list of extremes is taken to be drawn up from the figures as published: what it leaves out would
have been published beyond its last place. So a figure that the list does not show may be misprinted
too, and the probability of being left out is

.. math:: (1 - \epsilon)\, 1[u \in B] + \epsilon \sum_{w \in B} q(w \mid u)

with ``u`` the right value, ``B`` the values beyond the last place, and ``q`` the law above.
Counts, sample sizes and the total are taken as right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.reconstruction.published import Exact, agrees_beside
from alumnistats.reconstruction.question_tree import Published
from alumnistats.rounding import RoundingRule, full_scale, round_share

Results = list[tuple[IntArray, BoolArray]]

# Figures of a release have been typed at least once and read by several people. Typing alone errs
# in a few fields of a thousand to a few of a hundred; see docs/decisions.md.
MISPRINT_PRIOR = 0.005
LEAST_PRIOR, MOST_PRIOR = 1e-5, 0.5  # below, nothing but the plain reconstruction would be seen
REPLACED, EXCHANGED = 0.6, 0.2
OTHER = 1 - REPLACED - EXCHANGED
LOOKED_UP = 200_000  # values up to which a table beats sorting out the distinct ones


@dataclass(frozen=True, slots=True)
class Misprinted(Exact):
    """Figures that may be misprinted.

    Attributes
    ----------
    prior : float
        Probability that a percentage is misprinted, from 1e-5 to 0.5.
    """

    prior: float = MISPRINT_PRIOR
    certain: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not LEAST_PRIOR <= self.prior <= MOST_PRIOR:
            expected = f"0, or a probability from {LEAST_PRIOR} to {MOST_PRIOR}"
            raise ArgumentError("misprints", self.prior, expected)

    @property
    def misprint_prior(self) -> float | None:
        """Probability of a misprint beforehand."""
        return self.prior

    def right(self, units: npt.ArrayLike, low: int, high: int) -> FloatArray:
        """Return the probability of being right and within ``low`` to ``high``, shape of `units`.

        Parameters
        ----------
        units : array_like of int
            Right values in units of the last digit.
        low, high : int
            Published units; equal for a figure, a range for what a list leaves out.
        """
        u = np.asarray(units)
        return np.asarray((1 - self.prior) * ((u >= low) & (u <= high)), dtype=float)

    def chance_of(self, units: npt.ArrayLike, low: int, high: int, digits: int) -> FloatArray:
        """Return the probability that right values are published as ``low`` to ``high``."""
        u = np.asarray(units, dtype=np.int64)
        top = 2 * full_scale(digits)  # a sum of parts that were rounded up is a little above 100%
        if top <= LOOKED_UP and u.max(initial=0) <= top:
            return _chances(self, low, high, digits, top)[u]
        distinct, inverse = np.unique(u, return_inverse=True)
        wrong = self.prior * misprinted_as(distinct, low, high, digits)
        return (self.right(distinct, low, high) + wrong)[inverse].reshape(u.shape)

    def chance(
        self, published: Published, count: IntArray, size: IntArray, rule: RoundingRule
    ) -> FloatArray:
        """Return the probability of a figure given counts and sizes, which broadcast."""
        count, size = np.broadcast_arrays(count, size)
        known = agrees_beside(published, count, size)
        if published.low is None or published.high is None:
            return known.astype(float)
        known = known & (size > 0)  # nobody has no share
        digits = published.digits
        units = round_share(np.where(known, count, 0), np.maximum(size, 1), digits, rule)
        return known * self.chance_of(units, published.low, published.high, digits)

    def of_units(self, published: Published, units: IntArray) -> FloatArray:
        """Return the probability of a figure given the right value."""
        low, high = int(published.low or 0), int(published.high or 0)
        most = 2 * full_scale(published.digits)  # parts larger than the whole have no weight
        return self.chance_of(np.clip(units, 0, most), low, high, published.digits)

    def wrong(self, published: Published, units: IntArray) -> FloatArray:
        """Return the probability of a misprint of right values that shows a figure."""
        low, high = int(published.low or 0), int(published.high or 0)
        every = self.chance_of(units, low, high, published.digits)
        return every - self.right(units, low, high)

    def of_sum(
        self,
        published: Published,
        units: IntArray,
        window: BoolArray,  # noqa: ARG002  a misprint may lie anywhere
        chance: Callable[[], FloatArray],
    ) -> FloatArray:
        """Return the weight of totals by an overall figure that is a sum of rounded parts.

        It is right with the probability that parts of the total add to it, as if no group published
        any; otherwise it is read as a misprint of the total's rounded share.
        """
        return (1 - self.prior) * chance() + self.wrong(published, units)


@lru_cache(maxsize=4096)
def _chances(law: Misprinted, low: int, high: int, digits: int, top: int) -> FloatArray:
    """Return `Misprinted.chance_of` of every value up to `top`, read-only."""
    every = np.arange(top + 1)
    found = law.right(every, low, high) + law.prior * misprinted_as(every, low, high, digits)
    found.setflags(write=False)
    return found


def misprinted_as(right: IntArray, low: int, high: int, digits: int) -> FloatArray:
    """Return the probability that a misprint of each value shows one from `low` to `high`.

    Parameters
    ----------
    right : ndarray of int, shape (values,)
        Right values, in units of the last digit, at least 0.
    low, high : int
        First and last published value; none where ``high < low``.
    digits : int
        Decimals of the percentages.

    Returns
    -------
    ndarray, shape (values,)
        Sums to 1 over all published values; 0 for the right value itself.
    """
    full = full_scale(digits)
    low, high = max(low, 0), min(high, full)
    width = _width(right, digits)
    replaced = _among(right, width, _replace(right, width), (low, high), digits)
    exchanged = _among(right, width, _exchange(right, width), (low, high), digits)
    inside = max(high - low + 1, 0) - ((right >= low) & (right <= high))
    other = inside / np.where(right <= full, full, full + 1)
    out = np.zeros(len(right))
    left = np.full(len(right), OTHER)
    for share, (hits, results) in ((REPLACED, replaced), (EXCHANGED, exchanged)):
        out += share * hits / np.maximum(results, 1)
        left += np.where(results == 0, share, 0.0)
    return out + left * other


def _width(right: IntArray, digits: int) -> IntArray:
    """Return how many digits each value is written with."""
    powers = 10 ** np.arange(digits + 1, digits + 4)
    return digits + 1 + (right[:, None] >= powers).sum(axis=1)


def _among(
    right: IntArray,
    width: IntArray,
    results: Results,
    range_: tuple[int, int],
    digits: int,
) -> tuple[IntArray, IntArray]:
    """Return how many results lie within the range, and how many can be published."""
    least = np.where(width == digits + 1, 0, 10 ** (width - 1))
    most = np.minimum(10**width - 1, full_scale(digits))
    hits, number = np.zeros_like(right), np.zeros_like(right)
    for shown, exists in results:
        good = exists & (shown != right) & (shown >= least) & (shown <= most)
        number += good
        hits += good & (shown >= range_[0]) & (shown <= range_[1])
    return hits, number


def _digit(right: IntArray, place: int) -> IntArray:
    return right // 10**place % 10


def _replace(right: IntArray, width: IntArray) -> Results:
    """Return what each replacement of one digit makes of each value, and whether it has it."""
    return [
        (right + (new - _digit(right, place)) * 10**place, place < width)
        for place in range(int(width.max(initial=0)))
        for new in range(10)
    ]


def _exchange(right: IntArray, width: IntArray) -> Results:
    """Return what each exchange of two neighbouring digits makes of each value."""
    return [
        (
            right + (_digit(right, place) - _digit(right, place + 1)) * 9 * 10**place,
            place + 1 < width,
        )
        for place in range(int(width.max(initial=1)) - 1)
    ]
