r"""Which values of a size prior's hyperparameters matter, by the evidence of all at once.

A value is a cell: a scenario, a quota and a departure rate. There are hundreds of thousands; bounds
order them, values are computed from the top down, and the work ends when the bound of what is left
is negligible. It is reported.

The evidence of a quota and a departure rate is the coefficient of :math:`x^N` in a product over
groups of polynomials. Evaluated on the unit circle (after tilting sizes by :math:`r^n`, which moves
the bulk of the product to N), the product is formed for all departure rates at once and the
coefficient is a weighted mean of its values: a discrete Fourier transform at one point. Their root
mean square bounds the rounding error, so each result says itself whether it can be trusted; the few
that cannot are left to the direct pass of `size_draws`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.fft import next_fast_len, rfft
from scipy.special import gammaln, xlog1py, xlogy

from alumnistats.arrays import BoolArray, ComplexArray, FloatArray, IntArray, distinct_rows
from alumnistats.reconstruction.size_draws import SizePass, run_pass
from alumnistats.reconstruction.size_laws import SizeModel, tilts

RELIABLE = 1e-7  # coefficient over root mean square from which its relative error is below 1e-7
BATCH = 2e5  # numbers that are computed at a time: they stay in the processor's cache
LONG, SHORT = 8192, 2048  # circles beyond the first length get bounds from the second one first
TRANSFORM_ERROR = 1e-13  # of a coefficient, in root mean squares
ROUNDING = 1e-12  # of a bound that is a sum of differences


class Workspace:
    """Arrays that are written over by each computation.

    New arrays of a few megabytes come from the system, whose first touch of each page costs more
    than the arithmetic.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, ComplexArray] = {}

    def array(self, name: str, shape: tuple[int, ...]) -> ComplexArray:
        """Return an array of arbitrary content, valid until the next of the same name."""
        size = int(np.prod(shape))
        if name not in self._arrays or self._arrays[name].size < size:
            self._arrays[name] = np.empty(size, dtype=np.complex128)
        return self._arrays[name][:size].reshape(shape)


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

    def _spectrum(self, off_quota: FloatArray, first: IntArray) -> ComplexArray:
        """Return the transforms of sizes of groups off their quota, one row a kind of group."""
        key = id(off_quota)
        if key not in self._spectra:
            transform = rfft(off_quota[first] * self.scaled[first], self.length, axis=1)
            self._spectra, self._products = {key: np.asarray(transform)}, {}  # the last one only
        return self._spectra[key]

    def products(
        self, models: Sequence[SizeModel], nodes: IntArray, kinds: tuple[IntArray, IntArray]
    ) -> tuple[ComplexArray, FloatArray]:
        """Return products, (models, nodes, frequencies), and the log of their values at 1.

        The models share all but their quota, and which kinds of group can stay at it. `kinds` are
        one index of each kind of group, and how many groups are of that kind. Each group's factor
        is divided by its value at 1, which is its largest: products of hundreds of groups would
        leave the range of floats. Written over by the next call.
        """
        first, times = kinds
        some, stays = models[0], np.zeros((len(models), len(first)))
        quotas = np.array([model.quota or 0 for model in models])[:, None]
        if some.quota is not None:
            stays = self.scaled[first][:, quotas[:, 0]].T
        gone = stays[0] == 0
        # Sizes are counted from the quota, so that staying at it multiplies by a real number.
        back = self.roots[-self.frequency * quotas % self.length][:, None]
        moved = self.roots[self.frequency * (quotas * times[~gone].sum()) % self.length][:, None]
        rate = some.nodes[nodes, None]
        spectrum = self._spectrum(some.off_quota, first)
        shape = len(models), len(nodes), len(self.frequency)
        product = self._workspace.array("product", shape)
        factor = self._workspace.array("factor", shape)
        np.multiply(self._departed(some.off_quota, kinds, gone), moved, out=product)
        log_scale = np.log(rate[:, 0]) * times[gone].sum() + np.zeros(shape[:2])
        with np.errstate(divide="ignore"):
            log_scale += times[gone] @ np.log(spectrum[gone, 0].real)
        for kind in np.flatnonzero(~gone):
            kept = stays[:, kind, None, None] * (1 - rate)
            largest = rate * spectrum[kind, 0].real + kept
            np.multiply(rate / largest, spectrum[kind] * back, out=factor)
            factor.real += kept / largest
            log_scale += times[kind] * np.log(largest[..., 0])
            multiply_power(product, factor, int(times[kind]))
        return product, log_scale

    def coefficients(
        self, models: Sequence[SizeModel], nodes: IntArray, kinds: tuple[IntArray, IntArray]
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return coefficients at the total, root mean squares, and the log of what both lack.

        Shape (models, nodes) each, of `products`.
        """
        product, log_scale = self.products(models, nodes, kinds)
        coefficient = (product @ self.kernel).real
        parts = product.view(np.float64)  # real and imaginary, in turn
        np.square(parts, out=parts)
        return coefficient, np.sqrt(parts @ self._squares), log_scale

    def _departed(
        self, off_quota: FloatArray, kinds: tuple[IntArray, IntArray], those: BoolArray
    ) -> ComplexArray:
        """Return the product of the kinds of group that cannot stay: the same for many quotas.

        Each factor is divided by its value at 1.
        """
        first, times = kinds
        spectrum = self._spectrum(off_quota, first)
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
        self._distinct = distinct_rows(likelihood)[::2]
        self._known: dict[int, tuple[IntArray, IntArray]] = {}

    def bounds(self, models: Sequence[SizeModel]) -> list[FloatArray]:
        r"""Return the log of a bound of each rate's coefficient by every tilt, (nodes, tilts) each.

        A coefficient of a polynomial with non-negative coefficients obeys
        :math:`[x^N] F(x) \le F(r) / r^N` for every r > 0 (Chernoff). Here F is a product over
        groups of :math:`a_g x^m + b_g(x)`, staying at the quota or off it. If some group
        departs, the coefficient is at most its most probable size's share,
        :math:`c_g = \max_n b_{gn} r^n / b_g(r)`, of the value at r: no point of a convolution
        exceeds the largest point of either factor. With kinds of groups in any order, and
        :math:`P_k` the product in which those before the k-th stay,

        .. math:: [x^N] F(x)\, r^N \le \sum_k c_k (P_k - P_{k + 1}) + 1[N = G m] P_{end}.

        It is smallest with rising c; Chernoff's is the case that all c are 1. Without a total the
        product itself is the evidence.
        """
        out: list[FloatArray] = []
        for _, group in itertools.groupby(models, lambda m: (id(m.off_quota), id(m.nodes))):
            same = list(group)
            first, times = self._kinds_of(same[0].off_quota)
            cells = len(same[0].nodes) * len(first) * len(self._scale)
            most = max(int(BATCH // cells), 1)
            for start in range(0, len(same), most):
                out += list(self._bounds_of_same(same[start : start + most], first, times))
        return out

    def _bounds_of_same(
        self, models: Sequence[SizeModel], first: IntArray, times: IntArray
    ) -> FloatArray:
        """Return the bounds of models that share all but their quota, (models, nodes, tilts)."""
        some = models[0]
        weight = (some.off_quota * self.likelihood)[first, None] * self._scale
        off = weight.sum(axis=2)
        share = weight.max(axis=2) / np.where(off > 0, off, 1.0)
        order = np.argsort(share[:, len(self._scale) // 2])
        share, off, times = share[order], off[order], times[order, None]
        rate = some.nodes[:, None, None]
        stays = np.zeros((1, 1, 1, 1))
        if some.quota is not None:
            quotas = np.array([m.quota for m in models])
            kept = (
                self.likelihood[first[order]][:, quotas].T[:, :, None] * self._scale.T[quotas, None]
            )
            stays = (1 - rate) * kept[:, None]
        with np.errstate(divide="ignore"):
            each = np.log(rate * off + stays) * times
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
        for tilt, some in self._same_circle(cells, least):
            if tilt not in self._short:
                scale = self._scale[tilt]
                self._short[tilt] = Circle(
                    self.likelihood, scale, self.total, self._workspace, SHORT
                )
            for batch, nodes in _batches(some, least, self._short[tilt]):
                kinds = self._kinds_of(batch[0].model.off_quota)
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

        A value is the log of everything that groups publish, the total, the model's weight and the
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
        for tilt, some in self._same_circle(cells, least):
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

    def _same_circle(
        self, cells: Sequence[_Cells], least: float
    ) -> Iterator[tuple[int, list[_Cells]]]:
        """Yield models that can be computed together, with the tilt of the most probable rate."""
        same: dict[tuple[int, int, int, bytes], list[_Cells]] = {}
        for one in cells:
            if (one.bound > least).any():
                tilt = int(one.limit[np.argmax(one.bound)].argmin())
                same.setdefault(self._likeness(one.model, tilt), []).append(one)
        for (tilt, *_), some in same.items():
            yield tilt, some

    def _likeness(self, model: SizeModel, tilt: int) -> tuple[int, int, int, bytes]:
        """Return what models must share to be computed together."""
        stays = b""
        if model.quota is not None:
            stays = (self.likelihood[:, model.quota] > 0).tobytes()
        return tilt, id(model.off_quota), id(model.nodes), stays

    def _try(self, cells: Sequence[_Cells], nodes: IntArray, tilt: int) -> None:
        """Compute some rates' values with one tilt; keep reliable ones, and the others' bounds."""
        models = [one.model for one in cells]
        kinds = self._kinds_of(models[0].off_quota)
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

    def _kinds_of(self, off_quota: FloatArray) -> tuple[IntArray, IntArray]:
        if (off_quota == off_quota[0]).all():
            return self._distinct
        key = id(off_quota)
        if key not in self._known:
            # Of the last law only.
            self._known = {key: distinct_rows(np.hstack([off_quota, self.likelihood]))[::2]}
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


# Bound of the share of the evidence that is not computed: less than half a draw, and at most this.
NEGLIGIBLE_DRAWS, NEGLIGIBLE = 0.4, 1.5e-3
SKIPPED = 0.1  # part of that which single departure rates of a quota may be
SPENT = 0.5  # the same, once the bounds of a large problem are lowered
BY_TOTAL_ALONE = 1e-11  # that bound where the total's own probability is asked for
TRACE = 1e-6  # share of the evidence below which a pass is never drawn from
FIRST_ROWS, MOST_ROWS = 8, 128  # scenarios with a quota that are evaluated together

Cell = tuple[int, SizeModel, int]  # scenario, quota and so on, index of a departure rate


def negligible(draws: int) -> float:
    """Return the share of the evidence that may be left out where so many draws stand for it."""
    return min(NEGLIGIBLE_DRAWS / draws, NEGLIGIBLE)


def run_passes(
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    log_prior: FloatArray,
    total: int | None,
    leave: float = NEGLIGIBLE,
) -> tuple[list[SizePass], float]:
    """Return the size passes that hold nearly all of the evidence.

    Parameters
    ----------
    models : sequence of SizeModel
    likelihoods : mapping of ndarray
        By scenario.
    log_prior : ndarray, shape (scenarios,)
    total : int or None
    leave : float
        Share of the evidence that need not be computed.

    Returns
    -------
    passes : list of SizePass
    left_out : float
        Upper bound of the share of the evidence in passes that are left out.
    """
    found, unseen = _cells_that_matter(models, likelihoods, log_prior, total, leave)
    if not found:
        return [], 0.0
    value = np.array([v for _, v in found])
    whole = float(np.logaddexp.reduce(value))
    kept = value > whole + np.log(TRACE)
    passes = [
        SizePass(s, model, node, likelihoods[s], [], v - log_prior[s])
        for ((s, model, node), v), good in zip(found, kept, strict=True)
        if good
    ]
    left_out = float(np.exp(unseen - whole) + np.exp(value[~kept] - whole).sum())
    return passes, left_out


def _cells_that_matter(
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    log_prior: FloatArray,
    total: int | None,
    leave: float,
) -> tuple[list[tuple[Cell, float]], float]:
    """Return cells with their log evidence, and the bound of all others."""
    if not likelihoods:
        return [], -np.inf
    found, unsure, unseen = _evaluate(models, likelihoods, log_prior, total, leave)
    sure = float(np.logaddexp.reduce([value for _, value in found])) if found else -np.inf
    more, unrun = _direct(likelihoods, log_prior, total, unsure, sure, leave)
    return found + more, float(np.logaddexp(unseen, unrun))


def log_probability_of_total(models: Sequence[SizeModel], total: int | None) -> float:
    """Return the log probability that sizes of a prior add up to the total; 0 without one.

    Parameters
    ----------
    models : sequence of SizeModel
        All of a prior, at least one.
    total : int or None
    """
    if total is None:
        return 0.0
    alone = models[0].quota is not None and len({id(model.off_quota) for model in models}) == 1
    if alone and (models[0].off_quota == models[0].off_quota[0]).all():
        found_at_once = _by_departures(models, total)
        if np.isfinite(found_at_once):
            return found_at_once
    nothing = {0: np.ones(models[0].off_quota.shape)}  # is published but the total
    found, _ = _cells_that_matter(models, nothing, np.zeros(1), total, BY_TOTAL_ALONE)
    return float(np.logaddexp.reduce([value for _, value in found])) if found else -np.inf


def _by_departures(models: Sequence[SizeModel], total: int) -> float:
    r"""Return that probability where models differ in their quota alone, and groups in nothing.

    If k groups are off their quota m, they add up to what the others leave,
    :math:`\sum_k \binom{G}{k} e^k (1 - e)^{G - k} [x^{N - (G - k) m}] u(x)^k`. Powers of u are
    directly convolved: terms are positive, so that no digit is lost. Minus infinity where all are
    below the smallest float.
    """
    off, nodes = models[0].off_quota, models[0].nodes
    number = np.arange(len(off) + 1)
    powers = np.zeros((len(number), total + 1))
    powers[0, 0] = 1.0
    for k in number[1:]:
        powers[k] = np.convolve(powers[k - 1], off[0])[: total + 1]
    stay = len(off) - number
    log_choose = gammaln(len(off) + 1) - gammaln(number + 1) - gammaln(stay + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_rate = xlogy(number, nodes[:, None]) + xlog1py(stay, -nodes[:, None]) + log_choose
        left = total - stay * np.array([model.quota or 0 for model in models])[:, None]
        sums = np.where(left >= 0, powers[number, np.maximum(left, 0)], 0.0)
        weight = np.exp([model.log_weight for model in models])
        return float(np.log(weight @ sums @ np.exp(log_rate).T @ models[0].node_weights))


def _evaluate(
    models: Sequence[SizeModel],
    likelihoods: Mapping[int, FloatArray],
    log_prior: FloatArray,
    total: int | None,
    leave: float,
) -> tuple[list[tuple[Cell, float]], list[tuple[Cell, float]], float]:
    """Return cells with their log evidence, with bounds of it, and the bound of all others."""
    workspace = Workspace()
    evidence = {s: Evidence(like, total, workspace) for s, like in likelihoods.items()}
    limits = {s: one.bounds(models) for s, one in evidence.items()}
    rows = [(s, m) for s in likelihoods for m in range(len(models))]
    limit = {(s, m): limits[s][m] for s, m in rows}
    table = _RowBounds.of(log_prior, models, limit)
    found: list[tuple[Cell, float]] = []
    unsure: list[tuple[Cell, float]] = []
    so_far, size, lowered = -np.inf, FIRST_ROWS, False
    while table.order:
        if table.behind() < so_far + np.log(leave):
            return found, unsure, table.behind()
        if np.isfinite(so_far) and not lowered and any(one.large for one in evidence.values()):
            table.lower(evidence, so_far + np.log(SKIPPED * leave))
            lowered = True
            continue
        block: dict[int, list[int]] = {}
        for s, m in table.take(size):
            block.setdefault(s, []).append(m)
        for s, mine in block.items():
            prior = float(log_prior[s])
            some = [models[m] for m in mine]
            # Cells are skipped that are together a part of what may be left out.
            least = table.least(so_far + np.log((SPENT if lowered else SKIPPED) * leave)) - prior
            ceilings = [table.cells[s, m] - prior for m in mine]
            got = evidence[s].of(some, [limit[s, m] for m in mine], least, ceilings)
            for model, (value, rough) in zip(some, got, strict=True):
                found += _cells(s, model, value + prior)
                unsure += _cells(s, model, rough + prior)
                so_far = np.logaddexp(so_far, np.logaddexp.reduce(value) + prior)
        size = min(2 * size, MOST_ROWS)
    return found, unsure, -np.inf


def _cells(scenario: int, model: SizeModel, value: FloatArray) -> list[tuple[Cell, float]]:
    """Return the departure rates with a finite value as cells with their values."""
    kept = np.flatnonzero(np.isfinite(value)).tolist()
    return [((scenario, model, node), float(value[node])) for node in kept]


@dataclass(eq=False)
class _RowBounds:
    """Upper bounds of the log evidence: of every rate of every scenario's model, and of its sum.

    Attributes
    ----------
    log_prior : ndarray, shape (scenarios,)
    models : sequence of SizeModel
    limits : mapping of ndarray
        By scenario and model, see `Evidence.bounds`.
    cells : dict of ndarray, shape (nodes,)
        By scenario and model: bounds of its rates.
    order : list of (int, int)
        Scenarios and models that are left, the most probable last.
    """

    log_prior: FloatArray
    models: Sequence[SizeModel]
    limits: Mapping[tuple[int, int], FloatArray]
    cells: dict[tuple[int, int], FloatArray]
    order: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        log_prior: FloatArray,
        models: Sequence[SizeModel],
        limits: Mapping[tuple[int, int], FloatArray],
    ) -> _RowBounds:
        """Return the table before anything is known but the limits."""
        with np.errstate(divide="ignore"):
            share = {m: np.log(model.node_weights) for m, model in enumerate(models)}
        flat = np.concatenate(list(limits.values())).min(axis=1)
        flat += np.concatenate([share[m] for _, m in limits])
        ends = np.cumsum([len(share[m]) for _, m in limits])
        own = [models[m].log_weight + log_prior[s] for s, m in limits]
        flat += np.repeat(own, np.diff(ends, prepend=0))
        cells = dict(zip(limits, np.split(flat, ends[:-1]), strict=True))
        out = cls(log_prior, models, limits, cells)
        out._sort(list(cells))
        return out

    def _sort(self, rows: Sequence[tuple[int, int]]) -> None:
        """Put rows into order, and add up what is behind each and what the smallest cells are."""
        if not rows:
            return
        flat = np.concatenate([self.cells[row] for row in rows])
        first = np.cumsum([0, *(len(self.cells[row]) for row in rows[:-1])])
        bound = np.logaddexp.reduceat(flat, first)
        rising = [i for i in np.argsort(bound, kind="stable").tolist() if np.isfinite(bound[i])]
        self.order = [rows[i] for i in rising]
        self._behind = np.logaddexp.accumulate(bound[rising])
        self._smallest = np.sort(flat)
        self._together = np.logaddexp.accumulate(self._smallest)

    def behind(self) -> float:
        """Return the bound of all rows that are left."""
        return float(self._behind[len(self.order) - 1])

    def take(self, size: int) -> list[tuple[int, int]]:
        """Return the most probable rows, and take them out."""
        taken = self.order[: -size - 1 : -1]
        del self.order[-size:]
        return taken

    def least(self, log_budget: float) -> float:
        """Return the bound up to which all cells together are within a budget."""
        count = int(np.searchsorted(self._together, log_budget))
        return float(self._smallest[count - 1]) if count else -np.inf

    def lower(self, evidence: Mapping[int, Evidence], log_budget: float) -> None:
        """Lower the bounds of all rows that matter, and put them into order anew."""
        matter = self.order[int(np.searchsorted(self._behind[: len(self.order)], log_budget)) :]
        least = self.least(log_budget)
        for s in dict.fromkeys(s for s, _ in matter):
            mine, prior = [m for t, m in matter if t == s], float(self.log_prior[s])
            limits = [self.limits[s, m] for m in mine]
            some = [self.models[m] for m in mine]
            got = evidence[s].ceilings(some, limits, least - prior)
            self.cells.update({(s, m): one + prior for m, one in zip(mine, got, strict=True)})
        self._sort(self.order)


def _direct(
    likelihoods: Mapping[int, FloatArray],
    log_prior: FloatArray,
    total: int | None,
    unsure: Sequence[tuple[Cell, float]],
    so_far: float,
    leave: float,
) -> tuple[list[tuple[Cell, float]], float]:
    """Run the direct pass for cells with a bound only, until the rest is negligible.

    Returns the cells with their log evidence, and the bound of those not run.
    """
    ordered = sorted(unsure, key=lambda item: -item[1])
    bound = np.array([value for _, value in ordered])
    behind = np.logaddexp.accumulate(bound[::-1])[::-1]
    found: list[tuple[Cell, float]] = []
    for i, ((s, model, node), _) in enumerate(ordered):
        if behind[i] < so_far + np.log(leave):
            return found, float(behind[i])
        done = run_pass(s, model, node, likelihoods[s], total)
        value = done.log_evidence + float(log_prior[s])
        if np.isfinite(value):
            found.append(((s, model, node), value))
            so_far = float(np.logaddexp(so_far, value))
    return found, -np.inf
