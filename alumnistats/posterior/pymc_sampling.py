"""Running NUTS on the PyMC models, checking what it did, and making a fit of it."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

import numpy as np

from alumnistats.arrays import check_level
from alumnistats.errors import ArgumentError
from alumnistats.posterior.models import pooling_model
from alumnistats.posterior.pooling import MODELS
from alumnistats.posterior.solution_draws import (
    draw_solutions,
    pointwise_log_likelihood,
    solution_log_weights,
)

if TYPE_CHECKING:
    from alumnistats.posterior.share_posterior import SharePosterior

P = TypeVar("P", bound="SharePosterior")
Sampler = Literal["pymc", "nutpie", "numpyro"]
SAMPLERS: tuple[Sampler, ...] = get_args(Sampler)

FEWEST_DRAWS = 100
TARGET_ACCEPT = 0.9
LARGEST_RHAT = 1.01
SMALLEST_ESS = 400
CONDITIONED = 300  # draws that the reported mixture is conditioned on


class SamplingWarning(UserWarning):
    """NUTS did not sample well enough for its results to be trusted."""


def sample(
    model: Any,
    sampler: Sampler = "pymc",
    *,
    seed: int = 0,
    draws: int = 1000,
    tune: int = 1000,
    chains: int = 4,
    cores: int | None = None,
    target_accept: float = TARGET_ACCEPT,
    progressbar: bool | None = None,
) -> Any:
    """Sample a model with NUTS and warn if that did not go well.

    Parameters
    ----------
    model : pymc.Model or Fit
        One of `pymc_models`, a model of one's own, or a fit, whose model, prior and solutions are
        taken.
    sampler : {"pymc", "nutpie", "numpyro"}
        The same algorithm three times; the last two come with the extra ``samplers``.
    seed : int
        The same seed gives the same draws, with the same sampler, machine and versions.
    draws, tune : int
        Of every chain, at least 100.
    chains : int
    cores : int, optional
        For pymc and nutpie: chains at the same time. numpyro runs all at once.
    target_accept : float
        Between 0 and 1; more means smaller steps and fewer divergences.
    progressbar : bool, optional
        By default only when standard error is a terminal.

    Returns
    -------
    InferenceData or DataTree
        posterior, sample_stats, constant_data (solutions) and, of a model that has theta and used
        `observe_counts`, log_likelihood: of every group, see `predictive.pointwise_log_likelihood`.

    Raises
    ------
    ArgumentError
        For an unknown or missing sampler, or bad numbers.

    Warns
    -----
    SamplingWarning
        See `check_sampling`.
    """
    import pymc as pm

    _check_sampler(sampler)
    _check_numbers(draws, tune, chains, target_accept)
    show = sys.stderr.isatty() if progressbar is None else progressbar
    with warnings.catch_warnings(), model if isinstance(model, pm.Model) else build(model):
        # PyTensor from wheels has no BLAS and says so. The models have no large matrix products.
        warnings.filterwarnings("ignore", message="PyTensor could not link to a BLAS")
        trace = pm.sample(
            draws=draws, tune=tune, chains=chains, cores=cores, random_seed=seed,
            target_accept=target_accept, progressbar=show, quiet=not show, nuts_sampler=sampler,
            nuts_sampler_kwargs=_options(sampler, cores), compute_convergence_checks=False,
        )  # fmt: skip
    check_sampling(trace)
    return add_log_likelihood(trace)


def build(fit: SharePosterior) -> Any:
    """Return the `pymc.Model` of a fit's model, prior and solutions.

    Parameters
    ----------
    fit : Fit
    """
    solutions = getattr(fit, "solutions", None)
    if getattr(fit, "model", None) not in MODELS or solutions is None:
        raise ArgumentError("model", fit, "a pymc.Model, or a Fit")
    return pooling_model(fit.model).pymc(solutions, fit.prior)


def _check_sampler(sampler: Sampler) -> None:
    if sampler not in SAMPLERS:
        raise ArgumentError("sampler", sampler, "one of " + ", ".join(SAMPLERS))
    if importlib.util.find_spec(sampler) is None:
        expected = f'{sampler} to be installed: pip install "alumnistats[samplers]"'
        raise ArgumentError("sampler", sampler, expected)


def _check_numbers(draws: int, tune: int, chains: int, target_accept: float) -> None:
    if draws < FEWEST_DRAWS or tune < FEWEST_DRAWS:
        raise ArgumentError("draws", min(draws, tune), f"at least {FEWEST_DRAWS}, as for tune")
    if chains < 1:
        raise ArgumentError("chains", chains, "at least 1")
    check_level(target_accept, "target_accept", "a number strictly between 0 and 1")


def _options(sampler: Sampler, cores: int | None) -> dict[str, Any]:
    if sampler == "numpyro":
        return {"chain_method": "vectorized"}  # "parallel" warns where there is one device
    return {"cores": cores} if sampler == "nutpie" and cores is not None else {}


def add_log_likelihood(trace: Any) -> Any:
    """Return a trace with the group ``log_likelihood``, for `arviz.loo` and `arviz.compare`.

    Parameters
    ----------
    trace : InferenceData or DataTree
        Without theta or the data of `observe_counts` it is returned as it is.
    """
    import xarray as xr

    names = ("n", "k", "log_weight")
    data = _dataset(trace, "constant_data")
    posterior = _dataset(trace, "posterior")
    if data is None or posterior is None or "theta" not in posterior or not {*names} <= {*data}:
        return trace
    theta = posterior["theta"].transpose("chain", "draw", ...)
    values = theta.to_numpy().reshape(-1, *theta.shape[2:])
    found = pointwise_log_likelihood(values, *(data[name].to_numpy() for name in names))
    counts = theta.copy(data=found.reshape(theta.shape)).rename("counts")
    group = xr.Dataset({"counts": counts})
    if hasattr(trace, "add_groups"):
        trace.add_groups({"log_likelihood": group})
    else:
        trace["log_likelihood"] = xr.DataTree(group)
    return trace


def _dataset(trace: Any, group: str) -> Any:
    """Return a group as a data set, of either generation of ArviZ; None if it is not there."""
    try:
        found = trace[group]
    except KeyError:
        return None
    return found.to_dataset() if hasattr(found, "to_dataset") else found


def check_sampling(trace: Any) -> None:
    """Warn, with what to do, if NUTS did not sample every variable well.

    Parameters
    ----------
    trace : InferenceData or DataTree
        Of any model.

    Warns
    -----
    SamplingWarning
        For divergent transitions; and, naming the worst variable, for an r-hat above 1.01 or an
        effective sample size, in the bulk or in the tails, below 400.
    """
    problems = []
    stats = _dataset(trace, "sample_stats")
    divergences = int(np.asarray(stats["diverging"]).sum()) if stats is not None else 0
    if divergences:
        problems.append(
            f"{divergences} divergent transitions (raise target_accept, say to 0.98; if they "
            "remain, the posterior is too narrow somewhere: write the model non-centred)"
        )
    problems += _diagnose(_dataset(trace, "posterior"))
    if problems:
        message = "NUTS reports " + "; ".join(problems)
        warnings.warn(message + ". The exact engine needs no sampling", SamplingWarning, 3)


def _diagnose(posterior: Any) -> list[str]:
    import arviz as az

    worst: dict[str, tuple[float, str]] = {}
    problems = []
    for name in posterior.data_vars:
        values = np.asarray(posterior[name].transpose("chain", "draw", ...))
        elements = values.reshape(*values.shape[:2], -1)
        moving = np.flatnonzero(np.ptp(elements, axis=(0, 1)) > 0)
        if not len(moving):
            problems.append(f"{name} did not move (try other starting points, or check its prior)")
        # Elements that are constant by definition, such as correlations with oneself, are left out.
        for i in moving:
            one, label = elements[..., i], _label(posterior[name], int(i))
            found = {method: float(az.ess(one, method=method)) for method in ("bulk", "tail")}
            if len(one) > 1:
                found["rhat"] = -float(az.rhat(one))
            for key, value in found.items():
                worst[key] = min(worst.get(key, (np.inf, "")), (value, label))
    rhat, label = worst.get("rhat", (-1.0, ""))
    if -rhat > LARGEST_RHAT:
        problems.append(
            f"an r-hat of {-rhat:.3f} of {label} (chains disagree: use more tuning steps and draws)"
        )
    for method in ("bulk", "tail"):
        ess, label = worst.get(method, (np.inf, ""))
        if ess < SMALLEST_ESS:
            problems.append(f"a {method} effective sample size of {ess:.0f} of {label} "
                            "(use more draws)")  # fmt: skip
    return problems


def _label(variable: Any, element: int) -> str:
    """Return the name of an element with its coordinates, as ``theta[retail]``."""
    dims = [d for d in variable.dims if d not in {"chain", "draw"}]
    at = np.unravel_index(element, [variable.sizes[d] for d in dims]) if dims else ()
    where = ", ".join(str(variable[d].values[i]) for d, i in zip(dims, at, strict=True))
    return f"{variable.name}[{where}]" if where else str(variable.name)


def sample_fit(fit: P, **sampling: Any) -> P:
    """Sample the model of a fit with NUTS and return the fit that the draws give.

    Parameters
    ----------
    fit : Fit
        Of the exact engine: says model, solutions, prior and level.
    **sampling
        Those of `sample`: sampler, seed, draws, tune, chains, cores, target_accept, progressbar.

    Returns
    -------
    Fit
        With `trace`. A draw gives the hyperparameters and, by its probability given the shares, a
        solution; given both, each group's posterior is one-dimensional and exact. The densities
        reported are averages of those (Rao-Blackwell) over at most 300 draws. Evidence, weights of
        the solutions and leave-one-out values remain those of the exact engine.

    Raises
    ------
    ArgumentError
        See `sample`.

    Warns
    -----
    SamplingWarning
        See `check_sampling`.
    """
    trace = sample(fit, **sampling)
    posterior = trace["posterior"]
    model = pooling_model(fit.model)
    draws = {name: np.asarray(posterior[name]).ravel() for name in model.hyper}
    hyper = {name: (float(v.mean()), float(v.std())) for name, v in draws.items()}
    theta = np.asarray(posterior["theta"]).reshape(-1, len(fit.groups))
    chosen = np.linspace(0, len(theta) - 1, min(CONDITIONED, len(theta))).astype(int)
    solution = draw_solutions(
        theta[chosen], fit.solutions.n, fit.solutions.k, solution_log_weights([fit.solutions]),
        np.random.default_rng(sampling.get("seed", 0)),
    )  # fmt: skip
    some = [v[chosen] for v in draws.values()]
    mixture, marginal = model.given_draws(fit.solutions, fit.prior, fit.grid, some, solution)
    return replace(fit, engine="pymc", mixture=mixture, marginal=marginal, hyper=hyper, trace=trace)
