r"""Size vectors that the overall figures can belong to, where few of those drawn without them can.

If every group's share is printed, sizes determine counts, and of the size vectors that agree with
the total only few give the printed overall share. The pass over sizes does not know that share; it
is guided by an approximation. Given its size a group's count has the mean :math:`\mu_g(n)` and the
variance :math:`v_g(n)`. The sum of counts of the first g groups given the sum of their sizes has
moments that are known approximately, by regression; walking back, a size is drawn with the normal
density that they give to what is left of the overall count. For the last groups to be drawn the
moments are exact, so that their sizes are chosen to fit.

The densities of what was drawn are known, so that weights correct the approximation (twisted
forward filtering, backward sampling; Guarniero, Johansen and Lee 2017, Journal of the American
Statistical Association 112, 1636-1647).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alumnistats.reconstruction.particles import systematic
from alumnistats.reconstruction.size_moments import Moments, Target, moments_of_first
from alumnistats.reconstruction.sizes import (
    IntArray,
    SizePass,
    choose,
    law_of_group,
    states_to_draw_from,
)
from alumnistats.reconstruction.split_laws import FloatArray

WIDER = 1.3  # factor of the variances of what is ahead, whose law is not normal
PASSES = (8, 100)  # fewest and most passes that are drawn from, between them
DRAWS_OF_A_PASS = 3  # draws for each
DEFENSIVE = 0.1  # share of the draws that go to the passes without regard to the overall figures
CELLS = 2e7  # numbers in the forward states that are held at a time

# Of the groups before the g-th, by pass and sum of sizes: its probability, and mean and variance of
# the counts given it; shapes (passes, total + 1) and twice (targets, passes, total + 1).
Ahead = Callable[[int], tuple[FloatArray, FloatArray, FloatArray]]


def _log_normal(gap: FloatArray, variance: FloatArray) -> FloatArray:
    return np.asarray(-0.5 * gap**2 / variance - 0.5 * np.log(2 * np.pi * variance))


def _draw(
    passes: Sequence[SizePass],
    counts: IntArray,
    ahead: Ahead,
    aims: Sequence[Target],
    total: int,
    rng: np.random.Generator,
) -> tuple[IntArray, FloatArray]:
    """Draw size vectors from passes; return them with log of (law over density drawn from)."""
    groups, draws = len(passes[0].likelihood), int(counts.sum())
    who, rows = np.repeat(np.arange(len(passes)), counts), np.arange(draws)
    sizes, log_ratio = np.zeros((draws, groups), dtype=np.int64), np.zeros(draws)
    left = np.full(draws, total)
    value = np.repeat([[aim.value] for aim in aims], draws, axis=1)
    spread = np.repeat([[aim.spread] for aim in aims], draws, axis=1)
    for g in range(groups - 1, -1, -1):
        laws = np.stack([law_of_group(p.model, p.node, p.likelihood, g) for p in passes])
        size = np.flatnonzero(laws.any(axis=0))
        law, before = laws[:, size][who], left[:, None] - size
        cell = who[:, None], np.maximum(before, 0)
        mass, mean, variance = ahead(g)
        with np.errstate(divide="ignore"):
            log_weight = np.log(np.where(before >= 0, law * mass[cell], 0.0))
        for i, aim in enumerate(aims):
            gap = value[i][:, None] - aim.mean[g, size] - mean[i][cell]
            spread_ahead = WIDER * variance[i][cell] + aim.variance[g, size]
            log_weight += _log_normal(gap, spread_ahead + spread[i][:, None])
        weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
        chosen = choose(weight, rng)
        log_ratio += np.log(law[rows, chosen] * weight.sum(axis=1) / weight[rows, chosen])
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

    @cached_property
    def _moments(self) -> Moments:
        return Moments.of(self.passes, self.aims, self.total)

    @cached_property
    def _plain(self) -> FloatArray:
        """Probability of each pass without the overall counts."""
        plain = np.array([done.log_evidence for done in self.passes])
        return np.asarray(np.exp(plain - np.logaddexp.reduce(plain)))

    @cached_property
    def _shares(self) -> FloatArray:
        """Share of the draws for each pass: by evidence with the overall counts, mainly."""
        log_density = np.zeros(len(self.passes))
        for gap, between, within in self._gaps():
            log_density += _log_normal(gap, WIDER * (between + within))
        guided = self._plain * np.exp(log_density - log_density.max())
        return np.asarray((1 - DEFENSIVE) * guided / guided.sum() + DEFENSIVE * self._plain)

    def _gaps(self) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
        """Yield by target how far each pass is from it, and its variances, shape (passes,) each."""
        intercept, slope, between, within = self._moments.regression(slice(None), -1)
        for i, aim in enumerate(self.aims):
            gap = aim.value - intercept[:, i] - slope[:, i] * self.total
            yield gap, between[:, i], within[:, i] + aim.spread

    @property
    def plain_share(self) -> float:
        """Effective share that draws without a guide would have, about.

        Sizes give the overall count a normal density whose mean varies between them; the weights
        are its values at what is printed, and their mean squared over their mean square is known.
        """
        share = 1.0
        for gap, between, within in self._gaps():
            mean = np.exp(_log_normal(gap, between + within))
            square = np.exp(_log_normal(gap, between + within / 2)) / (2 * np.sqrt(np.pi * within))
            first, second = float(self._plain @ mean), float(self._plain @ square)
            share *= first * first / second if second > 0 else 0.0
        return share

    def _ahead(self, index: IntArray) -> Ahead:
        """Return what `_draw` needs of some passes."""
        some = [self.passes[i] for i in index]
        masses = [states_to_draw_from(p.model, p.node, p.likelihood, self.total) for p in some]
        exact = [moments_of_first(p, self.aims, self.total) for p in some]
        sums = np.arange(self.total + 1.0)

        def ahead(g: int) -> tuple[FloatArray, FloatArray, FloatArray]:
            mass = np.stack([states[g] for states in masses])
            if g < len(exact[0]):
                mean, variance = zip(*(one[g] for one in exact), strict=True)
                return mass, np.stack(mean, axis=1), np.stack(variance, axis=1)
            intercept, slope, between, within = self._moments.regression(index, g)
            line = intercept.T[..., None] + slope.T[..., None] * sums
            return mass, line, np.broadcast_to((between + within).T[..., None], line.shape)

        return ahead

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
        drawn = np.flatnonzero(counts)
        at_once = max(int(CELLS // (self.passes[0].likelihood.shape[0] * self.total)), 1)
        parts = []
        for start in range(0, len(drawn), at_once):
            index = drawn[start : start + at_once]
            some = [self.passes[i] for i in index]
            sizes, log_ratio = _draw(
                some, counts[index], self._ahead(index), self.aims, self.total, rng
            )
            own = [np.log(p.model.node_weights[p.node]) + p.model.log_weight for p in some]
            each = np.array(own) - np.log(self._shares[index] * draws) - evidence
            parts.append((sizes, log_ratio + np.repeat(each, counts[index])))
        return np.concatenate([s for s, _ in parts]), np.concatenate([w for _, w in parts])
