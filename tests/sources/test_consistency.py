"""Numbers that cannot all be true."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.sources.consistency import _simplest, _sum, _written
from alumnistats.survey import Option, Question

NORTH, SOUTH = 'percent = "70.1"', 'percent = "60.0"'
BLUE = 'of = "colour:blue"\ngroup = "overall"\npercent = "33.3"'
SUM = "figures[0], figures[1], figures[2] (colour, overall): found percentages that sum to "
PLACES = "rankings[0] (warmish, highest).places: found "

CASES = {
    "fewer respondents than groups": (
        [("total = 300", "total = 2"), ("n = 90\n", ""), ("n = 60\n", ""), ("count = 30\n", "")],
        "total: found 2; expected 3 or more, since there are 3 groups",
    ),
    "fewer respondents than percentages need": (
        [("total = 300", "total = 104")],
        # A measure of two answers may be the sum of two rounded shares, so 70.1 may be 7 of 10.
        (
            "total: found 104; expected 105 or more, which the groups' sizes and percentages need. "
            "The largest needs: east 90, north 10, south 5."
        ),
    ),
    "published sizes above the total": (
        [('en = "North", ja = "北" }', 'en = "North", ja = "北" }\nn = 250')],
        (
            "total: found 300; expected 345 or more, which the groups' sizes and percentages need. "
            "The largest needs: north 250, east 90, south 5."
        ),
    ),
    "more asked than the group has": (
        [('count = 30\nn = 60\npercent = "50.0"', "count = 45\nn = 91")],
        (
            "figures[6] (why:warm, east).n: found 91; expected at most 90, "
            "the respondents of the group"
        ),
    ),
    "more answers than asked": (
        [("count = 30\nn = 60", "count = 61\nn = 60")],
        "figures[6] (why:warm, east).count: found 61; expected at most 60, the respondents asked",
    ),
    "more answers than the group has": (
        [('count = 30\nn = 60\npercent = "50.0"', "count = 91")],
        (
            "figures[6] (why:warm, east).count: found 91; expected at most 90, "
            "the respondents of the group"
        ),
    ),
    "count against percentage": (
        [("count = 30", "count = 29")],
        (
            'figures[6] (why:warm, east).percent: found "50.0", though 29 of 60 answered so; '
            "expected about 48.3"
        ),
    ),
    "parts above 100": (
        [(BLUE, BLUE.replace("33.3", "33.8"))],
        f"{SUM}100.4; expected 100 within rounding, from 99.8 to 100.2: colour is complete",
    ),
    "parts below 100": (
        [(BLUE, BLUE.replace("33.3", "33.1"))],
        f"{SUM}99.7; expected 100 within rounding, from 99.8 to 100.2: colour is complete",
    ),
    "parts above 100 of an open list": (
        [(BLUE, BLUE.replace("33.3", "33.8")), ("complete = true", "complete = false")],
        f"{SUM}100.4; expected at most 100.2, since each respondent gave one answer",
    ),
    "a measure below its parts": (
        [('percent = "66.7"', 'percent = "66.3"')],
        (
            'figures[3] (warmish, overall).percent: found "66.3"; expected at least '
            "66.4 and at most "
            "66.8, by its parts 33.3 + 33.3"
        ),
    ),
    "a measure above its parts": (
        [('percent = "66.7"', 'percent = "66.9"')],
        (
            'figures[3] (warmish, overall).percent: found "66.9"; expected at least '
            "66.4 and at most "
            "66.8, by its parts 33.3 + 33.3"
        ),
    ),
    "a measure below one of its parts": (
        [
            ('of = "colour:green"\ngroup = "overall"', 'of = "colour:green"\ngroup = "east"'),
            ('percent = "66.7"', 'percent = "33.1"'),
        ],
        (
            'figures[3] (warmish, overall).percent: found "33.1"; expected at least 33.2, '
            "by its parts 33.3"
        ),
    ),
    "places against the figures": (
        [(NORTH, 'percent = "59.9"')],
        (
            f'{PLACES}north ("59.9") before south ("60.0"); expected south first, since '
            "the list is "
            "from the highest"
        ),
    ),
    "places from the lowest": (
        [
            (
                'from = "highest"\nplaces = [["north"], ["south"]]\ncomplete',
                'from = "lowest"\nplaces = [["north"], ["south"]]\ncomplete',
            )
        ],
        (
            'rankings[0] (warmish, lowest).places: found north ("70.1") before south ("60.0"); '
            "expected south first, since the list is from the lowest"
        ),
    ),
    "a tie of unequal percentages": (
        [('places = [["north"], ["south"]]\ncomplete', 'places = [["north", "south"]]\ncomplete')],
        (
            f'{PLACES}north ("70.1") and south ("60.0") in one place; expected a place '
            "of its own for "
            "each, since a place means a tie"
        ),
    ),
    "left out of a complete list": (
        [('places = [["north"], ["south"]]\ncomplete', 'places = [["south"]]\ncomplete')],
        (
            f'{PLACES}north ("70.1") left out, after south ("60.0"); expected whatever is left out '
            "beyond the last place. List it, or write complete = false."
        ),
    ),
    "tied, yet left out of a complete list": (
        [
            ('places = [["north"], ["south"]]\ncomplete', 'places = [["south"]]\ncomplete'),
            (NORTH, 'percent = "60.0"'),
        ],
        (
            f'{PLACES}north ("60.0") left out, after south ("60.0"); expected whatever is left out '
            "beyond the last place. List it, or write complete = false."
        ),
    ),
    "options against the figures": (
        [
            (
                'of = "why"\nfrom = "highest"\ngroup = "east"\nplaces = [["warm"]]',
                'of = "colour"\nfrom = "lowest"\nplaces = [["red"], ["blue"]]',
            ),
            (BLUE, BLUE.replace("33.3", "33.2")),
        ],
        (
            'rankings[1] (colour, lowest).places: found red ("33.3") before blue ("33.2"); '
            "expected blue first, since the list is from the lowest"
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_message(problems_after, case):
    changes, message = CASES[case]
    assert problems_after(*changes) == [message]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("total = 300", "total = 105")], id="just enough respondents"),
        pytest.param([(BLUE, BLUE.replace("33.3", "33.6"))], id="parts 0.2 above"),
        pytest.param([(BLUE, BLUE.replace("33.3", "33.2"))], id="parts 0.2 below"),
        pytest.param([(BLUE, BLUE.replace("33.3", "34"))], id="parts of unequal decimals"),
        pytest.param([('percent = "66.7"', 'percent = "67"')], id="measure of fewer decimals"),
        pytest.param([(NORTH, 'percent = "60.0"')], id="equal as printed, in two places"),
        pytest.param([(NORTH, 'percent = "60"')], id="equal within the coarser digit"),
        # Truncated 60 is below 61, and 61.0 rounded up is above 60.9: either may be the larger.
        *(
            pytest.param([(SOUTH, f'percent = "{b}"'), (NORTH, f'percent = "{a}"')], id=f"{a}, {b}")
            for a, b in [("60", "61.0"), ("60.0", "61"), ("60", "60.5"), ("59.99", "60.0")]
        ),
        pytest.param(
            [
                (
                    'places = [["north"], ["south"]]\ncomplete = true',
                    'places = [["south"]]\ncomplete = false',
                )
            ],
            id="incomplete list",
        ),
        pytest.param(
            [
                (
                    'places = [["north"], ["south"]]\ncomplete',
                    'places = [["north"], ["south"], ["east"]]\ncomplete',
                )
            ],
            id="a place without a figure",
        ),
        pytest.param([("total = 300\n", "")], id="no total"),
        pytest.param([("count = 30\nn = 60\n", "")], id="percentage alone"),
        pytest.param([('percent = "50.0"\n', "")], id="count alone"),
    ],
)
def test_no_problem(problems_after, changes):
    assert problems_after(*changes) == []


@given(
    st.fractions(0, 1, max_denominator=500),
    st.fractions(Fraction(1, 10**6), Fraction(1, 5), max_denominator=10**6),
)
def test_simplest_fraction_by_brute_force(low, width):
    high = low + width
    found = _simplest(low, high)
    assert low < found < high
    # No smaller denominator reaches into the open interval.
    for n in range(1, min(found.denominator, 2000)):
        assert Fraction(floor(low * n) + 1, n) >= high


@given(
    counts=st.lists(st.integers(0, 400), min_size=1, max_size=8).filter(sum),
    digits=st.integers(0, 2),
)
@pytest.mark.parametrize("up", [0, Fraction(1, 2), 1])
def test_parts_rounded_by_any_rule_pass(counts, digits, up):
    """Truncated (0), rounded half up (1/2) or rounded up (1), the parts of a true table pass."""
    scale = 100 * 10**digits
    n = sum(counts)
    units = [-(-scale * k // n) if up == 1 else floor(Fraction(scale * k, n) + up) for k in counts]
    parts = [(i, _written(u * 10 ** (6 - digits), 10 ** (6 - digits))) for i, u in enumerate(units)]
    label = {"en": "x", "ja": "x"}
    options = [Option(id=f"o{i}", label=label) for i, _ in parts]
    question = Question(id="q", label=label, answers="single", options=options, complete=True)
    assert list(_sum(question, "overall", parts, whole=True)) == []


@pytest.mark.parametrize(
    ("first", "second"), [("60", "61.1"), ("60.0", "61.1"), ("60.0", "62"), ("59.99", "60.10")]
)
def test_places_of_unequal_decimals_that_no_rounding_explains(problems_after, first, second):
    changes = [(SOUTH, f'percent = "{second}"'), (NORTH, f'percent = "{first}"')]
    (problem,) = problems_after(*changes)
    assert problem.startswith(
        f'{PLACES}north ("{first}") before south ("{second}"); expected south'
    )
