"""Whether the rows of a table sum to the whole: then its options are all the answers there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from alumnistats.sources.cells import Cell, plain, split_pair, unpublished
from alumnistats.sources.table import number_of

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


def sums_to(whole: int, cells: Iterable[Cell]) -> bool | None:
    """Return whether the numbers of cells sum to the whole, within rounding to the nearest.

    None where there are fewer than two, or some that cannot be read; an unpublished one adds
    nothing.
    """
    total, slack, count = Fraction(0), Fraction(0), 0
    for cell in cells:
        if unpublished(cell):
            continue
        pair = split_pair(cell)
        text = plain((pair[0] if pair else cell).text).removesuffix("%").strip()
        number = number_of(Cell(text, ""))
        if number is None:
            return None
        decimals = len(text.replace(",", ".").partition(".")[2])
        total, count = total + number, count + 1
        slack += Fraction(1, 2 * 10**decimals)
    return None if count < 2 else abs(total - whole) <= min(slack, Fraction(whole, 20))


def sums_to_whole(rows: Sequence[Sequence[Cell]], whole: int = 100) -> bool:
    """Return whether every row that can be read sums to the whole, and at least two do.

    One is enough where there is no other row.
    """
    found = [s for s in (sums_to(whole, row) for row in rows) if s is not None]
    return bool(found) and all(found) and len(found) >= min(FEWEST_ROWS, len(rows))
