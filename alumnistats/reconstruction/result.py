"""What `reconstruct` returns: sizes, counts and conventions with their probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.brief import short_repr
from alumnistats.errors import (
    AlumniStatsError,
    ArgumentError,
    NotRecoveredError,
    UndecidedError,
)
from alumnistats.identification import Bounds
from alumnistats.reconstruction.conventions import Scenario, may_be_forced
from alumnistats.reconstruction.count_prior import CountLaw, prior_of_counts
from alumnistats.reconstruction.engine import infer
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.question_tree import Tree, locate, rests_on
from alumnistats.reconstruction.size_laws import SizeModel, part_shares
from alumnistats.reconstruction.size_priors import log_probability_of
from alumnistats.reconstruction.solutions import (
    FEWEST_EFFECTIVE,
    Particles,
    Solutions,
    standard_error,
)
from alumnistats.reconstruction.unknown_total import Totals, part_shares_over_totals
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

Summary = tuple[int, float, float, float, int, int]
SUMMARY = ("mode", "probability", "error", "mean", "lower", "upper")
WHOLE = ("mode", "lower", "upper")  # numbers of respondents
MISSING = (None,) * len(SUMMARY)
POSSIBLE = {"lower": "possible_lower", "upper": "possible_upper"}


def _table(rows: list[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    """Return rows as a table whose whole numbers stay whole where some of them are missing."""
    import pandas as pd

    table = pd.DataFrame(rows, columns=columns)
    whole = {name: "Int64" if table[name].isna().any() else "int64" for name in WHOLE}
    return table.astype(whole | dict.fromkeys(("probability", "error", "mean"), "float64"))


def _with_possible(table: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Return a table with what is possible at all, where that was asked for, of every row."""
    keys = [column for column in ("of", "group") if column in table]
    ends = bounds[[*keys, "lower", "upper"]]
    return table.merge(ends.rename(columns=POSSIBLE), how="left", on=keys, validate="1:1")


