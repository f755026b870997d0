"""What an analysis says on its page: the sections' tables, sentences and pictures."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alumnistats.analysis import Choices
from alumnistats.brief import probability_text
from alumnistats.claims import (
    VERDICT_LABELS,
    Evidence,
    JudgedClaim,
    Range,
    adjusted,
    factor_text,
    range_text,
)
from alumnistats.claims import tally as counted
from alumnistats.claims.evidence import subject
from alumnistats.claims.weighted import has_weighted_share, population_range
from alumnistats.reconstruction.convention_words import convention_sentence
from alumnistats.reconstruction.information import beyond_sentence, withheld_sentence
from alumnistats.report import pictures
from alumnistats.report.layout import Cell, Part, Table, number
from alumnistats.report.words import (
    COLUMNS,
    FILES,
    LANGUAGES,
    OMNIBUS,
    SETTINGS,
    WORDS,
    Words,
    words,
)
from alumnistats.sensitivity.words import label, value_text
from alumnistats.survey import OVERALL, ThresholdClaim
from alumnistats.tables import rounded
from alumnistats.tables.analysis import finding

if TYPE_CHECKING:
    from datetime import date

    from alumnistats.analysis import Analysis

MOST_PAIRS = 12  # shown for each measure: those with the smallest p-values
TEST = "fisher-mid-p"
SEPARATOR = words("; ", "、")
PLACES = {
    r"section (\d+)": r"第\1節", r"paragraph (\d+)": r"第\1段落", r"table (\d+)": r"表\1",
    r"figure (\d+)": r"図\1", r"page (\d+)": r"\1ページ", r"item (\d+)": r"第\1項",
    r"\bhead(line|ing)\b": "見出し",
    r"\bsummary\b": "要約", r"\bclosing\b": "結び", r"\btitle\b": "表題", r"\btable\b": "表",
    r"\btext\b": "本文",
}  # fmt: skip
"""How survey files name places, and what they are in Japanese; other words stay as they are."""


def label_of(analysis: Analysis, of: str) -> Words:
    """Return the label of a measure, option or group."""
    return {lang: analysis.survey.label(of, lang) for lang in LANGUAGES}


def tally(analysis: Analysis) -> Words:
    """Return how many claims there are, and how many have each verdict."""
    count = Counter(judged.verdict for judged in analysis.judged)
    parts = {
        lang: SEPARATOR[lang].join(
            f"{count[name]} {label[lang]}" if lang == "en" else f"{label[lang]}{count[name]}件"
            for name, label in VERDICT_LABELS.items()
        )
        for lang in LANGUAGES
    }
    found = counted(analysis.judged, analysis.level)
    return words(
        "Of {n} claims, {distinct} of them distinct: {parts}. Distinct claims supported: "
        "{supported}; with p-values adjusted for the release's distinct tests: {holm} by Holm's "
        "method, {bh} by that of Benjamini and Hochberg.",
        "{n}件の主張（重複を除くと{distinct}件）の内訳：{parts}。支持される{supported}件（重複を除く）の"
        "うち、検定の数についてp値を調整しても支持されるのは、ホルム法で{holm}件、ベンジャミニ・"
        "ホッホベルグ法で{bh}件である。",
        n=found.claims, distinct=found.distinct, parts=parts, supported=found.supported,
        holm=found.holm, bh=found.bh,
    )  # fmt: skip


def population(analysis: Analysis) -> Words:
    """Return the shares of all that claims speak of, over all weights between stated bounds.

    Empty without bounds, or without such claims.
    """
    survey, recon = analysis.survey, analysis.reconstruction
    claims = [c for c in survey.claims if isinstance(c, ThresholdClaim) and c.group == OVERALL]
    evidence = Evidence(recon, analysis.pooled, analysis.level, analysis.choices.rules)
    known = {subject(c): c.of for c in claims if has_weighted_share(evidence, subject(c))}
    if survey.weight_bounds is None or not recon.recovered_sizes or not known:
        return words("", "")
    found = [(label_of(analysis, of), population_range(evidence, share))
             for share, of in known.items()]  # fmt: skip
    shares = {
        lang: SEPARATOR[lang].join(
            f"{label[lang]} {100 * low:.1f}%–{100 * high:.1f}%" for label, (low, high) in found
        )
        for lang in LANGUAGES
    }
    return words(**WORDS["bounds"], shares=shares)


def headline(analysis: Analysis) -> Words:
    """Return the finding in a sentence; empty where nothing is claimed."""
    return {lang: finding(analysis, lang) for lang in LANGUAGES}


def _probability(value: float | None) -> Cell:
    if value is None or math.isnan(value):
        return number("")
    return number(probability_text(value), value)


def _range(found: Range | None) -> Cell:
    """Return a probability or its bounds; rows are sorted by the middle."""
    if found is None:
        return number("")
    return number(range_text(found), (found.lower + found.upper) / 2)


def _factor(found: Range | None) -> Cell:
    """Return a Bayes factor or its bounds; rows are sorted by the lower one."""
    return number("") if found is None else number(factor_text(found), found.lower)


def _interval(lower: float, upper: float) -> Cell:
    """Return percentages; rows are sorted by the middle."""
    return number(f"{100 * lower:.1f} – {100 * upper:.1f}%", (lower + upper) / 2)


def _ranks(row: Mapping[Any, Any]) -> Cell:
    return number(f"{row['lower']} – {row['upper']}", row["lower"] + row["upper"] / 1000)


def _columns(analysis: Analysis, *names: str) -> list[Words]:
    level = f"{100 * analysis.level:.4g}%"
    return [words(**COLUMNS[name], level=level) for name in names]


def place_words(places: Sequence[str]) -> Words:
    """Return places in the source in both languages: sections, paragraphs, tables and figures."""
    japanese = []
    for place in places:
        text = place
        for pattern, words_ja in PLACES.items():
            text = re.sub(pattern, words_ja, text)
        japanese.append(text.replace(", ", ""))
    return {"en": "; ".join(places), "ja": "、".join(japanese)}


def claims_table(analysis: Analysis) -> Table:
    """Return every claim with its verdict and grounds, decided ones first."""
    order = list(VERDICT_LABELS)
    judged = sorted(analysis.judged, key=lambda j: order.index(j.verdict))
    caption = words(
        "Every claim of the release in our own words, what its verdict rests on, and its place in "
        "the source.",
        "公表された主張（要旨）、判定の根拠、出典内の位置。",
    )
    names = ("verdict", "claim", "p", "holm", "probability", "factor")
    after = {name: found["p_holm"] for name, found in adjusted(analysis.judged).items()}
    rows = [_claim_row(j, order.index(j.verdict), after.get(j.claim.id)) for j in judged]
    return Table("table-claims", caption, _columns(analysis, *names), rows, head=1, cards=True)


def _claim_row(judged: JudgedClaim, place: int, holm: Range | None) -> list[Cell]:
    grounds, claim = judged.grounds, judged.claim
    label = VERDICT_LABELS[judged.verdict]
    return [
        Cell(label, order=place, verdict=judged.verdict),
        Cell(
            claim.text.model_dump(),
            own=True,
            note={"en": grounds.en, "ja": grounds.ja},
            place=place_words(claim.at) if claim.at else "",
        ),
        _range(grounds.p),
        _range(holm),
        _range(grounds.posterior),
        _factor(grounds.bayes_factor),
    ]


def sizes_table(analysis: Analysis) -> Table:
    """Return the size of each group: as published, or the most probable one."""
    records = analysis.sample_sizes.to_dict("records")
    rows = [
        [
            Cell(label_of(analysis, r["group"]), own=True),
            number("") if math.isnan(r["probability"]) else number(f"{r['mode']:,}", r["mode"]),
        ]
        for r in records
    ]
    if all(group.n is not None for group in analysis.survey.groups):
        caption = words(
            "Respondents of each group, as published.", "公表された各グループの回答者数。"
        )
        return Table("table-sizes", caption, _columns(analysis, "group", "n"), rows)
    for row, record in zip(rows, records, strict=True):
        if math.isnan(record["probability"]):
            row += [number(""), number("")]
            continue
        lower, upper = record["lower"], record["upper"]
        text = probability_text(record["probability"], record["error"])
        row.append(number(text, record["probability"]))
        row.append(number(f"{lower:,} – {upper:,}", lower + upper))
    caption = words(
        "Most probable number of respondents of each group, with its probability.",
        "各グループの最も確からしい回答者数とその確率。",
    )
    if not analysis.reconstruction.recovered_sizes:
        caption = {lang: withheld_sentence(analysis.reconstruction, lang) for lang in LANGUAGES}
    elif beyond_sentence(analysis.reconstruction, "en"):
        caption = {
            lang: caption[lang] + space + beyond_sentence(analysis.reconstruction, lang)
            for lang, space in {"en": " ", "ja": ""}.items()
        }
    names = ("group", "n", "probability", "interval")
    return Table("table-sizes", caption, _columns(analysis, *names), rows)


def conventions_table(analysis: Analysis) -> Table | None:
    """Return the conventions that are possible; None where nothing printed depends on any."""
    possible = analysis.conventions[analysis.conventions["probability"] > 0]
    rows = [
        [
            Cell({
                lang: convention_sentence(analysis.survey, row["subject"], row["value"], lang)
                for lang in LANGUAGES
            }),
            number(probability_text(row["probability"], row["error"]), row["probability"]),
        ]
        for row in possible.to_dict("records")
    ]  # fmt: skip
    caption = words(
        "What the release does not say, and how probable its figures make it.",
        "公表資料に書かれていない計算方法と、数値から見た確率。",
    )
    if not rows or all(figure.percent is None for figure in analysis.survey.figures):
        return None
    names = ("convention", "probability")
    return Table("table-conventions", caption, _columns(analysis, *names), rows)


def rankings(analysis: Analysis) -> Iterator[Part]:
    """Yield each ranked measure: what was published beside what can be said."""
    for place, of in enumerate(analysis.ranked, start=1):
        label = label_of(analysis, of)
        caption = words(
            "Shares with {level} intervals and ranks of: {x}. Rank 1 is the largest share.",
            "「{x}」の割合、{level}区間、順位。1位は割合が最も高いグループ。",
            x=label, level=f"{100 * analysis.level:.4g}%",
        )  # fmt: skip
        names = ("group", "published", "share", "interval", "each", "every", "expected", "first")
        rows = list(_ranking_rows(analysis, of))
        table = Table(f"table-ranks-{place}", caption, _columns(analysis, *names), rows)
        shown = pictures.ranking_pictures(analysis, of, str(place), label)
        yield Part(f"ranking-{place}", label, list(_ranking_sentences(analysis, of)), table, shown)


def _ranking_rows(analysis: Analysis, of: str) -> Iterator[list[Cell]]:
    table = analysis.ranks[analysis.ranks["of"] == of]
    rows = {(r["method"], r["group"]): r for r in table.to_dict("records")}
    figures = analysis.survey.figures_of(of)
    shares = analysis.pooled[of].summary().sort_values("median", ascending=False, kind="stable")
    for share in shares.to_dict("records"):
        group = share["group"]
        one, every, seen = (rows[kind, group] for kind in ("marginal", "simultaneous", "posterior"))
        yield [
            Cell(label_of(analysis, group), own=True),
            _printed(figures.get(group)),
            number(rounded(share["median"]), share["median"]),
            _interval(share["lower"], share["upper"]),
            _ranks(one),
            _ranks(every),
            number(f"{seen['expected']:.1f}", seen["expected"]),
            _probability(seen["p_first"]),
        ]


def _printed(figure: Any) -> Cell:
    if figure is None:
        return number("")
    if figure.percent is None:
        return number(f"{figure.count:,}", figure.count)
    return number(f"{figure.percent}%", float(figure.percent))


def _ranking_sentences(analysis: Analysis, of: str) -> Iterator[Words]:
    table = analysis.ranks[analysis.ranks["of"] == of]
    every = table[table["method"] == "simultaneous"]
    yield words(
        "At {level} for all ranks at once, {first} of {n} groups cannot be excluded from the "
        "first place, and {last} not from the last.",
        "全順位同時の{level}水準で、{n}グループのうち{first}グループは1位、{last}グループは最下位の"
        "可能性を排除できない。",
        level=f"{100 * analysis.level:.4g}%", n=len(every),
        first=int((every["lower"] == 1).sum()), last=int((every["upper"] == len(every)).sum()),
    )  # fmt: skip
    seen = table[(table["method"] == "posterior") & table["published_place"].notna()]
    for end, part in seen.groupby("published_from"):
        word = words("highest", "上位") if end == "highest" else words("lowest", "下位")
        yield words(
            "The {k} groups published as the {end} are the true {k} with probability {p}.",
            "公表された{end}{k}グループが真の{end}{k}グループである確率は{p}。",
            k=len(part), end=word, p=probability_text(float(part["p_published_set"].iloc[0])),
        )  # fmt: skip


def comparisons(analysis: Analysis) -> Iterator[Part]:
    """Yield each ranked measure's pairs: how many differ, and which most."""
    for place, of in enumerate(analysis.ranked, start=1):
        label, table = label_of(analysis, of), analysis.comparisons
        mine = table[(table["of"] == of) & (table["test"] == TEST)]
        found = words(
            "Of {n} pairs of groups, {k} differ significantly (Fisher's mid-P, Holm, {level}).",
            "{n}組のうち、有意に差があるのは{k}組（フィッシャーのmid-P、ホルム法、{level}）。",
            n=len(mine), k=int(mine["significant"].sum()), level=f"{100 * analysis.level:.4g}%",
        )  # fmt: skip
        smallest = mine.sort_values("p_value", kind="stable").head(MOST_PAIRS)
        rows = [_pair(analysis, row) for row in smallest.to_dict("records")]
        caption = words(
            "The {shown} pairs of {n} with the smallest p-values; all of them in comparisons.csv.",
            "{n}組のうちp値の小さい{shown}組。すべての組はcomparisons.csvにある。",
            shown=len(rows), n=len(mine),
        )  # fmt: skip
        names = ("group", "against", "difference", "interval", "p", "adjusted", "significant",
                 "greater")  # fmt: skip
        shown = Table(f"table-pairs-{place}", caption, _columns(analysis, *names), rows)
        drawn = pictures.pair_pictures(analysis, of, str(place), label, found)
        yield Part(f"comparison-{place}", label, [found, _omnibus(analysis, of)], shown, drawn)


