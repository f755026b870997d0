"""Bytes of a file, or what is wrong with its path."""

from __future__ import annotations

from pathlib import Path

from alumnistats.errors import Problem, SurveyFileError


def read_bytes(path: str, expected: str) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    SurveyFileError
        If it cannot be opened; says that `expected` was.
    """
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        found = "no such file"
    except IsADirectoryError:
        found = "a directory"
    except PermissionError:
        found = "a file that may not be read"
    except (OSError, ValueError) as error:
        found = f"a path that cannot be opened ({getattr(error, 'strerror', None) or error})"
    raise SurveyFileError(path, [Problem("", found, expected)])
