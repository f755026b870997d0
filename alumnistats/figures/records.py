"""What the figures of an analysis and a plan are drawn from, where the results are not at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from alumnistats.analysis import Analysis, Plan
from alumnistats.brief import short_repr
from alumnistats.ranking import PosteriorRanks, RankTable
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class SavedRanks(RankTable):
    """Ranks of groups as figures show them.

    Attributes
    ----------
    groups, level, table
        As in `RankTable`.
    posterior : PosteriorRanks
    matrix : ndarray, shape (groups, groups)
        P(share of the row's group > share of the column's group).
    """

    __repr__ = short_repr

    posterior: PosteriorRanks
    matrix: FloatArray

    def pairwise(self) -> pd.DataFrame:
        """Return P(share of the row's group > share of the column's group)."""
        import pandas as pd

        return pd.DataFrame(self.matrix, index=self.groups, columns=list(self.groups))


@dataclass(frozen=True, eq=False)
class SavedAnalysis:
    """What the figures of an analysis are drawn from; attributes are named as there.

    Attributes
    ----------
    survey : Survey
    level : float
    model : str
    recovers_sizes : bool
    sample_sizes, agreement, comparisons, claims : DataFrame
        The columns that are drawn.
    ranked : dict of SavedRanks
    summaries : dict of DataFrame
        Of fits, by (measure, model).
    """

    __repr__ = short_repr

    survey: Survey
    level: float
    model: str
    recovers_sizes: bool
    sample_sizes: pd.DataFrame
    agreement: pd.DataFrame
    comparisons: pd.DataFrame
    claims: pd.DataFrame
    ranked: Mapping[str, SavedRanks]
    summaries: Mapping[tuple[str, str], pd.DataFrame]

    def shares(self, of: str, model: str | None = None) -> pd.DataFrame:
        """Return the shares of one measure under a model, the one chosen when omitted."""
        return self.summaries[of, model or self.model]


@dataclass(frozen=True, eq=False)
class SavedPlan:
    """What the figures of a plan are drawn from; attributes are named as there."""

    __repr__ = short_repr

    survey: Survey
    power: float
    level: float
    plan: pd.DataFrame
    power_curves: pd.DataFrame


Analyzed: TypeAlias = Analysis | SavedAnalysis
Planned: TypeAlias = Plan | SavedPlan
