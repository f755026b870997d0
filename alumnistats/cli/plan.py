"""`alumnistats plan`: the survey that would have settled a claim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alumnistats.cli.common import (
    draws_of,
    progress,
    survey_argument,
    usual_options,
)
from alumnistats.cli.printing import remark, say_json, show
from alumnistats.outputs import check_folder, write_folder

if TYPE_CHECKING:
    from alumnistats.analysis import Plan
    from alumnistats.reconstruction.size_priors import SizePrior

FILES = ("*.csv", "plan.json", "figures/*.svg")


@click.command(epilog="Example: alumnistats plan my-survey.toml --power 0.9 --assurance --out plan")
@survey_argument
@click.option("--power", type=float, default=0.8, help="With which a claim is to be settled.")
@click.option("--assurance", is_flag=True, help="Average over what is known of the shares, too.")
@click.option(
    "--design-effect", type=float, default=1.0, help="Respondents that count as one (default 1)."
)
@click.option("--claim", "claims", multiple=True, help="Id of a claim to plan for; repeatable.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tables and figures.")
@usual_options
def plan(
    survey: str | None,
    power: float,
    design_effect: float,
    claims: tuple[str, ...],
    out: Path | None,
    lang: str,
    sizes: SizePrior,
    draws: int | None,
    level: float,
    seed: int,
    *,
    assurance: bool,
    as_json: bool,
) -> None:
    """Say how many respondents would have settled each claim, and what could be found."""
    from alumnistats.analysis import plan as run
    from alumnistats.tables import document
    from alumnistats.tables.plan import print_plan

    if out is not None:
        check_folder(out, FILES)
    with progress(quiet=as_json) as report:
        found = run(
            survey, power=power, level=level, assured=assurance, design_effect=design_effect,
            claims=claims or None, seed=seed, report=report, sizes=sizes, **draws_of(draws),
        )  # fmt: skip
    if out is not None:
        _write_plan(found, out, lang)
        remark(f"written to {out}")
    if as_json:
        facts = {"power": power, "level": level, "design_effect": design_effect, "seed": seed}
        say_json(document(found.survey, found.tables(), sizes=sizes, **facts))
    else:
        show(lambda console: print_plan(found, console, lang))


def _write_plan(found: Plan, out: Path, lang: str) -> None:
    """Write the tables and figures of a plan: all of them or none."""
    from alumnistats.figures import figure_bytes, plot_needed, plot_power
    from alumnistats.figures.saved import PLAN_FILE, plan_file
    from alumnistats.tables import csv_files

    contents = csv_files(found.tables()) | {PLAN_FILE: plan_file(found)}
    if len(found.plan):
        for name, draw in (("needed", plot_needed), ("power", plot_power)):
            contents[f"figures/{name}.svg"] = figure_bytes(draw(found, lang=lang).figure, lang)
    write_folder(out, "plan", contents)
