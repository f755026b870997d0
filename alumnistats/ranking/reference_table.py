"""Comparisons with a reference group over the solutions of a reconstruction, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.arrays import IntArray
from alumnistats.errors import ArgumentError
from alumnistats.ranking.comparison_intervals import Family, compare_with, comparison_intervals
from alumnistats.ranking.rank_methods import given_counts

if TYPE_CHECKING:
    import pandas as pd

SIDES = ("below", "undecided", "above")


def reference_table(
    solutions: Iterable[tuple[IntArray, IntArray, float]],
    groups: Sequence[str],
    reference: str,
    level: float,
    family: Family,
    often: float,
) -> pd.DataFrame:
    """Return shares with comparison intervals, and the side of the reference that each lies on.

    Parameters
    ----------
    solutions : iterable of (sizes, counts, weight)
    groups : sequence of str
    reference : str
    level : float
    family : {"reference", "all-pairs", "region"}
    often : float
        Weight of the solutions in which a position has to be decided.

    Returns
    -------
    DataFrame
        group, share, lower, upper (weighted averages), position.

    Raises
    ------
    ArgumentError
        For a reference that is no group, or an unknown family.
    """
    import pandas as pd

    if reference not in groups:
        raise ArgumentError("reference", reference, "one of " + ", ".join(groups))
    at = list(groups).index(reference)
    mean, decided = np.zeros((3, len(groups))), np.zeros((2, len(groups)))
    for n, k, weight in solutions:
        given = given_counts(k[None], n[None])
        assert given.variance is not None
        x, v = given.estimate[0], given.variance[0]
        shown = comparison_intervals(x, v, level=level)
        mean += weight * np.stack([x, shown.lower, shown.upper])
        side = compare_with(at, x, v, level=level, family=family).position
        decided += weight * np.stack([side < 0, side > 0])
    below, above = (decided >= often).astype(int)
    position = [SIDES[i] for i in 1 + above - below]
    columns = dict(zip(("share", "lower", "upper"), mean, strict=True))
    return pd.DataFrame({"group": groups, **columns, "position": position})
