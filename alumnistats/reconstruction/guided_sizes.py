r"""Size vectors that the overall figures can belong to, where few of those drawn without them can.

If every group's share is printed, sizes determine counts, and of the size vectors that agree with
the total only few give the printed overall share. The pass over sizes does not know that share; it
is guided by an approximation. Given its size a group's count has the mean :math:`\mu_g(n)` and the
variance :math:`v_g(n)`. The sum of counts of the first g groups given the sum of their sizes has
moments that are known approximately, by regression; walking back, a size is drawn with the normal
density that they give to what is left of the overall count. For the last two groups to be drawn the
moments are exact, so that their sizes are chosen to fit.

The densities of what was drawn are known, so that weights correct the approximation (twisted
forward filtering, backward sampling; Guarniero, Johansen and Lee 2017, Journal of the American
Statistical Association 112, 1636-1647).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.likelihood import FloatArray, GroupTables, marginal_law
from alumnistats.reconstruction.particles import base_of, systematic
from alumnistats.reconstruction.size_evidence import tilts
from alumnistats.reconstruction.sizes import (
    IntArray,
    SizePass,
    after,
    choose,
    convolve,
    forward_states,
    law_of_group,
    support,
)
from alumnistats.reconstruction.structure import Tree
from alumnistats.reconstruction.windows import feasible_totals

NARROW = 0.2  # a window of totals wider than this share of the total guides nothing
SLACK = 0.3  # variance added to an overall count: whole numbers are not normal
EXACT = 2  # groups after which moments given the sum of sizes are exact
WIDER = 1.3  # factor of the variances of what is ahead, whose law is not normal
PASSES = (8, 100)  # fewest and most passes that are drawn from, between them
DRAWS_OF_A_PASS = 3  # draws for each
DEFENSIVE = 0.1  # share of the draws that go to the passes without regard to the overall figures


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
    usual = marginal_law(table.tree, node, table.largest).T
    count = np.arange(table.largest + 1.0)
    rows: dict[object, tuple[FloatArray, FloatArray]] = {}
    for group in groups:
        key = table.key(node, group)
        if key not in rows:
            own = table.table(node, group)
            law = usual if own is None else usual * own
            norm = law.sum(axis=1)
            law = law / np.where(norm > 0, norm, 1.0)[:, None]
            mean = law @ count
            rows[key] = mean, np.maximum(law @ count**2 - mean**2, 0.0)
    means, variances = zip(*(rows[table.key(node, group)] for group in groups), strict=True)
    return np.stack(means), np.stack(variances)


@dataclass(frozen=True, eq=False)
class _Moments:
    """Of every pass, after 0, 1, ... groups: moments of the sums of sizes and of counts.

    Attributes
    ----------
    size, size_variance : ndarray, shape (passes, groups + 1)
    count, count_variance, covariance : ndarray, shape (passes, groups + 1, targets)
        Covariance of the sum of counts with the sum of sizes.
    """

    size: FloatArray
    size_variance: FloatArray
    count: FloatArray
    count_variance: FloatArray
    covariance: FloatArray

    @classmethod
    def of(cls, passes: Sequence[SizePass], aims: Sequence[Target], total: int) -> _Moments:
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
        count, square_count, product = np.moveaxis(
            raw[:, 3:].reshape(len(raw), -1, 3, mean.shape[1]), 2, 0
        )
        by_aim = (
            np.moveaxis(x, 1, 2)
            for x in (count, square_count - count**2, product - count * mean[:, None])
        )
        sums = (_running(x) for x in (mean, square - mean**2, *by_aim))
        return cls(*sums)

    def given(self, index: int, groups: int, size: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return mean and variance of the counts of the first groups given the sum of their sizes.

        By regression: exact if sizes and counts were normal. Shape (targets, sums).
        """
        at = index, groups
        variance = self.size_variance[at]
        slope = self.covariance[at] / variance if variance > 0 else 0 * self.covariance[at]
        mean = self.count[at][:, None] + slope[:, None] * (size - self.size[at])
        rest = np.maximum(self.count_variance[at] - slope * self.covariance[at], 0.0)
        return mean, np.repeat(rest[:, None], len(size), axis=1)


def _running(x: FloatArray) -> FloatArray:
    """Return sums over the first 0, 1, ... groups, which are along the second axis."""
    return np.concatenate([np.zeros_like(x[:, :1]), np.cumsum(x, axis=1)], axis=1)


def _functions(aims: Sequence[Target], shape: tuple[int, ...]) -> FloatArray:
    """Return what is averaged over sizes, (functions, groups, sizes): size and counts' moments."""
    n = np.broadcast_to(np.arange(float(shape[1])), shape)
    rows = [np.ones(shape), n, n**2]
    for aim in aims:
        rows += [aim.mean, aim.mean**2 + aim.variance, n * aim.mean]
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


@dataclass(frozen=True, eq=False)
class _Ahead:
    """After 0, 1, ... groups: probability of each sum of sizes, and moments of the counts given it.

    Attributes
    ----------
    mass : list of ndarray, each shape (total + 1,)
    mean, variance : list of ndarray, each shape (targets, total + 1)
    """

    mass: list[FloatArray]
    mean: list[FloatArray]
    variance: list[FloatArray]


