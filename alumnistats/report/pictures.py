"""Figures as data addresses, small enough for one page, with what they show in words.

Their letters stay letters: a tenth of the bytes of outlines, and a browser sets Hebrew, Arabic or
emoji as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alumnistats.figures import drawn, figure_bytes
from alumnistats.reconstruction.information import withheld_sentence
from alumnistats.report.layout import Picture
from alumnistats.report.words import LANGUAGES, Words, words
from alumnistats.tables import rounded
from alumnistats.text import file_part

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis
    from alumnistats.figures.registry import Width

WIDTHS: dict[str, Width] = {"wide": "double", "narrow": "single"}
ONLY_WIDE = ("claims",)  # the cards of a phone, and the table in print, say all of it uncut
LARGEST_MATRIX = 30  # groups: a matrix of more pairs cannot be read on a page
_UNSAFE = {"%": "%25", "&": "%26", "#": "%23", "<": "%3C", ">": "%3E", '"': "'", "\n": " "}
_COORDINATES = re.compile(r'( (?:d|x|y|points)=")([^"]*)"')
_MOVES = re.compile(r"(?:translate|rotate)\([^)]*\)")
_UNTURNED = re.compile(r' transform="rotate\(-?0 [^)]*\)"')
_FAMILY = re.compile(r"font-family: [^;\"]*;? ?")
_TEXT = re.compile(r">[^<]+<")
_LONG = re.compile(r"(-?\d+\.\d\d)\d+")
FAMILIES = {
    "en": "DejaVu Sans,Verdana,sans-serif,IPAexGothic,Hiragino Sans,Yu Gothic,Noto Sans CJK JP",
    "ja": "IPAexGothic,Hiragino Sans,Yu Gothic,Meiryo,Noto Sans CJK JP,DejaVu Sans,sans-serif",
}
"""Fonts that letters are drawn with: the one they were laid out for, or others about as wide."""
KEYS = {
    "claims": words(
        "Colour and sign: the verdict. A claim is supported only right of the dashed line; a bar "
        "joins the bounds of a probability that is not known exactly.",
        "色と記号は判定を示す。支持されるには破線より右にあることが必要である。横棒は、正確には"
        "分からない確率の下限と上限を結ぶ。",
    ),
    "sizes": words(
        "Dot: the most probable size, with its probability on the right; bar: the interval.",
        "点は最も確からしいサイズ（右端はその確率）、横棒は区間を示す。",
    ),
    "proportions": words(
        "Diamond: as published; dot and bar: estimated together with the other groups; grey: by "
        "itself.",
        "菱形は公表値、点と横棒は他のグループと合わせた推定値と区間、灰色はグループ単独での推定を"
        "示す。",
    ),
    "ranks": words(
        "The stronger a cell's colour, the more probable the rank. A bracket joins the ranks that "
        "cannot be excluded for the group at {level}, for all groups at once.",
        "色が濃いほどその順位の確率が高い。両端に印のある横線は、全グループ同時の{level}水準で除外できない"
        "順位の範囲を示す。",
    ),
    "pairs": words(
        "Each cell says how probable it is that the row's group has the larger share than the "
        "column's.",
        "各マスは、行のグループの割合が列のグループより大きい確率を示す。",
    ),
}
"""How each figure is read."""


def compact_svg(svg: str, lang: str = "en") -> str:
    """Return a drawing of letters without prologue, metadata, comments and what changes nothing.

    Coordinates are kept to a hundredth; the font is named once, for the whole drawing.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s+<", "><", svg)
    svg = _MOVES.sub(lambda move: _LONG.sub(r"\1", move[0]), _UNTURNED.sub("", svg))
    svg = _TEXT.sub(lambda text: text[0].replace('"', "&quot;"), svg)  # other quotes are delimiters
    svg = _FAMILY.sub("", svg).replace("<svg ", f'<svg font-family="{FAMILIES[lang]}" ', 1)
    return _COORDINATES.sub(_shorter, svg).strip()


def _shorter(attribute: re.Match[str]) -> str:
    return attribute[1] + _LONG.sub(r"\1", " ".join(attribute[2].split())) + '"'


def svg_address(svg: str) -> str:
    """Return a drawing as a percent-encoded address: smaller than base64.

    Only what an attribute or an address would read otherwise is encoded; quotes become apostrophes.
    """
    safe = svg.replace("'", "&#39;")
    return "data:image/svg+xml," + re.sub(r'[%&#<>"\n]', lambda m: _UNSAFE[m[0]], safe)


