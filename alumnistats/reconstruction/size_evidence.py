r"""The evidence of every value of a size prior's hyperparameters, many at a time.

The evidence of a quota and a departure rate is the coefficient of :math:`x^N` in a product over
groups of polynomials. Evaluated on the unit circle (after tilting sizes by :math:`r^n`, which moves
the bulk of the product to N), the product is formed for all departure rates at once and the
coefficient is a weighted mean of its values: a discrete Fourier transform at one point. The mean of
the absolute values bounds the rounding error, so each result says itself whether it can be trusted;
the few that cannot are left to the direct pass of `sizes`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.fft import next_fast_len, rfft

from alumnistats.reconstruction.size_priors import SizeModel

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
IntArray = npt.NDArray[np.int64]

RELIABLE = 1e-7  # coefficient over mean absolute value from which its relative error is below 1e-7
# Tilts of the Chernoff bound, in units of one over the mean size.
TILTS = np.linspace(-5.0, 5.0, 15)
LARGEST_EXPONENT = 300.0


def _tilts(shape: tuple[int, ...], total: int | None) -> FloatArray:
    """Return the weights ``exp(t (n - mean size))`` of sizes, shape (tilts, width).

    At the total all weights cancel.
    """
    groups, width = shape
    n = np.arange(width)
    centre = 0.0 if total is None else total / groups
    tilts = np.zeros(1) if total is None else TILTS / max(centre, 1.0)
    tilts = np.clip(tilts, -LARGEST_EXPONENT / width, LARGEST_EXPONENT / width)
    return np.asarray(np.exp(tilts[:, None] * (n - centre)))


def tilted_masses(
    models: Sequence[SizeModel], likelihood: FloatArray, total: int | None
) -> list[FloatArray]:
    r"""Return the log of each product's value at 1 for every tilt, (nodes, tilts) for each model.

    A coefficient of a polynomial with non-negative coefficients obeys
    :math:`[x^N] F(x) \le F(r) / r^N` for every r > 0 (Chernoff); the smallest over a grid of r is
    within a factor of about the standard deviation of the sum. Without a total it is the evidence.
    """
    scale = _tilts(likelihood.shape, total)
    departing: dict[int, FloatArray] = {}
    out = []
    with np.errstate(divide="ignore"):
        for model in models:
            key = id(model.departing)
            if key not in departing:
                departing[key] = (model.departing * likelihood) @ scale.T
            group = model.nodes[:, None, None] * departing[key]
            if model.quota is not None:
                kept = likelihood[:, model.quota, None] * scale[:, model.quota]
                group = group + (1 - model.nodes[:, None, None]) * kept
            out.append(np.log(group).sum(axis=1))
    return out


class Circle:
    """Products on the unit circle for one likelihood and one tilt.

    Parameters
    ----------
    likelihood : ndarray, shape (groups, width)
    scale : ndarray, shape (width,)
        The tilt's weights.
    total : int
    """

    def __init__(self, likelihood: FloatArray, scale: FloatArray, total: int) -> None:
        groups, width = likelihood.shape
        # Long enough that no other coefficient falls on that of the total.
        length = max(groups * (width - 1) - total, total) + 1
        self.length = next_fast_len(length, real=True)
        self.scaled = likelihood * scale
        self.frequency = np.arange(self.length // 2 + 1)
        self.roots = np.exp(-2j * np.pi * np.arange(self.length) / self.length)
        twice = np.full(len(self.frequency), 2.0)
        twice[0] = 1.0
        if self.length % 2 == 0:
            twice[-1] = 1.0
        self.weight = twice / self.length
        self.kernel = self.weight * self.phase(total).conj()
        self._spectra: dict[int, ComplexArray] = {}

    def phase(self, size: int) -> ComplexArray:
        """Return the transform of a point mass at `size`."""
        return np.asarray(self.roots[self.frequency * size % self.length])

    def spectrum(self, departing: FloatArray, first: IntArray) -> ComplexArray:
        """Return the transforms of departing groups' sizes, one row a kind of group."""
        key = id(departing)
        if key not in self._spectra:
            transform = rfft(departing[first] * self.scaled[first], self.length, axis=1)
            self._spectra = {key: np.asarray(transform)}  # the last one only
        return self._spectra[key]

    def coefficients(
        self, model: SizeModel, nodes: IntArray, kinds: tuple[IntArray, IntArray]
    ) -> tuple[FloatArray, FloatArray]:
        """Return the coefficient at the total and the mean absolute value, shape (nodes,).

        `kinds` are one index of each kind of group, and how many groups are of that kind.
        """
        first, times = kinds
        spectrum = self.spectrum(model.departing, first)
        rate = model.nodes[nodes, None]
        product = np.ones((len(nodes), len(self.frequency)), dtype=complex)
        if model.quota is None:
            staying = np.zeros_like(product)
        else:
            staying = (1 - rate) / rate * self.phase(model.quota)
        for row, count, transform in zip(first, times, spectrum, strict=True):
            kept = 0.0 if model.quota is None else self.scaled[row, model.quota]
            product *= _power(transform + kept * staying if kept else transform, int(count))
        product *= rate ** times.sum()
        return (product @ self.kernel).real, np.abs(product) @ self.weight


