"""One pass over (rho, both measures' nodes, the solutions): everything the posterior is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from alumnistats.arrays import FloatArray, IntArray, thinned
from alumnistats.posterior.multi_question_tables import Table


@dataclass(frozen=True, eq=False)
class Sums:
    """What one pass over (rho, nodes, solutions) leaves; all masses are relative to `log_total`.

    Attributes
    ----------
    log_total : float
    rho : ndarray, shape (rho,)
        Posterior probabilities of the nodes of rho.
    solution : ndarray, shape (solutions,)
    node : tuple of ndarray, shape (nodes,) each
        Posterior probabilities of the nodes of either measure.
    block : tuple of ndarray of int, shape (solutions, groups) each
        Row of `density` of each group's cell.
    group, cell : tuple of ndarray of int, shape (blocks,) each
    density : tuple of ndarray, shape (blocks, nodes, terms) each
        Of the cell's likelihood times `series` of these coefficients is the posterior density.
    picked : ndarray of int, shape (components, 4)
        A systematic sample: indices of rho, solution, and either measure's node.
    """

    log_total: float
    rho: FloatArray
    solution: FloatArray
    node: tuple[FloatArray, FloatArray]
    group: tuple[IntArray, IntArray]
    cell: tuple[IntArray, IntArray]
    density: tuple[FloatArray, FloatArray]
    picked: IntArray


@dataclass(frozen=True, eq=False)
class Cells:
    """Distinct pairs of cells of one group, and each solution's."""

    row: IntArray  # shape (solutions,)
    first: IntArray  # cell of either measure, shape (pairs,)
    second: IntArray
    block_first: IntArray  # row among the blocks of either measure, shape (pairs,)
    block_second: IntArray
    gather: csr_array  # shape (pairs, solutions)


class Blocks:
    """Rows (group, cell) of one measure's densities."""

    def __init__(self) -> None:
        self.group: list[int] = []
        self.cell: list[int] = []

    def add(self, group: int, cells: IntArray) -> IntArray:
        """Return the rows of `cells` in `group`, new ones after those that exist."""
        distinct, row = np.unique(cells, return_inverse=True)
        first = len(self.cell)
        self.group += [group] * len(distinct)
        self.cell += distinct.tolist()
        return first + row.reshape(-1)


def pair_cells(tables: tuple[Table, Table]) -> tuple[list[Cells], tuple[Blocks, Blocks]]:
    """Return the distinct pairs of cells of every group, and both measures' blocks."""
    base = len(tables[1].n)
    blocks, out = (Blocks(), Blocks()), []
    solutions, groups = tables[0].index.shape
    for g in range(groups):
        pairs, row = np.unique(
            tables[0].index[:, g] * base + tables[1].index[:, g], return_inverse=True
        )
        row = row.reshape(-1)
        one, two = np.divmod(pairs, base)
        ones = (np.ones(solutions), (row, np.arange(solutions)))
        gather = csr_array(ones, shape=(len(pairs), solutions))
        out.append(Cells(row, one, two, blocks[0].add(g, one), blocks[1].add(g, two), gather))
    return out, blocks


