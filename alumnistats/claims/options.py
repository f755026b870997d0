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
from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np
from scipy.special import betainc, betaincc, expit

from alumnistats.claims.evidence import JEFFREYS, Evidence
from alumnistats.claims.outcome import NOTHING, Grounds
from alumnistats.claims.rules import USUAL, Rules
from alumnistats.planning import OptionOrder, needed_size
from alumnistats.survey import OVERALL, Claim, ModeClaim, Question, RankingClaim, Survey


def compares_options(claim: Claim, survey: Survey) -> TypeGuard[RankingClaim | ModeClaim]:
    """Return whether the claim compares the options of a question."""
    if isinstance(claim, RankingClaim):
        return any(question.id == claim.of for question in survey.questions)
    return isinstance(claim, ModeClaim)


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
    found = evidence.counts(of, group) if group in evidence.survey.figures_of(of) else None
    if found is None:
        return None
    n, k, weight = found
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


def only_one(upper: Share, lower: Share, *, exclusive: bool) -> tuple[int, int]:
    """Return how many chose the first only, and the second only, at the smallest overlap."""
    both = 0 if exclusive else max(0, upper.count + lower.count - upper.nobs)
    return upper.count - both, lower.count - both


def compare(upper: Share, lower: Share, *, exclusive: bool, rules: Rules = USUAL) -> OptionPair:
    """Return the grounds of "the first option is chosen more often than the second"."""
    b, c = only_one(upper, lower, exclusive=exclusive)
    half = float(expit(rules.tilt))
    told, untold = b / rules.design_effect, c / rules.design_effect
    p = float(betainc(told, untold + 1, half)) if b > 0 else 1.0
    return OptionPair(p, float(betaincc(told + JEFFREYS, untold + JEFFREYS, half)))


Compared = Sequence[tuple[Share, Share]]


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The comparisons that a claim about options consists of.

    Attributes
    ----------
    pairs : sequence of (Share, Share)
        The first is claimed to be chosen more often.
    unlisted : sequence of (Share, Share)
        Those with the largest count that an option without a figure can have.
    exclusive : bool
        Whether nobody may choose two options.
    """

    pairs: Compared
    unlisted: Compared
    exclusive: bool


def _combine(evidence: Evidence, pairs: Compared, *, exclusive: bool) -> Grounds:
    """Return the grounds of all comparisons together: largest p-value, Bonferroni probability."""
    rules = evidence.rules
    judged = [compare(a, b, exclusive=exclusive, rules=rules) for a, b in pairs]
    p = max(pair.p_value for pair in judged)
    probability = max(0.0, 1.0 - sum(1.0 - pair.probability for pair in judged))
    weak = rules.ties == "weak"
    in_sample = float(all(a.count > b.count or (weak and a.count == b.count) for a, b in pairs))
    return Grounds(in_sample, p, float(p <= evidence.alpha), probability, None, "", "")


def _weighed(evidence: Evidence, found: Comparisons) -> tuple[Grounds, Compared]:
    """Return the grounds without a needed size, and the comparisons that they rest on.

    Options without a figure are among them if even their bound does not stand in the way; if only
    that bound does, the claim is undetermined and rests on none.
    """
    both = [*found.pairs, *found.unlisted]
    sure_pairs = found.pairs or both
    sure = _combine(evidence, sure_pairs, exclusive=found.exclusive)
    if not found.unlisted:
        return sure, sure_pairs
    worst = _combine(evidence, both, exclusive=found.exclusive)
    if worst.significant:
        return worst, both
    if sure.significant:
        return replace(NOTHING, in_sample=1.0), []
    return sure, sure_pairs


def _of_order(evidence: Evidence, claim: RankingClaim) -> Comparisons | None:
    question, group = evidence.survey.question(claim.of), claim.group or OVERALL
    found = [
        [share_of(evidence, f"{question.id}:{option}", group) for option in place]
        for place in claim.places
    ]
    places = [[s for s in place if s is not None] for place in found]
    if any(len(a) != len(b) for a, b in zip(places, found, strict=True)):
        return None
    if claim.from_ == "lowest":
        places = places[::-1]
    pairs = [p for a, b in itertools.pairwise(places) for p in itertools.product(a, b)]
    listed = [share for place in places for share in place]
    unlisted = bound_of_unlisted(evidence, question, group, listed)
    extra = []
    if unlisted is not None and claim.from_ != "lowest":
        extra = [(share, unlisted) for share in places[-1]]
    return Comparisons(pairs, extra, question.answers == "single") if pairs or extra else None


def _of_mode(evidence: Evidence, claim: ModeClaim) -> Comparisons | None:
    question = evidence.survey.question(claim.question)
    top = share_of(evidence, f"{question.id}:{claim.option}", claim.group)
    others = [
        share_of(evidence, f"{question.id}:{option}", claim.group)
        for option in question.option_ids
        if option != claim.option
    ]
    known = [share for share in others if share is not None]
    if top is None or not known:
        return None
    unlisted = bound_of_unlisted(evidence, question, claim.group, [top, *known])
    extra = [] if unlisted is None else [(top, unlisted)]
    return Comparisons([(top, share) for share in known], extra, question.answers == "single")


def _comparisons(evidence: Evidence, claim: RankingClaim | ModeClaim) -> Comparisons | None:
    if isinstance(claim, ModeClaim):
        return _of_mode(evidence, claim)
    return _of_order(evidence, claim)


def _decision(evidence: Evidence, pairs: Compared, *, exclusive: bool) -> OptionOrder | None:
    if not pairs:
        return None
    only = [np.array(only_one(a, b, exclusive=exclusive)) / a.nobs for a, b in pairs]
    return OptionOrder(np.array(only), evidence.certainty)


def option_decision(evidence: Evidence, claim: RankingClaim | ModeClaim) -> OptionOrder | None:
    """Return what would establish the claim if the shares were the most probable ones.

    None where nothing is published of an option, or the bound of an unlisted one decides.
    """
    found = _comparisons(evidence, claim)
    if found is None:
        return None
    pairs = _weighed(evidence, found)[1]
    return _decision(evidence, pairs, exclusive=found.exclusive)


def judge_options(evidence: Evidence, claim: RankingClaim | ModeClaim) -> Grounds:
    """Return the grounds of "these options hold these places", or "is the most chosen one"."""
    found = _comparisons(evidence, claim)
    if found is None:
        return NOTHING
    grounds, pairs = _weighed(evidence, found)
    decision = _decision(evidence, pairs, exclusive=found.exclusive)
    if decision is None:
        return grounds
    needed = evidence.once(
        ("needed size", claim.id, evidence.level, evidence.sizing, tuple(pairs)),
        lambda: needed_size(decision, method=evidence.sizing),
    )
    return replace(grounds, needed_n=needed)
