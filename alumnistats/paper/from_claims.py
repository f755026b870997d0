"""Verdicts and their grounds."""

from __future__ import annotations

import math

from alumnistats.analysis.tipping import tipping_point
from alumnistats.claims import VERDICT_LABELS, JudgedClaim, Range
from alumnistats.paper.from_survey import MEASURES, Values
from alumnistats.paper.inputs import LEAST, Inputs
from alumnistats.paper.values import Table, Value

NAMED = {
    "top_order": ("official-contact-top3-order", ("probability",)),
    "top_set": ("official-contact-top3-set", ("p", "probability", "needed")),
    "network_set": ("official-network-top3-set", ("probability",)),
    "every": ("important-every-industry-70", ("verdict", "in_sample")),
    "seventy": ("important-at-least-70", ("verdict", "p", "probability")),
    "literal": ("would-use-answer-above-half", ("verdict",)),
    "half": ("any-contact-half", ("verdict",)),
    "forms": ("forms-order", ("needed",)),
    "union": ("rehire-or-dealings-40", ("verdict",)),
}
"""Claims that the text names, and what it says of each; by the beginning of their keys."""
TIPPED = {"half": "any-contact-half"}
"""Claims of which the text says from which bias on their verdict changes."""
SIZES = 0.05  # relative allowance of a needed size, whose shares are averages over solutions


def verdicts(inputs: Inputs) -> Values:
    """Return how many claims got each verdict."""
    given = [judged.verdict for judged in inputs.analysis.judged]
    values: Values = {
        "count_" + name.replace(" ", "_"): Value(given.count(name), "count")
        for name in VERDICT_LABELS
    }
    orders = [j for j in inputs.analysis.judged if getattr(j.claim, "of", None) in MEASURES.values()
              and j.claim.kind in ("ranking", "extreme-set")]  # fmt: skip
    values["group_orders"] = Value(len(orders), "count")
    values["group_orders_supported"] = Value(sum(j.verdict == "supported" for j in orders), "count")
    values["group_orders_held"] = Value(
        sum(
            j.grounds.in_sample is not None and j.grounds.in_sample.lower >= inputs.analysis.level
            for j in orders
        ),
        "count",
    )
    return values


def named(inputs: Inputs) -> Values:
    """Return what the text says of the claims that it names."""
    judged = {j.claim.id: j for j in inputs.analysis.judged}
    values: Values = {}
    for key, (claim, said) in NAMED.items():
        found = _grounds(inputs, judged[claim])
        values |= {f"{key}_{name}": found[name] for name in said}
    return values


def _grounds(inputs: Inputs, judged: JudgedClaim) -> dict[str, Value]:
    """Return verdict and grounds of a claim."""
    grounds, of = judged.grounds, getattr(judged.claim, "of", None)
    allowed = SIZES * _finite(grounds.needed_n)
    probabilities = {
        "in_sample": (_known(grounds.in_sample), None),
        "p": (grounds.p_value, of),
        "probability": (grounds.probability, of),
    }
    return {
        "verdict": Value(judged.verdict, "verdict"),
        "needed": Value(grounds.needed_n, "count", 0, allowed),
        **{
            name: Value(value, "probability", 3, inputs.noise(value, model))
            for name, (value, model) in probabilities.items()
        },
    }


def claims(inputs: Inputs) -> Values:
    """Return every claim with its grounds and verdict, by verdict."""
    order = list(VERDICT_LABELS)
    judged = sorted(
        inputs.analysis.judged,
        key=lambda j: (j.claim.kind == "statement", order.index(j.verdict)),
    )
    rows = []
    for one in judged:
        grounds, statement = one.grounds, one.claim.kind == "statement"
        rows.append((
            one.claim.text.en, _known(grounds.in_sample), grounds.p_value, grounds.probability,
            grounds.needed_n, "statement" if statement else one.verdict,
        ))  # fmt: skip
    pooled = inputs.analysis.pooled
    half = inputs.noise(0.5, min(pooled, key=lambda of: pooled[of].ess))
    largest = max(_finite(row[4]) for row in rows)
    return {
        "claims_table": Table(
            {
                "claim": ("text", 0), "in_sample": ("probability", 2), "p": ("probability", 3),
                "probability": ("probability", 3), "needed": ("count", 0),
                "verdict": ("verdict", 0),
            },
            rows,
            {"in_sample": half, "p": half, "probability": half, "needed": SIZES * largest},
        )
    }  # fmt: skip


def _known(found: Range | None) -> float | None:
    return None if found is None else found.value


def _finite(value: float | None) -> float:
    return 0.0 if value is None or not math.isfinite(value) else value


def tipping(inputs: Inputs) -> Values:
    """Return from which bias of the panel on a supported claim would no longer be."""
    analysis = inputs.analysis
    inputs.report("tipping points")
    return {
        f"{key}_bias": Value(
            tipping_point(analysis.reconstruction, analysis.pooled, analysis.choices, claim),
            "number", 3, LEAST,
        )
        for key, claim in TIPPED.items()
    }  # fmt: skip
