"""The names of choices, for sentences and figures."""

from __future__ import annotations

import re
from typing import Any

from alumnistats.reconstruction.convention_words import base_label
from alumnistats.survey import Survey

_FIGURE = re.compile(r"([^@]+)@([^@]+?)([+-]1)?")

LABELS: dict[str, dict[str, str]] = {
    "base": {"en": "base of a question", "ja": "質問の母数"},
    "complete_lists": {"en": "completeness of lists", "ja": "順位表の完全性"},
    "left_out": {"en": "figure left out", "ja": "除いた数値"},
    "misprint": {"en": "misprint", "ja": "誤植"},
    "sizes": {"en": "prior on sample sizes", "ja": "標本サイズの事前分布"},
    "rounding": {"en": "rounding", "ja": "丸め方"},
    "subtotals": {"en": "subtotals", "ja": "小計の求め方"},
    "model": {"en": "model of the shares", "ja": "割合のモデル"},
    "prior": {"en": "prior of the model", "ja": "モデルの事前分布"},
    "design_effect": {"en": "design effect", "ja": "デザイン効果"},
    "bias": {"en": "non-response bias", "ja": "無回答の偏り"},
    "weights": {"en": "population weights", "ja": "母集団の重み"},
    "test": {"en": "test", "ja": "検定"},
    "interval": {"en": "interval", "ja": "区間"},
    "adjustment": {"en": "multiplicity adjustment", "ja": "多重性の調整"},
    "ties": {"en": "ties", "ja": "同率の扱い"},
    "level": {"en": "level", "ja": "信頼水準"},
    "replicate": {"en": "random numbers", "ja": "乱数"},
}
VALUES: dict[str, dict[str, str]] = {
    "mixture": {"en": "mixture of priors", "ja": "事前分布の混合"},
    "quota": {"en": "quota", "ja": "割当"},
    "shortfall": {"en": "quota with shortfall", "ja": "未達のある割当"},
    "free": {"en": "free", "ja": "自由"},
    "dirichlet": {"en": "Dirichlet", "ja": "ディリクレ"},
    "equal": {"en": "equal", "ja": "均等"},
    "proportional": {"en": "proportional", "ja": "母集団に比例"},
    "partial-pooling": {"en": "partial pooling", "ja": "部分プーリング"},
    "no-pooling": {"en": "no pooling", "ja": "プーリングなし"},
    "complete-pooling": {"en": "complete pooling", "ja": "完全プーリング"},
    "beta-binomial": {"en": "beta-binomial", "ja": "ベータ二項"},
    "exact": {"en": "exact", "ja": "厳密計算"},
    "half-up": {"en": "halves up", "ja": "四捨五入"},
    "half-even": {"en": "halves to even", "ja": "偶数への丸め"},
    "truncate": {"en": "truncated", "ja": "切り捨て"},
    "ceiling": {"en": "rounded up", "ja": "切り上げ"},
    "double": {"en": "rounded twice", "ja": "二段階の丸め"},
    "rounded-sum": {"en": "rounded sum", "ja": "合計してから丸め"},
    "sum-of-rounded": {"en": "sum of rounded", "ja": "丸めた値の和"},
    "all": {"en": "all", "ja": "全員"},
    "none": {"en": "none", "ja": "なし"},
    "averaged": {"en": "averaged over all", "ja": "すべての平均"},
    "by-question": {"en": "by question", "ja": "質問ごと"},
    "default": {"en": "usual", "ja": "標準"},
    "wider": {"en": "wider", "ja": "広い"},
    "narrower": {"en": "narrower", "ja": "狭い"},
    "population": {"en": "population sizes", "ja": "母集団の規模"},
    "bounds": {"en": "all within bounds", "ja": "上下限内のすべて"},
    "z": {"en": "z", "ja": "z検定"},
    "score": {"en": "score", "ja": "スコア検定"},
    "likelihood-ratio": {"en": "likelihood ratio", "ja": "尤度比検定"},
    "fisher-exact": {"en": "Fisher's exact", "ja": "フィッシャーの正確検定"},
    "fisher-mid-p": {"en": "Fisher's mid-P", "ja": "フィッシャーのmid-P検定"},
    "barnard": {"en": "Barnard's", "ja": "バーナード検定"},
    "boschloo": {"en": "Boschloo's", "ja": "ボシュロー検定"},
    "clopper-pearson": {"en": "Clopper-Pearson", "ja": "クロッパー・ピアソン"},
    "mid-p": {"en": "mid-P", "ja": "mid-P"},
    "wilson": {"en": "Wilson", "ja": "ウィルソン"},
    "wald": {"en": "Wald", "ja": "ワルド"},
    "jeffreys": {"en": "Jeffreys", "ja": "ジェフリーズ"},
    "holm": {"en": "Holm", "ja": "ホルム法"},
    "hochberg": {"en": "Hochberg", "ja": "ホッホベルグ法"},
    "bonferroni": {"en": "Bonferroni", "ja": "ボンフェローニ法"},
    "bh": {"en": "Benjamini-Hochberg", "ja": "ベンジャミニ・ホッホベルグ法"},
    "by": {"en": "Benjamini-Yekutieli", "ja": "ベンジャミニ・イェクティエリ法"},
    "strict": {"en": "not counted as above", "ja": "「上回る」に含めない"},
    "weak": {"en": "counted as above", "ja": "「上回る」に含める"},
}
"""Values of choices in words; numbers are shown as they are."""
TRUTH = {True: {"en": "yes", "ja": "はい"}, False: {"en": "no", "ja": "いいえ"}}
FIGURE = {"en": "{of} ({group}){error}", "ja": "{of}（{group}）{error}"}
BASE = {"en": "{question}: {base}", "ja": "{question}：{base}"}


def label(name: str, lang: str) -> str:
    """Return what a dimension is called; its own name if it has no other."""
    return LABELS.get(name, {}).get(lang, name)


def value_text(value: Any, lang: str, survey: Survey | None = None) -> str:
    """Return a value of a choice in words.

    Parameters
    ----------
    value : object
        As in a scenario.
    lang : {"en", "ja"}
    survey : Survey, optional
        Whose figures and bases are named by their labels; by ids when omitted.
    """
    if isinstance(value, bool):
        return TRUTH[value][lang]
    if isinstance(value, str) and value in VALUES:
        return VALUES[value][lang]
    if not isinstance(value, str) or survey is None:
        return f"{value:g}" if isinstance(value, float) else str(value)
    if "=" in value:
        pairs = (part.split("=") for part in value.split(";"))
        return "; ".join(
            BASE[lang].format(question=survey.label(q, lang), base=base_label(survey, base, lang))
            for q, base in pairs
        )
    figure = _FIGURE.fullmatch(value)
    if figure is None:
        return value
    of, group, error = figure.groups()
    return FIGURE[lang].format(
        of=survey.label(of, lang), group=survey.label(group, lang), error=f" {error}" * bool(error)
    )
