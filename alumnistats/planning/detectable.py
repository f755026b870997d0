"""The smallest difference between two groups that a survey could have found.

The smaller share is given; the larger one is raised until the exact power of Fisher's one-sided
mid-P test reaches its target. A two-sided test at level alpha finds a difference in a given
direction as a one-sided one at alpha / 2 does. Where all m pairs of groups are tested, a difference
that is found at alpha / m is found by Bonferroni's adjustment, and Holm's finds no less.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from alumnistats.arrays import FloatArray, check_level
from alumnistats.errors import ArgumentError
from alumnistats.planning.normal import POWER
from alumnistats.planning.power import check_share, check_size, pair_power

Sides = Literal["one-sided", "two-sided"]
SIDES: tuple[Sides, ...] = get_args(Sides)

ACCURATE = 1e-5  # of the difference: a thousandth of a percentage point


def level_of(level: float, sides: Sides = "one-sided", comparisons: int = 1) -> float:
    """Return the level of one one-sided test: two sides and several comparisons share alpha.

    Parameters
    ----------
    level : float
        Confidence of the whole, in (0, 1).
    sides : {"one-sided", "two-sided"}
    comparisons : int
        How many are tested; Bonferroni.

    Raises
    ------
    ArgumentError
    """
    check_level(level)
    if sides not in SIDES:
        raise ArgumentError("sides", sides, "one of " + ", ".join(SIDES))
    if comparisons < 1:
        raise ArgumentError("comparisons", comparisons, "1 or more")
    return 1 - (1 - level) / (1 if sides == "one-sided" else 2) / comparisons


def _near(base: float, nobs_a: int, nobs_b: int, level: float, power: float) -> float:
    """Return the detectable difference by normal approximation."""
    z, gap = ndtri(level) + ndtri(power), 0.0
    for _ in range(8):
        upper = min(base + gap, 1.0)
        spread = upper * (1 - upper) / nobs_a + base * (1 - base) / nobs_b
        gap = max(z * float(np.sqrt(max(spread, 1e-12))), 1 / nobs_a)
    return float(min(gap, 1 - base))


def detectable_difference(
    base: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
    level: float = 0.95,
    power: float = POWER,
    sides: Sides = "one-sided",
    comparisons: int = 1,
) -> FloatArray:
    """Return the smallest difference of two groups' shares that is found with a given power.

    Parameters
    ----------
    base : array_like
        The smaller share, in [0, 1].
    nobs_a, nobs_b : array_like of int
        Sizes of the group with the larger and with the smaller share; all three broadcast.
    level : float
        Confidence, in (0, 1).
    power : float
        In (0, 1).
    sides : {"one-sided", "two-sided"}
    comparisons : int
        How many comparisons share the error (Bonferroni).

    Returns
    -------
    ndarray
        Proportions, to 1e-5; NaN where even a larger share of 1 is not found.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> detectable_difference(0.4, [50, 200], [50, 200]).round(3).tolist()
    [0.251, 0.124]
    """
    check_level(power, "power")
    one = level_of(level, sides, comparisons)
    q, m, n = np.broadcast_arrays(
        check_share("base", base), check_size("nobs_a", nobs_a), check_size("nobs_b", nobs_b)
    )
    cells, inverse = np.unique(
        np.stack([q.ravel(), m.ravel(), n.ravel()]), axis=1, return_inverse=True
    )
    found = [_detectable(float(b), int(x), int(y), one, power) for b, x, y in cells.T]
    return np.array(found)[inverse.reshape(-1)].reshape(q.shape)


def _detectable(base: float, nobs_a: int, nobs_b: int, level: float, power: float) -> float:
    from scipy.optimize import brentq

    def short(gap: float) -> float:
        """Return how far the power is from its target, on a scale on which it is nearly a line."""
        found = pair_power(min(base + gap, 1.0), base, nobs_a, nobs_b, level)
        return float(ndtri(min(max(found, 1e-12), 1 - 1e-12)) - ndtri(power))

    if base >= 1 or short(1 - base) < 0:
        return float("nan")
    near = _near(base, nobs_a, nobs_b, level, power)
    low, high = 0.9 * near, min(1.1 * near, 1 - base)
    if short(low) >= 0:
        low = 0.0
        if short(low) >= 0:  # without any difference, by a level that small samples exceed
            return 0.0
    if short(high) < 0:
        high = 1 - base
    return float(brentq(short, low, high, xtol=ACCURATE))
