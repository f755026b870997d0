"""The one-dimensional lattice pass over sample sizes: evidence, and exact independent draws.

Given a scenario and a value of the size prior's hyperparameters, the groups are tied only by
``sum n = N``. The forward pass keeps, for the first g groups, the probability of everything they
publish together with each partial sum of sizes; its last value at N is the evidence, and walking
back from N draws exact independent size vectors (forward filtering, backward sampling).

Which values are worth a pass, `size_mixture` says: it computes the evidence of all at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from alumnistats.arrays import FloatArray, IntArray, choose, distinct_rows, systematic
from alumnistats.reconstruction.size_laws import SizeModel, log_law, tilts

DIRECT = 2e6  # products of a direct convolution from which FFT is quicker
FAR = 12  # standard deviations, and largest sizes, beyond which a sum is out of reach
TINY = 1e-290  # below, a product of probabilities is added up in logarithms
LOST = 1e-12  # of the largest state: below, rounding errors of an FFT are not told from states


@dataclass(frozen=True, eq=False)
class SizePass:
    """Forward pass of one scenario, one `SizeModel` and one of its departure rates.

    Attributes
    ----------
    scenario : int
        Index of the scenario.
    model : SizeModel
    node : int
        Index of the departure rate.
    likelihood : ndarray, shape (groups, largest + 1)
        Probability of each group's figures given its size.
    forward : list of ndarray, each shape (total + 1,)
        ``forward[g]`` after g groups; empty when the total is unknown, or nothing was drawn yet.
    log_evidence : float
        Log probability of the figures, the total, hyperparameter and departure rate.
    """

    scenario: int
    model: SizeModel
    node: int
    likelihood: FloatArray
    forward: list[FloatArray]
    log_evidence: float


def run_pass(
    scenario: int, model: SizeModel, node: int, likelihood: FloatArray, total: int | None
) -> SizePass:
    """Run the forward pass over the groups; see the module's text."""
    if total is None:
        groups = range(len(likelihood))
        norms = np.array([law_of_group(model, node, likelihood, g).sum() for g in groups])
        forward: list[FloatArray] = []
        value, power = float(np.prod(norms)), 0
        factors = norms
    else:
        forward, power = scaled_states(model, node, likelihood, total)
        factors = forward[-1][[total]]
        value = math.ldexp(float(factors[0]), power)
    share = model.node_weights[node]
    with np.errstate(divide="ignore"):
        log_value = np.log(value * share)
        if value < TINY:
            log_value = np.log(factors).sum() + power * np.log(2) + np.log(share)
        log_evidence = float(log_value + model.log_weight)
    return SizePass(scenario, model, node, likelihood, forward, log_evidence)


def scaled_states(
    model: SizeModel, node: int, likelihood: FloatArray, total: int
) -> tuple[list[FloatArray], int]:
    """Return the probability of figures and partial sum after 0, 1, ... groups.

    Each is times a power of two, and minus the last one's exponent is returned with them: what many
    groups publish together is less probable than the smallest float. Powers of two change no digit.
    """
    state = np.zeros(total + 1)
    state[0] = 1.0
    states, reached, power = [state], range(1), 0
    for g in range(len(likelihood)):
        law = law_of_group(model, node, likelihood, g)
        used = support(law)
        state = convolve(states[-1][None], law, reached, used)[0]
        own = int(np.frexp(state.max())[1])
        states.append(np.ldexp(state, -own))
        power += own
        reached = after(reached, used, total)
        if g + 1 in model.sums:
            states[-1] = _only(states[-1], model.sums[g + 1])
            reached = range(model.sums[g + 1], model.sums[g + 1] + 1)
    return states, power


def tilted_laws(
    model: SizeModel, node: int, likelihood: FloatArray, total: int
) -> tuple[FloatArray, FloatArray]:
    """Return the groups' laws of size, tilted and normalised, (groups, width), and the weights.

    Of the tilts by :math:`r^n` it is the one that brings the mean of the sum near the total, as in
    `size_evidence`.
    """
    laws = np.stack([law_of_group(model, node, likelihood, g) for g in range(len(likelihood))])
    scales = tilts(laws.shape, total)
    with np.errstate(divide="ignore"):
        scale = scales[int(np.log(laws @ scales.T).sum(axis=0).argmin())]
    laws *= scale
    norm = laws.sum(axis=1, keepdims=True)
    return laws / np.where(norm > 0, norm, 1.0), scale


