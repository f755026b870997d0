r"""r-values: the top fraction of the groups that a group should be placed in.

Let :math:`\theta_\alpha` be exceeded by a fraction :math:`\alpha` of the population of groups, and
:math:`V_\alpha(i)` the posterior probability that group i exceeds it. For each :math:`\alpha` the
list of the fraction :math:`\alpha` of groups with the largest :math:`V_\alpha` agrees best, on
average, with the true top fraction. The r-value of a group is the smallest :math:`\alpha` whose
list it is on: :math:`r_i = \inf\{\alpha : V_\alpha(i) \ge \lambda_\alpha\}`, where
:math:`\lambda_\alpha` is exceeded by a fraction :math:`\alpha` of all :math:`V_\alpha` (Henderson
and Newton 2016, Journal of the Royal Statistical Society B 78, 781-804).

Counts are discrete and groups are few, so no :math:`\lambda` is reached by exactly a fraction
:math:`\alpha`. Here a list never holds more than that: :math:`r_i` is the smallest :math:`\alpha`
with :math:`P(V_\alpha \ge V_\alpha(i)) \le \alpha`. Among K groups the first then has 1/K, and a
group last of all has 1; tied groups share the larger value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincc, betainccinv, betaln, expit, gammaln

from alumnistats.arrays import FloatArray, whole_numbers
from alumnistats.comparisons.counts import check_counts
from alumnistats.errors import ArgumentError
from alumnistats.posterior.mixture import Mixture

Marginal = Literal["groups", "model"]

FRACTIONS = 1000  # fewest nodes of the fraction; r-values where lists cross err by one step at most
LARGEST_CELLS = 2**22  # table entries times fractions that are held at a time
MOST_EQUAL = np.log(1e7)  # log of the largest precision of the prior that is fitted

# Fractions, shape (f,), to scores of the groups and of what they are compared with, (f, ...) each.
Scores = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, eq=False)
class RValues:
    """r-values of the groups.

    Attributes
    ----------
    value : ndarray, shape (groups,)
        In (0, 1]; the smaller, the nearer to the top.
    prior : tuple of float or None
        Parameters (a, b) of the Beta population of shares; None when the groups' posteriors
        themselves make the population.
    step : float
        Largest error of a value, where the order of the groups changes with the fraction; elsewhere
        values are exact.
    marginal : {"groups", "model"}
    """

    value: FloatArray
    prior: tuple[float, float] | None
    step: float
    marginal: Marginal


def r_values_binomial(
    count: npt.ArrayLike,
    nobs: npt.ArrayLike,
    prior: tuple[float, float] | None = None,
    *,
    marginal: Marginal = "groups",
) -> RValues:
    """Return r-values of binomial counts with a Beta population of shares.

    Parameters
    ----------
    count, nobs : array_like of int, shape (groups,)
    prior : tuple of float, optional
        Parameters of the Beta population; fitted by maximum likelihood (`fit_beta`) when omitted.
    marginal : {"groups", "model"}
        Of what a list is a fraction: of the groups at hand, or of the counts that the model expects
        of groups of these sizes. The latter takes time in proportion to the sum of different sizes.

    Returns
    -------
    RValues

    Raises
    ------
    ArgumentError
        For counts out of range, parameters not positive, or an unknown marginal.

    Examples
    --------
    >>> r_values_binomial([30, 3, 10], [60, 4, 40]).value.round(2).tolist()
    [0.33, 0.67, 1.0]
    """
    k, n = whole_numbers(count), whole_numbers(nobs, "nobs")
    if k.ndim != 1 or k.shape != n.shape or not len(k):
        raise ArgumentError("count", k.shape, "as many as nobs, shape (groups,), one or more")
    check_counts(k, n)
    a, b = fit_beta(k, n) if prior is None else prior
    if not (a > 0 and b > 0 and np.isfinite(a + b)):
        raise ArgumentError("prior", prior, "two positive numbers")
    if marginal == "groups":
        all_k, all_n, weight = k, n, np.full(len(k), 1 / len(k))
    elif marginal == "model":
        all_k, all_n, weight = _expected_counts(n, a, b)
    else:
        raise ArgumentError("marginal", marginal, '"groups" or "model"')

    def scores(fraction: FloatArray) -> tuple[FloatArray, FloatArray]:
        cut = betainccinv(a, b, fraction)[:, None]
        own = _beta_score(cut, a + k, b + n - k)
        if marginal == "groups":
            return own, own
        return own, _beta_score(cut, a + all_k, b + all_n - all_k)

    value, step = _smallest_fraction(scores, weight, len(k))
    return RValues(value, (float(a), float(b)), step, marginal)


def _beta_score(cut: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the log odds of exceeding the cut: they tell apart what 1 - 1e-17 does not."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(betaincc(a, b, cut)) - np.log(betainc(a, b, cut)))


def _expected_counts(
    n: FloatArray, a: float, b: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return every count of every size, and its probability for a group taken at random."""
    sizes, times = np.unique(n, return_counts=True)
    k = np.concatenate([np.arange(m + 1) for m in sizes])
    m = np.repeat(sizes, sizes.astype(int) + 1)
    choose = gammaln(m + 1) - gammaln(k + 1) - gammaln(m - k + 1)
    law = np.exp(choose + betaln(a + k, b + m - k) - betaln(a, b))
    return k, m, law * np.repeat(times / len(n), sizes.astype(int) + 1)


