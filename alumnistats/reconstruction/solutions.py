"""Weighted solutions of one measure: the only thing estimation needs from a reconstruction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError


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
    """

    of: str
    groups: tuple[str, ...]
    n: npt.NDArray[np.int64]
    k: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]
    log_prior: npt.NDArray[np.float64]
    log_evidence: float = 0.0
    origin: object = None

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

    @classmethod
    def known(
        cls, of: str, groups: tuple[str, ...], n: npt.ArrayLike, k: npt.ArrayLike
    ) -> Solutions:
        """Return the one solution of a survey whose sizes and counts are published.

        Parameters
        ----------
        of : str
        groups : tuple of str
        n, k : array_like of int, shape (groups,)
        """
        return cls(
            of,
            groups,
            np.atleast_2d(np.asarray(n, dtype=np.int64)),
            np.atleast_2d(np.asarray(k, dtype=np.int64)),
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
        points = (np.arange(size) + 0.5) / size
        edges = np.cumsum(self.weight)
        drawn = np.minimum(np.searchsorted(edges, points * edges[-1]), len(edges) - 1)
        kept, times = np.unique(drawn, return_counts=True)
        return replace(
            self,
            n=self.n[kept],
            k=self.k[kept],
            weight=times / size,
            log_prior=self.log_prior[kept],
        )
