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
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammainc, ndtr, ndtri

from alumnistats.errors import ArgumentError

SetKind = Literal["marginal", "simultaneous"]
Tail = Literal["two-sided", "lower", "upper"]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NODES = 96  # of the outer integral; errors of the probability are below 1e-9
SHARP = 0.3  # ratio of variances below which the integrand is too steep for those nodes
STEPS = (0.0, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.6, 1.5)  # panel edges around a steep place
PANEL = 12  # nodes of a panel
REACH = 8.5  # standard deviations that the outer integral covers
LENGTHS = 4096  # nodes of the table of the error's length; its error is below 1e-6
DEFAULT_POINTS = 2**14  # quasi-Monte Carlo points of the simultaneous critical value


@dataclass(frozen=True, eq=False)
class RankSets:
    """Confidence sets for ranks.

    Attributes
    ----------
    lower, upper : ndarray of int, shape (groups,)
        Best and worst rank in each set; the largest value has rank 1.
    first_critical, last_critical : ndarray, shape (groups,)
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
    if estimate.ndim != 1 or estimate.shape != variance.shape or len(estimate) < 1:
        raise ArgumentError("variance", variance.shape, "one variance for each estimate")
    finite = np.isfinite(estimate).all() and np.isfinite(variance).all()
    if not finite or (variance < 0).any():
        raise ArgumentError("variance", "a negative or missing value", "finite, not negative")
    if not 0 < level < 1:
        raise ArgumentError("level", level, "a confidence strictly between 0 and 1")


@lru_cache(maxsize=1)
def _outer() -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of the integral over a standard normal error."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    z = REACH * x
    return z, REACH * w * _normal_density(z)


def _outer_steep(c: float) -> tuple[FloatArray, FloatArray]:
    """Return the same on panels that shrink towards -c and c, where the integrand jumps."""
    x, w = np.polynomial.legendre.leggauss(PANEL)
    steps = np.concatenate([-np.array(STEPS), STEPS])
    edges = np.concatenate([steps - c, steps + c, [-REACH, 0.0, REACH]])
    edges = np.unique(np.clip(edges, -REACH, REACH))
    half, centre = np.diff(edges) / 2, (edges[:-1] + edges[1:]) / 2
    z = (centre[:, None] + half[:, None] * x).ravel()
    return z, (half[:, None] * w).ravel() * _normal_density(z)


def _normal_density(z: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi))


def marginal_critical(
    own: float, others: FloatArray, up: BoolArray, down: BoolArray, level: float
) -> float:
    """Return the quantile of one group's largest studentised error.

    Parameters
    ----------
    own : float
        Variance of the group.
    others : ndarray, shape (comparisons,)
        Variances of the groups that it is compared with.
    up, down : ndarray of bool, shape (comparisons,)
        Whether "the other is above" and "the other is below" are still to be guarded against.
    level : float
    """
    guarded = (up | down) & (own + others > 0)  # a comparison of known values cannot err
    if not guarded.any():
        return 0.0
    others, up, down = others[guarded], up[guarded], down[guarded]
    sd, se = np.sqrt(others), np.sqrt(own + others)
    steep = bool((others < SHARP * own).any())

    def gap(c: float) -> float:
        z, w = _outer_steep(c) if steep else _outer()
        shift = np.sqrt(own) * z[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            high = np.where(up, _normal_below(shift + c * se, sd), 1.0)
            low = np.where(down, _normal_below(shift - c * se, sd), 0.0)
        return float(w @ np.maximum(high - low, 0.0).prod(axis=1)) - level

    bonferroni = float(-ndtri((1 - level) / (2 * len(others))))
    return float(brentq(gap, -REACH, bonferroni + 0.5, xtol=1e-10))


def _normal_below(value: FloatArray, sd: FloatArray) -> FloatArray:
    """Return P(error <= value); a group without variance has no error."""
    return np.asarray(np.where(sd > 0, ndtr(value / sd), (value >= 0).astype(float)))


@lru_cache(maxsize=4)
def _normals(groups: int, points: int, seed: int) -> FloatArray:
    """Return normal quasi-Monte Carlo points, shape (points, groups), read-only.

    A Kronecker sequence with the powers of the generalised golden ratio (the root of
    ``x**(d + 1) = x + 1``), shifted at random. (scipy.stats.qmc would do as well, at the price of
    importing scipy.stats, which takes longer than everything else here.)
    """
    ratio = 2.0
    for _ in range(64):  # fixed point; it contracts
        ratio = (1 + ratio) ** (1 / (groups + 1))
    steps = ratio ** -np.arange(1.0, groups + 1)
    shift = np.random.default_rng(seed).random(groups)
    uniform = (np.arange(1, points + 1)[:, None] * steps + shift) % 1.0
    normal = np.asarray(ndtri(np.clip(uniform, 1e-15, 1 - 1e-15)))
    normal.setflags(write=False)
    return normal


def _studentised(variance: FloatArray, points: int, seed: int) -> tuple[FloatArray, int]:
    """Return errors of all pairs a < b, of b minus a, in units of the length of the error.

    A normal error is a direction times an independent length, whose square follows a chi-squared
    law; only directions are drawn and the length is integrated out (`_quantile`), which takes most
    of the noise away. The common part of all errors changes no difference: it is removed.

    Returns
    -------
    direction : ndarray, shape (points, pairs)
    freedom : int
        Degrees of freedom of the squared length.
    """
    a, b = np.triu_indices(len(variance), 1)
    z = _normals(len(variance), points, seed)
    uncertain = variance > 0
    error, freedom = z * np.sqrt(variance), int(uncertain.sum())
    square = (z[:, uncertain] ** 2).sum(axis=1)
    if uncertain.all():
        precision = 1 / variance
        common = error @ precision
        square = square - common**2 / precision.sum()
        freedom -= 1
    se = np.sqrt(variance[a] + variance[b])
    length = np.sqrt(square)[:, None] if freedom else 1.0
    return (error[:, b] - error[:, a]) / (np.where(se > 0, se, np.inf) * length), freedom


def _quantile(largest: FloatArray, freedom: int, level: float) -> float:
    """Return the quantile, or 0 if negative, of the largest direction times the error's length."""
    exceeding = largest[largest > 0]
    if len(exceeding) <= (1 - level) * len(largest):
        return 0.0
    lengths = np.linspace(0.0, np.sqrt(freedom) + REACH, LENGTHS)
    law = gammainc(freedom / 2, lengths**2 / 2)

    def gap(c: float) -> float:
        above = 1.0 - np.interp(c / exceeding, lengths, law)
        return (1 - level) - float(above.sum()) / len(largest)

    return float(brentq(gap, 0.0, float(exceeding.max()) * lengths[-1], xtol=1e-7))


