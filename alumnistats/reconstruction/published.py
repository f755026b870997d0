"""The law of one published figure given a count of a base, where figures are rounded shares.

A count shows a figure or it does not. Figures that may be misprinted, and weighted ones, have laws
of their own (`misprinted`, `weighted`), with the methods of `Exact`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.reconstruction.question_tree import Distribution, Published, Tree
from alumnistats.remainders import forced_counts
from alumnistats.rounding import RoundingRule, agreeing_counts

Weights = FloatArray | BoolArray
"""Of counts: 0 or 1 where figures are right, probabilities where they may not be."""


def agreeing_range(
    published: Published, sizes: IntArray, rule: RoundingRule
) -> tuple[IntArray, IntArray]:
    """Return the first and last agreeing count for every base size; none where last < first."""
    low, high = np.zeros_like(sizes), sizes.copy()
    if published.low is not None and published.high is not None:
        low, _ = agreeing_counts(published.low, sizes, published.digits, rule)
        _, high = agreeing_counts(published.high, sizes, published.digits, rule)
        high = np.where(sizes > 0, high, -1)  # nobody has no share
    if published.count is not None:
        low, high = np.maximum(low, published.count), np.minimum(high, published.count)
    if published.nobs is not None:
        high = np.where(sizes == published.nobs, high, -1)
    return low, high


def beside_share(published: Published, sizes: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first and last count that what is published beside a share allows."""
    return agreeing_range(replace(published, low=None, high=None), sizes, "half-up")


def forced_range(
    tree: Tree,
    whole: Distribution,
    node: int,
    published: Published,
    sizes: IntArray,
    rounding: RoundingRule,
    *,
    added: bool,
) -> tuple[IntArray, IntArray]:
    """Return the first and last count of a node beside a distribution that is forced to sum to 100.

    Parameters
    ----------
    tree : Tree
    whole : Distribution
        Published in full.
    node : int
        An option, for which every count within a unit is returned; or a measure, which is the sum
        of the published shares if these are `added`, else the rounded share of the sum.
    published : Published
        Of the node.
    sizes : ndarray of int
    rounding : RoundingRule
    added : bool
        Whether subtotals are sums of rounded shares.
    """
    if node in whole.leaves:
        low, high = beside_share(published, sizes)
        first, last = forced_counts(whole.units[whole.leaves.index(node)], sizes, whole.digits)
        return np.maximum(low, first), np.minimum(high, last)
    share = published.low is not None and published.digits == whole.digits
    if not (added and share and node in tree.measures):
        return agreeing_range(published, sizes, rounding)
    below = set(tree.below(node))
    units = sum(u for v, u in zip(whole.leaves, whole.units, strict=True) if v in below)
    low, high = beside_share(published, sizes)
    fits = int(published.low or 0) <= units <= int(published.high or 0)
    return low, high if fits else np.full_like(high, -1)


def agrees_beside(
    published: Published, count: IntArray | FloatArray, size: IntArray | FloatArray
) -> BoolArray:
    """Return whether counts and sizes, of one shape, are what is published beside a share."""
    known = count <= size
    if published.count is not None:
        known = known & (count == published.count)
    if published.nobs is not None:
        known = known & (size == published.nobs)
    return np.asarray(known)


@dataclass(frozen=True, slots=True)
class Exact:
    """Figures that are shares of counts, rounded by a rule.

    Attributes
    ----------
    certain, tell_sizes : bool
        Whether a figure rules counts out; and whether it may come from some sizes only.
    """

    certain: ClassVar[bool] = True
    tell_sizes: ClassVar[bool] = True

    @property
    def misprint_prior(self) -> float | None:
        """Probability of a misprint beforehand; None where there are none."""
        return None

    def chance(
        self, published: Published, count: IntArray, size: IntArray, rule: RoundingRule
    ) -> Weights:
        """Return the probability of a figure given counts and sizes, which broadcast."""
        low, high = agreeing_range(published, size, rule)
        return np.asarray((count >= low) & (count <= high))

    def of_units(self, published: Published, units: IntArray) -> Weights:
        """Return the probability of a figure given the right value, a sum of rounded parts say."""
        low, high = int(published.low or 0), int(published.high or 0)
        return np.asarray((units >= low) & (units <= high))

    def of_sum(
        self,
        published: Published,  # noqa: ARG002  the window was found by it
        units: IntArray,  # noqa: ARG002  only misprints are of these
        window: BoolArray,
        chance: Callable[[], FloatArray],  # noqa: ARG002  parts are given
    ) -> Weights:
        """Return the weight of totals by an overall figure that is a sum of rounded parts.

        Parameters
        ----------
        published : Published
        units : ndarray of int, shape (totals,)
            The totals' rounded shares.
        window : ndarray of bool, shape (totals,)
            Which totals have parts that may add to the figure.
        chance : callable
            Returns the probability that the parts of each total do.

        Returns
        -------
        ndarray, shape (totals,)
            Here the window: whether parts add up is looked at when totals are divided.
        """
        return window

    def beside_count(
        self, published: Published, count: IntArray, size: IntArray, rule: RoundingRule
    ) -> Weights:
        """Return the probability of a figure beside a count that is published itself."""
        return self.chance(published, count, size, rule)

    def tied(self, trees: Mapping[str, Tree]) -> Mapping[str, Tree]:
        """Return the trees with the overall figures that are sums over groups."""
        return trees
