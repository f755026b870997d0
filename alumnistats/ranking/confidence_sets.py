r"""Confidence sets for ranks from simultaneous comparisons of estimates.

Rank 1 is the largest value, and a group's rank is one plus the number of groups strictly above it.
With normal estimates :math:`\hat\theta_j` group j is declared below k when
:math:`\hat\theta_k - \hat\theta_j > c s_{jk}`, with the standard error of the difference; the
number of groups declared above bounds its rank from below, the number declared below it bounds the
rank from above (Mogstad, Romano, Shaikh and Wilhelm 2024, Review of Economic Studies 91, 476-518).

*Marginal* sets cover one group's rank: the critical value c is the quantile of the largest
studentised error among the comparisons of that group. Of independent estimates these are
independent given the group's own error, so the probability is a one-dimensional integral of a
product of normal probabilities; no draws. *Simultaneous* sets cover all ranks at once: the largest
over all pairs, from draws, with a standard error. *Stepdown*: comparisons that are decided are left
out, and the quantile of the remaining ones, which is smaller, decides again until nothing new is
decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arguments import GENERATOR, checked, numbers, optional
from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.ranking.covariances import check_covariance, check_draws, check_estimates
from alumnistats.ranking.drawn_marginal_sets import Declared, drawn_marginal_sets
from alumnistats.ranking.error_draws import BATCHES, Errors, correlated, given, independent
from alumnistats.ranking.marginal_sets import Tail, marginal_sets
from alumnistats.ranking.simultaneous_sets import simultaneous_sets

SetKind = Literal["marginal", "simultaneous"]
DEFAULT_POINTS = 2**14  # directions of the error that are drawn first
GROWTH = 8  # largest factor by which they increase while a decision is in doubt, and
MOST = {"simultaneous": 2**22, "marginal": 2**28}  # numbers that they may then cost
LAW = {
    "variance": "the estimates are independent and normal with the given variances "
    "(for proportions: asymptotically)",
    "covariance": "the estimates are normal with the given covariance (for proportions: "
    "asymptotically)",
    "draws": "the draws follow the law of the estimates' errors (a bootstrap: asymptotically)",
}


@dataclass(frozen=True, eq=False)
class RankSets:
    """Confidence sets for ranks.

    Attributes
    ----------
    lower, upper : ndarray of int, shape (..., groups)
        Best and worst rank in each set; the largest value has rank 1.
    first_critical, last_critical : ndarray, shape (..., groups)
        Critical value of the first and the last step; one value repeated for simultaneous sets.
    critical_error : ndarray, shape (..., groups)
        Standard error of the last critical value where it is drawn; 0 where it is computed (its
        error is then below 1e-8).
    uncertain : ndarray of bool, shape (..., groups)
        Whether the set would be another one with all critical values three standard errors smaller
        or larger.
    uncertain_pairs : ndarray of int, shape (pairs, 3)
        Problem (0 for one), a, b: the comparisons that make them so. Simultaneous: whether b is
        declared above a. Marginal: whether, in the set of a, b is declared above or below it.
    draws : int
        Directions or draws behind the critical values, the most of any problem; 0 if computed.
    level : float
    kind, tail : str
    guarantee : str
        What the level is a probability of, and when.

    Examples
    --------
    >>> from alumnistats.ranking import rank_sets
    >>> rank_sets([0.60, 0.50, 0.30], [0.002] * 3).uncertain.any(axis=-1).tolist()
    False
    """

    lower: IntArray
    upper: IntArray
    first_critical: FloatArray
    last_critical: FloatArray
    critical_error: FloatArray
    uncertain: BoolArray
    uncertain_pairs: IntArray
    draws: int
    level: float
    kind: SetKind
    tail: Tail
    guarantee: str


@dataclass(frozen=True, eq=False)
class _Problem:
    """Estimates of one problem and what is known of their errors."""

    estimate: FloatArray
    variance: FloatArray | None  # of independent estimates
    covariance: FloatArray | None
    draws: FloatArray | None

    def errors(self, points: int, seed: int) -> Errors:
        if self.variance is not None:
            return independent(self.variance, points, seed)
        if self.covariance is not None:
            return correlated(self.covariance, points, seed)
        assert self.draws is not None
        return given(self.draws)


@dataclass(frozen=True, eq=False)
class _Choices:
    level: float
    kind: SetKind
    tail: Tail
    stepdown: bool
    points: int
    max_points: int | None
    seed: int

    def growth(self, groups: int) -> int:
        if self.max_points is not None:
            return max(self.max_points // self.points, 1)
        cost = self.points * groups ** (1 if self.kind == "simultaneous" else 2)
        return int(np.clip(MOST[self.kind] // cost, 1, GROWTH))


def _guarantee(kind: SetKind, tail: Tail, level: float, source: str) -> str:
    what = "each group's rank" if kind == "marginal" else "all ranks at once"
    side = {"two-sided": "", "lower": ", from below only,", "upper": ", from above only,"}[tail]
    return f"covers {what}{side} with probability {level:g} when {LAW[source]}"


def _solved(problem: _Problem, choices: _Choices) -> Declared:
    """Decide one problem from draws."""
    groups = len(problem.estimate)
    none = np.zeros((0, 2), dtype=np.int64)
    if groups == 1:
        zero, count = np.zeros(1), np.zeros(1, dtype=np.int64)
        return Declared(count, count, zero, zero, zero, none, 0)
    errors, growth = problem.errors(choices.points, choices.seed), choices.growth(groups)
    if choices.kind == "marginal":
        return drawn_marginal_sets(
            problem.estimate, errors, choices.level, choices.tail,
            stepdown=choices.stepdown, growth=growth,
        )  # fmt: skip
    every = simultaneous_sets(
        problem.estimate, errors, problem.variance, choices.level,
        stepdown=choices.stepdown, growth=growth,
    )  # fmt: skip
    first, last, error = (
        np.full(groups, x) for x in (every.first.value, every.last.value, every.last.error)
    )
    return Declared(every.above, every.below, first, last, error, every.doubtful, every.draws)


def _computed(estimate: FloatArray, variance: FloatArray, choices: _Choices) -> list[Declared]:
    """Decide marginal sets of independent estimates; shapes (problems, groups)."""
    d = marginal_sets(estimate, variance, choices.level, choices.tail, stepdown=choices.stepdown)
    none, zero = np.zeros((0, 2), dtype=np.int64), np.zeros(estimate.shape[1])
    return [
        Declared(*found, zero, none, 0)
        for found in zip(d.above, d.below, d.first, d.last, strict=True)
    ]


@checked({**GENERATOR, "draws": optional(numbers)})
def rank_sets(
    estimate: npt.ArrayLike,
    variance: npt.ArrayLike | None = None,
    *,
    covariance: npt.ArrayLike | None = None,
    draws: npt.ArrayLike | None = None,
    level: float = 0.95,
    kind: SetKind = "marginal",
    tail: Tail = "two-sided",
    stepdown: bool = True,
    points: int = DEFAULT_POINTS,
    max_points: int | None = None,
    seed: int | np.random.Generator = 0,
) -> RankSets:
    """Return confidence sets for ranks.

    Exactly one of `variance`, `covariance` and `draws` says how the estimates err.

    Parameters
    ----------
    estimate : array_like, shape (..., groups)
        Leading axes are separate problems.
    variance : array_like, shape (..., groups)
        Variances of independent estimates; not negative.
    covariance : array_like, shape (..., groups, groups)
        Covariance matrix; symmetric, positive semi-definite. A diagonal one counts as `variance`.
    draws : array_like, shape (draws, groups)
        Draws of the estimates, for instance bootstrap replicates; independent of each other. Their
        deviations from their mean are taken as errors, their covariance gives the standard errors.
        One problem only.
    level : float
        Confidence in (0, 1).
    kind : {"marginal", "simultaneous"}
        Whether the level holds for each group's set or for all sets together.
    tail : {"two-sided", "lower", "upper"}
        Bound ranks on both sides, only from below (upper is the number of groups), or only from
        above (lower is 1). Simultaneous sets bound both sides at once at no cost, so their tails
        share one critical value.
    stepdown : bool
    points : int
        Directions of the error that are drawn first, where the critical value is drawn.
    max_points : int, optional
        They are doubled up to this number while a decision is within three standard errors of a
        critical value. When omitted, up to 8 times `points`, and less for many groups.
    seed : int or numpy.random.Generator

    Returns
    -------
    RankSets

    Raises
    ------
    ArgumentError
        For shapes that do not match, values that are missing or infinite, negative variances, a
        covariance that is not symmetric and semi-definite, a level outside (0, 1), or unknown
        names.

    Examples
    --------
    >>> sets = rank_sets([0.60, 0.50, 0.30], [0.002, 0.002, 0.002], kind="simultaneous")
    >>> sets.lower.tolist(), sets.upper.tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    values = np.asarray(estimate, dtype=float)
    source = _source(variance, covariance, draws)
    _check_choices(kind, tail, points)
    check_estimates(values)
    number = seed if isinstance(seed, int | np.integer) else int(seed.integers(2**62))
    choices = _Choices(level, kind, tail, stepdown, points, max_points, int(number))
    problems = _problems(values, variance, covariance, draws)
    groups = values.shape[-1]
    if kind == "marginal" and all(p.variance is not None for p in problems):
        found = _computed(
            values.reshape(-1, groups), np.stack([np.asarray(p.variance) for p in problems]),
            choices,
        ) if problems else []  # fmt: skip
    else:
        found = [_solved(problem, choices) for problem in problems]
    return _as_sets(values.shape, found, choices, _guarantee(kind, tail, level, source))


