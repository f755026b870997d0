r"""Intervals and marks by which a reader may judge which groups differ.

*Comparison intervals* (Goldstein and Healy 1995, Journal of the Royal Statistical Society A 158,
175-177): :math:`\hat\theta_j \pm c s_j`, with one c for all groups, such that two of them fail to
overlap by chance with the right probability on average over the pairs. Independent normal
estimates of equal values are more than :math:`c (s_i + s_j)` apart with probability

.. math::
    2 \Phi\left(-c (s_i + s_j) / \sqrt{s_i^2 + s_j^2}\right),

and c solves "the mean of this over all pairs is 1 - level". For equal standard errors c is
:math:`z / \sqrt 2`: 1.386 at 95%. Ordinary intervals, with c = 1.96, overlap too often to be
compared.

*Comparison with a reference group* (the shaded columns of Wright, Klein and Wieczorek 2019, The
American Statistician 73, 165-178): which groups lie surely above or below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from alumnistats.arrays import FloatArray, IntArray, check_level
from alumnistats.errors import ArgumentError
from alumnistats.ranking.joint_region import single_level

PairCorrection = Literal["none", "bonferroni"]
Family = Literal["reference", "all-pairs", "region"]
FAMILIES: tuple[Family, ...] = get_args(Family)
CELLS = 2**20  # pairs that are evaluated at once


@dataclass(frozen=True, eq=False)
class ComparisonIntervals:
    """Intervals whose overlap is meant to be looked at.

    Attributes
    ----------
    lower, upper : ndarray, shape (groups,)
        Ends, in the unit of the estimates, which lie in the middle.
    multiplier : float
        Half the width of each interval, in its standard errors.
    level : float
        As asked for.
    pair_error : float
        Mean probability, over the pairs, that intervals of two equal values do not overlap.
    smallest_error, largest_error : float
        Of single pairs: the more unequal two standard errors, the larger. All three are the same
        where all standard errors are.
    guarantee : str
        What the level is a probability of, and when.
    """

    lower: FloatArray
    upper: FloatArray
    multiplier: float
    level: float
    pair_error: float
    smallest_error: float
    largest_error: float
    guarantee: str


@dataclass(frozen=True, eq=False)
class ReferenceComparison:
    """Which groups lie surely above or below one of them.

    Attributes
    ----------
    reference : int
    position : ndarray of int, shape (groups,)
        1: surely above the reference; -1: surely below; 0: undecided, or the reference itself.
    level : float
        Of all decisions of the family together.
    family : str
    guarantee : str
        What the level is a probability of, and when.
    """

    reference: int
    position: IntArray
    level: float
    family: Family
    guarantee: str


def _checked(
    estimate: npt.ArrayLike, variance: npt.ArrayLike, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return estimates and standard errors, both of shape (groups,)."""
    x, v = np.asarray(estimate, dtype=float), np.asarray(variance, dtype=float)
    if x.ndim != 1 or x.shape != v.shape or not len(x):
        raise ArgumentError("variance", v.shape, "one variance for each estimate")
    if not (np.isfinite(x).all() and np.isfinite(v).all() and (v >= 0).all()):
        raise ArgumentError("variance", "a negative or missing value", "finite, not negative")
    check_level(level)
    return x, np.sqrt(v)


