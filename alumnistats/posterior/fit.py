"""`estimate`: posterior shares of every group from weighted solutions."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.arguments import checked, instance
from alumnistats.arrays import check_level
from alumnistats.errors import ArgumentError
from alumnistats.posterior.arviz_data import to_arviz
from alumnistats.posterior.compare import compare, power_sensitivity
from alumnistats.posterior.exact_run import Powers, RunSettings
from alumnistats.posterior.models import pooling_model
from alumnistats.posterior.pooling import Model
from alumnistats.posterior.priors import Prior
from alumnistats.posterior.share_posterior import ENGINES, Engine, SharePosterior
from alumnistats.reconstruction import Solutions

if TYPE_CHECKING:
    import pandas as pd


DEFAULT_COMPONENTS = 600
FEWEST_COMPONENTS = 50
FEW_SOLUTIONS = 50  # effective number below which a warning says that the weight rests on few


class FewSolutionsWarning(UserWarning):
    """A model puts most of the weight on few of the reconstruction's solutions."""


class Fit(SharePosterior):
    """Posterior of the groups' shares of one measure.

    Attributes
    ----------
    of : str
        Measure id or ``question:option``.
    groups : tuple of str
    model, engine : str
    prior : BetaPrior, LogitNormalPrior or BetaBinomialPrior
    level : float
        Probability of the intervals of `summary`.
    mixture : Mixture
        Joint posterior, for ranks.
    grid : Grid
        Common grid of the marginal densities.
    marginal : ndarray, shape (groups, nodes)
        Posterior density of each group's share on `grid`.
    hyper : dict
        Posterior mean and standard deviation of hyperparameters, by name.
    log_evidence : float
        Log probability under the model of everything published; of the counts, where they are.
    ess : float
        Effective number of solutions after the model has reweighted them.
    solutions : Solutions
    weight : ndarray, shape (solutions,)
        Probabilities of the solutions under the model.
    left_out : callable
        Computes `loo`.
    """

    def compare(self, *others: Fit) -> pd.DataFrame:
        """Compare this model with others of the same counts; see `posterior.compare.compare`."""
        return compare([self, *others])

    def sensitivity(self) -> pd.DataFrame:
        """Return how far the posterior depends on prior and likelihood; see `power_sensitivity`."""
        return power_sensitivity(self)

    @cached_property
    def idata(self) -> Any:
        """ArviZ data of the posterior and of the counts, with the dimension ``group``.

        From the exact engine 4,000 independent draws (one chain, seed 0); from NUTS its own.
        """
        return self.trace if self.trace is not None else to_arviz(self)


@checked({"solutions": instance(Solutions)})
def estimate(
    solutions: Solutions,
    model: Model = "partial-pooling",
    engine: Engine = "exact",
    prior: Prior | None = None,
    *,
    level: float = 0.95,
    components: int = DEFAULT_COMPONENTS,
    seed: int = 0,
    **sampling: Any,
) -> Fit:
    """Estimate every group's share from weighted solutions.

    Parameters
    ----------
    solutions : Solutions
        Sizes and counts, as from ``Reconstruction.solutions_of`` or ``Solutions.known``.
    model : {"partial-pooling", "beta-binomial", "no-pooling", "complete-pooling"}
        Partial pooling is logit-normal; the beta-binomial hierarchy pools partially too.
    engine : {"exact", "pymc"}
        Quadrature, or NUTS.
    prior : BetaPrior, LogitNormalPrior or BetaBinomialPrior, optional
        Beta for no and complete pooling, else that of the hierarchy.
    level : float
        Probability of the intervals of ``Fit.summary``, in (0, 1).
    components : int
        Most components of the mixture that ranks are computed from, at least 50.
    seed : int
        Of NUTS; the exact engine uses no randomness.
    **sampling
        For NUTS, those of `pymc_sampling.sample`: sampler, draws, tune, chains, cores,
        target_accept, progressbar.

    Returns
    -------
    Fit

    Raises
    ------
    ArgumentError
        For an unknown model or engine, or a prior of the wrong kind.

    Warns
    -----
    FewSolutionsWarning
        If the effective number of solutions under the model is below 50.

    Examples
    --------
    >>> import alumnistats as al
    >>> known = al.Solutions.known("yes", ("a", "b", "c"), [40, 60, 50], [10, 30, 20])
    >>> estimate(known).summary()["median"].round(3).tolist()
    [0.3, 0.469, 0.397]
    """
    if engine not in ENGINES:
        raise ArgumentError("engine", engine, "one of " + ", ".join(ENGINES))
    fit = exact_fit(solutions, model, prior, level=level, components=components)
    return finish(fit, engine, seed, **sampling)


