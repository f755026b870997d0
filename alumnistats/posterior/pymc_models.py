"""The partial-pooling model as a PyMC model, and NUTS.

The solutions are marginalised: the likelihood of the shares is the weighted sum, over solutions, of
the product of binomial probabilities, with each solution's weight freed of the reconstruction's own
prior on counts. This is exact for the solutions that are kept (at most 200, drawn systematically by
weight), so that NUTS and the exact engine given the same solutions target the same posterior.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.errors import ArgumentError
from alumnistats.posterior import logit_normal
from alumnistats.posterior.conjugate import log_choose
from alumnistats.posterior.mixture import FloatArray, Mixture
from alumnistats.posterior.priors import LogitNormalPrior

if TYPE_CHECKING:
    from alumnistats.posterior.fit import Fit
    from alumnistats.reconstruction import Solutions

SOLUTIONS = 200
FEWEST_DRAWS = 100
LARGEST_RHAT = 1.01
SMALLEST_ESS = 400
CONDITIONED = 300  # draws of (mu, sigma) that the reported mixture is conditioned on


class SamplingWarning(UserWarning):
    """NUTS did not sample well enough for its results to be trusted."""


def partial_pooling_model(solutions: Solutions, prior: LogitNormalPrior | None = None) -> Any:
    """Return the logit-normal hierarchy over weighted solutions as a `pymc.Model`.

    Parameters
    ----------
    solutions : Solutions
        Thinned to 200 at most; see the module's text.
    prior : LogitNormalPrior, optional

    Returns
    -------
    pymc.Model
        Variables mu, sigma, z and theta (dimension group), non-centred.
    """
    import pymc as pm
    import pytensor.tensor as pt

    used = LogitNormalPrior() if prior is None else prior
    thin = solutions.thin(SOLUTIONS) if len(solutions.weight) > 1 else solutions
    log_weight = np.log(thin.weight) - thin.log_prior
    n, k = thin.n.astype(float), thin.k.astype(float)
    log_weight = log_weight + log_choose(n, k).sum(axis=1)
    coords = {"group": list(thin.groups), "solution": np.arange(len(thin.weight))}
    with pm.Model(coords=coords) as model:
        mu = pm.Normal("mu", used.mu_loc, used.mu_scale)
        sigma = pm.HalfNormal("sigma", used.sigma_scale)
        z = pm.Normal("z", dims="group")
        phi = mu + sigma * z
        pm.Deterministic("theta", pm.math.invlogit(phi), dims="group")
        # log Bin(k | n, expit(phi)) up to its coefficient is k phi - n log(1 + exp(phi)).
        log_like = k * phi[None, :] - n * pt.softplus(phi)[None, :]
        pm.Potential("counts", pt.logsumexp(log_like.sum(axis=1) + log_weight))
    return model


def sample_fit(
    fit: Fit,
    *,
    seed: int = 0,
    draws: int = 1000,
    tune: int = 1000,
    chains: int = 4,
    cores: int | None = None,
    progressbar: bool | None = None,
) -> Fit:
    """Sample the partial-pooling model with NUTS and return the fit it gives.

    Parameters
    ----------
    fit : Fit
        Of the exact engine: says solutions, prior and level.
    seed, draws, tune, chains, cores
        Of `pymc.sample`; at least 100 draws a chain.
    progressbar : bool, optional
        By default only when standard error is a terminal.

    Returns
    -------
    Fit
        Given (mu, sigma) and a solution the groups' posteriors are one-dimensional and exact, so
        the densities reported are averages of those over the draws of (mu, sigma), with a solution
        drawn for each from its conditional probability (Rao-Blackwell).

    Raises
    ------
    ArgumentError
        For another model than partial pooling, or too few draws or chains.

    Warns
    -----
    SamplingWarning
        For divergences, r-hat above 1.01, or a bulk effective sample size below 400.
    """
    import pymc as pm

    if fit.model != "partial-pooling" or not isinstance(fit.prior, LogitNormalPrior):
        raise ArgumentError("engine", "pymc", f"partial-pooling, not {fit.model}")
    if draws < FEWEST_DRAWS or tune < FEWEST_DRAWS:
        raise ArgumentError("draws", min(draws, tune), f"at least {FEWEST_DRAWS}, as for tune")
    if chains < 1:
        raise ArgumentError("chains", chains, "at least 1")
    show = sys.stderr.isatty() if progressbar is None else progressbar
    with partial_pooling_model(fit.solutions, fit.prior):
        trace = pm.sample(
            draws=draws, tune=tune, chains=chains, cores=cores, random_seed=seed,
            progressbar=show, quiet=not show, target_accept=0.9,
        )  # fmt: skip
    check_sampling(trace)
    mu = np.asarray(trace["posterior"]["mu"]).ravel()
    sigma = np.asarray(trace["posterior"]["sigma"]).ravel()
    mixture, grid, marginal = _condition(fit, mu, sigma, np.random.default_rng(seed))
    hyper = {name: (float(v.mean()), float(v.std())) for name, v in (("mu", mu), ("sigma", sigma))}
    return replace(
        fit, engine="pymc", mixture=mixture, grid=grid, marginal=marginal, hyper=hyper, trace=trace
    )


def _condition(
    fit: Fit, mu: FloatArray, sigma: FloatArray, rng: np.random.Generator
) -> tuple[Mixture, logit_normal.Grid, FloatArray]:
    """Return mixture and marginal densities of the groups given draws of (mu, sigma)."""
    chosen = np.linspace(0, len(mu) - 1, min(CONDITIONED, len(mu))).astype(int)
    mu, sigma = mu[chosen], sigma[chosen]
    nodes = logit_normal.HyperNodes(mu, sigma, np.zeros(len(mu)))
    grid = logit_normal.choose_grid(fit.solutions.n, fit.solutions.k)
    tables = logit_normal.tabulate(fit.solutions, grid, nodes)
    log_weight = np.log(fit.solutions.weight) - fit.solutions.log_prior
    log_given = logit_normal.log_joint(tables, nodes) + log_weight[:, None]
    given = np.exp(log_given - log_given.max(axis=0))
    edges = np.cumsum(given / given.sum(axis=0), axis=0)
    solution = np.minimum((edges < rng.random(len(mu))).sum(axis=0), len(given) - 1)
    node = np.arange(len(mu))
    joint = np.zeros((len(given), len(mu)))
    joint[solution, node] = 1 / len(mu)
    mixture = logit_normal.component_mixture(
        fit.solutions, nodes, solution, node, np.full(len(mu), 1 / len(mu))
    )
    return mixture, grid, logit_normal.marginal_densities(tables, grid, joint)


def check_sampling(trace: Any) -> None:
    """Warn, with what to do, if NUTS did not sample well; see `sample_fit`."""
    import arviz as az

    problems = []
    divergences = int(np.asarray(trace["sample_stats"]["diverging"]).sum())
    if divergences:
        problems.append(f"{divergences} divergent transitions (use more tuning steps)")
    posterior = trace["posterior"]
    arrays = [np.asarray(posterior[name]) for name in ("mu", "sigma")]
    theta = np.asarray(posterior["theta"])
    arrays += [theta[..., g] for g in range(theta.shape[-1])]
    ess = min(float(az.ess(a)) for a in arrays)
    if ess < SMALLEST_ESS:
        problems.append(f"an effective sample size of {ess:.0f} (use more draws)")
    if arrays[0].shape[0] > 1:
        rhat = max(float(az.rhat(a)) for a in arrays)
        if rhat > LARGEST_RHAT:
            problems.append(f"an r-hat of {rhat:.3f} (use more tuning steps and draws)")
    if problems:
        message = "NUTS reports " + ", ".join(problems) + "; engine='exact' needs no sampling"
        warnings.warn(message, SamplingWarning, stacklevel=3)
