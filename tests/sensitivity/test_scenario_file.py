"""Scenario files: every problem at once, and what "each" stands for."""

import pytest

from alumnistats.analysis.choices import STEP_OF, VALUES, Choices, misprints
from alumnistats.errors import ScenarioFileError
from alumnistats.sensitivity import load_scenarios
from alumnistats.sensitivity.scenarios import place
from alumnistats.sensitivity.words import LABELS, value_text
from alumnistats.sensitivity.words import VALUES as WORDS
from alumnistats.sources import load_survey

BAD = """
format = 1
draws = 20
speed = "high"

[base]
level = 1.5
modle = "no-pooling"

[[designs]]
kind = "grid"
n = 4
[designs.dimensions]
sizes = ["quota", "qouta"]
level = { low = 0.9, high = 0.8 }
ties = []

[[designs]]
kind = "sobol"
[designs.dimensions]
design_effect = { low = 0.5, high = 2.0, scale = "log" }
shape = ["round"]

[[designs]]
kind = "gird"
[designs.dimensions]
level = [0.9]
"""
PROBLEMS = [
    ("draws", "from 100 to 100000"),
    ("speed", "unknown key"),
    ("base.level", "between 0 and 1"),
    ("base.modle", 'Did you mean "model"?'),
    ("designs[0].n", ""),
    ("designs[0].dimensions.sizes[1]", 'Did you mean "quota"?'),
    ("designs[0].dimensions.ties", "a list of values"),
    ("designs[1].dimensions.shape", "unknown choice"),
    ("designs[2].kind", "latin-hypercube"),
]


SPELLED = """
format = 1
[base]
rounding = "half_up"
left_out = "any_contact@energy"
[[designs]]
kind = "grid"
[designs.dimensions]
test = ["fisher_mid_p", "z"]
interval = "each"
"""


def problems_of(document):
    with pytest.raises(ScenarioFileError) as caught:
        load_scenarios(document)
    return {problem.key: str(problem) for problem in caught.value.problems}


def test_values_of_files_may_have_underscores(tmp_path):
    path = tmp_path / "scenarios.toml"
    path.write_text(SPELLED, encoding="utf-8")
    file = load_scenarios(path)
    assert file.base == {"rounding": "half-up", "left_out": "any_contact@energy"}  # an id stays
    assert file.designs[0].dimensions == {"test": ("fisher-mid-p", "z"), "interval": "each"}
    wrong = SPELLED.replace('"half_up"', '"half_pu"')
    path.write_text(wrong, encoding="utf-8")
    found = problems_of(path)["base.rounding"]
    assert '"half_pu"' in found
    assert 'Did you mean "half-up"?' in found


def test_every_problem_of_a_file_comes_at_once(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(BAD, encoding="utf-8")
    found = problems_of(path)
    shape = [key for key, _ in PROBLEMS if key != "designs[0].n"]  # needs a readable design
    assert set(found) == set(shape)
    for key, words in PROBLEMS:
        assert words in found.get(key, words), key


def test_what_a_design_cannot_use():
    designs = [
        {"kind": "grid", "n": 4, "dimensions": {"level": {"low": 0.9, "high": 0.8}}},
        {"kind": "sobol", "dimensions": {"design_effect": {"low": 0.5, "high": 2.0}}},
    ]
    found = problems_of({"format": 1, "designs": designs})
    assert set(found) == {
        "designs[0].n",
        "designs[0].dimensions.level",
        "designs[0].dimensions.level.low",
        "designs[1].n",
        "designs[1].dimensions.design_effect.low",
    }


@pytest.mark.parametrize("text", ["format = = 1", "format = 1", ""])
def test_files_that_hold_no_design(tmp_path, text):
    path = tmp_path / "scenarios.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioFileError, match=r"scenarios\.toml"):
        load_scenarios(path)
    with pytest.raises(ScenarioFileError, match="no such file"):
        load_scenarios(tmp_path / "none.toml")


def test_numbers_have_no_each(survey):
    file = load_scenarios(
        {"format": 1, "designs": [{"kind": "grid", "dimensions": {"level": "each"}}]}
    )
    with pytest.raises(ScenarioFileError, match=r"level.*any number"):
        place(file, survey, 0)


def test_default_covers_every_choice_in_more_than_a_thousand_scenarios():
    survey = load_survey()
    plan = place(load_scenarios(), survey, 0)
    assert len(plan.scenarios) == len(set(plan.scenarios)) > 1000
    assert plan.scenarios[0].choices == Choices()
    values = {name: {getattr(s.choices, name) for s in plan.scenarios} for name in STEP_OF}
    assert {name for name, found in values.items() if len(found) == 1} == {"weights"}
    assert values["misprint"] < {"none", *misprints(survey)}
    assert len(values["misprint"]) == 21
    assert len(values["left_out"]) == 1 + len(survey.figures)
    missing = {name: set(VALUES[name]) - values[name] for name in VALUES}
    assert {name: v for name, v in missing.items() if v} == {
        # The survey publishes no sizes of populations, nor bounds of them.
        "sizes": {"proportional"},
        "weights": {"population", "bounds"},
    }


def test_every_dimension_has_a_name_in_both_languages():
    assert {*STEP_OF, "replicate"} == set(LABELS)
    assert all({"en", "ja"} == set(words) for words in LABELS.values())


def test_every_value_of_a_choice_is_said_in_words():
    for values in VALUES.values():
        for value in values:
            assert isinstance(value, bool) or {"en", "ja"} == set(WORDS[value])
    survey = load_survey()
    said = {
        "none": "なし",
        "official_contact@retail": "公式な接点あり（小売）",
        "official_contact@overall+1": "公式な接点あり（全体） +1",
        "contact_forms=all": "アルムナイとの接点の形：全体",
        2.0: "2",
    }
    found = {value: value_text(value, "ja", survey) for value in said}
    assert found == said
    assert value_text("official_contact@retail", "en", survey) == "Official contact (Retail)"
