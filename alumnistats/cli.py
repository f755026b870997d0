"""The command line: parses, calls, prints. No statistics here."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import alumnistats
from alumnistats.errors import AlumniStatsError, ContradictionError

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.analysis import Analysis, Plan
    from alumnistats.posterior import Engine
    from alumnistats.reconstruction.size_priors import SizePrior
    from alumnistats.sensitivity import Sensitivity

IMPOSSIBLE = 1
BAD_INPUT = 2
CONTRADICTION = 3
SCENARIOS_FAILED = 4
INTERRUPTED = 130
# Imports and tables make many lasting objects: collecting after every 700 costs a tenth of a run.
COLLECT_AFTER = 100_000
KEPT = "finished"  # folder of finished scenarios, in that of a sensitivity analysis
LONG = ("sensitivity", "scenarios")  # tables with a row for every scenario, left out of its JSON
NARROWEST = 100  # columns of a summary that is piped to a file

PRIORS = ["quota", "shortfall", "free", "dirichlet", "equal", "proportional"]


def _stop_on_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the package's errors into a message on standard error and an exit status."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ContradictionError as error:
            click.echo(f"alumnistats: {error}", err=True)
            sys.exit(CONTRADICTION)
        except AlumniStatsError as error:
            click.echo(f"alumnistats: {error}", err=True)
            sys.exit(BAD_INPUT)
        except OSError as error:
            click.echo(f"alumnistats: {error}", err=True)
            sys.exit(BAD_INPUT)
        except KeyboardInterrupt:
            click.echo("alumnistats: interrupted; nothing half-written is left", err=True)
            sys.exit(INTERRUPTED)

    return run


def _say_nothing(_step: str) -> None:
    """Show nothing."""


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show the step at work on standard error, only on a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield _say_nothing
        return
    with console.status("") as status:
        yield status.update


@contextmanager
def _bar(total: int | None = None, *, quiet: bool) -> Iterator[Callable[..., None]]:
    """Show how many parts are done, and the time left, on a terminal only.

    What is yielded takes the number of parts done, and the total if it was not known before.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, disable=hidden) as progress:
        task = progress.add_task("", total=total)
        yield lambda done, total=total: progress.update(task, completed=done, total=total)


def _console() -> Any:
    from rich.console import Console

    if sys.stdout.isatty():
        return Console()
    return Console(width=NARROWEST, no_color=True)


survey_argument = click.argument("survey", required=False)
lang_option = click.option(
    "--lang", type=click.Choice(["en", "ja"]), default="en", help="Language of the labels."
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
)
sizes_option = click.option(
    "--sizes", type=click.Choice(PRIORS), default="quota", help="Prior on the sample sizes."
)
draws_option = click.option(
    "--draws", type=int, default=None, help="Weighted solutions to keep (default 800)."
)
level_option = click.option(
    "--level", type=float, default=0.95, help="Of intervals, sets and verdicts."
)
jobs_option = click.option("--jobs", type=int, default=1, help="Processes.")
scheduler_option = click.option(
    "--scheduler", metavar="ADDRESS", help="Dask scheduler to run on, instead of --jobs."
)
seed_option = click.option("--seed", type=int, default=0, help="Same seed, same tables.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(alumnistats.__version__, prog_name="alumnistats")
def main() -> None:
    """Recover what a published ranking rests on, and judge what it can support.

    SURVEY is the id of an embedded survey or the path of a survey file; the embedded
    Hackazouk 2025 survey when omitted.
    """
    gc.set_threshold(COLLECT_AFTER)


def _options(draws: int | None) -> dict[str, Any]:
    return {} if draws is None else {"draws": draws}


@main.command(epilog="Example: alumnistats analyze my-survey.toml --out results --lang ja")
@survey_argument
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tables and the page.")
@click.option(
    "--engine", type=click.Choice(["exact", "pymc"]), default="exact", help="Of partial pooling."
)
@json_option
@lang_option
@sizes_option
@draws_option
@level_option
@seed_option
@_stop_on_errors
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
    as_json: bool,
) -> None:
    """Analyze a survey from its figures to a verdict on every claim."""
    from alumnistats.analysis import analyze as run
    from alumnistats.tables import check_directory, print_analysis

    if out is not None:
        check_directory(out)
    with _progress(quiet=as_json) as report:
        analysis = run(
            survey, sizes=sizes, engine=engine, level=level, seed=seed, report=report,
            **_options(draws),
        )  # fmt: skip
    if as_json:
        click.echo(_json_of(analysis))
    else:
        print_analysis(analysis, _console(), lang)
    if out is not None:
        with _progress(quiet=as_json) as report:
            report("files")
            _write(analysis, out, lang)
        click.echo(f"written to {out}", err=True)


