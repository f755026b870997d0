"""No pooling and complete pooling: Beta posteriors in closed form; see `conjugate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.posterior import conjugate, logit_normal, pymc_models
from alumnistats.posterior.exact_run import (
    AS_THEY_ARE,
    Posterior,
    Powers,
    most_components,
    pick,
    weigh,
)
from alumnistats.posterior.logit_normal import Grid
from alumnistats.posterior.mixture import Mixture
from alumnistats.posterior.pooling import Model, PoolingModel
from alumnistats.posterior.priors import BetaPrior, PriorWidth

if TYPE_CHECKING:
    from alumnistats.reconstruction import Solutions
    from alumnistats.reconstruction.count_prior import CountLaw

# Jeffreys', nearly Haldane's (0, 0), which is improper and therefore useless for counts that may be
# 0, and the uniform one of Bayes and Laplace.
BETA_PRIORS: dict[PriorWidth, BetaPrior] = {
    "default": BetaPrior(0.5, 0.5),
    "wider": BetaPrior(0.1, 0.1),
    "narrower": BetaPrior(1.0, 1.0),
}
CONCENTRATION = 1e5  # of a law of counts of groups whose shares are equal


class NoPooling(PoolingModel[BetaPrior]):
    """Every share is Beta(a, b), whatever the others are."""

    name: ClassVar[Model] = "no-pooling"
    priors: ClassVar[dict[PriorWidth, Any]] = BETA_PRIORS

    def run(
        self,
        solutions: Solutions,
        prior: BetaPrior,
        components: int,
        *,
        fineness: int = 1,
        powers: Powers = AS_THEY_ARE,
        given: FloatArray | None = None,
    ) -> Posterior:
        """Return an independent Beta posterior for every group."""
        scaled = _scaled(prior, powers.prior)
        by_group = conjugate.log_evidence_separate(solutions, scaled, powers.likelihood)
        weight, ess, log_evidence = weigh(solutions, given, by_group.sum(axis=1))
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

    def pymc(self, solutions: Solutions, prior: BetaPrior) -> Any:
        """Return `pymc_models.no_pooling_model`."""
        return pymc_models.no_pooling_model(solutions, prior)

    def given_draws(
        self,
        solutions: Solutions,
        prior: BetaPrior,
        grid: Grid,
        _hyper: list[FloatArray],
        solution: IntArray,
        /,
    ) -> tuple[Mixture, FloatArray]:
        """Return the Beta laws given the solutions drawn."""
        kept, share = _distinct(solution)
        n, k = (a[kept].astype(float) for a in (solutions.n, solutions.k))
        density = conjugate.beta_densities(n, k, prior, grid.theta, grid.quad)
        return (
            Mixture(share, grid.theta, grid.quad, density),
            np.tensordot(share, density, axes=1),
        )

    def prior_draws(
        self, prior: BetaPrior, shape: tuple[int, int], rng: np.random.Generator
    ) -> FloatArray:
        """Return independent Beta draws."""
        return rng.beta(prior.a, prior.b, shape)

    def count_law(self, prior: BetaPrior, _mean: float, _variance: float, /) -> CountLaw:
        """Return the prior itself: counts of one group say nothing of another."""
        return ((prior.a, prior.b),)


class CompletePooling(PoolingModel[BetaPrior]):
    """One share of all groups, Beta(a, b)."""

    name: ClassVar[Model] = "complete-pooling"
    priors: ClassVar[dict[PriorWidth, Any]] = BETA_PRIORS
    exchangeable: ClassVar[bool] = False

    def run(
        self,
        solutions: Solutions,
        prior: BetaPrior,
        components: int,
        *,
        fineness: int = 1,
        powers: Powers = AS_THEY_ARE,
        given: FloatArray | None = None,
    ) -> Posterior:
        """Return one Beta posterior for all groups."""
        scaled = _scaled(prior, powers.prior)
        weight, ess, log_evidence = weigh(
            solutions, given, conjugate.log_evidence_pooled(solutions, scaled, powers.likelihood)
        )
        n, k = (a.sum(axis=1, dtype=float) for a in (solutions.n, solutions.k))
        size = 1.0 if given is None else powers.likelihood
        grid = logit_normal.choose_grid(size * n, size * k, fineness=fineness)
        n, k = powers.likelihood * n, powers.likelihood * k
        chosen, share = pick(weight, most_components(solutions, components))
        one = conjugate.beta_densities(n[chosen], k[chosen], scaled, grid.theta, grid.quad)
        density = np.repeat(one[:, None, :], len(solutions.groups), axis=1)
        mixture = Mixture(share, grid.theta, grid.quad, density, one_share=True)
        marginal = np.tensordot(share, density, axes=1)

        def left_out() -> FloatArray:
            return weight @ conjugate.log_left_out_pooled(solutions, scaled)

        return Posterior(mixture, grid, marginal, {}, log_evidence, ess, weight, left_out)

    def pymc(self, solutions: Solutions, prior: BetaPrior) -> Any:
        """Return `pymc_models.complete_pooling_model`."""
        return pymc_models.complete_pooling_model(solutions, prior)

    def given_draws(
        self,
        solutions: Solutions,
        prior: BetaPrior,
        grid: Grid,
        _hyper: list[FloatArray],
        solution: IntArray,
        /,
    ) -> tuple[Mixture, FloatArray]:
        """Return the Beta law of all respondents together, given the solutions drawn."""
        kept, share = _distinct(solution)
        n, k = (a[kept].sum(axis=1, dtype=float) for a in (solutions.n, solutions.k))
        one = conjugate.beta_densities(n, k, prior, grid.theta, grid.quad)
        density = np.repeat(one[:, None, :], len(solutions.groups), axis=1)
        return (
            Mixture(share, grid.theta, grid.quad, density, one_share=True),
            np.tensordot(share, density, axes=1),
        )

    def prior_draws(
        self, prior: BetaPrior, shape: tuple[int, int], rng: np.random.Generator
    ) -> FloatArray:
        """Return Beta draws, each repeated for all groups."""
        return np.repeat(rng.beta(prior.a, prior.b, (shape[0], 1)), shape[1], axis=1)

    def count_law(self, _prior: BetaPrior, mean: float, _variance: float, /) -> CountLaw:
        """Return nearly the binomial law of the mean share."""
        return ((CONCENTRATION * mean, CONCENTRATION * (1 - mean)),)


def _distinct(solution: IntArray) -> tuple[IntArray, FloatArray]:
    """Return the solutions that were drawn, and how often, as parts of all draws."""
    kept, times = np.unique(solution, return_counts=True)
    return kept, times / times.sum()


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
