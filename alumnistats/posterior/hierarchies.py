"""Partial pooling: the two hierarchies, whose nodes and tables are in modules of their own."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
from scipy.special import expit

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.posterior import beta_binomial, logit_normal, pymc_models
from alumnistats.posterior.exact_run import (
    NEGLIGIBLE,
    Posterior,
    RunSettings,
    model_weights,
    most_components,
    pick,
)
from alumnistats.posterior.logit_normal import Components, Grid
from alumnistats.posterior.mixture import Mixture
from alumnistats.posterior.pooling import Model, PoolingModel
from alumnistats.posterior.priors import (
    BetaBinomialPrior,
    LogitNormalPrior,
    Prior,
    PriorWidth,
)

if TYPE_CHECKING:
    from alumnistats.reconstruction import Solutions
    from alumnistats.reconstruction.count_prior import CountLaw

P = TypeVar("P", bound=Prior)

SPREADS = (0.25, 1.0, 4.0)  # concentrations of a law of counts, in units of the fit's own
LEAST, MOST = 0.05, 1e5  # concentration; at the latter the groups' shares are equal


class Hierarchy(PoolingModel[P]):
    """Shares drawn from one law of two hyperparameters.

    Attributes
    ----------
    engine : module
        Knows the nodes of the hyperparameters, the tables over them, and the components.
    """

    engine: ClassVar[ModuleType]

    def run(self, solutions: Solutions, prior: P, settings: RunSettings) -> Posterior:
        """Return the posterior by quadrature over the hyperparameters."""
        engine, fineness = self.engine, settings.fineness
        given, powers = settings.given, settings.powers
        # Grids that suit the likelihood itself serve powers near 1; a design effect needs its own.
        size = 1.0 if given is None else powers.likelihood
        n, k = size * solutions.n, size * solutions.k
        grid = logit_normal.choose_grid(n, k, fineness=fineness * engine.GRID_FINENESS)
        typical_n, typical_k = solutions.weight @ n, solutions.weight @ k
        nodes = engine.hyper_nodes(typical_n, typical_k, prior, fineness=fineness)
        if powers.prior != 1:
            nodes = replace(
                nodes, log_weight=nodes.log_weight + (powers.prior - 1) * nodes.log_prior
            )
        tables = engine.tabulate(solutions, grid, nodes, powers.likelihood)
        log_joint = logit_normal.log_joint(tables, nodes)
        log_model = np.logaddexp.reduce(log_joint, axis=1)
        weight, ess, log_evidence = model_weights(solutions, given, log_model)
        by_solution = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
        joint = weight[:, None] * by_solution / by_solution.sum(axis=1, keepdims=True)
        most = most_components(solutions, settings.components if len(weight) > 1 else joint.size)
        chosen, share = pick(joint.ravel(), most)
        solution, node = np.divmod(chosen, joint.shape[1])
        components = Components(n[solution], k[solution], node, share)
        mixture = engine.component_mixture(nodes, components)
        marginal = logit_normal.marginal_densities(tables, grid, joint)
        by_node = joint.sum(axis=0)
        hyper = {name: _moments(getattr(nodes, name), by_node) for name in self.hyper}

        def left_out() -> FloatArray:
            return _left_out(tables, log_joint, log_model, weight)

        return Posterior(mixture, grid, marginal, hyper, log_evidence, ess, weight, left_out)

    def given_draws(
        self,
        solutions: Solutions,
        _prior: P,
        grid: Grid,
        hyper: list[FloatArray],
        solution: IntArray,
        /,
    ) -> tuple[Mixture, FloatArray]:
        """Return the groups' laws given the hyperparameters and solutions drawn."""
        size = len(solution)
        nodes = self.engine.HyperNodes(*hyper, np.zeros(size), np.zeros(size))
        tables = self.engine.tabulate(solutions, grid, nodes)
        joint = np.zeros((len(solutions.weight), size))
        joint[solution, np.arange(size)] = 1 / size
        n, k = solutions.n[solution], solutions.k[solution]
        components = Components(n, k, np.arange(size), np.full(size, 1 / size))
        mixture = self.engine.component_mixture(nodes, components)
        return mixture, logit_normal.marginal_densities(tables, grid, joint)

    def count_law(self, _prior: P, mean: float, variance: float, /) -> CountLaw:
        """Return Beta laws of the moments, narrower and wider."""
        kappa = np.clip(mean * (1 - mean) / max(variance, 1e-12) - 1, LEAST, MOST)
        return tuple((float(kappa * s * mean), float(kappa * s * (1 - mean))) for s in SPREADS)


class PartialPooling(Hierarchy[LogitNormalPrior]):
    """Logits of the shares are Normal(mu, sigma)."""

    name: ClassVar[Model] = "partial-pooling"
    # Twice and half the scale of the standard deviation between groups, in logits.
    priors: ClassVar[dict[PriorWidth, Any]] = {
        "default": LogitNormalPrior(),
        "wider": LogitNormalPrior(sigma_scale=2.0),
        "narrower": LogitNormalPrior(sigma_scale=0.5),
    }
    hyper: ClassVar[tuple[str, ...]] = ("mu", "sigma")
    engine: ClassVar[ModuleType] = logit_normal

    def pymc(self, solutions: Solutions, prior: LogitNormalPrior) -> Any:
        """Return `pymc_models.partial_pooling_model`."""
        return pymc_models.partial_pooling_model(solutions, prior)

    def prior_draws(
        self, prior: LogitNormalPrior, shape: tuple[int, int], rng: np.random.Generator
    ) -> FloatArray:
        """Return draws of mu and sigma, and of the shares given them."""
        mu = rng.normal(prior.mu_loc, prior.mu_scale, (shape[0], 1))
        sigma = np.abs(rng.normal(0.0, prior.sigma_scale, (shape[0], 1)))
        return np.asarray(expit(mu + sigma * rng.standard_normal(shape)))


class BetaBinomial(Hierarchy[BetaBinomialPrior]):
    """Shares are Beta(kappa m, kappa (1 - m))."""

    name: ClassVar[Model] = "beta-binomial"
    # Medians of the concentration: 1.6 respondents' worth, 1.3, and 2.5 with a long tail.
    priors: ClassVar[dict[PriorWidth, Any]] = {
        "default": BetaBinomialPrior(),
        "wider": BetaBinomialPrior(kappa_shape=3.0),
        "narrower": BetaBinomialPrior(kappa_shape=0.75),
    }
    hyper: ClassVar[tuple[str, ...]] = ("m", "log_kappa")
    engine: ClassVar[ModuleType] = beta_binomial

    def pymc(self, solutions: Solutions, prior: BetaBinomialPrior) -> Any:
        """Return `pymc_models.beta_binomial_model`."""
        return pymc_models.beta_binomial_model(solutions, prior)

    def prior_draws(
        self, prior: BetaBinomialPrior, shape: tuple[int, int], rng: np.random.Generator
    ) -> FloatArray:
        """Return draws of m and kappa, and of the shares given them."""
        m = rng.beta(prior.mean_a, prior.mean_b, (shape[0], 1))
        kappa = prior.kappa_least * (1 + rng.pareto(prior.kappa_shape, (shape[0], 1)))
        return rng.beta(kappa * m, kappa * (1 - m), shape)


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


def _moments(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    mean = float(values @ weight)
    return mean, float(np.sqrt(np.maximum((values - mean) ** 2 @ weight, 0.0)))
