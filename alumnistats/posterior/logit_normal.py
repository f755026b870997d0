r"""Partial pooling, exactly: the logit-normal hierarchy by quadrature, over weighted solutions.

.. math:: \mu \sim N(m, s^2), \quad \sigma \sim N^+(0, t^2), \quad
          \mathrm{logit}\,\theta_g \sim N(\mu, \sigma^2),
          \quad k_g \sim \mathrm{Bin}(n_g, \theta_g).

Given (mu, sigma) the groups are independent and each has one integral,
:math:`Z(n, k \mid \mu, \sigma) = \int \mathrm{Bin}(k \mid n, \theta)\,p(\theta \mid \mu, \sigma)`.
It is tabulated once for every distinct (n, k) among the solutions and every node of a rule over
(mu, sigma): Gauss-Legendre panels in sigma and, given sigma, Gauss-Legendre in mu around where the
pooled counts put it. A solution's evidence at a node is a sum of logs gathered from the table.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import expit, log_expit

from alumnistats.arrays import FloatArray, IntArray, gauss_legendre
from alumnistats.brief import short_repr
from alumnistats.posterior.conjugate import log_choose
from alumnistats.posterior.mixture import ORDER, Mixture, panel_grid, proportion_grid

if TYPE_CHECKING:
    from alumnistats.posterior.priors import LogitNormalPrior
    from alumnistats.reconstruction import Solutions


GRID_FINENESS = 1
SIGMA_PANELS = (0.0, 0.15, 0.4, 0.8, 1.4, 2.4, 5.0)  # in units of the prior scale
SIGMA_ORDER = 6  # nodes of a panel
MU_NODES = 28
MU_REACH = 7.0  # approximate standard deviations of mu that the nodes cover
LOGIT_REACH = 9.0  # standard errors of the logit that the grid covers beyond every group
LARGEST_LOGIT = 16.0
SPACING = 0.34  # average distance of grid nodes, in standard errors of the narrowest likelihood
SMALL_SIGMA = 2.5  # below this many grid spacings, Z comes from Gauss-Hermite in theta's prior
FEWEST_GRID, MOST_GRID = 16, 60  # panels of the common grid
SCAN = 2001  # points at which the wanted resolution is looked at
PRIOR_NODES = 24
# By sigma in units of that limit: at a quarter of it, half of the nodes are as exact.
PRIOR_NODES_BY_WIDTH = ((0.0, 0.25, 12), (0.25, 1.0, PRIOR_NODES))
COMPONENT_REACH = 8.5  # posterior standard deviations that a component's panels cover
PANEL_WIDTH = 4.0  # of 12 nodes, in standard deviations of the narrowest group
FEWEST_PANELS, MOST_PANELS = 6, 30


@dataclass(frozen=True, eq=False)
class Grid:
    """Common grid of the shares: logits, proportions, quadrature weights of proportions."""

    __repr__ = short_repr

    phi: FloatArray
    theta: FloatArray
    quad: FloatArray

    def spacing(self, phi: FloatArray) -> FloatArray:
        """Return the average distance of the nodes around given logits."""
        panels = self.phi.reshape(-1, ORDER)
        distance = (panels[:, -1] - panels[:, 0]) / (ORDER - 1)
        return np.asarray(distance[np.clip(np.searchsorted(panels[:, 0], phi) - 1, 0, None)])


@dataclass(frozen=True, eq=False)
class HyperNodes:
    """Nodes of the rule over (mu, sigma); log of prior density times rule weight, and without."""

    mu: FloatArray
    sigma: FloatArray
    log_weight: FloatArray
    log_prior: FloatArray | None = None


def empirical_logits(n: npt.ArrayLike, k: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return logits and their standard errors with half a success and half a failure added."""
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    successes, failures = k + 0.5, n - k + 0.5
    return np.log(successes / failures), np.sqrt(1 / successes + 1 / failures)


