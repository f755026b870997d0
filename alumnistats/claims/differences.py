"""Claims that groups do, or do not, differ in their answers to a question."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln, expit, logit, xlog1py, xlogy

from alumnistats.claims.evidence import JEFFREYS, Averaged, Evidence, FloatArray, IntArray
from alumnistats.claims.group_pairs import solutions_tested
from alumnistats.claims.outcome import NOTHING, Grounds
from alumnistats.claims.rules import Rules
from alumnistats.comparisons import deflate, odds_ratio_test, pair_test
from alumnistats.survey import HomogeneityClaim

NODES = 400  # of the quadrature; posteriors of a few respondents to some tens of thousands


def _options_with_both(evidence: Evidence, question: str) -> list[str]:
    """Return the question's options and measures printed for some group and overall."""
    survey = evidence.survey
    return [
        of
        for of in evidence.recon.recovered
        if survey.resolve(of)[0].id == question and survey.overall(of) is not None
    ]


@lru_cache(maxsize=1)
def _rule() -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of the quadrature on [0, 1]."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    return (1 + x) / 2, w / 2


def probability_greater(
    k_a: npt.ArrayLike,
    n_a: npt.ArrayLike,
    k_b: npt.ArrayLike,
    n_b: npt.ArrayLike,
    margin: float = 0.0,
) -> FloatArray:
    """Return P(log odds a > log odds b + margin) of independent Jeffreys posteriors, by quadrature.

    Parameters
    ----------
    k_a, n_a, k_b, n_b : array_like
        Counts and sizes of one shape, whole or effective.
    margin : float
        In log odds; 0 compares the shares.
    """
    theta, w = _rule()
    counts = [np.asarray(v, dtype=float) for v in (k_a, n_a, k_b, n_b)]
    a, b = counts[0] + JEFFREYS, counts[1] - counts[0] + JEFFREYS
    log_density = xlogy(a[..., None] - 1, theta) + xlog1py(b[..., None] - 1, -theta)
    density = np.exp(log_density - betaln(a, b)[..., None]) * w
    c, d = counts[2] + JEFFREYS, counts[3] - counts[2] + JEFFREYS
    below = betainc(
        c[..., None], d[..., None], theta if margin == 0 else expit(logit(theta) - margin)
    )
    return np.asarray((density * below).sum(axis=-1) / density.sum(axis=-1))


def strongest_difference(evidence: Evidence, of: str, options: int) -> tuple[Averaged, float]:
    """Return the smallest adjusted p-value of a group against the rest, and its probability.

    Only groups with a figure are tested, but the release chose them out of all groups, so the
    p-value, and the posterior probability of the other sign, are multiplied by the number of
    comparisons the release might have shown (Bonferroni).

    The p-value is two-sided, so it is compared with ``1 - level``; the probability is that of one
    sign, as of a one-sided test.

    Under a tilt the odds of the group and of the rest must differ by more than ``exp(2 tilt)``.
    """
    rules = evidence.rules
    size = solutions_tested(rules.test)
    p, certain = evidence.once(
        ("rest", of, options, rules.test, rules.design_effect, rules.tilt),
        lambda: _against_the_rest(evidence, of, options, size),
    )
    weight = evidence.tested(of, size).weight
    return Averaged.of(p, weight, 1 - evidence.level), float(certain @ weight)


def _against_the_rest(
    evidence: Evidence, of: str, options: int, size: int
) -> tuple[FloatArray, FloatArray]:
    """Return, for each solution, the smallest p-value and the largest probability of a sign."""
    rules, thin = evidence.rules, evidence.tested(of, size)
    printed = [g for g in evidence.survey.figures_of(of) if g in thin.groups]
    columns = [thin.groups.index(g) for g in printed]
    k, n = thin.k[:, columns], thin.n[:, columns]
    rest_k, rest_n = thin.k.sum(axis=1)[:, None] - k, thin.n.sum(axis=1)[:, None] - n
    family = len(thin.groups) * options
    p = np.minimum(_two_sided(k, n, rest_k, rest_n, rules) * family, 1.0)
    mine, rest = (
        (a / rules.design_effect, b / rules.design_effect) for a, b in ((k, n), (rest_k, rest_n))
    )
    margin = 2 * rules.tilt
    above = probability_greater(*mine, *rest, margin)
    below = 1 - above if margin == 0 else probability_greater(*rest, *mine, margin)
    wrong_sign = np.minimum(np.minimum(1 - above, 1 - below) * family, 1.0)
    return p.min(axis=1), 1 - wrong_sign.min(axis=1)


def _two_sided(
    k: IntArray, n: IntArray, rest_k: IntArray, rest_n: IntArray, rules: Rules
) -> FloatArray:
    """Return p-values of "odds that differ by a factor of at most exp(2 tilt)", of groups and rest.

    With a tilt it is twice the smaller of both one-sided values, and never below that without.
    """
    sizes = (np.maximum(n, 1), np.maximum(rest_n, 1))
    p = deflate(
        pair_test(k, sizes[0], rest_k, sizes[1], rules.test), rules.design_effect, "two-sided"
    )
    if rules.tilt == 0:
        return p
    ratio = float(np.exp(2 * rules.tilt))
    one = np.minimum(
        odds_ratio_test(k, sizes[0], rest_k, sizes[1], ratio, rules.test),
        odds_ratio_test(rest_k, sizes[1], k, sizes[0], ratio, rules.test),
    )
    return np.maximum(p, np.minimum(2 * deflate(one, rules.design_effect), 1.0))


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
