"""Checks of what is known of the estimates' errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray
from alumnistats.errors import ArgumentError

ROUNDING = 1e-8  # asymmetry and negative eigenvalues, in units of the largest variance


def check_estimates(values: FloatArray) -> None:
    """Raise ArgumentError unless there are groups, all of them with a finite estimate."""
    if values.ndim < 1 or values.shape[-1] < 1:
        raise ArgumentError("estimate", values.shape, "one group or more")
    if not np.isfinite(values).all():
        raise ArgumentError("estimate", "a missing or infinite value", "finite estimates")


def check_covariance(values: FloatArray, covariance: npt.ArrayLike) -> FloatArray:
    """Return covariance matrices, shape (..., groups, groups), made exactly symmetric."""
    matrix = np.asarray(covariance, dtype=float)
    expected = (*values.shape, values.shape[-1])
    if matrix.shape != expected:
        raise ArgumentError("covariance", matrix.shape, f"a square matrix of shape {expected}")
    if not np.isfinite(matrix).all():
        raise ArgumentError("covariance", "a missing or infinite value", "finite covariances")
    variance = np.diagonal(matrix, axis1=-2, axis2=-1)
    if (variance < 0).any():
        raise ArgumentError("covariance", float(variance.min()), "variances that are not negative")
    tolerance = ROUNDING * variance.max(axis=-1)
    turned = matrix.swapaxes(-1, -2)
    if (np.abs(matrix - turned) > tolerance[..., None, None]).any():
        raise ArgumentError("covariance", "an asymmetric matrix", "a symmetric matrix")
    matrix = (matrix + turned) / 2
    least = np.linalg.eigvalsh(matrix)[..., 0]
    if (least < -tolerance * values.shape[-1]).any():
        raise ArgumentError(
            "covariance",
            f"an eigenvalue of {least.min():.3g}",
            "a positive semi-definite matrix: no negative eigenvalue",
        )
    return matrix


def check_draws(values: FloatArray, draws: npt.ArrayLike) -> FloatArray:
    """Return draws of the estimates of one problem, shape (draws, groups)."""
    drawn = np.asarray(draws, dtype=float)
    if values.ndim != 1:
        raise ArgumentError("estimate", values.shape, "one problem beside draws: shape (groups,)")
    if drawn.ndim != 2 or drawn.shape[1] != len(values) or len(drawn) < 2:
        raise ArgumentError(
            "draws", drawn.shape, f"two draws or more, of shape (draws, {len(values)})"
        )
    if not np.isfinite(drawn).all():
        raise ArgumentError("draws", "a missing or infinite value", "finite draws")
    return drawn
