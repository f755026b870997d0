"""Recomputed results against the recorded ones: which keys differ, and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from alumnistats.paper.values import NOTHING

RELATIVE = 1e-6
"""Relative difference that another machine's arithmetic may make.

Sums run in another order there, and quadratures are accurate to about as much. It only matters
where a value lies so close to the middle between two prints that these come out different.
"""

Kind = Literal["missing", "new", "changed", "noise"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not as recorded.

    Attributes
    ----------
    key : str
        With row and column, of a table.
    kind : str
        "missing" (no longer computed), "new" (not recorded), "changed", or "noise": another print,
        but within the Monte Carlo allowance of a value that is drawn.
    recorded, found : str
        As printed.
    """

    key: str
    kind: Kind
    recorded: str
    found: str

    @property
    def fails(self) -> bool:
        """Whether it is more than another draw explains."""
        return self.kind != "noise"

    def __str__(self) -> str:
        allowed = " (within its Monte Carlo allowance)" if self.kind == "noise" else ""
        return f"{self.key}: recorded {self.recorded}, found {self.found}{allowed}"


def compare(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> list[Change]:
    """Return the values that differ, by key.

    Parameters
    ----------
    recorded, found : dict
        Results, as from `read_results` and `compute`.

    Returns
    -------
    list of Change
        Values agree when they print the same, or differ by `RELATIVE` at most.

    Examples
    --------
    >>> old, new = ({"values": {key: {"value": 1, "text": "1"}}} for key in "ab")
    >>> [str(change) for change in compare(old, new)]
    ['a: recorded 1, found –', 'b: recorded –, found 1']
    """
    before, after = recorded["values"], found["values"]
    differences = []
    for key in sorted({*before, *after}):
        if key not in after:
            differences.append(Change(key, "missing", _brief(before[key]), NOTHING))
        elif key not in before:
            differences.append(Change(key, "new", NOTHING, _brief(after[key])))
        else:
            differences += _of_entry(key, before[key], after[key])
    return differences


def _brief(entry: Mapping[str, Any]) -> str:
    return f"a table of {len(entry['text'])} rows" if "columns" in entry else str(entry["text"])


def _of_entry(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    tables = "columns" in old, "columns" in new
    if not any(tables):
        yield from _of_value(key, old, new, float(new["noise"]))
        return
    same_shape = all(tables) and old["columns"] == new["columns"]
    if not same_shape or len(old["value"]) != len(new["value"]):
        yield Change(key, "changed", _brief(old), _brief(new))
        return
    for i in range(len(old["value"])):
        for j, column in enumerate(old["columns"]):
            was, now = ({k: e[k][i][j] for k in ("value", "text")} for e in (old, new))
            place = f"{key}[{i}].{column}"
            yield from _of_value(place, was, now, float(new["noise"][j]))


def _of_value(
    key: str, old: Mapping[str, Any], new: Mapping[str, Any], noise: float
) -> Iterator[Change]:
    if old["text"] == new["text"]:
        return
    a, b = old["value"], new["value"]
    kind: Kind = "changed"
    if isinstance(a, int | float) and isinstance(b, int | float):
        if abs(a - b) <= RELATIVE * max(abs(a), abs(b)):
            return
        kind = "noise" if abs(a - b) <= noise else "changed"
    yield Change(key, kind, str(old["text"]), str(new["text"]))


def changed_sources(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return what the results depend on and is not as recorded: told, but no failure."""
    before, after = recorded["provenance"], found["provenance"]
    lines = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            lines += [
                f"{name}.{part}: recorded {_short(old.get(part))}, found {_short(new.get(part))}"
                for part in sorted({*old, *new})
                if old.get(part) != new.get(part)
            ]
        elif old != new:
            lines.append(f"{name}: recorded {_short(old)}, found {_short(new)}")
    return lines


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else text[:12] + "…"
