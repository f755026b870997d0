"""What printed tables say in either language, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from alumnistats.survey import Survey
from alumnistats.tables.wrapping import NARROWEST, wrapped

WORDS = {
    "sizes": {"en": "Sample sizes", "ja": "グループ別の標本サイズ"},
    "group": {"en": "Group", "ja": "グループ"},
    "size": {"en": "n", "ja": "n"},
    "probability": {"en": "Probability", "ja": "確率"},
    "withheld": {"en": "not recovered", "ja": "復元できず"},
    "interval": {"en": "{level} interval", "ja": "{level}区間"},
    "clause": {"en": "{clause} ({p})", "ja": "{clause}（{p}）"},
    "place": {"en": "Place", "ja": "公表順位"},
    "share": {"en": "Share", "ja": "割合"},
    "ranks": {"en": "Ranks", "ja": "順位"},
    "first": {"en": "P(1st)", "ja": "1位の確率"},
    "claims": {"en": "Claims", "ja": "主張"},
    "claim": {"en": "Claim", "ja": "主張"},
    "verdict": {"en": "Verdict", "ja": "判定"},
    "top": {"en": "top", "ja": "上位"},
    "bottom": {"en": "bottom", "ja": "下位"},
    "set": {
        "en": "The {k} published at the {end} are the true {k} with probability {p}.",
        "ja": "公表された{end}{k}グループが真の{end}{k}グループである確率：{p}",
    },
    "sets": {"en": "Rank range", "ja": "順位の範囲"},
    "ranges": {
        "en": "Rank range: of each group by itself / of all groups at once.",
        "ja": "順位の範囲：グループごと／全グループ同時",
    },
    "others": {
        "en": "{k} groups not listed ({names}): shares within {low} - {high}, ranks "
        "{first}-{last}.",
        "ja": "非公表の{k}グループ（{names}）：割合は{low}〜{high}、順位は{first}〜{last}",
    },
    "drawn": {
        "en": "Shares are drawn towards the other groups, the more so the fewer respondents: "
        "{group} from {printed} as published to {share}, with about {n:,}.",
        "ja": "割合は他のグループに引き寄せて推定され、回答者が少ないほどその幅は大きい。{group}は"
        "公表値{printed}に対し{share}（回答者約{n:,}人）",
    },
    "comma": {"en": ", ", "ja": "、"},
    "semicolon": {"en": "; ", "ja": "；"},
    "slash": {"en": " / ", "ja": "／"},
    "sized": {"en": "{n:,}: {names}", "ja": "{n:,}人：{names}"},
    "tally": {"en": "{n} {label}", "ja": "{label}{n}件"},
    "finding": {"en": "Of {n} claims: {parts}.", "ja": "{n}件の主張の内訳：{parts}"},
    "rank_finding": {
        "en": "{k} of {m} statements about rank are supported. Of all {n} claims: {parts}.",
        "ja": "順位に関する{m}件の主張のうち、支持されるのは{k}件。全{n}件の内訳：{parts}",
    },
    "shown": {
        "en": "{k} of {n} claims shown; the others are statements that no figure can judge.",
        "ja": "{n}件の主張のうち{k}件を表示（残りは、数値では判定できない記述）",
    },
    "adjusted": {
        "en": "Distinct claims supported: {k}; with p-values adjusted for the number of distinct "
        "tests: {holm} (Holm), {bh} (Benjamini-Hochberg).",
        "ja": "支持される主張（重複を除く）は{k}件、検定の数についてp値を調整すると{holm}件"
        "（ホルム法）、{bh}件（ベンジャミニ・ホッホベルグ法）",
    },
    "grounds": {
        "en": "p: of the test that would establish the claim. Probability: that the claim holds in "
        "the population. To be supported takes a p of {alpha:g} or less and a probability of "
        "{rest:g} or more.",
        "ja": "p：主張を確かめる検定のp値。確率：主張が母集団で成り立つ事後確率。支持されるのは、"
        "pが{alpha:g}以下で、かつ確率が{rest:g}以上のときに限る",
    },
    "as_published": {"en": "published", "ja": "公表値"},
    "power": {"en": "Power now", "ja": "現在の検出力"},
    "needed": {"en": "n needed", "ja": "必要数"},
    "middle": {"en": "80% range", "ja": "80%範囲"},
    "allocated": {"en": "Total,\nequal / best", "ja": "総数\n（均等／最適）"},
    "assured": {"en": "n assured", "ja": "保証数"},
    "plan": {
        "en": "Respondents that would settle each claim: of each group, or of all",
        "ja": "主張ごとの必要回答者数（グループごと、または全体）",
    },
    "plan_note": {
        "en": "80% range: of the respondents needed, over the solutions. Total: with groups of "
        "equal size / with the best division.",
        "ja": "80%範囲：復元された解ごとの必要数が収まる幅。総数：各グループ同数の場合／"
        "最適に配分した場合",
    },
    "detectable": {
        "en": "Smallest difference between two typical groups that this survey finds, in "
        "percentage points",
        "ja": "典型的な2グループの間で、この調査が検出できる最小の差（ポイント）",
    },
    "measure": {"en": "Measure", "ja": "指標"},
    "one": {"en": "one test", "ja": "1回の検定"},
    "pairs": {"en": "all pairs", "ja": "すべての組"},
    "misprint": {"en": "Probability", "ja": "誤植の確率"},
    "misprints": {
        "en": "Figures that are most probably misprinted",
        "ja": "誤植の可能性が最も高い公表値",
    },
    "figure": {"en": "Figure", "ja": "項目"},
    "printed": {"en": "Printed", "ja": "公表値"},
    "right": {"en": "Right, if misprinted", "ja": "誤植の場合の正しい値"},
    "release": {"en": "How the release was computed", "ja": "公表値の計算方法"},
    "solutions": {
        "en": "Solutions of each measure's own figures (--json: all digits)",
        "ja": "各指標の公表値と両立する解の総数（全桁は--jsonで出力）",
    },
    "number": {"en": "Solutions", "ja": "解の総数"},
    "priors": {
        "en": "Priors on the sample sizes, equally likely beforehand",
        "ja": "標本サイズの事前分布の比較（事前には等確率）",
    },
    "prior": {"en": "Prior", "ja": "事前分布"},
    "modes": {"en": "Most probable sizes", "ja": "最も確からしい標本サイズ"},
    "no solution": {"en": "no solution", "ja": "解なし"},
    "respondents": {
        "en": "Respondents in all: {n:,} ({probability})",
        "ja": "回答者の総数：{n:,}人（{probability}）",
    },
    "refused_total": {
        "en": "The overall figures alone give {n:,} respondents, which the groups' figures rule "
        "out: some figure may be misprinted or of another base. total = {n} in the file says which "
        "are at odds.",
        "ja": "全体の値だけからは総数{n:,}人となるが、グループ別の値と両立しない。誤植か、基数の"
        "異なる値が含まれている可能性がある。ファイルに total = {n} と書くと、矛盾する値が"
        "示される。",
    },
}
MISPRINTS_SHOWN = 5  # figures in the table on a terminal
WEIGHTED = {
    "en": "The percentages are weighted: they tell hardly anything of sample sizes, which rest on "
    "the total, published sizes and the prior; rounding is not tested.",
    "ja": "割合はウェイト付き集計値であり、標本サイズの情報をほとんど持たない。標本サイズは総数、"
    "公表された人数、事前分布だけに基づき、丸め方の検査は行わない。",
}
COLOURS = {
    "supported": "green",
    "not supported": "yellow",
    "contradicted": "red",
    "undetermined": "bright_black",
}


def rounded(value: float, digits: int = 1) -> str:
    """Return a proportion as a percentage with `digits` decimals.

    Examples
    --------
    >>> rounded(0.4783), rounded(0.4783, 0)
    ('47.8%', '48%')
    """
    return f"{100 * value:.{digits}f}%"


def group_names(survey: Survey, groups: Iterable[str], lang: str) -> str:
    """Return names of groups in a line: between semicolons where a name has a comma of its own."""
    names, comma = [survey.label(group, lang) for group in groups], WORDS["comma"][lang]
    apart = "semicolon" if any(comma in name for name in names) else "comma"
    return WORDS[apart][lang].join(names)


@dataclass(frozen=True)
class Whole:
    """A cell of rich whose lines break where the text's language allows it."""

    text: str

    def __rich_measure__(self, console: Any, options: Any) -> Any:
        from rich.measure import Measurement
        from rich.text import Text

        widest = Measurement.get(console, options, Text(self.text)).maximum
        return Measurement(min(NARROWEST, widest), widest)

    def __rich_console__(self, console: Any, options: Any) -> Any:
        from rich.text import Text

        yield Text(wrapped(self.text, options.max_width))


def new_grid(title: str, headers: Sequence[str], right: Sequence[int] = ()) -> Any:
    """Return an empty table of rich with its columns; those in `right` hold numbers.

    Its title takes the width that there is: rich breaks it where the table ends.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    class Grid(Table):
        def __rich_console__(self, console: Any, options: Any) -> Any:
            yield Text(wrapped(title, options.max_width), style="table.title")
            yield from super().__rich_console__(console, options)

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for i, header in enumerate(headers):
        grid.add_column(header, justify="right" if i in right else "left", overflow="fold")
    return grid
