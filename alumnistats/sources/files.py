"""Bytes of a file, or what is wrong with its path."""

from __future__ import annotations

import stat
from pathlib import Path

from alumnistats.errors import InputFileError, Problem, SurveyFileError

MOST_BYTES = 300_000_000
"""Of a file of tables or respondents: what is made of it takes ten times as much memory."""

MOST_BYTES_OF_TEXT = 20_000_000
"""Of a survey or scenario file, which people write; a thousand questions take one of them."""


def read_bytes(
    path: str,
    expected: str,
    most: int = MOST_BYTES,
    error_type: type[InputFileError] = SurveyFileError,
) -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    path : str
    expected : str
        What the file is to be, for messages.
    most : int
        Bytes that it may have.
    error_type : type
        Of the error that is raised.

    Raises
    ------
    InputFileError
        If it cannot be opened, is no regular file (a pipe may never end), or is too large.
    """
    hint = ""
    try:
        kind = Path(path).stat()
        if stat.S_ISREG(kind.st_mode):
            with Path(path).open("rb") as file:
                data = file.read(most + 1)
            if len(data) <= most:
                return data
            found = f"a file of {max(kind.st_size, len(data)):,} bytes"
            expected = f"{expected} of at most {most:,} bytes"
        elif stat.S_ISDIR(kind.st_mode):
            found = "a directory"
        else:
            found, hint = "a pipe or a device", "Save it as a file first."
    except FileNotFoundError:
        found = "no such file"
    except PermissionError:
        found = "a file that may not be read"
    except (OSError, ValueError) as error:
        found = f"a path that cannot be opened ({getattr(error, 'strerror', None) or error})"
    raise error_type(path, [Problem("", found, expected, hint)])
