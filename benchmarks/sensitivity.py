"""Scenarios per second, in one process and in two, and the default file of scenarios.

Run ``python benchmarks/sensitivity.py [all|short]``; it writes sensitivity.csv into
benchmarks/results. ``short`` leaves the default file out. Set OMP_NUM_THREADS=1, so that the
processes do not get into each other's way, and let nothing else run.
"""

import os
import resource
import sys
import time
from pathlib import Path

import pandas as pd

from alumnistats.sensitivity import load_scenarios, sensitivity

RESULTS = Path(__file__).parent / "results"
# Twenty-four reconstructions of equal cost, each with 24 ways to judge.
GRID = {
    "kind": "grid",
    "dimensions": {
        "replicate": list(range(24)),
        "design_effect": [1.0, 2.0],
        "level": [0.90, 0.95, 0.99],
        "test": ["fisher-mid-p", "z"],
        "adjustment": ["none", "holm"],
    },
}
RUNS = {
    "grid": (load_scenarios({"format": 1, "draws": 400, "designs": [GRID]}), (1, 2)),
    "default": (load_scenarios(), (2,)),
}


def cpu() -> float:
    """Return processor seconds of this process and of those that it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(which: str = "all") -> None:
    """Run the benchmark and write its table."""
    rows = []
    for name, (scenarios, jobs_tried) in RUNS.items():
        if which == "short" and name == "default":
            continue
        for jobs in jobs_tried:
            start, before = time.perf_counter(), cpu()
            found = sensitivity(scenarios=scenarios, jobs=jobs)
            seconds = time.perf_counter() - start
            count = len(found.finished)
            rows.append(
                {
                    "scenarios": name,
                    "jobs": jobs,
                    "count": count,
                    "failed": len(found.failures),
                    "seconds": round(seconds, 1),
                    "cpu_seconds": round(cpu() - before, 1),
                    "per_second": round(count / seconds, 2),
                    "draws": scenarios.draws,
                    "load_before": round(os.getloadavg()[2], 1),
                }
            )
            sys.stderr.write(f"{rows[-1]}\n")
    path = RESULTS / "sensitivity.csv"
    pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(*sys.argv[1:2])
