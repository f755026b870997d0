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

``docs/choices.md`` says what each value means and where it comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from alumnistats.analysis.estimates import ranked_measures
from alumnistats.analysis.reading import (
    check_base_text,
    check_figure_text,
    check_misprint_text,
    figures_to_leave_out,
    fixed_bases,
    misprints,
    with_base,
    with_incomplete_lists,
    with_misprint,
    without_figure,
)
from alumnistats.claims import Evidence, JudgedClaim, Rules, judge_all
from alumnistats.claims.rules import TIES, USUAL, WEIGHTS, ClaimAdjustment, Ties, Weights
from alumnistats.claims.share_tests import SHARE_TESTS, ShareTest
from alumnistats.comparisons import ADJUSTMENTS, PAIR_TESTS, PairTest
from alumnistats.errors import ArgumentError, closest, listed
from alumnistats.planning import SizeMethod
from alumnistats.posterior import (
    MODELS,
    PRIOR_WIDTHS,
    Fit,
    Model,
    PriorWidth,
    estimate_measure,
    prior_of,
)
from alumnistats.reconstruction import Reconstruction, reconstruct
from alumnistats.reconstruction.from_survey import DEFAULT_DRAWS
from alumnistats.reconstruction.size_priors import SIZE_PRIORS, SizePrior
from alumnistats.rounding import ROUNDING_RULES, SUBTOTALS, RoundingRule, Subtotals
from alumnistats.survey import Survey

Step = Literal["reading", "reconstruction", "estimation", "judgement"]
STEPS: tuple[Step, ...] = get_args(Step)

AVERAGED: Literal["averaged"] = (
    "averaged"  # a convention that is not fixed: its values are weighted by probability
)
NONE: Literal["none"] = "none"
BY_QUESTION: Literal["by-question"] = "by-question"  # averaged, each question by itself

STEP_OF: dict[str, Step] = {
    "base": "reading",
    "complete_lists": "reading",
    "left_out": "reading",
    "misprint": "reading",
    "sizes": "reconstruction",
    "rounding": "reconstruction",
    "subtotals": "reconstruction",
    "model": "estimation",
    "prior": "estimation",
    "design_effect": "estimation",
    "bias": "judgement",
    "weights": "judgement",
    "test": "judgement",
    "interval": "judgement",
    "adjustment": "judgement",
    "ties": "judgement",
    "level": "judgement",
}

VALUES: dict[str, tuple[str | bool, ...]] = {
    "complete_lists": (True, False),
    "sizes": SIZE_PRIORS,
    "rounding": (AVERAGED, *ROUNDING_RULES),
    "subtotals": (AVERAGED, BY_QUESTION, *SUBTOTALS),
    "model": MODELS,
    "prior": PRIOR_WIDTHS,
    "weights": WEIGHTS,
    "test": tuple(PAIR_TESTS),
    "interval": SHARE_TESTS,
    "adjustment": (NONE, *ADJUSTMENTS),
    "ties": TIES,
}
"""Every admissible value of the fields that have finitely many, whatever the survey is."""

_OF_SURVEY: dict[str, tuple[str, Callable[[Survey], tuple[str, ...]]]] = {
    "base": (AVERAGED, fixed_bases),
    "left_out": (NONE, figures_to_leave_out),
    "misprint": (NONE, misprints),
}
_NUMBERS: dict[str, tuple[Callable[[float], bool], str]] = {
    "design_effect": (lambda x: 1 <= x < math.inf, "a finite number of at least 1"),
    "bias": (lambda x: 0 <= x < math.inf, "a finite number of log odds, at least 0"),
    "level": (lambda x: 0 < x < 1, "a probability strictly between 0 and 1"),
}
_TEXTS: dict[str, Callable[[str], None]] = {
    "base": check_base_text,
    "left_out": check_figure_text,
    "misprint": check_misprint_text,
}


