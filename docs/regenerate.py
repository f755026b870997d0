"""Rebuild what the README shows (pictures, table) and the pages' tables of measured results.

Run ``python docs/regenerate.py``; with ``--check`` nothing is written, and the exit status is 1
when the README's block is not what the package computes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd

from alumnistats.analysis import Analysis, analyze
from alumnistats.brief import probability_text
from alumnistats.claims import VERDICT_LABELS, range_text, tally
from alumnistats.figures import (
    figure_bytes,
    plot_calibration,
    plot_error_rates,
    plot_overview,
    read_rates,
)
from alumnistats.figures.error_rates import KIND_LABELS
from alumnistats.figures.rank_distribution import figure_size
from alumnistats.ranking import rank
from alumnistats.simulation.verdicts import ALL, CHOSEN, UNEQUAL_KIND
from alumnistats.style import new_axes, styled
from alumnistats.tables.analysis import finding
from alumnistats.tables.words import WORDS

ROOT = Path(__file__).resolve().parents[1]
SHOWN = ("headline", "summary")  # claims of the release that its readers meet first
BEGIN, END = "<!-- computed:begin -->", "<!-- computed:end -->"
RATES = ROOT / "benchmarks" / "results" / "verdicts.csv"
RATES_BEGIN, RATES_END = "<!-- error rates:begin -->", "<!-- error rates:end -->"
RATES_HEADS = {
    "en": (
        "claim", "false, chosen by its own figures: supported",
        "false, chosen by an earlier survey: supported", "false, just beyond the truth: supported",
        "true, chosen by its own figures: supported",
    ),
    "ja": (
        "主張", "自らの数値から選んだ誤った主張の支持率", "以前の調査から選んだ誤った主張の支持率",
        "真値をわずかに外れた誤った主張の支持率", "自らの数値から選んだ正しい主張の支持率",
    ),
}  # fmt: skip
NONE = {"en": "none", "ja": "なし"}
RATES_PAGE = ROOT / "docs" / "methods" / "error-rates.md"


SIZES = {
    "en": (
        (
            "Recovered sample sizes, with their probabilities: {same} industries {n} each ({low} "
            "or more), {others}."
        ),
        "{group} {n} ({p})",
        ", ",
    ),
    "ja": (
        "復元された標本サイズ（括弧内は確率）：{same}業界は各{n}人（{low}以上）、{others}。",
        "{group}{n}人（{p}）",
        "、",
    ),
}


def sizes_sentence(analysis: Analysis, lang: str = "en") -> str:
    """Return one sentence on the recovered sizes."""
    whole, one, comma = SIZES[lang]
    table = analysis.sample_sizes
    common = int(table["mode"].value_counts().index[0])
    same = table[table["mode"] == common]
    others = table[table["mode"] != common]
    parts = [
        one.format(
            group=analysis.survey.label(r["group"], lang), n=r["mode"],
            p=probability_text(r["probability"]),
        )
        for r in others.to_dict("records")
    ]  # fmt: skip
    low = probability_text(float(same["probability"].min()))
    return whole.format(same=len(same), n=common, low=low, others=comma.join(parts))


def block(analysis: Analysis) -> str:
    """Return the computed part of the README."""
    lines = [sizes_sentence(analysis), "", "| claim | verdict | p | probability |"]
    lines.append("| --- | --- | ---: | ---: |")
    for judged in analysis.judged:
        if any(place.startswith(SHOWN) for place in judged.claim.at):
            grounds = judged.grounds
            p, probability = (range_text(found) for found in (grounds.p, grounds.posterior))
            lines.append(f"| {judged.claim.text.en} | {judged.verdict} | {p} | {probability} |")
    found = tally(analysis.judged, analysis.level)
    verdicts = [judged.verdict for judged in analysis.judged]
    parts = ", ".join(f"{verdicts.count(name)} {name}" for name in VERDICT_LABELS)
    last = (
        f"Of all {found.claims} claims, {found.distinct} of them distinct: {parts}. Distinct "
        f"claims supported: {found.supported}; with p-values adjusted for the release's distinct "
        f"tests: {found.holm} by Holm's method, {found.bh} by that of Benjamini and Hochberg."
    )
    return "\n".join([*lines, "", last])


def japanese_block(analysis: Analysis) -> str:
    """Return the computed part of the Japanese README."""
    lines = ["| 主張 | 判定 | p | 確率 |", "| --- | --- | ---: | ---: |"]
    for judged in analysis.judged:
        if any(place.startswith(SHOWN) for place in judged.claim.at):
            verdict, grounds = VERDICT_LABELS[judged.verdict]["ja"], judged.grounds
            p, probability = (range_text(found) for found in (grounds.p, grounds.posterior))
            lines.append(f"| {judged.claim.text.ja} | {verdict} | {p} | {probability} |")
    found = tally(analysis.judged, analysis.level)
    last = WORDS["adjusted"]["ja"].format(k=found.supported, holm=found.holm, bh=found.bh)
    first = [f"{finding(analysis, 'ja')}。", "", sizes_sentence(analysis, "ja")]
    return "\n".join([*first, "", *lines, "", f"{last}。"])


def rate_text(row: pd.Series, name: str, lang: str) -> str:
    """Return a rate with its interval and the number that it is of, such as "0.4% (0.0 to 2.1)"."""
    rate, low, high = (100 * row[c] for c in (name, f"{name}_lower", f"{name}_upper"))
    if pd.isna(rate):
        return NONE[lang]
    of = int(row["true"] if name.startswith("true") else row["claims"] - row["true"])
    if lang == "ja":
        return f"{rate:.1f}%（{low:.1f}〜{high:.1f}、{of:,}件中）"
    return f"{rate:.1f}% ({low:.1f} to {high:.1f}) of {of:,}"


def rates_table(rates: pd.DataFrame, lang: str) -> str:
    """Return the error rates of verdicts by kind of claim, over all cells of the design."""
    every = rates[rates["factor"] == ALL].set_index(["kind", "chosen"])
    lines = ["| " + " | ".join(RATES_HEADS[lang]) + " |", "| --- | ---: | ---: | ---: | ---: |"]
    for kind, label in KIND_LABELS.items():
        cells = [
            rate_text(every.loc[kind, chosen], "false_supported", lang)
            if (kind, chosen) in every.index
            else NONE[lang]
            for chosen in CHOSEN
        ]
        cells.append(rate_text(every.loc[kind, CHOSEN[0]], "true_supported", lang))
        lines.append("| " + " | ".join([label[lang], *cells]) + " |")
    return "\n".join(lines)


def schools_table(rates: pd.DataFrame) -> str:
    """Return what each school alone would have supported of false claims, by kind."""
    every = rates[rates["factor"] == ALL].set_index(["kind", "chosen"])
    heads = ["claim", "own: test", "own: posterior", "beyond: test", "beyond: posterior",
             "own, supported: false"]  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for kind, label in KIND_LABELS.items():
        texts = []
        for chosen in (CHOSEN[0], CHOSEN[-1]):
            for name in ("false_by_test", "false_by_posterior"):
                share = every[name].get((kind, chosen))
                texts.append("none" if pd.isna(share) else f"{100 * share:.1f}%")
        own = every.loc[kind, CHOSEN[0]]
        of = int(own["supported"])
        texts.append(f"{round(own['wrong_of_supported'] * of)} of {of:,}" if of else "none")
        lines.append("| " + " | ".join([label["en"], *texts]) + " |")
    return "\n".join(lines)


def levels_table(rates: pd.DataFrame) -> str:
    """Return the rates of all kinds together, by level of each factor."""
    once = rates[rates["kind"] != UNEQUAL_KIND]
    counts = once.assign(
        false=once["claims"] - once["true"],
        wrong=(once["false_supported"] * (once["claims"] - once["true"])).fillna(0),
        right=(once["true_supported"] * once["true"]).fillna(0),
    )
    columns = ["false", "wrong", "true", "right"]
    sums = counts.groupby(["factor", "level", "chosen"], sort=False)[columns].sum()
    heads = ["factor", "level", *(head.partition(": ")[0] for head in RATES_HEADS["en"][1:])]
    lines = ["| " + " | ".join(heads) + " |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    for factor, level in dict.fromkeys(zip(once["factor"], once["level"], strict=True)):
        every = [sums.loc[(factor, level, chosen)] for chosen in CHOSEN]
        texts = [f"{100 * one['wrong'] / one['false']:.2f}%" for one in every]
        texts.append(f"{100 * every[0]['right'] / every[0]['true']:.1f}%")
        lines.append("| " + " | ".join([factor, level, *texts]) + " |")
    return "\n".join(lines)


def between(text: str, computed: str, begin: str, end: str) -> str:
    """Return a text with what stands between two marks anew."""
    head, rest = text.split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}\n{computed}\n{end}{tail}"


def with_block(text: str, computed: str) -> str:
    """Return a README with its computed part anew."""
    return between(text, computed, BEGIN, END)


def with_rates(text: str, rates: pd.DataFrame, lang: str) -> str:
    """Return a README or the page of error rates with its table anew."""
    return between(text, rates_table(rates, lang), RATES_BEGIN, RATES_END)


def rates_page(text: str, rates: pd.DataFrame) -> str:
    """Return the page of error rates with all its tables anew."""
    for name, table in (("schools", schools_table(rates)), ("levels", levels_table(rates))):
        text = between(text, table, f"<!-- {name}:begin -->", f"<!-- {name}:end -->")
    return with_rates(text, rates, "en")


def with_tables(text: str) -> str:
    """Fill each ``<!-- table:NAME -->`` block of a page from benchmarks/results/NAME.csv."""

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        data = pd.read_csv(ROOT / "benchmarks" / "results" / f"{name}.csv", dtype=str).fillna("")
        rows = ["| " + " | ".join(row) + " |" for row in [data.columns, *data.to_numpy()]]
        rows.insert(1, "|" + " --- |" * len(data.columns))
        return "\n".join([f"<!-- table:{name} -->", *rows, "<!-- table end -->"])

    return re.sub(r"<!-- table:(\w+) -->.*?<!-- table end -->", filled, text, flags=re.DOTALL)


def rank_pictures() -> dict[str, bytes]:
    """Return the pictures of the page on ranks, of its example, by name."""
    counts = [49, 46, 42, 42, 33, 31, 30, 28, 27, 22, 21, 18]
    ranks = rank(count=counts, nobs=[103] * 12)
    names = {group: f"Group {group}" for group in ranks.groups}
    places = {"highest": {"1": 1, "2": 2, "3": 3, "4": 3}, "lowest": {"12": 1, "11": 2, "10": 3}}
    with styled("en"):
        first, second = (new_axes(*figure_size(12)) for _ in range(2))
    ranks.plot_intervals(places, ax=first, labels=names)
    ranks.plot_comparisons(["1", "6"], ax=second, labels=names)
    axes = {"rank-intervals-k12": first, "comparisons-k12": second}
    return {name: figure_bytes(ax.figure, "en", "png") for name, ax in axes.items()}


def main() -> int:
    """Write or check the README's block and the pictures."""
    analysis = analyze()
    rates = read_rates(RATES)
    blocks = {"README.md": (block, "en"), "README.ja.md": (japanese_block, "ja")}
    stale = False
    for name, (computed, lang) in blocks.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        fresh = with_rates(with_block(text, computed(analysis)), rates, lang)
        if "--check" not in sys.argv[1:]:
            (ROOT / name).write_text(fresh, encoding="utf-8")
        elif fresh != text:
            stale = True
            sys.stderr.write(f"{name} is out of date: run python docs/regenerate.py\n")
    if "--check" in sys.argv[1:]:
        return int(stale)
    for page in sorted((ROOT / "docs").rglob("*.md")):
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
    page = RATES_PAGE.read_text(encoding="utf-8")
    RATES_PAGE.write_text(rates_page(page, rates), encoding="utf-8")
    images = ROOT / "docs" / "images"
    values = pd.read_csv(ROOT / "benchmarks" / "results" / "calibration_values.csv")
    for name, picture in rank_pictures().items():
        (images / f"{name}.png").write_bytes(picture)
    for lang in ("en", "ja"):
        picture = figure_bytes(plot_overview(analysis, lang), lang, "png")
        (images / f"overview-{lang}.png").write_bytes(picture)
        picture = figure_bytes(plot_calibration(values, lang=lang).figure, lang, "png")
        (images / f"calibration-{lang}.png").write_bytes(picture)
        picture = figure_bytes(plot_error_rates(rates, lang=lang).figure, lang, "png")
        (images / f"error-rates-{lang}.png").write_bytes(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
