"""Tables as they are met: what is read of each, or how it is refused."""

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import OF_PEOPLE, told
from layouts_of_software import OF_SOFTWARE

from alumnistats.errors import SurveyFileError
from alumnistats.reconstruction import reconstruct
from alumnistats.sources import check_survey
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.table_options import TableOptions

CASES = OF_PEOPLE | OF_SOFTWARE


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


def shown_at(rows, at):
    """Return what the cell of an address shows, in plain characters."""
    letters, number = re.fullmatch("([A-Z]+)([0-9]+)", at).groups()
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return unicodedata.normalize("NFKC", rows[int(number) - 1][column - 1])


def holds(survey, rows, *, proportion):
    """Check that every figure is what a cell shows, and sizes are numbers that are there."""
    everything = unicodedata.normalize("NFKC", "|".join("|".join(row) for row in rows))
    for figure in survey.figures:
        if figure.percent is not None and not proportion:
            assert figure.percent in shown_at(rows, figure.at)
        if figure.count is not None and "_asked:" not in figure.of:
            assert str(figure.count) in everything.replace(",", "")
    printed = [figure.at for figure in survey.figures if "_asked:" not in figure.of]
    assert len(set(printed)) == len(printed)
    assert check_survey(survey) == ()


@pytest.mark.parametrize("name", [name for name in CASES if not CASES[name].refused])
def test_every_figure_is_what_a_cell_shows(tmp_path, name):
    case = CASES[name]
    path = tmp_path / "table.csv"
    path.write_text(case.text, encoding="utf-8")
    survey, _ = survey_of_table(path, TableOptions(**case.options))
    rows = list(csv.reader(io.StringIO(case.text)))
    holds(survey, rows, proportion=case.options.get("values") == "proportion")


WORDS = [
    "", "-", "Total", "n", "Base", "100", "100%", "50", "47.8%", "0.5", "Men", "Yes", "Note: x",
    "NET Good", "(n=12)", "5 (50%)", "Mean", "計", "全体", "回答者数", "%", "*", "2024", "1,000",
    "うち", "Don't know",
]  # fmt: skip


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_changed_layouts_are_refused_or_say_what_cells_show(tmp_path, data):
    case = CASES[data.draw(st.sampled_from(sorted(CASES)))]
    rows = list(csv.reader(io.StringIO(case.text)))
    for _ in range(data.draw(st.integers(1, 3))):
        r = data.draw(st.integers(0, len(rows) - 1))
        kind = data.draw(st.sampled_from(["cell", "drop", "double", "swap"]))
        if kind == "cell":
            c = data.draw(st.integers(0, len(rows[r]) - 1))
            rows[r][c] = data.draw(st.sampled_from(WORDS))
        elif kind == "drop" and len(rows) > 1:
            del rows[r]
        elif kind == "double":
            rows.insert(r, list(rows[r]))
        else:
            other = data.draw(st.integers(0, len(rows) - 1))
            rows[r], rows[other] = rows[other], rows[r]
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    groups = data.draw(st.sampled_from(["auto", "rows", "columns"]))
    options = case.options | {"groups": groups}
    try:
        survey, _ = survey_of_table(path, TableOptions(**options))
    except SurveyFileError as error:
        lines = str(error).split("\n")
    else:
        lines = []
        holds(survey, rows, proportion=options.get("values") == "proportion")
    assert all(line.startswith(f"{path}: ") for line in lines)


def test_bases_of_their_own_are_no_contradiction(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(CASES["stacked, each with its base"].text, encoding="utf-8")
    survey, notes = survey_of_table(path, TableOptions(groups="columns"))
    assert any("asked of some only" in note for note in notes)
    counts = reconstruct(survey).counts.set_index(["of", "group"])["mode"]
    assert counts["would_you_buy_it:yes", "north"] == 27
    assert counts["heard_of_it:yes", "south"] == 66


def test_the_layouts_are_many():
    assert len(CASES) >= 120
