"""A number of which only bounds may be known: what is a bound is never taken for a value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce

from alumnistats.brief import MOST_DECIMALS, probability_text

SAME = 1e-12  # ends that are no farther apart are one value
UNIT = 10.0**-MOST_DECIMALS  # of the last decimal of a bound in print
SMALLEST_FACTOR, LARGEST_FACTOR = 0.001, 1e6  # Bayes factors that are printed as such


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two ends, or one that is known, where both are the same.

    Attributes
    ----------
    lower, upper : float
        ``lower <= upper``.
    """

    lower: float
    upper: float

    @classmethod
    def exact(cls, value: float) -> Range:
        """Return a number that is known."""
        return cls(float(value), float(value))

    @property
    def value(self) -> float | None:
        """The number, if it is known."""
        same = self.upper == self.lower or self.upper - self.lower <= SAME
        return self.upper if same else None

    def times(self, factor: float) -> Range:
        """Return it times a factor, as far as a probability goes."""
        return Range(min(self.lower * factor, 1.0), min(self.upper * factor, 1.0))

    def odds_ratio(self, other: float) -> Range | None:
        """Return this probability's odds over those of another; None if the other is 0 or 1."""
        if not 0 < other < 1:
            return None
        odds = other / (1 - other)
        return Range(*(p / (1 - p) / odds if p < 1 else math.inf for p in (self.lower, self.upper)))


ANYTHING = Range(0.0, 1.0)
"""A probability of which nothing is known."""


def largest(ranges: list[Range]) -> Range:
    """Return the range of the largest of several numbers."""
    return Range(max(r.lower for r in ranges), max(r.upper for r in ranges))


def conjunction_of(ranges: list[Range]) -> Range:
    """Return the range of the probability that all of several events happen, Frechet's bounds."""
    if len(ranges) == 1:
        return ranges[0]
    missing = reduce(lambda total, r: total + 1 - r.lower, ranges, 0.0)
    return Range(max(0.0, 1 - missing), min(r.upper for r in ranges))


def ends(name: str, found: Range | None) -> dict[str, float | None]:
    """Return a range as columns: the value, empty where only bounds are known, and both ends."""
    if found is None:
        return dict.fromkeys((name, f"{name}_lower", f"{name}_upper"))
    return {name: found.value, f"{name}_lower": found.lower, f"{name}_upper": found.upper}


def range_text(found: Range | None) -> str:
    """Return a probability in print: its value, a bound with its sign, both ends, or nothing.

    Nothing, too, where the bounds are 0 and 1.

    Examples
    --------
    >>> range_text(Range(0.2, 0.3)), range_text(Range.exact(0.95)), range_text(None)
    ('0.200–0.300', '0.950', '')
    """
    if found is None:
        return ""
    if probability_text(found.lower) == probability_text(found.upper):
        return probability_text(found.upper)
    # Ends are rounded outwards: a bound must hold as it is printed.
    low = probability_text(math.floor(found.lower / UNIT + SAME) * UNIT)
    high = probability_text(math.ceil(found.upper / UNIT - SAME) * UNIT)
    least, most = low.startswith("<"), high.startswith(">")
    if least and most:
        return ""
    if least:
        return high if high.startswith("<") else f"≤{high}"
    if most:
        return low if low.startswith(">") else f"≥{low}"
    return f"{low}–{high}"


def factor_text(found: Range | None) -> str:
    """Return a Bayes factor in print, to two significant digits, or its bounds.

    Examples
    --------
    >>> factor_text(Range.exact(12.34)), factor_text(None)
    ('12', '')
    """
    if found is None:
        return ""
    low, high = (_short(end) for end in (found.lower, found.upper))
    if found.value is not None or low == high:
        return high
    below, above = found.lower < SMALLEST_FACTOR, found.upper > LARGEST_FACTOR  # as good as none
    if below or above:
        return "" if below and above else f"≤{high}" if below else f"≥{low}"
    return f"{low}–{high}"


def _short(factor: float) -> str:
    if factor < SMALLEST_FACTOR:
        return f"<{SMALLEST_FACTOR:g}"
    if factor > LARGEST_FACTOR:
        return f">{LARGEST_FACTOR:,.0f}"
    rounded = float(f"{factor:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"
