r"""Rankings from the pairwise matrix: the Condorcet winner, Copeland's scores, Kemeny's order.

Group a beats b when P(a > b) exceeds 1/2. Such majorities can run in a circle even for independent
posteriors. Kemeny's order has the fewest expected pairs in the wrong order, :math:`\sum_{a
\text{ before } b} P(b > a)` (Kemeny 1959, Daedalus 88, 577-591): the optimal ranking when the loss
is Kendall's distance. It keeps apart what majorities keep apart: if everyone in one set beats
everyone in another, the first set comes first (Truchon 1998, the extended Condorcet criterion). So
only circles, and groups joined by ties, need a search: exact by dynamic programming over subsets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.errors import ArgumentError

EXACT = 15  # largest circle that is ordered exactly: 2**15 subsets
TIE = 1e-9  # distance from 1/2, the error of the quadrature, within which nobody beats the other
SURPLUS = 1e-6  # expected swaps above the lower bound that the ties of a large set may cost


@dataclass(frozen=True, eq=False)
class PairwiseOrder:
    """What the pairwise matrix says of the order.

    Attributes
    ----------
    order : ndarray of int, shape (groups,)
        Kemeny's order, groups from the first to the last.
    ranks : ndarray of int, shape (groups,)
        Rank of each group in it.
    expected_swaps : float
        Expected number of pairs in the wrong order.
    exact : bool
        Whether no order has fewer; False if a circle of more than `EXACT` groups was ordered by
        exchanges that improve it until none does.
    winner, loser : int or None
        The group that beats every other one; the one that every other one beats.
    copeland : ndarray, shape (groups,)
        Groups beaten, ties counted half.
    circles : tuple of tuples of int
        Sets of three or more groups whose majorities run in a circle; none if they are an order.
    """

    order: IntArray
    ranks: IntArray
    expected_swaps: float
    exact: bool
    winner: int | None
    loser: int | None
    copeland: FloatArray
    circles: tuple[tuple[int, ...], ...]


def pairwise_order(pairs: npt.ArrayLike, *, tie: float = TIE) -> PairwiseOrder:
    """Return the order that agrees best with the pairwise probabilities.

    Parameters
    ----------
    pairs : array_like, shape (groups, groups)
        P(a > b), as from `pairwise`; ``pairs + pairs.T`` is 1.
    tie : float
        A probability this close to 1/2 is a tie; for draws take some standard errors.

    Returns
    -------
    PairwiseOrder

    Raises
    ------
    ArgumentError
        For a table that is not square, has values outside [0, 1], or whose opposite cells do not
        sum to 1.

    Examples
    --------
    >>> found = pairwise_order([[0.5, 0.9, 0.8], [0.1, 0.5, 0.6], [0.2, 0.4, 0.5]])
    >>> found.order.tolist(), found.winner, round(found.expected_swaps, 1)
    ([0, 1, 2], 0, 0.7)
    """
    p = _check(pairs)
    groups = len(p)
    beats = p > 0.5 + tie
    tied = ~(beats | beats.T)
    np.fill_diagonal(tied, val=False)
    copeland = beats.sum(axis=1) + tied.sum(axis=1) / 2
    order: list[int] = []
    exact = True
    for block in _blocks(beats | tied):
        best, sure = _order_block(p, block)
        order += best
        exact &= sure
    ranks = np.empty(groups, dtype=np.int64)
    ranks[order] = np.arange(1, groups + 1)
    swaps = float(np.triu(p[np.ix_(order, order)].T, 1).sum())
    circles = tuple(tuple(sorted(b)) for b in _blocks(beats) if len(b) >= 3)
    wins, losses = beats.sum(axis=1), beats.sum(axis=0)
    return PairwiseOrder(
        np.array(order),
        ranks,
        swaps,
        exact,
        int(wins.argmax()) if wins.max() == groups - 1 else None,
        int(losses.argmax()) if losses.max() == groups - 1 else None,
        copeland,
        circles,
    )


def _check(pairs: npt.ArrayLike) -> FloatArray:
    p = np.asarray(pairs, dtype=float)
    if p.ndim != 2 or p.shape[0] != p.shape[1] or not p.size:
        raise ArgumentError("pairs", p.shape, "shape (groups, groups)")
    off = ~np.eye(len(p), dtype=bool)
    if not ((p >= 0) & (p <= 1))[off].all() or not np.allclose((p + p.T)[off], 1, atol=1e-6):
        raise ArgumentError("pairs", "cells (a, b) and (b, a) that do not sum to 1", "P(a > b)")
    return p


def _blocks(arrow: BoolArray) -> list[list[int]]:
    """Return the strongly connected sets of groups, from the first to the last."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(csr_array(arrow), directed=True, connection="strong")
    members = [np.flatnonzero(label == c).tolist() for c in range(count)]
    # A set is ahead of those that it has arrows to; where all are comparable that is an order.
    return sorted(members, key=lambda m: -arrow[m].any(axis=0).sum() - len(m) * (len(m) == 1))


def _order_block(p: FloatArray, block: list[int]) -> tuple[list[int], bool]:
    if len(block) == 1:
        return block, True
    inner = p[np.ix_(block, block)]
    if len(block) <= EXACT:
        return [block[i] for i in _by_subsets(inner)], True
    order = _by_moves(inner)
    # Nothing is below every pair in its better order; that is reached if only ties joined them.
    wrong = np.triu(inner[np.ix_(order, order)].T, 1).sum()
    least = np.triu(np.minimum(inner, inner.T), 1).sum()
    return [block[i] for i in order], bool(wrong <= least + SURPLUS)


def _by_subsets(p: FloatArray) -> list[int]:
    """Return Kemeny's order: the cheapest last member of every subset, given the rest before it."""
    groups = len(p)
    subsets = np.arange(1 << groups)
    # Cost of putting i behind all of a subset: P(i > j) over the j in it.
    behind = np.zeros((groups, len(subsets)))
    for j in range(groups):
        behind[:, subsets >> j & 1 == 1] += np.where(np.arange(groups) == j, 0.0, p[:, j])[:, None]
    cost = np.full(len(subsets), np.inf)
    cost[0] = 0.0
    last = np.zeros(len(subsets), dtype=np.int64)
    size = np.bitwise_count(subsets)
    for members in range(1, groups + 1):
        some = subsets[size == members]
        for i in reversed(range(groups)):  # of equal orders the one nearest to that of the indices
            with_i = some[some >> i & 1 == 1]
            rest = with_i ^ (1 << i)
            value = cost[rest] + behind[i, rest]
            better = value < cost[with_i] - 1e-12
            cost[with_i[better]] = value[better]
            last[with_i[better]] = i
    order, subset = [], len(subsets) - 1
    while subset:
        order.append(int(last[subset]))
        subset ^= 1 << int(last[subset])
    return order[::-1]


def _by_moves(p: FloatArray) -> list[int]:
    """Return an order that moving no single group improves, from that of the mean probability."""
    order = np.argsort(-p.sum(axis=1), kind="stable").tolist()
    improved = True
    while improved:
        improved = False
        for g in order:
            rest = [h for h in order if h != g]
            # Pairs wrong with g at each place: those behind it beat it, those before it lose to it.
            before = np.concatenate([[0.0], np.cumsum(p[g, rest])])
            after = np.concatenate([np.cumsum(p[rest, g][::-1])[::-1], [0.0]])
            cost = before + after
            place = int(cost.argmin())
            if cost[place] < cost[order.index(g)] - 1e-12:
                order = [*rest[:place], g, *rest[place:]]
                improved = True
    return order
