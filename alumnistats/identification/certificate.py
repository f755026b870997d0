r"""That a model has no solution, whatever the sizes: a combination of its rows that nothing meets.

Where no total is published sizes may be anything below `LARGEST`, and a search through integers
need not end. But conditions without a size in them are homogeneous: a solution in fractions becomes
one in integers when it is multiplied. So the linear relaxation decides, and its infeasibility has a
certificate by Farkas' lemma: weights :math:`y \ge 0` of the rows :math:`A x \ge b` with

.. math:: \max_{l \le x \le u} y^T A x < y^T b .

Floating point proposes the weights; that they are a proof is found out in fractions.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from alumnistats.identification.linear import IntegerModel

DENOMINATORS = (1, 1000, 10**6)
"""Weights are rounded to so many parts: those of a proof are simple, but for the solver's noise."""


def is_ruled_out(model: IntegerModel) -> bool:
    """Return whether the rows of a model are shown to have no solution in real numbers."""
    rows, least = _at_least(model)
    if not rows:
        return False
    weights = _proposed(model, rows, least)
    return weights is not None and any(
        _proves(model, rows, least, [Fraction(float(w)).limit_denominator(d) for w in weights])
        for d in DENOMINATORS
    )


def _at_least(model: IntegerModel) -> tuple[list[dict[int, int]], list[int]]:
    """Return all rows as ``expression >= least``."""
    rows, least = [], []
    for row in model.rows:
        if row.low is not None:
            rows.append(dict(row.expression))
            least.append(row.low)
        if row.high is not None:
            rows.append({v: -c for v, c in row.expression.items()})
            least.append(-row.high)
    return rows, least


def _proposed(
    model: IntegerModel, rows: list[dict[int, int]], least: list[int]
) -> np.ndarray | None:
    """Return weights of rows that probably have no common solution, the largest as 1."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    scale = [max(map(abs, row.values()), default=1) for row in rows]
    entries = [
        (-c / s, i, v)
        for i, (row, s) in enumerate(zip(rows, scale, strict=True))
        for v, c in row.items()
    ]
    width = len(model.lower)
    entries += [(-1.0, i, width) for i in range(len(rows))]
    value, at, column = (np.array(x) for x in zip(*entries, strict=True))
    matrix = csr_array((value, (at.astype(int), column.astype(int))), shape=(len(rows), width + 1))
    cost = np.zeros(width + 1)
    cost[-1] = 1.0
    bounds = [(low, None) for low in model.lower] + [(0, None)]
    right = -np.array(least) / np.array(scale)
    found = linprog(cost, A_ub=matrix, b_ub=right, bounds=bounds, method="highs")
    if found.status != 0 or found.fun <= 0:
        return None
    weights = -found.ineqlin.marginals / np.array(scale)
    return None if weights.max() <= 0 else np.maximum(weights / weights.max(), 0.0)


def _proves(
    model: IntegerModel,
    rows: list[dict[int, int]],
    least: list[int],
    weights: list[Fraction],
) -> bool:
    summed: dict[int, Fraction] = {}
    for weight, row in zip(weights, rows, strict=True):
        if weight:
            for v, c in row.items():
                summed[v] = summed.get(v, Fraction(0)) + weight * c
    most = sum(
        (c * (model.upper[v] if c > 0 else model.lower[v]) for v, c in summed.items()), Fraction(0)
    )
    return most < sum((w * b for w, b in zip(weights, least, strict=True)), Fraction(0))
