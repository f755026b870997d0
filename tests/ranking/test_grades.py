"""Grades: every weak order, an independent computation, what must always hold."""

from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from alumnistats.errors import ArgumentError
from alumnistats.ranking import grades

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="module")
def k12():
    table = pd.read_csv(REFERENCE / "own_beta_pairwise_uniform_k12.csv", header=None)
    return table.to_numpy()


@cache
def weak_orders(groups):
    """All grades of so many groups, shape (weak orders, groups)."""
    labels = np.array(list(product(range(1, groups + 1), repeat=groups)))
    used = (labels[:, :, None] == np.arange(1, groups + 1)).any(axis=1)
    return labels[used.sum(axis=1) == labels.max(axis=1)]


def best(pi, trade_off):
    """The smallest objective over all weak orders, and the fewest grades that reach it."""
    orders = weak_orders(len(pi))
    above = orders[:, :, None] < orders[:, None, :]
    right = (above * np.where(np.eye(len(pi)), 0, pi)).sum(axis=(1, 2))
    wrong = (above * np.where(np.eye(len(pi)), 0, pi.T)).sum(axis=(1, 2))
    objective = wrong - trade_off * right
    least = objective.min()
    return least, orders[objective <= least + 1e-9].max(axis=1).min()


@st.composite
def matrices(draw, largest=5):
    """P(i > j) of normal posteriors, or of no model at all: cycles and dominance both occur."""
    groups = draw(st.integers(1, largest))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mean, sd = rng.normal(size=groups), np.exp(rng.normal(size=groups))
    kind = draw(st.sampled_from(["equal widths", "any widths", "cycles", "ties"]))
    if kind == "equal widths":
        sd[:] = 1
    if kind == "ties":
        mean, sd = np.round(mean), np.ones(groups)
    z = (mean[:, None] - mean) / np.hypot(sd[:, None], sd)
    if kind == "cycles":
        noise = rng.normal(size=(groups, groups))
        z = noise - noise.T
    return ndtr(z)


def test_the_number_of_weak_orders():
    assert [len(weak_orders(k)) for k in range(1, 7)] == [1, 3, 13, 75, 541, 4683]  # Fubini


@settings(max_examples=80, deadline=None)
@given(pi=matrices(), trade_off=st.floats(0, 1))
def test_nothing_is_better_among_all_weak_orders(pi, trade_off):
    least, fewest = best(pi, trade_off)
    found = grades(pi, trade_off)
    assert found.exact
    assert found.objective == pytest.approx(least, abs=1e-8)
    assert sorted(set(found.grade)) == list(range(1, found.grade.max() + 1))
    if found.method == "contiguous":
        assert found.grade.max() == fewest
    exact = grades(pi, trade_off, "integer")
    assert exact.objective == pytest.approx(least, abs=1e-8)
    for method in ("contiguous", "local"):
        other = grades(pi, trade_off, method)
        assert other.bound <= least + 1e-9 <= other.objective + 2e-9
        assert not other.exact or other.objective == pytest.approx(least, abs=1e-6)


def test_six_groups_in_a_cycle_need_the_integer_programme():
    rng = np.random.default_rng(8)
    methods = set()
    for _ in range(12):
        noise = rng.normal(size=(6, 6))
        pi = ndtr(noise - noise.T)
        found = grades(pi, 0.7)
        methods.add(found.method)
        assert found.objective == pytest.approx(best(pi, 0.7)[0], abs=1e-8)
    assert "integer" in methods


