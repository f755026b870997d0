"""From tables and sums to posterior densities, mixtures and draws of two correlated measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_expit, logit

from alumnistats.arrays import FloatArray, IntArray, thinned
from alumnistats.posterior import multi_question_tables as tables_module
from alumnistats.posterior.logit_normal import (
    SMALL_SIGMA,
    Grid,
    choose_grid,
    component_grids,
    empirical_logits,
    log_binomial,
)
from alumnistats.posterior.mixture import Mixture
from alumnistats.posterior.multi_question_engine import Sums, integrate
from alumnistats.posterior.multi_question_tables import Rule, Table, hermite_functions, series
from alumnistats.posterior.priors import LogitNormalPrior

if TYPE_CHECKING:
    from alumnistats.reconstruction import Solutions

CONDITIONAL_NODES = 121  # of a share's law given the other share, in `draw`
CONDITIONAL_REACH = 8.0
DRAWS_AT_ONCE = 500
CELLS = 2**22  # of a table of Hermite functions that is held at once
Pair = tuple["Solutions", "Solutions"]


@dataclass(frozen=True, eq=False)
class Components:
    """Parameters of the components of both mixtures, which belong to each other row by row.

    Attributes
    ----------
    weight, rho : ndarray, shape (components,)
    mu, sigma : ndarray, shape (components, 2)
    n, k : ndarray of int, shape (components, 2, groups)
    """

    weight: FloatArray
    rho: FloatArray
    mu: FloatArray
    sigma: FloatArray
    n: IntArray
    k: IntArray


@dataclass(frozen=True, eq=False)
class Measure:
    """Posterior of one measure; see `Fit`."""

    solutions: Solutions
    mixture: Mixture
    grid: Grid
    marginal: FloatArray
    hyper: dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the model gives: both measures, nodes and probabilities of rho, solutions' weights."""

    measures: tuple[Measure, Measure]
    rho: FloatArray
    rho_weight: FloatArray
    rho_prior: FloatArray
    log_evidence: float
    ess: float
    weight: FloatArray
    components: Components


