"""Text from files is data: what it may hold, and how it leaves in messages, CSV and file names.

What stands for itself in one place is a command in another: an escape code on a terminal, a formula
in a spreadsheet, a separator in a path. Characters that only ever command are refused where text
comes in (`forbidden`); the rest leaves through one function a destination.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_OVERRIDES = r"\u202a-\u202e\u2066-\u2069"
_NO_CHARACTERS = r"\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_FORBIDDEN = re.compile(f"[{_CONTROLS}{_OVERRIDES}{_NO_CHARACTERS}]")
ALLOWED = "text without control characters, bidirectional overrides and non-characters"
"""What `forbidden` leaves, in words; tabulators and ends of lines are text."""

_FORMULA = tuple("=+-@\t\r'＝＋－＠")
LONGEST_NAME = 100  # bytes of an id in a file's name: file systems allow 255, with all around it
_DIGITS = 12  # hexadecimal ones, of the digest that stands in for what is cut


def forbidden(text: str) -> tuple[int, str] | None:
    """Return the first character that no text of a file may hold.

    Parameters
    ----------
    text : str

    Returns
    -------
    (int, str) or None
        Its place, counted from 1, and its code point, such as ``"U+001B"``.

    Examples
    --------
    >>> forbidden("plain"), forbidden("a" + chr(27))
    (None, (2, 'U+001B'))
    """
    match = _FORBIDDEN.search(text)
    return None if match is None else (match.start() + 1, _code_point(match[0]))


def refused(text: str) -> str:
    """Return what an error says to have found in a text that holds a forbidden character.

    Returns
    -------
    str
        Empty where nothing is forbidden.

    Examples
    --------
    >>> refused("a" + chr(27))
    'the character U+001B at letter 2'
    """
    found = forbidden(text)
    return f"the character {found[1]} at letter {found[0]}" if found else ""


def visible(text: str) -> str:
    """Return a text whose forbidden characters are written as their code points.

    For messages, which quote what was refused: a terminal must show it, not obey it.

    Examples
    --------
    >>> visible("a" + chr(27) + "[2J")
    'a<U+001B>[2J'
    """
    return _FORBIDDEN.sub(lambda match: f"<{_code_point(match[0])}>", text)


def _code_point(letter: str) -> str:
    return f"U+{ord(letter):04X}"


def csv_text(text: str) -> str:
    """Return a text as a cell of a CSV file that no spreadsheet runs as a formula.

    An apostrophe goes before ``= + - @``, their full-width forms, a tabulator, and before an
    apostrophe, so that `from_csv_text` takes away exactly what was put there.

    Examples
    --------
    >>> csv_text("=1+1"), csv_text("Retail"), csv_text("'quoted'")
    ("'=1+1", 'Retail', "''quoted'")
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def from_csv_text(text: str) -> str:
    """Return the text that `csv_text` made a cell of.

    Examples
    --------
    >>> from_csv_text(csv_text("=1+1"))
    '=1+1'
    """
    return text[1:] if text.startswith("'") else text


def file_part(id: str) -> str:
    """Return an id as a part of a file's name: different ids have different ones, on any system.

    Parameters
    ----------
    id : str
        Of a measure or a claim, or ``"question:option"``.

    Returns
    -------
    str
        The id with a full stop for the colon. Where it is long, or differs from another id only in
        what some file systems ignore (case, composed accents), a digest is added.

    Examples
    --------
    >>> file_part("official_contact"), file_part("lunch:none"), file_part("lunch-none")
    ('official_contact', 'lunch.none', 'lunch-none')
    """
    name = id.replace(":", ".")
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    data = name.encode()
    if folded == name and len(data) <= LONGEST_NAME:
        return name
    kept = data[:LONGEST_NAME].decode(errors="ignore")
    return f"{kept}..{hashlib.sha256(id.encode()).hexdigest()[:_DIGITS]}"
