"""The two ends of a ranking, and the check of the groups said to stand at one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from alumnistats.errors import ArgumentError

End = Literal["highest", "lowest"]


def split_members(groups: int, members: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the members and the other groups; members must be different indices."""
    inside = list(members)
    if len(set(inside)) != len(inside) or not set(inside) <= set(range(groups)):
        raise ArgumentError("members", inside, f"different indices from 0 to {groups - 1}")
    return inside, [g for g in range(groups) if g not in set(inside)]


def sign_of(end: End) -> int:
    """Return 1 for "highest" and -1 for "lowest"."""
    if end == "highest":
        return 1
    if end == "lowest":
        return -1
    raise ArgumentError("from_", end, '"highest" or "lowest"')
