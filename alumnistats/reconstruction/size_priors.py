r"""Priors on sample sizes: models of how a survey fills its groups.

Each prior is a mixture over hyperparameters; given them the groups are independent, and a group's
size has the law

.. math:: P(n) = (1 - e)\,1[n = m] + e\,u(n),

with ``m`` the quota, ``e`` the probability that a group departs from it, and ``u`` the law of the
sizes that do. The product over G groups is a polynomial of degree G in ``e``, so its mean over the
Beta prior of ``e`` is exact with a Gauss-Jacobi rule of (G + 2) // 2 nodes: nothing is lost by
treating ``e`` as one of few values. The published total is conditioned on later, by the pass.

quota
    ``m`` is uniform on the admissible sizes, ``e ~ Beta(1, 4)``, ``u`` uniform on them.
shortfall
    The same, but a group that departs falls short: ``u`` is uniform on sizes up to ``m``.
free
    ``e = 1``: sizes are independent and uniform.
dirichlet
    Sizes are Dirichlet-multinomial given the total, with concentration 1, 2, 4, ..., 256 per
    group equally likely: from very uneven to nearly equal.
equal
    Every group has the total divided by the number of groups, rounded down or up.
proportional
    Multinomial with the published population sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, roots_jacobi

from alumnistats.errors import ArgumentError
from alumnistats.survey import Survey

SizePrior = Literal["quota", "shortfall", "free", "dirichlet", "equal", "proportional"]
SIZE_PRIORS: tuple[SizePrior, ...] = get_args(SizePrior)

FloatArray = npt.NDArray[np.float64]

DEPARTURE_PRIOR = (1.0, 4.0)  # Beta(a, b) of e: on average one group in five misses the quota
CONCENTRATIONS = tuple(2.0**k for k in range(9))
SIZE_LIMIT_OF_MEAN = 2.5  # no group is larger than this many times the mean size
SIZE_LIMIT_WITHOUT_TOTAL = 400


@dataclass(frozen=True, eq=False)
class SizeModel:
    """One value of the hyperparameters that is shared by all nodes of the departure rate.

    Attributes
    ----------
    log_weight : float
        Log prior probability of this value.
    quota : int or None
        ``m``, if groups have one.
    departing : ndarray, shape (groups, largest + 1)
        ``u(n)`` of every group.
    nodes, node_weights : ndarray, shape (nodes,)
        Departure rates and their prior probabilities.
    """

    log_weight: float
    quota: int | None
    departing: FloatArray
    nodes: FloatArray
    node_weights: FloatArray


def size_limits(survey: Survey) -> tuple[int, int]:
    """Return the smallest and largest sample size that a group may have.

    With a published total the largest is two and a half times the mean size (or the largest
    published size); without one it is 400.
    """
    groups = len(survey.groups)
    known = [g.n for g in survey.groups if g.n is not None]
    known += [f.n for f in survey.figures if f.n is not None and f.group != "overall"]
    largest = SIZE_LIMIT_WITHOUT_TOTAL
    if survey.total is not None:
        mean = survey.total / groups
        largest = min(survey.total - groups + 1, int(np.ceil(SIZE_LIMIT_OF_MEAN * mean)))
    return 1, max([largest, *known])


def _departure_rule(groups: int) -> tuple[FloatArray, FloatArray]:
    a, b = DEPARTURE_PRIOR
    x, w = roots_jacobi((groups + 2) // 2, b - 1, a - 1)
    return (1 + x) / 2, w / w.sum()


def _flat(groups: int, lowest: int, highest: int, largest: int) -> FloatArray:
    law = np.zeros(largest + 1)
    law[lowest : highest + 1] = 1.0 / (highest - lowest + 1)
    return np.tile(law, (groups, 1))


def _quota(survey: Survey, low: int, high: int, *, shortfall: bool) -> Iterator[SizeModel]:
    groups = len(survey.groups)
    nodes, weights = _departure_rule(groups)
    free = _flat(groups, low, high, high)
    prior = -float(np.log(high - low + 1))
    for m in range(low, high + 1):
        law = _flat(groups, low, m, high) if shortfall else free
        yield SizeModel(prior, m, law, nodes, weights)


def _independent(
    laws: list[tuple[float, FloatArray]],
) -> Iterator[SizeModel]:
    for log_weight, law in laws:
        yield SizeModel(log_weight, None, law, np.ones(1), np.ones(1))


def _dirichlet(survey: Survey, low: int, high: int) -> Iterator[SizeModel]:
    groups, n = len(survey.groups), np.arange(high + 1)
    mean = (survey.total or groups * high / 2) / groups
    laws = []
    for a in CONCENTRATIONS:
        # Negative binomial laws with a common success rate are Dirichlet-multinomial given their
        # sum; the rate that gives the mean size keeps the numbers well scaled.
        log_law = gammaln(n + a) - gammaln(n + 1) - gammaln(a) + n * np.log(mean / (mean + a))
        law = np.where((n >= low), np.exp(log_law + a * np.log(a / (mean + a))), 0.0)
        laws.append((-float(np.log(len(CONCENTRATIONS))), np.tile(law / law.sum(), (groups, 1))))
    return _independent(laws)


def _equal(survey: Survey, _low: int, high: int) -> Iterator[SizeModel]:
    if survey.total is None:
        raise ArgumentError("sizes", "equal", "a survey with a published total")
    groups = len(survey.groups)
    law = np.zeros(high + 1)
    law[[survey.total // groups, -(-survey.total // groups)]] = 1.0
    return _independent([(0.0, np.tile(law / law.sum(), (groups, 1)))])


def _proportional(survey: Survey, low: int, high: int) -> Iterator[SizeModel]:
    sizes = [g.population_size for g in survey.groups]
    if survey.total is None or any(s is None for s in sizes):
        raise ArgumentError(
            "sizes", "proportional", "a survey with a total and population_size in every group"
        )
    mean = survey.total * np.array(sizes, dtype=float) / sum(s or 0 for s in sizes)
    n = np.arange(high + 1)
    law = np.exp(n * np.log(mean[:, None]) - mean[:, None] - gammaln(n + 1))
    law[:, :low] = 0.0
    return _independent([(0.0, law / law.sum(axis=1, keepdims=True))])


_REGISTRY: dict[str, Callable[[Survey, int, int], Iterator[SizeModel]]] = {
    "quota": lambda survey, low, high: _quota(survey, low, high, shortfall=False),
    "shortfall": lambda survey, low, high: _quota(survey, low, high, shortfall=True),
    "free": lambda survey, low, high: _independent(
        [(0.0, _flat(len(survey.groups), low, high, high))]
    ),
    "dirichlet": _dirichlet,
    "equal": _equal,
    "proportional": _proportional,
}


def size_models(survey: Survey, prior: SizePrior, low: int, high: int) -> list[SizeModel]:
    """Return the components of a size prior on ``low <= n <= high``.

    Parameters
    ----------
    survey : Survey
    prior : SizePrior
    low, high : int
        As from `size_limits`.

    Returns
    -------
    list of SizeModel
        Log weights are those of a probability distribution.

    Raises
    ------
    ArgumentError
        For an unknown prior, or one that needs what the survey does not publish.
    """
    if prior not in _REGISTRY:
        raise ArgumentError("sizes", prior, "one of " + ", ".join(SIZE_PRIORS))
    return list(_REGISTRY[prior](survey, low, high))