def drawings(
    picture: Picture, analysis: Analysis, made: Mapping[tuple[str, str, Width], Any]
) -> dict[str, Words]:
    """Return the data addresses of a picture in both languages, in each of its widths.

    Parameters
    ----------
    picture : Picture
    analysis : Analysis
    made : mapping
        Figures that are drawn already, by name of their files, language and width.

    Returns
    -------
    dict of Words
        Key "wide": drawn for a screen; "narrow", if it is shown there at all: for a phone, and for
        half of a printed page.
    """
    found: dict[str, Words] = {}
    for shown, width in WIDTHS.items():
        if shown == "narrow" and picture.kind in ONLY_WIDE:
            continue
        found[shown] = {}
        for lang in LANGUAGES:
            figure = made.get((picture.name, lang, width))
            if figure is None:
                figure = drawn(picture.kind, analysis, picture.of, lang, width)
            svg = figure_bytes(figure, lang, "svg", letters="text").decode()
            found[shown][lang] = svg_address(compact_svg(svg, lang))
    return found


def _picture(
    id: str,
    title: Words,
    alt: Words,
    analysis: Analysis,
    kind: str,
    table: str,
    of: str | None = None,
) -> Picture:
    """Return one figure of the registry with its texts."""
    level = f"{100 * analysis.level:.4g}%"
    key = {lang: text.format(level=level) for lang, text in KEYS[kind].items()}
    name = kind if of is None else f"{kind}-{file_part(of)}"
    return Picture(id, kind, of, title, key, alt, name, table)


def claims_picture(analysis: Analysis, tally: Words) -> Picture:
    """Show the verdicts; `tally` says how many there are of each."""
    title = words("Verdicts and posterior probabilities", "判定と事後確率")
    alt = words("A line for each claim with its verdict and its posterior probability. {tally}",
                "主張ごとの判定と事後確率の図。{tally}", tally=tally)  # fmt: skip
    return _picture("claims", title, alt, analysis, "claims", "claims")


def sizes_picture(analysis: Analysis) -> Picture:
    """Show the sample sizes."""
    title = words("Sample size of each group", "グループ別の標本サイズ")
    mode = analysis.sample_sizes["mode"].dropna()
    if mode.empty:
        alt = {lang: withheld_sentence(analysis.reconstruction, lang) for lang in LANGUAGES}
        return _picture("sizes", title, alt, analysis, "sizes", "sample_sizes")
    usual = int(mode.mode().iloc[0])
    facts = {"most": int((mode == usual).sum()), "of": len(mode), "usual": f"{usual:,}"}
    facts |= {"least": f"{mode.min():,}", "largest": f"{mode.max():,}"}
    alt = words(
        "A point and an interval for each group. The most probable sizes run from {least} to "
        "{largest}; for {most} of {of} groups it is {usual}.",
        "グループごとの点と区間の図。最も確からしいサイズは{least}から{largest}で、"
        "{of}グループのうち{most}グループは{usual}。",
        **facts,
    )
    return _picture("sizes", title, alt, analysis, "sizes", "sample_sizes")


def _ends(analysis: Analysis, of: str) -> dict[str, Any]:
    """Return the groups of the highest and the lowest share, with the shares."""
    shares = analysis.pooled[of].summary().sort_values("median", kind="stable")
    found: dict[str, Any] = {}
    for name, row in (("low", shares.iloc[0]), ("high", shares.iloc[-1])):
        label = {lang: analysis.survey.label(row["group"], lang) for lang in LANGUAGES}
        found |= {name: label, f"{name}_share": rounded(row["median"])}
    return found


def ranking_pictures(analysis: Analysis, of: str, id: str, label: Words) -> list[Picture]:
    """Show one measure's shares and ranks."""
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
                 shares, analysis, "proportions", "estimates", of),
        _picture(f"ranks-{id}", words("Probabilities of ranks: {x}", "順位の確率：{x}", x=label),
                 ranks, analysis, "ranks", "ranks", of),
    ]  # fmt: skip


def pair_pictures(
    analysis: Analysis, of: str, id: str, label: Words, found: Words
) -> list[Picture]:
    """Show one measure's pairs, unless they are too many; `found` says how many differ."""
    if len(analysis.pooled[of].groups) > LARGEST_MATRIX:
        return []
    title = words("Probability that one group exceeds another: {x}", "上回る確率：{x}", x=label)
    alt = words(
        "A matrix of groups: how probable it is that the row's group has the larger share than "
        "the column's. {found}",
        "行のグループの割合が列のグループより大きい確率の行列。{found}",
        found=found,
    )
    return [_picture(f"pairs-{id}", title, alt, analysis, "pairs", "comparisons", of)]
