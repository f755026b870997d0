r"""How often rounded parts of a count add up to a published share; for two, in closed form.

If every division of a count c of b into two parts is equally likely, the number of divisions whose
rounded shares add to a given sum follows from one floor sum,
:math:`\sum_{l \le c} \lfloor (A l + B) / M \rfloor`: a rounded share is such a quotient, its error
lies in a half-open interval of length one, so that a sum of two takes one of two neighbouring
values, and their mean tells how often each occurs (pairs of ties that are rounded to even apart). A
floor sum takes as many steps as Euclid's algorithm, for all cells at once. A sum of more parts than
two takes few values, too, and its law follows from those of one part less.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.rounding import RoundingRule, full_scale, round_share

STEP = 64  # counts by which tables of laws grow
REMEMBERED_SUMS = 2**15
REMEMBERED = 64  # tables of laws that are kept: those of a few bases

# A rule rounds x = scale l / b to floor(x + offset), in twentieths; the ceiling is -floor(-x).
_OFFSETS: dict[RoundingRule, int] = {"half-up": 10, "half-even": 10, "truncate": 0, "double": 11}


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
    smaller, times = _divisions_of_two(base, count, digits, rule)
    hits = sum(
        np.where((low <= smaller + step) & (smaller + step <= high), own, 0)
        for step, own in zip((-1, 0, 1), times, strict=True)
    )
    return np.asarray(hits / (count + 1))


def _divisions_of_two(
    base: IntArray, count: IntArray, digits: int, rule: RoundingRule
) -> tuple[IntArray, IntArray]:
    """Return a sum of two rounded shares, and how many divisions add to one less, it, one more."""
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
    if rule == "half-even":
        down = _ties_above_even(base, count, digits)  # half-up would round them up
        once -= down
        # Only where the whole share is an odd number of units does a pair of ties move one way.
        odd = (scale * count % base == 0) & (scale * count // base % 2 == 1)
        apart = np.where(odd, down, 0)
    # Divisions that add to the larger of two values; pairs of ties add to one below or above.
    larger = 2 * once - smaller * terms
    return smaller, np.stack([apart, terms - larger - 2 * apart, larger + apart])


@lru_cache(maxsize=REMEMBERED_SUMS)
def law_of_sum(
    parts: int, base: int, count: int, digits: int, rule: RoundingRule
) -> tuple[int, FloatArray]:
    """Return the law of the sum of rounded parts of a count, all compositions alike.

    Parameters
    ----------
    parts : int
        At least 1.
    base, count : int
        The base at least 1; the count from 0 to it.
    digits : int
    rule : RoundingRule

    Returns
    -------
    first : int
        Sum in units of the last digit that the first probability belongs to.
    law : ndarray, shape (2 * parts,)
        Of that sum and those after it: each rounding is off by less than a unit.
    """
    first = full_scale(digits) * count // base + 1 - parts
    if parts <= 2:
        return first, _laws_of_sums(parts, base, base, digits, rule)[count]
    return first, _one_part_more(parts, base, count, digits, rule)


@lru_cache(maxsize=REMEMBERED)
def _laws_of_sums(parts: int, base: int, most: int, digits: int, rule: RoundingRule) -> FloatArray:
    """Return those laws for all counts up to `most`, shape (most + 1, 2 * parts)."""
    count, law = np.arange(most + 1), np.zeros((most + 1, 2 * parts))
    floor = full_scale(digits) * count // base
    if parts == 1:
        law[count, round_share(count, base, digits, rule) - floor] = 1.0
    elif parts == 2:
        smaller, times = _divisions_of_two(np.full_like(count, base), count, digits, rule)
        for step, own in zip((-1, 0, 1), times, strict=True):
            some = np.flatnonzero(own)
            law[some, (smaller + step - floor)[some] + 1] += own[some] / (some + 1)
    else:
        law = np.array([_one_part_more(parts, base, c, digits, rule) for c in range(most + 1)])
    law.setflags(write=False)
    return law


def _one_part_more(
    parts: int, base: int, count: int, digits: int, rule: RoundingRule
) -> FloatArray:
    """Return the law of the sum of `parts` from those of one part less of every smaller count."""
    most = base if parts == 3 else min(base, -(-count // STEP) * STEP)
    fewer = _laws_of_sums(parts - 1, base, most, digits, rule)[count::-1]
    own = np.arange(count + 1)
    # As many compositions as there are ways to choose the ends of all parts but one.
    ways = np.prod([(count - own + i) / i for i in range(1, parts - 1)], axis=0)
    floor = full_scale(digits) * own // base
    # Two floors add up to that of the sum or one less; a rounded share is a floor or one more.
    off = round_share(own, base, digits, rule) + floor[::-1] - floor[-1]
    law = np.zeros(2 * parts)
    for step in (-1, 0, 1):
        law[step + 1 : step + 1 + fewer.shape[1]] += (ways * (off == step)) @ fewer
    law /= ways.sum()
    law.setflags(write=False)
    return law
