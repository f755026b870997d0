"""What a survey publishes, as items and statements."""

import pytest

from alumnistats.identification.published import Total, items_of, statements_of
from alumnistats.survey import Figure, Group, Ranking


def share(of, group, percent=None, **more):
    return {"of": of, "group": group} | ({} if percent is None else {"percent": percent}) | more


def test_totals_are_exact_where_one_number_is_published(one_question):
    assert Total(12, 12, "12").exact
    assert not Total(10, 12, "about 11").exact
    figure = share("q:a", "g", "50")
    assert items_of(one_question([figure], total=12))[:-1] == (Total(12, 12, "12"),)
    assert items_of(one_question([figure]))[:-1] == ()
    vague = one_question([figure], total_at_most=40)
    assert items_of(vague)[:-1] == (Total(1, 40, "at most 40"),)


def test_lists_come_last_then_sizes(one_question):
    order = {"of": "q:a", "from": "highest", "places": [["g"], ["h"]], "at": "t"}
    survey = one_question(
        [share("q:a", "g", "50")], groups=[{"id": "g", "n": 4}, "h"], rankings=[order], total=9
    )
    kinds = [type(item) for item in items_of(survey)]
    assert kinds == [Total, Group, Ranking, Figure]


@pytest.mark.parametrize(
    ("figure", "low", "high", "digits", "count", "nobs", "printed"),
    [
        (share("q:a", "g", "47.80"), 4780, 4780, 2, None, None, True),
        (share("q:a", "g", "48", count=11, n=23), 48, 48, 0, 11, 23, True),
        (share("q:a", "g", count=11), None, None, 0, 11, None, False),
    ],
)
def test_figures_are_statements(one_question, figure, low, high, digits, count, nobs, printed):
    (s,) = statements_of(one_question([figure]))
    assert (s.question, s.options, s.group) == ("q", ("a",), "g")
    assert (s.low, s.high, s.digits, s.count, s.nobs) == (low, high, digits, count, nobs)
    assert s.printed == printed
    assert (s.without_share().low, s.without_share().high) == (None, None)


def test_bounds_from_lists_are_not_printed(one_question):
    order = {"of": "q:a", "from": "highest", "places": [["g"], ["h"], ["i"]], "at": "t"}
    figures = [share("q:a", "g", "50"), share("q:a", "i", "50")]
    survey = one_question(figures, groups="ghi", rankings=[order])
    between = [s for s in statements_of(survey) if s.group == "h"]
    assert {(s.low, s.high) for s in between} == {(50, None), (None, 50)}
    assert not any(s.printed for s in between)


@pytest.mark.parametrize("group", ["g", None])
def test_lists_of_answers_are_those_of_their_group(one_question, group):
    order = {"of": "q", "from": "highest", "places": [["a"], ["b"], ["c"]], "at": "t"}
    where = group or "overall"
    figures = [share("q:a", where, "50"), share("q:c", where, "20")]
    figures += [share("q:a", "h", "90"), share("q:c", "h", "10")]
    survey = one_question(
        figures, answers="multiple", rankings=[order | ({"group": group} if group else {})]
    )
    said = [s for s in statements_of(survey) if s.options == ("b",)]
    assert {s.group for s in said} == {where}
    assert {(s.low, s.high) for s in said} == {(20, None), (None, 50)}
