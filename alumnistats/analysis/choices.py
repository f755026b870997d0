"""Every choice that an analysis makes, and the four steps that they enter.

A `Choices` is one way to analyze a survey; the sensitivity analysis runs many. Each field belongs
to the step at which it first matters, so that ways which agree up to a step can share its result:

reading
    which of the figures are taken, and as what
reconstruction
    how sizes, counts and conventions are recovered
estimation
    how shares are estimated
judgement
    by which tests, at which level, claims are judged
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from alumnistats.analysis.estimates import ranked_measures
from alumnistats.claims import Evidence, JudgedClaim, judge_all
from alumnistats.posterior import Fit, Model, estimate_measure
from alumnistats.reconstruction import Reconstruction, reconstruct
from alumnistats.reconstruction.conventions import Subtotals
from alumnistats.reconstruction.size_priors import SizePrior
from alumnistats.rounding import RoundingRule
from alumnistats.survey import Survey

Step = Literal["reading", "reconstruction", "estimation", "judgement"]
STEPS: tuple[Step, ...] = get_args(Step)

AVERAGED: Literal["averaged"] = (
    "averaged"  # a convention that is not fixed: its values are weighted by probability
)

STEP_OF: dict[str, Step] = {
    "sizes": "reconstruction",
    "rounding": "reconstruction",
    "subtotals": "reconstruction",
    "model": "estimation",
    "level": "judgement",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """One way to analyze a survey.

    Attributes
    ----------
    sizes : SizePrior
        Prior on sample sizes, as in `reconstruct`.
    rounding : RoundingRule or "averaged"
    subtotals : Subtotals or "averaged"
        How a measure of several options was printed.
    model : Model
        Of the groups' shares.
    level : float
        Of intervals and verdicts, in (0, 1).
    """

    sizes: SizePrior = "quota"
    rounding: RoundingRule | Literal["averaged"] = AVERAGED
    subtotals: Subtotals | Literal["averaged"] = AVERAGED
    model: Model = "partial-pooling"
    level: float = 0.95

    def until(self, step: Step) -> Hashable:
        """Return what decides the result of `step`: the choices of it and of the steps before."""
        last = STEPS.index(step)
        return tuple(
            (name, getattr(self, name)) for name, of in STEP_OF.items() if STEPS.index(of) <= last
        )


def read(survey: Survey, choices: Choices) -> Survey:  # noqa: ARG001
    """Return the survey as the choices read it."""
    return survey


def recover(survey: Survey, choices: Choices, *, draws: int, seed: int) -> Reconstruction:
    """Reconstruct a survey, as from `read`, by the choices; see `reconstruct`."""
    return reconstruct(
        survey,
        choices.sizes,
        draws=draws,
        seed=seed,
        rounding=None if choices.rounding == "averaged" else {choices.rounding: 1.0},
        subtotals=None if choices.subtotals == "averaged" else {choices.subtotals: 1.0},
    )


def fit(recon: Reconstruction, choices: Choices, *, seed: int) -> dict[str, Fit]:
    """Estimate every measure that is compared between groups."""
    return {
        of: estimate_measure(recon, of, model=choices.model, seed=seed)
        for of in ranked_measures(recon)
    }


def weigh(recon: Reconstruction, fits: Mapping[str, Fit], choices: Choices) -> list[JudgedClaim]:
    """Judge every claim of the survey."""
    return judge_all(Evidence(recon, fits, choices.level))
