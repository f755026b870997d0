"""How a table is to be read, checked as soon as it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alumnistats.errors import ArgumentError
from alumnistats.sources.cells import Mark
from alumnistats.sources.direction import Direction
from alumnistats.sources.layout import MOST_HEADER_ROWS
from alumnistats.sources.weighted_table import check_effect
from alumnistats.survey import MAX_DECIMALS

Values = Literal["percent", "count", "proportion"]
Answers = Literal["auto", "single", "multiple"]


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is to be read; see `read_crosstab`."""

    values: Values = "percent"
    answers: Answers = "auto"
    groups: Direction = "auto"
    decimal: Mark = "."
    digits: int | None = None
    header_rows: int | None = None
    section: str | None = None
    total: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    design_effect: float | None = None

    def __post_init__(self) -> None:
        choices = {
            "values": ("percent", "count", "proportion"),
            "answers": ("auto", "single", "multiple"),
            "groups": ("auto", "rows", "columns"),
            "decimal": (".", ","),
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                expected = "one of " + ", ".join(known)
                raise ArgumentError(name, getattr(self, name), expected)
        for name, least, most in (
            ("digits", 0, MAX_DECIMALS),
            ("header_rows", 1, MOST_HEADER_ROWS),
        ):
            value = getattr(self, name)
            if value is not None and not (type(value) is int and least <= value <= most):
                raise ArgumentError(name, value, f"a whole number from {least} to {most}")
        for name in ("section", "total", "sheet", "encoding", "delimiter"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise ArgumentError(name, value, "text")
        check_effect(self.design_effect)
