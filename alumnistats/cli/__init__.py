"""The command line: parses, calls, prints. No statistics here; a command a module."""

from __future__ import annotations

import gc
import os

import click

from alumnistats.cli.analyze import analyze
from alumnistats.cli.bounds import bounds
from alumnistats.cli.common import Commands
from alumnistats.cli.figures import figures
from alumnistats.cli.help import help_command
from alumnistats.cli.inputs import check, init, schema, sizes, validate
from alumnistats.cli.paper import paper
from alumnistats.cli.plan import plan
from alumnistats.cli.reconstruct import reconstruct
from alumnistats.cli.sensitivity import sensitivity
from alumnistats.cli.simulate import simulate
from alumnistats.version import __version__

__all__ = ["main"]

# Imports and tables make many lasting objects: collecting after every 700 costs a tenth of a run.
COLLECT_AFTER = 100_000

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="alumnistats")
def main() -> None:
    """Recover what a published ranking rests on, and judge what it can support.

    SURVEY is the id of an embedded survey or the path of a survey file; the embedded
    Hackazouk 2025 survey when omitted.
    """
    gc.set_threshold(COLLECT_AFTER)
    # Before numpy is there: with more threads sums have other last digits, and files other bytes.
    os.environ.update(dict.fromkeys(THREADS, "1"))
    os.environ["MPLBACKEND"] = "agg"  # figures are files here: no window, whatever is set


for command in (
    analyze, bounds, check, figures, help_command, init, paper, plan, reconstruct, schema,
    sensitivity, simulate, sizes, validate,
):  # fmt: skip
    main.add_command(command)
