r"""Assurance: the power averaged over what is known of the true shares.

Power takes observed differences for the true ones. Those that a release puts forward were chosen
because they are large, so they tend to be overestimated, and power with them. Assurance (O'Hagan,
Stevens and Campbell 2005, Pharmaceutical Statistics 4, 187-201) draws the shares from their
posterior instead, then a new survey from each, and counts how often its test rejects. As surveys
grow it tends to the posterior probability of the claim, not to 1: no size assures more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.errors import ArgumentError
from alumnistats.planning.conjunctions import simulate_counts
from alumnistats.planning.decisions import Decision, OptionOrder
from alumnistats.planning.normal import POWER
from alumnistats.planning.power import check_share, critical_of_binomial


@dataclass(frozen=True, eq=False)
class Assurance:
    """How probable it is that surveys of growing size settle a claim.

    Attributes
    ----------
    n : ndarray of int, shape (sizes,)
        Respondents of every group.
    value, error : ndarray, shape (sizes,)
        Probability, and its standard error of simulation.
    limit : float
        What no size exceeds: the probability, over the draws, that the claim is true.
    """

    n: IntArray
    value: FloatArray
    error: FloatArray
    limit: float

    def size(self, target: float = POWER) -> float:
        """Return the size with which the value reaches `target`, infinite if none here does.

        Interpolated in the logarithm of the size.
        """
        reached = np.flatnonzero(self.value >= target)
        if not len(reached):
            return float("inf")
        at = int(reached[0])
        if at == 0:
            return float(self.n[0])
        low, high = self.value[at - 1 : at + 1]
        step = np.log(self.n[at] / self.n[at - 1]) * (target - low) / (high - low)
        return float(np.ceil(self.n[at - 1] * np.exp(step)))


def _pair_fails(
    only: FloatArray, n: IntArray, level: float, rng: np.random.Generator
) -> FloatArray:
    """Return, for every size and draw of a pair's shares, whether its sign test does not reject."""
    either = np.minimum(only.sum(axis=1), 1.0)
    first = np.divide(only[:, 0], either, out=np.zeros(len(only)), where=either > 0)
    new: IntArray = np.diff(n, prepend=0)
    disagree = rng.binomial(new[:, None], either)
    b = np.cumsum(rng.binomial(disagree, np.minimum(first, 1.0)), axis=0)
    critical = critical_of_binomial(np.cumsum(disagree, axis=0), 0.5, 1 - level)
    return np.asarray(b < critical, dtype=float)


def _rejects(decision: Decision, shares: FloatArray, n: IntArray, seed: int) -> FloatArray:
    """Return, for every size and draw, whether a new survey's test rejects, (sizes, draws)."""
    if isinstance(decision, OptionOrder):
        failed = [
            _pair_fails(shares[:, pair], n, decision.level, np.random.default_rng([seed, pair]))
            for pair in range(shares.shape[1])
        ]
        return np.asarray(1.0 - np.sum(failed, axis=0))
    sizes = np.repeat(n[:, None], shares.shape[1], axis=1)
    counts = simulate_counts(shares, sizes, len(shares), seed)
    found = [decision.decided(k, s) for k, s in zip(counts, sizes, strict=True)]
    return np.array(found, dtype=float)


def assurance(
    decision: Decision, shares: npt.ArrayLike, nobs: npt.ArrayLike, seed: int = 0
) -> Assurance:
    """Return the probability that new surveys settle a claim, over draws of the true shares.

    Parameters
    ----------
    decision : GroupOrder, ShareBeyond, ShareWithin, OptionOrder or PairBeyond
        Its own shares are not used.
    shares : array_like, shape (draws, groups), or (draws, pairs, 2) for an `OptionOrder`
        Draws from a joint posterior of what the decision's shares are.
    nobs : array_like of int, shape (sizes,)
        Respondents of every group, rising.
    seed : int

    Returns
    -------
    Assurance
        For an order of options with several comparisons: lower bounds (Bonferroni), at least 0.

    Raises
    ------
    ArgumentError
        For draws of another shape, or sizes that fall.

    Examples
    --------
    >>> import numpy as np
    >>> from alumnistats.planning import ShareBeyond
    >>> shares = np.linspace(0.52, 0.68, 50)[:, None]
    >>> found = assurance(ShareBeyond(np.array([0.6]), 0.5), shares, [100, 400])
    >>> found.value.tolist(), found.limit
    ([0.52, 0.84], 1.0)
    """
    theta, size = check_share("shares", shares), np.asarray(nobs, dtype=np.int64)
    expected = decision.only.shape if isinstance(decision, OptionOrder) else decision.shares.shape
    if theta.shape[1:] != expected or not len(theta):
        raise ArgumentError("shares", theta.shape, f"shape (draws, *{expected})")
    if size.ndim != 1 or not len(size) or size[0] < 1 or (np.diff(size) < 0).any():
        raise ArgumentError("nobs", nobs, "one or more rising sizes of at least 1")
    rejects = _rejects(decision, theta, size, seed)
    error = rejects.std(axis=1) / np.sqrt(len(theta))
    limit = max(float(decision.holds(theta).mean()), 0.0)
    return Assurance(size, np.maximum(rejects.mean(axis=1), 0.0), error, limit)
