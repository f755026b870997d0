r"""Size vectors that the overall figures can belong to, where few of those drawn without them can.

If every group's share is printed, sizes determine counts, and of the size vectors that agree with
the total only few give the printed overall share. The pass over sizes does not know that share; it
is guided by an approximation. Given its size a group's count has the mean :math:`\mu_g(n)` and the
variance :math:`v_g(n)`. The forward pass carries along the first two moments of the sum of counts
of the first g groups given each sum of their sizes; walking back, a size is drawn with the normal
density that these moments give to what is left of the overall count. For the last two groups to be
drawn the moments are exact, so that their sizes are chosen to fit.

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
from alumnistats.reconstruction.sizes import (
    IntArray,
    SizePass,
    after,
    choose,
    convolve,
    law_of_group,
    support,
)
from alumnistats.reconstruction.structure import Tree
from alumnistats.reconstruction.windows import feasible_totals

NARROW = 0.2  # a window of totals wider than this share of the total guides nothing
SLACK = 0.3  # variance added to an overall count: whole numbers are not normal
WIDER = 1.3  # factor of the variances of what is ahead, whose law is not normal
PASSES = (8, 100)  # fewest and most passes that are drawn from, between them
DRAWS_OF_A_PASS = 3  # draws for each
TEMPER = 0.5  # exponent of their evidence in sampling them: overall figures may prefer others
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


def _forward(done: SizePass, aims: Sequence[Target], total: int) -> _Ahead:
    mass = np.zeros(total + 1)
    mass[0] = 1.0
    first, second = np.zeros((len(aims), total + 1)), np.zeros((len(aims), total + 1))
    ahead = _Ahead([mass], [first], [second])
    reached = range(1)
    for g in range(len(done.likelihood)):
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
        ahead.mass.append(mass)
        ahead.mean.append(first / norm)
        ahead.variance.append(np.maximum(second / norm - (first / norm) ** 2, 0.0))
    return ahead


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
class _Proposal:
    """A pass to draw from; `log_correction` makes up for how often it was sampled."""

    done: SizePass
    log_correction: float
    ahead: _Ahead


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
    def _plain(self) -> FloatArray:
        """Log probability of each pass, without the overall counts; they sum to 1."""
        plain = np.array([done.log_evidence for done in self.passes])
        return np.asarray(plain - np.logaddexp.reduce(plain))

    def _proposals(self, draws: int, rng: np.random.Generator) -> list[_Proposal]:
        """Return passes to draw from: all, or a random sample that stands for all."""
        most = int(np.clip(draws // DRAWS_OF_A_PASS, *PASSES))
        if len(self.passes) > most:
            likely = np.exp(TEMPER * self._plain)
            times = systematic(likely, most, rng)
        else:
            times = np.ones(len(self.passes), dtype=np.int64)
            likely = np.ones(len(self.passes))
        likely = likely / likely.sum() * times.sum()  # expected number of times
        return [
            _Proposal(self.passes[i], np.log(times[i] / likely[i]), self._ahead(i))
            for i in np.flatnonzero(times).tolist()
        ]

    def _ahead(self, index: int) -> _Ahead:
        if index not in self._known:
            self._known[index] = _forward(self.passes[index], self.aims, self.total)
        return self._known[index]

    def _shares(self, proposals: Sequence[_Proposal]) -> FloatArray:
        """Return how many of the draws go to each: by evidence with the overall counts, mainly."""
        norm = np.logaddexp.reduce([done.log_evidence for done in self.passes])
        plain = np.array([p.done.log_evidence - norm + p.log_correction for p in proposals])
        guided = plain.copy()
        for i, aim in enumerate(self.aims):
            mean = np.array([p.ahead.mean[-1][i, self.total] for p in proposals])
            variance = np.array([p.ahead.variance[-1][i, self.total] for p in proposals])
            guided += _log_normal(aim.value - mean, WIDER * variance + aim.spread)
        share = (1 - DEFENSIVE) * np.exp(guided - np.logaddexp.reduce(guided))
        return np.asarray(share + DEFENSIVE * np.exp(plain - np.logaddexp.reduce(plain)))

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
        proposals = self._proposals(draws, rng)
        share = self._shares(proposals)
        parts = []
        for p, count, q in zip(
            proposals, systematic(share, draws, rng).tolist(), share.tolist(), strict=True
        ):
            if count:
                sizes, log_ratio = _draw(p.done, p.ahead, self.aims, count, self.total, rng)
                own = np.log(p.done.model.node_weights[p.done.node]) + p.done.model.log_weight
                log_share = log_ratio + own - evidence + p.log_correction - np.log(q * draws)
                parts.append((sizes, log_share))
        return np.concatenate([s for s, _ in parts]), np.concatenate([w for _, w in parts])
