"""Claims that compare the answers of one question: an order of options, or the most chosen one.

Two options of one question are shares of the same respondents. Their difference rests on those who
chose one and not the other; how many chose both is not published for a multiple-answer question.
The tests take the least favourable number, which is the smallest: then the most respondents
disagree, and the same difference is the least significant (McNemar's sign test at its bound).

A design effect divides the numbers of those who disagree. Under a tilt those who chose one option
may have answered more readily than those who chose the other, by a factor of at most exp(tilt) in
odds: the sign test is then of that factor (Rosenbaum 2002, Observational Studies, section 4.3.2).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincc, expit, ndtri

from alumnistats.claims.evidence import POWER, Evidence
from alumnistats.claims.outcome import Grounds
from alumnistats.claims.rules import USUAL, Rules
from alumnistats.survey import OVERALL, ModeClaim, Question, RankingClaim

JEFFREYS = 0.5


@dataclass(frozen=True, slots=True)
class Share:
    """An option's count in a base; only an upper bound of it for an option left out of a list."""

    count: int
    nobs: int
    bound: bool = False


def share_of(evidence: Evidence, of: str, group: str) -> Share | None:
    """Return the most probable count of an option, or None if nothing is published of it."""
    return evidence.once(("share", of, group), lambda: _share_of(evidence, of, group))


def _share_of(evidence: Evidence, of: str, group: str) -> Share | None:
    if group == OVERALL:
        if evidence.survey.overall(of) is None:
            return None
        n, k, weight = evidence.recon.overall_counts(of)
    elif of in evidence.recon.recovered and group in evidence.survey.figures_of(of):
        solutions, g = evidence.solutions(of), evidence.survey.group_ids.index(group)
        n, k, weight = solutions.n[:, g], solutions.k[:, g], solutions.weight
    else:
        return None
    pairs, index = np.unique(np.stack([n, k]), axis=1, return_inverse=True)
    best = int(np.argmax(np.bincount(index.reshape(-1), weight)))
    return Share(int(pairs[1, best]), int(pairs[0, best]))


def bound_of_unlisted(
    evidence: Evidence, question: Question, group: str, listed: Sequence[Share]
) -> Share | None:
    """Return the largest count that an option without a figure can have, or None if unknown.

    A complete list of a multiple-answer question says that all others lie below its last place; an
    incomplete single-answer question leaves them what the printed answers leave of the base.
    """
    if question.answers == "single":
        if question.complete:
            return None
        rest = listed[0].nobs - sum(share.count for share in listed)
        return Share(max(rest, 0), listed[0].nobs, bound=True)
    longer = any(
        r.of == question.id and r.complete and (r.group or OVERALL) == group
        for r in evidence.survey.rankings
    )
    if not longer:
        return None
    last = min(listed, key=lambda share: share.count)
    return Share(max(last.count - 1, 0), last.nobs, bound=True)


@dataclass(frozen=True, slots=True)
class OptionPair:
    """The comparison of two options with the smallest possible overlap."""

    p_value: float
    probability: float
    needed_n: float


def compare(
    upper: Share, lower: Share, *, exclusive: bool, level: float, rules: Rules = USUAL
) -> OptionPair:
    """Return the grounds of "the first option is chosen more often than the second"."""
    n = upper.nobs
    both = 0 if exclusive else max(0, upper.count + lower.count - n)
    b, c = upper.count - both, lower.count - both
    half = float(expit(rules.tilt))
    told, untold = b / rules.design_effect, c / rules.design_effect
    p = float(betainc(told, untold + 1, half)) if b > 0 else 1.0
    probability = float(betaincc(told + JEFFREYS, untold + JEFFREYS, half))
    gap, disagree = (b - c) / n, (b + c) / n
    if gap <= 0:
        return OptionPair(p, probability, float("inf"))
    # Sample size of McNemar's test (Connor 1987, Biometrics 43, 207-211, equation 3).
    root = ndtri(level) * np.sqrt(disagree) + ndtri(POWER) * np.sqrt(disagree - gap**2)
    return OptionPair(p, probability, float(np.ceil((root / gap) ** 2)))


def _combine(
    evidence: Evidence, pairs: Sequence[tuple[Share, Share]], *, exclusive: bool
) -> Grounds:
    """Return the grounds of all comparisons together: largest p-value, Bonferroni probability."""
    level = evidence.level
    rules = evidence.rules
    judged = [compare(a, b, exclusive=exclusive, level=level, rules=rules) for a, b in pairs]
    p = max(pair.p_value for pair in judged)
    probability = max(0.0, 1.0 - sum(1.0 - pair.probability for pair in judged))
    weak = rules.ties == "weak"
    in_sample = float(all(a.count > b.count or (weak and a.count == b.count) for a, b in pairs))
    needed = max(pair.needed_n for pair in judged)
    return Grounds(in_sample, p, float(p <= 1 - level), probability, needed, "", "")


def _undecided_by_bound(evidence: Evidence, sure: Grounds, worst: Grounds) -> Grounds:
    """Return `worst`; undetermined if only the bound of an unlisted option stands in the way."""
    alpha = 1 - evidence.level
    fine = sure.p_value is not None and sure.p_value <= alpha
    still = worst.p_value is not None and worst.p_value <= alpha
    if fine and not still:
        return Grounds(1.0, None, None, None, None, "", "")
    return worst if still else sure


def judge_option_order(evidence: Evidence, claim: RankingClaim) -> Grounds:
    """Return the grounds of "these options hold these places"."""
    question, group = evidence.survey.question(claim.of), claim.group or OVERALL
    found = [
        [share_of(evidence, f"{question.id}:{option}", group) for option in place]
        for place in claim.places
    ]
    places = [[s for s in place if s is not None] for place in found]
    if any(len(a) != len(b) for a, b in zip(places, found, strict=True)):
        return Grounds(None, None, None, None, None, "", "")
    if claim.from_ == "lowest":
        places = places[::-1]
    pairs = [p for a, b in itertools.pairwise(places) for p in itertools.product(a, b)]
    listed = [share for place in places for share in place]
    unlisted = bound_of_unlisted(evidence, question, group, listed)
    exclusive = question.answers == "single"
    if unlisted is None or claim.from_ == "lowest":
        if not pairs:
            return Grounds(None, None, None, None, None, "", "")
        return _combine(evidence, pairs, exclusive=exclusive)
    extra = [(share, unlisted) for share in places[-1]]
    worst = _combine(evidence, [*pairs, *extra], exclusive=exclusive)
    sure = _combine(evidence, pairs, exclusive=exclusive) if pairs else worst
    return _undecided_by_bound(evidence, sure, worst)


def judge_mode(evidence: Evidence, claim: ModeClaim) -> Grounds:
    """Return the grounds of "this option is the most chosen one"."""
    question = evidence.survey.question(claim.question)
    top = share_of(evidence, f"{question.id}:{claim.option}", claim.group)
    others = [
        share_of(evidence, f"{question.id}:{option}", claim.group)
        for option in question.option_ids
        if option != claim.option
    ]
    known = [share for share in others if share is not None]
    if top is None or not known:
        return Grounds(None, None, None, None, None, "", "")
    pairs = [(top, share) for share in known]
    exclusive = question.answers == "single"
    sure = _combine(evidence, pairs, exclusive=exclusive)
    unlisted = bound_of_unlisted(evidence, question, claim.group, [top, *known])
    if unlisted is None:
        return sure
    worst = _combine(evidence, [*pairs, (top, unlisted)], exclusive=exclusive)
    return _undecided_by_bound(evidence, sure, worst)
