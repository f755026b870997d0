"""An analysis as one HTML file that needs nothing else: no network, no folder beside it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alumnistats
from alumnistats.claims import VERDICT_LABELS, probability_text
from alumnistats.figures import figure_bytes, plot_claims, plot_proportions, plot_ranks, plot_sizes
from alumnistats.tables import convention_sentence, csv_files, rounded

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis

LANGUAGES = ("en", "ja")
WORST_PAIRS = 10  # comparisons shown for each measure: those with the smallest p-values


def _text(en: str, ja: str) -> dict[str, str]:
    return {"en": en, "ja": ja}


def _labels(analysis: Analysis, of: str) -> dict[str, str]:
    return {lang: analysis.survey.label(of, lang) for lang in LANGUAGES}


def _picture(figures: dict[str, Any], alt: dict[str, str]) -> dict[str, Any]:
    """Return one picture in both languages as data addresses."""
    address = {}
    for lang, axes in figures.items():
        data = base64.b64encode(figure_bytes(axes.figure, lang, "svg")).decode()
        address[lang] = f"data:image/svg+xml;base64,{data}"
    return {"address": address, "alt": alt}


def _claims(analysis: Analysis) -> Iterator[dict[str, Any]]:
    order = list(VERDICT_LABELS)
    for judged in sorted(analysis.judged, key=lambda j: order.index(j.verdict)):
        grounds, claim = judged.grounds, judged.claim
        yield {
            "id": claim.id,
            "text": _text(claim.text.en, claim.text.ja),
            "at": "; ".join(claim.at),
            "verdict": judged.verdict.replace(" ", "-"),
            "label": VERDICT_LABELS[judged.verdict],
            "why": _text(grounds.en, grounds.ja),
            "numbers": [
                "" if value is None else probability_text(value)
                for value in (grounds.in_sample, grounds.p_value, grounds.probability)
            ],
            "needed": _needed(grounds.needed_n),
        }


def _needed(value: float | None) -> str:
    if value is None:
        return ""
    return "∞" if value == float("inf") else f"{value:,.0f}"


def _sizes(analysis: Analysis) -> Iterator[dict[str, Any]]:
    for row in analysis.sample_sizes.to_dict("records"):
        yield {
            "group": _labels(analysis, row["group"]),
            "cells": [
                row["mode"],
                probability_text(row["probability"]),
                f"{row['lower']} - {row['upper']}",
            ],
        }


def _conventions(analysis: Analysis) -> Iterator[dict[str, Any]]:
    for row in analysis.conventions.to_dict("records"):
        if row["probability"] > 0:
            clause = {
                lang: convention_sentence(analysis.survey, row["subject"], row["value"], lang)
                for lang in LANGUAGES
            }
            yield {"clause": clause, "probability": probability_text(row["probability"])}


def _ranking(analysis: Analysis, of: str) -> dict[str, Any]:
    table = analysis.ranks[analysis.ranks["of"] == of]
    rows = {(r["method"], r["group"]): r for r in table.to_dict("records")}
    shares = analysis.pooled[of].summary().sort_values("median", ascending=False)
    figures = analysis.survey.figures_of(of)
    lines = []
    for share in shares.to_dict("records"):
        group = share["group"]
        one, every, seen = (rows[kind, group] for kind in ("marginal", "simultaneous", "posterior"))
        printed = figures[group].percent if group in figures else None
        lines.append(
            {
                "group": _labels(analysis, group),
                "cells": [
                    "" if printed is None else f"{printed}%",
                    rounded(share["median"]),
                    f"{rounded(share['lower'])} - {rounded(share['upper'])}",
                    f"{one['lower']} - {one['upper']}",
                    f"{every['lower']} - {every['upper']}",
                    f"{seen['expected']:.1f}",
                    probability_text(seen["p_first"]),
                ],
            }
        )
    label = _labels(analysis, of)
    return {
        "label": label,
        "rows": lines,
        "pairs": list(_pairs(analysis, of)),
        "pictures": [
            _picture(
                {lang: plot_proportions(analysis, of, lang=lang) for lang in LANGUAGES},
                _text(f"Shares with intervals: {label['en']}", f"割合と区間: {label['ja']}"),
            ),
            _picture(
                {lang: plot_ranks(analysis, of, lang=lang) for lang in LANGUAGES},
                _text(f"Posterior of the ranks: {label['en']}", f"順位の事後分布: {label['ja']}"),
            ),
        ],
    }


def _pairs(analysis: Analysis, of: str) -> Iterator[dict[str, Any]]:
    table = analysis.comparisons
    mine = table[(table["of"] == of) & (table["test"] == "fisher_mid_p")]
    for row in mine.sort_values("p_value").head(WORST_PAIRS).to_dict("records"):
        yield {
            "a": _labels(analysis, row["group_a"]),
            "b": _labels(analysis, row["group_b"]),
            "cells": [
                f"{100 * row['difference']:+.1f}",
                f"{100 * row['lower']:+.1f} - {100 * row['upper']:+.1f}",
                probability_text(row["p_value"]),
                probability_text(row["p_adjusted"]),
                probability_text(row["share_significant"]),
                probability_text(row["probability_a_greater"]),
            ],
        }


def render_html(analysis: Analysis, lang: str = "en") -> str:
    """Return the page of an analysis.

    Parameters
    ----------
    analysis : Analysis
    lang : {"en", "ja"}
        Language shown first; the page holds both and switches between them.

    Returns
    -------
    str
        HTML with styles, figures, tables and the CSV files to download inside it.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("alumnistats.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    survey = analysis.survey
    downloads = {
        name: "data:text/csv;base64," + base64.b64encode(data).decode()
        for name, data in csv_files(analysis.tables()).items()
    }
    verdicts = [j.verdict for j in analysis.judged]
    return environment.get_template("report.html.j2").render(
        lang=lang,
        survey=survey,
        title=_text(survey.title.en, survey.title.ja),
        claims=list(_claims(analysis)),
        tally=[(label, verdicts.count(name)) for name, label in VERDICT_LABELS.items()],
        sizes=list(_sizes(analysis)),
        conventions=list(_conventions(analysis)),
        rankings=[_ranking(analysis, of) for of in analysis.ranked],
        size_picture=_picture(
            {code: plot_sizes(analysis, lang=code) for code in LANGUAGES},
            _text("Recovered sample sizes", "復元した標本サイズ"),
        ),
        claim_picture=_picture(
            {code: plot_claims(analysis, lang=code) for code in LANGUAGES},
            _text("Verdicts and posterior probabilities", "判定と事後確率"),
        )
        if analysis.judged
        else None,
        downloads=downloads,
        level=f"{analysis.level:.0%}",
        facts={
            "engine": analysis.engine,
            "seed": analysis.seed,
            "sizes": analysis.reconstruction.size_prior,
            "solutions": len(analysis.reconstruction.particles.weight),
            "ess": f"{analysis.reconstruction.particles.ess:.0f}",
            "version": alumnistats.__version__,
            "sha256": survey.sha256,
        },
    )


def write_html(analysis: Analysis, path: Path, lang: str = "en") -> Path:
    """Write the page to `path` and return it."""
    path.write_text(render_html(analysis, lang), encoding="utf-8")
    return path
