r"""Partial pooling by a Beta distribution of the shares, exactly: quadrature over its parameters.

.. math:: m \sim \mathrm{Beta}(a, b), \quad \kappa \sim \mathrm{Pareto}(\kappa_0, s), \quad
          \theta_g \sim \mathrm{Beta}(\kappa m, \kappa (1 - m)),
          \quad k_g \sim \mathrm{Bin}(n_g, \theta_g).

Given (m, kappa) a group's count is beta-binomial and its share Beta again, both in closed form. The
rule over (m, kappa): Gauss-Legendre panels in log kappa and, given kappa, Gauss-Legendre in logit m
around where the counts put it. Grids, tables and mixtures are those of `logit_normal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, betaln, expit, gammaln, log_expit, polygamma, psi

from alumnistats.arrays import FloatArray, gauss_legendre
from alumnistats.posterior.conjugate import log_choose
from alumnistats.posterior.logit_normal import (
    LARGEST_LOGIT,
    PRIOR_NODES,
    SMALL_SIGMA,
    Components,
    Grid,
    PairTables,
    component_panels,
    empirical_logits,
    log_binomial,
    spread,
)
from alumnistats.posterior.mixture import ORDER, Mixture

if TYPE_CHECKING:
    from alumnistats.posterior.priors import BetaBinomialPrior
    from alumnistats.reconstruction import Solutions

GRID_FINENESS = 1
KAPPA_PANEL = 1.0  # width of a panel in log kappa
KAPPA_ORDER = 6  # nodes of a panel
KAPPA_TAIL = 1e-9  # prior probability of the kappa beyond the last panel
LARGEST_KAPPA = 1e8  # beyond it shares are equal for all that counts can tell
POSSIBLE = 45.0  # nodes whose log posterior is this far below the largest are left out
STIRLING = 1e4  # argument from which Stirling's series is exact to machine precision
MEAN_NODES = 40
MEAN_REACH = 8.5  # approximate standard deviations of logit m that the nodes cover
TAIL = 16.0  # powers of e that a component's grid goes down where its tail is exponential
PANEL_WIDTH = 4.0  # of 12 nodes, in standard deviations of the narrowest group
FEWEST_PANELS, MOST_PANELS = 6, 30


@dataclass(frozen=True, eq=False)
class HyperNodes:
    """Nodes of the rule over (m, kappa); log prior density, and that times the rule's weight."""

    m: FloatArray
    log_kappa: FloatArray
    log_weight: FloatArray
    log_prior: FloatArray

    @property
    def parameters(self) -> tuple[FloatArray, FloatArray]:
        """Parameters of the Beta distribution of the shares at every node."""
        kappa = np.minimum(np.exp(self.log_kappa), LARGEST_KAPPA)
        return kappa * self.m, kappa * (1 - self.m)


def hyper_nodes(
    n: FloatArray, k: FloatArray, prior: BetaBinomialPrior, *, fineness: int = 1
) -> HyperNodes:
    """Return the rule over (m, kappa) for typical counts, shape (groups,) each."""
    y, se = empirical_logits(n, k)
    rough = expit(np.average(y, weights=se**-2))
    least = np.log(prior.kappa_least)
    span = -np.log(KAPPA_TAIL) / prior.kappa_shape
    panels = int(np.ceil(span / KAPPA_PANEL)) * fineness
    x, w = gauss_legendre(KAPPA_ORDER)
    half = span / (2 * panels)
    t = (least + half * (2 * np.arange(panels)[:, None] + 1 + x)).ravel()
    wt = np.tile(half * w, panels)
    z, v = gauss_legendre(MEAN_NODES * fineness)
    kappa = np.exp(t)[:, None]
    between = polygamma(1, kappa * rough) + polygamma(1, kappa * (1 - rough))
    # The prior of logit m: exact mean and variance when m is Beta distributed.
    centre_0 = psi(prior.mean_a) - psi(prior.mean_b)
    precision_0 = 1 / (polygamma(1, prior.mean_a) + polygamma(1, prior.mean_b))
    precision = 1 / (se**2 + between)
    total = precision.sum(axis=1) + precision_0
    centre = (precision @ y + centre_0 * precision_0) / total
    reach = MEAN_REACH / np.sqrt(total)
    low = np.maximum(centre - reach, -LARGEST_LOGIT)[:, None]
    high = np.minimum(centre + reach, LARGEST_LOGIT)[:, None]
    logit_m = (low + high) / 2 + (high - low) / 2 * z
    below, above = log_expit(logit_m), log_expit(-logit_m)
    log_m = prior.mean_a * below + prior.mean_b * above - betaln(prior.mean_a, prior.mean_b)
    log_t = np.log(prior.kappa_shape) - prior.kappa_shape * (t - least)  # density of log kappa
    log_weight = log_m + log_t[:, None] + np.log(wt)[:, None] + np.log((high - low) / 2 * v)
    density = log_m - below - above + (log_t - t)[:, None]  # of (m, kappa)
    nodes = HyperNodes(
        expit(logit_m).ravel(), np.repeat(t, len(z)), log_weight.ravel(), density.ravel()
    )
    return _possible(nodes, np.asarray(n, dtype=float), np.asarray(k, dtype=float))


