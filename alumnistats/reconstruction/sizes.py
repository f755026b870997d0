"""The one-dimensional lattice pass over sample sizes: evidence, and exact independent draws.

Given a scenario and a value of the size prior's hyperparameters, the groups are tied only by
``sum n = N``. The forward pass keeps, for the first g groups, the probability of everything they
print together with each partial sum of sizes; its last value at N is the evidence, and walking
back from N draws exact independent size vectors (forward filtering, backward sampling).

A value whose bound (its evidence without the tie) is negligible is skipped, and the mass that may
be lost by that is reported: it is a bound, not an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alumnistats.reconstruction.size_priors import SizeModel

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

NEGLIGIBLE = 1e-3  # bound of the share of the evidence that skipped passes may hold together


# Tilts of the Chernoff bound, in units of one over the mean size.
TILTS = np.linspace(-5.0, 5.0, 15)
LARGEST_EXPONENT = 300.0


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
        Probability of each group's print given its size.
    forward : list of ndarray, each shape (total + 1,)
        ``forward[g]`` after g groups; empty when the total is unknown.
    log_evidence : float
        Log probability of prints, total, hyperparameter and departure rate.
    """

    scenario: int
    model: SizeModel
    node: int
    likelihood: FloatArray
    forward: list[FloatArray]
    log_evidence: float


def log_bounds(
    models: Sequence[SizeModel], likelihood: FloatArray, total: int | None
) -> list[FloatArray]:
    r"""Return upper bounds of each model's log evidence, one array of departure rates a model.

    A coefficient of a polynomial with non-negative coefficients obeys
    :math:`[x^N] F(x) \le F(r) / r^N` for every r > 0 (Chernoff); the smallest over a grid of r is
    within a factor of about the standard deviation of the sum.
    """
    groups, width = likelihood.shape
    n = np.arange(width)
    centre = 0.0 if total is None else total / groups
    tilts = np.zeros(1) if total is None else TILTS / max(centre, 1.0)
    tilts = np.clip(tilts, -LARGEST_EXPONENT / width, LARGEST_EXPONENT / width)
    scale = np.exp(tilts[:, None] * (n - centre))
    departing: dict[int, FloatArray] = {}
    bounds = []
    with np.errstate(divide="ignore"):
        for model in models:
            key = id(model.departing)
            if key not in departing:
                departing[key] = (model.departing * likelihood) @ scale.T
            group = model.nodes[:, None, None] * departing[key]
            if model.quota is not None:
                kept = likelihood[:, model.quota, None] * scale[:, model.quota]
                group = group + (1 - model.nodes[:, None, None]) * kept
            log_value = np.log(group).sum(axis=1).min(axis=1)
            bounds.append(log_value + np.log(model.node_weights) + model.log_weight)
    return bounds


def run_pass(
    scenario: int, model: SizeModel, node: int, likelihood: FloatArray, total: int | None
) -> SizePass:
    """Run the forward pass over the groups; see the module's text."""
    forward: list[FloatArray] = []
    if total is None:
        laws = [law_of_group(model, node, likelihood, g) for g in range(len(likelihood))]
        evidence = float(np.prod([law.sum() for law in laws]))
    else:
        state = np.zeros(total + 1)
        state[0] = 1.0
        forward.append(state)
        for g in range(len(likelihood)):
            state = _convolve(state, law_of_group(model, node, likelihood, g))
            forward.append(state)
        evidence = float(state[total])
    with np.errstate(divide="ignore"):
        log_evidence = float(np.log(evidence * model.node_weights[node]) + model.log_weight)
    return SizePass(scenario, model, node, likelihood, forward, log_evidence)


def law_of_group(model: SizeModel, node: int, likelihood: FloatArray, g: int) -> FloatArray:
    """Return the unnormalised law of one group's size with its print, given the departure rate."""
    law = np.asarray(model.nodes[node] * model.departing[g] * likelihood[g])
    if model.quota is not None:
        law[model.quota] += (1 - model.nodes[node]) * likelihood[g, model.quota]
    return law


def _convolve(state: FloatArray, law: FloatArray) -> FloatArray:
    """Return the state after one more group: a convolution of non-negative numbers, done directly.

    Not by FFT: its rounding error is relative to the largest value, and the mass at the total may
    be many orders of magnitude below it.
    """
    used, reached = np.flatnonzero(law), np.flatnonzero(state)
    new = np.zeros_like(state)
    if used.size and reached.size and used[0] + reached[0] < len(state):
        first = int(used[0] + reached[0])
        product = np.convolve(state[reached[0] : reached[-1] + 1], law[used[0] : used[-1] + 1])[
            : len(state) - first
        ]
        new[first : first + len(product)] = product
    return new


def draw_sizes(done: SizePass, draws: int, total: int | None, rng: np.random.Generator) -> IntArray:
    """Draw independent size vectors from a pass, shape (draws, groups)."""
    groups = len(done.likelihood)
    sizes = np.zeros((draws, groups), dtype=np.int64)
    left = np.full(draws, 0 if total is None else total)
    for g in range(groups - 1, -1, -1):
        law = law_of_group(done.model, done.node, done.likelihood, g)
        candidates = np.flatnonzero(law)
        weight = np.broadcast_to(law[candidates], (draws, candidates.size)).copy()
        if total is not None:
            before = left[:, None] - candidates
            weight *= np.where(before >= 0, done.forward[g][np.maximum(before, 0)], 0.0)
        sizes[:, g] = candidates[choose(weight, rng)]
        left = left - sizes[:, g]
    return sizes


def choose(weight: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw one column index for each row with probability proportional to `weight`."""
    edges = np.cumsum(weight, axis=1)
    point = rng.random(len(weight)) * edges[:, -1]
    # A point can equal the last edge after rounding: never step past the last positive weight.
    last = weight.shape[1] - 1 - np.argmax(weight[:, ::-1] > 0, axis=1)
    return np.minimum((edges <= point[:, None]).sum(axis=1), last)


def log_density(passes: Sequence[SizePass], log_prior: float, sizes: IntArray) -> FloatArray:
    """Return the log joint probability of a scenario, its prints and each size vector.

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
    terms = []
    with np.errstate(divide="ignore"):
        log_like = np.log(passes[0].likelihood[groups, sizes]).sum(axis=1)
        for done in passes:
            model, rate = done.model, done.model.nodes[done.node]
            law = rate * model.departing[groups, sizes]
            if model.quota is not None:
                law = law + (1 - rate) * (sizes == model.quota)
            share = np.log(model.node_weights[done.node]) + model.log_weight
            terms.append(np.log(law).sum(axis=1) + share)
    return np.asarray(log_prior + log_like + np.logaddexp.reduce(np.stack(terms), axis=0))
