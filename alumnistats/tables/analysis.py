"""An analysis on a terminal: sizes, rankings, claims."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.analysis.pipeline import BESIDE
from alumnistats.brief import probability_text
from alumnistats.claims import VERDICT_LABELS, range_text, tally
from alumnistats.claims.outcome import one_sided
from alumnistats.style import level_text
from alumnistats.tables.reconstruction import print_reconstruction
from alumnistats.tables.words import (
    COLOURS,
    WORDS,
    Whole,
    group_names,
    new_grid,
    rounded,
)
from alumnistats.tables.wrapping import room_beside, wrapped

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, RenderableType

    from alumnistats.analysis import Analysis
    from alumnistats.claims import JudgedClaim

RANK_CLAIMS = ("ranking", "extreme-set")  # kinds that say who is before whom
KINDS = ("marginal", "simultaneous", "posterior")  # of rank ranges
INTERVAL = 3  # its column, from that of the group on


def _published_order(row: Mapping[Any, Any]) -> tuple[bool, float]:
    """Sort places from the top down, then from the bottom up; ranks where there are none."""
    if math.isnan(row["published_place"]):
        return False, row["expected"]
    lowest = row["published_from"] == "lowest"
    return lowest, -row["published_place"] if lowest else row["published_place"]


def _place(row: Mapping[Any, Any], lang: str) -> str:
    """Return a published place in words, or nothing where none is published."""
    if math.isnan(row["published_place"]):
        return ""
    end = WORDS["bottom" if row["published_from"] == "lowest" else "top"][lang]
    return f"{end} {int(row['published_place'])}"


def finding(analysis: Analysis, lang: str) -> str:
    """Return in a sentence how many of the release's statements stand."""
    if not analysis.judged:
        return ""
    tally = Counter(one.verdict for one in analysis.judged)
    parts = [
        WORDS["tally"][lang].format(label=label[lang], n=tally[verdict])
        for verdict, label in VERDICT_LABELS.items()
        if tally[verdict]
    ]
    said = {"n": len(analysis.judged), "parts": WORDS["comma"][lang].join(parts)}
    ranked = [one for one in analysis.judged if one.claim.kind in RANK_CLAIMS]
    if not ranked:
        return WORDS["finding"][lang].format(**said)
    supported = sum(one.verdict == "supported" for one in ranked)
    return WORDS["rank_finding"][lang].format(k=supported, m=len(ranked), **said)


