r"""Which groups may be, and which surely are, among the tau best or the tau worst.

From sets :math:`[L_j, U_j]` that cover all ranks at once, :math:`\{j: L_j \le \tau\}` contains all
groups of rank :math:`\tau` or better with the same probability (Mogstad, Romano, Shaikh and Wilhelm
2024, Review of Economic Studies 91, 476-518, section 3.4), and :math:`\{j: U_j \le \tau\}` contains
no others. On the same event this is so for every :math:`\tau`, best and worst alike: a reader may
choose :math:`\tau` after the data. The sets may come from normal estimates (`rank_sets`), counts
(`finite_sample_rank_sets`, `multinomial_rank_sets`) or intervals (`joint_region`); the guarantee is
theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from alumnistats.arrays import BoolArray, IntArray
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError
from alumnistats.ranking.confidence_sets import SetKind


class SimultaneousSets(Protocol):
    """What any result with sets for all ranks at once has."""

    @property
    def lower(self) -> IntArray:
        """Best rank in each set."""

    @property
    def upper(self) -> IntArray:
        """Worst rank in each set."""

    @property
    def level(self) -> float:
        """Of all sets together."""

    @property
    def kind(self) -> SetKind:
        """Must be simultaneous."""

    @property
    def guarantee(self) -> str:
        """What the level is a probability of."""


@dataclass(frozen=True, eq=False)
class TauGroups:
    """Groups that may be or surely are among the tau best or worst.

    Attributes
    ----------
    possible : ndarray of bool, shape (..., groups)
        Contains every group whose true rank qualifies.
    certain : ndarray of bool, shape (..., groups)
        Contains only groups whose true rank qualifies.
    tau : int
    end : {"best", "worst"}
    level : float
    guarantee : str
        What the level is a probability of, and when.
    """

    __repr__ = short_repr

    possible: BoolArray
    certain: BoolArray
    tau: int
    end: Literal["best", "worst"]
    level: float
    guarantee: str


def _check(sets: SimultaneousSets, tau: int) -> int:
    if sets.kind != "simultaneous":
        raise ArgumentError("sets", sets.kind, "simultaneous sets: marginal ones hold singly only")
    groups = sets.lower.shape[-1]
    if isinstance(tau, bool) or tau not in range(1, groups + 1):
        raise ArgumentError("tau", tau, f"a whole number from 1 to {groups}")
    return groups


def _result(
    sets: SimultaneousSets,
    best: IntArray,
    worst: IntArray,
    tau: int,
    end: Literal["best", "worst"],
) -> TauGroups:
    guarantee = (
        f"`possible` leaves out none of the {tau} {end} and `certain` has no other, for all tau at "
        f"once, where the sets are right; of these: {sets.guarantee}"
    )
    return TauGroups(best <= tau, worst <= tau, int(tau), end, sets.level, guarantee)


def tau_best(sets: SimultaneousSets, tau: int = 1) -> TauGroups:
    """Return the groups that may be and that surely are of rank tau or better.

    Parameters
    ----------
    sets : RankSets, CountRankSets or JointRegion
        Simultaneous sets for ranks. Sets of the tail "lower" suffice for `possible`.
    tau : int
        From 1 to the number of groups. With ties more than tau groups may have rank tau or better.

    Returns
    -------
    TauGroups

    Raises
    ------
    ArgumentError
        For marginal sets, or a tau out of range.

    Examples
    --------
    >>> from alumnistats.ranking import rank_sets
    >>> sets = rank_sets([0.60, 0.50, 0.30], [0.002] * 3, kind="simultaneous")
    >>> found = tau_best(sets, 2)
    >>> found.possible.tolist(), found.certain.tolist()
    ([True, True, False], [True, True, False])
    """
    _check(sets, tau)
    return _result(sets, sets.lower, sets.upper, tau, "best")


def tau_worst(sets: SimultaneousSets, tau: int = 1) -> TauGroups:
    """Return the groups that may be and that surely are among the tau worst.

    Parameters
    ----------
    sets : RankSets, CountRankSets or JointRegion
        Simultaneous sets for ranks. Sets of the tail "upper" suffice for `possible`.
    tau : int
        From 1 to the number of groups. A group is among the tau worst when fewer than tau groups
        are strictly below it, as in `tau_best` of the negative values. (The sets of this package
        cover every rank that a tied group could be given, so they serve both ends.)

    Returns
    -------
    TauGroups
        With the errors of `tau_best`.

    Examples
    --------
    >>> from alumnistats.ranking import rank_sets
    >>> sets = rank_sets([0.60, 0.50, 0.30], [0.002] * 3, kind="simultaneous")
    >>> found = tau_worst(sets, 1)
    >>> found.possible.tolist(), found.certain.tolist()
    ([False, False, True], [False, False, True])
    """
    groups = _check(sets, tau)
    return _result(sets, groups + 1 - sets.upper, groups + 1 - sets.lower, tau, "worst")
