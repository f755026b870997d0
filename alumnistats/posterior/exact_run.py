"""What a run of the exact engine is given and gives, whatever the model.

Every model's run (`pooling.PoolingModel.run`) has the same form, so that `estimate`, the comparison
of models and the sensitivity to powers of prior and likelihood treat all models alike. It weighs
the solutions by the model, unless their weights are `given`: then a power of the likelihood changes
only what a solution says of the population.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.arrays import FloatArray, IntArray, thinned
from alumnistats.posterior.logit_normal import Grid
from alumnistats.posterior.mixture import Mixture

if TYPE_CHECKING:
    from alumnistats.reconstruction import Solutions

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
class RunSettings:
    """What a run is asked for.

    Attributes
    ----------
    components : int
        Most components of the mixture.
    fineness : int
        Multiplies the nodes of every rule; for convergence checks.
    powers : Powers
        Exponents of prior and likelihood.
    given : ndarray, shape (solutions,), optional
        Weights of the solutions, in the place of those by the model.
    """

    components: int
    fineness: int = 1
    powers: Powers = Powers()
    given: FloatArray | None = None


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


def model_weights(
    solutions: Solutions, given: FloatArray | None, log_model: FloatArray
) -> tuple[FloatArray, float, float]:
    """Return `reweight` of the solutions, or the weights that are given."""
    if given is None:
        return reweight(solutions, log_model)
    return given, float(1 / (given**2).sum()), float("nan")


def pick(joint: FloatArray, size: int) -> tuple[IntArray, FloatArray]:
    """Return indices and weights of at most `size` cells: all, or a systematic sample by weight."""
    kept = np.flatnonzero(joint > NEGLIGIBLE * joint.max())
    if len(kept) <= size:
        return kept, joint[kept] / joint[kept].sum()
    drawn, times = thinned(joint, size)
    return drawn, times / size


def most_components(solutions: Solutions, components: int) -> int:
    """Return how many components the memory of a mixture allows, at most `components`."""
    groups = len(solutions.groups)
    fit = int(CELLS / (groups * USUAL_NODES))
    if groups > MANY_GROUPS:
        fit = min(fit, FEWER)
    return max(min(components, fit), 1)
