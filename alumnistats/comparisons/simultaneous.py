r"""All pairs of groups at once: Tukey's test and the largest of correlated statistics.

Tukey refers every studentised difference to the studentised range of K independent normal
variables (Tukey 1953; Kramer 1956, Biometrics 12, 307-310 for unequal sizes). With unequal
variances the level is kept, with something to spare (Hayter 1984, Annals of Statistics 12, 61-75).

max-T uses the joint normal law of the statistics itself, whatever their covariance: single-step
p-values are the probability that the largest statistic of all exceeds the observed one; step-down
ones compare each statistic with the largest of those not more extreme (Westfall and Young 1993,
Resampling-Based Multiple Testing, algorithm 2.8). Both control the probability of any false
rejection; step-down rejects more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammaincc, ndtr, ndtri

from alumnistats.arrays import FloatArray, check_level, gauss_legendre
from alumnistats.comparisons.counts import Alternative, check_alternative
from alumnistats.errors import ArgumentError

NODES = 128  # of the integral over the largest; errors of the probability are below 1e-13
REACH = 9.0  # standard deviations that it covers
SHIFTS = 16  # independent random shifts of the quasi-Monte Carlo points, for the standard error
DEFAULT_POINTS = 2**14
CELLS = 2**21  # statistics times points that are evaluated at once
FLAT = 1e-12  # part of the largest eigenvalue below which a direction has no variance


@dataclass(frozen=True, eq=False)
class MaxT:
    """Adjusted p-values.

    Attributes
    ----------
    p_value : ndarray, shape (tests,)
    error : ndarray, shape (tests,)
        Standard error of the integration.
    """

    p_value: FloatArray
    error: FloatArray


@lru_cache(maxsize=1)
def _nodes() -> tuple[FloatArray, FloatArray]:
    x, w = gauss_legendre(NODES)
    z = REACH * x
    return z, REACH * w * np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)


def range_tail(q: npt.ArrayLike, groups: int) -> FloatArray:
    """Return P(range >= q) of `groups` independent standard normal variables.

    One minus ``K int phi(z) (Phi(z) - Phi(z - q))**(K - 1) dz``, z being the largest.
    """
    z, w = _nodes()
    value = np.asarray(q, dtype=float)
    inside = (ndtr(z) - ndtr(z - value[..., None])) ** (groups - 1)
    return np.clip(1 - groups * (w * inside).sum(axis=-1), 0.0, 1.0)


def tukey_critical(groups: int, level: float = 0.95) -> float:
    """Return the c for which all ``|difference| <= c * standard error`` with probability `level`.

    The quantile of the studentised range of known variances over the root of 2.

    Parameters
    ----------
    groups : int
    level : float
        In (0, 1).

    Returns
    -------
    float

    Examples
    --------
    >>> round(tukey_critical(12), 3)
    3.268
    """
    _check_groups(groups)
    check_level(level)
    if groups == 1:
        return 0.0
    high = -ndtri((1 - level) / (groups * (groups - 1)))  # Bonferroni's

    def gap(c: float) -> float:
        return float(range_tail(np.sqrt(2) * c, groups)) - (1 - level)

    return float(brentq(gap, 0.0, high + 1e-9, xtol=1e-12))


def tukey(estimate: npt.ArrayLike, variance: npt.ArrayLike) -> FloatArray:
    """Return Tukey-Kramer p-values of all pairs of groups, adjusted for their number.

    Parameters
    ----------
    estimate, variance : array_like, shape (groups,)
        Independent and normal estimates (for proportions: asymptotically) and their variances,
        such as `share_variance` gives.

    Returns
    -------
    ndarray, shape (pairs,)
        In the order of ``numpy.triu_indices(groups, 1)``.

    Raises
    ------
    ArgumentError
        For shapes that differ, and negative or missing values.

    Examples
    --------
    >>> tukey([0.6, 0.5, 0.3], [0.002] * 3).round(3).tolist()
    [0.254, 0.0, 0.004]
    """
    x, v = np.asarray(estimate, dtype=float), np.asarray(variance, dtype=float)
    _check_estimates(x, fits=v.shape == x.shape, fine=bool(((v >= 0) & np.isfinite(v)).all()))
    a, b = np.triu_indices(len(x), 1)
    t = _studentised(x[a] - x[b], np.sqrt(v[a] + v[b]))
    return range_tail(np.sqrt(2) * np.abs(t), len(x))


def max_t(
    statistic: npt.ArrayLike,
    covariance: npt.ArrayLike,
    alternative: Alternative = "two-sided",
    *,
    stepdown: bool = True,
    points: int = DEFAULT_POINTS,
    seed: int | np.random.Generator = 0,
) -> MaxT:
    """Return max-T p-values of normal statistics with a known covariance.

    Parameters
    ----------
    statistic : array_like, shape (tests,)
        With mean 0 under the hypotheses; divided by their standard deviations here.
    covariance : array_like, shape (tests, tests)
        May be singular; its diagonal is positive.
    alternative : {"two-sided", "greater", "less"}
        "greater": large statistics speak against the hypotheses.
    stepdown : bool
        Compare each statistic with those not more extreme, instead of all.
    points : int
        Of the quasi-Monte Carlo rule for directions; the length is integrated out exactly.
    seed : int or numpy.random.Generator

    Returns
    -------
    MaxT

    Raises
    ------
    ArgumentError
        For a covariance of another shape, not symmetric, indefinite, or with missing values; for
        an unknown alternative and fewer than one point for each of 16 shifts.

    Examples
    --------
    >>> found = max_t([2.4, 1.0], [[1.0, 0.5], [0.5, 1.0]])
    >>> found.p_value.round(2).tolist()
    [0.03, 0.32]
    """
    t, matrix = np.asarray(statistic, dtype=float), np.asarray(covariance, dtype=float)
    fits = matrix.shape == (*t.shape, *t.shape)
    _check_estimates(t, fits=fits, fine=bool(np.isfinite(matrix).all()))
    if not (np.diag(matrix) > 0).all():
        raise ArgumentError("covariance", "a variance that is not positive", "positive variances")
    sd = np.sqrt(np.diag(matrix))
    loading = _factor(matrix) / sd[:, None]
    return _max_t(t / sd, loading, alternative, stepdown=stepdown, points=points, seed=seed)


def max_t_pairs(
    estimate: npt.ArrayLike,
    covariance: npt.ArrayLike,
    alternative: Alternative = "two-sided",
    *,
    stepdown: bool = True,
    points: int = DEFAULT_POINTS,
    seed: int | np.random.Generator = 0,
) -> MaxT:
    """Return max-T p-values of all pairs of groups.

    Parameters
    ----------
    estimate : array_like, shape (groups,)
    covariance : array_like, shape (groups,) or (groups, groups)
        Variances of independent estimates, or their covariance (`multinomial_covariance`).
    alternative : {"two-sided", "greater", "less"}
        "greater": the first of the pair is larger.
    stepdown, points, seed
        As in `max_t`.

    Returns
    -------
    MaxT
        Shape (pairs,), in the order of ``numpy.triu_indices(groups, 1)``. A difference without
        variance has the p-value 0, or 1 if it is not in the direction asked for.

    Raises
    ------
    ArgumentError
        As in `max_t`.

    Examples
    --------
    >>> found = max_t_pairs([0.6, 0.5, 0.3], [0.002] * 3)
    >>> found.p_value.round(2).tolist()
    [0.11, 0.0, 0.0]
    """
    x, matrix = np.asarray(estimate, dtype=float), np.asarray(covariance, dtype=float)
    fits = matrix.shape in (x.shape, (*x.shape, *x.shape))
    _check_estimates(x, fits=fits, fine=bool(np.isfinite(matrix).all()))
    if matrix.ndim == 1 and not (matrix >= 0).all():
        raise ArgumentError("covariance", "a negative variance", "variances of 0 or more")
    factor = np.diag(np.sqrt(matrix)) if matrix.ndim == 1 else _factor(matrix)
    a, b = np.triu_indices(len(x), 1)
    loading = factor[a] - factor[b]
    se = np.sqrt((loading**2).sum(axis=1))
    known = se <= np.sqrt(FLAT) * max(se.max(initial=0.0), np.finfo(float).tiny)
    t = _studentised(x[a] - x[b], np.where(known, 0.0, se))
    loading[~known] /= se[~known, None]
    out = MaxT(_known_tail(t, alternative), np.zeros(len(t)))
    found = _max_t(
        t[~known], loading[~known], alternative, stepdown=stepdown, points=points, seed=seed
    )
    out.p_value[~known], out.error[~known] = found.p_value, found.error
    return out


def _studentised(gap: FloatArray, se: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gap == 0, 0.0, gap / se)


def _known_tail(t: FloatArray, alternative: Alternative) -> FloatArray:
    check_alternative(alternative)
    towards = {"two-sided": t != 0, "greater": t > 0, "less": t < 0}[alternative]
    return np.where(towards, 0.0, 1.0)


def _check_groups(groups: int) -> None:
    if groups < 1:
        raise ArgumentError("groups", groups, "one group or more")


def _check_estimates(estimate: FloatArray, *, fits: bool, fine: bool) -> None:
    if estimate.ndim != 1 or not fits:
        raise ArgumentError("covariance", "another shape", "one value for each estimate or pair")
    if not fine or not np.isfinite(estimate).all():
        raise ArgumentError("covariance", "a negative or missing value", "finite, not negative")


def _factor(covariance: FloatArray) -> FloatArray:
    """Return L with ``L @ L.T`` the covariance, which may be singular."""
    scale = max(float(np.abs(covariance).max(initial=0.0)), np.finfo(float).tiny)
    if np.abs(covariance - covariance.T).max(initial=0.0) > 1e-9 * scale:
        raise ArgumentError("covariance", "a matrix that is not symmetric", "a symmetric matrix")
    value, vector = np.linalg.eigh((covariance + covariance.T) / 2)
    if value.min(initial=0.0) < -1e-9 * scale:
        raise ArgumentError("covariance", "a negative eigenvalue", "a positive semidefinite matrix")
    return np.asarray(vector * np.sqrt(np.maximum(value, 0.0)))


def _max_t(
    t: FloatArray,
    loading: FloatArray,
    alternative: Alternative,
    *,
    stepdown: bool,
    points: int,
    seed: int | np.random.Generator,
) -> MaxT:
    """Return p-values of ``t`` against ``loading @ standard normal``; rows of unit length."""
    check_alternative(alternative)
    if points < SHIFTS:
        raise ArgumentError("points", points, f"at least {SHIFTS}")
    if not len(t):
        return MaxT(np.zeros(0), np.zeros(0))
    sign = -1.0 if alternative == "less" else 1.0
    value = np.abs(t) if alternative == "two-sided" else sign * t
    order = np.argsort(-value, kind="stable")
    reduced = _reduced(sign * loading[order])
    rng = np.random.default_rng(seed)
    runs = np.stack(
        [
            _one_shift(value[order], reduced, alternative, uniform, stepdown=stepdown)
            for uniform in _uniforms(points // SHIFTS, reduced.shape[1], rng)
        ]
    )
    p, error = runs.mean(axis=0), runs.std(axis=0, ddof=1) / np.sqrt(SHIFTS)
    # A less extreme statistic has no smaller p-value: it takes the one before it, and its error.
    source = np.maximum.accumulate(np.where(p >= np.maximum.accumulate(p), np.arange(len(p)), 0))
    out = MaxT(np.empty(len(t)), np.empty(len(t)))
    out.p_value[order], out.error[order] = p[source], error[source]
    return out


def _reduced(loading: FloatArray) -> FloatArray:
    """Return loadings on as few standard normal variables as they need."""
    value, vector = np.linalg.eigh(loading.T @ loading)
    return np.asarray(loading @ vector[:, value > FLAT * value.max()])


def _uniforms(points: int, dimensions: int, rng: np.random.Generator) -> list[FloatArray]:
    """Return randomly shifted Kronecker sequences, one for each of SHIFTS.

    Steps are powers of the generalised golden ratio, the root of ``x**(d + 1) = x + 1``.
    """
    ratio = 2.0
    for _ in range(64):  # fixed point; it contracts
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    sequence = np.arange(1, points + 1)[:, None] * steps
    return [(sequence + rng.random(dimensions)) % 1.0 for _ in range(SHIFTS)]


def _one_shift(
    value: FloatArray,
    loading: FloatArray,
    alternative: Alternative,
    uniform: FloatArray,
    *,
    stepdown: bool,
) -> FloatArray:
    """Return the average over directions of P(length * largest >= value)."""
    z = np.asarray(ndtri(np.clip(uniform, 1e-15, 1 - 1e-15)))
    direction = z / np.sqrt((z**2).sum(axis=1, keepdims=True))
    block, total = max(CELLS // len(value), 1), np.zeros(len(value))
    for first in range(0, len(direction), block):
        projected = loading @ direction[first : first + block].T
        if alternative == "two-sided":
            projected = np.abs(projected)
        if stepdown:
            largest = np.maximum.accumulate(projected[::-1], axis=0)[::-1]
        else:
            largest = np.broadcast_to(projected.max(axis=0), projected.shape)
        total += _length_tail(value[:, None], largest, loading.shape[1]).sum(axis=1)
    return total / len(direction)


def _length_tail(value: FloatArray, largest: FloatArray, freedom: int) -> FloatArray:
    """Return P(r * largest >= value); the square of r is chi-squared."""
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(largest != 0, value / largest, np.inf)
    beyond = gammaincc(freedom / 2, np.maximum(reach, 0.0) ** 2 / 2)
    positive = np.where(largest > 0, beyond, 0.0)
    negative = np.where(largest < 0, 1 - beyond, 1.0)
    return np.where(value > 0, positive, negative)
