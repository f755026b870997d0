"""One pass over (rho, both measures' nodes, the solutions): everything the posterior is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from alumnistats.posterior.logit_normal import IntArray
from alumnistats.posterior.mixture import FloatArray
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


def integrate(
    tables: tuple[Table, Table],
    rho: FloatArray,
    rho_weight: FloatArray,
    log_solution: FloatArray,
    components: int,
) -> Sums:
    """Sum over rho, both measures' nodes, and the solutions.

    Parameters
    ----------
    tables : tuple of Table
        With the same solutions.
    rho, rho_weight : ndarray, shape (rho,)
        Nodes, and their prior probabilities.
    log_solution : ndarray, shape (solutions,)
        Log weight of each solution, the scales of the tables included.
    components : int
        Size of the systematic sample.
    """
    cells, blocks = pair_cells(tables)
    one, two = tables
    log_node = (one.nodes.log_weight[:, None] + two.nodes.log_weight).ravel()
    log_scale = log_solution.max() + log_node.max()
    start = np.exp(log_solution[:, None] - log_solution.max())
    start = start * np.exp(log_node - log_node.max())
    shape = (len(one.nodes.mu), len(two.nodes.mu))
    density = tuple(
        np.zeros((len(b.cell), *t.coefficients.shape[1:]))
        for b, t in zip(blocks, tables, strict=True)
    )
    by_rho, by_solution, by_pair = np.zeros(len(rho)), 0.0, np.zeros(shape)
    samples = []
    for r, (value, weight) in enumerate(zip(rho, rho_weight, strict=True)):
        power = value ** np.arange(one.coefficients.shape[2])
        evidence = [_evidence(one, two, c, power) for c in cells]
        joint = weight * start
        for c, z in zip(cells, evidence, strict=True):
            joint *= z[c.row]
        by_rho[r] = joint.sum()
        by_solution = by_solution + joint.sum(axis=1)
        by_pair += joint.sum(axis=0).reshape(shape)
        samples.append(_sample(joint, components))
        for c, z in zip(cells, evidence, strict=True):
            ratio = np.divide(c.gather @ joint, z, out=np.zeros_like(z), where=z > 0)
            ratio = ratio.reshape(-1, *shape)
            _add(density[0], c.block_first, ratio @ two.coefficients[c.second] * power)
            turned = ratio.transpose(0, 2, 1)
            _add(density[1], c.block_second, turned @ one.coefficients[c.first] * power)
    total = by_rho.sum()
    picked = _combine(samples, by_rho / total, components)
    solution, pair = np.divmod(picked[:, 1], shape[0] * shape[1])
    picked = np.stack([picked[:, 0], solution, *np.divmod(pair, shape[1])], axis=1)
    return Sums(
        float(np.log(total) + log_scale),
        by_rho / total,
        np.asarray(by_solution / total),
        (by_pair.sum(axis=1) / total, by_pair.sum(axis=0) / total),
        (np.array(blocks[0].group), np.array(blocks[1].group)),
        (np.array(blocks[0].cell), np.array(blocks[1].cell)),
        (density[0] / total, density[1] / total),
        picked,
    )


def _evidence(one: Table, two: Table, cells: Cells, power: FloatArray) -> FloatArray:
    """Return the evidence of a group's pairs at every pair of nodes, shape (pairs, nodes)."""
    right = two.coefficients[cells.second].transpose(0, 2, 1)
    z = (one.coefficients[cells.first] * power) @ right
    return np.asarray(np.maximum(z, 0.0).reshape(len(z), -1))


def _add(total: FloatArray, rows: IntArray, values: FloatArray) -> None:
    ones = (np.ones(len(rows)), (rows, np.arange(len(rows))))
    kept = np.unique(rows)
    gather = csr_array(ones, shape=(len(total), len(rows)))[kept]
    total[kept] += (gather @ values.reshape(len(rows), -1)).reshape(-1, *values.shape[1:])


def _sample(joint: FloatArray, size: int) -> IntArray:
    """Return `size` flat indices, a systematic sample by mass."""
    edges = np.cumsum(joint)
    points = (np.arange(size) + 0.5) / size * edges[-1]
    return np.minimum(np.searchsorted(edges, points), edges.size - 1)


def _combine(samples: list[IntArray], share: FloatArray, size: int) -> IntArray:
    """Return rows (rho, flat index): of every rho's sample as many as its share says."""
    drawn = _sample(share, size)
    out = []
    for r, times in zip(*np.unique(drawn, return_counts=True), strict=True):
        at = ((np.arange(times) + 0.5) / times * size).astype(int)
        out.append(np.stack([np.full(times, r), samples[r][at]], axis=1))
    return np.concatenate(out)
