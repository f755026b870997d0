"""What the release prints, and the constants of the method."""

from __future__ import annotations

from alumnistats.paper.inputs import Inputs
from alumnistats.paper.values import Table, Value
from alumnistats.planning import POWER
from alumnistats.posterior.fit import DEFAULT_COMPONENTS
from alumnistats.posterior.priors import LogitNormalPrior
from alumnistats.ranking.rank_methods import FEW, SIGNIFICANT
from alumnistats.ranking.ranks import SOLUTIONS_TRIED
from alumnistats.reconstruction.conventions import ROUNDING_PRIOR, SUBTOTALS_PRIOR
from alumnistats.reconstruction.count_prior import CONCENTRATIONS
from alumnistats.reconstruction.size_priors import (
    DEPARTURE_PRIOR,
    SIZE_LIMIT_OF_MEAN,
    size_limits,
)
from alumnistats.rounding import possible_sizes
from alumnistats.version import __version__

Values = dict[str, Value | Table]

MEASURES = {"official": "official_contact", "important": "important",
            "network": "contact_forms:official_network"}  # fmt: skip
EXAMPLE = ("contact_forms:official_network", "finance_insurance")
"""Figure by which rounding sets are explained."""
UNION = ("contact_forms:rehire", "contact_forms:business_dealings")
"""Options of whose union a claim speaks."""


def release(inputs: Inputs) -> Values:
    """Return how much the release prints."""
    survey = inputs.survey
    kinds = [claim.kind for claim in survey.claims]
    values: Values = {
        "groups": Value(len(survey.groups), "count"),
        "total": Value(survey.total, "count"),
        "questions": Value(len(survey.questions), "count"),
        "figures": Value(len(survey.figures), "count"),
        "claims": Value(len(survey.claims), "count"),
        "statements": Value(kinds.count("statement"), "count"),
        "mean_size": Value((survey.total or 0) / len(survey.groups), "number", 1),
    }
    for name, of in MEASURES.items():
        printed = [g for g, f in survey.figures_of(of).items() if f.percent is not None]
        values[f"printed_{name}"] = Value(
            len([group for group in printed if group != "overall"]), "count"
        )
    return values


def rounding_example(inputs: Inputs) -> Values:
    """Return how many sizes one printed percentage allows, by itself."""
    figure = inputs.survey.figures_of(EXAMPLE[0])[EXAMPLE[1]]
    percent = figure.percent or ""
    largest = size_limits(inputs.survey)[1]
    found = possible_sizes([percent], largest=largest)
    half_up = found[found["rule"] == "half-up"]
    return {
        "example_percent": Value(f"{percent}%", "text"),
        "example_units": Value(figure.units, "count"),
        "example_whole": Value(100 * 10**figure.digits, "count"),
        "example_sizes": Value(len(half_up), "count"),
        "example_smallest": Value(int(half_up["n"].min()), "count"),
        "size_limit": Value(largest, "count"),
    }


def union_bounds(inputs: Inputs) -> Values:
    """Return the printed shares of two options, and the bounds of their union."""
    units = [inputs.survey.overall(of) for of in UNION]
    shares = [figure.units / (100 * 10**figure.digits) for figure in units if figure is not None]
    return {
        "union_low": Value(max(shares), "percent", 1),
        "union_other": Value(min(shares), "percent", 1),
        "union_high": Value(min(1.0, sum(shares)), "percent", 1),
    }


def constants(inputs: Inputs) -> Values:
    """Return the priors and settings of the method, as the package has them."""
    level, prior = inputs.analysis.level, LogitNormalPrior()
    values: Values = {
        "level": Value(level, "percent", 0),
        "power": Value(POWER, "percent", 0),
        "size_limit_of_mean": Value(SIZE_LIMIT_OF_MEAN, "number", 1),
        "departure_a": Value(DEPARTURE_PRIOR[0], "number", 0),
        "departure_b": Value(DEPARTURE_PRIOR[1], "number", 0),
        "departure_mean": Value(DEPARTURE_PRIOR[0] / sum(DEPARTURE_PRIOR), "number", 1),
        "departure_nodes": Value((len(inputs.survey.groups) + 2) // 2, "count"),
        "concentrations": Value(", ".join(f"{c:g}" for c in CONCENTRATIONS), "text"),
        "mu_scale": Value(prior.mu_scale, "number", 1),
        "sigma_scale": Value(prior.sigma_scale, "number", 0),
        "components": Value(DEFAULT_COMPONENTS, "count"),
        "solutions_ranked": Value(SOLUTIONS_TRIED, "count"),
        "solutions_agreeing": Value(SIGNIFICANT, "percent", 0),
        "few": Value(FEW, "count"),
        "draws": Value(inputs.draws, "count"),
        "seed": Value(inputs.seed, "count"),
        "package_version": Value(__version__, "text"),
    }
    for digits, priors in ((2, ROUNDING_PRIOR), (1, SUBTOTALS_PRIOR)):
        for convention, p in priors.items():
            values[f"prior_{convention.replace('-', '_')}"] = Value(p, "number", digits)
    return values
