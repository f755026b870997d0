"""Needed sizes over the solutions: each possible set of counts has shares, and a size, of its own.

Averaged over the solutions, groups that a release does not print look alike, and a claim easier or
harder than in any of them: a largest group that is unknown has the share of a typical one. So the
size is computed of every solution, and what is reported is its median and the range of the middle
80%.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError
from alumnistats.planning.decisions import GroupOrder, OptionOrder, ShareBeyond, ShareWithin
from alumnistats.planning.normal import POWER
from alumnistats.planning.pair_beyond import PairBeyond
from alumnistats.planning.sample_size import SizeMethod, needed_size

D = TypeVar("D", GroupOrder, ShareBeyond, ShareWithin, OptionOrder, PairBeyond, covariant=True)

MIDDLE = 0.8  # probability of the solutions between the ends of a range


@dataclass(frozen=True, eq=False)
class DecisionRange(Generic[D]):
    """The decisions of the solutions at the ends of the middle 80% of sizes, and at the median.

    Attributes
    ----------
    low, median, high : Decision
        With one solution all the same.
    """

    low: D
    median: D
    high: D


@dataclass(frozen=True, slots=True)
class NeededSize:
    """Respondents that would settle a claim, over the solutions.

    Attributes
    ----------
    median : float
        Infinite if no number is enough in half of the solutions: they contradict the claim.
    low, high : float
        In a tenth of the solutions fewer are enough, in a tenth more are needed.
    """

    median: float
    low: float
    high: float


def decision_range(
    decisions: Sequence[D], weight: FloatArray, power: float = POWER
) -> DecisionRange[D]:
    """Return the decisions whose sizes are the median and the ends of the middle 80%.

    Parameters
    ----------
    decisions : sequence of Decision
        One a solution.
    weight : ndarray, shape (solutions,)
        Probabilities.
    power : float

    Returns
    -------
    DecisionRange
        Sizes are compared by normal approximation.

    Raises
    ------
    ArgumentError
        For weights that do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from alumnistats.planning import ShareBeyond
    >>> decisions = [ShareBeyond(np.array([p]), 0.5) for p in (0.58, 0.6, 0.62)]
    >>> found = decision_range(decisions, np.array([0.2, 0.6, 0.2]))
    >>> needed_sizes(found)
    NeededSize(median=169.0, low=115.0, high=258.0)
    """
    if len(decisions) != len(weight) or not len(weight):
        raise ArgumentError(
            "weight", np.shape(weight), f"one of each of {len(decisions)} decisions"
        )
    rough = np.array([one.rough(power) for one in decisions])
    order = np.argsort(rough, kind="stable")
    edges = np.cumsum(weight[order])
    tail = (1 - MIDDLE) / 2
    # The last bit of a sum of weights must not decide which solution is the median.
    at = [int(np.searchsorted(edges, q * edges[-1] - 1e-9)) for q in (tail, 0.5, 1 - tail)]
    low, median, high = (decisions[order[min(i, len(order) - 1)]] for i in at)
    return DecisionRange(low, median, high)


def needed_sizes(
    found: DecisionRange[D], power: float = POWER, method: SizeMethod = "exact"
) -> NeededSize:
    """Return the sizes of a range of decisions; see `needed_size`.

    Parameters
    ----------
    found : DecisionRange
    power : float
    method : {"exact", "normal"}

    Examples
    --------
    >>> import numpy as np
    >>> from alumnistats.planning import ShareBeyond
    >>> decisions = [ShareBeyond(np.array([p]), 0.5) for p in (0.58, 0.6, 0.62)]
    >>> needed_sizes(decision_range(decisions, np.array([0.2, 0.6, 0.2])))
    NeededSize(median=169.0, low=115.0, high=258.0)
    """
    sizes = {id(one): one for one in (found.low, found.median, found.high)}
    by_id = {key: needed_size(one, power, method) for key, one in sizes.items()}
    median = by_id[id(found.median)]
    # Exact sizes of neighbouring solutions need not keep the order of the approximate ones.
    low, high = (by_id[id(one)] for one in (found.low, found.high))
    return NeededSize(median, min(low, median), max(high, median))
