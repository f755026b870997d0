"""Format 2: what it expands to, how it is written, and what it says of what is wrong with it."""

import copy
import hashlib
import json
import re
import tomllib
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alumnistats.cli.help import TOPICS, text_of
from alumnistats.errors import SurveyFileError
from alumnistats.sources import available_surveys, load_survey, read_survey
from alumnistats.sources.ids import RESERVED_IN_TABLES
from alumnistats.sources.short_form import expand, shorten
from alumnistats.sources.short_form.rankings import places_of
from alumnistats.sources.toml_writer import survey_file, written
from alumnistats.survey import Survey

# What the embedded files said in format 1, where every default is left out; brackets and colons of
# their Japanese titles and labels are full-width since.
OF_FORMAT_ONE = {
    "adelaide-students": "b9594b53d773d7f2",
    "america-1969": "c9ad9d393ea6296c",
    "america-1992": "a0977fe4c8f5f495",
    "america-1996": "97bb44637ba61d9d",
    "canada-women-1977": "253afc4b5b5f7315",
    "copenhagen-1976": "df9a6bccfb18c9f1",
    "danish-schools-1985": "aa3a5abf0715e648",
    "denmark-1979": "5efce6825315e475",
    "hackazouk-2025": "df79f631d316a303",
    "manhattan-1962": "19e250331008761b",
}

SHORT = """\
format = 2
id = "pay"
title = "Pay"
source = { publisher = "P", url = "u" }
total = 812
groups = ["Manufacturing", "Retail", "IT", "Finance", "Health care"]
claims = ["Raises pay >= 40", "Raises pay > 20 in every group", "Keep staff ≥ 50.0% in IT"]

[questions]
pay = { label = "Pay", options = ["Rises", "Stays", "Falls"], complete = true }
reasons = { base = "pay:Rises", options = ["Keep staff", "Hire"] }

[measures]
raises = { of = "pay:Rises", label = "Raises pay" }
steady = "pay:Rises + Stays"

[figures]
"Keep staff" = "61.3"
pay.overall = { Rises = "41.5", Stays = "33.0", Falls = "25.5" }

[figures.raises]
at = "page 2"
Manufacturing = "44.9"
Retail = "29.1"
"Health care" = "29.1"
IT = { percent = "58.3", n = 120, at = "page 3" }
Finance = "51.2"
top = 3
bottom = { places = 1, at = "page 4" }
"""


def read(tmp_path, text):
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    return read_survey(path)


def document_of(survey):
    return survey.model_dump(by_alias=True, exclude_none=True, mode="json")


def survey_of(document):
    return Survey.model_validate(document, by_alias=True, by_name=False)


def test_what_a_short_file_says(tmp_path):
    survey = read(tmp_path, SHORT)
    assert survey.group_ids == ("manufacturing", "retail", "it", "finance", "health_care")
    assert survey.groups[4].label.en == survey.groups[4].label.ja == "Health care"
    assert survey.source.cite == "P, Pay"
    assert [q.answers for q in survey.questions] == ["single", "multiple"]
    assert survey.questions[1].base == ("pay:rises",)
    assert survey.questions[1].label.en == "reasons"
    assert survey.measure("steady").options == ("rises", "stays")
    assert survey.measure("steady").label.en == "Rises or Stays"
    figures = survey.figures_of("raises")
    assert {g: f.percent for g, f in figures.items()} == {
        "manufacturing": "44.9", "retail": "29.1", "health_care": "29.1", "it": "58.3",
        "finance": "51.2",
    }  # fmt: skip
    assert (figures["it"].n, figures["it"].at) == (120, "page 3")
    # A figure stands where the ranking that lists it does.
    assert (figures["finance"].at, figures["retail"].at) == ("page 2", "page 4")
    assert survey.overall("reasons:keep_staff").at is None
    assert [(r.from_, r.places, r.complete, r.at) for r in survey.rankings] == [
        ("highest", (("it",), ("finance",), ("manufacturing",)), True, "page 2"),
        ("lowest", (("retail", "health_care"),), True, "page 4"),
    ]
    assert [(c.id, c.kind, c.at) for c in survey.claims] == [
        ("raises-top3-order", "ranking", ("page 2",)),
        ("raises-top3-set", "extreme-set", ("page 2",)),
        ("raises-top1", "extreme-set", ("page 2",)),
        ("raises-bottom1", "extreme-set", ("page 4",)),
        ("raises-at-least-40", "threshold", None),
        ("raises-above-20-every", "threshold", None),
        ("reasons-keep_staff-at-least-50-0-it", "threshold", None),
    ]
    assert survey.claims[1].members == ("it", "finance", "manufacturing")
    assert survey.claims[-1].percent == "50.0"
    assert survey.claims[0].text.ja == (
        "「Raises pay」の割合は、IT、Finance、Manufacturingの順に高い。"
    )


