"""Ids from labels, and which labels of a table mean something of their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from alumnistats.survey import ALL, EVERY, OVERALL

TOTALS = frozenset(
    [
        "total",
        "all",
        "overall",
        "all respondents",
        "grand total",
        "計",
        "全体",
        "合計",
        "総計",
        "総数",
    ]
)
SIZES = frozenset(
    ["n", "n=", "base", "sample", "sample size", "respondents", "number of respondents", "n数",
     "回答者数", "回答数", "人数", "サンプル数", "標本サイズ", "標本数", "調査数", "有効回答数",
     "度数"]
)  # fmt: skip
COUNTS = frozenset(["count", "counts", "frequency", "件数"])
_SUFFIX = re.compile(
    r"(?i)^(?P<name>.*?\S)\s*[ (\[_,:]\s*(?P<kind>n|count|%|percent|件数|人数|度数)\s*[)\]]?$"
    r"|^(?P<bare>.*?\S)\s*(?P<sign>%)$"
)
_KINDS = {"n": "n", "人数": "count", "件数": "count", "度数": "count", "count": "count"}
_RESERVED = (ALL, EVERY, OVERALL)


def normal(label: str) -> str:
    """Return a label as it is compared: one form of width, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", label).lower().split())


def is_total(label: str) -> bool:
    """Return whether a label means all respondents; spaces do not matter, as in 合 計."""
    return normal(label).replace(" ", "") in TOTALS


def split_name(label: str) -> tuple[str, str]:
    """Return a column's name and what it says it holds: "n", "count", "percent" or nothing.

    ``"Yes n"``, ``"Yes (count)"`` and ``"Yes, 件数"`` are those of ``"Yes"``; so is ``"Yes %"``.
    """
    text = " ".join(unicodedata.normalize("NFKC", label).split())
    match = _SUFFIX.match(text)
    if match is None:
        return text, ""
    kind = (match["kind"] or "percent").lower()
    return (match["name"] or match["bare"]).rstrip(" (["), _KINDS.get(kind, "percent")


def slug(label: str) -> str:
    """Return an id made of a label, or nothing where it is not in Latin letters."""
    bare = unicodedata.normalize("NFKD", label)
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    if any(letter.isalpha() and not letter.isascii() for letter in bare):
        return ""
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")


def ids_of(labels: Iterable[str], noun: str) -> list[str]:
    """Return an id for each label, all different: its slug, or `noun` with its number.

    Parameters
    ----------
    labels : iterable of str
    noun : str
        Such as ``"group"``: the third label becomes ``"group_3"`` if no id can be made of it.
    """
    found: list[str] = []
    for number, label in enumerate(labels, 1):
        id = slug(label) or f"{noun}_{number}"
        if id in _RESERVED:
            id = f"{noun}_{id}"
        taken, again = id, 2
        while taken in found:
            taken, again = f"{id}_{again}", again + 1
        found.append(taken)
    return found
