"""`alumnistats paper`: the paper from its numbers to its pages, or a check of its numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alumnistats.cli.common import progress
from alumnistats.cli.printing import remark, say
from alumnistats.outputs import write_file

if TYPE_CHECKING:
    from alumnistats.paper.inputs import Inputs

DIFFERS = 1
TABLES = Path("benchmarks") / "results"  # beside the paper's folder


@click.command(epilog="Example: alumnistats paper --check")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("paper"),
    help="With the paper's text (default: paper).",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Recompute, and name the values that differ.")
@click.option("--reuse", is_flag=True, help="Typeset results and figures that are there.")
def paper(folder: Path, *, check: bool, reuse: bool) -> None:
    """Compute every number of the paper, and typeset it; of the repository, not of any survey.

    With --check nothing is written, and the exit status is 1 if a value differs from the one
    recorded in results.json, or the text holds a number of its own.
    """
    from alumnistats.paper import lint, read_results
    from alumnistats.paper.inputs import Inputs

    if check and reuse:
        raise click.UsageError("--check recomputes; it does not go with --reuse")
    with progress(quiet=False) as report:
        inputs = Inputs(folder.resolve().parent / TABLES, report=report)
        if check:
            problems = lint(folder, read_results(folder)) + _differences(folder, inputs)
        else:
            results = read_results(folder) if reuse else _write_results(folder, inputs)
            problems = lint(folder, results)
    for problem in problems:
        remark(problem)
    if problems:
        sys.exit(DIFFERS)
    if check:
        say(f"{len(read_results(folder)['values'])} values as recorded")
    else:
        _write_pages(folder)


def _write_results(folder: Path, inputs: Inputs) -> dict[str, Any]:
    from alumnistats.paper import compute, results_text
    from alumnistats.paper.figures import figure_files
    from alumnistats.paper.results import NAME

    results = compute(inputs)
    figures = {f"build/{name}": content for name, content in figure_files(inputs).items()}
    (folder / "build").mkdir(exist_ok=True)
    for name, content in {NAME: results_text(results).encode(), **figures}.items():
        write_file(folder / name, content)
    return results


def _differences(folder: Path, inputs: Inputs) -> list[str]:
    """Return the values that differ as lines, and tell what is no failure."""
    from alumnistats.paper import compare, compute, read_results
    from alumnistats.paper.check import changed_sources

    recorded, found = read_results(folder), compute(inputs)
    differences = compare(recorded, found)
    for line in changed_sources(recorded, found):
        remark(f"changed since: {line}")
    for difference in differences:
        if not difference.fails:
            remark(str(difference))
    return [str(difference) for difference in differences if difference.fails]


def _write_pages(folder: Path) -> None:
    from alumnistats.paper import page_count, typeset

    write_file(folder / "paper.pdf", typeset(folder))
    remark(f"{folder / 'paper.pdf'}: {page_count(folder)} pages")
