"""Claims that compare the answers of one question: an order of options, or the most chosen one.

Two options of one question are shares of the same respondents. Their difference rests on those who
chose one and not the other (McNemar's sign test). How many chose both is not published for a
multiple-answer question, and of some options only a place is: then the p-value and the probability
have a range, from the least to the most favourable numbers that what is published allows. The more
respondents disagree about two options, the less significant is the same difference, so the least
favourable overlap is the smallest one.

Single answers exclude each other: under a Dirichlet prior (one half for each) their shares are in
the order of independent gamma variables, so the probability of an order is exact.

A design effect divides the numbers of those who disagree. Under a bias those who chose one option
may have answered more readily than those who chose the other, by a factor of at most exp(bias) in
odds: the sign test is then of that factor (Rosenbaum 2002, Observational Studies, section 4.3.2).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
from scipy.special import betainc, betaincc, expit

from alumnistats.claims.evidence import JEFFREYS, Evidence
from alumnistats.claims.gamma_order import order_of_gammas
from alumnistats.claims.option_counts import Share, shares_of
from alumnistats.claims.outcome import NOTHING, Grounds
from alumnistats.claims.prior_probabilities import order_prior
from alumnistats.claims.ranges import Range, conjunction_of, largest
from alumnistats.claims.rules import USUAL, Rules
from alumnistats.planning import OptionOrder
from alumnistats.survey import OVERALL, Claim, ModeClaim, Question, RankingClaim, Survey


def compares_options(claim: Claim, survey: Survey) -> TypeGuard[RankingClaim | ModeClaim]:
    """Return whether the claim compares the options of a question."""
    if isinstance(claim, RankingClaim):
        return any(question.id == claim.of for question in survey.questions)
    return isinstance(claim, ModeClaim)


@dataclass(frozen=True, slots=True)
class OptionPair:
    """The grounds of "the first option is chosen more often than the second"."""

    in_sample: Range
    p: Range
    posterior: Range


def only_one(upper: int, lower: int, nobs: int, *, exclusive: bool) -> tuple[int, int]:
    """Return how many chose the first only, and the second only, at the smallest overlap."""
    both = 0 if exclusive else max(0, upper + lower - nobs)
    return upper - both, lower - both


def compare(upper: Share, lower: Share, *, exclusive: bool, rules: Rules = USUAL) -> OptionPair:
    """Return the grounds of "the first option is chosen more often than the second".

    Parameters
    ----------
    upper, lower : Share
    exclusive : bool
        Whether nobody may choose both.
    rules : Rules
    """
    listed, weak = upper.place < lower.place, rules.ties == "weak"
    worst = _tested(*_closest(upper, lower), upper.nobs, rules, exclusive=exclusive)
    best = _tested(upper.high, lower.low, upper.nobs, rules, exclusive=exclusive)
    sure = listed or upper.low > lower.high or (weak and upper.low == lower.high)
    possible = listed or upper.high > lower.low or (weak and upper.high == lower.low)
    return OptionPair(
        Range(float(sure), float(possible)),
        Range(min(p for p, _ in best), max(p for p, _ in worst)),
        Range(min(q for _, q in worst), max(q for _, q in best)),
    )


def _closest(upper: Share, lower: Share) -> tuple[int, int]:
    """Return the least favourable counts: the first at its least, the second at its greatest.

    Where a list says that the first is ahead, they may be one apart, and then about half of all,
    which leaves the most respondents who disagree.
    """
    if not upper.place < lower.place or upper.low > lower.high:
        return upper.low, lower.high
    least, most = max(upper.low, lower.low + 1), min(upper.high, lower.high + 1)
    first = min(max((upper.nobs + 1) // 2, least), most)
    return first, first - 1


def _tested(
    upper: int, lower: int, nobs: int, rules: Rules, *, exclusive: bool
) -> list[tuple[float, float]]:
    """Return p-value and probability at the smallest and at the largest overlap."""
    only = {only_one(upper, lower, nobs, exclusive=exclusive)}
    if not exclusive:
        both = min(upper, lower)
        only.add((upper - both, lower - both))
    return [_sign_test(b, c, rules) for b, c in only]


def _sign_test(b: int, c: int, rules: Rules) -> tuple[float, float]:
    """Return the p-value and the probability that more chose the first only than the second."""
    half = float(expit(rules.bias))
    told, untold = rules.effective(b, c)
    p = float(betainc(told, untold + 1, half)) if b > 0 else 1.0
    return p, float(betaincc(told + JEFFREYS, untold + JEFFREYS, half))


Compared = Sequence[tuple[Share, Share]]
Tiers = Sequence[Sequence[Share]]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Options in tiers, each of which is claimed to be chosen more often than the next.

    Attributes
    ----------
    tiers : sequence of sequence of Share
        The most chosen ones first.
    exclusive : bool
        Whether nobody may choose two options.
    """

    tiers: Tiers
    exclusive: bool

    @property
    def pairs(self) -> Compared:
        """The comparisons that the order consists of."""
        steps = itertools.pairwise(self.tiers)
        return [pair for a, b in steps for pair in itertools.product(a, b)]