def _statistics(estimate: FloatArray, variance: FloatArray) -> FloatArray:
    se = np.sqrt(variance[:, None] + variance[None, :])
    gap = estimate[None, :] - estimate[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = gap / se
    return np.where(gap == 0, 0.0, t)  # equal estimates are never separated, known or not


def _guarded(groups: int, tail: Tail) -> tuple[bool, bool]:
    """Return whether the sets of this tail declare groups above, and groups below."""
    return tail != "upper" and groups > 1, tail != "lower" and groups > 1


def _marginal_sets(
    t: FloatArray, variance: FloatArray, level: float, tail: Tail, *, stepdown: bool
) -> tuple[BoolArray, BoolArray, FloatArray, FloatArray]:
    """Declare groups above and below each group, one group at a time.

    A rejected direction leaves the family; its opposite is then true and stays in it.
    """
    groups = len(variance)
    above, below = np.zeros((groups, groups), bool), np.zeros((groups, groups), bool)
    first, last = np.zeros(groups), np.zeros(groups)
    use_up, use_down = _guarded(groups, tail)
    for j in range(groups):
        others = np.arange(groups) != j
        up, down = others & use_up, others & use_down
        for step in range(2 * groups):
            c = marginal_critical(float(variance[j]), variance, up, down, level)
            first[j] = c if step == 0 else first[j]
            last[j] = c
            new_up, new_down = up & (t[j] > c), down & (-t[j] > c)
            above[j] |= new_up
            below[j] |= new_down
            up, down = up & ~new_up, down & ~new_down
            if not stepdown or not (new_up | new_down).any() or not (up | down).any():
                break
    return above, below, first, last


def _simultaneous_sets(
    t: FloatArray, variance: FloatArray, level: float, *, stepdown: bool, points: int, seed: int
) -> tuple[BoolArray, float, float]:
    """Declare group b above group a at [a, b], for all ordered pairs at once.

    The family is every ordered pair for every tail: bounding all ranks from below and bounding
    them from above use the same declarations.
    """
    groups = len(variance)
    pairs = np.triu_indices(groups, 1)
    error, freedom = _studentised(variance, points, seed)
    declared = np.zeros((groups, groups), bool)
    open_ = ~np.eye(groups, dtype=bool)
    first = last = 0.0
    for step in range(groups * groups):
        largest = np.maximum(
            error[:, open_[pairs]].max(axis=1, initial=-np.inf),
            -error[:, open_.T[pairs]].min(axis=1, initial=np.inf),
        )
        last = _quantile(largest, freedom, level)
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
    estimate, variance : array_like, shape (groups,)
        Variances not negative; a group of known value has variance 0.
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
    groups = len(values)
    t = _statistics(values, spread)
    if kind == "marginal":
        above, below, first, last = _marginal_sets(t, spread, level, tail, stepdown=stepdown)
    elif kind == "simultaneous":
        first = last = np.zeros(groups)
        above = np.zeros((groups, groups), bool)
        if groups > 1:
            above, c_first, c_last = _simultaneous_sets(
                t, spread, level, stepdown=stepdown, points=points, seed=seed
            )
            first, last = np.full(groups, c_first), np.full(groups, c_last)
        below = above.T
    else:
        raise ArgumentError("kind", kind, '"marginal" or "simultaneous"')
    lower, upper = 1 + above.sum(axis=1), groups - below.sum(axis=1)
    if tail == "lower":
        upper = np.full(groups, groups)
    if tail == "upper":
        lower = np.ones(groups, dtype=np.int64)
    return RankSets(lower, upper, first, last, level, kind, tail, _guarantee(kind, level))


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
