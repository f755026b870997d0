"""A reconstruction on a terminal: sizes, conventions, misprints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from alumnistats.brief import probability_text
from alumnistats.reconstruction import misprints
from alumnistats.reconstruction.convention_words import convention_sentence
from alumnistats.reconstruction.information import (
    beyond_sentence,
    pinning_sentence,
    withheld_sentence,
)
from alumnistats.sensitivity.words import VALUES
from alumnistats.style import level_text
from alumnistats.tables.words import (
    MISPRINTS_SHOWN,
    WEIGHTED,
    WORDS,
    Whole,
    group_names,
    new_grid,
)
from alumnistats.tables.wrapping import print_sentences

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, RenderableType

    from alumnistats.reconstruction import Reconstruction

GRASPED = 10**9  # numbers below it are shown whole


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
    """Return the sample sizes: those published, or those recovered with their intervals."""
    if all(group.n is not None for group in recon.survey.groups):
        return _published_sizes(recon, lang)
    interval = WORDS["interval"][lang].format(level=level_text(recon.level))
    heads = ["n", WORDS["probability"][lang], interval, WORDS["group"][lang]]
    grid = new_grid(WORDS["sizes"][lang], heads, right=(0, 2))
    table = recon.sample_sizes
    for size in table["mode"].value_counts().index:
        alike = table[table["mode"] == size].groupby(["lower", "upper"])
        for (lower, upper), rows in sorted(alike, key=lambda item: item[0][1] - item[0][0]):
            ends = f"{lower:,} – {upper:,}" if lower < upper else f"{lower:,}"
            names = group_names(recon.survey, rows["group"], lang)
            grid.add_row(f"{size:,}", _probabilities(rows), ends, Whole(names))
    missing = table.loc[table["mode"].isna(), "group"]
    if len(missing):
        names = group_names(recon.survey, missing, lang)
        grid.add_row("", WORDS["withheld"][lang], "", Whole(names))
    return grid


def _published_sizes(recon: Reconstruction, lang: str) -> RenderableType:
    heads = ["n", WORDS["probability"][lang], WORDS["group"][lang]]
    grid = new_grid(WORDS["sizes"][lang], heads, right=(0,))
    for size, members in recon.sample_sizes.groupby("mode", sort=False)["group"]:
        names = group_names(recon.survey, members, lang)
        grid.add_row(f"{size:,}", WORDS["as_published"][lang], Whole(names))
    return grid


def _probabilities(rows: pd.DataFrame) -> str:
    """Return the least and the largest probability of groups' sizes; one if they read alike."""
    ends = rows.sort_values("probability", kind="stable").iloc[[0, -1]]
    shown = [
        probability_text(*pair) for pair in zip(ends["probability"], ends["error"], strict=True)
    ]
    return " - ".join(dict.fromkeys(shown))


def conventions_lines(recon: Reconstruction, lang: str) -> list[str]:
    """Return the most probable conventions, a clause each."""
    best = recon.conventions.sort_values("probability").groupby(["dimension", "subject"]).tail(1)
    lines = []
    for row in best.sort_values("dimension").to_dict("records"):
        clause = convention_sentence(recon.survey, str(row["subject"]), str(row["value"]), lang)
        probability = probability_text(row["probability"], row["error"])
        lines.append(WORDS["clause"][lang].format(clause=clause, p=probability))
    return lines


def total_lines(recon: Reconstruction, lang: str) -> list[str]:
    """Return the most probable number of respondents; nothing where it is published or untold."""
    if recon.totals is None or recon.total.empty:
        return []
    best = recon.total.iloc[0]
    probability = probability_text(float(best["probability"]))
    lines = [WORDS["respondents"][lang].format(n=int(best["total"]), probability=probability)]
    refused = recon.totals.refused()
    if refused is not None:
        lines.append(WORDS["refused_total"][lang].format(n=refused))
    return lines