def summarize_integers(
    values: IntArray, weight: FloatArray, level: float
) -> tuple[int, float, float, int, int]:
    """Return mode, its probability, mean, and the equal-tailed interval of weighted integers."""
    support, inverse = np.unique(values, return_inverse=True)
    mass = np.bincount(inverse.reshape(-1), weights=weight)
    mass = mass / mass.sum()
    edges = np.cumsum(mass)
    tail = (1 - level) / 2
    ends = np.searchsorted(edges, [tail + 1e-12, 1 - tail - 1e-12])
    lower, upper = support[np.minimum(ends, len(support) - 1)]
    best = int(np.argmax(mass))
    return int(support[best]), float(mass[best]), float(support @ mass), int(lower), int(upper)


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """Every (size, count) that the figures allow, weighted by its probability.

    Attributes
    ----------
    survey : Survey
    size_prior : str
    problem : Problem
        Trees, scenarios and laws of counts that inference used.
    particles : Particles
        Weighted solutions.
    left_out : float
        Upper bound of the share of the evidence in hyperparameters that were skipped.
    level : float
        Probability of the intervals in the tables.
    models : list of SizeModel
        Empty where sizes and counts are published, so that there is one solution.
    draws : int
        Number of solutions asked for.
    totals : Totals, optional
        Where the number of respondents is an unknown: what was found given each.
    possible : Bounds, optional
        If asked for, the lowest and highest sizes and counts of all: the tables show them as
        possible_lower and possible_upper. They are proved, and rest on no prior.
    """

    __repr__ = short_repr

    survey: Survey
    size_prior: str
    problem: Problem
    particles: Particles
    left_out: float
    level: float
    models: list[SizeModel]
    draws: int
    totals: Totals | None = None
    possible: Bounds | None = None

    @classmethod
    def over_totals(
        cls,
        survey: Survey,
        size_prior: str,
        problem: Problem,
        totals: Totals,
        level: float,
        draws: int,
    ) -> Reconstruction:
        """Return the reconstruction of a survey whose number of respondents is an unknown."""
        widest = max(run.problem.largest for run in totals.runs)
        models = totals.runs[int(np.argmax(totals.share))].models
        return cls(
            survey, size_prior, replace(problem, largest=widest), totals.combined(),
            totals.left_out, level, models, draws, totals,
        )  # fmt: skip

    @property
    def trees(self) -> Mapping[str, Tree]:
        """Split trees of the questions, by name."""
        return self.problem.trees

    @property
    def scenarios(self) -> Sequence[Scenario]:
        """Every combination of conventions."""
        return self.problem.scenarios

    @property
    def misprint_prior(self) -> float | None:
        """Probability of a misprint beforehand; None where every figure is taken as right."""
        return self.problem.figures.misprint_prior

    @property
    def log_evidence(self) -> float:
        """Log probability of all figures and rankings given the published total.

        Comparable between size priors of one survey: the probability that the prior alone would
        give the published total is divided out.
        """
        return self.particles.log_evidence - self._log_probability_of_total

    @cached_property
    def _log_probability_of_total(self) -> float:
        if not self.models or self.totals is not None:
            return 0.0
        return log_probability_of(self.models, self.problem.strata, self.survey.total)

    @cached_property
    def size_parts(self) -> dict[str, float]:
        """Posterior probability of each prior that `size_prior` mixes; empty if it mixes none."""
        weight = self.particles.weight
        return {part: float(weight @ share) for part, share in self._part_shares.items()}

    @cached_property
    def _part_shares(self) -> dict[str, FloatArray]:
        """Probability of each part of the prior given the sizes of each solution."""
        if not any(model.part for model in self.models):
            return {}
        members = [stratum.members for stratum in self.problem.strata]
        if self.totals is not None:
            return part_shares_over_totals(self.totals, self.particles.sizes, members)
        return part_shares(self.models, self.particles.sizes, members)

    @property
    def recovered_sizes(self) -> bool:
        """Whether enough draws carry the weight that anything may be told that rests on them.

        If not, whatever is not published is missing in the tables, and the doors to the solutions
        (`solutions_of`, `overall_counts`) raise `NotRecoveredError`.
        """
        return not self.models or self.particles.ess >= FEWEST_EFFECTIVE

    def check_recovered(self) -> None:
        """Raise `NotRecoveredError` if too few draws carry the weight."""
        if not self.recovered_sizes:
            drawn = len(self.particles.weight)
            raise NotRecoveredError(self.survey.id, self.particles.ess, drawn, FEWEST_EFFECTIVE)

    def _error(self, share: npt.ArrayLike) -> float:
        """Return the standard error of a weighted mean over the solutions."""
        return standard_error(share, self.particles.weight) if self.models else 0.0

    def _summary(self, values: IntArray) -> Summary:
        """Return mode, its probability and error, mean, and interval of a size or a count."""
        weight = self.particles.weight
        mode, p, mean, lower, upper = summarize_integers(values, weight, self.level)
        return mode, p, self._error(values == mode), mean, lower, upper

    @cached_property
    def total(self) -> pd.DataFrame:
        """Table of total, probability, error, by_overall: the number of respondents.

        Most probable first. `error` is the standard error of the probability; `by_overall` is the
        probability that the overall figures give to the total before any group's figure is looked
        at. Where the total is published, its one row; where nothing tells it, the sums of sizes
        that were drawn. Without rows where too few draws carry the weight.
        """
        import pandas as pd

        columns = ["total", "probability", "error", "by_overall"]
        if not self.recovered_sizes and self.survey.total is None:
            return pd.DataFrame(columns=columns)
        if self.totals is not None:
            return self.totals.table()
        drawn = self.particles.sizes.sum(axis=1)
        sums, inverse = np.unique(drawn, return_inverse=True)
        mass = np.bincount(inverse.reshape(-1), self.particles.weight)
        error = [0.0 if len(sums) == 1 else self._error(drawn == value) for value in sums]
        table = pd.DataFrame({"total": sums, "probability": mass, "error": error})
        table["by_overall"] = np.nan
        return table.sort_values(["probability", "total"], ascending=[False, True]).reset_index(
            drop=True
        )

    @cached_property
    def sample_sizes(self) -> pd.DataFrame:
        """Table of group, mode, its probability, error (of that), mean, lower, upper.

        The error is the Monte Carlo standard error, 0 for a published size. All but published sizes
        are missing if the sizes are not recovered (`recovered_sizes`). If asked for, the lowest and
        highest possible sizes stand behind: possible_lower, possible_upper.
        """
        rows: list[tuple[Any, ...]] = []
        for group, own in zip(self.survey.groups, self.particles.sizes.T, strict=True):
            if group.n is not None:
                rows.append((group.id, group.n, 1.0, 0.0, float(group.n), group.n, group.n))
            elif self.recovered_sizes:
                rows.append((group.id, *self._summary(own)))
            else:
                rows.append((group.id, *MISSING))
        table = _table(rows, ["group", *SUMMARY])
        return table if self.possible is None else _with_possible(table, self.possible.sizes)

    @cached_property
    def conventions(self) -> pd.DataFrame:
        """Table of dimension, subject, value, probability, error: how the release was computed.

        If the prior on sizes is a mixture, also how probable each of its parts is. The error is the
        Monte Carlo standard error of the probability; both are missing if too few draws carry the
        weight (`recovered_sizes`).
        """
        import pandas as pd

        weight, shares = self.particles.weight, self._convention_shares()
        rows = [(*key, float(weight @ x), self._error(x)) for key, x in shares.items()]
        columns = ["dimension", "subject", "value", "probability", "error"]
        table = pd.DataFrame(rows, columns=columns)
        if not self.recovered_sizes:
            table[["probability", "error"]] = np.nan
        return table.sort_values(
            ["dimension", "subject", "probability"], ascending=[True, True, False], kind="stable"
        ).reset_index(drop=True)

    def _convention_shares(self) -> dict[tuple[str, str, str], npt.NDArray[Any]]:
        """Return each solution's probability of every dimension, subject and value."""
        found: dict[tuple[str, str, str], set[int]] = {}
        for s, scenario in enumerate(self.scenarios):
            for key in self._conventions_of(scenario):
                found.setdefault(key, set()).add(s)
        shares: dict[tuple[str, str, str], npt.NDArray[Any]] = {
            key: np.isin(self.particles.scenario, list(mine)) for key, mine in found.items()
        }
        for part, share in self._part_shares.items():
            shares["sizes", "release", part] = share
        return shares

    def _conventions_of(self, scenario: Scenario) -> Iterator[tuple[str, str, str]]:
        """Yield dimension, subject and value of what a scenario says that is not published."""
        # Whether every question may have its own way of making subtotals.
        each = any(len({way for _, way in s.subtotals}) > 1 for s in self.scenarios)
        several = {t.question for t in self.trees.values() if len(t.bases) > 1}
        if not self.survey.weighted:
            yield "rounding", "release", scenario.rounding
            for question, way in scenario.subtotals if each else scenario.subtotals[:1]:
                yield "subtotals", question if each else "release", way
        if "mean" in self.survey.overall_share:
            yield "overall", "release", scenario.overall
        if "forced" in self.survey.adding_up and may_be_forced(self.trees):
            yield "adding_up", "release", scenario.adding_up
        for question, base in scenario.bases:
            if question in several:
                yield "base", question, base

    @property
    def recovered(self) -> tuple[str, ...]:
        """Ids of the measures and options whose counts are recovered by group."""
        found = [m.id for m in self.survey.measures]
        found += [f"{q.id}:{o.id}" for q in self.survey.questions for o in q.options]
        published = {f.of for f in self.survey.figures if f.group != "overall"}
        return tuple(of for of in found if of in published)

    def solutions_of(self, of: str) -> Solutions:
        """Return weighted sizes and counts of one measure or option.

        Parameters
        ----------
        of : str
            Measure id or ``question:option``.

        Returns
        -------
        Solutions
            ``n`` is the size of the base of the question in each group.

        Raises
        ------
        ArgumentError
            If nothing is published of it by group.
        NotRecoveredError
            If too few draws carry the weight (`recovered_sizes`).
        """
        try:
            tree, node = locate(self.survey, self.trees, of)
            count = self.particles.counts[tree.name, node]
        except (AlumniStatsError, KeyError) as error:
            raise ArgumentError(
                "of", of, "a measure or option with a group's figure: " + ", ".join(self.recovered)
            ) from error
        self.check_recovered()
        base = self.particles.counts[tree.name, 0]
        if not self.models:
            published = Solutions.known(of, self.survey.group_ids, base[0], count[0])
            published = replace(published, everybody=self.particles.sizes[:1])
            return published.named(self.survey)
        own = self.problem.laws.get((tree.name, node))
        law = prior_of_counts(tree, node, base, count, own)
        return Solutions(
            of, self.survey.group_ids, base, count, self.particles.weight,
            np.log(law).sum(axis=1), self.particles.log_evidence,
            (self.survey, self.size_prior), everybody=self.particles.sizes,
            scenario=self.particles.scenario,
        ).named(self.survey)  # fmt: skip

    def redrawn(
        self, of: str, law: CountLaw, seed: int | np.random.Generator = 0
    ) -> Reconstruction:
        """Return the reconstruction under another prior of one measure's counts.

        Solutions drawn under a law that is close to a model's keep their weight under that model.

        Parameters
        ----------
        of : str
            Measure id or ``question:option`` with a group's figure.
        law : tuple of (float, float)
            Parameters of beta-binomial laws of the count given the size of the base, which are
            averaged; they hold for every group. Everything given that count stays as it was.
        seed : int or numpy.random.Generator

        Returns
        -------
        Reconstruction
            Its `log_evidence` is that under the new prior.

        Raises
        ------
        ArgumentError
            If nothing is published of `of` by group.
        UndecidedError
            If no solution was drawn under that law, which proves nothing.
        """
        self.solutions_of(of)  # says what is wrong with `of`
        if not self.models:
            return self
        tree, node = locate(self.survey, self.trees, of)
        problem = replace(self.problem, laws={**self.problem.laws, (tree.name, node): law})
        if self.totals is not None:
            totals = self.totals.again(problem, self.draws, np.random.default_rng(seed))
            if totals is None:
                raise self._none_drawn(of, law)
            args = self.survey, self.size_prior, problem, totals, self.level, self.draws
            return Reconstruction.over_totals(*args)
        particles, left_out = infer(problem, self.models, self.draws, np.random.default_rng(seed))
        if particles is None:
            raise self._none_drawn(of, law)
        return replace(self, problem=problem, particles=particles, left_out=left_out)

    def _none_drawn(self, of: str, law: CountLaw) -> UndecidedError:
        return UndecidedError(self.survey.id, f"no solution was drawn under the law {law} of {of}")

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Table of of, group, mode, probability, error, mean, lower, upper, rests_on.

        One row for every recovered count. Where it rests on nothing (`told.rests_on`) the prior
        tells it, unless only one count is possible: there is no most probable one. All is missing
        if too few draws carry the weight (`recovered_sizes`). If asked for, possible_lower and
        possible_upper stand behind, missing where nothing is published of a group.
        """
        rows: list[tuple[Any, ...]] = []
        for of in self.recovered:
            tree, node = locate(self.survey, self.trees, of)
            count = self.particles.counts[tree.name, node]
            for group, own in zip(self.survey.group_ids, count.T, strict=True):
                ground = rests_on(self.trees, tree, node, group)
                found = self._summary(own) if self.recovered_sizes else MISSING
                if ground == "nothing" and np.ptp(own) > 0:
                    found = (None, None, None, *found[3:])
                rows.append((of, group, *found, ground))
        table = _table(rows, ["of", "group", *SUMMARY, "rests_on"])
        return table if self.possible is None else _with_possible(table, self.possible.counts)
