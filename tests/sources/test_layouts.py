"""Tables as they are met: what is read of each, or how it is refused."""

import sys
from pathlib import Path

import pytest

from alumnistats.errors import SurveyFileError
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.table_options import TableOptions

sys.path.insert(0, str(Path(__file__).parent))

from layouts import CASES, told


def check(case, path):
    """Compare what is read of a table with what is right for it."""
    if case.refused:
        with pytest.raises(SurveyFileError) as caught:
            survey_of_table(path, TableOptions(**case.options))
        for fragment in case.refused:
            assert fragment in str(caught.value), str(caught.value)
        return
    survey, notes = survey_of_table(path, TableOptions(**case.options))
    found = told(survey)
    assert found["groups"] == case.groups
    assert found["total"] == case.total
    if isinstance(case.asked, list):
        assert list(found["asked"].values()) == [case.asked]
    else:
        assert found["asked"] == case.asked
    for key, value in case.figures.items():
        assert found["figures"][key] == value, found["figures"]
    for note in case.notes:
        assert any(note in text for text in notes), notes


@pytest.mark.parametrize("name", CASES)
def test_layout(tmp_path, name):
    path = tmp_path / "table.csv"
    path.write_text(CASES[name].text, encoding="utf-8")
    check(CASES[name], path)


def test_the_layouts_are_many():
    assert len(CASES) >= 120
