r"""What a model would have had published: predictive checks, and each group's log likelihood.

A posterior draw :math:`\theta` goes with a solution drawn from its probability given
:math:`\theta`, so that a replicated survey has that solution's sizes and is compared with that
solution's counts. Neither PyMC nor sampling is needed: draws of the exact engine do as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, logsumexp, xlog1py, xlogy

from alumnistats.errors import ArgumentError
from alumnistats.posterior.conjugate import log_choose
from alumnistats.posterior.mixture import FloatArray
from alumnistats.posterior.models import RUNS, Model
from alumnistats.posterior.priors import Prior

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from alumnistats.posterior.fit import Fit
    from alumnistats.reconstruction import Solutions

DRAWS = 1000
EDGE = 1e-12  # shares this close to 0 or 1 are taken for it: their logits stay finite
CHUNK = 2_000_000  # numbers of an array over draws, solutions and groups that are held at once
OUTSIDE = 1.959964  # standard errors: 95% of a normal distribution lie within


def solution_log_weights(solutions: Sequence[Solutions]) -> FloatArray:
    """Return the solutions' log weights, freed of the priors on counts, shape (solutions,).

    Parameters
    ----------
    solutions : sequence of Solutions
        Measures of the same particles.

    Returns
    -------
    ndarray
        With the binomial coefficients of every count.
    """
    with np.errstate(divide="ignore"):
        total = np.log(solutions[0].weight)
    for s in solutions:
        total = total - s.log_prior + log_choose(s.n.astype(float), s.k.astype(float)).sum(axis=1)
    return np.asarray(total)


def draw_solutions(
    theta: FloatArray,
    n: npt.ArrayLike,
    k: npt.ArrayLike,
    log_weight: FloatArray,
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Draw a solution for every draw of the shares, by its probability given them.

    Parameters
    ----------
    theta : ndarray, shape (draws, ...)
        Shares, in [0, 1].
    n, k : array_like, shape (solutions, ...)
        The dimensions after the first are those of `theta`.
    log_weight : ndarray, shape (solutions,)
        As from `solution_log_weights`.
    rng : Generator

    Returns
    -------
    ndarray of int, shape (draws,)
    """
    phi = logit(np.clip(theta.reshape(len(theta), -1), EDGE, 1 - EDGE))
    sizes, counts = (np.asarray(a, dtype=float).reshape(len(log_weight), -1) for a in (n, k))
    log_given = phi @ counts.T - np.logaddexp(0.0, phi) @ sizes.T + log_weight
    edges = np.cumsum(np.exp(log_given - log_given.max(axis=1, keepdims=True)), axis=1)
    at = rng.random((len(edges), 1)) * edges[:, -1:]
    return np.minimum((edges < at).sum(axis=1), len(log_weight) - 1)


