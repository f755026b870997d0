"""`alumnistats reconstruct`: sample sizes, counts and conventions."""

from __future__ import annotations

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
from alumnistats.cli.printing import say_json, show

if TYPE_CHECKING:
    from alumnistats.reconstruction.size_priors import SizePrior


@click.command(epilog="Example: alumnistats reconstruct my-survey.toml --all-priors")
@survey_argument
@click.option("--all-priors", is_flag=True, help="Compare the priors on sample sizes.")
@click.option("--count", is_flag=True, help="Count the solutions of each measure exactly (slow).")
@click.option(
    "--possible", type=click.FloatRange(0, 86_400, min_open=True), metavar="SECONDS",
    help="Prove within that time between which bounds sizes and counts lie, whatever the prior.",
)  # fmt: skip
@largest_option
@misprint_options
@usual_options
def reconstruct(
    survey: str | None,
    lang: str,
    sizes: SizePrior,
    draws: int | None,
    level: float,
    seed: int,
    *,
    all_priors: bool,
    count: bool,
    misprints: bool,
    misprint_prior: float,
    possible: float | None,
    largest: int | None,
    as_json: bool,
) -> None:
    """Recover sample sizes, counts and conventions only."""
    from alumnistats.reconstruction import informative_figures, solution_counts
    from alumnistats.reconstruction import misprints as misprints_of
    from alumnistats.reconstruction import reconstruct as run
    from alumnistats.reconstruction.from_survey import compare_priors
    from alumnistats.sources import load_survey
    from alumnistats.tables import document, reconstruction_facts
    from alumnistats.tables.bounds import print_bounds
    from alumnistats.tables.reconstruction import print_further, print_reconstruction

    data = load_survey(survey, "doubtful" if misprints else "right")
    options = {
        "level": level,
        "seed": seed,
        "largest": largest,
        **draws_of(draws),
        "misprints": misprint_prior if misprints else None,
    }  # fmt: skip
    with progress(quiet=as_json) as report:
        report("reconstruction")
        recon = run(data, sizes, possible=possible, **options)
        tables = {
            "sample_sizes": recon.sample_sizes,
            "conventions": recon.conventions,
            "counts": recon.counts,
            "informative_figures": informative_figures(recon),
        }
        if recon.totals is not None:
            tables["total"] = recon.total
        if recon.misprint_prior is not None:
            tables["misprints"] = misprints_of(recon)
        if count:
            report("counting solutions")
            tables["solutions"] = solution_counts(recon)
        if all_priors:
            report("other priors")
            tables["size_priors"] = compare_priors(data, **options)
    if as_json:
        facts = {"sizes": sizes, "seed": seed, "level": level}
        say_json(document(data, tables, **facts, **reconstruction_facts(recon)))
        return
    show(lambda console: print_reconstruction(recon, console, lang))
    if recon.possible is not None:
        bounds = recon.possible
        show(lambda console: print_bounds(bounds, console, lang))
    show(lambda console: print_further(recon, tables, console, lang))