def _pair(analysis: Analysis, row: Mapping[Any, Any]) -> list[Cell]:
    points = [f"{100 * row[name]:+.1f}".replace("-", "−") for name in ("lower", "upper")]
    return [
        Cell(label_of(analysis, row["group_a"]), own=True),
        Cell(label_of(analysis, row["group_b"]), own=True),
        number(f"{100 * row['difference']:+.1f}".replace("-", "−"), row["difference"]),
        number(" … ".join(points), (row["lower"] + row["upper"]) / 2),
        *(_probability(row[name]) for name in
          ("p_value", "p_adjusted", "share_significant", "probability_a_greater")),
    ]  # fmt: skip


def _omnibus(analysis: Analysis, of: str) -> Words:
    table = analysis.omnibus
    tests = table[table["of"] == of].to_dict("records")
    named = {
        lang: SEPARATOR[lang].join(
            f"{OMNIBUS[row['test']][lang]} p {_signed(row['p_value'])}" for row in tests
        )
        for lang in LANGUAGES
    }
    return words("That all groups are equal: {tests}.", "全グループが等しいという仮説：{tests}。",
                 tests=named)  # fmt: skip


def _signed(p: float) -> str:
    text = probability_text(p)
    return f"{text[0]} {text[1:]}" if text[0] in "<>" else f"= {text}"