def test_claims_of_a_ranking_are_those_asked_for(tmp_path):
    def ids(extra):
        text = SHORT.replace("top = 3\n", extra)
        return [c.id for c in read(tmp_path, text).claims if c.id.startswith("raises-top")]

    assert ids("top = 3\nclaims = []\n") == []
    assert ids('top = { places = 3, claims = ["first"] }\n') == ["raises-top1"]
    assert ids("top = { places = 3, complete = false }\n") == []
    assert ids("top = 5\n") == ["raises-top4-order", "raises-top1"]  # all there are is no set


def test_a_claim_lists_whom_the_published_ranking_does(tmp_path):
    more = SHORT.replace('claims = ["R', 'claims = [{ kind = "ranking", of = "raises" }, "R')
    claim = next(c for c in read(tmp_path, more).claims if c.id == "claim-1")
    assert claim.places == (("it",), ("finance",), ("manufacturing",))


def test_rankings_of_options_and_of_groups_without_figures(tmp_path):
    text = SHORT.replace('"25.5" }', '"25.5", top = ["Rises", "Stays", "Falls"] }')
    text += '[figures.steady]\ntop = ["IT", ["Finance", "Retail"]]\n'
    survey = read(tmp_path, text)
    found = [(r.of, r.places) for r in survey.rankings]
    assert found[2:] == [
        ("steady", (("it",), ("finance", "retail"))),
        ("pay", (("rises",), ("stays",), ("falls",))),
    ]
    kinds = {c.id: c.kind for c in survey.claims}
    assert kinds["pay-top1"] == "mode"
    assert kinds["pay-top3-order"] == "ranking"
    assert "pay-top3-set" not in kinds


def test_a_ranking_counts_figures_in_any_table(tmp_path):
    text = SHORT.replace("pay.overall", "pay.IT = { Rises = '58.3' }\npay.Finance.Rises = '51'\n"
                         "pay.overall")  # fmt: skip
    survey = read(tmp_path, text + '[figures."pay:rises"]\ntop = 1\n')
    assert next(r for r in survey.rankings if r.of == "pay:rises").places == (("it",),)


@pytest.mark.parametrize(
    ("percents", "listed", "end", "places"),
    [
        ({"a": "9.0", "b": "10.0", "c": "9.0", "d": "1.0"}, 2, "highest", [["b"], ["a", "c"]]),
        ({"a": "9.0", "b": "10.0", "c": "9.0", "d": "1.0"}, 3, "highest", [["b"], ["a", "c"]]),
        ({"a": "9.0", "b": "10.0", "c": "9.0", "d": "1.0"}, 2, "lowest", [["d"], ["a", "c"]]),
        ({"a": "10.0", "b": "10.0", "c": "3"}, 1, "highest", [["a", "b"]]),
    ],
)
def test_places_are_those_of_a_competition(percents, listed, end, places):
    assert places_of(percents, listed, end) == places


def test_figures_of_unequal_digits_do_not_tell_what_is_near(problems_of):
    text = SHORT.replace('Finance = "51.2"', 'Finance = "58"')
    (problem,) = problems_of(text)
    assert problem.startswith("figures.raises.top: found 3; expected names, since ")
    assert '"58.3" and "58" do not say which is higher' in problem


PLACES = [
    ('"44.9"', "44.9", 'figures.raises.Manufacturing: found 44.9; expected a string such as "47.8'),
    ("Retail = ", "Retial = ", 'figures.raises: found "Retial"; expected a group: one of'),
    ("IT = { percent", "IT = { per_cent", "figures.raises.IT.per_cent: found an unknown key"),
    ('"Keep staff" =', '"Keep stuff" =', 'figures."Keep stuff": found "Keep stuff"; expected a me'),
    ("top = 3", "top = 9", "figures.raises.top: found 9; expected a number from 1 to 5"),
    ("top = 3", "top = []", "figures.raises.top: found an empty list; expected a list of places"),
    ("top = 3", "top = [[]]", "figures.raises.top[0]: found an empty list; expected a list"),
    ("top = 3", "top = [7]", "figures.raises.top[0][0]: found 7; expected"),
    ("top = 3", "top = 'IT'", 'figures.raises.top: found "IT"; expected how many of the figures'),
    ("top = 3", 'top = ["IT", "Farms"]', 'figures.raises.top: found "Farms"; expected '),
    ("places = 1", "palces = 1", "figures.raises.bottom.palces: found 1; expected one of places"),
    ("top = 3", 'top = 3\nclaims = ["ordre"]', 'figures.raises.top.claims: found "ordre"; expecte'),
    ('"Raises pay >= 40"', '"Raises pay is 40"', 'claims[0]: found "Raises pay is 40"; expected a'),
    ('"Raises pay >= 40"', '"Rises pay >= 40"', 'claims[0]: found "Rises pay"; expected '),
    ('"Raises pay >= 40"', '"Raises pay >= 140"', 'claims[0]: found "140"; expected a percentage'),
    ("in IT", "in IT sector", 'claims[2]: found "IT sector"; expected '),
    ("options = [\"Keep staff\", \"Hire\"]", "options = 5", "questions.reasons.options: found 5; "),
    ("complete = true", "compleat = true", "questions.pay.compleat: found an unknown key"),
    ('base = "pay:Rises"', 'base = "pay:Raise"', 'questions.reasons.base: found "Raise"; expected'),
    ('steady = "pay:Rises + Stays"', 'steady = "pay"', 'measures.steady: found "pay"; expected '),
    ('steady = "pay:Rises + Stays"', 'steady = "pay:Up"', 'measures.steady: found "Up"; expected '),
    ('label = "Raises pay"', 'label = " "', 'measures.raises.label: found " "; expected a text'),
    ('"Health care"]', "7]", "groups[4]: found 7; expected a table"),
    ("format = 2", "format = 3", "format: found 3; expected 1 or 2"),
    ("\"33.0\"", "\"93.0\"", "figures.pay.overall.Rises, figures.pay.overall.Stays"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), PLACES)
