"""What strata are worth: simulated releases of two quotas, read with and without saying so.

Run ``python benchmarks/strata.py``; it writes benchmarks/results/strata.csv. Every release has ten
groups with a quota of 50 and ten with one of 200; each missed it with probability 0.2 and has any
size from 1 to 300 then. Shares of all groups, or of three at either end, are printed to one decimal
with the overall share. The columns, over all groups of `RELEASES` releases:

- ``read``: what the survey file says of the strata;
- ``told``: groups that are told a size: none where too few draws are effective; ``modes``: those
  whose most probable size is the true one; ``p_true``: mean posterior probability of the true size,
  of all groups; ``covered``: groups whose 95% set holds it;
- ``certain``: groups with a size of probability above 0.99, ``wrong``: how many of these are false;
- ``log_evidence``: mean; ``ess`` and ``seconds`` (of processor time): medians.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pandas as pd

from alumnistats.reconstruction import Reconstruction, reconstruct
from alumnistats.simulation import Design, release, simulate
from alumnistats.survey import Survey

RESULTS = Path(__file__).parent / "results" / "strata.csv"
QUOTAS, GROUPS, MISSED, LARGEST = (50, 200), 10, 0.2, 300
RELEASES, LISTED, CERTAIN = 5, {"all": 0, "ends": 3}, 0.99
READINGS = ("no strata", "strata", "with quotas", "with totals")

IntArray = npt.NDArray[np.int64]


def drawn_sizes(rng: np.random.Generator) -> IntArray:
    """Return the sizes of one release, the first quota's groups first."""
    sizes = np.repeat(QUOTAS, GROUPS)
    missed = rng.random(len(sizes)) < MISSED
    return np.where(missed, rng.integers(1, LARGEST + 1, len(sizes)), sizes)


def with_strata(survey: Survey, reading: str, sizes: IntArray) -> Survey:
    """Return the survey as its file would be with that much said of the strata."""
    if reading == "no strata":
        return survey
    document = survey.model_dump(by_alias=True, exclude_none=True)
    document["strata"] = [
        {"id": f"s{quota}", "label": {"en": f"quota {quota}", "ja": f"割当{quota}"}}
        for quota in QUOTAS
    ]
    for i, (stratum, quota) in enumerate(zip(document["strata"], QUOTAS, strict=True)):
        if reading == "with quotas":
            stratum["quota"] = quota
        if reading == "with totals":
            stratum["total"] = int(sizes[i * GROUPS : (i + 1) * GROUPS].sum())
    for i, group in enumerate(document["groups"]):
        group["stratum"] = document["strata"][i // GROUPS]["id"]
    return Survey.model_validate(document)


def judged(recon: Reconstruction, sizes: IntArray, seconds: float) -> dict[str, object]:
    """Return what one reconstruction says of the true sizes."""
    table, particles = recon.sample_sizes, recon.particles
    of = table[["mode", "probability", "lower", "upper"]].astype(float)  # missing where not told
    right, sure = of["mode"] == sizes, of["probability"] > CERTAIN
    held = (of["lower"] <= sizes) & (sizes <= of["upper"])
    return {
        "told": int(table["mode"].notna().sum()), "modes": int(right.sum()),
        "p_true": float((particles.weight @ (particles.sizes == sizes)).mean()),
        "covered": int(held.sum()), "certain": int(sure.sum()), "wrong": int((sure & ~right).sum()),
        "log_evidence": recon.log_evidence, "ess": particles.ess, "seconds": seconds,
    }  # fmt: skip


def main() -> None:
    """Simulate, reconstruct, and write the table."""
    rows = []
    for listed, number in LISTED.items():
        for seed in range(RELEASES):
            rng = np.random.default_rng([seed, number])
            sizes = drawn_sizes(rng)
            design = Design(len(sizes), int(sizes.sum()), listed=number)
            with patch.object(release, "draw_prior_sizes", lambda *_, n=sizes: n):
                survey = simulate(design, rng).survey
            for reading in READINGS:
                start = time.process_time()
                recon = reconstruct(with_strata(survey, reading, sizes))
                spent = time.process_time() - start
                sys.stderr.write(f"{listed}, {seed}, {reading}: {spent:.1f} s\n")
                rows.append({"listed": listed, "read": reading} | judged(recon, sizes, spent))
    summed = dict.fromkeys(("told", "modes", "covered", "certain", "wrong"), "sum")
    how = {"p_true": "mean", "log_evidence": "mean", "ess": "median", "seconds": "median"}
    table = pd.DataFrame(rows).groupby(["listed", "read"], sort=False).agg(summed | how)
    table.insert(0, "sizes", RELEASES * GROUPS * len(QUOTAS))
    digits = {"p_true": 3, "log_evidence": 1, "ess": 0, "seconds": 1}
    for name, places in digits.items():
        table[name] = [f"{value:.{places}f}" for value in table[name]]
    table.to_csv(RESULTS, lineterminator="\n")


if __name__ == "__main__":
    main()
