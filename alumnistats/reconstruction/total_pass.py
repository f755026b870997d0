r"""Lattice passes over counts: the published overall figures tie the groups of a question together.

At a split the left counts ``l_1, ..., l_G`` of the groups are independent given their parents'
counts, and their sum must be a total that the published overall figures allow. The law of the sum
is the convolution of the groups' laws; its values at the allowed totals are the evidence of the
overall figures at this split, and walking back through the partial sums draws the counts exactly
given one of those totals.

Laws are tilted first, ``p(l) -> p(l) exp(t l) / M(t)``, with ``t`` such that the mean of the sum
meets the allowed totals; the tilt cancels given the sum, and is undone in the evidence. Narrow laws
are convolved directly: sums of products of positive numbers, right to the last digit. Wide ones are
convolved by FFT, all solutions at once, whose errors are relative to the largest probability. What
those errors could have decided is known, and is done again, each solution by itself: with a tilt of
its own and directly. So no solution is lost, and none is found that is not one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft
from scipy.optimize import brentq

from alumnistats.arrays import BoolArray, FloatArray, IntArray, choose

CHUNK = 100_000  # solutions in a batch, at most
NUMBERS = (
    4e6  # in the partial sums of one batch, at most, but for one solution: they stay in the cache
)
NARROW = 32  # counts in a law up to which a direct convolution is as quick as an FFT
NOISE = 1e-15  # error of a transformed law, of its largest probability
SURE = 1e-6  # relative error of the evidence above which a transform is not believed
STEEPEST = 40.0  # tilt by one count: beyond, all of a law is in its first or last count


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


def total_pass(
    laws: Laws,
    allowed: BoolArray | FloatArray,
    rng: np.random.Generator,
    which: IntArray | None = None,
) -> tuple[FloatArray, IntArray]:
    """Draw left counts, with their evidence, given that their sum is an allowed total.

    Parameters
    ----------
    laws : Laws
    allowed : ndarray, shape (situations, totals)
        Which totals 0, 1, ... the overall figures allow; or weights of the totals, if figures are
        not just right or wrong.
    rng : numpy.random.Generator
    which : ndarray of int, shape (particles,), optional
        The situation of each particle; each has its own when omitted.

    Returns
    -------
    log_evidence : ndarray, shape (particles,)
        Log of the expected weight of the sum; -inf where no sum is allowed.
    counts : ndarray of int, shape (particles, groups)
        Exact draws given that; meaningless where the evidence is -inf.
    """
    particles, groups = laws.index.shape
    evidence = np.full(particles, -np.inf)
    counts = np.zeros((particles, groups), dtype=np.int64)
    # Particles in the same situation share their sums: size vectors repeat a lot.
    kinds, kind = _distinct(allowed)
    cases, which = _distinct(np.column_stack([laws.index, kind if which is None else kind[which]]))
    reachable = _reachable(laws, cases[:, :-1], kinds[cases[:, -1]])
    if not reachable.any():
        return evidence, counts
    tilt = _common_tilt(laws, cases[reachable, :-1], kinds[cases[reachable, -1]])
    tilted = _tilted(laws, cases[reachable, :-1], tilt)
    order = np.argsort(which, kind="stable")
    ends = np.cumsum(np.bincount(which, minlength=len(cases)))
    members = np.split(order, ends[:-1])
    chunk = int(np.clip(NUMBERS // (groups * tilted.length), 1, CHUNK))
    todo = np.flatnonzero(reachable)
    for some in np.array_split(todo, -(-len(todo) // chunk)):
        rows, goals = cases[some, :-1], kinds[cases[some, -1]]
        sums = _partial_sums(tilted, rows)
        log_weight, at, sure = _weights_of_totals(sums[-1], laws.start[rows].sum(1), goals, tilted)
        for i, case in enumerate(some.tolist()):
            if not sure[i]:
                mine = members[case]
                evidence[mine], counts[mine] = _by_itself(laws, rows[i], goals[i], len(mine), rng)
        good = np.flatnonzero(sure)
        mine = np.concatenate([members[c] for c in some[good]]) if good.size else order[:0]
        if mine.size:
            row = np.repeat(good, [len(members[c]) for c in some[good]])
            norm = tilted.log_norm[rows].sum(axis=1)
            log_e, total = _pick_total(log_weight[row], at[row], rng)
            evidence[mine] = log_e + norm[row]
            counts[mine] = _walk_back(sums, row, tilted.weight, laws, mine, total, rng)
    return evidence, counts


def _distinct(rows: npt.NDArray[np.generic]) -> tuple[npt.NDArray[Any], IntArray]:
    """Return the distinct rows of an array, and which of them each row is."""
    rows, seen = np.ascontiguousarray(rows), dict[bytes, int]()
    which = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows])
    _, first = np.unique(which, return_index=True)
    return rows[first], which


def _reachable(laws: Laws, rows: IntArray, goals: BoolArray | FloatArray) -> BoolArray:
    """Return which cases have an allowed total between their least and largest sum."""
    last = laws.start + _last(laws.weight)
    low, high = laws.start[rows].sum(axis=1), last[rows].sum(axis=1)
    before = np.zeros((len(goals), goals.shape[1] + 1), dtype=np.int64)
    np.cumsum(goals > 0, axis=1, out=before[:, 1:])
    ends = np.clip(np.stack([low, high + 1]), 0, goals.shape[1])
    cells = np.arange(len(goals))
    return np.asarray(before[cells, ends[1]] > before[cells, ends[0]])


def _last(weight: FloatArray) -> IntArray:
    """Return the index of the last positive value of each row."""
    return np.asarray(weight.shape[1] - 1 - np.argmax(weight[:, ::-1] > 0, axis=1))


def _common_tilt(laws: Laws, rows: IntArray, goals: BoolArray | FloatArray) -> float:
    """Return one tilt for all cases: of the mean of their laws, towards the nearest total."""
    times = np.asarray(
        np.bincount(rows.ravel(), minlength=len(laws.start)) / len(rows), dtype=float
    )
    used = np.flatnonzero(times)
    totals: FloatArray = np.flatnonzero((goals > 0).any(axis=0)).astype(np.float64)
    totals -= float(times @ laws.start)
    return _tilt_towards(laws.weight[used], times[used], totals)


def _tilt_towards(weight: FloatArray, times: FloatArray, totals: FloatArray) -> float:
    """Return the tilt at which the mean of a sum is the total that is nearest to it untilted."""
    l = np.arange(weight.shape[1])
    with np.errstate(divide="ignore"):
        log_weight = np.log(weight)

    def mean(t: float) -> float:
        exponent = log_weight + t * l
        tilted = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        return float(times @ ((tilted @ l) / tilted.sum(axis=1)))

    usual = mean(0.0)
    gap = totals - usual
    target = float(totals[np.abs(gap).argmin()])
    if gap.min() <= 0.5 and gap.max() >= -0.5 and abs(target - usual) <= 0.5:
        return 0.0
    end = STEEPEST if target > usual else -STEEPEST
    if abs(mean(end) - usual) <= abs(target - usual):
        return end
    return float(brentq(lambda t: mean(t) - target, *sorted((0.0, end)), xtol=0.01, rtol=1e-3))


@dataclass(frozen=True, eq=False)
class _Tilted:
    """Laws times ``exp(t l)``, normalised, with the log of the norms; `length` holds any sum."""

    t: float
    weight: FloatArray
    log_norm: FloatArray
    length: int

    @property
    def narrow(self) -> bool:
        """Whether sums are convolved directly."""
        return self.weight.shape[1] <= NARROW


def _tilted(laws: Laws, rows: IntArray, t: float) -> _Tilted:
    with np.errstate(divide="ignore"):
        exponent = np.log(laws.weight) + t * np.arange(laws.weight.shape[1])
    peak = exponent.max(axis=1, keepdims=True)
    weight = np.exp(exponent - peak)
    norm = weight.sum(axis=1, keepdims=True)
    weight /= norm
    reach = int(_last(laws.weight)[rows].sum(axis=1).max())
    length = max(next_fast_len(reach + 1, real=True), weight.shape[1])
    return _Tilted(t, weight, (peak + np.log(norm))[:, 0], length)


def _partial_sums(tilted: _Tilted, rows: IntArray) -> FloatArray:
    """Return the laws of the first 1, ..., G left counts' sum, shape (groups, rows, length)."""
    sums = np.empty((rows.shape[1], len(rows), tilted.length))
    if tilted.narrow:
        state = np.zeros((len(rows), tilted.length))
        state[:, 0] = 1.0
        for g in range(rows.shape[1]):
            law = tilted.weight[rows[:, g]]
            sums[g] = law[:, :1] * state
            for l in np.flatnonzero(law[:, 1:].any(axis=0)) + 1:
                sums[g, :, l:] += law[:, l, None] * state[:, :-l]
            state = sums[g]
        return sums
    used, which = np.unique(rows, return_inverse=True)
    which = which.reshape(rows.shape)
    spectrum = np.asarray(rfft(tilted.weight[used], tilted.length, axis=1))
    product = spectrum[which[:, 0]]
    sums[0] = irfft(product, tilted.length, axis=1)
    for g in range(1, rows.shape[1]):
        product *= spectrum[which[:, g]]
        sums[g] = irfft(product, tilted.length, axis=1)
    sums[sums < NOISE] = 0.0
    return sums


