import datetime

import pytest
from pydantic import ValidationError

from alumnistats.errors import ArgumentError
from alumnistats.survey import (
    CLAIM_KINDS,
    Figure,
    Group,
    HomogeneityClaim,
    Question,
    Ranking,
    Source,
    Survey,
    Text,
)
from alumnistats.survey.records import Measure, Option, Record

TEXT = {"en": "x", "ja": "あ"}
RECORDS = [Survey, Source, Group, Option, Question, Measure, Figure, Ranking, Text]
RECORDS += CLAIM_KINDS.values()


def test_text_by_language():
    text = Text(en="Retail", ja="小売")
    assert (text.get("en"), text.get("ja")) == ("Retail", "小売")
    with pytest.raises(ArgumentError, match='lang: found "fr"; expected "en" or "ja"'):
        text.get("fr")


def test_figure_keeps_the_digits_that_were_printed():
    figure = Figure(of="official_contact", group="retail", percent="20.0", at="page 1")
    assert (figure.percent, figure.units, figure.digits) == ("20.0", 200, 1)
    assert Figure(of="a", group="b", percent="7", at="c").digits == 0


def test_figure_without_a_percentage_has_no_digits():
    figure = Figure(of="a", group="b", count=3, n=9, at="c")
    with pytest.raises(ArgumentError, match="percent: found None; expected a published percentage"):
        _ = figure.units


@pytest.mark.parametrize("record", RECORDS)
def test_records_are_frozen_and_refuse_unknown_keys(record):
    assert issubclass(record, Record)
    assert record.model_config["frozen"]
    assert record.model_config["extra"] == "forbid"


@pytest.mark.parametrize("record", RECORDS)
def test_every_key_says_what_it_expects(record):
    for name, field in record.model_fields.items():
        # Set by the reader, three of them; kinds are listed by CLAIM_KINDS.
        if name not in ("path", "sha256", "earlier", "kind"):
            assert field.description, name


def test_freezing():
    group = Group(id="a", label=TEXT)
    with pytest.raises(ValidationError):
        group.id = "b"


@pytest.mark.parametrize("value", [True, 3.0, "3", 0, -1])
def test_whole_numbers_are_not_guessed_from_other_types(value):
    with pytest.raises(ValidationError):
        Group(id="a", label=TEXT, n=value)


def test_one_place_or_several():
    one = HomogeneityClaim(id="a", kind="homogeneity", question="q", text=TEXT, at="headline")
    two = HomogeneityClaim(id="a", kind="homogeneity", question="q", text=TEXT, at=["x", "y"])
    assert one.at == ("headline",)
    assert two.at == ("x", "y")
    assert not one.differ


def test_ranking_by_alias_and_by_name():
    kwargs = {"of": "m", "places": [["a"], ["b", "c"]], "at": "x"}
    assert Ranking(**kwargs, **{"from": "lowest"}) == Ranking(**kwargs, from_="lowest")
    assert Ranking(**kwargs, from_="lowest").places == (("a",), ("b", "c"))


def source(fielded):
    return Source(publisher="p", url="u", cite="c", fielded=fielded)


def test_fieldwork_days():
    first, last = datetime.date(2025, 8, 26), datetime.date(2025, 9, 3)
    assert source(["2025-08-26", "2025-09-03"]).fielded == (first, last)
    assert source([first, last]).fielded == (first, last)


@pytest.mark.parametrize(
    "fielded",
    [
        ["2025-09-03", "2025-08-26"],
        ["2025-08-26"],
        ["2025-02-30", "2025-09-03"],
        ["26.8.2025", "3.9.2025"],
        [20250826, 20250903],
        [datetime.datetime(2025, 8, 26, 1), datetime.datetime(2025, 9, 3, 1)],
        "2025",
    ],
)
def test_bad_fieldwork_days(fielded):
    with pytest.raises(ValidationError):
        source(fielded)
