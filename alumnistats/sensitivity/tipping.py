"""Where a verdict flips along a choice that is a number, all others being as in the base.

Along every number that a design varies, between the values that were run; along the bias
of the groups' shares, in log odds, to the end by bisection (`analysis.tipping`).
"""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import TYPE_CHECKING

from alumnistats.analysis.choices import fit, gather
from alumnistats.analysis.tipping import TOLERANCE
from alumnistats.analysis.tipping import tipping_points as tipping_biases
from alumnistats.errors import AlumniStatsError
from alumnistats.posterior import FewSolutionsWarning
from alumnistats.sensitivity.dimensions import is_numeric
from alumnistats.sensitivity.scenarios import step_seed
from alumnistats.sensitivity.units import Unit, attempt
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

    from alumnistats.sensitivity.outcomes import ScenarioOutcomes

BIASES = ["claim", "base_verdict", "bias", "odds_ratio"]
COLUMNS = ["claim", "dimension", "above", "below", "verdict_below", "verdict_above"]


def tipping_points(result: ScenarioOutcomes) -> pd.DataFrame:
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


def biases(result: ScenarioOutcomes) -> pd.DataFrame:
    """Return, for each claim, the smallest bias at which the verdict of the base is another.

    The base is computed once more, with the same random numbers.

    Columns: claim; base_verdict; bias, in log odds, to within 0.001 (infinite where no bias up to 3
    changes the verdict); odds_ratio, its exponential: that many times as high, or as low, the odds
    of a group's share may be among those who would not have answered.

    Without rows if the base itself failed.
    """
    import numpy as np
    import pandas as pd

    base = result.plan.scenarios[0]
    recon = attempt(Unit(result.survey, result.draws, result.seed, {}), base)
    if isinstance(recon, AlumniStatsError):
        return pd.DataFrame(columns=BIASES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewSolutionsWarning)  # the table of scenarios has it
        fits = fit(recon, base.choices, seed=step_seed(result.seed, base, "estimation"))
    evidence = gather(recon, fits)
    found = tipping_biases(recon, fits, base.choices, evidence=evidence, tolerance=TOLERANCE)
    verdict = outcomes(result, "verdict")[0]
    words = [None if v == NOBODY else VERDICTS[v] for v in verdict]
    frame = pd.DataFrame({"claim": list(found), "base_verdict": words, "bias": found.values()})
    return frame.assign(odds_ratio=np.exp(frame["bias"]))[BIASES]