def solutions_grid(recon: Reconstruction, counts: pd.DataFrame, lang: str) -> RenderableType:
    """Return how many solutions each measure has.

    Parameters
    ----------
    recon : Reconstruction
    counts : DataFrame
        Of `reconstruction.solution_counts`.
    lang : {"en", "ja"}
    """
    heads = [WORDS["measure"][lang], WORDS["number"][lang]]
    grid = new_grid(WORDS["solutions"][lang], heads, right=(1,))
    for row in counts.to_dict("records"):
        grid.add_row(Whole(recon.survey.label(row["of"], lang)), _number(row["solutions"]))
    return grid


def _number(solutions: int) -> str:
    """Return a number that may have dozens of digits: whole as long as a reader grasps it."""
    if solutions < GRASPED:
        return f"{solutions:,}"
    digits = str(solutions)
    return f"{digits[0]}.{digits[1:3]} × 10^{len(digits) - 1}"


def priors_grid(recon: Reconstruction, rivals: pd.DataFrame, lang: str) -> RenderableType:
    """Return every prior on sample sizes: how probable, and which sizes it finds most probable.

    Parameters
    ----------
    recon : Reconstruction
    rivals : DataFrame
        Of `reconstruction.from_survey.compare_priors`.
    lang : {"en", "ja"}
    """
    heads = [WORDS[word][lang] for word in ("prior", "probability", "modes")]
    grid = new_grid(WORDS["priors"][lang], heads, right=(1,))
    order = rivals.groupby("sizes")["probability"].first().sort_values(ascending=False)
    for prior, probability in order.items():
        rows = rivals[rivals["sizes"] == prior].dropna(subset="mode")
        modes = _sizes_text(recon, rows, lang) if len(rows) else WORDS["no solution"][lang]
        shown = probability_text(probability) if len(rows) else "0"
        grid.add_row(Whole(VALUES[str(prior)][lang]), shown, Whole(modes))
    return grid


def _sizes_text(recon: Reconstruction, rows: pd.DataFrame, lang: str) -> str:
    """Return groups with their most probable sizes, in a line; those of one size stand together."""
    parts = []
    for size in rows["mode"].unique():
        names = group_names(recon.survey, rows.loc[rows["mode"] == size, "group"], lang)
        parts.append(WORDS["sized"][lang].format(names=names, n=int(size)))
    return WORDS["slash"][lang].join(parts)


def print_reconstruction(recon: Reconstruction, console: Console, lang: str) -> None:
    """Print sizes and, where percentages are printed, conventions."""
    print_sentences(total_lines(recon, lang), console)
    console.print(sizes_grid(recon, lang))
    if recon.survey.weighted:
        print_sentences([WEIGHTED[lang]], console)
    elif recon.recovered_sizes and any(
        figure.percent is not None for figure in recon.survey.figures
    ):
        print_sentences([WORDS["release"][lang]], console)
        print_sentences(conventions_lines(recon, lang), console, " ")
    if recon.recovered_sizes and recon.misprint_prior is not None:
        console.print(misprints_grid(recon, lang))
    reasons = [withheld_sentence(recon, lang), beyond_sentence(recon, lang)]
    print_sentences([reason for reason in reasons if reason], console)


def print_further(
    recon: Reconstruction, tables: Mapping[str, pd.DataFrame], console: Console, lang: str
) -> None:
    """Print what else was asked of a reconstruction.

    Parameters
    ----------
    recon : Reconstruction
    tables : mapping
        With informative_figures, and solutions and size_priors where they were computed.
    console : Console
    lang : {"en", "ja"}
    """
    if pinned := pinning_sentence(recon, tables["informative_figures"], lang):
        print_sentences([pinned], console)
    if "solutions" in tables:
        console.print(solutions_grid(recon, tables["solutions"], lang))
    if "size_priors" in tables:
        console.print(priors_grid(recon, tables["size_priors"], lang))