class Running:
    """Sums over the values of rho so far."""

    def __init__(self, tables: tuple[Table, Table], log_solution: FloatArray) -> None:
        self.tables = tables
        self.cells, self.blocks = pair_cells(tables)
        one, two = tables
        log_node = (one.nodes.log_weight[:, None] + two.nodes.log_weight).ravel()
        self.log_scale = float(log_solution.max() + log_node.max())
        self.start = np.exp(log_solution[:, None] - log_solution.max())
        self.start = self.start * np.exp(log_node - log_node.max())
        self.shape = (len(one.nodes.mu), len(two.nodes.mu))
        self.by_solution = np.zeros(len(log_solution))
        self.by_pair = np.zeros(self.shape)
        self.density = tuple(
            np.zeros((len(b.cell), *t.coefficients.shape[1:]))
            for b, t in zip(self.blocks, tables, strict=True)
        )

    def add(self, rho: float, weight: float, terms: int) -> FloatArray:
        """Add one rho; return its joint masses, shape (solutions, pairs of nodes)."""
        power = np.asarray(rho ** np.arange(terms), dtype=float)
        evidence = [self._evidence(c, power) for c in self.cells]
        joint = weight * self.start
        for c, z in zip(self.cells, evidence, strict=True):
            joint *= z[c.row]
        self.by_solution += joint.sum(axis=1)
        self.by_pair += joint.sum(axis=0).reshape(self.shape)
        for c, z in zip(self.cells, evidence, strict=True):
            self._add_densities(c, c.gather @ joint, z, power)
        return np.asarray(joint)

    def _evidence(self, cells: Cells, power: FloatArray) -> FloatArray:
        """Return the evidence of a group's pairs at every pair of nodes, shape (pairs, nodes)."""
        one, two = (t.coefficients[..., : len(power)] for t in self.tables)
        right = np.ascontiguousarray(two[cells.second].transpose(0, 2, 1))
        z = (one[cells.first] * power) @ right
        return np.asarray(np.maximum(z, 0.0).reshape(len(z), -1))

    def _add_densities(
        self, cells: Cells, joint: FloatArray, evidence: FloatArray, power: FloatArray
    ) -> None:
        one, two = (t.coefficients[..., : len(power)] for t in self.tables)
        ratio = np.divide(joint, evidence, out=np.zeros_like(joint), where=evidence > 0)
        ratio = ratio.reshape(-1, *self.shape)
        first, second = (d[..., : len(power)] for d in self.density)
        _add(first, cells.block_first, ratio @ two[cells.second] * power)
        _add(second, cells.block_second, ratio.transpose(0, 2, 1) @ one[cells.first] * power)


def integrate(
    tables: tuple[Table, Table],
    rho: tuple[FloatArray, FloatArray, IntArray],
    log_solution: FloatArray,
    components: int,
) -> Sums:
    """Sum over rho, both measures' nodes, and the solutions.

    Parameters
    ----------
    tables : tuple of Table
        With the same solutions.
    rho : tuple of ndarray, shape (rho,) each
        Nodes, their prior probabilities, and how many terms of the series each needs.
    log_solution : ndarray, shape (solutions,)
        Log weight of each solution, the scales of the tables included.
    components : int
        Size of the systematic sample.
    """
    running = Running(tables, log_solution)
    by_rho, samples = [], []
    for value, weight, terms in zip(*(a.tolist() for a in rho), strict=True):
        joint = running.add(value, weight, terms)
        by_rho.append(joint.sum())
        samples.append(np.repeat(*thinned(joint, components)))  # flat indices
    total = float(np.sum(by_rho))
    share = np.array(by_rho) / total
    picked = _combine(samples, share, components)
    first, second = running.shape
    solution, pair = np.divmod(picked[:, 1], first * second)
    one, two = running.blocks
    return Sums(
        float(np.log(total) + running.log_scale),
        share,
        running.by_solution / total,
        (running.by_pair.sum(axis=1) / total, running.by_pair.sum(axis=0) / total),
        (np.array(one.group), np.array(two.group)),
        (np.array(one.cell), np.array(two.cell)),
        (running.density[0] / total, running.density[1] / total),
        np.stack([picked[:, 0], solution, *np.divmod(pair, second)], axis=1),
    )


def _add(total: FloatArray, rows: IntArray, values: FloatArray) -> None:
    ones = (np.ones(len(rows)), (rows, np.arange(len(rows))))
    kept = np.unique(rows)
    gather = csr_array(ones, shape=(len(total), len(rows)))[kept]
    total[kept] += (gather @ values.reshape(len(rows), -1)).reshape(-1, *values.shape[1:])


def _combine(samples: list[IntArray], share: FloatArray, size: int) -> IntArray:
    """Return rows (rho, flat index): of every rho's sample as many as its share says."""
    out = []
    for r, times in zip(*thinned(share, size), strict=True):
        at = ((np.arange(times) + 0.5) / times * size).astype(int)
        out.append(np.stack([np.full(times, r), samples[r][at]], axis=1))
    return np.concatenate(out)
