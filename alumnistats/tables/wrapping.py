"""Sentences in columns of a terminal: whole, broken where their language allows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from alumnistats.style import may_break

if TYPE_CHECKING:
    from rich.console import Console

BETWEEN = 2  # cells between two columns of a table
EDGE = 3  # before the first column and after the last one
NARROWEST = 8  # cells that a sentence has at least


def wrapped(text: str, width: int, indent: str = "") -> str:
    """Return a text in lines of at most `width` cells; letters of Japanese take two.

    Parameters
    ----------
    text : str
    width : int
        Of a line, in cells of a terminal; a word that is longer is broken.
    indent : str
        Before each line but the first.

    Examples
    --------
    >>> print(wrapped("Whole sentences, wrapped.", 12))
    Whole
    sentences,
    wrapped.
    """
    lines: list[str] = []
    rest = text.strip()
    while rest:
        room = max(width - (_cells(indent) if lines else 0), 2)
        end = _longest(rest, room)
        if end < len(rest):
            end = next((at for at in range(end, 0, -1) if may_break(rest, at)), end)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return f"\n{indent}".join(lines)


def print_sentences(sentences: Iterable[str], console: Console, indent: str = "") -> None:
    """Print sentences, each from a new line, in lines of the console's width."""
    width = console.width - _cells(indent)
    for sentence in sentences:
        console.print(f"{indent}{wrapped(sentence, width, f'{indent}  ')}", highlight=False)


def room_beside(heads: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> int:
    """Return the cells that a column of sentences has beside columns that stay whole.

    Parameters
    ----------
    heads, rows
        Of the other columns.
    width : int
        Of the table.
    """
    columns = zip(heads, *rows, strict=True)
    taken = sum(_widest(column) + BETWEEN for column in columns)
    return max(width - taken - EDGE, NARROWEST)


def _widest(column: Sequence[str]) -> int:
    return max(_cells(line) for text in column for line in text.split("\n"))


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _longest(text: str, room: int) -> int:
    """Return how many letters fit into a line, one at least."""
    end = 1
    while end < len(text) and _cells(text[: end + 1]) <= room:
        end += 1
    return end