def _power(base: ComplexArray, exponent: int) -> ComplexArray:
    """Return a whole power by repeated squaring."""
    out = None
    while True:
        if exponent & 1:
            out = base if out is None else out * base
        exponent >>= 1
        if not exponent:
            return base if out is None else out
        base = base * base


class Evidence:
    """Log evidence of a model's departure rates, for one likelihood.

    Parameters
    ----------
    likelihood : ndarray, shape (groups, largest + 1)
    total : int or None
    """

    def __init__(self, likelihood: FloatArray, total: int | None) -> None:
        self.likelihood, self.total = likelihood, total
        self._scale = _tilts(likelihood.shape, total)
        self._circles: dict[int, Circle] = {}
        self._kinds: dict[int, tuple[IntArray, IntArray]] = {}

    def of(
        self, model: SizeModel, mass: FloatArray, least: float = -np.inf
    ) -> tuple[FloatArray, FloatArray]:
        """Return values, -inf where not computed, and upper bounds of those, shape (nodes,).

        A value is the log of everything that groups print, the total, the model's weight and the
        departure rate's. Not computed are unreliable ones, and those bounded by `least`.

        Parameters
        ----------
        model : SizeModel
        mass : ndarray, shape (nodes, tilts)
            The model's `tilted_masses`.
        least : float
        """
        with np.errstate(divide="ignore"):
            share = np.log(model.node_weights) + model.log_weight
        value, bound = np.full(len(share), -np.inf), mass.min(axis=1) + share
        wanted = bound > least
        if self.total is None:
            return bound, value
        mine = np.flatnonzero(wanted)
        if not len(mine):
            return value, bound
        # One tilt for all rates of a model: that of the rate that may matter most.
        tilt = int(mass[np.argmax(bound)].argmin())
        kinds = self._kinds_of(model.departing)
        found, size = self._circle(tilt).coefficients(model, mine, kinds)
        good = found > RELIABLE * size
        value[mine[good]] = np.log(found[good]) + share[mine[good]]
        bound[mine[good]] = -np.inf
        with np.errstate(divide="ignore"):
            rough = np.log(RELIABLE * size[~good]) + share[mine[~good]]
        bound[mine[~good]] = np.minimum(bound[mine[~good]], rough)
        return value, bound

    def _kinds_of(self, departing: FloatArray) -> tuple[IntArray, IntArray]:
        key = id(departing)
        if key not in self._kinds:
            both = np.hstack([departing, self.likelihood])
            _, first, times = np.unique(both, axis=0, return_index=True, return_counts=True)
            self._kinds = {key: (first, times)}  # the last one only
        return self._kinds[key]

    def _circle(self, tilt: int) -> Circle:
        assert self.total is not None  # see `of`
        if tilt not in self._circles:
            self._circles[tilt] = Circle(self.likelihood, self._scale[tilt], self.total)
        return self._circles[tilt]
