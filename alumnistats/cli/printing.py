"""What the commands print, whatever is behind standard output: a terminal, a pipe, a full disk.

Everything printed passes here. A reader that left early (``| head -1``) is no error: what was to be
written is written, and the exit status is that of the work. Letters that the encoding of a terminal
lacks are written as escapes, once told; JSON stays JSON. Nothing printed is markup or a command to
a terminal, whatever a file calls its groups.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import textwrap
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, TextIO

from alumnistats.text import visible

PIPED = 100  # columns of a summary in a pipe, where the environment's COLUMNS does not say


def say(text: str, end: str = "\n") -> None:
    """Print a text on standard output.

    Raises
    ------
    OSError
        If it cannot be written for another reason than that nobody reads it.
    """
    if sys.stdout is None:  # closed by whoever started the command
        return
    shown = text + end
    if not _can_show(shown, sys.stdout):
        encoding = sys.stdout.encoding
        shown = shown.encode(encoding, "backslashreplace").decode(encoding)
        _tell_of_escapes(encoding)
    _write(shown, sys.stdout)


@lru_cache
def _tell_of_escapes(encoding: str) -> None:
    """Say once that letters are missing."""
    tell(
        f"standard output is {encoding}, which lacks some letters: they are written as escapes "
        "(\\u88fd). Set PYTHONUTF8=1 to have UTF-8"
    )


def say_json(content: Mapping[str, Any]) -> None:
    """Print a JSON document, in ASCII where the encoding of standard output needs it."""
    from alumnistats.tables import to_json

    text = to_json(content)
    if sys.stdout is not None and not _can_show(text, sys.stdout):
        text = to_json(content, ascii_only=True)
    say(text)


def columns() -> int:
    """Return how wide a summary in a pipe is: as COLUMNS says, if it is a number."""
    return _asked_columns() or PIPED


def _asked_columns() -> int | None:
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and int(asked) else None


def show(draw: Callable[[Any], None]) -> None:
    """Print what a function draws on a console of rich: plain in a pipe."""
    from rich.console import Console

    options: dict[str, Any] = {"markup": False, "emoji": False}
    if sys.stdout is None or not sys.stdout.isatty():
        options |= {"width": columns(), "no_color": True}
    console = Console(file=sys.stdout or io.StringIO(), **options)
    with console.capture() as captured:
        draw(console)
    say(captured.get(), end="")


def tell(text: str) -> None:
    """Print a message on standard error, headed by the command's name; lost if nobody can read."""
    remark(f"alumnistats: {text}")


def remark(text: str) -> None:
    """Print a message on standard error: in whole words on a terminal, in one line in a pipe."""
    if sys.stderr is not None:
        shown = visible(text)
        width = _message_width(sys.stderr)
        if width is not None:
            shown = "\n".join(_whole_words(line, width) for line in shown.split("\n"))
        with suppress(OSError):
            _write(f"{shown}\n", sys.stderr)


def _message_width(stream: TextIO) -> int | None:
    """Return the columns that a message has, if there is something to say so."""
    asked = _asked_columns()
    if asked is None and stream.isatty():
        with suppress(OSError):
            return os.get_terminal_size(stream.fileno()).columns or None
    return asked


def _whole_words(line: str, width: int) -> str:
    """Break a line of a message between words; what follows is two columns further right."""
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(), width, initial_indent=indent, subsequent_indent=f"{indent}  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _can_show(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeError:
        return False
    return True


def _write(text: str, stream: TextIO) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        silence(stream)
        if error.errno not in (errno.EPIPE, errno.EINVAL):  # EINVAL: a broken pipe on Windows
            raise


def silence(stream: TextIO) -> None:
    """Send what is left in a stream nowhere: Python would fail again when it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
