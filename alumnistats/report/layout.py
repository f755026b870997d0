"""What the template lays out: tables of cells that know their order, and pictures with their texts.

A text is either `Words`, in both languages, or a str that reads the same in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alumnistats.report.words import Words

Text = Words | str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text : Words or str
    order : float, optional
        What rows are sorted by; the text when omitted. Empty cells come last either way.
    number : bool
        Whether it is set flush right.
    own : bool
        Whether the text is the survey's or a file's own: of any language and direction.
    verdict, note, place : str or Words
        Of a claim: the class of its badge; the grounds; where it is printed.
    labelled : bool
        Whether it names its column where rows are cards, as numbers do.
    chosen : bool
        Whether the script fills it; without one it is not shown.
    """

    text: Text
    order: float | None = None
    number: bool = False
    own: bool = False
    verdict: str = ""
    note: Text = ""
    place: Text = ""
    labelled: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    id : str
        Unique on the page.
    caption : Words
    columns : sequence of Words
    rows : sequence of sequences of Cell
    head : int
        The column that names the row.
    cards : bool
        Whether rows are cards on small screens.
    """

    id: str
    caption: Words
    columns: Sequence[Words]
    rows: Sequence[Sequence[Cell]]
    head: int = 0
    cards: bool = False

    @property
    def numbers(self) -> frozenset[int]:
        """Columns that are set flush right."""
        first = self.rows[0] if self.rows else ()
        return frozenset(i for i, cell in enumerate(first) if cell.number)

    @property
    def chosen(self) -> frozenset[int]:
        """Columns that the script fills."""
        first = self.rows[0] if self.rows else ()
        return frozenset(i for i, cell in enumerate(first) if cell.chosen)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in both languages.

    Attributes
    ----------
    id : str
        Unique on the page.
    kind : str
        The figure's name in the registry.
    of : str or None
        The measure that it is drawn of.
    title : Words
        Its caption.
    key : Words
        How it is read.
    alt : Words
        What it shows, for who cannot see it.
    name : str
        Of its files when it is saved, without ending.
    table : str
        The table that it is drawn from.
    """

    id: str
    kind: str
    of: str | None
    title: Words
    key: Words
    alt: Words
    name: str
    table: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of one measure, under its own heading."""

    id: str
    title: Words
    sentences: Sequence[Words]
    table: Table
    pictures: Sequence[Picture]


def number(text: str, order: float | None = None) -> Cell:
    """Return a cell of a number as it is printed; `order` is its value."""
    return Cell(text, order=order, number=True)
