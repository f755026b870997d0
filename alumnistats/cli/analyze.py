"""`alumnistats analyze`: everything, from the figures to a verdict on every claim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    from alumnistats.analysis import Analysis
    from alumnistats.posterior import Engine
    from alumnistats.reconstruction.size_priors import SizePrior

FILES = ("*.csv", "analysis.json", "analysis.nc", "report.html", "figures/*.svg")


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
    from alumnistats.tables import print_analysis

    if out is not None:
        check_folder(out, FILES)
    with progress(quiet=as_json) as report:
        analysis = run(
            survey, sizes=sizes, engine=engine, level=level, seed=seed, report=report,
            misprints=misprint_prior if misprints else None, largest=largest, **draws_of(draws),
        )  # fmt: skip
    if out is not None:
        with progress(quiet=as_json) as report:
            report("files")
            _write(analysis, out, lang)
        remark(f"written to {out}")
    if as_json:
        say_json(_document(analysis))
    else:
        show(lambda console: print_analysis(analysis, console, lang))


def _document(analysis: Analysis) -> dict[str, Any]:
    from alumnistats.tables import document, misprint_prior_of

    facts = {"engine": analysis.engine, "seed": analysis.seed, "level": analysis.level}
    facts["sizes"] = analysis.reconstruction.size_prior
    facts |= misprint_prior_of(analysis.reconstruction)
    return document(analysis.survey, analysis.tables(), **facts)


def _write(analysis: Analysis, out: Path, lang: str) -> None:
    """Write tables, document, ArviZ file, figures and page: all of them or none."""
    from alumnistats.figures import figure_files
    from alumnistats.posterior.arviz_data import netcdf_bytes
    from alumnistats.report import render_html
    from alumnistats.tables import csv_files, to_json

    contents = csv_files(analysis.tables())
    contents["analysis.json"] = to_json(_document(analysis)).encode()
    contents["report.html"] = render_html(analysis, lang).encode()
    contents["analysis.nc"] = netcdf_bytes(analysis.pooled)
    for name, figure in figure_files(analysis, lang):
        contents[f"figures/{name}"] = figure
    write_folder(out, "analyze", contents)
