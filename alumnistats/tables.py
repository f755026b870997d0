"""Tables as files, as one JSON document, and as a summary on a terminal."""

from __future__ import annotations

import io
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
from alumnistats.reconstruction.information import few_solutions_sentence

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, RenderableType

    from alumnistats.analysis import Analysis, Plan
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
    "power": {"en": "Power now", "ja": "現在の検出力"},
    "needed": {"en": "n needed", "ja": "必要数"},
    "allocated": {"en": "Total, equal / best", "ja": "総数(均等/最適)"},
    "assured": {"en": "n assured", "ja": "保証数"},
    "plan": {
        "en": "Respondents that would settle each claim: of each group, or of all",
        "ja": "主張ごとの必要回答者数(業界ごと、または全体)",
    },
    "detectable": {
        "en": "Smallest difference between two typical groups that this survey finds",
        "ja": "典型的な2業界の間で、この調査が検出できる最小の差",
    },
    "measure": {"en": "Measure", "ja": "指標"},
    "one": {"en": "one test", "ja": "1回の検定"},
    "pairs": {"en": "all pairs", "ja": "全ての組"},
    "misprint": {"en": "Probability", "ja": "誤植の確率"},
    "misprints": {
        "en": "Figures that are most probably misprinted",
        "ja": "誤植の可能性が最も高い公表値",
    },
    "figure": {"en": "Figure", "ja": "項目"},
    "printed": {"en": "Printed", "ja": "公表値"},
    "right": {"en": "Right, if misprinted", "ja": "誤植の場合の正しい値"},
    "release": {"en": "How the release was computed", "ja": "公表値の計算方法"},
}
MISPRINTS_SHOWN = 5  # figures in the table on a terminal
WEIGHTED = {
    "en": "The percentages are weighted: they tell hardly anything of sample sizes, which rest on "
    "the total, published sizes and the prior; rounding is not tested.",
    "ja": "割合はウェイト付き集計値であり、標本サイズの情報をほとんど持たない。標本サイズは総数、"
    "公表された人数、事前分布だけに基づき、丸め方の検査は行わない。",
}
PLAN_MARGIN = 62  # columns of numbers beside a claim in the table of a plan
CLAIM_MARGIN = 29  # columns of a claim's line for p, probability and the space between
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
            Path(staging, name).replace(final)
            written.append(final)
    return written


