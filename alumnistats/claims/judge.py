"""A published claim in, a verdict with its grounds out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alumnistats.claims.bases import base_of, with_base
from alumnistats.claims.compared import compared
from alumnistats.claims.differences import judge_homogeneity
from alumnistats.claims.evidence import Evidence, subject
from alumnistats.claims.judged import JudgedClaim
from alumnistats.claims.multiplicity import METHODS, Adjusted, adjusted
from alumnistats.claims.needed import needed_of
from alumnistats.claims.options import compares_options, judge_options
from alumnistats.claims.outcome import NOTHING, Grounds, Verdict, decide
from alumnistats.claims.ranges import ends
from alumnistats.claims.rankings import judge_extreme_set, judge_group_order
from alumnistats.claims.sentences import VERDICT_LABELS, compose
from alumnistats.claims.shares import UnionBounds, judge_threshold, union_bounds
from alumnistats.claims.two_shares import ContrastClaim, interval_sentence, judge_two_shares
from alumnistats.claims.weighted import has_weighted_share, population_range
from alumnistats.reconstruction.information import withheld_sentence
from alumnistats.survey import (
    OVERALL,
    ChangeClaim,
    Claim,
    DifferenceClaim,
    ExtremeSetClaim,
    HomogeneityClaim,
    ModeClaim,
    RankingClaim,
    RatioClaim,
    StatementClaim,
    ThresholdClaim,
    UnionClaim,
)

if TYPE_CHECKING:
    import pandas as pd


def _ranking(evidence: Evidence, claim: RankingClaim) -> Grounds:
    if compares_options(claim, evidence.survey):
        return judge_options(evidence, claim)
    if evidence.fit(subject(claim)) is None:
        return NOTHING
    return judge_group_order(evidence, claim)


def _extreme_set(evidence: Evidence, claim: ExtremeSetClaim) -> Grounds:
    return (
        judge_extreme_set(evidence, claim) if evidence.fit(subject(claim)) is not None else NOTHING
    )


def _two_groups(evidence: Evidence, claim: DifferenceClaim | RatioClaim) -> Grounds:
    shares = compared(evidence, claim)
    if shares is None or evidence.fit(subject(claim)) is None:
        return NOTHING
    return judge_two_shares(evidence, shares)


def _change(evidence: Evidence, claim: ChangeClaim) -> Grounds:
    shares = compared(evidence, claim)
    if shares is None:
        return NOTHING
    grounds = judge_two_shares(evidence, shares)
    weighted = claim.group == OVERALL and evidence.rules.weights != "none"
    return Grounds(in_sample=grounds.in_sample) if weighted else grounds


def _union(evidence: Evidence, claim: UnionClaim) -> Grounds:
    return union_bounds(evidence, claim)[0]


def _statement(_evidence: Evidence, _claim: StatementClaim) -> Grounds:
    return NOTHING


_JUDGES: dict[type, Callable[..., Grounds]] = {
    RankingClaim: _ranking,
    ExtremeSetClaim: _extreme_set,
    ThresholdClaim: judge_threshold,
    DifferenceClaim: _two_groups,
    RatioClaim: _two_groups,
    ChangeClaim: _change,
    ModeClaim: judge_options,
    HomogeneityClaim: judge_homogeneity,
    UnionClaim: _union,
    StatementClaim: _statement,
}


def _bounds_sentence(bounds: UnionBounds) -> tuple[str, str]:
    low, high = f"{100 * bounds.low:.1f}%", f"{100 * bounds.high:.1f}%"
    low_all, high_all = f"{100 * bounds.low_of_all:.1f}%", f"{100 * bounds.high_of_all:.1f}%"
    en = (
        f"How many chose several of the options is not published: at least one was chosen by "
        f"{low} to {high} of those asked, which is {low_all} to {high_all} of all respondents."
    )
    ja = (
        f"重複して選んだ人数は公表されていない。少なくとも1つを選んだのは、質問された人の"
        f"{low}から{high}、全回答者の{low_all}から{high_all}である。"
    )
    return en, ja


_WEIGHTED = (
    " With groups weighted in any way that the stated bounds admit, the population's share is",
    "各グループの重みをどう定めても（記載された範囲内）、母集団での割合は",
)
_STANDING = (
    ("the verdict is then {}", "the verdict stands"),
    ("その場合の判定は「{}」である", "判定は変わらない"),
)
"""By whether all weightings share the verdict."""
_SHARED = "no verdict is that of all of them", "すべての重みに共通する判定はない"


def _population_sentence(
    evidence: Evidence, claim: ThresholdClaim, verdict: Verdict
) -> tuple[str, str]:
    """Return what bounds of the groups' weights make of a claim about all; empty without any."""
    of, rules, bounds = subject(claim), evidence.rules, evidence.survey.weight_bounds
    usual = claim.group == OVERALL and rules.weights == "none" and bounds is not None
    if not usual or not has_weighted_share(evidence, of):
        return "", ""
    low, high = (f"{100 * end:.1f}%" for end in population_range(evidence, of))
    between = evidence.by(evidence.level, replace(rules, weights="bounds"))
    found = decide(judge_threshold(between, claim), evidence.level)
    en, ja = (text[found == verdict] for text in _STANDING)
    label = VERDICT_LABELS[found]
    if found == "undetermined" != verdict:
        en, ja = _SHARED
    return (
        f"{_WEIGHTED[0]} {low} to {high}: {en.format(label['en'])}.",
        f"{_WEIGHTED[1]}{low}から{high}で、{ja.format(label['ja'])}。",
    )


