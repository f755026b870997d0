"""Designs: which combinations of choices are run.

Each function returns settings, a dictionary from dimension to value for every point, in an order
that depends on the arguments only. Points that come out equal are merged later, by the caller.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from alumnistats.arrays import FloatArray
from alumnistats.sensitivity.scenario_file import Range

Levels = Mapping[str, tuple[Any, ...] | Range]
Setting = dict[str, Any]
Points = FloatArray

DIGITS = 6  # significant digits of a sampled number: enough for any choice, and it prints briefly


def full_grid(dimensions: Mapping[str, tuple[Any, ...]]) -> list[Setting]:
    """Return every combination; the last dimension varies fastest."""
    names = list(dimensions)
    return [dict(zip(names, values, strict=True)) for values in product(*dimensions.values())]


def one_at_a_time(dimensions: Mapping[str, tuple[Any, ...]]) -> list[Setting]:
    """Return, for every value of every dimension, the point where only that one is set."""
    return [{name: value} for name, values in dimensions.items() for value in values]


def drawn(dimensions: Levels, n: int, seed: int) -> Levels:
    """Return the dimensions with n values at most, drawn without preference, in their order."""
    rng = np.random.default_rng(seed)
    found: dict[str, tuple[Any, ...] | Range] = {}
    for name, levels in dimensions.items():
        found[name] = levels
        if not isinstance(levels, Range) and len(levels) > n:
            kept = np.sort(rng.choice(len(levels), n, replace=False))
            found[name] = tuple(levels[i] for i in kept)
    return found


def value_at(levels: tuple[Any, ...] | Range, u: float) -> Any:
    """Return the value at position u in [0, 1) of a dimension: its quantile under even weights."""
    if not isinstance(levels, Range):
        return levels[int(u * len(levels))]
    if levels.scale == "log":
        value = levels.low * (levels.high / levels.low) ** u
    else:
        value = levels.low + u * (levels.high - levels.low)
    return float(f"{value:.{DIGITS}g}")


def _settings(points: Points, dimensions: Levels) -> list[Setting]:
    return [
        {
            name: value_at(levels, float(u))
            for (name, levels), u in zip(dimensions.items(), row, strict=True)
        }
        for row in points
    ]


def _sobol_points(n: int, d: int, seed: int) -> Points:
    from scipy.stats import qmc

    # The sequence is drawn in powers of two, its balanced pieces, and cut to n.
    points = qmc.Sobol(d, rng=seed).random_base2(max(int(n - 1).bit_length(), 0))
    return np.asarray(points[:n])


def latin_hypercube(dimensions: Levels, n: int, seed: int) -> list[Setting]:
    """Return n points with exactly one in each of n slices of every dimension."""
    from scipy.stats import qmc

    points = qmc.LatinHypercube(len(dimensions), rng=seed).random(n)
    return _settings(points, dimensions)


def sobol(dimensions: Levels, n: int, seed: int) -> list[Setting]:
    """Return the first n points of a scrambled Sobol' sequence; best balanced at powers of two."""
    return _settings(_sobol_points(n, len(dimensions), seed), dimensions)


def saltelli(dimensions: Levels, n: int, seed: int) -> list[Setting]:
    """Return the points for total effects: A, B, and A with one column of B, for each dimension.

    Saltelli and others (2010, Computer Physics Communications 181, 259-270), table 2: n (d + 2)
    points, in blocks of n: A, B, AB_1, ..., AB_d.
    """
    d = len(dimensions)
    points = _sobol_points(n, 2 * d, seed)
    a, b = points[:, :d], points[:, d:]
    blocks = [a, b]
    for i in range(d):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        blocks.append(mixed)
    return _settings(np.concatenate(blocks), dimensions)


SAMPLERS: dict[str, Callable[[Levels, int, int], list[Setting]]] = {
    "latin-hypercube": latin_hypercube,
    "sobol": sobol,
    "saltelli": saltelli,
}
ENUMERATIONS: dict[str, Callable[[Mapping[str, tuple[Any, ...]]], list[Setting]]] = {
    "grid": full_grid,
    "one-at-a-time": one_at_a_time,
}


def number_of_points(kind: str, dimensions: Levels, n: int | None) -> int:
    """Return how many points `settings_of` would make, without making them."""
    if kind in SAMPLERS:
        return (n or 0) * (len(dimensions) + 2 if kind == "saltelli" else 1)
    lengths = [len(levels) for levels in dimensions.values() if not isinstance(levels, Range)]
    return math.prod(lengths) if kind == "grid" else sum(lengths)


def settings_of(kind: str, dimensions: Levels, n: int | None, seed: int) -> Sequence[Setting]:
    """Return the points of a design by its kind."""
    if kind in SAMPLERS:
        return SAMPLERS[kind](dimensions, n or 0, seed)
    lists = {name: levels for name, levels in dimensions.items() if not isinstance(levels, Range)}
    return ENUMERATIONS[kind](lists)
