"""`reconstruct`: from a survey to the sample sizes and counts that its figures allow.

Reads top to bottom: check what is asked for, compile the survey, infer, and say what is at odds
where nothing fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.arguments import GENERATOR, checked
from alumnistats.errors import ArgumentError, ContradictionError, UndecidedError
from alumnistats.identification import Witness, bounds, feasible
from alumnistats.identification import explain as decide
from alumnistats.identification.explained import Options
from alumnistats.parallel import one_thread
from alumnistats.reconstruction.beyond_tables import TOLERATED, share_beyond
from alumnistats.reconstruction.conventions import (
    ROUNDING_PRIOR,
    SUBTOTALS_PRIOR,
    scenarios,
)
from alumnistats.reconstruction.engine import Goal, draw_solutions, size_passes
from alumnistats.reconstruction.means import comparable, left_out_note
from alumnistats.reconstruction.misprinted import Misprinted
from alumnistats.reconstruction.problem import Problem, check_memory, mixing_work
from alumnistats.reconstruction.published import Exact
from alumnistats.reconstruction.published_counts import known_particles
from alumnistats.reconstruction.question_tree import build_trees
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.reconstruction.size_laws import strata_of
from alumnistats.reconstruction.size_priors import (
    RIVAL_PRIORS,
    SizePrior,
    in_wider_tables,
    left_to_a_group,
    size_limits,
    size_models,
)
from alumnistats.reconstruction.unknown_total import Solved, is_unknown, solve_totals
from alumnistats.reconstruction.vague_total import VagueTotal
from alumnistats.reconstruction.weighted import DESIGN_EFFECT, Weighted
from alumnistats.rounding import RoundingRule, Subtotals, SubtotalsBy, full_scale
from alumnistats.sources.notices import tell
from alumnistats.sources.toml_reader import as_survey
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_DRAWS = 800
LOOK = 1.25  # times the tables' largest size, up to which that bound looks
# Where a bound is larger tables of twice the size rarely bring it down to what is tolerated: they
# are left out, unless four times the size takes more products of counts than this.
FAR, FAR_WORK = 20, 1e8
# Sizes squared times groups up to which tables grow, and those of pilots, of which there are many.
CELLS, PILOT_CELLS = 1e9, 1.6e7
# Products of counts up to which they grow where solutions were found: with a total, and without
# one, where they end anyway. What may be beyond is said in `left_out`.
WORK, UNKNOWN_WORK = 8e9, 2e8
FEWEST_DRAWS = 100
SHOWN = 12  # groups whose sizes are told where no solution was drawn


def make_problem(
    survey: Survey,
    rounding: Mapping[RoundingRule, float] | None = None,
    subtotals: Mapping[Subtotals, float] | None = None,
    subtotals_by: SubtotalsBy = "release",
    misprints: float | None = None,
) -> Problem:
    """Compile a survey for inference."""
    trees = build_trees(survey)
    figures = Misprinted(float(misprints)) if misprints else Exact()
    if survey.weighted:
        figures = Weighted(survey.design_effect or DESIGN_EFFECT)
    _, largest = size_limits(survey)
    known = {g.id: g.n for g in survey.groups if g.n is not None}
    if "mean" in survey.overall_share:
        trees, _ = comparable(trees)
    every = scenarios(survey, rounding, subtotals, subtotals_by)
    return Problem(
        survey.group_ids, survey.total, known, trees, every, largest, figures=figures,
        strata=strata_of(survey), vague_total=VagueTotal.of(survey),
    )  # fmt: skip


def _check_arguments(survey: Survey, draws: int, misprints: float | None) -> None:
    """Raise `ArgumentError` for what `reconstruct` cannot do."""
    if draws < FEWEST_DRAWS:
        raise ArgumentError("draws", draws, f"a whole number of at least {FEWEST_DRAWS}")
    if misprints:
        _check_misprints(survey, misprints)


def _check_misprints(survey: Survey, misprints: float) -> None:
    """Raise `ArgumentError` where misprints do not go with what else a file allows."""
    if survey.weighted:
        raise ArgumentError(
            "misprints", misprints, "none: a weighted percentage agrees with every count"
        )
    if "forced" in survey.adding_up:
        raise ArgumentError("misprints", misprints, "none where shares may be forced to sum to 100")
    if "mean" in survey.overall_share:
        raise ArgumentError("misprints", misprints, "none where overall figures may be plain means")


@dataclass(frozen=True, eq=False)
class Request:
    """What `reconstruct` is asked for; its parameters are described there."""

    survey: Survey
    sizes: SizePrior
    draws: int
    level: float
    rounding: Mapping[RoundingRule, float] | None
    subtotals: Mapping[Subtotals, float] | None
    subtotals_by: SubtotalsBy
    explain: bool
    misprints: float | None
    largest: int | None

    def problem(self, survey: Survey) -> Problem:
        """Return the survey, or the same with a total, compiled for inference."""
        conventions = self.rounding, self.subtotals, self.subtotals_by
        return make_problem(survey, *conventions, self.misprints)

    @property
    def allowed(self) -> Options:
        """What the priors do not rule out."""
        return {
            "misprints": bool(self.misprints),
            "rounding": tuple(ROUNDING_PRIOR if self.rounding is None else self.rounding),
            "subtotals": tuple(SUBTOTALS_PRIOR if self.subtotals is None else self.subtotals),
            "subtotals_by": self.subtotals_by,
        }

    def given_total(self, survey: Survey, draws: int, rng: np.random.Generator) -> Solved:
        """Infer with one of the totals that there may be: a pilot, of which nothing is shown."""
        problem = self.problem(survey)
        if self.largest is not None and self.largest * len(survey.groups) < (survey.total or 0):
            return problem, [], None, 0.0  # no sizes in the tables add up to it
        return self.infer(survey, problem, draws, rng, Goal.usual(draws), PILOT_CELLS)

    def infer(
        self,
        survey: Survey,
        problem: Problem,
        draws: int,
        rng: np.random.Generator,
        goal: Goal | None = None,
        cells: float = CELLS,
    ) -> Solved:
        """Infer with tables that grow until what lies beyond them is negligible.

        Returns the problem with the tables' largest size, the prior in it, the solutions, and a
        bound of the share of the evidence that is left out. Draws are added up to the goal, by
        default that of tables which are shown.
        """
        table = size_limits(survey, self.largest)[1]
        ends = [left_to_a_group(survey, survey.total_bounds[1]), _widest(survey)]
        end = min(size for size in ends if size is not None)
        while True:
            problem = replace(problem, largest=table)
            check_memory(problem, draws, survey.id)
            models = size_models(survey, self.sizes, table)
            passes, left_out = size_passes(problem, models, draws, rng)
            may_grow = self.largest is None and end > table
            beyond = 0.0
            if ends[0] is None or ends[0] > table:
                look = min(ends[0] or 2 * table, int(LOOK * table) + 1)
                larger = in_wider_tables(models, survey, self.sizes, look)
                beyond = share_beyond(problem, passes, larger)
                may_grow &= any(model.off_quota[:, table + 1 :].any() for model in larger)
            wider = _wider(problem, beyond, end, cells) if may_grow else None
            if wider is not None and (passes or self.reaches_beyond(survey, table)):
                table = wider
                continue
            particles = draw_solutions(problem, passes, draws, rng, goal)
            if particles is not None or not may_grow or not self.reaches_beyond(survey, table):
                return problem.forgetful(), models, particles, min(left_out + beyond, 1.0)
            table = min(2 * table, end)  # nothing was found: whatever it takes

    @cached_property
    def outcome(self) -> Witness | ContradictionError | UndecidedError:
        """What a solver says of figures of which no solution was drawn: there may be some."""
        if self.explain:
            return decide(self.survey, **self.allowed)
        try:
            witness = feasible(self.survey, **self.allowed)
        except UndecidedError as error:
            return error
        said = f"{self.survey.id}: no sizes and counts give the published figures"
        return witness or ContradictionError(said)

    def reaches_beyond(self, survey: Survey, table: int) -> bool:
        """Return whether wider tables may hold a solution where these held none that was drawn.

        They do not if a solver finds one within these, or proves that there is none.
        """
        if self.misprints or survey is not self.survey:  # a total that is tried is not looked into
            return True
        if isinstance(self.outcome, Witness):
            return max(self.outcome.sizes.values()) > table
        return isinstance(self.outcome, UndecidedError)


def _wider(problem: Problem, beyond: float, end: int, cells: float) -> int | None:
    """Return the size to which tables grow next; None if little is beyond, or that takes long."""
    if beyond <= TOLERATED:
        return None
    most = WORK if _is_tied(problem) else UNKNOWN_WORK
    steps = [(4, min(FAR_WORK, most)), (2, most)] if beyond > FAR else [(2, most)]
    sizes = ((min(step * problem.largest, end), work) for step, work in steps)
    return next((size for size, work in sizes if not _dear(problem, size, cells, work)), None)


def _dear(problem: Problem, wider: int, cells: float, work: float) -> bool:
    """Return whether wider tables take so long that they are made only if nothing was found."""
    if wider**2 * len(problem.groups) > cells:
        return True
    return mixing_work(replace(problem, largest=wider)) > work


def _is_tied(problem: Problem) -> bool:
    """Return whether any sum of sizes is known."""
    return problem.total is not None or any(s.total is not None for s in problem.strata)


def _widest(survey: Survey) -> int:
    """Return the largest size to which tables grow by themselves: a limit of computation.

    Without a total sizes beyond twice a unit's worth of the published digits are told from each
    other by nothing: each can show every percentage.
    """
    widest = int(np.sqrt(CELLS / len(survey.groups)))
    if survey.total is None:
        digits = max((f.digits for f in survey.figures if f.percent is not None), default=0)
        widest = min(widest, 2 * full_scale(digits))
    return max(widest, 2 * size_limits(survey)[1])


def _nothing_drawn(asked: Request) -> ContradictionError | UndecidedError:
    """Return the error of a survey of which no solution was drawn."""
    survey = asked.survey
    if asked.misprints:
        return ContradictionError(
            f"{survey.id}: no sizes and counts give what is published, even if percentages are "
            "misprinted: counts, sizes, the total and lists are taken as right"
        )
    outcome = asked.outcome
    if not isinstance(outcome, Witness):
        return outcome
    sizes = ", ".join(f"{group} {n}" for group, n in list(outcome.sizes.items())[:SHOWN])
    more = ", ..." if len(outcome.sizes) > SHOWN else ""
    return UndecidedError(
        survey.id,
        f"its figures can all be right (with the sizes {sizes}{more}, for one), but no solution "
        "was drawn; more draws, another prior on sizes or a larger largest= may find some",
    )


@checked(GENERATOR)
@one_thread()
def reconstruct(
    survey: Survey | str | Path,
    sizes: SizePrior = "mixture",
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int | np.random.Generator = 0,
    level: float = 0.95,
    rounding: Mapping[RoundingRule, float] | None = None,
    subtotals: Mapping[Subtotals, float] | None = None,
    subtotals_by: SubtotalsBy = "release",
    explain: bool = True,
    misprints: float | None = None,
    largest: int | None = None,
    possible: float | None = None,
) -> Reconstruction:
    """Recover the sample sizes and counts that a survey's figures allow.

    Parameters
    ----------
    survey : Survey, str or Path
        Or the path or id of one, as in `load_survey`.
    sizes : SizePrior
        Prior on the groups' sample sizes: "mixture" (default), "quota", "shortfall", "free",
        "dirichlet", "equal" or "proportional"; see `size_priors`.
    draws : int
        Number of weighted solutions, at least 100. Up to forty times as many are drawn where
        otherwise few of them would carry the weight.
    seed : int or numpy.random.Generator
    level : float
        Probability of the equal-tailed intervals in the tables, in (0, 1).
    rounding, subtotals : dict, optional
        Prior weights of the rounding rules and of the two conventions of subtotals; a rule that
        is left out is ruled out.
    subtotals_by : {"release", "question"}
        Whether one convention of subtotals holds throughout, or each question has its own.
    explain : bool
        Whether a contradiction is traced to a minimal set of figures, which can take a minute.
    misprints : float, optional
        Probability beforehand that a percentage is a misprint, from 1e-5 to 0.5, as in
        `MISPRINT_PRIOR` (0.005); every figure is right when it is omitted or 0. `misprints` is then
        a table of the probabilities afterwards; `misprints` says how figures come to be misprinted.
    largest : int, optional
        Largest size in the tables, a limit of computation: they grow by themselves where it is
        omitted. What lies beyond is in `left_out`.
    possible : float, optional
        Seconds to prove the lowest and highest possible sizes and counts, which rest on no prior:
        columns possible_lower and possible_upper of both tables; see `alumnistats.bounds`.

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
        If no sizes and counts give the published figures; it is proved, with minimal conflicting
        sets, if it is to `explain`.
    UndecidedError
        If no solution was drawn, though there is one, or it is not known whether there is any.
    ArgumentError
        For a bad argument.
    TooLargeError
        If that would take more memory than there is.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> recon = al.reconstruct(survey)
    >>> recon.counts[["group", "mode"]].to_numpy().tolist()
    [['energy', 43], ['retail', 89]]
    >>> recon.sample_sizes["mode"].tolist()
    [90, 200]
    """
    survey = as_survey(survey, "doubtful" if misprints else "right")
    _check_arguments(survey, draws, misprints)
    if "mean" in survey.overall_share:
        tell(survey.id, left_out_note(build_trees(survey)))
    asked = Request(
        survey, sizes, draws, level, rounding, subtotals, subtotals_by, explain, misprints, largest
    )
    recon = _recover(asked, seed)
    if possible is None:
        return recon
    return replace(recon, possible=bounds(survey, possible, of=recon.recovered, **asked.allowed))


def _recover(asked: Request, seed: int | np.random.Generator) -> Reconstruction:
    """Return the solutions: published, over totals that are unknown, or drawn."""
    survey, sizes, level, draws = asked.survey, asked.sizes, asked.level, asked.draws
    problem = asked.problem(survey)
    known = known_particles(problem)
    if known is not None:
        return Reconstruction(survey, sizes, problem, known, 0.0, level, [], draws)
    rng = np.random.default_rng(seed)
    if is_unknown(survey, problem):
        totals = solve_totals(survey, problem, asked.given_total, sizes, draws, rng)
        if totals is not None:
            return Reconstruction.over_totals(survey, sizes, problem, totals, level, draws)
    problem, models, particles, left_out = asked.infer(survey, problem, draws, rng)
    if particles is None:
        raise _nothing_drawn(asked)
    return Reconstruction(survey, sizes, problem, particles, left_out, level, models, draws)


def compare_priors(survey: Survey, **options: Any) -> pd.DataFrame:
    """Reconstruct a survey under every prior on sample sizes but the mixture of some of them.

    Parameters
    ----------
    survey : Survey
    **options
        Of `reconstruct`.

    Returns
    -------
    DataFrame
        sizes, log_evidence (of the figures given the published total), probability (of the prior,
        all being equally likely beforehand), group, mode, mode_probability, lower, upper. A prior
        that allows no solution has probability 0 and no rows by group; one that needs what the
        survey does not publish is left out.
    """
    import pandas as pd

    frames, evidence = [], {}
    for prior in RIVAL_PRIORS:
        try:
            recon = reconstruct(survey, prior, **{"explain": False, **options})
        except ArgumentError as error:
            if error.parameter != "sizes":
                raise
            continue
        except (ContradictionError, UndecidedError):
            evidence[prior] = -np.inf
            frames.append(pd.DataFrame({"sizes": [prior]}))
            continue
        evidence[prior] = recon.log_evidence
        table = recon.sample_sizes.rename(columns={"probability": "mode_probability"})
        frames.append(table.drop(columns="mean").assign(sizes=prior))
    total = np.logaddexp.reduce(list(evidence.values()))
    result = pd.concat(frames, ignore_index=True)
    result["log_evidence"] = result["sizes"].map(evidence)
    result["probability"] = np.exp(result["log_evidence"] - total)
    columns = ["sizes", "log_evidence", "probability", "group", "mode", "mode_probability"]
    return result[[*columns, "lower", "upper"]]
