r"""Two measures of one survey with correlated group effects, by quadrature.

Given (mu_1, sigma_1, mu_2, sigma_2, rho) the groups are independent. The bivariate normal density
of a group's two standardised effects is diagonal in Hermite polynomials (Mehler 1866, Journal fuer
die reine und angewandte Mathematik 66, 161-176): with :math:`h_j = He_j / \sqrt{j!}`,

.. math:: \phi_2(x, y; \rho) = \phi(x)\,\phi(y) \sum_j \rho^j h_j(x)\,h_j(y),

so a group's evidence is :math:`\sum_j \rho^j a_j b_j` with one table of coefficients a measure,
:math:`a_j = \int \mathrm{Bin}(k \mid n, \mathrm{logit}^{-1}(\mu + \sigma x))\,h_j(x)\,\phi(x)\,dx`.
The tables serve every rho, every node of the other measure, and densities as well as evidences.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray, gauss_legendre
from alumnistats.posterior.logit_normal import (
    LARGEST_LOGIT,
    SIGMA_PANELS,
    HyperNodes,
    empirical_logits,
    log_binomial,
)
from alumnistats.posterior.priors import LogitNormalPrior

MU_REACH = 5.2  # standard deviations of mu given sigma
PRUNED = 1e-8  # share of a node in its measure's own posterior below which it is left out
TEMPER = 0.85  # power of the likelihood in sigma's measure: correlation may move the posterior
NEGLIGIBLE = 1e-7  # of that measure's peak: its Gauss rule has no nodes beyond
FINE_ORDER = 40  # nodes of a panel in the discretised measure of sigma
SERIES_ERROR = 1e-6  # of the last term of Mehler's series
NEGLIGIBLE_SIGMA = 1e-5
FEWEST_TERMS, MOST_TERMS = 8, 320
REACH = 8.5  # of the standardised effects: beyond lies 2e-17 of their prior
CHUNK = 64  # cells tabulated at a time


@dataclass(frozen=True, slots=True)
class Rule:
    """Numbers of nodes: sigma and mu of each measure (before pruning), and rho."""

    sigma: int
    mu: int
    rho: int


def gauss_rule(points: FloatArray, mass: FloatArray, order: int) -> tuple[FloatArray, FloatArray]:
    """Return the Gauss rule of a discrete measure, by Lanczos' recursion (Golub and Welsch 1969).

    Parameters
    ----------
    points, mass : ndarray, shape (points,)
        The measure; more points than `order`.
    order : int
        Nodes of the rule.
    """
    basis = [np.sqrt(mass / mass.sum())]
    matrix = np.zeros((order, order))
    for i in range(order):
        v = points * basis[-1]
        matrix[i, i] = basis[-1] @ v
        known = np.array(basis)
        for _ in range(2):  # the second pass removes what rounding left of the first
            v = v - known.T @ (known @ v)
        size = np.linalg.norm(v)
        if i + 1 < order:
            matrix[i, i + 1] = matrix[i + 1, i] = size
            basis.append(v / size)
    nodes, vectors = np.linalg.eigh(matrix)
    return nodes, vectors[0] ** 2 * mass.sum()


def _log_normal(x: npt.ArrayLike, mean: float, sd: float) -> FloatArray:
    z = (np.asarray(x) - mean) / sd
    return np.asarray(-0.5 * z**2 - np.log(sd * np.sqrt(2 * np.pi)))


@dataclass(frozen=True, eq=False)
class NormalCounts:
    """Typical counts as normal logits: mu is then integrated out in closed form.

    Attributes
    ----------
    y, se : ndarray, shape (groups,)
    prior : LogitNormalPrior
    """

    y: FloatArray
    se: FloatArray
    prior: LogitNormalPrior

    def given(self, sigma: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return log p(y | sigma), and mu's posterior mean and sd given sigma, shape of sigma."""
        precision = 1 / (self.se**2 + sigma[:, None] ** 2)
        own = self.prior.mu_scale**-2
        total = precision.sum(axis=1) + own
        y = self.y - self.prior.mu_loc
        shift = (precision @ y) / total
        square = precision @ y**2 - total * shift**2
        log_like = 0.5 * (np.log(precision).sum(axis=1) - np.log(total) - square)
        return log_like, self.prior.mu_loc + shift, total**-0.5