@pytest.mark.parametrize("trade_off", [0.05, 0.1, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("method", ["auto", "integer"])
def test_equals_independent_computation(k12, trade_off, method):
    table = pd.read_csv(REFERENCE / "own_krw_grades_k12.csv")
    rows = table[table["lambda"] == trade_off]
    found = grades(k12, trade_off, method)
    assert found.exact
    assert found.objective == pytest.approx(rows["objective"].iloc[0], abs=1e-9)
    assert found.discordance == pytest.approx(rows["discordance_rate"].iloc[0], abs=1e-12)
    for row in rows.itertuples():
        members = np.flatnonzero(found.grade == row.grade) + 1
        assert members.tolist() == list(range(row.first_group, row.last_group + 1))


def test_two_groups_separate_above_the_stated_probability():
    for trade_off in (0.1, 0.25, 0.9):
        edge = 1 / (1 + trade_off)
        assert grades([[0, edge + 1e-6], [1 - edge - 1e-6, 0]], trade_off).grade.tolist() == [1, 2]
        assert grades([[0, edge - 1e-6], [1 - edge + 1e-6, 0]], trade_off).grade.tolist() == [1, 1]


def test_dominance_makes_cuts_of_the_order_exact_for_many_groups():
    rng = np.random.default_rng(2)
    mean = rng.normal(size=300)
    found = grades(ndtr(mean[:, None] - mean), 0.25)
    assert (found.method, found.exact) == ("contiguous", True)
    assert found.objective == found.bound
    order = np.argsort(-mean)
    assert (np.diff(found.grade[order]) >= 0).all()


def test_many_groups_of_any_widths_come_with_a_bound():
    rng = np.random.default_rng(4)
    mean, sd = rng.normal(size=120), np.exp(rng.normal(size=120))
    pi = ndtr((mean[:, None] - mean) / np.hypot(sd[:, None], sd))
    found, cut = grades(pi, 0.25), grades(pi, 0.25, "contiguous")
    assert found.method == "local"
    assert found.bound <= found.objective <= cut.objective
    some = np.ix_(np.arange(25), np.arange(25))
    exact, local = grades(pi[some], 0.25, "integer"), grades(pi[some], 0.25, "local")
    assert exact.exact
    assert exact.objective <= local.objective + 1e-9
    assert local.objective <= 0.99 * exact.objective  # within 1%, on this example


def test_out_of_time_still_returns_grades_and_a_bound():
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(30, 30))
    found = grades(ndtr(noise - noise.T), 0.9, "integer", seconds=0.01)
    assert found.bound <= found.objective <= 0
    assert sorted(set(found.grade)) == list(range(1, found.grade.max() + 1))


@settings(max_examples=40, deadline=None)
@given(pi=matrices(6), trade_off=st.floats(0, 1), random=st.randoms(use_true_random=False))
def test_relabelling_relabels(pi, trade_off, random):
    order = list(range(len(pi)))
    random.shuffle(order)
    found, moved = grades(pi, trade_off), grades(pi[np.ix_(order, order)], trade_off)
    assert moved.objective == pytest.approx(found.objective, abs=1e-8)
    if found.method == moved.method == "contiguous":  # of equally good gradings others may differ
        assert moved.grade.tolist() == found.grade[order].tolist()


@settings(max_examples=40, deadline=None)
@given(pi=matrices(6), pair=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_higher_trade_off_separates_more(pi, pair):
    fine, coarse = grades(pi, max(pair)), grades(pi, min(pair))
    assert fine.objective <= coarse.objective + 1e-8
    # Ties between equally good gradings may turn up at one trade-off twice.
    if max(pair) - min(pair) > 1e-3:
        assert fine.concordance >= coarse.concordance - 1e-6
        assert fine.discordance >= coarse.discordance - 1e-6


@settings(max_examples=40, deadline=None)
@given(pi=matrices(6), trade_off=st.floats(0, 1))
def test_the_reverse_question_reverses_the_grades(pi, trade_off):
    up, down = grades(pi, trade_off), grades(pi.T, trade_off)
    assert up.objective == pytest.approx(down.objective, abs=1e-8)
    assert up.discordance + up.concordance <= 1 + 1e-9


def test_extremes_of_the_trade_off(k12):
    assert grades(k12, 0.0).grade.tolist() == [1] * 12
    assert grades(k12, 0.0).objective == 0.0
    finest = grades(k12, 1.0).grade
    assert finest.tolist() == [1, 2, 3, 3, *range(4, 12)]  # the tied groups stay together
    assert grades([[0.0]]).grade.tolist() == [1]
    assert grades([[0.0]], method="integer").grade.tolist() == [1]


@pytest.mark.parametrize(
    ("arguments", "options", "parameter"),
    [
        ([[0.1, 0.2]], {}, "probability"),
        (np.empty((0, 0)), {}, "probability"),
        ([[0, 0.7], [0.7, 0]], {}, "probability"),
        ([[0, 1.5], [-0.5, 0]], {}, "probability"),
        ([[0, np.nan], [0.5, 0]], {}, "probability"),
        ([[0, 0.7], [0.3, 0]], {"trade_off": 1.5}, "trade_off"),
        ([[0, 0.7], [0.3, 0]], {"method": "greedy"}, "method"),
    ],
)
def test_bad_arguments_are_named(arguments, options, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        grades(arguments, **options)