def pointwise_log_likelihood(
    theta: FloatArray, n: FloatArray, k: FloatArray, log_weight: FloatArray
) -> FloatArray:
    r"""Return the log likelihood of every group given the shares and all other groups' counts.

    Parameters
    ----------
    theta : ndarray, shape (draws, ...)
        Shares, in [0, 1].
    n, k : ndarray, shape (solutions, ...)
    log_weight : ndarray, shape (solutions,)
        As from `solution_log_weights`.

    Returns
    -------
    ndarray, shape (draws, ...)
        :math:`\log \sum_r w_r^{(-g)}(\theta)\, \mathrm{Bin}(k_g^{(r)} \mid n_g^{(r)}, \theta_g)`,
        where :math:`w_r^{(-g)}(\theta)` is the probability of solution r given the shares and the
        counts of the other groups. With one solution it is the binomial log probability. Its
        exponential is the ratio of the likelihoods with and without the group, which is what
        leave-one-out importance sampling needs.
    """
    shape, cells = theta.shape, theta.reshape(len(theta), -1)
    n, k = (np.asarray(a, dtype=float).reshape(len(a), -1) for a in (n, k))
    choose = log_choose(n, k)
    out = np.empty(cells.shape)
    step = max(CHUNK // n.size, 1)
    for start in range(0, len(cells), step):
        t = cells[start : start + step, None, :]
        one = choose + xlogy(k, t) + xlog1py(n - k, -t)
        # `log_weight` holds the coefficients of all groups; `one` brings them again.
        without = (log_weight - choose.sum(axis=1) + one.sum(axis=-1))[..., None] - one
        out[start : start + step] = logsumexp(without + one, axis=1) - logsumexp(without, axis=1)
    return out.reshape(shape)


def prior_predictive(
    solutions: Solutions,
    model: Model = "partial-pooling",
    prior: Prior | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> xr.Dataset:
    """Draw surveys from a model before it has seen any count.

    Parameters
    ----------
    solutions : Solutions
        Sizes are drawn from it by weight; its counts are not used.
    model : {"partial-pooling", "beta-binomial", "no-pooling", "complete-pooling"}
    prior : BetaPrior, LogitNormalPrior or BetaBinomialPrior, optional
        Of the kind that the model has.
    draws, seed : int

    Returns
    -------
    Dataset
        With the dimensions draw and group: theta (shares), n (sizes), k_rep (replicated counts).

    Raises
    ------
    ArgumentError
        For an unknown model, a prior of the wrong kind, or no draws.
    """
    if model not in RUNS:
        raise ArgumentError("model", model, "one of " + ", ".join(get_args(Model)))
    kind = RUNS[model][0]
    used: Prior = kind() if prior is None else prior
    if not isinstance(used, kind):
        raise ArgumentError("prior", used, f"a {kind.__name__} for {model}")
    _check_draws(draws)
    rng = np.random.default_rng(seed)
    theta = PRIOR_DRAWS[model](used, (draws, len(solutions.groups)), rng)
    n = solutions.n[rng.choice(len(solutions.weight), size=draws, p=solutions.weight)]
    arrays = {"theta": theta, "n": n, "k_rep": rng.binomial(n, theta)}
    return _dataset(arrays, {"group": list(solutions.groups)})


def _check_draws(draws: int) -> None:
    if draws < 1:
        raise ArgumentError("draws", draws, "a whole number of at least 1")


def _separate(prior: Any, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    return rng.beta(prior.a, prior.b, shape)


def _pooled(prior: Any, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    return np.repeat(rng.beta(prior.a, prior.b, (shape[0], 1)), shape[1], axis=1)


def _partial(prior: Any, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    mu = rng.normal(prior.mu_loc, prior.mu_scale, (shape[0], 1))
    sigma = np.abs(rng.normal(0.0, prior.sigma_scale, (shape[0], 1)))
    return np.asarray(expit(mu + sigma * rng.standard_normal(shape)))


def _beta(prior: Any, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    m = rng.beta(prior.mean_a, prior.mean_b, (shape[0], 1))
    kappa = prior.kappa_least * (1 + rng.pareto(prior.kappa_shape, (shape[0], 1)))
    return rng.beta(kappa * m, kappa * (1 - m), shape)


PriorDraws = Callable[[Any, tuple[int, int], np.random.Generator], FloatArray]
PRIOR_DRAWS: dict[Model, PriorDraws] = {
    "no-pooling": _separate,
    "complete-pooling": _pooled,
    "partial-pooling": _partial,
    "beta-binomial": _beta,
}


def posterior_predictive(source: Any, *, draws: int = DRAWS, seed: int = 0) -> xr.Dataset:
    """Draw surveys from a model that has seen the counts.

    Parameters
    ----------
    source : Fit, InferenceData or DataTree
        A fit of either engine, or what `pymc_sampling.sample` returned.
    draws : int
        From a trace at most as many as it has.
    seed : int

    Returns
    -------
    Dataset
        With the dimensions draw and group, of several questions draw, question and group: theta
        (shares), n and k (sizes and counts of the solution drawn given theta), k_rep (replicated
        counts).

    Raises
    ------
    ArgumentError
        For no draws, or a trace without theta or the solutions.
    """
    _check_draws(draws)
    rng = np.random.default_rng(seed)
    if hasattr(source, "mixture"):
        theta, n, k, log_weight, coords = _from_fit(source, draws, rng)
    else:
        theta, n, k, log_weight, coords = _from_trace(source, draws, rng)
    row = draw_solutions(theta, n, k, log_weight, rng)
    n, k = (a[row].astype(np.int64) for a in (n, k))
    return _dataset({"theta": theta, "n": n, "k": k, "k_rep": rng.binomial(n, theta)}, coords)


Parts = tuple[FloatArray, Any, Any, FloatArray, dict[str, list[str]]]


def _from_fit(fit: Fit, draws: int, rng: np.random.Generator) -> Parts:
    solutions = fit.solutions
    log_weight = solution_log_weights([solutions])
    return fit.draws(draws, rng), solutions.n, solutions.k, log_weight, {"group": [*fit.groups]}


def _from_trace(trace: Any, draws: int, rng: np.random.Generator) -> Parts:
    try:
        theta, data = trace["posterior"]["theta"], trace["constant_data"]
        n, k, log_weight = (np.asarray(data[name]) for name in ("n", "k", "log_weight"))
    except KeyError as missing:
        expected = "a fit, or a trace with theta and the data of observe_counts"
        raise ArgumentError("source", f"no {missing.args[0]}", expected) from missing
    values = np.asarray(theta)
    values = values.reshape(-1, *values.shape[2:])
    chosen = rng.choice(len(values), size=min(draws, len(values)), replace=False)
    names = [d for d in theta.dims if d not in {"chain", "draw"}]
    coords = {name: list(theta[name].values) for name in names}
    return values[np.sort(chosen)], n, k, log_weight, coords


def _dataset(arrays: dict[str, Any], coords: dict[str, list[str]]) -> xr.Dataset:
    import xarray as xr

    dims = ("draw", *coords)
    size = len(next(iter(arrays.values())))
    variables = {name: (dims, values) for name, values in arrays.items()}
    return xr.Dataset(variables, {"draw": np.arange(size), **coords})


def _outside(n: FloatArray, k: FloatArray) -> FloatArray:
    overall = (k.sum(axis=-1) / n.sum(axis=-1))[..., None]
    error = np.sqrt(overall * (1 - overall) / n)
    return (np.abs(k / n - overall) > OUTSIDE * error).sum(axis=-1).astype(float)


STATISTICS: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "largest share": lambda n, k: (k / n).max(axis=-1),
    "smallest share": lambda n, k: (k / n).min(axis=-1),
    "spread of shares": lambda n, k: (k / n).std(axis=-1, ddof=1),
    "overall share": lambda n, k: k.sum(axis=-1) / n.sum(axis=-1),
    "groups outside 95%": _outside,
}
"""Of sizes and counts, each with groups last: what `predictive_p_values` compares. "Groups outside"
are those further than 1.96 standard errors from the overall share; the spread is the standard
deviation over groups."""


def predictive_p_values(predicted: xr.Dataset) -> pd.DataFrame:
    """Compare replicated surveys with the one that was published.

    Parameters
    ----------
    predicted : Dataset
        Of `posterior_predictive`.

    Returns
    -------
    DataFrame
        statistic (and question, if there are several); observed (its mean over solutions);
        replicated, lower, upper (mean and 95% of the replications); p_value: the probability that
        a replication exceeds the published survey, with half of the probability that both are
        equal. Values near 0 or 1 mean that the model does not make such surveys.

    Raises
    ------
    ArgumentError
        For a data set without counts to compare with.
    """
    import pandas as pd

    if "k" not in predicted or "k_rep" not in predicted:
        raise ArgumentError("predicted", list(predicted), "what posterior_predictive returns")
    rows = []
    questions = predicted["question"].values if "question" in predicted.dims else [None]
    for question in questions:
        part = predicted if question is None else predicted.sel(question=question)
        n, k, k_rep = (np.asarray(part[name], dtype=float) for name in ("n", "k", "k_rep"))
        label = {} if question is None else {"question": question}
        rows += [label | {"statistic": name} | _compare(of(n, k), of(n, k_rep))
                 for name, of in STATISTICS.items()]  # fmt: skip
    return pd.DataFrame(rows)


def _compare(observed: FloatArray, replicated: FloatArray) -> dict[str, float]:
    lower, upper = np.quantile(replicated, [0.025, 0.975])
    gap = replicated - observed
    equal = np.abs(gap) < 1e-12  # shares of equal counts may differ in the last bit
    return {
        "observed": float(observed.mean()),
        "replicated": float(replicated.mean()),
        "lower": float(lower),
        "upper": float(upper),
        "p_value": float(np.mean(np.where(equal, 0.5, gap > 0))),
    }
