r"""Rank law of many independent groups, at a cost of groups squared times nodes.

The law of the number of groups above x, without group g, is the law of all groups with one factor
:math:`1 - p + p z` divided out of the generating polynomial. Division from the low end multiplies
an error by :math:`p / (1 - p)` at each step, division from the high end by the inverse; taking the
one whose factor is at most 1 keeps the error at rounding level however many groups there are. The
recursion is that of Barlow and Heidtmann (1984, IEEE Transactions on Reliability 33, 322-323).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alumnistats.arrays import FloatArray, IntArray, gauss_legendre
from alumnistats.posterior.mixture import ORDER

NEGLIGIBLE = 1e-18  # posterior mass of a node below which it is left out; below rounding
PIECE = 3.0  # largest change of the number above within a panel, in its standard deviations
LEAST_SPREAD = 0.5  # standard deviation of that number below which it is as good as known


def rank_law(mass: FloatArray, above: FloatArray) -> FloatArray:
    """Return P(group g has rank r) of one component, shape (groups, groups).

    Parameters
    ----------
    mass : ndarray, shape (groups, nodes)
        Posterior mass of each node; rows sum to 1.
    above : ndarray, shape (groups, nodes)
        Probability that the group exceeds the node, in [0, 1].
    """
    groups = len(mass)
    everyone = _count_law(above)
    law = np.zeros((groups, groups))
    for from_high in (False, True):
        # Pairs by node, so that the nodes that matter to one degree are neighbours.
        node, group = np.nonzero(((mass > NEGLIGIBLE) & ((above > 0.5) == from_high)).T)
        p = above[group, node]
        p = 1 - p if from_high else p
        inverse, carried, weight = 1 / (1 - p), p / (1 - p), mass[group, node]
        left_out = np.zeros(len(node))
        for degree, begin, end in _bands(everyone, node, from_high=from_high):
            part = slice(begin, end)
            value = everyone[degree, node[part]] * inverse[part] - carried[part] * left_out[part]
            left_out[part] = value
            place = degree - 1 if from_high else degree
            law[:, place] += np.bincount(group[part], value * weight[part], groups)
    return np.maximum(law, 0.0)  # rounding leaves values of about -1e-18


def _bands(
    everyone: FloatArray, node: IntArray, *, from_high: bool
) -> Iterator[tuple[int, int, int]]:
    """Yield the degrees in the order of division, and which pairs each one matters to.

    The number above falls along the axis, so the degrees that have any probability at a node move
    down with it, and the nodes that have any at a degree are neighbours.
    """
    groups, nodes = len(everyone) - 1, everyone.shape[1]
    any_ = everyone > NEGLIGIBLE
    lowest = np.minimum.accumulate(any_.argmax(axis=0))
    highest = groups - any_[::-1].argmax(axis=0)
    highest = np.maximum.accumulate(highest[::-1])[::-1]
    degrees = np.arange(groups, 0, -1) if from_high else np.arange(groups)
    # Nodes from the first one with lowest <= degree to the last one with highest >= degree.
    first = nodes - np.searchsorted(lowest[::-1], degrees, side="right")
    last = nodes - np.searchsorted(highest[::-1], degrees, side="left")
    begin, end = np.searchsorted(node, first), np.searchsorted(node, last)
    for degree, low, high in zip(degrees, begin, end, strict=True):
        if low < high:
            yield int(degree), int(low), int(high)


def _count_law(above: FloatArray) -> FloatArray:
    """Return P(count groups lie above the node), shape (groups + 1, nodes)."""
    groups, nodes = above.shape
    law = np.zeros((groups + 1, nodes))
    law[0] = 1.0
    for g, p in enumerate(above):
        law[1 : g + 2] = law[1 : g + 2] * (1 - p) + law[: g + 1] * p
        law[0] *= 1 - p
    return law


def pieces(above: FloatArray) -> IntArray:
    """Return into how many pieces each panel must be cut to resolve ranks, shape (panels,).

    Along the axis the number of groups above falls, and P(rank) as a function of the node changes
    over as much of it as one standard deviation of that number: less than the width of any single
    posterior once there are many groups.

    Parameters
    ----------
    above : ndarray, shape (groups, nodes)
    """
    number = above.sum(axis=0)
    spread = np.sqrt((above * (1 - above)).sum(axis=0))
    spread = np.maximum(spread, LEAST_SPREAD)
    # Steps between neighbouring nodes; the one after a panel's last node counts to that panel.
    steps = np.abs(np.diff(number, append=number[-1])) / spread
    total = steps.reshape(-1, ORDER).sum(axis=1)
    return np.maximum(np.ceil(total / PIECE), 1).astype(np.int64)


def split(mass: FloatArray, cuts: IntArray) -> FloatArray:
    """Return the masses on panels that are cut into equal pieces, shape (groups, more nodes).

    On each panel the density is the polynomial through its nodes, as `cumulate` takes it.

    Parameters
    ----------
    mass : ndarray, shape (groups, nodes)
    cuts : ndarray of int, shape (panels,)
        Pieces of each panel.
    """
    x, weight = gauss_legendre(ORDER)
    density = mass.reshape(len(mass), -1, ORDER) / weight
    inverse = np.linalg.inv(np.polynomial.legendre.legvander(x, ORDER - 1))
    out = []
    for panel, count in enumerate(cuts):
        centres = (2 * np.arange(count) + 1) / count - 1
        finer = (centres[:, None] + x / count).ravel()
        matrix = np.polynomial.legendre.legvander(finer, ORDER - 1) @ inverse
        values = np.maximum(density[:, panel] @ matrix.T, 0.0)
        out.append(values * np.tile(weight / count, count))
    return np.concatenate(out, axis=1)
