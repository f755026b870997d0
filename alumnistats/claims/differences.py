"""Claims that groups do, or do not, differ in their answers to a question.

"They differ" is established by a test that all shares are equal. With two groups it is the test of
the same table as any comparison of them; with more, and every share published, the chi-squared test
of groups by answers (exact where counts are small). Where only some groups' shares are published,
the release chose them out of all groups and answers: the smallest p-value of a group against the
rest, times the number that it was chosen from (Bonferroni), is a bound, and no more is known.

"They do not differ" cannot be established by a test that fails to find a difference. With a margin
it can (equivalence: Berger and Hsu 1996, Statistical Science 11, 283-319): every two groups must be
shown to lie within it, by the score test of a difference of so much, one-sided in either direction,
so the p-value is the largest of theirs and needs no adjustment.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln, expit, logit, xlog1py, xlogy

from alumnistats.arrays import FloatArray, IntArray, gauss_legendre
from alumnistats.claims.evidence import JEFFREYS, Averaged, Evidence, all_equal, share_where
from alumnistats.claims.group_pairs import solutions_tested
from alumnistats.claims.option_counts import shares_of
from alumnistats.claims.outcome import NOTHING, Grounds
from alumnistats.claims.ranges import ANYTHING, Range, conjunction_of, largest
from alumnistats.claims.rules import Rules
from alumnistats.comparisons import deflate, odds_ratio_test, omnibus, pair_test, score_test
from alumnistats.ranking import all_within, pairwise
from alumnistats.reconstruction import Solutions
from alumnistats.survey import OVERALL, HomogeneityClaim

NODES = 400  # of the quadrature; posteriors of a few respondents to some tens of thousands
FEW_EXPECTED = 5  # respondents in a cell below which a chi-squared law is not trusted (Cochran)


@lru_cache(maxsize=1)
def _rule() -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of the quadrature on [0, 1]."""
    x, w = gauss_legendre(NODES)
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


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """What one measure or option says of a difference.

    Attributes
    ----------
    least, most : ndarray, shape (solutions,)
        Bounds of the p-value of "all groups are equal"; the same where it is known.
    weight : ndarray, shape (solutions,)
    posterior : Range
        That two groups are in the order that they have among the respondents.
    in_sample : Range
        That any two differ among the respondents.
    """

    least: FloatArray
    most: FloatArray
    weight: FloatArray
    posterior: Range
    in_sample: Range


def _all_published(evidence: Evidence, of: str) -> bool:
    """Return whether every group's share is published."""
    return set(evidence.survey.group_ids) <= set(evidence.survey.figures_of(of))


def _measured(evidence: Evidence, question: str) -> list[str]:
    """Return the question's options and measures with figures of groups."""
    return [of for of in evidence.recon.recovered if evidence.survey.resolve(of)[0].id == question]


def _two_sided(
    k: IntArray, n: IntArray, rest_k: IntArray, rest_n: IntArray, rules: Rules
) -> FloatArray:
    """Return p-values of "odds that differ by a factor of at most exp(2 bias)", of two samples.

    With a bias it is twice the smaller of both one-sided values, and never below that without.
    """
    sizes = (np.maximum(n, 1), np.maximum(rest_n, 1))
    p = deflate(
        pair_test(k, sizes[0], rest_k, sizes[1], rules.test), rules.design_effect, "two-sided"
    )
    if rules.bias == 0:
        return p
    ratio = float(np.exp(2 * rules.bias))
    one = np.minimum(
        odds_ratio_test(k, sizes[0], rest_k, sizes[1], ratio, rules.test),
        odds_ratio_test(rest_k, sizes[1], k, sizes[0], ratio, rules.test),
    )
    return np.maximum(p, np.minimum(2 * deflate(one, rules.design_effect), 1.0))


def _sign_certain(
    k: npt.NDArray[Any],
    n: npt.NDArray[Any],
    rest_k: npt.NDArray[Any],
    rest_n: npt.NDArray[Any],
    rules: Rules,
) -> FloatArray:
    """Return the probability of the likelier sign of a difference."""
    k, n, rest_k, rest_n = rules.effective(k, n, rest_k, rest_n)
    margin = 2 * rules.bias
    above = probability_greater(k, n, rest_k, rest_n, margin)
    below = 1 - above if margin == 0 else probability_greater(rest_k, rest_n, k, n, margin)
    return np.maximum(above, below)


def _of_all_groups(evidence: Evidence, of: str) -> Compared:
    """Compare all groups, each with its share published."""
    rules = evidence.rules
    thin = evidence.tested(of, solutions_tested(rules.test))
    held = (thin.k * thin.n[:, :1] != thin.k[:, :1] * thin.n).any(axis=1)
    in_sample = Range.exact(share_where(held, thin.weight))
    two = len(thin.groups) == 2
    p, certain = evidence.once(
        ("all differ", of, rules.test, rules.design_effect, rules.bias),
        lambda: (_omnibus(thin, rules), _surest_order(evidence, of, thin)),
    )
    posterior = Range(certain, certain if two else 1.0)
    return Compared(p, p, thin.weight, posterior, in_sample)