def _ahead(
    done: SizePass, moments: _Moments, index: int, aims: Sequence[Target], total: int
) -> _Ahead:
    mass = forward_states(done.model, done.node, done.likelihood, total)
    sums = np.arange(total + 1.0)
    exact = _of_first(done, aims, total)
    rest = [moments.given(index, g, sums) for g in range(len(exact), len(mass))]
    mean, variance = zip(*exact, *rest, strict=True)
    return _Ahead(mass, list(mean), list(variance))


def _of_first(
    done: SizePass, aims: Sequence[Target], total: int
) -> list[tuple[FloatArray, FloatArray]]:
    """Return mean and variance of the counts given each sum of sizes, after up to two groups."""
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


def _log_normal(gap: FloatArray, variance: FloatArray) -> FloatArray:
    return np.asarray(-0.5 * gap**2 / variance - 0.5 * np.log(2 * np.pi * variance))


def _draw(
    done: SizePass,
    ahead: _Ahead,
    aims: Sequence[Target],
    draws: int,
    total: int,
    rng: np.random.Generator,
) -> tuple[IntArray, FloatArray]:
    """Draw size vectors from one pass; return them with log of (law over density drawn from)."""
    groups = len(done.likelihood)
    sizes, log_ratio = np.zeros((draws, groups), dtype=np.int64), np.zeros(draws)
    left = np.full(draws, total)
    value = np.repeat([[aim.value] for aim in aims], draws, axis=1)
    spread = np.repeat([[aim.spread] for aim in aims], draws, axis=1)
    for g in range(groups - 1, -1, -1):
        law = law_of_group(done.model, done.node, done.likelihood, g)
        size = np.flatnonzero(law)
        before = left[:, None] - size
        at = np.maximum(before, 0)
        with np.errstate(divide="ignore"):
            log_weight = np.log(np.where(before >= 0, law[size] * ahead.mass[g][at], 0.0))
        for i, aim in enumerate(aims):
            gap = value[i][:, None] - aim.mean[g, size] - ahead.mean[g][i][at]
            variance = WIDER * ahead.variance[g][i][at] + aim.variance[g, size]
            log_weight = log_weight + _log_normal(gap, variance + spread[i][:, None])
        weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
        chosen = choose(weight, rng)
        rows = np.arange(draws)
        log_ratio += np.log(law[size[chosen]]) - np.log(weight[rows, chosen] / weight.sum(axis=1))
        sizes[:, g] = size[chosen]
        left = left - sizes[:, g]
        for i, aim in enumerate(aims):
            value[i] -= aim.mean[g, sizes[:, g]]
            spread[i] += aim.variance[g, sizes[:, g]]
    return sizes, log_ratio


@dataclass(frozen=True, eq=False)
class Guide:
    """Draws the size vectors of one scenario, guided by its overall counts.

    Attributes
    ----------
    passes : sequence of SizePass
        All passes of the scenario.
    aims : sequence of Target
        At least one.
    total : int
    """

    passes: Sequence[SizePass]
    aims: Sequence[Target]
    total: int
    _known: dict[int, _Ahead] = field(default_factory=dict, repr=False)

    @cached_property
    def _moments(self) -> _Moments:
        return _Moments.of(self.passes, self.aims, self.total)

    @cached_property
    def _shares(self) -> FloatArray:
        """Share of the draws for each pass: by evidence with the overall counts, mainly."""
        plain = np.array([done.log_evidence for done in self.passes])
        guided = plain.copy()
        for index in range(len(plain)):
            mean, variance = self._moments.given(index, -1, np.array([float(self.total)]))
            for i, aim in enumerate(self.aims):
                gap = aim.value - mean[i]
                guided[index] += _log_normal(gap, WIDER * variance[i] + aim.spread)[0]
        share = (1 - DEFENSIVE) * np.exp(guided - np.logaddexp.reduce(guided))
        return np.asarray(share + DEFENSIVE * np.exp(plain - np.logaddexp.reduce(plain)))

    def _ahead(self, index: int) -> _Ahead:
        if index not in self._known:
            self._known[index] = _ahead(
                self.passes[index], self._moments, index, self.aims, self.total
            )
        return self._known[index]

    def draw(self, draws: int, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
        """Draw size vectors, and what each stands for.

        Returns
        -------
        sizes : ndarray of int, shape (draws, groups)
        log_share : ndarray, shape (draws,)
            Log of each draw's share of the passes' evidence: the expected sum of
            ``exp(log_share) * f(sizes)`` is the mean of f given what groups print.
        """
        evidence = np.logaddexp.reduce([done.log_evidence for done in self.passes])
        # Some passes stand for all: each as often, on average, as its share of the draws.
        most = min(draws, int(np.clip(draws // DRAWS_OF_A_PASS, *PASSES)))
        times = systematic(self._shares, most, rng)
        counts = systematic(times / most, draws, rng)
        parts = []
        for index in np.flatnonzero(counts).tolist():
            done, share = self.passes[index], self._shares[index]
            sizes, log_ratio = _draw(
                done, self._ahead(index), self.aims, counts[index], self.total, rng
            )
            own = np.log(done.model.node_weights[done.node]) + done.model.log_weight
            parts.append((sizes, log_ratio + own - evidence - np.log(share * draws)))
        return np.concatenate([s for s, _ in parts]), np.concatenate([w for _, w in parts])
