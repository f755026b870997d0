r"""Moments of the sum of counts given the sum of sizes: what guides the drawing of sizes.

Given its size a group's count has the mean :math:`\mu_g(n)` and the variance :math:`v_g(n)`. A
`Target` is an overall count with these moments; `Moments` are those of the sums over the first
groups of every pass, from which the count given the sum of sizes follows by regression. For the
first groups it is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.likelihood import GroupTables
from alumnistats.reconstruction.nesting import base_of
from alumnistats.reconstruction.size_evidence import tilts
from alumnistats.reconstruction.sizes import (
    DIRECT,
    LOST,
    IntArray,
    SizePass,
    after,
    convolve,
    law_of_group,
    support,
)
from alumnistats.reconstruction.split_laws import FloatArray
from alumnistats.reconstruction.structure import Tree
from alumnistats.reconstruction.windows import feasible_totals

NARROW = 0.2  # a window of totals wider than this share of the total guides nothing
SLACK = 0.3  # variance added to an overall count: whole numbers are not normal
EXACT = 4  # groups up to which moments given the sum of sizes are exact


@dataclass(frozen=True, eq=False)
class Target:
    """An overall count, and what each group adds to it by its size.

    Attributes
    ----------
    mean, variance : ndarray, shape (groups, largest + 1)
        Of the group's count given its size and its own print.
    value, spread : float
        Mean and variance of the totals that the overall figures allow.
    """

    mean: FloatArray
    variance: FloatArray
    value: float
    spread: float


def targets(
    trees: Mapping[str, Tree],
    tables: Mapping[str, GroupTables],
    scenario: Scenario,
    groups: Sequence[str],
    total: int | None,
) -> list[Target]:
    """Return the overall counts that sizes can be guided by, one a measure printed by group."""
    if total is None:
        return []
    found = []
    for name, tree in trees.items():
        if base_of(tree, scenario).tree is not None:
            continue
        allowed = feasible_totals(tree, total, scenario)
        for v in sorted({v for v, _ in tree.group_prints} - {0}):
            totals = np.flatnonzero(allowed[v])
            if 0 < totals.size <= NARROW * total:
                mean, variance = _moments(tables[name], v, groups)
                spread = float(totals.var()) + SLACK
                found.append(Target(mean, variance, float(totals.mean()), spread))
    return found


def _moments(table: GroupTables, node: int, groups: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of each group's count given its size; 0 where it has none."""
    rows: dict[object, tuple[FloatArray, FloatArray]] = {}
    for group in groups:
        key = table.key(node, group)
        if key not in rows:
            rows[key] = table.moments(node, group)
    means, variances = zip(*(rows[table.key(node, group)] for group in groups), strict=True)
    return np.stack(means), np.stack(variances)


