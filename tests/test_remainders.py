"""Distributions forced to 100, against the largest-remainder method written with fractions."""

import itertools
import json
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner
from forced_cases import compositions
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.cli import main
from alumnistats.errors import ArgumentError
from alumnistats.remainders import (
    FORCED,
    boxes,
    forced_chance,
    forced_sizes,
    possible_forced_sizes,
)


def hamilton(counts, digits):
    """Every print of the counts by the largest-remainder method, with its probability."""
    whole = 100 * 10**digits
    quotas = [Fraction(whole * k, sum(counts)) for k in counts]
    down = [math.floor(q) for q in quotas]
    missing = whole - sum(down)
    remainders = [q - f for q, f in zip(quotas, down, strict=True)]
    ways = [
        up
        for up in itertools.combinations(range(len(counts)), missing)
        if all(
            remainders[i] >= remainders[j] for i in up for j in range(len(counts)) if j not in up
        )
    ]
    prints = [tuple(f + (i in up) for i, f in enumerate(down)) for up in ways]
    return {one: Fraction(1, len(prints)) for one in prints}


def weight_in_boxes(found, counts):
    """The weight of counts in the boxes, by exact integration over t."""
    total = Fraction(0)
    for b in range(len(found.nobs)):
        k = np.array(counts)
        if (k < found.lower[b]).any() or (k > found.upper[b]).any():
            continue
        low = int((found.tied_low[b] & (k == found.lower[b])).sum())
        high = int((found.tied_high[b] & (k == found.upper[b])).sum())
        # The integral of t^low (1 - t)^high from 0 to 1.
        total += Fraction(1, (low + high + 1) * math.comb(low + high, low))
    return total


CASES = [(2, 60, 0), (3, 24, 0), (4, 13, 0), (5, 9, 0), (2, 40, 1), (3, 15, 1)]


@pytest.mark.parametrize(("parts", "largest", "digits"), CASES)
def test_chances_boxes_and_sizes_by_enumeration(parts, largest, digits):
    ties, sizes = 0, {}
    for n in [*range(1, largest + 1), *([] if parts > 2 or digits else [250])]:
        mass = Counter()
        for counts in compositions(n, parts):
            prints = hamilton(counts, digits)
            assert sum(prints.values()) == 1
            ties += len(prints) > 1
            for print_, chance in prints.items():
                assert forced_chance(counts, print_, digits) == pytest.approx(float(chance))
                sizes.setdefault(print_, {}).setdefault(n, {})[counts] = chance
                mass[print_] += chance
        assert sum(mass.values()) == math.comb(n + parts - 1, parts - 1)
    assert ties
    rng = np.random.default_rng(parts)
    tried = rng.permutation(sorted(sizes))[:40]
    everything = sorted({n for one in sizes.values() for n in one})
    for print_ in map(tuple, tried.tolist()):
        found = forced_sizes(print_, digits, everything)
        assert [n for n, good in zip(everything, found, strict=True) if good] == sorted(
            sizes[print_]
        )
        for n in everything[:largest]:
            inside = boxes(print_, digits, [n])
            for counts in compositions(n, parts):
                exact = sizes[print_].get(n, {}).get(counts, 0)
                assert weight_in_boxes(inside, counts) == exact
                assert forced_chance(counts, print_, digits) == pytest.approx(float(exact))


@given(
    st.lists(st.integers(0, 400), min_size=2, max_size=6).filter(any),
    st.integers(0, 2),
    st.randoms(use_true_random=False),
)
def test_the_truth_is_always_possible(counts, digits, rng):
    prints = hamilton(counts, digits)
    print_ = rng.choice(sorted(prints))
    n = sum(counts)
    assert forced_chance(counts, print_, digits) == pytest.approx(float(prints[print_]))
    assert forced_sizes(print_, digits, [n]).all()
    assert weight_in_boxes(boxes(print_, digits, [n]), counts) == prints[print_]
    order = rng.sample(range(len(counts)), len(counts))  # the order of the options is of no matter
    turned = [counts[i] for i in order], [print_[i] for i in order]
    assert forced_chance(*turned, digits) == forced_chance(counts, print_, digits)


def test_a_sum_other_than_100_comes_of_no_size():
    assert not forced_sizes((333, 333, 333), 1, np.arange(0, 300)).any()
    assert forced_chance((1, 1, 1), (333, 333, 333), 1) == 0
    assert forced_chance((0, 0), (500, 500), 1) == 0
    assert not forced_sizes((50, 50), 0, [0]).any()


def test_three_thirds_take_a_convention_that_forces_them():
    assert possible_forced_sizes(["33.3", "33.3", "33.4"], largest=12) == [3, 6, 9, 12]
    assert possible_forced_sizes(["33.3", "33.3", "33.4"], digits=2, largest=12) == []


@pytest.mark.parametrize(
    ("percents", "more", "message"),
    [
        (["33.3", "33.3", "33.3"], {}, "these sum to 99.9"),
        (["50", "50.0"], {}, "as many decimals"),
        (["100"], {}, "two options or more"),
        (["50", "50"], {"largest": 0}, "at least 1"),
        (["50", "-50"], {}, "percent"),
    ],
)
def test_bad_input_is_named(percents, more, message):
    with pytest.raises(ArgumentError, match=message):
        possible_forced_sizes(percents, **more)


def test_the_command_lists_sizes_of_a_whole_distribution():
    arguments = ["sizes", "33.3", "33.3", "33.4", "--max", "9"]
    plain = CliRunner().invoke(main, arguments)
    assert plain.exit_code == 0
    assert FORCED["en"] not in plain.output
    forced = CliRunner().invoke(main, [*arguments, "--forced"])
    assert forced.exit_code == 0
    assert forced.output.endswith(f"If {FORCED['en']}:\n  all of them: 3, 6, 9\n")
    document = json.loads(CliRunner().invoke(main, [*arguments, "--forced", "--json"]).output)
    assert document["sizes"] == {"largest-remainders": {"all": [3, 6, 9]}}
    wrong = CliRunner().invoke(main, ["sizes", "33.3", "33.3", "--forced"])
    assert wrong.exit_code == 2
    assert "sum to 100" in wrong.output
