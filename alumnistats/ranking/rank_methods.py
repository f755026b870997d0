"""The methods of `rank` by name: each bounds the groups' ranks for several solutions at once.

A method is a function of `Given` that returns sets with lower and upper ranks, shape (solutions,
groups) or (groups,), and a guarantee. `METHODS` says which there are; a new one is a function and
its entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, get_args

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.comparisons import share_variance
from alumnistats.errors import ArgumentError
from alumnistats.ranking.confidence_sets import SetKind, rank_sets
from alumnistats.ranking.finite_sample import finite_sample_rank_sets
from alumnistats.ranking.joint_region import binomial_joint_region
from alumnistats.ranking.multinomial import multinomial_rank_sets

RankMethod = Literal[
    "marginal", "simultaneous", "single-step", "normal-marginal", "normal-simultaneous",
    "exact-marginal", "exact-simultaneous", "joint-region", "multinomial-marginal",
    "multinomial-simultaneous", "posterior",
]  # fmt: skip
RANK_METHODS: tuple[RankMethod, ...] = get_args(RankMethod)

POINTS, MOST_POINTS = 2**11, 2**12  # quasi-Monte Carlo points of each simultaneous set
SIGNIFICANT = 0.95  # share of the solutions in which a difference has to be significant
FEW = 10  # successes or failures of some group below which normal sets are not relied on


@dataclass(frozen=True, eq=False)
class Given:
    """What ranks are inferred from: counts of sizes, or estimates with their variances.

    Attributes
    ----------
    count, nobs : ndarray, shape (solutions, groups), or None
    estimate : ndarray, shape (solutions, groups)
    variance : ndarray, shape (solutions, groups), or None with a covariance
    covariance : ndarray, shape (groups, groups), or None
        Of one solution.
    """

    estimate: FloatArray
    variance: FloatArray | None = None
    covariance: FloatArray | None = None
    count: IntArray | None = None
    nobs: IntArray | None = None

    def counts(self, method: str) -> tuple[IntArray, IntArray]:
        """Return counts and sizes, or raise ArgumentError."""
        if self.count is None or self.nobs is None:
            raise ArgumentError("method", method, "a method for estimates: this one needs counts")
        return self.count, self.nobs

    @property
    def few(self) -> BoolArray:
        """Whether some group of each solution has too few successes or failures for normal sets."""
        if self.count is None or self.nobs is None:
            return np.zeros(len(self.estimate), dtype=bool)
        return np.asarray((np.minimum(self.count, self.nobs - self.count) < FEW).any(axis=1))

    def rows(self, some: BoolArray) -> Given:
        """Return some of the solutions."""
        parts: dict[str, Any] = {"estimate": self.estimate[some]}
        for name in ("variance", "count", "nobs"):
            value = getattr(self, name)
            parts[name] = value if value is None else value[some]
        return replace(self, **parts)


class Sets(Protocol):
    """What every kind of rank sets has."""

    @property
    def lower(self) -> IntArray:
        """Best rank in each set."""

    @property
    def upper(self) -> IntArray:
        """Worst rank in each set."""

    @property
    def guarantee(self) -> str:
        """What the level is a probability of, and when."""


@dataclass(frozen=True, eq=False)
class BothSets:
    """Sets of solutions of which some are exact and some normal."""

    lower: IntArray
    upper: IntArray
    guarantee: str


Method = Callable[[Given, float, str], Sets]


def given_counts(count: IntArray, nobs: IntArray) -> Given:
    """Return counts as `Given`, shape (solutions, groups); a base of nobody counts as one."""
    n = np.maximum(nobs, 1)
    plain = Given(count / n, None, None, count, n)
    added = share_variance(count, n, "agresti-caffo")
    variance = np.where(plain.few[:, None], added, share_variance(count, n))
    return replace(plain, variance=variance)


def _normal(kind: SetKind, *, stepdown: bool = True) -> Method:
    def sets(given: Given, level: float, _: str) -> Sets:
        how: Any = {"level": level, "kind": kind, "stepdown": stepdown}
        how |= {"points": POINTS, "max_points": MOST_POINTS}
        if given.covariance is not None:
            return rank_sets(given.estimate[0], covariance=given.covariance, **how)
        return rank_sets(given.estimate, given.variance, **how)

    return sets


def _exact(kind: SetKind) -> Method:
    def sets(given: Given, level: float, method: str) -> Sets:
        return finite_sample_rank_sets(*given.counts(method), level=level, kind=kind)

    return sets


def _suited(kind: SetKind) -> Method:
    """Exact sets for the solutions in which a group is small, else normal ones."""

    def sets(given: Given, level: float, method: str) -> Sets:
        few = given.few
        if few.all() or not few.any():
            return (_exact if few.any() else _normal)(kind)(given, level, method)
        lower, upper = (np.empty(given.estimate.shape, dtype=np.int64) for _ in range(2))
        guarantees = []
        for rows, run in ((few, _exact(kind)), (~few, _normal(kind))):
            found = run(given.rows(rows), level, method)
            lower[rows], upper[rows] = found.lower, found.upper
            guarantees.append(found.guarantee)
        return BothSets(lower, upper, "; or ".join(guarantees))

    return sets


def _multinomial(kind: SetKind) -> Method:
    def sets(given: Given, level: float, method: str) -> Sets:
        return multinomial_rank_sets(given.counts(method)[0], level=level, kind=kind)

    return sets


def _region(given: Given, level: float, method: str) -> Sets:
    return binomial_joint_region(*given.counts(method), level=level)


METHODS: dict[str, Method] = {
    "marginal": _suited("marginal"),
    "simultaneous": _suited("simultaneous"),
    "single-step": _normal("simultaneous", stepdown=False),
    "normal-marginal": _normal("marginal"),
    "normal-simultaneous": _normal("simultaneous"),
    "exact-marginal": _exact("marginal"),
    "exact-simultaneous": _exact("simultaneous"),
    "joint-region": _region,
    "multinomial-marginal": _multinomial("marginal"),
    "multinomial-simultaneous": _multinomial("simultaneous"),
}


def over_solutions(lower: IntArray, upper: IntArray, share: FloatArray) -> dict[str, Any]:
    """Return the bounds of a table: those that 95% of the solutions allow, extremes, and means.

    Parameters
    ----------
    lower, upper : ndarray of int, shape (solutions, groups)
    share : ndarray, shape (solutions,)
        Probabilities of the solutions.
    """
    return {
        "lower": _smallest_often(lower, share),
        "upper": -_smallest_often(-upper, share),
        "lower_min": lower.min(axis=0),
        "upper_max": upper.max(axis=0),
        "lower_mean": share @ lower,
        "upper_mean": share @ upper,
    }


def _smallest_often(bound: IntArray, share: FloatArray) -> IntArray:
    """Return the smallest bound of each group that is not left out of 95% of the solutions.

    Parameters
    ----------
    bound : ndarray of int, shape (solutions, groups)
    share : ndarray, shape (solutions,)
    """
    order = np.argsort(bound, axis=0, kind="stable")
    mass = np.cumsum(share[order], axis=0)
    at = np.argmax(mass > 1 - SIGNIFICANT + 1e-9, axis=0)
    ranked = np.take_along_axis(bound, order, axis=0)
    return np.asarray(np.take_along_axis(ranked, at[None], axis=0)[0])
