"""What reconstructing a large survey takes, kept as data.

Run ``OMP_NUM_THREADS=1 python benchmarks/large.py [CASE ...]``; it writes, or renews the rows of
those cases in, benchmarks/results/large.csv. Each case runs in a process of its own, so that the
peak of memory is its own; seconds are of processor time. Cases are named groups x mean size, with
what is printed: "ends" is one measure, one decimal, three groups at either end and the overall
share (`simulate`); "all" the same of every group; "whole" without decimals; "tables" four questions
of five options, every share of every group and of all respondents printed to one decimal.
"""

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from alumnistats.reconstruction import reconstruct
from alumnistats.rounding import round_share
from alumnistats.simulation import Design, simulate
from alumnistats.survey import Survey

RESULTS = Path(__file__).parent / "results" / "large.csv"
COLUMNS = ["case", "groups", "total", "seconds", "peak_mb", "ess"]
CASES = {
    "50 x 400, ends": (50, 400, 3, 1),
    "50 x 400, all": (50, 400, 0, 1),
    "50 x 400, whole": (50, 400, 3, 0),
    "200 x 100, ends": (200, 100, 3, 1),
    "12 x 1000, ends": (12, 1000, 3, 1),
    "5 x 4000, ends": (5, 4000, 3, 1),
    "47 x 200, tables": (47, 200),
    "47 x 400, tables": (47, 400),
}


def text(word):
    """Return a label in both languages."""
    return {"en": word, "ja": word}


def tables(groups, mean, questions=4, options=5):
    """Return a survey of which all is printed, with quotas that a fifth of the groups miss."""
    rng = np.random.default_rng(1)
    n = np.where(rng.random(groups) < 0.2, rng.integers(mean // 3, mean, groups), mean)
    ids = [f"o{i}" for i in range(options)]
    figures = []
    for q in range(questions):
        shares = rng.dirichlet(30 * rng.dirichlet(np.full(options, 3.0)), groups)
        k = np.array([rng.multinomial(*one) for one in zip(n, shares, strict=True)])
        rows = [*zip([f"g{g}" for g in range(groups)], k, n, strict=True)]
        rows.append(("overall", k.sum(axis=0), n.sum()))
        for group, counts, size in rows:
            for option, units in zip(ids, round_share(counts, size, 1).tolist(), strict=True):
                figures.append(
                    {"of": f"q{q}:{option}", "group": group, "at": "table",
                     "percent": f"{units // 10}.{units % 10}"}
                )  # fmt: skip
    return Survey.model_validate(
        {
            "format": 1, "id": "tables", "title": text("tables"), "total": int(n.sum()),
            "source": {"publisher": "simulated", "url": "none", "cite": "simulated"},
            "groups": [{"id": f"g{g}", "label": text(f"g{g}")} for g in range(groups)],
            "questions": [
                {"id": f"q{q}", "label": text(f"q{q}"), "answers": "single", "complete": True,
                 "options": [{"id": o, "label": text(o)} for o in ids]}
                for q in range(questions)
            ],
            "figures": figures,
        }
    )  # fmt: skip


def one(case):
    """Return the row of one case."""
    groups, mean, *printed = CASES[case]
    if printed:
        survey = simulate(Design(groups, groups * mean, *printed), np.random.default_rng(1)).survey
    else:
        survey = tables(groups, mean)
    start = time.process_time()
    recon = reconstruct(survey, seed=1, explain=False)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [case, groups, survey.total, f"{seconds:.1f}", round(peak), round(recon.particles.ess)]


def main(names):
    """Run cases, and write the table after each of them."""
    rows = {}
    if RESULTS.exists():
        with RESULTS.open(newline="", encoding="utf-8") as file:
            rows = {row[0]: row for row in list(csv.reader(file))[1:]}
    for name in names or CASES:
        done = subprocess.run(
            [sys.executable, __file__, "--one", name], check=True, capture_output=True, text=True
        )
        rows[name] = next(csv.reader([done.stdout.strip()]))
        with RESULTS.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(COLUMNS)
            table.writerows(rows[case] for case in CASES if case in rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        csv.writer(sys.stdout, lineterminator="\n").writerow(one(sys.argv[2]))
    else:
        main(sys.argv[1:])
