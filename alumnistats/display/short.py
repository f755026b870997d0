"""One line of a result, for a console, a log or a traceback."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import fields
from typing import Any

LONGEST = 40  # characters of a text that is shown whole
FEW = 3  # texts of a tuple that are shown


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
