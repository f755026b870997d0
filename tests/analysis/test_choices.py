"""The record of choices: what it admits, how it is written, and which step each field enters."""

import pickle
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alumnistats as al
from alumnistats.analysis import STEP_OF, STEPS, VALUES, Choices, values_of
from alumnistats.analysis.choices import fit, gather, judge_survey, read, recover
from alumnistats.analysis.reading import figures_to_leave_out, fixed_bases, misprints
from alumnistats.errors import ArgumentError, ContradictionError

ANY_CHOICES = st.builds(
    Choices,
    base=st.sampled_from(["averaged", "form=all", "form=use:yes;other=all"]),
    left_out=st.sampled_from(["none", "use:yes@a"]),
    misprint=st.sampled_from(["none", "use:yes@a-1"]),
    design_effect=st.floats(1, 5),
    bias=st.floats(0, 2),
    level=st.floats(0.5, 0.999),
    **{name: st.sampled_from(values) for name, values in VALUES.items()},
)


@given(ANY_CHOICES)
def test_choices_survive_tables_and_processes(choices):
    row = choices.to_dict()
    assert all(type(value) in (str, bool, float) for value in row.values())
    assert Choices.from_dict(row) == choices
    assert pickle.loads(pickle.dumps(choices)) == choices
    assert hash(Choices.from_dict(row)) == hash(choices)


def test_whole_numbers_are_numbers():
    assert Choices(design_effect=2, bias=0) == Choices(design_effect=2.0)


def test_every_field_and_value_is_documented():
    page = (Path(__file__).parents[2] / "docs" / "choices.md").read_text(encoding="utf-8")
    rows = {row.split("|")[2].strip(): row for row in page.splitlines() if row.count("|") == 5}
    for name in STEP_OF:
        row = rows[f"`{name}`"]
        values = [str(v).lower() for v in VALUES.get(name, ())]
        assert all(value in row for value in values), name
        assert str(getattr(Choices(), name)).lower().removesuffix(".0") in row


def test_every_field_has_a_step():
    assert set(STEP_OF) == {f.name for f in fields(Choices)}


@given(ANY_CHOICES, ANY_CHOICES)
def test_until_holds_what_decides_a_step(one, other):
    for i, step in enumerate(STEPS):
        earlier = [name for name, of in STEP_OF.items() if STEPS.index(of) <= i]
        alike = all(getattr(one, name) == getattr(other, name) for name in earlier)
        assert (one.until(step) == other.until(step)) == alike


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, "nonsense") for name in VALUES),
        *((name, 1) for name in VALUES),
        ("base", "all"),
        ("base", 3),
        ("left_out", "use:yes"),
        ("misprint", "use:yes@a"),
        ("misprint", "use:yes@a+2"),
        ("design_effect", 0.9),
        ("design_effect", "2"),
        ("design_effect", float("inf")),
        ("bias", -0.1),
        ("bias", float("nan")),
        ("level", 1.0),
        ("level", True),
    ],
)
def test_errors_name_field_found_and_expected(field, value):
    with pytest.raises(ArgumentError, match=f"^{field}: found .*; expected"):
        Choices(**{field: value})


def test_unknown_fields_are_refused():
    with pytest.raises(ArgumentError, match='Did you mean "level"'):
        Choices.from_dict({"levle": 0.9})


def test_values_of_a_survey(small_survey):
    survey = small_survey()
    assert values_of("base", survey) == ("averaged", "form=use:yes", "form=all")
    assert values_of("ties", survey) == ("strict", "weak")
    assert len(values_of("left_out", survey)) == 1 + len(survey.figures)
    assert len(values_of("misprint", survey)) == 1 + 2 * len(survey.figures)
    for name in [*VALUES, "base", "left_out", "misprint"]:
        first, *_ = values_of(name, survey)
        assert first == getattr(Choices(), name)
        for value in values_of(name, survey):
            read(survey, Choices(**{name: value}))
    with pytest.raises(ArgumentError, match="field"):
        values_of("level", survey)


def test_readings_change_one_thing(small_survey):
    survey = small_survey()
    assert read(survey, Choices()) == survey
    fixed = read(survey, Choices(base="form=all"))
    assert fixed.question("form").base == ("all",)
    assert fixed.model_copy(update={"questions": survey.questions}) == survey
    open_ended = read(survey, Choices(complete_lists=False))
    assert not any(r.complete for r in open_ended.rankings)
    assert open_ended.model_copy(update={"rankings": survey.rankings}) == survey
    without = read(survey, Choices(left_out="use:yes@c"))
    assert set(survey.figures) - set(without.figures) == {survey.figures_of("use:yes")["c"]}
    wrong = read(survey, Choices(misprint="use:yes@a+1"))
    assert wrong.figures_of("use:yes")["a"].percent == "70.1"
    down = read(survey, Choices(misprint="use:yes@a-1"))
    assert down.figures_of("use:yes")["a"].percent == "69.9"


@pytest.mark.parametrize(
    ("printed", "text", "expected"),
    [("0.0", "+1", "0.1"), ("9.95", "+1", "9.96"), ("7", "-1", "6"), ("10.0", "-1", "9.9")],
)
def test_last_digits(small_survey, printed, text, expected):
    figure = {"of": "use:yes", "group": "a", "percent": printed, "at": "t"}
    survey = small_survey(figures=[figure])
    found = read(survey, Choices(misprint=f"use:yes@a{text}")).figures[0].percent
    assert found == expected


