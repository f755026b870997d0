"""Values as the paper prints them: a number, its unit, how it is rounded, and where it is from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from alumnistats.errors import ArgumentError

Unit = Literal[
    "count", "number", "percent", "points", "probability", "scientific", "text", "verdict"
]
Plain = float | int | str | None

SIGNIFICANT = 10  # digits of a value that are kept: beyond the accuracy of any of them
NOTHING = "–"  # what is not known, or does not exist
INFINITE, BELOW = "∞", "−∞"


def _count(value: float, _digits: int) -> str:
    return f"{value:,.0f}"


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def _percent(value: float, digits: int) -> str:
    return f"{100 * value:.{digits}f}%"


def _points(value: float, digits: int) -> str:
    return f"{100 * value:.{digits}f}"


def _probability(value: float, digits: int) -> str:
    least = 10.0**-digits
    if value < least:
        return f"<{least:.{digits}f}"
    if value > 1 - least:
        return f">{1 - least:.{digits}f}"
    return f"{value:.{digits}f}"


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}"


_PRINTED: dict[str, Callable[[float, int], str]] = {
    "count": _count,
    "number": _number,
    "percent": _percent,
    "points": _points,
    "probability": _probability,
    "scientific": _scientific,
}


def printed(value: Plain, unit: str, digits: int = 0) -> str:
    """Return a value as the paper prints it.

    Parameters
    ----------
    value : float, int, str or None
        None and NaN are what is not known; proportions are in [0, 1], whatever the unit.
    unit : str
        "count" (whole, thousands separated), "number", "percent" and "points" (of a proportion,
        with and without the sign), "probability" (with a bound where it would print as 0 or 1),
        "scientific" (a power of ten), "text" or "verdict" (as it is).
    digits : int
        Decimals; of "scientific" those of the mantissa.

    Returns
    -------
    str

    Raises
    ------
    ArgumentError
        For an unknown unit.
    """
    if unit not in (*_PRINTED, "text", "verdict"):
        raise ArgumentError("unit", unit, "one of " + ", ".join((*_PRINTED, "text", "verdict")))
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOTHING
    if isinstance(value, str):
        return value
    if math.isinf(value):
        return INFINITE if value > 0 else BELOW
    if unit not in _PRINTED:
        return str(value)
    return _PRINTED[unit](value, digits).replace("-", "−")


def plain(value: Any) -> Plain:
    """Return a value as JSON holds it: of ten significant digits; infinity by its sign."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    number = float(value)
    if math.isnan(number):
        return None
    if math.isinf(number):
        return INFINITE if number > 0 else BELOW
    if number == int(number) and abs(number) < 2**53:
        return int(number)
    return float(f"{number:.{SIGNIFICANT}g}")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the paper.

    Attributes
    ----------
    value : float, int, str or None
    unit : str
        As for `printed`.
    digits : int
        As printed.
    noise : float
        Monte Carlo allowance, in the unit of the value: how far a repetition with other draws may
        be off. 0 for what is not drawn.
    """

    value: Any
    unit: Unit = "number"
    digits: int = 0
    noise: float = 0.0

    def entry(self, by: str) -> dict[str, Any]:
        """Return the value as `results.json` holds it."""
        value = plain(self.value)
        return {
            "value": value,
            "unit": self.unit,
            "digits": self.digits,
            "noise": plain(self.noise),
            "by": by,
            "text": printed(value, self.unit, self.digits),
        }


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the paper.

    Attributes
    ----------
    columns : dict of str to (unit, digits)
        By name, in their order.
    rows : sequence of sequence
        Values in the order of the columns.
    noise : dict of str to float
        Monte Carlo allowance of the columns that have one.
    """

    columns: Mapping[str, tuple[Unit, int]]
    rows: Sequence[Sequence[Any]]
    noise: Mapping[str, float] = field(default_factory=dict)

    def entry(self, by: str) -> dict[str, Any]:
        """Return the table as `results.json` holds it."""
        values = [[plain(value) for value in row] for row in self.rows]
        forms = list(self.columns.values())
        for row in values:
            if len(row) != len(forms):
                raise ArgumentError("rows", len(row), f"{len(forms)} values, one for each column")
        return {
            "columns": list(self.columns),
            "value": values,
            "unit": [unit for unit, _ in forms],
            "digits": [digits for _, digits in forms],
            "noise": [plain(self.noise.get(name, 0.0)) for name in self.columns],
            "by": by,
            "text": [
                [printed(value, *form) for value, form in zip(row, forms, strict=True)]
                for row in values
            ],
        }