def _json_of(analysis: Analysis) -> str:
    from alumnistats.tables import document, to_json

    facts = {"engine": analysis.engine, "seed": analysis.seed, "level": analysis.level}
    facts["sizes"] = analysis.reconstruction.size_prior
    return to_json(document(analysis.survey, analysis.tables(), **facts))


def _write(analysis: Analysis, out: Path, lang: str) -> None:
    """Write tables, document, ArviZ file, figures and page; each file whole or not at all."""
    import tempfile

    from alumnistats.figures import save_figures
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
        for figure in save_figures(analysis, Path(folder, "figures"), lang):
            contents[f"figures/{figure.name}"] = figure.read_bytes()
    write_files(out, contents)


@main.command(epilog="Example: alumnistats reconstruct my-survey.toml --all-priors")
@survey_argument
@click.option("--all-priors", is_flag=True, help="Compare the priors on sample sizes.")
@click.option("--count", is_flag=True, help="Count the solutions of each measure exactly (slow).")
@json_option
@lang_option
@sizes_option
@draws_option
@level_option
@seed_option
@_stop_on_errors
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
    as_json: bool,
) -> None:
    """Recover sample sizes, counts and conventions only."""
    from alumnistats.reconstruction import reconstruct as run
    from alumnistats.reconstruction.compare import compare_priors
    from alumnistats.sources import load_survey
    from alumnistats.tables import document, print_reconstruction, to_json

    data = load_survey(survey)
    options = {"level": level, "seed": seed, **_options(draws)}
    with _progress(quiet=as_json) as report:
        report("reconstruction")
        recon = run(data, sizes, **options)
        tables = {
            "sample_sizes": recon.sample_sizes,
            "conventions": recon.conventions,
            "counts": recon.counts,
        }
        if count:
            report("counting solutions")
            tables["solutions"] = recon.solution_counts()
        if all_priors:
            report("other priors")
            tables["size_priors"] = compare_priors(data, **options)
    if as_json:
        click.echo(to_json(document(data, tables, sizes=sizes, seed=seed, level=level)))
        return
    console = _console()
    print_reconstruction(recon, console, lang)
    for name in ("solutions", "size_priors"):
        if name in tables:
            console.print(tables[name].to_string(index=False), highlight=False)


@main.command(epilog="Example: alumnistats simulate --releases 200 --jobs 2 --out calibration")
@click.option("--releases", type=int, default=50, help="Simulated releases (default 50).")
@click.option("--groups", type=int, default=12, help="Groups of each release.")
@click.option("--total", type=int, default=1233, help="Respondents of each release.")
@click.option("--listed", type=int, default=3, help="Groups published at either end; 0: all.")
@click.option("--digits", type=int, default=1, help="Decimals of the percentages.")
@click.option(
    "--sizes", type=click.Choice(PRIORS[:3]), default="quota", help="Law of the sample sizes."
)
@jobs_option
@scheduler_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the tables.")
@json_option
@draws_option
@seed_option
@_stop_on_errors
def simulate(
    releases: int,
    groups: int,
    total: int,
    listed: int,
    digits: int,
    sizes: SizePrior,
    jobs: int,
    scheduler: str | None,
    out: Path | None,
    draws: int | None,
    seed: int,
    *,
    as_json: bool,
) -> None:
    """Check the package's probabilities on simulated releases with known truth."""
    from alumnistats.simulation import Design, calibrate
    from alumnistats.tables import check_directory, csv_files, records, to_json, write_files

    if out is not None:
        check_directory(out)
    design = Design(groups, total, listed, digits, sizes)
    with _bar(releases, quiet=as_json) as report:
        place: dict[str, Any] = {"jobs": jobs, "scheduler": scheduler}
        found = calibrate(design, releases, seed=seed, report=report, **place, **_options(draws))
    summaries = {"uniformity": found.uniformity(), "coverage": found.coverage()}
    if as_json:
        click.echo(to_json({name: records(table) for name, table in summaries.items()}))
    else:
        for table in summaries.values():
            click.echo(table.round(4).to_string(index=False) + "\n")
    if len(found.failures):
        click.echo(f"{len(found.failures)} releases could not be reconstructed", err=True)
    if out is not None:
        details = {"values": found.values, "intervals": found.intervals, "failed": found.failures}
        write_files(out, csv_files({**summaries, **details}))
        click.echo(f"written to {out}", err=True)