def tilted_states(
    model: SizeModel, node: int, likelihood: FloatArray, total: int
) -> list[FloatArray]:
    """Return those states by FFT, each up to a factor.

    Laws are tilted, so that what matters is in the bulk, relative to which an FFT's error is. What
    is below `LOST` of the largest state is not told from that error, and set to 0.
    """
    laws, scale = tilted_laws(model, node, likelihood, total)
    first, kind, _ = distinct_rows(laws)
    kinds = laws[first]
    # Sums far beyond the total fall on small ones: less than rounding errors do.
    n = np.arange(laws.shape[1])
    variance = (kinds @ n**2 - (kinds @ n) ** 2)[kind].sum()
    beyond = int(FAR * np.sqrt(variance)) + FAR * laws.shape[1]
    longest = len(laws) * (laws.shape[1] - 1) + 1
    length = next_fast_len(min(longest, total + beyond), real=True)
    spectra = rfft(kinds, length, axis=1)
    exponent = np.log(scale[1] / scale[0])
    state = np.zeros(total + 1)
    state[0] = 1.0
    states, product = [state], np.ones(spectra.shape[1], dtype=complex)
    for groups, g in enumerate(kind, 1):
        product = product * spectra[g]
        found = irfft(product, length)[: total + 1]
        sums = np.flatnonzero(found > LOST * found.max())
        state = np.zeros(total + 1)
        state[sums] = found[sums] * np.exp(-exponent * (sums - found.argmax()))
        if groups in model.sums:
            state = _only(state, model.sums[groups])
            product = rfft(state, length)
        states.append(state)
    return states


def _only(state: FloatArray, at: int) -> FloatArray:
    """Return a state of which one sum is left."""
    left = np.zeros_like(state)
    left[at] = state[at]
    return left


def states_to_draw_from(
    model: SizeModel, node: int, likelihood: FloatArray, total: int
) -> list[FloatArray]:
    """Return those states, each up to a factor, which draws do not need."""
    if total * likelihood.shape[1] > DIRECT:
        states = tilted_states(model, node, likelihood, total)
        if not model.sums or states[-1][total] > 0:
            return states
        # A sum in between that is known may lie where an FFT tells nothing from its errors.
    return scaled_states(model, node, likelihood, total)[0]


def law_of_group(model: SizeModel, node: int, likelihood: FloatArray, g: int) -> FloatArray:
    """Return the unnormalised law of a group's size with its figures, given the departure rate."""
    law = np.asarray(model.nodes[node] * model.off_quota[g] * likelihood[g])
    if model.quota is not None:
        law[model.quota] += (1 - model.nodes[node]) * likelihood[g, model.quota]
    return law


def support(law: FloatArray) -> range:
    """Return the indices from the first positive value to the last."""
    positive = law > 0
    first = int(positive.argmax())
    if not positive[first]:
        return range(0)
    return range(first, len(law) - int(positive[::-1].argmax()))


def after(reached: range, used: range, total: int) -> range:
    """Return the sums that are reached after one more group."""
    if not reached or not used:
        return range(0)
    return range(reached[0] + used[0], min(reached[-1] + used[-1], total) + 1)


def convolve(states: FloatArray, law: FloatArray, reached: range, used: range) -> FloatArray:
    """Return states after one more group: convolutions with its law, done directly.

    Not by FFT: its rounding error is relative to the largest value, and the mass at the total may
    be many orders of magnitude below it.

    Parameters
    ----------
    states : ndarray, shape (states, total + 1)
        Zero outside of `reached`.
    law : ndarray, shape (sizes,)
        Zero outside of `used`.
    reached, used : range
    """
    new = np.zeros_like(states)
    sums = after(reached, used, states.shape[1] - 1)
    if sums:
        # One call for all states, far enough apart for what a convolution adds.
        apart = len(reached) + len(used) - 1
        padded = np.zeros((len(states), apart))
        padded[:, : len(reached)] = states[:, reached.start : reached.stop]
        product = np.convolve(padded.ravel(), law[used.start : used.stop])[: padded.size]
        new[:, sums.start : sums.stop] = product.reshape(padded.shape)[:, : len(sums)]
    return new


