"""The names of groups, as figures show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alumnistats.analysis import Analysis


def group_labels(analysis: Analysis, lang: str) -> dict[str, str]:
    """Return the text of each group id."""
    survey = analysis.survey
    return {group: survey.label(group, lang) for group in survey.group_ids}
