r"""Ranks of values, with every rule for ties.

A rule :math:`\omega` in [0, 1] gives a value the rank :math:`1 + a + \omega e`, where a is the
number of values strictly better and e that of the others equal to it: the smallest rank of its tie
(0), the middle (0.5) or the largest (1). These are the definitions of the functions of the same
names in the R package csranks (Chetverikov and Wilhelm 2023, arXiv 2310.15512).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError

FirstRank = Literal["largest", "smallest"]


def irank(values: npt.ArrayLike, *, omega: float = 0.0, first: FirstRank = "largest") -> FloatArray:
    """Return the ranks of values, from 1 to their number.

    Parameters
    ----------
    values : array_like, shape (..., groups)
        Not missing; ranked along the last axis.
    omega : float
        Rule for ties in [0, 1]: 0 the smallest possible rank, 0.5 the middle one, 1 the largest.
    first : {"largest", "smallest"}
        Which value has rank 1. "smallest" is ``increasing = TRUE`` of csranks.

    Returns
    -------
    ndarray, shape (..., groups)
        Whole numbers when omega is 0 or 1.

    Raises
    ------
    ArgumentError
        For missing values, an omega outside [0, 1], or an unknown `first`.

    Examples
    --------
    >>> irank([0.5, 0.3, 0.5, 0.1]).tolist()
    [1.0, 3.0, 1.0, 4.0]
    >>> irank([0.5, 0.3, 0.5, 0.1], omega=1.0).tolist()
    [2.0, 3.0, 2.0, 4.0]
    """
    x = np.asarray(values, dtype=float)
    if x.ndim < 1 or np.isnan(x).any():
        raise ArgumentError("values", "a missing value or a scalar", "an array of numbers")
    if not 0 <= omega <= 1:
        raise ArgumentError("omega", omega, "a number from 0 to 1")
    if first == "largest":
        x = -x
    elif first != "smallest":
        raise ArgumentError("first", first, '"largest" or "smallest"')
    rows = x.reshape(-1, x.shape[-1]) if x.size else x.reshape(0, x.shape[-1])
    ordered = np.sort(rows, axis=1)
    better = [np.searchsorted(o, r, side="left") for o, r in zip(ordered, rows, strict=True)]
    upto = [np.searchsorted(o, r, side="right") for o, r in zip(ordered, rows, strict=True)]
    a, b = np.array(better, dtype=float), np.array(upto, dtype=float)
    return np.asarray((1 + a + omega * (b - a - 1)).reshape(x.shape))


def frank(values: npt.ArrayLike, *, omega: float = 0.0, first: FirstRank = "largest") -> FloatArray:
    """Return fractional ranks: `irank` divided by the number of values, in (0, 1].

    Parameters
    ----------
    values, omega, first
        As in `irank`. With ``omega=1`` and ``first="smallest"`` it is the empirical distribution
        function at each value.

    Returns
    -------
    ndarray, shape (..., groups)

    Raises
    ------
    ArgumentError
        As `irank`.

    Examples
    --------
    >>> frank([0.5, 0.3, 0.5, 0.1]).tolist()
    [0.25, 0.75, 0.25, 1.0]
    """
    ranks = irank(values, omega=omega, first=first)
    return np.asarray(ranks / max(ranks.shape[-1], 1))
