r"""Sizes of a survey with strata: laws of the strata's sums, and combinations of hyperparameters.

Given a scenario, a stratum's sum of sizes has the generating function
:math:`F_s(x) = \sum_i w_i f_{si}(x)`, with :math:`i` its quota and departure rate; the evidence is
the coefficient of :math:`x^N` in :math:`\prod_s F_s`, exactly. Drawing goes backward: how the total
divides into strata's sums, then each stratum's quota and rate given its sum. A stratum whose sum is
published is tied to the others by nothing.

All combinations of the strata's quotas and departure rates are too many to be enumerated. Given one
of them the groups are independent but for the totals, so it is a `SizeModel` and a pass like any
other; its weight is the number of times that it was drawn, as a share of the exact evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from alumnistats.arrays import FloatArray, IntArray, choose, distinct_rows
from alumnistats.reconstruction.size_draws import SizePass, scaled_states
from alumnistats.reconstruction.size_laws import SizeModel, StratumGroups, tilts
from alumnistats.reconstruction.size_mixture import Circle, Workspace

LawsOf = Literal["transform", "direct"]  # how the law of a stratum's sum is computed
# Share of a stratum's mass, tilted towards the total, whose rows are left out.
DROPPED: dict[LawsOf, float] = {"transform": 1e-10, "direct": 1e-16}
NEGLIGIBLE = 1e-3  # bound of the share of the evidence left out, from which laws are direct
NOISE = 1e-13  # of a row's largest coefficient: below, an FFT's rounding errors


@dataclass(frozen=True, eq=False)
class Rows:
    """Every quota and departure rate of one stratum that matters, with the law of the sum.

    Attributes
    ----------
    models : list of SizeModel
        One a row.
    nodes : ndarray of int, shape (rows,)
    log_mass : ndarray, shape (rows,)
        Log of the tilted law's mass, without the prior.
    log_prior : ndarray, shape (rows,)
    law : ndarray, shape (rows, sums)
        Of the sum of sizes, tilted; each row sums to 1, but for sums beyond the total.
    """

    models: list[SizeModel]
    nodes: IntArray
    log_mass: FloatArray
    log_prior: FloatArray
    law: FloatArray

    @property
    def peak(self) -> float:
        """Largest log weight of a row."""
        return float((self.log_mass + self.log_prior).max())

    @property
    def weight(self) -> FloatArray:
        """Weights of the rows, the largest 1."""
        return np.asarray(np.exp(self.log_mass + self.log_prior - self.peak))


def _kinds_and_masses(
    models: Sequence[SizeModel], likelihood: FloatArray, scales: FloatArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the kinds of groups, and log masses of all rows, (models, nodes, tilts).

    The models share all but their quota and, of some priors, the law of sizes off the quota.
    """
    laws = {id(model.off_quota): model.off_quota for model in models}.values()
    apart = [law for law in laws if not (law == law[0]).all()]
    first, _, times = distinct_rows(np.hstack([likelihood, *apart]))
    out = np.empty((len(models), len(models[0].nodes), len(scales)))
    gone: dict[int, FloatArray] = {}
    for i, model in enumerate(models):
        key = id(model.off_quota)
        if key not in gone:
            gone[key] = (model.off_quota * likelihood)[first] @ scales.T
        rate = model.nodes[:, None, None]
        value = rate * gone[key]
        if model.quota is not None:
            stay = likelihood[first, model.quota][:, None] * scales[:, model.quota]
            value = value + (1 - rate) * stay
        with np.errstate(divide="ignore"):
            out[i] = (np.log(value) * times[:, None]).sum(axis=1)
    return first, times, out


def _log_prior(models: Sequence[SizeModel]) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.stack([np.log(model.node_weights) + model.log_weight for model in models])


