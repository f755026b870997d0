"""Ranks from draws: brute force with ties, exact quadrature, what must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from alumnistats.errors import ArgumentError
from alumnistats.ranking import (
    draw_shares,
    p_order,
    p_order_from_draws,
    p_top_set,
    p_top_set_from_draws,
    pairwise,
    pairwise_from_draws,
    rank_distribution,
    rank_distribution_from_draws,
    ranks_of_draws,
)
from alumnistats.ranking.further import mixture_of_betas


@st.composite
def tables(draw, largest=5):
    shape = (draw(st.integers(1, 12)), draw(st.integers(1, largest)))
    return draw(arrays(float, shape, elements=st.integers(0, 4).map(float)))  # ties occur


@given(tables())
def test_ranks_and_their_law_by_brute_force(draws):
    above = (draws[:, None, :] > draws[:, :, None]).sum(axis=2)
    equal = (draws[:, None, :] == draws[:, :, None]).sum(axis=2)
    np.testing.assert_array_equal(ranks_of_draws(draws), above + 1)
    groups = draws.shape[1]
    best, shared = np.zeros((groups, groups)), np.zeros((groups, groups))
    for row in range(len(draws)):
        for g in range(groups):
            first, length = above[row, g], equal[row, g]
            best[g, first] += 1 / len(draws)
            shared[g, first : first + length] += 1 / length / len(draws)
    np.testing.assert_allclose(rank_distribution_from_draws(draws).value, best, atol=1e-12)
    found = rank_distribution_from_draws(draws, ties="shared").value
    np.testing.assert_allclose(found, shared, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)


@given(tables())
def test_pairs_by_brute_force(draws):
    a, b = draws[:, :, None], draws[:, None, :]
    expected = ((a > b) + 0.5 * (a == b)).mean(axis=0)
    found = pairwise_from_draws(draws)
    np.testing.assert_allclose(found.value, expected, atol=1e-12)
    assert (found.error > 0).all()


@given(tables(), st.data())
def test_permutation_and_reflection(draws, data):
    order = data.draw(st.permutations(range(draws.shape[1])))
    law = rank_distribution_from_draws(draws, ties="shared").value
    moved = rank_distribution_from_draws(draws[:, order], ties="shared").value
    mirrored = rank_distribution_from_draws(-draws, ties="shared").value
    np.testing.assert_allclose(moved, law[order], atol=1e-12)
    np.testing.assert_allclose(mirrored, law[:, ::-1], atol=1e-12)


@settings(max_examples=40)
@given(tables(), st.data())
def test_orders_add_up_and_reverse(draws, data):
    members = data.draw(st.permutations(range(draws.shape[1])))[:2]
    top = p_top_set_from_draws(draws, members).value
    both = p_order_from_draws(draws, [[g] for g in members]).value
    back = p_order_from_draws(draws, [[g] for g in reversed(members)]).value
    assert both + back <= top + 1e-12 or len(members) == 1  # equal groups are in no order
    assert p_top_set_from_draws(-draws, members, "lowest").value == pytest.approx(top)


def test_draws_agree_with_quadrature():
    mixture = mixture_of_betas([20.0, 22.0, 25.0, 4.0], [40.0, 41.0, 40.0, 9.0])
    draws = draw_shares(mixture, 60_000, seed=1)
    for found, exact in [
        (rank_distribution_from_draws(draws), rank_distribution(mixture)),
        (pairwise_from_draws(draws), pairwise(mixture)),
        (p_top_set_from_draws(draws, [2, 3]), p_top_set(mixture, [2, 3])),
        (p_order_from_draws(draws, [[3], [0, 1]]), p_order(mixture, [[3], [0, 1]])),
        (
            p_order_from_draws(draws, [[0], [1]], "lowest"),
            p_order(mixture, [[0], [1]], "lowest"),
        ),
    ]:
        # One of 30 normal errors exceeds 4.5 standard errors once in 5,000 times.
        assert (np.abs(found.value - exact) < 4.5 * found.error).all()


def test_stated_errors_are_those_of_repeated_runs():
    mixture = mixture_of_betas([20.0, 22.0, 25.0], [40.0, 41.0, 40.0])
    runs = [rank_distribution_from_draws(draw_shares(mixture, 500, seed=s)) for s in range(200)]
    spread = np.std([run.value for run in runs], axis=0)
    # A standard deviation from 200 runs has a relative error of 5%: four of them.
    np.testing.assert_allclose(spread, runs[0].error, rtol=0.2)
    assert runs[0].draws == 500


def test_correlated_draws_count_less():
    draws = np.random.default_rng(0).normal(size=(400, 3))
    full, half = pairwise_from_draws(draws), pairwise_from_draws(draws, effective=200)
    np.testing.assert_array_equal(full.value, half.value)
    np.testing.assert_allclose(half.error, full.error * np.sqrt(2), rtol=0.02)


def test_blocks_do_not_matter(monkeypatch):
    from alumnistats.ranking import draws as module

    draws = np.random.default_rng(0).integers(0, 9, size=(101, 13)).astype(float)
    law, pairs = rank_distribution_from_draws(draws).value, pairwise_from_draws(draws).value
    monkeypatch.setattr(module, "BLOCK", 300)
    np.testing.assert_allclose(rank_distribution_from_draws(draws).value, law, atol=1e-12)
    np.testing.assert_array_equal(pairwise_from_draws(draws).value, pairs)


@pytest.mark.parametrize("draws", [[1.0, 2.0], [[]], [[1.0, np.nan]]])
def test_bad_draws_are_named(draws):
    with pytest.raises(ArgumentError, match="draws"):
        ranks_of_draws(draws)


def test_other_bad_arguments_are_named():
    draws = np.zeros((3, 2))
    with pytest.raises(ArgumentError, match="ties"):
        rank_distribution_from_draws(draws, ties="random")
    with pytest.raises(ArgumentError, match="effective"):
        pairwise_from_draws(draws, effective=4)
    with pytest.raises(ArgumentError, match="members"):
        p_top_set_from_draws(draws, [2])
    with pytest.raises(ArgumentError, match="from_"):
        p_order_from_draws(draws, [[0]], "best")