def _listed(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of groups that lists name; of all where no list is published."""
    every = table[table["method"] == "posterior"]
    listed = every[every["published_place"].notna()]
    return listed if len(listed) else every


def ranking_grid(analysis: Analysis, of: str, lang: str) -> RenderableType:
    """Return one measure's published places and shares beside intervals and rank sets.

    Groups that no list names are left to `ranking_notes`; where the survey ranks nothing, as a
    table does not, every group has its line.
    """
    survey, figures = analysis.survey, analysis.survey.figures_of(of)
    table, rows, shares = _by_group(analysis, of)
    names = [WORDS[w][lang] for w in ("group", "printed", "share", "interval", "sets", "first")]
    names[INTERVAL] = names[INTERVAL].format(level=level_text(analysis.level))
    shown = sorted(_listed(table).to_dict("records"), key=_published_order)
    places = [_place(row, lang) for row in shown]
    cells: list[tuple[Any, ...]] = []
    for group in (row["group"] for row in shown):
        ranges = [rows[kind, group] for kind in KINDS]
        numbers = _ranking_cells(figures.get(group), shares[group], ranges)
        cells.append((Whole(survey.label(group, lang)), *numbers))
    first = int(any(places))  # a table of every group ranks nothing
    if first:
        names = [WORDS["place"][lang], *names]
        cells = [(place, *rest) for place, rest in zip(places, cells, strict=True)]
    grid = new_grid(survey.label(of, lang), names, right=range(first + 1, len(names)))
    for i, column in enumerate(grid.columns):
        column.no_wrap = i != first  # the others hold numbers, which stay whole
    for line in cells:
        grid.add_row(*line)
    return grid


def _by_group(
    analysis: Analysis, of: str
) -> tuple[pd.DataFrame, dict[Any, Mapping[Any, Any]], dict[Any, Mapping[Any, Any]]]:
    """Return a measure's ranks: as a table, and by method and group; and its shares by group."""
    table = analysis.ranks[analysis.ranks["of"] == of]
    summary = analysis.pooled[of].summary()
    rows: dict[Any, Mapping[Any, Any]] = {
        (row["method"], row["group"]): row for row in table.to_dict("records")
    }
    return table, rows, {row["group"]: row for row in summary.to_dict("records")}


def _ranking_cells(
    figure: Any, share: Mapping[Any, Any], ranges: Sequence[Mapping[Any, Any]]
) -> tuple[str, ...]:
    """Return a group's printed share, estimate, interval, rank ranges and chance of first."""
    one, both, chances = ranges
    return (
        _printed(figure),
        rounded(share["median"]),
        f"{rounded(share['lower']).rstrip('%')}-{rounded(share['upper'])}",
        f"{one['lower']}-{one['upper']} / {both['lower']}-{both['upper']}",
        probability_text(chances["p_first"]),
    )


def ranking_notes(analysis: Analysis, of: str, lang: str) -> list[str]:
    """Return what stands under a measure's grid: how its lists hold, the groups that none names."""
    table, rows, shares = _by_group(analysis, of)
    listed = _listed(table)
    others = [g for g in analysis.ranked[of].groups if g not in set(listed["group"])]
    return [
        WORDS["ranges"][lang],
        *_notes_on_sets(listed[listed["published_place"].notna()], lang),
        *([_others_text(analysis, others, shares, rows, lang)] if others else []),
        *([text] if (text := drawn_text(analysis, of, lang)) else []),
    ]


def _printed(figure: Any) -> str:
    if figure is None:
        return ""
    return f"{figure.count:,}" if figure.percent is None else f"{figure.percent}%"


def _notes_on_sets(listed: pd.DataFrame, lang: str) -> Iterator[str]:
    for side, members in listed.groupby("published_from", sort=False):
        word = WORDS["bottom" if side == "lowest" else "top"][lang]
        p = probability_text(float(members["p_published_set"].iloc[0]))
        yield WORDS["set"][lang].format(end=word, k=len(members), p=p)


def _others_text(
    analysis: Analysis,
    others: list[str],
    shares: Mapping[Any, Mapping[Any, Any]],
    rows: Mapping[Any, Mapping[Any, Any]],
    lang: str,
) -> str:
    """Return the groups that no list names, in a line: their shares and ranks from end to end."""
    names = group_names(analysis.survey, others, lang)
    mine = [shares[group] for group in others]
    sets = [rows["simultaneous", group] for group in others]
    return WORDS["others"][lang].format(
        k=len(others), names=names,
        low=rounded(min(r["lower"] for r in mine)), high=rounded(max(r["upper"] for r in mine)),
        first=min(r["lower"] for r in sets), last=max(r["upper"] for r in sets),
    )  # fmt: skip


def drawn_text(analysis: Analysis, of: str, lang: str) -> str:
    """Return why estimates differ from published shares: the group that is moved most.

    Empty where no percentage is published by group, or groups are not pooled.
    """
    fit = analysis.pooled[of]
    if analysis.choices.model == BESIDE:
        return ""
    share = fit.summary().set_index("group")["median"]
    printed = {
        group: figure.units / (100 * 10**figure.digits)
        for group, figure in analysis.survey.figures_of(of).items()
        if figure.percent is not None and group in share.index
    }
    if not printed:
        return ""
    group = max(printed, key=lambda one: abs(printed[one] - share[one]))
    sizes = fit.solutions.n[:, fit.groups.index(group)]
    size = np.bincount(sizes, fit.weight).argmax()
    return WORDS["drawn"][lang].format(
        group=analysis.survey.label(group, lang), printed=rounded(printed[group]),
        share=rounded(share[group]), n=int(size),
    )  # fmt: skip


def claims_grid(analysis: Analysis, lang: str, width: int) -> RenderableType:
    """Return every claim that statistics can judge, whole, in lines of `width` columns."""
    from rich.text import Text

    headers = [WORDS["verdict"][lang], WORDS["claim"][lang], "p", WORDS["probability"][lang]]
    grid = new_grid(WORDS["claims"][lang], headers, right=(2, 3))
    for column in grid.columns:
        column.no_wrap = True
    order = list(VERDICT_LABELS)
    judged = sorted(_shown_claims(analysis), key=lambda j: order.index(j.verdict))
    numbers = [(range_text(j.grounds.p), range_text(j.grounds.posterior)) for j in judged]
    verdicts = [label[lang] for label in VERDICT_LABELS.values()]
    beside = [headers[0], *headers[2:]]
    room = room_beside(beside, [(word, *pair) for word in verdicts for pair in numbers], width)
    for row, shown in zip(judged, numbers, strict=True):
        verdict = Text(VERDICT_LABELS[row.verdict][lang], style=COLOURS[row.verdict])
        grid.add_row(verdict, Text(wrapped(row.claim.text.get(lang), room)), *shown)
    return grid


def _shown_claims(analysis: Analysis) -> list[JudgedClaim]:
    return [one for one in analysis.judged if one.claim.kind != "statement"]


def claims_notes(analysis: Analysis, lang: str) -> list[str]:
    """Return what stands under the claims: what supports one, how many are left, how many shown."""
    found, alpha = tally(analysis.judged, analysis.level), one_sided(analysis.level)
    notes = [
        WORDS["grounds"][lang].format(alpha=alpha, rest=1 - alpha),
        WORDS["adjusted"][lang].format(k=found.supported, holm=found.holm, bh=found.bh),
    ]
    shown = len(_shown_claims(analysis))
    if shown < len(analysis.judged):
        notes.append(WORDS["shown"][lang].format(k=shown, n=len(analysis.judged)))
    return notes


def print_analysis(analysis: Analysis, console: Console, lang: str) -> None:
    """Print the summary that a busy reader needs: the finding, sizes, rankings, claims."""
    from rich.text import Text

    title = analysis.survey.title.get(lang)
    console.print(Text(wrapped(title, console.width), style="bold"))
    if found := finding(analysis, lang):
        console.print(Text(wrapped(found, console.width)))
    print_reconstruction(analysis.reconstruction, console, lang)
    for of in analysis.ranked:
        console.print(ranking_grid(analysis, of, lang))
        _print_notes(ranking_notes(analysis, of, lang), console)
    if analysis.judged:
        console.print(claims_grid(analysis, lang, console.width))
        _print_notes(claims_notes(analysis, lang), console)


def _print_notes(notes: Iterable[str], console: Console) -> None:
    from rich.text import Text

    for note in notes:
        console.print(Text(" " + wrapped(note, console.width - 1, "   ")))
    console.print()
