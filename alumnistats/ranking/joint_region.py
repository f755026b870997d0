r"""The joint confidence region for an overall ranking, from intervals that hold together.

Klein, Wright and Wieczorek (2020, Journal of the Royal Statistical Society C 69, 589-606): when
intervals :math:`[L_k, U_k]` cover all values at once, the groups whose interval lies wholly above
that of k are above k, those wholly below are below it, and the rest may be either:

.. math::
    1 + \#\{j: L_j > U_k\} \le r_k \le K - \#\{j: U_j < L_k\}.

Intervals that touch leave the order open. The region needs no more than the intervals, so it suits
readers who see only these; sets from tests of pairs are shorter (two intervals may overlap although
their difference is clear).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray, check_level, whole_numbers
from alumnistats.errors import ArgumentError
from alumnistats.intervals import IntervalMethod, interval
from alumnistats.ranking.confidence_sets import SetKind
from alumnistats.ranking.marginal_sets import Tail

IntervalCorrection = Literal["bonferroni", "independence"]
EXACT_INTERVALS: tuple[IntervalMethod, ...] = ("clopper-pearson",)


@dataclass(frozen=True, eq=False)
class JointRegion:
    """Simultaneous confidence sets for ranks from intervals of the values.

    Attributes
    ----------
    lower, upper : ndarray of int, shape (..., groups)
        Best and worst rank in each set; the largest value has rank 1.
    value_lower, value_upper : ndarray, shape (..., groups)
        The intervals that the sets follow from.
    level : float
        Of all intervals together.
    kind, tail : str
        "simultaneous" and "two-sided".
    guarantee : str
        What the level is a probability of, and when.
    """

    lower: IntArray
    upper: IntArray
    value_lower: FloatArray
    value_upper: FloatArray
    level: float
    guarantee: str
    kind: SetKind = "simultaneous"
    tail: Tail = "two-sided"


def _ranks(low: FloatArray, high: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the bounds of ranks of one problem's intervals, by sorting their ends."""
    groups = len(low)
    above = groups - np.searchsorted(np.sort(low), high, side="right")
    below = np.searchsorted(np.sort(high), low, side="left")
    return 1 + above, groups - below


def joint_region(
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    *,
    level: float = 0.95,
    condition: str = "when the given intervals cover all values at once with that probability",
) -> JointRegion:
    """Return the joint region of the ranks of values with simultaneous intervals.

    Parameters
    ----------
    lower, upper : array_like, shape (..., groups)
        Ends of intervals that cover all values of a problem together with probability `level`;
        infinite ends are allowed. Problems along leading axes are separate.
    level : float
        Stated in the result; the sets follow from the intervals alone.
    condition : str
        End of the guarantee's sentence.

    Returns
    -------
    JointRegion

    Raises
    ------
    ArgumentError
        For shapes that differ, missing ends, an upper end below its lower one, or a level outside
        (0, 1).

    Examples
    --------
    >>> region = joint_region([0.5, 0.3, 0.1], [0.7, 0.6, 0.2])
    >>> region.lower.tolist(), region.upper.tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    if low.ndim < 1 or low.shape != high.shape or low.shape[-1] < 1:
        raise ArgumentError("upper", high.shape, "one upper end for each lower end")
    if not (low <= high).all():
        raise ArgumentError("upper", "a missing end, or one below the lower end", "lower <= upper")
    check_level(level)
    groups = low.shape[-1]
    pairs = zip(low.reshape(-1, groups), high.reshape(-1, groups), strict=True)
    ranks = np.array([_ranks(a, b) for a, b in pairs], dtype=np.int64).reshape(-1, 2, groups)
    return JointRegion(
        ranks[:, 0].reshape(low.shape),
        ranks[:, 1].reshape(low.shape),
        low,
        high,
        level,
        f"covers all ranks at once with probability at least {level:g} {condition}",
    )


def single_level(level: float, groups: int, correction: IntervalCorrection) -> float:
    """Return the level of each interval that makes all of them hold together.

    Parameters
    ----------
    level : float
        Of all together.
    groups : int
    correction : {"bonferroni", "independence"}
        ``1 - (1 - level) / groups``, whatever the dependence; or ``level**(1 / groups)`` (Sidak),
        for independent intervals.
    """
    check_level(level)
    if correction == "bonferroni":
        return 1 - (1 - level) / groups
    if correction == "independence":
        return float(level ** (1 / groups))
    raise ArgumentError("correction", correction, '"bonferroni" or "independence"')


def binomial_joint_region(
    count: npt.ArrayLike,
    nobs: npt.ArrayLike,
    *,
    level: float = 0.95,
    method: IntervalMethod = "clopper-pearson",
    correction: IntervalCorrection = "independence",
) -> JointRegion:
    """Return the joint region of the ranks of independent proportions.

    Parameters
    ----------
    count, nobs : array_like of int, shape (..., groups)
        Sizes of at least 1.
    level : float
        Coverage of all ranks together, in (0, 1).
    method : IntervalMethod
        Of the intervals. Clopper-Pearson's make the region exact in samples of any size; the
        others' level holds in large samples only, and Wald's far from it: a count of none gives an
        interval without width.
    correction : {"bonferroni", "independence"}

    Returns
    -------
    JointRegion

    Raises
    ------
    ArgumentError
        For counts out of range, a level outside (0, 1), or unknown names.

    Examples
    --------
    >>> region = binomial_joint_region([60, 40, 10], [100] * 3)
    >>> region.lower.tolist(), region.upper.tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    if correction not in get_args(IntervalCorrection):
        raise ArgumentError("correction", correction, '"bonferroni" or "independence"')
    k, n = whole_numbers(count), whole_numbers(nobs, "nobs")
    if k.ndim < 1 or k.shape != n.shape or k.shape[-1] < 1:
        raise ArgumentError("nobs", n.shape, "one size for each count")
    low, high = interval(k, n, method, single_level(level, k.shape[-1], correction))
    size = "in samples of any size" if method in EXACT_INTERVALS else "in large samples"
    return joint_region(
        low, high, level=level, condition=f"{size}, when the counts are independent and binomial"
    )
