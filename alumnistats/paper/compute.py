"""Everything that the paper says, computed: the registry of producing functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from alumnistats.errors import ArgumentError
from alumnistats.paper import (
    from_claims,
    from_ranks,
    from_reconstruction,
    from_survey,
    from_tables,
)
from alumnistats.paper.from_survey import Values
from alumnistats.paper.inputs import Inputs
from alumnistats.paper.provenance import provenance
from alumnistats.paper.results import FORMAT

Producer = Callable[[Inputs], Values]

PRODUCERS: tuple[Producer, ...] = (
    from_survey.release,
    from_survey.rounding_example,
    from_survey.union_bounds,
    from_survey.constants,
    from_reconstruction.sizes,
    from_reconstruction.sizes_by_prior,
    from_reconstruction.priors,
    from_reconstruction.conventions,
    from_reconstruction.number_of_solutions,
    from_claims.verdicts,
    from_claims.named,
    from_claims.claims,
    from_claims.tipping,
    from_ranks.omnibus,
    from_ranks.ranks,
    from_ranks.winner,
    from_ranks.pairs,
    from_ranks.planning,
    from_tables.calibration,
    from_tables.rank_coverage,
    from_tables.error_rates,
    from_tables.engines,
    from_tables.sensitivity,
)


def compute(inputs: Inputs, producers: Sequence[Producer] = PRODUCERS) -> dict[str, Any]:
    """Return the results as `results.json` holds them.

    Parameters
    ----------
    inputs : Inputs
    producers : sequence of callable
        All of them, unless only a part is wanted.

    Returns
    -------
    dict
        format, provenance, and values by key: value, unit, digits (as printed), noise (Monte
        Carlo allowance), by (the producing function) and text (as printed); of a table lists of
        these.

    Raises
    ------
    ArgumentError
        If two functions produce one key.

    Examples
    --------
    >>> from pathlib import Path
    >>> from alumnistats.paper import Value
    >>> from alumnistats.paper.inputs import Inputs
    >>> def asked(inputs):
    ...     return {"asked": Value(inputs.survey.total)}
    >>> found = compute(Inputs(tables=Path("benchmarks/results"), draws=100), [asked])
    >>> found["values"]["asked"]["value"]
    1233
    """
    values: dict[str, Any] = {}
    for producer in producers:
        by = f"{producer.__module__}.{producer.__name__}"
        for key, value in producer(inputs).items():
            if key in values:
                raise ArgumentError("key", key, f"one producer, not {values[key]['by']} and {by}")
            values[key] = value.entry(by)
    facts = {"seed": inputs.seed, "draws": inputs.draws, "level": inputs.analysis.level}
    recorded = provenance(inputs.survey.sha256, inputs.tables_read, **facts)
    return {"format": FORMAT, "provenance": recorded, "values": values}
