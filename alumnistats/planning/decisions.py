"""What a claim needs to be established: kinds of decision, and their power at any size.

Each says, for the same number of respondents everywhere, how probable it is that the test of the
claim rejects when given shares are the true ones. Shares are plugged in: what is not known about
them is the business of `assurance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray, check_level
from alumnistats.errors import ArgumentError
from alumnistats.planning.conjunctions import (
    PowerBounds,
    power_bounds,
    tier_pairs,
    tiers_decided,
    tiers_power,
)
from alumnistats.planning.normal import option_size, pair_size, threshold_size, tiers_size
from alumnistats.planning.pair_beyond import PairBeyond
from alumnistats.planning.power import (
    check_share,
    critical_of_binomial,
    option_power,
    pair_power,
    threshold_power,
)

AHEAD = 20  # sizes that can all pass before one fails again; 14 at most in 203 pairs tried
AHEAD_ONE = 0.25  # of a size: the same for one share, whose power is a coarser saw
ROUGH = 200  # draws with which sizes of many solutions are compared: within a tenth or so


@dataclass(frozen=True, eq=False)
class GroupOrder:
    """Groups in tiers: every group of a tier exceeds every group of the next.

    Decided by the largest one-sided Fisher mid-P value (an intersection-union test).

    Attributes
    ----------
    shares : ndarray, shape (groups,)
        True shares in [0, 1].
    tiers : tuple of tuple of int
        Two or more, the largest shares first.
    level : float
        One minus the one-sided significance level.
    """

    shares: FloatArray
    tiers: tuple[tuple[int, ...], ...]
    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)
        object.__setattr__(self, "shares", check_share("shares", self.shares))
        tiers = tuple(tuple(tier) for tier in self.tiers)
        if len(tiers) < 2 or not all(tiers):
            raise ArgumentError("tiers", self.tiers, "two tiers or more, each of some group")
        members = [g for tier in tiers for g in tier]
        if len(set(members)) < len(members) or not set(members) <= set(range(len(self.shares))):
            raise ArgumentError("tiers", self.tiers, "different groups of `shares`")
        object.__setattr__(self, "tiers", tiers)

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """(larger, smaller) of every comparison."""
        return tier_pairs(self.tiers)

    @property
    def comparisons(self) -> int:
        """How many tests must reject."""
        return len(self.pairs)

    def holds(self, shares: FloatArray) -> FloatArray:
        """Return 1 for the draws of the shares, shape (draws, groups), in which it is true."""
        above, below = np.array(self.pairs).T
        return np.asarray((shares[:, above] > shares[:, below]).all(axis=1), dtype=float)

    def start(self, power: float) -> float:
        """Return the size by normal approximation."""
        if len(self.pairs) > 1:
            return tiers_size(self.shares, self.pairs, self.level, power)
        (a, b), *_ = self.pairs
        return float(pair_size(self.shares[a], self.shares[b], self.level, power))

    def rough(self, power: float) -> float:
        """Return about the size, to compare solutions by."""
        if len(self.pairs) > 1:
            return tiers_size(self.shares, self.pairs, self.level, power, draws=ROUGH)
        return self.start(power)

    def power(self, nobs: IntArray) -> FloatArray:
        """Return the exact power at `nobs` respondents of every group."""
        found = [tiers_power(self.shares, self.tiers, int(size), self.level) for size in nobs]
        return np.array(found)

    def ahead(self, nobs: int) -> int:
        """Return how many more respondents the power may still fall for."""
        del nobs
        return AHEAD

    def bounds(self, sizes: IntArray) -> PowerBounds:
        """Return bounds of the power from each pair's, at one size a group."""
        each = [
            pair_power(self.shares[a], self.shares[b], sizes[a], sizes[b], self.level)
            for a, b in self.pairs
        ]
        return power_bounds(each)

    def decided(self, counts: IntArray, sizes: IntArray) -> BoolArray:
        """Return in which samples, rows of `counts`, the test rejects."""
        return tiers_decided(counts, sizes, self.tiers, self.level)


