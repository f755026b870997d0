r"""Grades: groups sorted into few classes, as finely as the posterior supports.

Kline, Rose and Walters (2024, American Economic Review 114, 2472-2525) choose the weak order that
minimises expected discordance minus :math:`\lambda` times expected concordance over pairs: to put
i above j costs :math:`\pi_{ji} - \lambda \pi_{ij}`, one grade for both costs nothing, where
:math:`\pi_{ij} = P(\theta_i > \theta_j)`. A pair on its own is separated if :math:`\pi_{ij} >
1 / (1 + \lambda)`. (Theirs is :math:`(1 - \lambda) D - \lambda \tau` with :math:`\tau = C - D`: the
same.)

**When a dynamic programme is exact.** Say that i dominates j if :math:`\pi_{ik} \ge \pi_{jk}` for
every k. The cost of a group against a third one has decreasing differences in (:math:`\pi`,
position below, beside or above it), so that giving a dominating group the better of two grades
never costs more, and it does not for the pair itself. If dominance orders all groups, some optimal
grading is therefore a cut of that order into runs, and the best cut is found in :math:`O(K^2)`.
Posteriors of one shape and width are so ordered; widths that differ much may break it, and then the
problem is an integer programme (a strict weak order is an asymmetric, negatively transitive
relation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.errors import ArgumentError

GradeMethod = Literal["contiguous", "integer", "local"]

INTEGER_UP_TO = 40  # groups that the integer programme is tried for; its constraints grow as K**3
SUM_ERROR = 1e-6  # by which P(i > j) + P(j > i) may differ from 1
SAME = 1e-10  # costs and probabilities that differ by less are the same
PROVEN = 1e-6  # HiGHS stops when its bounds are nearer than this
ROUNDS = 100  # of the local search; a few suffice, since the cost falls in each


@dataclass(frozen=True, eq=False)
class Grades:
    """Groups in grades.

    Attributes
    ----------
    grade : ndarray of int, shape (groups,)
        1 is the best; every grade up to the largest occurs.
    objective : float
        Expected discordant minus `trade_off` times expected concordant pairs; not above 0.
    bound : float
        The objective of no grading is below it; equal to `objective` if that is optimal.
    discordance, concordance : float
        Expected share of all pairs that the grades put in the wrong, and in the right order.
    trade_off : float
    method : {"contiguous", "integer", "local"}
        What found the grading.
    exact : bool
        Whether it is known to be optimal.
    """

    grade: IntArray
    objective: float
    bound: float
    discordance: float
    concordance: float
    trade_off: float
    method: GradeMethod
    exact: bool


def grades(
    probability: npt.ArrayLike,
    trade_off: float = 0.25,
    method: GradeMethod | Literal["auto"] = "auto",
    *,
    seconds: float = 60.0,
) -> Grades:
    """Return the grading that weighs pairs put right against pairs put wrong.

    Parameters
    ----------
    probability : array_like, shape (groups, groups)
        P(group i is above group j), as `pairwise` gives; the diagonal is not used.
    trade_off : float
        In [0, 1]: the worth of a pair put right, when one put wrong costs 1. Two groups by
        themselves are separated if one is above the other with a probability of more than
        ``1 / (1 + trade_off)``: 80% by default. 1 ranks as finely as it can, 0 puts all in one.
    method : {"auto", "contiguous", "integer", "local"}
        "contiguous": best cut of the groups in order of their mean probability. "integer": exact,
        by HiGHS (a second for 30 groups). "local": moves of single groups, from the best cut.
        "auto": the first if that is known to be exact, else the second for up to 40 groups, else
        the third.
    seconds : float
        Limit for the integer programme; what it has by then is returned, with `exact` false.

    Returns
    -------
    Grades
        With the fewest grades among equally good cuts of its order.

    Raises
    ------
    ArgumentError
        For a matrix that is not square, entries that are not probabilities of opposite events, a
        trade-off outside [0, 1], or an unknown method.

    Examples
    --------
    >>> grades([[0.5, 0.6, 0.99], [0.4, 0.5, 0.98], [0.01, 0.02, 0.5]]).grade.tolist()
    [1, 1, 2]
    """
    pi = _checked(probability)
    if not 0 <= trade_off <= 1:
        raise ArgumentError("trade_off", trade_off, "a number from 0 to 1")
    if method != "auto" and method not in METHODS:
        raise ArgumentError("method", method, '"auto", ' + ", ".join(METHODS))
    cost = pi.T - trade_off * pi  # of row above column
    np.fill_diagonal(cost, 0.0)
    order = np.argsort(-pi.sum(axis=1), kind="stable")
    bound = float(np.minimum(np.minimum(cost, cost.T), 0.0).sum() / 2)  # each pair by itself
    sorted_ = pi[np.ix_(order, order)]
    dominated = bool((sorted_[:-1] >= sorted_[1:] - SAME).all())
    tried: GradeMethod = "contiguous" if method == "auto" else method
    grade, proven = METHODS[tried](cost, order, seconds)
    if method == "auto" and not dominated and _cost(cost, grade) > bound + SAME:
        tried = "integer" if len(pi) <= INTEGER_UP_TO else "local"
        grade, proven = METHODS[tried](cost, order, seconds)
    objective = _cost(cost, grade)
    if tried == "contiguous" and dominated:
        proven = objective
    bound = min(max(bound, proven), objective)
    above = grade[:, None] < grade
    pairs = max(len(pi) * (len(pi) - 1) / 2, 1.0)
    return Grades(
        grade=grade,
        objective=objective,
        bound=bound,
        discordance=float(pi.T[above].sum() / pairs),
        concordance=float(pi[above].sum() / pairs),
        trade_off=trade_off,
        method=tried,
        exact=objective - bound <= PROVEN,
    )


def _checked(probability: npt.ArrayLike) -> FloatArray:
    """Return the matrix with 1/2 on its diagonal and sums of exactly 1."""
    pi = np.array(probability, dtype=float)
    if pi.ndim != 2 or pi.shape[0] != pi.shape[1] or not len(pi):
        raise ArgumentError("probability", pi.shape, "a square matrix of one group or more")
    np.fill_diagonal(pi, 0.5)
    if not ((pi >= -SUM_ERROR) & (pi <= 1 + SUM_ERROR)).all():
        raise ArgumentError("probability", "an entry outside [0, 1]", "probabilities")
    if np.abs(pi + pi.T - 1).max() > SUM_ERROR:
        raise ArgumentError("probability", "P(i > j) + P(j > i) is not 1", "opposite events")
    return np.asarray((pi + 1 - pi.T) / 2)


def _cost(cost: FloatArray, grade: IntArray) -> float:
    return float(cost[grade[:, None] < grade].sum())


def _cut(cost: FloatArray, order: IntArray) -> IntArray:
    """Return the cheapest grades that are runs of an order, the fewest of them among equals.

    All pairs in order cost a constant; a run gives back what its own pairs cost.
    """
    groups = len(order)
    upper = np.triu(cost[np.ix_(order, order)], 1)
    total = np.zeros((groups + 1, groups + 1))
    total[1:, 1:] = upper.cumsum(axis=0).cumsum(axis=1)
    saved, runs = np.zeros(groups + 1), np.zeros(groups + 1, dtype=np.int64)
    start = np.zeros(groups + 1, dtype=np.int64)
    own = np.diag(total)
    for end in range(1, groups + 1):
        # total[:end, end] holds the pairs that begin before a run; those inside it remain.
        value = saved[:end] + own[end] - total[:end, end]
        best = np.flatnonzero(value >= value.max() - SAME)
        first = best[np.argmin(runs[best])]
        saved[end], runs[end], start[end] = value[first], runs[first] + 1, first
    grade = np.empty(groups, dtype=np.int64)
    end = groups
    while end:
        grade[order[start[end] : end]] = runs[end]
        end = start[end]
    return grade


def _contiguous(cost: FloatArray, order: IntArray, seconds: float) -> tuple[IntArray, float]:
    del seconds  # it needs none worth counting
    return _cut(cost, order), -np.inf


def _integer(cost: FloatArray, order: IntArray, seconds: float) -> tuple[IntArray, float]:
    """Solve for the relation "is above": at most one way; if i over k, i over j or j over k.

    Returns
    -------
    grade : ndarray
    bound : float
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    groups = len(cost)
    if groups < 2:
        return np.ones(groups, dtype=np.int64), 0.0
    name = np.arange(groups**2).reshape(groups, groups)
    i, j, k = (x.ravel() for x in np.indices((groups,) * 3))
    different = (i != j) & (j != k) & (i != k)
    i, j, k = i[different], j[different], k[different]
    a, b = np.triu_indices(groups, 1)
    triple, pair = np.arange(len(i)), len(i) + np.arange(len(a))
    value = np.repeat([1.0, -1.0, 1.0], [len(i), 2 * len(i), 2 * len(a)])
    row = np.concatenate([triple, triple, triple, pair, pair])
    column = np.concatenate([name[i, k], name[i, j], name[j, k], name[a, b], name[b, a]])
    shape = (len(i) + len(a), groups**2)
    matrix = coo_array((value, (row, column)), shape=shape).tocsr()
    most = np.concatenate([np.zeros(len(i)), np.ones(len(a))])
    found = milp(
        cost.ravel(),
        constraints=LinearConstraint(matrix, -np.inf, most),
        bounds=Bounds(0, 1 - np.eye(groups).ravel()),
        integrality=np.ones(groups**2),
        options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )
    fallback, _ = _local(cost, order, seconds)
    bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
    if found.x is None:  # out of time without any solution
        return fallback, bound
    wins = np.rint(found.x).reshape(cost.shape).sum(axis=1)  # equal in a grade of a weak order
    grade = _cut(cost, np.argsort(-wins, kind="stable"))
    better = grade if _cost(cost, grade) <= _cost(cost, fallback) + SAME else fallback
    return better, bound


