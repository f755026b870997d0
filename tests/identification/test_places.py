"""What lists say of shares that are not printed."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.identification.places import bounds_in, merge
from alumnistats.rounding import ROUNDING_RULES, round_share
from alumnistats.survey import Figure, Ranking


def ranking(places, end="highest", *, complete=True):
    return Ranking(**{"of": "q:o", "from": end, "places": places, "complete": complete, "at": "t"})


def printed(**percents):
    return {g: Figure(of="q:o", group=g, percent=p, at="t") for g, p in percents.items()}


PLACES = [["a"], ["b"], ["c", "d"], ["e"]]
EVERY = "abcdefg"


@pytest.mark.parametrize(
    ("figures", "name", "expected"),
    [
        ({"a": "60.0", "c": "40.0", "d": "40.0", "e": "30.0"}, "b", (400, 600, 1)),
        ({"a": "60.0", "b": "50.0", "c": "40.0", "e": "30.0"}, "d", (400, 400, 1)),
        ({"b": "50.0", "c": "40.0", "d": "40.0", "e": "30.0"}, "a", (500, 2000, 1)),
        ({"a": "60.0", "b": "50.0", "c": "40.0", "d": "40.0"}, "e", (0, 400, 1)),
        ({"a": "60.0", "b": "50.0", "c": "40.0", "d": "40.0"}, "f", (0, 399, 1)),
        # 30 may stand for anything above 29 (ceiling): printed to one decimal, 29.1 or more.
        ({"a": "60.0", "e": "30"}, "b", (291, 600, 1)),
    ],
)
def test_places_from_the_highest(figures, name, expected):
    assert bounds_in(ranking(PLACES), printed(**figures), EVERY)[name] == expected


def test_places_from_the_lowest():
    found = bounds_in(ranking(PLACES, "lowest"), printed(a="10", c="30", d="30", e="40"), EVERY)
    assert found == {"b": (10, 30, 0), "f": (41, 200, 0), "g": (41, 200, 0)}


def test_parts_that_are_rounded_up_may_print_more_than_the_whole():
    """One of 3 and two of 3 are 33.4 and 66.7 by ceiling, together 100.1."""
    found = bounds_in(ranking([["a"]], "lowest"), printed(a="100.0"), "ab")
    low, high, _ = found["b"]
    assert low <= 1001 <= high


def test_an_incomplete_list_is_silent_on_the_others():
    found = bounds_in(ranking(PLACES, complete=False), printed(a="60", e="30"), EVERY)
    assert set(found) == {"b", "c", "d"}


def test_nothing_printed_says_nothing():
    assert bounds_in(ranking(PLACES), {}, EVERY) == {}


def test_only_percentages_of_what_is_listed_bound_others():
    counted = {"b": Figure(of="q:o", group="b", count=5, at="t")}
    found = bounds_in(ranking(PLACES), printed(a="60.0", f="10.0") | counted, EVERY)
    assert found == {"c": (0, 600, 1), "d": (0, 600, 1), "e": (0, 600, 1), "g": (0, 599, 1)}


def test_two_lists_together():
    high, low = ranking([["a"]]), ranking([["b"]], "lowest")
    figures = printed(a="60.0", b="20.0")
    found = merge(bounds_in(r, figures, "abc") for r in (high, low))
    assert found == {"c": (201, 599, 1)}


@given(st.integers(0, 10_000), st.sets(st.integers(0, 5), max_size=5), st.booleans())
def test_the_true_print_lies_within_the_bounds(seed, hidden, lowest):
    """Whatever is left out of a true list with all its figures is bounded correctly."""
    rng = np.random.default_rng(seed)
    n = rng.integers(20, 60, 6)
    units = round_share(rng.integers(0, n + 1), n, 1)
    order = np.argsort(units if lowest else -units, kind="stable")
    # Groups that print alike share a place.
    places = [list(g) for _, g in itertools.groupby(order.tolist(), key=lambda g: units[g])]
    names = [[EVERY[g] for g in place] for place in places]
    cut = int(rng.integers(1, len(names) + 1))
    shown = {g for place in places[:cut] for g in place} - hidden
    figures = printed(**{EVERY[g]: f"{units[g] // 10}.{units[g] % 10}" for g in shown})
    listed = ranking(names[:cut], "lowest" if lowest else "highest")
    for name, (low, high, digits) in bounds_in(listed, figures, EVERY[:6]).items():
        true = int(units[EVERY.index(name)]) * 10 ** (digits - 1)
        assert low <= true <= high


@given(st.integers(0, 10_000), st.sampled_from(ROUNDING_RULES), st.booleans())
def test_figures_of_several_numbers_of_decimals_leave_the_truth_possible(seed, rule, lowest):
    rng = np.random.default_rng(seed)
    n = rng.integers(20, 60, 6)
    counts = rng.integers(0, n + 1)
    order = np.argsort(counts / n if lowest else -counts / n, kind="stable")
    names = [
        [EVERY[g] for g in place]
        for _, place in itertools.groupby(order, lambda g: counts[g] / n[g])
    ]
    units = [round_share(counts, n, digits, rule) for digits in (0, 1, 2)]
    shown = {}
    for g in range(6):
        digits = int(rng.integers(0, 4))
        if digits < 3:
            shown[EVERY[g]] = f"{units[digits][g] / 10**digits:.{digits}f}"
    listed = ranking(names, "lowest" if lowest else "highest", complete=False)
    for name, (low, high, digits) in bounds_in(listed, printed(**shown), EVERY[:6]).items():
        assert low <= units[digits][EVERY.index(name)] <= high
