"""What was measured once and is committed: calibration, coverage, sensitivity, engines."""

from __future__ import annotations

from typing import Any

from alumnistats.paper.from_survey import Values
from alumnistats.paper.inputs import Inputs, by_columns
from alumnistats.paper.values import Table, Value
from alumnistats.simulation.verdicts import ALL, CHOSEN, UNEQUAL_KIND

METHODS = {"alumnistats": "this paper", "naive": "naive"}
RANK_SETS = {
    "marginal": "marginal", "simultaneous": "simultaneous", "joint-region": "joint region",
    "posterior": "posterior",
}  # fmt: skip
TRUTHS = ("tied", "close", "spread")
GROUPS = 12  # of the rows of the table of coverage of rank sets that are shown
WIDEST = 3  # choices named for each claim
VERDICTS = ("supported", "not_supported", "contradicted", "undetermined")


def calibration(inputs: Inputs) -> Values:
    """Return coverage of intervals in simulated releases, and whether curves are in their bands."""
    run = inputs.table("calibration_run").iloc[0]
    uniform, coverage = (inputs.table(f"calibration_{t}") for t in ("uniformity", "coverage"))
    by = by_columns(coverage, "method", "of")
    rows = [
        (METHODS[row["method"]], row["of"], row["intervals"], row["coverage"],
         row["coverage_error"], row["mean_error"], row["mean_error_se"])
        for row in by.values()
    ]  # fmt: skip
    level, curves = inputs.analysis.level, len(uniform)
    values: Values = {
        "calibration_releases": Value(int(run["releases"]), "count"),
        "calibration_failed": Value(int(run["failed"]), "count"),
        "calibration_draws": Value(int(run["draws"]), "count"),
        "calibration_ess": Value(int(run["median_ess"]), "count"),
        "calibration_curves": Value(curves, "count"),
        "calibration_inside": Value(int(uniform["inside"].sum()), "count"),
        "calibration_chance": Value(1 - level**curves, "percent", 0),
        "coverage": Table(
            {
                "reading": ("text", 0), "of": ("text", 0), "intervals": ("count", 0),
                "coverage": ("percent", 1), "coverage_error": ("percent", 1),
                "mean_error": ("points", 1), "mean_error_se": ("points", 1),
            },
            rows,
        ),
    }  # fmt: skip
    values |= {
        f"coverage_{method}_{of}": Value(by[method, of]["coverage"], "percent", 1)
        for method in METHODS
        for of in ("listed", "winner")
    }
    return values | {
        f"mean_error_{method}_winner": Value(by[method, "winner"]["mean_error"], "points", 1)
        for method in METHODS
    }


def rank_coverage(inputs: Inputs) -> Values:
    """Return how often sets for ranks hold the true ranks of a dozen groups, by the truth."""
    table = inputs.table("rank_coverage")
    table = table[(table["groups"] == GROUPS) & table["method"].isin(RANK_SETS)]
    by = by_columns(table, "method", "truth")
    rows = [
        (
            RANK_SETS[method],
            *(by[method, truth][column] for truth in TRUTHS for column in ("coverage", "length")),
        )
        for method in table["method"].unique()
    ]
    confidence = table[table["method"] != "posterior"]
    columns: dict[str, Any] = {"sets": ("text", 0)}
    for truth in TRUTHS:
        columns[truth] = ("percent", 1)
        columns[f"{truth}_length"] = ("number", 1)
    return {
        "rank_coverage": Table(columns, rows),
        "rank_coverage_least": Value(float(confidence["coverage"].min()), "percent", 1),
        "rank_coverage_groups": Value(GROUPS, "count"),
        "rank_coverage_runs": Value(int(confidence["runs"].min()), "count"),
        "rank_coverage_posterior_runs": Value(
            int(table.loc[table["method"] == "posterior", "runs"].min()), "count"
        ),
    }


def error_rates(inputs: Inputs) -> Values:
    """Return how often false claims are supported on simulated releases, and true ones are."""
    table = inputs.table("verdicts")
    every = table[table["factor"] == ALL]
    by = by_columns(every, "kind", "chosen")
    own = every[(every["chosen"] == CHOSEN[0]) & (every["kind"] != UNEQUAL_KIND)]
    beyond = every[(every["chosen"] == CHOSEN[-1]) & (every["kind"] != UNEQUAL_KIND)]
    false = own["claims"] - own["true"]
    ratio = by["ratio", CHOSEN[0]]
    rates = {
        "own": (own["false_supported"] * false).sum() / false.sum(),
        "found": (own["true_supported"] * own["true"]).sum() / own["true"].sum(),
        "beyond": beyond["false_supported"].max(),
        "ratio_test": ratio["false_by_test"],
        "ratio_both": ratio["false_supported"],
        "unequal": by[UNEQUAL_KIND, CHOSEN[-1]]["false_supported"],
    }
    values: Values = {
        f"rates_{name}": Value(float(rate), "percent", 1) for name, rate in rates.items()
    }
    return values | {"rates_releases": Value(int(every["claims"].max()), "count")}


def engines(inputs: Inputs) -> Values:
    """Return how the exact engine and NUTS agree, and what each takes."""
    table = inputs.table("nuts")
    drawn = table[table["method"] != "exact"]
    own = by_columns(table[table["data"] == "embedded survey"], "method")
    return {
        "engines_data": Value(int(table["data"].nunique()), "count"),
        "engines_z": Value(float(drawn["largest_z"].max()), "number", 1),
        "engines_own_error": Value(own["exact"]["largest_error"], "number", 4),
        "engines_fastest": Value(float(drawn["ratio_without_compile"].min()), "number", 0),
        "engines_slowest": Value(float(drawn["ratio_without_compile"].max()), "count"),
    }


def sensitivity(inputs: Inputs) -> Values:
    """Return how often each verdict stays under other choices, and on which it depends."""
    table, runs = (inputs.table(name) for name in ("sensitivity_verdicts", "sensitivity"))
    run = runs[runs["scenarios"] == "default"].iloc[0]
    judged = table[table["kind"] != "statement"]
    rows = [
        (
            row["claim_en"], row["base_verdict"], row["share"],
            *(row[verdict] for verdict in VERDICTS), _named(row["depends_on"]),
        )
        for row in judged.to_dict("records")
        if row["share"] < 1
    ]  # fmt: skip
    stays = judged.set_index("claim")["share"]
    supported, not_supported, undetermined = (
        judged[judged["base_verdict"] == verdict]
        for verdict in ("supported", "not supported", "undetermined")
    )
    return {
        "scenarios": Value(int(run["count"]), "count"),
        "scenarios_failed": Value(int(run["failed"]), "count"),
        "stable_claims": Value(int((stays == 1).sum()), "count"),
        "unstable_claims": Value(int((stays < 1).sum()), "count"),
        "supported_least": Value(float(supported["share"].min()), "percent", 0),
        "supported_most": Value(float(supported["share"].max()), "percent", 0),
        "not_supported_ever": Value(int((not_supported["supported"] > 0).sum()), "count"),
        "undetermined_ever": Value(int((undetermined["supported"] > 0).sum()), "count"),
        "sensitivity_table": Table(
            {
                "claim": ("text", 0), "base": ("verdict", 0), "stays": ("percent", 1),
                **dict.fromkeys(VERDICTS, ("percent", 1)), "depends_on": ("text", 0),
            },
            rows,
        ),
    }  # fmt: skip


def _named(depends_on: Any) -> str:
    if not isinstance(depends_on, str):
        return "no single choice"
    names = depends_on.split("; ")
    return ", ".join(names[:WIDEST]) + (", …" if len(names) > WIDEST else "")
