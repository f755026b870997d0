"""Which groups, questions and sizes of a survey its model has."""

from types import SimpleNamespace

from brute_force import text

from alumnistats.identification.conventions import Convention
from alumnistats.identification.feasibility import Clock, Setting, solve_under
from alumnistats.identification.published import items_of, statements_of
from alumnistats.identification.survey_model import _blocks, _published_sizes, _that_matter

SECONDS = 30


def made(survey, **convention):
    return SimpleNamespace(survey=survey, convention=Convention(**convention))


def test_groups_of_which_nothing_is_said_are_one_unless_a_mean_speaks_of_all(one_question):
    figures = [{"of": "q:a", "group": "g", "percent": "50"}]
    survey = one_question(figures, groups="ghij")
    said = statements_of(survey)
    assert _blocks(made(survey), said, {}, ()) == {"g": ("g",), "h": ("h", "i", "j")}
    # A mean over groups speaks of every group, where an overall figure is one.
    assert len(_blocks(made(survey, overall="mean"), said, {}, ())) == 2
    whole = one_question([*figures, {"of": "q:a", "group": "overall", "percent": "50"}], "ghij")
    said = statements_of(whole)
    assert len(_blocks(made(whole), said, {}, ())) == 2
    assert len(_blocks(made(whole, overall="mean"), said, {}, ())) == 4
    assert len(_blocks(made(survey), statements_of(survey), {"i": 4}, ("j",))) == 4


def test_questions_on_which_others_hang_matter():
    survey = SimpleNamespace(
        questions=[SimpleNamespace(id=x) for x in ("first", "second", "third", "other")]
    )
    bases = (("second", "first:a"), ("third", "second:b"))
    found = _that_matter(made(survey, bases=bases), [SimpleNamespace(question="third")], ())
    assert [q.id for q in found] == ["first", "second", "third"]
    assert [q.id for q in _that_matter(made(survey), [], ["other"])] == ["other"]


def test_sizes_are_those_of_figures_of_all_of_a_group(one_question):
    figures = [
        {"of": "q:a", "group": "g", "count": 2, "n": 9},
        {"of": "q:a", "group": "overall", "count": 3, "n": 20},
    ]
    survey = one_question(figures, groups=["g", {"id": "h", "n": 11}])
    known = {id(item) for item in items_of(survey)}
    said = statements_of(survey)
    assert _published_sizes(made(survey), said, known) == {"g": 9, "h": 11}
    assert _published_sizes(made(survey), said, set()) == {"g": 9}
    nested = made(survey, bases=(("q", "p:a"),))
    assert _published_sizes(nested, said, known) == {"h": 11}


def test_the_groups_of_a_stratum_have_its_total(one_question):
    strata = [
        {"id": "x", "label": text("x"), "total": 7}, {"id": "y", "label": text("y"), "total": 4},
    ]  # fmt: skip
    groups = [{"id": g, "stratum": s} for g, s in zip("ghi", "xxy", strict=True)]
    survey = one_question(
        [{"of": "q:a", "group": g, "percent": "50"} for g in "gh"], groups, strata=strata
    )
    setting = Setting(survey, items_of(survey))
    found = solve_under(setting, Convention(), Clock(SECONDS))
    assert found.status == "impossible"  # halves of two groups are even numbers, 7 is odd
    survey = survey.model_copy(
        update={"strata": (survey.strata[0].model_copy(update={"total": 8}), survey.strata[1])}
    )
    found = solve_under(Setting(survey, items_of(survey)), Convention(), Clock(SECONDS))
    assert found.witness.sizes["g"] + found.witness.sizes["h"] == 8
    assert found.witness.sizes["i"] == 4
