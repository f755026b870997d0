"""Draws of the estimates' errors: independent, of a given covariance, or a user's own.

Normal errors are a direction times an independent length, whose square follows a chi-squared law.
Only directions are drawn; the length is integrated out (`simulated_quantiles`), which takes away
most of the noise when groups are few. The part that all errors share changes no difference and is
left out. Batches are randomised independently, so that their spread gives a standard error; small
ones are drawn together, in one block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from alumnistats.arrays import FloatArray, IntArray

BATCHES = 16  # independent randomisations of the first set of points
LATTICE_GROUPS = 40  # above this a Kronecker sequence is no better than independent points
TOGETHER = 2**20  # numbers up to which all batches make one block, and are kept
KEPT = 2**25  # numbers of all blocks up to which they are kept; else drawn anew for each step
NEGLIGIBLE = 1e-10  # eigenvalue, in units of the largest, that counts as 0


def _draw(size: int, points: int, seed: int, batch: int) -> FloatArray:
    """Return standard normal points of a batch, shape (points, size).

    For few dimensions a Kronecker sequence with the powers of the generalised golden ratio (the
    root of ``x**(d + 1) = x + 1``), shifted at random. (scipy.stats.qmc would do as well, at the
    price of importing scipy.stats, which takes longer than everything else here.)
    """
    rng = np.random.default_rng([seed, batch])
    if size > LATTICE_GROUPS:
        return rng.standard_normal((points, size))
    ratio = 2.0
    for _ in range(64):  # fixed point; it contracts
        ratio = (1 + ratio) ** (1 / (size + 1))
    steps = ratio ** -np.arange(1.0, size + 1)
    uniform = (np.arange(1, points + 1)[:, None] * steps + rng.random(size)) % 1.0
    return np.asarray(ndtri(np.clip(uniform, 1e-15, 1 - 1e-15)))


@lru_cache(maxsize=16)
def _drawn_together(size: int, points: int, seed: int, block: int) -> FloatArray:
    batches = range(block * BATCHES, (block + 1) * BATCHES)
    normal = np.concatenate([_draw(size, points, seed, i) for i in batches])
    normal.setflags(write=False)
    return normal


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of estimates.

    Attributes
    ----------
    groups : int
    freedom : int
        Degrees of freedom of the squared length; 0 when the draws are errors themselves.
    half : ndarray, shape (groups,)
        Parts of the standard errors of differences: half[a] + half[b] is at most that of b - a.
    draw : callable
        The block of a number, an array of shape (points, groups): directions, or errors.
    scale : callable
        Standard errors of the differences of the groups a and b, two arrays of int.
    blocks : int
        Number of blocks to begin with.
    batches : int
        Batches in a block.
    more : bool
        Whether there are as many blocks as one asks for.
    """

    groups: int
    freedom: int
    half: FloatArray
    draw: Callable[[int], FloatArray]
    scale: Callable[[IntArray, IntArray], FloatArray]
    blocks: int
    batches: int
    more: bool


def _normals(size: int, points: int, seed: int) -> tuple[Callable[[int], FloatArray], int, int]:
    """Return what draws a block, the number of blocks to begin with, and batches in a block."""
    each = max(points // BATCHES, 1)
    if BATCHES * each * size <= TOGETHER:
        return lambda block: _drawn_together(size, each, seed, block), 1, BATCHES
    return lambda block: _draw(size, each, seed, block), BATCHES, 1


def _kept(draw: Callable[[int], FloatArray], numbers: int) -> Callable[[int], FloatArray]:
    """Return the same, with as many blocks kept as fit."""
    return lru_cache(maxsize=BATCHES)(draw) if numbers <= KEPT else draw


def independent(variance: FloatArray, points: int, seed: int) -> Errors:
    """Return the errors of independent estimates with variances of shape (groups,)."""
    sd, known = np.sqrt(variance), variance == 0
    freedom = int((~known).sum()) - int(not known.any())
    normals, blocks, batches = _normals(len(variance), points, seed)

    def draw(block: int) -> FloatArray:
        z = normals(block)
        square = np.einsum("ij,ij->i", z, z)
        if known.any():
            square -= np.einsum("ij,ij->i", z[:, known], z[:, known])
        else:
            square -= (z @ (1 / sd)) ** 2 / (1 / variance).sum()
        error = z * sd
        if freedom:
            error /= np.sqrt(square)[:, None]
        return error

    def scale(a: IntArray, b: IntArray) -> FloatArray:
        return np.sqrt(variance[a] + variance[b])

    kept = _kept(draw, points * len(variance))
    # (x + y) / sqrt(2) <= sqrt(x**2 + y**2)
    return Errors(len(variance), freedom, sd / np.sqrt(2), kept, scale, blocks, batches, True)


def correlated(covariance: FloatArray, points: int, seed: int) -> Errors:
    """Return the errors of estimates with a covariance matrix, shape (groups, groups)."""
    groups = len(covariance)
    centred = covariance - covariance.mean(axis=0)
    centred = centred - centred.mean(axis=1, keepdims=True)
    value, vector = np.linalg.eigh((centred + centred.T) / 2)
    some = value > NEGLIGIBLE * max(float(np.diag(covariance).max()), 0.0)
    root = vector[:, some] * np.sqrt(value[some])
    freedom = int(some.sum())
    normals, blocks, batches = _normals(freedom, points, seed)

    def draw(block: int) -> FloatArray:
        if not freedom:
            return np.zeros((max(points // BATCHES, 1), groups))
        z = normals(block)
        return (z @ root.T) / np.sqrt(np.einsum("ij,ij->i", z, z))[:, None]

    scale, kept = _looked_up(covariance), _kept(draw, points * groups)
    return Errors(groups, freedom, _halves(groups, scale), kept, scale, blocks, batches, True)


def given(draws: FloatArray) -> Errors:
    """Return the errors of a user's draws of the estimates, shape (draws, groups)."""
    error = draws - draws.mean(axis=0)
    scale = _looked_up(error.T @ error / (len(draws) - 1))
    groups = error.shape[1]
    size = max(TOGETHER // groups, 1)
    parts = [error[i : i + size] for i in range(0, len(error), size)]
    half = _halves(groups, scale)
    return Errors(groups, 0, half, parts.__getitem__, scale, len(parts), 1, False)


def _looked_up(covariance: FloatArray) -> Callable[[IntArray, IntArray], FloatArray]:
    variance = np.diag(covariance)

    def scale(a: IntArray, b: IntArray) -> FloatArray:
        total = variance[a] + variance[b]
        square = total - 2 * covariance[a, b]
        return np.sqrt(np.where(square > NEGLIGIBLE * total, square, 0.0))

    return scale


def _halves(groups: int, scale: Callable[[IntArray, IntArray], FloatArray]) -> FloatArray:
    """Return parts of the standard errors, none of which can be larger beside the others."""
    every = np.arange(groups)
    half = np.empty(groups)
    for a in every:
        se = scale(np.array([a]), every)
        half[a] = se[se > 0].min(initial=np.inf) / 2
    half[~np.isfinite(half)] = 0.0
    for a in every:
        se = scale(np.array([a]), every)
        half[a] = max((se - half)[se > 0].min(initial=np.inf), half[a]) if (se > 0).any() else 0.0
    return half
