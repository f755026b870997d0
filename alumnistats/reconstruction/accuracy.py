r"""How sure a probability from weighted draws is, and how many draws are enough.

Solutions are drawn with weights (self-normalised importance sampling), so the probability of an
event is the weighted share :math:`p = \sum_i w_i x_i` of the draws that show it, and its Monte
Carlo standard error is about

.. math:: \Bigl(\sum_i w_i^2 (x_i - p)^2\Bigr)^{1/2}

(Owen 2013, Monte Carlo theory, methods and examples, chapter 9.3; the weights sum to 1). Size
vectors that are drawn often keep their exact probability, and conventions their own draws, so the
error is somewhat smaller in truth. An event that all draws show, or none, has no spread among
them: the error is then 1 / (effective draws), and never less.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.particles import Particles
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.split_laws import FloatArray

FEWEST_EFFECTIVE = 50  # effective draws below which nothing that rests on them is told
ENOUGH_EFFECTIVE = 200  # and below which more are drawn
ENOUGH_SHARE = 0.4  # the same, of the draws asked for
SMALL_ERROR = 0.01  # of every probability of a size or a convention
MORE = 3  # times the draws of the last round, at most, are drawn in the next
USUAL_BUDGET, LONGEST_BUDGET = 13, 40  # draws in all, in multiples of those asked for
# Counts drawn, over draws, groups and splits: up to the first number of them draws are added where
# the error alone is too large, up to the second where too few are effective. The embedded release
# takes about 4 s for twice the first. A clock would make results depend on the machine.
FOR_ERROR, FOR_EFFECT = 1e5, 6e5


def standard_error(share: npt.ArrayLike, weight: FloatArray) -> float:
    """Return the Monte Carlo standard error of a weighted mean of probabilities.

    Parameters
    ----------
    share : array_like, shape (draws,)
        Each draw's probability of the event; usually whether it shows it.
    weight : ndarray, shape (draws,)
        Sums to 1.

    Returns
    -------
    float
        At least 1 / (effective draws).

    Examples
    --------
    >>> standard_error([1, 1, 0, 0], np.full(4, 0.25))
    0.25
    """
    share = np.asarray(share, dtype=float)
    square = weight**2
    spread = float(square @ (share - weight @ share) ** 2)
    return float(max(np.sqrt(spread), square.sum()))


def largest_error(particles: Particles, scenarios: Sequence[Scenario]) -> float:
    """Return the largest standard error of the sizes' modes and of the conventions."""
    shown = [*_modes(particles), *_conventions(particles, scenarios)]
    return max(standard_error(share, particles.weight) for share in shown)


def _modes(particles: Particles) -> Iterator[npt.NDArray[np.bool_]]:
    for own in particles.sizes.T:
        support, inverse = np.unique(own, return_inverse=True)
        best = int(np.argmax(np.bincount(inverse.reshape(-1), particles.weight)))
        yield own == support[best]


def _conventions(
    particles: Particles, scenarios: Sequence[Scenario]
) -> Iterator[npt.NDArray[np.bool_]]:
    found = np.unique(particles.scenario).tolist()
    for s in found:
        yield particles.scenario == s
    values: dict[Hashable, list[int]] = {}
    for s in found:
        one = scenarios[s]
        fixed = ("rounding", one.rounding), ("overall", one.overall), ("sum", one.adding_up)
        for value in (*fixed, *one.subtotals, *one.bases):
            values.setdefault(value, []).append(s)
    for mine in {tuple(mine) for mine in values.values()}:
        yield np.isin(particles.scenario, mine)


@dataclass(frozen=True)
class Goal:
    """When draws are enough.

    Attributes
    ----------
    effective : float
        Effective draws that are enough.
    error : float or None
        Largest standard error of a probability that is shown, if that matters.
    budget, longest : int
        Draws in all, after which no more are added: where the error alone is too large, and where
        too few are effective.
    """

    effective: float
    error: float | None
    budget: int
    longest: int

    @classmethod
    def usual(cls, draws: int) -> Goal:
        """Return the goal of draws of which no probabilities are shown."""
        return cls(ENOUGH_SHARE * draws, None, 0, USUAL_BUDGET * draws)

    @classmethod
    def shown(cls, problem: Problem, draws: int) -> Goal:
        """Return the goal of the draws behind the tables of a reconstruction."""
        splits = sum(at.left is not None for tree in problem.trees.values() for at in tree.nodes)
        counts = len(problem.groups) * max(splits, 1)  # of one draw
        longest = max(min(LONGEST_BUDGET * draws, int(FOR_EFFECT / counts)), USUAL_BUDGET * draws)
        effective = max(ENOUGH_EFFECTIVE, ENOUGH_SHARE * draws)
        return cls(effective, SMALL_ERROR, min(longest, int(FOR_ERROR / counts)), longest)

    def more(
        self, found: Particles | None, scenarios: Sequence[Scenario], spent: int, last: int
    ) -> int:
        """Return how many draws the next round gets; 0 if they are enough, or the budget spent.

        Parameters
        ----------
        found : Particles or None
            What all rounds together found.
        scenarios : sequence of Scenario
        spent, last : int
            Draws of all rounds, and of the last one: no round has fewer than the one before.
        """
        budget, times = self.longest, float(MORE + 1)
        if found is not None and found.ess < self.effective:
            times = self.effective / found.ess
        elif found is not None:
            if self.error is None or spent + last > self.budget:
                return 0
            budget = self.budget
            times = (largest_error(found, scenarios) / self.error) ** 2
        if times <= 1 or spent + last > budget:
            return 0
        wanted = int(np.ceil((times - 1) * spent))
        return min(max(wanted, last), MORE * last, budget - spent)


def pool(rounds: Sequence[tuple[Particles | None, int]]) -> Particles | None:
    """Return the particles of several rounds as one set; None if no round has any.

    Each round estimates the evidence without bias, given those before, whatever its own division
    among scenarios. So does their mean weighted by their numbers of draws: a particle's weight is
    its share of its round's evidence, times that evidence, times those draws.

    Parameters
    ----------
    rounds : sequence of (Particles or None, int)
        What each found, None for nothing, and its draws.
    """
    if len(rounds) == 1:
        return rounds[0][0]
    some = [(found, draws) for found, draws in rounds if found is not None]
    if not some:
        return None
    spent = sum(draws for _, draws in rounds)
    log_mass = np.array([found.log_evidence + np.log(draws / spent) for found, draws in some])
    log_evidence = float(np.logaddexp.reduce(log_mass))
    parts = [found for found, _ in some]
    return Particles(
        np.concatenate([part.scenario for part in parts]),
        np.concatenate([part.sizes for part in parts]),
        {key: np.concatenate([part.counts[key] for part in parts]) for key in parts[0].counts},
        np.concatenate(
            [np.exp(own - log_evidence) * p.weight for own, p in zip(log_mass, parts, strict=True)]
        ),
        log_evidence,
    )
