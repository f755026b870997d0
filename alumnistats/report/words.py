"""Every sentence and label of the page, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import bidirectional

Words = dict[str, str]
"""One text by language: keys "en" and "ja"."""

LANGUAGES = ("en", "ja")


def _isolated(text: str) -> str:
    """Return a text with isolating marks if parts of it are written from right to left."""
    if any(bidirectional(character) in ("R", "AL") for character in text):
        return f"\u2068{text}\u2069"
    return text


def words(en: str, ja: str, **values: Any) -> Words:
    """Return a text in both languages; `{name}` is filled by a value, or by a value's language."""
    filled = {}
    for lang, text in zip(LANGUAGES, (en, ja), strict=True):
        own = {k: _isolated(v[lang]) if isinstance(v, Mapping) else v for k, v in values.items()}
        filled[lang] = text.format(**own) if values else text
    return filled


MARKS = {"supported": "✓", "not supported": "–", "contradicted": "✕", "undetermined": "?"}
"""Shown before a verdict, so that its colour is not all that tells it."""

MEANINGS: dict[str, Words] = {
    "supported": words(
        "its one-sided test rejects in nearly all solutions, and its probability reaches the "
        "level: the intervals shown exclude its opposite.",
        "ほぼすべての解で片側検定の帰無仮説が棄却され、確率も水準に達する。表示された区間は反対の"
        "主張を含まない。",
    ),
    "not supported": words(
        "the data allow it, but chance explains them too; it may still be true.",
        "データは主張と矛盾しないが、偶然でも説明できる。誤りという意味ではない。",
    ),
    "contradicted": words(
        "it fails among the respondents in every solution, or its opposite is established; the "
        "sentence says which.",
        "どの解でも回答者の中で成り立たないか、母集団では反対のことが示されている。どちらであるかは"
        "根拠の文に記す。",
    ),
    "undetermined": words(
        "what is published cannot decide it, or gives only bounds that leave it open.",
        "公表された内容だけでは決まらないか、上限や下限しか分からず判定が定まらない。",
    ),
}

