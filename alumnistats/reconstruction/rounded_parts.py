r"""How often two rounded parts of a count add up to a published share, in closed form.

If every division of a count c of b into two parts is equally likely, the number of divisions whose
rounded shares add to a given sum follows from one floor sum,
:math:`\sum_{l \le c} \lfloor (A l + B) / M \rfloor`: a rounded share is such a quotient, its error
lies in a half-open interval of length one, so that a sum of two takes one of two neighbouring
values, and their mean tells how often each occurs (pairs of ties that are rounded to even apart). A
floor sum takes as many steps as Euclid's algorithm, for all cells at once.
"""

from __future__ import annotations

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.rounding import RoundingRule, full_scale

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


def _ties_above_even(base: IntArray, count: IntArray, digits: int) -> IntArray:
    """Return at how many l up to a count ``scale l / base`` is j + 1/2 with an even j.

    With ``2 scale / base = s / q`` in lowest terms ties are the odd multiples ``q t``, if s is odd,
    and j is even where ``s t`` leaves 1 on division by 4, so where t leaves what s does.
    """
    twice = 2 * full_scale(digits)
    common = np.gcd(twice, base)
    s, most = twice // common, count // (base // common)
    return np.where((s % 2 == 1) & (most >= s % 4), (most - s % 4) // 4 + 1, 0)


def chance_of_two(
    base: IntArray, count: IntArray, low: int, high: int, digits: int, rule: RoundingRule
) -> FloatArray:
    """Return the share of divisions of counts whose two rounded shares add to ``low .. high``.

    Parameters
    ----------
    base, count : ndarray of int, shape (cells,)
        At least 1; counts from 0 to their base.
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
    apart = np.zeros_like(terms)
    if rule == "half_even":
        down = _ties_above_even(base, count, digits)  # half_up would round them up
        once -= down
        # Only where the whole share is an odd number of units does a pair of ties move one way.
        odd = (scale * count % base == 0) & (scale * count // base % 2 == 1)
        apart = np.where(odd, down, 0)
    # Divisions that add to the larger of two values; pairs of ties add to one below or above.
    larger = 2 * once - smaller * terms
    values = ((-1, apart), (0, terms - larger - 2 * apart), (1, larger + apart))
    hits = sum(
        np.where((low <= smaller + step) & (smaller + step <= high), times, 0)
        for step, times in values
    )
    return np.asarray(hits / terms)
