"""The check that all comparisons make of their counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError

FloatArray = npt.NDArray[np.float64]


def check_counts(count: FloatArray, nobs: FloatArray, smallest: int = 1) -> None:
    """Raise ArgumentError unless ``0 <= count <= nobs`` and ``nobs >= smallest`` everywhere."""
    if not ((count >= 0) & (count <= nobs) & (nobs >= smallest)).all():
        raise ArgumentError(
            "counts",
            "a count below 0 or above its size, or a size too small",
            f"0 <= count <= size, and sizes of at least {smallest}",
        )
