import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.errors import (
    SHOWN_LENGTH,
    AlumniStatsError,
    ArgumentError,
    ContradictionError,
    Problem,
    SurveyFileError,
    closest,
    listed,
    shown,
)


def test_argument_error_names_parameter_found_and_expected():
    error = ArgumentError("lang", "fr", '"en" or "ja"')
    assert str(error) == 'lang: found "fr"; expected "en" or "ja"'
    assert (error.parameter, error.found, error.expected) == ("lang", "fr", '"en" or "ja"')
    assert isinstance(error, ValueError)


def test_survey_file_error_lists_every_problem_on_its_own_line():
    problems = [
        Problem("total", "-3", "1 or more"),
        Problem("figures[0].percent", '"47,8"', "a percentage", 'Did you mean "47.8"?'),
        Problem("", "a directory", "a survey file"),
    ]
    error = SurveyFileError("a.toml", iter(problems))
    assert str(error).split("\n") == [
        "a.toml: total: found -3; expected 1 or more",
        'a.toml: figures[0].percent: found "47,8"; expected a percentage. Did you mean "47.8"?',
        "a.toml: found a directory; expected a survey file",
    ]
    assert error.problems == tuple(problems)
    assert error.path == "a.toml"


def test_contradiction_lists_the_conflict():
    error = ContradictionError(
        "nothing fits", ["retail 17.2%", "total 20"], ["section 1", "outline"]
    )
    assert str(error) == "nothing fits\n  - retail 17.2%\n  - total 20"
    assert error.conflict == ("retail 17.2%", "total 20")
    assert error.places == ("section 1", "outline")
    assert str(ContradictionError("nothing fits")) == "nothing fits"


@pytest.mark.parametrize("error", [ArgumentError, ContradictionError, SurveyFileError])
def test_one_root(error):
    assert issubclass(error, AlumniStatsError)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("製造業", '"製造業"'),
        (True, "true"),
        (47.8, "47.8"),
        (3, "3"),
        (10**100, "a number of more than 60 digits"),
        ([], "an empty list"),
        (["a", 1], '["a", 1]'),
        ({}, "a table"),
        ({"en": "x", "ja": "y"}, "a table with the keys en, ja"),
        (datetime.date(2025, 8, 26), "2025-08-26"),
        ("x" * 100, '"' + "x" * 56 + "..."),
    ],
)
def test_shown(value, text):
    assert shown(value) == text


@given(st.recursive(st.none() | st.text() | st.integers() | st.floats(), st.lists))
def test_shown_is_one_short_line(value):
    text = shown(value)
    assert len(text) <= SHOWN_LENGTH
    assert "\n" not in text


def test_closest():
    known = ["finance_insurance", "energy"]
    assert closest("Finance-Insurence", known) == 'Did you mean "finance_insurance"?'
    assert closest("xyz", known) == ""
    assert closest("x", []) == ""


def test_listed():
    assert listed([]) == "nothing, since none is declared"
    assert listed(["a"]) == "a"
    assert listed("abc") == "one of a, b, c"
    assert listed("abcdef", limit=2) == "one of a, b and 4 more"
    assert listed(map(str, range(20)), limit=None).count(",") == 19