def choose_grid(n: npt.ArrayLike, k: npt.ArrayLike, *, fineness: float = 1.0) -> Grid:
    """Return a grid that covers the likelihood of every (n, k) and resolves each where it lies.

    Panels are narrow where a narrow likelihood has mass and wide elsewhere, so that one group of
    few respondents does not cost the others their resolution.

    Parameters
    ----------
    n, k : ndarray
        Sizes and counts of any shape.
    fineness : float
        Multiplies the number of nodes; for convergence checks.
    """
    pairs = np.unique(np.stack([np.ravel(n), np.ravel(k)]), axis=1)
    centre, se = empirical_logits(*pairs)
    low = max(float((centre - LOGIT_REACH * se).min()), -LARGEST_LOGIT)
    high = min(float((centre + LOGIT_REACH * se).max()), LARGEST_LOGIT)
    # Panels wanted per logit: what the narrowest likelihood that reaches there needs.
    at = np.linspace(low, high, SCAN)
    wanted = np.full(SCAN, FEWEST_GRID / (high - low))
    for c, s in zip(centre, se, strict=True):
        near = np.abs(at - c) <= LOGIT_REACH * s
        wanted[near] = np.maximum(wanted[near], 1 / (ORDER * SPACING * s))
    panels = np.concatenate([[0.0], np.cumsum((wanted[1:] + wanted[:-1]) / 2)]) * (at[1] - at[0])
    count = int(np.ceil(min(panels[-1], MOST_GRID) * fineness))
    return Grid(*proportion_grid(np.interp(np.linspace(0, panels[-1], count + 1), panels, at)))


def hyper_nodes(
    n: FloatArray, k: FloatArray, prior: LogitNormalPrior, *, fineness: int = 1
) -> HyperNodes:
    """Return the rule over (mu, sigma) for typical counts, shape (groups,) each."""
    y, se = empirical_logits(n, k)
    x, w = gauss_legendre(SIGMA_ORDER * fineness)
    z, v = gauss_legendre(MU_NODES * fineness)
    mu, sigma, log_weight, log_density = [], [], [], []
    edges = np.array(SIGMA_PANELS) * prior.sigma_scale
    for a, b in itertools.pairwise(edges):
        for s, ws in zip((a + b) / 2 + (b - a) / 2 * x, (b - a) / 2 * w, strict=True):
            precision = 1 / (se**2 + s**2)
            total = precision.sum() + prior.mu_scale**-2
            centre = (precision @ y + prior.mu_loc * prior.mu_scale**-2) / total
            reach = MU_REACH / np.sqrt(total)
            m = centre + reach * z
            log_prior = _log_normal(m, prior.mu_loc, prior.mu_scale) + np.log(2)
            log_prior = log_prior + _log_normal(s, 0.0, prior.sigma_scale)
            mu.append(m)
            sigma.append(np.full_like(m, s))
            log_weight.append(log_prior + np.log(ws * reach * v))
            log_density.append(log_prior)
    return HyperNodes(*(np.concatenate(a) for a in (mu, sigma, log_weight, log_density)))


def _log_normal(x: npt.ArrayLike, mean: npt.ArrayLike, sd: npt.ArrayLike) -> FloatArray:
    x, mean, sd = (np.asarray(v, dtype=float) for v in (x, mean, sd))
    z = (x - mean) / sd
    return np.asarray(-0.5 * z**2 - np.log(sd) - 0.5 * np.log(2 * np.pi))


def log_binomial(n: FloatArray, k: FloatArray, phi: FloatArray) -> FloatArray:
    """Return log Bin(k | n, expit(phi)), shape of n followed by that of phi."""
    n, k = np.asarray(n, float), np.asarray(k, float)
    # As one matrix product: it is a sum of two terms, each a number of the pair times one of phi.
    flat = phi.reshape(-1)
    out = np.stack([k, n - k], axis=-1) @ np.stack([log_expit(flat), log_expit(-flat)])
    out += np.asarray(log_choose(n, k))[..., None]
    return np.asarray(out.reshape(n.shape + phi.shape))


