"""The recovered sample sizes and conventions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alumnistats.paper.from_survey import MEASURES, Values
from alumnistats.paper.inputs import Inputs, by_columns
from alumnistats.paper.values import Table, Value
from alumnistats.reconstruction import count_solutions

PRIOR_NAMES = {
    "quota": "quota", "shortfall": "quota, departures only below", "free": "free",
    "dirichlet": "Dirichlet-multinomial", "equal": "all equal", "proportional": "proportional",
}  # fmt: skip
CONVENTIONS = {
    "added_shares": ("subtotals", "sum-of-rounded"),
    "asked_contacts": ("base", "contact:informal+formal+both"),
    "half_up": ("rounding", "half-up"),
    "double_rounding": ("rounding", "double"),
    "half_even": ("rounding", "half-even"),
    "truncate": ("rounding", "truncate"),
    "ceiling": ("rounding", "ceiling"),
}
"""Conventions that the text names, by key."""
SURE = 0.95  # probability from which a size counts as pinned, in the comparison of priors


def sizes(inputs: Inputs) -> Values:
    """Return each group's size, and how the draws of it went."""
    recon = inputs.analysis.reconstruction
    table = recon.sample_sizes
    common = int(table["mode"].value_counts().index[0])
    same = table[table["mode"] == common]
    least = float(same["probability"].min())
    values: Values = {
        "common_size": Value(common, "count"),
        "common_groups": Value(len(same), "count"),
        "common_probability": Value(least, "probability", 3, inputs.noise(least)),
        "ess": Value(recon.particles.ess, "count", 0, 0.1 * inputs.draws),
        "left_out": Value(recon.left_out, "scientific", 1, 0.1 * recon.left_out),
    }
    for group, row in by_columns(table[table["mode"] != common], "group").items():
        p = row["probability"]
        values[f"size_{group}"] = Value(row["mode"], "count")
        values[f"size_{group}_probability"] = Value(p, "probability", 3, inputs.noise(p))
    return values


def sizes_by_prior(inputs: Inputs) -> Values:
    """Return sizes under the default prior beside those under priors without a common quota."""
    survey = inputs.survey
    by = by_columns(inputs.priors.dropna(subset="group"), "sizes", "group")
    default = by_columns(inputs.analysis.sample_sizes, "group")
    rows = [
        (
            survey.label(group), default[group]["mode"], default[group]["probability"],
            _range(default[group]), by["shortfall", group]["mode_probability"],
            by["free", group]["mode"], by["free", group]["mode_probability"],
            _range(by["free", group]),
        )
        for group in survey.group_ids
    ]  # fmt: skip
    half = inputs.noise(0.5)
    pinned = sum(by["free", group]["mode_probability"] >= SURE for group in survey.group_ids)
    return {
        "free_sure": Value(pinned, "count"),
        "sizes": Table(
            {
                "industry": ("text", 0), "size": ("count", 0), "probability": ("probability", 3),
                "interval": ("text", 0), "shortfall": ("probability", 3), "free": ("count", 0),
                "free_probability": ("probability", 3), "free_interval": ("text", 0),
            },
            rows,
            {"probability": half, "shortfall": half, "free_probability": half},
        ),
    }  # fmt: skip


def _range(row: Mapping[str, Any]) -> str:
    return f"{row['lower']:.0f}–{row['upper']:.0f}"


def priors(inputs: Inputs) -> Values:
    """Return the evidence of each prior on sizes."""
    first = inputs.priors.groupby("sizes", sort=False)[["log_evidence", "probability"]].first()
    found = by_columns(first.reset_index(), "sizes")
    rows = [
        (PRIOR_NAMES[name], row["log_evidence"], row["probability"]) for name, row in found.items()
    ]
    log = {name: row["log_evidence"] for name, row in found.items()}
    factor = float(np.exp(log["quota"] - log["free"]))
    against = float(np.exp(log["shortfall"] - log["quota"]))
    return {
        "quota_over_free": Value(factor, "count", 0, 0.3 * factor),
        "shortfall_over_quota": Value(against, "number", 1, 0.3 * against),
        "size_priors": Table(
            {"prior": ("text", 0), "log_evidence": ("number", 1),
             "probability": ("probability", 3)},
            rows,
            {"log_evidence": 0.3, "probability": 0.05},
        ),
    }  # fmt: skip


def conventions(inputs: Inputs) -> Values:
    """Return the posterior probabilities of the conventions that the text names."""
    table = inputs.analysis.conventions.set_index(["dimension", "value"])["probability"]
    found = {name: float(table.loc[place]) for name, place in CONVENTIONS.items()}
    return {
        f"{name}_probability": Value(p, "probability", 3, inputs.noise(p))
        for name, p in found.items()
    }


def number_of_solutions(inputs: Inputs) -> Values:
    """Return the exact number of sizes and counts that one measure's figures allow."""
    inputs.report("number of solutions")
    return {
        "solutions": Value(count_solutions(inputs.survey, MEASURES["official"]), "scientific", 1)
    }
