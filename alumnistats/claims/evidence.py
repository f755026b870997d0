"""What claims are judged by: a reconstruction, the fits of its measures, a level, and rules."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.claims.outcome import one_sided
from alumnistats.claims.ranges import Range
from alumnistats.claims.rules import USUAL, Rules
from alumnistats.errors import AlumniStatsError
from alumnistats.planning import SizeMethod
from alumnistats.posterior import Fit, of_everybody
from alumnistats.reconstruction import Reconstruction, Solutions, overall_counts, reconstruct
from alumnistats.survey import (
    OVERALL,
    ChangeClaim,
    DifferenceClaim,
    ExtremeSetClaim,
    RankingClaim,
    RatioClaim,
    Survey,
    ThresholdClaim,
)

T = TypeVar("T")

JEFFREYS = 0.5  # added to successes and to failures of one share
SOLUTIONS_TESTED = 40  # solutions, drawn by weight, over which tests are averaged


OF_ALL = "@everybody"  # behind the name of a share of all respondents of the group


ByGroup = ThresholdClaim | RankingClaim | ExtremeSetClaim | DifferenceClaim | RatioClaim
"""Claims about one share of several groups."""


def subject(claim: ByGroup | ChangeClaim) -> str:
    """Return which share a claim is about: `of`, among those asked or among everybody."""
    return claim.of + OF_ALL if claim.of_all else claim.of


def mean_shares(solutions: Solutions) -> FloatArray:
    """Return each group's share averaged over the solutions, shape (groups,)."""
    return np.asarray((solutions.k / np.maximum(solutions.n, 1)).T @ solutions.weight)


def mean_sizes(solutions: Solutions) -> IntArray:
    """Return each group's size averaged over the solutions, rounded, at least 1; (groups,)."""
    return np.maximum(np.round(solutions.n.T @ solutions.weight), 1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything a claim may be judged by.

    Attributes
    ----------
    recon : Reconstruction
    fits : dict of Fit
        By measure or option, for those with figures of groups.
    level : float
        Of the two-sided intervals that are shown beside the verdicts, in (0, 1).
    rules : Rules
        By default those of `analyze`.
    sizing : {"exact", "normal"}
        How `needed_n` is computed (`planning.needed_size`); "normal" where many surveys are judged.
    known : dict
        What has been computed of this reconstruction and these fits, by what it depends on; it
        grows as claims are judged, and `by` shares it between levels and rules.
    """

    recon: Reconstruction
    fits: Mapping[str, Fit]
    level: float
    rules: Rules = USUAL
    sizing: SizeMethod = "exact"
    known: dict[Hashable, object] = field(default_factory=dict, repr=False)

    @property
    def survey(self) -> Survey:
        """The survey that makes the claims."""
        return self.recon.survey

    @property
    def alpha(self) -> float:
        """Significance level of one-sided tests: what the interval leaves out on one side."""
        return one_sided(self.level)

    @property
    def certainty(self) -> float:
        """Probability from which on a claim is established: the interval excludes its opposite."""
        return 1 - self.alpha

    def by(self, level: float, rules: Rules) -> Evidence:
        """Return the same evidence for another level and other rules, sharing what is known."""
        return replace(self, level=level, rules=rules)

    def apart(self) -> Evidence:
        """Return the same evidence with what is known copied: what it adds is not shared."""
        return replace(self, known=dict(self.known))

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what `compute` gives, computed the first time that `key` is asked for.

        The key must hold all that the result depends on beside the reconstruction and the fits.
        """
        if key not in self.known:
            self.known[key] = compute()
        return cast(T, self.known[key])

    def solutions(self, of: str) -> Solutions:
        """Return the weighted solutions of a share, as from `subject`."""

        def found() -> Solutions:
            if of.endswith(OF_ALL):
                return self.recon.solutions_of(of.removesuffix(OF_ALL)).of_everybody()
            return self.recon.solutions_of(of)

        return self.once(("solutions", of), found)

    def recovered(self, of: str) -> bool:
        """Return whether the counts of a share, as from `subject`, are recovered by group."""
        return of.removesuffix(OF_ALL) in self.recon.recovered

    def fit(self, of: str) -> Fit | None:
        """Return the fit of a share, as from `subject`; None where there is none."""
        fitted = self.fits.get(of.removesuffix(OF_ALL))
        if fitted is None or not of.endswith(OF_ALL):
            return fitted
        effect = self.rules.design_effect
        return self.once(("fit", of, effect), lambda: of_everybody(fitted, effect))

    def before(self, since: str) -> Evidence | None:
        """Return the evidence of an earlier survey, reconstructed in the usual way; without fits.

        None where it was not read, or not recovered.
        """
        survey = self.survey.before(since)
        if survey is None:
            return None

        def found() -> Evidence | None:
            recon = reconstruct(survey, draws=self.recon.draws)
            return Evidence(recon, {}, self.level, self.rules) if recon.recovered_sizes else None

        return self.once(("before", since), found)

    def counts(self, of: str, group: str) -> tuple[IntArray, IntArray, FloatArray] | None:
        """Return sizes, counts and weights of a group's share, or of that of all, by solution.

        None where nothing is published that would give them.
        """
        if group == OVERALL and of.endswith(OF_ALL):
            return self._all_of_everybody(of)
        if group == OVERALL:
            try:
                return overall_counts(self.recon, of)
            except AlumniStatsError:
                return None
        if not self.recovered(of):
            return None
        solutions, g = self.solutions(of), self.survey.group_ids.index(group)
        return solutions.n[:, g], solutions.k[:, g], solutions.weight

    def _all_of_everybody(self, of: str) -> tuple[IntArray, IntArray, FloatArray] | None:
        if self.recovered(of):
            solutions = self.solutions(of)
            return solutions.n.sum(axis=1), solutions.k.sum(axis=1), solutions.weight
        found = self.counts(of.removesuffix(OF_ALL), OVERALL)
        if found is None or self.survey.total is None:
            return None
        return np.full_like(found[0], self.survey.total), found[1], found[2]

    def tested(self, of: str, size: int = SOLUTIONS_TESTED) -> Solutions:
        """Return the solutions of `of` over which tests are averaged."""
        return self.once(("tested", of, size), lambda: self.solutions(of).thin(size))


def fitted(evidence: Evidence, of: str) -> Fit:
    """Return the fit of a share that has one, as `Evidence.fit`."""
    fit = evidence.fit(of)
    assert fit is not None  # asked for only of claims that are judged by it
    return fit


def all_equal(fit: Fit) -> bool:
    """Return whether the model takes all groups' shares to be one: then none exceeds another."""
    return fit.mixture.one_share


def share_where(held: npt.ArrayLike, weight: FloatArray) -> float:
    """Return the probability of the solutions in which something holds: 1 exactly if in all."""
    inside = np.asarray(held, dtype=bool)
    return 1.0 if inside[weight > 0].all() else float(weight[inside].sum())


@dataclass(frozen=True, slots=True)
class Averaged:
    """A p-value over solutions: its mean, and the share of solutions with a rejection."""

    p: Range
    significant: Range

    @classmethod
    def of(
        cls, p: FloatArray, weight: FloatArray, alpha: float, least: FloatArray | None = None
    ) -> Averaged:
        """Average `p` with `weight`; where it is only a bound, `least` is the other one."""
        ends = (p if least is None else least, p)
        low, high = (float(end @ weight) for end in ends)
        sure, possible = (share_where(end <= alpha, weight) for end in ends[::-1])
        return cls(Range(low, high), Range(sure, possible))
