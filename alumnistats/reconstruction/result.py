"""What `reconstruct` returns: sizes, counts and conventions with their probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.errors import AlumniStatsError, ArgumentError, ContradictionError
from alumnistats.reconstruction.conventions import Scenario, may_be_forced
from alumnistats.reconstruction.engine import infer
from alumnistats.reconstruction.particles import Particles
from alumnistats.reconstruction.problem import Problem
from alumnistats.reconstruction.shown import reconstruction_card
from alumnistats.reconstruction.size_laws import SizeModel, part_probabilities
from alumnistats.reconstruction.size_priors import log_probability_of
from alumnistats.reconstruction.sizes import IntArray
from alumnistats.reconstruction.solutions import Solutions
from alumnistats.reconstruction.split_laws import CountLaw, FloatArray, prior_of_counts
from alumnistats.reconstruction.structure import Tree, locate
from alumnistats.reconstruction.unknown_total import Totals, parts_over_totals
from alumnistats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd


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
    """Every (size, count) that the print allows, weighted by its probability.

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
    """

    survey: Survey
    size_prior: str
    problem: Problem
    particles: Particles
    left_out: float
    level: float
    models: list[SizeModel]
    draws: int
    totals: Totals | None = None
    _overall: dict[str, tuple[IntArray, IntArray, FloatArray]] = field(
        default_factory=dict, repr=False
    )

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
        if not any(model.part for model in self.models):
            return {}
        members = [stratum.members for stratum in self.problem.strata]
        if self.totals is not None:
            return parts_over_totals(self.totals, members)
        particles = self.particles
        return part_probabilities(self.models, particles.sizes, particles.weight, members)

    @cached_property
    def total(self) -> pd.DataFrame:
        """Table of total, probability, error, by_overall: the number of respondents.

        Most probable first. `error` is the standard error of the probability; `by_overall` is the
        probability that the overall figures give to the total before any group's figure is looked
        at. Where the total is published, its one row; where nothing tells it, the sums of sizes
        that were drawn.
        """
        import pandas as pd

        if self.totals is not None:
            return self.totals.table()
        sums, inverse = np.unique(self.particles.sizes.sum(axis=1), return_inverse=True)
        mass = np.bincount(inverse.reshape(-1), self.particles.weight)
        error = np.sqrt(np.maximum(mass * (1 - mass), 0.0) / self.particles.ess)
        table = pd.DataFrame({"total": sums, "probability": mass, "error": error})
        table["by_overall"] = np.nan
        return table.sort_values(["probability", "total"], ascending=[False, True]).reset_index(
            drop=True
        )

    @cached_property
    def sample_sizes(self) -> pd.DataFrame:
        """Table of group, mode, probability of the mode, mean, lower, upper."""
        import pandas as pd

        rows = [
            (
                group,
                *summarize_integers(self.particles.sizes[:, g], self.particles.weight, self.level),
            )
            for g, group in enumerate(self.survey.group_ids)
        ]
        return pd.DataFrame(
            rows, columns=["group", "mode", "probability", "mean", "lower", "upper"]
        )

    @cached_property
    def conventions(self) -> pd.DataFrame:
        """Table of dimension, subject, value, probability: how the release was computed.

        If the prior on sizes is a mixture, also how probable each of its parts is.
        """
        import pandas as pd

        mass = np.bincount(
            self.particles.scenario, self.particles.weight, minlength=len(self.scenarios)
        )
        rows: dict[tuple[str, str, str], float] = {}

        def add(dimension: str, subject: str, value: str, probability: float) -> None:
            key = (dimension, subject, value)
            rows[key] = rows.get(key, 0.0) + probability

        # Whether every question may have its own way of making subtotals.
        each = any(len({way for _, way in s.subtotals}) > 1 for s in self.scenarios)
        several = {t.question for t in self.trees.values() if len(t.bases) > 1}
        for scenario, probability in zip(self.scenarios, mass.tolist(), strict=True):
            subtotals = scenario.subtotals if each else scenario.subtotals[:1]
            if not self.survey.weighted:
                add("rounding", "release", scenario.rounding, probability)
            for question, way in () if self.survey.weighted else subtotals:
                add("subtotals", question if each else "release", way, probability)
            if "mean" in self.survey.overall_share:
                add("overall", "release", scenario.overall, probability)
            if "forced" in self.survey.adding_up and may_be_forced(self.trees):
                add("adding_up", "release", scenario.adding_up, probability)
            for question, base in scenario.bases:
                if question in several:
                    add("base", question, base, probability)
        for part, probability in self.size_parts.items():
            add("sizes", "release", part, probability)
        table = pd.DataFrame(
            [(*key, p) for key, p in rows.items()],
            columns=["dimension", "subject", "value", "probability"],
        )
        return table.sort_values(
            ["dimension", "subject", "probability"], ascending=[True, True, False], kind="stable"
        ).reset_index(drop=True)

    @property
    def recovered(self) -> tuple[str, ...]:
        """Ids of the measures and options whose counts are recovered by group."""
        found = [m.id for m in self.survey.measures]
        found += [f"{q.id}:{o.id}" for q in self.survey.questions for o in q.options]
        printed = {f.of for f in self.survey.figures if f.group != "overall"}
        return tuple(of for of in found if of in printed)

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
        """
        try:
            tree, node = locate(self.survey, self.trees, of)
            count = self.particles.counts[tree.name, node]
        except (AlumniStatsError, KeyError) as error:
            raise ArgumentError(
                "of", of, "a measure or option with a group's figure: " + ", ".join(self.recovered)
            ) from error
        base = self.particles.counts[tree.name, 0]
        if not self.models:
            return Solutions.known(of, self.survey.group_ids, base[0], count[0])
        own = self.problem.laws.get((tree.name, node))
        law = prior_of_counts(tree, node, base, count, own)
        return Solutions(
            of, self.survey.group_ids, base, count, self.particles.weight,
            np.log(law).sum(axis=1), self.particles.log_evidence,
            (self.survey, self.size_prior),
        )  # fmt: skip

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
        ContradictionError
            If no solution was found, which more draws may find.
        """
        self.solutions_of(of)  # says what is wrong with `of`
        if not self.models:
            return self
        tree, node = locate(self.survey, self.trees, of)
        problem = replace(self.problem, laws={**self.problem.laws, (tree.name, node): law})
        if self.totals is not None:
            totals = self.totals.again(problem, self.draws, np.random.default_rng(seed))
            if totals is None:
                raise ContradictionError(f"{of}: no solution was drawn under the law {law}")
            args = self.survey, self.size_prior, problem, totals, self.level, self.draws
            return Reconstruction.over_totals(*args)
        particles, left_out = infer(problem, self.models, self.draws, np.random.default_rng(seed))
        if particles is None:
            raise ContradictionError(f"{of}: no solution was drawn under the law {law}")
        return replace(self, problem=problem, particles=particles, left_out=left_out, _overall={})

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Table of of, group, mode, probability, mean, lower, upper for every recovered count."""
        import pandas as pd

        rows = []
        for of in self.recovered:
            solutions = self.solutions_of(of)
            for g, group in enumerate(self.survey.group_ids):
                summary = summarize_integers(solutions.k[:, g], solutions.weight, self.level)
                rows.append((of, group, *summary))
        return pd.DataFrame(
            rows, columns=["of", "group", "mode", "probability", "mean", "lower", "upper"]
        )

    @cached_property
    def misprints(self) -> pd.DataFrame:
        """Table of of, group, percent, probability, error, right_values, right_probability.

        The posterior probability that each published percentage is a misprint; only where misprints
        are allowed (`typos` of `reconstruct`). See `misprints_table`.
        """
        from alumnistats.reconstruction.misprints import misprints_table

        return misprints_table(self)

    def solution_counts(self) -> pd.DataFrame:
        """Count, exactly, the solutions of each measure's own print: of, solutions.

        The number of (sizes, counts) that agree with the measure's figures, its complete rankings,
        the published total and the overall figures, under halves rounded up and rounded sums. It
        is computed with Python integers; it needs a published total, a base of all respondents,
        overall figures that are pooled, and shares that are not forced to sum to 100.
        """
        import pandas as pd

        from alumnistats.reconstruction.counting import count_solutions

        rows = []
        for of in self.recovered:
            tree, _ = locate(self.survey, self.trees, of)
            plain = not self.survey.weighted and self.survey.adding_up == ("rounded",)
            pooled = self.survey.overall_share == ("pooled",)
            counted = self.survey.total is not None and plain and pooled
            if counted and all(b.tree is None for b in tree.bases):
                rows.append((of, count_solutions(self.survey, of, largest=self.problem.largest)))
        return pd.DataFrame(rows, columns=["of", "solutions"]).astype({"solutions": object})

    def has_overall_counts(self, of: str) -> bool:
        """Return whether `overall_counts` can tell anything of a published share.

        It cannot where overall figures may be plain means over groups (`overall_share` of the
        survey) and no counts of `of` are recovered by group.
        """
        from alumnistats.reconstruction.overall import has_overall_counts

        return has_overall_counts(self, of)

    def overall_counts(self, of: str) -> tuple[IntArray, IntArray, FloatArray]:
        """Return base total, overall count and weight of each solution of `of`.

        Where no group prints anything of it, the overall figure alone decides: the counts it
        allows are equally likely; unless it may be a plain mean (`has_overall_counts`).

        Raises
        ------
        ArgumentError
            If the figure may be a plain mean and no counts are recovered by group.
        """
        from alumnistats.reconstruction.overall import overall_counts

        if of not in self._overall:
            self._overall[of] = overall_counts(self, of)
        return self._overall[of]

    def _repr_html_(self) -> str:
        return reconstruction_card(self)
