"""What a prior on sizes says, by itself: of a vector of sizes, and of their total.

A prior is a list of `SizeModel`, one for each value of its hyperparameters. Nothing printed matters
here but the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    log_weight: float
    quota: int | None
    departing: FloatArray
    nodes: FloatArray
    node_weights: FloatArray
    part: str = ""


def log_law(model: SizeModel, sizes: IntArray) -> FloatArray:
    """Return the log probability of size vectors with a model's value, its weight included.

    Parameters
    ----------
    model : SizeModel
    sizes : ndarray of int, shape (vectors, groups)

    Returns
    -------
    ndarray, shape (vectors,)
    """
    rate = model.nodes[:, None, None]
    with np.errstate(divide="ignore"):
        law = rate * model.departing[np.arange(sizes.shape[1]), sizes]
        if model.quota is not None:
            law = law + (1 - rate) * (sizes == model.quota)
        by_rate = np.log(law).sum(axis=2) + np.log(model.node_weights)[:, None]
    return np.asarray(np.logaddexp.reduce(by_rate, axis=0) + model.log_weight)


def part_probabilities(
    models: Sequence[SizeModel], sizes: IntArray, weight: FloatArray
) -> dict[str, float]:
    """Return the posterior probability of each part of a mixture, given weighted size vectors.

    Given the sizes nothing printed says more of the part, so that the posterior mean of its
    probability given the sizes is its posterior probability.

    Parameters
    ----------
    models : sequence of SizeModel
    sizes : ndarray of int, shape (vectors, groups)
    weight : ndarray, shape (vectors,)

    Returns
    -------
    dict
        By part, in the order of the models.
    """
    vectors, inverse = np.unique(sizes, axis=0, return_inverse=True)
    mass = np.bincount(inverse.reshape(-1), weight)
    parts = list(dict.fromkeys(model.part for model in models))
    log_by_part = np.stack([
        np.logaddexp.reduce([log_law(m, vectors) for m in models if m.part == part], axis=0)
        for part in parts
    ])  # fmt: skip
    probability = np.exp(log_by_part - np.logaddexp.reduce(log_by_part, axis=0)) @ mass
    return dict(zip(parts, (probability / mass.sum()).tolist(), strict=True))
