"""A grid of choices for the embedded survey: how many ways of analyzing leave each claim standing.

Writes the table, and the two figures of one claim, to OUT; run again, it computes only what is new.
"""

import sys
from pathlib import Path

import alumnistats as al

OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("sensitivity-grid")
DRAWS = int(sys.argv[2]) if len(sys.argv) > 2 else 400  # solutions of each reconstruction
JOBS = 1  # processes; with more, what calls `sensitivity` must stay below the `if`
SURVEY = sys.argv[3] if len(sys.argv) > 3 else None  # the embedded one, with a claim of it
CLAIM = sys.argv[4] if len(sys.argv) > 4 else "official-contact-top3-set"
SCENARIOS = {
    "format": 1,
    "draws": DRAWS,
    "designs": [
        {
            "kind": "grid",
            "dimensions": {
                "sizes": ["quota", "shortfall"],
                "model": ["partial-pooling", "no-pooling"],
                "design_effect": [1.0, 2.0],
                "test": ["fisher-mid-p", "z"],
                "adjustment": ["none", "holm"],
                "level": [0.90, 0.95, 0.99],
            },
        },
    ],
}

if __name__ == "__main__":
    result = al.sensitivity(SURVEY, SCENARIOS, folder=OUT / "finished", jobs=JOBS)
    summary = result.summary()
    print(summary[["claim", "base_verdict", "stays", "scenarios", "depends_on"]].to_string())
    shares = result.variance_shares()
    mine = shares[(shares["claim"] == CLAIM) & (shares["outcome"] == "probability")]
    print(mine[["dimension", "main", "total"]].round(3).to_string(index=False))
    result.table.to_parquet(OUT / "sensitivity.parquet", index=False)
    result.plot_specification_curve(CLAIM).figure.savefig(OUT / "specification-curve.png")
    result.plot_tornado(CLAIM).figure.savefig(OUT / "tornado.png")
