"""One plain sentence for each judged claim, in English and Japanese, from its grounds."""

from __future__ import annotations

import math

from alumnistats.claims.outcome import Grounds, Verdict
from alumnistats.display import probability_text

VERDICT_LABELS: dict[Verdict, dict[str, str]] = {
    "supported": {"en": "supported", "ja": "支持される"},
    "not supported": {"en": "not supported", "ja": "支持されない"},
    "contradicted": {"en": "contradicted", "ja": "反する"},
    "undetermined": {"en": "undetermined", "ja": "判定できない"},
}


def _sample(grounds: Grounds, level: float) -> dict[str, str]:
    """Return the first clause; the Japanese one ends so that another clause can follow."""
    if grounds.in_sample is None:
        return {
            "en": "The figures do not decide it among the respondents",
            "ja": "回答者の中で成り立つかは公表値から定まらず",
        }
    if grounds.in_sample >= level:
        return {"en": "It holds among the respondents", "ja": "回答者の中では成り立つ"}
    share = probability_text(grounds.in_sample).replace("<", "< ")
    if grounds.in_sample <= 1 - level:
        return {
            "en": f"Already among the respondents it fails (probability that it holds {share})",
            "ja": f"回答者の中ですでに成り立たず(成り立つ確率 {share})",
        }
    return {
        "en": f"It holds among the respondents with probability {share}",
        "ja": f"回答者の中で成り立つ確率は{share}であり",
    }


def _population(grounds: Grounds, verdict: Verdict) -> dict[str, str]:
    if grounds.p_value is None or grounds.probability is None:
        if verdict == "contradicted":
            return {"en": "what is published rules it out", "ja": "公表値から否定される"}
        return {
            "en": "what is published cannot establish it for the population",
            "ja": "母集団については公表値から判定できない",
        }
    p, probability = probability_text(grounds.p_value), probability_text(grounds.probability)
    reading = {
        "supported": ("chance does not explain it", "偶然では説明できない"),
        "not supported": ("chance explains it too", "偶然でも説明できる"),
        "contradicted": ("so the release cannot claim it", "公表値はこれに反する"),
        "undetermined": ("the data do not decide it", "データからは定まらない"),
    }[verdict]
    return {
        "en": f"{reading[0]} (p = {p}, probability {probability})".replace("= <", "< ").replace(
            "= >", "> "
        ),
        "ja": f"{reading[1]}(p = {p}、確率 {probability})".replace("= <", "< ").replace(
            "= >", "> "
        ),
    }


def _needed(grounds: Grounds, verdict: Verdict, *, by_group: bool) -> dict[str, str]:
    if verdict != "not supported" or grounds.needed_n is None:
        return {"en": "", "ja": ""}
    if not math.isfinite(grounds.needed_n):
        return {
            "en": "; no number of respondents would establish a difference as small as this one",
            "ja": "。観測された差のままでは、回答者を何人に増やしても確かめられない",
        }
    unit = ("respondents a group", "各グループ") if by_group else ("respondents", "合計")
    size = f"{grounds.needed_n:,.0f}"
    return {
        "en": f"; the observed difference would have needed about {size} {unit[0]}",
        "ja": f"。観測された差を確かめるには{unit[1]}約{size}人が必要である",
    }


def compose(grounds: Grounds, verdict: Verdict, level: float, *, by_group: bool) -> tuple[str, str]:
    """Return the sentence of a judged claim.

    Parameters
    ----------
    grounds : Grounds
    verdict : Verdict
    level : float
    by_group : bool
        Whether `needed_n` counts respondents of each group or of the whole survey.

    Returns
    -------
    en, ja : str
    """
    sample, population = _sample(grounds, level), _population(grounds, verdict)
    needed = _needed(grounds, verdict, by_group=by_group)
    joint = {"en": "; ", "ja": "、"}
    if grounds.in_sample is not None and grounds.in_sample >= level:
        if verdict in ("not supported", "undetermined"):
            joint = {"en": ", but ", "ja": "が、"}
        else:
            sample["ja"] = "回答者の中で成り立ち"
    en = f"{sample['en']}{joint['en']}{population['en']}{needed['en']}."
    ja = f"{sample['ja']}{joint['ja']}{population['ja']}{needed['ja']}。"
    return en, ja
