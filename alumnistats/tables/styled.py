"""The main tables in words, as pandas Stylers: for notebooks, papers and spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from alumnistats.brief import probability_text
from alumnistats.claims import VERDICT_LABELS, range_text
from alumnistats.errors import ArgumentError, listed
from alumnistats.style import level_text
from alumnistats.tables.words import WORDS, rounded

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from alumnistats.analysis import Analysis

PUBLISHED = {"en": "Published", "ja": "公表値"}
SETS = {"en": ("Rank, each", "Rank, all at once"), "ja": ("順位（個別）", "順位（同時）")}


def _shown(rows: list[dict[str, Any]], caption: str, align: Literal["left", "right"]) -> Styler:
    import pandas as pd

    from alumnistats.tables.exported import Table

    style = Table(pd.DataFrame(rows)).hide(axis="index").set_caption(caption)
    # An attribute, which is of HTML alone: properties of cells would stand in LaTeX as commands.
    how = f'style="text-align:{align};font-variant-numeric:tabular-nums"'
    return style.set_table_attributes(how)


def styled_sizes(analysis: Analysis, lang: str = "en") -> Styler:
    """Return the sample size of each group with its probability and interval."""
    group, size, probability = (WORDS[w][lang] for w in ("group", "size", "probability"))
    interval = WORDS["interval"][lang].format(level=level_text(analysis.level))
    rows = []
    for row in analysis.sample_sizes.to_dict("records"):
        told = row["probability"] == row["probability"]
        rows.append({
            group: analysis.survey.label(row["group"], lang),
            size: f"{int(row['mode']):,}" if told else WORDS["withheld"][lang],
            probability: probability_text(row["probability"], row["error"]) if told else "",
            interval: f"{int(row['lower']):,} – {int(row['upper']):,}" if told else "",
        })  # fmt: skip
    return _shown(rows, WORDS["sizes"][lang], "right")


def styled_ranks(analysis: Analysis, of: str | None = None, lang: str = "en") -> Styler:
    """Return one measure's published shares beside estimates and ranks, the largest first.

    Raises
    ------
    ArgumentError
        If groups are not compared on `of`.
    """
    measures = list(analysis.ranked)
    of = of if of is not None else measures[0] if measures else ""
    if of not in measures:
        raise ArgumentError("of", of, listed(measures) or "a survey that compares groups")
    survey, table = analysis.survey, analysis.ranks[analysis.ranks["of"] == of]
    sets = {(r["method"], r["group"]): r for r in table.to_dict("records")}
    figures = survey.figures_of(of)
    group, share, first = (WORDS[w][lang] for w in ("group", "share", "first"))
    interval = WORDS["interval"][lang].format(level=level_text(analysis.level))
    rows = []
    shares = analysis.pooled[of].summary().sort_values("median", ascending=False, kind="stable")
    for row in shares.to_dict("records"):
        mine = [sets[kind, row["group"]] for kind in ("marginal", "simultaneous", "posterior")]
        figure = figures.get(row["group"])
        percent = "" if figure is None or figure.percent is None else f"{figure.percent}%"
        rows.append({
            group: survey.label(row["group"], lang),
            PUBLISHED[lang]: percent,
            share: rounded(row["median"]),
            interval: f"{rounded(row['lower'])} – {rounded(row['upper'])}",
            **{n: f"{r['lower']} – {r['upper']}" for n, r in zip(SETS[lang], mine, strict=False)},
            first: probability_text(mine[2]["p_first"]),
        })  # fmt: skip
    return _shown(rows, survey.label(of, lang), "right")


def styled_claims(analysis: Analysis, lang: str = "en") -> Styler:
    """Return every claim with its verdict, p-value and probability, decided ones first."""
    order = list(VERDICT_LABELS)
    verdict, claim, probability = (WORDS[w][lang] for w in ("verdict", "claim", "probability"))
    rows = [
        {
            verdict: VERDICT_LABELS[one.verdict][lang],
            claim: one.claim.text.get(lang),
            "p": range_text(one.grounds.p),
            probability: range_text(one.grounds.posterior),
        }
        for one in sorted(analysis.judged, key=lambda j: order.index(j.verdict))
    ]
    return _shown(rows, WORDS["claims"][lang], "left")