def test_ends_of_the_scale_have_one_misprint(small_survey):
    rows = [("a", "0"), ("b", "100"), ("c", "50")]
    figures = [{"of": "use:yes", "group": g, "percent": p, "at": "t"} for g, p in rows]
    survey = small_survey(figures=figures)
    assert misprints(survey) == ("use:yes@a+1", "use:yes@b-1", "use:yes@c+1", "use:yes@c-1")


@pytest.mark.parametrize(
    "choices",
    [
        Choices(base="use=form:mail"),
        Choices(base="nothing=all"),
        Choices(left_out="use:no@a"),
        Choices(misprint="use:yes@z+1"),
    ],
)
def test_what_a_survey_lacks(small_survey, choices):
    with pytest.raises(ArgumentError, match="expected one of"):
        read(small_survey(), choices)


def test_embedded_survey_lists_its_readings():
    survey = al.load_survey()
    assert len(figures_to_leave_out(survey)) == 38
    assert len(misprints(survey)) == 76
    assert len(fixed_bases(survey)) == 3


@pytest.fixture(scope="module")
def usual(small_survey):
    recon = recover(small_survey(), Choices(), draws=200)
    return recon, fit(recon, Choices())


def test_default_choices_are_what_analyze_does(small_survey, usual):
    analysis = al.analyze(small_survey(), draws=200)
    judged = judge_survey(*usual, Choices())
    assert [(j.verdict, j.grounds) for j in judged] == [
        (j.verdict, j.grounds) for j in analysis.judged
    ]


def test_analyze_takes_choices(small_survey):
    choices = Choices(model="no-pooling", left_out="form:chat@overall", level=0.9)
    analysis = al.analyze(small_survey(), choices=choices, draws=200)
    assert analysis.level == 0.9
    assert set(analysis.fits) == {("use:yes", "no-pooling")}
    assert "form:chat" not in {f.of for f in analysis.survey.figures}
    assert al.analyze(small_survey(), choices=choices, level=0.8, draws=200).level == 0.8


@pytest.mark.parametrize("model", al.posterior.MODELS)
def test_every_model_goes_through_the_analysis(small_survey, model):
    analysis = al.analyze(small_survey(), choices=Choices(model=model), draws=200)
    assert analysis.claims["verdict"].notna().all()
    probability = analysis.comparisons["probability_a_greater"]
    assert probability.between(0, 1).all()
    assert (probability == 0).all() == (model == "complete-pooling")


def test_shared_evidence_changes_nothing(usual):
    recon, fits = usual
    shared = gather(recon, fits)
    ways = [
        Choices(),
        Choices(test="z", adjustment="holm"),
        Choices(bias=0.2),
        Choices(interval="wilson", level=0.9),
        Choices(ties="weak", weights="population"),
    ]
    for choices in ways * 2:
        apart = [j.grounds for j in judge_survey(recon, fits, choices)]
        assert [j.grounds for j in judge_survey(recon, fits, choices, evidence=shared)] == apart
    with pytest.raises(ArgumentError, match="evidence"):
        judge_survey(recon, dict(fits), Choices(), evidence=shared)


@pytest.mark.parametrize(
    "name", ["official_contact@wholesale", "contact_forms:official_network@overall"]
)
def test_the_embedded_survey_without_one_figure(name):
    choices = Choices(left_out=name)
    recon = recover(read(al.load_survey(), choices), choices, draws=100)
    judged = judge_survey(recon, {}, choices)
    assert len(judged) == len(recon.survey.claims)


def test_the_small_survey_without_any_one_figure(small_survey):
    for name in figures_to_leave_out(small_survey()):
        choices = Choices(left_out=name)
        recon = recover(read(small_survey(), choices), choices, draws=100)
        judged = judge_survey(recon, fit(recon, choices), choices)
        assert len(judged) == len(recon.survey.claims)


def test_a_group_whose_figure_is_left_out_keeps_its_place(small_survey):
    survey = read(small_survey(), Choices(left_out="use:yes@b"))
    groups = [g.model_copy(update={"n": None}) for g in survey.groups]
    recon = recover(survey.model_copy(update={"groups": tuple(groups)}), Choices(), draws=100)
    solutions = recon.solutions_of("use:yes")
    share = solutions.k / solutions.n
    # As printed: 70.0 for the group before, 47.3 for the one after.
    assert (share[:, 1] <= 0.7005 + 1e-9).all()
    assert (share[:, 1] >= 0.4725 - 1e-9).all()
    assert len(np.unique(solutions.k[:, 1])) > 1


@pytest.mark.parametrize(
    ("text", "possible"), [("use:yes@a+1", False), ("form:mail@overall+1", True)]
)
def test_misprints_of_a_survey_with_known_sizes(small_survey, text, possible):
    """No count of 60 is 70.1%, whatever the rounding; of all respondents many a share is."""
    choices = Choices(misprint=text)
    survey = read(small_survey(), choices)
    if possible:
        recon = recover(survey, choices, draws=100)
        assert recon.particles.weight.sum() == pytest.approx(1)
    else:
        with pytest.raises(ContradictionError, match="use:yes"):
            recover(survey, choices, draws=100)
        with pytest.raises(ContradictionError, match="no sizes and counts") as error:
            recover(survey, choices, draws=100, explain=False)
        assert not error.value.conflict