def _local(cost: FloatArray, order: IntArray, seconds: float) -> tuple[IntArray, float]:
    """Move single groups to where they cost least, into a grade or between two, while it helps."""
    del seconds
    grade = _cut(cost, order)
    for _ in range(ROUNDS):
        before = _cost(cost, grade)
        for group in order:
            grade = _moved(cost, grade, int(group))
        grade = _cut(cost, np.argsort(grade, kind="stable"))
        if _cost(cost, grade) >= before - SAME:
            break
    return grade, -np.inf


def _moved(cost: FloatArray, grade: IntArray, group: int) -> IntArray:
    others = np.arange(len(grade)) != group
    last = int(grade.max())
    # Against those of each grade: what it costs that they are above, or that the group is.
    under = np.bincount(grade[others], cost[others, group], minlength=last + 2)
    over = np.bincount(grade[others], cost[group, others], minlength=last + 2)
    better, worse = under.cumsum(), over[::-1].cumsum()[::-1]
    between = better[:-1] + worse[1:]  # below grade 0, 1, ..., last
    inside = better[:-2] + worse[2:]  # in grade 1, ..., last
    own = inside[grade[group] - 1]
    if min(between.min(), inside.min()) >= own - SAME:
        return grade
    moved = 2 * grade  # even numbers are grades, odd ones the places between
    if inside.min() <= between.min():
        moved[group] = 2 * (1 + int(inside.argmin()))
    else:
        moved[group] = 2 * int(between.argmin()) + 1
    return np.unique(moved, return_inverse=True)[1].reshape(-1) + 1


METHODS: dict[GradeMethod, Callable[[FloatArray, IntArray, float], tuple[IntArray, float]]] = {
    "contiguous": _contiguous,
    "integer": _integer,
    "local": _local,
}
