"""The default scenarios of the embedded survey, summarised: a row a claim.

Run ``python benchmarks/sensitivity_verdicts.py [JOBS] [FOLDER]``; it writes
sensitivity_verdicts.csv into benchmarks/results, which the paper reads. FOLDER is that of finished
scenarios (``finished`` in the --out of ``alumnistats sensitivity``), so that what is there is not
run again. Set OMP_NUM_THREADS=1, so that processes do not get into each other's way.
"""

import sys
from pathlib import Path

import pandas as pd

from alumnistats.sensitivity import sensitivity
from alumnistats.sensitivity.words import label
from alumnistats.survey import Survey

RESULTS = Path(__file__).parent / "results"
EFFECTS = 3  # choices whose share of the variance is kept, the largest
LEAST = 0.005  # of that share: less would be printed as none


def named(choices: object) -> str:
    """Return choices in words, separated by semicolons."""
    if not isinstance(choices, str):
        return ""
    return "; ".join(label(name, "en") for name in choices.split(", ") if name)


def effects(shares: pd.DataFrame) -> dict[str, str]:
    """Return, by claim, the largest main effects on the probability where models are crossed."""
    shares = shares[shares["outcome"] == "probability"]
    crossed = shares[(shares["kind"] == "grid") & (shares["dimension"] == "model")]["design"]
    shares = shares[shares["design"].isin(crossed) & (shares["main"] >= LEAST)]
    return {
        claim: "; ".join(
            f"{label(row.dimension, 'en')} {row.main:.2f}"
            for row in part.nlargest(EFFECTS, "main").itertuples()
        )
        for claim, part in shares.groupby("claim")
    }


def verdicts(survey: Survey, summary: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Return the table, from two of those of a sensitivity analysis."""
    claims = {claim.id: claim for claim in survey.claims}
    table = summary.copy()
    table.insert(1, "kind", [claims[c].kind for c in table["claim"]])
    table.insert(2, "claim_en", [claims[c].text.en for c in table["claim"]])
    table["depends_on"] = table["depends_on"].map(named)
    table["effects_on_probability"] = table["claim"].map(effects(shares)).fillna("")
    return table


def main(jobs: int = 2, folder: str | None = None) -> None:
    """Run what is not finished, and write the table."""
    found = sensitivity(jobs=jobs, folder=None if folder is None else Path(folder))
    table = verdicts(found.survey, found.summary(), found.variance_shares())
    path = RESULTS / "sensitivity_verdicts.csv"
    table.to_csv(path, index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    arguments = sys.argv[1:3]
    main(*map(int, arguments[:1]), *arguments[1:])