def _ordered(evidence: Evidence, claim: RankingClaim | ModeClaim) -> Ordered | None:
    """Return the tiers of a claim; None where nothing is published of what it names."""
    survey = evidence.survey
    places: list[tuple[str, ...]]
    if isinstance(claim, ModeClaim):
        question, places = survey.question(claim.question), [(claim.option,)]
    else:
        question, places = survey.question(claim.of), list(claim.places)
    shares = shares_of(evidence, question, claim.group or OVERALL)
    named = [option for place in places for option in place]
    if any(option not in shares for option in named):
        return None
    tiers = [[shares[o] for o in place] for place in places]
    others = [s for o, s in shares.items() if o not in named]
    if isinstance(claim, RankingClaim):
        if claim.from_ == "lowest":
            return _of_tiers(tiers[::-1], question)
        # What no list and no remainder bounds is beyond what an order of options says.
        others = [s for s in others if s.high < s.nobs]
    return _of_tiers([*tiers, others] if others else tiers, question)


def _of_tiers(tiers: Tiers, question: Question) -> Ordered | None:
    return Ordered(tiers, question.answers == "single") if len(tiers) > 1 else None


def _grounds(evidence: Evidence, found: Ordered) -> Grounds:
    rules = evidence.rules
    pairs = [compare(a, b, exclusive=found.exclusive, rules=rules) for a, b in found.pairs]
    p = largest([pair.p for pair in pairs])
    sure, possible = (float(x <= evidence.alpha) for x in (p.upper, p.lower))
    in_sample = Range(
        min(pair.in_sample.lower for pair in pairs), min(pair.in_sample.upper for pair in pairs)
    )
    sizes = [sum(share.options for share in tier) for tier in found.tiers]
    prior = order_prior(sizes) if rules.bias == 0 else None
    return Grounds(
        in_sample=in_sample, p=p, significant=Range(sure, possible),
        posterior=_posterior(found, pairs, rules), prior=prior,
    )  # fmt: skip


def _posterior(found: Ordered, pairs: Sequence[OptionPair], rules: Rules) -> Range:
    if found.exclusive and all(share.exact for tier in found.tiers for share in tier):
        shapes = [
            [float(low) + JEFFREYS for low in rules.effective(*(s.low for s in tier))]
            for tier in found.tiers
        ]
        return Range.exact(order_of_gammas(shapes, rules.bias))
    times = [lower.options * upper.options for upper, lower in found.pairs]
    each = [pair.posterior for pair, n in zip(pairs, times, strict=True) for _ in range(n)]
    return conjunction_of(each)


def _settled_by(evidence: Evidence, found: Ordered) -> Compared:
    """Return the comparisons that a needed size is for: those of counts that are recovered.

    With those of bounds if even the bounds do not stand in the way; none if only they do.
    """
    known = [(a, b) for a, b in found.pairs if a.exact and b.exact]

    def rejected(pairs: Compared) -> bool:
        return all(
            compare(a, b, exclusive=found.exclusive, rules=evidence.rules).p.upper <= evidence.alpha
            for a, b in pairs
        )

    if len(known) == len(found.pairs):
        return known
    if rejected(found.pairs):
        return found.pairs
    return [] if not known or rejected(known) else known


def option_decision(evidence: Evidence, claim: RankingClaim | ModeClaim) -> OptionOrder | None:
    """Return what would establish the claim if the shares were the most probable ones.

    None where nothing is published of an option, or the bound of an unlisted one decides.
    """
    found = _ordered(evidence, claim)
    pairs = [] if found is None else _settled_by(evidence, found)
    if found is None or not pairs:
        return None
    only = [
        np.array(only_one(a.low, b.high, a.nobs, exclusive=found.exclusive)) / a.nobs
        for a, b in pairs
    ]
    return OptionOrder(np.array(only), evidence.certainty)


def judge_options(evidence: Evidence, claim: RankingClaim | ModeClaim) -> Grounds:
    """Return the grounds of "these options hold these places", or "is the most chosen one"."""
    found = _ordered(evidence, claim)
    if found is None:
        return NOTHING
    return _grounds(evidence, found)