def csv_files(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return every table as UTF-8 CSV, by file name."""
    return {
        f"{name}.csv": frame.to_csv(index=False, float_format=FLOATS, lineterminator="\n").encode()
        for name, frame in tables.items()
    }


def parquet_file(frame: pd.DataFrame) -> bytes:
    """Return a table as the content of a Parquet file."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, engine="pyarrow")
    return buffer.getvalue()


def _grid(title: str, headers: Sequence[str], right: Sequence[int] = ()) -> Any:
    from rich import box
    from rich.table import Table

    grid = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for i, header in enumerate(headers):
        grid.add_column(header, justify="right" if i in right else "left", overflow="fold")
    return grid


def typos_of(recon: Reconstruction) -> dict[str, float]:
    """Return the prior probability of a misprint as a fact of a document, where one is allowed."""
    return {} if recon.problem.typos is None else {"typos": recon.problem.typos.prior}


def misprints_grid(recon: Reconstruction, lang: str) -> RenderableType:
    """Return the percentages that are most probably misprinted, the most probable first."""
    headers = [WORDS[w][lang] for w in ("misprint", "figure", "group", "printed", "right")]
    grid = _grid(WORDS["misprints"][lang], headers, right=(3,))
    table = recon.misprints.sort_values("probability", ascending=False, kind="stable")
    for row in table.head(MISPRINTS_SHOWN).to_dict("records"):
        probability = f"{row['probability']:.3f} ± {row['error']:.3f}"
        labels = [recon.survey.label(row[what], lang) for what in ("of", "group")]
        grid.add_row(probability, *labels, f"{row['percent']}%", row["right_values"])
    return grid


def sizes_grid(recon: Reconstruction, lang: str) -> RenderableType:
    """Return the recovered sample sizes; groups with one most probable size share a line."""
    grid = _grid(
        WORDS["sizes"][lang],
        ["n", WORDS["probability"][lang], WORDS["group"][lang]],
        right=(0,),
    )
    comma = {"en": ", ", "ja": "、"}[lang]
    table = recon.sample_sizes
    for size in table["mode"].value_counts().index:
        rows = table[table["mode"] == size]
        low, high = rows["probability"].min(), rows["probability"].max()
        probability = probability_text(float(low))
        if probability_text(float(high)) != probability:
            probability += f" - {probability_text(float(high))}"
        labels = [recon.survey.label(group, lang) for group in rows["group"]]
        grid.add_row(str(size), probability, comma.join(labels))
    return grid


CONVENTIONS = {
    "rounded_sum": {
        "en": "the share of several answers is rounded from their summed counts",
        "ja": "複数の回答の合計割合は、人数を足してから丸めた値である",
    },
    "sum_of_rounded": {
        "en": "the share of several answers is the sum of their rounded shares",
        "ja": "複数の回答の合計割合は、丸めた割合どうしの和である",
    },
    "pooled": {
        "en": "overall figures are shares of all respondents",
        "ja": "全体の値は、全回答者に占める割合である",
    },
    "mean": {
        "en": "overall figures are plain means of the groups' shares",
        "ja": "全体の値は、各グループの割合の単純平均である",
    },
    "half_up": {"en": "halves are rounded up", "ja": "端数は四捨五入である"},
    "half_even": {"en": "halves are rounded to even", "ja": "端数は偶数への丸めである"},
    "truncate": {"en": "shares are truncated", "ja": "端数は切り捨てである"},
    "ceiling": {"en": "shares are rounded up", "ja": "端数は切り上げである"},
    "double": {"en": "shares are rounded twice", "ja": "端数は二段階で丸められている"},
}


def base_label(survey: Survey, text: str, lang: str) -> str:
    """Return who a candidate base of a question is, in words."""
    if text == "all":
        return survey.label("overall", lang)
    question, _, options = text.partition(":")
    chosen = options.split("+")
    for measure in survey.measures:
        if measure.question == question and set(measure.options) == set(chosen):
            return measure.label.get(lang)
    joiner = {"en": " or ", "ja": "・"}[lang]
    return joiner.join(survey.label(f"{question}:{option}", lang) for option in chosen)


def convention_sentence(survey: Survey, subject: str, value: str, lang: str) -> str:
    """Return one convention as a clause."""
    if value in CONVENTIONS:
        return CONVENTIONS[value][lang]
    question, base = survey.label(subject, lang), base_label(survey, value, lang)
    return {
        "en": f'"{question}" is a share of: {base}',
        "ja": f"「{question}」の母数は「{base}」である",
    }[lang]


def conventions_text(recon: Reconstruction, lang: str) -> str:
    """Return the most probable conventions, one a line."""
    lines = [WORDS["release"][lang]]
    best = recon.conventions.sort_values("probability").groupby(["dimension", "subject"]).tail(1)
    for row in best.sort_values("dimension").to_dict("records"):
        clause = convention_sentence(recon.survey, str(row["subject"]), str(row["value"]), lang)
        lines.append(f" {clause} ({probability_text(row['probability'])})")
    return "\n".join(lines)


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


def ranking_grid(analysis: Analysis, of: str, lang: str) -> RenderableType:
    """Return one measure's published places beside intervals and rank sets.

    Where the survey ranks nothing, as a table does not, every group has its line.
    """
    survey, level = analysis.survey, f"{analysis.level:.0%} {WORDS['interval'][lang]}"
    headers = [WORDS[w][lang] for w in ("place", "group", "share")]
    sets = {"en": "rank set (each / all)", "ja": "順位の範囲(個別/同時)"}[lang]
    grid = _grid(
        survey.label(of, lang), [*headers, level, sets, WORDS["first"][lang]], right=(2, 5)
    )
    table = analysis.ranks[analysis.ranks["of"] == of]
    listed = table[table["method"] == "posterior"]
    if listed["published_place"].notna().any():
        listed = listed[listed["published_place"].notna()]
    rows = {(r["method"], r["group"]): r for r in table.to_dict("records")}
    shares = {r["group"]: r for r in analysis.pooled[of].summary().to_dict("records")}
    for row in sorted(listed.to_dict("records"), key=_published_order):
        one, every = (rows[kind, row["group"]] for kind in ("marginal", "simultaneous"))
        share = shares[row["group"]]
        grid.add_row(
            _place(row, lang),
            survey.label(row["group"], lang),
            rounded(share["median"]),
            f"{rounded(share['lower'])} - {rounded(share['upper'])}",
            f"{one['lower']}-{one['upper']} / {every['lower']}-{every['upper']}",
            probability_text(row["p_first"]),
        )
    for side, members in listed.groupby("published_from"):
        word = WORDS["bottom" if side == "lowest" else "top"][lang]
        grid.caption = (f"{grid.caption}; " if grid.caption else "") + (
            f"{word} {len(members)}: {WORDS['set'][lang]} "
            f"{probability_text(float(members['p_published_set'].iloc[0]))}"
        )
    return grid


def claims_grid(analysis: Analysis, lang: str, width: int) -> RenderableType:
    """Return every claim that statistics can judge, one a line of `width` columns, by verdict."""
    from rich.cells import cell_len
    from rich.text import Text

    grid = _grid(
        WORDS["claims"][lang],
        [WORDS["verdict"][lang], WORDS["claim"][lang], "p", WORDS["probability"][lang]],
        right=(2, 3),
    )
    for column in grid.columns:
        column.no_wrap = True
    room = width - max(cell_len(label[lang]) for label in VERDICT_LABELS.values()) - CLAIM_MARGIN
    order = list(VERDICT_LABELS)
    for row in sorted(analysis.judged, key=lambda j: order.index(j.verdict)):
        if row.claim.kind == "statement":
            continue
        grounds = row.grounds
        claim = Text(row.claim.text.get(lang))
        claim.truncate(room, overflow="ellipsis")
        grid.add_row(
            Text(VERDICT_LABELS[row.verdict][lang], style=COLOURS[row.verdict]),
            claim,
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
    if analysis.judged:
        console.print(claims_grid(analysis, lang, console.width))


def print_reconstruction(recon: Reconstruction, console: Console, lang: str) -> None:
    """Print sizes and, where percentages are printed, conventions."""
    console.print(sizes_grid(recon, lang))
    if recon.survey.weighted:
        console.print(WEIGHTED[lang], highlight=False)
    elif any(figure.percent is not None for figure in recon.survey.figures):
        console.print(conventions_text(recon, lang), highlight=False)
    if recon.problem.typos is not None:
        console.print(misprints_grid(recon, lang))
    if few := few_solutions_sentence(recon, lang):
        console.print(few, highlight=False)


def _count(value: float) -> str:
    if math.isnan(value):
        return ""
    return "∞" if math.isinf(value) else f"{value:,.0f}"


def plan_grid(plan: Plan, lang: str, width: int) -> RenderableType:
    """Return every claim with its power now and the respondents it needs, one a line."""
    from rich.text import Text

    headers = ["claim", "power", "needed", "allocated"]
    assured = plan.plan["assured_limit"].notna().any()
    headers += ["assured"] if assured else []
    grid = _grid(WORDS["plan"][lang], [WORDS[w][lang] for w in headers], right=(1, 2, 3, 4))
    for column in grid.columns:
        column.no_wrap = True
    for row in plan.plan.to_dict("records"):
        claim = Text(row[f"claim_{lang}"])
        claim.truncate(max(width - PLAN_MARGIN, 20), overflow="ellipsis")
        best = _count(row["allocated_total"])
        total = _count(row["needed_total"]) + (f" / {best}" if best else "")
        cells = [rounded(row["power"], 0), _count(row["needed_n"]), total]
        grid.add_row(claim, *cells, *([_count(row["assured_n"])] if assured else []))
    return grid


def detectable_grid(plan: Plan, lang: str) -> RenderableType:
    """Return the smallest detectable difference of each measure, in percentage points."""
    headers = [WORDS[w][lang] for w in ("measure", "size", "share", "one", "pairs")]
    grid = _grid(WORDS["detectable"][lang], headers, right=(1, 2, 3, 4))
    typical = plan.detectable[plan.detectable["group_a"].isna()]
    for row in typical.to_dict("records"):
        gaps = [f"{100 * row[kind]:.1f}" for kind in ("one_sided", "all_pairs")]
        label = plan.survey.label(row["of"], lang)
        grid.add_row(label, _count(row["n_a"]), rounded(row["base"]), *gaps)
    return grid


def print_plan(plan: Plan, console: Console, lang: str) -> None:
    """Print what settles each claim, and what this survey could have found."""
    console.print(plan_grid(plan, lang, console.width))
    console.print(detectable_grid(plan, lang))
