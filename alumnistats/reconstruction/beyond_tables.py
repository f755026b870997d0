r"""What lies beyond the largest size in the tables: a bound of its share of the evidence.

Tables of counts grow with the square of the sizes they hold, so they begin with the usual sizes and
grow where larger ones matter. Let :math:`F_g(x) = \sum_n w_g(n) x^n` be the weights of a group's
sizes, up to some size beyond the tables, with what the group publishes of questions asked of all.
A solution with a size beyond the tables in group g adds to the evidence, for every r > 0, at most

.. math:: \max_{n > L} w_g(n) r^n \prod_{h \ne g} F_h(r) / r^N,

since no coefficient of a product exceeds the largest of one factor times the other at r, for
non-negative weights. Sizes further out are less probable still, and are looked at when tables grow;
without a total they need not be, and their mass is moved to the sizes that are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from alumnistats.arrays import FloatArray
from alumnistats.reconstruction.banded_tables import BandedTables
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.problem import Problem, by_strata
from alumnistats.reconstruction.question_tree import base_of
from alumnistats.reconstruction.size_draws import SizePass
from alumnistats.reconstruction.size_laws import SizeModel, StratumGroups, tilts
from alumnistats.reconstruction.size_strata import by_part

TOLERATED = 0.05  # bound of the share beyond, a generous one, up to which tables do not grow


def share_beyond(
    problem: Problem, passes: Sequence[SizePass], models: Sequence[SizeModel]
) -> float:
    """Return a bound of the evidence beyond the tables, as a share of that within.

    Parameters
    ----------
    problem : Problem
        With the largest size in the tables.
    passes : sequence of SizePass
        What was found within them.
    models : sequence of SizeModel
        The prior in wider tables.

    Returns
    -------
    float
        Of the scenario that is the most probable within; infinite where nothing is.
    """
    if not passes:
        return float("inf")
    if len(problem.strata) > 1:
        problem, _ = by_strata(problem)  # as the passes are
    log_mass: dict[int, float] = {}
    for done in passes:
        so_far = log_mass.get(done.scenario, -np.inf)
        log_mass[done.scenario] = float(np.logaddexp(so_far, done.log_evidence))
    prior = problem.log_prior
    best = max(log_mass, key=lambda s: log_mass[s] + prior[s])
    width = models[0].off_quota.shape[1]
    within = next(done.likelihood for done in passes if done.scenario == best)
    wide = _wide_likelihood(problem, problem.scenarios[best], width - 1, within)
    if len(problem.strata) > 1:
        bound = log_evidence_of_strata(models, wide, problem.largest, problem.strata, problem.total)
    else:
        bound = log_evidence_beyond(models, wide, problem.largest, problem.total)
    return float(np.exp(min(bound - log_mass[best], 700.0)))


def _wide_likelihood(
    problem: Problem, scenario: Scenario, largest: int, within: FloatArray
) -> FloatArray:
    """Return the probability of each group's figures, bounded beyond the tables.

    Beyond, by the figures of questions asked of all respondents, as if none were a misprint; all
    others together are no more probable there than they are at the size within that suits them
    best. Shape (groups, largest + 1).
    """
    like = np.ones((len(problem.groups), largest + 1))
    scenario = replace(scenario, adding_up="rounded")
    for tree in problem.trees.values() if problem.figures.tell_sizes else ():
        if base_of(tree, scenario).tree is not None:
            continue
        tables = BandedTables(tree, scenario, largest)
        for g, group in enumerate(problem.groups):
            like[g] *= tables.root(group)
    for g, group in enumerate(problem.groups):
        if group in problem.published_sizes:
            like[g, np.arange(largest + 1) != problem.published_sizes[group]] = 0.0
    inside = like[:, : within.shape[1]]
    ratio = np.divide(within, inside, out=np.zeros_like(within), where=inside > 0)
    like *= ratio.max(axis=1, keepdims=True)
    like[:, : within.shape[1]] = within
    return like


def log_evidence_beyond(
    models: Sequence[SizeModel], likelihood: FloatArray, largest: int, total: int | None
) -> float:
    """Return the log of that bound, over all values of a prior's hyperparameters.

    Parameters
    ----------
    models : sequence of SizeModel
    likelihood : ndarray, shape (groups, width)
    largest : int
        Sizes beyond it are those in question; less than width - 1.
    total : int or None
    """
    scale = tilts(likelihood.shape, total)
    found = [
        np.where(np.isnan(far), -np.inf, far).min(axis=1)
        for _, far in _by_model(models, likelihood, scale, largest, total)
    ]
    return float(np.logaddexp.reduce(np.concatenate(found)))


def log_evidence_of_strata(
    models: Sequence[SizeModel],
    likelihood: FloatArray,
    largest: int,
    strata: Sequence[StratumGroups],
    total: int | None,
) -> float:
    """Return the log of that bound where strata have hyperparameters of their own.

    Strata with a known total each have their own r, all others one together.

    Parameters
    ----------
    models, largest, total
        As of `log_evidence_beyond`.
    likelihood : ndarray, shape (groups, width)
        Groups in the order of the strata.
    strata : sequence of StratumGroups
    """
    known = [s for s, stratum in enumerate(strata) if stratum.total is not None]
    loose = [s for s in range(len(strata)) if s not in known]
    left = None if total is None else total - sum(strata[s].total or 0 for s in known)
    sets = [([s], strata[s].total) for s in known] + ([(loose, left)] if loose else [])
    found = []
    for some in by_part(models, len(strata)).values():
        ends = [
            _of_set([(some[s], likelihood[strata[s].members]) for s in one], largest, own)
            for one, own in sets
        ]
        for i, (_, far) in enumerate(ends):
            found.append(far + sum(whole for j, (whole, _) in enumerate(ends) if j != i))
    return float(np.logaddexp.reduce(found))


def _of_set(
    parts: Sequence[tuple[Sequence[SizeModel], FloatArray]], largest: int, total: int | None
) -> tuple[float, float]:
    """Return the log bounds of all of the evidence of some strata, and of that beyond."""
    groups = sum(len(likelihood) for _, likelihood in parts)
    scale = tilts((groups, parts[0][1].shape[1]), total)
    whole: list[FloatArray] = []
    far: list[FloatArray] = []
    for models, likelihood in parts:
        each = list(_by_model(models, likelihood, scale, largest, total))
        for found, of in ((whole, 0), (far, 1)):
            rows = np.concatenate([one[of] for one in each])
            found.append(np.logaddexp.reduce(np.where(np.isnan(rows), -np.inf, rows), axis=0))
    together = np.sum(whole, axis=0)
    beyond = [
        own + np.sum([other for j, other in enumerate(whole) if j != i], axis=0)
        for i, own in enumerate(far)
    ]
    return float(together.min()), float(np.logaddexp.reduce(beyond, axis=0).min())


def _by_model(
    models: Sequence[SizeModel],
    likelihood: FloatArray,
    scale: FloatArray,
    largest: int,
    total: int | None,
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield the log bounds of each model's evidence and of that beyond, both (nodes, tilts)."""
    known: dict[int, tuple[FloatArray, FloatArray]] = {}
    for model in models:
        key = id(model.off_quota)
        if key not in known:
            weight = model.off_quota * likelihood
            far = weight[:, None, largest + 1 :] * scale[:, largest + 1 :]
            known = {key: (weight @ scale.T, far.sum(2) if total is None else far.max(2))}
        whole, far = known[key]
        rate = model.nodes[:, None, None]
        each = rate * whole
        there = rate * far
        if model.quota is not None:
            at_quota = (1 - rate) * likelihood[:, model.quota, None] * scale[:, model.quota]
            each, there = each + at_quota, there + (model.quota > largest) * at_quota
        with np.errstate(divide="ignore", invalid="ignore"):
            # A group without any size leaves no solution: 0, whatever the others say.
            share_far = np.where(each > 0, there / each, 0.0).sum(axis=1)
            share = (np.log(model.node_weights) + model.log_weight)[:, None]
            every = np.log(each).sum(axis=1) + share
            yield every, every + np.log(share_far)
