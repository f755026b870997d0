"""Which model the data prefer, and how much an answer depends on prior and likelihood.

*Comparison*: the evidence (probability of the counts under each model, its prior included), and
leave-one-group-out prediction: the log probability of a group's count given all other groups,
exactly, as a ratio of two evidences. `arviz.loo` approximates the same from draws (PSIS-LOO).

*Power scaling* (Kallioinen, Paananen, Bürkner and Vehtari 2023, Statistics and Computing 34, 57):
the prior or the likelihood is raised to powers near 1, and the distance that a posterior moves per
doubling of the power is its sensitivity. The distance is the cumulative Jensen-Shannon distance of
Nguyen and Vreeken (2015, SIAM International Conference on Data Mining), here between exact
distribution functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError
from alumnistats.posterior.exact_run import Powers, RunSettings
from alumnistats.posterior.mixture import cumulate
from alumnistats.posterior.models import pooling_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from alumnistats.posterior.share_posterior import SharePosterior

POWER = 1.01  # and its inverse: the powers between which the slope is taken
SENSITIVE = 0.05  # sensitivity above which the source calls for a closer look
RANGE = 1 / 8000  # tail probability outside of which 4,000 draws would have no value
COMPONENTS = 50  # ranks are not needed here


def compare(fits: Sequence[SharePosterior]) -> pd.DataFrame:
    """Compare models of the same counts, the best first.

    Parameters
    ----------
    fits : sequence of Fit
        Two or more, of the same solutions.

    Returns
    -------
    DataFrame
        model; log_evidence and probability (of equally probable models); elpd (sum over groups of
        leave-one-out log probabilities), elpd_difference from the best one and its standard error
        over groups. Sorted by elpd.

    Raises
    ------
    ArgumentError
        For fewer than two fits, or fits of different counts.
    """
    import pandas as pd

    if len(fits) < 2:
        raise ArgumentError("fits", len(fits), "at least two fits")
    for fit in fits[1:]:
        if not _same_data(fit, fits[0]):
            raise ArgumentError("fits", fit.of, f"the same counts as the first, of {fits[0].of}")
    evidence = np.array([fit.log_evidence for fit in fits])
    probability = np.exp(evidence - np.logaddexp.reduce(evidence))
    loo = np.stack([fit.loo for fit in fits])
    best = int(np.argmax(loo.sum(axis=1)))
    gaps = loo - loo[best]
    error = np.sqrt(gaps.shape[1]) * gaps.std(axis=1, ddof=1) if gaps.shape[1] > 1 else np.nan
    table = pd.DataFrame(
        {
            "model": [fit.model for fit in fits],
            "log_evidence": evidence,
            "probability": probability,
            "elpd": loo.sum(axis=1),
            "elpd_difference": gaps.sum(axis=1),
            "difference_error": error,
        }
    )
    return table.sort_values("elpd", ascending=False, ignore_index=True)


def _same_data(one: SharePosterior, other: SharePosterior) -> bool:
    """Return whether two fits explain the same figures, from whatever solutions of them."""
    a, b = one.solutions, other.solutions
    if a.of != b.of or a.groups != b.groups:
        return False
    return np.array_equal(a.k, b.k) or (a.origin is not None and a.origin == b.origin)


def jensen_shannon(p: FloatArray, q: FloatArray, width: FloatArray) -> FloatArray:
    """Return the cumulative Jensen-Shannon distance of distribution functions, shape (...).

    Parameters
    ----------
    p, q : ndarray, shape (..., nodes)
        Distribution functions on common nodes.
    width : ndarray, shape (nodes,) or (..., nodes)
        Quadrature weights; the distance is relative to the range that they cover.

    Returns
    -------
    ndarray
        In [0, 1]; the larger of the distances of the functions and of their complements, since
        the distance of a variable and that of its negative differ.
    """
    return np.maximum(_one_sided(p, q, width), _one_sided(1 - p, 1 - q, width))


def _one_sided(p: FloatArray, q: FloatArray, width: FloatArray) -> FloatArray:
    middle = (p + q) / 2
    total = np.zeros(p.shape[:-1])
    for one in (p, q):
        with np.errstate(divide="ignore", invalid="ignore"):
            term = np.where(one > 0, one * np.log2(one / middle), 0.0)
        total = total + (term * width).sum(axis=-1)  # the two linear terms of the definition cancel
    return np.sqrt(np.maximum(total, 0.0) / ((p + q) * width).sum(axis=-1))


def power_sensitivity(fit: SharePosterior, power: float = POWER) -> pd.DataFrame:
    """Return how far each group's posterior moves as prior or likelihood gain or lose weight.

    Parameters
    ----------
    fit : Fit
        Of the exact engine; hierarchies scale the prior of the hyperparameters.
    power : float
        Above 1; the slope is taken between it and its inverse.

    Returns
    -------
    DataFrame
        group, prior, likelihood (distance per doubling of the power), diagnosis. A prior
        sensitivity above 0.05 is "conflict" of prior and data where the likelihood's is above it
        too, else "weak likelihood"; otherwise "none".

    Raises
    ------
    ArgumentError
        For a power that is not above 1.
    """
    import pandas as pd

    if power <= 1:
        raise ArgumentError("power", power, "a number above 1")
    run = pooling_model(fit.model).run

    def cdf(powers: Powers) -> FloatArray:
        got = run(fit.solutions, fit.prior, RunSettings(COMPONENTS, powers=powers))
        return cumulate(got.marginal * got.grid.quad)

    base = cdf(Powers())
    width = np.where((base > RANGE) & (base < 1 - RANGE), fit.grid.quad, 0.0)
    slopes = {}
    for name in ("prior", "likelihood"):
        scaled = [cdf(Powers(**{name: value})) for value in (1 / power, power)]
        moved = [jensen_shannon(base, other, width) for other in scaled]
        slopes[name] = np.mean(moved, axis=0) / np.log2(power)
    prior, likelihood = slopes["prior"] > SENSITIVE, slopes["likelihood"] > SENSITIVE
    diagnosis = np.where(prior, np.where(likelihood, "conflict", "weak likelihood"), "none")
    return pd.DataFrame({"group": fit.groups, **slopes, "diagnosis": diagnosis})
