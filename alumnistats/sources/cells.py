"""What one cell of a table says: a percentage, a number of people, nothing, or a fault.

Cells are read as they are displayed, because the digits displayed are data. Only what is certain
is read: full-width digits and signs are the same digits, but a comma may be a decimal point or a
thousands separator, and a raised 2 a footnote; those are asked about, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from alumnistats.errors import Problem, shown
from alumnistats.survey import MAX_DECIMALS

Kind = Literal["text", "number", "date", "error", "formula", "truth"]
Mark = Literal[".", ","]

UNPUBLISHED = frozenset(
    ["", "-", "--", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\u30fc",
     "...", "\u2026", "\u2025", "..", "n/a", "na", "n.a.", "\u975e\u516c\u8868"]
)  # fmt: skip
"""How tables say that nothing is published, after `plain`."""

_SPACES = (0x3000, 0xA0, 0x2009, 0x202F, 0x2007)
_WIDE: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE |= dict.fromkeys(_SPACES, " ")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_GROUPED = {
    ".": re.compile(r"[0-9]{1,3}([, ][0-9]{3})+(\.[0-9]+)?"),
    ",": re.compile(r"[0-9]{1,3}([. ][0-9]{3})+(,[0-9]+)?"),
}
_PEOPLE = re.compile(r"(?i)^\(?(?:n\s*=\s*)?(.*?)\s*(?:人|名|社|件|票)?\)?$")
_LIKE_A_DATE = re.compile(
    r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}.*|[0-9]{1,2}[-/][0-9]{1,2}([-/][0-9]{2,4})?"
    r"|[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}[- ][A-Za-z]{3}|[A-Za-z]{3}[- ][0-9]{1,2}"
)
_RANGE = re.compile(
    r"[0-9.]+\.[0-9]+\s*%?\s*[-–—~〜]\s*[0-9.]+\s*%?|[0-9]{2}\s*[–—~〜]\s*[0-9]{2}\s*%?"
)
_FRACTION = re.compile(r"[0-9,]+\s*/\s*[0-9,]+\s*[(\[].*|[0-9,]+ (?:of|out of) [0-9,]+.*")
_MARKED = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*%?\s*[^0-9.,%\s].*")
_FIRST = r"(?P<{}>[0-9]+(?:[.,][0-9]+)?)\s*%"
_PERSONS = r"(?:n\s*=\s*)?(?P<count>[0-9]+(?:,[0-9]{3})*)\s*(?:人|名|社|件|票)?"
_PAIRS = (
    re.compile(rf"(?i){_FIRST.format('percent')}\s*[(\[]\s*{_PERSONS}\s*[)\]]"),
    re.compile(rf"(?i){_PERSONS}\s*[(\[]\s*{_FIRST.format('percent')}\s*[)\]]"),
)
_BARE_PAIR = re.compile(r"(?P<outer>[0-9.,]+)\s*%?\s*[(\[]\s*(?P<inner>[0-9.,]+)\s*%?\s*[)\]]")
A_PERCENTAGE = 'a percentage from 0 to 100, or "-" or nothing where none is published'
A_SIZE = "a whole number of respondents, 1 or more"
A_COUNT = "a whole number of answers, 0 or more"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is displayed.

    Attributes
    ----------
    text : str
        As displayed; digits as printed.
    where : str
        Address as spreadsheets write it, such as ``"B3"``.
    kind : Kind
    loose : bool
        A number without a format, whose trailing zeros may have been dropped.
    """

    text: str
    where: str
    kind: Kind = "text"
    loose: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing is written here."""
        return not plain(self.text)


Grid = list[list[Cell]]
"""Rows of cells, of equal length."""


def address(row: int, column: int) -> str:
    """Return the address of a cell as spreadsheets write it; both are counted from 0."""
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


class CellError(Exception):
    """A cell that cannot be read; carries the `Problem` of it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def plain(text: str) -> str:
    """Return text with full-width characters and special spaces as the ordinary ones, stripped."""
    return text.translate(_WIDE).strip()