@dataclass(frozen=True, eq=False)
class ShareBeyond:
    """Every one of some independent shares lies beyond a value.

    Decided by the largest exact one-sided binomial p-value.

    Attributes
    ----------
    shares : ndarray, shape (groups,)
        True shares in [0, 1]; one for a claim about one group or about all respondents.
    threshold : float
        In (0, 1).
    upward : bool
        Whether they are claimed to lie above it.
    level : float
        One minus the one-sided significance level.
    """

    shares: FloatArray
    threshold: float
    upward: bool = True
    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)
        check_level(self.threshold, "threshold", "a share strictly between 0 and 1")
        object.__setattr__(self, "shares", np.atleast_1d(check_share("shares", self.shares)))

    @property
    def comparisons(self) -> int:
        """How many tests must reject."""
        return len(self.shares)

    def holds(self, shares: FloatArray) -> FloatArray:
        """Return 1 for the draws of the shares, shape (draws, groups), in which it is true."""
        sign = 1 if self.upward else -1
        return np.asarray((sign * (shares - self.threshold) > 0).all(axis=1), dtype=float)

    def start(self, power: float) -> float:
        """Return the size by normal approximation of the share closest to the threshold."""
        found = threshold_size(self.shares, self.threshold, self.level, power, upward=self.upward)
        return float(found.max())

    def rough(self, power: float) -> float:
        """Return about the size, to compare solutions by."""
        return self.start(power)

    def power(self, nobs: IntArray) -> FloatArray:
        """Return the exact power at `nobs` respondents for each share."""
        each = threshold_power(
            self.shares[:, None], self.threshold, nobs, self.level, upward=self.upward
        )
        return np.asarray(each.prod(axis=0))

    def ahead(self, nobs: int) -> int:
        """Return how many more respondents the power may still fall for."""
        return max(AHEAD, int(AHEAD_ONE * nobs))

    def power_of(self, sizes: IntArray) -> FloatArray:
        """Return each share's exact power, at its own size."""
        return threshold_power(self.shares, self.threshold, sizes, self.level, upward=self.upward)

    def bounds(self, sizes: IntArray) -> PowerBounds:
        """Return bounds of the power from each share's, at one size each."""
        return power_bounds(self.power_of(sizes))

    def decided(self, counts: IntArray, sizes: IntArray) -> BoolArray:
        """Return in which samples, rows of `counts`, the test rejects."""
        k, p0 = (counts, self.threshold) if self.upward else (sizes - counts, 1 - self.threshold)
        critical = critical_of_binomial(sizes, p0, 1 - self.level)
        return np.asarray((k >= critical).all(axis=1))


@dataclass(frozen=True, eq=False)
class ShareWithin:
    """Every one of some independent shares lies between two values: an equivalence claim.

    Decided by two one-sided tests of each share, which must all reject.

    Attributes
    ----------
    low, high : ShareBeyond
        The claims that the same shares lie above the lower value, and below the upper one.
    """

    low: ShareBeyond
    high: ShareBeyond

    @property
    def shares(self) -> FloatArray:
        """True shares in [0, 1], shape (groups,)."""
        return self.low.shares

    @property
    def level(self) -> float:
        """One minus the one-sided significance level of each test."""
        return self.low.level

    @property
    def sides(self) -> tuple[ShareBeyond, ShareBeyond]:
        """Both claims."""
        return self.low, self.high

    @property
    def comparisons(self) -> int:
        """How many tests must reject."""
        return sum(side.comparisons for side in self.sides)

    def holds(self, shares: FloatArray) -> FloatArray:
        """Return 1 for the draws of the shares, shape (draws, groups), in which it is true."""
        return np.asarray(self.low.holds(shares) * self.high.holds(shares))

    def start(self, power: float) -> float:
        """Return the size by normal approximation of the closer value."""
        return max(side.start(power) for side in self.sides)

    def rough(self, power: float) -> float:
        """Return about the size, to compare solutions by."""
        return self.start(power)

    def power_of(self, sizes: IntArray) -> FloatArray:
        """Return each share's exact power, at its own size; they broadcast.

        One test or the other fails, or both do where respondents are so few that no count passes
        both: then the sum of both powers is less than 1.
        """
        low, high = (side.power_of(sizes) for side in self.sides)
        return np.asarray(np.maximum(low + high - 1, 0.0))

    def power(self, nobs: IntArray) -> FloatArray:
        """Return the exact power at `nobs` respondents for each share."""
        each = [self.power_of(np.full(len(self.shares), size)) for size in nobs]
        return np.array([one.prod() for one in each])

    def ahead(self, nobs: int) -> int:
        """Return how many more respondents the power may still fall for."""
        return self.low.ahead(nobs)

    def bounds(self, sizes: IntArray) -> PowerBounds:
        """Return bounds of the power from each share's, at one size each."""
        return power_bounds(self.power_of(sizes))

    def decided(self, counts: IntArray, sizes: IntArray) -> BoolArray:
        """Return in which samples, rows of `counts`, all tests reject."""
        return self.low.decided(counts, sizes) & self.high.decided(counts, sizes)


