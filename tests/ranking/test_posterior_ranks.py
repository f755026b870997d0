"""Posterior ranks: independent quadrature, draws, enumeration of orders, what must hold."""

from itertools import combinations, permutations
from itertools import pairwise as successive
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.posterior import BetaPrior, LogitNormalPrior, Mixture, estimate
from alumnistats.posterior.conjugate import beta_densities
from alumnistats.posterior.mixture import proportion_grid
from alumnistats.ranking import (
    p_first,
    p_order,
    p_top_set,
    pairwise,
    posterior_ranks,
    rank_distribution,
)
from alumnistats.reconstruction import Solutions

REFERENCE = Path(__file__).parents[1] / "reference"
DRAWS = 200_000
ENDS = ["highest", "lowest"]


def mixture_of(parameters, weight=(1.0,)):
    """Return a mixture of Beta(a, b) shares; parameters of shape (components, groups, 2)."""
    values = np.asarray(parameters, dtype=float)
    _, grid, quad = proportion_grid(np.linspace(-14.0, 14.0, 71))
    flat = BetaPrior(1.0, 1.0)
    a, b = values[..., 0] - 1, values[..., 1] - 1
    return Mixture(np.asarray(weight), grid, quad, beta_densities(a + b, a, flat, grid, quad))


def draws_of(parameters, weight, seed=0):
    rng = np.random.default_rng(seed)
    component = rng.choice(len(weight), size=DRAWS, p=weight)
    values = np.asarray(parameters, dtype=float)[component]
    return rng.beta(values[..., 0], values[..., 1])


def agree(probability, hits):
    """Say whether a share of draws lies within 4.5 standard errors of a probability."""
    error = np.sqrt(max(probability * (1 - probability), 1 / DRAWS) / DRAWS)
    return abs(np.mean(hits) - probability) < 4.5 * error


def ahead_all(draws, front, back, end):
    """Say in which draws every group of `front` is more extreme than every one of `back`."""
    sign = 1 if end == "highest" else -1
    if not back:
        return np.ones(len(draws), dtype=bool)
    return (sign * draws[:, front]).min(axis=1) > (sign * draws[:, back]).max(axis=1)


def order_holds(draws, places, end):
    rest = [g for g in range(draws.shape[1]) if g not in {g for place in places for g in place}]
    blocks = [list(place) for place in places] + ([rest] if rest else [])
    held = np.ones(len(draws), dtype=bool)
    for front, back in successive(blocks):
        held &= ahead_all(draws, front, back, end)
    return held


# Two components, five groups: close, far, skewed, and tied in law (the last two).
WEIGHT = (0.3, 0.7)
PARAMETERS = [
    [[20, 30], [22, 30], [3, 40], [15, 25], [15, 25]],
    [[50, 70], [25, 40], [8, 20], [30, 45], [30, 45]],
]


@pytest.fixture(scope="module")
def five():
    return mixture_of(PARAMETERS, WEIGHT), draws_of(PARAMETERS, WEIGHT)


@st.composite
def mixtures(draw, smallest=1, largest=5):
    groups, components = draw(st.integers(smallest, largest)), draw(st.integers(1, 3))
    shape = st.integers(2, 60)
    values = [[[draw(shape), draw(shape)] for _ in range(groups)] for _ in range(components)]
    weight = np.array([draw(st.integers(1, 5)) for _ in range(components)], dtype=float)
    return mixture_of(values, weight / weight.sum())


def k12_solutions():
    table = pd.read_csv(REFERENCE / "input_k12.csv")
    groups = tuple(str(g) for g in table["group"])
    return known(groups, table["x"], table["n"])


def known(groups, k, n):
    zero = np.zeros(1)
    return Solutions("m", groups, np.array([n]), np.array([k]), np.ones(1), zero)