def draw_sizes(done: SizePass, draws: int, total: int | None, rng: np.random.Generator) -> IntArray:
    """Draw independent size vectors from a pass, shape (draws, groups)."""
    groups, forward = len(done.likelihood), done.forward
    if total is not None and not forward:
        forward = states_to_draw_from(done.model, done.node, done.likelihood, total)
    sizes = np.zeros((draws, groups), dtype=np.int64)
    left = np.full(draws, 0 if total is None else total)
    for g in range(groups - 1, -1, -1):
        law = law_of_group(done.model, done.node, done.likelihood, g)
        candidates = np.flatnonzero(law)
        weight = np.broadcast_to(law[candidates], (draws, candidates.size)).copy()
        if total is not None:
            before = left[:, None] - candidates
            weight *= np.where(before >= 0, forward[g][np.maximum(before, 0)], 0.0)
        sizes[:, g] = candidates[choose(weight, rng)]
        left = left - sizes[:, g]
    return sizes


def log_density(passes: Sequence[SizePass], log_prior: float, sizes: IntArray) -> FloatArray:
    """Return the log joint probability of a scenario, its figures and each size vector.

    Parameters
    ----------
    passes : sequence of SizePass
        All passes that were run for one scenario.
    log_prior : float
        Log prior of the scenario.
    sizes : ndarray, shape (vectors, groups)

    Returns
    -------
    ndarray, shape (vectors,)
    """
    groups = np.arange(sizes.shape[1])
    mine: dict[int, list[SizePass]] = {}
    for done in passes:
        mine.setdefault(id(done.model), []).append(done)
    with np.errstate(divide="ignore"):
        log_like = np.log(passes[0].likelihood[groups, sizes]).sum(axis=1)
    # The departure rates of one model together.
    terms = [log_law(some[0].model, sizes, [done.node for done in some]) for some in mine.values()]
    return np.asarray(log_prior + log_like + np.logaddexp.reduce(np.stack(terms), axis=0))


def draw_size_vectors(
    passes: Sequence[SizePass], total: int | None, draws: int, rng: np.random.Generator
) -> IntArray:
    """Draw size vectors of one scenario given everything that groups publish.

    Parameters
    ----------
    passes : sequence of SizePass
        All passes of one scenario.
    total : int or None
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (draws, groups)
    """
    log_mass = np.array([done.log_evidence for done in passes])
    times = systematic(np.exp(log_mass - log_mass.max()), draws, rng)
    drawn = [
        draw_sizes(done, count, total, rng)
        for done, count in zip(passes, times.tolist(), strict=True)
        if count
    ]
    return np.concatenate(drawn)


def stratified_shares(passes: Sequence[SizePass], sizes: IntArray) -> FloatArray:
    """Return each particle's share of its scenario's mass before the overall figures are used.

    Size vectors drawn often are strata of their own and keep their exact probability, whatever
    number of times chance drew them; the others share what is left.

    Parameters
    ----------
    passes : sequence of SizePass
        All passes of one scenario.
    sizes : ndarray of int, shape (particles, groups)
        Draws of `draw_size_vectors`.

    Returns
    -------
    ndarray, shape (particles,)
        Sums to 1.
    """
    vectors, inverse, times = np.unique(sizes, axis=0, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)
    own = times >= STRATUM
    log_mass = np.logaddexp.reduce([done.log_evidence for done in passes])
    mass = np.zeros(len(vectors))
    if own.any():
        mass[own] = np.exp(log_density(passes, 0.0, vectors[own]) - log_mass)
    pooled = ~own[inverse]
    rest = max(1.0 - mass.sum(), 0.0) if pooled.any() else 0.0
    share = np.where(pooled, rest / max(int(pooled.sum()), 1), mass[inverse] / times[inverse])
    return share / share.sum()


STRATUM = 5  # particles that a size vector needs to be a stratum of its own
