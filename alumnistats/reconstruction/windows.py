"""Which totals the printed overall figures allow, at every node of a question's tree.

The overall figures are shares of one base total, so each allows a window of a few counts; a
parent's total is the sum of its children's. `feasible_totals` combines the two from the leaves to
the root. It says what is possible; how probable it is where parts are rounded one by one, or where
no group prints anything, `rounded_parts` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.forced_print import forced_range
from alumnistats.reconstruction.likelihood import agreeing_range
from alumnistats.reconstruction.rounded_parts import Chance, PartsLaws
from alumnistats.reconstruction.structure import OVERALL, Printed, Tree
from alumnistats.remainders import adds_up
from alumnistats.rounding import RoundingRule, agreeing_counts, round_share

BoolArray = npt.NDArray[np.bool_]

REMEMBERED = 500  # trees by base totals and conventions; particles of many scenarios ask for them


def range_of_total(
    tree: Tree,
    node: int,
    bases: npt.NDArray[np.int64],
    rounding: RoundingRule,
    *,
    added: bool,
    forced: bool,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None:
    """Return the first and last total that an overall figure allows; none where last < first.

    None where the figure is a sum of rounded parts, on which it depends then. Of a distribution
    that is forced to sum to 100 every total of an option within a unit is in the range.
    """
    printed = tree.totals[node]
    whole = tree.in_full.get(OVERALL) if forced else None
    if whole is not None:
        if not adds_up(whole.units, whole.digits):
            return np.zeros_like(bases), np.full_like(bases, -1)
        return forced_range(tree, whole, node, printed, bases, rounding, added=added)
    if added and node in tree.measures and printed.low is not None:
        return None
    return agreeing_range(printed, bases, rounding)


def sumset(left: BoolArray, right: BoolArray, base: int) -> BoolArray:
    """Return which totals up to `base` are sums of one of each of two sets."""
    out = np.zeros(base + 1, dtype=bool)
    few, many = sorted((left, right), key=np.count_nonzero)
    for l in np.flatnonzero(few):
        out[l:] |= many[: base + 1 - l]
    return out


def window_of_parts(
    tree: Tree, node: int, base: int, rounding: RoundingRule, below: Mapping[int, BoolArray]
) -> BoolArray:
    """Return the totals of a measure whose overall figure is the sum of rounded parts."""
    printed = tree.totals[node]
    at = tree.nodes[node]
    assert at.left is not None and at.right is not None  # measures have two options or more
    parts = tree.parts(node)
    low, high = int(printed.low or 0), int(printed.high or 0)
    out = np.zeros(base + 1, dtype=bool)
    if len(parts) == 2:
        left, right = np.flatnonzero(below[at.left]), np.flatnonzero(below[at.right])
        shares = round_share(right, base, printed.digits, rounding)
        needed = round_share(left, base, printed.digits, rounding)
        # Shares rise with counts, so each left count goes with a run of right counts.
        first = np.searchsorted(shares, low - needed, side="left")
        last = np.searchsorted(shares, high - needed, side="right")
        for l, i, j in zip(left.tolist(), first.tolist(), last.tolist(), strict=True):
            total = l + right[i:j]
            out[total[total <= base]] = True
        return out & _of_count(printed, base)
    # Three parts or more: every total within one unit a part, which contains all that can occur.
    first, _ = agreeing_counts(low - len(parts), base, printed.digits, rounding)
    _, last = agreeing_counts(high + len(parts), base, printed.digits, rounding)
    out[int(first) : int(last) + 1] = True
    return out & _of_count(printed, base)


def _of_count(printed: Printed, base: int) -> BoolArray:
    """Return which totals a printed count and size allow."""
    total = np.arange(base + 1)
    known = np.full(base + 1, printed.nobs is None or printed.nobs == base)
    return known if printed.count is None else known & (total == printed.count)


def feasible_totals(tree: Tree, base: int, scenario: Scenario) -> dict[int, BoolArray]:
    """Return, for every node, which totals of it the overall figures allow.

    Parameters
    ----------
    tree : Tree
    base : int
        Number of respondents in the base.
    scenario : Scenario

    Returns
    -------
    dict
        ``node -> ndarray of bool, shape (base + 1,)``. The base is possible at all only if
        entry ``base`` of node 0 is True. Shared: not to be written to. Of an overall distribution
        that is forced to sum to 100 some totals may be there that no box (`forced_totals`) holds.
    """
    added, forced = scenario.added(tree.question), scenario.adding_up == "forced"
    return _feasible(tree, base, scenario.rounding, added=added, forced=forced)


@lru_cache(maxsize=REMEMBERED)
def _feasible(
    tree: Tree, base: int, rounding: RoundingRule, *, added: bool, forced: bool
) -> dict[int, BoolArray]:
    sets: dict[int, BoolArray] = {}
    count = np.arange(base + 1)
    for v in range(len(tree.nodes) - 1, -1, -1):  # children come after their parent
        at = tree.nodes[v]
        allowed = np.ones(base + 1, dtype=bool)
        if at.left is not None and at.right is not None:
            allowed = sumset(sets[at.left], sets[at.right], base)
        if v in tree.totals:
            one = np.array([base])
            ends = range_of_total(tree, v, one, rounding, added=added, forced=forced)
            if ends is None:
                allowed &= window_of_parts(tree, v, base, rounding, sets)
            else:
                allowed &= (count >= ends[0][0]) & (count <= ends[1][0])
        allowed.flags.writeable = False
        sets[v] = allowed
    return sets


def possible_bases(tree: Tree, bases: npt.NDArray[np.int64], scenario: Scenario) -> BoolArray:
    """Return which base totals the overall figures of a tree may belong to, shape of `bases`.

    Interval arithmetic on all totals at once: a total that is ruled out is impossible, one that is
    not may still be (`feasible_totals` decides).
    """
    added, forced = scenario.added(tree.question), scenario.adding_up == "forced"
    low = np.zeros((len(tree.nodes), len(bases)), dtype=np.int64)
    high = np.broadcast_to(bases, low.shape).copy()
    possible = np.ones(len(bases), dtype=bool)
    for v in range(len(tree.nodes) - 1, -1, -1):
        at = tree.nodes[v]
        if at.left is not None and at.right is not None:
            low[v] = low[at.left] + low[at.right]
            high[v] = np.minimum(high[at.left] + high[at.right], bases)
        ends = None
        if v in tree.totals:
            ends = range_of_total(tree, v, bases, scenario.rounding, added=added, forced=forced)
        if ends is not None:
            low[v], high[v] = np.maximum(low[v], ends[0]), np.minimum(high[v], ends[1])
        possible &= low[v] <= high[v]
    return np.asarray(possible & (low[0] <= bases) & (high[0] >= bases))


def parts_laws(
    tree: Tree, base: int, scenario: Scenario, asked: Mapping[int, Chance] | None = None
) -> PartsLaws:
    """Return the laws of the totals that no group's figure divides, for one base total.

    `asked` is as in `PartsLaws`.
    """
    sets = feasible_totals(tree, base, scenario)
    added = scenario.added(tree.question)
    return PartsLaws(tree, base, scenario.rounding, added, sets, asked or {})