def _rows_of(
    models: Sequence[SizeModel],
    likelihood: FloatArray,
    scale: FloatArray,
    longest: int,
    laws_of: LawsOf,
) -> Rows | None:
    """Return the rows of one stratum under one tilt, with sums up to `longest`; None if none."""
    first, times, mass = _kinds_and_masses(models, likelihood, scale[None])
    prior = _log_prior(models)
    weight = mass[..., 0] + prior
    if not np.isfinite(weight).any():
        return None
    share = np.exp(weight - weight.max())
    order = np.argsort(share, axis=None)
    dropped = np.cumsum(share.ravel()[order]) <= DROPPED[laws_of] * share.sum()
    which, node = np.unravel_index(np.sort(order[~dropped]), share.shape)
    rows = Rows(
        [models[i] for i in which], node, mass[which, node, 0], prior[which, node], np.empty((0, 0))
    )
    if laws_of == "direct":
        law = _direct_laws(rows, likelihood * scale, longest)
    else:
        circle = Circle(likelihood, scale, 0, Workspace())  # as long as the largest sum
        law = _laws_by_transform(rows, circle, (first, times))[:, : longest + 1]
    return replace(rows, law=law)


def _laws_by_transform(rows: Rows, circle: Circle, kinds: tuple[IntArray, IntArray]) -> FloatArray:
    """Return the laws of the sum, by FFT; what is below `NOISE` of the largest value is 0."""
    law = np.empty((len(rows.nodes), circle.length))
    starts = [0, *(i for i, pair in enumerate(pairwise(rows.models), 1) if pair[0] is not pair[1])]
    for start, end in pairwise([*starts, len(rows.models)]):
        product, _ = circle.products([rows.models[start]], rows.nodes[start:end], kinds)
        found = irfft(product[0], circle.length, axis=1)
        law[start:end] = np.where(found > NOISE * found.max(axis=1, keepdims=True), found, 0.0)
    return law


def _direct_laws(rows: Rows, scaled: FloatArray, longest: int) -> FloatArray:
    """Return the laws of the sum by direct convolutions: slow, and right to the last value."""
    law = np.empty((len(rows.nodes), longest + 1))
    for i, (model, node) in enumerate(zip(rows.models, rows.nodes.tolist(), strict=True)):
        states, power = scaled_states(model, node, scaled, longest)
        law[i] = states[-1] * np.exp(power * np.log(2) - rows.log_mass[i])
    return law


@dataclass(frozen=True, eq=False)
class Part:
    """One scenario under one part of the prior: the strata's rows, and the exact evidence.

    Attributes
    ----------
    rows : list of Rows
        By stratum.
    sums : list of (int or None)
        Of the sizes of each stratum, where known.
    total : int or None
        Of the strata whose sums are not known.
    log_evidence : float
        Log probability of the figures and all totals, the prior of the part included.
    log_left_out : float
        Bound of what that lacks.
    """

    rows: list[Rows]
    sums: list[int | None]
    total: int | None
    log_evidence: float
    log_left_out: float

    @property
    def left_out(self) -> float:
        """Bound of what is left out, as a share of the evidence."""
        return float(np.exp(min(self.log_left_out - self.log_evidence, 0.0)))

    @property
    def open_ones(self) -> list[int]:
        """Strata that share what is left of the total."""
        return [s for s, known in enumerate(self.sums) if known is None]

    def draw(self, draws: int, rng: np.random.Generator) -> IntArray:
        """Draw one row of each stratum, shape (draws, strata), from the posterior."""
        out = np.empty((draws, len(self.rows)), dtype=np.int64)
        if self.total is None and not any(self.sums):
            for s, rows in enumerate(self.rows):
                out[:, s] = choose(np.broadcast_to(rows.weight, (draws, len(rows.nodes))), rng)
            return out
        sums = self._draw_sums(draws, rng)
        for s, rows in enumerate(self.rows):
            for value in np.unique(sums[:, s]):
                mine = np.flatnonzero(sums[:, s] == value)
                weight = rows.weight * rows.law[:, value]
                out[mine, s] = choose(np.broadcast_to(weight, (len(mine), len(weight))), rng)
        return out

    def _draw_sums(self, draws: int, rng: np.random.Generator) -> IntArray:
        sums = np.empty((draws, len(self.rows)), dtype=np.int64)
        for s, known in enumerate(self.sums):
            if known is not None:
                sums[:, s] = known
        if self.total is None:
            return sums
        laws = [rows.weight @ rows.law for rows in (self.rows[s] for s in self.open_ones)]
        before = _partial_sums(laws, self.total)
        left = np.full(draws, self.total)
        for s, law, reached in zip(self.open_ones[::-1], laws[::-1], before[-2::-1], strict=True):
            size = np.flatnonzero(law)
            rest = left[:, None] - size
            weight = np.where(rest >= 0, law[size] * reached[np.maximum(rest, 0)], 0.0)
            sums[:, s] = size[choose(weight, rng)]
            left = left - sums[:, s]
        return sums

    def log_mass_of(self, chosen: IntArray) -> FloatArray:
        """Return the log probability of figures and totals given rows, shape (combinations,)."""
        out = np.zeros(len(chosen))
        for s, rows in enumerate(self.rows):
            out += rows.log_mass[chosen[:, s]]
        with np.errstate(divide="ignore"):
            for s, known in enumerate(self.sums):
                if known is not None:
                    out += np.log(self.rows[s].law[chosen[:, s], known])
            if self.total is not None:
                *others, last = [self.rows[s].law[chosen[:, s]] for s in self.open_ones]
                so_far = np.zeros((len(chosen), self.total + 1))
                so_far[:, 0] = 1.0
                for law in others:
                    so_far = _convolved(so_far, law, self.total)
                width = min(last.shape[1], self.total + 1)
                end = so_far[:, self.total + 1 - width :][:, ::-1]
                out += np.log((end * last[:, :width]).sum(axis=1))
        return out


