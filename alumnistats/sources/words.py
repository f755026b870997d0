"""What the labels of a table mean: all respondents, sizes, counts, notes, answers.

Labels are compared without width, case, spaces, brackets and punctuation: "Grand Total",
"GRAND-TOTAL" and "（全 体）" are known in every spelling.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Kind = Literal["", "percent", "count", "n", "count-percent", "percent-count"]
Direction = Literal["", "rows", "columns"]

_WHO = (
    r"(?:us|usa|uk|american|japanese|registered|likely|surveyed|responding)?"
    r"(?:adults?|respondents?|companies|firms|industries|employees|employers|workers|voters"
    r"|participants|people|persons|individuals|households|business(?:es)?|organi[sz]ations"
    r"|establishments|students|cases|sectors|groups|regions|countries|americans|members|users"
    r"|customers|consumers|parents|ages|sizes|samples?)"
)
_TOTAL = re.compile(
    r"(?:grand|overall|sample|survey|national|combined|row|column)?totals?|sum|all|overall|everyone|everybody"
    rf"|nationwide|(?:all|total|overall)(?:the)?{_WHO}(?:aged)?(?:[0-9]{{2}}(?:andover|andolder|plus|up)?)?|alltotal|totalall|overalltotal"
    r"|(?:total|whole|entire|full|overall|all)(?:sample|population)|sampleall"
    r"|gesamt|insgesamt|gesamtsumme|allebefragten|ensemble(?:des.+)?|totale|total(?:g[eé]n[eé]ral|geral)"
    r"|alle|tous|toutes|todos|σ|totaal|toplam|razem|итого|всего|计|合计|总计|합계|전체"
    r"|計|全体|合計|総計|総数|全数|総合計|全体計|全体合計|全体総数|トータル|全業種計|全産業計|回答企業計|有効回答計|回答者全体|回答企業全体"
    r"|調査対象者?全体|対象者全体|サンプル全体|全回答者|全回答企業|全企業|全産業|全業種|全業界|全社"
    r"|全規模|全国|全国計|全年代|全年齢|全世代|全地域|全サンプル|男女計|年齢計|年代計|産業計"
    r"|調査産業計|業種計|規模計|企業規模計|地域計|全調査対象|全員|全回答|すべて|全て"
    r"|(?:全業界|業界|全規模|全年代|全地域|全回答者|回答者|回答社|企業|全企業)計"
)
_TOTAL_OF = re.compile(
    r"(?:grandtotal|totals?|overall|全体|合計|総数|総計|全(?:回答|企業|産業|業|社)).+|.+(?:totals?|全体|合計|総計)"
)
_AVERAGE_OF = re.compile(
    r"(?!.*(?:above|below|over|under|than)).+averages?|averages?(?:of|across).+|.+平均値?"
)
_COUNTRY = frozenset(
    ["unitedstates", "us", "usa", "america", "uk", "unitedkingdom", "greatbritain", "gb", "england",
     "japan", "germany", "deutschland", "france", "italy", "spain", "canada", "australia", "korea",
     "china", "india", "europe", "eu", "eu27", "eu28", "oecd", "world", "worldwide", "global",
     "日本", "日本全国", "世界", "全世界", "国内"]
)  # fmt: skip
_UNITS = r"(?:人|名|社|件|票|世帯|事業所|n|単位.{1,3})*"
_SIZE = re.compile(
    r"(?:unweighted|unwtd|actual|raw|valid|total|achieved)*"
    r"(?:n|ns|base|bases|basen|basesize|sample|samples|samplesize|samplen|cases|respondents"
    r"|respondentsn|observations|interviews|completes|answered)"
    r"(?:n|size)?(?:unweighted|unwtd|unw)?"
    r"|unweighted(?:counts?|total)?|unwtd|unweightedbases"
    r"|(?:no|nos|number|num|numbers|count)?of(?:the|valid|unweighted|all)*"
    r"(?:respondents|responses|companies|firms|people|persons|cases|interviews|participants"
    r"|observations|employees|employers|households|adults|answers|replies|samples|establishments"
    r"|businesses|organi[sz]ations|students|members)"
    r"|(?:n|ｎ)数?人?"
    r"|(?:総|有効|調査|集計|対象|集計対象|調査対象|該当|回答)*"
    r"(?:回答者|回答企業|回答社|回答事業所|企業|会社|社|事業所|世帯|者|人|サンプル|標本|調査|回答"
    r"|有効回答|回収|客体|対象|該当|票|母|集計)数"
    r"|人数|度数|該当者|標本サイズ|サンプルサイズ|ベース|集計母数|標本",
)
_MAY_BE_SIZE = re.compile(
    rf"(?:(?:total|all|respondents)*(?:interviewed|surveyed|asked|polled|responded|answering|answered)"
    rf"|{_WHO}|nobs|nofobs|anzahl|fallzahl|basis|befragte|effectifs?|ケース数|サンプル|(?:n|num|nb)(?:of)?{_WHO}"
    r"|(?:有効|集計|調査|対象|回答)*(?:回答|回答者|企業|会社|対象|対象者|調査|集計|社)計?(?:人|名|社|件)?)"
)
_BOLD_SIZE = frozenset(
    ["interviews", "answered", "sample", "samples", "cases", "observations", "completes", "標本",
     "ベース", "該当者"]
)  # fmt: skip
_SIZE_TEXT = re.compile(r"(?:(?:un)?weighted\s+)?base\s*[:(\uff1a-].*|n\s*=")
_WEIGHTED = re.compile(r"(?<!un)(?:weighted|wtd)|effective|ウェイト後|ウエイト後|加重後|補正後")
_COUNT = frozenset(
    ["count", "counts", "frequency", "freq", "件数", "実数", "number", "numbers", "回答件数"]
)
_PERCENT = frozenset(
    ["%", "percent", "percents", "percentage", "percentages", "pct", "share", "割合", "構成比",
     "構成割合", "比率", "回答率", "回答割合", "選択率", "validpercent", "valid%", "responses%"]
)  # fmt: skip
_UNIT_COUNT = frozenset(["人", "名", "社", "件", "票", "世帯", "事業所"])
_ALONG: dict[Direction, re.Pattern[str]] = {
    "rows": re.compile(r"(?:row|rows|row ?n|row ?valid ?n|行|横)(?:%|pct|percent|の?割合|構成比)"),
    "columns": re.compile(
        r"(?:column|columns|col|col\.|columnn|coln|columnvalidn|列|縦)(?:%|pct|percent|構成比)"
    ),
}
_STATISTIC = frozenset(
    ["mean", "average", "avg", "median", "mode", "sd", "std", "stddev", "stdev",
     "standarddeviation", "stderr", "stderror", "se", "standarderror", "variance", "meanscore",
     "averagescore", "score", "marginoferror", "moe", "rank", "ranking", "pvalue", "diff",
     "difference", "change", "gap", "weight", "code", "cumulativepercent", "cumulative",
     "cumulative%", "cumpercent", "cum%", "lower", "upper", "lowerbound", "upperbound",
     "lowerlimit", "upperlimit", "ci", "95%ci", "confidenceinterval", "下限", "上限", "信頼区間",
     "平均", "平均値", "平均点", "加重平均", "中央値", "標準偏差", "標準誤差", "順位", "差",
     "前回差", "前年差", "増減", "前回比", "前年比", "番号", "ウェイト", "累積", "累積%",
     "累積比率", "di", "nps", "skipped", "cum", "chisquare", "chisquared", "chi2", "χ2",
     "pearsonchisquare", "cramersv", "sig", "significance", "p値", "有意確率", "有意差", "カイ二乗",
     "カイ二乗値"]
)  # fmt: skip
_STATISTIC_OF = re.compile(
    r"(?:[0-9]{2}%)?(?:ci|confidence(?:interval|limit)s?)(?:lower|upper|low|high)?(?:bound|limit)?"
    r"|(?:lower|upper)(?:[0-9]{2}%)?(?:ci|cl|confidence(?:interval|limit))"
    r"|(?:[0-9]{2}%)?信頼(?:区間)?(?:の)?(?:下限|上限)"
    r"|(?:average|avg|mean|median)(?:number|score|rating|age|years?|months?|days?|hours?|amount"
    r"|salary|income|value|rank|spend|tenure|cost|wage|pay).*"
    r"|平均(?:点|値|年齢|額|年収|時間|勤続|.{0,6}数).*"
)
_RESPONSE = frozenset(["responses", "response", "result", "results", "回答", "回答結果", "結果"])
_AVERAGE = frozenset(
    [
        "mean",
        "average",
        "avg",
        "durchschnitt",
        "moyenne",
        "promedio",
        "ø",
        "平均",
        "平均値",
        "全体平均",
        "全国平均",
        "総平均",
    ]
)
_SUBTOTAL = re.compile(
    r"(?i)^\s*(?:net\b|nett\b|sub-?\s?totals?\b|of which\b|うち|（再掲）|\(再掲\)|再掲|小計)"
)
_ENDS_IN_SUM = re.compile(r".*[^会設統時家集総合小]計(?:[)）(（].*)?$|.*[(（]計[)）]$|小計")
_NOTE = re.compile(
    r"(?i)^(?:※|＊|\*|†|‡|¹|²|注|（注|\(注|notes?\b|sources?\b|出典|出所|資料|備考|base\s*[:：]"
    r"|\(?unweighted base\s*[:：]|単位|（単位|\(単位|unit\b|weighted\b|複数回答|（複数回答"
    r"|percentages? |due to rounding|figures? |totals? may|caution|small base|\[\d+\]|q\. no)"
)
_ANSWER_HEADS = frozenset(
    ["answer", "answers", "answerchoices", "response", "responses", "option", "options", "choice",
     "choices", "reason", "reasons", "item", "items", "antwort", "antworten", "réponse", "réponses",
     "respuesta", "respuestas", "回答", "回答内容", "選択肢", "項目", "理由", "内容"]
)  # fmt: skip
_ANSWER = re.compile(
    r"(?i)^(?:don.?t know|do not know|not sure|unsure|refused|no answer|no opinion|prefer not"
    r"|none of (?:these|the above)|strongly |somewhat |very |fairly |not at all|not very|not too"
    r"|(?:dis)?agree\b|yes\b|no$|dk\b|nan?/?a\b|わからない|分からない|無回答|特にない|あてはまるもの"
    r"|どちらとも|そう思|とても|やや|はい$|いいえ$)"
)
_PEOPLE_LIKE = re.compile(
    r"(?i)^(?:(?:adult |all )?(?:men|women|males?|females?)\b|男性|女性|男$|女$|democrats?\b"
    r"|republicans?\b|\d{2}s?\s?[-–—~〜～]\s?\d{2}|\d{2}\s?\+|\d{2}代|\d{2}[歳才]"
    r"|\d{2} (?:and|or) (?:up|over|older)"
    r"|.*業$|(?:大|中小|中堅|小規模)企業|(?:manufacturing|retail|finance|energy|construction|wholesale"
    r"|education|agriculture|transport|public services|information)\b|(?:北海道|東北|関東|北陸|中部"
    r"|東海|近畿|関西|中国|四国|九州)$|(?:aged?|under|over) \d{2}"
    r"|north$|south$|east$|west$|midwest$|northeast$)"
)
_FAMILIES = {
    "sex": re.compile(r"(?i)\b(?:wo)?m[ea]n\b|\b(?:fe)?males?\b|男性|女性|^男$|^女$"),
    "age": re.compile(
        r"(?i)\b\d{2}\s?[-–—~〜～]\s?\d{2}\b|\b\d{2}\s?\+|\d{2}代|\d{2}[歳才]"
        r"|\b(?:aged?|ages|under|over) \d{2}"
        r"|\b\d{2} (?:and|or|to) (?:up|over|older|\d{2})"
    ),
}
_UNIT_IN_BRACKETS = re.compile(r"[(（\[](?:人|名|社|件|票|世帯|事業所|n|%|％|単位.{1,4})[)）\]]$")
_COUNTED = re.compile(r"(?P<name>.*\S)\s*[(\[](?:人|名|社|件|票|世帯|事業所)[)\]]")
_BRACKETED = re.compile(r"[(\[][^)\]]*[)\]]")
_COMPARED = re.compile(
    r"(?i)(?:change|difference|diff\.?|gap)\b.*(?:since|from|vs\.?|versus|points?|pts?|pp|20\d\d).*"
    r"|.*(?:ポイント差|増減|前回差|前年差|前回比|前年比|前回との差|前回からの変化).*"
)
_SIZE_IN_LABEL = re.compile(
    r"(?i)^(?P<name>.*?\S)?\s*[,、:：]?\s*[(\[（〔]?\s*(?:unweighted\s+)?(?<![A-Za-z])(?:base|n|ｎ)\s*(?:=|:|＝)"
    r"\s*(?P<n>[0-9][0-9,. ]*)\s*(?:人|名|社|件|票)?\s*[)\]）〕]?$"
)
_NUMBER_IN_LABEL = re.compile(
    r"^(?P<name>.*?\S)\s*[(（\[]\s*(?P<n>[0-9][0-9,]*)\s*"
    r"(?P<unit>人|名|社|件|票|respondents|people|companies|firms|adults|employees)?\s*[)）\]]$"
)
_SUFFIX = re.compile(
    r"(?i)^(?P<name>.*?\S)\s*[ (\[_,:]\s*(?P<kind>n|count|%|percent|件数|人数|度数)\s*[)\]]?$"
    r"|^(?P<bare>.*?\S)\s*(?P<sign>%)$"
)
_SUFFIX_KINDS: dict[str, Kind] = {
    "n": "n", "人数": "count", "件数": "count", "度数": "count", "count": "count",
}  # fmt: skip
_PEOPLE = r"(?:n|no\.|count|number|人数|件数|度数|人|件|社)"
_PAIR_SUFFIXES: dict[Kind, re.Pattern[str]] = {
    "count-percent": re.compile(
        rf"(?i)^(?P<name>.*?\S)?[\s,:(\[]*\b{_PEOPLE}\s*[(\[]\s*%\s*[)\]]+$"
    ),
    "percent-count": re.compile(rf"(?i)^(?P<name>.*?\S)?[\s,:(\[]*%\s*[(\[]\s*{_PEOPLE}\s*[)\]]+$"),
}


@lru_cache(maxsize=8192)
def wide(text: str) -> str:
    """Return text in one form of width, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def normal(label: str) -> str:
    """Return a label as it is compared: one form of width, lower case, single spaces."""
    return wide(label).lower()


