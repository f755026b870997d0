r"""Tables of counts by base sizes as bands: the counts that a group's figures allow, no others.

A share published to one decimal allows about n / 1000 + 1 counts of n, so that nearly all of the
square of counts by sizes is zero. A `Band` holds a window of counts for each size. Bands of two
children combine to that of their parent by the factors of the split's law,

.. math:: T_v(b, c) = \frac1K \sum_k \frac{1}{w_k(c)}
          \sum_l w^l_k(l)\, T_{left}(b, l)\; w^r_k(c - l)\, T_{right}(b, c - l),

a convolution of two windows for each pair of parameters: no table of the law is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from alumnistats.arrays import BoolArray, FloatArray, IntArray
from alumnistats.reconstruction.count_prior import SplitWeights

CELLS = 2_000_000  # numbers that are computed at a time
IN_CACHE = 50_000  # the same, where they are read again and again
BLOCK = 16  # places of one table along another that a product of matrices takes at a time
NARROW = 64  # below as many places, or columns, single products are as quick


@dataclass(frozen=True, eq=False)
class Band:
    """A table of counts by base sizes that is zero outside of a window of counts for each size.

    Attributes
    ----------
    start, stop : ndarray of int, shape (sizes,)
        The window's first count, and the count after its last.
    values : ndarray, shape (sizes, width), or None
        From the window's first count on; None where all values in the windows are 1.
    """

    start: IntArray
    stop: IntArray
    values: FloatArray | None = None

    @property
    def width(self) -> int:
        """The widest window, at least 1."""
        return int((self.stop - self.start).max(initial=1))

    def counts(self, rows: slice = slice(None)) -> IntArray:
        """Return the counts that the columns stand for, shape (rows, width)."""
        return np.asarray(self.start[rows, None] + np.arange(self.width))

    def inside(self, rows: slice = slice(None)) -> BoolArray:
        """Return which cells are inside of the windows, shape (rows, width)."""
        return np.asarray(np.arange(self.width) < (self.stop - self.start)[rows, None])

    def dense(self, rows: slice = slice(None)) -> FloatArray:
        """Return the values of some rows, shape (rows, width), 0 beyond the windows."""
        if self.values is None:
            return self.inside(rows).astype(float)
        return self.values[rows]

    def at(self, size: IntArray, count: IntArray) -> FloatArray:
        """Return the table at sizes and counts, which broadcast."""
        inside = (count >= self.start[size]) & (count < self.stop[size])
        if self.values is None:
            return np.asarray(inside.astype(float))
        column = np.where(inside, count - self.start[size], 0)
        return np.asarray(np.where(inside, self.values[size, column], 0.0))

    def of(self, sizes: IntArray) -> Band:
        """Return the rows of some sizes."""
        some = Band(self.start[sizes], self.stop[sizes])
        if self.values is None:
            return some
        return replace(some, values=self.values[sizes, : some.width])

    @property
    def nbytes(self) -> int:
        """Memory of the values."""
        return 0 if self.values is None else self.values.nbytes


def row_blocks(rows: int, width: int, cells: int = CELLS) -> Iterator[slice]:
    """Yield slices of rows of which all cells together are few."""
    at_once = max(cells // max(width, 1), 1)
    for first in range(0, rows, at_once):
        yield slice(first, min(first + at_once, rows))


def mix(window: Band, left: Band, right: Band, law: SplitWeights) -> FloatArray:
    """Return the values of a parent's band from those of its children, shape (sizes, width).

    Parameters
    ----------
    window : Band
        Where the parent's values are wanted.
    left, right : Band
    law : SplitWeights
        Of the left count given the parent's.
    """
    if window.width * min(left.width, right.width) <= left.width * right.width:
        return _mix_by_count(window, left, right, law)
    out = np.zeros((len(window.start), window.width))
    for rows in row_blocks(len(out), left.width + right.width + window.width):
        out[rows] = _convolved(window, left, right, law, rows)
    return out


def _mix_by_count(window: Band, left: Band, right: Band, law: SplitWeights) -> FloatArray:
    """Return what `mix` does, for the parent's window alone: few counts, of wide children."""
    if left.width > right.width:
        return _mix_by_count(window, right, left, law.mirrored)
    out = np.zeros((len(window.start), window.width))
    largest = len(out) - 1
    # The right count that goes with the parent's first and the left's last.
    first = window.start - left.start - right.start - (left.width - 1)
    for rows in row_blocks(len(out), left.width + right.width + window.width, IN_CACHE):
        l, r, c = (np.minimum(band.counts(rows), largest) for band in (left, right, window))
        both = left.dense(rows), right.dense(rows)
        for of_left, of_right, of_whole in zip(law.left, law.right, law.whole, strict=True):
            own, beside = (both[0] * of_left[l])[:, ::-1], both[1] * of_right[r]
            out[rows] += correlated(own, beside, first[rows], window.width) / of_whole[c]
        out[rows] *= window.inside(rows) / len(law.left)
    return out


