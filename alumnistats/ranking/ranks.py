"""`rank`: everything said of the groups' ranks from one fit, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.errors import ArgumentError
from alumnistats.ranking.confidence_sets import (
    SetKind,
    binomial_variance,
    rank_sets,
)
from alumnistats.ranking.critical_values import IntArray
from alumnistats.ranking.posterior_ranks import PosteriorRanks, posterior_ranks

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.posterior import Fit
    from alumnistats.reconstruction import Solutions

SOLUTIONS_TRIED = 5  # solutions, drawn by weight, over which confidence sets are united
POINTS = 2**13  # quasi-Monte Carlo points of each simultaneous set
FEW = 10.0  # expected successes or failures below which one of each is added to the variance


@dataclass(frozen=True, eq=False)
class Ranks:
    """Ranks of one measure's groups.

    Attributes
    ----------
    fit : Fit
    posterior : PosteriorRanks
    table : DataFrame
        group, method, lower, upper, expected, p_first; rank 1 is the largest share. Methods:
        "marginal" and "simultaneous" (confidence sets, united over the solutions) and "posterior"
        (equal-tailed credible sets).
    """

    fit: Fit
    posterior: PosteriorRanks
    table: pd.DataFrame

    def plot(self, ax: Any = None, lang: str = "en", labels: Any = None) -> Any:
        """Draw the rank distribution as a heat map with the simultaneous sets; return the axes."""
        from alumnistats.ranking.heat_map import plot_ranks

        return plot_ranks(self, ax=ax, lang=lang, labels=labels)

    def _repr_html_(self) -> str:
        return str(self.table.to_html(index=False))


def united_sets(solutions: Solutions, kind: SetKind, level: float) -> tuple[IntArray, IntArray]:
    """Return confidence sets for ranks, united over the most representative solutions.

    Parameters
    ----------
    solutions : Solutions
    kind : {"marginal", "simultaneous"}
    level : float

    Returns
    -------
    lower, upper : ndarray of int, shape (groups,)
    """
    thin = solutions.thin(SOLUTIONS_TRIED)
    n = np.maximum(thin.n, 1)
    few = np.minimum(thin.k, n - thin.k).min(axis=1, keepdims=True) < FEW
    variance = np.where(
        few, binomial_variance(thin.k, n, "agresti-coull"), binomial_variance(thin.k, n)
    )
    sets = rank_sets(thin.k / n, variance, level=level, kind=kind, points=POINTS)
    return sets.lower.min(axis=0), sets.upper.max(axis=0)


def rank(fit: Fit, level: float | None = None) -> Ranks:
    """Rank the groups of a fit.

    Parameters
    ----------
    fit : Fit
        With no or partial pooling.
    level : float, optional
        Of all sets; the fit's level when omitted.

    Returns
    -------
    Ranks

    Raises
    ------
    ArgumentError
        For a fit with complete pooling, under which all groups are equal.
    """
    import pandas as pd

    if fit.model == "complete-pooling":
        raise ArgumentError("fit", fit.model, "no-pooling or partial-pooling: all shares are equal")
    used = fit.level if level is None else level
    posterior = posterior_ranks(fit.mixture, used)
    frames = []
    for kind in ("marginal", "simultaneous"):
        lower, upper = united_sets(fit.solutions, kind, used)
        frames.append((kind, lower, upper))
    frames.append(("posterior", posterior.lower, posterior.upper))
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "group": fit.groups,
                    "method": method,
                    "lower": lower,
                    "upper": upper,
                    "expected": posterior.expected,
                    "p_first": posterior.distribution[:, 0],
                }
            )
            for method, lower, upper in frames
        ],
        ignore_index=True,
    )
    return Ranks(fit, posterior, table)
