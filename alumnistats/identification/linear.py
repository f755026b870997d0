"""An integer model as plain data: variables, linear rows, products; no solver in sight."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

Expression = dict[int, int]
"""Coefficients by variable."""


def added(*expressions: Mapping[int, int]) -> Expression:
    """Return the sum of linear expressions."""
    total: Expression = {}
    for expression in expressions:
        for variable, coefficient in expression.items():
            total[variable] = total.get(variable, 0) + coefficient
    return {v: c for v, c in total.items() if c}


def times(factor: int, expression: Mapping[int, int]) -> Expression:
    """Return a multiple of a linear expression."""
    return {v: factor * c for v, c in expression.items() if factor}


def minus(first: Mapping[int, int], second: Mapping[int, int]) -> Expression:
    """Return the difference of two linear expressions."""
    return added(first, times(-1, second))


@dataclass(frozen=True, slots=True)
class Row:
    """``low <= expression <= high``; an end that is None is open."""

    expression: Mapping[int, int]
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """``result = first * second``, of three variables."""

    result: int
    first: int
    second: int


@dataclass(eq=False)
class IntegerModel:
    """Variables with ranges, and what must hold of them; grown while a survey is compiled."""

    lower: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)

    def variable(self, lower: int, upper: int, name: str) -> int:
        """Add a variable, and return its index."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.names.append(name)
        return len(self.lower) - 1

    def add(
        self, expression: Mapping[int, int], low: int | None = None, high: int | None = None
    ) -> None:
        """Add a row."""
        self.rows.append(Row(expression, low, high))

    def ends(self, expression: Mapping[int, int]) -> tuple[int, int]:
        """Return the least and greatest value that the variables' ranges allow."""
        low = sum(c * (self.lower[v] if c > 0 else self.upper[v]) for v, c in expression.items())
        high = sum(c * (self.upper[v] if c > 0 else self.lower[v]) for v, c in expression.items())
        return low, high

    def within(self, outside: Collection[int]) -> IntegerModel:
        """Return a model of the same variables without what involves any of those `outside`."""
        rows = [row for row in self.rows if not any(v in outside for v in row.expression)]
        products = [p for p in self.products if not {p.result, p.first, p.second} & set(outside)]
        lower = list(self.lower)
        upper = [low if v in outside else self.upper[v] for v, low in enumerate(lower)]
        return IntegerModel(lower, upper, list(self.names), rows, products)
