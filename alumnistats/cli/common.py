"""What the commands share: options, messages and exit statuses, progress on a terminal."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from alumnistats.cli.printing import silence, tell
from alumnistats.errors import (
    AlumniStatsError,
    ContradictionError,
    UndecidedError,
    UnreachableError,
)

FAILED = 1
IMPOSSIBLE = 1
UNDECIDED = 1
BAD_INPUT = 2
CONTRADICTION = 3
SCENARIOS_FAILED = 4
INTERRUPTED = 130

MOST_RESPONDENTS = 10**9 - 1  # as everywhere: they can be multiplied in 64 bits
PRIORS = ["quota", "shortfall", "free", "dirichlet", "equal", "proportional", "mixture"]


class Commands(click.Group):
    """The commands: whatever ends one of them is a message on standard error and an exit status."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command; the statuses are those of docs/commands.md."""
        with _terminated_as_interrupted():
            try:
                return super().invoke(context)
            except ContradictionError as error:
                _stop(error, CONTRADICTION)
            except (UndecidedError, UnreachableError) as error:
                _stop(error, UNDECIDED)
            except AlumniStatsError as error:
                _stop(error, BAD_INPUT)
            except MemoryError:
                _stop("not enough memory for this survey and these options", FAILED)
            except KeyboardInterrupt:
                _stop_interrupted()
            except ImportError as error:  # extension modules turn what comes while they load to it
                if isinstance(error.__cause__, KeyboardInterrupt):
                    _stop_interrupted()
                raise

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; a disk that is full, or the like, is told in one line."""
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            if sys.stdout is not None:
                silence(sys.stdout)
            where = f"{error.filename}: " if error.filename else ""
            _stop(f"{where}{error.strerror or error}", FAILED)


def _stop(message: object, status: int) -> NoReturn:
    tell(str(message))
    sys.exit(status)


def _stop_interrupted() -> NoReturn:
    """End with our status, where CPython may have noted to end by the signal.

    It does so for an interrupt that left text being executed, as named tuples and dataclasses do
    while they are imported; executing text anew takes the note away.
    """
    exec("")
    _stop("interrupted; nothing half-written is left", INTERRUPTED)


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """End as on Ctrl-C when a scheduler or an administrator ends this process: tidily."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def say_nothing(_step: str) -> None:
    """Show nothing."""


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show the step at work on standard error, only on a terminal."""
    from rich.console import Console

    terminal = Console(stderr=True)
    if quiet or not terminal.is_terminal:
        yield say_nothing
        return
    with terminal.status("") as status:
        yield status.update


@contextmanager
def bar(total: int | None = None, *, quiet: bool) -> Iterator[Callable[..., None]]:
    """Show how many parts are done, and the time left, on a terminal only.

    What is yielded takes the number of parts done, and the total if it was not known before.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    terminal = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = quiet or not terminal.is_terminal
    with Progress(*columns, console=terminal, disable=hidden) as shown:
        task = shown.add_task("", total=total)
        yield lambda done, total=total: shown.update(task, completed=done, total=total)


survey_argument = click.argument("survey", required=False)
lang_option = click.option(
    "--lang", type=click.Choice(["en", "ja"]), default="en", help="Language of the labels."
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
)
sizes_option = click.option(
    "--sizes", type=click.Choice(PRIORS), default="mixture", help="Prior on the sample sizes."
)
draws_option = click.option(
    "--draws",
    type=click.IntRange(100, 10_000_000),
    default=None,
    help="Weighted solutions to keep (default 800).",
)
largest_option = click.option(
    "--largest",
    type=click.IntRange(1, MOST_RESPONDENTS),
    default=None,
    metavar="N",
    help="Largest size in the tables (they grow by themselves).",
)
level_option = click.option(
    "--level", type=float, default=0.95, help="Of intervals, sets and verdicts."
)
jobs_option = click.option("--jobs", type=int, default=1, help="Processes.")
scheduler_option = click.option(
    "--scheduler", metavar="ADDRESS", help="Dask scheduler to run on, instead of --jobs."
)
seed_option = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, help="Same seed, same tables."
)


MISPRINT_PRIOR = 0.005  # as in reconstruction.misprinted, which takes long to import


def misprint_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of figures that may be misprinted."""
    command = click.option(
        "--misprint-prior",
        type=float,
        default=MISPRINT_PRIOR,
        show_default=True,
        help="Probability of a misprint beforehand, with --misprints.",
    )(command)
    return click.option(
        "--misprints", is_flag=True, help="Tell how probably each percentage is misprinted."
    )(command)


def usual_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of everything that reconstructs a survey."""
    options = (
        json_option, lang_option, sizes_option, draws_option, level_option, seed_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def draws_of(draws: int | None) -> dict[str, Any]:
    """Return the argument for a number of draws, if one was given."""
    return {} if draws is None else {"draws": draws}
