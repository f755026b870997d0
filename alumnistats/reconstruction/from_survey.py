"""`reconstruct`: from a survey to the sample sizes and counts that its figures allow.

Reads top to bottom: check what is asked for, compile the survey, infer, and say what is at odds
where nothing fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from alumnistats.errors import ArgumentError, ContradictionError
from alumnistats.reconstruction.conflicts import explain_conflict
from alumnistats.reconstruction.conventions import Subtotals, SubtotalsBy, scenarios
from alumnistats.reconstruction.engine import infer
from alumnistats.reconstruction.known import known_particles
from alumnistats.reconstruction.means import comparable, left_out_note
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.reconstruction.room import check_room
from alumnistats.reconstruction.size_priors import SizePrior, size_limits, size_models
from alumnistats.reconstruction.strata import strata_of
from alumnistats.reconstruction.structure import build_trees
from alumnistats.reconstruction.typos import typos_of
from alumnistats.reconstruction.weighted_print import DESIGN_EFFECT, Weighting
from alumnistats.rounding import RoundingRule
from alumnistats.sources.notices import tell
from alumnistats.survey import Survey

DEFAULT_DRAWS = 800
FEWEST_DRAWS = 100


def make_problem(
    survey: Survey,
    rounding: Mapping[RoundingRule, float] | None = None,
    subtotals: Mapping[Subtotals, float] | None = None,
    subtotals_by: SubtotalsBy = "release",
) -> Problem:
    """Compile a survey for inference."""
    trees = build_trees(survey)
    weighting = None
    if survey.weighted:
        weighting = Weighting(survey.design_effect or DESIGN_EFFECT)
        rounding, subtotals = {"half_up": 1.0}, {"rounded_sum": 1.0}  # of no consequence
    _, largest = size_limits(survey)
    known = {g.id: g.n for g in survey.groups if g.n is not None}
    if "mean" in survey.overall_share:
        trees, _ = comparable(trees)
    ways = scenarios(
        trees, rounding, subtotals, survey.overall_share, subtotals_by, survey.adding_up
    )
    return Problem(
        survey.group_ids, survey.total, known, trees, ways, largest, weighting=weighting,
        strata=strata_of(survey),
    )  # fmt: skip


def _check_typos(survey: Survey, typos: float) -> None:
    """Raise `ArgumentError` where misprints do not go with what else a file allows."""
    if survey.weighted:
        raise ArgumentError("typos", typos, "none: a weighted percentage agrees with every count")
    if "forced" in survey.adding_up:
        raise ArgumentError("typos", typos, "none where shares may be forced to sum to 100")
    if "mean" in survey.overall_share:
        raise ArgumentError("typos", typos, "none where overall figures may be plain means")


def reconstruct(
    survey: Survey,
    sizes: SizePrior = "quota",
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int | np.random.Generator = 0,
    level: float = 0.95,
    rounding: Mapping[RoundingRule, float] | None = None,
    subtotals: Mapping[Subtotals, float] | None = None,
    subtotals_by: SubtotalsBy = "release",
    explain: bool = True,
    typos: float | None = None,
    largest: int | None = None,
) -> Reconstruction:
    """Recover the sample sizes and counts that a survey's figures allow.

    Parameters
    ----------
    survey : Survey
    sizes : SizePrior
        Prior on the groups' sample sizes: "quota" (default), "shortfall", "free", "dirichlet",
        "equal", "proportional" or "mixture"; see `size_priors`.
    draws : int
        Number of weighted solutions, at least 100. Up to nine times as many are drawn where
        otherwise few of them would carry the weight.
    seed : int or numpy.random.Generator
    level : float
        Probability of the equal-tailed intervals in the tables, in (0, 1).
    rounding, subtotals : dict, optional
        Prior weights of the rounding rules and of the two ways to print a subtotal; a rule that
        is left out is ruled out.
    subtotals_by : {"release", "question"}
        Whether one way of printing subtotals holds throughout, or each question has its own.
    explain : bool
        Whether a contradiction is traced to a minimal set of figures, which can take a minute.
    typos : float, optional
        Probability beforehand that a percentage is a misprint, from 1e-5 to 0.5, as in
        `MISPRINT_PRIOR` (0.005); every figure is right when it is omitted or 0. `misprints` is then
        a table of the probabilities afterwards; `typos` says how figures come to be misprinted.
    largest : int, optional
        Largest size that a group may have, where groups may differ more than the rule allows: see
        `size_limits`. Tables, and time, grow with it.

    Returns
    -------
    Reconstruction
        Of one solution, at no cost, where the survey publishes sizes and counts.

    Warns
    -----
    InputNotice
        If overall figures may be plain means over groups and some cannot be checked as such: they
        are left out.

    Raises
    ------
    ContradictionError
        If no sizes and counts give the printed figures; it names a minimal conflicting set if it
        is to `explain`.
    ArgumentError
        For a bad argument.
    TooLargeError
        If that would take more memory than there is.
    """
    if draws < FEWEST_DRAWS:
        raise ArgumentError("draws", draws, f"a whole number of at least {FEWEST_DRAWS}")
    if not 0 < level < 1:
        raise ArgumentError("level", level, "a probability strictly between 0 and 1")
    if typos:
        _check_typos(survey, typos)
    if "mean" in survey.overall_share:
        tell(survey.id, left_out_note(build_trees(survey)))
    compiled = partial(
        make_problem, rounding=rounding, subtotals=subtotals, subtotals_by=subtotals_by
    )
    limits = size_limits(survey, largest)
    problem = replace(compiled(survey), typos=typos_of(typos), largest=limits[1])
    known = known_particles(problem)
    if known is not None:
        return Reconstruction(survey, sizes, problem, known, 0.0, level, [], draws)
    check_room(problem, draws, survey.id)
    models = size_models(survey, sizes, *limits)
    rng = np.random.default_rng(seed)
    particles, left_out = infer(problem, models, draws, rng)
    if particles is None and problem.typos is not None:
        raise ContradictionError(
            f"{survey.id}: no sizes and counts give what is printed, even if percentages are "
            "misprinted: counts, sizes, the total and lists are taken as right"
        )
    if particles is None and not explain:
        raise ContradictionError(f"{survey.id}: no sizes and counts give the printed figures")
    if particles is None:
        raise explain_conflict(survey, models, compiled, limits)
    return Reconstruction(survey, sizes, problem, particles, left_out, level, models, draws)
