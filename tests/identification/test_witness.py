"""What a witness does not meet is told."""

from fractions import Fraction

import pytest
from brute_force import text

from alumnistats.identification.conventions import Convention
from alumnistats.identification.published import items_of
from alumnistats.identification.witness import Witness, rounded, violations


def witness(sizes, counts, **convention):
    return Witness(
        Convention(**convention), sizes, {("q", o, g): k for (o, g), k in counts.items()}
    )


def told(survey, found):
    return [
        said if isinstance(said, str) else (said.options, said.group)
        for said in violations(survey, found, items_of(survey))
    ]


FULL = {("a", "g"): 1, ("b", "g"): 1, ("c", "g"): 1}


def test_the_total_of_a_stratum_is_that_of_its_groups(one_question):
    strata = [
        {"id": "x", "label": text("x"), "total": 3}, {"id": "y", "label": text("y")},
    ]  # fmt: skip
    groups = [{"id": "g", "stratum": "x"}, {"id": "h", "stratum": "y"}]
    none = {"of": "q:c", "group": "h", "count": 0}
    survey = one_question([none], groups, strata=strata)
    counts = FULL | {("a", "h"): 2, ("b", "h"): 0, ("c", "h"): 0}
    assert told(survey, witness({"g": 3, "h": 2}, counts)) == []
    counts[("a", "g")] = 2
    assert told(survey, witness({"g": 4, "h": 2}, counts)) == ["x: the total is 4, not 3"]


def test_forced_shares_are_those_of_distributions_in_full(one_question):
    shown = {"a": "34", "b": "33", "c": "33"}
    thirds = [{"of": f"q:{o}", "group": "g", "percent": p} for o, p in shown.items()]
    survey = one_question(thirds, groups=("g",))
    found = witness({"g": 3}, FULL, adding_up="forced")
    assert told(survey, found) == []
    assert told(survey, witness({"g": 3}, FULL)) == [(("a",), "g")]
    # A sum of two of them is that of their printed parts, where sums are those of rounded parts.
    both = one_question([*thirds, {"of": "ab", "group": "g", "percent": "67"}], groups=("g",))
    added = {"adding_up": "forced", "subtotals": (("q", "sum-of-rounded"),)}
    assert told(both, witness({"g": 3}, FULL, **added)) == []
    off = one_question([*thirds, {"of": "ab", "group": "g", "percent": "66"}], groups=("g",))
    assert told(off, witness({"g": 3}, FULL, **added)) == [(("a", "b"), "g")]
    # Several answers may be given: nothing is forced to add up.
    several = one_question(thirds, groups=("g",), answers="multiple")
    assert told(several, found) == [(("a",), "g")]


@pytest.mark.parametrize(
    ("value", "rule", "expected"),
    [
        (Fraction(449, 100), "double", 5), (Fraction(444, 100), "double", 4),
        (Fraction(9, 2), "half-up", 5), (Fraction(9, 2), "half-even", 4),
        (Fraction(49, 10), "truncate", 4), (Fraction(41, 10), "ceiling", 5),
    ],
)  # fmt: skip
def test_units_are_rounded_by_their_rule(value, rule, expected):
    assert rounded(value, rule) == expected
