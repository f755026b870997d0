"""Which encoding a text file is in: known, or certain enough to say so, or asked for.

UTF-8 and the UTF-16 and UTF-32 of a byte-order mark are certain. What Excel in Japan saves (cp932,
Microsoft's Shift_JIS) is recognised only if every character outside of ASCII is then Japanese, in
runs as Japanese writing has them; the reader is told. Anything else is refused with what the bytes
would read as: a wrong guess would still look like text.
"""

from __future__ import annotations

import codecs
import re

from alumnistats.errors import Problem, SurveyFileError, shown

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("cp932", "euc_jp", "cp1252")
_JAPANESE = re.compile(
    "[\u3000-\u30ff\u3220-\u33ff\u4e00-\u9fff\uff01-\uff5e\uffe5\u2015\u2025\u2026\u2460-\u2473\u203b\u2190-\u2193\u25a0-\u25ef\xd7\u2212]"
)
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_RUNS = re.compile(r"[^\x00-\x7f]+")
SURE_RUN = 3
"""Characters of a run that Latin letters may touch, as in eスポーツ."""


def decode(path: str, data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of a file, and a note for the reader where its encoding was recognised.

    Parameters
    ----------
    path : str
        For messages.
    data : bytes
    encoding : str, optional
        What the user says it is, any name that Python knows.

    Returns
    -------
    text, note : str
        The note is empty where nothing had to be recognised.

    Raises
    ------
    SurveyFileError
        If the bytes are not in `encoding`, or without it in none that is certain.
    """
    if encoding is not None:
        return _decode_as(path, data, encoding), ""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode_as(path, data, name), ""
    if b"\x00" in data:
        raise SurveyFileError(path, [_with_zeros(data)])
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        if is_shift_jis(data):
            note = "read as Shift_JIS (cp932), since it is not UTF-8 and is Japanese text so"
            return data.decode("cp932"), note
        raise SurveyFileError(path, [not_utf8(data, error.start)]) from error


def is_shift_jis(data: bytes) -> bool:
    """Return whether bytes are Japanese text in cp932, and in no other encoding of Japanese.

    Accented letters of other encodings take the letter behind them along and become one kanji, so
    a short run counts only where no Latin letter touches it; half-width katakana, which are single
    bytes like those letters, count only beside more of the full width.
    """
    text = _attempt(data, "cp932")
    if text is None or _attempt(data, "euc_jp") is not None:
        return False
    runs = [
        (match[0], text[: match.start()][-1:], text[match.end() :][:1])
        for match in _RUNS.finditer(text)
    ]
    wide = sum(len(run) for run, _, _ in runs)
    narrow = sum(len(_HALF_WIDTH.findall(run)) for run, _, _ in runs)
    return (
        all(_JAPANESE.match(c) or _HALF_WIDTH.match(c) for run, _, _ in runs for c in run)
        and 2 * narrow < wide
        and any(len(run) > 1 for run, _, _ in runs)
        and all(_stands_alone(run, before, after) for run, before, after in runs)
    )


def _stands_alone(run: str, before: str, after: str) -> bool:
    """Return whether a run is long enough for Latin letters beside it, or has none."""
    if len(run) >= SURE_RUN:
        return True
    beside = [c for c in (before, after) if c.isascii() and c.isalpha()]
    return not beside if len(run) == 1 else not any(c.islower() for c in beside)


def not_utf8(data: bytes, at: int) -> Problem:
    """Return the problem of bytes that are not UTF-8, with what the line would read as."""
    number = data[:at].count(b"\n") + 1
    line = data.split(b"\n")[number - 1].strip()
    readings = [(name, _attempt(line, name)) for name in _CANDIDATES]
    as_read = ", ".join(f"as {name} {shown(text)}" for name, text in readings if text)
    hint = f"That line reads {as_read}. " if as_read else ""
    return Problem(
        f"line {number}",
        f"the byte 0x{data[at]:02x}, which is not UTF-8",
        "text in UTF-8",
        f"{hint}Save it as UTF-8, or say encoding (--encoding) if you know it.",
    )


def _decode_as(path: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError as error:
        expected = "an encoding that Python knows, such as utf-8, cp932 or utf-16"
        problem = Problem("encoding", shown(encoding), expected)
        raise SurveyFileError(path, [problem]) from error
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        problem = Problem(
            f"byte {at}", f"bytes that are not {encoding}", f"text in {encoding}",
            "Leave encoding out to have it recognised.",
        )  # fmt: skip
        raise SurveyFileError(path, [problem]) from error


def _with_zeros(data: bytes) -> Problem:
    even, odd = data[::2].count(0), data[1::2].count(0)
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return Problem("", "a binary file, such as Excel's", "text", "Is its suffix right?")
    name = "utf-16-le" if odd > even else "utf-16-be"
    hint = f"If it is UTF-16 without a byte-order mark, say encoding {name}."
    return Problem("", "zero bytes, which no text in UTF-8 has", "text in UTF-8", hint)


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
