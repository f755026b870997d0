r"""What a model would have had published: predictive checks.

A posterior draw :math:`\theta` goes with a solution drawn from its probability given
:math:`\theta`, so that a replicated survey has that solution's sizes and is compared with that
solution's counts. Neither PyMC nor sampling is needed: draws of the exact engine do as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError
from alumnistats.posterior.models import pooling_model
from alumnistats.posterior.pooling import Model
from alumnistats.posterior.priors import Prior
from alumnistats.posterior.solution_draws import draw_solutions, solution_log_weights

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from alumnistats.posterior.fit import Fit
    from alumnistats.reconstruction import Solutions

DRAWS = 1000
OUTSIDE = 1.959964  # standard errors: 95% of a normal distribution lie within


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
    pooling = pooling_model(model)
    used = pooling.prior(prior)
    _check_draws(draws)
    rng = np.random.default_rng(seed)
    theta = pooling.prior_draws(used, (draws, len(solutions.groups)), rng)
    n = solutions.n[rng.choice(len(solutions.weight), size=draws, p=solutions.weight)]
    arrays = {"theta": theta, "n": n, "k_rep": rng.binomial(n, theta)}
    return _dataset(arrays, {"group": list(solutions.groups)})


def _check_draws(draws: int) -> None:
    if draws < 1:
        raise ArgumentError("draws", draws, "a whole number of at least 1")


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