def moments(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Return mean and standard deviation of weighted values."""
    mean = float(values @ weight)
    return mean, float(np.sqrt(np.maximum((values - mean) ** 2 @ weight, 0.0)))


def run(
    pair: Pair,
    priors: tuple[LogitNormalPrior, LogitNormalPrior],
    eta: float,
    rule: Rule,
    most: int,
    components: int,
    nodes_of_rho: tuple[FloatArray, FloatArray] | None = None,
) -> Posterior:
    """Compute the joint posterior.

    Parameters
    ----------
    pair : tuple of Solutions
        With the same rows and weights.
    priors, eta
        As in `estimate_jointly`.
    rule : Rule
        Numbers of nodes.
    most : int
        Most solutions.
    components : int
        Most components of the mixtures.
    nodes_of_rho : tuple of ndarray, optional
        Nodes and prior probabilities in the place of LKJ's: one node fixes rho.
    """
    rho, rho_prior = nodes_of_rho or tables_module.rho_rule(eta, rule)
    tables, terms = _tables(pair, priors, rho, rule)
    pair, tables, log_solution, ess = _thin(pair, tables, most)
    sums = integrate(tables, (rho, rho_prior, terms), log_solution, components)
    picked = _components(pair, tables, sums, rho)
    measures = tuple(
        Measure(
            replace(pair[q], weight=pair[q].weight / pair[q].weight.sum()),
            mixtures,
            *_marginal(pair[q], tables[q], sums, q),
            _hyper(tables[q], sums.node[q]),
        )
        for q, mixtures in enumerate(_mixtures(pair, tables, sums, rho, picked[1]))
    )
    ess = min(ess, float(1 / (sums.solution**2).sum()))
    return Posterior(
        (measures[0], measures[1]), rho, sums.rho, rho_prior, sums.log_total, ess,
        sums.solution, picked[0],
    )  # fmt: skip


def _hyper(table: Table, weight: FloatArray) -> dict[str, tuple[float, float]]:
    return {name: moments(getattr(table.nodes, name), weight) for name in ("mu", "sigma")}


def _tables(
    pair: Pair, priors: tuple[LogitNormalPrior, LogitNormalPrior], rho: FloatArray, rule: Rule
) -> tuple[tuple[Table, Table], IntArray]:
    """Return both tables, and how many terms of the series each rho needs."""
    questions = []
    for one, prior in zip(pair, priors, strict=True):
        n, k = one.weight @ one.n, one.weight @ one.k
        nodes = tables_module.question_nodes(n, k, prior, rule)
        questions.append((*empirical_logits(n, k), nodes))
    terms = tables_module.terms_needed(questions, rho)
    most = int(terms.max())
    step = tables_module.step_needed(questions, most)
    first, second = (
        tables_module.tabulate(s.n, s.k, nodes, most, step)
        for s, (_, _, nodes) in zip(pair, questions, strict=True)
    )
    return (first, second), terms


def _thin(
    pair: Pair, tables: tuple[Table, Table], most: int
) -> tuple[Pair, tuple[Table, Table], FloatArray, float]:
    """Return at most `most` solutions, their log weights, and the effective number of all.

    They are drawn systematically by their weight under the two measures' own models, so that only
    what the correlation adds is left to reweight.
    """
    with np.errstate(divide="ignore"):
        log_weight = np.log(pair[0].weight)
    for one, table in zip(pair, tables, strict=True):
        log_weight = log_weight - one.log_prior + table.log_scale[table.index].sum(axis=1)
    alone = tables[0].log_evidence() + tables[1].log_evidence()
    weight = np.exp(log_weight + alone - (log_weight + alone).max())
    log_total = np.log(weight.sum()) + (log_weight + alone).max()
    weight /= weight.sum()
    ess = float(1 / (weight**2).sum())
    if len(weight) <= most:
        return pair, tables, log_weight, ess
    kept, times = thinned(weight, most)
    first, second = (_rows(s, kept, times / most) for s in pair)
    cut = [replace(t, index=t.index[kept]) for t in tables]
    return (first, second), (cut[0], cut[1]), np.log(times / most) - alone[kept] + log_total, ess


def _rows(solutions: Solutions, kept: IntArray, weight: FloatArray) -> Solutions:
    return replace(
        solutions, n=solutions.n[kept], k=solutions.k[kept], weight=weight,
        log_prior=solutions.log_prior[kept],
    )  # fmt: skip


def _marginal(solutions: Solutions, table: Table, sums: Sums, q: int) -> tuple[Grid, FloatArray]:
    """Return a grid and each group's posterior density of the share on it."""
    grid = choose_grid(solutions.n, solutions.k)
    cell, density = sums.cell[q], sums.density[q]
    scale = table.log_scale[cell, None]
    n, k = table.n[cell].astype(float), table.k[cell].astype(float)
    like = np.exp(log_binomial(n, k, grid.phi) - scale)
    mass = np.zeros_like(like)
    logit_quad = grid.quad / (grid.theta * (1 - grid.theta))
    wide = table.nodes.sigma >= SMALL_SIGMA * grid.spacing(table.nodes.mu)
    mu, sigma = table.nodes.mu[:, None], table.nodes.sigma[:, None]
    for some in _chunks(np.flatnonzero(wide), density.shape[-1] * len(grid.phi)):
        z = (grid.phi - mu[some]) / sigma[some]
        mass += like * (_dense(z, density[:, some]) / sigma[some, None]).sum(axis=0) * logit_quad
    step = 0.05
    z = np.arange(-tables_module.REACH, tables_module.REACH + step, step)
    narrow = np.flatnonzero(~wide)
    for i, own in zip(narrow, _dense(z[None], density[:, narrow]), strict=True):
        phi = mu[i] + sigma[i] * z
        at = np.exp(log_binomial(n, k, phi) - scale)
        _spread(mass, grid.phi, phi, at * own * step)
    by_group = np.zeros((len(solutions.groups), len(grid.phi)))
    np.add.at(by_group, sums.group[q], np.maximum(mass, 0.0))
    return grid, by_group / by_group.sum(axis=1, keepdims=True) / grid.quad


def _chunks(nodes: IntArray, each: int) -> Iterator[IntArray]:
    """Yield the nodes in parts, each of which takes so many cells of a table."""
    part = max(CELLS // each, 1)
    for start in range(0, len(nodes), part):
        yield nodes[start : start + part]


def _dense(z: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Return `series` at points that all groups share, by matrix products.

    Parameters
    ----------
    z : ndarray, shape (nodes or 1, points)
    coefficients : ndarray, shape (groups, nodes, terms)

    Returns
    -------
    ndarray, shape (nodes, groups, points)
    """
    terms = coefficients.shape[-1]
    basis = np.empty((len(z), terms, z.shape[1]))
    for j, h in enumerate(hermite_functions(z, terms)):
        basis[:, j] = h
    return np.asarray(coefficients.transpose(1, 0, 2) @ basis / np.sqrt(2 * np.pi))


def _spread(mass: FloatArray, nodes: FloatArray, points: FloatArray, values: FloatArray) -> None:
    """Add masses at `points` to their neighbours among `nodes`, keeping the mean logit."""
    right = np.clip(np.searchsorted(nodes, points), 1, len(nodes) - 1)
    share = np.clip((points - nodes[right - 1]) / (nodes[right] - nodes[right - 1]), 0, 1)
    np.add.at(mass.T, right, (values * share).T)
    np.add.at(mass.T, right - 1, (values * (1 - share)).T)


def _components(
    pair: Pair, tables: tuple[Table, Table], sums: Sums, rho: FloatArray
) -> tuple[Components, IntArray]:
    """Return the distinct picked components, and their indices, shape (components, 4)."""
    rows, times = np.unique(sums.picked, axis=0, return_counts=True)
    r, solution = rows[:, 0], rows[:, 1]
    both = list(zip(tables, rows.T[2:], strict=True))
    return (
        Components(
            times / times.sum(),
            rho[r],
            np.stack([t.nodes.mu[i] for t, i in both], axis=1),
            np.stack([t.nodes.sigma[i] for t, i in both], axis=1),
            np.stack([s.n[solution] for s in pair], axis=1),
            np.stack([s.k[solution] for s in pair], axis=1),
        ),
        rows,
    )


def _mixtures(
    pair: Pair, tables: tuple[Table, Table], sums: Sums, rho: FloatArray, rows: IntArray
) -> list[Mixture]:
    """Return both measures' mixtures, of the same components in the same order."""
    _, times = np.unique(sums.picked, axis=0, return_counts=True)
    share, solution = times / times.sum(), rows[:, 1]
    out = []
    for q, own in enumerate(tables):
        other, other_node, node = tables[1 - q], rows[:, 3 - q], rows[:, 2 + q]
        power = rho[rows[:, 0], None] ** np.arange(own.coefficients.shape[2])
        given = other.coefficients[other.index[solution], other_node[:, None]] * power[:, None, :]
        sizes, counts = pair[q].n[solution], pair[q].k[solution]
        phi, width = component_grids(sizes, counts, own.nodes, node)
        z = (phi - own.nodes.mu[node, None]) / own.nodes.sigma[node, None]
        n, k = sizes[..., None], counts[..., None]
        log_like = k * log_expit(phi)[:, None] + (n - k) * log_expit(-phi)[:, None]
        mass = np.exp(log_like - log_like.max(axis=-1, keepdims=True)) * series(z, given)
        mass *= width[:, None, :]
        mass /= mass.sum(axis=-1, keepdims=True)
        theta = expit(phi)
        quad = width * theta * expit(-phi)
        out.append(Mixture(share, theta, quad, mass / quad[:, None, :]))
    return out


def draw(components: Components, first: Mixture, size: int, rng: np.random.Generator) -> FloatArray:
    """Return joint draws of both measures' shares, shape (size, 2, groups).

    The first measure's shares come from its mixture; the second's from their law given the first
    and the component, on a grid of its own.
    """
    chosen = rng.choice(len(components.weight), size=size, p=components.weight)
    uniform = rng.random((2, size, first.groups))
    out = np.empty((size, 2, first.groups))
    for start in range(0, size, DRAWS_AT_ONCE):
        rows = slice(start, start + DRAWS_AT_ONCE)
        c = chosen[rows]
        phi = _invert(first.cdf[c], logit(first.grid[c])[:, None, :], uniform[0, rows])
        out[rows, 0] = expit(phi)
        out[rows, 1] = expit(_second(components, c, phi, uniform[1, rows]))
    return out


def _second(
    components: Components, c: IntArray, phi: FloatArray, uniform: FloatArray
) -> FloatArray:
    """Return logits of the second measure given those of the first, shape (draws, groups)."""
    rho = components.rho[c, None]
    (mu, mu_2), (sigma, sigma_2) = components.mu[c].T, components.sigma[c].T
    mean = mu_2[:, None] + sigma_2[:, None] * rho * (phi - mu[:, None]) / sigma[:, None]
    sd = sigma_2[:, None] * np.sqrt(1 - rho**2)
    n, k = components.n[c, 1], components.k[c, 1]
    y, se = empirical_logits(n, k)
    precision = se**-2 + sd**-2
    centre, width = (y * se**-2 + mean * sd**-2) / precision, precision**-0.5
    t = np.linspace(-CONDITIONAL_REACH, CONDITIONAL_REACH, CONDITIONAL_NODES)
    at = centre[..., None] + width[..., None] * t
    log_mass = k[..., None] * log_expit(at) + (n - k)[..., None] * log_expit(-at)
    log_mass -= 0.5 * ((at - mean[..., None]) / sd[..., None]) ** 2
    mass = np.exp(log_mass - log_mass.max(axis=-1, keepdims=True))
    cdf = np.cumsum((mass[..., 1:] + mass[..., :-1]) / 2, axis=-1)
    cdf = np.concatenate([np.zeros_like(cdf[..., :1]), cdf], axis=-1) / cdf[..., -1:]
    return _invert(cdf, at, uniform)


def _invert(cdf: FloatArray, phi: FloatArray, uniform: FloatArray) -> FloatArray:
    """Return points where distribution functions reach `uniform`, shape of the latter.

    The logit of the distribution function is nearly linear between neighbouring points.
    """
    phi = np.broadcast_to(phi, cdf.shape)
    right = np.clip((cdf < uniform[..., None]).sum(axis=-1), 1, cdf.shape[-1] - 1)[..., None]
    edge = [np.take_along_axis(a, i, -1)[..., 0] for a in (cdf, phi) for i in (right - 1, right)]
    tiny = 1e-14
    low, high, at = (logit(np.clip(p, tiny, 1 - tiny)) for p in (edge[0], edge[1], uniform))
    share = np.divide(at - low, high - low, out=np.ones_like(at), where=high > low)
    return np.asarray(edge[2] + np.clip(share, 0, 1) * (edge[3] - edge[2]))
