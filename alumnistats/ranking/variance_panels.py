r"""Marginal critical values for many groups: variances gathered on panels.

The probability that none of a group's comparisons errs by more than c is an integral over the
group's own error of :math:`\exp \sum_h g(z, c; v_0, v_h)`, where g, the logarithm of a normal
probability, is smooth in :math:`\log v_h`. On short panels of the log variance g is a polynomial to
rounding, so the sum over a thousand groups of a panel is a sum over a few Chebyshev nodes, whose
weights are sums of Lagrange polynomials over those groups. The probability is as smooth in the
group's own log variance, and interpolated on the same panels. What remains are products of small
matrices: the cost no longer grows with the groups in a panel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.special import log_ndtr, ndtri

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.ranking.critical_values import outer_nodes

WIDTH = 2.0  # length of a panel of log variance
NODES = 12  # Chebyshev nodes of a panel
STRIDE = 0.25  # length of an interval of c
CRITICAL_NODES = 7  # nodes of c in it, its ends included; errors of c are below 1e-9 (tested)
LOWEST = -1e4  # logarithm of a probability that is none
WEIGHTS = 1e-6  # a sum of weights below this is no comparison at all


@dataclass(frozen=True, eq=False)
class Panels:
    """Groups sorted by variance and represented by few nodes.

    Attributes
    ----------
    order : ndarray of int, shape (groups,)
        Groups by ascending variance; all other members follow this order.
    node : ndarray, shape (nodes,)
        Variances that stand for all others.
    members, nodes : list of slice
        Groups and nodes of each panel. Groups without variance share the panel of the node 0.
    basis : list of ndarray, shape (members, nodes of the panel)
        Values of the panel's Lagrange polynomials at each member's log variance; each row sums
        to 1.
    """

    order: IntArray
    node: FloatArray
    members: list[slice]
    nodes: list[slice]
    basis: list[FloatArray]

    def gathered(self, marks: FloatArray) -> FloatArray:
        """Return the weights of the nodes, shape (rows, nodes), of the marked groups."""
        weights = np.empty((len(marks), len(self.node)))
        for some, at, basis in zip(self.members, self.nodes, self.basis, strict=True):
            weights[:, at] = marks[:, some] @ basis
        return weights


def panels(variance: FloatArray) -> Panels:
    """Gather variances, shape (groups,), on panels."""
    order = np.argsort(variance, kind="stable")
    v = variance[order]
    known = int((v == 0).sum())
    x = np.log(v[known:])
    starts = {0, known} - {len(v)}
    if len(x):
        index = np.minimum(((x - x[0]) / WIDTH).astype(int), int((x[-1] - x[0]) / WIDTH))
        starts |= {known + int(i) for i in np.flatnonzero(np.diff(index)) + 1}
    edges = [*sorted(starts), len(v)]
    members = [slice(a, b) for a, b in pairwise(edges)]
    node, basis = zip(*(_represent(v[some]) for some in members), strict=True)
    ends = np.concatenate([[0], np.cumsum([len(n) for n in node])])
    nodes = [slice(int(a), int(b)) for a, b in pairwise(ends)]
    return Panels(order, np.concatenate(node), members, nodes, list(basis))


def _represent(v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes and basis of one panel's variances, which are all zero or all positive."""
    distinct, inverse = np.unique(v, return_inverse=True)
    if len(distinct) <= NODES:
        return distinct, np.eye(len(distinct))[inverse.reshape(-1)]
    x, at = np.log(v), np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
    centre, half = (x[0] + x[-1]) / 2, (x[-1] - x[0]) / 2
    # Chebyshev polynomials are orthogonal over their nodes.
    degree = np.where(np.arange(NODES) == 0, 1.0, 2.0) / NODES
    vander = np.polynomial.chebyshev.chebvander
    u = np.clip((x - centre) / half, -1, 1)
    return np.exp(centre + half * at), (vander(u, NODES - 1) * degree) @ vander(at, NODES - 1).T


def log_probabilities(own: float, others: FloatArray, c: float, z: FloatArray) -> FloatArray:
    """Return the log-probabilities that a comparison does not err, shape (3, others, len(z)).

    In both directions; upwards only; downwards only. The own error is z standard deviations.
    """
    v = others[:, None]
    shift, reach = np.sqrt(own) * z, c * np.sqrt(own + v)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (shift + reach) / np.sqrt(v), (shift - reach) / np.sqrt(v)
    a = np.where(v > 0, a, np.where(shift + reach >= 0, np.inf, -np.inf))
    b = np.where(v > 0, b, np.where(shift - reach > 0, np.inf, -np.inf))
    up, down = np.maximum(log_ndtr(a), LOWEST), np.maximum(log_ndtr(-b), LOWEST)
    # 1 - p - q = (1 - p)(1 - q) - p q with the tails p = P(above a), q = P(below b)
    with np.errstate(over="ignore"):
        excess = np.exp(np.minimum(log_ndtr(-a) + log_ndtr(b) - up - down, 0.0))
    both = np.full_like(up, LOWEST)
    inside = excess < 1
    both[inside] = np.maximum((up + down)[inside] + np.log1p(-excess[inside]), LOWEST)
    known = (v + own == 0) & np.ones_like(up, dtype=bool)
    return np.where(known, 0.0, np.stack([both, up, down]))


