"""Conventions of a release in words."""

from __future__ import annotations

from alumnistats.remainders import FORCED
from alumnistats.rounding import ROUNDING_WORDS
from alumnistats.survey import Survey

CONVENTIONS = {
    "rounded-sum": {
        "en": "the share of several answers is rounded from their summed counts",
        "ja": "複数の回答の合計割合は、人数を足してから丸めた値である",
    },
    "sum-of-rounded": {
        "en": "the share of several answers is the sum of their rounded shares",
        "ja": "複数の回答の合計割合は、丸めた割合どうしの和である",
    },
    "pooled": {
        "en": "overall figures are shares of all respondents",
        "ja": "全体の値は、全回答者に占める割合である",
    },
    "mean": {
        "en": "overall figures are plain means of the groups' shares",
        "ja": "全体の値は、各グループの割合の単純平均である",
    },
    "quota": {
        "en": "groups were filled to a common quota, some missing it",
        "ja": "各グループは共通の割当数まで集められ、一部が外れている",
    },
    "dirichlet": {
        "en": "groups' sizes were left to chance, more or less even",
        "ja": "各グループの人数は成り行きで、ばらつきの大きさは不明である",
    },
    "free": {
        "en": "groups' sizes are any, whatever the others are",
        "ja": "各グループの人数は互いに無関係で、どの値も同じくらいありうる",
    },
    "rounded": {
        "en": "shares of a whole distribution are rounded each by itself",
        "ja": "内訳の割合は、それぞれ単独で丸められている",
    },
    "forced": FORCED,
    **ROUNDING_WORDS,
}


def base_label(survey: Survey, text: str, lang: str) -> str:
    """Return who a candidate base of a question is, in words."""
    if text == "all":
        return survey.label("overall", lang)
    question, _, options = text.partition(":")
    chosen = options.split("+")
    for measure in survey.measures:
        if measure.question == question and set(measure.options) == set(chosen):
            return measure.label.get(lang)
    joiner = {"en": " or ", "ja": "・"}[lang]
    return joiner.join(survey.label(f"{question}:{option}", lang) for option in chosen)


def convention_sentence(survey: Survey, subject: str, value: str, lang: str) -> str:
    """Return one convention as a clause."""
    if value in CONVENTIONS and subject == "release":
        return CONVENTIONS[value][lang]
    question = survey.label(subject, lang)
    if value in CONVENTIONS:
        quoted = {"en": f'"{question}": ', "ja": f"「{question}」："}[lang]
        return quoted + CONVENTIONS[value][lang]
    base = base_label(survey, value, lang)
    return {
        "en": f'"{question}" is a share of: {base}',
        "ja": f"「{question}」の母数は「{base}」である",
    }[lang]
