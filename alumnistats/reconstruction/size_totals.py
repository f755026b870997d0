"""How probable a prior on sizes makes the published total, whatever is printed of the groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alumnistats.reconstruction.size_evidence import (
    RELIABLE,
    TRANSFORM_ERROR,
    Circle,
    Workspace,
    alike_rows,
    tilts,
)
from alumnistats.reconstruction.size_laws import FloatArray, IntArray, SizeModel
from alumnistats.reconstruction.sizes import run_pass

NEGLIGIBLE = 1e-11  # share of the probability that is not computed to the last


def log_probability_of_total(models: Sequence[SizeModel], total: int | None) -> float:
    """Return the log probability that sizes of a prior add up to the total; 0 without one.

    Each model's law of the sum is tilted so that the total is in its bulk (as in `size_evidence`):
    the total may lie so far out in the tail that a transform's rounding error would hide it.

    Parameters
    ----------
    models : sequence of SizeModel
        All of a prior, at least one.
    total : int or None
    """
    if total is None:
        return 0.0
    shape = models[0].departing.shape
    if not shape[0] <= total <= shape[0] * (shape[1] - 1):
        return -np.inf
    scales, workspace = tilts(shape, total), Workspace()
    kinds: dict[int, tuple[IntArray, IntArray]] = {}
    by_tilt: dict[int, list[SizeModel]] = {}
    for model in models:
        key = id(model.departing)
        if key not in kinds:
            kinds[key] = alike_rows(model.departing)
        by_tilt.setdefault(_tilt(model, kinds[key], scales), []).append(model)
    sure: list[float] = []
    unsure: list[tuple[float, SizeModel, int]] = []
    for tilt, some in by_tilt.items():
        circle = Circle(np.ones(shape), scales[tilt], total, workspace)
        for model in some:
            nodes = np.arange(len(model.nodes))
            found, size, log_scale = circle.coefficients([model], nodes, kinds[id(model.departing)])
            good = found[0] > RELIABLE * size[0]
            upper = np.where(good, found[0], np.maximum(found[0], 0) + TRANSFORM_ERROR * size[0])
            with np.errstate(divide="ignore"):
                log_upper = np.log(upper * model.node_weights) + log_scale[0] + model.log_weight
            sure += log_upper[good].tolist()
            unsure += [(float(log_upper[node]), model, int(node)) for node in nodes[~good]]
    return _with_unsure(sure, unsure, shape, total)


def _with_unsure(
    sure: list[float],
    unsure: list[tuple[float, SizeModel, int]],
    shape: tuple[int, ...],
    total: int,
) -> float:
    """Return the log of the sum of terms, those with an upper bound by the direct pass.

    It stops where the bound of all others is below `NEGLIGIBLE` of the sum.
    """
    log_sum = float(np.logaddexp.reduce(sure)) if sure else -np.inf
    unsure.sort(key=lambda term: -term[0])
    behind = np.logaddexp.accumulate([bound for bound, _, _ in unsure][::-1])[::-1]
    for (_, model, node), rest in zip(unsure, behind, strict=True):
        if rest < log_sum + np.log(NEGLIGIBLE):
            break
        direct = run_pass(0, model, node, np.ones(shape), total).log_evidence
        log_sum = float(np.logaddexp(log_sum, direct))
    return log_sum


def _tilt(model: SizeModel, kinds: tuple[IntArray, IntArray], scales: FloatArray) -> int:
    """Return the tilt by which Chernoff's bound of the model's probability is smallest."""
    first, times = kinds
    rate = model.nodes[:, None, None]
    law = rate * (model.departing[first] @ scales.T)
    if model.quota is not None:
        law = law + (1 - rate) * scales[:, model.quota]
    log_bound = (times[:, None] * np.log(law)).sum(axis=1) + np.log(model.node_weights)[:, None]
    return int(np.logaddexp.reduce(log_bound, axis=0).argmin())