@dataclass(frozen=True, eq=False)
class OptionOrder:
    """Options of one question: in each of some pairs, the first is chosen more often.

    Decided by the largest p-value of McNemar's one-sided sign tests. How often two comparisons fail
    together is not known when respondents may choose several options, so the power of all is
    Bonferroni's lower bound: with it the claim is settled whatever the overlaps are.

    Attributes
    ----------
    only : ndarray, shape (pairs, 2)
        Shares of those who chose the first and not the second, and the second and not the first.
    level : float
        One minus the one-sided significance level.
    """

    only: FloatArray
    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)
        only = check_share("only", self.only)
        if only.ndim != 2 or only.shape[1] != 2 or not len(only):
            raise ArgumentError("only", only.shape, "shape (pairs, 2)")
        object.__setattr__(self, "only", only)

    @property
    def comparisons(self) -> int:
        """How many tests must reject."""
        return len(self.only)

    def holds(self, shares: FloatArray) -> FloatArray:
        """Return, for draws of the shares, shape (draws, pairs, 2), the lower bound that it holds.

        Bonferroni's, as of the power: it may be negative.
        """
        return np.asarray(1.0 - (shares[..., 0] <= shares[..., 1]).sum(axis=1))

    def start(self, power: float) -> float:
        """Return the size by normal approximation of the closest pair alone."""
        return float(option_size(self.only[:, 0], self.only[:, 1], self.level, power).max())

    def rough(self, power: float) -> float:
        """Return about the size, to compare solutions by."""
        return self.start(power)

    def power(self, nobs: IntArray) -> FloatArray:
        """Return the power of one pair, or the lower bound of that of several, at `nobs`."""
        each = [[option_power(b, c, int(size), self.level) for b, c in self.only] for size in nobs]
        return np.array([power_bounds(found).low for found in each])

    def ahead(self, nobs: int) -> int:
        """Return how many more respondents the power may still fall for."""
        del nobs
        return AHEAD

    def bounds(self, sizes: IntArray) -> PowerBounds:
        """Return bounds of the power from each pair's; all have the size ``sizes[0]``."""
        each = [option_power(b, c, int(sizes[0]), self.level) for b, c in self.only]
        return power_bounds(each)


Decision = GroupOrder | ShareBeyond | ShareWithin | OptionOrder | PairBeyond


def pairs_of_shares(upper: Sequence[float], lower: Sequence[float]) -> FloatArray:
    """Return those who chose one option only, (pairs, 2), at the smallest possible overlap.

    Parameters
    ----------
    upper, lower : sequence of float, shape (pairs,)
        Shares of the two options of each pair, which some respondents may both have chosen.

    Examples
    --------
    >>> pairs_of_shares([0.5], [0.4, 0.7]).round(3).tolist()
    [[0.5, 0.4], [0.3, 0.5]]
    """
    a, b = np.asarray(upper, dtype=float), np.asarray(lower, dtype=float)
    both = np.maximum(a + b - 1, 0.0)
    return np.stack([a - both, b - both], axis=1)
