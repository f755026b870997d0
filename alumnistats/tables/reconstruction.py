"""A reconstruction on a terminal: sizes, conventions, misprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.brief import probability_text
from alumnistats.reconstruction import misprints
from alumnistats.reconstruction.convention_words import convention_sentence
from alumnistats.reconstruction.information import withheld_sentence
from alumnistats.tables.words import (
    MISPRINTS_SHOWN,
    WEIGHTED,
    WORDS,
    Whole,
    new_grid,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from alumnistats.reconstruction import Reconstruction


def misprints_grid(recon: Reconstruction, lang: str) -> RenderableType:
    """Return the percentages that are most probably misprinted, the most probable first."""
    headers = [WORDS[w][lang] for w in ("misprint", "figure", "group", "printed", "right")]
    grid = new_grid(WORDS["misprints"][lang], headers, right=(3,))
    table = misprints(recon).sort_values("probability", ascending=False, kind="stable")
    for row in table.head(MISPRINTS_SHOWN).to_dict("records"):
        probability = probability_text(row["probability"], row["error"])
        labels = [recon.survey.label(row[what], lang) for what in ("of", "group")]
        grid.add_row(probability, *labels, f"{row['percent']}%", row["right_values"])
    return grid


def sizes_grid(recon: Reconstruction, lang: str) -> RenderableType:
    """Return the recovered sample sizes; groups with one most probable size share a line."""
    grid = new_grid(
        WORDS["sizes"][lang],
        ["n", WORDS["probability"][lang], WORDS["group"][lang]],
        right=(0,),
    )
    comma = {"en": ", ", "ja": "、"}[lang]
    table = recon.sample_sizes
    if all(group.n is not None for group in recon.survey.groups):
        published = WORDS["as_published"][lang]
        for size, members in table.groupby("mode", sort=False)["group"]:
            labels = [recon.survey.label(group, lang) for group in members]
            grid.add_row(f"{size:,}", published, Whole(comma.join(labels)))
        return grid
    for size in table["mode"].value_counts().index:
        rows = table[table["mode"] == size]
        ends = rows.sort_values("probability", kind="stable").iloc[[0, -1]]
        shown = [
            probability_text(*pair) for pair in zip(ends["probability"], ends["error"], strict=True)
        ]
        labels = [recon.survey.label(group, lang) for group in rows["group"]]
        grid.add_row(str(size), " - ".join(dict.fromkeys(shown)), Whole(comma.join(labels)))
    missing = table.loc[table["mode"].isna(), "group"]
    if len(missing):
        labels = [recon.survey.label(group, lang) for group in missing]
        grid.add_row("", WORDS["withheld"][lang], Whole(comma.join(labels)))
    return grid


def conventions_text(recon: Reconstruction, lang: str) -> str:
    """Return the most probable conventions, one a line."""
    lines = [WORDS["release"][lang]]
    best = recon.conventions.sort_values("probability").groupby(["dimension", "subject"]).tail(1)
    for row in best.sort_values("dimension").to_dict("records"):
        clause = convention_sentence(recon.survey, str(row["subject"]), str(row["value"]), lang)
        probability = probability_text(row["probability"], row["error"])
        lines.append(WORDS["clause"][lang].format(clause=clause, p=probability))
    return "\n".join(lines)


def total_text(recon: Reconstruction, lang: str) -> str:
    """Return the most probable number of respondents; empty where it is published or untold."""
    if recon.totals is None or recon.total.empty:
        return ""
    best = recon.total.iloc[0]
    probability = probability_text(float(best["probability"]))
    lines = [WORDS["respondents"][lang].format(n=int(best["total"]), probability=probability)]
    refused = recon.totals.refused()
    if refused is not None:
        lines.append(WORDS["refused_total"][lang].format(n=refused))
    return "\n".join(lines)


def print_reconstruction(recon: Reconstruction, console: Console, lang: str) -> None:
    """Print sizes and, where percentages are printed, conventions."""
    if total := total_text(recon, lang):
        console.print(total, highlight=False)
    console.print(sizes_grid(recon, lang))
    if recon.survey.weighted:
        console.print(WEIGHTED[lang], highlight=False)
    elif recon.recovered_sizes and any(
        figure.percent is not None for figure in recon.survey.figures
    ):
        console.print(conventions_text(recon, lang), highlight=False)
    if recon.recovered_sizes and recon.misprint_prior is not None:
        console.print(misprints_grid(recon, lang))
    if reason := withheld_sentence(recon, lang):
        console.print(reason, highlight=False)
