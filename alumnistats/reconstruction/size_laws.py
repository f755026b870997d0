"""What a prior on sizes is: laws of the groups' sizes, by stratum, and what they say by themselves.

A prior is a list of `SizeModel`, one for each value of its hyperparameters. Every stratum of a
survey has its own quota and departure rate; strata are tied by the total alone, and a stratum whose
total is published not even by that. Nothing published matters here but totals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.survey import Survey


@dataclass(frozen=True, eq=False)
class SizeModel:
    """One value of the hyperparameters that is shared by all nodes of the departure rate.

    Attributes
    ----------
    log_weight : float
        Log prior probability of this value.
    quota : int or None
        ``m``, if groups have one.
    off_quota : ndarray, shape (groups, largest + 1)
        ``u(n)`` of every group.
    nodes, node_weights : ndarray, shape (nodes,)
        Departure rates and their prior probabilities.
    part : str
        Which prior of a mixture it belongs to; empty if the prior is no mixture.
    stratum : int
        Of whose groups it is the law, where a survey has several (`strata`).
    sums : dict
        Published sums of the sizes of the first so many groups.
    """

    log_weight: float
    quota: int | None
    off_quota: FloatArray
    nodes: FloatArray
    node_weights: FloatArray
    part: str = ""
    stratum: int = 0
    sums: Mapping[int, int] = field(default_factory=dict)


def log_law(
    model: SizeModel, sizes: IntArray, nodes: Sequence[int] | slice = slice(None)
) -> FloatArray:
    """Return the log probability of size vectors with a model's value, its weight included.

    Parameters
    ----------
    model : SizeModel
    sizes : ndarray of int, shape (vectors, groups)
    nodes : sequence of int, optional
        Departure rates; all when omitted.

    Returns
    -------
    ndarray, shape (vectors,)
    """
    rate = model.nodes[nodes, None, None]
    with np.errstate(divide="ignore"):
        law = rate * model.off_quota[np.arange(sizes.shape[1]), sizes]
        if model.quota is not None:
            law = law + (1 - rate) * (sizes == model.quota)
        share = np.log(model.node_weights[nodes]) + model.log_weight
        by_rate = np.log(law).sum(axis=2) + share[:, None]
    return np.asarray(np.logaddexp.reduce(by_rate, axis=0))


def part_shares(
    models: Sequence[SizeModel], sizes: IntArray, members: Sequence[IntArray]
) -> dict[str, FloatArray]:
    """Return the probability of each part of a mixture given each of several size vectors.

    Given the sizes nothing published says more of the part, so that the posterior mean of its
    probability given the sizes is its posterior probability.

    Parameters
    ----------
    models : sequence of SizeModel
    sizes : ndarray of int, shape (vectors, groups)
    members : sequence of ndarray of int
        Groups of each stratum.

    Returns
    -------
    dict of ndarray, shape (vectors,)
        By part, in the order of the models.
    """
    vectors, inverse = np.unique(sizes, axis=0, return_inverse=True)
    parts = list(dict.fromkeys(model.part for model in models))
    log_by_part = np.zeros((len(parts), len(vectors)))
    for i, part in enumerate(parts):
        for s, groups in enumerate(members):
            some = [m for m in models if (m.part, m.stratum) == (part, s)]
            log_by_part[i] += np.logaddexp.reduce([log_law(m, vectors[:, groups]) for m in some])
    share = np.exp(log_by_part - np.logaddexp.reduce(log_by_part, axis=0))[:, inverse.reshape(-1)]
    return dict(zip(parts, share, strict=True))


# Tilts of the Chernoff bound, in units of one over the mean size.
TILTS = np.linspace(-5.0, 5.0, 15)


LARGEST_EXPONENT = 300.0


def tilts(shape: tuple[int, ...], total: int | None) -> FloatArray:
    """Return the weights ``exp(t (n - mean size))`` of sizes, shape (tilts, width).

    At the total all weights cancel.
    """
    groups, width = shape
    n = np.arange(width)
    centre = 0.0 if total is None else total / groups
    tilts = np.zeros(1) if total is None else TILTS / max(centre, 1.0)
    tilts = np.clip(tilts, -LARGEST_EXPONENT / width, LARGEST_EXPONENT / width)
    return np.asarray(np.exp(tilts[:, None] * (n - centre)))


@dataclass(frozen=True, eq=False)
class StratumGroups:
    """The groups of one stratum.

    Attributes
    ----------
    members : ndarray of int, shape (groups of the stratum,)
        Places of its groups in the survey.
    total : int or None
        Of its sizes: published, or what the others leave of the survey's total.
    quota : int or None
        Published.
    """

    members: IntArray
    total: int | None
    quota: int | None


def strata_of(survey: Survey) -> tuple[StratumGroups, ...]:
    """Return the strata, those with a known total first; a survey that has none is one."""
    if not survey.strata:
        every = np.arange(len(survey.groups))
        return (StratumGroups(every, survey.total, survey.quota),)
    found = []
    for stratum in survey.strata:
        members = [i for i, group in enumerate(survey.groups) if group.stratum == stratum.id]
        found.append(StratumGroups(np.array(members), stratum.total, stratum.quota))
    full = _with_last_total(found, survey.total)
    return tuple(sorted(full, key=lambda stratum: stratum.total is None))


def _with_last_total(
    strata: Sequence[StratumGroups], total: int | None
) -> tuple[StratumGroups, ...]:
    """Fill in the total of a stratum that is the only one without."""
    open_ones = [i for i, one in enumerate(strata) if one.total is None]
    if total is None or len(open_ones) != 1:
        return tuple(strata)
    rest = total - sum(one.total or 0 for one in strata)
    return tuple(
        StratumGroups(one.members, rest, one.quota) if one.total is None else one for one in strata
    )


def part_of_survey(survey: Survey, stratum: StratumGroups) -> Survey:
    """Return the survey of one stratum's groups, as far as priors on sizes look at it."""
    groups = tuple(survey.groups[i] for i in stratum.members)
    update = {"groups": groups, "total": stratum.total, "quota": stratum.quota, "strata": ()}
    return survey.model_copy(update=update)