def exact_fit(
    solutions: Solutions,
    model: Model = "partial-pooling",
    prior: Prior | None = None,
    *,
    level: float = 0.95,
    components: int = DEFAULT_COMPONENTS,
) -> Fit:
    """Return the fit of the exact engine, without a word on how many solutions it rests on."""
    pooling = pooling_model(model)
    check_level(level)
    if components < FEWEST_COMPONENTS:
        raise ArgumentError("components", components, f"at least {FEWEST_COMPONENTS}")
    used = pooling.prior(prior)
    got = pooling.run(solutions, used, RunSettings(components))
    return Fit(
        solutions.of, solutions.groups, model, "exact", used, level, got.mixture, got.grid,
        got.marginal, got.hyper, got.log_evidence, got.ess, solutions, got.weight,
        got.left_out,
    )  # fmt: skip


def clustered(fit: Fit, design_effect: float, components: int = DEFAULT_COMPONENTS) -> Fit:
    """Return a fit of the exact engine as of respondents who are alike within clusters.

    Given a solution, its respondents say as much of the population as so many fewer independent
    ones: the likelihood is raised to the power ``1 / design_effect`` (a pseudo-likelihood: Rao and
    Wu 2010, Journal of the Royal Statistical Society B 72, 533-544). How probable the solutions
    are, which is a matter of what was printed, stays as it was.

    Parameters
    ----------
    fit : Fit
    design_effect : float
        At least 1; at 1 the fit itself is returned.
    components : int

    Returns
    -------
    Fit
        Its log evidence is not defined, and NaN.

    Raises
    ------
    ArgumentError
        For a design effect below 1, or a fit by NUTS.
    """
    if not 1 <= design_effect < np.inf:
        raise ArgumentError("design_effect", design_effect, "a number of at least 1")
    if design_effect == 1:
        return fit
    if fit.engine != "exact":
        raise ArgumentError("design_effect", design_effect, "1, for fits by NUTS")
    return _computed_anew(fit, fit.solutions, design_effect, components)


def of_everybody(fit: Fit, design_effect: float = 1.0) -> Fit:
    """Return the fit of the same counts as shares of all respondents of each group.

    How probable the solutions are, which is a matter of what was printed of the base, stays as it
    was; what each says of the shares is computed by the exact engine.

    Parameters
    ----------
    fit : Fit
        Of solutions that know the groups' respondents.
    design_effect : float
        As in `clustered`.
    """
    return _computed_anew(fit, fit.solutions.of_everybody(), design_effect, DEFAULT_COMPONENTS)


def _computed_anew(fit: Fit, solutions: Solutions, design_effect: float, components: int) -> Fit:
    """Return the fit of other solutions, or of a design effect, as probable as its own are."""
    powers = Powers(likelihood=1 / design_effect)
    settings = RunSettings(components, powers=powers, given=fit.weight)
    got = pooling_model(fit.model).run(solutions, fit.prior, settings)
    return replace(
        fit, mixture=got.mixture, grid=got.grid, marginal=got.marginal, hyper=got.hyper,
        log_evidence=got.log_evidence, left_out=got.left_out, solutions=solutions,
    )  # fmt: skip


def finish(fit: Fit, engine: Engine, seed: int = 0, **sampling: Any) -> Fit:
    """Warn if a fit rests on few solutions, and sample it with NUTS if that is asked for."""
    if fit.ess < FEW_SOLUTIONS < len(fit.weight):
        warnings.warn(
            f"{fit.of}, {fit.model}: {len(fit.weight)} solutions count as {fit.ess:.0f} "
            "under this model; reconstruct with more draws for results that are less noisy",
            FewSolutionsWarning,
            stacklevel=3,
        )
    if engine == "exact":
        return fit
    from alumnistats.posterior.pymc_sampling import sample_fit

    return sample_fit(fit, seed=seed, **sampling)