@dataclass(frozen=True, eq=False)
class PairTables:
    """Everything tabulated over distinct (n, k) pairs, hyper nodes and the grid.

    Attributes
    ----------
    index : ndarray of int, shape (solutions, groups)
        Row of each group's pair.
    likelihood : ndarray, shape (pairs, nodes)
        Bin(k | n, theta) up to a factor a row.
    prior : ndarray, shape (hyper, nodes)
        Density of theta given (mu, sigma) times the quadrature weight.
    log_z : ndarray, shape (pairs, hyper)
    """

    index: IntArray
    likelihood: FloatArray
    prior: FloatArray
    log_z: FloatArray


def tabulate(solutions: Solutions, grid: Grid, nodes: HyperNodes, power: float = 1.0) -> PairTables:
    """Compute the tables of a set of solutions; the likelihood raised to `power`."""
    rows = solutions.n * (int(solutions.n.max()) + 1) + solutions.k
    cells, index = np.unique(rows, return_inverse=True)
    n, k = np.divmod(cells, int(solutions.n.max()) + 1)
    log_like = power * log_binomial(n, k, grid.phi)
    peak = log_like.max(axis=1, keepdims=True)
    likelihood = np.exp(log_like - peak)
    log_prior = _log_normal(grid.phi, nodes.mu[:, None], nodes.sigma[:, None])
    # On the logit scale the quadrature weight is quad / (theta (1 - theta)).
    logit_quad = grid.quad / (grid.theta * (1 - grid.theta))
    prior = np.exp(log_prior) * logit_quad
    with np.errstate(divide="ignore"):
        log_z = np.log(likelihood @ prior.T) + peak
    narrowness = nodes.sigma / (SMALL_SIGMA * grid.spacing(nodes.mu))
    for low, high, order in PRIOR_NODES_BY_WIDTH:
        narrow = (narrowness >= low) & (narrowness < high)
        if narrow.any():
            z, w = np.polynomial.hermite_e.hermegauss(order)
            phi = nodes.mu[narrow, None] + nodes.sigma[narrow, None] * z
            prior[narrow] = spread(phi, w / w.sum(), grid)
            log_z[:, narrow] = _log_mean(power * log_binomial(n, k, phi), w / w.sum())
    return PairTables(index.reshape(solutions.n.shape), likelihood, prior, log_z)


