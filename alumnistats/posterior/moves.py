"""Functions on the grids of a mixture, evaluated at all nodes less a shift of the logit.

The polynomials of degree 11 through the nodes of each panel are evaluated. Beyond the ends of a
grid its functions keep their values there, as distribution functions do.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import logit

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.posterior.mixture import ORDER, panel

EVEN = 1e-7  # relative difference of panels' widths up to which they count as equally wide
APART = 1000.0  # logits; more than any grid reaches

Move = Callable[[FloatArray], FloatArray]
"""From values at the nodes, shape (components, nodes) or (components, functions, nodes), all in
[0, 1], to values of the same shape."""


def move_by(grid: FloatArray, shift: float) -> Move:
    """Return what evaluates functions at every node less `shift` logits.

    Parameters
    ----------
    grid : ndarray, shape (components, nodes)
        Proportions, as in `Mixture`.
    shift : float
        In logits, of any sign.
    """
    nodes, _, _ = panel(ORDER)
    phi = logit(grid)
    panels = phi.reshape(len(phi), -1, ORDER)
    half = (panels[..., -1] - panels[..., 0]) / (nodes[-1] - nodes[0])
    if np.ptp(half, axis=1).max() <= EVEN * half.max():
        return _even(half.mean(axis=1), panels.shape[1], shift)
    return _uneven(phi, (panels[..., -1] + panels[..., 0]) / 2, half, shift)


def _basis(local: FloatArray) -> FloatArray:
    """Return weights of a panel's values at points in [-1, 1], shape of `local` and the order."""
    nodes, _, _ = panel(ORDER)
    to_coefficients = np.linalg.inv(np.polynomial.legendre.legvander(nodes, ORDER - 1))
    return np.asarray(np.polynomial.legendre.legvander(local, ORDER - 1) @ to_coefficients)


def _even(half: FloatArray, panels: int, shift: float) -> Move:
    """Move over panels of one width: a panel's nodes fall into the same two others everywhere."""
    nodes, _, _ = panel(ORDER)
    at = nodes - (shift / half)[:, None]
    over = np.floor((at + 1) / 2)
    basis = _basis(at - 2 * over)
    first = over.min(axis=1)
    near = np.where((over == first[:, None])[..., None], basis, 0.0).transpose(0, 2, 1)
    far = np.where((over == first[:, None])[..., None], 0.0, basis).transpose(0, 2, 1)
    # One panel of constants at each end stands for all beyond.
    begin = np.arange(panels) + first.astype(np.int64)[:, None] + 1
    index = [np.clip(begin + i, 0, panels + 1) for i in (0, 1)]
    row = np.arange(len(half))[:, None]

    def move(values: FloatArray) -> FloatArray:
        split = values.reshape(len(half), -1, panels, ORDER).transpose(0, 2, 1, 3)
        padded = np.empty((len(half), panels + 2, split.shape[2], ORDER))
        padded[:, 1:-1] = split
        padded[:, 0], padded[:, -1] = split[:, 0, :, :1], split[:, -1, :, -1:]
        shape = (len(half), -1, ORDER)
        out = padded[row, index[0]].reshape(shape) @ near
        out += padded[row, index[1]].reshape(shape) @ far
        back = out.reshape(split.shape).transpose(0, 2, 1, 3).reshape(values.shape)
        return np.asarray(np.clip(back, 0.0, 1.0))

    return move


def _uneven(phi: FloatArray, centre: FloatArray, half: FloatArray, shift: float) -> Move:
    row = np.arange(len(phi))[:, None]
    at = np.clip(phi - shift, -APART / 2, APART / 2)
    # One search for all components: each has a stretch of the line for itself.
    apart = row * (2 * APART)
    starts = (centre - half + apart)[:, 1:]
    found = np.searchsorted(starts.ravel(), (at + apart).ravel(), side="right")
    index: IntArray = found.reshape(at.shape) - row * starts.shape[1]
    basis = _basis(np.clip((at - centre[row, index]) / half[row, index], -1.0, 1.0))

    def move(values: FloatArray) -> FloatArray:
        panels = values.reshape(len(phi), -1, half.shape[1], ORDER).transpose(0, 2, 1, 3)
        out = np.matmul(panels[row, index], basis[..., None])[..., 0]
        return np.asarray(np.clip(out.transpose(0, 2, 1).reshape(values.shape), 0.0, 1.0))

    return move
