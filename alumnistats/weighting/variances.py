r"""Variances of weighted shares: by linearization, and by replicate weights.

A group's share is a ratio of weighted sums, ``p = sum w y / sum w`` over its respondents. Its
Taylor linearization (Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, section
5.6; Lohr 2022, Sampling: Design and Analysis, section 9.1) replaces it by the sum of

.. math:: z_i = w_i 1[i \in g] (y_i - p_g) / \sum_{j \in g} w_j,

and with clusters c = 1, ..., m_h drawn in stratum h, as if with replacement,

.. math:: V = \sum_h \frac{m_h}{m_h - 1} \sum_c (z_{hc} - \bar z_h)(z_{hc} - \bar z_h)'.

Groups are domains of the one sample, so that clusters that span groups give covariances. Without
strata there is one, without clusters every respondent is one. Where the stratum is known to have
M_h clusters in all, its part is multiplied by ``1 - m_h / M_h``, the finite population correction;
without, variances are those of sampling with replacement, and too large where much of a population
was sampled.

A group that lies in one cluster of each stratum has scores that sum to zero there: the formula
gives nothing but errors of rounding, which say nothing of how far its share may err. Its variance
is not a number. (R's survey package reports that zero unless `survey.adjust.domain.lonely` is set;
a stratum with one cluster is an error there by default, and here.) Degrees of freedom are the
clusters in which a group has respondents less the strata of these (Korn and Graubard 1999, Analysis
of Health Surveys, section 5.2).

Replicates give ``scale * sum (p_r - p)(p_r - p)'`` around the estimate of the full sample; a
group's degrees of freedom are the rank of its respondents' replicate weights less one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.errors import ArgumentError

RANK = 1e-6  # singular values below this part of the largest are errors of rounding

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


def shares(chosen: BoolArray, group: IntArray, weight: FloatArray, groups: int) -> FloatArray:
    """Return weighted shares, shape (groups,); not a number for a group without weight."""
    total = np.bincount(group, weight, minlength=groups)
    part = np.bincount(group, weight * chosen, minlength=groups)
    return np.divide(part, total, out=np.full(groups, np.nan), where=total > 0)


def linearized_covariance(
    chosen: BoolArray,
    group: IntArray,
    weight: FloatArray,
    groups: int,
    stratum: IntArray | None = None,
    cluster: IntArray | None = None,
    *,
    population: FloatArray | None = None,
    names: Sequence[str] = (),
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
    population : ndarray, shape (respondents,), optional
        How many clusters (without clusters: people) each respondent's stratum has in all.
    names : sequence of str
        Of the strata by number, for the error.

    Returns
    -------
    ndarray, shape (groups, groups)
        Not a number in row and column of a group that lies in one cluster of each stratum.

    Raises
    ------
    ArgumentError
        If a stratum has one cluster, which says nothing of a variance, or more than there are.

    Examples
    --------
    >>> import numpy as np
    >>> chosen, group = np.array([True, False, True, False]), np.array([0, 0, 1, 1])
    >>> linearized_covariance(chosen, group, np.array([1.0, 2.0, 1.0, 1.0]), 2).round(3).tolist()
    [[0.132, -0.0], [-0.0, 0.167]]
    """
    p = shares(chosen, group, weight, groups)
    total = np.bincount(group, weight, minlength=groups)
    units, of_unit = _units(len(group), stratum, cluster)
    z = np.zeros((units.shape[1], groups))
    inside = weight > 0
    score = np.zeros(len(group))
    score[inside] = weight[inside] * (chosen[inside] - p[group[inside]]) / total[group[inside]]
    np.add.at(z, (of_unit, group), score)
    strata, of_stratum = np.unique(units[0], return_inverse=True)
    many = np.bincount(of_stratum)
    _check_lone(strata[many < 2], None if stratum is None else names)
    mean = np.zeros((len(strata), groups))
    np.add.at(mean, of_stratum, z)
    factor = many / (many - 1)
    if population is not None:
        factor = factor * (1 - _fractions(many, of_stratum, of_unit, population))
    centred = (z - (mean / many[:, None])[of_stratum]) * np.sqrt(factor)[of_stratum, None]
    return unknown(centred.T @ centred, design_degrees(group, weight, groups, stratum, cluster) < 1)


