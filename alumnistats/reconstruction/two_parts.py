r"""How often two rounded parts of a count add up to a printed share, in closed form.

If every division of a count c of b into two parts is equally likely, the number of divisions whose
rounded shares add to a given sum follows from one floor sum,
:math:`\sum_{l \le c} \lfloor (A l + B) / M \rfloor`: a rounded share is such a quotient, its error
lies in a half-open interval of length one, so that a sum of two takes one of two neighbouring
values, and their mean tells how often each occurs. A floor sum takes as many steps as Euclid's
algorithm, for all cells at once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alumnistats.rounding import RoundingRule, full_scale

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# A rule rounds x = scale l / b to floor(x + offset), in twentieths; the ceiling is -floor(-x).
_OFFSETS: dict[RoundingRule, int] = {"half_up": 10, "half_even": 10, "truncate": 0, "double": 11}


def floor_sum(terms: IntArray, divisor: IntArray, slope: IntArray, start: IntArray) -> IntArray:
    """Return the sum of ``(slope i + start) // divisor`` over i = 0, ..., terms - 1.

    Parameters
    ----------
    terms, divisor, slope, start : ndarray of int, one shape
        Not negative; divisors positive.

    Returns
    -------
    ndarray of int
    """
    n, m, a, b = (x.astype(np.int64) for x in (terms, divisor, slope, start))
    total = np.zeros_like(n)
    while True:
        total += n * (n - 1) // 2 * (a // m) + n * (b // m)
        a, b = a % m, b % m
        last = a * n + b
        if not (last >= m).any():
            return total
        # Count lattice points column by column instead of row by row.
        n, b = np.where(last >= m, last // m, 0), np.where(last >= m, last % m, 0)
        m, a = np.where(n > 0, a, 1), np.where(n > 0, m, 0)


def closed_form(rule: RoundingRule, digits: int, base: IntArray) -> npt.NDArray[np.bool_]:
    """Return for which bases `chance_of_two` holds.

    All, but for rounding to even where ties occur: two ties' errors may lie at either end.
    """
    if rule in ("half_up", "truncate", "ceiling", "double"):
        return np.ones(base.shape, dtype=bool)
    if rule != "half_even":
        return np.zeros(base.shape, dtype=bool)
    # A tie 2 scale l = b (2 j + 1) needs what is left of 2 scale, common factors apart, to be odd.
    twice = 2 * full_scale(digits)
    return np.asarray(twice // np.gcd(twice, base) % 2 == 0)


def chance_of_two(
    base: IntArray, count: IntArray, low: int, high: int, digits: int, rule: RoundingRule
) -> FloatArray:
    """Return the share of divisions of counts whose two rounded shares add to ``low .. high``.

    Parameters
    ----------
    base, count : ndarray of int, shape (cells,)
        At least 1; counts from 0 to their base, and bases as `closed_form` allows.
    low, high : int
        Units of the last digit.
    digits : int
    rule : RoundingRule

    Returns
    -------
    ndarray, shape (cells,)
    """
    scale = full_scale(digits)
    terms = count + 1
    if rule == "ceiling":
        once = floor_sum(terms, base, np.full_like(base, scale), base - 1)
        smaller = -(-scale * count // base)
    else:
        offset = _OFFSETS[rule]
        slope = np.full_like(base, 20 * scale)
        once = floor_sum(terms, 20 * base, slope, offset * base)
        # Errors of one share begin just above offset / 20 - 1, those of the sum at twice that.
        smaller = (20 * scale * count + 2 * offset * base) // (20 * base) - 1
    larger = 2 * once - smaller * terms  # divisions that add to the larger of the two values
    hits = np.where((low <= smaller) & (smaller <= high), terms - larger, 0)
    hits += np.where((low <= smaller + 1) & (smaller + 1 <= high), larger, 0)
    return np.asarray(hits / terms)
