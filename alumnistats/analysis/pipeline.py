"""`analyze`: survey, reconstruction, estimates, comparisons, ranks, claims, in that order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alumnistats.analysis.choices import Choices, fit_measure, judge_survey, read, recover
from alumnistats.analysis.comparisons import comparisons_table, omnibus_table
from alumnistats.analysis.estimates import estimates_table, ranked_measures
from alumnistats.analysis.ranks import ranks_table
from alumnistats.arguments import RULES, checked, instance, optional
from alumnistats.brief import short_repr
from alumnistats.claims import JudgedClaim, claims_table
from alumnistats.parallel import one_thread
from alumnistats.posterior import Engine, Fit, Model
from alumnistats.posterior.fit import FEWEST_COMPONENTS
from alumnistats.ranking import Ranks, rank
from alumnistats.reconstruction import Reconstruction, size_agreement
from alumnistats.reconstruction import misprints as misprints_of
from alumnistats.reconstruction.from_survey import DEFAULT_DRAWS
from alumnistats.reconstruction.size_priors import SizePrior
from alumnistats.sources import as_survey
from alumnistats.survey import Survey, labelled

if TYPE_CHECKING:
    import pandas as pd

BESIDE: Model = "no-pooling"  # its estimates are shown beside those of the model chosen
Report = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything computed from one survey; each table is a data frame.

    Attributes
    ----------
    survey : Survey
        As the choices read it.
    reconstruction : Reconstruction
    fits : dict of Fit
        By (measure, model).
    ranked : dict of Ranks
        By measure, from the model chosen.
    judged : list of JudgedClaim
    engine, seed
        As asked for.
    choices : Choices
    """

    __repr__ = short_repr

    survey: Survey
    reconstruction: Reconstruction
    fits: Mapping[tuple[str, str], Fit]
    ranked: Mapping[str, Ranks]
    judged: list[JudgedClaim]
    engine: str
    seed: int
    choices: Choices

    @property
    def level(self) -> float:
        """Level of all intervals, sets and verdicts."""
        return self.choices.level

    @property
    def model(self) -> Model:
        """The model chosen."""
        return self.choices.model

    @property
    def pooled(self) -> dict[str, Fit]:
        """Fits of the model chosen, by measure: by default those of partial pooling."""
        return _of_model(self.fits, self.model)

    def shares(self, of: str, model: str | None = None) -> pd.DataFrame:
        """Return the summary of one measure's fit under a model, the one chosen when omitted."""
        return self.fits[of, model or self.model].summary()

    @property
    def recovers_sizes(self) -> bool:
        """Whether there are sample sizes to recover, not published ones only."""
        known = all(group.n is not None for group in self.survey.groups)
        return bool(self.reconstruction.models) and not known

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Which sizes can show each group's figures; empty where there are none to recover."""
        table = size_agreement(self.reconstruction)
        return table if self.recovers_sizes else table.head(0)

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

    @one_thread()
    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name, in the order of the method, with labels beside ids."""
        names = (
            "sample_sizes", "conventions", "counts", "estimates", "omnibus", "comparisons", "ranks",
            "claims",
        )  # fmt: skip
        found = {name: getattr(self, name) for name in names}
        if self.reconstruction.misprint_prior is not None:
            found["misprints"] = misprints_of(self.reconstruction)
        if self.reconstruction.totals is not None:
            found["total"] = self.reconstruction.total
        return {name: labelled(self.survey, table) for name, table in found.items()}


SAMPLING = ("sampler", "tune", "chains", "cores", "target_accept", "progressbar", "components")
"""Other keywords of `analyze`, which `posterior.estimate` takes."""


def silent(message: str) -> None:
    """Report nothing."""


@checked({"choices": optional(instance(Choices)), "level": optional(RULES["level"])}, more=SAMPLING)
@one_thread()
def analyze(
    survey: Survey | str | Path | None = None,
    *,
    choices: Choices | None = None,
    sizes: SizePrior | None = None,
    engine: Engine = "exact",
    draws: int = DEFAULT_DRAWS,
    level: float | None = None,
    seed: int = 0,
    misprints: float | None = None,
    largest: int | None = None,
    report: Report = silent,
    **sampling: Any,
) -> Analysis:
    """Analyze a survey from its figures to a verdict on every claim.

    Parameters
    ----------
    survey : Survey, path or id, optional
        The embedded survey when omitted.
    choices : Choices, optional
        How the survey is read, reconstructed, estimated and judged; the usual way when omitted.
    sizes : SizePrior, optional
        Prior on sample sizes, as in `reconstruct`, in the place of that of `choices`.
    engine : {"exact", "pymc"}
        Of the model chosen.
    draws : int
        Solutions that the reconstruction keeps.
    level : float, optional
        Of all intervals, sets and verdicts, in (0, 1), in the place of that of `choices`.
    seed : int
        Same seed, same tables.
    misprints : float, optional
        Probability beforehand that a percentage is misprinted, as in `reconstruct`; the tables then
        have `misprints`.
    largest : int, optional
        Largest size that a group may have, as in `reconstruct`.
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

    Examples
    --------
    >>> analysis = analyze("america-1969", draws=100)
    >>> analysis.claims["verdict"].tolist()
    ['not supported', 'not supported', 'supported']
    """
    data = as_survey(survey, "doubtful" if misprints else "right")
    chosen = _with(choices or Choices(), sizes=sizes, level=level)
    data = read(data, chosen)
    report("reconstruction")
    recon = recover(
        data,
        chosen,
        draws=draws,
        seed=seed,
        level=chosen.level,
        misprints=misprints,
        largest=largest,
    )
    fits: dict[tuple[str, str], Fit] = {}
    ranked: dict[str, Ranks] = {}
    for of in ranked_measures(recon):
        report(f"estimates: {data.label(of)}")
        fits[of, chosen.model] = fit_measure(
            recon, of, chosen, seed=seed, engine=engine, level=chosen.level, **sampling
        )
        if chosen.model != BESIDE:  # nothing is ranked by it: few components will do
            fits[of, BESIDE] = fit_measure(
                recon,
                of,
                replace(chosen, model=BESIDE),
                seed=seed,
                level=chosen.level,
                components=FEWEST_COMPONENTS,
            )
        report(f"ranks: {data.label(of)}")
        ranked[of] = rank(fits[of, chosen.model])
    report("claims")
    judged = judge_survey(recon, _of_model(fits, chosen.model), chosen)
    return Analysis(data, recon, fits, ranked, judged, engine, seed, chosen)


def _of_model(fits: Mapping[tuple[str, str], Fit], model: Model) -> dict[str, Fit]:
    return {of: fit for (of, fitted), fit in fits.items() if fitted == model}


def _with(choices: Choices, **given: Any) -> Choices:
    """Return the choices with the fields that are given."""
    return replace(choices, **{name: value for name, value in given.items() if value is not None})
