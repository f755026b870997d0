"""Claims that one group's share exceeds another's by some points, or is some times as large.

Among the respondents the shares are compared in integers. In the population a one-sided score test
judges, the same whose interval is shown (`comparisons.Contrast`), and the probability is that of
the groups' joint posterior: an integral of the first group's density times the second one's
distribution function at what the first must exceed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.claims.evidence import Averaged, Evidence, share_where, subject
from alumnistats.claims.outcome import NOTHING, Grounds
from alumnistats.claims.ranges import Range
from alumnistats.comparisons import Contrast, Difference, Ratio, deflate
from alumnistats.planning import PairBeyond
from alumnistats.posterior import Fit, Mixture, pooling_model
from alumnistats.survey import DifferenceClaim, RatioClaim, Survey

POINTS = 100  # in a proportion
PRIOR_DRAWS = 100_000  # of both shares: a standard error of the prior probability of 0.0016


@dataclass(frozen=True, slots=True)
class PairClaim:
    """What the kinds have in common: a contrast, a direction, and whether a tie is enough.

    Attributes
    ----------
    contrast : Contrast
    first, second : int
        Places of the groups in the survey.
    upward : bool
        Whether the claim is that the contrast's value is exceeded.
    strict : bool
        Whether equality is not enough.
    """

    contrast: Contrast
    first: int
    second: int
    upward: bool
    strict: bool

    @classmethod
    def of(cls, claim: DifferenceClaim | RatioClaim, survey: Survey) -> PairClaim:
        """Read a claim."""
        # A number of a file is the decimal that it was written as.
        contrast: Contrast = (
            Difference(Fraction(str(claim.points)) / POINTS)
            if isinstance(claim, DifferenceClaim)
            else Ratio(Fraction(str(claim.times)))
        )
        first, second = (survey.group_ids.index(g) for g in (claim.group, claim.than))
        upward = claim.relation in ("at-least", "above")
        return cls(contrast, first, second, upward, claim.relation in ("above", "below"))

    @property
    def places(self) -> list[int]:
        """Places of both groups, the first one first."""
        return [self.first, self.second]

    def counts(self, n: IntArray, k: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Return counts and sizes of both groups, each of shape (solutions,)."""
        a, b = self.first, self.second
        return k[:, a], n[:, a], k[:, b], n[:, b]

    def holds(self, n: IntArray, k: IntArray) -> FloatArray:
        """Return 1 for the solutions in which the claim holds; not where a group is nobody."""
        sign = self.contrast.excess(*self.counts(n, k))
        beyond = sign == (1 if self.upward else -1)
        return np.asarray(beyond if self.strict else beyond | (sign == 0), dtype=float)

    def p_value(self, n: IntArray, k: IntArray) -> FloatArray:
        """Return the one-sided p-values; 1 where a group is nobody."""
        a, m, b, size = self.counts(n, k)
        nobody = (m == 0) | (size == 0)
        m, size = np.maximum(m, 1), np.maximum(size, 1)
        p = self.contrast.p_value(a, m, b, size, "greater" if self.upward else "less")
        return np.where(nobody, 1.0, p)

    def probability(self, mixture: Mixture) -> float:
        """Return the posterior probability that the claim is true."""
        above = probability_exceeding(mixture, self.first, self.second, self.contrast)
        return above if self.upward else 1.0 - above

    def prior(self, fit: Fit) -> float:
        """Return the probability before the data, by draws from the model's prior."""
        rng = np.random.default_rng(0)
        model = pooling_model(fit.model)
        theta = model.prior_draws(fit.prior, (PRIOR_DRAWS, 2), rng)
        gap = self.contrast.gap(theta[:, 0], theta[:, 1])
        return float(np.mean((gap > 0) == self.upward))


