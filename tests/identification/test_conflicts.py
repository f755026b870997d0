"""Minimal conflicts, whatever decides what is possible."""

import pytest

from alumnistats.identification.conflicts import _minimal, _small, describe
from alumnistats.identification.published import Total, items_of


class Judge:
    """Calls impossible what holds certain items, and does not know what holds others."""

    over = False

    def __init__(self, clash, unknown=()):
        self.clash, self.unknown, self.asked = clash, unknown, []

    def status(self, items, _seconds=1.0):
        self.asked.append(len(items))
        held = {id(item) for item in items}
        if held >= {id(item) for item in self.clash}:
            return "impossible"
        return "unknown" if held & {id(item) for item in self.unknown} else "found"


@pytest.fixture
def survey(one_question):
    shares = [("q:a", "g"), ("q:b", "g"), ("q:a", "h"), ("q:b", "h"), ("q:a", "i")]
    figures = [{"of": of, "group": g, "percent": "40"} for of, g in shares]
    return one_question(figures, "ghi", total=10)


def test_a_conflict_is_found_and_known_to_be_minimal(survey):
    total, *figures = items_of(survey)
    clash = [figures[0], figures[3]]
    assert _minimal(survey, [total, *figures], Judge(clash)) == (clash, True)
    kept, minimal = _minimal(survey, [total, *figures], Judge(clash, unknown=[figures[3]]))
    assert kept == clash
    assert not minimal  # what is left without the first is not known


def test_small_conflicts_are_those_of_a_cell_first(survey):
    total, *figures = items_of(survey)
    assert _small(survey, [total, *figures], Judge([total, figures[0], figures[1]])) == [
        total, figures[0], figures[1],
    ]  # fmt: skip
    of_h = [figures[2], figures[3]]
    assert _small(survey, [total, *figures], Judge(of_h)) == [total, *of_h]
    assert _small(survey, [total, *figures], Judge([total])) == [total]
    assert _small(survey, [total, *figures], Judge([figures[0], figures[3]])) == [total, *figures]
    assert _small(survey, figures[:1], Judge([total])) is None


def test_items_are_described_by_what_they_print(one_question):
    figures = [
        {"of": "q:a", "group": "g", "percent": "40", "count": 4, "n": 10},
        {"of": "q:b", "group": "g", "count": 3},
        {"of": "q:c", "group": "g", "percent": "30"},
    ]
    survey = one_question(figures)
    assert [describe(item) for item in items_of(survey)] == [
        "q:a, g: 40%, count 4 of 10 (t)", "q:b, g: count 3 (t)", "q:c, g: 30% (t)",
    ]  # fmt: skip
    assert describe(Total(5, 5, "5")) == "total: 5 respondents"
