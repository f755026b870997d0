"""`alumnistats bounds`: what every solution shares, whatever any prior says."""

from __future__ import annotations

from typing import Any

import click

from alumnistats.cli.common import (
    json_option,
    lang_option,
    progress,
    survey_argument,
)
from alumnistats.cli.printing import say_json, show


@click.command(epilog="Example: alumnistats bounds my-survey.toml --of official_contact")
@survey_argument
@click.option("--of", multiple=True, help="Also the counts and shares of a measure; repeatable.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0.1),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds; bounds that are not exact by then say 'at least' or 'at most'.",
)
@click.option(
    "--largest",
    type=click.IntRange(min=1),
    default=None,
    metavar="N",
    help="Respondents in all to consider where no total is published (default 100000).",
)
@lang_option
@json_option
def bounds(
    survey: str | None,
    of: tuple[str, ...],
    time_limit: float,
    largest: int | None,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """Lowest and highest possible sizes, counts and shares: proved, without any prior.

    Exit status: 0 done, 1 neither a solution nor a contradiction was found in time, 2 bad input,
    3 the survey contradicts itself, which is proved and told.
    """
    from alumnistats.identification import bounds as run
    from alumnistats.sources import load_survey
    from alumnistats.tables import document
    from alumnistats.tables.bounds import print_bounds

    data = load_survey(survey)
    options: dict[str, Any] = {"of": of, "largest": largest}
    with progress(quiet=as_json) as told:
        found = run(data, time_limit, told=told, **options)
    if as_json:
        tables = {"sizes": found.sizes, "counts": found.counts}
        say_json(document(data, tables, largest=found.largest, time_limit=time_limit))
        return
    show(lambda console: print_bounds(found, console, lang))
