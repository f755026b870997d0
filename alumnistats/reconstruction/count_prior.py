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

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.reconstruction.question_tree import Tree

# Parameters of beta-binomial laws that are averaged.
CountLaw = tuple[tuple[float, float], ...]

CONCENTRATIONS = (1.0, 4.0, 16.0, 64.0)
SQUARE = 1000  # largest size up to which laws are tabulated as squares
LOOKED_UP = 500  # the same, where many single counts are looked up
BAND = 8  # counts a row up to which gathering rows of the law beats a matrix product
SMALLEST_SHARE = 0.002  # keeps the Beta prior proper where a figure rounds a share to 0%


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
    children = tree.children(node)
    if not set(children) <= set(tree.shares):
        left, right = (float(tree.nodes[child].leaves) for child in children)
        return ((left, right),)
    left, right = (max(tree.shares[child], SMALLEST_SHARE) for child in children)
    p = left / (left + right)
    return tuple((kappa * p, kappa * (1 - p)) for kappa in CONCENTRATIONS)


@lru_cache(maxsize=32)
def marginal_law(tree: Tree, node: int, largest: int) -> FloatArray:
    """Return the prior ``P(count at node | base size)``, shape (count, size), read-only."""
    law = np.eye(largest + 1)
    for v, child in pairwise(tree.path(0, node)):
        split = split_law(split_parameters(tree, v), largest)
        law = (split if child == tree.nodes[v].left else mirrored(split)) @ law
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


def product(table: FloatArray, law: FloatArray) -> FloatArray:
    """Return the matrix product; a listed group's table has one or two counts a size."""
    positive = table > 0
    first = np.argmax(positive, axis=1)
    last = table.shape[1] - 1 - np.argmax(positive[:, ::-1], axis=1)
    band = int(np.where(positive.any(axis=1), last - first + 1, 0).max())
    if band > BAND:
        return table @ law
    rows = np.arange(len(table))
    out = np.zeros((len(table), law.shape[1]))
    for step in range(band):
        column = np.minimum(first + step, table.shape[1] - 1)
        weight = np.where(first + step == column, table[rows, column], 0.0)
        out += weight[:, None] * law[column]
    return out


@dataclass(frozen=True, eq=False)
class SplitWeights:
    r"""The law of a split in factors, for counts too large for its square.

    With :math:`w_a(l) = \Gamma(l + a) / (\Gamma(a)\, l!)` a beta-binomial law is
    :math:`P(l \mid c) = w_a(l)\, w_b(c - l) / w_{a + b}(c)`.

    Attributes
    ----------
    left, right, whole : ndarray, shape (parameters, largest + 1)
        The three factors for each pair of parameters; laws are averaged over the pairs.
    parameters : CountLaw
        Those pairs.
    """

    left: FloatArray
    right: FloatArray
    whole: FloatArray
    parameters: CountLaw

    @property
    def mirrored(self) -> SplitWeights:
        """The law of the right count."""
        swapped = tuple((b, a) for a, b in self.parameters)
        return SplitWeights(self.right, self.left, self.whole, swapped)

    def at(self, left: IntArray, count: IntArray) -> FloatArray:
        """Return ``P(left | count)`` for whole numbers that broadcast; 0 outside of its support."""
        inside = (left >= 0) & (left <= count)
        largest = self.whole.shape[1] - 1
        if largest <= LOOKED_UP and inside.size > largest + 1:
            law = split_law(self.parameters, largest)
            return np.where(inside, law[np.where(inside, left, 0), count], 0.0)
        l, r = np.where(inside, left, 0), np.where(inside, count - left, 0)
        c = np.where(inside, count, 0)
        out = np.zeros(np.broadcast_shapes(l.shape, c.shape))
        for a, b, both in zip(self.left, self.right, self.whole, strict=True):
            out += a[l] * b[r] / both[c]
        return np.asarray(np.where(inside, out / len(self.left), 0.0))


def _ascending(a: float, largest: int) -> FloatArray:
    """Return ``Gamma(l + a) / (Gamma(a) l!)`` for l up to `largest`."""
    l = np.arange(1, largest + 1)
    return np.concatenate([[1.0], np.cumprod((l - 1 + a) / l)])


@lru_cache(maxsize=64)
def split_weights(parameters: CountLaw, largest: int) -> SplitWeights:
    """Return the factors of the law that `split_law` tabulates."""
    left, right = zip(*parameters, strict=True)
    both = [a + b for a, b in parameters]
    one, other, whole = (
        np.stack([_ascending(a, largest) for a in some]) for some in (left, right, both)
    )
    return SplitWeights(one, other, whole, parameters)


def prior_of_counts(
    tree: Tree, node: int, size: IntArray, count: IntArray, law: CountLaw | None = None
) -> FloatArray:
    """Return the prior probability of counts at a node, given base sizes.

    Parameters
    ----------
    tree : Tree
    node : int
    size, count : ndarray of int
        They broadcast; counts are at most their size.
    law : CountLaw, optional
        Replaces the prior's own law of the node's count.
    """
    largest = int(size.max(initial=0))
    if largest <= SQUARE:
        table = marginal_law(tree, node, largest) if law is None else split_law(law, largest)
        return np.asarray(table[count, size])
    if law is not None:
        return split_weights(law, largest).at(count, size)
    size, count = np.broadcast_arrays(size, count)
    path = list(pairwise(tree.path(0, node)))
    if not path:
        return np.asarray((count == size).astype(float))
    if len(path) == 1:
        return law_of_child(tree, *path[0], largest).at(count, size)
    out = np.zeros(size.shape)
    for b in np.unique(size).tolist():
        mine = size == b
        wanted, inverse = np.unique(count[mine], return_inverse=True)
        law_of_b = law_of_child(tree, *path[0], b).at(np.arange(b + 1), np.array(b))
        for step in path[1:-1]:
            law_of_b = _further(law_of_child(tree, *step, b), law_of_b, np.arange(b + 1))
        last = _further(law_of_child(tree, *path[-1], b), law_of_b, wanted)
        out[mine] = last[inverse.reshape(-1)]
    return out


def law_of_child(tree: Tree, node: int, child: int, largest: int) -> SplitWeights:
    """Return the law of the split at `node`, as if `child` were on its left."""
    law = split_weights(split_parameters(tree, node), largest)
    return law if child == tree.nodes[node].left else law.mirrored


def _further(law: SplitWeights, above: FloatArray, wanted: IntArray) -> FloatArray:
    """Return the law of a child's count from that of the count above, (wanted,)."""
    out = np.zeros(len(wanted))
    for a, b, both in zip(law.left, law.right, law.whole, strict=True):
        share = above / both[: len(above)]
        out += a[wanted] * np.array([b[: len(share) - c] @ share[c:] for c in wanted.tolist()])
    return out / len(law.left)
