r"""Confidence sets for ranks from simultaneous comparisons of estimates.

Rank 1 is the largest value, and a group's rank is one plus the number of groups strictly above it.
With independent normal estimates :math:`\hat\theta_j` of variances :math:`v_j`, group j is declared
below k when :math:`\hat\theta_k - \hat\theta_j > c \sqrt{v_j + v_k}`; the number of groups declared
above bounds its rank from below, the number declared below it bounds the rank from above (Mogstad,
Romano, Shaikh and Wilhelm 2024, Review of Economic Studies 91, 476-518).

*Marginal* sets cover one group's rank: the critical value c is the quantile of the largest
studentised error among the comparisons of that group. Given the group's own error these are
independent, so the probability is a one-dimensional integral of a product of normal
probabilities; no resampling. *Simultaneous* sets cover all ranks at once: the largest over all
pairs, by randomised quasi-Monte Carlo. *Stepdown*: comparisons that are decided are left out, and
the quantile of the remaining ones, which is smaller, decides again until nothing new is decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError
from alumnistats.ranking.critical_values import (
    BoolArray,
    FloatArray,
    IntArray,
    length_quantile,
    marginal_critical,
    studentised,
)

SetKind = Literal["marginal", "simultaneous"]
Tail = Literal["two-sided", "lower", "upper"]
DEFAULT_POINTS = 2**14  # quasi-Monte Carlo points of the simultaneous critical value


@dataclass(frozen=True, eq=False)
class RankSets:
    """Confidence sets for ranks.

    Attributes
    ----------
    lower, upper : ndarray of int, shape (..., groups)
        Best and worst rank in each set; the largest value has rank 1.
    first_critical, last_critical : ndarray, shape (..., groups)
        Critical value of the first and the last step; one value repeated for simultaneous sets.
    level : float
    kind, tail : str
    guarantee : str
        What the level is a probability of, and when.
    """

    lower: IntArray
    upper: IntArray
    first_critical: FloatArray
    last_critical: FloatArray
    level: float
    kind: SetKind
    tail: Tail
    guarantee: str


def _guarantee(kind: SetKind, level: float) -> str:
    what = "each group's rank" if kind == "marginal" else "all ranks at once"
    return (
        f"covers {what} with probability {level:g} when the estimates are independent and normal "
        "with the given variances (for proportions: asymptotically)"
    )


def _check(estimate: FloatArray, variance: FloatArray, level: float) -> None:
    if estimate.ndim < 1 or estimate.shape != variance.shape or estimate.shape[-1] < 1:
        raise ArgumentError("variance", variance.shape, "one variance for each estimate")
    finite = np.isfinite(estimate).all() and np.isfinite(variance).all()
    if not finite or (variance < 0).any():
        raise ArgumentError("variance", "a negative or missing value", "finite, not negative")
    if not 0 < level < 1:
        raise ArgumentError("level", level, "a confidence strictly between 0 and 1")


def _statistics(estimate: FloatArray, variance: FloatArray) -> FloatArray:
    se = np.sqrt(variance[..., :, None] + variance[..., None, :])
    gap = estimate[..., None, :] - estimate[..., :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = gap / se
    return np.where(gap == 0, 0.0, t)  # equal estimates are never separated, known or not


def _guarded(groups: int, tail: Tail) -> tuple[bool, bool]:
    """Return whether the sets of this tail declare groups above, and groups below."""
    return tail != "upper" and groups > 1, tail != "lower" and groups > 1


def _marginal_sets(
    t: FloatArray, variance: FloatArray, level: float, tail: Tail, *, stepdown: bool
) -> tuple[BoolArray, BoolArray, FloatArray, FloatArray]:
    """Declare groups above and below each group, for each group of each problem by itself.

    A rejected direction leaves the family; its opposite is then true and stays in it.
    """
    problems, groups = variance.shape
    t, own = t.reshape(-1, groups), variance.ravel()  # a row for each group of each problem
    around = np.repeat(variance, groups, axis=0)
    above, below = np.zeros(t.shape, bool), np.zeros(t.shape, bool)
    first, last = np.full(len(t), -np.inf), np.zeros(len(t))
    use_up, use_down = _guarded(groups, tail)
    others = np.tile(~np.eye(groups, dtype=bool), (problems, 1))
    up, down = others & use_up, others & use_down
    rows = np.arange(len(t))  # those that still step down
    while len(rows):
        c = marginal_critical(own[rows], around[rows], up[rows], down[rows], level)
        first[rows] = np.maximum(first[rows], c)  # later steps have smaller ones
        last[rows] = c
        new_up = up[rows] & (t[rows] > c[:, None])
        new_down = down[rows] & (-t[rows] > c[:, None])
        above[rows] |= new_up
        below[rows] |= new_down
        up[rows] &= ~new_up
        down[rows] &= ~new_down
        again = (new_up | new_down).any(axis=1) & (up | down)[rows].any(axis=1)
        rows = rows[again & stepdown]
    square = (problems, groups, groups)
    return (
        above.reshape(square),
        below.reshape(square),
        first.reshape(variance.shape),
        last.reshape(variance.shape),
    )


def _simultaneous_sets(
    t: FloatArray, variance: FloatArray, level: float, *, stepdown: bool, points: int, seed: int
) -> tuple[BoolArray, float, float]:
    """Declare group b above group a at [a, b], for all ordered pairs at once.

    The family is every ordered pair for every tail: bounding all ranks from below and bounding
    them from above use the same declarations.
    """
    groups = len(variance)
    pairs = np.triu_indices(groups, 1)
    error, freedom = studentised(variance, points, seed)
    declared = np.zeros((groups, groups), bool)
    open_ = ~np.eye(groups, dtype=bool)
    first = last = 0.0
    for step in range(groups * groups):
        largest = np.maximum(
            error[open_[pairs]].max(axis=0, initial=-np.inf),
            -error[open_.T[pairs]].min(axis=0, initial=np.inf),
        )
        last = length_quantile(largest, freedom, level)
        first = last if step == 0 else first
        new = open_ & (t > last)
        declared |= new
        open_ = open_ & ~new
        if not stepdown or not new.any() or not open_.any():
            break
    return declared, first, last


def rank_sets(
    estimate: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    level: float = 0.95,
    kind: SetKind = "marginal",
    tail: Tail = "two-sided",
    stepdown: bool = True,
    points: int = DEFAULT_POINTS,
    seed: int = 0,
) -> RankSets:
    """Return confidence sets for the ranks of independent estimates.

    Parameters
    ----------
    estimate, variance : array_like, shape (groups,) or (problems, groups)
        Variances not negative; a group of known value has variance 0. Problems are separate.
    level : float
        Coverage in (0, 1).
    kind : {"marginal", "simultaneous"}
        Coverage of each rank by itself, or of all together.
    tail : {"two-sided", "lower", "upper"}
        Bound ranks from both sides, from below only (``upper`` is then the number of groups), or
        from above only.
    stepdown : bool
    points : int
        Quasi-Monte Carlo points of simultaneous sets. With 2**14 the critical value of a dozen
        groups has a standard error of about 0.0025.
    seed : int
        Of the random shift of the points.

    Returns
    -------
    RankSets

    Raises
    ------
    ArgumentError
        For shapes that do not match, negative variances, a level outside (0, 1), or unknown names.
    """
    values, spread = np.asarray(estimate, dtype=float), np.asarray(variance, dtype=float)
    _check(values, spread, level)
    if tail not in ("two-sided", "lower", "upper"):
        raise ArgumentError("tail", tail, '"two-sided", "lower" or "upper"')
    shape, groups = values.shape, values.shape[-1]
    values, spread = values.reshape(-1, groups), spread.reshape(-1, groups)
    t = _statistics(values, spread)
    if kind == "marginal":
        above, below, first, last = _marginal_sets(t, spread, level, tail, stepdown=stepdown)
    elif kind == "simultaneous":
        above = np.zeros(t.shape, bool)
        first, last = np.zeros(values.shape), np.zeros(values.shape)
        for i in range(len(values) if groups > 1 else 0):
            above[i], first[i], last[i] = _simultaneous_sets(
                t[i], spread[i], level, stepdown=stepdown, points=points, seed=seed
            )
        below = above.swapaxes(1, 2)
    else:
        raise ArgumentError("kind", kind, '"marginal" or "simultaneous"')
    lower, upper = 1 + above.sum(axis=2), groups - below.sum(axis=2)
    if tail == "lower":
        upper = np.full_like(upper, groups)
    if tail == "upper":
        lower = np.ones_like(lower)
    return RankSets(
        lower.reshape(shape),
        upper.reshape(shape),
        first.reshape(shape),
        last.reshape(shape),
        level,
        kind,
        tail,
        _guarantee(kind, level),
    )


def binomial_variance(
    count: npt.ArrayLike, nobs: npt.ArrayLike, kind: Literal["plug-in", "agresti-coull"] = "plug-in"
) -> FloatArray:
    """Return the variance of a sample proportion.

    Parameters
    ----------
    count, nobs : array_like of int
    kind : {"plug-in", "agresti-coull"}
        ``p (1 - p) / n``; or the same after adding one success and one failure, which keeps
        comparisons of small groups and rare answers near their level.
    """
    k, n = np.asarray(count, dtype=float), np.asarray(nobs, dtype=float)
    if kind == "agresti-coull":
        k, n = k + 1, n + 2
    elif kind != "plug-in":
        raise ArgumentError("kind", kind, '"plug-in" or "agresti-coull"')
    p = k / n
    return np.asarray(p * (1 - p) / n)