def _weights_of_totals(
    law: FloatArray, start: IntArray, goals: BoolArray | FloatArray, tilted: _Tilted
) -> tuple[FloatArray, IntArray, BoolArray]:
    """Return log weights of the totals of each row, the totals (above `start`), and who is sure.

    A row is sure if the transform's errors are negligible beside its evidence. A direct convolution
    errs by nothing, but may lose what is below the smallest float: a row of zeros is not sure.
    """
    totals = np.flatnonzero((goals > 0).any(axis=0))
    offsets = totals - start[:, None]
    inside = (offsets >= 0) & (offsets < law.shape[1])
    at = np.clip(offsets, 0, law.shape[1] - 1)
    with np.errstate(divide="ignore"):
        log_goal = np.log(np.where(inside, goals[:, totals], 0.0)) - tilted.t * offsets
        log_weight = np.log(np.take_along_axis(law, at, axis=1)) + log_goal
    evidence = np.logaddexp.reduce(log_weight, axis=1)
    if tilted.narrow:
        return log_weight, at, np.isfinite(evidence)
    noise = np.log(NOISE) + np.logaddexp.reduce(log_goal, axis=1)
    return log_weight, at, np.asarray(evidence + np.log(SURE) > noise)


def _pick_total(
    log_weight: FloatArray, at: IntArray, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Return the log evidence and one of the totals for each row, by its weight."""
    peak = log_weight.max(axis=1, keepdims=True)
    weight = np.exp(log_weight - peak)
    evidence = np.log(weight.sum(axis=1)) + peak[:, 0]
    return evidence, at[np.arange(len(at)), choose(weight, rng)]


def _by_itself(
    laws: Laws, row: IntArray, goal: BoolArray | FloatArray, draws: int, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Return evidence and draws of one case, with a tilt of its own and directly convolved."""
    evidence = np.full(draws, -np.inf)
    start = laws.start[row].sum()
    totals = np.flatnonzero(goal > 0) - start
    reach = int(_last(laws.weight[row]).sum())
    totals = totals[(totals >= 0) & (totals <= reach)]
    alone = Laws(laws.weight[row], laws.start[row], np.tile(np.arange(len(row)), (draws, 1)))
    tilted = _tilted(alone, alone.index[:1], _tilt_towards(alone.weight, np.ones(len(row)), totals))
    sums = np.zeros((len(row), 1, tilted.length))
    state = np.ones(1)
    for g, last in enumerate(_last(alone.weight).tolist()):
        state = np.convolve(state, tilted.weight[g, : last + 1])
        sums[g, 0, : len(state)] = state
    with np.errstate(divide="ignore"):
        log_weight = np.log(state[totals] * goal[totals + start]) - tilted.t * totals
    if not np.isfinite(log_weight).any():
        return evidence, np.zeros(alone.index.shape, dtype=np.int64)
    many = np.zeros(draws, dtype=np.int64)
    log_e, total = _pick_total(log_weight[None][many], totals[None][many], rng)
    counts = _walk_back(sums, many, tilted.weight, alone, np.arange(draws), total, rng)
    return log_e + tilted.log_norm.sum(), counts


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
