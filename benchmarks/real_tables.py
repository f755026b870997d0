"""What is recovered of real tables with known sizes, and what it costs, kept as data.

Run ``nice python benchmarks/real_tables.py [PRIOR ...] [--engine NAME]``; without a prior of sizes
it takes the one that `reconstruct` takes. Each table of benchmarks/real_tables is read in a process
of its own, with limits of processor time and memory, and its row is added at once to
benchmarks/results/real_tables.csv: a later call goes on from there. The columns:

- ``engine``: a name for the code that was run, the package's version if none is given; ``prior``;
- ``groups``; ``total``: whether it is printed; ``digits``; ``shares``: printed by group, of how
  many there are; ``largest``: the largest true size in mean sizes;
- ``status``: "done", "contradiction", "time", "memory", or the name of another error. All tables
  are true, so that there must be no contradiction;
- ``covered``: groups whose interval holds the true size, of those ``told`` one;
- ``sure``: groups with a size of probability above 0.95, and ``right``: how many of these are true;
  ``certain``: above 0.99, and ``wrong``: how many of these are false;
- ``p_wrong``: the largest probability of a mode that is false;
- ``ess``: effective solutions; ``seconds``: of processor time; ``peak_mb``: of resident memory.

real_tables_totals.csv sums up each engine and prior; ``few`` are tables with fewer than fifty
effective solutions.
"""

from __future__ import annotations

import argparse
import csv
import inspect
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import alumnistats
from alumnistats.errors import AlumniStatsError, ContradictionError, TooLargeError
from alumnistats.reconstruction import Reconstruction, reconstruct
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

FOLDER = Path(__file__).parent / "real_tables"
RESULTS = Path(__file__).parent / "results" / "real_tables.csv"
TOTALS = RESULTS.with_name("real_tables_totals.csv")
SURE, CERTAIN, FEW = 0.95, 0.99, 50
KEY = ("engine", "table", "prior")
COLUMNS = [
    *KEY,
    *("groups", "total", "digits", "shares", "of", "largest", "status"),
    *("told", "covered", "sure", "right", "certain", "wrong", "p_wrong"),
    *("ess", "seconds", "peak_mb"),
]
ENDED_BY = {signal.SIGXCPU: "time", signal.SIGALRM: "time", signal.SIGABRT: "memory"}


def true_sizes() -> dict[str, pd.Series]:
    """Return the true sizes of each table, by group."""
    truth = pd.read_csv(FOLDER / "truth.csv")
    return {
        str(id): part.groupby("group", sort=False)["n"].first()
        for id, part in truth.groupby("table", sort=False)
    }


def load(id: str) -> Survey:
    """Return what is printed of a table."""
    return load_survey(FOLDER / f"{id}.toml")


def judged(recon: Reconstruction, truth: pd.Series) -> dict[str, object]:
    """Return what the reconstruction says of the true sizes, counted over groups."""
    table = recon.sample_sizes.set_index("group")
    n = truth.loc[list(table.index)]
    right, told = table["mode"] == n, table["lower"].notna()
    p = table["probability"]
    return {
        "told": int(told.sum()),
        "covered": int(((table["lower"] <= n) & (n <= table["upper"])).sum()),
        "sure": int((p > SURE).sum()), "right": int((right & (p > SURE)).sum()),
        "certain": int((p > CERTAIN).sum()), "wrong": int((~right & (p > CERTAIN)).sum()),
        "p_wrong": f"{np.nanmax([0.0, *p[~right]]):.3f}", "ess": round(recon.particles.ess),
    }  # fmt: skip


def one(id: str, prior: str, seconds: int, gigabytes: float) -> dict[str, object]:
    """Reconstruct one table in this process, within the limits; return its part of the row."""
    spent = time.process_time()
    # What importing took is no part of the table's time.
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent) + seconds, int(spent) + seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (int(gigabytes * 2**30),) * 2)
    signal.alarm(10 * seconds)  # by the clock: somebody may be waiting
    try:
        row = judged(reconstruct(load(id), prior, explain=False), true_sizes()[id])
        row["status"] = "done"
    except ContradictionError:
        row = {"status": "contradiction"}
    except (MemoryError, TooLargeError):
        row = {"status": "memory"}
    except AlumniStatsError as error:
        row = {"status": type(error).__name__}
    return row | {"seconds": f"{time.process_time() - spent:.1f}"}


