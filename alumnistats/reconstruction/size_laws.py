"""What a prior on sizes says, by itself: of a vector of sizes, and of their total.

A prior is a list of `SizeModel`, one for each value of its hyperparameters. Nothing printed matters
here but the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SizeModel:
    """One value of the hyperparameters that is shared by all nodes of the departure rate.

    Attributes
    ----------
    log_weight : float
        Log prior probability of this value.
    quota : int or None
        ``m``, if groups have one.
    departing : ndarray, shape (groups, largest + 1)
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
    departing: FloatArray
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
        law = rate * model.departing[np.arange(sizes.shape[1]), sizes]
        if model.quota is not None:
            law = law + (1 - rate) * (sizes == model.quota)
        share = np.log(model.node_weights[nodes]) + model.log_weight
        by_rate = np.log(law).sum(axis=2) + share[:, None]
    return np.asarray(np.logaddexp.reduce(by_rate, axis=0))


def part_shares(
    models: Sequence[SizeModel], sizes: IntArray, members: Sequence[IntArray]
) -> dict[str, FloatArray]:
    """Return the probability of each part of a mixture given each of several size vectors.

    Given the sizes nothing printed says more of the part, so that the posterior mean of its
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
