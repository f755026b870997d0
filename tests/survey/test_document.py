import pytest

from alumnistats.errors import ArgumentError
from alumnistats.sources import load_survey
from alumnistats.survey import Survey


@pytest.fixture(scope="module")
def survey():
    return load_survey()


def test_lookups(survey):
    assert survey.group("retail").label.en == "Retail"
    assert survey.question("contact").option_ids == ("none", "informal", "formal", "both")
    assert survey.measure("important").question == "importance"
    assert survey.claim("hurdles-differ").differ


@pytest.mark.parametrize("lookup", ["group", "question", "measure", "claim"])
def test_unknown_lookups(survey, lookup):
    with pytest.raises(ArgumentError, match=f'{lookup}: found "nowhere"; expected one of '):
        getattr(survey, lookup)("nowhere")


def test_resolve(survey):
    question, options = survey.resolve("official_contact")
    assert (question.id, options) == ("contact", ("formal", "both"))
    question, options = survey.resolve("hurdles:culture")
    assert (question.id, options) == ("hurdles", ("culture",))


@pytest.mark.parametrize(
    ("of", "hint"),
    [
        ("oficial_contact", 'Did you mean "official_contact"?'),
        ("contact:non", 'Did you mean "contact:none"?'),
        ("contact", ""),
    ],
)
def test_resolve_says_what_was_probably_meant(survey, of, hint):
    with pytest.raises(ArgumentError, match=f'of: found "{of}"; expected one of') as caught:
        survey.resolve(of)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("of", "en", "ja"),
    [
        ("official_contact", "Official contact", "公式な接点あり"),
        ("contact:none", "No contact", "接点なし"),
        ("retail", "Retail", "小売"),
        (
            "effects",
            "Expected effects of relations with alumni",
            "アルムナイとの関係に期待する効果",
        ),
        ("overall", "All respondents", "全体"),
    ],
)
def test_labels(survey, of, en, ja):
    assert survey.label(of) == en
    assert survey.label(of, "ja") == ja


def test_figures_of_a_share(survey):
    found = survey.figures_of("important")
    assert {group: f.percent for group, f in found.items()} == {
        "manufacturing": "83.7",
        "business_services": "76.4",
        "energy": "75.8",
    }
    assert survey.overall("important") is None
    assert survey.overall("contact:none").percent == "45.5"


def test_schema_describes_files_and_not_what_the_reader_adds():
    schema = Survey.model_json_schema()
    assert not {"path", "sha256", "earlier"} & set(schema["properties"])
    assert "from" in schema["$defs"]["Ranking"]["properties"]
    assert schema["additionalProperties"] is False


def test_dump_is_a_document_again(survey):
    document = survey.model_dump(by_alias=True, mode="json", exclude_none=True)
    assert "path" not in document
    again = Survey.model_validate(document)
    assert again.model_copy(update={"path": survey.path, "sha256": survey.sha256}) == survey
