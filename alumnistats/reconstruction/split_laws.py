r"""The laws by which a count splits in two, and the counts further down that follow from them.

At a split with overall share ``p`` on its left, a group's own share is Beta-distributed around
``p``, so that a count ``c`` splits by the beta-binomial law

.. math:: P(l \mid c) = \binom{c}{l} \frac{B(l + \kappa p,\; c - l + \kappa (1 - p))}
                                           {B(\kappa p, \kappa (1 - p))},

averaged over the concentrations ``kappa`` = 1, 4, 16, 64 (a standard deviation of 0.35, 0.22,
0.12, 0.06 around one half): groups of one survey resemble each other, nobody knows how much, and
the release's own overall figure says around which value. Where no overall figure determines ``p``
every composition is equally likely: parameters are the numbers of options on either side.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln

from alumnistats.reconstruction.structure import Tree

FloatArray = npt.NDArray[np.float64]
# Parameters of beta-binomial laws that are averaged.
CountLaw = tuple[tuple[float, float], ...]

CONCENTRATIONS = (1.0, 4.0, 16.0, 64.0)
SMALLEST_SHARE = 0.002  # keeps the Beta prior proper where the print rounds a share to 0%


def log_split(l: npt.ArrayLike, count: npt.ArrayLike, left: float, right: float) -> FloatArray:
    """Return the beta-binomial ``log P(l | c)`` with parameters `left` and `right`."""
    l, c = np.asarray(l, dtype=float), np.asarray(count, dtype=float)
    choose = gammaln(c + 1) - gammaln(l + 1) - gammaln(c - l + 1)
    return np.asarray(choose + betaln(l + left, c - l + right) - betaln(left, right))


@lru_cache(maxsize=64)
def split_law(parameters: CountLaw, largest: int) -> FloatArray:
    """Return ``P(l | c)`` for all counts up to `largest`, shape (l, c), read-only.

    A beta-binomial law, averaged over pairs of `parameters`.
    """
    count = np.arange(largest + 1)
    l, c = count[:, None], count[None, :]
    rest = np.maximum(c - l, 0)
    factorial = gammaln(count + 1)
    choose = np.where(l <= c, factorial[c] - factorial[l] - factorial[rest], -np.inf)
    law = np.zeros((largest + 1, largest + 1))
    for left, right in parameters:
        norm = gammaln(count + left + right) + betaln(left, right)
        law += np.exp(choose + gammaln(count + left)[l] + gammaln(count + right)[rest] - norm[c])
    law /= len(parameters)
    law.setflags(write=False)
    return law


def split_parameters(tree: Tree, node: int) -> CountLaw:
    """Return the Beta parameters of the split at an inner node, one pair a concentration."""
    at = tree.nodes[node]
    assert at.left is not None and at.right is not None  # callers pass inner nodes
    if at.left not in tree.shares or at.right not in tree.shares:
        return ((float(tree.nodes[at.left].leaves), float(tree.nodes[at.right].leaves)),)
    left = max(tree.shares[at.left], SMALLEST_SHARE)
    right = max(tree.shares[at.right], SMALLEST_SHARE)
    p = left / (left + right)
    return tuple((kappa * p, kappa * (1 - p)) for kappa in CONCENTRATIONS)


@lru_cache(maxsize=32)
def marginal_law(tree: Tree, node: int, largest: int) -> FloatArray:
    """Return the prior ``P(count at node | base size)``, shape (count, size), read-only."""
    law = np.eye(largest + 1)
    v = 0
    while v != node:
        at = tree.nodes[v]
        assert at.left is not None and at.right is not None  # `node` is below `v`
        split = split_law(split_parameters(tree, v), largest)
        if node in tree.below(at.left):
            law, v = split @ law, at.left
        else:
            law, v = mirrored(split) @ law, at.right
    law.setflags(write=False)
    return law


@lru_cache(maxsize=8)
def law_ratio(tree: Tree, node: int, law: CountLaw, largest: int) -> FloatArray:
    """Return `law` over the prior law of the count at `node`, shape (size, count), read-only."""
    usual = marginal_law(tree, node, largest)
    ratio = np.divide(split_law(law, largest), usual, out=np.zeros_like(usual), where=usual > 0).T
    ratio.setflags(write=False)
    return ratio


def mirrored(split: FloatArray) -> FloatArray:
    """Return ``P(r | c)`` of the right count, from that of the left one."""
    size = len(split)
    r, c = np.arange(size)[:, None], np.arange(size)[None, :]
    return np.where(r <= c, split[np.maximum(c - r, 0), c], 0.0)
