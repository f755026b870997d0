"""A small survey in which every kind of entry occurs, and what is wrong with a changed one."""

import datetime
from pathlib import Path

import jsonschema
import pytest

from alumnistats.errors import SurveyFileError
from alumnistats.sources import read_survey, survey_schema

SMALL = """\
format = 1
id = "small"
title = { en = "Small", ja = "小" }
source = { publisher = "P", url = "u", cite = "c", fielded = ["2025-01-01", "2025-01-02"] }
total = 300

[[groups]]
id = "north"
label = { en = "North", ja = "北" }

[[groups]]
id = "south"
label = { en = "South", ja = "南" }

[[groups]]
id = "east"
label = { en = "East", ja = "東" }
n = 90

[[questions]]
id = "colour"
label = { en = "Colour", ja = "色" }
answers = "single"
options = [
    { id = "red", label = { en = "Red", ja = "赤" } },
    { id = "green", label = { en = "Green", ja = "緑" } },
    { id = "blue", label = { en = "Blue", ja = "青" } },
]
complete = true

[[questions]]
id = "why"
label = { en = "Why", ja = "理由" }
answers = "multiple"
base = ["colour:red+green", "all"]
options = [
    { id = "warm", label = { en = "Warm", ja = "暖" } },
    { id = "calm", label = { en = "Calm", ja = "静" } },
]

[[measures]]
id = "warmish"
question = "colour"
options = ["red", "green"]
label = { en = "Warmish", ja = "暖色" }

[[figures]]
of = "colour:red"
group = "overall"
percent = "33.3"
at = "page 1"

[[figures]]
of = "colour:green"
group = "overall"
percent = "33.3"
at = "page 1"

[[figures]]
of = "colour:blue"
group = "overall"
percent = "33.3"
at = "page 1"

[[figures]]
of = "warmish"
group = "overall"
percent = "66.7"
at = "page 1"

[[figures]]
of = "warmish"
group = "north"
percent = "70.1"
at = "page 2"

[[figures]]
of = "warmish"
group = "south"
percent = "60.0"
at = "page 2"

[[figures]]
of = "why:warm"
group = "east"
count = 30
n = 60
percent = "50.0"
at = "page 3"

[[rankings]]
of = "warmish"
from = "highest"
places = [["north"], ["south"]]
complete = true
at = "page 2"

[[rankings]]
of = "why"
from = "highest"
group = "east"
places = [["warm"]]
at = "page 3"

[[claims]]
id = "order"
kind = "ranking"
of = "warmish"
from = "highest"
places = [["north"], ["south"]]
text = { en = "North first.", ja = "北が先。" }
at = ["page 2", "headline"]

[[claims]]
id = "set"
kind = "extreme-set"
of = "warmish"
from = "highest"
members = ["north", "south"]
text = { en = "North and south.", ja = "北と南。" }
at = "page 2"

[[claims]]
id = "half"
kind = "threshold"
of = "warmish"
group = "every"
relation = "at-least"
percent = "50"
text = { en = "Half everywhere.", ja = "どこも半数。" }
at = "page 2"

[[claims]]
id = "mode"
kind = "mode"
question = "why"
group = "east"
option = "warm"
text = { en = "Warm in the east.", ja = "東は暖。" }
at = "page 3"

[[claims]]
id = "alike"
kind = "homogeneity"
question = "colour"
text = { en = "All alike.", ja = "どこも同じ。" }
at = "page 3"

[[claims]]
id = "either"
kind = "union"
options = ["why:warm", "why:calm"]
group = "overall"
relation = "above"
percent = "40"
text = { en = "Either.", ja = "どちらか。" }
at = "page 3"

[[claims]]
id = "hope"
kind = "statement"
text = { en = "We hope.", ja = "願う。" }
at = "page 4"
"""


def plain(value):
    """Return a TOML value as JSON has it; editors compare dates as text."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


@pytest.fixture(scope="session")
def schema_faults():
    """Return a function from a TOML document to what the schema finds wrong in it."""
    validator = jsonschema.Draft7Validator(survey_schema())
    return lambda document: [error.message for error in validator.iter_errors(plain(document))]


@pytest.fixture
def small():
    """Text of a survey file with nothing wrong in it."""
    return SMALL


@pytest.fixture
def problems_of(tmp_path):
    """Return a function from a file's text to its problems, one line each, without the path."""

    def find(text):
        path = tmp_path / "survey.toml"
        path.write_text(text, encoding="utf-8")
        try:
            read_survey(path)
        except SurveyFileError as error:
            return [line.removeprefix(f"{path}: ") for line in str(error).split("\n")]
        return []

    return find


@pytest.fixture
def problems_after(small, problems_of):
    """Return a function from (old, new) pairs to the problems of the small survey so changed."""

    def find(*changes):
        text = small
        for old, new in changes:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        return problems_of(text)

    return find


@pytest.fixture
def gallery():
    """The folder of the gallery's tables."""
    return Path(__file__).parent / "gallery"
