"""The reconstruction against complete enumeration of random small surveys.

Run ``python benchmarks/small_surveys.py [FIRST LAST]`` (1,000 surveys when omitted, half an hour).
A survey is drawn for every seed (tests/reconstruction/small_surveys.py), its posterior enumerated
(tests/reconstruction/exact_posterior.py, which shares no code with the engine) and reconstructed.
benchmarks/results/small_surveys.csv has one row a survey. Seeds that are there already are not run
again: delete the file after a change of the engine. The columns:

- ``seed``, ``prior`` of sizes, ``groups``, ``total``: whether it is published; if not the
  enumeration goes over every total up to five more than the true one; ``solutions``: sizes and
  counts under the most probable conventions;
- ``exact``, ``engine``: log evidence; ``error``: the Monte Carlo standard error of the latter;
- ``z``: the largest of all probabilities of sizes, conventions and counts, and ``where`` it is;
- ``contradiction``: whether the survey was called one; ``effective``: effective draws;
- ``agrees``: whether chance explains all differences (`Comparison.agrees`);
- ``seconds_exact``, ``seconds``: of processor time.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "small_surveys.csv"
SURVEYS = 1000
COLUMNS = (
    "seed", "prior", "groups", "total", "solutions", "exact", "engine", "error", "z",
    "contradiction", "effective", "agrees", "seconds_exact", "seconds", "where",
)  # fmt: skip

sys.path.insert(0, str(ROOT / "tests" / "reconstruction"))  # the enumeration belongs to the tests

from exact_totals import enumerated  # noqa: E402
from small_surveys import compare, small_case, within_tables  # noqa: E402


def row_of(seed: int) -> list[object]:
    """Return the row of one seed."""
    case = small_case(seed)
    start = time.process_time()
    survey, exact, largest = enumerated(case)
    between = time.process_time()
    recon = within_tables(survey, case.prior, largest, seed)
    end = time.process_time()
    found = compare(survey, exact, recon)
    return [
        seed, case.prior, len(survey.groups), int(survey.total is not None), exact.solutions,
        f"{exact.log_evidence:.5f}", f"{exact.log_evidence + found.gap:.5f}",
        f"{found.error:.2g}", f"{found.largest_z:.2f}", int(found.contradiction),
        f"{found.effective:.0f}", int(found.agrees), f"{between - start:.2f}",
        f"{end - between:.2f}", found.where,
    ]  # fmt: skip


def done_seeds() -> set[int]:
    """Return the seeds that the results have already."""
    if not RESULTS.exists():
        return set()
    return set(pd.read_csv(RESULTS)["seed"])


def run(seeds: range) -> None:
    """Append the rows of seeds that are not there yet."""
    done = done_seeds()
    with RESULTS.open("a", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        if not done:
            table.writerow(COLUMNS)
        for seed in seeds:
            if seed not in done:
                table.writerow(row_of(seed))
                file.flush()


def summary() -> str:
    """Return what all rows say together."""
    table = pd.read_csv(RESULTS)
    solved = table[table["contradiction"] == 0]
    solved = solved[np.isfinite(solved["exact"])]  # a prior may rule out what is true
    gap = (solved["engine"] - solved["exact"]).abs()
    near, far = (np.quantile(values, 0.99) for values in (gap, solved["z"]))
    seconds = table[["seconds_exact", "seconds"]].sum()
    lines = [
        f"{len(table):,} surveys; {int(table['agrees'].sum()):,} agree as far as chance allows",
        f"contradictions that are none: {_seeds(table[table['contradiction'] == 1])}",
        f"log evidence within 0.01: {int((gap <= 0.01).sum()):,}",
        f"its 99% quantile: {near:.3g}, largest {gap.max():.3g}",
        f"largest |z| of a survey: median {solved['z'].median():.2f}",
        f"its 99% quantile: {far:.2f}, largest {solved['z'].max():.2f}",
        f"fewer than 50 effective draws: {_seeds(solved[solved['effective'] < 50])}",
        f"do not agree: {_seeds(table[table['agrees'] == 0])}",
        f"seconds of enumeration: {seconds.iloc[0]:.0f}, of the engine: {seconds.iloc[1]:.0f}",
    ]
    return "\n".join(lines)


def _seeds(rows: pd.DataFrame) -> str:
    """Return how many rows there are, and which."""
    if rows.empty:
        return "none"
    listed = ", ".join(map(str, sorted(rows["seed"])[:20]))
    return f"{len(rows):,} (seeds {listed}{', ...' if len(rows) > 20 else ''})"


if __name__ == "__main__":
    first, last = map(int, sys.argv[1:3] or (0, SURVEYS))
    run(range(first, last))
    sys.stdout.write(summary() + "\n")