@lru_cache(maxsize=8192)
def _key(label: str) -> str:
    return "".join(c for c in normal(label) if c.isalnum() or c == "%")


def split_size(label: str) -> tuple[str, str]:
    """Return a label without the size that it states, and that size; "Men (n=110)" has one."""
    text = wide(label)
    match = _SIZE_IN_LABEL.match(text)
    if match is None or not match["name"]:
        return label.strip(), ""
    return match["name"].rstrip(" ([,、:"), match["n"].strip()


def split_number(label: str) -> tuple[str, str, str]:
    """Return name, number and unit of a label that ends in a number in brackets, or nothing."""
    match = _NUMBER_IN_LABEL.match(wide(label))
    return (match["name"], match["n"], match["unit"] or "") if match else (label, "", "")


def split_name(label: str) -> tuple[str, Kind]:
    """Return a column's name and what it says it holds: "n", "count", "percent" or nothing.

    ``"Yes n"``, ``"Yes (count)"`` and ``"Yes, 件数"`` are those of ``"Yes"``; so is ``"Yes %"``.
    """
    text = wide(label)
    for both, pattern in _PAIR_SUFFIXES.items():
        if (pair := pattern.match(text)) is not None:
            return pair["name"] or text, both
    if unit := _COUNTED.fullmatch(text):
        return unit["name"], "count"
    match = _SUFFIX.match(text)
    if match is None:
        sign = re.fullmatch(r"% (?!within\b|of\b|who\b)(.+)", text)
        return (sign[1], "percent") if sign else (text, "")
    kind = (match["kind"] or "percent").lower()
    name = (match["name"] or match["bare"]).rstrip(" ([")
    return name, _SUFFIX_KINDS.get(kind, "percent")