def unknown(covariance: FloatArray, some: BoolArray) -> FloatArray:
    """Return a covariance without what is said of some of the groups."""
    return np.where(some[:, None] | some, np.nan, covariance)


def design_degrees(
    group: IntArray,
    weight: FloatArray,
    groups: int,
    stratum: IntArray | None = None,
    cluster: IntArray | None = None,
) -> IntArray:
    """Return each group's degrees of freedom: its clusters less its strata; see the module's text.

    Parameters
    ----------
    group, weight, groups, stratum, cluster
        As in `linearized_covariance`.
    """
    units, of_unit = _units(len(group), stratum, cluster)
    inside = weight > 0
    pairs = np.unique(np.stack([group[inside], of_unit[inside]]), axis=1)
    layers = np.unique(np.stack([pairs[0], units[0][pairs[1]]]), axis=1)
    return np.asarray(
        np.bincount(pairs[0], minlength=groups) - np.bincount(layers[0], minlength=groups)
    )


def replicate_degrees(
    group: IntArray, weight: FloatArray, groups: int, replicates: FloatArray
) -> IntArray:
    """Return each group's degrees of freedom by replicate weights; see the module's text.

    Parameters
    ----------
    group, weight, groups, replicates
        As in `replicate_covariance`.
    """
    found = np.zeros(groups, dtype=np.int64)
    for g in range(groups):
        own = (group == g) & (weight > 0)
        if own.any():
            times = replicates[:, own] / weight[own]
            values = np.linalg.eigvalsh(times @ times.T)  # squares of the singular values
            found[g] = int((values > RANK**2 * values.max()).sum()) - 1
    return found


def _units(
    size: int, stratum: IntArray | None, cluster: IntArray | None
) -> tuple[IntArray, IntArray]:
    """Return stratum and number of each cluster, shape (2, clusters), and each row's cluster."""
    one = np.zeros(size, dtype=np.int64) if stratum is None else stratum
    unit = np.arange(size) if cluster is None else cluster
    strata, of_stratum = np.unique(one, return_inverse=True)
    clusters, of_cluster = np.unique(unit, return_inverse=True)
    pairs, of_unit = np.unique(of_stratum * len(clusters) + of_cluster, return_inverse=True)
    at = np.divmod(pairs, len(clusters))
    return np.stack([strata[at[0]], clusters[at[1]]]), of_unit


def _check_lone(lone: IntArray, names: Sequence[str] | None) -> None:
    """Refuse strata with one cluster, by their names where they have some."""
    if not len(lone):
        return
    if names is None:
        raise ArgumentError("cluster", "one cluster in all", "two clusters or more")
    called = [names[s] if len(names) else f"number {s}" for s in lone.tolist()]
    found = f"stratum {called[0]} with one cluster"
    expected = "two clusters or more in each: join it with a stratum that is like it"
    if len(called) > 1:
        found = f"{len(called)} strata with one cluster"
        expected = f"two clusters or more in each. Join with strata like them: {', '.join(called)}"
    raise ArgumentError("stratum", found, expected)


def _fractions(
    many: IntArray, of_stratum: IntArray, of_unit: IntArray, population: FloatArray
) -> FloatArray:
    """Return the part of each stratum's clusters that was sampled."""
    whole = np.zeros(len(many))
    np.maximum.at(whole, of_stratum[of_unit], population)
    if (many > whole).any():
        at = int(np.argmax(many > whole))
        found = f"{many[at]} sampled of {whole[at]:g}"
        raise ArgumentError("population", found, "at least as many as were sampled")
    return np.asarray(many / whole)


def replicate_covariance(
    chosen: BoolArray,
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

    Examples
    --------
    >>> import numpy as np
    >>> chosen, group = np.array([True, False, True, False]), np.array([0, 0, 1, 1])
    >>> weight, replicates = np.ones(4), np.array([[3.0, 1, 1, 1], [1, 3, 1, 1]])
    >>> replicate_covariance(chosen, group, weight, 2, replicates, "bootstrap").tolist()
    [[0.0625, 0.0], [0.0, 0.0]]
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
