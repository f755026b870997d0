"""The pooling models by the exact engine: weighted solutions in, posterior out.

Every function has the same form, so that `estimate`, the comparison of models and the sensitivity
to powers of prior and likelihood run them alike. They weigh the solutions by the model, unless
their weights are `given`: then a power of the likelihood changes only what a solution says of the
population.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from alumnistats.posterior import beta_binomial, conjugate, logit_normal
from alumnistats.posterior.logit_normal import Grid
from alumnistats.posterior.mixture import FloatArray, Mixture
from alumnistats.posterior.priors import BetaBinomialPrior, BetaPrior, LogitNormalPrior, Prior

if TYPE_CHECKING:
    from alumnistats.reconstruction import Solutions

Model = Literal["no-pooling", "complete-pooling", "partial-pooling", "beta-binomial"]
MODELS: tuple[Model, ...] = get_args(Model)

NEGLIGIBLE = 1e-13  # posterior share of a (solution, node) pair below which it is dropped
CELLS = 3e7  # most numbers in a mixture's densities; with many groups it gets fewer components
USUAL_NODES = 120  # of a component's grid
MANY_GROUPS, FEWER = 30, 300  # rank laws cost the square of the groups for each component


@dataclass(frozen=True)
class Powers:
    """Exponents of the prior (of the hyperparameters in a hierarchy) and of the likelihood."""

    prior: float = 1.0
    likelihood: float = 1.0


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a model gives; see `Fit` for the first six.

    Attributes
    ----------
    mixture, grid, marginal, hyper, log_evidence, ess
    weight : ndarray, shape (solutions,)
        Probabilities of the solutions under the model.
    left_out : callable
        Returns the log probability of each group's count given the counts of all other groups,
        averaged over the solutions, shape (groups,). Not everybody wants it, and it takes time.
    """

    mixture: Mixture
    grid: Grid
    marginal: FloatArray
    hyper: dict[str, tuple[float, float]]
    log_evidence: float
    ess: float
    weight: FloatArray
    left_out: Callable[[], FloatArray]


Run = Callable[..., Posterior]


def reweight(solutions: Solutions, log_model: FloatArray) -> tuple[FloatArray, float, float]:
    """Return solution weights under a model, their effective number, and the log evidence.

    The reconstruction weighed its solutions with its own prior on counts; a model puts
    ``p(k | n)`` of its own in the place of it.
    """
    with np.errstate(divide="ignore"):
        log_weight = np.log(solutions.weight) + log_model - solutions.log_prior
    peak = log_weight.max()
    weight = np.exp(log_weight - peak)
    total = weight.sum()
    weight = weight / total
    log_evidence = float(np.log(total) + peak) + solutions.log_evidence
    return weight, float(1 / (weight**2).sum()), log_evidence


def _weigh(
    solutions: Solutions, given: FloatArray | None, log_model: FloatArray
) -> tuple[FloatArray, float, float]:
    """Return `reweight` of the solutions, or the weights that are given."""
    if given is None:
        return reweight(solutions, log_model)
    return given, float(1 / (given**2).sum()), float("nan")


