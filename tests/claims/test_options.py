"""Claims that compare the answers of one question."""

import pytest

from alumnistats.analysis import analyze
from alumnistats.claims import Rules
from alumnistats.claims.option_counts import Share
from alumnistats.claims.options import compare
from alumnistats.survey import Survey

TEXT = {"en": "c", "ja": "c"}
WEAK = Rules(ties="weak")


@pytest.mark.parametrize(
    ("upper", "lower", "strict", "weak"),
    [
        ((12, 15), (10, 11), (1, 1), (1, 1)),
        ((12, 15), (10, 12), (0, 1), (1, 1)),
        ((10, 12), (12, 15), (0, 0), (0, 1)),
        ((10, 11), (12, 15), (0, 0), (0, 0)),
    ],
)
def test_whether_one_is_ahead_among_the_respondents(upper, lower, strict, weak):
    shares = Share(*upper, 40), Share(*lower, 40)
    found = compare(*shares, exclusive=True).in_sample
    assert (found.lower, found.upper) == strict
    found = compare(*shares, exclusive=True, rules=WEAK).in_sample
    assert (found.lower, found.upper) == weak


@pytest.mark.parametrize(
    ("places", "ahead"), [((1, 2), (1, 1)), ((1, 1), (0, 1)), ((2, 1), (0, 1))]
)
def test_only_an_earlier_place_says_which_is_ahead(places, ahead):
    upper, lower = (Share(0, 15, 40, place=float(place)) for place in places)
    found = compare(upper, lower, exclusive=False).in_sample
    assert (found.lower, found.upper) == ahead


def test_one_answer_alone_is_the_first_of_nothing():
    survey = Survey.model_validate({
        "format": 1, "id": "s", "title": TEXT,
        "source": {"publisher": "p", "url": "u", "cite": "c"},
        "groups": [{"id": g, "label": TEXT, "n": 50} for g in "ab"],
        "questions": [{"id": "q", "label": TEXT, "answers": "multiple",
                       "options": [{"id": o, "label": TEXT} for o in ("x", "y")]}],
        "figures": [{"of": "q:x", "group": "a", "count": 30}],
        "claims": [{"id": "c", "kind": "ranking", "of": "q", "from": "highest", "places": [["x"]],
                    "group": "a", "text": TEXT}],
    })  # fmt: skip
    (judged,) = analyze(survey, draws=100).judged
    assert judged.verdict == "undetermined"
    assert judged.grounds.p is None
