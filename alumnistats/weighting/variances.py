r"""Variances of weighted shares: by linearization, and by replicate weights.

A group's share is a ratio of weighted sums, ``p = sum w y / sum w`` over its respondents. Its
Taylor linearization (Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, section
5.6; Lohr 2022, Sampling: Design and Analysis, section 9.1) replaces it by the sum of

.. math:: z_i = w_i 1[i \in g] (y_i - p_g) / \sum_{j \in g} w_j,

and with clusters c = 1, ..., m_h drawn in stratum h, as if with replacement,

.. math:: V = \sum_h \frac{m_h}{m_h - 1} \sum_c (z_{hc} - \bar z_h)(z_{hc} - \bar z_h)'.

Groups are domains of the one sample, so that clusters that span groups give covariances. Without
strata there is one, without clusters every respondent is one. There is no finite-population
correction: variances are those of sampling with replacement, and too large where much of a
population was sampled.

Replicates give ``scale * sum (p_r - p)(p_r - p)'`` around the estimate of the full sample.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

ReplicateMethod = Literal["bootstrap", "brr", "fay", "jk1", "jk2", "sdr"]
REPLICATE_METHODS: tuple[ReplicateMethod, ...] = get_args(ReplicateMethod)
_SCALES: dict[str, Callable[[int, float], float]] = {
    "bootstrap": lambda r, _: 1 / r,
    "brr": lambda r, _: 1 / r,
    "fay": lambda r, rho: 1 / (r * (1 - rho) ** 2),
    "jk1": lambda r, _: (r - 1) / r,
    "jk2": lambda _r, _rho: 1.0,
    "sdr": lambda r, _: 4 / r,
}


def shares(
    chosen: npt.NDArray[np.bool_], group: IntArray, weight: FloatArray, groups: int
) -> FloatArray:
    """Return weighted shares, shape (groups,); not a number for a group without weight."""
    total = np.bincount(group, weight, minlength=groups)
    part = np.bincount(group, weight * chosen, minlength=groups)
    return np.divide(part, total, out=np.full(groups, np.nan), where=total > 0)


def linearized_covariance(
    chosen: npt.NDArray[np.bool_],
    group: IntArray,
    weight: FloatArray,
    groups: int,
    stratum: IntArray | None = None,
    cluster: IntArray | None = None,
) -> FloatArray:
    """Return the linearized covariance of the groups' shares; see the module's text.

    Parameters
    ----------
    chosen : ndarray of bool, shape (respondents,)
    group : ndarray of int, shape (respondents,)
        From 0; respondents who were not asked have weight 0 and stay, as part of the design.
    weight : ndarray, shape (respondents,)
    groups : int
    stratum, cluster : ndarray of int, shape (respondents,), optional
        Equal cluster numbers in different strata are different clusters.

    Returns
    -------
    ndarray, shape (groups, groups)

    Raises
    ------
    ArgumentError
        If a stratum has one cluster: it says nothing of a variance.
    """
    p = shares(chosen, group, weight, groups)
    total = np.bincount(group, weight, minlength=groups)
    size = len(group)
    one = np.zeros(size, dtype=np.int64) if stratum is None else stratum
    unit = np.arange(size) if cluster is None else cluster
    units, of_unit = np.unique(np.stack([one, unit]), axis=1, return_inverse=True)
    z = np.zeros((units.shape[1], groups))
    inside = weight > 0
    score = np.zeros(size)
    score[inside] = weight[inside] * (chosen[inside] - p[group[inside]]) / total[group[inside]]
    np.add.at(z, (of_unit.reshape(-1), group), score)
    strata, of_stratum = np.unique(units[0], return_inverse=True)
    many = np.bincount(of_stratum)
    if (many < 2).any():
        alone = int(strata[np.argmin(many)])
        hint = "two clusters or more in each: join it with a stratum that is like it"
        raise ArgumentError("stratum", f"stratum number {alone} with one cluster", hint)
    mean = np.zeros((len(strata), groups))
    np.add.at(mean, of_stratum, z)
    centred = (z - (mean / many[:, None])[of_stratum]) * np.sqrt(many / (many - 1))[
        of_stratum, None
    ]
    return np.asarray(centred.T @ centred)


def replicate_covariance(
    chosen: npt.NDArray[np.bool_],
    group: IntArray,
    weight: FloatArray,
    groups: int,
    replicates: FloatArray,
    method: ReplicateMethod,
    rho: float = 0.5,
) -> FloatArray:
    """Return the covariance of the groups' shares by replicate weights; see the module's text.

    Parameters
    ----------
    chosen, group, weight, groups
        As in `linearized_covariance`.
    replicates : ndarray, shape (replicates, respondents)
    method : ReplicateMethod
        How they were made: "bootstrap", "brr" (balanced half-samples), "fay" (those shrunk by
        `rho`), "jk1" (one unit left out, no strata), "jk2" (of pairs; unscaled), "sdr" (successive
        differences).
    rho : float
        Of "fay", in [0, 1).

    Returns
    -------
    ndarray, shape (groups, groups)

    Raises
    ------
    ArgumentError
        For an unknown method, or a replicate in which a group has no weight.
    """
    if method not in _SCALES:
        raise ArgumentError("replicate_method", method, "one of " + ", ".join(REPLICATE_METHODS))
    if not 0 <= rho < 1:
        raise ArgumentError("rho", rho, "from 0 to below 1")
    p = shares(chosen, group, weight, groups)
    each = np.stack([shares(chosen, group, row, groups) for row in replicates])
    away = each - p
    if np.isnan(away[:, ~np.isnan(p)]).any():
        found = "a replicate in which a group has no weight"
        raise ArgumentError("replicates", found, "weight of every group in every replicate")
    return np.asarray(_SCALES[method](len(replicates), rho) * (away.T @ away))
