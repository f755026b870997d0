"""Whether the rows of a table sum to the whole: then its options are all the answers there were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

FEWEST_ROWS = 2  # one row may sum to 100 by chance


def partitions(rows: Sequence[Sequence[Mapping[str, Any]]], sizes: Sequence[int | None]) -> bool:
    """Return whether options partition the base, as far as the rows that print all of them tell.

    Parameters
    ----------
    rows : sequence of sequence of dict
        Of each group and option what is published, by kind.
    sizes : sequence of int or None
        Of each group.

    Returns
    -------
    bool
        True if at least two rows print every option, and each of these sums to 100 within what
        rounding to the nearest can explain (to the size, for counts).
    """
    if not rows or len(rows[0]) < 2:
        return False
    seen = 0
    for row, size in zip(rows, sizes, strict=True):
        if all("percent" in share for share in row):
            values = [Fraction(share["percent"]) for share in row]
            steps = [
                Fraction(1, 10 ** len(str(share["percent"]).partition(".")[2])) for share in row
            ]
            if abs(sum(values, Fraction(-100))) > sum(steps, Fraction(0)) / 2:
                return False
            seen += 1
        elif size is not None and all("count" in share for share in row):
            if sum(share["count"] for share in row) != size:
                return False
            seen += 1
    return seen >= FEWEST_ROWS
