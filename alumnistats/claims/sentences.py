"""One plain sentence for each judged claim, in English and Japanese, from its grounds.

It says what the verdict rests on, of the respondents and of the population, which are two matters;
the numbers stand in the columns beside it.
"""

from __future__ import annotations

import math

from alumnistats.claims.outcome import Grounds, Unit, Verdict, one_sided
from alumnistats.claims.ranges import range_text

VERDICT_LABELS: dict[Verdict, dict[str, str]] = {
    "supported": {"en": "supported", "ja": "支持される"},
    "not supported": {"en": "not supported", "ja": "支持されない"},
    "contradicted": {"en": "contradicted", "ja": "矛盾する"},
    "undetermined": {"en": "undetermined", "ja": "判定できない"},
}


def _sample(grounds: Grounds, *, drawn: bool) -> dict[str, str]:
    """Return what is so among the respondents; the Japanese clause ends so that "が、" can follow.

    Empty where the claim says nothing of them.
    """
    held = grounds.in_sample
    where = (" in every solution drawn", "抽出したすべての解で") if drawn else ("", "")
    if held is None:
        return {"en": "", "ja": ""}
    if held.lower >= 1:
        return {"en": f"It holds among the respondents{where[0]}",
                "ja": f"{where[1]}回答者の中では成り立つ"}  # fmt: skip
    if held.upper <= 0:
        return {"en": f"It fails among the respondents{where[0]}",
                "ja": f"{where[1]}回答者の中では成り立たない"}  # fmt: skip
    share = range_text(held)
    if held.value is None or not share:
        return {"en": "What is published does not tell whether it holds among the respondents",
                "ja": "回答者の中で成り立つかどうかは公表値から決まらない"}  # fmt: skip
    return {"en": f"It holds among the respondents in some of the solutions (probability {share})",
            "ja": f"回答者の中で成り立つかは解によって異なる（成り立つ確率{share}）"}  # fmt: skip


_READING: dict[Verdict, tuple[str, str]] = {
    "supported": ("chance does not explain it", "偶然では説明できない"),
    "not supported": ("chance explains it too", "偶然でも説明できる"),
}
LIKELY = 0.5  # probability below which a claim more probably fails among the respondents
_NOT_EVEN = ("nor is it established for the population", "母集団についても確かめられない")
_BOUNDS = (
    "only bounds of its p-value and probability follow for the population, which leave it open",
    "母集団についてはp値と確率の上限か下限しか分からず、判定できない",
)
_UNKNOWN = (
    "what is published cannot decide it for the population",
    "母集団については公表値から判定できない",
)
_REFUTED = (
    "in the population its opposite is established",
    "母集団については反対のことが示される",
)
_ONLY_SAMPLE = (
    "it is false of this survey, though in the population it may still hold",
    "この調査の記述としては誤りだが、母集団で成り立つ可能性は残る",
)


def _population(grounds: Grounds, verdict: Verdict, level: float) -> tuple[str, str]:
    if verdict == "not supported" and grounds.in_sample and grounds.in_sample.upper < LIKELY:
        return _NOT_EVEN
    if verdict in _READING:
        return _READING[verdict]
    certain = 1 - one_sided(level)
    if verdict == "contradicted":
        opposite = grounds.refuted is not None and grounds.refuted.lower >= certain
        return _REFUTED if opposite or grounds.in_sample is None else _ONLY_SAMPLE
    known = (grounds.p, grounds.posterior)
    return _BOUNDS if any(range_text(one) for one in known) else _UNKNOWN


_UNITS: dict[Unit, tuple[str, str]] = {
    "per group": ("respondents a group", "各グループ"),
    "in all": ("respondents", "合計"),
    "per survey": ("respondents in each of both surveys", "両調査とも"),
}


def _needed(grounds: Grounds, verdict: Verdict) -> tuple[str, str]:
    if verdict != "not supported" or grounds.needed is None:
        return "", ""
    size = grounds.needed.size
    if math.isinf(size.low):
        return (
            "; no number of respondents would establish a difference as small as this one",
            "。観測された差のままでは、回答者を何人に増やしても確かめられない",
        )
    if math.isinf(size.median):
        return (
            "; in half of the solutions or more no number of respondents would establish it",
            "。解の半分以上では、回答者を何人に増やしても確かめられない",
        )
    unit = _UNITS[grounds.needed.unit]
    number, low, high = (_people(n) for n in (size.median, size.low, size.high))
    if low == high:
        return (
            f"; about {number} {unit[0]} would have been needed",
            f"。確かめるには{unit[1]}約{number}人が必要である",
        )
    return (
        f"; about {number} {unit[0]} would have been needed ({low} to {high} in 80% of solutions)",
        f"。確かめるには{unit[1]}約{number}人（解の80%で{low}から{high}）が必要である",
    )


def _people(number: float) -> str:
    return "∞" if math.isinf(number) else f"{number:,.0f}"


def compose(grounds: Grounds, verdict: Verdict, level: float, *, drawn: bool) -> tuple[str, str]:
    """Return the sentence of a judged claim.

    Parameters
    ----------
    grounds : Grounds
    verdict : Verdict
    level : float
    drawn : bool
        Whether solutions were drawn: what holds in all of them is likely, and not proved, to hold
        in all there are.

    Returns
    -------
    en, ja : str
    """
    sample = _sample(grounds, drawn=drawn)
    population = _population(grounds, verdict, level)
    needed = _needed(grounds, verdict)
    if not sample["en"]:
        en = population[0][0].upper() + population[0][1:]
        return f"{en}{needed[0]}.", f"{population[1]}{needed[1]}。"
    held = grounds.in_sample is not None and grounds.in_sample.lower >= 1
    but = held and verdict in ("not supported", "undetermined")
    joint = (", but ", "が、") if but else ("; ", "。")
    if held and verdict == "supported":
        joint, sample["ja"] = (", and ", "、"), sample["ja"].replace("では成り立つ", "で成り立ち")
    return (
        f"{sample['en']}{joint[0]}{population[0]}{needed[0]}.",
        f"{sample['ja']}{joint[1]}{population[1]}{needed[1]}。",
    )
