"""What printed tables say in either language, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alumnistats.survey import Survey

WORDS = {
    "sizes": {"en": "Sample sizes", "ja": "グループ別の標本サイズ"},
    "group": {"en": "Group", "ja": "グループ"},
    "size": {"en": "n", "ja": "n"},
    "probability": {"en": "Probability", "ja": "確率"},
    "withheld": {"en": "not recovered", "ja": "復元できず"},
    "interval": {"en": "interval", "ja": "区間"},
    "place": {"en": "Published", "ja": "公表順位"},
    "share": {"en": "Share", "ja": "割合"},
    "ranks": {"en": "Ranks", "ja": "順位"},
    "first": {"en": "P(1st)", "ja": "1位の確率"},
    "claims": {"en": "Claims", "ja": "主張"},
    "claim": {"en": "Claim", "ja": "主張"},
    "verdict": {"en": "Verdict", "ja": "判定"},
    "top": {"en": "top", "ja": "上位"},
    "bottom": {"en": "bottom", "ja": "下位"},
    "set": {"en": "P(published set is the true one)", "ja": "公表された組が真の組である確率"},
    "power": {"en": "Power now", "ja": "現在の検出力"},
    "needed": {"en": "n needed", "ja": "必要数"},
    "allocated": {"en": "Total, equal / best", "ja": "総数(均等/最適)"},
    "assured": {"en": "n assured", "ja": "保証数"},
    "plan": {
        "en": "Respondents that would settle each claim: of each group, or of all",
        "ja": "主張ごとの必要回答者数(グループごと、または全体)",
    },
    "detectable": {
        "en": "Smallest difference between two typical groups that this survey finds",
        "ja": "典型的な2グループの間で、この調査が検出できる最小の差",
    },
    "measure": {"en": "Measure", "ja": "指標"},
    "one": {"en": "one test", "ja": "1回の検定"},
    "pairs": {"en": "all pairs", "ja": "全ての組"},
    "misprint": {"en": "Probability", "ja": "誤植の確率"},
    "misprints": {
        "en": "Figures that are most probably misprinted",
        "ja": "誤植の可能性が最も高い公表値",
    },
    "figure": {"en": "Figure", "ja": "項目"},
    "printed": {"en": "Printed", "ja": "公表値"},
    "right": {"en": "Right, if misprinted", "ja": "誤植の場合の正しい値"},
    "release": {"en": "How the release was computed", "ja": "公表値の計算方法"},
    "respondents": {
        "en": "Respondents in all: {n:,} ({probability})",
        "ja": "回答者の総数: {n:,} ({probability})",
    },
    "refused_total": {
        "en": "The overall figures alone give {n:,} respondents, which the groups' figures rule "
        "out: some figure may be misprinted or of another base. total = {n} in the file says which "
        "are at odds.",
        "ja": "全体の値だけからは総数 {n:,} となるが、グループ別の値と両立しない。誤植か、基数の"
        "異なる値がある可能性がある。ファイルに total = {n} と書くと、矛盾する値が示される。",
    },
}
MISPRINTS_SHOWN = 5  # figures in the table on a terminal
WEIGHTED = {
    "en": "The percentages are weighted: they tell hardly anything of sample sizes, which rest on "
    "the total, published sizes and the prior; rounding is not tested.",
    "ja": "割合はウェイト付き集計値であり、標本サイズの情報をほとんど持たない。標本サイズは総数、"
    "公表された人数、事前分布だけに基づき、丸め方の検査は行わない。",
}
PLAN_MARGIN = 62  # columns of numbers beside a claim in the table of a plan
CLAIM_MARGIN = 29  # columns of a claim's line for p, probability and the space between
COLOURS = {
    "supported": "green",
    "not supported": "yellow",
    "contradicted": "red",
    "undetermined": "bright_black",
}


def rounded(value: float, digits: int = 1) -> str:
    """Return a proportion as a percentage with `digits` decimals."""
    return f"{100 * value:.{digits}f}%"


def new_grid(title: str, headers: Sequence[str], right: Sequence[int] = ()) -> Any:
    """Return an empty table of rich with its columns; those in `right` hold numbers."""
    from rich import box
    from rich.table import Table

    grid = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for i, header in enumerate(headers):
        grid.add_column(header, justify="right" if i in right else "left", overflow="fold")
    return grid


CONVENTIONS = {
    "rounded_sum": {
        "en": "the share of several answers is rounded from their summed counts",
        "ja": "複数の回答の合計割合は、人数を足してから丸めた値である",
    },
    "sum_of_rounded": {
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
    "forced": {
        "en": "shares of a whole distribution are forced to sum to 100",
        "ja": "内訳の割合は、合計が100になるよう調整されている",
    },
    "half_up": {"en": "halves are rounded up", "ja": "端数は四捨五入である"},
    "half_even": {"en": "halves are rounded to even", "ja": "端数は偶数への丸めである"},
    "truncate": {"en": "shares are truncated", "ja": "端数は切り捨てである"},
    "ceiling": {"en": "shares are rounded up", "ja": "端数は切り上げである"},
    "double": {"en": "shares are rounded twice", "ja": "端数は二段階で丸められている"},
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
        quoted = {"en": f'"{question}": ', "ja": f"「{question}」:"}[lang]
        return quoted + CONVENTIONS[value][lang]
    base = base_label(survey, value, lang)
    return {
        "en": f'"{question}" is a share of: {base}',
        "ja": f"「{question}」の母数は「{base}」である",
    }[lang]
