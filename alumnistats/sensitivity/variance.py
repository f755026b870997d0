"""How much of an outcome's variance over the scenarios each choice makes.

With the values of a design's dimensions taken as independent and equally likely, the variance of an
outcome Y splits as in Sobol' (1993, Mathematical Modelling and Computational Experiments 1,
407-414; Saltelli and others 2008, Global Sensitivity Analysis: The Primer, sections 1.2 and 4.5)::

    main effect   S_i = Var(E[Y | x_i]) / Var(Y)
    total effect  T_i = E[Var(Y | all but x_i)] / Var(Y)

Main effects sum to at most 1; what they leave is interaction, which total effects count at every
dimension that takes part. A full grid gives both exactly. A Saltelli design estimates both. A plain
sample gives main effects only. One at a time there is no interaction to see: each dimension's
variance over its own values is taken relative to the sum of these, which is the decomposition of a
sum of separate effects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.sensitivity.scenario_file import Range
from alumnistats.sensitivity.verdicts import alone, claim_ids, codes, outcomes, varied

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.sensitivity.outcomes import ScenarioOutcomes
    from alumnistats.sensitivity.scenarios import Design

Effects = tuple[FloatArray, FloatArray]
Decomposition = tuple[FloatArray, FloatArray, float, int]
"""Main and total effects, the variance that they are parts of, and the scenarios it is over."""

OUTCOMES = ("probability", "p_value")
SHARES = [
    "claim", "outcome", "design", "kind", "dimension", "main", "total", "variance", "scenarios",
]  # fmt: skip
RANGES = [
    "claim", "outcome", "dimension", "base", "low", "high", "low_value", "high_value", "scenarios",
]  # fmt: skip
SAME = 1e-24  # a variance below this is rounding error of equal outcomes, which lie in [0, 1]
TIED = 1e-9  # of a value: what rounding errors make of equal ones
PER_BIN, MOST_BINS = 10, 20  # sampled points of a range, for a main effect


def grid_effects(y: FloatArray) -> Effects:
    """Return main and total effects on a full grid, exactly.

    Parameters
    ----------
    y : array, shape (values of dimension 1, ..., values of dimension d)

    Returns
    -------
    main, total : array, shape (d,), shares in [0, 1]
        NaN where `y` does not vary.
    """
    axes = range(y.ndim)
    variance = y.var()
    if not variance > SAME:
        return np.full(y.ndim, np.nan), np.full(y.ndim, np.nan)
    others = [tuple(a for a in axes if a != axis) for axis in axes]
    main = np.array([y.mean(axis=other).var() for other in others])
    total = np.array([y.var(axis=axis).mean() for axis in axes])
    return main / variance, total / variance


def complete_part(y: FloatArray) -> FloatArray:
    """Return the largest part of a grid without missing outcomes that dropping values leaves.

    The value (one slice) with the largest share of missing outcomes goes first, until none are
    missing. With nothing left the array is empty.
    """
    while y.size and not np.isfinite(y).all():
        missing = ~np.isfinite(y)
        shares = [
            missing.mean(axis=tuple(a for a in range(y.ndim) if a != axis))
            for axis in range(y.ndim)
        ]
        worst = max(range(y.ndim), key=lambda axis: shares[axis].max())
        y = np.delete(y, int(shares[worst].argmax()), axis=worst)
    return y


def sample_effects(x: list[IntArray], y: FloatArray) -> FloatArray:
    """Return main effects from a sample.

    The share of variance between the classes of each dimension, less what as many classes would
    explain by chance: Kelley's epsilon squared (1935, PNAS 21, 554-559), not below 0.

    Parameters
    ----------
    x : list of array of int, shape (points,)
        Class of each point, by dimension.
    y : array, shape (points,)
    """
    variance = y.var()
    if not variance > SAME:
        return np.full(len(x), np.nan)
    found = []
    for classes in x:
        count = np.bincount(classes)
        mean = np.bincount(classes, y)[count > 0] / count[count > 0]
        within = 1 - (count[count > 0] @ (mean - y.mean()) ** 2) / (len(y) * variance)
        free = len(y) - len(mean)
        found.append(max(1 - within * (len(y) - 1) / free, 0.0) if free > 0 else np.nan)
    return np.array(found)


def saltelli_effects(y: FloatArray) -> Effects:
    """Return main and total effects from a Saltelli design.

    Main effects as in Saltelli and others (2010), table 2, line b; total effects by Jansen (1999,
    Computer Physics Communications 117, 35-43).

    Parameters
    ----------
    y : array, shape (d + 2, n)
        Outcomes at A, B, AB_1, ..., AB_d; points with a missing one are left out.
    """
    d = len(y) - 2
    y = y[:, np.isfinite(y).all(axis=0)]
    a, b, mixed = y[0], y[1], y[2:]
    variance = np.concatenate([a, b]).var() if a.size else 0.0
    if not variance > SAME:
        return np.full(d, np.nan), np.full(d, np.nan)
    # The mean adds nothing to the expectation of the product, but much to its noise.
    centre = np.concatenate([a, b]).mean()
    main = ((b - centre) * (mixed - a)).mean(axis=1) / variance
    total = ((a - mixed) ** 2).mean(axis=1) / (2 * variance)
    return np.clip(main, 0.0, 1.0), total


def _classes(values: list[Any], levels: Any) -> IntArray:
    """Return the class of each point: its value, or one of equally filled bins of a range."""
    if not isinstance(levels, Range):
        return np.array([levels.index(value) for value in values])
    bins = int(np.clip(len(values) // PER_BIN, 2, MOST_BINS))
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(order * bins // len(values))


def _of_grid(design: Design, y: FloatArray, _values: Any) -> Decomposition:
    lists = [levels for levels in design.dimensions.values() if not isinstance(levels, Range)]
    part = complete_part(y.reshape([len(levels) for levels in lists]))
    if not part.size:
        nothing = np.full(len(design.dimensions), np.nan)
        return nothing, nothing, np.nan, 0
    return *grid_effects(part), float(part.var()), part.size


def _of_sample(design: Design, y: FloatArray, values: Any) -> Decomposition:
    there = np.isfinite(y)
    count = int(there.sum())
    nothing = np.full(len(design.dimensions), np.nan)
    if count < 2:
        return nothing, nothing, np.nan, count
    classes = []
    for name, levels in design.dimensions.items():
        mine = [value for value, known in zip(values[name], there, strict=True) if known]
        classes.append(_classes(mine, levels))
    return sample_effects(classes, y[there]), nothing, float(y[there].var()), count


def _of_saltelli(design: Design, y: FloatArray, _values: Any) -> Decomposition:
    blocks = y.reshape(len(design.dimensions) + 2, -1)
    known = np.isfinite(blocks).all(axis=0)
    variance = float(blocks[:2, known].var()) if known.any() else np.nan
    return *saltelli_effects(blocks), variance, int(known.sum()) * len(blocks)


_KINDS: dict[str, Callable[[Design, FloatArray, Any], Decomposition]] = {
    "grid": _of_grid,
    "latin-hypercube": _of_sample,
    "sobol": _of_sample,
    "saltelli": _of_saltelli,
}


def _one_at_a_time(near: dict[str, IntArray], y: FloatArray) -> Decomposition:
    """Return each dimension's variance over the base and its own values, relative to their sum.

    `near` holds these scenarios by dimension, the base among them.
    """
    variances: list[float] = []
    used: set[int] = set()
    for members in near.values():
        known = members[np.isfinite(y[members])]
        used.update(known.tolist())
        variances.append(float(y[known].var()) if len(known) else 0.0)
    total = float(np.sum(variances))
    nothing = np.full(len(variances), np.nan)
    main = np.array(variances) / total if total > SAME else nothing
    return main, nothing, total, len(used)


def variance_shares(result: ScenarioOutcomes) -> pd.DataFrame:
    """Return one row for each claim, outcome, design and dimension.

    Columns: claim; outcome ("probability" or "p_value"); design, its number in the file, and its
    kind; dimension; main and total, shares of the variance (NaN where the outcome does not vary, or
    the design cannot tell); variance, of the outcome over the design; scenarios that were used.
    Where scenarios failed or say nothing, the values of a grid that lack outcomes are left out.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for outcome in OUTCOMES:
        y = outcomes(result, outcome)
        for number, design in enumerate(result.plan.designs):
            rows += _rows(result, outcome, y, number, design)
    return pd.DataFrame(rows, columns=SHARES)


