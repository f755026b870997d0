"""What comparisons share: checks of arguments, distinct tables, tails, ends of intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from alumnistats.arrays import whole_numbers
from alumnistats.errors import ArgumentError

Alternative = Literal["two-sided", "greater", "less"]
ALTERNATIVES: tuple[Alternative, ...] = get_args(Alternative)
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BISECTIONS = 55  # halvings of a range of length at most 2: to 1e-16


def check_counts(count: FloatArray, nobs: FloatArray, smallest: int = 1) -> None:
    """Raise ArgumentError unless ``0 <= count <= nobs`` and ``nobs >= smallest`` everywhere."""
    if not ((count >= 0) & (count <= nobs) & (nobs >= smallest)).all():
        raise ArgumentError(
            "counts",
            "a count below 0 or above its size, or a size too small",
            f"0 <= count <= size, and sizes of at least {smallest}",
        )


def check_alternative(alternative: str) -> None:
    """Raise ArgumentError unless the alternative is one of `ALTERNATIVES`."""
    if alternative not in ALTERNATIVES:
        raise ArgumentError("alternative", alternative, '"two-sided", "greater" or "less"')


def for_distinct_tables(
    compute: Callable[[FloatArray, FloatArray, FloatArray, FloatArray], FloatArray],
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
) -> FloatArray:
    """Return ``compute(k1, n1, k2, n2)`` of every table, each distinct one computed once.

    `compute` gets checked, whole counts of shape (tables,) in order of (n1, n2, k1, k2); samples of
    nobody are allowed. The result has the shape to which the arguments broadcast.
    """
    arrays = np.broadcast_arrays(*(whole_numbers(x, "counts") for x in (n1, n2, k1, k2)))
    flat = np.stack([x.ravel() for x in arrays])
    check_counts(flat[2], flat[0], smallest=0)
    check_counts(flat[3], flat[1], smallest=0)
    cells, inverse = np.unique(flat, axis=1, return_inverse=True)
    m, n, a, b = cells
    return np.asarray(compute(a, m, b, n)[inverse.reshape(-1)].reshape(arrays[0].shape))


def check_level(
    value: float,
    parameter: str = "level",
    expected: str = "a confidence strictly between 0 and 1",
    smallest: float = 0.0,
) -> None:
    """Raise ArgumentError unless the value lies strictly between `smallest` and 1."""
    if not smallest < value < 1:
        raise ArgumentError(parameter, value, expected)


def farthest(
    kept: Callable[[FloatArray], npt.NDArray[np.bool_]], inside: FloatArray, end: float
) -> FloatArray:
    """Return how far from `inside` towards `end` values are kept, by bisection.

    `kept` is true at `inside` and changes at most once on the way.
    """
    near, far = inside.copy(), np.full(inside.shape, end)
    for _ in range(BISECTIONS):
        middle = (near + far) / 2
        yes = kept(middle)
        near, far = np.where(yes, middle, near), np.where(yes, far, middle)
    return np.where(kept(np.full(inside.shape, end)), end, (near + far) / 2)


def normal_tail(z: FloatArray, alternative: Alternative) -> FloatArray:
    """Return the normal tail probability of a statistic that is large for "greater"."""
    if alternative == "two-sided":
        return np.asarray(2 * ndtr(-np.abs(z)))
    return np.asarray(ndtr(-z if alternative == "greater" else z))
