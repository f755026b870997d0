"""A small survey, made up, whose analysis takes a tenth of a second."""

from pathlib import Path

import pytest

from alumnistats.sensitivity import sensitivity
from alumnistats.sources import load_survey

SMALL = Path(__file__).with_name("small.toml")
GRID = {
    "kind": "grid",
    "dimensions": {
        "sizes": ["mixture", "free"],
        "design_effect": [1.0, 2.0],
        "level": [0.8, 0.9, 0.95],
        "ties": "each",
    },
}
SINGLE = {
    "kind": "one-at-a-time",
    "dimensions": {
        "left_out": "each",
        "bias": [0.1, 0.4, 1.6],
        "misprint": ["visits@north+1"],
        "sizes": ["equal", "proportional"],  # the survey has no sizes of populations
        "replicate": [1, 2],
    },
}
# Four reconstructions only, for what is computed several times over.
BRIEF = {
    "format": 1,
    "draws": 100,
    "designs": [
        {"kind": "grid", "dimensions": {"level": [0.9, 0.95], "ties": "each"}},
        {"kind": "one-at-a-time", "dimensions": {"left_out": "each"}},
    ],
}
DOCUMENT = {"format": 1, "draws": 100, "designs": [GRID, SINGLE]}


@pytest.fixture(scope="session")
def survey_path():
    return SMALL


@pytest.fixture(scope="session")
def survey():
    return load_survey(SMALL)


@pytest.fixture
def document():
    return {"format": 1, "draws": 100, "designs": [dict(GRID), dict(SINGLE)]}


@pytest.fixture(scope="session")
def result(survey):
    return sensitivity(survey, DOCUMENT)


@pytest.fixture
def brief():
    return dict(BRIEF)


@pytest.fixture(scope="session")
def brief_result(survey):
    return sensitivity(survey, BRIEF)
