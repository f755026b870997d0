"""Numerics and checks that several steps share: arrays, whole numbers, quadrature, drawing, levels.

Counts are often computed before they are handed over (``0.29 * 100`` is 28.999999999999996), and
cutting them off loses a respondent. What is whole up to the error of a product is that whole
number; anything else, such as 19.99 of 40, is no count.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from alumnistats.errors import ArgumentError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
ComplexArray = npt.NDArray[np.complex128]

WHOLE = 1e-9  # farthest from a whole number that a count may be
ROUNDINGS = 4  # errors of rounding in a large count, in units of its last place
A_COUNT = "a whole number of respondents; round a share times a size before"


def whole_numbers(values: npt.ArrayLike, parameter: str = "count") -> FloatArray:
    """Return counts as whole numbers.

    Parameters
    ----------
    values : array_like
        Each within 1e-9 of a whole number; very large ones within four units of their last place.
    parameter : str
        What the values are called in the error.

    Returns
    -------
    ndarray of float
        Whole numbers, of the same shape.

    Raises
    ------
    ArgumentError
        For a value that is no number, or not whole.

    Examples
    --------
    >>> whole_numbers([0.29 * 100, 28]).tolist()
    [29.0, 28.0]
    """
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ArgumentError(parameter, values, "numbers of respondents") from error
    whole = np.rint(found)
    with np.errstate(invalid="ignore"):
        off = np.abs(found - whole) > np.maximum(WHOLE, ROUNDINGS * np.spacing(np.abs(found)))
    bad = off | ~np.isfinite(found)
    if bad.any():
        raise ArgumentError(parameter, float(found[bad].ravel()[0]), A_COUNT)
    return np.asarray(whole + 0.0)


def check_level(
    value: float,
    parameter: str = "level",
    expected: str = "a probability strictly between 0 and 1",
    smallest: float = 0.0,
) -> None:
    """Raise ArgumentError unless the value lies strictly between `smallest` and 1.

    Parameters
    ----------
    value : float
        A level, a power, or another probability that is neither 0 nor 1.
    parameter, expected : str
        What the error calls it, and asks for.
    smallest : float

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> check_level(0.95)
    >>> check_level(95)
    Traceback (most recent call last):
    alumnistats.errors.ArgumentError: level: found 95; expected a probability ...
    """
    if not smallest < value < 1:
        raise ArgumentError(parameter, value, expected)


@cache
def gauss_legendre(order: int) -> tuple[FloatArray, FloatArray]:
    """Return the nodes and weights of Gauss-Legendre quadrature on [-1, 1], to be read only.

    Examples
    --------
    >>> x, w = gauss_legendre(3)
    >>> round(float(x**4 @ w), 12)  # exact up to degree five
    0.4
    """
    from scipy.special import roots_legendre

    x, w = roots_legendre(order)
    for values in (x, w):
        values.setflags(write=False)
    return x, w


def systematic(probability: FloatArray, draws: int, rng: np.random.Generator) -> IntArray:
    """Return how many of `draws` fall to each cell: one random offset for all.

    Examples
    --------
    >>> systematic(np.array([0.5, 0.3, 0.2]), 10, np.random.default_rng(0)).tolist()
    [5, 3, 2]
    """
    edges = np.cumsum(probability / probability.sum())
    points = (np.arange(draws) + rng.random()) / draws
    cells = np.minimum(np.searchsorted(edges, points, side="right"), len(edges) - 1)
    return np.bincount(cells, minlength=len(edges)).astype(np.int64)


def thinned(weight: FloatArray, size: int) -> tuple[IntArray, IntArray]:
    """Return the cells of a systematic sample by weight, without randomness, and how often each is.

    A cell with the share w of the weight is drawn ``w * size`` times, rounded down or up.

    Examples
    --------
    >>> cells, times = thinned(np.array([0.5, 0.1, 0.4]), 4)
    >>> cells.tolist(), times.tolist()
    ([0, 2], [2, 2])
    """
    edges = np.cumsum(weight)
    points = (np.arange(size) + 0.5) / size * edges[-1]
    drawn = np.minimum(np.searchsorted(edges, points), len(edges) - 1)
    return np.unique(drawn, return_counts=True)


def choose(weight: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw one column index for each row with probability proportional to `weight`.

    Examples
    --------
    >>> choose(np.array([[0.0, 1.0], [1.0, 0.0]]), np.random.default_rng(0)).tolist()
    [1, 0]
    """
    edges = np.cumsum(weight, axis=1)
    point = rng.random(len(weight)) * edges[:, -1]
    # A point can equal the last edge after rounding: never step past the last positive weight.
    last = weight.shape[1] - 1 - np.argmax(weight[:, ::-1] > 0, axis=1)
    return np.minimum((edges <= point[:, None]).sum(axis=1), last)


def distinct_rows(rows: FloatArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the index of one row of each kind, the kind of every row, and how many are of each.

    Rows are of one kind if they are the same bit by bit, which costs a reading of each: sorting
    them, as `numpy.unique` does, compares wide rows many times.

    Examples
    --------
    >>> first, kind, times = distinct_rows(np.array([[0.5, 2.0], [0.1, 2.0], [0.5, 2.0]]))
    >>> first.tolist(), kind.tolist(), times.tolist()
    ([0, 1], [0, 1, 0], [2, 1])
    """
    known: dict[bytes, int] = {}
    kind = np.array([known.setdefault(row.tobytes(), len(known)) for row in rows])
    _, first, times = np.unique(kind, return_index=True, return_counts=True)
    return first, kind, times