@dataclass(frozen=True, eq=False)
class Moments:
    """Of every pass, after 0, 1, ... groups: moments of the sums of sizes and of counts.

    Attributes
    ----------
    size, size_variance : ndarray, shape (passes, groups + 1)
    count, between, within, covariance : ndarray, shape (passes, groups + 1, targets)
        Mean of the sum of counts; variance of its mean given the sizes, and mean of its variance
        given them; covariance with the sum of sizes.
    """

    size: FloatArray
    size_variance: FloatArray
    count: FloatArray
    between: FloatArray
    within: FloatArray
    covariance: FloatArray

    @classmethod
    def of(cls, passes: Sequence[SizePass], aims: Sequence[Target], total: int) -> Moments:
        """Return the moments under laws that are tilted until the sum of all sizes is the total."""
        likelihood = passes[0].likelihood
        scale = tilts(likelihood.shape, total)
        functions = _functions(aims, likelihood.shape)
        raw = np.empty((len(passes), *functions.shape[:2]))
        models: dict[int, list[int]] = {}
        for i, done in enumerate(passes):
            models.setdefault(id(done.model.departing), []).append(i)
        for mine in models.values():
            raw[mine] = _tilted_means([passes[i] for i in mine], functions, scale)
        mean, square = raw[:, 1], raw[:, 2]
        by_aim = raw[:, 3:].reshape(len(raw), len(aims), 4, -1)
        count, square_count, within, product = np.moveaxis(by_aim, (2, 3), (0, 2))
        covariance = product - count * mean[..., None]
        sums = (mean, square - mean**2, count, square_count - count**2, within, covariance)
        return cls(*(_running(x) for x in sums))

    def regression(
        self, index: slice | IntArray, groups: int
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return how the counts of the first groups depend on the sum of their sizes.

        Returns
        -------
        intercept, slope : ndarray, shape (passes, targets)
            Of their mean; exact if sizes and counts were normal.
        between, within : ndarray, shape (passes, targets)
            Variances given that sum.
        """
        at = index, groups
        variance, covariance = self.size_variance[at][:, None], self.covariance[at]
        slope = np.where(variance > 0, covariance / np.where(variance > 0, variance, 1.0), 0.0)
        intercept = self.count[at] - slope * self.size[at][:, None]
        between = np.maximum(self.between[at] - slope * covariance, 0.0)
        return intercept, slope, between, self.within[at]


def _running(x: FloatArray) -> FloatArray:
    """Return sums over the first 0, 1, ... groups, which are along the second axis."""
    return np.concatenate([np.zeros_like(x[:, :1]), np.cumsum(x, axis=1)], axis=1)


def _functions(aims: Sequence[Target], shape: tuple[int, ...]) -> FloatArray:
    """Return what is averaged over sizes, (functions, groups, sizes): size and counts' moments."""
    n = np.broadcast_to(np.arange(float(shape[1])), shape)
    rows = [np.ones(shape), n, n**2]
    for aim in aims:
        rows += [aim.mean, aim.mean**2, aim.variance, n * aim.mean]
    return np.stack(rows)


def _tilted_means(
    passes: Sequence[SizePass], functions: FloatArray, scale: FloatArray
) -> FloatArray:
    """Return the mean of each function under each pass's tilted laws, (passes, functions, groups).

    The passes share the law of departing sizes.
    """
    likelihood, model = passes[0].likelihood, passes[0].model
    gone = (functions * (model.departing * likelihood)) @ scale.T
    rate = np.array([done.model.nodes[done.node] for done in passes])[:, None, None]
    if model.quota is None:
        value = rate[..., None] * gone
        tilt = np.log(value[:, 0]).sum(axis=1).argmin(axis=1)
        value = value[np.arange(len(passes)), :, :, tilt]
    else:
        quota = np.array([done.model.quota for done in passes])
        stays = (1 - rate) * likelihood[:, quota].T[..., None] * scale.T[quota, None]
        with np.errstate(divide="ignore"):  # a pass has a group for which only one tilt is left
            tilt = np.log(rate * gone[0] + stays).sum(axis=1).argmin(axis=1)
        chosen = stays[np.arange(len(passes)), :, tilt]
        value = rate * np.moveaxis(gone, 2, 0)[tilt]
        value += chosen[:, None] * np.moveaxis(functions[:, :, quota], 2, 0)
    return value / value[:, :1]


def moments_of_first(
    done: SizePass, aims: Sequence[Target], total: int
) -> list[tuple[FloatArray, FloatArray]]:
    """Return mean and variance of the counts given each sum of sizes, of the first groups."""
    if total * done.likelihood.shape[1] > DIRECT:
        return _moments_by_fft(done, aims, total)
    mass = np.zeros(total + 1)
    mass[0] = 1.0
    first, second = np.zeros((len(aims), total + 1)), np.zeros((len(aims), total + 1))
    found = [(first, second)]
    reached = range(1)
    for g in range(min(EXACT, len(done.likelihood))):
        law = law_of_group(done.model, done.node, done.likelihood, g)
        used = support(law)
        plain = convolve(np.stack([mass, *first, *second]), law, reached, used)
        new_first, new_second = np.split(plain[1:], 2)
        for i, aim in enumerate(aims):
            mean = aim.mean[g]
            once = convolve(np.stack([mass, first[i]]), law * mean, reached, used)
            squares = law * (mean**2 + aim.variance[g])
            new_first[i] += once[0]
            new_second[i] += 2 * once[1] + convolve(mass[None], squares, reached, used)[0]
        mass, first, second = plain[0], new_first, new_second
        reached = after(reached, used, total)
        norm = np.where(mass > 0, mass, 1.0)
        mean, square = first / norm, second / norm
        found.append((mean, np.maximum(square - mean**2, 0.0)))
    return found


def _moments_by_fft(
    done: SizePass, aims: Sequence[Target], total: int
) -> list[tuple[FloatArray, FloatArray]]:
    """Return `moments_of_first` with tilted laws, of which a tilt changes no moment given the sum.

    At sums that rounding errors hide, none of which is drawn (see `tilted_states`), they are 0.
    """
    groups = range(len(done.likelihood))
    laws = np.stack([law_of_group(done.model, done.node, done.likelihood, g) for g in groups])
    scales = tilts(laws.shape, total)
    with np.errstate(divide="ignore"):
        laws *= scales[int(np.log(laws @ scales.T).sum(axis=0).argmin())]
    laws /= laws.sum(axis=1, keepdims=True)
    length = next_fast_len(total + laws.shape[1], real=True)
    mass, moments = np.zeros(total + 1), np.zeros((2 * len(aims), total + 1))
    mass[0] = 1.0
    found = [(moments[::2], moments[1::2])]
    for g in range(min(EXACT, len(laws))):
        own = [laws[g]]
        for aim in aims:
            own += [laws[g] * aim.mean[g], laws[g] * (aim.mean[g] ** 2 + aim.variance[g])]
        one, *each = rfft(np.stack(own), length, axis=1)
        before, *known = rfft(np.vstack([mass, moments]), length, axis=1)
        new = [before * one]
        for i in range(len(aims)):
            first, second = known[2 * i], known[2 * i + 1]
            new.append(first * one + before * each[2 * i])
            new.append(second * one + 2 * first * each[2 * i] + before * each[2 * i + 1])
        mass, *rest = irfft(np.stack(new), length, axis=1)[:, : total + 1]
        sure = mass > LOST * mass.max()
        mass, moments = np.where(sure, mass, 0.0), np.where(sure, np.stack(rest), 0.0)
        mean, square = moments[::2], moments[1::2]
        norm = np.where(sure, mass, 1.0)
        found.append((mean / norm, np.maximum(square / norm - (mean / norm) ** 2, 0.0)))
    return found
