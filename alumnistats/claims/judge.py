"""A published claim in, a verdict with its grounds out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alumnistats.claims.differences import judge_homogeneity
from alumnistats.claims.evidence import Evidence
from alumnistats.claims.options import compares_options, judge_options
from alumnistats.claims.outcome import NOTHING, Grounds, Verdict, decide
from alumnistats.claims.rankings import judge_extreme_set, judge_group_order
from alumnistats.claims.sentences import compose
from alumnistats.claims.shares import UnionBounds, judge_threshold, union_bounds
from alumnistats.display import card, rows_table
from alumnistats.reconstruction.information import withheld_sentence
from alumnistats.survey import (
    EVERY,
    Claim,
    ExtremeSetClaim,
    HomogeneityClaim,
    ModeClaim,
    RankingClaim,
    StatementClaim,
    ThresholdClaim,
    UnionClaim,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim, its grounds and its verdict."""

    claim: Claim
    grounds: Grounds
    verdict: Verdict

    def _repr_html_(self) -> str:
        grounds = self.grounds
        facts = {
            "verdict": self.verdict,
            "p": grounds.p_value,
            "probability": grounds.probability,
            "n needed": grounds.needed_n,
            "printed at": "; ".join(self.claim.at),
        }
        texts = [[self.claim.text.en, grounds.en], [self.claim.text.ja, grounds.ja]]
        return card(f"Claim {self.claim.id}", facts, rows_table(["claim", "grounds"], texts))


def _ranking(evidence: Evidence, claim: RankingClaim) -> Grounds:
    if compares_options(claim, evidence.survey):
        return judge_options(evidence, claim)
    if claim.of not in evidence.fits:
        return NOTHING
    return judge_group_order(evidence, claim)


def _extreme_set(evidence: Evidence, claim: ExtremeSetClaim) -> Grounds:
    return judge_extreme_set(evidence, claim) if claim.of in evidence.fits else NOTHING


def _union(evidence: Evidence, claim: UnionClaim) -> Grounds:
    return union_bounds(evidence, claim)[0]


def _statement(_evidence: Evidence, _claim: StatementClaim) -> Grounds:
    return NOTHING


_JUDGES: dict[type, Callable[..., Grounds]] = {
    RankingClaim: _ranking,
    ExtremeSetClaim: _extreme_set,
    ThresholdClaim: judge_threshold,
    ModeClaim: judge_options,
    HomogeneityClaim: judge_homogeneity,
    UnionClaim: _union,
    StatementClaim: _statement,
}


def _by_group(claim: Claim, evidence: Evidence) -> bool:
    if isinstance(claim, ThresholdClaim):
        return claim.group == EVERY
    if isinstance(claim, RankingClaim | ExtremeSetClaim):
        return claim.of in evidence.fits
    return False


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
    if grounds == NOTHING:
        return replace(
            grounds,
            en="Nothing is published that would decide it.",
            ja="判定に必要な数値が公表されていない。",
        )
    en, ja = compose(grounds, verdict, evidence.level, by_group=_by_group(claim, evidence))
    return replace(grounds, en=en, ja=ja)


def judge(evidence: Evidence, claim: Claim) -> JudgedClaim:
    """Judge one claim: undetermined, with the reason, where sizes and counts are not recovered.

    Parameters
    ----------
    evidence : Evidence
    claim : Claim

    Returns
    -------
    JudgedClaim
    """
    if not (evidence.recon.recovered_sizes or isinstance(claim, StatementClaim)):
        en, ja = (withheld_sentence(evidence.recon, lang) for lang in ("en", "ja"))
        return JudgedClaim(claim, replace(NOTHING, en=en, ja=ja), "undetermined")
    grounds = _JUDGES[type(claim)](evidence, claim)
    verdict = decide(grounds, evidence.level)
    return JudgedClaim(claim, _sentence(evidence, claim, grounds, verdict), verdict)


def judge_all(evidence: Evidence) -> list[JudgedClaim]:
    """Judge every claim of the survey, in the order of the file."""
    return [judge(evidence, claim) for claim in evidence.survey.claims]


CLAIM_COLUMNS = [
    "id", "kind", "in_sample", "verdict", "p_value", "significant", "probability", "needed_n",
    "claim_en", "claim_ja", "text_en", "text_ja", "at",
]  # fmt: skip


def claims_table(judged: list[JudgedClaim]) -> pd.DataFrame:
    """Return the tidy table of judged claims.

    Columns: id, kind, in_sample (probability over the solutions), verdict, p_value, significant
    (share of the solutions in which the test rejects), probability (posterior), needed_n, claim_en,
    claim_ja, text_en, text_ja, at.
    """
    import pandas as pd

    rows = [
        {
            "id": j.claim.id,
            "kind": j.claim.kind,
            "in_sample": j.grounds.in_sample,
            "verdict": j.verdict,
            "p_value": j.grounds.p_value,
            "significant": j.grounds.significant,
            "probability": j.grounds.probability,
            "needed_n": j.grounds.needed_n,
            "claim_en": j.claim.text.en,
            "claim_ja": j.claim.text.ja,
            "text_en": j.grounds.en,
            "text_ja": j.grounds.ja,
            "at": "; ".join(j.claim.at),
        }
        for j in judged
    ]
    numbers = ["in_sample", "p_value", "significant", "probability", "needed_n"]
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS).astype(dict.fromkeys(numbers, float))
