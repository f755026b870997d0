"""Adjustment of p-values for the number of tests."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError

Adjustment = Literal["holm", "hochberg", "bonferroni", "bh", "by"]
ADJUSTMENTS: tuple[Adjustment, ...] = get_args(Adjustment)
FloatArray = npt.NDArray[np.float64]


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
    """
    values = np.asarray(p, dtype=float)
    tests = values.shape[-1]
    if method not in ADJUSTMENTS:
        raise ArgumentError("method", method, "one of " + ", ".join(ADJUSTMENTS))
    if method == "bonferroni":
        return np.minimum(values * tests, 1.0)
    order = np.argsort(values, axis=-1, kind="stable")
    ranked = np.take_along_axis(values, order, axis=-1)
    rank = np.arange(1, tests + 1)
    if method in ("holm", "hochberg"):
        scaled = ranked * (tests - rank + 1)
    else:
        scaled = ranked * tests / rank
        if method == "by":
            scaled = scaled * (1 / rank).sum()
    if method == "holm":
        monotone = np.maximum.accumulate(scaled, axis=-1)
    else:
        monotone = np.minimum.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    out = np.empty_like(values)
    np.put_along_axis(out, order, np.minimum(monotone, 1.0), axis=-1)
    return out
