"""What lists and figures leave an option's count: the bounds written down by hand."""

import math

import pytest

from alumnistats.claims import Evidence
from alumnistats.claims.option_counts import share_of, shares_of
from alumnistats.reconstruction import reconstruct
from alumnistats.survey import Survey

TEXT = {"en": "c", "ja": "c"}


def question(id, options, **what):
    return {"id": id, "label": TEXT, "options": [{"id": o, "label": TEXT} for o in options], **what}


def listed(of, places, **what):
    return {"of": of, "from": "highest", "places": [[o] for o in places], **what}


@pytest.fixture(scope="module")
def evidence():
    survey = Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": TEXT, "n": n} for g, n in (("a", 40), ("b", 30), ("c", 20))],
        "questions": [question("one", "xyzw", answers="single", complete=True),
                      question("many", "pqr", answers="multiple")],
        "figures": [{"of": "one:x", "group": "a", "count": 20},
                    {"of": "one:x", "group": "b", "count": 9},
                    {"of": "one:y", "group": "b", "count": 11},
                    {"of": "one:z", "group": "b", "count": 4},
                    {"of": "one:x", "group": "c", "count": 1}],
        "rankings": [listed("one", "xy", group="a"), listed("one", "xy", group="c"),
                     listed("many", "p", group="b", complete=True),
                     listed("many", "qr")],
    })  # fmt: skip
    return Evidence(reconstruct(survey, draws=100), {}, 0.95)


def bounds(evidence, of, group):
    """Return least and greatest count, base, number of options and place, by option."""
    found = shares_of(evidence, evidence.survey.question(of), group)
    return {
        option: (s.low, s.high, s.nobs, s.options, None if math.isnan(s.place) else s.place)
        for option, s in found.items()
    }


def test_a_place_in_a_list_lies_between_its_neighbours(evidence):
    assert bounds(evidence, "one", "a") == {
        "x": (20, 20, 40, 1, 1.0),
        "y": (0, 19, 40, 1, 2.0),
        "": (0, 20, 40, 2, None),  # neither z nor w is listed, and the list is not complete
    }


def test_below_a_single_respondent_is_nobody(evidence):
    assert bounds(evidence, "one", "c")["y"] == (0, 0, 20, 1, 2.0)


def test_of_a_complete_question_the_last_option_is_what_the_others_leave(evidence):
    assert bounds(evidence, "one", "b") == {
        "x": (9, 9, 30, 1, None), "y": (11, 11, 30, 1, None), "z": (4, 4, 30, 1, None),
        "": (6, 6, 30, 1, None),
    }  # fmt: skip


def test_a_complete_list_alone_is_of_all_who_were_asked(evidence):
    assert bounds(evidence, "many", "b") == {"p": (1, 30, 30, 1, 1.0), "": (0, 29, 30, 2, math.inf)}


def test_a_list_without_a_group_is_of_all_respondents(evidence):
    assert bounds(evidence, "many", "overall") == {
        "q": (1, 90, 90, 1, 1.0), "r": (0, 89, 90, 1, 2.0), "": (0, 90, 90, 1, None),
    }  # fmt: skip


def test_of_what_is_not_published_nothing_is_known(evidence):
    assert bounds(evidence, "many", "a") == {}
    assert share_of(evidence, "one:w", "b") is None