def _sentence(evidence: Evidence, claim: Claim, grounds: Grounds, verdict: Verdict) -> Grounds:
    if isinstance(claim, StatementClaim):
        return replace(
            grounds,
            en="No statistic of the survey decides this sentence.",
            ja="この文の当否を決める統計量は調査にない。",
        )
    if isinstance(claim, UnionClaim):
        bounds = union_bounds(evidence, claim)[1]
        if bounds is not None:
            en, ja = _bounds_sentence(bounds)
            return replace(grounds, en=en, ja=ja)
    equal = isinstance(claim, HomogeneityClaim) and not claim.differ and claim.within is None
    if equal and verdict == "undetermined" and grounds != NOTHING:
        return replace(
            grounds,
            en="No test can establish that groups do not differ at all: `within` says by how much.",
            ja="差が全くないことは検定では確かめられない。許容差（within）を定めれば判定できる。",
        )
    if grounds == NOTHING:
        return replace(
            grounds,
            en="Nothing is published that would decide it.",
            ja="判定に必要な数値が公表されていない。",
        )
    en, ja = compose(
        grounds, verdict, evidence.level,
        drawn=len(evidence.recon.particles.weight) > 1,
    )  # fmt: skip
    if isinstance(claim, ThresholdClaim):
        more = _population_sentence(evidence, claim, verdict)
        en, ja = en + more[0], ja + more[1]
    if isinstance(claim, ContrastClaim) and (shares := compared(evidence, claim)) is not None:
        more = interval_sentence(shares, evidence.level)
        en, ja = en + more[0], ja + more[1]
    return replace(grounds, en=en, ja=ja)


def _can_be_judged(evidence: Evidence, claim: Claim) -> bool:
    return evidence.recon.recovered_sizes or isinstance(claim, StatementClaim)


def verdict_of(evidence: Evidence, claim: Claim) -> Verdict:
    """Return the verdict of `judge` alone, without sentences or the respondents that were needed.

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.claims import Evidence
    >>> evidence = Evidence(al.reconstruct("america-1969", draws=100), {}, 0.95)
    >>> verdict_of(evidence, evidence.survey.claim("quarter"))
    'supported'
    """
    if not _can_be_judged(evidence, claim):
        return "undetermined"
    return decide(_JUDGES[type(claim)](evidence, claim), evidence.level)


def judge(evidence: Evidence, claim: Claim) -> JudgedClaim:
    """Judge one claim: undetermined, with the reason, where sizes and counts are not recovered.

    Parameters
    ----------
    evidence : Evidence
    claim : Claim

    Returns
    -------
    JudgedClaim

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.claims import Evidence
    >>> evidence = Evidence(al.reconstruct("america-1969", draws=100), {}, 0.95)
    >>> judge(evidence, evidence.survey.claim("quarter")).verdict
    'supported'
    """
    if not _can_be_judged(evidence, claim):
        en, ja = (withheld_sentence(evidence.recon, lang) for lang in ("en", "ja"))
        return JudgedClaim(claim, replace(NOTHING, en=en, ja=ja), "undetermined")
    grounds = _JUDGES[type(claim)](evidence, claim)
    if grounds != NOTHING:
        grounds = replace(grounds, needed=needed_of(evidence, claim))
    verdict = decide(grounds, evidence.level)
    base = base_of(evidence, claim)
    said = _sentence(evidence, claim, grounds, verdict)
    en, ja = with_base(evidence, base, (said.en, said.ja))
    return JudgedClaim(claim, replace(said, en=en, ja=ja), verdict, base)


