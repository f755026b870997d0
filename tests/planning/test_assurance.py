"""Assurance against exact power, closed forms, and its limit."""

import numpy as np
import pytest
from scipy import stats

from alumnistats.errors import ArgumentError
from alumnistats.planning import GroupOrder, OptionOrder, ShareBeyond, assurance, threshold_power

DRAWS = 6000
ERROR = 4 * 0.5 / np.sqrt(DRAWS)


@pytest.mark.parametrize(
    "decision",
    [
        GroupOrder(np.array([0.6, 0.45, 0.4]), ((0,), (1, 2))),
        ShareBeyond(np.array([0.6, 0.58]), 0.5),
        ShareBeyond(np.array([0.42]), 0.5, upward=False),
        OptionOrder(np.array([[0.4, 0.3]])),
    ],
)
def test_of_certain_shares_it_is_the_power(decision):
    known = decision.only if isinstance(decision, OptionOrder) else decision.shares
    n = np.array([50, 120, 300])
    found = assurance(decision, np.broadcast_to(known, (DRAWS, *known.shape)), n)
    assert found.value == pytest.approx(decision.power(n), abs=ERROR)
    assert found.limit == 1


def test_of_a_beta_posterior_it_is_a_beta_binomial_tail():
    theta = np.random.default_rng(0).beta(60.5, 50.5, DRAWS)[:, None]
    n = np.array([100, 400])
    found = assurance(ShareBeyond(np.array([0.545]), 0.5), theta, n)
    for size, value in zip(n, found.value, strict=True):
        k = np.arange(size + 1)
        rejected = stats.binom.sf(k - 1, size, 0.5) <= 0.05
        law = stats.betabinom.pmf(k, size, 60.5, 50.5)
        assert value == pytest.approx(law[rejected].sum(), abs=ERROR)
    assert found.limit == pytest.approx(stats.beta.sf(0.5, 60.5, 50.5), abs=ERROR)


def test_it_tends_to_the_probability_of_the_claim_and_no_further():
    rng = np.random.default_rng(1)
    theta = rng.beta([[50, 40]], [[60, 70]], (DRAWS, 2))
    order = GroupOrder(np.array([50 / 110, 40 / 110]), ((0,), (1,)))
    found = assurance(order, theta, np.array([100, 1000, 100_000]))
    assert (np.diff(found.value) > 0).all()
    assert found.value[-1] == pytest.approx(found.limit, abs=0.02)
    assert found.limit < 0.95
    assert found.size(0.97) == np.inf
    assert 100 < found.size(0.6) < 1000


def test_several_comparisons_of_options_give_a_lower_bound():
    only = np.array([[0.4, 0.3], [0.4, 0.3]])
    two = assurance(OptionOrder(only), np.broadcast_to(only, (DRAWS, 2, 2)), np.array([200]))
    one = OptionOrder(only[:1]).power(np.array([200]))[0]
    assert two.value[0] == pytest.approx(2 * one - 1, abs=2 * ERROR)


def test_sizes_between_those_tried_are_interpolated():
    known = np.array([0.6])
    n = np.unique(np.geomspace(20, 400, 40).astype(int))
    found = assurance(ShareBeyond(known, 0.5), np.full((DRAWS, 1), 0.6), n)
    size = int(found.size(0.8))
    nearby = threshold_power(0.6, 0.5, np.arange(size - 15, size + 15))
    assert nearby.min() < 0.8 < nearby.max()


@pytest.mark.parametrize(
    ("shares", "n"),
    [(np.full((5, 2), 0.5), [10]), (np.full((5, 1), 0.5), [20, 10]), (np.full((5, 1), 0.5), [])],
)
def test_what_cannot_be_is_refused(shares, n):
    with pytest.raises(ArgumentError, match="found"):
        assurance(ShareBeyond(np.array([0.6]), 0.5), shares, n)
