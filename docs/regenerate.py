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
from alumnistats.figures import figure_bytes, plot_calibration, plot_overview
from alumnistats.figures.rank_distribution import figure_size
from alumnistats.ranking import rank
from alumnistats.style import new_axes, styled
from alumnistats.tables import finding

ROOT = Path(__file__).resolve().parents[1]
SHOWN = ("headline", "summary")  # claims of the release that its readers meet first
BEGIN, END = "<!-- computed:begin -->", "<!-- computed:end -->"


def sizes_sentence(analysis: Analysis) -> str:
    """Return one sentence on the recovered sizes."""
    table = analysis.sample_sizes
    common = int(table["mode"].value_counts().index[0])
    same = table[table["mode"] == common]
    others = table[table["mode"] != common]
    parts = [
        f"{analysis.survey.label(r['group'])} {r['mode']} ({probability_text(r['probability'])})"
        for r in others.to_dict("records")
    ]
    low = probability_text(float(same["probability"].min()))
    return (
        f"Recovered sample sizes, with their probabilities: {len(same)} industries {common} each "
        f"({low} or more), {', '.join(parts)}."
    )


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
    return "\n".join([finding(analysis, "ja"), "", *lines])


def with_block(text: str, computed: str) -> str:
    """Return a README with its computed part anew."""
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{computed}\n{END}{tail}"


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
    blocks = {"README.md": block, "README.ja.md": japanese_block}
    stale = False
    for name, computed in blocks.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        fresh = with_block(text, computed(analysis))
        if "--check" not in sys.argv[1:]:
            (ROOT / name).write_text(fresh, encoding="utf-8")
        elif fresh != text:
            stale = True
            sys.stderr.write(f"{name} is out of date: run python docs/regenerate.py\n")
    if "--check" in sys.argv[1:]:
        return int(stale)
    for page in sorted((ROOT / "docs").rglob("*.md")):
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
    images = ROOT / "docs" / "images"
    values = pd.read_csv(ROOT / "benchmarks" / "results" / "calibration_values.csv")
    for name, picture in rank_pictures().items():
        (images / f"{name}.png").write_bytes(picture)
    for lang in ("en", "ja"):
        picture = figure_bytes(plot_overview(analysis, lang), lang, "png")
        (images / f"overview-{lang}.png").write_bytes(picture)
        picture = figure_bytes(plot_calibration(values, lang=lang).figure, lang, "png")
        (images / f"calibration-{lang}.png").write_bytes(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
