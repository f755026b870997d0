"""Two groups' shares that differ by more than a value: what establishes it, and its exact power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from alumnistats.arrays import BoolArray, FloatArray, IntArray, check_level
from alumnistats.comparisons import Contrast
from alumnistats.errors import ArgumentError
from alumnistats.planning.conjunctions import PowerBounds, power_bounds
from alumnistats.planning.power import binomial_law, binomial_tail, check_share, window

AHEAD = 20  # sizes that can all pass before one fails again, as for other tests of two groups
EQUAL = 1e-12  # a gap that is only rounding


@dataclass(frozen=True, eq=False)
class PairBeyond:
    """The first of two shares exceeds the second by more than a value, or falls short of it.

    Decided by a one-sided score test (`comparisons.Contrast`).

    Attributes
    ----------
    shares : ndarray, shape (2,)
        True shares in [0, 1].
    contrast : Contrast
    upward : bool
        Whether the claim is that the value is exceeded.
    level : float
        One minus the one-sided significance level.
    """

    shares: FloatArray
    contrast: Contrast
    upward: bool = True
    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)
        shares = check_share("shares", self.shares)
        if shares.shape != (2,):
            raise ArgumentError("shares", shares.shape, "two shares")
        object.__setattr__(self, "shares", shares)

    @property
    def comparisons(self) -> int:
        """How many tests must reject: one."""
        return 1

    def start(self, power: float) -> float:
        """Return the size by normal approximation."""
        p, q = self.shares
        gap = float(self.contrast.gap(p, q)) * (1 if self.upward else -1)
        if gap <= EQUAL:
            return float("inf")
        variance = p * (1 - p) + self.contrast.factor**2 * q * (1 - q)
        reach = max(float(ndtri(self.level) + ndtri(power)), 0.0)
        return float(max(np.ceil(reach**2 * variance / gap**2), 1.0))

    def rough(self, power: float) -> float:
        """Return about the size, to compare solutions by."""
        return self.start(power)

    def power(self, nobs: IntArray) -> FloatArray:
        """Return the exact power at `nobs` respondents of each group."""
        return np.array([self.power_at(int(size), int(size)) for size in nobs])

    def power_at(self, nobs_a: int, nobs_b: int) -> float:
        """Return the exact power with `nobs_a` respondents of the first and `nobs_b` of the other.

        The test's p-value falls as the first count rises, so that for each second count there is
        one count from which on (or up to which) it rejects.
        """
        p, q = self.shares
        m, n = nobs_a, nobs_b
        k = window(n, q)
        low = np.zeros(len(k), dtype=np.int64)
        high = np.full(len(k), m + 1, dtype=np.int64)
        while (low < high).any():
            middle = (low + high) // 2
            # Beyond the count sought: where the test rejects, or where it does not any longer.
            passed = self._rejects(np.minimum(middle, m), m, k, n) == self.upward
            high, low = np.where(passed, middle, high), np.where(passed, low, middle + 1)
            low = np.minimum(low, high)
        beyond = binomial_tail(low, m, float(p))
        reject = beyond if self.upward else 1 - beyond
        return float(np.clip(binomial_law(k, n, float(q)) @ reject, 0.0, 1.0))

    def _rejects(self, k1: IntArray, n1: int, k2: IntArray, n2: int) -> BoolArray:
        p = self.contrast.p_value(k1, n1, k2, n2, "greater" if self.upward else "less")
        return np.asarray(p <= 1 - self.level)

    def ahead(self, nobs: int) -> int:
        """Return how many more respondents the power may still fall for."""
        del nobs
        return AHEAD

    def bounds(self, sizes: IntArray) -> PowerBounds:
        """Return the power itself as its bounds: there is one comparison."""
        return power_bounds([self.power_at(int(sizes[0]), int(sizes[1]))])

    def decided(self, counts: IntArray, sizes: IntArray) -> BoolArray:
        """Return in which samples, rows of `counts`, the test rejects."""
        return self._rejects(counts[:, 0], int(sizes[0]), counts[:, 1], int(sizes[1]))

    def holds(self, shares: FloatArray) -> FloatArray:
        """Return 1 for the draws of the shares, shape (draws, 2), in which the claim is true."""
        gap = self.contrast.gap(shares[:, 0], shares[:, 1])
        return np.asarray((gap > 0) if self.upward else (gap < 0), dtype=float)