def _convolved(first: FloatArray, second: FloatArray, total: int) -> FloatArray:
    """Return the convolutions of rows, up to the total."""
    if not first[:, 1:].any():
        out = np.zeros((len(first), total + 1))
        width = min(second.shape[1], total + 1)
        out[:, :width] = second[:, :width]
        return out
    length = next_fast_len(first.shape[1] + second.shape[1], real=True)
    product = rfft(first, length, axis=1) * rfft(second, length, axis=1)
    found = irfft(product, length, axis=1)[:, : total + 1]
    return np.where(found > NOISE * found.max(axis=1, keepdims=True), found, 0.0)


def _partial_sums(laws: Sequence[FloatArray], total: int) -> list[FloatArray]:
    """Return the laws of the sums of the first 0, 1, ... strata, directly convolved."""
    out = [np.zeros(total + 1)]
    out[0][0] = 1.0
    for law in laws:
        out.append(np.convolve(out[-1], law)[: total + 1])
    return out


def part_of(
    models: Sequence[Sequence[SizeModel]],
    likelihood: FloatArray,
    strata: Sequence[StratumGroups],
    total: int | None,
    laws_of: LawsOf = "transform",
) -> Part | None:
    """Return one part of the prior for one likelihood, or None if no sizes are possible.

    Parameters
    ----------
    models : sequence of sequence of SizeModel
        Of every stratum.
    likelihood : ndarray, shape (groups, largest + 1)
        In the order of the survey.
    strata : sequence of StratumGroups
    total : int or None
    laws_of : {"transform", "direct"}
        How laws of sums are computed. An evidence of 0 by transforms may be one that they cannot
        tell from their rounding errors: `log_left_out` bounds it.
    """
    sums = [stratum.total for stratum in strata]
    mine = [s for s, known in enumerate(sums) if known is None]
    left = None if total is None or not mine else total - sum(known or 0 for known in sums)
    scales = _scales(models, likelihood, strata, mine, left)
    rows = []
    for some, stratum, scale in zip(models, strata, scales, strict=True):
        longest = stratum.total if stratum.total is not None else (left or 0)
        got = _rows_of(some, likelihood[stratum.members], scale, longest, laws_of)
        if got is None:
            return None
        rows.append(got)
    log_evidence = float(sum(one.peak for one in rows))
    with np.errstate(divide="ignore"):
        for one, known in zip(rows, sums, strict=True):
            if known is not None:
                inside = known < one.law.shape[1]
                log_evidence += float(np.log(one.weight @ one.law[:, known] if inside else 0.0))
        if left is not None:
            laws = [rows[s].weight @ rows[s].law for s in mine]
            log_evidence += float(np.log(_partial_sums(laws, left)[-1][left]))
        elif mine:
            log_evidence += float(sum(np.log(rows[s].weight.sum()) for s in mine))
    whole = sum(one.peak + float(np.log(one.weight.sum())) for one in rows)
    lost = len(rows) * (DROPPED[laws_of] + (NOISE if laws_of == "transform" else 0.0))
    return Part(rows, sums, left, float(log_evidence), whole + float(np.log(lost)))


