"""Rounding rules against their definitions in rational arithmetic."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.rounding import (
    ROUNDING_RULES,
    agreeing_counts,
    check_percent,
    consistent_sizes,
    full_scale,
    possible_sizes,
    read_percent,
    round_share,
    sum_of_rounded,
)

REFERENCE = Path(__file__).parent / "reference"
LARGEST = 300


def rounded_by_definition(share: Fraction, rule: str) -> int:
    """Round a non-negative rational number of units by the words of the rule."""
    whole = share.numerator // share.denominator
    rest = share - whole
    half = Fraction(1, 2)
    if rule == "truncate":
        return whole
    if rule == "ceiling":
        return whole + (rest > 0)
    if rule == "double":
        finer = rounded_by_definition(share * 10, "half-up")
        return rounded_by_definition(Fraction(finer, 10), "half-up")
    if rest != half:
        return whole + (rest > half)
    if rule == "half-up":
        return whole + 1
    return whole + whole % 2


def printed_table(digits: int, rule: str) -> dict[int, np.ndarray]:
    """Return the printed units of every count, by size, from the definition.

    The value depends on the remainder of the exact share only, so each distinct fraction is
    rounded once.
    """
    scale = full_scale(digits)
    known: dict[Fraction, int] = {}
    table = {}
    for n in range(1, LARGEST + 1):
        row = []
        for k in range(n + 1):
            share = Fraction(scale * k, n)
            if share not in known:
                known[share] = rounded_by_definition(share, rule)
            row.append(known[share])
        table[n] = np.array(row)
    return table


@pytest.mark.parametrize("digits", [0, 1, 2])
@pytest.mark.parametrize("rule", ROUNDING_RULES)
def test_every_count_up_to_300(rule, digits):
    for n, printed in printed_table(digits, rule).items():
        count = np.arange(n + 1)
        assert (round_share(count, n, digits, rule) == printed).all(), n
        lower, upper = agreeing_counts(printed, n, digits, rule)
        # The set of a printed value is exactly the counts that print it: an interval that holds
        # the count, whose neighbours outside print something else.
        first = np.searchsorted(printed, printed, side="left")
        last = np.searchsorted(printed, printed, side="right") - 1
        assert (lower == first).all(), n
        assert (upper == last).all(), n


@pytest.mark.parametrize("rule", ROUNDING_RULES)
def test_values_that_no_count_prints_have_no_count(rule):
    n = 37
    printed = set(round_share(np.arange(n + 1), n, 1, rule).tolist())
    lower, upper = agreeing_counts(np.arange(1001), n, 1, rule)
    possible = {u for u in range(1001) if lower[u] <= upper[u]}
    assert possible == printed


@pytest.mark.parametrize(
    ("rule", "mode"),
    [
        ("half-up", ROUND_HALF_UP),
        ("half-even", ROUND_HALF_EVEN),
        ("truncate", ROUND_DOWN),
        ("ceiling", ROUND_CEILING),
    ],
)
def test_decimal_agrees(rule, mode):
    getcontext().prec = 60
    rng = np.random.default_rng(1)
    for _ in range(2000):
        n = int(rng.integers(1, 5000))
        k = int(rng.integers(0, n + 1))
        share = Decimal(100 * k) / Decimal(n)
        expected = int(share.quantize(Decimal("0.1"), rounding=mode) * 10)
        assert int(round_share(k, n, 1, rule)) == expected


def test_consistent_sizes_of_the_reference():
    table = pd.read_csv(REFERENCE / "grim_pct_summary.csv", dtype={"pct": str})
    sizes = np.arange(20, 201)
    for row in table.itertuples():
        whole, _, decimals = row.pct.partition(".")
        rule = row.rule.replace("_", "-")
        found = consistent_sizes(int(whole + decimals), len(decimals), sizes, rule)
        assert found.sum() == row.n_consistent_exact, (row.pct, row.rule)
        assert sizes[found][0] == row.min_n_ge20


def test_number_of_ties_of_the_reference():
    """Of all pairs with n up to 1,233, 1,576 lie on a tie at one decimal."""
    ties = 0
    for n in range(1, 1234):
        k = np.arange(n + 1)
        up, even = round_share(k, n, 1, "half-up"), round_share(k, n, 1, "half-even")
        tie = (2 * 1000 * k + n) % (2 * n) == 0
        ties += int(tie.sum())
        assert ((up != even) <= tie).all()
    assert ties == 1576


counts = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.integers(0, 6), st.sampled_from(ROUNDING_RULES))
def test_the_set_of_a_printed_figure_holds_the_true_count(pair, digits, rule):
    k, n = pair
    lower, upper = agreeing_counts(round_share(k, n, digits, rule), n, digits, rule)
    assert lower <= k <= upper


@given(counts, st.integers(0, 3))
def test_coarser_print_never_excludes_more(pair, digits):
    k, n = pair
    fine = agreeing_counts(round_share(k, n, digits + 1, "truncate"), n, digits + 1, "truncate")
    coarse = agreeing_counts(round_share(k, n, digits, "truncate"), n, digits, "truncate")
    assert coarse[0] <= fine[0] <= fine[1] <= coarse[1]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=4), st.integers(0, 30), st.integers(0, 2))
def test_sum_of_rounded_parts(parts, extra, digits):
    n = sum(parts) + extra + 1
    expected = sum(
        rounded_by_definition(Fraction(full_scale(digits) * p, n), "half-up") for p in parts
    )
    assert int(sum_of_rounded(parts, n, digits)) == expected
    whole = int(round_share(sum(parts), n, digits))
    assert abs(expected - whole) <= (len(parts) + 1) / 2


@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        (lambda: round_share(1, 2, 7), "digits"),
        (lambda: round_share(1, 2, -1), "digits"),
        (lambda: agreeing_counts(10, 2, 1, "nearest"), "rule"),
    ],
)
def test_bad_arguments(call, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        call()


@pytest.mark.parametrize("rule", ROUNDING_RULES)
def test_possible_sizes_are_those_that_print_the_figures(rule):
    table = possible_sizes(["47.8", "20.0"], largest=120, rules=[rule])
    for n in range(1, 121):
        printed = {int(x) for x in round_share(np.arange(n + 1), n, 1, rule)}
        row = table[table["n"] == n]
        expected = [478 in printed, 200 in printed]
        assert len(row) == int(any(expected))
        if len(row):
            assert row[["47.8", "20.0", "all"]].iloc[0].tolist() == [*expected, all(expected)]


def test_dropped_zeros_are_read_with_the_decimals_of_the_others():
    assert read_percent("20") == (20, 0)
    assert read_percent("20", 1) == read_percent("20.0") == (200, 1)
    table = possible_sizes(["20", "47.8"], digits=1, largest=40, rules=["half-up"])
    assert set(table[table["20"]]["n"]) == set(range(5, 41, 5))


@pytest.mark.parametrize("rule", ROUNDING_RULES)
def test_a_checked_percentage_names_its_counts_and_its_neighbours(rule):
    for n in (7, 23, 90):
        printed = round_share(np.arange(n + 1), n, 1, rule)
        for units in (0, 333, 478, 1000):
            text = f"{units / 10:.1f}"
            row = check_percent(text, n, rules=[rule]).iloc[0]
            counts = np.flatnonzero(printed == units)
            assert row["possible"] == (len(counts) > 0)
            if len(counts):
                assert (row["lower"], row["upper"]) == (counts[0], counts[-1])
                assert text in row["nearest"]
            gaps = [abs(float(x) * 10 - units) for x in row["nearest"].split(", ")]
            assert min(gaps) == pytest.approx(np.abs(printed - units).min())
            assert len(gaps) <= 2


def test_sizes_are_listed_from_one_to_300_if_nobody_says():
    assert possible_sizes(["100"], rules=["half-up"])["n"].tolist() == list(range(1, 301))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "47,8",
        "-1",
        "1e1",
        "100.1",
        "４７,８",
        "4.1234567",
        "5%%",
        "%",
        "47.",
        "100.1%",
        None,
        True,
        b"5",
    ],
)
def test_what_is_no_percentage_is_named(text):
    with pytest.raises(ArgumentError, match="percent"):
        check_percent(text, 50)


@pytest.mark.parametrize("text", ["47.8%", "47.8 %", " 47.8", "４７．８", "４７．８％"])
def test_percent_signs_and_wide_digits_are_read(text):
    pd.testing.assert_frame_equal(check_percent(text, 90), check_percent("47.8", 90))
    assert possible_sizes([text])["n"].tolist() == possible_sizes(["47.8"])["n"].tolist()


@pytest.mark.parametrize(
    "number", [47.8, 48, np.float64(47.8), np.int64(48), Decimal("47.8"), Fraction(48)]
)
def test_a_number_has_lost_the_digits_that_were_printed(number):
    with pytest.raises(ArgumentError, match=f'digits printed are data: "{number}" if it was'):
        check_percent(number, 90)


def test_a_number_with_its_digits_is_read():
    pd.testing.assert_frame_equal(check_percent(47.8, 90, digits=1), check_percent("47.8", 90))
    pd.testing.assert_frame_equal(check_percent(20, 90, digits=1), check_percent("20.0", 90))
    with pytest.raises(ArgumentError, match="with at most 1 decimals"):
        check_percent(0.1 + 0.2, 90, digits=1)
    with pytest.raises(ArgumentError, match="digits"):
        check_percent("47.8", 90, digits=-1)
    with pytest.raises(ArgumentError, match=r"nobs: found 90\.5"):
        check_percent("47.8", 90.5)


def test_bad_sizes_are_named():
    with pytest.raises(ArgumentError, match="nobs"):
        check_percent("50", 0)
    with pytest.raises(ArgumentError, match="largest"):
        possible_sizes(["50"], largest=0)
    with pytest.raises(ArgumentError, match="percents"):
        possible_sizes([])
    with pytest.raises(ArgumentError, match="at most 1 decimals"):
        possible_sizes(["50.25"], digits=1)