def settings_table(analysis: Analysis) -> Table:
    """Return what was asked for, and every choice that is not the usual one."""
    recon, choices = analysis.reconstruction, analysis.choices
    usual = Choices().to_dict()
    said: dict[str, str] = {
        "level": f"{100 * analysis.level:.4g}%",
        "model": choices.model,
        "engine": analysis.engine,
        "sizes": recon.size_prior,
        "solutions": f"{len(recon.particles.weight):,}",
        "ess": f"{recon.particles.ess:,.0f}",
        "seed": str(analysis.seed),
    }
    rows = [
        [Cell(SETTINGS[name]), Cell(_in_words(value, analysis))] for name, value in said.items()
    ]
    rows += [
        [Cell({lang: label(name, lang) for lang in LANGUAGES}), Cell(_in_words(value, analysis))]
        for name, value in choices.to_dict().items()
        if name not in said and value != usual[name]
    ]
    caption = words("With these settings the tables can be computed again.",
                    "この設定で同じ表を再計算できる。")  # fmt: skip
    return Table("table-settings", caption, _columns(analysis, "setting", "value"), rows)


def _in_words(value: Any, analysis: Analysis) -> Words:
    return {lang: value_text(value, lang, analysis.survey) for lang in LANGUAGES}


def fieldwork(first: date, last: date) -> Words:
    """Return from when to when was asked, as each language writes it."""
    return words(
        "{first} to {last}", "{first}〜{last}",
        first=words(first.isoformat(), f"{first.year}年{first.month}月{first.day}日"),
        last=words(last.isoformat(), f"{last.year}年{last.month}月{last.day}日"),
    )  # fmt: skip


def files_of(analysis: Analysis) -> dict[str, Words]:
    """Return what each table of the analysis holds."""
    return {name: FILES[name] for name in analysis.tables()}
