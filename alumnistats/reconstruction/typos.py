r"""Misprints: how probable it is that a share is printed as something else.

Each percentage of a release is misprinted with a small probability, independently of the others,
and then shows another value than the right one. How it comes about:

replaced (0.6)
    one digit is replaced by another one;
exchanged (0.2)
    two neighbouring digits change places;
other (0.2)
    any other percentage.

Within a kind every result is equally likely that differs from the right value, lies between 0 and
100, and is written with as many digits. Where a kind has no result ("33" has no exchange, "100" no
replacement), its share goes to the last.

A list of extremes is taken to be drawn up from the figures as printed: what it leaves out would
have been printed beyond its last place. So a figure that the list does not show may be misprinted
too, and the probability of being left out is

.. math:: (1 - \epsilon)\, 1[u \in B] + \epsilon \sum_{w \in B} q(w \mid u)

with ``u`` the right value, ``B`` the values beyond the last place, and ``q`` the law above.

Counts, sample sizes and the total are taken as right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError
from alumnistats.rounding import full_scale

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Results = list[tuple[IntArray, BoolArray]]

# Figures of a release have been typed at least once and read by several people. Typing alone errs
# in a few fields of a thousand to a few of a hundred; see docs/decisions.md.
MISPRINT_PRIOR = 0.005
LEAST_PRIOR, MOST_PRIOR = 1e-5, 0.5  # below, nothing but the plain reconstruction would be seen
REPLACED, EXCHANGED = 0.6, 0.2
OTHER = 1 - REPLACED - EXCHANGED
LOOKED_UP = 200_000  # values up to which a table beats sorting out the distinct ones


@dataclass(frozen=True, slots=True)
class Typos:
    """How probable a misprint is beforehand.

    Attributes
    ----------
    prior : float
        Probability that a percentage is misprinted, from 1e-5 to 0.5.
    """

    prior: float = MISPRINT_PRIOR

    def __post_init__(self) -> None:
        if not LEAST_PRIOR <= self.prior <= MOST_PRIOR:
            expected = f"0, or a probability from {LEAST_PRIOR} to {MOST_PRIOR}"
            raise ArgumentError("misprints", self.prior, expected)

    def right(self, units: npt.ArrayLike, low: int, high: int) -> FloatArray:
        """Return the probability of being right and within ``low`` to ``high``, shape of `units`.

        Parameters
        ----------
        units : array_like of int
            Right values in units of the last digit.
        low, high : int
            Printed units; equal for a figure, a range for what a list leaves out.
        """
        u = np.asarray(units)
        return np.asarray((1 - self.prior) * ((u >= low) & (u <= high)), dtype=float)

    def chance(self, units: npt.ArrayLike, low: int, high: int, digits: int) -> FloatArray:
        """Return the probability that right values are printed as ``low`` to ``high``."""
        u = np.asarray(units, dtype=np.int64)
        top = 2 * full_scale(digits)  # a sum of parts that were rounded up is a little above 100%
        if top <= LOOKED_UP and u.max(initial=0) <= top:
            return _chances(self, low, high, digits, top)[u]
        distinct, inverse = np.unique(u, return_inverse=True)
        wrong = self.prior * misprinted_as(distinct, low, high, digits)
        return (self.right(distinct, low, high) + wrong)[inverse].reshape(u.shape)


@lru_cache(maxsize=4096)
def _chances(typos: Typos, low: int, high: int, digits: int, top: int) -> FloatArray:
    """Return `Typos.chance` of every value up to `top`, read-only."""
    every = np.arange(top + 1)
    found = typos.right(every, low, high) + typos.prior * misprinted_as(every, low, high, digits)
    found.setflags(write=False)
    return found


def typos_of(prior: float | None) -> Typos | None:
    """Return the law of misprints for a prior probability; None where it is none or 0."""
    return None if prior is None or prior == 0 else Typos(float(prior))


def misprinted_as(right: IntArray, low: int, high: int, digits: int) -> FloatArray:
    """Return the probability that a misprint of each value shows one from `low` to `high`.

    Parameters
    ----------
    right : ndarray of int, shape (values,)
        Right values, in units of the last digit, at least 0.
    low, high : int
        First and last printed value; none where ``high < low``.
    digits : int
        Decimals of the percentages.

    Returns
    -------
    ndarray, shape (values,)
        Sums to 1 over all printed values; 0 for the right value itself.
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
    """Return how many results lie within the range, and how many there are that can be printed."""
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