def _log_mean(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the log of weighted means along the last axis of values given by their logs."""
    top = values.max(axis=-1)
    return np.asarray(np.log(np.exp(values - top[..., None]) @ weight) + top)


def spread(phi: FloatArray, weight: FloatArray, grid: Grid) -> FloatArray:
    """Return point masses moved to the grid's nodes, shape (rows, nodes).

    Each goes to its four neighbours with the weights of cubic interpolation, so that integrals of
    functions that the grid resolves are those over the points.

    Parameters
    ----------
    phi : ndarray, shape (rows, points)
        Logits of the points.
    weight : ndarray, shape (points,) or (rows, points)
        Their probabilities.
    """
    at = np.clip(phi, grid.phi[0], grid.phi[-1])
    first = np.clip(np.searchsorted(grid.phi, at) - 2, 0, len(grid.phi) - 4)
    nodes = grid.phi[first[..., None] + np.arange(4)]
    out = np.zeros((len(phi), len(grid.phi)))
    rows = np.arange(len(phi))[:, None]
    for i in range(4):
        lagrange = np.ones_like(at)
        for j in range(4):
            if j != i:
                lagrange *= (at - nodes[..., j]) / (nodes[..., i] - nodes[..., j])
        np.add.at(out, (rows, first + i), weight * lagrange)
    return out


class Weighted(Protocol):
    """Nodes of any hierarchy's rule."""

    @property
    def log_weight(self) -> FloatArray:
        """Log of prior density times rule weight."""


def log_joint(tables: PairTables, nodes: Weighted) -> FloatArray:
    """Return log of prior weight times p(k | n, node), shape (solutions, hyper)."""
    total = np.broadcast_to(nodes.log_weight, (len(tables.index), len(nodes.log_weight))).copy()
    for g in range(tables.index.shape[1]):
        total += tables.log_z[tables.index[:, g]]
    return total


def component_panels(
    low: FloatArray, high: FloatArray, sd: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return logits and weights of equally many panels of each component, (components, nodes).

    Parameters
    ----------
    low, high : ndarray, shape (components,)
        Logits at which the panels begin and end.
    sd : ndarray, shape (components, groups)
        Of the groups' posteriors: the narrowest of a component says how wide its panels may be.
    """
    panels = np.ceil((high - low) / (PANEL_WIDTH * sd.min(axis=1))).max()
    count = int(np.clip(panels, FEWEST_PANELS, MOST_PANELS))
    unit, weight = panel_grid(np.linspace(0, 1, count + 1))
    width = (high - low)[:, None]
    return low[:, None] + width * unit, width * weight


def component_grids(
    sizes: npt.NDArray[Any], counts: npt.NDArray[Any], nodes: HyperNodes, node: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return logits and weights that suit each component, shape (components, nodes).

    A group's posterior given (mu, sigma) is about normal with the precision of its likelihood plus
    that of the prior; the panels reach `COMPONENT_REACH` of its standard deviations.
    """
    y, se = empirical_logits(sizes, counts)
    precision = se**-2 + nodes.sigma[node, None] ** -2
    centre = (y * se**-2 + (nodes.mu / nodes.sigma**2)[node, None]) / precision
    sd = precision**-0.5
    low = np.maximum((centre - COMPONENT_REACH * sd).min(axis=1), -LARGEST_LOGIT)
    high = np.minimum((centre + COMPONENT_REACH * sd).max(axis=1), LARGEST_LOGIT)
    return component_panels(low, high, sd)


@dataclass(frozen=True, eq=False)
class Components:
    """What the components of a hierarchy's mixture are given.

    Attributes
    ----------
    sizes, counts : ndarray, shape (components, groups)
        Of the solution of each; whole, or effective ones.
    node : ndarray of int, shape (components,)
        Indices into the nodes of the hyperparameters.
    share : ndarray, shape (components,)
        Their probabilities.
    """

    sizes: npt.NDArray[Any]
    counts: npt.NDArray[Any]
    node: IntArray
    share: FloatArray


def component_mixture(nodes: HyperNodes, given: Components) -> Mixture:
    """Return the mixture of the groups' posteriors given a solution and (mu, sigma) each."""
    n, k, node = given.sizes, given.counts, given.node
    phi, weight = component_grids(n, k, nodes, node)
    theta = expit(phi)
    quad = weight * theta * expit(-phi)
    n, k = n[..., None], k[..., None]
    below, above = log_expit(phi)[:, None, :], log_expit(-phi)[:, None, :]
    log_mass = k * below + (n - k) * above
    prior = _log_normal(phi, nodes.mu[node, None], nodes.sigma[node, None]) + np.log(weight)
    log_mass = log_mass + prior[:, None, :]
    mass = np.exp(log_mass - log_mass.max(axis=-1, keepdims=True))
    mass /= mass.sum(axis=-1, keepdims=True)
    return Mixture(given.share, theta, quad, mass / quad[:, None, :])


def marginal_densities(tables: PairTables, grid: Grid, weight: FloatArray) -> FloatArray:
    """Return each group's posterior density over all solutions and nodes, shape (groups, nodes).

    Parameters
    ----------
    weight : ndarray, shape (solutions, hyper)
        Joint posterior probabilities.
    """
    groups = tables.index.shape[1]
    norm = tables.likelihood @ tables.prior.T
    out = np.empty((groups, len(grid.theta)))
    for g in range(groups):
        pairs, row = np.unique(tables.index[:, g], return_inverse=True)
        cells = (np.ones(len(row)), (row.reshape(-1), np.arange(len(row))))
        share = np.asarray(csr_array(cells, shape=(len(pairs), len(row))) @ weight)
        ratio = np.divide(share, norm[pairs], out=np.zeros_like(share), where=norm[pairs] > 0)
        out[g] = (tables.likelihood[pairs] * (ratio @ tables.prior)).sum(axis=0)
    return out / out.sum(axis=1, keepdims=True) / grid.quad