@main.command(epilog="Example: alumnistats sensitivity --out sensitivity --jobs 2")
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
@_stop_on_errors
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
    """Analyze a survey under many choices; say which of them each verdict hangs on.

    Run it again with the same --out to go on after an interruption, or when choices changed.
    """
    from alumnistats.sensitivity import sensitivity as run
    from alumnistats.tables import check_directory, records, to_json

    check_directory(out)
    try:
        with _bar(quiet=as_json) as report:
            found = run(
                survey, scenarios, folder=out / KEPT, seed=seed, jobs=jobs, scheduler=scheduler,
                report=report,
            )  # fmt: skip
    except KeyboardInterrupt:
        click.echo(f"finished scenarios are in {out / KEPT}: run it again to go on", err=True)
        raise
    with _progress(quiet=as_json) as report:
        report("tables and figures")
        tables = found.tables()
        _write_sensitivity(found, tables, out, lang)
    if as_json:
        shown = {name: records(table) for name, table in tables.items() if name not in LONG}
        click.echo(to_json(shown))
    else:
        click.echo("\n".join(tables["sentences"][f"text_{lang}"]))
    click.echo(f"written to {out}", err=True)
    if failed := len(found.failures):
        total = len(found.finished)
        click.echo(f"{failed} of {total:,} scenarios failed: see scenarios.csv", err=True)
        sys.exit(SCENARIOS_FAILED)


def _write_sensitivity(
    found: Sensitivity, tables: Mapping[str, pd.DataFrame], out: Path, lang: str
) -> None:
    """Write tables, and figures of every claim whose verdict or probability varies."""
    from matplotlib.pyplot import close

    from alumnistats.figures import figure_bytes
    from alumnistats.tables import csv_files, parquet_file, write_files

    contents = csv_files(tables)
    contents["sensitivity.parquet"] = parquet_file(tables["sensitivity"])
    for claim in found.varying_claims():
        for name, plot in (
            ("specification-curve", found.plot_specification_curve),
            ("tornado", found.plot_tornado),
        ):
            figure = plot(claim, lang=lang).figure
            contents[f"figures/{name}-{claim}.svg"] = figure_bytes(figure, lang)
            close(figure)
    write_files(out, contents)


@main.command(epilog="Example: alumnistats validate my-survey.toml")
@survey_argument
@_stop_on_errors
def validate(survey: str | None) -> None:
    """Check a survey file; report every error in it at once."""
    from alumnistats.sources import load_survey

    data = load_survey(survey)
    click.echo(
        f"{data.id}: valid; {len(data.groups)} groups, {len(data.questions)} questions, "
        f"{len(data.figures)} figures, {len(data.rankings)} rankings, {len(data.claims)} claims"
    )


@main.command(epilog="Example: alumnistats plan my-survey.toml --power 0.9 --assurance --out plan")
@survey_argument
@click.option("--power", type=float, default=0.8, help="With which a claim is to be settled.")
@click.option("--assurance", is_flag=True, help="Average over what is known of the shares, too.")
@click.option(
    "--design-effect", type=float, default=1.0, help="Respondents that count as one (default 1)."
)
@click.option("--claim", "claims", multiple=True, help="Id of a claim to plan for; repeatable.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tables and figures.")
@json_option
@lang_option
@sizes_option
@draws_option
@level_option
@seed_option
@_stop_on_errors
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
    from alumnistats.tables import check_directory, document, print_plan, to_json

    if out is not None:
        check_directory(out)
    with _progress(quiet=as_json) as report:
        found = run(
            survey, power=power, level=level, assured=assurance, design_effect=design_effect,
            claims=claims or None, seed=seed, report=report, sizes=sizes, **_options(draws),
        )  # fmt: skip
    if as_json:
        facts = {"power": power, "level": level, "design_effect": design_effect, "seed": seed}
        click.echo(to_json(document(found.survey, found.tables(), sizes=sizes, **facts)))
    else:
        print_plan(found, _console(), lang)
    if out is not None:
        _write_plan(found, out, lang)
        click.echo(f"written to {out}", err=True)


def _write_plan(found: Plan, out: Path, lang: str) -> None:
    """Write the tables and figures of a plan; each file whole or not at all."""
    from alumnistats.figures import figure_bytes, plot_needed, plot_power
    from alumnistats.tables import csv_files, write_files

    contents = csv_files(found.tables())
    if len(found.plan):
        for name, draw in (("needed", plot_needed), ("power", plot_power)):
            contents[f"figures/{name}.svg"] = figure_bytes(draw(found, lang=lang).figure, lang)
    write_files(out, contents)


