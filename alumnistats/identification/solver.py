"""CP-SAT on an `IntegerModel`: integers throughout, so that what it proves is a proof."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from alumnistats.identification.linear import Expression, IntegerModel, Row

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Status = Literal["found", "impossible", "unknown"]
SEED = 1
OVERFLOW = 2**62
"""Sums of products of coefficients and ranges stay below it in what is given to the solver."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver found out.

    Attributes
    ----------
    status : {"found", "impossible", "unknown"}
        "unknown" where time ended, or numbers are too large for it.
    values : tuple of int
        Of all variables, where a solution was found.
    bound : int, optional
        Of an objective: no solution lies beyond.
    """

    status: Status
    values: tuple[int, ...] = ()
    bound: int | None = None


def solve(
    model: IntegerModel,
    seconds: float,
    *,
    lowest: Expression | None = None,
) -> Answer:
    """Find a solution of a model, or prove that there is none.

    Parameters
    ----------
    model : IntegerModel
    seconds : float
        Time limit.
    lowest : Expression, optional
        What is to be as small as possible.
    """
    from ortools.sat.python import cp_model

    if seconds <= 0:
        return Answer("unknown")
    if any(_is_never(model, row) for row in model.rows):
        return Answer("impossible")
    if any(max(map(abs, model.ends(row.expression))) > OVERFLOW for row in model.rows):
        return Answer("unknown")
    built, x = _built(model)
    if lowest is not None:
        built.minimize(_sum(x, lowest))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.cp_model_probing_level = 0  # takes half of the time and helps nothing here
    status = solver.solve(built)
    if status == cp_model.INFEASIBLE:
        return Answer("impossible")
    bound = None if lowest is None else math.ceil(solver.best_objective_bound)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer("found", tuple(solver.value(one) for one in x), bound)
    return Answer("unknown", bound=bound)


def _is_never(model: IntegerModel, row: Row) -> bool:
    """Return whether the ranges of a row's variables rule it out."""
    least, most = model.ends(row.expression)
    return (row.high is not None and least > row.high) or (row.low is not None and most < row.low)


def _sum(x: Sequence[cp_model.IntVar], expression: Mapping[int, int]) -> cp_model.LinearExprT:
    from ortools.sat.python import cp_model

    variables = [x[v] for v in expression]
    return cp_model.LinearExpr.weighted_sum(variables, list(expression.values()))


def _built(model: IntegerModel) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Return the solver's model, and its variables."""
    from ortools.sat.python import cp_model

    built = cp_model.CpModel()
    ranges = zip(model.lower, model.upper, model.names, strict=True)
    x = [built.new_int_var(low, high, name) for low, high, name in ranges]
    for row in model.rows:
        if row.expression:
            least, most = model.ends(row.expression)
            low = least if row.low is None else row.low
            high = most if row.high is None else row.high
            built.add_linear_constraint(_sum(x, row.expression), low, high)
    for product in model.products:
        built.add_multiplication_equality(x[product.result], x[product.first], x[product.second])
    return built, x