WORDS: dict[str, Words] = {
    "check": words("An independent check of: {title}", "独立検証：{title}"),
    "drawn": words(
        "Published shares and estimates differ because a group's estimate is drawn towards the "
        "other groups, the more so the fewer respondents it has.",
        "公表値と推定値が異なるのは、各グループの推定値が他のグループの値に引き寄せられるためで、"
        "回答者が少ないグループほどその幅は大きい。",
    ),
    "caveat": words(
        "Every sentence on a population takes the respondents for a random sample of it. Who "
        "answers a panel, how quotas were filled and how large the groups are in the population "
        "is not in the figures. Answers are those of persons: where a claim speaks of companies "
        "or households, several persons may have answered for the same one.",
        "母集団に関する記述は、回答者を無作為標本とみなしたものである。パネルの回答者の偏り、割当の"
        "満たし方、母集団での各グループの大きさは、公表値からは分からない。回答の単位は個人であり、"
        "主張が企業や世帯についてのものでも、同じ企業や世帯から複数の人が回答している可能性がある。",
    ),
    "pairs": words(
        "p, adjusted: by Holm's method for all pairs of the measure, because among many pairs some "
        "differ by chance alone. Significant in: the share of the solutions, which are sizes and "
        "counts that agree with the published figures, in which the adjusted p is small enough.",
        "p（調整後）：組の数が多いと偶然だけで差が出る組もあるため、その指標のすべての組についてホルム法で"
        "調整した値。有意となる割合：公表値と整合するサイズと人数の組み合わせ（解）のうち、調整後のpが"
        "十分に小さいものの割合。",
    ),
    "bounds": words(
        "Groups may be weighted in any way that the survey file's bounds of their parts of the "
        "population admit; then the population's shares are: {shares}.",
        "母集団に占める各グループの割合は、調査ファイルに記載された範囲しか分からない。その範囲で重みをどう定めても、"
        "母集団での割合は次のとおりである：{shares}。",
    ),
    "skip": words("Skip to the verdicts", "判定へ移動"),
    "language": words("Language", "言語"),
    "contents": words("Contents", "目次"),
    "published": words("Published by", "公表者"),
    "address": words("Source", "出典"),
    "cite": words("To cite the survey", "調査の引用"),
    "population": words("Population", "対象"),
    "fielded": words("Fieldwork", "調査期間"),
    "collected": words("Collected", "調査方法"),
    "respondents": words("Respondents", "回答者数"),
    "verdicts": words("Verdicts", "判定"),
    "rankings": words("Rankings", "順位"),
    "sizes": words("Sample sizes", "標本サイズ"),
    "comparisons": words("Comparisons", "比較"),
    "method": words("Method", "方法"),
    "downloads": words("Downloads", "ダウンロード"),
    "no_claims": words(
        "The survey file states no claims, so there is nothing to judge.",
        "調査ファイルに主張がないため、判定はない。",
    ),
    "no_ranked": words(
        "Nothing is published by group, so no groups are ranked or compared.",
        "グループ別の数値が公表されていないため、順位も比較もない。",
    ),
    "conventions": words("How the release was computed", "公表値の計算方法"),
    "settings": words("Settings", "設定"),
    "steps": words(
        "Sizes and counts are inferred jointly from every printed figure and ranking: exact "
        "integer rounding, a prior on sample sizes, and candidate conventions. Everything after "
        "is averaged over these solutions by their probability. Shares are estimated by the model "
        "named below; ranks have marginal and simultaneous confidence sets (Mogstad, Romano, "
        "Shaikh and Wilhelm; exact ones for small counts) and posterior distributions.",
        "標本サイズと人数は、公表されたすべての割合と順位から、整数による厳密な丸め、標本サイズの"
        "事前分布、計算方法の候補のもとで同時に推定した。以降の結果は、これらの解を確率で重みづけた平均である。割合は"
        "下記のモデルで推定し、順位は個別および同時の信頼集合（Mogstad, Romano, Shaikh, Wilhelm の"
        "方法。人数が少ない場合は正確法）と事後分布で示した。",
    ),
    "limits": words(
        "What no table shows: whether the respondents represent the population, and whether the "
        "answers were weighted. Recovered sizes depend on their prior.",
        "表に現れないもの：回答者が母集団を代表しているか、回答に重みづけがあったか。復元したサイズは"
        "事前分布に依存する。",
    ),
    "files": words(
        "The tables behind this page as CSV files (UTF-8, one row a fact). They are inside this "
        "file; saving them needs no network.",
        "このページのもとになった表（CSV形式、UTF-8、1行に1件）。このファイルに含まれており、保存に"
        "通信は必要ない。",
    ),
    "made_by": words("Computed by ", "計算："),
    "survey_file": words("SHA-256 of the survey file: ", "調査ファイルのSHA-256："),
    "bounds_only": words(
        "≤ and ≥: only a bound is known; two numbers: only a range.",
        "≤は上限だけ、≥は下限だけ、二つの数は範囲だけが分かっていることを示す。",
    ),
    "explore": words("Other choices", "別の選択での判定"),
    "explore_said": words(
        "The verdicts rest on choices that could have been made otherwise. {n} analyses were "
        "computed, each with other choices. Choose some, and see what becomes of the verdicts; at "
        "first, all are as usual.",
        "判定は、別のやり方もありうる選択に基づいている。ここでは選択を変えた{n}通りの分析を"
        "計算してある。選択を変えると、そのときの判定が表示される。最初は標準の選択である。",
    ),
    "choices": words("Choices that verdicts depend on", "判定を左右する選択"),
    "other_choices": words(
        "Choices that change no verdict by themselves", "単独では判定を変えない選択"
    ),
    "back": words("All as usual", "標準の選択に戻す"),
    "set_back": words(
        "Not computed together with this choice, and therefore changed: ",
        "この選択との組み合わせは計算されていないため、変更した選択：",
    ),
    "no_change": words(
        "No verdict differs from those of the usual choices.",
        "標準の選択のときと異なる判定はない。",
    ),
    "changes": words(
        "Verdicts that differ from those of the usual choices:",
        "標準の選択のときと異なる判定：",
    ),
    "failed": words(
        "No verdicts: with this choice the published figures contradict each other, or the "
        "analysis failed.",
        "判定なし：この選択では公表値が互いに矛盾するか、分析が失敗した。",
    ),
    "no_result": words("no result", "結果なし"),
    "explore_table": words(
        "Every claim under the usual choices and under those chosen above. Stays: in how many "
        "analyses it keeps the verdict of the usual choices.",
        "標準の選択と、上で選んだ選択のときの各主張の判定。維持：標準の選択のときと判定が変わらない"
        "分析の数。",
    ),
    "download": words("Download", "保存"),
}

