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


ANY = ("", " ", "g", "NA", "No answer", "1e400", "Response", "Total", '{"ImportId":"Q1"}', "無回答")
BOXES = st.sampled_from(["1", "0", "1", "0", "", "Yes", "No", "Not selected", "m1 text", "2", *ANY])
ROWS = st.fixed_dictionaries(
    {
        "g": st.sampled_from(["a", "b", "a", "b", "c", "Ａ", *ANY]),
        "q": st.sampled_from(["x", "y", "x", "y", "x;y", "y,z", "X", "-99", *ANY]),
        "m1": BOXES,
        "m2": BOXES,
        "w": st.sampled_from(["1", "2", "1.5", "3e2", "0", "1", "2", "", "1e400", "-1", "1,5"]),
        "h": st.sampled_from(["s", "t", "u", "s", "t", ""]),
    }
)
HOW = st.fixed_dictionaries(
    {"group": st.sampled_from(["g", "g", "q"]), "questions": st.sampled_from([["q"], ["q", "h"]])},
    optional={
        "multiple": st.just({"m": ["m1", "m2"]}),
        "split": st.sampled_from([";", {"q": ","}]),
        "weight": st.just("w"),
        "stratum": st.just("h"),
        "cluster": st.sampled_from(["h", "m1"]),
        "replicates": st.just(["w", "m1"]),
        "missing": st.sampled_from([["NA"], list(ANY)]),
        "nonresponse": st.sampled_from([[], ["x"]]),
        "header_rows": st.integers(1, 2),
        "population_size": st.sampled_from(["w", {"a": 9, "b": 9}]),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=10), HOW)
@pytest.mark.filterwarnings("ignore::alumnistats.sources.notices.InputNotice")
def test_any_frame_is_read_whole_or_refused(rows, how):
    frame = pd.DataFrame(rows)
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
