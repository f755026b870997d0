r"""The evidence of every value of a size prior's hyperparameters, many at a time.

The evidence of a quota and a departure rate is the coefficient of :math:`x^N` in a product over
groups of polynomials. Evaluated on the unit circle (after tilting sizes by :math:`r^n`, which moves
the bulk of the product to N), the product is formed for all departure rates at once and the
coefficient is a weighted mean of its values: a discrete Fourier transform at one point. Their root
mean square bounds the rounding error, so each result says itself whether it can be trusted; the few
that cannot are left to the direct pass of `sizes`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import next_fast_len, rfft

from alumnistats.reconstruction.size_laws import SizeModel

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

RELIABLE = 1e-7  # coefficient over root mean square from which its relative error is below 1e-7
# Tilts of the Chernoff bound, in units of one over the mean size.
TILTS = np.linspace(-5.0, 5.0, 15)
LARGEST_EXPONENT = 300.0
BATCH = 2e5  # numbers that are computed at a time: they stay in the processor's cache
LONG, SHORT = 8192, 2048  # circles beyond the first length get bounds from the second one first
TRANSFORM_ERROR = 1e-13  # of a coefficient, in root mean squares
ROUNDING = 1e-12  # of a bound that is a sum of differences


def tilts(shape: tuple[int, ...], total: int | None) -> FloatArray:
    """Return the weights ``exp(t (n - mean size))`` of sizes, shape (tilts, width).

    At the total all weights cancel.
    """
    groups, width = shape
    n = np.arange(width)
    centre = 0.0 if total is None else total / groups
    tilts = np.zeros(1) if total is None else TILTS / max(centre, 1.0)
    tilts = np.clip(tilts, -LARGEST_EXPONENT / width, LARGEST_EXPONENT / width)
    return np.asarray(np.exp(tilts[:, None] * (n - centre)))


class Workspace:
    """Arrays that are written over by each computation.

    New arrays of a few megabytes come from the system, whose first touch of each page costs more
    than the arithmetic.
    """

    def __init__(self) -> None:
        self._room: dict[str, ComplexArray] = {}

    def array(self, name: str, shape: tuple[int, ...]) -> ComplexArray:
        """Return an array of arbitrary content, valid until the next of the same name."""
        size = int(np.prod(shape))
        if name not in self._room or self._room[name].size < size:
            self._room[name] = np.empty(size, dtype=np.complex128)
        return self._room[name][:size].reshape(shape)


class Circle:
    """Products on the unit circle for one likelihood and one tilt.

    Parameters
    ----------
    likelihood : ndarray, shape (groups, width)
    scale : ndarray, shape (width,)
        The tilt's weights.
    total : int
    workspace : Workspace
    longest : int, optional
        Length beyond which coefficients may be added to that of the total: an upper bound results.
    """

    def __init__(
        self,
        likelihood: FloatArray,
        scale: FloatArray,
        total: int,
        workspace: Workspace,
        longest: int | None = None,
    ) -> None:
        groups, width = likelihood.shape
        # Long enough that no other coefficient falls on that of the total.
        length = max(groups * (width - 1) - total, total) + 1
        self.length = next_fast_len(min(length, longest or length), real=True)
        self.scaled = likelihood * scale
        self.frequency = np.arange(self.length // 2 + 1)
        self.roots = np.exp(-2j * np.pi * np.arange(self.length) / self.length)
        twice = np.full(len(self.frequency), 2.0)
        twice[0] = 1.0
        if self.length % 2 == 0:
            twice[-1] = 1.0
        weight = twice / self.length
        self._squares = np.repeat(weight, 2)
        self.kernel = weight * self.roots[self.frequency * total % self.length].conj()
        self._workspace = workspace
        self._spectra: dict[int, ComplexArray] = {}
        self._products: dict[bytes, ComplexArray] = {}

    def _spectrum(self, departing: FloatArray, first: IntArray) -> ComplexArray:
        """Return the transforms of departing groups' sizes, one row a kind of group."""
        key = id(departing)
        if key not in self._spectra:
            transform = rfft(departing[first] * self.scaled[first], self.length, axis=1)
            self._spectra, self._products = {key: np.asarray(transform)}, {}  # the last one only
        return self._spectra[key]

    def coefficients(
        self, models: Sequence[SizeModel], nodes: IntArray, kinds: tuple[IntArray, IntArray]
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return coefficients at the total, root mean squares, and the log of what both lack.

        Shape (models, nodes) each. The models share all but their quota, and which kinds of group
        can stay at it. `kinds` are one index of each kind of group, and how many groups are of that
        kind. Each group's factor is divided by its value at 1, which is its largest: products of
        hundreds of groups would leave the range of floats.
        """
        first, times = kinds
        some, stays = models[0], np.zeros((len(models), len(first)))
        phase = np.ones((1, 1))
        if some.quota is not None:
            quotas = np.array([model.quota for model in models])
            stays = self.scaled[first][:, quotas].T
            phase = self.roots[self.frequency * quotas[:, None] % self.length]
        gone = stays[0] == 0
        rate = some.nodes[nodes, None]
        spectrum = self._spectrum(some.departing, first)
        shape = len(models), len(nodes), len(self.frequency)
        product = self._workspace.array("product", shape)
        factor = self._workspace.array("factor", shape)
        product[:] = self._departed(some.departing, kinds, gone)
        log_scale = np.log(rate[:, 0]) * times[gone].sum() + np.zeros(shape[:2])
        with np.errstate(divide="ignore"):
            log_scale += times[gone] @ np.log(spectrum[gone, 0].real)
        for kind in np.flatnonzero(~gone):
            kept = stays[:, kind, None, None] * (1 - rate)
            largest = rate * spectrum[kind, 0].real + kept
            np.multiply(kept / largest, phase[:, None], out=factor)
            factor += rate / largest * spectrum[kind]
            log_scale += times[kind] * np.log(largest[..., 0])
            multiply_power(product, factor, int(times[kind]))
        coefficient = (product @ self.kernel).real
        parts = product.view(np.float64)  # real and imaginary, in turn
        np.square(parts, out=parts)
        return coefficient, np.sqrt(parts @ self._squares), log_scale

    def _departed(
        self, departing: FloatArray, kinds: tuple[IntArray, IntArray], those: BoolArray
    ) -> ComplexArray:
        """Return the product of the kinds of group that cannot stay: the same for many quotas.

        Each factor is divided by its value at 1.
        """
        first, times = kinds
        spectrum = self._spectrum(departing, first)
        key = those.tobytes()
        if key not in self._products:
            product = np.ones(len(self.frequency), dtype=complex)
            for kind in np.flatnonzero(those):
                largest = spectrum[kind, 0].real
                if largest > 0:  # otherwise no size is possible, and the product is 0
                    multiply_power(product, spectrum[kind] / largest, int(times[kind]))
            self._products[key] = product
        return self._products[key]


def multiply_power(product: ComplexArray, base: ComplexArray, exponent: int) -> None:
    """Multiply in place by a whole power, by repeated squaring; the base is written over."""
    while exponent:
        if exponent & 1:
            product *= base
        exponent >>= 1
        if exponent:
            np.square(base, out=base)


@dataclass(frozen=True, eq=False)
class _Cells:
    """The departure rates of one model: log shares, and values and bounds as far as known."""

    model: SizeModel
    limit: FloatArray
    share: FloatArray
    value: FloatArray
    bound: FloatArray

    @classmethod
    def of(cls, model: SizeModel, limit: FloatArray) -> _Cells:
        with np.errstate(divide="ignore"):
            share = np.log(model.node_weights) + model.log_weight
        return cls(model, limit, share, np.full(len(share), -np.inf), limit.min(axis=1) + share)


class Evidence:
    """Log evidence of a model's departure rates, for one likelihood.

    Parameters
    ----------
    likelihood : ndarray, shape (groups, largest + 1)
    total : int or None
    workspace : Workspace, optional
        Shared with the evidence of other likelihoods.
    """

    def __init__(
        self, likelihood: FloatArray, total: int | None, workspace: Workspace | None = None
    ) -> None:
        self.likelihood, self.total = likelihood, total
        self._scale = tilts(likelihood.shape, total)
        self._circles: dict[int, Circle] = {}
        self._short: dict[int, Circle] = {}
        self._workspace = Workspace() if workspace is None else workspace
        self._alike = alike_rows(likelihood)
        self._known: dict[int, tuple[IntArray, IntArray]] = {}

    def bounds(self, models: Sequence[SizeModel]) -> list[FloatArray]:
        r"""Return the log of a bound of each rate's coefficient by every tilt, (nodes, tilts) each.

        A coefficient of a polynomial with non-negative coefficients obeys
        :math:`[x^N] F(x) \le F(r) / r^N` for every r > 0 (Chernoff). Here F is a product over
        groups of :math:`a_g x^m + b_g(x)`, staying at the quota or departing. If some group
        departs, the coefficient is at most its most probable size's share,
        :math:`c_g = \max_n b_{gn} r^n / b_g(r)`, of the value at r: no point of a convolution
        exceeds the largest point of either factor. With kinds of groups in any order, and
        :math:`P_k` the product in which those before the k-th stay,

        .. math:: [x^N] F(x)\, r^N \le \sum_k c_k (P_k - P_{k + 1}) + 1[N = G m] P_{end}.

        It is smallest with rising c; Chernoff's is the case that all c are 1. Without a total the
        product itself is the evidence.
        """
        out: list[FloatArray] = []
        for _, group in itertools.groupby(models, lambda m: (id(m.departing), id(m.nodes))):
            alike = list(group)
            first, times = self._kinds_of(alike[0].departing)
            cells = len(alike[0].nodes) * len(first) * len(self._scale)
            most = max(int(BATCH // cells), 1)
            for start in range(0, len(alike), most):
                out += list(self._bounds_of_alike(alike[start : start + most], first, times))
        return out

    def _bounds_of_alike(
        self, models: Sequence[SizeModel], first: IntArray, times: IntArray
    ) -> FloatArray:
        """Return the bounds of models that share all but their quota, (models, nodes, tilts)."""
        some = models[0]
        weight = (some.departing * self.likelihood)[first, None] * self._scale
        departing = weight.sum(axis=2)
        share = weight.max(axis=2) / np.where(departing > 0, departing, 1.0)
        order = np.argsort(share[:, len(self._scale) // 2])
        share, departing, times = share[order], departing[order], times[order, None]
        rate = some.nodes[:, None, None]
        stays = np.zeros((1, 1, 1, 1))
        if some.quota is not None:
            quotas = np.array([m.quota for m in models])
            kept = (
                self.likelihood[first[order]][:, quotas].T[:, :, None] * self._scale.T[quotas, None]
            )
            stays = (1 - rate) * kept[:, None]
        with np.errstate(divide="ignore"):
            each = np.log(rate * departing + stays) * times
            whole = each.sum(axis=2)
            if self.total is None:
                return whole
            # From the product of all kinds to those in which the first, the first two, ... stay.
            each = np.where(np.isfinite(each), each, 0.0)  # the whole is impossible anyway
            fewer = np.exp(np.cumsum(np.log(stays) * times - each, axis=2))
            all_stay = [m.quota is not None and m.quota * times.sum() == self.total for m in models]
            factor = share[0] + ((share[1:] - share[:-1]) * fewer[:, :, :-1]).sum(axis=2)
            factor += (np.array(all_stay)[:, None, None] - share[-1]) * fewer[:, :, -1]
            return whole + np.log(np.maximum(factor, 0.0) + ROUNDING)

    @property
    def large(self) -> bool:
        """Whether values are so dear that `ceilings` are worth their price."""
        return self.total is not None and self._circle(0).length > LONG

    def ceilings(
        self, models: Sequence[SizeModel], limits: Sequence[FloatArray], least: float = -np.inf
    ) -> list[FloatArray]:
        """Return bounds that are lower than the `limits`, shape (nodes,) each, as `of` wants them.

        A circle that is too short gives the sum of every so many coefficients, that of the total
        among them; none is negative. Rates that the limits bound by `least` keep that bound.
        """
        assert self.total is not None  # see `large`
        cells = [_Cells.of(model, limit) for model, limit in zip(models, limits, strict=True)]
        for tilt, some in self._alike_cells(cells, least):
            if tilt not in self._short:
                scale = self._scale[tilt]
                self._short[tilt] = Circle(
                    self.likelihood, scale, self.total, self._workspace, SHORT
                )
            for batch, nodes in _batches(some, least, self._short[tilt]):
                kinds = self._kinds_of(batch[0].model.departing)
                same = [one.model for one in batch]
                found, size, log_scale = self._short[tilt].coefficients(same, nodes, kinds)
                with np.errstate(divide="ignore"):
                    upper = np.log(np.maximum(found, 0.0) + TRANSFORM_ERROR * size) + log_scale
                for one, limit in zip(batch, upper, strict=True):
                    one.bound[nodes] = np.minimum(one.bound[nodes], limit + one.share[nodes])
        return [one.bound for one in cells]

    def of(
        self,
        models: Sequence[SizeModel],
        limits: Sequence[FloatArray],
        least: float = -np.inf,
        ceilings: Sequence[FloatArray] | None = None,
    ) -> list[tuple[FloatArray, FloatArray]]:
        """Return values, -inf where not computed, and upper bounds of those, shape (nodes,) each.

        A value is the log of everything that groups print, the total, the model's weight and the
        departure rate's. Not computed are unreliable ones, and those bounded by `least`.

        Parameters
        ----------
        models : sequence of SizeModel
        limits : sequence of ndarray, shape (nodes, tilts)
            The models' `bounds`.
        least : float
        ceilings : sequence of ndarray, shape (nodes,), optional
            Lower bounds than those.
        """
        cells = [_Cells.of(model, limit) for model, limit in zip(models, limits, strict=True)]
        for one, ceiling in zip(cells, ceilings or (), strict=ceilings is not None):
            np.minimum(one.bound, ceiling, out=one.bound)
        if self.total is None:
            return [(one.bound, one.value) for one in cells]
        # One tilt for all rates of a model, that of the rate that may matter most; then its own for
        # each rate of which that says too little.
        for tilt, some in self._alike_cells(cells, least):
            for batch, nodes in _batches(some, least, self._circle(tilt)):
                self._try(batch, nodes, tilt)
        for one in cells:
            left = np.flatnonzero(one.bound > least)
            if not left.size:
                continue
            own = one.limit[left].argmin(axis=1)
            for tilt in np.unique(own).tolist():
                self._try([one], left[own == tilt], tilt)
        return [(one.value, one.bound) for one in cells]

    def _alike_cells(
        self, cells: Sequence[_Cells], least: float
    ) -> Iterator[tuple[int, list[_Cells]]]:
        """Yield models that can be computed together, with the tilt of the most probable rate."""
        alike: dict[tuple[int, int, int, bytes], list[_Cells]] = {}
        for one in cells:
            if (one.bound > least).any():
                tilt = int(one.limit[np.argmax(one.bound)].argmin())
                alike.setdefault(self._likeness(one.model, tilt), []).append(one)
        for (tilt, *_), some in alike.items():
            yield tilt, some

    def _likeness(self, model: SizeModel, tilt: int) -> tuple[int, int, int, bytes]:
        """Return what models must share to be computed together."""
        stays = b""
        if model.quota is not None:
            stays = (self.likelihood[:, model.quota] > 0).tobytes()
        return tilt, id(model.departing), id(model.nodes), stays

    def _try(self, cells: Sequence[_Cells], nodes: IntArray, tilt: int) -> None:
        """Compute some rates' values with one tilt; keep reliable ones, and the others' bounds."""
        models = [one.model for one in cells]
        kinds = self._kinds_of(models[0].departing)
        found, size, log_scale = self._circle(tilt).coefficients(models, nodes, kinds)
        good = found > RELIABLE * size
        with np.errstate(divide="ignore", invalid="ignore"):
            log_found = np.log(found) + log_scale
            log_rough = np.log(RELIABLE * size) + log_scale
        for one, right, value, rough in zip(cells, good, log_found, log_rough, strict=True):
            share = one.share[nodes]
            one.value[nodes] = np.where(right, value + share, one.value[nodes])
            lower = np.where(right, -np.inf, np.minimum(one.bound[nodes], rough + share))
            one.bound[nodes] = lower

    def _kinds_of(self, departing: FloatArray) -> tuple[IntArray, IntArray]:
        if (departing == departing[0]).all():
            return self._alike
        key = id(departing)
        if key not in self._known:
            self._known = {
                key: alike_rows(np.hstack([departing, self.likelihood]))
            }  # the last only
        return self._known[key]

    def _circle(self, tilt: int) -> Circle:
        assert self.total is not None  # see `of`
        if tilt not in self._circles:
            self._circles[tilt] = Circle(
                self.likelihood, self._scale[tilt], self.total, self._workspace
            )
        return self._circles[tilt]


def _batches(
    cells: Sequence[_Cells], least: float, circle: Circle
) -> Iterator[tuple[Sequence[_Cells], IntArray]]:
    """Yield as many models as fit the cache, with the rates at which any of all exceeds `least`."""
    nodes = np.flatnonzero(np.max([one.bound for one in cells], axis=0) > least)
    at_once = max(int(BATCH // (len(nodes) * len(circle.frequency))), 1)
    for start in range(0, len(cells), at_once):
        yield cells[start : start + at_once], nodes


def alike_rows(rows: FloatArray) -> tuple[IntArray, IntArray]:
    """Return one index of each kind of row, and how many rows are of that kind."""
    _, first, times = np.unique(rows, axis=0, return_index=True, return_counts=True)
    return first, times
