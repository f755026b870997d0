"""`alumnistats analyze`: everything, from the figures to a verdict on every claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alumnistats.cli.common import (
    draws_of,
    largest_option,
    misprint_options,
    progress,
    survey_argument,
    usual_options,
)
from alumnistats.cli.printing import remark, say_json, show
from alumnistats.outputs import check_folder, write_folder

if TYPE_CHECKING:
    from alumnistats.posterior import Engine
    from alumnistats.reconstruction.size_priors import SizePrior

FILES = ("*.csv", "analysis.json", "figures.json", "analysis.nc", "report.html",
         "figures/*.svg")  # fmt: skip


@click.command(epilog="Example: alumnistats analyze my-survey.toml --out results --lang ja")
@survey_argument
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tables and the page.")
@click.option(
    "--engine", type=click.Choice(["exact", "pymc"]), default="exact", help="Of partial pooling."
)
@largest_option
@misprint_options
@usual_options
def analyze(
    survey: str | None,
    out: Path | None,
    engine: Engine,
    lang: str,
    sizes: SizePrior,
    draws: int | None,
    level: float,
    seed: int,
    *,
    misprints: bool,
    misprint_prior: float,
    largest: int | None,
    as_json: bool,
) -> None:
    """Analyze a survey from its figures to a verdict on every claim."""
    from alumnistats.analysis import analyze as run
    from alumnistats.report.folder import analysis_document, folder_contents
    from alumnistats.tables.analysis import print_analysis

    if out is not None:
        check_folder(out, FILES)
    with progress(quiet=as_json) as report:
        analysis = run(
            survey, sizes=sizes, engine=engine, level=level, seed=seed, report=report,
            misprints=misprint_prior if misprints else None, largest=largest, **draws_of(draws),
        )  # fmt: skip
    if out is not None:
        before = _earlier(out)
        with progress(quiet=as_json) as report:
            report("files")
            write_folder(out, "analyze", folder_contents(analysis, lang))
        remark(f"written to {out}" + (f", in the place of {before}" if before else ""))
    if as_json:
        say_json(analysis_document(analysis))
    else:
        show(lambda console: print_analysis(analysis, console, lang))


def _earlier(out: Path) -> str:
    """Return which analysis a folder holds; empty if it holds none that can be read."""
    try:
        found = json.loads((out / "analysis.json").read_text(encoding="utf-8"))
        survey, level, seed = found["survey"]["id"], found["level"], found["seed"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return f"an analysis of {survey} (level {level:g}, seed {seed})"
