"""Tables as files, as one JSON document, and as a summary on a terminal."""

from __future__ import annotations

import json
import math
import os
import platform
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alumnistats
from alumnistats.claims import VERDICT_LABELS, probability_text
from alumnistats.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, RenderableType

    from alumnistats.analysis import Analysis
    from alumnistats.reconstruction import Reconstruction
    from alumnistats.survey import Survey

SCHEMA = 1
RECORDED = ("numpy", "scipy", "pandas")
FLOATS = "%.10g"  # of CSV files: beyond the accuracy of every number in them

WORDS = {
    "sizes": {"en": "Sample sizes", "ja": "業界別の標本サイズ"},
    "group": {"en": "Group", "ja": "グループ"},
    "size": {"en": "n", "ja": "n"},
    "probability": {"en": "Probability", "ja": "確率"},
    "interval": {"en": "interval", "ja": "区間"},
    "place": {"en": "Published", "ja": "公表順位"},
    "share": {"en": "Share", "ja": "割合"},
    "ranks": {"en": "Ranks", "ja": "順位"},
    "first": {"en": "P(1st)", "ja": "1位の確率"},
    "claims": {"en": "Claims", "ja": "主張"},
    "claim": {"en": "Claim", "ja": "主張"},
    "verdict": {"en": "Verdict", "ja": "判定"},
    "top": {"en": "top", "ja": "上位"},
    "bottom": {"en": "bottom", "ja": "下位"},
    "set": {"en": "P(published set is the true one)", "ja": "公表された組が真の組である確率"},
    "release": {"en": "How the release was computed", "ja": "公表値の計算方法"},
}
COLOURS = {
    "supported": "green",
    "not supported": "yellow",
    "contradicted": "red",
    "undetermined": "bright_black",
}


def rounded(value: float, digits: int = 1) -> str:
    """Return a proportion as a percentage with `digits` decimals."""
    return f"{100 * value:.{digits}f}%"


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries that JSON can hold: missing and infinite numbers are null."""

    def plain(value: Any) -> Any:
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value

    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(key): plain(value) for key, value in row.items()} for row in rows]


def document(survey: Survey, tables: Mapping[str, pd.DataFrame], **facts: Any) -> dict[str, Any]:
    """Return everything computed as one JSON-ready document.

    Parameters
    ----------
    survey : Survey
    tables : dict of DataFrame
    **facts
        Seed, level, engine and so on, recorded as they are.
    """
    versions = {"alumnistats": alumnistats.__version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in RECORDED}
    return {
        "schema": SCHEMA,
        "survey": {"id": survey.id, "title": survey.title.model_dump(), "sha256": survey.sha256},
        **facts,
        "versions": versions,
        "tables": {name: records(frame) for name, frame in tables.items()},
    }


def to_json(content: Mapping[str, Any]) -> str:
    """Return the document as text, UTF-8 and in a fixed order."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def check_directory(path: Path) -> None:
    """Raise `ArgumentError` unless files can be written to `path`, which may not exist yet."""
    if path.exists() and not path.is_dir():
        raise ArgumentError("--out", str(path), "a folder, or a name that does not exist yet")
    parent = path
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise ArgumentError(
            "--out", str(path), f"a folder that can be written to ({parent} cannot)"
        )


