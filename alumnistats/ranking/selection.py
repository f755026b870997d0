r"""Inference on the groups that a ranking puts first, given that it put them there.

The largest of several estimates is too large on average: it was reported because its error was
favourable. With normal estimates :math:`X \sim N(\mu, \Sigma)`, and given the part of X that is
independent of :math:`X_j`, the estimate of group j follows a normal law truncated to the values at
which j has the rank that it has. That law depends on :math:`\mu_j` alone (Andrews, Kitagawa and
McCloskey 2024, Quarterly Journal of Economics 139, 305-358; for other places than the first:
Andrews, Bowen, Kitagawa and McCloskey 2022, AEA Papers and Proceedings 112, 635-642).

- *conditional*: quantiles of the truncated law as a function of the mean; exact given the place,
  and very wide when a neighbour in the ranking is near;
- *projection*: a simultaneous interval for all groups, which covers whichever is selected;
- *hybrid*: conditional within a projection interval of level 1 - beta, so never wider than it.

**Ties.** A group whose estimate equals those of m others holds the places r to r + m together, and
its condition is to hold one of them. (Given exactly place r the truncation set would be one-sided
or empty, and there would be no interval.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from alumnistats.arrays import BoolArray, FloatArray, IntArray, check_level, whole_numbers
from alumnistats.comparisons import share_variance
from alumnistats.errors import ArgumentError
from alumnistats.ranking.simulated_quantiles import quantile
from alumnistats.ranking.truncated_normal import Intervals, quantiles

POINTS = 2**12  # quasi-Monte Carlo points of one replicate of the simultaneous critical value
REPLICATES = 8  # independent randomisations, from which its standard error is taken
PARALLEL = 1e-12  # 1 - slope below which one estimate follows another exactly
DEFINITE = 1e-9  # eigenvalues above minus this share of the largest count as not negative


@dataclass(frozen=True, eq=False)
class Interval:
    """An estimate with its confidence interval.

    Attributes
    ----------
    estimate, lower, upper : ndarray, shape (selected,)
        In units of the estimates.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, eq=False)
class SelectedGroups:
    """Inference on the groups in given places.

    Attributes
    ----------
    group : ndarray of int, shape (selected,)
        Indices, from the largest estimate to the smallest.
    rank, last_rank : ndarray of int, shape (selected,)
        First and last of the places that the group holds; they differ if it is tied.
    naive : Interval
        Estimate and normal interval as if the group had been chosen beforehand.
    conditional : Interval
        Median-unbiased estimate and equal-tailed interval given the place.
    projection : Interval
        Simultaneous interval over all groups, around the estimate.
    hybrid : Interval
    truncation : tuple of tuple of (float, float)
        For each selected group the values of its estimate at which it would be selected.
    level, beta : float
    critical, critical_error : float
        Half-width of the projection interval of `level` in standard errors, and its standard error;
        0 for independent estimates.
    guarantee : str
    """

    group: IntArray
    rank: IntArray
    last_rank: IntArray
    naive: Interval
    conditional: Interval
    projection: Interval
    hybrid: Interval
    truncation: tuple[Intervals, ...]
    level: float
    beta: float
    critical: float
    critical_error: float
    guarantee: str


