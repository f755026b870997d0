"""Conventions that differ in nothing that a survey says are tried once."""

import pytest

from alumnistats.errors import ArgumentError
from alumnistats.identification.conventions import Convention, conventions_of
from alumnistats.identification.feasibility import Setting, distinct
from alumnistats.identification.published import items_of


def test_subtotals_matter_where_a_measure_is_published(one_question):
    both = [Convention(subtotals=(("q", s),)) for s in ("rounded-sum", "sum-of-rounded")]
    figure = {"of": "q:a", "group": "g", "percent": "40"}
    survey = one_question([figure])
    assert distinct(Setting(survey, items_of(survey)), both) == both[:1]
    survey = one_question([figure, {"of": "ab", "group": "g", "percent": "70"}])
    assert distinct(Setting(survey, items_of(survey)), both) == both


def test_overall_figures_matter_where_one_is_published(one_question):
    both = [Convention(), Convention(overall="mean")]
    survey = one_question([{"of": "q:a", "group": "g", "percent": "40"}])
    assert distinct(Setting(survey, items_of(survey)), both) == both[:1]
    survey = one_question([{"of": "q:a", "group": "overall", "percent": "40"}])
    assert distinct(Setting(survey, items_of(survey)), both) == both


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ({"rounding": ["half_up"]}, "half-up"),
        ({"subtotals": ["rounded-sum", "sum_of_rounded"]}, "sum-of-rounded"),
    ],
)
def test_unknown_conventions_are_refused(one_question, wrong, meant):
    survey = one_question([{"of": "q:a", "group": "g", "percent": "40"}])
    with pytest.raises(ArgumentError, match=f"expected .*{meant}"):
        conventions_of(survey, **wrong)
