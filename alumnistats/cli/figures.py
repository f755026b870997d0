"""`alumnistats figures`: every figure of a survey, as files for a page or a paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alumnistats.cli.common import (
    draws_of,
    draws_option,
    lang_option,
    level_option,
    progress,
    seed_option,
    sizes_option,
    survey_argument,
)
from alumnistats.cli.printing import remark
from alumnistats.outputs import check_folder, write_folder

if TYPE_CHECKING:
    from alumnistats.figures.files import Format
    from alumnistats.figures.registry import Width
    from alumnistats.reconstruction.size_priors import SizePrior
    from alumnistats.survey import Survey

FOLDER = click.Path(path_type=Path)


@click.command(
    epilog="Example: alumnistats figures my-survey.toml --out figures --format pdf --width single"
)
@survey_argument
@click.option("--out", type=FOLDER, required=True, help="Folder for the figures.")
@click.option(
    "--format", "form", type=click.Choice(["svg", "pdf", "png"]), default="svg",
    help="Of the files (default svg); png has 300 dots an inch.",
)  # fmt: skip
@click.option(
    "--width", type=click.Choice(["single", "double", "wide"]), default="double",
    help="One or two columns of a journal, or a slide: 3.4, 7 or 10 inches (default double).",
)  # fmt: skip
@click.option(
    "--sensitivity", type=FOLDER, help="Folder that `alumnistats sensitivity --out` wrote."
)
@click.option("--calibration", type=FOLDER, help="Folder that `alumnistats simulate --out` wrote.")
@click.option(
    "--rates",
    type=FOLDER,
    help="Table of error rates of verdicts: benchmarks/results/verdicts.csv.",
)
@lang_option
@sizes_option
@draws_option
@level_option
@seed_option
def figures(
    survey: str | None,
    out: Path,
    form: Format,
    width: Width,
    sensitivity: Path | None,
    calibration: Path | None,
    rates: Path | None,
    lang: str,
    sizes: SizePrior,
    draws: int | None,
    level: float,
    seed: int,
) -> None:
    """Draw every figure that a survey has.

    A figure that it cannot have is left out, and standard error says why.
    """
    from alumnistats.analysis import analyze, plan
    from alumnistats.figures import FIGURES, Sources, figure_files, missing
    from alumnistats.sources import load_survey

    check_folder(out, [f"{name}*.{form}" for name in FIGURES])
    data = load_survey(survey)
    with progress(quiet=False) as report:
        others = _others(data, sensitivity, calibration, rates)  # first: its errors show at once
        analysis = analyze(
            data, sizes=sizes, level=level, seed=seed, report=report, **draws_of(draws)
        )
        report("plan")
        sources = Sources(analysis, plan(analysis, seed=seed), **others)
        report("figures")
        write_folder(out, "figures", dict(figure_files(sources, lang, form, width)))
    for name, why in missing(sources).items():
        remark(f"left out: {name}: {why}")
    remark(f"written to {out}")


def _others(
    survey: Survey, sensitivity: Path | None, calibration: Path | None, rates: Path | None
) -> dict[str, Any]:
    """Return the results that are read from files, by their field of `Sources`."""
    from alumnistats.figures import read_calibration, read_rates
    from alumnistats.sensitivity.reading import read_sensitivity

    found: dict[str, Any] = {}
    if sensitivity is not None:
        found["sensitivity"] = read_sensitivity(sensitivity, survey)
    if calibration is not None:
        found["coverage"], found["calibration"] = read_calibration(calibration)
    if rates is not None:
        found["rates"] = read_rates(rates)
    return found