def after_selection(
    estimate: npt.ArrayLike,
    covariance: npt.ArrayLike,
    ranks: Iterable[int] | None = None,
    *,
    level: float = 0.95,
    beta: float = 0.005,
    seed: int | np.random.Generator = 0,
) -> SelectedGroups:
    """Return estimates and intervals for the groups in given places, given that they are there.

    Parameters
    ----------
    estimate : array_like, shape (groups,)
    covariance : array_like, shape (groups,) or (groups, groups)
        Variances of independent estimates, or their covariance matrix. A group of variance 0 is
        known, and stays as it is.
    ranks : iterable of int, optional
        Places, 1 for the largest estimate. Each group in one of them is reported, given that it is
        in one of them: ``[1]`` for the winner, ``range(1, t + 1)`` for the top t. Without it every
        group is reported, each given its own place.
    level : float
        Confidence in (0, 1).
    beta : float
        Error of the projection interval inside the hybrid one, in (0, 1 - level).
    seed : int or numpy.random.Generator
        Of the simultaneous critical value of dependent estimates.

    Returns
    -------
    SelectedGroups

    Raises
    ------
    ArgumentError
        For shapes that do not match, missing values, a covariance that is not one, places that do
        not exist, or a level or beta out of range.

    Examples
    --------
    >>> found = after_selection([0.6, 0.5, 0.3], [0.002, 0.002, 0.002], [1])
    >>> found.naive.estimate.round(3).tolist(), found.conditional.estimate.round(3).tolist()
    ([0.6], [0.599])
    """
    x, cov = np.asarray(estimate, dtype=float), np.asarray(covariance, dtype=float)
    _check(x, cov, level, beta)
    places = None if ranks is None else _places(ranks, len(x))
    variance = cov if cov.ndim == 1 else np.diag(cov)
    ordered = np.sort(x)
    rank = 1 + len(x) - np.searchsorted(ordered, x, side="right")
    last = len(x) - np.searchsorted(ordered, x, side="left")
    group = np.argsort(-x, kind="stable")
    if places is not None:
        wanted = np.array(sorted(places))
        before, upto = np.searchsorted(wanted, rank), np.searchsorted(wanted, last, side="right")
        group = group[(before < upto)[group]]
    truncation = tuple(_truncation(x, cov, int(i), places) for i in group)
    critical, error = _simultaneous(cov, (level, 1 - beta), seed)
    found = _Selected(x[group], np.sqrt(variance[group]), truncation)
    tail = (1 - level - beta) / (1 - beta) / 2
    return SelectedGroups(
        group=group,
        rank=rank[group],
        last_rank=last[group],
        naive=found.around(-float(ndtri((1 - level) / 2))),
        conditional=found.given_selection((1 - level) / 2, np.inf),
        projection=found.around(critical[0]),
        hybrid=found.given_selection(tail, critical[1]),
        truncation=truncation,
        level=level,
        beta=beta,
        critical=critical[0],
        critical_error=error,
        guarantee=(
            f"for normal estimates of known covariance: conditional covers with probability "
            f"{level:g} given the place, hybrid and projection with at least {level:g} over all "
            "outcomes; naive does not allow for the selection"
        ),
    )


def winner_share(
    count: npt.ArrayLike,
    nobs: npt.ArrayLike,
    top: int = 1,
    *,
    variance: Literal["plug-in", "agresti-caffo"] = "agresti-caffo",
    level: float = 0.95,
    beta: float = 0.005,
) -> SelectedGroups:
    """Return the shares of the top groups, allowing for their being reported as such.

    Parameters
    ----------
    count, nobs : array_like of int, shape (groups,)
        Of independent groups.
    top : int
        How many places are reported; 1 for the winner. Every group in them, tied ones included, is
        reported given that it is among them.
    variance : {"plug-in", "agresti-caffo"}
        See `share_variance`; the default stays usable where a group has nobody, or everybody.
    level, beta : float
        As in `after_selection`.

    Returns
    -------
    SelectedGroups
        Estimates and intervals cut to [0, 1], which loses no coverage.

    Raises
    ------
    ArgumentError
        For counts out of range, groups of nobody, and as `after_selection`.

    Examples
    --------
    >>> found = winner_share([60, 55, 30], [100] * 3)
    >>> found.group.tolist(), found.hybrid.lower.round(2).tolist()
    ([0], [0.45])
    """
    k, n = whole_numbers(count), whole_numbers(nobs, "nobs")
    if k.ndim != 1 or k.shape != n.shape or not ((k >= 0) & (k <= n) & (n >= 1)).all():
        raise ArgumentError("count", count, "counts from 0 to their sizes, one for each group")
    spread = share_variance(k, n, variance)
    found = after_selection(k / n, spread, range(1, top + 1), level=level, beta=beta)
    return replace(
        found,
        naive=_cut(found.naive),
        conditional=_cut(found.conditional),
        projection=_cut(found.projection),
        hybrid=_cut(found.hybrid),
    )


def _cut(interval: Interval) -> Interval:
    parts = (interval.estimate, interval.lower, interval.upper)
    return Interval(*(np.clip(x, 0.0, 1.0) for x in parts))


@dataclass(frozen=True, eq=False)
class _Selected:
    """The selected groups' estimates, standard errors and truncation sets."""

    estimate: FloatArray
    se: FloatArray
    truncation: tuple[Intervals, ...]

    def around(self, critical: float) -> Interval:
        half = critical * self.se
        return Interval(self.estimate, self.estimate - half, self.estimate + half)

    def given_selection(self, tail: float, window: float) -> Interval:
        out = np.repeat(self.estimate[:, None], 3, axis=1)
        uncertain = np.flatnonzero(self.se > 0)
        if len(uncertain):
            sets = [
                tuple(
                    ((a - self.estimate[i]) / self.se[i], (b - self.estimate[i]) / self.se[i])
                    for a, b in self.truncation[i]
                )
                for i in uncertain
            ]
            z = quantiles(sets, (0.5, 1 - tail, tail), window)
            out[uncertain] -= self.se[uncertain, None] * z
        return Interval(*out.T)


