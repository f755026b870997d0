"""A survey as a notebook shows it: what is published, by measure and option."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alumnistats.display.cards import card, rows_table
from alumnistats.survey import OVERALL

if TYPE_CHECKING:
    import pandas as pd

    from alumnistats.survey import Survey


def survey_card(survey: Survey, lang: str = "en") -> str:
    """Return the source, how much it publishes, and of what."""
    facts = {
        "id": survey.id,
        "publisher": survey.source.publisher,
        "respondents": survey.total or survey.total_said,
        "groups": len(survey.groups),
        "questions": len(survey.questions),
        "figures": len(survey.figures),
        "rankings": len(survey.rankings),
        "claims": len(survey.claims),
    }
    columns = ["of", "label", "all respondents", "groups with a figure", "highest", "lowest"]
    caption = "What is published; survey.figures_of(of)"
    table = rows_table(columns, _lines(survey, lang), caption, lang=lang)
    return card(survey.title.get(lang), facts, table, lang=lang)


def labelled_groups(survey: Survey, table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a table with the labels of its groups in the place of their ids."""
    return table.assign(group=[survey.label(group, lang) for group in table["group"]])


def _lines(survey: Survey, lang: str) -> Iterator[list[Any]]:
    for of in dict.fromkeys(figure.of for figure in survey.figures):
        figures = dict(survey.figures_of(of))
        whole = figures.pop(OVERALL, None)
        printed = [figure.percent for figure in figures.values() if figure.percent is not None]
        ends = [f"{end(printed, key=float)}%" for end in (max, min)] if printed else ["", ""]
        overall = "" if whole is None or whole.percent is None else f"{whole.percent}%"
        yield [of, survey.label(of, lang), overall, len(figures), *ends]
