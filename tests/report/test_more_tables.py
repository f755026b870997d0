"""Tables that only some surveys have: misprints, and a total that is an unknown."""

from pathlib import Path

import pytest

import alumnistats as al
from alumnistats.report import render_html

SMALL = Path(__file__).parents[1] / "sensitivity" / "small.toml"


@pytest.fixture(scope="module")
def survey():
    return al.load_survey(SMALL)


def test_a_page_of_figures_that_may_be_misprints(survey):
    analysis = al.analyze(survey, draws=100, misprints=0.01)
    assert "misprints" in analysis.tables()
    assert all("misprints.csv" in render_html(analysis, lang) for lang in ("en", "ja"))


def test_a_page_of_a_total_that_is_only_bounded(survey):
    bounded = survey.model_copy(update={"total": None, "total_at_most": 93})
    analysis = al.analyze(bounded, draws=100, sizes="free")
    total = analysis.tables()["total"]
    assert total["probability"].sum() == pytest.approx(1.0)
    assert total["total"].max() <= 93
    assert all("total.csv" in render_html(analysis, lang) for lang in ("en", "ja"))
