"""No pooling and complete pooling: Beta posteriors in closed form; see `conjugate`."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.posterior import conjugate, logit_normal, pymc_models
from alumnistats.posterior.exact_run import (
    Posterior,
    RunSettings,
    model_weights,
    most_components,
    pick,
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


class BetaShares(PoolingModel[BetaPrior]):
    """Every share is Beta(a, b): each group's, or the one of all groups together."""

    priors: ClassVar[dict[PriorWidth, Any]] = BETA_PRIORS

    @abstractmethod
    def samples(self, solutions: Solutions) -> tuple[FloatArray, FloatArray]:
        """Return size and count of the sample of each share, shape (solutions, shares)."""

    @abstractmethod
    def evidence(self, solutions: Solutions, prior: BetaPrior, power: float) -> FloatArray:
        """Return log p(k | n), its likelihood to a power, shape (solutions,)."""

    @abstractmethod
    def left_out(self, solutions: Solutions, prior: BetaPrior, power: float, /) -> FloatArray:
        """Return log p(k_g | n, counts of all other groups), shape (solutions, groups)."""

    def run(self, solutions: Solutions, prior: BetaPrior, settings: RunSettings) -> Posterior:
        """Return the Beta posteriors of all shares."""
        given, powers = settings.given, settings.powers
        scaled, power = _scaled(prior, powers.prior), powers.likelihood
        log_model = self.evidence(solutions, scaled, power)
        weight, ess, log_evidence = model_weights(solutions, given, log_model)
        n, k = self.samples(solutions)
        size = 1.0 if given is None else power
        grid = logit_normal.choose_grid(size * n, size * k, fineness=settings.fineness)
        chosen, share = pick(weight, most_components(solutions, settings.components))
        density = conjugate.beta_densities(
            power * n[chosen], power * k[chosen], scaled, grid.theta, grid.quad
        )
        mixture = self._mixture(solutions, grid, share, density)
        marginal = self.marginal(solutions, weight, scaled, power, mixture)

        def left_out() -> FloatArray:
            return weight @ self.left_out(solutions, scaled, power)

        return Posterior(mixture, grid, marginal, {}, log_evidence, ess, weight, left_out)

    def marginal(
        self,
        _solutions: Solutions,
        _weight: FloatArray,
        _prior: BetaPrior,
        _power: float,
        mixture: Mixture,
        /,
    ) -> FloatArray:
        """Return the posterior density of each group's share, shape (groups, nodes)."""
        return np.tensordot(mixture.weight, mixture.density, axes=1)

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
        n, k = (values[kept] for values in self.samples(solutions))
        density = conjugate.beta_densities(n, k, prior, grid.theta, grid.quad)
        mixture = self._mixture(solutions, grid, share, density)
        return mixture, np.tensordot(share, mixture.density, axes=1)

    def _mixture(
        self, solutions: Solutions, grid: Grid, share: FloatArray, density: FloatArray
    ) -> Mixture:
        """Return components with a density for each group, from one for each share."""
        if self.one_share:
            density = np.repeat(density, len(solutions.groups), axis=1)
        return Mixture(share, grid.theta, grid.quad, density, one_share=self.one_share)


class NoPooling(BetaShares):
    """Every group has a share of its own, whatever the others are."""

    name: ClassVar[Model] = "no-pooling"

    def samples(self, solutions: Solutions) -> tuple[FloatArray, FloatArray]:
        """Return those of the groups."""
        return solutions.n.astype(float), solutions.k.astype(float)

    def evidence(self, solutions: Solutions, prior: BetaPrior, power: float) -> FloatArray:
        """Return the product of the groups' own evidences, as a sum of logarithms."""
        return self.left_out(solutions, prior, power).sum(axis=1)

    def left_out(self, solutions: Solutions, prior: BetaPrior, power: float, /) -> FloatArray:
        """Return each group's evidence: the others say nothing of it."""
        return conjugate.log_evidence_separate(solutions, prior, power)

    def marginal(
        self,
        solutions: Solutions,
        weight: FloatArray,
        prior: BetaPrior,
        power: float,
        mixture: Mixture,
        /,
    ) -> FloatArray:
        """Return densities over all solutions: the groups' distinct samples are few."""
        out = []
        for n_g, k_g in zip(solutions.n.T, solutions.k.T, strict=True):
            pairs, row = np.unique(np.stack([n_g, k_g]), axis=1, return_inverse=True)
            n, k = power * pairs.astype(float)
            share = np.bincount(row.reshape(-1), weight)
            grid, quad = mixture.grid[0], mixture.quad[0]
            out.append(share @ conjugate.beta_densities(n, k, prior, grid, quad))
        return np.stack(out)

    def pymc(self, solutions: Solutions, prior: BetaPrior) -> Any:
        """Return `pymc_models.no_pooling_model`."""
        return pymc_models.no_pooling_model(solutions, prior)

    def prior_draws(
        self, prior: BetaPrior, shape: tuple[int, int], rng: np.random.Generator
    ) -> FloatArray:
        """Return independent Beta draws."""
        return rng.beta(prior.a, prior.b, shape)

    def count_law(self, prior: BetaPrior, _mean: float, _variance: float, /) -> CountLaw:
        """Return the prior itself: counts of one group say nothing of another."""
        return ((prior.a, prior.b),)


class CompletePooling(BetaShares):
    """One share of all groups."""

    name: ClassVar[Model] = "complete-pooling"
    one_share: ClassVar[bool] = True

    def samples(self, solutions: Solutions) -> tuple[FloatArray, FloatArray]:
        """Return all respondents together."""
        n, k = (a.sum(axis=1, keepdims=True, dtype=float) for a in (solutions.n, solutions.k))
        return n, k

    def evidence(self, solutions: Solutions, prior: BetaPrior, power: float) -> FloatArray:
        """Return the evidence of all counts together."""
        return conjugate.log_evidence_pooled(solutions, prior, power)

    def left_out(self, solutions: Solutions, prior: BetaPrior, _power: float, /) -> FloatArray:
        """Return each group's evidence given all others."""
        return conjugate.log_left_out_pooled(solutions, prior)

    def pymc(self, solutions: Solutions, prior: BetaPrior) -> Any:
        """Return `pymc_models.complete_pooling_model`."""
        return pymc_models.complete_pooling_model(solutions, prior)

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