def _rows(
    result: ScenarioOutcomes, outcome: str, y: FloatArray, number: int, design: Design
) -> Iterator[tuple[Any, ...]]:
    members = list(design.members)
    settings = [result.plan.scenarios[i].settings() for i in members]
    values = {name: [s[name] for s in settings] for name in design.dimensions}
    near: dict[str, IntArray] = {}
    if design.kind == "one-at-a-time":
        code, mine = codes(result), np.array([0, *members])
        near = {n: np.intersect1d(mine, alone(code, n)) for n in design.dimensions}
    for j, claim in enumerate(claim_ids(result)):
        if near:
            found = _one_at_a_time(near, y[:, j])
        else:
            found = _KINDS[design.kind](design, y[members, j], values)
        main, total, variance, used = found
        for i, name in enumerate(design.dimensions):
            yield claim, outcome, number, design.kind, name, main[i], total[i], variance, used


def variance_alone(result: ScenarioOutcomes, claim: str, outcome: str) -> dict[str, float]:
    """Return each choice's share of the sum of variances when one at a time leaves the base.

    Over the scenarios of `ranges`, whatever designs they come from; empty where nothing varies.
    """
    code = codes(result)
    y = outcomes(result, outcome)[:, claim_ids(result).index(claim)]
    near = {name: alone(code, name) for name in varied(result)}
    near = {name: members for name, members in near.items() if len(members) > 1}
    shares, _, _, _ = _one_at_a_time(near, y)
    return {n: float(s) for n, s in zip(near, shares, strict=True) if np.isfinite(s)}


def _first(values: FloatArray, sought: float) -> int:
    """Return the first index of a value; others that only rounding errors tell apart count too."""
    return int(np.argmax(np.abs(values - sought) <= TIED * abs(sought)))


def ranges(result: ScenarioOutcomes) -> pd.DataFrame:
    """Return how far each choice moves each outcome when nothing else is changed from the base.

    Columns: claim, outcome, dimension; base, low, high: the outcome under the base, and the lowest
    and highest under any value of the dimension that was run with all others as in the base;
    low_value and high_value, where these are (the first of several); scenarios, with the base.
    """
    import pandas as pd

    code = codes(result)
    settings = [scenario.settings() for scenario in result.plan.scenarios]
    near = {name: alone(code, name) for name in varied(result)}
    rows = []
    for outcome in OUTCOMES:
        y = outcomes(result, outcome)
        for j, claim in enumerate(claim_ids(result)):
            for name, members in near.items():
                known = [int(i) for i in members if np.isfinite(y[i, j])]
                if len(members) < 2 or not known:
                    continue
                value = y[known, j]
                low, high = (known[_first(value, end)] for end in (value.min(), value.max()))
                rows.append((
                    claim, outcome, name, y[0, j], value.min(), value.max(), settings[low][name],
                    settings[high][name], len(known),
                ))  # fmt: skip
    return pd.DataFrame(rows, columns=RANGES)