def _truncation(x: FloatArray, cov: FloatArray, j: int, places: set[int] | None) -> Intervals:
    """Return where the estimate of j may lie for j to hold its place, all else being equal.

    Group i is above j, when the estimate of j moves by t, as long as ``gap > slope * t``.
    """
    gap = np.delete(x - x[j], j)
    slope = np.ones(len(gap))
    if cov.ndim == 2 and cov[j, j] > 0:
        slope -= np.delete(cov[:, j], j) / cov[j, j]
    moves = np.abs(slope) > PARALLEL
    down, up = (np.sort(gap[m] / slope[m]) for m in (moves & (slope > 0), moves & (slope < 0)))
    always = 1 + int((gap[~moves] > 0).sum())
    edges = np.unique(np.concatenate([down, up]))
    start = np.concatenate([[-np.inf], edges])
    rank = always + len(down) - np.searchsorted(down, start, side="right")
    rank = rank + np.searchsorted(up, start, side="right")
    own = 1 + int((gap > 0).sum())
    held = set(range(own, own + int((gap[moves] == 0).sum()) + 1))
    kept = np.isin(rank, list(held if places is None else held | places))
    return _joined(start + x[j], np.concatenate([edges, [np.inf]]) + x[j], kept)


def _joined(start: FloatArray, end: FloatArray, kept: BoolArray) -> Intervals:
    """Join neighbouring cells."""
    turn = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(int)))
    return tuple(
        (float(start[a]), float(end[b - 1])) for a, b in zip(turn[::2], turn[1::2], strict=True)
    )


def _simultaneous(
    cov: FloatArray, levels: tuple[float, ...], seed: int | np.random.Generator
) -> tuple[tuple[float, ...], float]:
    """Return quantiles of the largest absolute studentised error, and the first one's error.

    Independent errors: by Sidak's product. Otherwise directions of the error are drawn by
    scrambled Sobol points and its length is integrated out.
    """
    variance = cov if cov.ndim == 1 else np.diag(cov)
    uncertain = variance > 0
    count = max(int(uncertain.sum()), 1)
    sub = cov[np.ix_(uncertain, uncertain)] if cov.ndim == 2 else np.empty((0, 0))
    if not np.any(sub - np.diag(np.diag(sub))):
        tails = [-np.expm1(np.log(level) / count) / 2 for level in levels]
        return tuple(-float(ndtri(p)) for p in tails), 0.0
    from scipy.stats import qmc

    sd = np.sqrt(np.diag(sub))
    value, vector = np.linalg.eigh(sub / sd / sd[:, None])
    used = value > DEFINITE * value[-1]
    root = vector[:, used] * np.sqrt(value[used])
    rng = np.random.default_rng(seed)
    largest = []
    for _ in range(REPLICATES):
        points = qmc.Sobol(root.shape[1], rng=rng).random_base2(int(np.log2(POINTS)))
        z = ndtri(np.clip(points, 1e-15, 1 - 1e-15))
        largest.append(np.abs(z @ root.T).max(axis=1) / np.linalg.norm(z, axis=1))
    each = np.concatenate(largest)
    found = [quantile(each, root.shape[1], REPLICATES, level) for level in levels]
    return tuple(one.value for one in found), found[0].error


def _places(ranks: Iterable[int], groups: int) -> set[int]:
    places = np.array(list(ranks))
    if not len(places) or places.dtype.kind not in "iu" or not _within(places, groups):
        raise ArgumentError("ranks", places.tolist(), f"places from 1 to {groups}")
    return set(places.tolist())


def _within(places: IntArray, groups: int) -> bool:
    return bool(((places >= 1) & (places <= groups)).all())


def _check(x: FloatArray, cov: FloatArray, level: float, beta: float) -> None:
    if x.ndim != 1 or not len(x) or cov.shape not in ((len(x),), (len(x), len(x))):
        raise ArgumentError("covariance", cov.shape, "a variance for each estimate, or a matrix")
    if not (np.isfinite(x).all() and np.isfinite(cov).all()):
        raise ArgumentError("covariance", "a missing or infinite value", "finite numbers")
    if cov.ndim == 1 and (cov < 0).any():
        raise ArgumentError("covariance", "a negative variance", "variances not negative")
    if cov.ndim == 2:
        value = np.linalg.eigvalsh(cov)
        if not np.allclose(cov, cov.T, rtol=1e-8, atol=0) or value[0] < -DEFINITE * abs(value[-1]):
            raise ArgumentError("covariance", "not a covariance", "symmetric, no negative variance")
    check_level(level)
    if not 0 < beta < (1 - level) * (1 - 1e-9):  # 1 - 0.95 is above 0.05
        raise ArgumentError("beta", beta, "an error strictly between 0 and 1 - level")
