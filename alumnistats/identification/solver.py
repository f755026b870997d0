"""CP-SAT on an `IntegerModel`: integers throughout, so that what it proves is a proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from alumnistats.identification.linear import Expression, IntegerModel

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
    hint: Sequence[int] = (),
) -> Answer:
    """Find a solution of a model, or prove that there is none.

    Parameters
    ----------
    model : IntegerModel
    seconds : float
        Time limit.
    lowest : Expression, optional
        What is to be as small as possible.
    hint : sequence of int
        Values of all variables to start from.
    """
    from ortools.sat.python import cp_model

    if seconds <= 0:
        return Answer("unknown")
    built = cp_model.CpModel()
    x = []
    for v, (low, high) in enumerate(zip(model.lower, model.upper, strict=True)):
        x.append(built.new_int_var(low, high, model.names[v]))

    def linear(expression: Mapping[int, int]) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.weighted_sum(
            [x[v] for v in expression], list(expression.values())
        )

    for row in model.rows:
        low, high = model.ends(row.expression)
        if max(-low, high) > OVERFLOW:
            return Answer("unknown")
        low = low if row.low is None else row.low
        high = high if row.high is None else row.high
        if low > high:
            return Answer("impossible")
        if not row.expression:
            if low > 0 or high < 0:
                return Answer("impossible")
            continue
        built.add_linear_constraint(linear(row.expression), low, high)
    for product in model.products:
        built.add_multiplication_equality(x[product.result], x[product.first], x[product.second])
    for v, value in enumerate(hint):
        built.add_hint(x[v], value)
    if lowest is not None:
        built.minimize(linear(lowest))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.cp_model_probing_level = 0  # takes half of the time and helps nothing here
    status = solver.solve(built)
    if status == cp_model.INFEASIBLE:
        return Answer("impossible")
    bound = None if lowest is None else int(-(-solver.best_objective_bound // 1))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer("found", tuple(solver.value(one) for one in x), bound)
    return Answer("unknown", bound=bound)
