"""The long calibration study: a thousand simulated releases, kept as data.

Run ``python benchmarks/calibration.py [RELEASES] [JOBS]``; it writes calibration_values.csv,
calibration_uniformity.csv, calibration_coverage.csv and calibration_run.csv into
benchmarks/results. ``alumnistats simulate`` does the same for other designs.
"""

import resource
import sys
import time
from pathlib import Path

import pandas as pd

from alumnistats.simulation import Design, calibrate

RESULTS = Path(__file__).parent / "results"
DESIGN = Design(groups=12, total=1233, listed=3)
DRAWS = 300
SEED = 20251
SHOW_EVERY = 50


def main(releases: int = 1000, jobs: int = 2) -> None:
    """Run the study and write its tables."""
    start = time.perf_counter()

    def report(done: int) -> None:
        if done % SHOW_EVERY == 0:
            spent = time.perf_counter() - start
            sys.stderr.write(f"{done} of {releases}, {spent:.0f} s\n")

    found = calibrate(DESIGN, releases, draws=DRAWS, seed=SEED, jobs=jobs, report=report)
    spent = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    ess = found.intervals[found.intervals["method"] == "alumnistats"]
    ess = ess.groupby("release")["ess"].first()
    run = {
        "releases": releases, "failed": len(found.failures), "seconds": round(spent),
        "cpu_seconds": round(cpu),
        "jobs": jobs, "groups": DESIGN.groups, "total": DESIGN.total, "draws": DRAWS, "seed": SEED,
        "median_ess": round(ess.median()), "ess_below_50": int((ess < 50).sum()),
    }  # fmt: skip
    tables = {
        "values": found.values,
        "uniformity": found.uniformity(),
        "coverage": found.coverage(),
        "run": pd.DataFrame([run]),
    }
    for name, table in tables.items():
        path = RESULTS / f"calibration_{name}.csv"
        table.to_csv(path, index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
