r"""The ranking to publish: the one with the least expected loss.

A ranking gives every group another rank. Each loss here is a sum over groups of a cost of the rank
given, :math:`d`, and the true rank, :math:`r`; its expectation needs the rank distribution only:

.. math:: E L(d) = \sum_g C_{g, d_g}, \qquad C_{g, d} = \sum_r P(r_g = r) \, \ell(d, r),

and the ranking of least expected loss is an assignment of ranks to groups of least cost, which is
found exactly. For two losses the assignment has a closed form. Squared error:
:math:`C_{g, d} = (d - E r_g)^2 + V(r_g)`, least when ranks are in the order of the expected ranks
(exchanging two groups in the wrong order changes the sum by
:math:`2 (d - d') (E r_g - E r_{g'}) < 0`). Misclassification of the top t: the sum depends on which
groups are called top only, and each adds :math:`1 - 2 P(r_g \le t)` to a constant.

Losses for the top: Lin, Louis, Paddock and Ridgeway (2006, Bayesian Analysis 1, 915-946, section
3), in ranks instead of percentiles. The cut lies between the ranks t and t + 1, at t + 1/2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.ranking.further.credible_sets import check_law

Loss = Literal[
    "squared",
    "absolute",
    "zero-one",
    "top",
    "top-given-distance",
    "top-true-distance",
    "top-both-distances",
]

Cost = Callable[[FloatArray, FloatArray, float], FloatArray]


def _misplaced(given: FloatArray, true: FloatArray, cut: float) -> FloatArray:
    return np.asarray((given < cut) != (true < cut), dtype=float)


# Cost of giving a rank when another is true; `cut` lies between the last rank of the top and the
# next one. All take it, though only the losses of a top use it: hence the exemptions (ARG005).
LOSSES: dict[Loss, Cost] = {
    "squared": lambda given, true, cut: (given - true) ** 2,  # noqa: ARG005
    "absolute": lambda given, true, cut: np.abs(given - true),  # noqa: ARG005
    "zero-one": lambda given, true, cut: (given != true).astype(float),  # noqa: ARG005
    "top": _misplaced,
    "top-given-distance": lambda given, true, cut: (
        _misplaced(given, true, cut) * (given - cut) ** 2
    ),
    "top-true-distance": lambda given, true, cut: _misplaced(given, true, cut) * (true - cut) ** 2,
    "top-both-distances": lambda given, true, cut: (
        _misplaced(given, true, cut) * (given - true) ** 2
    ),
}


@dataclass(frozen=True, eq=False)
class OptimalRanks:
    """A ranking of least expected loss.

    Attributes
    ----------
    ranks : ndarray of int, shape (groups,)
        Rank given to each group; every rank once.
    expected_loss : float
        Summed over the groups; squared or plain ranks, or a number of groups.
    loss : str
    top : int or None
    """

    ranks: IntArray
    expected_loss: float
    loss: Loss
    top: int | None

    @property
    def order(self) -> IntArray:
        """Groups from the first rank to the last, shape (groups,)."""
        return np.argsort(self.ranks)


def _cost_matrix(law: FloatArray, loss: Loss, top: int | None) -> FloatArray:
    """Return the expected cost of giving each group each rank, shape (groups, groups)."""
    if loss not in LOSSES:
        raise ArgumentError("loss", loss, "one of " + ", ".join(LOSSES))
    groups = len(law)
    if loss.startswith("top"):
        if top is None or not 1 <= top <= groups or top != int(top):
            raise ArgumentError("top", top, f"how many groups the top has, from 1 to {groups}")
    elif top is not None:
        raise ArgumentError("top", top, f"nothing: the loss {loss} has no top")
    ranks = np.arange(1.0, groups + 1)
    cut = np.inf if top is None else top + 0.5
    return np.asarray(law @ LOSSES[loss](ranks[:, None], ranks[None, :], cut).T)


def expected_loss(
    law: npt.ArrayLike, ranks: npt.ArrayLike, loss: Loss = "squared", *, top: int | None = None
) -> float:
    """Return the expected loss of a ranking, such as the published one.

    Parameters
    ----------
    law : array_like, shape (groups, groups)
        P(group g has rank r), as from `rank_distribution`.
    ranks : array_like of int, shape (groups,)
        Rank given to each group, from 1 to the number of groups; ties allowed.
    loss : str
        As in `optimal_ranks`.
    top : int, optional
        As in `optimal_ranks`.

    Examples
    --------
    >>> law = [[0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.1, 0.2, 0.7]]
    >>> round(expected_loss(law, [1, 2, 3]), 2), round(expected_loss(law, [2, 1, 3]), 2)
    (1.8, 2.6)
    """
    values = check_law(law)
    given = np.asarray(ranks)
    if given.shape != (len(values),) or not np.isin(given, np.arange(1, len(values) + 1)).all():
        raise ArgumentError("ranks", given.tolist(), f"{len(values)} ranks from 1 on")
    cost = _cost_matrix(values, loss, top)
    return float(cost[np.arange(len(values)), given.astype(int) - 1].sum())


def optimal_ranks(
    law: npt.ArrayLike, loss: Loss = "squared", *, top: int | None = None
) -> OptimalRanks:
    """Return the ranking with the least expected loss.

    Parameters
    ----------
    law : array_like, shape (groups, groups)
        P(group g has rank r), as from `rank_distribution`; rows sum to 1.
    loss : str
        "squared", "absolute": distance of the rank given from the true one. "zero-one": number of
        groups whose rank is wrong. "top": number of groups wrongly called top or not top; within
        the top and below it the order is that of the expected ranks. "top-given-distance",
        "top-true-distance", "top-both-distances": such errors weighted by the square of the
        distance of the rank given from the cut, of the true rank from it, and of the two ranks
        from each other.
    top : int, optional
        Size of the top, for the losses that have one.

    Returns
    -------
    OptimalRanks
        Between rankings of equal expected loss the choice is arbitrary but repeatable.

    Raises
    ------
    ArgumentError
        For a table that is no rank distribution, an unknown loss, or a size that is missing, out of
        range or not meant.

    Examples
    --------
    >>> law = [[0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.1, 0.2, 0.7]]
    >>> found = optimal_ranks(law)
    >>> found.ranks.tolist(), round(found.expected_loss, 2)
    ([1, 2, 3], 1.8)
    """
    values = check_law(law)
    cost = _cost_matrix(values, loss, top)
    groups = len(values)
    expected = values @ np.arange(1, groups + 1)
    if loss == "squared":
        order = np.argsort(expected, kind="stable")
    elif loss == "top" and top is not None:
        order = top_list(values, top)
        rest = np.setdiff1d(np.arange(groups), order)
        order = np.concatenate([order, rest[np.argsort(expected[rest], kind="stable")]])
    else:
        order = np.argsort(linear_sum_assignment(cost)[1])
    ranks = np.empty(groups, dtype=np.int64)
    ranks[order] = np.arange(groups)
    return OptimalRanks(ranks + 1, float(cost[np.arange(groups), ranks].sum()), loss, top)


def top_list(law: npt.ArrayLike, top: int) -> IntArray:
    """Return the top list with the fewest expected errors, in the order of expected ranks.

    The `top` groups with the largest P(rank <= top): the optimum of the loss "top". (Which *set* is
    most probably the whole top is another question: `most_probable_top`.)

    Parameters
    ----------
    law : array_like, shape (groups, groups)
    top : int

    Returns
    -------
    ndarray of int, shape (top,)

    Examples
    --------
    >>> law = [[0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.1, 0.2, 0.7]]
    >>> top_list(law, 2).tolist()
    [0, 1]
    """
    values = check_law(law)
    if not 1 <= top <= len(values):
        raise ArgumentError("top", top, f"from 1 to {len(values)}")
    expected = values @ np.arange(1, len(values) + 1)
    chance = values[:, :top].sum(axis=1)
    # Where P(rank <= top) is the same but for rounding the better expected rank goes first.
    chosen = np.lexsort((expected, -np.round(chance, 12)))[:top]
    return chosen[np.argsort(expected[chosen], kind="stable")]


def median_ranks(law: npt.ArrayLike) -> IntArray:
    """Return each group's smallest rank with P(rank <= r) of at least 1/2, shape (groups,).

    Parameters
    ----------
    law : array_like, shape (groups, groups)

    Examples
    --------
    >>> law = [[0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.1, 0.2, 0.7]]
    >>> median_ranks(law).tolist()
    [1, 2, 3]
    """
    return 1 + np.argmax(np.cumsum(check_law(law), axis=1) >= 0.5 - 1e-12, axis=1)
