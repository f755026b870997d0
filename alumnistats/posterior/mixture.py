"""Posterior of the groups' shares as a mixture of components with independent groups.

Given a solution (sizes and counts) and the hyperparameters, the groups' shares are independent, so
every joint posterior of the package is a mixture of products of one-dimensional densities. They
are kept on one common grid, Gauss-Legendre panels on the logit scale, on which integrals and
cumulative integrals of smooth densities converge geometrically: all that ranks need is quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from alumnistats.arrays import FloatArray, gauss_legendre
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError

ORDER = 12  # Gauss-Legendre nodes of a panel


@lru_cache(maxsize=4)
def panel(order: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return nodes and weights on [-1, 1], and the matrix of integrals from -1 to each node."""
    nodes, weights = gauss_legendre(order)
    vandermonde = np.polynomial.legendre.legvander(nodes, order - 1)
    integrals = np.empty((order, order))
    for degree in range(order):
        unit = np.zeros(degree + 1)
        unit[degree] = 1.0
        primitive = np.polynomial.legendre.legint(unit, lbnd=-1)
        integrals[:, degree] = np.polynomial.legendre.legval(nodes, primitive)
    return nodes, weights, integrals @ np.linalg.inv(vandermonde)


def panel_grid(edges: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return nodes and quadrature weights, `ORDER` of each between neighbouring edges.

    Parameters
    ----------
    edges : array_like, shape (panels + 1,)
        Increasing, in logits.
    """
    nodes, weights, _ = panel(ORDER)
    ends = np.asarray(edges, dtype=float)
    half, centres = np.diff(ends)[:, None] / 2, (ends[:-1] + ends[1:])[:, None] / 2
    return (centres + half * nodes).ravel(), (half * weights).ravel()


@dataclass(frozen=True, eq=False)
class Mixture:
    """Weighted components; within each the groups are independent, or have one share.

    Attributes
    ----------
    weight : ndarray, shape (components,)
        Probabilities; they sum to 1.
    grid : ndarray, shape (components, nodes)
        Increasing proportions in (0, 1) of each component: `panel_grid` on the logit scale. Ranks
        compare groups within a component only, so each may have the panels that suit it: with
        small differences between groups its densities are narrow. One grid for all, shape
        (nodes,), is repeated.
    quad : ndarray, shape (components, nodes)
        Quadrature weights on the proportion scale; repeated as the grid is.
    density : ndarray, shape (components, groups, nodes)
        Densities of the proportion; ``(density * quad).sum(axis=-1)`` is 1.
    one_share : bool
        Whether all groups have one and the same share, whose density each row repeats: no group
        then exceeds another.
    """

    __repr__ = short_repr

    weight: FloatArray
    grid: FloatArray
    quad: FloatArray
    density: FloatArray
    one_share: bool = False

    def __post_init__(self) -> None:
        components, _, nodes = self.density.shape
        if self.weight.shape != (components,) or not np.isclose(self.weight.sum(), 1.0):
            raise ArgumentError("weight", self.weight.shape, f"{components} probabilities")
        shapes = {(nodes,), (components, nodes)}
        if nodes % ORDER or self.grid.shape not in shapes or self.quad.shape != self.grid.shape:
            raise ArgumentError("grid", self.grid.shape, "whole panels, as in density and quad")
        for name in ("grid", "quad"):
            repeated = np.broadcast_to(getattr(self, name), (components, nodes))
            object.__setattr__(self, name, repeated)
        for array in (self.weight, self.density):
            array.setflags(write=False)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.density.shape[1])

    @cached_property
    def mass(self) -> FloatArray:
        """Density times quadrature weight, shape (components, groups, nodes)."""
        return np.asarray(self.density * self.quad[:, None, :])

    @cached_property
    def cdf(self) -> FloatArray:
        """Distribution functions at the nodes, shape (components, groups, nodes)."""
        return cumulate(self.mass)

    def beyond(self, value: float) -> FloatArray:
        """Return P(share > value) in each component, shape (components, groups)."""
        right = np.clip((self.grid < value).sum(axis=1), 1, self.grid.shape[1] - 1)
        row = np.arange(len(right))
        low, high = self.grid[row, right - 1], self.grid[row, right]
        share = np.clip((value - low) / (high - low), 0.0, 1.0)[:, None]
        below = (1 - share) * self.cdf[row, :, right - 1] + share * self.cdf[row, :, right]
        below = np.where((value < self.grid[:, 0])[:, None], 0.0, below)
        return np.asarray(1.0 - np.where((value > self.grid[:, -1])[:, None], 1.0, below))


def cumulate(mass: FloatArray) -> FloatArray:
    """Return integrals up to every node from density times quadrature weight, along the last axis.

    Exact for polynomials of degree 11 on each panel, whatever the panels' widths.
    """
    _, weights, integrals = panel(ORDER)
    panels = mass.reshape(*mass.shape[:-1], -1, ORDER)
    inside = (panels / weights) @ integrals.T
    totals = panels.sum(axis=-1)
    before = np.cumsum(totals, axis=-1) - totals
    return np.asarray(np.clip(before[..., None] + inside, 0.0, 1.0).reshape(mass.shape))


def proportion_grid(edges: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return logits, proportions, and quadrature weights on the proportion scale."""
    phi, weights = panel_grid(edges)
    theta = expit(phi)
    return phi, theta, weights * theta * expit(-phi)
