"""`alumnistats simulate`: the package on releases with known truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alumnistats.cli.common import (
    bar,
    draws_of,
    draws_option,
    jobs_option,
    json_option,
    lang_option,
    scheduler_option,
    seed_option,
)
from alumnistats.cli.printing import remark, say_json, show
from alumnistats.outputs import check_folder, write_folder

if TYPE_CHECKING:
    from alumnistats.reconstruction.size_priors import SizePrior

DRAWN = ["quota", "shortfall", "free", "dirichlet", "mixture"]  # laws of sizes that can be drawn
USUAL_TOTAL = 1233


@click.command(epilog="Example: alumnistats simulate --releases 200 --jobs 2 --out calibration")
@click.option(
    "--releases",
    type=click.IntRange(1, 1_000_000),
    default=50,
    help="Simulated releases (default 50).",
)
@click.option("--groups", type=click.IntRange(1, 1_000), default=12, help="Groups of each release.")
@click.option(
    "--total",
    type=click.IntRange(1, 10_000_000),
    help="Respondents of each release (default 1233).",
)
@click.option(
    "--total-about",
    type=click.IntRange(1, 10_000_000),
    help="Published in the place of a total, which is near it.",
)
@click.option("--no-total", is_flag=True, help="Publish no total: it is anything.")
@click.option(
    "--listed",
    type=click.IntRange(min=0),
    default=3,
    help="Groups published at either end; 0: all.",
)
@click.option("--digits", type=click.IntRange(0, 6), default=1, help="Decimals of the percentages.")
@click.option("--sizes", type=click.Choice(DRAWN), default="quota", help="Law of the sample sizes.")
@jobs_option
@scheduler_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the tables.")
@json_option
@lang_option
@draws_option
@seed_option
def simulate(
    releases: int,
    groups: int,
    total: int | None,
    total_about: int | None,
    listed: int,
    digits: int,
    sizes: SizePrior,
    jobs: int,
    scheduler: str | None,
    out: Path | None,
    lang: str,
    draws: int | None,
    seed: int,
    *,
    no_total: bool,
    as_json: bool,
) -> None:
    """Check the package's probabilities on simulated releases with known truth."""
    from alumnistats.simulation import Design, calibrate
    from alumnistats.tables import csv_files, records
    from alumnistats.tables.simulation import print_calibration

    if total is not None and no_total:
        raise click.UsageError("--total and --no-total exclude each other")
    if out is not None:
        check_folder(out, ["*.csv"])
    if total is None and total_about is None and not no_total:
        total = USUAL_TOTAL
    design = Design(groups, total, listed, digits, sizes, total_about=total_about)
    with bar(releases, quiet=as_json) as report:
        place: dict[str, Any] = {"jobs": jobs, "scheduler": scheduler}
        found = calibrate(design, releases, seed=seed, report=report, **place, **draws_of(draws))
    summaries = {"uniformity": found.uniformity(), "coverage": found.coverage()}
    details = {"values": found.values, "intervals": found.intervals, "failed": found.failures}
    if out is not None:
        write_folder(out, "simulate", csv_files({**summaries, **details}))
        remark(f"written to {out}")
    if as_json:
        say_json({name: records(table) for name, table in summaries.items()})
    else:
        show(lambda console: print_calibration(found, console, lang))
    if failed := len(found.failures):
        remark(f"{failed} of {releases:,} releases could not be reconstructed")
