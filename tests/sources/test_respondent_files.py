"""Respondents from files of every sort: read as they should be, or refused by row and column."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from respondent_files import CASES

from alumnistats.errors import AlumniStatsError, SurveyFileError
from alumnistats.sources import InputNotice, check_survey, read_microdata
from alumnistats.weighting import weighted_shares


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


WORDS = st.sampled_from(
    [
        *("", " ", "a", "b", "Yes", "No", "1", "0", "2", "1.5", "-99", "NA", "No answer", "1e400"),
        *("x;y", "x,y", "Response", "Total", "g", "q", "m1", '{"ImportId":"Q1"}', "Not selected"),
        *("m1 text", "無回答", "Ａ"),
    ]
)
HOW = st.fixed_dictionaries(
    {"group": st.sampled_from(["g", "q"])},
    optional={
        "questions": st.lists(st.sampled_from(["q", "m1", "g", "z"]), max_size=2),
        "multiple": st.just({"m": ["m1", "m2"]}),
        "split": st.sampled_from([";", {"q": ","}]),
        "weight": st.sampled_from(["w", "m2"]),
        "stratum": st.just("m1"),
        "cluster": st.just("m2"),
        "missing": st.just(["NA"]),
        "nonresponse": st.sampled_from([[], ["a"]]),
        "header_rows": st.integers(1, 3),
        "population_size": st.sampled_from(["w", {"a": 9}]),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=5, max_size=5), min_size=1, max_size=6), HOW)
@pytest.mark.filterwarnings("ignore::alumnistats.sources.notices.InputNotice")
def test_any_frame_is_read_whole_or_refused(rows, how):
    frame = pd.DataFrame(rows, columns=["g", "q", "m1", "m2", "w"])
    try:
        data = read_microdata(frame, **how)
    except AlumniStatsError:
        return
    size = len(data.group)
    assert size <= len(rows)
    for answers in data.questions.values():
        assert answers.chosen.shape == (len(answers.options), size)
        assert not (answers.chosen & ~answers.asked).any()
        assert len(set(answers.options)) == len(answers.options)
        if answers.single:
            assert (answers.chosen.sum(axis=0) == answers.asked).all()
    assert check_survey(data.survey) == ()
    for name, answers in data.questions.items():
        try:
            found = weighted_shares(data, name, answers.options[0])
        except AlumniStatsError:
            continue
        unknown = np.isnan(np.diag(found.covariance))
        assert (unknown == (np.array(found.reasons) != "")).all()
        assert ((found.estimate >= 0) & (found.estimate <= 1)).all()