def judge_all(evidence: Evidence) -> list[JudgedClaim]:
    """Judge every claim of the survey, in the order of the file.

    Examples
    --------
    >>> import alumnistats as al
    >>> from alumnistats.claims import Evidence
    >>> evidence = Evidence(al.reconstruct("america-1969", draws=100), {}, 0.95)
    >>> [judged.verdict for judged in judge_all(evidence)]
    ['undetermined', 'undetermined', 'supported']
    """
    return [judge(evidence, claim) for claim in evidence.survey.claims]


CLAIM_COLUMNS = [
    "id", "kind", "base", "in_sample", "in_sample_lower", "in_sample_upper", "verdict",
    "p_value", "p_value_lower", "p_value_upper", "significant",
    "p_holm", "p_holm_lower", "p_holm_upper", "p_bh", "p_bh_lower", "p_bh_upper",
    "probability", "probability_lower", "probability_upper", "prior_probability",
    "bayes_factor", "bayes_factor_lower", "bayes_factor_upper", "needed_n",
    "needed_low", "needed_high", "needed_unit", "needed_assurance",
    "claim_en", "claim_ja", "text_en", "text_ja", "at",
]  # fmt: skip
_WORDS = (
    "needed_unit", "id", "kind", "base", "verdict",
    "claim_en", "claim_ja", "text_en", "text_ja", "at",
)  # fmt: skip


def _needed_columns(grounds: Grounds) -> dict[str, Any]:
    needed = grounds.needed
    if needed is None:
        return {"needed_n": None}
    size = needed.size
    return {
        "needed_n": size.median, "needed_low": size.low, "needed_high": size.high,
        "needed_unit": needed.unit, "needed_assurance": needed.assurance,
    }  # fmt: skip


def numbers_of(grounds: Grounds) -> dict[str, Any]:
    """Return the grounds as columns of numbers: a value, empty where it is not known, and its ends.

    Where a value is known its ends are the same; where only bounds are, it is empty.
    """
    return {
        **ends("in_sample", grounds.in_sample),
        **ends("p_value", grounds.p),
        "significant": None if grounds.significant is None else grounds.significant.value,
        **ends("probability", grounds.posterior),
        "prior_probability": grounds.prior,
        **ends("bayes_factor", grounds.bayes_factor),
        **_needed_columns(grounds),
    }


def _adjusted_columns(after: Adjusted | None) -> dict[str, float | None]:
    columns: dict[str, float | None] = {}
    for name in METHODS:
        columns |= ends(name, None if after is None else after[name])
    return columns


def claims_table(judged: list[JudgedClaim]) -> pd.DataFrame:
    """Return the tidy table of judged claims.

    Columns: id, kind, base (of whom it speaks, as in a survey file), in_sample (probability over
    the solutions), verdict, p_value, significant (share of the solutions in which the test
    rejects), p_holm and p_bh (adjusted for the release's distinct tests), probability (posterior),
    prior_probability, bayes_factor, needed_n (median over the solutions), needed_low, needed_high
    (the middle 80% of them), needed_unit ("per group", "in all", or "per survey" of a change),
    needed_assurance (of a survey of the median size), claim_en, claim_ja, text_en, text_ja, at.
    Beside in_sample, the p-values, probability and bayes_factor are columns with _lower and _upper
    at the end of their names: where a number is known both are the same as it is, and where only
    bounds are known the number itself is missing, so that a bound is never read as a value.

    Examples
    --------
    >>> import alumnistats as al
    >>> judged = al.analyze("america-1969", draws=100).judged
    >>> claims_table(list(judged))["verdict"].tolist()
    ['not supported', 'not supported', 'supported']
    """
    import pandas as pd

    after = adjusted(judged)
    rows = [
        {
            "id": j.claim.id,
            "kind": j.claim.kind,
            "base": j.base,
            "verdict": j.verdict,
            **numbers_of(j.grounds),
            **_adjusted_columns(after.get(j.claim.id)),
            "claim_en": j.claim.text.en,
            "claim_ja": j.claim.text.ja,
            "text_en": j.grounds.en,
            "text_ja": j.grounds.ja,
            "at": "; ".join(j.claim.at or ()),
        }
        for j in judged
    ]
    numbers = [column for column in CLAIM_COLUMNS if column not in _WORDS]
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS).astype(dict.fromkeys(numbers, float))