def is_total(label: str) -> bool:
    """Return whether a label means all respondents."""
    name = _UNIT_IN_BRACKETS.sub("", split_number(split_size(label)[0])[0])
    return _TOTAL.fullmatch(_key(name).replace("%", "")) is not None


def may_be_total(label: str) -> bool:
    """Return whether a label begins as a total and goes on, so that it may be one of some."""
    name = split_size(label)[0]
    key = _key(name)
    begins = (
        normal(name).startswith(("all ", "alle ", "tous ", "toutes ", "todos "))
        or _TOTAL_OF.fullmatch(key) is not None
    )
    average = _AVERAGE_OF.fullmatch(key) is not None
    return (begins or average) and not is_total(name)


def is_country(label: str) -> bool:
    """Return whether a label names a country, or the world: all respondents, beside industries."""
    return _key(split_size(label)[0]) in _COUNTRY


def is_weighted(label: str) -> bool:
    """Return whether a label says weighted or effective."""
    return _WEIGHTED.search(_key(label)) is not None


def is_size(label: str) -> bool:
    """Return whether a label means numbers of respondents, weighted ones included."""
    key, text = _key(label), normal(label)
    if _WEIGHTED.fullmatch(re.sub(r"counts?$", "", key)):
        return True
    if _WEIGHTED.search(key):
        key = _WEIGHTED.sub("", key)
        text = text.replace("weighted", "", 1).strip()
    bare = re.sub(rf"{_UNITS}$", "", key)
    return any(_SIZE.fullmatch(k) for k in (key, bare) if k) or bool(_SIZE_TEXT.fullmatch(text))


