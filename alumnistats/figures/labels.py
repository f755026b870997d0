"""The names of groups as figures show them, and the measure that is drawn if none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.errors import ArgumentError, listed

if TYPE_CHECKING:
    from alumnistats.figures.records import Analyzed


def group_labels(analysis: Analyzed, lang: str) -> dict[str, str]:
    """Return the text of each group id."""
    survey = analysis.survey
    return {group: survey.label(group, lang) for group in survey.group_ids}


def first_measure(analysis: Analyzed, of: str | None) -> str:
    """Return a measure by which groups are compared: the first one if none is named.

    Raises
    ------
    ArgumentError
        If groups are not compared by it, or by nothing.
    """
    if of in analysis.ranked:
        return str(of)
    if of is None and analysis.ranked:
        return next(iter(analysis.ranked))
    expected = listed(analysis.ranked) if analysis.ranked else "a survey that compares groups"
    raise ArgumentError("of", of, expected)
