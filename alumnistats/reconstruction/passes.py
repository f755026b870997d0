"""Which size passes are worth running: those that hold nearly all of the evidence.

A pass is a cell: a scenario, a quota and a departure rate. There are hundreds of thousands; bounds
order them, values are computed from the top down, and the work ends when the bound of what is left
is negligible. It is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.size_evidence import Evidence, Workspace
from alumnistats.reconstruction.size_laws import SizeModel
from alumnistats.reconstruction.sizes import SizePass, run_pass
from alumnistats.reconstruction.split_laws import FloatArray

# Bound of the share of the evidence that is not computed: less than half a draw, and at most this.
NEGLIGIBLE_DRAWS, NEGLIGIBLE = 0.4, 1.5e-3
SKIPPED = 0.1  # part of that which single departure rates of a quota may be
SPENT = 0.5  # the same, once the bounds of a large problem are lowered
TRACE = 1e-6  # share of the evidence below which a pass is never drawn from
FIRST_ROWS, MOST_ROWS = 8, 128  # scenarios with a quota that are evaluated together

Cell = tuple[int, SizeModel, int]  # scenario, quota and so on, index of a departure rate


def negligible(draws: int) -> float:
    """Return the share of the evidence that may be left out where so many draws stand for it."""
    return min(NEGLIGIBLE_DRAWS / draws, NEGLIGIBLE)


def run_passes(
    problem: Problem,
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    leave: float = NEGLIGIBLE,
) -> tuple[list[SizePass], float]:
    """Return the size passes that hold nearly all of the evidence.

    Parameters
    ----------
    problem : Problem
    models : sequence of SizeModel
    likelihoods : mapping of ndarray
        By scenario.
    leave : float
        Share of the evidence that need not be computed.

    Returns
    -------
    passes : list of SizePass
    left_out : float
        Upper bound of the share of the evidence in passes that are left out.
    """
    if not likelihoods:
        return [], 0.0
    found, unsure, unseen = _evaluate(problem, models, likelihoods, leave)
    sure = float(np.logaddexp.reduce([value for _, value in found])) if found else -np.inf
    more, unrun = _direct(problem, likelihoods, unsure, sure, leave)
    found += more
    unseen = float(np.logaddexp(unseen, unrun))
    if not found:
        return [], 0.0
    value = np.array([v for _, v in found])
    total = float(np.logaddexp.reduce(value))
    kept = value > total + np.log(TRACE)
    passes = [
        SizePass(s, model, node, likelihoods[s], [], v - problem.scenarios[s].log_prior)
        for ((s, model, node), v), good in zip(found, kept, strict=True)
        if good
    ]
    left_out = float(np.exp(unseen - total) + np.exp(value[~kept] - total).sum())
    return passes, left_out


def _evaluate(
    problem: Problem,
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    leave: float,
) -> tuple[list[tuple[Cell, float]], list[tuple[Cell, float]], float]:
    """Return cells with their log evidence, with bounds of it, and the bound of all others."""
    room = Workspace()
    evidence = {s: Evidence(like, problem.total, room) for s, like in likelihoods.items()}
    limits = {s: one.bounds(models) for s, one in evidence.items()}
    rows = [(s, m) for s in likelihoods for m in range(len(models))]
    limit = {(s, m): limits[s][m] for s, m in rows}
    table = _RowBounds.of(problem, models, limit)
    found: list[tuple[Cell, float]] = []
    unsure: list[tuple[Cell, float]] = []
    so_far, size, lowered = -np.inf, FIRST_ROWS, False
    while table.order:
        if table.behind() < so_far + np.log(leave):
            return found, unsure, table.behind()
        if np.isfinite(so_far) and not lowered and any(one.large for one in evidence.values()):
            table.lower(evidence, so_far + np.log(SKIPPED * leave))
            lowered = True
            continue
        block: dict[int, list[int]] = {}
        for s, m in table.take(size):
            block.setdefault(s, []).append(m)
        for s, mine in block.items():
            prior = problem.scenarios[s].log_prior
            some = [models[m] for m in mine]
            # Cells are skipped that are together a part of what may be left out.
            least = table.least(so_far + np.log((SPENT if lowered else SKIPPED) * leave)) - prior
            ceilings = [table.cells[s, m] - prior for m in mine]
            got = evidence[s].of(some, [limit[s, m] for m in mine], least, ceilings)
            for model, (value, rough) in zip(some, got, strict=True):
                found += _cells(s, model, value + prior)
                unsure += _cells(s, model, rough + prior)
                so_far = np.logaddexp(so_far, np.logaddexp.reduce(value) + prior)
        size = min(2 * size, MOST_ROWS)
    return found, unsure, -np.inf


def _cells(scenario: int, model: SizeModel, value: FloatArray) -> list[tuple[Cell, float]]:
    """Return the departure rates with a finite value as cells with their values."""
    kept = np.flatnonzero(np.isfinite(value)).tolist()
    return [((scenario, model, node), float(value[node])) for node in kept]


@dataclass(eq=False)
class _RowBounds:
    """Upper bounds of the log evidence: of every rate of every scenario's model, and of its sum.

    Attributes
    ----------
    problem : Problem
    models : sequence of SizeModel
    limits : mapping of ndarray
        By scenario and model, see `Evidence.bounds`.
    cells : dict of ndarray, shape (nodes,)
        By scenario and model: bounds of its rates.
    order : list of (int, int)
        Scenarios and models that are left, the most probable last.
    """

    problem: Problem
    models: Sequence[SizeModel]
    limits: Mapping[tuple[int, int], FloatArray]
    cells: dict[tuple[int, int], FloatArray]
    order: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        problem: Problem,
        models: Sequence[SizeModel],
        limits: Mapping[tuple[int, int], FloatArray],
    ) -> _RowBounds:
        """Return the table before anything is known but the limits."""
        with np.errstate(divide="ignore"):
            share = {m: np.log(model.node_weights) for m, model in enumerate(models)}
        flat = np.concatenate(list(limits.values())).min(axis=1)
        flat += np.concatenate([share[m] for _, m in limits])
        ends = np.cumsum([len(share[m]) for _, m in limits])
        own = [models[m].log_weight + problem.scenarios[s].log_prior for s, m in limits]
        flat += np.repeat(own, np.diff(ends, prepend=0))
        cells = dict(zip(limits, np.split(flat, ends[:-1]), strict=True))
        out = cls(problem, models, limits, cells)
        out._sort(list(cells))
        return out

    def _sort(self, rows: Sequence[tuple[int, int]]) -> None:
        """Put rows into order, and add up what is behind each and what the smallest cells are."""
        if not rows:
            return
        flat = np.concatenate([self.cells[row] for row in rows])
        first = np.cumsum([0, *(len(self.cells[row]) for row in rows[:-1])])
        bound = np.logaddexp.reduceat(flat, first)
        rising = [i for i in np.argsort(bound, kind="stable").tolist() if np.isfinite(bound[i])]
        self.order = [rows[i] for i in rising]
        self._behind = np.logaddexp.accumulate(bound[rising])
        self._smallest = np.sort(flat)
        self._together = np.logaddexp.accumulate(self._smallest)

    def behind(self) -> float:
        """Return the bound of all rows that are left."""
        return float(self._behind[len(self.order) - 1])

    def take(self, size: int) -> list[tuple[int, int]]:
        """Return the most probable rows, and take them out."""
        taken = self.order[: -size - 1 : -1]
        del self.order[-size:]
        return taken

    def least(self, log_budget: float) -> float:
        """Return the bound up to which all cells together are within a budget."""
        count = int(np.searchsorted(self._together, log_budget))
        return float(self._smallest[count - 1]) if count else -np.inf

    def lower(self, evidence: Mapping[int, Evidence], log_budget: float) -> None:
        """Lower the bounds of all rows that matter, and put them into order anew."""
        matter = self.order[int(np.searchsorted(self._behind[: len(self.order)], log_budget)) :]
        least = self.least(log_budget)
        for s in dict.fromkeys(s for s, _ in matter):
            mine, prior = [m for t, m in matter if t == s], self.problem.scenarios[s].log_prior
            limits = [self.limits[s, m] for m in mine]
            some = [self.models[m] for m in mine]
            got = evidence[s].ceilings(some, limits, least - prior)
            self.cells.update({(s, m): one + prior for m, one in zip(mine, got, strict=True)})
        self._sort(self.order)


def _direct(
    problem: Problem,
    likelihoods: Mapping[int, FloatArray],
    unsure: Sequence[tuple[Cell, float]],
    so_far: float,
    leave: float,
) -> tuple[list[tuple[Cell, float]], float]:
    """Run the direct pass for cells with a bound only, until the rest is negligible.

    Returns the cells with their log evidence, and the bound of those not run.
    """
    ordered = sorted(unsure, key=lambda item: -item[1])
    bound = np.array([value for _, value in ordered])
    behind = np.logaddexp.accumulate(bound[::-1])[::-1]
    found: list[tuple[Cell, float]] = []
    for i, ((s, model, node), _) in enumerate(ordered):
        if behind[i] < so_far + np.log(leave):
            return found, float(behind[i])
        done = run_pass(s, model, node, likelihoods[s], problem.total)
        value = done.log_evidence + problem.scenarios[s].log_prior
        if np.isfinite(value):
            found.append(((s, model, node), value))
            so_far = float(np.logaddexp(so_far, value))
    return found, -np.inf
