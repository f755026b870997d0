"""What is recovered of real surveys whose sizes are known, kept as data.

Run ``python benchmarks/recovery.py [PRIOR ...]``; it reconstructs every survey of
tests/reference/surveys_known.csv from its file, which prints no size, and writes
benchmarks/results/recovery.csv: one row a survey and prior of sizes. The columns:

- ``shares``: printed by group; ``largest``: the largest true size in mean sizes;
- ``modes``: groups whose most probable size is the true one; ``p_true``: mean posterior probability
  of the true size; ``covered``: groups whose 95% set holds it;
- ``certain``: groups with a size of probability above 0.99, ``wrong``: how many of these are false;
  ``p_wrong``: the largest probability that any false size got;
- ``p_quota``: of the mixture, the posterior probability that there were quotas;
- ``log_evidence``: comparable between the priors of one survey; ``ess``: effective solutions;
  ``seconds``: of processor time.

recovery_totals.csv sums up the surveys of each prior.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from alumnistats.reconstruction import Reconstruction, reconstruct
from alumnistats.reconstruction.size_priors import SizePrior
from alumnistats.sources import load_survey

ROOT = Path(__file__).parents[1]
KNOWN = ROOT / "tests" / "reference" / "surveys_known.csv"
RESULTS = ROOT / "benchmarks" / "results"
PRIORS = ("quota", "dirichlet", "free", "mixture")
CERTAIN = 0.99


def true_sizes() -> dict[str, pd.Series]:
    """Return the true sizes of each survey by group."""
    known = pd.read_csv(KNOWN, index_col="group")
    sizes = {}
    for id, part in known.groupby("survey"):
        sizes[str(id)] = part.groupby(level="group")["n"].first()
    return sizes


def _largest_false(recon: Reconstruction, truth: np.ndarray) -> float:
    """Return the largest posterior probability of a size that is not the true one."""
    weight = recon.particles.weight / recon.particles.weight.sum()
    most = 0.0
    for g, n in enumerate(truth):
        mass = np.bincount(recon.particles.sizes[:, g], weight)
        mass[n : n + 1] = 0.0
        most = max(most, float(mass.max()))
    return most


def judged(recon: Reconstruction, truth: pd.Series) -> dict[str, object]:
    """Return what the reconstruction says of the true sizes, counted over groups."""
    table = recon.sample_sizes.set_index("group")
    n = truth.loc[list(table.index)]
    drawn, weight = recon.particles.sizes, recon.particles.weight
    p_true = (drawn == n.to_numpy()).T @ weight / weight.sum()
    right, sure = table["mode"] == n, table["probability"] > CERTAIN
    return {
        "modes": int(right.sum()), "p_true": f"{np.mean(p_true):.3f}",
        "covered": int(((table["lower"] <= n) & (n <= table["upper"])).sum()),
        "certain": int(sure.sum()), "wrong": int((sure & ~right).sum()),
        "p_wrong": f"{_largest_false(recon, n.to_numpy()):.3f}",
        "p_quota": f"{recon.size_parts['quota']:.3f}" if recon.size_parts else "",
        "log_evidence": f"{recon.log_evidence:.1f}", "ess": round(recon.particles.ess),
    }  # fmt: skip


def _row(id: str, truth: pd.Series, prior: SizePrior) -> dict[str, object]:
    survey = load_survey(id)
    shares = [figure for figure in survey.figures if figure.group != "overall"]
    start = time.process_time()
    recon = reconstruct(survey, prior)
    spent = f"{time.process_time() - start:.1f}"
    sys.stderr.write(f"{id}, {prior}: {spent} s\n")
    row = {
        "survey": id, "groups": len(truth), "total": survey.total, "digits": shares[0].digits,
        "shares": len(shares), "largest": f"{truth.max() / truth.mean():.2f}", "prior": prior,
    }  # fmt: skip
    return row | judged(recon, truth) | {"seconds": spent}


def main(priors: tuple[str, ...] = PRIORS) -> None:
    """Reconstruct every survey under every prior and write the tables."""
    truths = true_sizes()
    table = pd.DataFrame([_row(id, truths[id], prior) for id in truths for prior in priors])
    table.to_csv(RESULTS / "recovery.csv", index=False, lineterminator="\n")
    counted = ["groups", "modes", "covered", "certain", "wrong"]
    totals = table.groupby("prior", sort=False)[counted].sum().rename(columns={"groups": "sizes"})
    totals.to_csv(RESULTS / "recovery_totals.csv", lineterminator="\n")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or PRIORS)
