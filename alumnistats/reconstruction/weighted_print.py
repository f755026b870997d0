r"""Likelihoods of weighted percentages: shares of the weights, not counts out of a size.

If k of n respondents gave an answer, their weighted share S varies around k / n, since some of them
count more than others. Weights that have nothing to do with the answer give S the variance
:math:`D\, p (1 - p) / n` with D the design effect (Kish 1965), of which the count has
:math:`p (1 - p) / n`; the covariance is the same, so that

.. math:: S \mid k, n \sim N\bigl(k / n,\; (D - 1)\, \tilde p (1 - \tilde p) / n\bigr),
          \qquad \tilde p = (k + 1) / (n + 2).

A print is the event that S lies in the interval that rounds to it, whose ends no rounding rule
decides. With probability 1e-6 S is anywhere between 0 and 1, so that no print is impossible. Added
to what the count says of the population, this is the information of n / D respondents: nothing
is to be deflated again.

An overall share has weights of its own across groups and does not tie their counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.likelihood import GroupTables, IntArray
from alumnistats.reconstruction.particles import CountSampler
from alumnistats.reconstruction.printed_counts import DenseTables, OverallChances
from alumnistats.reconstruction.split_laws import FloatArray
from alumnistats.reconstruction.structure import Printed, Tree
from alumnistats.rounding import full_scale

DESIGN_EFFECT = 1.5  # where the file gives none
ANYWHERE = 1e-6  # probability that a weighted share has nothing to do with the count
NARROWEST = 0.5  # standard deviation in respondents, at least: a share is no whole number of them


@dataclass(frozen=True, slots=True)
class Weighting:
    """How far weighted shares are from counts.

    Attributes
    ----------
    design_effect : float
        At least 1.
    """

    design_effect: float = DESIGN_EFFECT

    def chance(self, printed: Printed, count: IntArray, size: IntArray) -> FloatArray:
        """Return the probability of a print given counts and sizes, which broadcast."""
        k, n = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(size, dtype=float))
        known = k <= n
        if printed.count is not None:
            known = known & (k == printed.count)
        if printed.nobs is not None:
            known = known & (n == printed.nobs)
        if printed.low is None or printed.high is None:
            return known.astype(float)
        full = full_scale(printed.digits)
        low = max(printed.low - 0.5, 0.0) / full
        high = min(printed.high + 0.5, full) / full
        n = np.maximum(n, 1.0)
        share = (np.minimum(k, n) + 1) / (n + 2)
        variance = (self.design_effect - 1) * share * (1 - share) * n
        deviation = np.sqrt(np.maximum(variance, NARROWEST**2)) / n
        mean = np.minimum(k, n) / n
        inside, whole = (
            ndtr((b - mean) / deviation) - ndtr((a - mean) / deviation)
            for a, b in ((low, high), (0.0, 1.0))
        )
        near = (1 - ANYWHERE) * inside / whole + ANYWHERE * max(high - low, 0.0)
        return np.asarray(near * (known & (size > 0)), dtype=float)


class WeightedTables(DenseTables):
    """`GroupTables` of weighted percentages.

    Parameters
    ----------
    tree, scenario, largest, attached, cache, laws
        As of `GroupTables`; the scenario's subtotals are rounded sums.
    weighting : Weighting
    """

    def __init__(self, *args: Any, weighting: Weighting) -> None:
        super().__init__(*args)
        self.weighting = weighting

    def _agrees(self, printed: Printed, count: IntArray, size: IntArray) -> FloatArray:
        return self.weighting.chance(printed, count, size)


class WeightedSampler(CountSampler):
    """`CountSampler` whose overall figures do not tie the groups' counts."""

    def __init__(
        self,
        trees: Mapping[str, Tree],
        tables: Mapping[str, GroupTables],
        scenario: Scenario,
        groups: Sequence[str],
        rng: np.random.Generator,
    ) -> None:
        super().__init__(untied(trees), tables, scenario, groups, rng)


def untied(trees: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return the trees without the figures of all respondents."""
    return {
        name: Tree(t.name, t.question, t.nodes, t.bases, t.measures, t.group_prints, {}, t.shares)
        for name, t in trees.items()
    }


class WeightedOverall(OverallChances):
    """`OverallChances` of weighted percentages."""

    def __init__(self, tree: Tree, base: int, weighting: Weighting) -> None:
        self.tree, self.base, self.weighting = tree, base, weighting

    @property
    def own(self) -> dict[int, FloatArray]:
        """Probability of a node's own figure, by total, (base + 1,)."""
        total, base = np.arange(self.base + 1), np.full(self.base + 1, self.base)
        return {v: self.weighting.chance(p, total, base) for v, p in self.tree.totals.items()}
