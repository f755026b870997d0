"""The schema that editors use, against the model it is made from and against the reader."""

import json
import tomllib

import jsonschema
import pytest

from alumnistats.sources import available_surveys, load_survey, schema_text, survey_schema
from alumnistats.sources.schema import written
from alumnistats.survey import CLAIM_KINDS


def test_the_shipped_schema_is_that_of_the_model():
    assert schema_text() == written(survey_schema())


def test_it_is_a_schema():
    jsonschema.Draft7Validator.check_schema(survey_schema())
    assert json.loads(schema_text())["$schema"].endswith("draft-07/schema#")


def test_it_accepts_what_the_reader_accepts(small, schema_faults):
    assert schema_faults(tomllib.loads(small)) == []
    for survey in available_surveys():
        document = load_survey(survey).model_dump(by_alias=True, exclude_none=True, mode="json")
        assert not schema_faults(document)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('percent = "70.1"', "percent = 70.1"),
        ('percent = "70.1"', 'percent = "70,1"'),
        ('percent = "70.1"\n', ""),
        ('of = "warmish"\nfrom', 'off = "warmish"\nfrom'),
        ('from = "highest"', 'from = "top"'),
        ('answers = "single"', 'answers = "one"'),
        ("total = 300", "total = 0"),
        ("total = 300", "total = 300.5"),
        ('kind = "mode"', 'kind = "modal"'),
        ('at = ["page 2", "headline"]', "at = []"),
        ('at = "page 4"', "at = 4"),
        ('label = { en = "North", ja = "北" }', 'label = { en = "North" }'),
        ('["2025-01-01", "2025-01-02"]', '["2025-01-01"]'),
        ('["2025-01-01", "2025-01-02"]', '["1 January", "2 January"]'),
        ('id = "north"', 'id = "North"'),
    ],
)
def test_it_refuses_what_one_entry_cannot_be(small, schema_faults, old, new):
    assert old in small
    assert schema_faults(tomllib.loads(small.replace(old, new, 1))) != []


def test_nothing_of_python_is_left_in_it():
    assert '"null"' not in schema_text()
    assert "Attributes" not in schema_text()
    of_format_one = survey_schema()["$defs"]["FormatOne"]["properties"]["claims"]["items"]
    assert len(CLAIM_KINDS) == len(of_format_one["oneOf"])
