"""Respondents from files of every sort: read as they should be, or refused by row and column."""

import warnings

import pytest
from respondent_files import CASES

from alumnistats.errors import SurveyFileError
from alumnistats.sources import InputNotice, check_survey, read_microdata


def read(path, how):
    """Return the respondents, and the notices without their path."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputNotice)
        data = read_microdata(path, **how)
    return data, [str(w.message).removeprefix(f"{path}: ") for w in told]


def summary(data):
    return {
        name: dict(zip(answers.options, answers.chosen.sum(axis=1).tolist(), strict=True))
        for name, answers in data.questions.items()
    }


@pytest.mark.parametrize("case", [c for c in CASES if not CASES[c].error])
def test_read(tmp_path, case):
    expected = CASES[case]
    path = tmp_path / "people.csv"
    path.write_text(expected.text, encoding="utf-8")
    data, told = read(path, expected.how)
    assert data.group_labels == expected.groups
    assert summary(data) == expected.counts
    for question, size in expected.base.items():
        assert data.questions[question].asked.sum() == size
    assert len(told) == len(expected.notes), told
    for note in expected.notes:
        assert any(note in text for text in told), told
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputNotice)
        assert check_survey(data.survey) == ()


@pytest.mark.parametrize("case", [c for c in CASES if CASES[c].error])
@pytest.mark.filterwarnings("ignore::alumnistats.sources.notices.InputNotice")
def test_refused(tmp_path, case):
    expected = CASES[case]
    path = tmp_path / "people.csv"
    path.write_text(expected.text, encoding="utf-8")
    with pytest.raises(SurveyFileError) as caught:
        read_microdata(path, **expected.how)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    for fragment in expected.error:
        assert fragment in message, message
