"""Ranks of the groups, their differences, and the respondents that would have settled them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alumnistats.paper.from_claims import NAMED, SIZES
from alumnistats.paper.from_survey import MEASURES, Values
from alumnistats.paper.inputs import Inputs, by_columns
from alumnistats.paper.values import NOTHING, Table, Value

OF = MEASURES["official"]
SHARES = 0.01  # allowance of an estimate, averaged over solutions
MARKED = "fisher-mid-p"


def omnibus(inputs: Inputs) -> Values:
    """Return the test that all groups are equal, of each measure."""
    table = inputs.analysis.omnibus
    tests = by_columns(table[table["test"] == "chi-square"], "of")
    values: Values = {}
    for name, of in MEASURES.items():
        for end in ("p_value", "p_max") if name == "official" else ("p_value", "p_min", "p_max"):
            p = tests[of][end]
            small = p < 1e-3
            values[f"omnibus_{name}_{end}"] = Value(
                p, "scientific" if small else "probability", 1 if small else 3,
                5 * p if small else inputs.noise(p, of),
            )  # fmt: skip
    return values


def ranks(inputs: Inputs) -> Values:
    """Return places, shares and sets for ranks of the measure of most figures."""
    analysis, survey = inputs.analysis, inputs.survey
    table = analysis.ranks[analysis.ranks["of"] == OF]
    sets = by_columns(table, "group", "method")
    figures = survey.figures_of(OF)
    shares = by_columns(analysis.pooled[OF].summary(), "group")
    groups = sorted(survey.group_ids, key=lambda g: sets[g, "posterior"]["expected"])
    rows = []
    for group in groups:
        share = shares[group]
        figure = figures.get(group)
        rows.append((
            survey.label(group), _place(sets[group, "posterior"]),
            NOTHING if figure is None else figure.percent, share["median"],
            f"{100 * share['lower']:.1f}–{100 * share['upper']:.1f}",
            *(f"{sets[group, m]['lower']}–{sets[group, m]['upper']}"
              for m in ("marginal", "simultaneous", "posterior")),
            sets[group, "posterior"]["p_first"],
        ))  # fmt: skip
    return {
        "ranks": Table(
            {
                "industry": ("text", 0), "place": ("text", 0), "printed": ("text", 0),
                "median": ("points", 1), "interval": ("text", 0), "marginal": ("text", 0),
                "simultaneous": ("text", 0), "posterior": ("text", 0),
                "first": ("probability", 3),
            },
            rows,
            {"median": SHARES, "first": inputs.noise(0.5, OF)},
        )
    }  # fmt: skip


def _place(row: Mapping[Any, Any]) -> str:
    if row["published_place"] != row["published_place"]:  # NaN
        return NOTHING
    end = "last" if row["published_from"] == "lowest" else "top"
    return f"{end} {row['published_place']:.0f}"


def winner(inputs: Inputs) -> Values:
    """Return the share of the group printed first, with and without regard to its place."""
    row = inputs.analysis.ranked[OF].winners().iloc[0]
    first = printed_first(inputs)
    values: Values = {
        f"winner_{name}": Value(float(row[name]), "percent", 1, SHARES)
        for name in ("share", "estimate", "lower", "upper", "lower_naive", "upper_naive")
    }
    values["winner_first"] = Value(first, "probability", 2, inputs.noise(first, OF))
    return values


def printed_first(inputs: Inputs) -> float:
    """Return the probability that the group printed first has the largest share of all."""
    ranks = inputs.analysis.ranks
    rows = ranks[(ranks["of"] == OF) & (ranks["method"] == "posterior")]
    printed = rows[(rows["published_from"] == "highest") & (rows["published_place"] == 1)]
    return float(printed["p_first"].iloc[0])


def pairs(inputs: Inputs) -> Values:
    """Return how many pairs of groups are separated, by measure."""
    table = inputs.analysis.comparisons
    found = table[table["test"] == MARKED]
    groups = len(inputs.survey.groups)
    values: Values = {"pairs": Value(groups * (groups - 1) // 2, "count")}
    for name, of in MEASURES.items():
        values[f"pairs_{name}"] = Value(int(found.loc[found["of"] == of, "significant"].sum()),
                                        "count")  # fmt: skip
    return values


def planning(inputs: Inputs) -> Values:
    """Return what would have settled a set, and which differences the survey can find."""
    found = inputs.plan
    typical = by_columns(found.detectable[found.detectable["group_a"].isna()], "of")[OF]
    row = by_columns(found.plan, "id")[NAMED["top_set"][0]]
    values: Values = {
        "top_set_comparisons": Value(row["comparisons"], "count"),
        "top_set_power": Value(row["power"], "percent", 1, 0.006),
        "top_set_total": Value(row["needed_total"], "count", 0, SIZES * row["needed_total"]),
        "top_set_allocated": Value(
            row["allocated_total"], "count", 0, SIZES * row["allocated_total"]
        ),
        "typical_size": Value(typical["n_a"], "count"),
        "typical_share": Value(typical["base"], "percent", 0, SHARES),
    }
    for kind in ("one_sided", "all_pairs"):
        values[f"detectable_{kind}"] = Value(typical[kind], "points", 1, SHARES)
    return values
