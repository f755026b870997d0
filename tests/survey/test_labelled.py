"""Labels beside ids in tables, and ids that can be read."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.sources import load_survey
from alumnistats.sources.ids import LONGEST, ids_of, slug
from alumnistats.survey import OVERALL, Group, Survey, labelled


def test_a_label_stands_after_each_id():
    survey = load_survey()
    table = pd.DataFrame(
        {
            "of": ["official_contact", "contact:none"],
            "group_a": ["retail", OVERALL],
            "group_b": ["energy", "education"],
            "p": [0.1, 0.2],
        }
    )
    found = labelled(survey, table)
    assert list(found.columns) == [
        "of", "of_label", "group_a", "group_a_label", "group_b", "group_b_label", "p",
    ]  # fmt: skip
    assert found["group_a_label"].tolist() == [survey.label("retail"), "All respondents"]
    question = survey.question("contact")
    assert found["of_label"].tolist() == [
        survey.label("official_contact"),
        f"{question.label.en}: {survey.label('contact:none')}",
    ]
    assert labelled(survey, table, "ja")["group_b_label"].tolist() == [
        survey.label(g, "ja") for g in ("energy", "education")
    ]
    assert list(table.columns) == ["of", "group_a", "group_b", "p"]


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("Élan vital (EU)", "elan_vital_eu"), ("製造業", "製造業"), ("IT業界", "it業界"),
        ("サービス業・その他", "サービス業_その他"), ("がん保険", "がん保険"), ("ﾃﾚﾋﾞ", "テレビ"),
        ("Обрабатывающие", "обрабатывающие"), ("18-34", "18_34"), ("  ", ""), ("***", ""),
        ("Größe über 100", "große_uber_100"), ("제조업", "제조업"),
    ],
)  # fmt: skip
def test_ids_are_readable(label, id):
    assert slug(label) == id


def test_ids_are_different_and_not_reserved():
    assert ids_of(["A b", "a-b", "製造", "All", "?", "製造"], "group") == [
        "a_b", "a_b_2", "製造", "group_all", "group_5", "製造_2",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_every_id_is_one(labels):
    for id in ids_of(labels, "group"):
        assert Group.model_validate({"id": id, "label": {"en": "x", "ja": "x"}}).id == id
        assert len(id) <= LONGEST + 10
    assert len(set(ids_of(labels, "group"))) == len(labels)


def test_a_survey_in_japanese_ids():
    text = load_survey().model_dump(mode="json", exclude_none=True, by_alias=True)
    assert Survey.model_validate(text | {"id": "同窓会-2025"}).id == "同窓会-2025"
