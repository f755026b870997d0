"""Claims that groups do, or do not, differ in their answers to a question."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, betaln, xlog1py, xlogy

from alumnistats.claims.evidence import (
    SOLUTIONS_TESTED,
    Averaged,
    Evidence,
    FloatArray,
    IntArray,
)
from alumnistats.claims.outcome import NOTHING, Grounds
from alumnistats.comparisons import fisher_mid_p
from alumnistats.survey import HomogeneityClaim

JEFFREYS = 0.5
NODES = 400  # of the quadrature; posteriors of a few respondents to some tens of thousands


def _options_with_both(evidence: Evidence, question: str) -> list[str]:
    """Return the question's options and measures printed for some group and overall."""
    survey = evidence.survey
    return [
        of
        for of in evidence.recon.recovered
        if survey.resolve(of)[0].id == question and survey.overall(of) is not None
    ]


def probability_greater(k_a: IntArray, n_a: IntArray, k_b: IntArray, n_b: IntArray) -> FloatArray:
    """Return P(share a > share b) of independent Jeffreys posteriors, by quadrature."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    theta = (1 + x) / 2
    a, b = k_a + JEFFREYS, n_a - k_a + JEFFREYS
    log_density = xlogy(a[..., None] - 1, theta) + xlog1py(b[..., None] - 1, -theta)
    density = np.exp(log_density - betaln(a, b)[..., None]) * w / 2
    below = betainc(k_b[..., None] + JEFFREYS, (n_b - k_b)[..., None] + JEFFREYS, theta)
    return np.asarray((density * below).sum(axis=-1) / density.sum(axis=-1))


def strongest_difference(evidence: Evidence, of: str, options: int) -> tuple[Averaged, float]:
    """Return the smallest adjusted p-value of a group against the rest, and its probability.

    Only groups with a figure are tested, but the release chose them out of all groups, so the
    p-value, and the posterior probability of the other sign, are multiplied by the number of
    comparisons the release might have shown (Bonferroni).
    """
    thin = evidence.solutions(of).thin(SOLUTIONS_TESTED)
    printed = [g for g in evidence.survey.figures_of(of) if g in thin.groups]
    columns = [thin.groups.index(g) for g in printed]
    k, n = thin.k[:, columns], thin.n[:, columns]
    rest_k, rest_n = thin.k.sum(axis=1)[:, None] - k, thin.n.sum(axis=1)[:, None] - n
    family = len(thin.groups) * options
    p = np.minimum(fisher_mid_p(k, n, rest_k, rest_n) * family, 1.0)
    greater = probability_greater(k, n, rest_k, rest_n)
    wrong_sign = np.minimum(2 * np.minimum(greater, 1 - greater) * family, 1.0)
    averaged = Averaged.of(p.min(axis=1), thin.weight, 1 - evidence.level)
    return averaged, float((1 - wrong_sign.min(axis=1)) @ thin.weight)


def judge_homogeneity(evidence: Evidence, claim: HomogeneityClaim) -> Grounds:
    """Return the grounds of "groups differ" or "no group differs notably".

    That groups do not differ cannot be established by a test that fails to find a difference; it
    can be refuted by one that does.
    """
    options = _options_with_both(evidence, claim.question)
    if not options:
        return NOTHING
    results = [strongest_difference(evidence, of, len(options)) for of in options]
    best, probability = min(results, key=lambda result: result[0].p_value)
    if claim.differ:
        return Grounds(1.0, best.p_value, best.significant, probability, None, "", "")
    return Grounds(None, None, None, None, None, "", "", refuted=probability)
