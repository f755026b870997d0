"""`analyze`: survey, reconstruction, estimates, comparisons, ranks, claims, in that order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alumnistats.analysis.comparisons import comparisons_table, omnibus_table
from alumnistats.analysis.estimates import estimates_table, ranked_measures
from alumnistats.analysis.ranks import ranks_table
from alumnistats.claims import Evidence, JudgedClaim, claims_table, judge_all
from alumnistats.posterior import Engine, Fit, Model, estimate_measure
from alumnistats.posterior.fit import FEWEST_COMPONENTS
from alumnistats.ranking import Ranks, rank
from alumnistats.reconstruction import Reconstruction, reconstruct
from alumnistats.reconstruction.result import DEFAULT_DRAWS
from alumnistats.reconstruction.size_priors import SizePrior
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

POOLED: Model = "partial-pooling"
MODELS: tuple[Model, ...] = (POOLED, "no-pooling")
Report = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything computed from one survey; each table is a data frame.

    Attributes
    ----------
    survey : Survey
    reconstruction : Reconstruction
    fits : dict of Fit
        By (measure, model).
    ranked : dict of Ranks
        By measure, from partial pooling.
    judged : list of JudgedClaim
    engine, seed, level
        As asked for.
    """

    survey: Survey
    reconstruction: Reconstruction
    fits: Mapping[tuple[str, str], Fit]
    ranked: Mapping[str, Ranks]
    judged: list[JudgedClaim]
    engine: str
    seed: int
    level: float

    @property
    def pooled(self) -> dict[str, Fit]:
        """Partial-pooling fits by measure."""
        return {of: fit for (of, model), fit in self.fits.items() if model == POOLED}

    @property
    def sample_sizes(self) -> pd.DataFrame:
        """Sample size of each group."""
        return self.reconstruction.sample_sizes

    @property
    def conventions(self) -> pd.DataFrame:
        """How the release was computed."""
        return self.reconstruction.conventions

    @property
    def counts(self) -> pd.DataFrame:
        """Count of each group, by measure."""
        return self.reconstruction.counts

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Share of each group by every method."""
        return estimates_table(self.reconstruction, self.fits, self.level)

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """All pairs of groups."""
        return comparisons_table(self.pooled, self.level)

    @cached_property
    def omnibus(self) -> pd.DataFrame:
        """Tests that all groups are equal."""
        return omnibus_table(self.pooled)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Published places beside confidence and credible sets."""
        return ranks_table(self.survey, self.ranked)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The claims with their verdicts."""
        return claims_table(self.judged)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name, in the order of the method."""
        names = (
            "sample_sizes", "conventions", "counts", "estimates", "omnibus", "comparisons", "ranks",
            "claims",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def _repr_html_(self) -> str:
        shown = self.claims[["id", "verdict", "p_value", "probability", "text_en"]]
        title = self.survey.title.en
        return (
            f"<h3>{title}</h3>{shown.to_html(index=False)}{self.sample_sizes.to_html(index=False)}"
        )


def _silent(message: str) -> None:
    """Report nothing."""


def analyze(
    survey: Survey | str | Path | None = None,
    *,
    sizes: SizePrior = "quota",
    engine: Engine = "exact",
    draws: int = DEFAULT_DRAWS,
    level: float = 0.95,
    seed: int = 0,
    report: Report = _silent,
    **sampling: Any,
) -> Analysis:
    """Analyze a survey from its figures to a verdict on every claim.

    Parameters
    ----------
    survey : Survey, path or id, optional
        The embedded survey when omitted.
    sizes : SizePrior
        Prior on sample sizes, as in `reconstruct`.
    engine : {"exact", "pymc"}
        Of the partial-pooling model.
    draws : int
        Solutions that the reconstruction keeps.
    level : float
        Of all intervals, sets and verdicts, in (0, 1).
    seed : int
        Same seed, same tables.
    report : callable
        Called with the name of each step as it begins.
    **sampling
        For the PyMC engine: draws of NUTS and so on, as in `estimate`.

    Returns
    -------
    Analysis

    Raises
    ------
    SurveyFileError, ContradictionError, ArgumentError
    """
    data = survey if isinstance(survey, Survey) else load_survey(survey)
    report("reconstruction")
    recon = reconstruct(data, sizes, draws=draws, seed=seed, level=level)
    fits: dict[tuple[str, str], Fit] = {}
    ranked: dict[str, Ranks] = {}
    for of in ranked_measures(recon):
        report(f"estimates of {of}")
        for model in MODELS:
            used: Engine = engine if model == POOLED else "exact"
            extra = sampling if used == "pymc" else {}
            if model != POOLED:  # nothing is ranked by it
                extra = extra | {"components": FEWEST_COMPONENTS}
            fits[of, model] = estimate_measure(
                recon, of, model=model, engine=used, level=level, seed=seed, **extra
            )
        report(f"ranks of {of}")
        ranked[of] = rank(fits[of, POOLED])
    report("claims")
    pooled = {of: fit for (of, model), fit in fits.items() if model == POOLED}
    judged = judge_all(Evidence(recon, pooled, level))
    return Analysis(data, recon, fits, ranked, judged, engine, seed, level)
