"""Orders from pairwise probabilities: enumeration, circles, ties."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.ranking import pairwise
from alumnistats.ranking.further import condorcet as module
from alumnistats.ranking.further import mixture_of_betas, mixture_on_grid, pairwise_order


def matrix(draw, groups, levels):
    p = np.full((groups, groups), 0.5)
    for i in range(groups):
        for j in range(i):
            p[i, j] = draw(levels)
            p[j, i] = 1 - p[i, j]
    return p


@st.composite
def matrices(draw, smallest=1, largest=6):
    # A coarse scale, so that ties and circles occur.
    levels = st.integers(0, 8).map(lambda i: i / 8)
    return matrix(draw, draw(st.integers(smallest, largest)), levels)


def swaps(p, order):
    return sum(p[b, a] for i, a in enumerate(order) for b in order[i + 1 :])


@settings(max_examples=60)
@given(matrices())
def test_no_order_has_fewer_expected_swaps(p):
    found = pairwise_order(p)
    least = min(swaps(p, order) for order in permutations(range(len(p))))
    assert found.exact
    assert found.expected_swaps == pytest.approx(least, abs=1e-9)
    assert swaps(p, found.order.tolist()) == pytest.approx(least, abs=1e-9)
    assert found.ranks[found.order].tolist() == list(range(1, len(p) + 1))


@settings(max_examples=60)
@given(matrices(smallest=2))
def test_winners_and_circles_by_definition(p):
    found, groups = pairwise_order(p), len(p)
    others = [[h for h in range(groups) if h != g] for g in range(groups)]
    winners = [g for g in range(groups) if (p[g, others[g]] > 0.5).all()]
    losers = [g for g in range(groups) if (p[g, others[g]] < 0.5).all()]
    assert [found.winner] == (winners or [None])
    assert [found.loser] == (losers or [None])
    if winners:
        assert found.order[0] == winners[0]
    beaten = [
        (p[g, others[g]] > 0.5).sum() + (p[g, others[g]] == 0.5).sum() / 2 for g in range(groups)
    ]
    assert found.copeland.tolist() == beaten
    triangle = any(
        p[a, b] > 0.5 and p[b, c] > 0.5 and p[c, a] > 0.5
        for a, b, c in permutations(range(groups), 3)
    )
    if not found.circles:
        assert not triangle
    if triangle:
        assert found.circles
    for circle in found.circles:
        assert len(circle) >= 3


@settings(max_examples=60)
@given(matrices(smallest=2), st.data())
def test_permutation_and_reflection(p, data):
    order = data.draw(st.permutations(range(len(p))))
    found, moved = pairwise_order(p), pairwise_order(p[np.ix_(order, order)])
    assert moved.expected_swaps == pytest.approx(found.expected_swaps, abs=1e-9)
    assert moved.copeland.tolist() == found.copeland[order].tolist()
    mirrored = pairwise_order(p.T)
    assert mirrored.expected_swaps == pytest.approx(found.expected_swaps, abs=1e-9)
    assert mirrored.winner == found.loser


def test_a_circle_of_independent_posteriors():
    # Efron's dice, four of them: each beats the next with probability 2/3.
    faces = [[4, 4, 4, 4, 0, 0], [3] * 6, [6, 6, 2, 2, 2, 2], [5, 5, 5, 1, 1, 1]]
    grid = np.linspace(-0.5, 6.5, 701)
    density = [sum((np.abs(grid - f) < 0.05) * 1.0 for f in dice) for dice in faces]
    found = pairwise_order(pairwise(mixture_on_grid(grid, density)))
    assert found.circles == ((0, 1, 2, 3),)
    assert found.winner is None
    assert found.exact


def test_twelve_groups_are_in_the_order_of_their_counts():
    k = np.array([49.0, 46, 42, 42, 33, 31, 30, 28, 27, 22, 21, 18])
    found = pairwise_order(pairwise(mixture_of_betas(k + 1, 104 - k)))
    assert sorted(found.order[2:4].tolist()) == [2, 3]  # tied
    assert found.order.tolist()[:2] == [0, 1]
    assert found.order.tolist()[4:] == list(range(4, 12))
    assert (found.winner, found.loser, found.circles) == (0, 11, ())
    assert found.copeland.tolist() == [11, 10, 8.5, 8.5, 7, 6, 5, 4, 3, 2, 1, 0]


def test_large_circles_are_flagged_and_nearly_as_good(monkeypatch):
    rng = np.random.default_rng(0)
    for _ in range(20):
        p = rng.uniform(size=(8, 8))
        p = (p + 1 - p.T) / 2
        best = pairwise_order(p)
        monkeypatch.setattr(module, "EXACT", 2)
        quick = pairwise_order(p)
        monkeypatch.undo()
        assert quick.expected_swaps >= best.expected_swaps - 1e-9
        assert quick.expected_swaps <= 1.1 * best.expected_swaps
        if quick.expected_swaps > best.expected_swaps + 1e-6:
            assert not quick.exact


def test_many_groups_without_a_circle_are_exact():
    values = np.random.default_rng(1).normal(size=300)
    p = 1 / (1 + np.exp(values[None, :] - values[:, None]))
    found = pairwise_order(p)
    assert found.order.tolist() == np.argsort(-values).tolist()
    assert found.exact
    assert pairwise_order(np.full((40, 40), 0.5)).exact  # all tied


def test_fifteen_groups_in_a_circle():
    p = np.full((15, 15), 0.5)
    for i in range(15):
        for step in range(1, 8):
            p[i, (i + step) % 15], p[(i + step) % 15, i] = 0.7, 0.3
    found = pairwise_order(p)
    assert found.exact
    assert len(found.circles[0]) == 15
    # In the order along the circle the pairs more than 7 apart are against the majority.
    assert found.expected_swaps == pytest.approx(swaps(p, list(range(15))))


def test_bad_arguments_are_named():
    for p in (np.ones(3), np.ones((2, 3)), np.ones((2, 2)), [[0.5, np.nan], [0.5, 0.5]], [[]]):
        with pytest.raises(ArgumentError, match="pairs"):
            pairwise_order(p)