def probability_exceeding(mixture: Mixture, first: int, second: int, contrast: Contrast) -> float:
    """Return the probability that one group's share exceeds what a contrast makes of another's.

    Parameters
    ----------
    mixture : Mixture
    first, second : int
        Places of the groups.
    contrast : Contrast

    Returns
    -------
    float
    """
    total = 0.0
    least = (mixture.grid - contrast.shift) / contrast.factor
    if mixture.one_share:  # the second share is the first
        inside = contrast.gap(mixture.grid, mixture.grid) > 0
        return float(mixture.weight @ (mixture.mass[:, first] * inside).sum(axis=1))
    for weight, grid, at, mass, cdf in zip(
        mixture.weight, mixture.grid, least, mixture.mass[:, first], mixture.cdf[:, second],
        strict=True,
    ):  # fmt: skip
        below = np.interp(at, grid, cdf, left=0.0, right=1.0)
        total += float(weight * (mass @ below) / mass.sum())
    return float(np.clip(total, 0.0, 1.0))


def judge_pair(evidence: Evidence, claim: DifferenceClaim | RatioClaim) -> Grounds:
    """Return the grounds of "this group exceeds that one by so much".

    Under a tilt only what is so among the respondents is said: how far two groups differ by points
    or factors has no bound that one tilt in log odds would give.
    """
    of = subject(claim)
    fit = evidence.fit(of)
    if fit is None:
        return NOTHING
    solutions = evidence.solutions(of)
    pair = PairClaim.of(claim, evidence.survey)
    held = Range.exact(share_where(pair.holds(solutions.n, solutions.k), solutions.weight))
    if evidence.rules.tilt:  # of groups whose respondents may be biased, each by as much
        return Grounds(in_sample=held)
    thin = evidence.tested(of)
    p = evidence.once(("pair", of, pair), lambda: pair.p_value(thin.n, thin.k))
    averaged = Averaged.of(deflate(p, evidence.rules.design_effect), thin.weight, evidence.alpha)
    probability = evidence.once(
        ("pair probability", of, pair), lambda: pair.probability(fit.mixture)
    )
    return Grounds(
        in_sample=held,
        p=averaged.p,
        significant=averaged.significant,
        posterior=Range.exact(probability),
        prior=evidence.once(("pair prior", of, pair), lambda: pair.prior(fit)),
        refuted=Range.exact(1.0 - probability),
    )


def pair_decisions(
    evidence: Evidence, claim: DifferenceClaim | RatioClaim, size: int
) -> tuple[list[PairBeyond], FloatArray]:
    """Return what would establish the claim in each of some solutions, and their weights."""
    pair, some = PairClaim.of(claim, evidence.survey), evidence.tested(subject(claim), size)
    shares = (some.k / np.maximum(some.n, 1))[:, pair.places]
    made = [PairBeyond(row, pair.contrast, pair.upward, evidence.certainty) for row in shares]
    return made, some.weight


def interval_sentence(evidence: Evidence, claim: DifferenceClaim | RatioClaim) -> tuple[str, str]:
    """Return the interval that the test belongs to, in words, over the solutions.

    Its ends are the weighted means over the solutions tested; empty where a group may be nobody.
    """
    pair, thin = PairClaim.of(claim, evidence.survey), evidence.tested(subject(claim))
    a, m, b, n = pair.counts(thin.n, thin.k)
    if (m == 0).any() or (n == 0).any():
        return "", ""
    low, high = (
        float(end @ thin.weight) for end in pair.contrast.interval(a, m, b, n, evidence.level)
    )
    level = f"{100 * evidence.level:g}%"
    if isinstance(claim, DifferenceClaim):
        ends = f"{POINTS * low:+.1f}", f"{POINTS * high:+.1f}"
        return (
            f" The difference is {ends[0]} to {ends[1]} points ({level} interval).",
            f"差の{level}信頼区間は{ends[0]}から{ends[1]}ポイント。",
        )
    ends = f"{low:.2f}", "∞" if np.isinf(high) else f"{high:.2f}"
    return (
        f" The ratio is {ends[0]} to {ends[1]} ({level} interval).",
        f"比の{level}信頼区間は{ends[0]}から{ends[1]}。",
    )