def _source(variance: object, covariance: object, draws: object) -> str:
    named = {"variance": variance, "covariance": covariance, "draws": draws}
    present = [name for name, value in named.items() if value is not None]
    if len(present) != 1:
        raise ArgumentError(
            "variance", " and ".join(present) or "nothing",
            "exactly one of variance, covariance and draws",
        )  # fmt: skip
    return present[0]


def _check_choices(kind: str, tail: str, points: int) -> None:
    if kind not in get_args(SetKind):
        raise ArgumentError("kind", kind, '"marginal" or "simultaneous"')
    if tail not in get_args(Tail):
        raise ArgumentError("tail", tail, '"two-sided", "lower" or "upper"')
    if points < 2 * BATCHES:
        raise ArgumentError("points", points, f"at least {2 * BATCHES}")


def _problems(
    values: FloatArray,
    variance: npt.ArrayLike | None,
    covariance: npt.ArrayLike | None,
    draws: npt.ArrayLike | None,
) -> list[_Problem]:
    groups = values.shape[-1]
    flat = values.reshape(-1, groups)
    if draws is not None:
        return [_Problem(flat[0], None, None, check_draws(values, draws))]
    if variance is not None:
        spread = np.asarray(variance, dtype=float)
        if spread.shape != values.shape:
            raise ArgumentError("variance", spread.shape, "one variance for each estimate")
        if not np.isfinite(spread).all() or (spread < 0).any():
            raise ArgumentError("variance", "a negative or missing value", "finite, not negative")
        return [
            _Problem(x, v, None, None)
            for x, v in zip(flat, spread.reshape(-1, groups), strict=True)
        ]
    assert covariance is not None
    matrices = check_covariance(values, covariance).reshape(-1, groups, groups)
    diagonal = [not np.count_nonzero(m - np.diag(np.diag(m))) for m in matrices]
    return [
        _Problem(x, np.diag(m), None, None) if known else _Problem(x, None, m, None)
        for x, m, known in zip(flat, matrices, diagonal, strict=True)
    ]


