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
    from alumnistats.figures.records import SavedPlan
    from alumnistats.figures.registry import Width
    from alumnistats.reconstruction.size_priors import SizePrior
    from alumnistats.survey import Survey

FOLDER = click.Path(path_type=Path)
SETTLED = ("survey", "sizes", "draws", "level", "seed")  # before there are results


@click.command(
    epilog="Example: alumnistats figures --from results --out figures --format pdf --width single"
)
@survey_argument
@click.option(
    "--from", "results", type=FOLDER,
    help="Folder that `alumnistats analyze --out` wrote: draws without computing again.",
)  # fmt: skip
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
@click.pass_context
def figures(
    context: click.Context,
    survey: str | None,
    results: Path | None,
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
    """Draw every figure that a survey has, or that results in a folder have.

    A figure that it cannot have is left out, and standard error says why.
    """
    from alumnistats.analysis import analyze, plan
    from alumnistats.figures import FIGURES, Sources, figure_files, missing
    from alumnistats.figures.saved import read_analysis
    from alumnistats.sources import load_survey

    check_folder(out, [f"{name}*.{form}" for name in FIGURES])
    if results is not None:
        _refuse_what_is_settled(context)
    saved = None if results is None else read_analysis(results)
    data = load_survey(survey) if saved is None else saved.survey
    with progress(quiet=False) as report:
        others = _others(data, sensitivity, calibration, rates)  # first: its errors show at once
        if saved is None or results is None:
            analysis = analyze(
                data, sizes=sizes, level=level, seed=seed, report=report, **draws_of(draws)
            )
            report("plan")
            sources = Sources(analysis, plan(analysis, seed=seed), **others)
        else:
            sources = Sources(saved, _plan_in(results, data), **others)
        report("figures")
        write_folder(out, "figures", dict(figure_files(sources, lang, form, width)))
    for name, why in missing(sources).items():
        remark(f"left out: {name}: {why}")
    remark(f"written to {out}")


def _refuse_what_is_settled(context: click.Context) -> None:
    """Refuse options that say how a survey is analyzed where it has been."""
    from click.core import ParameterSource

    for name in SETTLED:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = "SURVEY" if name == "survey" else f"--{name}"
            raise click.UsageError(
                f"{option} says what is computed, and --from draws what was: give one of the two."
            )


def _plan_in(results: Path, survey: Survey) -> SavedPlan | None:
    """Return the plan that lies beside the results, if one does."""
    from alumnistats.errors import ArgumentError
    from alumnistats.figures.saved import PLAN_FILE, read_plan

    if not (results / PLAN_FILE).exists():
        return None
    plan = read_plan(results)
    if plan.survey != survey:
        found = f"{PLAN_FILE} of the survey {plan.survey.id}"  # a folder's name may be long
        raise ArgumentError("from", found, f"that of the survey beside it, {survey.id}")
    return plan


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
