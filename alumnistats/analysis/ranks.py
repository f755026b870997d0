"""The table of ranks: what is published beside what can be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from alumnistats.ranking import Ranks, p_top_set
from alumnistats.survey import Ranking, Survey

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "of", "group", "published_from", "published_place", "method", "lower", "upper", "lower_min",
    "upper_max", "lower_mean", "upper_mean", "expected", "p_first", "p_published_set",
]  # fmt: skip


def published_places(ranking: Ranking) -> dict[str, int]:
    """Return each listed group's place: one plus the number of groups in the places before."""
    places, before = {}, 0
    for place in ranking.places:
        for group in place:
            places[group] = before + 1
        before += len(place)
    return places


def ranks_table(survey: Survey, ranked: Mapping[str, Ranks]) -> pd.DataFrame:
    """Return ranks by measure, group and method; see `COLUMNS`.

    published_from says from which end the published place is counted; p_published_set is the
    posterior probability that the published groups of that list are the extremes, as a set. Both
    are missing for groups that no list names.
    """
    import pandas as pd

    frames = []
    for of, ranks in ranked.items():
        table = ranks.table.assign(
            of=of, published_from=None, published_place=np.nan, p_published_set=np.nan
        )
        for ranking in survey.rankings:
            if ranking.of != of:
                continue
            places = published_places(ranking)
            members = [ranks.fit.groups.index(g) for g in places]
            probability = p_top_set(ranks.fit.mixture, members, ranking.from_)
            mine = table["group"].isin(places)
            table.loc[mine, "published_from"] = ranking.from_
            table.loc[mine, "published_place"] = table.loc[mine, "group"].map(places)
            table.loc[mine, "p_published_set"] = probability
        frames.append(table)
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True)[COLUMNS]