def _scales(
    models: Sequence[Sequence[SizeModel]],
    likelihood: FloatArray,
    strata: Sequence[StratumGroups],
    mine: Sequence[int],
    left: int | None,
) -> list[FloatArray]:
    """Return the tilt of every stratum: that of Chernoff's bound, at its sum or at what is left.

    Strata that share what is left have one tilt, and at that sum all weights cancel.
    """
    width = likelihood.shape[1]

    def masses(s: int, scales: FloatArray) -> FloatArray:
        _, _, mass = _kinds_and_masses(models[s], likelihood[strata[s].members], scales)
        every = mass + _log_prior(models[s])[..., None]
        return np.asarray(np.logaddexp.reduce(every.reshape(-1, len(scales)), axis=0))

    chosen = []
    for s, stratum in enumerate(strata):
        own = tilts((len(stratum.members), width), stratum.total)
        chosen.append(own[int(masses(s, own).argmin())])
    if left is not None:
        together = tilts((sum(len(strata[s].members) for s in mine), width), left)
        best = int(np.sum([masses(s, together) for s in mine], axis=0).argmin())
        for s in mine:
            chosen[s] = together[best]
    return chosen


def by_part(models: Sequence[SizeModel], strata: int) -> dict[str, list[list[SizeModel]]]:
    """Return the models of each part of the prior, by stratum."""
    parts = list(dict.fromkeys(model.part for model in models))
    return {
        part: [[m for m in models if m.part == part and m.stratum == s] for s in range(strata)]
        for part in parts
    }


def log_probability_of_totals(
    models: Sequence[SizeModel], strata: Sequence[StratumGroups], total: int | None
) -> float:
    """Return the log probability that a prior gives to all published totals."""
    groups = sum(len(stratum.members) for stratum in strata)
    nothing = np.ones((groups, models[0].off_quota.shape[1]))
    parts = by_part(models, len(strata)).values()
    found = [_sure_part(some, nothing, strata, total) for some in parts]
    return float(
        np.logaddexp.reduce([-np.inf if one is None else one.log_evidence for one in found])
    )


def _sure_part(
    models: Sequence[Sequence[SizeModel]],
    likelihood: FloatArray,
    strata: Sequence[StratumGroups],
    total: int | None,
) -> Part | None:
    """Return a part by transforms if that is enough, else by direct convolutions."""
    part = part_of(models, likelihood, strata, total)
    if part is None or part.left_out < NEGLIGIBLE:
        return part
    return part_of(models, likelihood, strata, total, "direct")


COMBINATIONS = 2  # for each solution that is asked for
FEWEST = 40  # combinations of a scenario that matters
MATTERS = 1e-3  # share of the evidence from which it does
TRACE = 1e-6  # share of the evidence below which no combination is drawn
HELD = 3e7  # numbers in the laws of all combinations