def _mean_over_pairs(
    se: FloatArray, function: Callable[[FloatArray], FloatArray]
) -> tuple[float, float, float]:
    """Return mean, smallest and largest value of a function of (s_i + s_j) / sqrt(s_i^2 + s_j^2).

    Equal standard errors are taken together, and pairs of two known values left out: their order
    is certain whatever the multiplier.
    """
    value, number = np.unique(se, return_counts=True)
    total, pairs, smallest, largest = 0.0, 0.0, np.inf, -np.inf
    rows = max(CELLS // len(value), 1)
    for first in range(0, len(value), rows):
        own, mine = value[first : first + rows, None], number[first : first + rows, None]
        other, theirs = value[first:], number[first:]
        row, column = np.arange(len(own))[:, None], np.arange(len(other))
        weight = np.where(column > row, mine * theirs, 0.0)
        weight += np.where(column == row, mine * (mine - 1) / 2, 0.0)
        length = np.hypot(own, other)
        used = (weight > 0) & (length > 0)
        found = function((own + other)[used] / length[used])
        total += float(weight[used] @ found)
        pairs += float(weight[used].sum())
        smallest = min(smallest, found.min(initial=np.inf))
        largest = max(largest, found.max(initial=-np.inf))
    return (total / pairs, smallest, largest) if pairs else (0.0, 0.0, 0.0)


def comparison_intervals(
    estimate: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    level: float = 0.95,
    correction: PairCorrection = "none",
) -> ComparisonIntervals:
    """Return intervals whose overlap tells which pairs of groups differ.

    Parameters
    ----------
    estimate, variance : array_like, shape (groups,)
        Of independent estimates; a variance of 0 is a known value.
    level : float
        One minus the probability that two equal groups' intervals do not overlap: on average over
        the pairs, or with "bonferroni" for all pairs together.
    correction : {"none", "bonferroni"}
        For a reader who looks at one pair chosen in advance, or at all of them.

    Returns
    -------
    ComparisonIntervals

    Raises
    ------
    ArgumentError
        For shapes that differ, negative variances, a level outside (0, 1), or an unknown
        correction.

    Examples
    --------
    >>> found = comparison_intervals([0.6, 0.5, 0.3], [0.002] * 3)
    >>> found.lower.round(3).tolist(), found.upper.round(3).tolist()
    ([0.538, 0.438, 0.238], [0.662, 0.562, 0.362])
    """
    x, se = _checked(estimate, variance, level)
    if correction not in get_args(PairCorrection):
        raise ArgumentError("correction", correction, '"none" or "bonferroni"')
    pairs = len(x) * (len(x) - 1) / 2
    error = (1 - level) / (max(pairs, 1) if correction == "bonferroni" else 1)
    z = -float(ndtri(error / 2))

    def gap(c: float) -> float:
        return _mean_over_pairs(se, lambda ratio: 2 * ndtr(-c * ratio))[0] - error

    # The ratio lies between 1 and the root of two; rounding may hide a root at either end.
    low, high = z / np.sqrt(2) * (1 - 1e-9), z * (1 + 1e-9)
    certain = len(x) == 1 or not se.any()
    c = low if certain else float(brentq(gap, low, high, xtol=1e-11))
    mean, smallest, largest = _mean_over_pairs(se, lambda ratio: 2 * ndtr(-c * ratio))
    what = {
        "none": f"equal groups' intervals overlap with probability {level:g} on average over pairs",
        "bonferroni": f"all equal groups' intervals overlap with probability at least {level:g}",
    }[correction]
    return ComparisonIntervals(
        x - c * se, x + c * se, c, level, mean, smallest, largest,
        f"{what}, for independent normal estimates of the given variances",
    )  # fmt: skip


def _pairwise(number: Callable[[int], float]) -> Callable[..., IntArray]:
    """Compare differences with the reference with Bonferroni's quantile for so many of them."""

    def position(x: FloatArray, se: FloatArray, reference: int, level: float) -> IntArray:
        critical = -float(ndtri((1 - level) / (2 * max(number(len(x)), 1.0))))
        gap, spread = x - x[reference], np.hypot(se, se[reference])
        return np.where(np.abs(gap) > critical * spread, np.sign(gap), 0).astype(np.int64)

    return position


def _region(x: FloatArray, se: FloatArray, reference: int, level: float) -> IntArray:
    """Compare intervals of single values that hold together, as the joint region does."""
    z = float(ndtri((1 + single_level(level, len(x), "independence")) / 2))
    low, high = x - z * se, x + z * se
    above, below = low > high[reference], high < low[reference]
    return above.astype(np.int64) - below.astype(np.int64)


POSITIONS: dict[Family, Callable[..., IntArray]] = {
    "reference": _pairwise(lambda groups: groups - 1),
    "all-pairs": _pairwise(lambda groups: groups * (groups - 1) / 2),
    "region": _region,
}
HOLDS = {
    "reference": "all comparisons with this group, chosen in advance,",
    "all-pairs": "all comparisons with any group",
    "region": "all comparisons with any group",
}


def compare_with(
    reference: int,
    estimate: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    level: float = 0.95,
    family: Family = "reference",
) -> ReferenceComparison:
    """Return which groups lie surely above or below a reference group.

    Parameters
    ----------
    reference : int
        Index of the group.
    estimate, variance : array_like, shape (groups,)
        Of independent estimates.
    level : float
        Probability that no decision of the family is wrong.
    family : {"reference", "all-pairs", "region"}
        Bonferroni's correction for the K - 1 comparisons with a reference chosen in advance; for
        all K (K - 1) / 2 pairs, so that the reference may be chosen after looking; or the joint
        region of Klein, Wright and Wieczorek, whose intervals of single values decide less.

    Returns
    -------
    ReferenceComparison

    Raises
    ------
    ArgumentError
        For shapes that differ, negative variances, a level outside (0, 1), an unknown family, or
        an index out of range.

    Examples
    --------
    >>> compare_with(1, [0.7, 0.5, 0.48], [0.002] * 3).position.tolist()
    [1, 0, 0]
    """
    x, se = _checked(estimate, variance, level)
    if not 0 <= reference < len(x):
        raise ArgumentError("reference", reference, f"an index from 0 to {len(x) - 1}")
    if family not in FAMILIES:
        raise ArgumentError("family", family, "one of " + ", ".join(FAMILIES))
    return ReferenceComparison(
        reference,
        POSITIONS[family](x, se, reference, level),
        level,
        family,
        f"{HOLDS[family]} are right with probability at least {level:g}, for independent normal "
        "estimates of the given variances",
    )
