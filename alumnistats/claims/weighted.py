r"""The share of a whole population: groups weighted by their population sizes.

A survey that asks as many of each group says little of all together when groups differ in size:
then the share of all is :math:`\sum_g W_g \theta_g`, with :math:`W_g` the group's part of the
population, and its estimate has the variance :math:`\sum_g W_g^2 p_g (1 - p_g) / n_g` (Cochran
1977, Sampling Techniques, section 5.3). The test takes the size of a simple random sample with
that variance (Korn and Graubard 1998, Survey Methodology 24, 193-201); the posterior takes, in each
component of the groups' mixture, the Beta law with the exact mean and variance of the weighted sum.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.special import betainc, betaincc, expit, logit

from alumnistats.arrays import FloatArray
from alumnistats.claims.evidence import OF_ALL, Averaged, Evidence, all_equal, fitted
from alumnistats.claims.threshold import Region, Threshold, all_of
from alumnistats.errors import ArgumentError
from alumnistats.posterior import Mixture
from alumnistats.survey import ALL

Judged = tuple[Averaged, float, float]
"""P-value over the solutions, probability of the claim, probability of its opposite."""


def population_weights(evidence: Evidence) -> FloatArray:
    """Return each group's part of the population, shape (groups,).

    Raises
    ------
    ArgumentError
        If the survey lacks the population size of any group.
    """
    sizes = [group.population_size for group in evidence.survey.groups]
    if any(size is None for size in sizes):
        raise ArgumentError("weights", "population", "population_size in every group of the survey")
    part = np.array(sizes, dtype=float)
    return np.asarray(part / part.sum())


def judge_weighted(evidence: Evidence, of: str, region: Region) -> Judged | None:
    """Judge where the weighted share is claimed to lie.

    None where it cannot be had from what is published: where no groups' figures are printed, and
    where only some respondents were asked, since how many of each population would have been is
    not known.
    """
    weights = population_weights(evidence)
    question, _ = evidence.survey.resolve(of.removesuffix(OF_ALL))
    everybody = of.endswith(OF_ALL) or question.base == (ALL,)
    if evidence.fit(of) is None or not everybody:
        return None
    rules = evidence.rules
    sides = [
        evidence.once(
            ("weighted", of, side, rules.interval, rules.design_effect, rules.tilt),
            partial(_weigh, evidence, of, side, weights),
        )
        for side in region.sides
    ]
    p, probability, possible = (np.array(values) for values in zip(*sides, strict=True))
    averaged = Averaged.of(p.max(axis=0), evidence.tested(of).weight, evidence.alpha)
    return averaged, float(all_of(list(probability))), float(np.sum(1 - possible))


def _weigh(
    evidence: Evidence, of: str, threshold: Threshold, weights: FloatArray
) -> tuple[FloatArray, float, float]:
    rules, thin = evidence.rules, evidence.tested(of)
    away = -rules.tilt if threshold.upward else rules.tilt
    share = (thin.k + 0.5) / (thin.n + 1)  # so that none and all still have a variance
    tilted = expit(logit(share) + away)
    slope = tilted * (1 - tilted) / (share * (1 - share))
    variance = (weights * slope) ** 2 * share * (1 - share) / np.maximum(thin.n, 1)
    estimate, spread = tilted @ weights, variance.sum(axis=1)
    size = estimate * (1 - estimate) / spread / rules.design_effect
    raw = (thin.k / np.maximum(thin.n, 1)) if away == 0 else tilted
    p = threshold.p_of_effective((raw @ weights) * size, size, rules.interval)
    fit = fitted(evidence, of)
    if all_equal(fit):  # whatever is weighted is the one share of all groups
        weights = np.eye(len(weights))[0]
    probability, possible = (
        _probability(fit.mixture, threshold, weights, shift) for shift in (away, -away)
    )
    return p, probability, possible


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