def question_nodes(n: FloatArray, k: FloatArray, prior: LogitNormalPrior, rule: Rule) -> HyperNodes:
    """Return a lean rule over (mu, sigma) for typical counts, shape (groups,) each.

    Sigma has the Gauss rule of (an approximation of) its own posterior: what is left to integrate
    is the smooth ratio that correlation and the exact likelihood put on top of it. Given sigma,
    mu has equidistant nodes where the counts put it: the trapezoidal rule stays accurate when a
    high correlation makes the posterior of (mu_1, mu_2) a narrow ridge, which Gauss-Hermite nodes
    of either would not.
    """
    typical = NormalCounts(*empirical_logits(n, k), prior)
    x, w = gauss_legendre(FINE_ORDER)
    panels = list(itertools.pairwise(np.array(SIGMA_PANELS) * prior.sigma_scale))
    fine = np.concatenate([(a + b) / 2 + (b - a) / 2 * x for a, b in panels])
    width = np.concatenate([(b - a) / 2 * w for a, b in panels])

    def measure(sigma: FloatArray) -> FloatArray:
        return TEMPER * typical.given(sigma)[0] + _log_normal(sigma, 0.0, prior.sigma_scale)

    log_measure = measure(fine)
    peak = log_measure.max()
    kept = log_measure > peak + np.log(NEGLIGIBLE)
    mass = np.exp(log_measure - peak) * width
    sigma, mass = gauss_rule(fine[kept], mass[kept], rule.sigma)
    log_rule = np.log(mass) - measure(sigma) + peak
    z, step = np.linspace(-MU_REACH, MU_REACH, rule.mu, retstep=True)
    _, centre, sd = typical.given(sigma)
    mu = centre[:, None] + sd[:, None] * z
    log_prior = _log_normal(mu, prior.mu_loc, prior.mu_scale) + np.log(2)
    log_prior = log_prior + _log_normal(sigma, 0.0, prior.sigma_scale)[:, None]
    log_weight = log_prior + (log_rule + np.log(sd * step))[:, None]
    share = mass[:, None] / mass.sum() * np.exp(-(z**2) / 2) * step
    kept = share > PRUNED
    repeated = np.broadcast_to(sigma[:, None], mu.shape)
    return HyperNodes(mu[kept], repeated[kept], log_weight[kept], log_prior[kept])


def rho_rule(eta: float, rule: Rule) -> tuple[FloatArray, FloatArray]:
    """Return nodes and probabilities of LKJ(eta) for a pair: Gauss-Gegenbauer."""
    from scipy.special import roots_jacobi

    nodes, weight = roots_jacobi(rule.rho, eta - 1, eta - 1)
    return np.asarray(nodes), np.asarray(weight / weight.sum())


Question = tuple[FloatArray, FloatArray, HyperNodes]
"""Empirical logits and their standard errors of typical counts, and the nodes."""


def largest_sigma(question: Question) -> float:
    """Return the sigma above which lies `NEGLIGIBLE_SIGMA` of the measure's own posterior."""
    y, se, nodes = question
    variance = se**2 + nodes.sigma[:, None] ** 2
    log_like = -0.5 * ((y - nodes.mu[:, None]) ** 2 / variance + np.log(variance)).sum(axis=1)
    log_mass = nodes.log_weight + log_like
    edges = np.cumsum(np.exp(log_mass - log_mass.max()))  # sigma rises along the nodes
    at = np.searchsorted(edges, (1 - NEGLIGIBLE_SIGMA) * edges[-1])
    return float(nodes.sigma[min(at, len(edges) - 1)])


def terms_needed(questions: Sequence[Question], rho: FloatArray) -> IntArray:
    """Return how many terms Mehler's series needs at each rho.

    A likelihood of standard deviation tau (in units of sigma) has coefficients that fall like
    ``(1 + tau**2) ** (-j / 2)``.
    """
    log_ratio = np.log(np.maximum(np.abs(rho), 1e-12))
    for question in questions:
        log_ratio -= 0.5 * np.log1p((question[1].min() / largest_sigma(question)) ** 2)
    needed = np.ceil(np.log(SERIES_ERROR) / log_ratio)
    return np.asarray(np.clip(needed, FEWEST_TERMS, MOST_TERMS).astype(np.int64))


def step_needed(questions: Sequence[Question], terms: int) -> float:
    """Return the step of the trapezoidal rule in z: what it cannot resolve is below 1e-9.

    The functions h_j oscillate with frequencies up to sqrt(j), and likelihoods of standard
    deviation tau have frequencies up to about 7 / tau.
    """
    narrowest = min(se.min() / nodes.sigma.max() for _, se, nodes in questions)
    return float(2 * np.pi / (np.sqrt(terms) + 7 * np.hypot(1 / narrowest, np.sqrt(0.5))))


