"""A result read back from its tables is the result, as far as scenarios and outcomes go."""

import pandas as pd
import pytest

from alumnistats.errors import ArgumentError
from alumnistats.outputs import write_folder
from alumnistats.sensitivity.reading import read_sensitivity
from alumnistats.tables import csv_files


@pytest.fixture
def folder(brief_result, tmp_path):
    write_folder(tmp_path, "sensitivity", csv_files(brief_result.tables()))
    return tmp_path


def test_what_is_read_back_is_what_was_found(brief_result, folder):
    found = read_sensitivity(folder, brief_result.survey)
    assert found.plan.scenarios == brief_result.plan.scenarios
    assert found.digests == brief_result.digests
    assert found.varying_claims() == brief_result.varying_claims()
    for name in ("table", "summary", "flips"):
        one, two = (getattr(r, name) for r in (found, brief_result))
        one, two = (x if name == "table" else x() for x in (one, two))
        # Tables are written with twelve digits or so.
        pd.testing.assert_frame_equal(one, two, rtol=1e-5)


def test_folders_of_something_else_are_named(brief_result, folder, tmp_path):
    survey = brief_result.survey
    with pytest.raises(ArgumentError, match=r"scenarios\.csv"):
        read_sensitivity(tmp_path / "nowhere", survey)
    other = survey.model_copy(update={"claims": survey.claims[:1]})
    with pytest.raises(ArgumentError, match="results of the survey"):
        read_sensitivity(folder, other)
    figure = survey.figures[0].model_copy(update={"percent": "1"})
    edited = survey.model_copy(update={"figures": (figure, *survey.figures[1:])})
    with pytest.raises(ArgumentError, match="as its file is now"):
        read_sensitivity(folder, edited)
    (folder / "scenarios.csv").write_text("scenario\n0\n")
    with pytest.raises(ArgumentError, match="tables as"):
        read_sensitivity(folder, survey)
