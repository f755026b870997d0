"""Rankings of least expected loss and most probable tops: enumeration, published cases."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.ranking import draw_shares, expected_ranks, p_top_set, rank_distribution
from alumnistats.ranking.further import (
    LOSSES,
    expected_loss,
    median_ranks,
    mixture_of_betas,
    most_probable_top,
    optimal_ranks,
    top_list,
)

PLAIN = [loss for loss in LOSSES if not loss.startswith("top")]
TOPS = [loss for loss in LOSSES if loss.startswith("top")]


def draw_of_orders(draw, groups):
    """Return a few orders of the groups, and their probabilities."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    count = draw(st.integers(1, 8))
    ranks = np.array([1 + rng.permutation(groups) for _ in range(count)])
    return ranks, rng.dirichlet(np.ones(count))


@st.composite
def orders(draw, smallest=1, largest=5):
    return draw_of_orders(draw, draw(st.integers(smallest, largest)))


def law_of(ranks, weight):
    groups = ranks.shape[1]
    return np.array(
        [[weight @ (ranks[:, g] == r + 1) for r in range(groups)] for g in range(groups)]
    )


def loss_by_hand(loss, given, true, top):
    """Loss of one ranking when another is true, as Lin and others define it, in ranks."""
    total = 0.0
    for d, r in zip(given, true, strict=True):
        wrong = top is not None and (d <= top) != (r <= top)
        total += {
            "squared": (d - r) ** 2,
            "absolute": abs(d - r),
            "zero-one": d != r,
            "top": wrong,
            "top-given-distance": wrong and (d - top - 0.5) ** 2,
            "top-true-distance": wrong and (r - top - 0.5) ** 2,
            "top-both-distances": wrong and (d - r) ** 2,
        }[loss]
    return total


@pytest.mark.parametrize("loss", list(LOSSES))
@settings(max_examples=20)
@given(problem=orders(), data=st.data())
def test_no_ranking_has_less_expected_loss(loss, problem, data):
    ranks, weight = problem
    groups, law = ranks.shape[1], law_of(*problem)
    top = data.draw(st.integers(1, groups)) if loss in TOPS else None
    every = {
        given: sum(
            w * loss_by_hand(loss, given, r, top) for r, w in zip(ranks, weight, strict=True)
        )
        for given in permutations(range(1, groups + 1))
    }
    found = optimal_ranks(law, loss, top=top)
    assert sorted(found.ranks) == list(range(1, groups + 1))
    assert found.expected_loss == pytest.approx(min(every.values()), abs=1e-9)
    assert every[tuple(found.ranks.tolist())] == pytest.approx(found.expected_loss, abs=1e-9)
    published = data.draw(st.permutations(range(1, groups + 1)))
    assert expected_loss(law, published, loss, top=top) == pytest.approx(
        every[tuple(published)], abs=1e-9
    )
    assert found.ranks[found.order].tolist() == list(range(1, groups + 1))


def test_six_groups_by_enumeration():
    mixture = mixture_of_betas([20.0, 22, 5, 9, 41, 15], [30.0, 33, 9, 11, 62, 28])
    law = rank_distribution(mixture)
    every = np.array(list(permutations(range(6))))
    for loss in PLAIN:
        cost = sum(
            law[:, r] @ np.array([[loss_by_hand(loss, [d + 1], [r + 1], None) for d in every[:, g]]
                                  for g in range(6)])
            for r in range(6)
        )  # fmt: skip
        assert optimal_ranks(law, loss).expected_loss == pytest.approx(cost.min(), abs=1e-9)


@given(orders(smallest=2))
def test_squared_error_gives_the_order_of_expected_ranks(problem):
    law = law_of(*problem)
    expected = law @ np.arange(1, len(law) + 1)
    found = optimal_ranks(law)
    assert (np.diff(expected[found.order]) >= -1e-9).all()
    variance = law @ np.arange(1, len(law) + 1) ** 2 - expected**2
    loss = ((found.ranks - expected) ** 2).sum() + variance.sum()
    assert found.expected_loss == pytest.approx(loss)


@pytest.mark.parametrize("loss", list(LOSSES))
@settings(max_examples=20)
@given(problem=orders(smallest=2), data=st.data())
def test_relabelling_and_reflection_keep_the_least_loss(loss, problem, data):
    law = law_of(*problem)
    groups = len(law)
    top = data.draw(st.integers(1, groups - 1)) if loss in TOPS else None
    order = data.draw(st.permutations(range(groups)))
    least = optimal_ranks(law, loss, top=top).expected_loss
    moved = optimal_ranks(law[order], loss, top=top)
    assert moved.expected_loss == pytest.approx(least, abs=1e-9)
    # Seen from the other end the top t are the bottom t: all but t of them are the top there.
    mirrored = optimal_ranks(law[:, ::-1], loss, top=None if top is None else groups - top)
    assert mirrored.expected_loss == pytest.approx(least, abs=1e-9)


