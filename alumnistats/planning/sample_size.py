"""The smallest size with which a claim would be settled.

The power of an exact test is a saw: it can fall when a respondent is added. So the needed size is
the smallest from which the power does not fall below the target again. It is searched among whole
numbers below 1,000, and above among those of three significant digits, from a normal approximation
and by exact power; from the size found on, the next ones are tried for as far as the saw reaches.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from scipy.special import ndtri

from alumnistats.arrays import FloatArray, IntArray, check_level
from alumnistats.errors import ArgumentError
from alumnistats.planning.decisions import Decision, GroupOrder
from alumnistats.planning.normal import POWER, tiers_size

SizeMethod = Literal["exact", "normal"]
SIZE_METHODS: tuple[SizeMethod, ...] = get_args(SizeMethod)

WHOLE = 1000  # sizes from here on have three significant digits
DECADE = 900  # sizes of three significant digits between a power of ten and the next
SECANTS = 4  # steps as if the statistic were normal, before plain bisection
LARGEST = 200_000  # from here on the normal approximation is returned
DRAWS = 50_000  # for it: a standard error of the power of 0.002, of the size of half a percent


def grid_size(index: int) -> int:
    """Return the size number `index` of those tried: 1, 2, ..., 999, 1000, 1010, ..., 10000, ..."""
    if index < WHOLE:
        return index
    decade, within = divmod(index - WHOLE, DECADE)
    return (within + 100) * 10 ** (decade + 1)


def grid_index(n: float) -> int:
    """Return the index of the smallest size tried that is at least `n`."""
    if n <= WHOLE:
        return max(math.ceil(n), 1)
    unit = 10 ** (math.floor(math.log10(n)) - 2)
    digits = math.ceil(n / unit)
    return WHOLE + (round(math.log10(unit)) - 1) * DECADE + digits - 100


def smallest_size(
    power_at: Callable[[IntArray], FloatArray],
    start: float,
    target: float = POWER,
    level: float = 0.95,
    ahead: Callable[[int], int] = lambda n: n,
) -> float:
    """Return the smallest size from which the power is at least `target`.

    Parameters
    ----------
    power_at : callable
        From sizes, an array of int, to powers; it grows apart from a saw.
    start : float
        Where to start; infinite when no size is enough.
    target : float
        Power in (0, 1).
    level : float
        One minus the significance level: only for good guesses.
    ahead : callable
        From a size to the number of respondents within which the power may fall again; all sizes
        up to there are tried.

    Returns
    -------
    float
        Whole, of three significant digits from 1,000 on; `start` where that is infinite, or is
        beyond `LARGEST`.
    """
    check_level(target, "power")
    if not start <= LARGEST:
        return start if math.isinf(start) else float(grid_size(grid_index(start)))
    index = _crossing(power_at, grid_index(start), target, level)
    good = index - 1  # so far
    while True:
        last = max(grid_index(grid_size(index) + ahead(grid_size(index))), index + 1)
        if good >= last:
            return float(grid_size(index))
        tried = np.array([grid_size(i) for i in range(good + 1, last + 1)])
        bad = np.flatnonzero(power_at(tried) < target)
        if len(bad):
            index = good + 2 + int(bad[-1])
        good = last


def _crossing(
    power_at: Callable[[IntArray], FloatArray], index: int, target: float, level: float
) -> int:
    """Return an index whose power reaches the target while that of the one before does not."""
    low, high, step = 0, math.inf, 1  # nobody settles nothing
    for tried in itertools.count(1):
        power = float(power_at(np.array([grid_size(index)]))[0])
        if power < target:
            low = max(low, index)
        else:
            high = min(high, index)
        if high - low <= 1:
            break
        guess = _secant(index, power, target, level)
        if tried > SECANTS or not low < guess < high:
            guess = index + step if power < target else index - step
            step *= 2
        index = guess if low < guess < high else int(low + high) // 2
    return int(high)


def _secant(index: int, power: float, target: float, level: float) -> int:
    """Return the index of the size that would have the target power if all were normal."""
    z = ndtri(level)
    reached = max(z + ndtri(min(max(power, 1e-4), 1 - 1e-4)), 0.1)
    ratio = min(max(((z + ndtri(target)) / reached) ** 2, 0.1), 10.0)
    return grid_index(grid_size(index) * ratio)


def needed_size(decision: Decision, power: float = POWER, method: SizeMethod = "exact") -> float:
    """Return respondents of every group, equally many, that would settle a claim.

    Parameters
    ----------
    decision : GroupOrder, ShareBeyond, ShareWithin, OptionOrder or PairBeyond
    power : float
        Probability, in (0, 1), with which the claim's test is to reject if the decision's shares
        are the true ones.
    method : {"exact", "normal"}
        By exact power; or by normal approximation, some thirty times faster: of all comparisons of
        groups together, but of the closest alone for options and thresholds.

    Returns
    -------
    float
        The smallest size from which the power of all comparisons together does not fall below
        `power` again; of three significant digits from 1,000 on; infinite for ties, and for shares
        on the wrong side. For an order of options with several comparisons it is enough whatever
        the overlaps are, and perhaps not necessary.

    Raises
    ------
    ArgumentError
        For a power outside (0, 1), or an unknown method.

    Examples
    --------
    >>> import numpy as np
    >>> from alumnistats.planning import ShareBeyond
    >>> needed_size(ShareBeyond(np.array([0.6]), 0.5))
    169.0
    """
    check_level(power, "power")
    if method not in SIZE_METHODS:
        raise ArgumentError("method", method, "one of " + ", ".join(SIZE_METHODS))
    if method == "normal":
        start = decision.start(power)
        return start if math.isinf(start) else float(grid_size(grid_index(start)))
    start = decision.start(power)
    if isinstance(decision, GroupOrder) and LARGEST < start < math.inf and len(decision.pairs) > 1:
        start = tiers_size(decision.shares, decision.pairs, decision.level, power, draws=DRAWS)
    return smallest_size(decision.power, start, power, decision.level, decision.ahead)
