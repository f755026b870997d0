"""How well sizes are recovered over a factorial of survey designs, kept as data.

Run ``nice python benchmarks/designs.py --jobs 2 --runs 10``; every finished release is appended to
benchmarks/results/designs.csv at once, a later call goes on from there, and at the end
designs_cells.csv (one row a design) and designs_levels.csv (one row a level of each factor) are
written. ``--minutes`` ends a call early; ``--seconds`` (of processor time, which does not depend on
who else uses the machine), ``--wall`` and ``--gigabytes`` limit one release. A design of which a
release exceeded a limit is not run again. The factors:

- groups, mean size, digits; ``listed``: three groups at either end ("few") or "all";
- ``sizes``: the law of the true sizes. All are read with the default prior, a mixture of the three.
  Everything else is drawn from the priors that inference uses.

Of each release: how many groups are told a size (none where too few draws are effective), how many
modes are the true sizes, how many 95% sets hold them, how many modes have a probability above 0.99
("certain"), how many of these are wrong, and how many would be if the probabilities were right
("due"). Set OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import csv
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from alumnistats.errors import AlumniStatsError, TooLargeError
from alumnistats.parallel import map_unordered
from alumnistats.reconstruction import reconstruct
from alumnistats.simulation import Design, simulate

RESULTS = Path(__file__).parent / "results"
SEED = 20252
CERTAIN = 0.99
FACTORS = {
    "groups": (5, 12, 50),
    "mean": (30, 100, 300, 1000),
    "digits": (0, 1, 2),
    "listed": ("few", "all"),
    "sizes": ("quota", "dirichlet", "free"),
}
ENDS = {"few": 3, "all": 0}
COUNTED = ("told", "exact", "covered", "certain", "wrong", "due")


@dataclass(frozen=True)
class Task:
    """One release of one design; attributes as the factors, and which run it is."""

    groups: int
    mean: int
    digits: int
    listed: str
    sizes: str
    run: int

    @property
    def cell(self) -> tuple[object, ...]:
        """The design."""
        return tuple(getattr(self, factor) for factor in FACTORS)


class LimitReached(BaseException):
    """The release took too long; not an Exception, so that nobody handles it by accident."""


_stopped: list[int] = []  # the signal that stopped the present release, if one did


def _stop(which: int, _frame: object) -> None:
    _stopped.append(which)
    raise LimitReached


def _peak_reset() -> None:
    """Let the kernel forget the peak of memory so far, where it can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_mb() -> float:
    """Return the peak of resident memory since the reset, in MiB; NaN where nobody knows."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def judged(task: Task) -> dict[str, object]:
    """Simulate and reconstruct one release; return what came of it."""
    law = FACTORS["sizes"].index(task.sizes)
    design_id = (task.groups, task.mean, task.digits, ENDS[task.listed], law)
    rng = np.random.default_rng([SEED, *design_id, task.run])
    total = task.groups * task.mean
    release = simulate(Design(task.groups, total, ENDS[task.listed], task.digits, task.sizes), rng)
    recon = reconstruct(release.survey, seed=rng, explain=False)
    told = ["mode", "probability", "lower", "upper"]  # missing where too few draws are effective
    mode, p, lower, upper = recon.sample_sizes[told].to_numpy(float, na_value=np.nan).T
    right, sure = mode == release.n, p > CERTAIN
    return {
        "shares_listed": int(release.listed.sum()), "ess": round(recon.particles.ess),
        "told": int(np.isfinite(mode).sum()), "exact": int(right.sum()),
        "covered": int(((lower <= release.n) & (release.n <= upper)).sum()),
        "certain": int(sure.sum()), "wrong": int((sure & ~right).sum()),
        "due": round(float((1 - p)[sure].sum()), 4),
    }  # fmt: skip


@contextmanager
def limited(seconds: float, wall: float, gigabytes: float) -> Iterator[None]:
    """Raise `LimitReached` or MemoryError in what runs inside, once it takes more than that."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (int(gigabytes * 2**30), before[1]))
    for which in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(which, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, wall)
    _stopped.clear()
    try:
        yield
    except Exception as error:
        # Code that calls back while sorting may turn what stops it into an error of its own.
        if _stopped:
            raise LimitReached from error
        raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, before)


def attempt(task: Task, seconds: float, wall: float, gigabytes: float) -> dict[str, object]:
    """Return the row of one release: what came of it, or which limit it exceeded."""
    _peak_reset()
    start = time.process_time()
    row: dict[str, object] = {}
    try:
        with limited(seconds, wall, gigabytes):
            row = judged(task)
        status = "done"
    except LimitReached:
        status = "time"
    except (MemoryError, TooLargeError):  # what does not fit is refused beforehand
        status = "memory"
    except AlumniStatsError as error:
        status = type(error).__name__
    spent = round(time.process_time() - start, 3)
    return asdict(task) | {"status": status, "seconds": spent, "peak_mb": round(_peak_mb())} | row


COLUMNS = [
    *(f.name for f in fields(Task)),
    *("status", "seconds", "peak_mb", "shares_listed", "ess"),
    *COUNTED,
]


