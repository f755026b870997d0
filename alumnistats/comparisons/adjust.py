"""Adjustment of p-values for the number of tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError

Adjustment = Literal["holm", "hochberg", "bonferroni", "bh", "by"]
ADJUSTMENTS: tuple[Adjustment, ...] = get_args(Adjustment)


def adjust(p: npt.ArrayLike, method: Adjustment = "holm") -> FloatArray:
    """Return adjusted p-values along the last axis.

    Parameters
    ----------
    p : array_like, shape (..., tests)
    method : {"holm", "hochberg", "bonferroni", "bh", "by"}
        Holm (1979, Scandinavian Journal of Statistics 6, 65-70), Hochberg (1988, Biometrika 75,
        800-802), Bonferroni; false discovery rate after Benjamini and Hochberg (1995) or
        Benjamini and Yekutieli (2001).

    Returns
    -------
    ndarray
        Shape of `p`.

    Raises
    ------
    ArgumentError
        For an unknown method.

    Examples
    --------
    >>> adjust([0.01, 0.02, 0.04], "holm").round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    values = np.asarray(p, dtype=float)
    tests = values.shape[-1]
    if method not in ADJUSTMENTS:
        raise ArgumentError("method", method, "one of " + ", ".join(ADJUSTMENTS))
    if method == "bonferroni":
        return np.minimum(values * tests, 1.0)
    rank = np.arange(1, tests + 1)
    if method in ("holm", "hochberg"):
        return _stepwise(values, lambda p: p * (tests - rank + 1), down=method == "holm")
    times = (1 / rank).sum() if method == "by" else 1.0
    return _stepwise(values, lambda p: p * tests / rank * times, down=False)


def _stepwise(
    values: FloatArray, scaled: Callable[[FloatArray], FloatArray], *, down: bool
) -> FloatArray:
    """Return p-values that are scaled by rank, and then keep their order.

    Stepping down none is below a smaller one's, stepping up none above a larger one's.
    """
    order = np.argsort(values, axis=-1, kind="stable")
    ranked = scaled(np.take_along_axis(values, order, axis=-1))
    if down:
        monotone = np.maximum.accumulate(ranked, axis=-1)
    else:
        monotone = np.minimum.accumulate(ranked[..., ::-1], axis=-1)[..., ::-1]
    out = np.empty_like(values)
    np.put_along_axis(out, order, np.minimum(monotone, 1.0), axis=-1)
    return out


def shaffer(p: npt.ArrayLike, groups: int) -> FloatArray:
    """Return Shaffer's adjusted p-values of all pairwise comparisons of `groups` groups.

    Holm's procedure, with the number of hypotheses that can still be true at once in the place of
    the number of those left: if two groups differ, not all other pairs can be equal. (Shaffer
    1986, Journal of the American Statistical Association 81, 826-831, procedure 1.) It controls
    the probability of any false rejection under every dependence, and never rejects less than Holm.

    Parameters
    ----------
    p : array_like, shape (..., pairs)
    groups : int

    Returns
    -------
    ndarray, shape (..., pairs)

    Raises
    ------
    ArgumentError
        When there are not ``groups (groups - 1) / 2`` values.

    Examples
    --------
    >>> shaffer([0.01, 0.02, 0.04], 3).round(3).tolist()
    [0.03, 0.03, 0.04]
    """
    values = np.asarray(p, dtype=float)
    tests = groups * (groups - 1) // 2
    if values.shape[-1] != tests:
        raise ArgumentError("p", values.shape[-1], f"{tests} pairs of {groups} groups")
    possible = np.array(sorted(_true_pairs(groups)))
    left = np.arange(tests, 0, -1)
    factor = possible[np.searchsorted(possible, left, side="right") - 1]
    return _stepwise(values, lambda p: p * factor, down=True)


def _true_pairs(groups: int) -> set[int]:
    """Return the numbers of pairs that can be equal: those within the blocks of a partition."""
    reached: list[set[int]] = [{0}]
    for size in range(1, groups + 1):
        reached.append(
            {
                block * (block - 1) // 2 + x
                for block in range(1, size + 1)
                for x in reached[size - block]
            }
        )
    return reached[groups]