def hermite_functions(z: FloatArray, terms: int) -> Iterator[FloatArray]:
    """Yield ``h_j(z) phi(z) sqrt(2 pi)`` for j = 0, 1, ...; nothing overflows."""
    half = np.exp(-(z**2) / 4)  # once in the recursion, which it keeps bounded, and once outside
    before, now = np.zeros_like(half), half
    for j in range(terms):
        yield now * half
        before, now = now, (z * now - np.sqrt(j) * before) / np.sqrt(j + 1)


def series(z: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Return ``phi(z) sum_j c_j h_j(z)``, with c_j along the last axis of `coefficients`.

    Parameters
    ----------
    z : ndarray, shape (..., nodes)
    coefficients : ndarray, shape (..., groups, terms)

    Returns
    -------
    ndarray, shape (..., groups, nodes)
    """
    out = np.zeros((*coefficients.shape[:-1], z.shape[-1]))
    for j, h in enumerate(hermite_functions(z, coefficients.shape[-1])):
        out += coefficients[..., j, None] * h[..., None, :]
    return np.maximum(out / np.sqrt(2 * np.pi), 0.0)  # far out, rounding may be all there is


@dataclass(frozen=True, eq=False)
class Table:
    """Coefficients of one measure.

    Attributes
    ----------
    nodes : HyperNodes
    index : ndarray of int, shape (solutions, groups)
        Cell, that is distinct (n, k), of each group.
    n, k : ndarray of int, shape (cells,)
    coefficients : ndarray, shape (cells, nodes, terms)
        Divided by ``exp(log_scale)``, which makes the first one about 1 at a typical node.
    log_scale : ndarray, shape (cells,)
    """

    nodes: HyperNodes
    index: IntArray
    n: IntArray
    k: IntArray
    coefficients: FloatArray
    log_scale: FloatArray

    def log_evidence(self) -> FloatArray:
        """Return log p(k | n) of the measure alone, shape (solutions,), without the scale."""
        with np.errstate(divide="ignore"):
            first = np.log(self.coefficients[..., 0])
        total = self.nodes.log_weight + sum(first[column] for column in self.index.T)
        return np.asarray(np.logaddexp.reduce(total, axis=1))


def tabulate(n: IntArray, k: IntArray, nodes: HyperNodes, terms: int, step: float) -> Table:
    """Compute the coefficients of every distinct (n, k), shape (solutions, groups) each.

    Parameters
    ----------
    n, k, nodes, terms
        As in `Table`.
    step : float
        Of the trapezoidal rule in z, which converges geometrically for these integrands.
    """
    base = int(n.max()) + 1
    cells, index = np.unique(n * base + k, return_inverse=True)
    index = index.reshape(n.shape)
    n_cell, k_cell = np.divmod(cells, base)
    z = np.arange(-np.ceil(REACH / step), np.ceil(REACH / step) + 1) * step
    weighted = np.stack(list(hermite_functions(z, terms)), axis=1) * step / np.sqrt(2 * np.pi)
    phi = np.clip(nodes.mu[:, None] + nodes.sigma[:, None] * z, -4 * LARGEST_LOGIT, None)
    best = _log_best(n_cell, k_cell)
    coefficients = np.empty((len(cells), len(nodes.mu), terms))
    for first in range(0, len(cells), CHUNK):
        rows = slice(first, first + CHUNK)
        like = np.exp(log_binomial(n_cell[rows], k_cell[rows], phi) - best[rows, None, None])
        coefficients[rows] = like @ weighted
    tiny = np.finfo(float).tiny
    share = np.bincount(index.ravel(), minlength=len(cells)) / len(index)
    zeroth = np.log(np.maximum(coefficients[..., 0], tiny))
    typical = int(np.argmax(nodes.log_weight + share @ zeroth))
    coefficients /= np.exp(zeroth[:, typical])[:, None, None]
    return Table(nodes, index, n_cell, k_cell, coefficients, best + zeroth[:, typical])


def _log_best(n: IntArray, k: IntArray) -> FloatArray:
    """Return the log likelihood of each (n, k) where it is largest."""
    y, _ = empirical_logits(n, k)
    return np.array([log_binomial(a, b, c[None])[0] for a, b, c in zip(n, k, y, strict=True)])