def draw_passes(
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    log_prior: FloatArray,
    strata: Sequence[StratumGroups],
    total: int | None,
    draws: int,
    rng: np.random.Generator,
) -> tuple[list[SizePass], float]:
    """Return passes of combinations of hyperparameters, drawn from their posterior.

    Parameters
    ----------
    models : sequence of SizeModel
    likelihoods : mapping of ndarray
        By scenario, with the groups in the order of the strata.
    log_prior : ndarray, shape (scenarios,)
    strata : sequence of StratumGroups
        Those with a known sum first.
    total : int or None
    draws : int
        Solutions that are asked for.
    rng : numpy.random.Generator

    Returns
    -------
    passes : list of SizePass
    left_out : float
        Bound of the share of the evidence whose hyperparameters were not drawn from.
    """
    by = by_part(models, len(strata))
    drawn: list[_Drawn] = []
    doubtful: list[tuple[float, int, str]] = []
    best = -np.inf

    def draw_from(part: Part, s: int, name: str) -> float:
        log_mass = part.log_evidence + float(log_prior[s])
        if np.isfinite(log_mass) and log_mass > best + np.log(TRACE):
            drawn.append(_Drawn.of(s, name, part, log_mass, COMBINATIONS * draws, rng))
        return max(best, log_mass)

    for s, likelihood in likelihoods.items():
        for name, some in by.items():
            part = part_of(some, likelihood, strata, total)
            if part is None:
                continue
            if part.left_out < NEGLIGIBLE:
                best = draw_from(part, s, name)
            else:
                doubtful.append((part.log_left_out + float(log_prior[s]), s, name))
    for bound, s, name in sorted(doubtful, reverse=True):
        if bound > best + np.log(NEGLIGIBLE):
            part = part_of(by[name], likelihoods[s], strata, total, "direct")
            best = best if part is None else draw_from(part, s, name)
    if not drawn:
        return [], 0.0
    share = np.array([one.log_mass for one in drawn])
    share = np.exp(share - np.logaddexp.reduce(share))
    most = HELD // next(iter(likelihoods.values())).size
    least = np.where(share > MATTERS, FEWEST, 1)
    often = np.clip(COMBINATIONS * draws * share, least, min(most, COMBINATIONS * draws))
    passes = [
        done
        for one, number in zip(drawn, often.astype(int).tolist(), strict=True)
        for done in one.passes(strata, likelihoods[one.scenario], number)
    ]
    return passes, float(share @ [one.left_out for one in drawn])


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Independent combinations of one scenario and part: what is left of it in memory.

    Attributes
    ----------
    scenario : int
    name : str
        Of the part.
    rows : list of Rows
        Without their laws.
    chosen : ndarray of int, shape (combinations, strata)
        Rows of each stratum.
    log_given : ndarray, shape (combinations,)
        Log probability of figures and totals given each combination.
    log_evidence, log_mass : float
        Without and with the scenario's prior.
    left_out : float
        As of the part.
    """

    scenario: int
    name: str
    rows: list[Rows]
    chosen: IntArray
    log_given: FloatArray
    log_evidence: float
    log_mass: float
    left_out: float

    @classmethod
    def of(
        cls, s: int, name: str, part: Part, log_mass: float, number: int, rng: np.random.Generator
    ) -> _Drawn:
        chosen = part.draw(number, rng)
        rows = [replace(one, law=np.empty((0, 0))) for one in part.rows]
        given = part.log_mass_of(chosen)
        return cls(s, name, rows, chosen, given, part.log_evidence, log_mass, part.left_out)

    def passes(
        self, strata: Sequence[StratumGroups], likelihood: FloatArray, number: int
    ) -> list[SizePass]:
        """Return a pass for each of the first combinations that differ."""
        some, first, count = np.unique(
            self.chosen[:number], axis=0, return_index=True, return_counts=True
        )
        log_share = np.log(count / number) + self.log_evidence
        weight = log_share - self.log_given[first]
        one, sums = np.ones(1), _fixed(strata)
        found = []
        for row, own, value in zip(some.tolist(), weight.tolist(), log_share.tolist(), strict=True):
            law = self._law_of(row, strata, likelihood.shape)
            model = SizeModel(own, None, law, one, one, self.name, 0, sums)
            found.append(SizePass(self.scenario, model, 0, likelihood, [], value))
        return found

    def _law_of(
        self, chosen: Sequence[int], strata: Sequence[StratumGroups], shape: tuple[int, ...]
    ) -> FloatArray:
        """Return the law of all groups' sizes given one row of each stratum."""
        law = np.zeros(shape)
        for stratum, rows, row in zip(strata, self.rows, chosen, strict=True):
            model, rate = rows.models[row], rows.models[row].nodes[rows.nodes[row]]
            law[stratum.members] = rate * model.off_quota
            if model.quota is not None:
                law[stratum.members, model.quota] += 1 - rate
        return law


def _fixed(strata: Sequence[StratumGroups]) -> dict[int, int]:
    """Return partial sums that are known, by the number of groups; known strata come first."""
    fixed: dict[int, int] = {}
    groups = reached = 0
    for stratum in strata:
        if stratum.total is None:
            break
        groups, reached = groups + len(stratum.members), reached + stratum.total
        fixed[groups] = reached
    return fixed
