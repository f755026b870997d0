r"""Ranks from draws of a joint posterior, with Monte Carlo errors.

For posteriors that are not independent, or come from a sampler. Each probability is a share of
draws; its standard error is :math:`\sqrt{p (1 - p) / m}` for m independent draws, with one draw
added on either side so that a share of 0 or 1 is not called certain. Memory is that of the draws
plus blocks of them: never groups x groups x draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.posterior.mixture import Mixture
from alumnistats.ranking.ends import End, sign_of, split_members

Ties = Literal["best", "shared"]
BLOCK = 2**21  # values that are ranked or compared at a time


@dataclass(frozen=True, eq=False)
class DrawnProbability:
    """Probabilities estimated by shares of draws.

    Attributes
    ----------
    value : ndarray
        In [0, 1].
    error : ndarray
        Monte Carlo standard errors, of the shape of `value`; never 0.
    draws : float
        Independent draws that the errors count on.
    """

    value: FloatArray
    error: FloatArray
    draws: float


def _drawn(value: npt.ArrayLike, draws: int, effective: float | None) -> DrawnProbability:
    m = float(draws) if effective is None else float(effective)
    if not 0 < m <= draws:
        raise ArgumentError("effective", effective, f"above 0, at most the {draws} draws given")
    p = np.asarray(value, dtype=float)
    padded = (p * m + 1) / (m + 2)
    return DrawnProbability(p, np.asarray(np.sqrt(padded * (1 - padded) / m)), m)


def _check(draws: npt.ArrayLike) -> FloatArray:
    values = np.asarray(draws, dtype=float)
    if values.ndim != 2 or not values.size:
        raise ArgumentError("draws", values.shape, "shape (draws, groups), one or more of each")
    if np.isnan(values).any():
        raise ArgumentError("draws", "a missing value", "numbers")
    return values


def draw_shares(mixture: Mixture, draws: int, seed: int | np.random.Generator = 0) -> FloatArray:
    """Return joint draws of all groups' shares, shape (draws, groups).

    Groups are drawn from their distribution functions, interpolated linearly between nodes. Draws
    are ordered by component; the order of draws carries no information.

    Parameters
    ----------
    mixture : Mixture
    draws : int
    seed : int or numpy.random.Generator

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> draw_shares(posterior, 4000, seed=1).shape
    (4000, 3)
    """
    rng = np.random.default_rng(seed)
    times = rng.multinomial(draws, mixture.weight / mixture.weight.sum())
    out = np.empty((draws, mixture.groups))
    first = 0
    for c in np.flatnonzero(times):
        rows = slice(first, first + times[c])
        for g in range(1 if mixture.one_share else mixture.groups):
            out[rows, g] = np.interp(rng.random(times[c]), mixture.cdf[c, g], mixture.grid[c])
        first += times[c]
    if mixture.one_share:
        out[:, 1:] = out[:, :1]
    return out


def ranks_of_draws(draws: npt.ArrayLike) -> IntArray:
    """Return the ranks within every draw, shape (draws, groups).

    Rank 1 is the largest; a rank is one plus the number of groups strictly above.

    Parameters
    ----------
    draws : array_like, shape (draws, groups)

    Examples
    --------
    >>> ranks_of_draws([[0.5, 0.3, 0.4], [0.2, 0.2, 0.1]]).tolist()
    [[1, 3, 2], [1, 1, 3]]
    """
    values = _check(draws)
    out = np.empty(values.shape, dtype=np.int64)
    for rows in _blocks(len(values), values.shape[1]):
        order, start = _runs(values[rows])
        np.put_along_axis(out[rows], order, start + 1, axis=1)
    return out


def _blocks(rows: int, width: int) -> Iterator[slice]:
    size = max(BLOCK // width, 1)
    return (slice(first, min(first + size, rows)) for first in range(0, rows, size))


def _runs(values: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the order from the largest down, and at each place where its run of ties starts."""
    order = np.argsort(-values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    start = np.tile(np.arange(values.shape[1]), (len(values), 1))
    start[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = 0
    return order, np.maximum.accumulate(start, axis=1)


def rank_distribution_from_draws(
    draws: npt.ArrayLike, *, ties: Ties = "best", effective: float | None = None
) -> DrawnProbability:
    """Return P(group g has rank r), shape (groups, groups).

    Parameters
    ----------
    draws : array_like, shape (draws, groups)
        Of the joint posterior.
    ties : {"best", "shared"}
        Groups equal within a draw all have the best rank of their block, as ranks are defined here
        (columns then need not sum to 1); or each has every rank of the block equally often.
    effective : float, optional
        Independent draws that these are worth, for the draws of a Markov chain; all when omitted.

    Returns
    -------
    DrawnProbability

    Raises
    ------
    ArgumentError
        For draws that are not a table or have missing values, or an unknown tie rule.

    Examples
    --------
    >>> draws = [[0.6, 0.5, 0.3], [0.5, 0.6, 0.2], [0.7, 0.4, 0.4], [0.6, 0.5, 0.1]]
    >>> rank_distribution_from_draws(draws).value.tolist()
    [[0.75, 0.25, 0.0], [0.25, 0.75, 0.0], [0.0, 0.25, 0.75]]
    """
    values = _check(draws)
    count, groups = values.shape
    law = np.zeros((groups, groups + 1))
    for rows in _blocks(count, groups):
        order, start = _runs(values[rows])
        if ties == "best":
            law += _tally(order, start, np.ones(order.shape), groups)
        elif ties == "shared":
            # Of a block from s to e: 1 / length from s on, taken away from e on.
            end = groups - _runs(-values[rows])[1][:, ::-1]
            share = 1 / (end - start)
            law += _tally(order, start, share, groups) - _tally(order, end, share, groups)
        else:
            raise ArgumentError("ties", ties, '"best" or "shared"')
    law = law[:, :-1] if ties == "best" else np.cumsum(law[:, :-1], axis=1)
    return _drawn(np.clip(law / count, 0.0, 1.0), count, effective)


def _tally(order: IntArray, place: IntArray, weight: FloatArray, groups: int) -> FloatArray:
    cells = order * (groups + 1) + place
    counts = np.bincount(cells.ravel(), weight.ravel(), minlength=groups * (groups + 1))
    return np.asarray(counts.reshape(groups, groups + 1), dtype=float)


def pairwise_from_draws(
    draws: npt.ArrayLike, *, effective: float | None = None
) -> DrawnProbability:
    """Return P(a > b) plus half of P(a = b), shape (groups, groups); diagonal 1/2.

    Parameters
    ----------
    draws : array_like, shape (draws, groups)
    effective : float, optional
        As in `rank_distribution_from_draws`.

    Raises
    ------
    ArgumentError
        For draws that are not a table or have missing values.

    Examples
    --------
    >>> pairwise_from_draws([[0.6, 0.5], [0.4, 0.5], [0.5, 0.5], [0.7, 0.2]]).value.tolist()
    [[0.5, 0.625], [0.375, 0.5]]
    """
    values = _check(draws)
    count, groups = values.shape
    # Ranks order as values do, and short integers compare several at a time.
    kind = np.int16 if groups < 2**15 else np.int32
    ranks = np.ascontiguousarray(ranks_of_draws(values).T.astype(kind))
    out = np.full((groups, groups), 0.5)
    size = max(BLOCK // count, 1)
    for a in range(groups):
        for first in range(a + 1, groups, size):
            others = ranks[first : first + size]
            above, below = _share(ranks[a] < others), _share(ranks[a] > others)
            out[a, first : first + size] = 0.5 + (above - below) / 2
    lower = np.tril_indices(groups, -1)
    out[lower] = 1.0 - out.T[lower]
    return _drawn(out, count, effective)


def _share(holds: BoolArray) -> FloatArray:
    """Return the share of true values of each row, counted by bits."""
    packed = np.packbits(holds, axis=1)
    return np.bitwise_count(packed).sum(axis=1, dtype=np.int64) / holds.shape[1]


def p_top_set_from_draws(
    draws: npt.ArrayLike,
    members: Sequence[int],
    from_: End = "highest",
    *,
    effective: float | None = None,
) -> DrawnProbability:
    """Return the probability that `members` are the extremes, in whatever order.

    Parameters
    ----------
    draws : array_like, shape (draws, groups)
    members : sequence of int
        Indices of groups, without repetition.
    from_ : {"highest", "lowest"}
    effective : float, optional
        As in `rank_distribution_from_draws`.

    Examples
    --------
    >>> found = p_top_set_from_draws([[0.6, 0.5], [0.4, 0.5], [0.5, 0.3], [0.7, 0.2]], [0])
    >>> float(found.value), round(float(found.error), 2)
    (0.75, 0.24)
    """
    return p_order_from_draws(draws, [list(members)], from_, effective=effective)


def p_order_from_draws(
    draws: npt.ArrayLike,
    places: Sequence[Sequence[int]],
    from_: End = "highest",
    *,
    effective: float | None = None,
) -> DrawnProbability:
    """Return the probability that the published order is the true one; as `p_order`.

    Parameters
    ----------
    draws : array_like, shape (draws, groups)
        Groups equal within a draw are in no order: such a draw does not count as the order.
    places : sequence of sequences of int
        Indices of groups, most extreme first; groups that share a place may be in either order.
    from_ : {"highest", "lowest"}
    effective : float, optional
        As in `rank_distribution_from_draws`.

    Examples
    --------
    >>> draws = [[0.6, 0.5, 0.3], [0.5, 0.6, 0.2], [0.7, 0.4, 0.4], [0.6, 0.5, 0.1]]
    >>> float(p_order_from_draws(draws, [[0], [1]]).value)
    0.5
    """
    values = sign_of(from_) * _check(draws)
    _, rest = split_members(values.shape[1], [g for place in places for g in place])
    holds = np.ones(len(values), dtype=bool)
    behind = values[:, rest].max(axis=1, initial=-np.inf)
    for place in reversed([list(p) for p in places if len(p)]):
        holds &= values[:, place].min(axis=1) > behind
        behind = values[:, place].max(axis=1)
    return _drawn(holds.mean(), len(values), effective)