def may_be_size(label: str) -> bool:
    """Return whether a label names those asked, so that its numbers may be of them."""
    return _MAY_BE_SIZE.fullmatch(_key(label)) is not None


def is_bold_size(label: str) -> bool:
    """Return whether a label that means sizes might be an answer as well."""
    return _key(label) in _BOLD_SIZE


def is_count(label: str) -> bool:
    """Return whether a label says "count" and not of what."""
    return _key(_BRACKETED.sub("", wide(label))) in _COUNT


def kind_word(label: str) -> Kind:
    """Return what a label says of its cells, if it says nothing else."""
    key = _key(label)
    name, pair = split_name(label)
    if pair in _PAIR_SUFFIXES and name == wide(label):
        return pair
    if (
        key in _PERCENT
        or key.removesuffix("%") in _PERCENT
        or key.startswith("%within")
        or direction_of(label)
    ):
        return "percent"
    if key in ("n", "n数"):
        return "n"
    if key in _COUNT or key in _UNIT_COUNT:
        return "count"
    return ""


def within(label: str) -> str:
    """Return of what a label such as "% within Industry" says percentages are, or nothing."""
    match = re.fullmatch(r"(?i)%\s*within\s+(.+)", wide(label))
    return normal(match[1]) if match else ""


def direction_of(label: str) -> Direction:
    """Return whether a label says percentages of rows, or of columns."""
    key = _key(label)
    return next((direction for direction, pattern in _ALONG.items() if pattern.fullmatch(key)), "")