def pick(joint: FloatArray, size: int) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Return indices and weights of at most `size` cells: all, or a systematic sample by weight."""
    kept = np.flatnonzero(joint > NEGLIGIBLE * joint.max())
    if len(kept) <= size:
        return kept, joint[kept] / joint[kept].sum()
    edges = np.cumsum(joint)
    points = (np.arange(size) + 0.5) / size * edges[-1]
    drawn, times = np.unique(np.searchsorted(edges, points), return_counts=True)
    return drawn, times / size


def most_components(solutions: Solutions, components: int) -> int:
    """Return how many components the memory of a mixture allows, at most `components`."""
    groups = len(solutions.groups)
    fit = int(CELLS / (groups * USUAL_NODES))
    if groups > MANY_GROUPS:
        fit = min(fit, FEWER)
    return max(min(components, fit), 1)


def separate(
    solutions: Solutions,
    prior: BetaPrior,
    components: int,
    *,
    fineness: int = 1,
    powers: Powers = Powers(),
    given: FloatArray | None = None,
) -> Posterior:
    """No pooling: an independent Beta posterior for every group."""
    scaled = _scaled(prior, powers.prior)
    by_group = conjugate.log_evidence_separate(solutions, scaled, powers.likelihood)
    weight, ess, log_evidence = _weigh(solutions, given, by_group.sum(axis=1))
    size = 1.0 if given is None else powers.likelihood
    grid = logit_normal.choose_grid(size * solutions.n, size * solutions.k, fineness=fineness)
    chosen, share = pick(weight, most_components(solutions, components))
    n, k = (powers.likelihood * a[chosen].astype(float) for a in (solutions.n, solutions.k))
    density = conjugate.beta_densities(n, k, scaled, grid.theta, grid.quad)
    mixture = Mixture(share, grid.theta, grid.quad, density)
    marginal = _marginal_of_pairs(solutions, weight, scaled, grid, powers.likelihood)
    return Posterior(
        mixture, grid, marginal, {}, log_evidence, ess, weight, lambda: weight @ by_group
    )


def _scaled(prior: BetaPrior, power: float) -> BetaPrior:
    """Return the Beta prior whose density is that of `prior` to a power."""
    return BetaPrior(power * (prior.a - 1) + 1, power * (prior.b - 1) + 1)


def _marginal_of_pairs(
    solutions: Solutions, weight: FloatArray, prior: BetaPrior, grid: Grid, power: float
) -> FloatArray:
    out = []
    for g in range(len(solutions.groups)):
        pairs, row = np.unique(
            np.stack([solutions.n[:, g], solutions.k[:, g]]), axis=1, return_inverse=True
        )
        share = np.bincount(row.reshape(-1), weight)
        n, k = power * pairs.astype(float)
        out.append(share @ conjugate.beta_densities(n, k, prior, grid.theta, grid.quad))
    return np.stack(out)


def pooled(
    solutions: Solutions,
    prior: BetaPrior,
    components: int,
    *,
    fineness: int = 1,
    powers: Powers = Powers(),
    given: FloatArray | None = None,
) -> Posterior:
    """Complete pooling: one Beta posterior for all groups."""
    scaled = _scaled(prior, powers.prior)
    weight, ess, log_evidence = _weigh(
        solutions, given, conjugate.log_evidence_pooled(solutions, scaled, powers.likelihood)
    )
    n, k = (a.sum(axis=1, dtype=float) for a in (solutions.n, solutions.k))
    size = 1.0 if given is None else powers.likelihood
    grid = logit_normal.choose_grid(size * n, size * k, fineness=fineness)
    n, k = powers.likelihood * n, powers.likelihood * k
    chosen, share = pick(weight, most_components(solutions, components))
    one = conjugate.beta_densities(n[chosen], k[chosen], scaled, grid.theta, grid.quad)
    density = np.repeat(one[:, None, :], len(solutions.groups), axis=1)
    mixture = Mixture(share, grid.theta, grid.quad, density)
    marginal = np.tensordot(share, density, axes=1)

    def left_out() -> FloatArray:
        return weight @ conjugate.log_left_out_pooled(solutions, scaled)

    return Posterior(mixture, grid, marginal, {}, log_evidence, ess, weight, left_out)


def _hierarchy(
    engine: ModuleType,
    parameters: tuple[str, ...],
    solutions: Solutions,
    prior: Prior,
    components: int,
    *,
    fineness: int = 1,
    powers: Powers = Powers(),
    given: FloatArray | None = None,
) -> Posterior:
    """Run a hierarchy: `engine` is the module that knows its nodes, tables and components."""
    # Grids that suit the likelihood itself serve powers near 1; a design effect needs its own.
    size = 1.0 if given is None else powers.likelihood
    n, k = size * solutions.n, size * solutions.k
    grid = logit_normal.choose_grid(n, k, fineness=fineness * engine.GRID_FINENESS)
    typical_n, typical_k = solutions.weight @ n, solutions.weight @ k
    nodes = engine.hyper_nodes(typical_n, typical_k, prior, fineness=fineness)
    if powers.prior != 1:
        nodes = replace(nodes, log_weight=nodes.log_weight + (powers.prior - 1) * nodes.log_prior)
    tables = engine.tabulate(solutions, grid, nodes, powers.likelihood)
    log_joint = logit_normal.log_joint(tables, nodes)
    log_model = np.logaddexp.reduce(log_joint, axis=1)
    weight, ess, log_evidence = _weigh(solutions, given, log_model)
    by_solution = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    joint = weight[:, None] * by_solution / by_solution.sum(axis=1, keepdims=True)
    most = most_components(solutions, components if len(weight) > 1 else joint.size)
    chosen, share = pick(joint.ravel(), most)
    solution, node = np.divmod(chosen, joint.shape[1])
    mixture = engine.component_mixture(n, k, nodes, solution, node, share)
    marginal = logit_normal.marginal_densities(tables, grid, joint)
    by_node = joint.sum(axis=0)
    hyper = {name: _moments(getattr(nodes, name), by_node) for name in parameters}

    def left_out() -> FloatArray:
        return _left_out(tables, log_joint, log_model, weight)

    return Posterior(mixture, grid, marginal, hyper, log_evidence, ess, weight, left_out)


def _left_out(
    tables: logit_normal.PairTables,
    log_joint: FloatArray,
    log_model: FloatArray,
    weight: FloatArray,
) -> FloatArray:
    """Return each group's log probability given the others: the evidence over that without it."""
    kept = weight > NEGLIGIBLE
    out = []
    for g in range(tables.index.shape[1]):
        without = log_joint[kept] - tables.log_z[tables.index[kept, g]]
        peak = without.max(axis=1)
        log_others = np.log(np.exp(without - peak[:, None]).sum(axis=1)) + peak
        out.append(weight[kept] @ (log_model[kept] - log_others))
    return np.array(out)


def partial(
    solutions: Solutions, prior: LogitNormalPrior, components: int, **how: Any
) -> Posterior:
    """Partial pooling, logit-normal."""
    return _hierarchy(logit_normal, ("mu", "sigma"), solutions, prior, components, **how)


def beta(solutions: Solutions, prior: BetaBinomialPrior, components: int, **how: Any) -> Posterior:
    """Partial pooling, Beta."""
    return _hierarchy(beta_binomial, ("m", "log_kappa"), solutions, prior, components, **how)


def _moments(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    mean = float(values @ weight)
    return mean, float(np.sqrt(np.maximum((values - mean) ** 2 @ weight, 0.0)))


RUNS: dict[Model, tuple[type[Prior], Run]] = {
    "no-pooling": (BetaPrior, separate),
    "complete-pooling": (BetaPrior, pooled),
    "partial-pooling": (LogitNormalPrior, partial),
    "beta-binomial": (BetaBinomialPrior, beta),
}
