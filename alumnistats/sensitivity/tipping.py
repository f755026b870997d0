"""Where a verdict flips along a choice that is a number, all others being as in the base."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from alumnistats.sensitivity.dimensions import is_numeric
from alumnistats.sensitivity.verdicts import (
    NOBODY,
    VERDICTS,
    alone,
    claim_ids,
    codes,
    outcomes,
    varied,
)

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.sensitivity.result import Sensitivity

COLUMNS = ["claim", "dimension", "above", "below", "verdict_below", "verdict_above"]


def tipping_points(result: Sensitivity) -> pd.DataFrame:
    """Return one row for each change of a verdict between neighbouring values of a number.

    Columns: claim, dimension; above and below: the verdict flips at a value above the first and at
    most the second, the nearest values that were run; verdict_below and verdict_above: on either
    side.
    """
    import pandas as pd

    code, verdict = codes(result), outcomes(result, "verdict")
    scenarios = result.plan.scenarios
    rows = []
    for name in filter(is_numeric, varied(result)):
        members = alone(code, name)
        values = {int(i): getattr(scenarios[i].choices, name) for i in members}
        ordered = sorted(values, key=lambda i: values[i])
        for j, claim in enumerate(claim_ids(result)):
            known = [i for i in ordered if verdict[i, j] != NOBODY]
            for low, high in pairwise(known):
                if verdict[low, j] != verdict[high, j]:
                    sides = VERDICTS[verdict[low, j]], VERDICTS[verdict[high, j]]
                    rows.append((claim, name, values[low], values[high], *sides))
    return pd.DataFrame(rows, columns=COLUMNS)
