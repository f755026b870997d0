r"""The share of a whole population: groups weighted by their population sizes.

A survey that asks as many of each group says little of all together when groups differ in size:
then the share of all is :math:`\sum_g W_g \theta_g`, with :math:`W_g` the group's part of the
population, and its estimate has the variance :math:`\sum_g W_g^2 p_g (1 - p_g) / n_g` (Cochran
1977, Sampling Techniques, section 5.3). The test takes the size of a simple random sample with
that variance (Korn and Graubard 1998, Survey Methodology 24, 193-201); the posterior takes, in each
component of the groups' mixture, the Beta law with the exact mean and variance of the weighted sum.

Where only bounds of the weights are known, whatever all weightings between them share is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincc, expit, logit

from alumnistats.arrays import FloatArray
from alumnistats.claims.evidence import OF_ALL, Averaged, Evidence, all_equal, fitted
from alumnistats.claims.ranges import Range
from alumnistats.claims.threshold import Region, Threshold, all_of
from alumnistats.errors import ArgumentError
from alumnistats.posterior import Mixture
from alumnistats.ranking.draws import draw_shares
from alumnistats.survey import ALL, Survey
from alumnistats.weighting import extreme_weights, weighted_range

DRAWS = 20_000  # of all shares: a standard error of a probability of 0.975 of 0.001


@dataclass(frozen=True, slots=True)
class Judged:
    """P-value over the solutions, probability of the claim, and of its opposite."""

    averaged: Averaged
    posterior: Range
    refuted: Range


def population_weights(survey: Survey) -> FloatArray:
    """Return each group's part of the population, shape (groups,).

    Raises
    ------
    ArgumentError
        If the survey lacks the population size of any group.
    """
    sizes = [group.population_size for group in survey.groups]
    if any(size is None for size in sizes):
        raise ArgumentError("weights", "population", "population_size in every group of the survey")
    part = np.array(sizes, dtype=float)
    return np.asarray(part / part.sum())


def weight_bounds(survey: Survey) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest part of the population of each group, shape (groups,).

    Raises
    ------
    ArgumentError
        If the survey states no bounds.
    """
    if survey.weight_bounds is None:
        expected = "weight_at_most in the survey, or weight in its groups"
        raise ArgumentError("weights", "bounds", expected)
    low, high = np.array(survey.weight_bounds, dtype=float).T
    return low, high


def judge_weighted(evidence: Evidence, of: str, region: Region) -> Judged | None:
    """Judge where the weighted share is claimed to lie, by the rule for weights.

    None where it cannot be had from what is published (`has_weighted_share`).

    Raises
    ------
    ArgumentError
        If the survey lacks what the rule needs.
    """
    weights_of, judge = _BY_WEIGHTS[evidence.rules.weights]
    weights_of(evidence.survey)  # whether it has them is no matter of the claim
    return judge(evidence, of, region) if has_weighted_share(evidence, of) else None


def has_weighted_share(evidence: Evidence, of: str) -> bool:
    """Return whether groups' shares can be weighted.

    Not where no groups' figures are printed, nor where only some respondents were asked: how many
    of each population would have been is not known.
    """
    question, _ = evidence.survey.resolve(of.removesuffix(OF_ALL))
    everybody = of.endswith(OF_ALL) or question.base == (ALL,)
    return evidence.fit(of) is not None and everybody


def population_range(evidence: Evidence, of: str) -> tuple[float, float]:
    """Return the lowest and the highest share of the population over all weights between bounds.

    Each of the respondents' shares, averaged over the solutions.
    """
    thin = evidence.tested(of)
    ends = weighted_range(thin.k / np.maximum(thin.n, 1), *weight_bounds(evidence.survey))
    low, high = (float(end @ thin.weight) for end in ends)
    return low, high


def _by_sizes(evidence: Evidence, of: str, region: Region) -> Judged:
    """Judge it with the weights that published sizes of populations give."""
    weights, rules = population_weights(evidence.survey), evidence.rules
    p, posterior, possible = evidence.once(
        ("weighted", of, region, rules.interval, rules.design_effect, rules.bias),
        lambda: (
            np.max([_p_values(evidence, of, side, weights) for side in region.sides], axis=0),
            *(_probabilities(evidence, of, region, weights, sign) for sign in (1, -1)),
        ),
    )
    averaged = Averaged.of(p, evidence.tested(of).weight, evidence.alpha)
    refuted = float(np.sum(1 - np.array(possible)))
    return Judged(averaged, Range.exact(float(all_of(posterior))), Range.exact(refuted))


