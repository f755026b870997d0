"""Independent posteriors on grids, many groups: independent quadrature, draws, properties."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, expon, gamma

from alumnistats.errors import ArgumentError
from alumnistats.posterior import BetaPrior, Mixture, estimate
from alumnistats.posterior.mixture import cumulate
from alumnistats.ranking import (
    draw_shares,
    expected_ranks,
    p_first,
    p_order,
    p_top_set,
    pairwise,
    posterior_ranks,
    rank_distribution,
    rank_distribution_from_draws,
)
from alumnistats.ranking.further import mixture_of_betas, mixture_on_grid
from alumnistats.ranking.poisson_binomial import rank_law
from alumnistats.reconstruction import Solutions

module = import_module("alumnistats.ranking.posterior_ranks")
REFERENCE = Path(__file__).parents[2] / "reference"
# The reference's rows and columns sum to 1 within 3e-14; ours is allowed as much again.
REFERENCE_ERROR = 1e-13


def reference(name):
    return pd.read_csv(REFERENCE / f"own_beta_rankprob_{name}_k12.csv", index_col="group")


shapes = st.one_of(st.integers(1, 300), st.sampled_from([0.05, 0.5, 1.5]))


@st.composite
def beta_groups(draw, smallest=1, largest=7):
    groups = draw(st.integers(smallest, largest))
    values = [(draw(shapes), draw(shapes)) for _ in range(groups)]
    return np.array(values, dtype=float).T


@pytest.mark.parametrize(("name", "prior"), [("uniform", 1.0), ("jeffreys", 0.5)])
def test_betas_equal_independent_quadrature(k12_counts, name, prior):
    k, n = k12_counts
    law = rank_distribution(mixture_of_betas(k + prior, n - k + prior))
    np.testing.assert_allclose(law, reference(name), rtol=0, atol=REFERENCE_ERROR)


def test_pairs_of_betas_equal_independent_quadrature(k12_counts):
    k, n = k12_counts
    table = pd.read_csv(REFERENCE / "own_beta_pairwise_uniform_k12.csv", header=None).to_numpy()
    np.fill_diagonal(table, 0.5)
    pairs = pairwise(mixture_of_betas(k + 1, n - k + 1))
    np.testing.assert_allclose(pairs, table, rtol=0, atol=REFERENCE_ERROR)


@pytest.mark.parametrize(
    ("interpolation", "nodes", "error"),
    # Errors of interpolating: measured, and falling with the square and about the fourth power.
    [("linear", 201, 5e-4), ("linear", 2001, 5e-6), ("cubic", 201, 5e-6), ("cubic", 2001, 5e-10)],
)
def test_a_grid_approaches_the_betas(k12_counts, interpolation, nodes, error):
    k, n = k12_counts
    grid = np.linspace(0, 1, nodes)
    density = beta(k[:, None] + 1, n[:, None] - k[:, None] + 1).pdf(grid)
    law = rank_distribution(mixture_on_grid(grid, density, interpolation=interpolation))
    assert np.abs(law - reference("uniform").to_numpy()).max() < error


def test_a_linear_density_is_exact_by_hand():
    # X uniform on [0, 1], Y with density 2y, Z with density 2 (1 - z), W uniform on [-1, 0].
    density = [[0, 0, 1, 1], [0, 0, 0, 2], [0, 0, 2, 0], [1, 1, 0, 0]]
    grid = [-1, -1e-12, 0, 1]  # a jump is two nodes close together
    mixture = mixture_on_grid(grid, np.array(density) * 7.0)
    pairs, law = pairwise(mixture), rank_distribution(mixture)
    assert pairs[1, 0] == pytest.approx(2 / 3, abs=1e-9)  # the integral of 2 y^2
    assert pairs[1, 2] == pytest.approx(5 / 6, abs=1e-9)  # of 2 y (2 y - y^2)
    assert law[3].tolist() == pytest.approx([0, 0, 0, 1], abs=1e-9)
    assert p_order(mixture, [[3], [2], [0], [1]], "lowest") == pytest.approx(11 / 30, abs=1e-9)
    assert p_order(mixture, [[1], [0], [2], [3]]) == pytest.approx(
        11 / 30, abs=1e-9
    )  # of (1 - x^2) (2 x - x^2)


def test_scales_other_than_shares():
    # Exponential waiting times: P(i is the smallest) is its rate's share of the rates' sum.
    rates = np.array([0.2, 0.5, 1.3])
    grid = np.concatenate([[0], np.geomspace(1e-6, 160, 3000)])
    mixture = mixture_on_grid(grid, expon.pdf(grid, scale=1 / rates[:, None]))
    np.testing.assert_allclose(rank_distribution(mixture)[:, 2], rates / 2, atol=2e-5)
    assert p_top_set(mixture, [2], "lowest") == pytest.approx(0.65, abs=2e-5)


@settings(max_examples=40)
@given(beta_groups())
def test_probabilities_sum_to_one_whatever_the_shapes(parameters):
    law = rank_distribution(mixture_of_betas(*parameters))
    assert (law >= 0).all()
    np.testing.assert_allclose(law.sum(axis=0), 1, atol=1e-8)
    np.testing.assert_allclose(law.sum(axis=1), 1, atol=1e-12)


@settings(max_examples=25)
@given(beta_groups(smallest=2), st.randoms(use_true_random=False))
def test_relabelling_and_reflection(parameters, random):
    a, b = parameters
    law = rank_distribution(mixture_of_betas(a, b))
    order = list(range(len(a)))
    random.shuffle(order)
    moved = rank_distribution(mixture_of_betas(a[order], b[order]))
    np.testing.assert_allclose(moved, law[order], atol=1e-9)
    # The share of those who say no: best and worst change places.
    mirrored = rank_distribution(mixture_of_betas(b, a))
    np.testing.assert_allclose(mirrored, law[:, ::-1], atol=1e-8)


@settings(max_examples=40)
@given(beta_groups())
def test_expected_ranks_are_those_of_the_distribution(parameters):
    mixture = mixture_of_betas(*parameters)
    mean, sd = expected_ranks(mixture)
    law, ranks = rank_distribution(mixture), np.arange(1, mixture.groups + 1)
    np.testing.assert_allclose(mean, law @ ranks, atol=1e-7)
    np.testing.assert_allclose(sd**2, law @ ranks**2 - (law @ ranks) ** 2, atol=1e-6)


@settings(max_examples=30)
@given(beta_groups())
def test_both_recursions_agree(parameters):
    mixture = mixture_of_betas(*parameters)
    law = rank_law(mixture.mass[0], 1 - mixture.cdf[0])
    np.testing.assert_allclose(law, rank_distribution(mixture), atol=1e-12)


def many_groups(groups, seed=0):
    rng = np.random.default_rng(seed)
    n = rng.integers(50, 300, groups)
    k = rng.binomial(n, rng.beta(6, 12, groups))
    return mixture_of_betas(k + 1.0, n - k + 1.0)


def test_many_groups_on_nodes_too_coarse_for_them():
    # Panels that resolve each posterior, but not the rank law of 300 groups. The nodes are what
    # a fit has: the same for any number of groups.
    rng = np.random.default_rng(1)
    k = rng.binomial(100, 0.3, 300)
    one = mixture_of_betas([30.0], [70.0])
    phi, quad = np.log(one.grid[0] / (1 - one.grid[0])), one.quad
    log_mass = (k[:, None] + 1) * phi + 102 * np.log1p(-one.grid[0]) - np.log1p(-one.grid[0])
    density = np.exp(log_mass - log_mass.max(axis=1, keepdims=True))
    density /= (density * quad).sum(axis=1, keepdims=True)
    coarse = Mixture(np.ones(1), one.grid, quad, density[None])
    law = rank_distribution(coarse)
    crude = rank_law(coarse.mass[0], 1 - cumulate(coarse.mass)[0])
    assert np.abs(crude.sum(axis=0) - 1).max() > 1e-4
    np.testing.assert_allclose(law.sum(axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(law @ np.arange(1, 301), expected_ranks(coarse)[0], atol=1e-6)


def test_a_thousand_groups():
    mixture = many_groups(1000)
    law = rank_distribution(mixture)
    np.testing.assert_allclose(law.sum(axis=0), 1, atol=1e-8)
    np.testing.assert_allclose(law.sum(axis=1), 1, atol=1e-12)
    mean, sd = expected_ranks(mixture)
    ranks = np.arange(1, 1001)
    np.testing.assert_allclose(law @ ranks, mean, atol=1e-7)
    np.testing.assert_allclose(law @ ranks**2 - mean**2, sd**2, atol=1e-4)
    top = int(mean.argmin())
    assert law[top, 0] == pytest.approx(p_top_set(mixture, [top]), abs=1e-9)


def test_seventy_groups_without_pooling():
    table = pd.read_csv(REFERENCE / "rat_tumors_bda3.csv")
    k, n = table["y"].to_numpy(), table["n"].to_numpy()
    names = tuple(str(g) for g in range(len(k)))
    solutions = Solutions("m", names, n[None], k[None], np.ones(1), np.zeros(1))
    fit = estimate(solutions, "no-pooling", prior=BetaPrior(1.0, 1.0))
    law = rank_distribution(fit.mixture)
    np.testing.assert_allclose(law.sum(axis=0), 1, atol=2e-7)
    exact = rank_distribution(mixture_of_betas(k + 1.0, n - k + 1.0))
    np.testing.assert_allclose(law, exact, atol=2e-7)


def test_what_is_too_dear_is_drawn(monkeypatch):
    mixture = many_groups(90)
    exact = rank_distribution(mixture)
    monkeypatch.setattr(module, "AFFORDABLE", 0.0)
    drawn = rank_distribution(mixture)
    error = np.sqrt(np.maximum(exact * (1 - exact), 1e-4) / module.RANK_DRAWS)
    # Of 8,100 normal errors one exceeds 5.5 standard errors once in 3,000 times.
    assert (np.abs(drawn - exact) / error).max() < 5.5
    np.testing.assert_allclose(drawn.sum(axis=0), 1, atol=1e-12)


def test_credible_sets_of_many_groups_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    truth = rng.beta(6, 12, 100)
    inside = 0
    for _ in range(10):
        truth = rng.beta(6, 12, 100)
        k = rng.binomial(60, truth)
        sets = posterior_ranks(mixture_of_betas(6.0 + k, 72.0 - k), 0.9)
        rank = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
        inside += int(((sets.lower <= rank) & (rank <= sets.upper)).sum())
    # Groups of one release are nearly independent: 3.5 binomial standard errors, with room for
    # their dependence of a factor 1.5, below 90% of 1,000.
    assert inside > 900 - 3.5 * 1.5 * np.sqrt(90)


def test_draws_of_a_mixture_have_its_law():
    a, b = np.array([3.0, 20.0, 0.5]), np.array([5.0, 30.0, 2.0])
    mixture = mixture_of_betas(a, b)
    draws = draw_shares(mixture, 40_000, seed=3)
    np.testing.assert_allclose(draws.mean(axis=0), a / (a + b), atol=0.006)
    found = rank_distribution_from_draws(draws)
    assert (np.abs(found.value - rank_distribution(mixture)) < 4.5 * found.error).all()
    np.testing.assert_array_equal(draws, draw_shares(mixture, 40_000, seed=3))


def test_one_group_and_two_far_apart():
    assert rank_distribution(mixture_of_betas([2.0], [3.0])).tolist() == [[1.0]]
    law = rank_distribution(mixture_of_betas([1e6, 1.0], [1.0, 1e6]))
    np.testing.assert_allclose(law, np.eye(2), atol=1e-12)
    same = p_first(mixture_of_betas([4.0] * 5, [9.0] * 5))
    np.testing.assert_allclose(same, 0.2, atol=1e-12)


def test_gammas_by_their_closed_form():
    # Gamma shapes a and b of one scale: X / (X + Y) is Beta(a, b).
    grid = np.linspace(0, 60, 4001)
    density = gamma.pdf(grid, np.array([4.0, 6.0])[:, None])
    pairs = pairwise(mixture_on_grid(grid, density, interpolation="cubic"))
    assert pairs[0, 1] == pytest.approx(beta.sf(0.5, 4, 6), abs=1e-7)


@pytest.mark.parametrize(
    ("grid", "density", "parameter"),
    [
        ([0.0], [[1.0]], "grid"),
        ([0.0, np.inf], [[1.0, 1.0]], "grid"),
        ([0.0, 0.0, 1.0], [[1.0, 1.0, 1.0]], "grid"),
        ([0.0, 1.0], [1.0, 1.0], "density"),
        ([0.0, 1.0], [[1.0, 1.0, 1.0]], "density"),
        ([0.0, 1.0], [[1.0, -1.0]], "density"),
        ([0.0, 1.0], [[1.0, np.nan]], "density"),
        ([0.0, 1.0], [[1.0, 1.0], [0.0, 0.0]], "density"),
    ],
)
def test_bad_grids_are_named(grid, density, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        mixture_on_grid(grid, density)


def test_other_bad_arguments_are_named():
    with pytest.raises(ArgumentError, match="interpolation"):
        mixture_on_grid([0, 1], [[1, 1]], interpolation="spline")
    for a, b in [([1.0], [1.0, 2.0]), ([], []), ([0.0], [1.0]), ([1.0], [np.nan])]:
        with pytest.raises(ArgumentError):
            mixture_of_betas(a, b)