def test_what_is_wrong_is_told_by_the_key_as_it_was_written(problems_of, old, new, message):
    assert old in SHORT
    found = problems_of(SHORT.replace(old, new, 1))
    assert any(problem.startswith(message) for problem in found), found


def test_all_that_is_wrong_is_told_at_once_and_once(problems_of):
    text = SHORT
    for old, new in (('"44.9"', "44.9"), ("Retail = ", "Retial = "), (">= 40", "is 40")):
        text = text.replace(old, new, 1)
    found = problems_of(text)
    assert len(found) == len(set(found)) == 3
    assert 'Did you mean "retail"?' in "\n".join(found)


def test_a_group_whose_id_is_a_key_of_tables(problems_of):
    named = SHORT.replace('groups = ["Manufacturing"', 'groups = [{ id = "at", label = "Austria" }')
    found = problems_of(named.replace("Manufacturing =", "Austria ="))
    assert found[0].startswith('groups: found "at"; expected another id: at, top, bottom, claims')
    short = SHORT.replace('groups = ["Manufacturing"', 'groups = ["AT"')
    assert problems_of(short.replace("Manufacturing =", "AT =")) == []  # its id is group_at


def test_embedded_surveys_say_what_they_said_in_format_one():
    found = {}
    for id in available_surveys():
        said = load_survey(id).model_dump(by_alias=True, exclude_defaults=True, mode="json")
        if "claims" in said:  # those on everybody were added later
            said["claims"] = [claim for claim in said["claims"] if not claim.get("of_all")]
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        found[id] = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert found == OF_FORMAT_ONE


@pytest.mark.parametrize("id", available_surveys())
def test_embedded_surveys_are_in_the_short_form(id, schema_faults):
    file = resources.files("alumnistats").joinpath(f"surveys/{id.replace('-', '_')}.toml")
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    assert document["format"] == 2
    assert isinstance(document["figures"], dict)
    assert schema_faults(document) == []
    said = document_of(load_survey(id))
    short = tomllib.loads(written(shorten(said)))
    assert document_of(survey_of(expand(short).document)) == said


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_help_is_right(tmp_path, lang):
    (topic,) = TOPICS
    text = text_of(topic, lang)
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    survey = read(tmp_path, example)
    assert (len(survey.groups), len(survey.figures)) == (6, 19)
    assert len(example.splitlines()) <= 41
    properties = json.loads(
        resources.files("alumnistats").joinpath("surveys/survey.schema.json").read_text("utf-8")
    )["properties"]
    explained = set(re.findall(r"[a-z_]+", text))
    assert set(properties) - {"rankings", "strata"} <= explained
    assert set(RESERVED_IN_TABLES) <= explained


# Generated surveys: whatever their order, they are written and read again.

WORDS = ["North", "South", "AT", "at", "top", "製造業", "建設・不動産", "a b", "A-b", "overall",
         "all", "Yes", "No", "yes+no", "x:y", "é", "\"q\"", "3"]  # fmt: skip
IDS = ["north", "south", "at", "top", "claims", "製造業", "a_b", "a-b", "yes", "no", "q", "percent",
       "en", "label", "options", "1"]  # fmt: skip
PLACE = st.sampled_from(["page 1", "page 2", "page 3"])


@st.composite
def texts(draw):
    en, ja = draw(st.sampled_from(WORDS)), draw(st.sampled_from(WORDS))
    return {"en": en, "ja": draw(st.sampled_from([en, ja]))}


@st.composite
def labelled(draw, least=1, most=4):
    ids = draw(st.lists(st.sampled_from(IDS), min_size=least, max_size=most, unique=True))
    return [{"id": id, "label": draw(texts())} for id in ids]


