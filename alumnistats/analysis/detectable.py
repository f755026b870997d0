"""The table of differences that a survey could have found, between typical groups and every two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.arrays import IntArray
from alumnistats.claims import Evidence
from alumnistats.claims.evidence import mean_shares, mean_sizes
from alumnistats.planning import detectable_difference

if TYPE_CHECKING:
    import pandas as pd


def effective_size(n: IntArray, design_effect: float) -> IntArray:
    """Return how many independent respondents count for `n`."""
    return np.maximum(np.floor(n / design_effect + 1e-9), 1).astype(np.int64)


def detectable_table(
    evidence: Evidence, measures: Sequence[str], power: float, design_effect: float
) -> pd.DataFrame:
    """Return the smallest differences that could be found, of typical groups and of every pair."""
    import pandas as pd

    frames = []
    groups = np.array(evidence.survey.group_ids, dtype=object)
    for of in measures:
        solutions = evidence.solutions(of)
        share = mean_shares(solutions)
        n = mean_sizes(solutions)
        order = np.argsort(-share, kind="stable")
        first, second = np.triu_indices(len(share), 1)
        a, b = order[first], order[second]
        median = int(np.median(n))
        frame = pd.DataFrame(
            {
                "of": of,
                "group_a": [None, *groups[a]],
                "group_b": [None, *groups[b]],
                "n_a": [median, *n[a]],
                "n_b": [median, *n[b]],
                "base": [float(np.median(share)), *share[b]],
                "observed": [np.nan, *(share[a] - share[b])],
            }
        )
        m, n = (effective_size(frame[c].to_numpy(), design_effect) for c in ("n_a", "n_b"))
        base = np.round(frame["base"].to_numpy(), 4)  # equal to a hundredth of a point is equal
        frame["one_sided"] = detectable_difference(base, m, n, evidence.certainty, power)
        frame["all_pairs"] = detectable_difference(
            base, m, n, evidence.level, power, "two-sided", len(a)
        )
        frames.append(frame)
    columns = ["of", "group_a", "group_b", "n_a", "n_b", "base", "observed", "one_sided"]
    if not frames:
        return pd.DataFrame(columns=[*columns, "all_pairs"])
    return pd.concat(frames, ignore_index=True)