def test_top_lists_and_medians_of_close_laws():
    law = np.array(
        [[0.5, 0.0, 0.0, 0.5], [0.1, 0.8, 0.1, 0.0], [0.2, 0.2, 0.5, 0.1], [0.2, 0.0, 0.4, 0.4]]
    )
    assert median_ranks(law).tolist() == [1, 2, 3, 3]
    assert top_list(law, 1).tolist() == [0]  # most often first
    assert top_list(law, 2).tolist() == [1, 0]  # but not the better one on average
    assert optimal_ranks(law, "top", top=2).ranks.tolist() == [2, 1, 3, 4]
    assert optimal_ranks(law).order[0] == 1


def test_equal_groups_may_have_any_order_but_always_the_same():
    law = np.full((4, 4), 0.25)
    for loss in LOSSES:
        top = 2 if loss in TOPS else None
        ranks = optimal_ranks(law, loss, top=top).ranks
        assert ranks.tolist() == optimal_ranks(law, loss, top=top).ranks.tolist()


@settings(max_examples=25)
@given(st.data())
def test_most_probable_top_by_enumeration(data):
    groups = data.draw(st.integers(1, 6))
    shape = st.integers(1, 60)
    a = np.array([data.draw(shape) for _ in range(groups)], float)
    b = np.array([data.draw(shape) for _ in range(groups)], float)
    top = data.draw(st.integers(1, groups))
    mixture = mixture_of_betas(a, b)
    every = [p_top_set(mixture, list(s)) for s in combinations(range(groups), top)]
    found = most_probable_top(mixture, top)
    assert found.certain
    assert found.probability == pytest.approx(max(every), abs=1e-8)
    assert p_top_set(mixture, found.members.tolist()) == pytest.approx(found.probability)


def test_most_probable_top_of_twelve_and_of_many():
    k = np.array([49.0, 46, 42, 42, 33, 31, 30, 28, 27, 22, 21, 18])
    mixture = mixture_of_betas(k + 1, 104 - k)
    found = most_probable_top(mixture, 4)
    assert found.certain
    assert found.members.tolist() == [0, 1, 2, 3]
    frequent = most_probable_top(draw_shares(mixture, 20_000, seed=0), 4)
    assert frequent.members.tolist() == found.members.tolist()
    assert frequent.probability == pytest.approx(found.probability, abs=0.015)
    cut_short = most_probable_top(mixture_of_betas([10.0] * 30, [20.0] * 30), 10, most_nodes=200)
    assert not cut_short.certain
    assert len(cut_short.members) == 10


def test_the_most_probable_set_need_not_be_the_list_with_fewest_errors():
    # Draws in which the third is in the top two whenever either of the others is not.
    draws = np.array([[3, 2, 1, 0]] * 4 + [[3, 1, 2, 0]] * 3 + [[0, 1, 2, 3]] * 3, dtype=float)
    top = most_probable_top(draws, 2)
    assert (top.members.tolist(), top.probability) == ([0, 1], 0.4)
    law = law_of(1 + (draws[:, None, :] > draws[:, :, None]).sum(axis=2), np.full(10, 0.1))
    assert top_list(law, 2).tolist() == [0, 2]


def test_expected_and_drawn_ranks_give_one_list():
    mixture = mixture_of_betas([20.0, 22, 5, 9, 41, 15], [30.0, 33, 9, 11, 62, 28])
    order = np.argsort(expected_ranks(mixture)[0])
    assert optimal_ranks(rank_distribution(mixture)).order.tolist() == order.tolist()


def test_bad_arguments_are_named():
    law = np.eye(3)
    for loss in ("kendall", ""):
        with pytest.raises(ArgumentError, match="loss"):
            optimal_ranks(law, loss)
    for top in (None, 0, 4, 1.5):
        with pytest.raises(ArgumentError, match="top"):
            optimal_ranks(law, "top", top=top)
    with pytest.raises(ArgumentError, match="top"):
        optimal_ranks(law, "squared", top=2)
    for ranks in ([1, 2], [0, 1, 2], [1, 2, 4], [1.5, 2, 3]):
        with pytest.raises(ArgumentError, match="ranks"):
            expected_loss(law, ranks)
    for call in (lambda t: top_list(law, t), lambda t: most_probable_top(np.zeros((5, 3)), t)):
        for top in (0, 4):
            with pytest.raises(ArgumentError, match="top"):
                call(top)
    with pytest.raises(ArgumentError, match="draws"):
        most_probable_top(np.zeros((5, 3)), 2)