def _between_bounds(evidence: Evidence, of: str, region: Region) -> Judged:
    """Judge it with all weights between bounds: what is said is a range over them.

    Tests take the weights that make the share lowest and highest. The probability is between that
    of draws in which the claim holds with every weighting and in which it does with some.
    """
    rules = evidence.rules
    (least, most), posterior, refuted = evidence.once(
        ("between bounds", of, region, rules.interval, rules.design_effect, rules.bias),
        lambda: (_p_bounds(evidence, of, region), *_probability_bounds(evidence, of, region)),
    )
    averaged = Averaged.of(most, evidence.tested(of).weight, evidence.alpha, least)
    return Judged(averaged, posterior, refuted)


_BY_WEIGHTS: dict[
    str, tuple[Callable[[Survey], object], Callable[[Evidence, str, Region], Judged]]
] = {
    "population": (population_weights, _by_sizes),
    "bounds": (weight_bounds, _between_bounds),
}


def _p_bounds(evidence: Evidence, of: str, region: Region) -> tuple[FloatArray, FloatArray]:
    """Return the p-values, (solutions,), at the more and the less favourable end of the weights."""
    thin, bounds = evidence.tested(of), weight_bounds(evidence.survey)
    share = thin.k / np.maximum(thin.n, 1)
    ends = [extreme_weights(share, *bounds, largest=largest) for largest in (False, True)]
    p = np.array([[_p_values(evidence, of, side, w) for w in ends] for side in region.sides])
    return p.min(axis=1).max(axis=0), p.max(axis=1).max(axis=0)


def _probability_bounds(evidence: Evidence, of: str, region: Region) -> tuple[Range, Range]:
    """Return the probability that the claim holds with every weighting, or some; and fails so."""
    theta = draw_shares(fitted(evidence, of).mixture, DRAWS, np.random.default_rng(0))
    bias, bounds = evidence.rules.bias, weight_bounds(evidence.survey)
    low, high = region.at(0.0)
    down, up = (weighted_range(expit(logit(theta) + t), *bounds) for t in (-bias, bias))
    every = (down[0] > low) & (up[1] < high)  # with every weighting and every bias
    some = (down[1] > low) & (up[0] < high)
    all_fail = (up[1] < low) | (down[0] > high)
    any_fails = (up[0] < low) | (down[1] > high)
    return Range(every.mean(), some.mean()), Range(all_fail.mean(), any_fails.mean())


def _p_values(evidence: Evidence, of: str, threshold: Threshold, weights: FloatArray) -> FloatArray:
    """Return p-values, (solutions,), with weights of shape (groups,) or (solutions, groups)."""
    rules, thin = evidence.rules, evidence.tested(of)
    away = -rules.bias if threshold.upward else rules.bias
    share = (thin.k + 0.5) / (thin.n + 1)  # so that none and all still have a variance
    biased = expit(logit(share) + away)
    slope = biased * (1 - biased) / (share * (1 - share))
    variance = (weights * slope) ** 2 * share * (1 - share) / np.maximum(thin.n, 1)
    estimate, spread = (biased * weights).sum(axis=1), variance.sum(axis=1)
    (size,) = rules.effective(estimate * (1 - estimate) / spread)
    raw = (thin.k / np.maximum(thin.n, 1)) if away == 0 else biased
    return threshold.p_of_effective((raw * weights).sum(axis=1) * size, size, rules.interval)


def _probabilities(
    evidence: Evidence, of: str, region: Region, weights: FloatArray, sign: int
) -> list[FloatArray]:
    """Return each side's probability, with every bias (`sign` 1) or with some (-1)."""
    fit, bias = fitted(evidence, of), evidence.rules.bias * sign
    if all_equal(fit):  # whatever is weighted is the one share of all groups
        weights = np.eye(len(weights))[0]
    return [
        np.asarray(_probability(fit.mixture, side, weights, -bias if side.upward else bias))
        for side in region.sides
    ]


def _probability(
    mixture: Mixture, threshold: Threshold, weights: FloatArray, shift: float
) -> float:
    """Return the probability of the relation with every group's log odds moved by `shift`."""
    share = expit(logit(mixture.grid) + shift)[:, None, :]
    mean = (mixture.mass * share).sum(axis=-1)
    square = (mixture.mass * share**2).sum(axis=-1)
    centre = mean @ weights
    variance = np.maximum(square - mean**2, 0.0) @ weights**2
    size = np.maximum(centre * (1 - centre) / np.maximum(variance, 1e-300) - 1, 1e-6)
    tail = betaincc if threshold.upward else betainc
    values = tail(size * centre, size * (1 - centre), threshold.value)
    return float(mixture.weight @ values)
