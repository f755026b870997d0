"""What comparisons share: checks of arguments, distinct tables, tails, ends of intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from alumnistats.arrays import BoolArray, FloatArray, whole_numbers
from alumnistats.errors import ArgumentError

Alternative = Literal["two-sided", "greater", "less"]
ALTERNATIVES: tuple[Alternative, ...] = get_args(Alternative)

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
    count_a: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
) -> FloatArray:
    """Return what `compute` gives of every table, each distinct one computed once.

    It gets checked, whole counts and sizes of shape (tables,), tables in order of both sizes, and
    of counts then; samples of nobody are allowed. The result has the shape to which the arguments
    broadcast.
    """
    arrays = np.broadcast_arrays(
        *(whole_numbers(x, "counts") for x in (nobs_a, nobs_b, count_a, count_b))
    )
    flat = np.stack([x.ravel() for x in arrays])
    check_counts(flat[2], flat[0], smallest=0)
    check_counts(flat[3], flat[1], smallest=0)
    cells, inverse = np.unique(flat, axis=1, return_inverse=True)
    m, n, a, b = cells
    return np.asarray(compute(a, m, b, n)[inverse.reshape(-1)].reshape(arrays[0].shape))


def farthest(kept: Callable[[FloatArray], BoolArray], inside: FloatArray, end: float) -> FloatArray:
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