@pytest.mark.parametrize(("name", "shape"), [("uniform", 1.0), ("jeffreys", 0.5)])
def test_rank_probabilities_equal_independent_quadrature(name, shape):
    table = pd.read_csv(REFERENCE / f"own_beta_rankprob_{name}_k12.csv", index_col="group")
    fit = estimate(k12_solutions(), "no-pooling", prior=BetaPrior(shape, shape))
    law = rank_distribution(fit.mixture)
    np.testing.assert_allclose(law, table.to_numpy(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(p_first(fit.mixture), table["rank1"], rtol=0, atol=1e-9)


def test_pairwise_equals_independent_quadrature():
    table = pd.read_csv(REFERENCE / "own_beta_pairwise_uniform_k12.csv", header=None).to_numpy()
    fit = estimate(k12_solutions(), "no-pooling", prior=BetaPrior(1.0, 1.0))
    np.fill_diagonal(table, 0.5)
    np.testing.assert_allclose(pairwise(fit.mixture), table, rtol=0, atol=1e-9)


def test_partial_pooling_equals_independent_quadrature():
    fit = estimate(k12_solutions(), "partial-pooling", prior=LogitNormalPrior(0, 1.5, 1.0))
    law = pd.read_csv(REFERENCE / "synthetic_k12_rank_probs_exact.csv", index_col=0)
    pairs = pd.read_csv(REFERENCE / "synthetic_k12_pairwise_exact.csv", index_col=0)
    np.testing.assert_allclose(rank_distribution(fit.mixture), law, rtol=0, atol=2e-6)
    np.testing.assert_allclose(pairwise(fit.mixture), pairs, rtol=0, atol=2e-6)


def test_baseball_equals_independent_quadrature():
    table = pd.read_csv(REFERENCE / "baseball_efron_morris_1970.csv")
    law = pd.read_csv(REFERENCE / "baseball_logit_rank_probs_exact.csv", header=None)
    prior = LogitNormalPrior(-1.0, 1.0, 1.0)
    solutions = known(tuple(table["LastName"]), table["Hits"], table["At-Bats"])
    fit = estimate(solutions, "partial-pooling", prior=prior)
    np.testing.assert_allclose(rank_distribution(fit.mixture), law, rtol=0, atol=2e-6)


def test_distribution_and_pairs_agree_with_draws(five):
    mixture, draws = five
    law, pairs = rank_distribution(mixture), pairwise(mixture)
    ranks = 1 + (draws[:, None, :] > draws[:, :, None]).sum(axis=2)
    for a in range(5):
        for b in range(5):
            assert agree(law[a, b], ranks[:, a] == b + 1)
            assert a == b or agree(pairs[a, b], draws[:, a] > draws[:, b])
    assert pairs[3, 4] == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("members", [[0], [2], [0, 1], [3, 4], [1, 0, 3], [0, 1, 3, 4]])
def test_top_sets_agree_with_draws(five, members, end):
    mixture, draws = five
    rest = [g for g in range(5) if g not in members]
    assert agree(p_top_set(mixture, members, end), ahead_all(draws, members, rest, end))


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "places",
    [
        [[0]],
        [[0], [1]],
        [[0], [1], [3], [4], [2]],
        [[0, 1]],
        [[0, 1], [3, 4], [2]],
        [[0], [3, 4, 1]],
        [[0, 1, 3], [4]],
        [[2], [3, 4, 1, 0]],
        [[0, 1, 2, 3, 4]],
    ],
)
def test_orders_agree_with_draws(five, places, end):
    mixture, draws = five
    held = order_holds(draws, places, end)
    assert agree(p_order(mixture, places, end), held)


@settings(max_examples=20)
@given(mixtures(smallest=3, largest=3))
def test_three_groups_equal_enumeration_of_their_orders(mixture):
    # Every order's probability by nested quadrature on one grid, with nothing shared with the
    # package but the grid: the middle group's density times what lies on either side of it.
    mass = mixture.mass
    order = {}
    for first, middle, last in permutations(range(3)):
        inside = mixture.cdf
        values = (1 - inside[:, first]) * mass[:, middle] * inside[:, last]
        order[first, middle, last] = float(mixture.weight @ values.sum(axis=1))
    assert sum(order.values()) == pytest.approx(1, abs=1e-9)
    law = rank_distribution(mixture)
    for g in range(3):
        for r in range(3):
            expected = sum(p for o, p in order.items() if o[r] == g)
            assert law[g, r] == pytest.approx(expected, abs=1e-9)
    for o, p in order.items():
        a, b, c = o
        assert p_order(mixture, [[a], [b], [c]]) == pytest.approx(p, abs=1e-9)
        assert p_order(mixture, [[c], [b], [a]], "lowest") == pytest.approx(p, abs=1e-9)
        assert p_order(mixture, [[a], [b]]) == pytest.approx(p, abs=1e-9)
        top = p + order[b, a, c]
        assert p_order(mixture, [[a, b], [c]]) == pytest.approx(top, abs=1e-9)
        assert p_order(mixture, [[c], [a, b]], "lowest") == pytest.approx(top, abs=1e-9)
        assert p_top_set(mixture, [a, b]) == pytest.approx(top, abs=1e-9)
        assert p_top_set(mixture, [c], "lowest") == pytest.approx(top, abs=1e-9)


@given(mixtures())
def test_probabilities_sum_to_one(mixture):
    law, pairs = rank_distribution(mixture), pairwise(mixture)
    assert (law >= 0).all()
    np.testing.assert_allclose(law.sum(axis=0), 1, atol=1e-9)
    np.testing.assert_allclose(law.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(pairs + pairs.T, 1, atol=1e-12)
    # The expected rank is one plus the expected number of groups above.
    ranks = np.arange(1, mixture.groups + 1)
    np.testing.assert_allclose(law @ ranks, 1 + pairs.sum(axis=0) - 0.5, atol=1e-8)


@settings(max_examples=40)
@given(mixtures(smallest=4, largest=4), st.sampled_from(ENDS), st.integers(1, 3))
def test_top_sets_of_one_size_sum_to_one(mixture, end, size):
    total = sum(p_top_set(mixture, list(m), end) for m in combinations(range(4), size))
    assert total == pytest.approx(1, abs=1e-9)
    other = "lowest" if end == "highest" else "highest"
    assert p_top_set(mixture, [0, 2], end) == pytest.approx(
        p_top_set(mixture, [1, 3], other), abs=1e-9
    )


@settings(max_examples=40)
@given(mixtures(smallest=3), st.sampled_from(ENDS), st.data())
def test_orders_within_a_top_set_sum_to_it(mixture, end, data):
    size = data.draw(st.integers(1, 3))
    members = data.draw(st.permutations(range(mixture.groups)))[:size]
    top = p_top_set(mixture, members, end)
    orders = [p_order(mixture, [[g] for g in o], end) for o in permutations(members)]
    assert max(orders) <= top + 1e-9
    assert sum(orders) == pytest.approx(top, abs=1e-9)
    assert p_order(mixture, [members], end) == pytest.approx(top, abs=1e-9)


@settings(max_examples=40)
@given(mixtures(smallest=2), st.data())
def test_relabelling_groups_relabels_probabilities(mixture, data):
    order = data.draw(st.permutations(range(mixture.groups)))
    moved = Mixture(
        mixture.weight.copy(),
        mixture.grid.copy(),
        mixture.quad.copy(),
        mixture.density[:, order].copy(),
    )
    np.testing.assert_allclose(
        rank_distribution(moved), rank_distribution(mixture)[order], atol=1e-10
    )
    np.testing.assert_allclose(pairwise(moved), pairwise(mixture)[np.ix_(order, order)], atol=1e-10)
    expected = p_order(mixture, [[order[0]], [order[1]]])
    assert p_order(moved, [[0], [1]]) == pytest.approx(expected, abs=1e-10)


def test_one_group_is_first():
    one = mixture_of([[[3, 4]]])
    assert rank_distribution(one).tolist() == [[1.0]]
    assert p_top_set(one, [0]) == 1.0
    assert p_order(one, [[0]]) == pytest.approx(1.0, abs=1e-9)


@given(mixtures(), st.floats(0.1, 0.99))
def test_credible_sets_hold_their_probability(mixture, level):
    ranks = posterior_ranks(mixture, level)
    law, numbers = ranks.distribution, np.arange(1, mixture.groups + 1)
    np.testing.assert_allclose(ranks.expected, law @ numbers)
    tail = (1 - level) / 2
    for g in range(mixture.groups):
        below, above = numbers < ranks.lower[g], numbers > ranks.upper[g]
        assert law[g, below].sum() <= tail + 1e-9
        assert law[g, above].sum() <= tail + 1e-9
        assert law[g, numbers <= ranks.lower[g]].sum() > tail - 1e-9  # not wider than needed
        assert law[g, numbers >= ranks.upper[g]].sum() > tail - 1e-9


@pytest.mark.parametrize("members", [[0, 0], [5], [-1]])
def test_bad_members_are_named(five, members):
    with pytest.raises(ArgumentError, match="members"):
        p_top_set(five[0], members)
    with pytest.raises(ArgumentError, match="members"):
        p_order(five[0], [members])


def test_an_unknown_end_is_refused(five):
    with pytest.raises(ArgumentError, match="from_"):
        p_top_set(five[0], [0], "top")
    with pytest.raises(ArgumentError, match="from_"):
        p_order(five[0], [[0]], "top")
