"""Designs against enumeration, and what their points must satisfy."""

import hashlib
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.analysis.choices import Choices
from alumnistats.sensitivity import load_scenarios
from alumnistats.sensitivity.designs import (
    drawn,
    full_grid,
    latin_hypercube,
    one_at_a_time,
    saltelli,
    settings_of,
    sobol,
    value_at,
)
from alumnistats.sensitivity.identity import changed, digest
from alumnistats.sensitivity.scenario_file import Range
from alumnistats.sensitivity.scenarios import Scenario, place, scenario_digest, step_seed

DIMENSIONS = {
    "a": ("x", "y", "z"),
    "b": Range(low=1, high=4),
    "c": Range(low=1, high=4, scale="log"),
}


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(), max_size=4, unique=True)))
def test_a_grid_is_the_product(levels):
    lists = {name: tuple(values) for name, values in levels.items()}
    found = [tuple(point.items()) for point in full_grid(lists)]
    expected = {
        tuple(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())
    }
    assert len(found) == len(expected)
    assert set(found) == expected
    singles = one_at_a_time(lists)
    assert singles == [{name: value} for name in lists for value in lists[name]]


@given(st.lists(st.integers(), unique=True), st.integers(1, 9), st.integers(0, 99))
def test_drawn_values_are_some_of_the_list_in_its_order(values, n, seed):
    found = drawn({"a": tuple(values)}, n, seed)["a"]
    assert len(found) == min(n, len(values))
    assert list(found) == [value for value in values if value in found]


def test_ranges_are_even_on_their_scale():
    u = np.linspace(0, 1, 101)[:-1]
    linear = [value_at(DIMENSIONS["b"], x) for x in u]
    logarithmic = [value_at(DIMENSIONS["c"], x) for x in u]
    np.testing.assert_allclose(linear, 1 + 3 * u, rtol=1e-5)
    np.testing.assert_allclose(np.log(logarithmic), np.log(4) * u, atol=1e-5)


def assert_one_in_every_slice(shares, n):
    """Hold the i-th smallest to the i-th slice; values are rounded to six digits."""
    ordered, start, rounding = np.sort(shares) * n, np.arange(n), 1e-4
    assert (start - rounding <= ordered).all()
    assert (ordered <= start + 1 + rounding).all()


@settings(max_examples=10)
@given(st.integers(2, 40), st.integers(0, 2**20))
def test_a_latin_hypercube_has_one_point_in_every_slice(n, seed):
    points = latin_hypercube(DIMENSIONS, n, seed)
    assert_one_in_every_slice((np.array([p["b"] for p in points]) - 1) / 3, n)
    counts = [sum(p["a"] == value for p in points) for value in DIMENSIONS["a"]]
    assert max(counts) - min(counts) <= 2


@settings(max_examples=10)
@given(st.integers(1, 5), st.integers(0, 2**20))
def test_sobol_points_are_balanced_at_powers_of_two(power, seed):
    points = sobol({"b": Range(low=0, high=1)}, 2**power, seed)
    assert_one_in_every_slice(np.array([p["b"] for p in points]), 2**power)


def test_a_saltelli_design_exchanges_one_column_at_a_time():
    points = saltelli(DIMENSIONS, 8, 3)
    blocks = [points[i : i + 8] for i in range(0, len(points), 8)]
    assert len(blocks) == len(DIMENSIONS) + 2
    for mixed, name in zip(blocks[2:], DIMENSIONS, strict=True):
        for a, b, ab in zip(blocks[0], blocks[1], mixed, strict=True):
            assert ab == a | {name: b[name]}


@pytest.mark.parametrize("kind", ["latin-hypercube", "sobol", "saltelli"])
def test_the_seed_decides_a_sample(kind):
    first, same, other = (settings_of(kind, DIMENSIONS, 8, seed) for seed in (1, 1, 2))
    assert first == same != other


def test_scenarios_are_run_once_and_the_base_is_first(survey):
    designs = [
        {"kind": "grid", "dimensions": {"level": [0.9, 0.95], "design_effect": [1, 2]}},
        {"kind": "one-at-a-time", "dimensions": {"level": [0.9, 0.95], "design_effect": [2.0]}},
    ]
    plan = place(load_scenarios({"format": 1, "designs": designs}), survey, 0)
    assert len(plan.scenarios) == 4
    assert plan.scenarios[0] == Scenario(Choices())
    by_number = [[plan.scenarios[i].choices for i in d.members] for d in plan.designs]
    assert [(c.level, c.design_effect) for c in by_number[1]] == [(0.9, 1), (0.95, 1), (0.95, 2)]


def test_seeds_do_not_change_with_the_spelling_of_values():
    one = Choices(rounding="half-up", test="fisher-exact", interval="mid-p", model="no-pooling")
    spelled = {"rounding": "half_up", "test": "fisher_exact", "interval": "mid_p"}
    assert changed(one) == spelled | {"model": "no-pooling"}
    # Of when the rule was spelled half_up.
    assert step_seed(0, Scenario(Choices(rounding="half-up")), "reconstruction") == 230768427


def test_digests_and_seeds_follow_from_what_is_chosen():
    base, other = Scenario(Choices()), Scenario(Choices(level=0.9))
    assert changed(base.choices) == {}
    assert changed(other.choices) == {"level": 0.9}
    assert changed(other.choices, "estimation") == {}
    for step in ("reconstruction", "estimation"):  # which the level does not enter
        assert step_seed(5, base, step) == step_seed(5, other, step) != step_seed(6, base, step)
    again = Scenario(Choices(), 1)
    assert step_seed(5, base, "estimation") != step_seed(5, again, "estimation")
    context = {"survey": "s", "code": "c", "draws": 100, "seed": 0}
    digests = {scenario_digest(context, s) for s in (base, other, again)}
    digests |= {scenario_digest(context | {"draws": 200}, base)}
    assert len(digests) == 4
    # Kept results are looked up by it: the same in every process and on every machine.
    assert digest({"b": [1, 0.5], "a": "é"}) == digest({"a": "é", "b": [1, 0.5]})
    assert digest([0, "x"]) == hashlib.sha256(b'[0,"x"]').hexdigest()[:32]
