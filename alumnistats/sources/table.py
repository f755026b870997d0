"""A table as names and numbers: what stands above each column, before each row, and between."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from alumnistats.sources.cells import Cell, plain, unpublished
from alumnistats.sources.words import (
    Direction,
    Kind,
    direction_of,
    kind_word,
    normal,
    split_size,
    wide,
)

_VALUE = re.compile(
    r"(?i)[<>≦≧≤≥~約±(]*\s*(?:n\s*=\s*)?[-+−]?[0-9]*[.,]?[0-9][0-9., ]*\s*[%％]?"
    r"\s*(?:人|名|社|件|票|pts?)?\)?(?:\s*[(\[][^)\]]*[)\]])?(?:\s*[*†‡a-zA-Z²³¹]{1,3})?"
)
_MARKS = re.compile(r"(?<=\S)\s*(?:[*＊†‡§¹²³⁴-⁹]+|[(（]?[※注][0-9０-９]+[)）]?)\s*$")
_NUMBER = re.compile(r"[0-9]*(?:[.,][0-9]+)?")
_SIZE_ONLY = re.compile(r"(?i)[(\[]?\s*n\s*=\s*(?P<n>[0-9][0-9,. ]*)[)\]]?")


@dataclass(frozen=True, slots=True)
class Line:
    """The name of a row or of a column.

    Attributes
    ----------
    name : str
        Without what it says of its cells and its size.
    cell : Cell
        Where it stands.
    heads : tuple of str
        Headings above it, the outermost first.
    kind : str
        What it says its cells hold, or nothing.
    along : {"", "rows", "columns"}
        Whether it says that percentages are those of rows, or of columns.
    size : str
        The size that its label states, as in "Men (n=110)", or nothing.
    """

    name: str
    cell: Cell
    heads: tuple[str, ...] = ()
    kind: Kind = ""
    along: Direction = ""
    size: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What tells one group or option from another."""
        return (*map(normal, self.heads), normal(self.name))


@dataclass(frozen=True, eq=False)
class Table:
    """Named rows and columns of cells.

    Attributes
    ----------
    path, title : str
    rows, columns : tuple of Line
    values : tuple of tuple of Cell
        Of each row, in the order of the columns.
    notes : tuple of str
    """

    path: str
    title: str
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    values: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def turned(self) -> Table:
        """Return the table with its columns as rows."""
        values = tuple(zip(*self.values, strict=True)) or ((),) * len(self.columns)
        return replace(self, rows=self.columns, columns=self.rows, values=values)


def line_of(levels: Iterable[str], cell: Cell) -> Line:
    """Return a line from what stands above each other: headings, a name, what its cells hold."""
    found: list[str] = []
    for text in (wide(_MARKS.sub("", level)) for level in levels):
        if text and (not found or normal(found[-1]) != normal(text)):
            found.append(text)
    kind, along, size = "", "", ""
    if len(found) > 1 and (match := _SIZE_ONLY.fullmatch(found[-1])):
        size = match["n"].strip()
        found.pop()
    if len(found) > 1 and kind_word(found[-1]):
        kind, along = kind_word(found[-1]), direction_of(found[-1])
        found.pop()
    if not found:
        return Line("", cell)
    name, stated = split_size(found[-1])
    return Line(name, cell, tuple(found[:-1]), kind or "", along or "", stated or size)  # type: ignore[arg-type]


def is_value(cell: Cell) -> bool:
    """Return whether a cell holds a number, or what was to be one."""
    return cell.kind != "text" or bool(_VALUE.fullmatch(plain(cell.text)))


def number_of(cell: Cell) -> Fraction | None:
    """Return the number of a cell, for a first look; None where there is none or it is doubtful."""
    text = plain(cell.text).removesuffix("%").strip()
    if not text or text == "." or not _NUMBER.fullmatch(text):
        return None
    return Fraction(text.replace(",", "."))


def content_of(cells: Iterable[Cell]) -> Kind:
    """Return whether cells look like percentages or like counts, or neither."""
    texts = [plain(cell.text) for cell in cells if not cell.blank and not unpublished(cell)]
    if not texts or not all(is_value(Cell(text, "")) for text in texts):
        return ""
    if all(text.endswith("%") for text in texts):
        return "percent"
    if all(re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})*|[0-9]+", text) for text in texts):
        return "count"
    shares = [number_of(Cell(text, "")) for text in texts]
    if all(share is not None and share <= 100 for share in shares) and any("." in t for t in texts):
        return "percent"
    return ""