def _upper(wrong: int, certain: int) -> float:
    """Return Clopper and Pearson's 95% upper limit, as if groups were independent."""
    return float(betaincinv(wrong + 1, certain - wrong, 0.95)) if certain > wrong else np.nan


def _summary(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return shares of sizes and medians of cost, one row for each value of `by`."""
    out = []
    for key, part in rows.groupby(by, sort=False):
        done = part[part["status"] == "done"]
        told, certain = (done["told"].sum(), done["certain"].sum())
        row = dict(zip(by, key, strict=True)) | {
            "releases": len(part), "done": len(done), "sizes_asked": int(done["groups"].sum()),
            "told": int(told),
            "exact": done["exact"].sum() / told if told else np.nan,
            "covered": done["covered"].sum() / told if told else np.nan,
            "certain": certain / told if told else np.nan,
            "wrong": int(done["wrong"].sum()), "due": done["due"].sum(),
            "wrong_of_certain": done["wrong"].sum() / certain if certain else np.nan,
            "at_most": _upper(int(done["wrong"].sum()), int(certain)),
            "median_s": part["seconds"].median(), "slowest_s": part["seconds"].max(),
            "peak_mb": part["peak_mb"].max(),
        }  # fmt: skip
        out.append(row)
    table = pd.DataFrame(out)
    for column in ("exact", "covered", "certain"):
        table[column] = table[column].map("{:.3f}".format).replace("nan", "")
    for column in ("wrong_of_certain", "at_most"):
        table[column] = table[column].map("{:.4f}".format).replace("nan", "")
    for column, digits in (("due", 1), ("median_s", 2), ("slowest_s", 1)):
        table[column] = table[column].map(f"{{:.{digits}f}}".format)
    return table.astype({"peak_mb": int})


def summaries(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of cells and of levels from the table of releases."""
    order = {f: {str(v): i for i, v in enumerate(values)} for f, values in FACTORS.items()}
    rows = rows.sort_values(
        list(FACTORS), key=lambda c: c.astype(str).map(order[str(c.name)]), kind="stable"
    )
    cells = _summary(rows, list(FACTORS))
    levels = []
    for factor in FACTORS:
        named = rows.assign(factor=factor, level=rows[factor].astype(str))
        named = named.sort_values("level", key=lambda c, f=factor: c.map(order[f]), kind="stable")
        levels.append(_summary(named, ["factor", "level"]))
    return cells, pd.concat(levels)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=COLUMNS)


def _left(rows: pd.DataFrame, runs: int) -> list[Task]:
    """Return what remains: whole rounds over the designs, in each the small ones first."""
    finished = {Task(*row) for row in rows[[f.name for f in fields(Task)]].itertuples(index=False)}
    failed = rows[~rows["status"].isin(["done"])]
    beyond = {tuple(row) for row in failed[list(FACTORS)].itertuples(index=False)}
    tasks = [Task(*cell, run) for run in range(runs) for cell in product(*FACTORS.values())]
    left = [task for task in tasks if task not in finished and task.cell not in beyond]
    return sorted(left, key=lambda task: (task.run, task.mean, task.groups))


def _round(tasks: list[Task], options: argparse.Namespace, path: Path, until: float) -> bool:
    """Run tasks and append their rows; return whether time is left."""
    limits = {"seconds": options.seconds, "wall": options.wall, "gigabytes": options.gigabytes}
    run = partial(attempt, **limits)
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            table.writeheader()
        with closing(map_unordered(run, tasks, jobs=options.jobs)) as outcomes:
            for outcome in outcomes:
                lost = asdict(tasks[outcome.index]) | {"status": "lost"}
                table.writerow(lost if outcome.value is None else outcome.value)
                file.flush()
                if time.monotonic() > until:
                    return False
    return True


def main(arguments: list[str] | None = None) -> None:
    """Run what is left, then write the summaries."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--runs", type=int, default=10, help="releases of each design")
    parser.add_argument("--seconds", type=float, default=10.0, help="processor time of a release")
    parser.add_argument("--wall", type=float, default=600.0, help="seconds by the clock")
    parser.add_argument("--gigabytes", type=float, default=8.0, help="limit of one release")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="limit of this call")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the tables")
    options = parser.parse_args(arguments)
    path = options.out / "designs.csv"
    until = time.monotonic() + 60 * options.minutes
    for run in range(1, options.runs + 1):
        tasks = _left(_read(path), run)
        sys.stderr.write(f"run {run} of {options.runs}: {len(tasks)} releases\n")
        if tasks and not _round(tasks, options, path, until):
            break
    rows = _read(path)
    whole = ["peak_mb", "shares_listed", "ess", "told", "exact", "covered", "certain", "wrong"]
    rows = rows.sort_values([f.name for f in fields(Task)]).astype(dict.fromkeys(whole, "Int64"))
    rows.to_csv(path, index=False, lineterminator="\n")
    for name, table in zip(("cells", "levels"), summaries(rows), strict=True):
        target = options.out / f"designs_{name}.csv"
        table.to_csv(target, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