def unpublished(cell: Cell) -> bool:
    """Return whether a cell says that nothing is published."""
    return plain(cell.text).lower() in UNPUBLISHED


def split_pair(cell: Cell, order: str = "") -> tuple[Cell, Cell] | None:
    """Return the percentage and the count of a cell such as ``71.4% (5)``, or None.

    Parameters
    ----------
    cell : Cell
    order : {"", "count-percent", "percent-count"}
        What the column's name says, as in "n (%)"; then no percent sign is needed.
    """
    text = plain(cell.text)
    if order and (match := _BARE_PAIR.fullmatch(text)):
        parts = (match["inner"], match["outer"])
        percent, count = parts if order == "count-percent" else parts[::-1]
        return replace(cell, text=percent), replace(cell, text=count)
    for pattern in _PAIRS:
        if match := pattern.fullmatch(text):
            return replace(cell, text=f"{match['percent']}%"), replace(cell, text=match["count"])
    return None


def read_percentage(
    cell: Cell,
    key: str,
    decimal: Mark = ".",
    digits: int | None = None,
    *,
    proportion: bool = False,
) -> str | None:
    """Return a percentage as printed, or None where nothing is published.

    Parameters
    ----------
    cell : Cell
    key : str
        How messages call the cell.
    decimal : {".", ","}
        The decimal mark of the table.
    digits : int, optional
        Decimals of every percentage, to put back zeros that a program dropped.
    proportion : bool
        Whether cells hold proportions of 1, which are percentages without the last two decimals.

    Raises
    ------
    CellError
    """
    if unpublished(cell):
        return None
    _only_numbers(cell, key, A_PERCENTAGE)
    text = plain(cell.text).removesuffix("%").strip()
    number = _decimal(f"0{text}" if proportion and text[:1] in (".", ",") else text, decimal)
    if proportion and number is not None and "%" not in plain(cell.text):
        if Decimal(number) > 1:
            raise CellError(Problem(key, shown(cell.text), "a proportion from 0 to 1"))
        number = format(Decimal(number).scaleb(2), "f")
    if number is None:
        raise CellError(_unreadable(cell, key, A_PERCENTAGE, decimal))
    if Decimal(number) > 100:
        expected = "a percentage from 0 to 100"
        hint = (
            'If the column holds sizes, call it "n"; if all hold numbers of answers, say values '
            "count (--values count)."
        )
        if "%" in plain(cell.text):
            hint = "A percent format multiplies by 100: the cell holds the percentage itself."
        raise CellError(Problem(key, shown(cell.text), expected, hint))
    whole, _, decimals = number.partition(".")
    whole = whole.lstrip("0") or "0"
    if len(decimals) > MAX_DECIMALS:
        expected = f"a percentage as printed, of at most {MAX_DECIMALS} decimals"
        hint = "It looks calculated. Give it the decimals with which it was published."
        raise CellError(Problem(key, shown(cell.text), expected, hint))
    if digits is not None:
        if len(decimals) > digits:
            expected = f"at most {digits} decimals, since digits is {digits}"
            raise CellError(Problem(key, shown(cell.text), expected))
        decimals = decimals.ljust(digits, "0")
    return f"{whole}.{decimals}" if decimals else whole


def read_people(cell: Cell, key: str, expected: str, decimal: Mark = ".") -> int | None:
    """Return a number of respondents or answers, or None where nothing is published.

    ``1,233``, ``n = 250``, ``(250)`` and a Japanese counter after the number are read.

    Raises
    ------
    CellError
    """
    if unpublished(cell):
        return None
    _only_numbers(cell, key, expected)
    match = _PEOPLE.match(plain(cell.text))
    number = None if match is None else _decimal(match[1], decimal, grouped=True)
    if number is None:
        raise CellError(_unreadable(cell, key, expected, decimal))
    value = Decimal(number)
    if value != value.to_integral_value() or value < (1 if expected == A_SIZE else 0):
        raise CellError(Problem(key, shown(cell.text), expected))
    if value >= 10**9:
        raise CellError(Problem(key, shown(cell.text), f"{expected}, below 1,000,000,000"))
    return int(value)


