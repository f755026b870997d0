"""What a user should know of how data were read; a warning, so that it can be turned off."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from alumnistats.text import visible


class InputNotice(UserWarning):
    """Data were read in a way that the user should know of."""


def tell(path: str, notes: Iterable[str]) -> None:
    """Warn of every note, at the caller of a public reader."""
    for note in notes:
        warnings.warn(visible(f"{path}: {note}"), InputNotice, stacklevel=3)
