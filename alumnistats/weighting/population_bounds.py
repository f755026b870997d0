r"""Weights of groups of which only bounds are known: the lowest and the highest weighted share.

Over all weights between bounds that sum to 1, :math:`\sum_g W_g \theta_g` is a linear program with
one equation. Its solution is greedy (the continuous knapsack problem of Dantzig 1957, Operations
Research 5, 266-288): every group has its least weight, and what is left goes to the groups of the
largest shares, or of the smallest, up to their greatest weights.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError

ROUNDING = 1e-9  # by which decimals of a file may miss 1


def extreme_weights(
    shares: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, *, largest: bool
) -> FloatArray:
    """Return the weights that make a weighted share as large, or as small, as it can be.

    Parameters
    ----------
    shares : array_like, shape (..., groups)
    low, high : array_like, shape (groups,)
        Bounds of the weights, in [0, 1].
    largest : bool
        Whether the weighted share is to be as large as possible.

    Returns
    -------
    ndarray, shape (..., groups)
        They sum to 1.

    Raises
    ------
    ArgumentError
        If no weights between the bounds sum to 1.

    Examples
    --------
    >>> extreme_weights([0.2, 0.5, 0.4], [0.1, 0.1, 0.1], [0.6, 0.6, 0.6], largest=True).round(6)
    array([0.1, 0.6, 0.3])
    """
    theta = np.asarray(shares, dtype=float)
    least, most = (np.asarray(bound, dtype=float) for bound in (low, high))
    if (least > most).any() or least.sum() > 1 + ROUNDING or most.sum() < 1 - ROUNDING:
        raise ArgumentError("weights", f"between {least} and {most}", "bounds around weights of 1")
    order = np.argsort(-theta if largest else theta, axis=-1, kind="stable")
    room = np.take_along_axis(np.broadcast_to(most - least, theta.shape), order, axis=-1)
    taken = np.clip(1 - least.sum() - (np.cumsum(room, axis=-1) - room), 0.0, room)
    weights = np.empty_like(theta)
    np.put_along_axis(weights, order, taken, axis=-1)
    return np.asarray(weights + least)


def weighted_range(
    shares: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest weighted share over all weights between bounds.

    Parameters
    ----------
    shares : array_like, shape (..., groups)
    low, high : array_like, shape (groups,)
        As of `extreme_weights`.

    Returns
    -------
    lowest, highest : ndarray, shape (...)

    Examples
    --------
    >>> lowest, highest = weighted_range([0.2, 0.5, 0.4], [0, 0, 0], [0.4, 0.4, 0.4])
    >>> round(float(lowest), 6), round(float(highest), 6)
    (0.34, 0.4)
    """
    theta = np.asarray(shares, dtype=float)
    ends = (extreme_weights(theta, low, high, largest=largest) for largest in (False, True))
    lowest, highest = (np.asarray((weights * theta).sum(axis=-1)) for weights in ends)
    return lowest, highest