@main.command(epilog="Example: alumnistats schema > survey.schema.json")
def schema() -> None:
    """Print the JSON Schema of survey files, with which an editor completes and checks them."""
    from alumnistats.sources import schema_text

    click.echo(schema_text(), nl=False)


digits_option = click.option(
    "--digits", type=int, default=None, help="Decimals printed, where trailing zeros were dropped."
)


@main.command(epilog="Example: alumnistats sizes 47.8 44.5 --digits 1 --max 300")
@click.argument("percents", nargs=-1, required=True)
@digits_option
@click.option("--max", "largest", type=int, default=300, help="Largest size (default 300).")
@json_option
@_stop_on_errors
def sizes(percents: tuple[str, ...], digits: int | None, largest: int, *, as_json: bool) -> None:
    """List the sample sizes under which percentages can occur, each and all, by rounding rule."""
    from alumnistats.rounding import ROUNDING_RULES, possible_sizes
    from alumnistats.tables import to_json

    found = possible_sizes(percents, digits=digits, largest=largest)
    by_rule: dict[str, dict[str, list[int]]] = {}
    names = [*dict.fromkeys(percents), *(["all"] if len(set(percents)) > 1 else [])]
    for rule in ROUNDING_RULES:
        rows = found[found["rule"] == rule]
        by_rule[rule] = {name: rows.loc[rows[name], "n"].tolist() for name in names}
    if as_json:
        click.echo(to_json({"largest": largest, "sizes": by_rule}))
        return
    for used, lists in by_rule.items():
        click.echo(f"{used}, up to {largest}:")
        for name, numbers in lists.items():
            click.echo(f"  {name}: {_runs(numbers)}")


def _runs(numbers: list[int]) -> str:
    """Write increasing numbers with runs of three or more as first-last."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    parts = [f"{r[0]}-{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs]
    return ", ".join(parts) or "none"


@main.command(epilog="Example: alumnistats check 47.8 --n 90")
@click.argument("percent")
@click.option("--n", "nobs", type=int, required=True, help="Sample size.")
@digits_option
@json_option
@click.pass_context
@_stop_on_errors
def check(
    context: click.Context, percent: str, nobs: int, digits: int | None, *, as_json: bool
) -> None:
    """Say whether a percentage can come from a sample size; exit status 1 if it cannot."""
    from alumnistats.rounding import check_percent
    from alumnistats.tables import records, to_json

    table = check_percent(percent, nobs, digits=digits)
    possible = bool(table["possible"].any())
    if as_json:
        found = {"percent": percent, "n": nobs, "possible": possible, "rules": records(table)}
        click.echo(to_json(found))
    else:
        verdict = "can" if possible else "cannot"
        click.echo(f"{percent}% of {nobs} {verdict} occur")
        for row in records(table):
            ends = dict.fromkeys([row["lower"], row["upper"]])
            counts = "count " + " to ".join(map(str, ends))
            what = counts if row["possible"] else f"no; the nearest are {row['nearest']}"
            click.echo(f"  {row['rule']}: {what}")
    context.exit(0 if possible else IMPOSSIBLE)


@main.command(epilog="Example: alumnistats init my-survey --from table.xlsx --digits 1")
@click.argument("name")
@click.option("--from", "table", type=click.Path(path_type=Path), help="Table to take it from.")
@click.option(
    "--values", type=click.Choice(["percent", "count"]), default="percent", help="In the table."
)
@click.option(
    "--answers",
    type=click.Choice(["auto", "single", "multiple"]),
    default="auto",
    help="Of one respondent.",
)
@click.option("--decimal", type=click.Choice([".", ","]), default=".", help="Decimal mark.")
@digits_option
@click.option("--sheet", help="Of an Excel file with several.")
@click.option("--encoding", help="Of a text file, if it is not recognised.")
@_stop_on_errors
def init(name: str, table: Path | None, **options: Any) -> None:
    """Write a commented survey file NAME.toml to fill in; --from takes its figures from a table."""
    from alumnistats.sources.start import start_survey

    path, notes = start_survey(name, table, **options)
    for note in notes:
        click.echo(f"{table}: {note}", err=True)
    click.echo(f"written to {path}; next: alumnistats validate {path}", err=True)


if __name__ == "__main__":
    main()