def _possible(nodes: HyperNodes, n: FloatArray, k: FloatArray) -> HyperNodes:
    """Leave out the nodes that the counts rule out: most of a rule that must cover any counts."""
    log_posterior = nodes.log_weight + log_betabinomial(n, k, nodes).sum(axis=0)
    kept = log_posterior > log_posterior.max() - POSSIBLE
    return HyperNodes(
        nodes.m[kept], nodes.log_kappa[kept], nodes.log_weight[kept], nodes.log_prior[kept]
    )


def log_rising(a: FloatArray, k: FloatArray) -> FloatArray:
    """Return log of a (a + 1) ... (a + k - 1), without cancellation for large a."""
    large = np.maximum(a, STIRLING)
    series = (1 / (large + k) - 1 / large) / 12
    stirling = (large + k - 0.5) * np.log1p(k / large) + k * (np.log(large) - 1) + series
    small = np.minimum(a, STIRLING)
    return np.asarray(np.where(a > STIRLING, stirling, gammaln(small + k) - gammaln(small)))


def log_betabinomial(
    n: FloatArray, k: FloatArray, nodes: HyperNodes, power: float = 1.0
) -> FloatArray:
    """Return log p(k | n, m, kappa), its likelihood to a power, shape (pairs, hyper)."""
    a, b = nodes.parameters
    n, k = n[:, None], k[:, None]
    law = log_rising(a, power * k) + log_rising(b, power * (n - k)) - log_rising(a + b, power * n)
    return power * log_choose(n, k) + law


def tabulate(solutions: Solutions, grid: Grid, nodes: HyperNodes, power: float = 1.0) -> PairTables:
    """Compute the tables of a set of solutions; as in `logit_normal`, but for ``log_z`` exact."""
    rows = solutions.n * (int(solutions.n.max()) + 1) + solutions.k
    cells, index = np.unique(rows, return_inverse=True)
    n, k = (c.astype(float) for c in np.divmod(cells, int(solutions.n.max()) + 1))
    log_z = log_betabinomial(n, k, nodes, power)
    log_like = power * log_binomial(n, k, grid.phi)
    likelihood = np.exp(log_like - log_like.max(axis=1, keepdims=True))
    return PairTables(index.reshape(solutions.n.shape), likelihood, _shares(nodes, grid), log_z)


def _shares(nodes: HyperNodes, grid: Grid) -> FloatArray:
    """Return the probability of each grid node's cell given (m, kappa), shape (hyper, nodes)."""
    a, b = (p[:, None] for p in nodes.parameters)
    log_density = a * log_expit(grid.phi) + b * log_expit(-grid.phi) - betaln(a, b)
    prior = np.exp(log_density) * (grid.quad / (grid.theta * (1 - grid.theta)))
    _add_beyond(prior, betainc(a, b, grid.theta[0]), betainc(b, a, 1 - grid.theta[-1]))
    width = np.sqrt(polygamma(1, a) + polygamma(1, b))[:, 0]
    centre = (psi(a) - psi(b))[:, 0]
    narrow = width < SMALL_SIGMA * grid.spacing(centre)
    if narrow.any():
        z, w = np.polynomial.hermite_e.hermegauss(PRIOR_NODES)
        phi = centre[narrow, None] + width[narrow, None] * z
        log_ratio = a[narrow] * log_expit(phi) + b[narrow] * log_expit(-phi) + z**2 / 2
        ratio = w * np.exp(log_ratio - log_ratio.max(axis=1, keepdims=True))
        prior[narrow] = spread(phi, ratio / ratio.sum(axis=1, keepdims=True), grid)
    return np.asarray(prior)


def _add_beyond(mass: FloatArray, low: FloatArray, high: FloatArray) -> None:
    """Add the mass of shares that are practically 0 or 1 to the outermost panels, in place.

    Small parameters leave mass beyond any grid. It is spread over a panel and not put on a node, so
    that groups which all lie there are ordered at random and not tied.
    """
    _, weight = gauss_legendre(ORDER)
    mass[..., :ORDER] += low * weight / 2
    mass[..., -ORDER:] += high * weight / 2


def component_mixture(nodes: HyperNodes, given: Components) -> Mixture:
    """Return the mixture of the groups' Beta posteriors given a solution and (m, kappa) each."""
    a, b = (p[given.node, None] for p in nodes.parameters)
    a = a + given.counts
    b = b + given.sizes - given.counts
    centre, sd = psi(a) - psi(b), np.sqrt(polygamma(1, a) + polygamma(1, b))
    # A Beta variable's logit has exponential tails, of rates a and b.
    low = np.maximum((centre - np.maximum(MEAN_REACH * sd, TAIL / a)).min(axis=1), -LARGEST_LOGIT)
    high = np.minimum((centre + np.maximum(MEAN_REACH * sd, TAIL / b)).max(axis=1), LARGEST_LOGIT)
    phi, weight = component_panels(low, high, sd)
    below, above = log_expit(phi)[:, None], log_expit(-phi)[:, None]
    log_mass = a[..., None] * below + b[..., None] * above + np.log(weight)[:, None]
    mass = np.exp(log_mass - log_mass.max(axis=-1, keepdims=True))
    beyond_low = betainc(a, b, expit(low)[:, None])
    beyond_high = betainc(b, a, expit(-high)[:, None])
    mass *= ((1 - beyond_low - beyond_high) / mass.sum(axis=-1))[..., None]
    _add_beyond(mass, beyond_low[..., None], beyond_high[..., None])
    quad = weight * expit(phi) * expit(-phi)
    return Mixture(given.share, expit(phi), quad, mass / quad[:, None, :])