@dataclass(frozen=True, slots=True)
class Choices:
    """One way to analyze a survey; the defaults are what `analyze` does.

    Attributes
    ----------
    base : str
        ``"averaged"``, or the base of questions with several candidates, as in
        ``"contact_forms=all"``.
    complete_lists : bool
        Whether it is taken as said that all groups which a complete list leaves out lie beyond it.
    left_out : str
        A figure that is not read, as in ``"important@energy"``, or ``"none"``.
    misprint : str
        A percentage whose last digit is taken to be one off, as in ``"important@energy+1"``, or
        ``"none"``.
    sizes : SizePrior
        Prior on sample sizes that the file does not give, as in `reconstruct`.
    rounding : RoundingRule or "averaged"
    subtotals : Subtotals, "averaged" or "by-question"
        How measures of several options were printed; averaged, all in one way or each question's
        in its own.
    model : Model
        Of the groups' shares.
    prior : PriorWidth
        Of the model: its default, or one that allows groups to differ more or less.
    design_effect : float
        At least 1: so many respondents say as much of the population as one independent one.
    bias : float
        At least 0, in log odds: how far the share of a group's population may be from that of
        those who would answer.
    weights, test, interval, adjustment, ties
        As in `Rules`.
    level : float
        Of intervals and verdicts, in (0, 1).

    Raises
    ------
    ArgumentError
        For a value that no survey admits. Whether a survey has the question or figure that a
        reading names is found out by `read`.
    """

    base: str = AVERAGED
    complete_lists: bool = True
    left_out: str = NONE
    misprint: str = NONE
    sizes: SizePrior = "mixture"
    rounding: RoundingRule | Literal["averaged"] = AVERAGED
    subtotals: Subtotals | Literal["averaged", "by-question"] = AVERAGED
    model: Model = "partial-pooling"
    prior: PriorWidth = "default"
    design_effect: float = USUAL.design_effect
    bias: float = USUAL.bias
    weights: Weights = USUAL.weights
    test: PairTest = USUAL.test
    interval: ShareTest = USUAL.interval
    adjustment: ClaimAdjustment = USUAL.adjustment
    ties: Ties = USUAL.ties
    level: float = 0.95

    def __post_init__(self) -> None:
        for name, values in VALUES.items():
            _check_one_of(name, getattr(self, name), values)
        for name, (default, _) in _OF_SURVEY.items():
            text = getattr(self, name)
            if not isinstance(text, str):
                raise ArgumentError(name, text, "a text")
            if text != default:
                _TEXTS[name](text)
        for name, (admitted, expected) in _NUMBERS.items():
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (number and admitted(value)):
                raise ArgumentError(name, value, expected)
            object.__setattr__(self, name, float(value))

    def until(self, step: Step) -> Hashable:
        """Return what decides the result of `step`: the choices of it and of the steps before."""
        last = STEPS.index(step)
        return tuple(
            (name, getattr(self, name)) for name, of in STEP_OF.items() if STEPS.index(of) <= last
        )

    @property
    def rules(self) -> Rules:
        """The rules of judgement."""
        return Rules(**{f.name: getattr(self, f.name) for f in fields(Rules)})

    def to_dict(self) -> dict[str, str | bool | float]:
        """Return the fields by name: texts, numbers and truth values, as in TOML or a table."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Choices:
        """Return the choices that a mapping names; fields that it leaves out have their defaults.

        Raises
        ------
        ArgumentError
            For an unknown field or a value that is not admitted.
        """
        for name in values:
            if name not in STEP_OF:
                hint = closest(name, STEP_OF)
                expected = listed(STEP_OF, limit=None)
                raise ArgumentError("choice", name, f"{expected}. {hint}" if hint else expected)
        return cls(**values)


def _check_one_of(name: str, value: object, values: tuple[object, ...]) -> None:
    if any(type(value) is type(known) and value == known for known in values):
        return
    names = [str(known).lower() if isinstance(known, bool) else str(known) for known in values]
    hint = closest(str(value), names)
    raise ArgumentError(name, value, f"{listed(names)}. {hint}" if hint else listed(names))


def values_of(field: str, survey: Survey) -> tuple[str | bool, ...]:
    """Return every value that a field can have for a survey, the default first.

    Raises
    ------
    ArgumentError
        For an unknown field, or one of numbers.

    Examples
    --------
    >>> import alumnistats as al
    >>> survey = al.load_survey("america-1969")
    >>> values_of("ties", survey)
    ('strict', 'weak')
    """
    if field in VALUES:
        default = getattr(Choices(), field)
        return (default, *(value for value in VALUES[field] if value != default))
    if field in _OF_SURVEY:
        default, every = _OF_SURVEY[field]
        return (default, *every(survey))
    raise ArgumentError("field", field, listed([*VALUES, *_OF_SURVEY], limit=None))


def read(survey: Survey, choices: Choices) -> Survey:
    """Return the survey as the choices read it.

    Raises
    ------
    ArgumentError
        If the survey lacks what the choices name.
    """
    if choices.base != AVERAGED:
        survey = with_base(survey, choices.base)
    if choices.misprint != NONE:
        survey = with_misprint(survey, choices.misprint)
    if choices.left_out != NONE:
        survey = without_figure(survey, choices.left_out)
    return survey if choices.complete_lists else with_incomplete_lists(survey)


def recover(
    survey: Survey,
    choices: Choices,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
    level: float = 0.95,
    explain: bool = True,
    misprints: float | None = None,
    largest: int | None = None,
) -> Reconstruction:
    """Reconstruct a survey, as from `read`, by the choices; see `reconstruct`.

    `level` is that of the intervals in the reconstruction's own tables; no verdict depends on it.
    Without `explain` a contradiction is found sooner, and not traced to the figures at fault.
    `misprints` is the prior probability that a percentage is misprinted, `largest` the largest
    size in the tables.
    """
    return reconstruct(
        survey,
        choices.sizes,
        draws=draws,
        seed=seed,
        level=level,
        explain=explain,
        misprints=misprints,
        largest=largest,
        rounding=None if choices.rounding == "averaged" else {choices.rounding: 1.0},
        **_subtotals(choices.subtotals),
    )


def _subtotals(choice: Subtotals | Literal["averaged", "by-question"]) -> dict[str, Any]:
    if choice == "averaged":
        return {}
    return {"subtotals_by": "question"} if choice == "by-question" else {"subtotals": {choice: 1.0}}


def fit(
    recon: Reconstruction, choices: Choices, *, seed: int = 0, **options: Any
) -> dict[str, Fit]:
    """Estimate every measure that is compared between groups.

    Parameters
    ----------
    recon : Reconstruction
    choices : Choices
    seed : int
    **options
        engine, level, components, and those of sampling, as in `estimate_measure`.
    """
    return {
        of: fit_measure(recon, of, choices, seed=seed, **options) for of in ranked_measures(recon)
    }


def fit_measure(
    recon: Reconstruction, of: str, choices: Choices, *, seed: int = 0, **options: Any
) -> Fit:
    """Estimate one measure by the choices."""
    return estimate_measure(
        recon,
        of,
        model=choices.model,
        prior=prior_of(choices.model, choices.prior),
        design_effect=choices.design_effect,
        seed=seed,
        **options,
    )


def judge_survey(
    recon: Reconstruction,
    fits: Mapping[str, Fit],
    choices: Choices,
    *,
    evidence: Evidence | None = None,
) -> list[JudgedClaim]:
    """Judge every claim of the survey.

    Parameters
    ----------
    recon : Reconstruction
    fits : dict of Fit
    choices : Choices
    evidence : Evidence, optional
        Of the same reconstruction and fits, as from `gather`: what it knows already is not
        computed again, and what is computed is kept for the next choices.

    Raises
    ------
    ArgumentError
        If the evidence is of something else, or the survey lacks what the choices need.
    """
    if evidence is None:
        evidence = gather(recon, fits)
    if evidence.recon is not recon or evidence.fits is not fits:
        raise ArgumentError("evidence", "another", "evidence of the same reconstruction and fits")
    return judge_all(evidence.by(choices.level, choices.rules))


def gather(
    recon: Reconstruction, fits: Mapping[str, Fit], sizing: SizeMethod = "exact"
) -> Evidence:
    """Return evidence that several calls of `judge_survey` can share.

    With `sizing` "normal" `needed_n` is that of the normal approximation, which takes no time.
    """
    return Evidence(recon, fits, Choices().level, sizing=sizing)
