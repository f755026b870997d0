"""`alumnistats sensitivity`: the analysis under many choices."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alumnistats.cli.common import (
    SCENARIOS_FAILED,
    bar,
    jobs_option,
    json_option,
    lang_option,
    progress,
    scheduler_option,
    seed_option,
    survey_argument,
)
from alumnistats.cli.printing import remark, say_json, show
from alumnistats.outputs import check_folder, write_folder
from alumnistats.text import file_part

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.sensitivity import Sensitivity

KEPT = "finished"  # folder of finished scenarios, in that of the run
FILES = ("*.csv", "sensitivity.parquet", "figures/*.svg")
LONG = ("sensitivity", "scenarios")  # tables with a row for every scenario, left out of its JSON


@click.command(epilog="Example: alumnistats sensitivity --out sensitivity --jobs 2")
@survey_argument
@click.option(
    "--out", type=click.Path(path_type=Path), required=True,
    help="Folder for tables and figures; scenarios are kept there as they finish.",
)  # fmt: skip
@click.option("--scenarios", type=click.Path(path_type=Path), help="File of choices to vary.")
@jobs_option
@scheduler_option
@json_option
@lang_option
@seed_option
def sensitivity(
    survey: str | None,
    out: Path,
    scenarios: Path | None,
    jobs: int,
    scheduler: str | None,
    lang: str,
    seed: int,
    *,
    as_json: bool,
) -> None:
    """Analyze a survey under many choices; say which of them each verdict depends on.

    Run it again with the same --out to go on after an interruption, or when choices changed.
    """
    from alumnistats.sensitivity import sensitivity as run
    from alumnistats.tables import records
    from alumnistats.tables.wrapping import print_sentences

    check_folder(out, FILES)
    try:
        with bar(quiet=as_json) as report:
            found = run(
                survey, scenarios, folder=out / KEPT, seed=seed, jobs=jobs, scheduler=scheduler,
                report=report,
            )  # fmt: skip
    except KeyboardInterrupt:
        remark(f"finished scenarios are in {out / KEPT}: run it again to go on")
        raise
    with progress(quiet=as_json) as report:
        report("tables and figures")
        tables = found.tables()
        _write_sensitivity(found, tables, out, lang)
    remark(f"written to {out}")
    if as_json:
        shown = {name: records(table) for name, table in tables.items() if name not in LONG}
        say_json(shown)
    else:
        show(lambda console: print_sentences(tables["sentences"][f"text_{lang}"], console))
    if failed := len(found.failures):
        total = len(found.finished)
        remark(f"{failed} of {total:,} scenarios failed: see scenarios.csv")
        sys.exit(SCENARIOS_FAILED)


def _write_sensitivity(
    found: Sensitivity, tables: Mapping[str, pd.DataFrame], out: Path, lang: str
) -> None:
    """Write tables, and figures of every claim whose verdict or probability varies."""
    from matplotlib.pyplot import close

    from alumnistats.figures import figure_bytes, plot_specification_curve, plot_tornado
    from alumnistats.tables import csv_files, parquet_file

    contents = csv_files(tables)
    contents["sensitivity.parquet"] = parquet_file(tables["sensitivity"])
    for claim in found.varying_claims():
        for name, plot in (
            ("specification-curve", plot_specification_curve),
            ("tornado", plot_tornado),
        ):
            figure = plot(found, claim, lang=lang).figure
            contents[f"figures/{name}-{file_part(claim)}.svg"] = figure_bytes(figure, lang)
            close(figure)
    write_folder(out, "sensitivity", contents)
