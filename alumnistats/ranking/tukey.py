r"""Simultaneous sets for ranks by Tukey's test of all pairs, in one step or sequentially.

Al Mohamad, Goeman and van Zwet (2022, Biometrics 78, 238-247) compare every pair of independent
normal estimates with the quantile of :math:`\max_{j,k} |e_j - e_k| / \sqrt{v_j + v_k}`, the largest
studentised difference under equal values: for equal variances Tukey's studentised range over
:math:`\sqrt 2`. The sequential variant (the package ICRanks calls it SeqTukey) leaves decided pairs
out and decides again. These are the simultaneous sets of `rank_sets` without and with stepdown, by
another name: the functions here call it.
"""

from __future__ import annotations

from typing import Literal

import numpy.typing as npt

from alumnistats.errors import ArgumentError
from alumnistats.ranking.confidence_sets import DEFAULT_POINTS, RankSets, rank_sets

TukeySteps = Literal["single-step", "sequential"]


def tukey_rank_sets(
    estimate: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    level: float = 0.95,
    steps: TukeySteps = "sequential",
    points: int = DEFAULT_POINTS,
    seed: int = 0,
) -> RankSets:
    """Return simultaneous confidence sets for ranks by Tukey's test of all pairs.

    Parameters
    ----------
    estimate, variance : array_like, shape (groups,) or (problems, groups)
        Independent normal estimates and their known variances.
    level : float
        Coverage of all ranks together, in (0, 1).
    steps : {"single-step", "sequential"}
        The sequential sets are never wider.
    points, seed : int
        As in `rank_sets`.

    Returns
    -------
    RankSets
        Equal to ``rank_sets(..., kind="simultaneous", stepdown=steps == "sequential")``.

    Raises
    ------
    ArgumentError
        As `rank_sets`, or for unknown steps.
    """
    if steps not in ("single-step", "sequential"):
        raise ArgumentError("steps", steps, '"single-step" or "sequential"')
    return rank_sets(
        estimate,
        variance,
        level=level,
        kind="simultaneous",
        stepdown=steps == "sequential",
        points=points,
        seed=seed,
    )
