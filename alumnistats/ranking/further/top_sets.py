r"""The set of groups that is most probably the top, by branch and bound.

The probability that a set is the whole top is at most the smallest P(rank <= t) of its members, the
smallest P(rank > t) of the others, and the smallest P(member > other) of any pair. Groups are
decided one by one, from the likeliest member down; a branch whose bound is below the best set found
is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.posterior.mixture import Mixture
from alumnistats.ranking.draws import ranks_of_draws
from alumnistats.ranking.posterior_ranks import p_top_set, pairwise, rank_distribution

MOST_NODES = 20_000  # branches looked at before the search gives up
TOLERANCE = 1e-9  # error of the quadrature, by which a bound may be too low


@dataclass(frozen=True, eq=False)
class TopSet:
    """The most probable top.

    Attributes
    ----------
    members : ndarray of int, shape (top,)
        Groups in increasing order of their index.
    probability : float
        That they are the top, in whatever order.
    certain : bool
        Whether no other set has a larger probability; False if the search was cut short.
    """

    members: IntArray
    probability: float
    certain: bool


def most_probable_top(
    posterior: Mixture | npt.ArrayLike, top: int, *, most_nodes: int = MOST_NODES
) -> TopSet:
    """Return the set of `top` groups that most probably are the top.

    Parameters
    ----------
    posterior : Mixture or array_like, shape (draws, groups)
        By quadrature; or from draws, where it is the most frequent set.
    top : int
    most_nodes : int
        Branches after which the search stops, with the best set until then.

    Returns
    -------
    TopSet

    Raises
    ------
    ArgumentError
        For a size out of range or draws that are not a table.

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> found = most_probable_top(posterior, 2)
    >>> found.members.tolist(), round(found.probability, 3)
    ([0, 1], 0.983)
    """
    groups = posterior.groups if isinstance(posterior, Mixture) else np.asarray(posterior).shape[-1]
    if not 1 <= top <= groups:
        raise ArgumentError("top", top, f"from 1 to {groups}")
    if not isinstance(posterior, Mixture):
        return _most_frequent(posterior, top)
    chance = rank_distribution(posterior)[:, :top].sum(axis=1)
    search = _Search(
        lambda members: p_top_set(posterior, members), chance, pairwise(posterior), top, most_nodes
    )
    return search.run()


def _most_frequent(draws: npt.ArrayLike, top: int) -> TopSet:
    inside = ranks_of_draws(draws) <= top
    whole = inside[inside.sum(axis=1) == top]  # ties across the cut leave no set
    if not len(whole):
        raise ArgumentError("draws", "ties across the cut in every draw", "draws that order groups")
    sets, times = np.unique(whole, axis=0, return_counts=True)
    best = int(times.argmax())
    return TopSet(np.flatnonzero(sets[best]), float(times[best] / len(inside)), certain=True)


class _Search:
    """Depth first; the likelier branch, with the group, before the one without it."""

    def __init__(
        self,
        probability: Callable[[Sequence[int]], float],
        chance: FloatArray,
        pairs: FloatArray,
        top: int,
        most_nodes: int,
    ) -> None:
        self.probability, self.chance, self.pairs, self.top = probability, chance, pairs, top
        self.order = [int(g) for g in np.argsort(-chance, kind="stable")]
        self.left = most_nodes
        self.best: list[int] = []
        self.value = -1.0

    def run(self) -> TopSet:
        self._try(self.order[: self.top])
        stack: list[tuple[int, list[int], list[int], float]] = [(0, [], [], 1.0)]
        while stack and self.left > 0:
            self.left -= 1
            depth, inside, outside, bound = stack.pop()
            if bound <= self.value - TOLERANCE:
                continue
            if len(inside) == self.top:
                self._try(inside)
                continue
            if depth + self.top - len(inside) > len(self.order):
                continue
            g = self.order[depth]
            without = min(bound, 1 - self.chance[g], *(self.pairs[i, g] for i in inside))
            within = min(bound, self.chance[g], *(self.pairs[g, o] for o in outside))
            stack.append((depth + 1, inside, [*outside, g], float(without)))
            stack.append((depth + 1, [*inside, g], outside, float(within)))
        return TopSet(np.sort(np.array(self.best)), self.value, certain=not stack)

    def _try(self, inside: list[int]) -> None:
        value = self.probability(inside)
        if value > self.value:
            self.best, self.value = inside, value
