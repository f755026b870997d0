"""`alumnistats analyze`: everything, from the figures to a verdict on every claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alumnistats.cli.common import (
    bar,
    draws_of,
    largest_option,
    misprint_options,
    progress,
    survey_argument,
    usual_options,
)
from alumnistats.cli.printing import remark, say_json, show
from alumnistats.errors import ArgumentError
from alumnistats.outputs import check_folder, write_folder

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis
    from alumnistats.posterior import Engine
    from alumnistats.reconstruction.size_priors import SizePrior
    from alumnistats.sensitivity import Sensitivity
    from alumnistats.survey import Survey

BESIDE = "sensitivity"  # folder of other choices, as the documentation calls it
KEPT = "finished"  # folder of finished scenarios, in that of the results
FILES = ("*.csv", "analysis.json", "figures.json", "analysis.nc", "report.html", "report.png",
         "figures/*.svg")  # fmt: skip


@click.command(epilog="Example: alumnistats analyze my-survey.toml --out results --lang ja")
@survey_argument
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tables and the page.")
@click.option(
    "--engine", type=click.Choice(["exact", "pymc"]), default="exact", help="Of partial pooling."
)
@click.option(
    "--sensitivity", "choices", type=click.Path(path_type=Path),
    help="Folder that `alumnistats sensitivity --out` wrote: the page offers its choices. One "
    "called sensitivity beside --out is found without this option.",
)  # fmt: skip
@click.option(
    "--explore", is_flag=True,
    help="Compute the usual other choices for the page, which takes minutes.",
)  # fmt: skip
@click.option(
    "--url", help="Where the page will be published, for the picture that sites show of it."
)
@largest_option
@misprint_options
@usual_options
def analyze(
    survey: str | None,
    out: Path | None,
    choices: Path | None,
    url: str | None,
    engine: Engine,
    lang: str,
    sizes: SizePrior,
    draws: int | None,
    level: float,
    seed: int,
    *,
    explore: bool,
    misprints: bool,
    misprint_prior: float,
    largest: int | None,
    as_json: bool,
) -> None:
    """Analyze a survey from its figures to a verdict on every claim."""
    from alumnistats.analysis import analyze as run
    from alumnistats.report.folder import PICTURE, analysis_document, folder_contents
    from alumnistats.report.share import picture_address
    from alumnistats.sources.toml_reader import as_survey
    from alumnistats.tables.analysis import print_analysis

    if out is not None:
        check_folder(out, FILES)
    elif explore or choices is not None or url is not None:
        expected = "a folder, since --explore, --sensitivity and --url are of the page"
        raise ArgumentError("--out", None, expected)
    if explore and choices is not None:
        raise ArgumentError("--explore", str(choices), "without --sensitivity: one or the other")
    if url is not None:
        picture_address(url, PICTURE)
    data = as_survey(survey, "doubtful" if misprints else "right")
    found = None if out is None or explore else _beside(data, out, choices)
    with progress(quiet=as_json) as report:
        analysis = run(
            data, sizes=sizes, engine=engine, level=level, seed=seed, report=report,
            misprints=misprint_prior if misprints else None, largest=largest, **draws_of(draws),
        )  # fmt: skip
    if out is not None:
        before = _earlier(out)
        if explore:
            found = _explored(analysis, out, quiet=as_json)
        with progress(quiet=as_json) as report:
            report("files")
            write_folder(out, "analyze", folder_contents(analysis, lang, found, url))
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


def _explored(analysis: Analysis, out: Path, *, quiet: bool) -> Sensitivity:
    """Return the usual other choices, compared with those of the analysis."""
    from alumnistats.analysis import Choices
    from alumnistats.sensitivity import load_scenarios
    from alumnistats.sensitivity import sensitivity as run

    scenarios, usual = load_scenarios(), Choices().to_dict()
    chosen = {n: v for n, v in analysis.choices.to_dict().items() if v != usual[n]}
    scenarios = scenarios.model_copy(update={"base": {**scenarios.base, **chosen}})
    with bar(quiet=quiet) as report:
        return run(analysis.survey, scenarios, folder=out / KEPT, seed=analysis.seed, report=report)


def _beside(survey: Survey, out: Path, folder: Path | None) -> Sensitivity | None:
    """Return the choices of a folder that was named, or that lies beside the results."""
    from alumnistats.sensitivity.reading import TABLES, read_sensitivity

    if folder is not None:
        return read_sensitivity(folder, survey)
    folder = out.absolute().parent / BESIDE
    if not all((folder / f"{name}.csv").is_file() for name in TABLES):
        return None
    try:
        found = read_sensitivity(folder, survey)
    except ArgumentError as error:
        remark(f"the page offers no other choices: {error}")
        return None
    remark(f"the page offers the choices of {folder}")
    return found