def maybe(draw, **values):
    return {key: draw(value) for key, value in values.items() if draw(st.booleans())}


@st.composite
def documents(draw):
    """Return the document of a survey whose references exist; its numbers need not agree."""
    groups = draw(labelled(most=5))
    for group in groups:
        group |= maybe(draw, n=st.integers(1, 300))
    questions = []
    for question in draw(labelled(most=3)):
        options = draw(labelled(most=4))
        for option in options:
            option |= maybe(draw, nonresponse=st.just(True))
        answers = draw(st.sampled_from(["single", "multiple"]))
        earlier = [f"{q['id']}:{q['options'][0]['id']}" for q in questions]
        base = draw(st.lists(st.sampled_from(["all", *earlier]), min_size=1, unique=True))
        complete = answers == "single" and draw(st.booleans())
        made = {"answers": answers, "base": base, "options": options, "complete": complete}
        questions.append({**question, **made})
    taken = {q["id"] for q in questions}
    measures = []
    for measure in draw(labelled(least=0, most=2)):
        question = draw(st.sampled_from(questions))
        ids = [o["id"] for o in question["options"]]
        options = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
        if measure["id"] not in taken:
            measures.append({**measure, "question": question["id"], "options": options})
    shares = [f"{q['id']}:{o['id']}" for q in questions for o in q["options"]]
    shares += [m["id"] for m in measures]
    names = ["overall", *(g["id"] for g in groups)]
    pairs = [(of, group) for of in shares for group in names]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=12, unique=True))
    if draw(st.booleans()):
        chosen.sort(key=pairs.index)
    figures = []
    for of, group in chosen:
        percent = draw(st.sampled_from(["47.8", "47.8", "44.5", "48", "9", "0.01"]))
        more = maybe(draw, at=PLACE, count=st.integers(0, 9), n=st.integers(9, 20))
        figures.append({"of": of, "group": group, "percent": percent, **more})
    rankings, claims = [], []
    for of in draw(st.lists(st.sampled_from([*shares, *taken]), max_size=3, unique=True)):
        question = next((q for q in questions if q["id"] == of), None)
        members = [o["id"] for o in question["options"]] if question else names[1:]
        places = [[m] for m in draw(st.lists(st.sampled_from(members), min_size=1, unique=True))]
        within = maybe(draw, group=st.sampled_from(names)) if question else {}
        end = draw(st.sampled_from(["highest", "lowest"]))
        stated = {"of": of, "from": end, "places": places, **within}
        rankings.append({**stated, "complete": draw(st.booleans()), **maybe(draw, at=PLACE)})
        claims.append({"kind": "ranking", **stated})
    for of in draw(st.lists(st.sampled_from(shares), max_size=2)):
        group = draw(st.sampled_from([*names, "every"]))
        relation = draw(st.sampled_from(["at-least", "above", "at-most", "below"]))
        claims.append(
            {"kind": "threshold", "of": of, "group": group, "relation": relation, "percent": "50"}
        )
        question = draw(st.sampled_from(questions))
        claims.append({"kind": "homogeneity", "question": question["id"], "differ": False})
    places = st.lists(PLACE, min_size=1)
    claims = [
        {"id": f"c{i}", "text": draw(texts()), **claim, **maybe(draw, at=places)}
        for i, claim in enumerate(claims)
    ]
    return {
        "format": 1, "id": "t", "title": draw(texts()),
        "source": {"publisher": "p", "url": "u", "cite": draw(st.sampled_from(["c", "p, North"]))},
        "groups": groups, "questions": questions, "measures": measures, "figures": figures,
        "rankings": rankings, "claims": claims, **maybe(draw, total=st.integers(300, 999)),
    }  # fmt: skip


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(documents())
def test_what_is_written_short_is_read_the_same(document):
    survey = survey_of(document)
    text = survey_file(survey)
    short = tomllib.loads(text)
    assert short["format"] == 2
    assert survey_of(expand(short).document) == survey
    assert not expand(short).problems


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(documents())
def test_what_is_right_in_format_one_is_right_in_format_two(tmp_path_factory, document):
    """Both are read, to one survey; or both are refused."""
    folder = tmp_path_factory.mktemp("two")
    found = []
    for name, said in (("1", document), ("2", shorten(document_of(survey_of(document))))):
        path = folder / f"{name}.toml"
        path.write_text(written(said), encoding="utf-8")
        try:
            survey = read_survey(path)
            found.append(survey.model_copy(update={"path": "", "sha256": ""}))
        except SurveyFileError:
            found.append(None)
    assert found[0] == found[1]


def test_expanding_leaves_its_document_alone():
    raw = tomllib.loads(SHORT)
    before = copy.deepcopy(raw)
    expand(raw)
    assert raw == before