@dataclass(frozen=True, eq=False)
class Solver:
    """Critical values of groups whose own variance lies in one panel."""

    panels: Panels
    panel: int
    level: float
    tables: dict[float, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    def _table(self, c: float) -> tuple[FloatArray, FloatArray]:
        """Return log-probabilities, shape (3 * nodes, own nodes * points), and the weights."""
        if c not in self.tables:
            others = self.panels.node
            owns = others[self.panels.nodes[self.panel]]
            # One set of points, fit for the steepest of the panel.
            z, w = outer_nodes(np.array([c]), float(owns.max()), others)
            each = [log_probabilities(float(own), others, c, z[0]) for own in owns]
            self.tables[c] = np.concatenate(each, axis=2).reshape(3 * len(others), -1), w[0]
        return self.tables[c]

    def probability(self, c: float, basis: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the probability that no comparison errs by more than c, shape (rows,)."""
        table, w = self._table(c)
        if basis.shape[1] == 1 or (np.count_nonzero(basis, axis=1) > 1).any():
            inside = np.exp(weights @ table).reshape(*basis.shape, len(w))
            return np.einsum("rn,rn->r", inside @ w, basis)
        total = np.zeros(len(basis))  # the rows lie on nodes
        for i, part in enumerate(np.split(table, basis.shape[1], axis=1)):
            used = np.flatnonzero(basis[:, i])
            total[used] = np.exp(weights[used] @ part) @ w
        return total

    def quantile(self, basis: FloatArray, weights: FloatArray, largest: FloatArray) -> FloatArray:
        """Return the critical values, shape (rows,); 0 where nothing can err.

        Parameters
        ----------
        basis : ndarray, shape (rows, nodes of the panel)
            Where each row's own variance lies in the panel.
        weights : ndarray, shape (rows, 3, nodes)
            Of the comparisons guarded in both directions, upwards only and downwards only.
        largest : ndarray, shape (rows,)
            Upper bounds of the critical values.
        """
        critical = np.zeros(len(basis))
        own_known = self.panels.node[self.panels.nodes[self.panel]][0] == 0
        can_err = (self.panels.node > 0) | (not own_known)
        open_ = np.flatnonzero((weights * can_err).sum(axis=(1, 2)) > WEIGHTS)
        flat = weights.reshape(len(weights), -1)
        index = np.floor(largest / STRIDE).astype(int)
        while len(open_):  # down, one interval of c at a time
            for k in np.unique(index[open_]):
                rows = open_[index[open_] == k]
                below = self.probability(k * STRIDE, basis[rows], flat[rows]) > self.level
                index[rows[below]] -= 1
                rows = rows[~below]
                critical[rows] = self._inverted(int(k), basis[rows], flat[rows])
                open_ = np.setdiff1d(open_, rows, assume_unique=True)
        return critical

    def _inverted(self, k: int, basis: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the quantiles that lie in the k-th interval of c, by inverse interpolation.

        Of log(-log p), as which the largest of many errors is nearly linear in c.
        """
        if not len(basis):
            return np.zeros(0)
        turn = np.cos(np.pi * np.arange(CRITICAL_NODES) / (CRITICAL_NODES - 1))
        c = k * STRIDE + STRIDE * (1 - turn) / 2
        p = np.stack([self.probability(float(x), basis, weights) for x in c])
        y = np.log(-np.log(np.clip(p, 1e-300, 1 - 1e-16))) - np.log(-np.log(self.level))
        result = np.zeros(len(basis))
        for i in range(CRITICAL_NODES):
            ratio = np.full(len(basis), c[i])
            for j in range(CRITICAL_NODES):
                if j != i:
                    ratio *= y[j] / (y[j] - y[i])
            result += ratio
        return result


def single_step(level: float, gathered: Panels, directions: tuple[bool, bool]) -> list[FloatArray]:
    """Return the critical value of a group at each node against all others, by panel."""
    up, down = directions
    everyone = np.concatenate([b.sum(axis=0) for b in gathered.basis])
    found = []
    for panel, nodes in enumerate(gathered.nodes):
        count = nodes.stop - nodes.start
        rest = np.tile(everyone, (count, 1))
        rest[np.arange(count), np.arange(nodes.start, nodes.stop)] -= 1
        weights = np.zeros((count, 3, len(everyone)))
        weights[:, 0 if up and down else 1 if up else 2] = rest
        bonferroni = -ndtri((1 - level) / (2 * everyone.sum()))
        solver = Solver(gathered, panel, level)
        found.append(solver.quantile(np.eye(count), weights, np.full(count, bonferroni)))
    return found
