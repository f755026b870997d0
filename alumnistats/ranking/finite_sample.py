r"""Confidence sets for ranks of independent binomials, valid in samples of any size.

Every directed pair is tested by an exact one-sided test; `alumnistats.ranking.directed_pairs` says
how declarations become sets and proves their level. No normal approximation enters, so groups of
unequal size, rare answers and counts of none or all are all right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray, whole_numbers
from alumnistats.comparisons import barnard, boschloo, fisher_exact
from alumnistats.errors import ArgumentError
from alumnistats.ranking.confidence_sets import SetKind
from alumnistats.ranking.directed_pairs import Correction, CountRankSets, rank_sets_of_p
from alumnistats.ranking.marginal_sets import Tail

DirectedTest = Literal["fisher", "boschloo", "barnard"]
DIRECTED_TESTS: tuple[DirectedTest, ...] = get_args(DirectedTest)

_TESTS: dict[DirectedTest, Callable[..., FloatArray]] = {
    "fisher": fisher_exact,
    "boschloo": boschloo,
    "barnard": barnard,
}


def whole_counts(count: npt.ArrayLike) -> IntArray:
    """Return counts as integers, or raise ArgumentError unless they are whole and not negative."""
    values = whole_numbers(count)
    if values.ndim < 1 or values.shape[-1] < 1:
        raise ArgumentError("count", values.shape, "one count for each group, at least one group")
    if (values < 0).any():
        raise ArgumentError("count", float(values.min()), "0 or more")
    return values.astype(np.int64)


def directed_p_values(
    count: npt.ArrayLike, nobs: npt.ArrayLike, test: DirectedTest = "fisher"
) -> FloatArray:
    """Return the p-value of "j is at least k" for every directed pair of groups.

    Parameters
    ----------
    count, nobs : array_like of int, shape (..., groups)
        Sizes of at least 1.
    test : {"fisher", "boschloo", "barnard"}

    Returns
    -------
    ndarray, shape (..., groups, groups)
        At [j, k]: small when j is below k; 1, which is always valid, unless j was observed below k.

    Raises
    ------
    ArgumentError
        For counts that are not whole or exceed their size, shapes that differ, or an unknown test.

    Examples
    --------
    >>> directed_p_values([12, 9, 1], [15, 15, 15]).round(4).tolist()
    [[1.0, 1.0, 1.0], [0.2135, 1.0, 1.0], [0.0001, 0.0026, 1.0]]
    """
    if test not in _TESTS:
        raise ArgumentError("test", test, "one of " + ", ".join(DIRECTED_TESTS))
    k, n = whole_counts(count), whole_counts(nobs)
    if k.shape != n.shape:
        raise ArgumentError("nobs", n.shape, "one size for each count")
    if (n < 1).any() or (k > n).any():
        raise ArgumentError("count", "a count above its size, or a size of 0", "count <= nobs")
    # Equal cells (count, size) have equal comparisons: each pair of cells is tested once.
    cells, cell = np.unique(np.stack([k.ravel(), n.ravel()]), axis=1, return_inverse=True)
    cell = cell.reshape(k.shape)
    observed = k[..., :, None] * n[..., None, :] < k[..., None, :] * n[..., :, None]
    pair = (cell[..., :, None] * cells.shape[1] + cell[..., None, :])[observed]
    pairs, at = np.unique(pair, return_inverse=True)
    low, high = cells[:, pairs // cells.shape[1]], cells[:, pairs % cells.shape[1]]
    p = np.ones(observed.shape)
    if pairs.size:
        p[observed] = _TESTS[test](high[0], high[1], low[0], low[1], "greater")[at]
    return p


def finite_sample_rank_sets(
    count: npt.ArrayLike,
    nobs: npt.ArrayLike,
    *,
    level: float = 0.95,
    kind: SetKind = "marginal",
    tail: Tail = "two-sided",
    test: DirectedTest = "fisher",
    correction: Correction = "shaffer",
) -> CountRankSets:
    """Return confidence sets for the ranks of independent proportions, exact in any sample.

    Parameters
    ----------
    count, nobs : array_like of int, shape (..., groups)
        Problems along leading axes are separate. Sizes may differ; at least 1.
    level : float
        Coverage in (0, 1).
    kind : {"marginal", "simultaneous"}
        Coverage of each rank by itself, or of all together.
    tail : {"two-sided", "lower", "upper"}
        Bound ranks from both sides, from below only (``upper`` is then the number of groups), or
        from above only. Simultaneous sets of one tail are those of both: bounding all ranks from
        one side takes all directed pairs.
    test : {"fisher", "boschloo", "barnard"}
        Of each directed pair. Boschloo's p-value is never above Fisher's, and costs about a
        millisecond a pair; Fisher's takes seconds for millions of pairs.
    correction : {"bonferroni", "holm", "shaffer"}
        "shaffer": Holm's procedure with the logical restrictions that weak orders obey.

    Returns
    -------
    CountRankSets

    Raises
    ------
    ArgumentError
        For counts that are not whole or exceed their size, shapes that differ, a level outside
        (0, 1), or unknown names.

    See Also
    --------
    alumnistats.ranking.directed_pairs : the procedure, and the proof of its level.

    Examples
    --------
    >>> sets = finite_sample_rank_sets([12, 9, 1], [15, 15, 15])
    >>> sets.lower.tolist(), sets.upper.tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    return rank_sets_of_p(
        directed_p_values(count, nobs, test),
        level=level,
        kind=kind,
        tail=tail,
        correction=correction,
        test=test,
        condition="when the counts are independent and binomial",
    )
