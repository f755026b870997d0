r"""Credible sets for ranks: of one rank each, and of all ranks at once.

*Marginal* sets come from the rank distribution. Equal-tailed: at most half of what is left over on
either side. Shortest: the interval of fewest ranks that holds the level, the most probable one of
them. Highest probability: the fewest ranks that hold it, whether or not they are neighbours; the
set {r : P(r) >= c} for the largest c that reaches the level.

*Simultaneous* sets hold all ranks together: equal-tailed intervals with one tail probability for
every group, the largest for which the given share of the joint draws lies inside all of them
(Besag, Green, Higdon and Mengersen 1995, Statistical Science 10, 3-66, page 30).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, FloatArray, IntArray, check_level
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError
from alumnistats.ranking.draws import ranks_of_draws

CredibleKind = Literal["equal-tailed", "shortest", "highest"]

ROUNDING = 1e-12  # by which sums of probabilities may miss a level that they equal


@dataclass(frozen=True, eq=False)
class CredibleRanks:
    """Credible sets for ranks.

    Attributes
    ----------
    lower, upper : ndarray of int, shape (groups,)
        Best and worst rank in each set.
    members : ndarray of bool, shape (groups, groups)
        Whether rank r, r = 1, 2, ... along the last axis, is in the set of group g; without gaps
        unless the kind is "highest".
    probability : ndarray, shape (groups,)
        Posterior probability of each group's set, at least the level.
    together : float or None
        Share of the joint draws with all ranks in their sets; None for marginal sets.
    error : float or None
        Monte Carlo standard error of `together`, had other draws been used to find the sets.
    level : float
    kind : str
    """

    __repr__ = short_repr

    lower: IntArray
    upper: IntArray
    members: BoolArray
    probability: FloatArray
    together: float | None
    error: float | None
    level: float
    kind: str


def _equal_tailed(law: FloatArray, level: float) -> BoolArray:
    tail = (1 - level) / 2 + ROUNDING
    below = np.cumsum(law, axis=1) - law  # P(better rank)
    above = np.cumsum(law[:, ::-1], axis=1)[:, ::-1] - law
    # From the last rank that leaves no more than the tail before it, to the first that leaves no
    # more after it.
    ranks = np.arange(law.shape[1])
    lower = np.where(below <= tail, ranks, 0).max(axis=1)
    upper = np.where(above <= tail, ranks, len(ranks) - 1).min(axis=1)
    return _between(lower, upper, len(ranks))


def _shortest(law: FloatArray, level: float) -> BoolArray:
    groups = law.shape[1]
    lower, upper = np.zeros(len(law), np.int64), np.zeros(len(law), np.int64)
    for g, row in enumerate(law):
        edges = np.concatenate([[0.0], np.cumsum(row)])
        need = level * edges[-1] - ROUNDING
        # For each first rank the earliest last one, or none.
        last = np.searchsorted(edges, edges[:-1] + need)
        fits = np.flatnonzero(last <= groups)
        length = last[fits] - fits
        best = fits[length == length.min()]
        held = edges[best + length.min()] - edges[best]
        lower[g] = best[held >= held.max() - ROUNDING][0]
        upper[g] = lower[g] + length.min() - 1
    return _between(lower, upper, groups)


def _highest(law: FloatArray, level: float) -> BoolArray:
    order = np.argsort(-law, axis=1, kind="stable")
    held = np.cumsum(np.take_along_axis(law, order, axis=1), axis=1)
    before = np.concatenate([np.zeros((len(law), 1)), held[:, :-1]], axis=1)
    chosen = before < level * held[:, -1:] - ROUNDING
    chosen[:, 0] = True
    members = np.zeros(law.shape, dtype=bool)
    np.put_along_axis(members, order, chosen, axis=1)
    return members


def _between(lower: IntArray, upper: IntArray, groups: int) -> BoolArray:
    ranks = np.arange(groups)
    return (lower[:, None] <= ranks) & (ranks <= upper[:, None])


CREDIBLE_SETS: dict[CredibleKind, Callable[[FloatArray, float], BoolArray]] = {
    "equal-tailed": _equal_tailed,
    "shortest": _shortest,
    "highest": _highest,
}


def credible_ranks(
    law: npt.ArrayLike, level: float = 0.95, kind: CredibleKind = "shortest"
) -> CredibleRanks:
    """Return a credible set for each group's rank by itself.

    Parameters
    ----------
    law : array_like, shape (groups, groups)
        P(group g has rank r), as from `rank_distribution`; rows sum to 1.
    level : float
        At least this probability lies in each set.
    kind : {"shortest", "highest", "equal-tailed"}
        Ranks of equal probability are taken from the best one on.

    Returns
    -------
    CredibleRanks

    Raises
    ------
    ArgumentError
        For a table that is no rank distribution, a level outside (0, 1), or an unknown kind.

    Examples
    --------
    >>> law = [[0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.1, 0.2, 0.7]]
    >>> found = credible_ranks(law, 0.8)
    >>> found.lower.tolist(), found.upper.tolist()
    ([1, 1, 2], [2, 2, 3])
    """
    values = check_law(law)
    check_level(level)
    if kind not in CREDIBLE_SETS:
        raise ArgumentError("kind", kind, "one of " + ", ".join(CREDIBLE_SETS))
    members = CREDIBLE_SETS[kind](values, level)
    return _result(members, values, level, kind, None, None)


def check_law(law: npt.ArrayLike) -> FloatArray:
    """Return a rank distribution as an array, having checked it."""
    values = np.asarray(law, dtype=float)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or not values.size:
        raise ArgumentError("law", values.shape, "shape (groups, groups)")
    if not (values >= 0).all() or not np.allclose(values.sum(axis=1), 1.0, atol=1e-6):
        raise ArgumentError("law", "rows that are no probabilities", "rows that sum to 1")
    return values


def _result(
    members: BoolArray,
    law: FloatArray,
    level: float,
    kind: str,
    together: float | None,
    error: float | None,
) -> CredibleRanks:
    groups = members.shape[1]
    lower, upper = 1 + members.argmax(axis=1), groups - members[:, ::-1].argmax(axis=1)
    probability = np.where(members, law, 0.0).sum(axis=1)
    return CredibleRanks(lower, upper, members, probability, together, error, level, kind)


def simultaneous_credible_ranks(
    draws: npt.ArrayLike, level: float = 0.95, *, effective: float | None = None
) -> CredibleRanks:
    """Return intervals that hold the ranks of all groups at once with the given probability.

    Parameters
    ----------
    draws : array_like, shape (draws, groups)
        Joint draws of the groups' shares (or anything that orders them); from a `Mixture` by
        `draw_shares`. Groups equal within a draw share their best rank.
    level : float
        At least this share of the draws lies in all intervals.
    effective : float, optional
        Independent draws that these are worth; all when omitted. Only `error` depends on it.

    Returns
    -------
    CredibleRanks
        `kind` is "simultaneous".

    Raises
    ------
    ArgumentError
        For draws that are not a table or have missing values, or a level outside (0, 1).

    Notes
    -----
    The sets are found and judged on the same draws; with many groups and few draws they are a
    little narrow. Use 10,000 draws or more, and compare two seeds.

    Examples
    --------
    >>> draws = [[6, 5, 3], [5, 6, 2], [7, 4, 1], [4, 5, 3], [2, 4, 6]]
    >>> found = simultaneous_credible_ranks(draws, 0.8)
    >>> found.lower.tolist(), found.upper.tolist()
    ([1, 1, 3], [2, 2, 3])
    """
    check_level(level)
    ranks = ranks_of_draws(draws) - 1
    count, groups = ranks.shape
    tally = np.zeros((groups, groups))
    for g in range(groups):
        tally[g] = np.bincount(ranks[:, g], minlength=groups)
    below = np.cumsum(tally, axis=1)
    at_least = count - below + tally
    # Draws on the thinner side of a rank, its own included: the set at depth d has those above d.
    depth = np.minimum(below, at_least)
    shallowest = np.full(count, np.inf)
    for g in range(groups):
        np.minimum(shallowest, depth[g, ranks[:, g]], out=shallowest)
    outside = int(np.floor((1 - level) * count + ROUNDING * count))
    cut = np.sort(shallowest)[outside]  # all draws at least as deep are inside
    members = depth >= cut
    together = float((shallowest >= cut).mean())
    error = float(np.sqrt(level * (1 - level) / (count if effective is None else effective)))
    return _result(members, tally / count, level, "simultaneous", together, error)
