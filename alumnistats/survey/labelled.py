"""Tables of ids with the labels beside them, for readers who do not know the survey's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alumnistats.survey.document import Survey
from alumnistats.survey.fields import OVERALL

if TYPE_CHECKING:
    import pandas as pd

IDS = ("of", "group", "group_a", "group_b")
"""Columns that hold ids of shares and groups, in every table."""


def labelled(survey: Survey, table: pd.DataFrame, lang: str = "en") -> pd.DataFrame:
    """Return a table with a column of labels after each column of ids.

    Parameters
    ----------
    survey : Survey
    table : DataFrame
    lang : {"en", "ja"}

    Returns
    -------
    DataFrame
        With ``of_label``, ``group_label`` and so on, where it has ``of``, ``group`` and so on. An
        option's label stands after that of its question.

    Examples
    --------
    >>> import alumnistats as al
    >>> import pandas as pd
    >>> shares = {"Trade": ["Energy", "Retail"], "n": [90, 200], "Yes": ["47.8", "44.5"]}
    >>> survey = al.read_crosstab(pd.DataFrame(shares))
    >>> labelled(survey, pd.DataFrame({"group": ["energy"]})).to_numpy().tolist()
    [['energy', 'Energy']]
    """
    labels = {group.id: group.label.get(lang) for group in survey.groups}
    labels |= {measure.id: measure.label.get(lang) for measure in survey.measures}
    labels[OVERALL] = survey.label(OVERALL, lang)
    labels |= {
        f"{q.id}:{o.id}": f"{q.label.get(lang)}: {o.label.get(lang)}"
        for q in survey.questions
        for o in q.options
    }
    found = table.copy()
    for column in IDS:
        if column in table.columns:
            texts = table[column].map(labels).fillna("").astype(object)
            at = found.columns.tolist().index(column) + 1
            found.insert(at, f"{column}_label", texts)
    return found
