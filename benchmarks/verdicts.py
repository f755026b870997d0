"""Error rates of the verdict rule, on releases of known truth, kept as data.

Run ``nice python benchmarks/verdicts.py --releases 60 --jobs 1``; every finished release is
appended to ``build/verdicts/claims.csv`` (one row a claim) at once, a later call goes on from
there, and at the end benchmarks/results/verdicts.csv is written: counts and rates with their
intervals, by kind of claim and by level of each factor (`simulation.verdicts.error_rates`). Delete
the rows after a change of the rule. ``--rates`` writes the rates of what is there and stops. Claims
are judged as `analyze` does, with fewer draws. Set OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
import warnings
from contextlib import closing
from dataclasses import asdict, fields
from itertools import product
from pathlib import Path

import pandas as pd

from alumnistats.analysis.choices import Choices, fit, gather, judge_survey, recover
from alumnistats.claims.judged import JudgedClaim
from alumnistats.claims.outcome import ROUNDING, one_sided
from alumnistats.parallel import map_unordered, one_thread
from alumnistats.posterior import FewSolutionsWarning
from alumnistats.simulation.verdicts import (
    Judgement,
    Verdict,
    cells,
    error_rates,
    judge_release,
)
from alumnistats.survey import Survey

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "verdicts.csv"
ROWS = ROOT / "build" / "verdicts" / "claims.csv"
SEED = 20253
DRAWS, COMPONENTS = 200, 100  # of the reconstruction; of its solutions under the model
SHOW_EVERY = 20
COLUMNS = [field.name for field in fields(Verdict)]
CHOICES = Choices()


def judgement(judged: JudgedClaim) -> Judgement:
    """Return what is said of a claim, and by which school."""
    grounds, level = judged.grounds, CHOICES.level
    often, posterior, held = grounds.significant, grounds.posterior, grounds.in_sample
    return Judgement(
        judged.verdict,
        test=often is not None and often.lower >= level - ROUNDING,
        posterior=posterior is not None and posterior.lower >= 1 - one_sided(level) - ROUNDING,
        fails=held is not None and held.upper <= 0,
    )


@one_thread()
def judge(survey: Survey, seed: int, draws: int = DRAWS) -> dict[str, Judgement]:
    """Judge a survey's claims as `analyze` does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewSolutionsWarning)
        recon = recover(survey, CHOICES, draws=draws, seed=seed, explain=False)
        fits = fit(recon, CHOICES, seed=seed, components=COMPONENTS)
        judged = judge_survey(recon, fits, CHOICES, evidence=gather(recon, fits, "normal"))
    return {one.claim.id: judgement(one) for one in judged}


def run(task: tuple[int, int]) -> list[dict[str, object]]:
    """Return the rows of one release of one cell."""
    release, cell = task
    return [asdict(row) for row in judge_release(release, cells()[cell], judge, SEED)]


def _left(releases: int) -> list[tuple[int, int]]:
    """Return the releases that are not there yet: whole rounds over the cells."""
    tasks = list(product(range(releases), range(len(cells()))))
    if not ROWS.exists():
        return tasks
    design = ["release", "truth", "sampling", "published"]
    done = set(pd.read_csv(ROWS, usecols=design)[design].itertuples(index=False, name=None))
    every = cells()
    return [
        (release, i)
        for release, i in tasks
        if (release, every[i].truth, every[i].sampling, every[i].published) not in done
    ]


def simulate_left(releases: int, jobs: int) -> None:
    """Simulate and judge what is left, and append its rows."""
    tasks, start = _left(releases), time.perf_counter()
    ROWS.parent.mkdir(parents=True, exist_ok=True)
    new = not ROWS.exists()
    with ROWS.open("a", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            table.writeheader()
        with closing(map_unordered(run, tasks, jobs=jobs)) as outcomes:
            for done, outcome in enumerate(outcomes, 1):
                if outcome.value is None:
                    sys.stderr.write(f"{tasks[outcome.index]}: {outcome.error}\n")
                    continue
                table.writerows(outcome.value)
                file.flush()
                if done % SHOW_EVERY == 0:
                    spent = time.perf_counter() - start
                    sys.stderr.write(f"{done} of {len(tasks)}, {spent:.0f} s\n")


def main(arguments: list[str] | None = None) -> None:
    """Run what is left, then write the rates."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--releases", type=int, default=60, help="of each cell")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--rates", action="store_true", help="only the rates of what is there")
    options = parser.parse_args(arguments)
    if not options.rates:
        simulate_left(options.releases, options.jobs)
    rates = error_rates(pd.read_csv(ROWS))
    rates.to_csv(RESULTS, index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    main()
