"""One sentence for each claim: how often its verdict stays, and what it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.claims import VERDICT_LABELS
from alumnistats.errors import ArgumentError
from alumnistats.sensitivity.verdicts import NOBODY, VERDICTS, claim_ids, depends_on, outcomes
from alumnistats.sensitivity.words import label

if TYPE_CHECKING:
    from alumnistats.sensitivity.outcomes import ScenarioOutcomes

NAMED = 3  # choices that a sentence names; the table of flips has all


def sentences(result: ScenarioOutcomes, lang: str = "en") -> dict[str, str]:
    """Return one sentence for each claim.

    Parameters
    ----------
    result : Sensitivity
    lang : {"en", "ja"}

    Returns
    -------
    dict of str
        By claim, in the order of the survey.

    Raises
    ------
    ArgumentError
        For another language.
    """
    if lang not in ("en", "ja"):
        raise ArgumentError("lang", lang, '"en" or "ja"')
    verdict, depending = outcomes(result, "verdict"), depends_on(result)
    found = {}
    for j, claim in enumerate(claim_ids(result)):
        there = verdict[:, j][verdict[:, j] != NOBODY]
        text = result.survey.claim(claim).text.get(lang).rstrip(".。")
        stays = int((there == verdict[0, j]).sum())
        words = None if verdict[0, j] == NOBODY else VERDICT_LABELS[VERDICTS[verdict[0, j]]][lang]
        compose = {"en": _english, "ja": _japanese}[lang]
        names = [label(name, lang) for name in depending[claim]]
        found[claim] = compose(text, words, stays, len(there), names)
    return found


def _english(text: str, verdict: str | None, stays: int, total: int, names: list[str]) -> str:
    if verdict is None:
        return f'"{text}": the base itself failed, so there is no verdict to compare with.'
    if stays == total:
        return f'"{text}" stays {verdict} in all {total:,} scenarios.'
    sentence = f'"{text}" stays {verdict} in {stays:,} of {total:,} scenarios'
    if not names:
        return f"{sentence}; no single choice changes it."
    named, more = names[:NAMED], len(names) - NAMED
    if more > 0:
        return f"{sentence}; it depends on {', '.join(named)} and {more} more."
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    return f"{sentence}; it depends on {listed}."


def _japanese(text: str, verdict: str | None, stays: int, total: int, names: list[str]) -> str:
    if verdict is None:
        return f"「{text}」：基準の分析が失敗したため、比べる判定がない。"
    if stays == total:
        return f"「{text}」は{total:,}通りの分析のすべてで「{verdict}」のままである。"
    sentence = f"「{text}」は{total:,}通りの分析のうち{stays:,}通りで「{verdict}」のままである。"
    if not names:
        return f"{sentence}どの選択も、それだけでは判定を変えない。"
    named, more = "、".join(names[:NAMED]), len(names) - NAMED
    others = f"など{len(names)}つの選択" if more > 0 else ""
    return f"{sentence}判定を左右するのは{named}{others}である。"
