r"""Sample sizes by normal approximation: the formulas from which exact searches start.

All are of the form :math:`\{(z_{level} s_0 + z_{power} s_1) / d\}^2`, where d is the difference to
be found, and :math:`s_0^2, s_1^2` are the variances of one respondent's (or one pair's)
contribution without and with the difference.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from alumnistats.arrays import FloatArray

POWER = 0.8  # with which a survey is asked to settle a claim
EQUAL = 1e-12  # difference of two averages that is only rounding
DRAWS = 2000


def _size(
    gap: FloatArray, null: FloatArray, other: FloatArray, level: float, power: float
) -> FloatArray:
    """Return the size that tells `gap` from 0; infinite where there is nothing to tell."""
    root = ndtri(level) * np.sqrt(null) + ndtri(power) * np.sqrt(np.maximum(other, 0.0))
    ratio = np.divide(root, gap, out=np.full(gap.shape, np.inf), where=gap > EQUAL)
    return np.asarray(np.maximum(np.ceil(np.maximum(ratio, 0.0) ** 2), 1.0))


def pair_size(
    larger: npt.ArrayLike, smaller: npt.ArrayLike, level: float = 0.95, power: float = POWER
) -> FloatArray:
    """Return respondents a group for a one-sided z test of two groups' shares.

    Fleiss, Levin and Paik (2003, Statistical Methods for Rates and Proportions, 3rd edition,
    section 4.2), without continuity correction.

    Parameters
    ----------
    larger, smaller : array_like
        Shares in [0, 1]; they broadcast.
    level : float
        One minus the one-sided significance level, in (0, 1).
    power : float
        In (0, 1).

    Returns
    -------
    ndarray
        Whole numbers, at least 1; infinite where `larger` is not the larger one.

    Examples
    --------
    >>> pair_size([0.6, 0.5], 0.4).tolist()
    [77.0, 305.0]
    """
    a, b = np.broadcast_arrays(np.asarray(larger, dtype=float), np.asarray(smaller, dtype=float))
    mean = (a + b) / 2
    return _size(a - b, 2 * mean * (1 - mean), a * (1 - a) + b * (1 - b), level, power)


def threshold_size(
    share: npt.ArrayLike,
    threshold: npt.ArrayLike,
    level: float = 0.95,
    power: float = POWER,
    *,
    upward: bool = True,
) -> FloatArray:
    """Return respondents for a one-sided z test of one share against a value.

    Parameters
    ----------
    share, threshold : array_like
        In [0, 1]; they broadcast.
    level : float
        One minus the one-sided significance level, in (0, 1).
    power : float
        In (0, 1).
    upward : bool
        Whether the share is claimed to lie above the threshold.

    Returns
    -------
    ndarray
        Whole numbers, at least 1; infinite where the share does not lie on the claimed side.

    Examples
    --------
    >>> threshold_size([0.55, 0.6], 0.5).tolist()
    [617.0, 153.0]
    """
    p, p0 = np.broadcast_arrays(np.asarray(share, dtype=float), np.asarray(threshold, dtype=float))
    gap = p - p0 if upward else p0 - p
    return _size(gap, p0 * (1 - p0), p * (1 - p), level, power)


def option_size(
    first_only: npt.ArrayLike,
    second_only: npt.ArrayLike,
    level: float = 0.95,
    power: float = POWER,
) -> FloatArray:
    """Return respondents for a one-sided McNemar test of two options of one question.

    Connor (1987, Biometrics 43, 207-211, equation 3).

    Parameters
    ----------
    first_only, second_only : array_like
        Shares of those who chose the one option and not the other; they broadcast.
    level, power : float
        As for `pair_size`.

    Returns
    -------
    ndarray
        Whole numbers, at least 1; infinite where the first share is not the larger one.

    Examples
    --------
    >>> option_size(0.3, 0.2).tolist()
    308.0
    """
    b, c = np.broadcast_arrays(
        np.asarray(first_only, dtype=float), np.asarray(second_only, dtype=float)
    )
    gap, disagree = b - c, b + c
    return _size(gap, disagree, disagree - gap**2, level, power)


def tiers_size(
    shares: FloatArray,
    pairs: Sequence[tuple[int, int]],
    level: float = 0.95,
    power: float = POWER,
    fraction: FloatArray | None = None,
    draws: int = DRAWS,
) -> float:
    """Return respondents for one-sided z tests of several pairs of groups together.

    All shares are drawn from their normal law, standardised, the same for every size; then each
    draw says from which size on all of its tests reject, and the size is a quantile over the draws.

    Parameters
    ----------
    shares : ndarray, shape (groups,)
        In [0, 1].
    pairs : sequence of (int, int)
        (larger, smaller) of every comparison.
    level : float
        One minus the one-sided significance level, in (0, 1).
    power : float
        In (0, 1).
    fraction : ndarray, shape (groups,), optional
        Each group's size in units of the result: 1 when omitted, so that the result is the size of
        every group; if they sum to 1, the result is the total.
    draws : int
        With 2,000 the power at the size has a standard error of about 0.01.

    Returns
    -------
    float
        A whole number, at least 1; infinite if some pair is tied or in the wrong order.

    Examples
    --------
    >>> import numpy as np
    >>> tiers_size(np.array([0.6, 0.5, 0.3]), [(0, 1), (1, 2)])
    320.0
    """
    above, below = np.array(pairs).T
    gap = shares[above] - shares[below]
    if (gap <= EQUAL).any():
        return float("inf")
    w = np.ones(len(shares)) if fraction is None else np.maximum(fraction, np.finfo(float).tiny)
    error = np.random.default_rng(0).normal(size=(draws, len(shares)))
    error *= np.sqrt(shares * (1 - shares) / w)
    mean = (w[above] * shares[above] + w[below] * shares[below]) / (w[above] + w[below])
    null = ndtri(level) * np.sqrt(mean * (1 - mean) * (1 / w[above] + 1 / w[below]))
    root = (null - (error[:, above] - error[:, below])) / gap
    needed = np.maximum(root, 0.0).max(axis=1) ** 2
    return float(max(np.ceil(np.quantile(needed, power)), 1.0))
