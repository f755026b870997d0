r"""Lattice passes over counts: the printed overall figures tie the groups of a question together.

At a split the left counts ``l_1, ..., l_G`` of the groups are independent given their parents'
counts, and their sum must be a total that the printed overall figures allow. The law of the sum is
the product of the groups' characteristic functions, all particles at once by FFT; its values at the
allowed totals are the evidence of the overall figures at this split, and walking back through the
partial sums draws the counts exactly given one of those totals.

FFT errors are relative to the largest probability, so the laws are first tilted,
``p(l) -> p(l) exp(t l) / M(t)``, with ``t`` such that the mean of the sum meets the allowed totals;
the tilt cancels given the sum, and is undone in the evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft
from scipy.optimize import brentq

from alumnistats.reconstruction.sizes import choose

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

CHUNK = 256  # particles per FFT batch, at most
NUMBERS = 2e7  # in the partial sums of one batch, at most, but for one particle
NOISE = 1e-11  # tilted probabilities of a sum below this are rounding error of the FFT
# Standard deviations: from the tilted mean beyond which sums sink in that noise; from the most
# likely allowed total within which sums matter.
FAR, NEAR = 6.0, 4.0


@dataclass(frozen=True, eq=False)
class Laws:
    """Laws of the left counts, one row for each distinct situation of a group.

    Attributes
    ----------
    weight : ndarray, shape (laws, width)
        Probability of ``start + 0, start + 1, ...``.
    start : ndarray, shape (laws,)
        Smallest left count of each law.
    index : ndarray, shape (particles, groups)
        Which law each group of each particle follows.
    """

    weight: FloatArray
    start: IntArray
    index: IntArray


def compress(weight: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return laws shifted to begin at their first positive value, and those shifts."""
    positive = weight > 0
    start = np.argmax(positive, axis=1)
    last = weight.shape[1] - 1 - np.argmax(positive[:, ::-1], axis=1)
    width = int((last - start).max()) + 1
    columns = np.minimum(start[:, None] + np.arange(width), weight.shape[1] - 1)
    shifted = np.take_along_axis(weight, columns, axis=1)
    shifted[np.arange(width) > (last - start)[:, None]] = 0.0
    return shifted, start.astype(np.int64)


def _tilt(laws: Laws, allowed: BoolArray) -> float:
    """Return the tilt at which the mean sum, over particles, is the mean allowed total.

    Where allowed totals are spread wider than the sums, the mean of the allowed ones may be where
    no sum is. Then the mean sum is moved no further than to the nearest allowed total.
    """
    times = np.bincount(laws.index.ravel(), minlength=len(laws.start)) / len(laws.index)
    l = np.arange(laws.weight.shape[1])
    totals = np.broadcast_to(np.arange(allowed.shape[1]), allowed.shape)
    target = totals[allowed].mean() - (times * laws.start).sum()
    with np.errstate(divide="ignore"):
        log_weight = np.log(laws.weight)

    def moments(t: float) -> tuple[float, float]:
        exponent = log_weight + t * l
        tilted = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        norm = tilted.sum(axis=1)
        mean = (tilted * l).sum(axis=1) / norm
        variance = (tilted * l**2).sum(axis=1) / norm - mean**2
        return float((times * mean).sum()), float(np.sqrt(max((times * variance).sum(), 0.0)))

    t = _root(lambda t: moments(t)[0], target)
    (mean, spread), (usual, usual_spread) = moments(t), moments(0.0)
    reachable = np.flatnonzero(allowed.any(axis=0)) - (times * laws.start).sum()
    nearest = float(reachable[np.abs(reachable - usual).argmin()])
    likely = reachable[np.abs(reachable - nearest) <= NEAR * usual_spread]
    if np.abs(likely - mean).max() <= FAR * spread:
        return t
    return _root(lambda t: moments(t)[0], nearest)


def _root(mean: Callable[[float], float], target: float) -> float:
    """Return the tilt at which a mean that rises with it is `target`, within bounds."""
    bound = 40.0
    if mean(-bound) >= target:
        return -bound
    if mean(bound) <= target:
        return bound
    return float(brentq(lambda t: mean(t) - target, -bound, bound, xtol=0.02, rtol=1e-3))


