"""Results in brief: one in a line of a console, and a probability with the digits it has."""

from __future__ import annotations

import math
from collections.abc import Sized
from dataclasses import fields
from typing import Any

LONGEST = 40  # characters of a text that is shown whole
FEW = 3  # texts of a tuple that are shown
MOST_DECIMALS = 3  # of a probability


def short_repr(result: Any) -> str:
    """Return the class and fields of a dataclass in a line: sizes in the place of contents.

    Give it to a class as ``__repr__ = short_repr``; results hold arrays and tables of megabytes.
    """
    shown = (
        f"{one.name}={_brief(getattr(result, one.name))}" for one in fields(result) if one.repr
    )
    return f"{type(result).__name__}({', '.join(shown)})"


def _brief(value: Any) -> str:
    if value is None or isinstance(value, bool | int | float):
        return f"{value:.6g}" if isinstance(value, float) else repr(value)
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST else value[: LONGEST - 1] + "…")
    if hasattr(value, "columns"):
        return f"<table of {len(value):,} rows>"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return "<" + " x ".join(f"{n:,}" for n in value.shape) + f" {value.dtype}>"
    if isinstance(value, tuple) and len(value) <= FEW and all(isinstance(v, str) for v in value):
        return repr(value)
    if isinstance(value, Sized):
        return f"<{len(value):,} {type(value).__name__} items>"
    name = getattr(value, "id", None)
    return f"<{type(value).__name__}{f' {name}' if isinstance(name, str) else ''}>"


def probability_text(value: float, error: float = 0.0) -> str:
    """Return a probability with the decimals that its error supports, or a bound near 0 and 1.

    Parameters
    ----------
    value : float
        In [0, 1].
    error : float
        Its standard error; 0 where it is exact, which gets three decimals.

    Returns
    -------
    str
        The last decimal is worth one standard error or more, but there is one at least. What would
        print as 0 or 1, or is surely within a unit of it, is a bound, such as "<0.001" or ">0.99".

    Examples
    --------
    >>> probability_text(0.508), probability_text(0.508, 0.03), probability_text(1.0, 0.002)
    ('0.508', '0.5', '>0.99')
    """
    decimals = MOST_DECIMALS
    if error > 0:
        decimals = min(max(math.floor(-math.log10(error)), 1), MOST_DECIMALS)
    unit = 10.0**-decimals
    end = min(value, 1 - value)
    if end + error >= unit - 1e-12 and end >= unit / 2:
        return f"{value:.{decimals}f}"
    bound = max(math.ceil((end + error) / unit - 1e-9), 1) * unit
    bound = min(bound, 0.5)
    return f"<{bound:.{decimals}f}" if value < 0.5 else f">{1 - bound:.{decimals}f}"