def is_statistic(label: str) -> bool:
    """Return whether a label means a number that is no share."""
    text = wide(label)
    bare = _BRACKETED.sub("", text)
    known = _key(text) in _STATISTIC or _key(bare) in _STATISTIC
    known = known or _STATISTIC_OF.fullmatch(_key(text)) is not None
    return known or _COMPARED.fullmatch(text) is not None


def is_response(label: str) -> bool:
    """Return whether a label names the answers of nobody in particular."""
    return _key(label) in _RESPONSE


def is_average(label: str) -> bool:
    """Return whether a label means an average."""
    return _key(label) in _AVERAGE


def is_subtotal(label: str) -> bool:
    """Return whether a label means a sum of some of the others."""
    return bool(_SUBTOTAL.match(wide(label)) or _ENDS_IN_SUM.fullmatch(wide(label)))


def families(label: str) -> frozenset[str]:
    """Return by what a label tells people apart: sex, age, or both."""
    text = wide(label)
    return frozenset(name for name, pattern in _FAMILIES.items() if pattern.search(text))


def is_note(label: str) -> bool:
    """Return whether a line of its own is a note rather than a heading."""
    return _NOTE.match(label.strip()) is not None


def is_answer(label: str) -> bool:
    """Return whether a label is worded as an answer."""
    return _ANSWER.match(wide(label)) is not None


def heads_answers(label: str) -> bool:
    """Return whether the head of a column says that answers stand below it."""
    return _key(label) in _ANSWER_HEADS


def is_people(label: str) -> bool:
    """Return whether a label is worded as a group of people."""
    return _PEOPLE_LIKE.match(wide(label)) is not None