def total_pass(
    laws: Laws, allowed: BoolArray | FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Weigh and draw left counts given that their sum is an allowed total.

    Parameters
    ----------
    laws : Laws
    allowed : ndarray, shape (particles, totals)
        Which totals 0, 1, ... the overall figures allow, for each particle; or weights of the
        totals, if the figures may be misprints. Then hardly any total is ruled out and no tilt is
        needed: what rounding errors hide is improbable beside a misprint.
    rng : numpy.random.Generator

    Returns
    -------
    log_evidence : ndarray, shape (particles,)
        Log probability that the sum is allowed; -inf where it cannot be.
    counts : ndarray of int, shape (particles, groups)
        Exact draws given that; meaningless where the evidence is -inf.
    """
    particles = len(laws.index)
    evidence = np.full(particles, -np.inf)
    counts = np.zeros(laws.index.shape, dtype=np.int64)
    possible = np.asarray(allowed.any(axis=1))
    if not possible.any():
        return evidence, counts
    # The tilt is that of the particles that an allowed total leaves possible; others would pull it
    # to where none of the possible ones has any mass.
    open_ = Laws(laws.weight, laws.start, laws.index[possible])
    certain = allowed.dtype == np.bool_
    tilted = _tilted(laws, _tilt(open_, allowed[possible] > 0) if certain else 0.0)
    # Particles with the same laws share their partial sums: size vectors repeat a lot.
    rows, inverse = np.unique(laws.index, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    order = np.argsort(inverse, kind="stable")
    chunk = int(np.clip(NUMBERS // (rows.shape[1] * tilted.length), 1, CHUNK))
    for first in range(0, len(rows), chunk):
        some = rows[first : first + chunk]
        begin, end = np.searchsorted(inverse[order], [first, first + len(some)])
        mine = order[begin:end]
        if not allowed[mine].any():
            continue
        sums = _partial_sums(tilted, some)
        which = inverse[mine] - first
        log_e, total = _pick_total(
            sums[-1][which], laws.start[laws.index[mine]].sum(axis=1), allowed[mine], tilted.t, rng
        )
        evidence[mine] = log_e + tilted.log_norm[laws.index[mine]].sum(axis=1)
        counts[mine] = _walk_back(sums, which, tilted.weight, laws, mine, total, rng)
    return evidence, counts


@dataclass(frozen=True, eq=False)
class _Tilted:
    """Laws times ``exp(t l)``, normalised, with the log of the norms; `length` holds any sum."""

    t: float
    weight: FloatArray
    log_norm: FloatArray
    length: int


def _tilted(laws: Laws, t: float) -> _Tilted:
    with np.errstate(divide="ignore"):
        exponent = np.log(laws.weight) + t * np.arange(laws.weight.shape[1])
    peak = exponent.max(axis=1, keepdims=True)
    weight = np.exp(exponent - peak)
    norm = weight.sum(axis=1, keepdims=True)
    weight /= norm
    last = laws.weight.shape[1] - 1 - np.argmax(laws.weight[:, ::-1] > 0, axis=1)
    reach = int(last[laws.index].sum(axis=1).max())
    length = next_fast_len(reach + 1, real=True)
    length = max(length, weight.shape[1])
    return _Tilted(t, weight, (peak + np.log(norm))[:, 0], length)


def _partial_sums(tilted: _Tilted, index: IntArray) -> FloatArray:
    """Return the laws of the first 1, ..., G left counts' sum, shape (groups, rows, length)."""
    used, which = np.unique(index, return_inverse=True)
    which = which.reshape(index.shape)
    spectrum = np.asarray(rfft(tilted.weight[used], tilted.length, axis=1))
    product = spectrum[which[:, 0]]
    sums = np.empty((index.shape[1], len(index), tilted.length))
    sums[0] = irfft(product, tilted.length, axis=1)
    for g in range(1, index.shape[1]):
        product *= spectrum[which[:, g]]
        sums[g] = irfft(product, tilted.length, axis=1)
    return np.maximum(sums, 0.0, out=sums)


def _pick_total(
    law: FloatArray,
    start: IntArray,
    allowed: BoolArray | FloatArray,
    t: float,
    rng: np.random.Generator,
) -> tuple[FloatArray, IntArray]:
    """Return the log evidence and one allowed total (above `start`) for each row."""
    offsets = np.flatnonzero(allowed.any(axis=0)) - start[:, None]
    inside = (offsets >= 0) & (offsets < law.shape[1])
    at = np.clip(offsets, 0, law.shape[1] - 1)
    weight = np.where(inside, np.take_along_axis(law, at, axis=1), 0.0)
    weight *= (weight > NOISE) * allowed[:, allowed.any(axis=0)]
    with np.errstate(divide="ignore"):
        log_weight = np.log(weight) - t * offsets
    peak = log_weight.max(axis=1)
    none = ~np.isfinite(peak)
    weight = np.exp(log_weight - np.where(none, 0.0, peak)[:, None])
    with np.errstate(divide="ignore"):
        evidence = np.log(weight.sum(axis=1)) + peak
    weight[none, 0] = 1.0
    chosen = choose(weight, rng)
    return evidence, at[np.arange(len(at)), chosen]


def _walk_back(
    sums: FloatArray,
    which: IntArray,
    weights: FloatArray,
    laws: Laws,
    mine: IntArray,
    total: IntArray,
    rng: np.random.Generator,
) -> IntArray:
    """Draw the groups' counts from the last to the first given their total (above the starts)."""
    index = laws.index[mine]
    counts = np.zeros(index.shape, dtype=np.int64)
    left = total.copy()
    for g in range(index.shape[1] - 1, 0, -1):
        law = weights[index[:, g]]
        law = law[:, : int(np.flatnonzero(law.any(axis=0))[-1]) + 1]
        before = left[:, None] - np.arange(law.shape[1])
        law = law * np.where(before >= 0, sums[g - 1][which[:, None], np.maximum(before, 0)], 0.0)
        law[law.sum(axis=1) == 0, 0] = 1.0  # rows without evidence: any value will do
        counts[:, g] = choose(law, rng)
        left = left - counts[:, g]
    counts[:, 0] = left
    return counts + laws.start[index]


def draw_counts(laws: Laws, rng: np.random.Generator) -> IntArray:
    """Draw left counts that no overall figure ties, shape (particles, groups)."""
    groups = laws.index.shape[1]
    columns = [choose(laws.weight[laws.index[:, g]], rng) for g in range(groups)]
    return np.stack(columns, axis=1) + laws.start[laws.index]
