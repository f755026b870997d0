"""Which sizes can show a percentage that is the sum of several rounded shares."""

from __future__ import annotations

import numpy as np

from alumnistats.arrays import BoolArray, IntArray
from alumnistats.rounding import RoundingRule, round_share

NEVER = np.iinfo(np.int64).max // 2  # a count that no size reaches, of which two can be added


def fewest_counts(units: int, size: int, digits: int, rule: RoundingRule) -> IntArray:
    """Return the smallest count of a size whose share is printed as 0, 1, ..., `units`.

    Parameters
    ----------
    units : int
        Percentage in units of its last digit.
    size, digits : int
    rule : RoundingRule

    Returns
    -------
    ndarray of int64, shape (units + 1,)
        `NEVER` where no count is printed so.
    """
    printed = round_share(np.arange(size + 1), size, digits, rule)
    values, first = np.unique(printed, return_index=True)
    fewest = np.full(units + 1, NEVER)
    inside = values <= units
    fewest[values[inside]] = first[inside]
    return fewest


def sizes_of_sum(
    units: int, largest: int, digits: int, rule: RoundingRule, parts: int
) -> BoolArray:
    """Return which sizes have counts whose rounded shares add up to a printed percentage.

    The parts are options of which a respondent gives one, so their counts add up to the size at
    most. A sum can be had if the fewest respondents who show it are no more than the size, which
    goes by one part after the other: the fewest for a sum s are the least, over all ways to divide
    s in two, of the fewest for both.

    Parameters
    ----------
    units : int
        The printed sum, in units of its last digit.
    largest : int
        Largest size, at least 1.
    digits : int
        Decimals of the sum and of each part.
    rule : RoundingRule
    parts : int
        How many shares are added, at least 1.

    Returns
    -------
    ndarray of bool, shape (largest,)
        For the sizes 1, 2, ..., largest.

    Examples
    --------
    Two sevenths and two sevenths are 28.6% each and 57.2% together; four sevenths are 57.1%:

    >>> sizes_of_sum(572, 7, 1, "half-up", 2)
    array([False, False, False, False, False, False,  True])
    """
    shown = np.zeros(largest, dtype=bool)
    for size in range(1, largest + 1):
        one = fewest_counts(units, size, digits, rule)
        there = np.flatnonzero(one < NEVER)
        together = one
        for _ in range(parts - 2):
            together = _added(together, one, there)
        if parts > 1:
            fewest = np.min(together[units - there] + one[there], initial=NEVER)
        else:
            fewest = one[units]
        shown[size - 1] = fewest <= size
    return shown


def _added(together: IntArray, one: IntArray, there: IntArray) -> IntArray:
    """Return the fewest respondents for each sum when one more share is added."""
    units = len(together) - 1
    best = np.full(units + 1, NEVER)
    for share in there:
        way = together[: units + 1 - share] + one[share]
        best[share:] = np.minimum(best[share:], way)
    return best
