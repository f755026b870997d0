"""What an estimate, its ranks and its pairs cost as the number of groups grows, kept as data.

Run ``python benchmarks/groups.py``; it writes benchmarks/results/groups.csv. Known counts of 103
respondents a group, shares from Beta(6, 12). Each size runs in a process of its own, so that the
peak of memory is its own.
"""

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from alumnistats.posterior import estimate
from alumnistats.ranking import pairwise, posterior_ranks
from alumnistats.reconstruction import Solutions

RESULTS = Path(__file__).parent / "results" / "groups.csv"
GROUPS = (12, 50, 200, 1000)
RESPONDENTS = 103


def timed(call):
    """Return the result of a call and the seconds it took."""
    start = time.perf_counter()
    return call(), time.perf_counter() - start


def one(groups):
    """Return a row of the table."""
    rng = np.random.default_rng(groups)
    k = rng.binomial(RESPONDENTS, rng.beta(6, 12, groups))
    names = tuple(f"g{i}" for i in range(groups))
    solutions = Solutions.known("x", names, np.full(groups, RESPONDENTS), k)
    estimate(solutions)  # imports and first calls
    fit, estimating = timed(lambda: estimate(solutions))
    ranks, ranking = timed(lambda: posterior_ranks(fit.mixture))
    _, comparing = timed(lambda: pairwise(fit.mixture))
    # Rows of a rank distribution sum to 1 by construction, columns only if it is right.
    off = np.abs(ranks.distribution.sum(axis=0) - 1).max()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [groups, *(f"{v:.3g}" for v in (estimating, ranking, comparing, off)), round(peak)]


def main():
    """Run every size and write the table."""
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(
            ["groups", "estimate_seconds", "ranks_seconds", "pairs_seconds", "column_error",
             "peak_mb"]
        )  # fmt: skip
        for groups in GROUPS:
            done = subprocess.run(
                [sys.executable, __file__, str(groups)], check=True, capture_output=True, text=True
            )
            table.writerow(done.stdout.strip().split(","))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(",".join(map(str, one(int(sys.argv[1])))) + "\n")
    else:
        main()