def _as_sets(
    shape: tuple[int, ...], found: list[Declared], choices: _Choices, guarantee: str
) -> RankSets:
    groups = shape[-1]

    def stacked(parts: list[FloatArray]) -> FloatArray:
        return np.array(parts, dtype=float).reshape(shape)

    lower = 1 + np.array([f.above for f in found], dtype=np.int64).reshape(shape)
    upper = groups - np.array([f.below for f in found], dtype=np.int64).reshape(shape)
    pairs = [np.insert(f.doubtful, 0, i, axis=1) for i, f in enumerate(found)]
    doubtful = np.concatenate([np.zeros((0, 3), dtype=np.int64), *pairs])
    uncertain = np.zeros((len(found), groups), dtype=bool)
    uncertain[doubtful[:, 0], doubtful[:, 1]] = True
    if choices.kind == "simultaneous":
        uncertain[doubtful[:, 0], doubtful[:, 2]] = True
    if choices.tail == "lower":
        upper = np.full_like(upper, groups)
    if choices.tail == "upper":
        lower = np.ones_like(lower)
    return RankSets(
        lower,
        upper,
        stacked([f.first for f in found]),
        stacked([f.last for f in found]),
        stacked([f.error for f in found]),
        uncertain.reshape(shape),
        doubtful,
        max((f.draws for f in found), default=0),
        choices.level,
        choices.kind,
        choices.tail,
        guarantee,
    )
