"""`alumnistats analyze`: everything, from the figures to a verdict on every claim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alumnistats.cli.common import (
    draws_of,
    largest_option,
    misprint_options,
    progress,
    standard_console,
    survey_argument,
    usual_options,
)

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis
    from alumnistats.posterior import Engine
    from alumnistats.reconstruction.size_priors import SizePrior


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
    from alumnistats.tables import check_directory, print_analysis

    if out is not None:
        check_directory(out)
    with progress(quiet=as_json) as report:
        analysis = run(
            survey, sizes=sizes, engine=engine, level=level, seed=seed, report=report,
            misprints=misprint_prior if misprints else None, largest=largest, **draws_of(draws),
        )  # fmt: skip
    if as_json:
        click.echo(_json_of(analysis))
    else:
        print_analysis(analysis, standard_console(), lang)
    if out is not None:
        with progress(quiet=as_json) as report:
            report("files")
            _write(analysis, out, lang)
        click.echo(f"written to {out}", err=True)


def _json_of(analysis: Analysis) -> str:
    from alumnistats.tables import document, misprints_of, to_json

    facts = {"engine": analysis.engine, "seed": analysis.seed, "level": analysis.level}
    facts["sizes"] = analysis.reconstruction.size_prior
    facts |= misprints_of(analysis.reconstruction)
    return to_json(document(analysis.survey, analysis.tables(), **facts))


def _write(analysis: Analysis, out: Path, lang: str) -> None:
    """Write tables, document, ArviZ file, figures and page; each file whole or not at all."""
    import tempfile

    from alumnistats.figures import figure_files
    from alumnistats.posterior.arviz_data import write_netcdf
    from alumnistats.report import render_html
    from alumnistats.tables import csv_files, write_files

    contents = csv_files(analysis.tables())
    contents["analysis.json"] = _json_of(analysis).encode()
    contents["report.html"] = render_html(analysis, lang).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "analysis.nc")
        write_netcdf(analysis.pooled, path)
        contents["analysis.nc"] = path.read_bytes()
    for name, figure in figure_files(analysis, lang):
        contents[f"figures/{name}"] = figure
    write_files(out, contents)
