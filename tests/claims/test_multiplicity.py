"""Adjustment over the distinct tests of a release."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from alumnistats.claims import Grounds, JudgedClaim, Range
from alumnistats.claims.multiplicity import adjusted, tally
from alumnistats.survey import HomogeneityClaim, StatementClaim, ThresholdClaim

WORDS = {"text": {"en": "c", "ja": "c"}, "at": "t"}


def threshold(name, p, percent="50", relation="at-least", verdict="supported"):
    claim = ThresholdClaim(
        id=name, kind="threshold", of="m", group="overall", relation=relation, percent=percent,
        **WORDS,
    )  # fmt: skip
    p = p if isinstance(p, Range) else Range.exact(p)
    return JudgedClaim(claim, Grounds(p=p), verdict)


def several(values):
    return [threshold(f"c{i}", p, str(i)) for i, p in enumerate(values)]


probabilities = st.floats(0, 1)


@pytest.mark.usefixtures("quick_garbage")
@given(st.lists(probabilities, min_size=1, max_size=20))
def test_values_are_those_of_statsmodels(values):
    found = adjusted(several(values))
    for column, method in (("p_holm", "holm"), ("p_bh", "fdr_bh")):
        got = [found[f"c{i}"][column].value for i in range(len(values))]
        assert got == pytest.approx(multipletests(values, method=method)[1], abs=1e-12)


@given(st.lists(st.tuples(probabilities, probabilities).map(sorted), min_size=1, max_size=12))
def test_adjusting_never_lowers_p_and_bounds_stay_bounds(pairs):
    found = adjusted(several([Range(*pair) for pair in pairs]))
    middle = adjusted(several([sum(pair) / 2 for pair in pairs]))
    for i, (low, high) in enumerate(pairs):
        for column, got in found[f"c{i}"].items():
            assert got.lower >= low - 1e-12
            assert got.upper >= high - 1e-12
            inside = middle[f"c{i}"][column].value
            assert got.lower - 1e-12 <= inside <= got.upper + 1e-12


def test_the_same_test_counts_once():
    one, other = threshold("a", 0.01, "70", "at-least"), threshold("b", 0.01, "70.0", "above")
    third = threshold("c", 0.02, "60")
    found = adjusted([one, other, third])
    assert found["a"]["p_holm"].value == found["b"]["p_holm"].value == pytest.approx(0.02)
    assert tally([one, other, third], 0.95).distinct == 2
    assert tally([one, other, third], 0.95).supported == 2


def test_opposite_directions_are_two_tests():
    claims = [threshold("a", 0.01), threshold("b", 0.99, relation="below", verdict="not supported")]
    assert tally(claims, 0.95).distinct == 2
    assert adjusted(claims)["a"]["p_holm"].value == pytest.approx(0.02)


def test_a_two_sided_test_is_held_against_twice_the_level():
    differ = HomogeneityClaim(id="d", kind="homogeneity", question="q", differ=True, **WORDS)
    claims = [JudgedClaim(differ, Grounds(p=Range.exact(0.02)), "supported"), threshold("a", 0.03)]
    found = adjusted(claims)
    assert found["d"]["p_holm"].value == pytest.approx(2 * 2 * 0.01)
    assert tally(claims, 0.95).holm == 1


def test_no_adjusted_value_exceeds_one():
    differ = HomogeneityClaim(id="d", kind="homogeneity", question="q", differ=True, **WORDS)
    claims = [JudgedClaim(differ, Grounds(p=Range.exact(0.9)), "not supported"), *several([0.8])]
    assert adjusted(claims)["d"]["p_holm"].value == 1.0


def test_statements_are_distinct_and_untested():
    claims = [
        JudgedClaim(StatementClaim(id=name, kind="statement", **WORDS), Grounds(), "undetermined")
        for name in "ab"
    ]
    assert adjusted(claims) == {}
    assert tally(claims, 0.95).distinct == 2


def test_how_many_stand():
    found = tally(several([0.001, 0.02, 0.024, 0.5]), 0.95)
    assert (found.claims, found.supported, found.holm, found.bh) == (4, 4, 1, 1)


def test_what_reaches_its_level_exactly_stands():
    assert tally(several([0.05]), 0.9).holm == 1  # (1 - 0.9) / 2 is less than 0.05 in floats
    assert tally(several([0.025, 0.0125]), 0.95).bh == 2
    assert tally(several([0.0251]), 0.95).holm == 0
