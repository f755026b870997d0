"""What figures say of themselves: how many groups and respondents, at which level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.survey import Survey

TEXT = {
    "groups": {"en": "{k:,} groups", "ja": "{k:,}グループ"},
    "respondents": {"en": "{n:,} respondents", "ja": "回答者{n:,}人"},
}


def sample_text(survey: Survey, lang: str) -> str:
    """Return how many groups a survey has, and respondents where their number is published."""
    parts = [TEXT["groups"][lang].format(k=len(survey.groups))]
    sizes = [group.n for group in survey.groups if group.n is not None]
    total = survey.total
    if total is None and len(sizes) == len(survey.groups):
        total = sum(sizes)
    if total is not None:
        parts.append(TEXT["respondents"][lang].format(n=total))
    return {"en": ", ", "ja": "、"}[lang].join(parts)


def overlapping(table: pd.DataFrame) -> int:
    """Return how many intervals of the other groups reach that of the first row."""
    return int((table["upper"].to_numpy()[1:] >= table["lower"].iloc[0]).sum())


def average_width(table: pd.DataFrame) -> float:
    """Return how many ranks a set holds on average."""
    return float(np.mean(table["upper"] - table["lower"] + 1))
