"""Sizes of the population that respondents stand for, of their strata or of their groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.errors import ArgumentError, Problem, closest, listed, shown
from alumnistats.sources.microdata import Microdata

KEY = "population_size"
LIKE_STRATA = "the same number in all rows of a stratum (without strata: of a group, or of all)"


def with_population(data: Microdata, sizes: FloatArray, problems: list[Problem]) -> Microdata:
    """Return respondents with the population of their strata, or groups, from a column.

    Parameters
    ----------
    data : Microdata
    sizes : ndarray, shape (respondents,)
    problems : list of Problem
        What is wrong is added to it.
    """
    if data.stratum is None and len(np.unique(sizes)) > 1:
        found = _constant(data.group, sizes, data.group_labels, problems)
        return _of_groups(data, found, problems)
    one = np.zeros(len(sizes), dtype=np.int64) if data.stratum is None else data.stratum
    names = data.stratum_labels or ("all",)
    whole = _constant(one, sizes, names, problems)
    unit = np.arange(len(sizes)) if data.cluster is None else data.cluster
    pairs = np.unique(np.stack([one, unit]), axis=1)
    sampled = np.bincount(pairs[0], minlength=len(names))
    _enough(sampled, whole, names, problems)
    return replace(data, stratum_population=sizes)


def with_group_sizes(data: Microdata, sizes: object, problems: list[Problem]) -> Microdata:
    """Return respondents with the number of people in each group."""
    if not isinstance(sizes, Mapping):
        raise ArgumentError(KEY, sizes, "a column, or a dict from each group to its size")
    known = data.group_labels
    strange = [label for label in sizes if label not in known]
    lacking = [label for label in known if label not in sizes]
    problems += [
        Problem(KEY, shown(label), listed(known), closest(str(label), known)) for label in strange
    ]
    if lacking:
        problems.append(Problem(KEY, f"no size of {shown(lacking[0])}", "a size of each group"))
    if problems:
        return data
    try:
        found = np.array([float(sizes[label]) for label in known])
    except (TypeError, ValueError) as error:
        raise ArgumentError(KEY, dict(sizes), "a number for each group") from error
    return _of_groups(data, found, problems)


def _of_groups(data: Microdata, sizes: FloatArray, problems: list[Problem]) -> Microdata:
    if data.stratum is not None or data.cluster is not None:
        found = "a size of each group, beside strata or clusters"
        expected = "a column with the number of units sampled first in each stratum"
        problems.append(Problem(KEY, found, expected))
        return data
    _enough(np.bincount(data.group), sizes, data.group_labels, problems)
    return replace(data, group_population=sizes)


def _constant(
    index: IntArray, sizes: FloatArray, names: tuple[str, ...], problems: list[Problem]
) -> FloatArray:
    """Return the one size of each stratum or group."""
    low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    np.minimum.at(low, index, sizes)
    np.maximum.at(high, index, sizes)
    for name, a, b in zip(names, low.tolist(), high.tolist(), strict=True):
        if a != b:
            problems.append(Problem(KEY, f"{a:g} and {b:g} in {shown(name)}", LIKE_STRATA))
    return high


def _enough(
    sampled: IntArray, whole: FloatArray, names: tuple[str, ...], problems: list[Problem]
) -> None:
    for name, some, all_of in zip(names, sampled.tolist(), whole.tolist(), strict=True):
        if not some <= all_of < np.inf:
            found = f"{all_of:g} in {shown(name)}, of which {some} were sampled"
            problems.append(Problem(KEY, found, "at least as many as were sampled"))