def write_files(directory: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files so that an interruption leaves either the old or the new one, never half.

    Parameters
    ----------
    directory : Path
        Created if missing.
    contents : dict of bytes
        By relative name.

    Returns
    -------
    list of Path
    """
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    with tempfile.TemporaryDirectory(dir=directory, prefix=".writing-") as staging:
        for name, data in contents.items():
            target = Path(staging, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        for name in contents:
            final = directory / name
            final.parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(staging, name), final)
            written.append(final)
    return written


def csv_files(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return every table as UTF-8 CSV, by file name."""
    return {
        f"{name}.csv": frame.to_csv(index=False, float_format=FLOATS, lineterminator="\n").encode()
        for name, frame in tables.items()
    }


def _grid(title: str, headers: Sequence[str], right: Sequence[int] = ()) -> Any:
    from rich import box
    from rich.table import Table

    grid = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for i, header in enumerate(headers):
        grid.add_column(header, justify="right" if i in right else "left")
    return grid


def sizes_grid(recon: Reconstruction, lang: str) -> RenderableType:
    """Return the recovered sample sizes, groups of one size and probability class together."""
    level = f"{recon.level:.0%} {WORDS['interval'][lang]}"
    grid = _grid(
        WORDS["sizes"][lang],
        [WORDS["group"][lang], "n", WORDS["probability"][lang], level],
        right=(1, 2),
    )
    for row in recon.sample_sizes.itertuples():
        interval = f"{row.lower}-{row.upper}" if row.lower < row.upper else f"{row.lower}"
        label = recon.survey.label(str(row.group), lang)
        grid.add_row(label, str(row.mode), probability_text(float(row.probability)), interval)
    return grid


def conventions_text(recon: Reconstruction, lang: str) -> str:
    """Return the most probable conventions in one line each."""
    names = {
        "en": {
            "rounded_sum": "sums of options are rounded sums",
            "sum_of_rounded": "sums of options add rounded parts",
        },
        "ja": {
            "rounded_sum": "合計は人数を足してから丸めた値",
            "sum_of_rounded": "合計は丸めた値どうしの和",
        },
    }[lang]
    lines = []
    best = recon.conventions.sort_values("probability").groupby(["dimension", "subject"]).tail(1)
    for row in best.sort_values("dimension").itertuples():
        value = names.get(str(row.value), f"{row.dimension}: {row.value}")
        if row.dimension == "base":
            question = recon.survey.label(str(row.subject), lang)
            word = {"en": "asked of", "ja": "の質問対象"}[lang]
            value = f"{question} {word} {row.value}"
        lines.append(f"  {value} ({probability_text(float(row.probability))})")
    return f"{WORDS['release'][lang]}\n" + "\n".join(lines)


def ranking_grid(analysis: Analysis, of: str, lang: str) -> RenderableType:
    """Return one measure's published places beside intervals and rank sets."""
    survey, level = analysis.survey, f"{analysis.level:.0%} {WORDS['interval'][lang]}"
    headers = [WORDS[w][lang] for w in ("place", "group", "share")]
    sets = {"en": "rank set (each / all)", "ja": "順位の信頼集合(個別/同時)"}[lang]
    grid = _grid(
        survey.label(of, lang), [*headers, level, sets, WORDS["first"][lang]], right=(2, 5)
    )
    table = analysis.ranks[analysis.ranks["of"] == of].set_index(["method", "group"])
    summary = analysis.pooled[of].summary().set_index("group")
    listed = table.loc["posterior"].dropna(subset=["published_place"])
    order = listed.assign(bottom=listed["published_from"] == "lowest")
    order["sort"] = order["published_place"].where(~order["bottom"], -order["published_place"])
    for group, row in order.sort_values(["bottom", "sort"]).iterrows():
        end = WORDS["bottom" if row["bottom"] else "top"][lang]
        one, every = table.loc[("marginal", group)], table.loc[("simultaneous", group)]
        share = summary.loc[group]
        grid.add_row(
            f"{end} {int(row['published_place'])}",
            survey.label(str(group), lang),
            rounded(share["median"]),
            f"{rounded(share['lower'])} - {rounded(share['upper'])}",
            f"{one['lower']}-{one['upper']} / {every['lower']}-{every['upper']}",
            probability_text(float(row["p_first"])),
        )
    for end, rows in listed.groupby("published_from"):
        word = WORDS["bottom" if end == "lowest" else "top"][lang]
        grid.caption = (f"{grid.caption}; " if grid.caption else "") + (
            f"{word} {len(rows)}: {WORDS['set'][lang]} "
            f"{probability_text(float(rows['p_published_set'].iloc[0]))}"
        )
    return grid


def claims_grid(analysis: Analysis, lang: str) -> RenderableType:
    """Return every claim with its verdict and sentence."""
    grid = _grid(
        WORDS["claims"][lang],
        [WORDS["verdict"][lang], WORDS["claim"][lang], "p", WORDS["probability"][lang]],
        right=(2, 3),
    )
    order = list(VERDICT_LABELS)
    for row in sorted(analysis.judged, key=lambda j: order.index(j.verdict)):
        if row.claim.kind == "statement":
            continue
        grounds = row.grounds
        grid.add_row(
            f"[{COLOURS[row.verdict]}]{VERDICT_LABELS[row.verdict][lang]}[/]",
            row.claim.text.get(lang),
            "" if grounds.p_value is None else probability_text(grounds.p_value),
            "" if grounds.probability is None else probability_text(grounds.probability),
        )
    return grid


def print_analysis(analysis: Analysis, console: Console, lang: str) -> None:
    """Print the summary that a busy reader needs: sizes, rankings, claims."""
    console.print(f"[bold]{analysis.survey.title.get(lang)}[/]", highlight=False)
    print_reconstruction(analysis.reconstruction, console, lang)
    for of in analysis.ranked:
        console.print(ranking_grid(analysis, of, lang))
    console.print(claims_grid(analysis, lang))


def print_reconstruction(recon: Reconstruction, console: Console, lang: str) -> None:
    """Print sizes and conventions."""
    console.print(sizes_grid(recon, lang))
    console.print(conventions_text(recon, lang), highlight=False)
