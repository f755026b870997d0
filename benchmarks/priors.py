"""What each prior on sizes, and each limit of the tables, does to the embedded sizes.

Run ``python benchmarks/priors.py`` (three minutes). benchmarks/results/priors.csv has one row a
setting, and stands in docs/methods/reconstruction.md. The columns:

- ``sizes``: the prior; ``largest``: the limit that `reconstruct` was given, or "none";
- one of each size that differs from the common one, and the common one: the most probable size with
  its probability (of several groups the lowest);
- ``left_out``: the most that may have been left out; ``effective``: effective draws;
- ``log_evidence``: of all that is published, given the total, under this prior (comparable).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from alumnistats.brief import probability_text
from alumnistats.errors import ContradictionError
from alumnistats.reconstruction import Reconstruction, reconstruct
from alumnistats.reconstruction.size_priors import SizePrior
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

RESULTS = Path(__file__).parent / "results" / "priors.csv"
DRAWS = 1000
SETTINGS: tuple[tuple[SizePrior, int | None], ...] = (
    ("mixture", None), ("quota", None), ("shortfall", None), ("equal", None),
    ("dirichlet", None), ("free", None), ("mixture", 120), ("mixture", 200), ("free", 200),
)  # fmt: skip


def shown(recon: Reconstruction, groups: list[str]) -> str:
    """Return the most probable sizes of some groups, and the lowest probability of these."""
    table = recon.sample_sizes.set_index("group").loc[groups]
    sizes = sorted({int(size) for size in table["mode"]})
    low = float(table["probability"].min())
    spread = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    return f"{spread} ({probability_text(low)})"


def tried(survey: Survey, prior: SizePrior, largest: int | None) -> Reconstruction | None:
    """Return what is recovered under a setting; None where no solution was drawn."""
    sys.stderr.write(f"{prior}, {largest}\n")
    try:
        return reconstruct(survey, prior, largest=largest, draws=DRAWS, explain=False)
    except ContradictionError:  # not a proved one: the figures can be right, but not so
        return None


def main() -> None:
    """Reconstruct under each setting."""
    survey = load_survey()
    found = {setting: tried(survey, *setting) for setting in SETTINGS}
    usual = found[SETTINGS[0]]
    assert usual is not None
    modes = usual.sample_sizes.set_index("group")["mode"]
    common = modes.value_counts().index[0]
    alike = [g for g in modes.index if modes[g] == common]
    others = [g for g in modes.index if modes[g] != common]
    columns = [survey.label(g) for g in others]
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        names = ("left_out", "effective", "log_evidence")
        table.writerow(["sizes", "largest", f"{len(alike)} industries", *columns, *names])
        for (prior, largest), recon in found.items():
            if recon is None:
                nothing = ["none drawn"] * (1 + len(others))
                table.writerow([prior, largest or "none", *nothing, "", "0", ""])
                continue
            particles = recon.particles
            table.writerow([
                prior, largest or "none", shown(recon, alike), *(shown(recon, [g]) for g in others),
                f"{recon.left_out:.1g}", f"{particles.ess:.0f}", f"{recon.log_evidence:.1f}",
            ])  # fmt: skip


if __name__ == "__main__":
    main()
