r"""Weighted solutions: sizes and counts, how sure their probabilities are, and how many are enough.

One particle is one complete solution: a scenario, a size for every group, and a count for every
group at every node where groups publish anything.

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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray, thinned, whole_numbers
from alumnistats.brief import short_repr
from alumnistats.errors import ArgumentError
from alumnistats.survey import Survey, Text


@dataclass(frozen=True, eq=False)
class Solutions:
    """Weighted base sizes and counts of one measure or option in every group.

    Attributes
    ----------
    of : str
        Measure id or ``question:option``.
    groups : tuple of str
    n, k : ndarray of int, shape (solutions, groups)
        Size of the base and count, ``0 <= k <= n``.
    weight : ndarray, shape (solutions,)
        Probabilities; they sum to 1.
    log_prior : ndarray, shape (solutions,)
        Log prior probability of the counts given the sizes that `weight` already contains, so that
        a model can put its own in the place of it.
    log_evidence : float
        Log probability of everything published, the total included, under that prior; 0 where
        sizes and counts are.
    origin : object
        Equal for solutions of the same figures, however they were drawn; None where the solutions
        themselves are the data.
    labels : dict of Text
        What the groups and `of` are called; empty where no survey says so.
    everybody : ndarray of int, shape (solutions, groups), optional
        Respondents of every group, of whom the base is a part.
    scenario : ndarray of int, shape (solutions,), optional
        Which of the reconstruction's scenarios, its conventions, each solution supposes.
    """

    __repr__ = short_repr

    of: str
    groups: tuple[str, ...]
    n: IntArray
    k: IntArray
    weight: FloatArray
    log_prior: FloatArray
    log_evidence: float = 0.0
    origin: object = None
    labels: Mapping[str, Text] = field(default_factory=dict, repr=False)
    everybody: IntArray | None = None
    scenario: IntArray | None = None

    def __post_init__(self) -> None:
        n, k = np.asarray(self.n, dtype=np.int64), np.asarray(self.k, dtype=np.int64)
        weight = np.asarray(self.weight, dtype=float)
        log_prior = np.asarray(self.log_prior, dtype=float)
        if n.ndim != 2 or n.shape != k.shape or n.shape[1] != len(self.groups):
            raise ArgumentError("n", n.shape, f"shape (solutions, {len(self.groups)}), as k")
        if weight.shape != (len(n),) or log_prior.shape != (len(n),):
            raise ArgumentError("weight", weight.shape, f"shape ({len(n)},), as log_prior")
        if (k < 0).any() or (k > n).any():
            raise ArgumentError("k", "a count below 0 or above n", "0 <= k <= n")
        if (weight < 0).any() or not np.isclose(weight.sum(), 1.0):
            raise ArgumentError("weight", float(weight.sum()), "probabilities that sum to 1")
        for name, array in (("n", n), ("k", k), ("weight", weight), ("log_prior", log_prior)):
            array = array.copy()
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def label(self, id: str, lang: str) -> str:
        """Return what a group, or `of`, is called; the id itself where nothing else is known."""
        return self.labels[id].get(lang) if id in self.labels else id

    def named(self, survey: Survey) -> Solutions:
        """Return these solutions with the labels that a survey has for them."""
        ids = (self.of, *self.groups)
        texts = {one: {lang: survey.label(one, lang) for lang in ("en", "ja")} for one in ids}
        return replace(self, labels={one: Text(**text) for one, text in texts.items()})

    def of_everybody(self) -> Solutions:
        """Return the same counts as shares of all respondents of each group.

        Raises
        ------
        ArgumentError
            If the groups' respondents are not known.
        """
        if self.everybody is None:
            raise ArgumentError("everybody", None, "the respondents of every group")
        return replace(self, n=self.everybody)

    @classmethod
    def known(
        cls, of: str, groups: tuple[str, ...], n: npt.ArrayLike, k: npt.ArrayLike
    ) -> Solutions:
        """Return the one solution of a survey whose sizes and counts are published.

        Parameters
        ----------
        of : str
        groups : tuple of str
        n, k : array_like, shape (groups,)
            Whole numbers, whatever floating point made of them: ``0.29 * 100`` is 29.

        Raises
        ------
        ArgumentError
            If one of them is not whole.
        """
        return cls(
            of,
            groups,
            np.atleast_2d(whole_numbers(n, "n").astype(np.int64)),
            np.atleast_2d(whole_numbers(k, "k").astype(np.int64)),
            np.ones(1),
            np.zeros(1),
        )

    def thin(self, size: int) -> Solutions:
        """Return at most `size` equally weighted solutions, systematically drawn by weight.

        Deterministic: every solution with weight ``w`` appears ``w * size`` times, rounded down or
        up. A solution drawn several times is kept once, with the weights added.

        Parameters
        ----------
        size : int
            At least 1.
        """
        kept, times = thinned(self.weight, size)
        return replace(
            self,
            n=self.n[kept],
            k=self.k[kept],
            weight=times / size,
            log_prior=self.log_prior[kept],
            everybody=None if self.everybody is None else self.everybody[kept],
        )


Counts = dict[tuple[str, int], IntArray]
"""By tree and node, shape (particles, groups)."""


@dataclass(frozen=True, eq=False)
class Particles:
    """Weighted solutions.

    Attributes
    ----------
    scenario : ndarray of int, shape (particles,)
    sizes : ndarray of int, shape (particles, groups)
    counts : dict
        ``(tree, node) -> ndarray of int, shape (particles, groups)``; node 0 is the base.
    weight : ndarray, shape (particles,)
        Sums to 1.
    log_evidence : float
        Log probability of everything published, the total included.
    """

    scenario: IntArray
    sizes: IntArray
    counts: Counts = field(default_factory=dict)
    weight: FloatArray = field(default_factory=lambda: np.zeros(0))
    log_evidence: float = -np.inf

    @property
    def ess(self) -> float:
        """Effective sample size of the weights (Kish)."""
        return float(1.0 / (self.weight**2).sum())


def stacked_counts(parts: Sequence[Particles]) -> Counts:
    """Return the counts of all parts, one below the other; 0 where a part has none."""
    shape = sum(len(part.sizes) for part in parts), parts[0].sizes.shape[1]
    counts: Counts = {}
    at = 0
    for part in parts:
        for key, values in part.counts.items():
            own = counts.setdefault(key, np.zeros(shape, dtype=np.int64))
            own[at : at + len(values)] = values
        at += len(part.sizes)
    return counts


FEWEST_EFFECTIVE = 50  # effective draws below which nothing that rests on them is told


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
