"""Variances of sample shares: as observed, with one answer added on either side, or pooled."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, whole_numbers
from alumnistats.comparisons.counts import check_counts
from alumnistats.errors import ArgumentError

ShareVariance = Literal["plug-in", "agresti-caffo", "pooled"]
SHARE_VARIANCES: tuple[ShareVariance, ...] = get_args(ShareVariance)


def share_variance(
    count: npt.ArrayLike, nobs: npt.ArrayLike, kind: ShareVariance = "plug-in"
) -> FloatArray:
    """Return the variance of each sample share.

    Parameters
    ----------
    count, nobs : array_like of int
        Of each group; they broadcast.
    kind : {"plug-in", "agresti-caffo", "pooled"}
        ``p (1 - p) / n`` with the group's own share; the same after adding one success and one
        failure, which keeps comparisons of small groups and rare answers near their level (Agresti
        and Caffo 2000, The American Statistician 54, 280-288); or with the share of all groups
        along the last axis, which holds when they are all equal.

    Returns
    -------
    ndarray
        Variances of proportions, of the shape of both together.

    Raises
    ------
    ArgumentError
        For an unknown kind, counts out of range or not whole, and samples of nobody.

    Examples
    --------
    >>> share_variance([0, 5], 10).round(4).tolist()
    [0.0, 0.025]
    >>> share_variance([0, 5], 10, "agresti-caffo").round(4).tolist()
    [0.0064, 0.0208]
    >>> share_variance([0, 5], 10, "pooled").round(5).tolist()
    [0.01875, 0.01875]
    """
    k, n = np.broadcast_arrays(whole_numbers(count), whole_numbers(nobs, "nobs"))
    check_counts(k, n)
    everybody = -1 if k.ndim else None
    if kind not in SHARE_VARIANCES:
        raise ArgumentError("kind", kind, "one of " + ", ".join(SHARE_VARIANCES))
    if kind == "agresti-caffo":
        k, n = k + 1, n + 2
    p = k / n
    if kind == "pooled":
        p = k.sum(axis=everybody, keepdims=True) / n.sum(axis=everybody, keepdims=True)
    return np.asarray(p * (1 - p) / n)
