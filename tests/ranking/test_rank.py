"""`rank`: one door to the methods, over one solution or several."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.comparisons import share_variance
from alumnistats.errors import ArgumentError
from alumnistats.posterior import estimate
from alumnistats.ranking import (
    binomial_joint_region,
    finite_sample_rank_sets,
    multinomial_rank_sets,
    rank,
    rank_sets,
)
from alumnistats.ranking.rank_methods import FEW, METHODS, RANK_METHODS
from alumnistats.reconstruction import Solutions

K = np.array([49, 46, 42, 42, 33, 31, 30, 28, 27, 22, 21, 18])
N = np.full(12, 103)
NAMES = tuple(f"g{i}" for i in range(12))


def bounds(table, method):
    rows = table[table["method"] == method]
    return rows["lower"].tolist(), rows["upper"].tolist()


@pytest.fixture(scope="module")
def fit():
    return estimate(Solutions.known("x", NAMES, N, K))


def test_every_method_is_the_function_of_its_name(fit):
    p, v = K / 103, share_variance(K, N)
    expected = {
        "marginal": rank_sets(p, v, points=2**11, max_points=2**12),
        "simultaneous": rank_sets(p, v, kind="simultaneous", points=2**11, max_points=2**12),
        "single-step": rank_sets(
            p, v, kind="simultaneous", stepdown=False, points=2**11, max_points=2**12
        ),
        "exact-marginal": finite_sample_rank_sets(K, N),
        "exact-simultaneous": finite_sample_rank_sets(K, N, kind="simultaneous"),
        "joint-region": binomial_joint_region(K, N),
        "multinomial-marginal": multinomial_rank_sets(K),
        "multinomial-simultaneous": multinomial_rank_sets(K, kind="simultaneous"),
    }
    ranks = rank(fit, list(RANK_METHODS))
    for name, sets in expected.items():
        assert bounds(ranks.table, name) == (sets.lower.tolist(), sets.upper.tolist())
    assert set(METHODS) == {*RANK_METHODS} - {"posterior"}
    assert ranks.table["guarantee"].str.len().min() > 20


def test_counts_estimates_and_a_fit_agree(fit):
    of_fit = rank(fit).table
    of_counts = rank(count=K, nobs=N, groups=NAMES).table
    assert of_fit.equals(of_counts)
    v = share_variance(K, N)
    for variance in (v, np.diag(v)):
        table = rank(estimates=K / N, variance=variance).table
        assert table["expected"].isna().all()
        assert bounds(table, "marginal") == bounds(of_fit, "marginal")


def test_small_groups_get_exact_sets():
    n, k = [40, 12, 60, 55], [30, 2, 12, 30]
    assert min(k) < FEW
    table = rank(count=k, nobs=n, method=["marginal", "exact-marginal", "normal-marginal"]).table
    assert bounds(table, "marginal") == bounds(table, "exact-marginal")
    assert table.loc[table["method"] == "marginal", "guarantee"].str.contains("binomial").all()


def test_bounds_over_solutions():
    n = np.array([[40, 60, 30], [45, 55, 30]])
    k = np.array([[10, 30, 27], [12, 50, 14]])
    several = Solutions("x", ("a", "b", "c"), n, k, np.array([0.6, 0.4]), np.zeros(2))
    ranks = rank(estimate(several, "no-pooling"), "exact-marginal")
    winners, table = ranks.winners(), ranks.table
    assert winners["probability"].sum() == pytest.approx(1)  # another group wins in each solution
    assert (winners["lower_min"] <= winners["lower"]).all()
    assert (winners["upper"] <= winners["upper_max"]).all()
    each = finite_sample_rank_sets(k, n)
    assert table["lower"].tolist() == each.lower.min(axis=0).tolist()
    assert table["upper"].tolist() == each.upper.max(axis=0).tolist()
    assert np.allclose(table["upper_mean"], [0.6, 0.4] @ each.upper)


def test_answers_of_ranks(fit):
    ranks = rank(fit)
    winner = ranks.winners()
    assert winner["group"].tolist() == ["g0"]
    assert winner["estimate"][0] < winner["share"][0]  # less than it seems
    assert len(ranks.winners(3)) == 4  # two share the third place
    tiers = ranks.tiers().set_index("group")
    assert tiers["tier"].nunique() == 1  # nothing separates all above from all below
    assert not set(tiers.loc["g0", "letters"]) & set(tiers.loc["g11", "letters"])
    grades = ranks.grades().set_index("group")["grade"]
    assert grades["g0"] <= grades["g11"]
    pairs = ranks.pairwise()
    assert np.allclose(pairs + pairs.T, 1)


def test_bad_arguments(fit):
    for options, word in (
        ({}, "fit"), ({"fit": fit, "count": K}, "fit"), ({"fit": fit, "method": "some"}, "method"),
        ({"estimates": K / N, "variance": 1.0}, "variance"),
        ({"estimates": K / N, "variance": np.ones(12), "method": "joint-region"}, "method"),
        ({"estimates": K / N, "variance": np.ones(12), "method": "posterior"}, "method"),
        ({"count": K, "nobs": N, "groups": ["a"]}, "groups"),
        ({"count": K, "nobs": N[:3]}, "n"),
    ):  # fmt: skip
        with pytest.raises(ArgumentError, match=word):
            rank(**options)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=6), st.randoms()
)
def test_relabelling_groups_permutes_ranks(cells, random):
    n = np.array([size for size, _ in cells])
    k = np.array([round(size * share) for size, share in cells])
    order = list(range(len(n)))
    random.shuffle(order)
    methods = ["marginal", "exact-simultaneous", "posterior"]
    one = rank(count=k, nobs=n, method=methods).table
    other = rank(count=k[order], nobs=n[order], method=methods).table
    for name in methods:
        (low, high), (low2, high2) = bounds(one, name), bounds(other, name)
        assert [low[i] for i in order] == low2
        assert [high[i] for i in order] == high2
        assert all(1 <= a <= b <= len(n) for a, b in zip(low, high, strict=True))