def _omnibus(solutions: Solutions, rules: Rules) -> FloatArray:
    """Return p-values that all groups are equal, shape (solutions,).

    Under a bias two groups must differ by more than it explains; of more nothing is known.
    """
    k, n = solutions.k, np.maximum(solutions.n, 1)
    if rules.bias and k.shape[1] == 2:
        return _two_sided(k[:, 0], n[:, 0], k[:, 1], n[:, 1], rules)
    if rules.bias:
        return np.ones(len(k))
    share = k.sum(axis=1) / n.sum(axis=1)
    rarer = np.minimum(share, 1 - share) * n.min(axis=1)
    p = np.array(omnibus(k, n)[1])
    for row in np.flatnonzero(rarer < FEW_EXPECTED):
        p[row] = omnibus(k[row], n[row], "exact-monte-carlo")[1]
    return deflate(p, rules.design_effect, "two-sided")


def _surest_order(evidence: Evidence, of: str, thin: Solutions) -> float:
    """Return the probability of the surest order of two groups: some differ at least so surely.

    By the posterior that orders of groups are judged by, so that what is said of both agrees; of
    two groups without one, or under a bias, by independent ones.
    """
    fit, rules = evidence.fits.get(of), evidence.rules
    if fit is not None and not rules.bias:
        return 0.0 if all_equal(fit) else float(pairwise(fit.mixture).max())
    if len(thin.groups) > 2:
        return 0.0
    k, n = thin.k, thin.n
    return float(_sign_certain(k[:, 0], n[:, 0], k[:, 1], n[:, 1], rules) @ thin.weight)


def _of_some_groups(evidence: Evidence, of: str, family: int) -> Compared | None:
    """Compare the groups with a figure with the rest: bounds, for the release chose them."""
    rules, size = evidence.rules, solutions_tested(evidence.rules.test)
    thin = evidence.tested(of, size)
    columns = [thin.groups.index(g) for g in evidence.survey.figures_of(of) if g in thin.groups]
    options = evidence.survey.resolve(of)[1]
    if not columns or (len(options) > 1 and evidence.survey.overall(of) is None):
        return None
    p, certain, held = evidence.once(
        ("rest", of, family, rules.test, rules.design_effect, rules.bias),
        lambda: _against_the_rest(evidence, thin, columns, _least_and_most(evidence, of, thin)),
    )
    p, wrong = np.minimum(p * family, 1.0), np.minimum((1 - certain) * family, 1.0)
    posterior = Range(float(1 - wrong @ thin.weight), 1.0)
    in_sample = Range(share_where(held, thin.weight), 1.0)
    return Compared(np.zeros(len(p)), p, thin.weight, posterior, in_sample)


def _least_and_most(evidence: Evidence, of: str, thin: Solutions) -> list[IntArray]:
    """Return the least and greatest count of all respondents together, each (solutions,).

    Published; or bounded by what a complete list says of those that it leaves out.
    """
    total = thin.k.sum(axis=1)
    if evidence.survey.overall(of) is not None:
        return [total, total]
    question, options = evidence.survey.resolve(of)
    shares = shares_of(evidence, question, OVERALL)
    everybody = thin.n.sum(axis=1)
    found = shares.get(options[0], shares.get(""))
    if found is None:
        return [np.zeros_like(everybody), everybody]
    return [np.floor(everybody * (end / found.nobs)).astype(np.int64)
            for end in (found.low, found.high)]  # fmt: skip


