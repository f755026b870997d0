"""Tiers: which groups the decided differences separate, in a form that can be read.

A decision "i is above j" comes from tests adjusted for their number (`separated`), or from anything
else that declares directions. Two summaries:

- *Tiers* cut the groups only where every group above the cut is declared above every group below.
  The upper sides of such cuts contain one another, so that tiers need no order to begin with. If
  all declarations are right, which happens with the confidence level of the tests, all groups of a
  tier truly exceed all of the next.
- *Letters* (Piepho 2004, Journal of Computational and Graphical Statistics 13, 456-466): groups
  share a letter if and only if they are not separated. Where separation grows with the distance in
  the order, every letter is a run of neighbouring groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, IntArray, check_level
from alumnistats.brief import short_repr
from alumnistats.comparisons import Adjustment, adjust
from alumnistats.errors import ArgumentError

MAX_LETTERS = 2000  # sets of groups; decisions without any order could need exponentially many
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, eq=False)
class Tiers:
    """Groups in tiers, and the letters that they share.

    Attributes
    ----------
    tier : ndarray of int, shape (groups,)
        1 is the top one.
    first, last : ndarray of int, shape (groups,)
        First and last place that the group's tier takes up: a rank that its members share.
    shares : ndarray of bool, shape (groups, letters)
        Whether the group is in the set of a letter: a largest set without separated pair.
    letters : tuple of str
        The letters of each group; a, b, ... from the top, then a2, b2, ...
    """

    __repr__ = short_repr

    tier: IntArray
    first: IntArray
    last: IntArray
    shares: BoolArray
    letters: tuple[str, ...]


def tiers(above: npt.ArrayLike) -> Tiers:
    """Return tiers and letters of declared differences.

    Parameters
    ----------
    above : array_like of bool, shape (groups, groups)
        Whether the row's group is declared above the column's.

    Returns
    -------
    Tiers

    Raises
    ------
    ArgumentError
        For a matrix that is not square and boolean, or that declares a pair both ways; and for
        decisions so irregular that more than 2,000 letters would be needed.

    Examples
    --------
    >>> found = tiers([[False, False, True], [False] * 3, [False] * 3])
    >>> found.tier.tolist(), found.letters
    ([1, 1, 1], ('a', 'ab', 'b'))
    """
    declared = _checked(above)
    groups = len(declared)
    wins, losses = declared.sum(axis=1), declared.sum(axis=0)
    # A group above a cut beats all below it, and none below it does: wins alone sort them.
    order = np.lexsort((losses, -wins))
    matrix = declared[np.ix_(order, order)]
    beaten = np.zeros((groups + 1, groups + 1), dtype=np.int64)
    beaten[1:, 1:] = matrix.cumsum(axis=0).cumsum(axis=1)
    cut = np.arange(1, groups)
    separated_ = beaten[cut, groups] - beaten[cut, cut] == cut * (groups - cut)
    ends = np.concatenate([[0], cut[separated_], [groups]])
    size = np.diff(ends)
    tier, first, last = (np.empty(groups, dtype=np.int64) for _ in range(3))
    tier[order] = np.repeat(np.arange(1, len(size) + 1), size)
    first[order], last[order] = np.repeat(ends[:-1] + 1, size), np.repeat(ends[1:], size)
    shares = _letter_sets(declared | declared.T, order)
    return Tiers(tier, first, last, shares, _names(shares))


def separated(
    estimate: npt.ArrayLike,
    p_value: npt.ArrayLike,
    level: float = 0.95,
    method: Adjustment = "holm",
) -> BoolArray:
    """Return which pairs differ after adjustment for their number, and in which direction.

    Parameters
    ----------
    estimate : array_like, shape (groups,)
    p_value : array_like, shape (groups, groups)
        Two-sided and not adjusted, the same for (i, j) and (j, i); the diagonal is not used.
    level : float
        One minus the error: of any wrong declaration for Holm, Hochberg and Bonferroni, of the
        expected share of wrong ones for the others.
    method : {"holm", "hochberg", "bonferroni", "bh", "by"}

    Returns
    -------
    ndarray of bool, shape (groups, groups)
        Whether the row's group is above the column's. Equal estimates are never separated.

    Raises
    ------
    ArgumentError
        For shapes that do not match, p-values outside [0, 1] or not symmetric, a level outside
        (0, 1), or an unknown method.

    Examples
    --------
    >>> p = [[1, 0.4, 0.001], [0.4, 1, 0.02], [0.001, 0.02, 1]]
    >>> separated([0.6, 0.5, 0.3], p).tolist()
    [[False, False, True], [False, False, True], [False, False, False]]
    """
    x, p = np.asarray(estimate, dtype=float), np.asarray(p_value, dtype=float)
    if x.ndim != 1 or p.shape != (len(x), len(x)):
        raise ArgumentError("p_value", p.shape, "one value for each pair of estimates")
    if not np.isfinite(x).all():
        raise ArgumentError("estimate", "a missing or infinite value", "finite numbers")
    check_level(level)
    pairs = np.triu_indices(len(x), 1)
    upper, lower = p[pairs], p.T[pairs]
    if not (((upper >= 0) & (upper <= 1)).all() and np.allclose(upper, lower, rtol=1e-9, atol=0)):
        raise ArgumentError("p_value", "not symmetric, or outside [0, 1]", "two-sided p-values")
    decided = np.zeros(p.shape, dtype=bool)
    decided[pairs] = adjust(upper, method) <= 1 - level if len(upper) else False
    return np.asarray((decided | decided.T) & (x[:, None] > x))


def _checked(above: npt.ArrayLike) -> BoolArray:
    declared = np.asarray(above)
    if declared.ndim != 2 or declared.shape[0] != declared.shape[1] or not len(declared):
        raise ArgumentError("above", declared.shape, "a square matrix of one group or more")
    if declared.dtype != bool:
        raise ArgumentError("above", str(declared.dtype), "a boolean matrix")
    if (declared & declared.T).any():
        raise ArgumentError("above", "a pair declared both ways", "at most one way for each pair")
    return declared


def _letter_sets(apart: BoolArray, order: IntArray) -> BoolArray:
    """Return the largest sets without separated pair, one a column, from the top."""
    matrix = apart[np.ix_(order, order)]
    sets = _runs(matrix)
    if sets is None:
        sets = _inserted(matrix)
    rank = np.lexsort(~sets.T[::-1])  # by first member, then the next one
    out = np.empty((len(order), len(sets)), dtype=bool)
    out[order] = sets[rank].T
    return out


def _runs(apart: BoolArray) -> BoolArray | None:
    """Return the largest sets if separation grows with the distance in the order, else None."""
    groups = len(apart)
    place = np.arange(groups)
    later = apart & (place > place[:, None])
    reach = np.where(later.any(axis=1), later.argmax(axis=1), groups)
    if (np.diff(reach) < 0).any() or (later.sum(axis=1) != groups - reach).any():
        return None
    start = np.flatnonzero(np.diff(reach, prepend=0) > 0)
    return (start[:, None] <= place) & (place < reach[start][:, None])


def _inserted(apart: BoolArray) -> BoolArray:
    """Return the largest sets by insertion and absorption.

    Begin with one set of all, split every set at each separated pair, and drop sets inside others.
    Which sets remain does not depend on the order of the pairs.
    """
    groups = len(apart)
    sets = np.ones((1, groups), dtype=bool)
    for group in range(1, groups):
        hits = apart[group, :group]
        both = sets[:, group] & sets[:, :group][:, hits].any(axis=1)
        if not both.any():
            continue
        # Splitting at all pairs of this group at once: without the group, or without its enemies.
        without, alone = sets[both].copy(), sets[both].copy()
        without[:, group] = False
        alone[:, :group] &= ~hits
        sets = _absorbed(np.concatenate([sets[~both], without, alone]))
        if len(sets) > MAX_LETTERS:
            raise ArgumentError("above", "too irregular", f"at most {MAX_LETTERS} letters")
    return sets


def _absorbed(sets: BoolArray) -> BoolArray:
    """Drop repeated sets, and sets inside others."""
    sets = np.unique(sets, axis=0)
    size = sets.sum(axis=1)
    common = sets.astype(np.float32) @ sets.astype(np.float32).T
    inside = (common == size[:, None]) & (size[:, None] < size)
    return sets[~inside.any(axis=1)]


def _names(shares: BoolArray) -> tuple[str, ...]:
    rounds = [divmod(i, len(ALPHABET)) for i in range(shares.shape[1])]
    names = [ALPHABET[i] + (str(turn + 1) if turn else "") for turn, i in rounds]
    return tuple(
        "".join(name for name, member in zip(names, row, strict=True) if member) for row in shares
    )
