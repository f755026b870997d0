"""The tables of comparisons: all pairs of groups, and all groups at once, over the solutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.comparisons import (
    Adjustment,
    OmnibusTest,
    adjust,
    boschloo,
    fisher_mid_p,
    newcombe,
    omnibus,
)
from alumnistats.posterior import Fit
from alumnistats.ranking import pairwise
from alumnistats.ranking.rank_methods import SIGNIFICANT

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.reconstruction import Solutions

ADJUSTMENT: Adjustment = "holm"
# Solutions, drawn by weight, over which each test is averaged; Boschloo's takes longest.
TESTS = {"fisher-mid-p": (fisher_mid_p, 40), "boschloo": (boschloo, 4)}
OMNIBUS: tuple[OmnibusTest, ...] = ("chi-square", "likelihood-ratio")
OMNIBUS_SOLUTIONS = 40


def _pairs(solutions: Solutions) -> tuple[np.ndarray, np.ndarray]:
    return np.triu_indices(len(solutions.groups), 1)


def _tested(solutions: Solutions, test: str, level: float) -> dict[str, np.ndarray]:
    """Return average and extreme p-values of all pairs, and how often they are significant."""
    function, size = TESTS[test]
    thin = solutions.thin(size)
    a, b = _pairs(thin)
    n, k = np.maximum(thin.n, 1), thin.k
    p = function(k[:, a], n[:, a], k[:, b], n[:, b])
    adjusted = adjust(p, ADJUSTMENT)
    w = thin.weight
    return {
        "p_value": w @ p,
        "p_min": p.min(axis=0),
        "p_max": p.max(axis=0),
        "p_adjusted": w @ adjusted,
        "share_significant": w @ (adjusted <= 1 - level),
    }


def _differences(solutions: Solutions, level: float) -> dict[str, np.ndarray]:
    a, b = _pairs(solutions)
    n, k, w = np.maximum(solutions.n, 1), solutions.k, solutions.weight
    lower, upper = newcombe(k[:, a], n[:, a], k[:, b], n[:, b], level)
    share = k / n
    return {"difference": w @ (share[:, a] - share[:, b]), "lower": w @ lower, "upper": w @ upper}


def comparisons_table(fits: Mapping[str, Fit], level: float) -> pd.DataFrame:
    """Return all pairwise comparisons.

    Parameters
    ----------
    fits : dict of Fit
        By measure.
    level : float

    Returns
    -------
    DataFrame
        of, group_a, group_b, difference (of proportions, a minus b), lower, upper (Newcombe),
        test, p_value (average), p_min, p_max (over solutions), adjustment, p_adjusted (average of
        the values adjusted within each solution), share_significant (probability of the solutions
        in which the adjusted value is significant), significant (whether that is 0.95 or more),
        probability_a_greater (posterior).
    """
    import pandas as pd

    frames = []
    for of, fit in fits.items():
        a, b = _pairs(fit.solutions)
        names = np.array(fit.groups, dtype=object)
        greater = pairwise(fit.mixture)[a, b]
        gaps = _differences(fit.solutions, level)
        for test in TESTS:
            columns = {"of": of, "group_a": names[a], "group_b": names[b], **gaps, "test": test}
            tested = _tested(fit.solutions, test, level)
            columns |= {key: tested[key] for key in ("p_value", "p_min", "p_max")}
            columns |= {"adjustment": ADJUSTMENT, "p_adjusted": tested["p_adjusted"]}
            often = tested["share_significant"]
            columns |= {"share_significant": often, "significant": often >= SIGNIFICANT - 1e-9}
            frames.append(pd.DataFrame({**columns, "probability_a_greater": greater}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def omnibus_table(fits: Mapping[str, Fit]) -> pd.DataFrame:
    """Return tests that all groups are equal: of, test, statistic, p_value, p_min, p_max."""
    import pandas as pd

    rows = []
    for of, fit in fits.items():
        thin = fit.solutions.thin(OMNIBUS_SOLUTIONS)
        n, k, w = np.maximum(thin.n, 1), thin.k, thin.weight
        for test in OMNIBUS:
            statistic, p = omnibus(k, n, test)
            rows.append((of, test, float(w @ statistic), float(w @ p), p.min(), p.max()))
        modal = int(np.argmax(w))
        statistic, p = omnibus(k[modal], n[modal], "exact-monte-carlo")
        rows.append((of, "exact-monte-carlo", float(statistic), float(p), float(p), float(p)))
    return pd.DataFrame(rows, columns=["of", "test", "statistic", "p_value", "p_min", "p_max"])