def _against_the_rest(
    evidence: Evidence, thin: Solutions, columns: list[int], ends: list[IntArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return, by solution, the smallest p-value of a group and the largest probability of a sign.

    And whether any group surely differs from the rest among the respondents.

    At the less favourable end of the rest's count; where a group's share lies between both ends
    they say nothing.
    """
    rules = evidence.rules
    k, n = thin.k[:, columns], thin.n[:, columns]
    rest_n = thin.n.sum(axis=1)[:, None] - n
    found = []
    for total in ends:
        rest_k = np.clip(total[:, None] - k, 0, rest_n)
        sign = np.sign(k * rest_n - rest_k * n)
        found.append((sign, _two_sided(k, n, rest_k, rest_n, rules),
                      _sign_certain(k, n, rest_k, rest_n, rules)))  # fmt: skip
    (sign_a, p_a, sure_a), (sign_b, p_b, sure_b) = found
    same = sign_a == sign_b
    p = np.where(same, np.maximum(p_a, p_b), 1.0)
    certain = np.where(same, np.minimum(sure_a, sure_b), 0.0)
    return p.min(axis=1), certain.max(axis=1), (same & (sign_a != 0)).any(axis=1)


def _differ(evidence: Evidence, question: str) -> Grounds:
    measured = _measured(evidence, question)
    whole = [of for of in measured if _all_published(evidence, of)]
    if whole:
        found = [_of_all_groups(evidence, of) for of in _distinct(evidence, whole)]
    else:
        # Measures sum options, so they add nothing to choose from.
        options = len(evidence.survey.question(question).options)
        family = options * len(evidence.survey.groups)
        some = [_of_some_groups(evidence, of, family) for of in measured]
        found = [one for one in some if one is not None]
    if not found:
        return NOTHING
    tests = len(found) if whole else 1  # of some groups the number is in the p-values already
    least = np.min([one.least for one in found], axis=0)
    most = np.minimum(np.min([one.most for one in found], axis=0) * tests, 1.0)
    averaged = Averaged.of(most, found[0].weight, 1 - evidence.level, least)
    held = Range(*(max(getattr(one.in_sample, end) for one in found) for end in ("lower", "upper")))
    upper = found[0].posterior.upper if len(found) == 1 else 1.0
    posterior = Range(max(one.posterior.lower for one in found), upper)
    return Grounds(
        in_sample=held, p=averaged.p, significant=averaged.significant, posterior=posterior
    )


def _distinct(evidence: Evidence, measured: Sequence[str]) -> list[str]:
    """Return measures and options without the last one of a question of two answers.

    Who did not give one of two answers gave the other: both make the same table.
    """
    if not measured:
        return []
    question, _ = evidence.survey.resolve(measured[0])
    two = question.answers == "single" and question.complete and len(question.options) == 2
    return list(measured[:1]) if two else list(measured)


def _alike(evidence: Evidence, claim: HomogeneityClaim, margin: float) -> Grounds:
    """Return the grounds of "no two groups are more than a margin apart"."""
    measured = _distinct(evidence, _measured(evidence, claim.question))
    if not measured:
        return NOTHING
    found = [_within(evidence, of, margin) for of in measured]
    significant = Range(
        max(0.0, 1 - sum(1 - one[0].significant.lower for one in found)),
        min(one[0].significant.upper for one in found),
    )
    p = largest([one[0].p for one in found])
    posterior = conjunction_of([one[1] for one in found])
    held = conjunction_of([one[2] for one in found])
    if not _everything_published(evidence, claim.question, measured):
        # What is not published may be farther apart.
        p, significant = Range(p.lower, 1.0), Range(0.0, significant.upper)
        posterior, held = Range(0.0, posterior.upper), Range(0.0, held.upper)
    return Grounds(
        in_sample=held, p=p, significant=significant, posterior=posterior,
        refuted=Range(1 - posterior.upper, 1 - posterior.lower),
    )  # fmt: skip


def _everything_published(evidence: Evidence, question: str, measured: Sequence[str]) -> bool:
    """Return whether every group's share of every option is published, or follows."""
    asked = evidence.survey.question(question)
    named = {of.partition(":")[2] for of in measured if ":" in of}
    missing = len(set(asked.option_ids) - named)
    follows = asked.answers == "single" and asked.complete and len(asked.options) == 2
    enough = missing <= (1 if follows else 0)
    return enough and all(_all_published(evidence, of) for of in measured)


def _within(evidence: Evidence, of: str, margin: float) -> tuple[Averaged, Range, Range]:
    """Return p-value, posterior and in-sample truth of "all published shares lie within it"."""
    rules, thin = evidence.rules, evidence.tested(of)
    columns = [thin.groups.index(g) for g in evidence.survey.figures_of(of) if g in thin.groups]
    k, n = thin.k[:, columns], np.maximum(thin.n[:, columns], 1)
    share = k / n
    held = np.ptp(share, axis=1) <= margin + 1e-12
    pairs = np.array(list(itertools.permutations(range(len(columns)), 2))).T
    p = np.ones(len(k))
    if len(columns) > 1 and not rules.bias:
        a, b = pairs
        tested = score_test(k[:, a], n[:, a], k[:, b], n[:, b], "less", difference=margin)
        p = deflate(tested, rules.design_effect).max(axis=1)
    averaged = Averaged.of(p, thin.weight, evidence.alpha)
    fit = evidence.fits.get(of)
    posterior = ANYTHING
    if fit is not None and not rules.bias:
        equal = all_equal(fit)
        posterior = Range.exact(1.0 if equal else all_within(fit.mixture, margin, columns))
    return averaged, posterior, Range.exact(share_where(held, thin.weight))


def judge_homogeneity(evidence: Evidence, claim: HomogeneityClaim) -> Grounds:
    """Return the grounds of "groups differ", "no group differs notably", or "by at most so much".

    That groups do not differ at all can be refuted, by a test that finds a difference, and never
    established; that they are within a margin of each other can be either.
    """
    if claim.within is not None:
        return _alike(evidence, claim, claim.within / 100)
    found = _differ(evidence, claim.question)
    if claim.differ or found == NOTHING:
        return found
    return Grounds(refuted=found.posterior)