def _decimal(text: str, decimal: Mark, *, grouped: bool = False) -> str | None:
    """Return a number with a point, or None where it is not certainly a number."""
    if grouped and _GROUPED[decimal].fullmatch(text):
        text = re.sub(r"[, ]" if decimal == "." else r"[. ]", "", text)
    if decimal == ",":
        text = "" if "." in text else text.replace(",", ".")
    return text if _NUMBER.fullmatch(text) else None


def _only_numbers(cell: Cell, key: str, expected: str) -> None:
    """Refuse what a spreadsheet made of an entry."""
    again = "Type it again in a cell of the format Text."
    made = {
        "date": (f"the date {cell.text}", f"Excel turns entries such as 10-12 into dates. {again}"),
        "error": (f"Excel's error {cell.text}", 'Where nothing is published, write "-".'),
        "formula": (
            f"the formula {shown(cell.text)} without a stored value",
            "Open the file in Excel and save it, or replace formulas by their values.",
        ),
        "truth": (cell.text, again),
    }
    if cell.kind in made:
        found, hint = made[cell.kind]
        raise CellError(Problem(key, found, expected, hint))


def _unreadable(cell: Cell, key: str, expected: str, decimal: Mark) -> Problem:
    text = plain(cell.text)
    number = text.removesuffix("%").strip()
    other: Mark = "," if decimal == "." else "."
    if re.fullmatch(r"[.,][0-9]+", number):
        hint = (
            f"Write 0{number}; if it is a proportion of 1, say values proportion (--values "
            "proportion)."
        )
    elif _RANGE.fullmatch(text):
        hint = "It looks like a range, which cannot be entered: leave it out."
    elif _LIKE_A_DATE.fullmatch(text):
        hint = "It looks like a date, which spreadsheets make of entries such as 10-12."
    elif re.search("[,.]", number) and _decimal(number, other, grouped=True) is not None:
        hint = f'If "{other}" is the decimal mark of the table, say decimal (--decimal "{other}").'
    elif text[:1] in "<>≤≥＜＞" or text.lower().startswith(("less", "under", "over", "約")):
        hint = "An inequality cannot be entered: leave the cell empty."
    elif number.startswith(("-", "+", "\u2212")):
        hint = "Differences and changes cannot be entered: only shares of one base."
    else:
        hint = _what_else(text)
    return Problem(key, shown(cell.text), expected, hint)


def _what_else(text: str) -> str:
    """Return what to do about text that holds more, or less, than a number."""
    marked = _MARKED.fullmatch(text)
    if _FRACTION.fullmatch(text):
        return "Write the count and its base in columns of their own, such as Yes count and n."
    if text.endswith(("‰", "‱")):
        return "Write it as a percentage: 10‰ are 1%."
    if text[:1] in "▲△▼▽":
        return "Differences and changes cannot be entered: only shares of one base."
    if text in ("*", "**", "†"):
        return "If it means less than half a percent, leave the cell empty, or write 0."
    if pair := _BARE_PAIR.fullmatch(text):
        return (
            f'If that is a count, name the column "% (n)" or "n (%)"; '
            f"if it is a footnote mark, leave it out: {pair['outer']}."
        )
    if marked and text.isascii():
        return f"If the rest is a footnote mark, leave it out: {marked[1]}."
    if marked:
        return f"Leave out what is no digit: {marked[1]}."
    if any(c.isalpha() for c in text) and not any(c.isdigit() for c in text):
        return "Words are no shares: leave them, or their column, out."
    return ""