def _smallest_fraction(scores: Scores, weight: FloatArray, groups: int) -> tuple[FloatArray, float]:
    """Return the smallest fraction with P(score at least one's own) <= fraction, and the step.

    Within a step the order of the scores hardly ever changes; if it does not, the probability found
    at its upper end is the smallest fraction itself, when it lies within the step.
    """
    per_group = -(-FRACTIONS // groups)
    steps = groups * per_group
    value = np.ones(groups)
    found = np.zeros(groups, dtype=bool)
    size = max(LARGEST_CELLS // max(len(weight), groups), 1)
    for first in range(0, steps, size):
        nodes = np.arange(first, min(first + size, steps))
        # Just inside the upper end: at the fraction 1 itself nothing exceeds and all is tied.
        fraction = (nodes + 1 - 1e-9) / steps
        own, others = scores(fraction)
        for node, mine, theirs in zip(nodes, own, others, strict=True):
            reached = _at_least(mine, theirs, weight)
            new = ~found & (reached <= (node + 1) / steps + 1e-12)
            value[new] = np.maximum(reached[new], node / steps)
            found |= new
        if found.all():
            break
    return np.minimum(value, 1.0), 1 / steps


def _at_least(mine: FloatArray, theirs: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the probability of a score of at least one's own, allowing for rounding."""
    order = np.argsort(theirs)
    tail = np.append(np.cumsum(weight[order][::-1])[::-1], 0.0)
    slack = np.where(np.isfinite(mine), 1e-10 * np.maximum(np.abs(mine), 1.0), 0.0)
    return np.asarray(tail[np.searchsorted(theirs[order], mine - slack)])


def fit_beta(count: npt.ArrayLike, nobs: npt.ArrayLike) -> tuple[float, float]:
    """Return the Beta population of shares under which the counts are most likely.

    Parameters
    ----------
    count, nobs : array_like of int, shape (groups,)
        They broadcast.

    Returns
    -------
    a, b : float

    Notes
    -----
    Counts that vary no more than sampling explains fit best with a + b infinite; it stops at 1e7.
    If all counts are none or all, the mean goes to the end of its range, a share of e**-20.

    Examples
    --------
    >>> a, b = fit_beta([10, 14, 30, 22], 50)
    >>> round(a / (a + b), 2)
    0.38
    """
    from scipy.optimize import minimize

    k, n = np.broadcast_arrays(whole_numbers(count), whole_numbers(nobs, "nobs"))
    check_counts(k, n)

    def loss(at: FloatArray) -> float:
        precision = np.exp(at[1])
        a, b = precision * expit(at[0]), precision * expit(-at[0])
        return -float((betaln(a + k, b + n - k) - betaln(a, b)).sum())

    mean = (k.sum() + 0.5) / (n.sum() + 1)
    centre = np.log(mean / (1 - mean))
    box = [(-20.0, 20.0), (-8.0, MOST_EQUAL)]
    # The likelihood is flat far out in the precision, so several starts.
    runs = [
        minimize(loss, [centre, start], method="L-BFGS-B", bounds=box, options={"ftol": 1e-15})
        for start in (0.0, 3.0, 7.0)
    ]
    best = min(runs, key=lambda run: run.fun).x
    polished = minimize(
        loss, best, method="Nelder-Mead", bounds=box, options={"xatol": 1e-9, "fatol": 1e-13}
    ).x
    precision = float(np.exp(polished[1]))
    return precision * float(expit(polished[0])), precision * float(expit(-polished[0]))


def r_values_posterior(posterior: Mixture | npt.ArrayLike) -> RValues:
    r"""Return r-values of groups with any posteriors.

    The population is the average of the groups' posteriors, so that the expected number of groups
    above :math:`\theta_\alpha` is :math:`\alpha` K.

    Parameters
    ----------
    posterior : Mixture or array_like, shape (draws, groups)
        By quadrature; or from draws, whose Monte Carlo error the order of close groups then has.

    Returns
    -------
    RValues
        Of draws that are a table without missing values; an `ArgumentError` otherwise.

    Examples
    --------
    >>> from alumnistats.ranking.further import mixture_of_betas
    >>> posterior = mixture_of_betas([48, 45, 30], [52, 55, 70])
    >>> r_values_posterior(posterior).value.round(2).tolist()
    [0.33, 0.67, 1.0]
    """
    if isinstance(posterior, Mixture):
        points, exceeding = _tails(posterior)
    else:
        points, exceeding = _tails_of_draws(posterior)
    population = exceeding.mean(axis=0)  # falls along the points
    groups = len(exceeding)

    def scores(fraction: FloatArray) -> tuple[FloatArray, FloatArray]:
        cut = np.interp(-fraction, -population, points)
        with np.errstate(divide="ignore"):
            odds = [np.interp(cut, points, row) for row in exceeding]
            own = np.log(np.transpose(odds)) - np.log1p(-np.transpose(odds))
        return own, own

    value, step = _smallest_fraction(scores, np.full(groups, 1 / groups), groups)
    return RValues(value, None, step, "groups")


def _tails(mixture: Mixture) -> tuple[FloatArray, FloatArray]:
    """Return points and every group's probability to exceed them."""
    widest = mixture.grid.shape[1]
    flat = np.unique(mixture.grid)
    points = flat if len(flat) <= 4 * widest else flat[:: len(flat) // (4 * widest)]
    exceeding = np.zeros((mixture.groups, len(points)))
    for weight, grid, cdf in zip(mixture.weight, mixture.grid, mixture.cdf, strict=True):
        for g in range(mixture.groups):
            exceeding[g] += weight * (1 - np.interp(points, grid, cdf[g], left=0.0, right=1.0))
    return points, np.clip(exceeding, 0.0, 1.0)


def _tails_of_draws(draws: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    values = np.asarray(draws, dtype=float)
    if values.ndim != 2 or not values.size or np.isnan(values).any():
        raise ArgumentError("draws", values.shape, "shape (draws, groups), nothing missing")
    ordered = np.sort(values, axis=0).T
    points = np.unique(np.quantile(values, np.linspace(0, 1, 4 * FRACTIONS + 1)))
    exceeding = np.stack([1 - np.searchsorted(r, points, side="right") / len(r) for r in ordered])
    return points, exceeding
