"""The probability that some groups' shares all lie within a margin of each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alumnistats.arrays import FloatArray, check_level
from alumnistats.posterior.mixture import Mixture
from alumnistats.ranking.posterior_ranks import others_product

NEGLIGIBLE = 1e-200  # probability of a tail that no sum notices


def all_within(mixture: Mixture, margin: float, members: Sequence[int] | None = None) -> float:
    """Return the probability that no two groups' shares are more than `margin` apart.

    The law of the range (David and Nagaraja 2003, Order Statistics, section 2.3): one group is the
    smallest, at x, and all others lie between x and x plus the margin.

    Parameters
    ----------
    mixture : Mixture
    margin : float
        In proportions, in (0, 1).
    members : sequence of int, optional
        Groups; all of them when omitted.

    Returns
    -------
    float

    Raises
    ------
    ArgumentError
        For a margin out of range.

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> round(all_within(posterior, 0.1, [0, 1]), 3), round(all_within(posterior, 0.1), 3)
    (0.808, 0.06)
    """
    check_level(margin, "margin", "a difference of proportions between 0 and 1")
    groups = list(range(mixture.groups)) if members is None else list(members)
    if len(groups) < 2:
        return 1.0
    total = 0.0
    for weight, grid, mass, cdf in zip(
        mixture.weight, mixture.grid, mixture.mass[:, groups], mixture.cdf[:, groups], strict=True
    ):
        between = np.clip(_moved(grid, cdf, margin) - cdf, 0.0, 1.0)
        total += weight * float((mass * others_product(between[None])[0]).sum())
    return float(np.clip(total, 0.0, 1.0))


def _moved(grid: FloatArray, cdf: FloatArray, margin: float) -> FloatArray:
    """Return distribution functions at the nodes plus a margin, shape (groups, nodes)."""
    from scipy.interpolate import PchipInterpolator

    at = grid + margin
    cdf = np.where(cdf < NEGLIGIBLE, 0.0, cdf)  # a slope of 1e-309 has no reciprocal
    inside = PchipInterpolator(grid, cdf, axis=1)(np.minimum(at, grid[-1]))
    return np.where(at >= grid[-1], 1.0, inside)
