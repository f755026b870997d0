"""Ids from labels: readable in every script, and all different."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from alumnistats.survey import ALL, EVERY, ID_LETTERS, OVERALL

LONGEST = 40  # letters of an id, which also names files
RESERVED_IN_TABLES = ("at", "top", "bottom", "claims")
"""Keys of a table of figures, beside the ids of groups or options."""

_RESERVED = (ALL, EVERY, OVERALL, *RESERVED_IN_TABLES)
_BETWEEN = re.compile(f"[^{ID_LETTERS}]+")


def slug(label: str) -> str:
    """Return an id made of a label, or nothing where it has no letters and digits.

    Accents of Latin letters are left out; letters of other scripts stay as they are.

    Examples
    --------
    >>> slug("Élan vital (EU)"), slug("製造業・建設業"), slug("***")
    ('elan_vital_eu', '製造業_建設業', '')
    """
    text = unicodedata.normalize("NFKC", label).lower()
    bare = "".join(_without_accent(letter) for letter in text)
    return _BETWEEN.sub("_", bare).strip("_")[:LONGEST].rstrip("_")


def ids_of(labels: Iterable[str], noun: str) -> list[str]:
    """Return an id for each label, all different: its slug, or `noun` with its number.

    Parameters
    ----------
    labels : iterable of str
    noun : str
        Such as ``"group"``: the third label becomes ``"group_3"`` if no id can be made of it.
    """
    found: dict[str, None] = {}  # in order, and quick to look up
    numbers: dict[str, int] = {}
    for number, label in enumerate(labels, 1):
        id = slug(label) or f"{noun}_{number}"
        if id in _RESERVED:
            id = f"{noun}_{id}"
        taken, again = id, numbers.get(id, 2)
        while taken in found:
            taken, again = f"{id}_{again}", again + 1
        numbers[id] = again
        found[taken] = None
    return list(found)


def _without_accent(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[:1]
    return base if base.isascii() else letter
