r"""Weighted percentages: shares of the weights, not counts out of a size.

If k of n respondents gave
an answer, their weighted share S varies around k / n, since some of them count more than others.
Weights that have nothing to do with the answer give S the variance :math:`D\, p (1 - p) / n` with D
the design effect (Kish 1965), of which the count has :math:`p (1 - p) / n`; the covariance is the
same, so that

.. math:: S \mid k, n \sim N\bigl(k / n,\; (D - 1)\, \tilde p (1 - \tilde p) / n\bigr),
          \qquad \tilde p = (k + 1) / (n + 2).

A figure is the event that S lies in the interval that rounds to it, whose ends no rounding rule
decides. With probability 1e-6 S is anywhere between 0 and 1, so that no figure is impossible. Added
to what the count says of the population, this is the information of n / D respondents: nothing
is to be deflated again. An overall share has weights of its own across groups and does not tie
their counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from scipy.special import ndtr

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.reconstruction.published import Exact, agrees_beside
from alumnistats.reconstruction.question_tree import Published, Tree
from alumnistats.rounding import RoundingRule, full_scale

DESIGN_EFFECT = 1.5  # where the file gives none
ANYWHERE = 1e-6  # probability that a weighted share has nothing to do with the count
NARROWEST = 0.5  # standard deviation in respondents, at least: a share is no whole number of them


@dataclass(frozen=True, slots=True)
class Weighted(Exact):
    """Figures that are shares of weights.

    Attributes
    ----------
    design_effect : float
        At least 1: how far weighted shares are from counts.
    """

    design_effect: float = DESIGN_EFFECT
    certain: ClassVar[bool] = False
    tell_sizes: ClassVar[bool] = False

    def chance(
        self,
        published: Published,
        count: IntArray,
        size: IntArray,
        rule: RoundingRule = "half-up",  # noqa: ARG002  weighting blurs more than any rule
    ) -> FloatArray:
        """Return the probability of a figure given counts and sizes, whatever the rule."""
        k, n = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(size, dtype=float))
        known = agrees_beside(published, k, n)
        if published.low is None or published.high is None:
            return known.astype(float)
        full = full_scale(published.digits)
        low = max(published.low - 0.5, 0.0) / full
        high = min(published.high + 0.5, full) / full
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

    def beside_count(
        self,
        published: Published,
        count: IntArray,
        size: IntArray,
        rule: RoundingRule,  # noqa: ARG002  it need not be the share of these counts
    ) -> FloatArray:
        """Return 1 beside an agreeing count: the share says how answers were weighted."""
        return agrees_beside(published, count, size).astype(float)

    def tied(self, trees: Mapping[str, Tree]) -> Mapping[str, Tree]:
        """Return the trees without overall figures, which have weights across groups."""
        return {name: replace(tree, totals={}) for name, tree in trees.items()}