READING: dict[str, Words] = {
    "p": words(
        "of the test whose rejection would establish the claim: how often chance alone gives "
        "figures that speak as much for it. Small values speak for the claim.",
        "主張を確かめる検定のp値。偶然だけでこれほど主張に有利な数値が得られる確率で、小さいほど"
        "主張を裏づける。",
    ),
    "holm": words(
        "the same by Holm's method, which allows for the number of distinct tests: of many tests, "
        "some succeed by chance alone. Verdicts rest on p; this says what is left of a claim "
        "among all the others.",
        "検定の数が多いと偶然だけで成功する検定もあるため、異なる検定の数についてホルム法で調整した"
        "p値。判定は調整前のpにより、この値は他の主張と併せて見たときの強さを示す。",
    ),
    "probability": words(
        "posterior probability that the claim holds in the population.",
        "主張が母集団で成り立つ事後確率。",
    ),
    "factor": words(
        "by how much the figures multiply the odds of the claim. A ranking that is one of hundreds "
        "may have a large factor and a small probability.",
        "公表値によって主張のオッズが何倍になるか。多数の候補の一つである順位の主張では、これが"
        "大きくても確率は小さいことがある。",
    ),
}
"""What the numbers beside a claim mean, by column."""

COLUMNS: dict[str, Words] = {
    "verdict": words("Verdict", "判定"),
    "claim": words("Claim", "主張"),
    "usual": words("Usual choices", "標準の選択"),
    "chosen": words("Your choices", "選んだ選択"),
    "stays": words("Stays", "維持"),
    "depends_on": words("Depends on", "判定を左右する選択"),
    "p": words("p", "p"),
    "probability": words("Probability", "確率"),
    "holm": words("p, adjusted", "p（調整後）"),
    "factor": words("Bayes factor", "ベイズ因子"),
    "group": words("Group", "グループ"),
    "published": words("Published", "公表値"),
    "place": words("Published place", "公表順位"),
    "share": words("Share", "割合"),
    "interval": words("{level} interval", "{level}区間"),
    "each": words("Ranks, each", "順位（個別）"),
    "every": words("Ranks, all at once", "順位（同時）"),
    "expected": words("Expected rank", "期待順位"),
    "first": words("P(first)", "1位の確率"),
    "n": words("n", "n"),
    "against": words("against", "比較相手"),
    "difference": words("Difference, points", "差（ポイント）"),
    "adjusted": words("p, adjusted", "p（調整後）"),
    "significant": words("Significant in", "有意となる割合"),
    "greater": words("P(greater)", "上回る確率"),
    "convention": words("Convention", "計算方法"),
    "setting": words("Setting", "設定"),
    "value": words("Value", "値"),
    "file": words("File", "ファイル"),
    "holds": words("What it holds", "内容"),
    "row_count": words("Rows", "行数"),
}

FILES: dict[str, Words] = {
    "sample_sizes": words("sample size of each group", "グループ別の標本サイズ"),
    "conventions": words("how the release was computed", "公表値の計算方法"),
    "counts": words("count of each group, by measure", "指標・グループ別の人数"),
    "estimates": words("share of each group, by method", "方法別の各グループの割合"),
    "omnibus": words("tests that all groups are equal", "全グループが等しいという仮説の検定"),
    "comparisons": words("all pairs of groups", "グループのすべての組"),
    "ranks": words("published places beside rank sets", "公表順位と順位の信頼集合・信用集合"),
    "claims": words("claims with verdicts and grounds", "主張と判定、その根拠"),
    "misprints": words("figures that may be misprints", "誤植の可能性がある数値"),
    "total": words("how many respondents there were", "回答者の総数"),
}  # fmt: skip

SETTINGS: dict[str, Words] = {
    "level": words("level of intervals, sets and verdicts", "区間・集合・判定の水準"),
    "model": words("model of the shares", "割合のモデル"),
    "engine": words("engine", "計算法"),
    "sizes": words("prior on sample sizes", "標本サイズの事前分布"),
    "solutions": words("solutions", "解の数"),
    "ess": words("effective solutions", "有効な解の数"),
    "seed": words("seed", "乱数シード"),
}

OMNIBUS: dict[str, Words] = {
    "chi-square": words("chi-square", "カイ二乗検定"),
    "likelihood-ratio": words("likelihood ratio", "尤度比検定"),
    "exact-monte-carlo": words("exact Monte Carlo", "モンテカルロ正確検定"),
}