def correlated(few: FloatArray, many: FloatArray, first: IntArray, width: int) -> FloatArray:
    """Return the sums of products of two tables' rows, one moved along the other.

    Parameters
    ----------
    few, many : ndarray, shapes (rows, columns)
    first : ndarray of int, shape (rows,)
        Column of `many`, which is 0 beyond its ends, that the first of `few` begins at.
    width : int
        How many places it is moved to, one column further each.

    Returns
    -------
    ndarray, shape (rows, width)
        ``sum_i few[row, i] many[row, first[row] + i + j]`` for j = 0, ..., width - 1.
    """
    if min(few.shape[1], width) < NARROW:
        slid = sliding_window_view(_columns(many, first, few.shape[1] + width - 1), few.shape[1], 1)
        return np.asarray(np.einsum("ri,rji->rj", few, slid))
    # A block of places at a time is a product of matrices.
    blocks, reach = -(-width // BLOCK), few.shape[1] + BLOCK - 1
    needed = _columns(many, first, (blocks - 1) * BLOCK + reach)
    padded = np.pad(few, ((0, 0), (BLOCK - 1, BLOCK - 1)))
    moved = sliding_window_view(padded, BLOCK, 1)[:, :, ::-1]
    here = sliding_window_view(needed, reach, 1)[:, ::BLOCK]
    sums = np.ascontiguousarray(here) @ np.ascontiguousarray(moved)
    return sums.reshape(len(few), -1)[:, :width]


def _columns(table: FloatArray, first: IntArray, width: int) -> FloatArray:
    """Return so many columns of each row from its own first one on, 0 beyond the table's ends."""
    column = first[:, None] + np.arange(width)
    inside = (column >= 0) & (column < table.shape[1])
    found = np.take_along_axis(table, np.where(inside, column, 0), axis=1)
    return np.where(inside, found, 0.0)


def _convolved(window: Band, left: Band, right: Band, law: SplitWeights, rows: slice) -> FloatArray:
    largest = len(window.start) - 1
    l, r = (np.minimum(side.counts(rows), largest) for side in (left, right))
    c = np.minimum(window.counts(rows), largest)
    both = left.dense(rows), right.dense(rows)
    reach = left.width + right.width - 1
    column = c - (left.start + right.start)[rows, None]
    inside = window.inside(rows) & (column >= 0) & (column < reach)
    column = np.where(inside, column, 0)
    out = np.zeros(c.shape)
    for of_left, of_right, of_whole in zip(law.left, law.right, law.whole, strict=True):
        few, many = sorted((both[0] * of_left[l], both[1] * of_right[r]), key=lambda x: x.shape[1])
        sums = np.zeros((len(l), reach))
        for i in range(few.shape[1]):
            sums[:, i : i + many.shape[1]] += few[:, i, None] * many
        out += np.take_along_axis(sums, column, axis=1) / of_whole[c]
    return np.asarray(np.where(inside, out / len(law.left), 0.0))