def attempt(id: str, prior: str, seconds: int, gigabytes: float) -> dict[str, object]:
    """Return what came of one table in a process of its own, and which limit ended it."""
    command = [sys.executable, __file__, prior, "--one", id]
    command += ["--seconds", str(seconds), "--gigabytes", str(gigabytes)]
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | one_thread) as process:
        answer = process.stdout.read() if process.stdout else b""
        _, ended, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(ended)
    row = {"seconds": f"{usage.ru_utime + usage.ru_stime:.1f}"}
    if process.returncode == 0:
        row = json.loads(answer)
    elif process.returncode < 0:
        which = signal.Signals(-process.returncode)
        row["status"] = ENDED_BY.get(which, which.name)
    else:
        row["status"] = "error"
    return row | {"peak_mb": round(usage.ru_maxrss / 1024)}


def printed(id: str, truth: pd.Series) -> dict[str, object]:
    """Return what is printed of a table, and how uneven it is."""
    survey = load(id)
    figures = [figure for figure in survey.figures if figure.group != "overall"]
    shares = {figure.of for figure in figures}
    return {
        "groups": len(truth), "total": "yes" if survey.total else "no",
        "digits": figures[0].digits, "shares": len(figures), "of": len(shares) * len(truth),
        "largest": f"{truth.max() / truth.mean():.2f}",
    }  # fmt: skip


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return sums over the tables, one row for each engine and prior."""
    out = []
    for (engine, prior), part in rows.groupby(["engine", "prior"], sort=False):
        status = part["status"].value_counts()
        total = part[["told", "covered", "sure", "right", "certain", "wrong"]].sum().astype(int)
        row = {"engine": engine, "prior": prior, "tables": len(part)}
        row |= {word: int(status.get(word, 0)) for word in ("done", "contradiction", "time")}
        row["other"] = len(part) - sum(row[word] for word in ("done", "contradiction", "time"))
        row |= dict(total)
        row["few"] = int((part["ess"] < FEW).sum())
        row["seconds"] = round(part["seconds"].sum(), 1)
        row["slowest"] = part["seconds"].max()
        row["peak_mb"] = int(part["peak_mb"].max())
        out.append(row)
    return pd.DataFrame(out)


def _read() -> pd.DataFrame:
    return pd.read_csv(RESULTS) if RESULTS.exists() else pd.DataFrame(columns=COLUMNS)


def main(arguments: list[str] | None = None) -> None:
    """Run what is left, then write and print the totals."""
    usual = inspect.signature(reconstruct).parameters["sizes"].default
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("priors", nargs="*", metavar="PRIOR", default=[usual])
    parser.add_argument("--engine", default=alumnistats.__version__, help="name of what is run")
    parser.add_argument("--table", action="append", help="only this one; may be repeated")
    parser.add_argument("--seconds", type=int, default=60, help="processor time of a table")
    parser.add_argument("--gigabytes", type=float, default=2.5, help="address space of a table")
    parser.add_argument("--one", metavar="TABLE", help="run this table here, and print its row")
    options = parser.parse_args(arguments)
    limits = (options.seconds, options.gigabytes)
    if options.one:
        sys.stdout.write(json.dumps(one(options.one, options.priors[0], *limits)))
        return
    truths = true_sizes()
    finished = set(_read()[list(KEY)].itertuples(index=False, name=None))
    new = not RESULTS.exists()
    with RESULTS.open("a", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            table.writeheader()
        for prior in options.priors:
            for id in options.table or truths:
                if (options.engine, id, prior) in finished:
                    continue
                row = dict(zip(KEY, (options.engine, id, prior), strict=True))
                row |= printed(id, truths[id]) | attempt(id, prior, *limits)
                table.writerow(row)
                file.flush()
                sys.stderr.write(f"{id}, {prior}: {row['status']}, {row['seconds']} s\n")
    totals = summary(_read())
    totals.to_csv(TOTALS, index=False, lineterminator="\n")
    sys.stdout.write(totals.to_string(index=False) + "\n")


if __name__ == "__main__":
    main()
