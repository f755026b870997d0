"""Figures as data addresses, small enough for one page, with what they show in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alumnistats.figures import drawn, figure_bytes
from alumnistats.reconstruction.information import withheld_sentence
from alumnistats.report.layout import Picture
from alumnistats.report.words import LANGUAGES, Words, words
from alumnistats.tables import rounded

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis

LARGEST_MATRIX = 30  # groups: a matrix of more pairs cannot be read on a page
_UNSAFE = {"%": "%25", "#": "%23", "<": "%3C", ">": "%3E", '"': "'", "\n": " "}
_COORDINATES = re.compile(r'( (?:d|x|y|points)=")([^"]*)"')
_MOVES = re.compile(r"translate\(([^)]*)\)")
_GLYPHS = re.compile(r'(id="|href="#)([A-Za-z]+)-([0-9a-f]+")')
_LONG = re.compile(r"(-?\d+\.\d\d)\d+")


def compact_svg(svg: str) -> str:
    """Return a drawing without prologue, metadata and comments, coordinates to a hundredth.

    Letters, of which a drawing has thousands, are called g41 rather than by their font.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s+<", "><", svg)
    svg = _MOVES.sub(lambda move: _LONG.sub(r"\1", move[0]), svg)
    fonts: dict[str, str] = {}
    svg = _GLYPHS.sub(
        lambda m: f"{m[1]}{fonts.setdefault(m[2], 'g' * (len(fonts) + 1))}{m[3]}", svg
    )
    return _COORDINATES.sub(_shorter, svg).strip()


def _shorter(attribute: re.Match[str]) -> str:
    return attribute[1] + _LONG.sub(r"\1", " ".join(attribute[2].split())) + '"'


def svg_address(svg: str) -> str:
    """Return a drawing as a percent-encoded address: smaller than base64.

    Only what would end an attribute or an address is encoded; quotes become apostrophes.
    """
    safe = svg.replace("'", "&#39;")
    return "data:image/svg+xml," + re.sub(r'[%#<>"\n]', lambda m: _UNSAFE[m[0]], safe)


def _picture(
    id: str, title: Words, alt: Words, analysis: Analysis, name: str, of: str | None = None
) -> Picture:
    """Draw one figure of the registry in both languages."""
    address = {}
    for lang in LANGUAGES:
        figure = drawn(name, analysis, of, lang)
        figure.supxlabel("")  # the page names the source once, and type takes much room as paths
        svg = figure_bytes(figure, lang, "svg").decode()
        address[lang] = svg_address(compact_svg(svg))
    return Picture(id, address, title, alt)


def claims_picture(analysis: Analysis, tally: Words) -> Picture:
    """Draw the verdicts; `tally` says how many there are of each."""
    title = words("Verdicts and posterior probabilities", "判定と事後確率")
    alt = words("A line for each claim with its verdict and its posterior probability. {tally}",
                "主張ごとの判定と事後確率の図。{tally}", tally=tally)  # fmt: skip
    return _picture("claims", title, alt, analysis, "claims")


def sizes_picture(analysis: Analysis) -> Picture:
    """Draw the sample sizes."""
    title = words("Sample size of each group", "グループ別の標本サイズ")
    mode = analysis.sample_sizes["mode"].dropna()
    if mode.empty:
        alt = {lang: withheld_sentence(analysis.reconstruction, lang) for lang in LANGUAGES}
        return _picture("sizes", title, alt, analysis, "sizes")
    usual = int(mode.mode().iloc[0])
    facts = {"most": int((mode == usual).sum()), "of": len(mode), "usual": f"{usual:,}"}
    facts |= {"least": f"{mode.min():,}", "largest": f"{mode.max():,}"}
    alt = words(
        "A point and an interval for each group. The most probable sizes run from {least} to "
        "{largest}; for {most} of {of} groups it is {usual}.",
        "グループごとの点と区間の図。最も確からしいサイズは{least}から{largest}で、{of}グループ中"
        "{most}グループは{usual}。",
        **facts,
    )
    return _picture("sizes", title, alt, analysis, "sizes")


def _ends(analysis: Analysis, of: str) -> dict[str, Any]:
    """Return the groups of the highest and the lowest share, with the shares."""
    shares = analysis.pooled[of].summary().sort_values("median", kind="stable")
    found: dict[str, Any] = {}
    for name, row in (("low", shares.iloc[0]), ("high", shares.iloc[-1])):
        label = {lang: analysis.survey.label(row["group"], lang) for lang in LANGUAGES}
        found |= {name: label, f"{name}_share": rounded(row["median"])}
    return found


def ranking_pictures(analysis: Analysis, of: str, id: str, label: Words) -> list[Picture]:
    """Draw one measure's shares and ranks."""
    shares = words(
        "A point and an interval for each group, published values as diamonds. Estimated shares "
        "run from {low_share} ({low}) to {high_share} ({high}).",
        "グループごとの点と区間の図。菱形は公表値。推定された割合は{low_share}（{low}）から"
        "{high_share}（{high}）まで。",
        **_ends(analysis, of),
    )
    table = analysis.ranks[(analysis.ranks["of"] == of) & (analysis.ranks["method"] == "posterior")]
    best = table.sort_values("p_first", kind="stable").iloc[-1]
    first = {lang: analysis.survey.label(best["group"], lang) for lang in LANGUAGES}
    ranks = words(
        "The probability of each rank for each group, with simultaneous confidence sets. Most "
        "likely first: {group}, with probability {p:.2f}.",
        "グループごとの各順位の確率と、同時信頼集合の図。1位の確率が最も高いのは{group}（{p:.2f}）。",
        group=first,
        p=best["p_first"],
    )
    return [
        _picture(f"shares-{id}", words("Shares with intervals: {x}", "割合と区間：{x}", x=label),
                 shares, analysis, "proportions", of),
        _picture(f"ranks-{id}", words("Probabilities of ranks: {x}", "順位の確率：{x}", x=label),
                 ranks, analysis, "ranks", of),
    ]  # fmt: skip


def pair_pictures(
    analysis: Analysis, of: str, id: str, label: Words, found: Words
) -> list[Picture]:
    """Draw one measure's pairs, unless they are too many; `found` says how many differ."""
    if len(analysis.pooled[of].groups) > LARGEST_MATRIX:
        return []
    title = words("Probability that one group exceeds another: {x}", "上回る確率：{x}", x=label)
    alt = words(
        "A matrix of groups: how probable it is that the row's group has the larger share than "
        "the column's. {found}",
        "行のグループの割合が列のグループより大きい確率の行列。{found}",
        found=found,
    )
    return [_picture(f"pairs-{id}", title, alt, analysis, "pairs", of)]
