"""Reads and checks survey files, embedded ones and the user's own."""

from alumnistats.sources.checks import check_survey
from alumnistats.sources.crosstab import read_crosstab
from alumnistats.sources.microdata import Microdata
from alumnistats.sources.notices import InputNotice
from alumnistats.sources.respondents import read_microdata
from alumnistats.sources.schema import schema_text, survey_schema
from alumnistats.sources.toml_reader import (
    DEFAULT_SURVEY,
    as_survey,
    available_surveys,
    load_survey,
    read_survey,
)

__all__ = [
    "DEFAULT_SURVEY",
    "InputNotice",
    "Microdata",
    "as_survey",
    "available_surveys",
    "check_survey",
    "load_survey",
    "read_crosstab",
    "read_microdata",
    "read_survey",
    "schema_text",
    "survey_schema",
]
