"""The long calibration study: simulated releases of known truth, kept as data.

Run ``nice python benchmarks/calibration.py --releases 1000 --jobs 2``; it writes
calibration_values.csv, calibration_uniformity.csv, calibration_coverage.csv and calibration_run.csv
into benchmarks/results. ``--design NAME`` runs another kind of survey, and renews its row in
calibration_designs.csv. An interrupt (Ctrl-C) writes what is finished. Set OMP_NUM_THREADS=1.
``alumnistats simulate`` does the same for other designs.

The columns of calibration_designs.csv: ``curves`` that are compared with their 95% bands, how many
are ``inside``, the ``nearest`` with its ``band_ratio`` (below 1 it leaves the band); the
``coverage`` of the shares' 95% intervals; effective solutions; processor time of a release.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import pandas as pd

from alumnistats.simulation import Calibration, Design, calibrate

RESULTS = Path(__file__).parent / "results"
USUAL = "usual"
DESIGNS = {
    USUAL: Design(groups=12, total=1233, sizes="mixture"),
    "quotas": Design(groups=12, total=1233, sizes="quota"),
    "no quotas": Design(groups=12, total=1233, sizes="free"),
    "about": Design(groups=5, total=None, total_about=200, listed=2, sizes="mixture"),
    "no total": Design(groups=4, total=None, listed=0, sizes="free"),
}
DRAWS = 300
MORE_DRAWS = {"no total": 1200}  # sizes that only a share ties: few of the draws have it
SEED = 20251
SHOW_EVERY = 50


def row_of(found: Calibration, cpu: float) -> dict[str, object]:
    """Return what one study says in a line."""
    curves = found.uniformity()
    nearest = curves.loc[curves["band_ratio"].idxmin()]
    covered = found.coverage().set_index(["method", "of"]).loc[("alumnistats", "all")]
    ess = effective(found)
    releases = found.values["release"].nunique()
    return {
        "releases": releases, "failed": len(found.failures), "curves": len(curves),
        "inside": int(curves["inside"].sum()),
        "nearest": f"{nearest['quantity']}, {nearest['groups']}",
        "band_ratio": round(nearest["band_ratio"], 2), "coverage": round(covered["coverage"], 4),
        "coverage_error": round(covered["coverage_error"], 4), "median_ess": round(ess.median()),
        "ess_below_50": int((ess < 50).sum()), "cpu_seconds": round(cpu / releases, 1),
    }  # fmt: skip


def effective(found: Calibration) -> pd.Series:
    """Return the effective number of solutions of every release."""
    ours = found.intervals[found.intervals["method"] == "alumnistats"]
    return ours.groupby("release")["ess"].first()


def write_usual(found: Calibration, seconds: float, cpu: float, jobs: int) -> None:
    """Write the tables of the usual design."""
    row, design = row_of(found, cpu), DESIGNS[USUAL]
    run = {
        "releases": row["releases"], "failed": row["failed"], "seconds": round(seconds),
        "cpu_seconds": round(cpu), "jobs": jobs, "groups": design.groups, "total": design.total,
        "draws": DRAWS, "seed": SEED, "median_ess": row["median_ess"],
        "ess_below_50": row["ess_below_50"],
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


def write_row(name: str, row: dict[str, object]) -> None:
    """Write, or renew, the row of a design, in the order of `DESIGNS`."""
    path = RESULTS / "calibration_designs.csv"
    rows = pd.read_csv(path).to_dict("records") if path.exists() else []
    rows = [one for one in rows if one["design"] != name] + [{"design": name} | row]
    table = pd.DataFrame(rows).sort_values("design", key=lambda c: c.map(list(DESIGNS).index))
    table.to_csv(path, index=False, lineterminator="\n")


def main() -> None:
    """Run a study and write its tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--design", choices=DESIGNS, default=USUAL, help="kind of survey")
    parser.add_argument("--releases", type=int, default=1000, help="simulated releases")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    options = parser.parse_args()
    start = time.perf_counter()

    def report(done: int) -> None:
        if done % SHOW_EVERY == 0:
            spent = time.perf_counter() - start
            sys.stderr.write(f"{done} of {options.releases}, {spent:.0f} s\n")

    found = calibrate(
        DESIGNS[options.design], options.releases, jobs=options.jobs, seed=SEED, report=report,
        draws=MORE_DRAWS.get(options.design, DRAWS),
    )  # fmt: skip
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    write_row(options.design, row_of(found, cpu))
    if options.design == USUAL:
        write_usual(found, time.perf_counter() - start, cpu, options.jobs)


if __name__ == "__main__":
    main()
