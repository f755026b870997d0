"""Commands about survey files and single figures: validate, init, schema, sizes, check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alumnistats.cli.common import (
    IMPOSSIBLE,
    MOST_RESPONDENTS,
    json_option,
    lang_option,
    survey_argument,
)
from alumnistats.cli.printing import remark, say, say_json, show

_FORMAT_ONE = (
    "{path}: format 1, which is still read. What changed in format 2: a text may be in one "
    'language (label = "..."), groups and options are lists of labels, figures are tables '
    "([figures.SHARE]), rankings are told by figures (top = 3) and make claims by themselves, "
    'thresholds are lines ("SHARE >= 70"), places (at) may be left out. To rewrite it: '
    "alumnistats init NAME --from {path}; to read more: alumnistats help file-format"
)
MOST_LISTED = 1_000_000  # sizes that a terminal is to show


@click.command(epilog="Example: alumnistats validate my-survey.toml")
@survey_argument
def validate(survey: str | None) -> None:
    """Check a survey file; report every error in it at once."""
    from alumnistats.sources import load_survey
    from alumnistats.sources.toml_reader import format_of

    data = load_survey(survey)
    parts = ("groups", "questions", "figures", "rankings", "claims")
    counts = ", ".join(f"{part}: {len(getattr(data, part))}" for part in parts)
    say(f"{data.id}: valid; {counts}")
    if format_of(survey) == 1:
        remark(_FORMAT_ONE.format(path=survey))


@click.command(epilog="Example: alumnistats schema > survey.schema.json")
def schema() -> None:
    """Print the JSON Schema of survey files, with which an editor completes and checks them."""
    from alumnistats.sources import schema_text

    say(schema_text(), end="")


digits_option = click.option(
    "--digits",
    type=click.IntRange(0, 6),
    default=None,
    help="Decimals printed, where trailing zeros were dropped.",
)


@click.command(epilog="Example: alumnistats sizes 47.8 44.5 --digits 1 --max 300")
@click.argument("percents", nargs=-1, required=True)
@digits_option
@click.option(
    "--max",
    "largest",
    type=click.IntRange(1, MOST_LISTED),
    default=300,
    help="Largest size (default 300).",
)
@click.option(
    "--forced",
    is_flag=True,
    help="They are all shares of one question, made to sum to 100 by the largest remainders.",
)
@lang_option
@json_option
def sizes(
    percents: tuple[str, ...],
    digits: int | None,
    largest: int,
    lang: str,
    *,
    forced: bool,
    as_json: bool,
) -> None:
    """List the sample sizes under which percentages can occur, each and all, by rounding rule."""
    find = _forced_sizes if forced else _sizes_by_rule
    by_rule = find(percents, digits, largest)
    if as_json:
        say_json({"largest": largest, "sizes": by_rule})
        return
    from alumnistats.tables.percentages import print_sizes

    show(lambda console: print_sizes(by_rule, largest, console, lang))


def _sizes_by_rule(
    percents: tuple[str, ...], digits: int | None, largest: int
) -> dict[str, dict[str, list[int]]]:
    from alumnistats.rounding import ROUNDING_RULES, possible_sizes

    found = possible_sizes(percents, digits=digits, largest=largest)
    by_rule: dict[str, dict[str, list[int]]] = {}
    names = [*dict.fromkeys(percents), *(["all"] if len(set(percents)) > 1 else [])]
    for rule in ROUNDING_RULES:
        rows = found[found["rule"] == rule]
        by_rule[rule] = {name: rows.loc[rows[name], "n"].tolist() for name in names}
    return by_rule


def _forced_sizes(
    percents: tuple[str, ...], digits: int | None, largest: int
) -> dict[str, dict[str, list[int]]]:
    from alumnistats.remainders import possible_forced_sizes

    found = possible_forced_sizes(percents, digits=digits, largest=largest)
    return {"largest-remainders": {"all": found}}


@click.command(epilog="Example: alumnistats check 47.8 --n 90")
@click.argument("percent")
@click.option(
    "--n", "nobs", type=click.IntRange(1, MOST_RESPONDENTS), required=True, help="Sample size."
)
@digits_option
@lang_option
@json_option
@click.pass_context
def check(
    context: click.Context,
    percent: str,
    nobs: int,
    digits: int | None,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """Say whether a percentage can come from a sample size; exit status 1 if it cannot."""
    from alumnistats.rounding import check_percent
    from alumnistats.tables import records
    from alumnistats.tables.percentages import print_check

    table = check_percent(percent, nobs, digits=digits)
    possible = bool(table["possible"].any())
    if as_json:
        found = {"percent": percent, "n": nobs, "possible": possible, "rules": records(table)}
        say_json(found)
    else:
        text, rows = percent.strip().rstrip("%％"), records(table)
        show(lambda console: print_check(text, nobs, rows, console, lang))
    context.exit(0 if possible else IMPOSSIBLE)


@click.command(epilog="Example: alumnistats init my-survey --from table.xlsx --digits 1")
@click.argument("name")
@click.option(
    "--from",
    "table",
    type=click.Path(path_type=Path),
    help="Table to take it from, or a survey file to write anew.",
)
@click.option(
    "--values",
    type=click.Choice(["percent", "count", "proportion"]),
    default="percent",
    help="In the table.",
)
@click.option(
    "--groups",
    type=click.Choice(["auto", "rows", "columns"]),
    default="auto",
    help="Where groups stand: rows down, columns across.",
)
@click.option("--section", metavar="HEADING", help="Of groups under several headings; or all.")
@click.option("--total", metavar="LABEL", help="Of the row of all respondents; or none.")
@click.option(
    "--header-rows", type=click.IntRange(1, 5), help="Rows that name the columns, if not found out."
)
@click.option(
    "--answers",
    type=click.Choice(["auto", "single", "multiple"]),
    default="auto",
    help="Of one respondent.",
)
@click.option("--decimal", type=click.Choice([".", ","]), default=".", help="Decimal mark.")
@digits_option
@click.option("--sheet", help="Of a workbook with several.")
@click.option("--encoding", help="Of a text file, if it is not recognised.")
def init(name: str, table: Path | None, **options: Any) -> None:
    """Write a commented survey file NAME.toml to fill in; --from takes its figures from a table."""
    from alumnistats.sources.start import start_survey

    path, notes = start_survey(name, table, **options)
    for note in notes:
        remark(f"{table}: {note}")
    remark(f"written to {path}; next: alumnistats validate {path}")
