"""Every pooling model does everything: each is one object that the rest of the package asks."""

import math
import warnings

import numpy as np
import pytest

from alumnistats.errors import ArgumentError
from alumnistats.posterior import (
    MODELS,
    PRIOR_WIDTHS,
    estimate,
    pooling_model,
    prior_of,
)
from alumnistats.posterior.adaptation import count_law
from alumnistats.posterior.compare import power_sensitivity
from alumnistats.posterior.fit import clustered
from alumnistats.posterior.predictive import (
    posterior_predictive,
    predictive_p_values,
    prior_predictive,
)
from alumnistats.posterior.pymc_sampling import SamplingWarning
from alumnistats.ranking import rank
from alumnistats.ranking.draws import draw_shares
from alumnistats.ranking.posterior_ranks import (
    expected_ranks,
    p_order,
    p_top_set,
    pairwise,
    rank_distribution,
)
from alumnistats.reconstruction import Solutions

GROUPS = ("a", "b", "c")
N = np.array([[40, 60, 30], [42, 58, 30]])
K = np.array([[10, 30, 12], [11, 28, 12]])


@pytest.fixture(scope="module")
def solutions():
    return Solutions("q:x", GROUPS, N, K, np.array([0.6, 0.4]), np.array([-7.0, -7.4]))


@pytest.fixture(scope="module", params=MODELS)
def fit(request, solutions):
    return estimate(solutions, request.param)


def test_a_model_knows_its_name_and_its_priors():
    for name in MODELS:
        model = pooling_model(name)
        assert model.name == name
        assert set(model.priors) == set(PRIOR_WIDTHS)
        assert model.prior() == prior_of(name) == type(model.prior())()
        other = next(m for m in MODELS if type(prior_of(m)) is not type(model.prior()))
        with pytest.raises(ArgumentError, match=type(model.prior()).__name__):
            model.prior(prior_of(other))
    with pytest.raises(ArgumentError, match="partial-pooling"):
        pooling_model("half-pooling")


def test_shares_ranks_and_draws(fit):
    table = fit.summary()
    assert table["lower"].lt(table["mean"]).all()
    assert table["mean"].lt(table["upper"]).all()
    ranks = rank(fit, "posterior")
    assert ranks.table["lower"].le(ranks.table["expected"]).all()
    assert ranks.posterior.distribution.sum(axis=1) == pytest.approx(1)
    draws = fit.draws(4000, 1)
    assert draws.mean(axis=0) == pytest.approx(table["mean"].to_numpy(), abs=0.01)
    assert draw_shares(fit.mixture, 4000, 1).mean(axis=0) == pytest.approx(
        table["mean"].to_numpy(), abs=0.01
    )
    mean, sd = expected_ranks(fit.mixture)
    law = rank_distribution(fit.mixture)
    places = np.arange(1, 4)
    assert mean == pytest.approx(law @ places, abs=1e-4)
    assert sd**2 == pytest.approx(law @ places**2 - (law @ places) ** 2, abs=1e-3)
    often = (draws[:, :, None] > draws[:, None, :]).mean(axis=0)
    assert pairwise(fit.mixture) - 0.5 * np.eye(3) == pytest.approx(often, abs=0.03)
    assert fit.counts()["mean"].between(9, 31).all()
    assert ranks.grades()["grade"].min() == 1
    assert np.isfinite(fit.loo).all()


def test_powers_and_clusters(fit):
    table = power_sensitivity(fit)
    assert (table["likelihood"] > 0).all()
    fewer = clustered(fit, 4.0)
    assert np.array_equal(fewer.weight, fit.weight)
    assert fewer.summary()["mean"].between(0, 1).all()
    assert not np.allclose(fewer.summary()["mean"], fit.summary()["mean"], atol=1e-4)
    assert all(a > 0 and b > 0 for a, b in count_law(fit))


def test_predictive_checks(fit):
    before = prior_predictive(fit.solutions, fit.model, draws=200)
    assert set(before) == {"theta", "n", "k_rep"}
    table = predictive_p_values(posterior_predictive(fit, draws=300))
    assert table["p_value"].between(0, 1).all()


def test_nuts_gives_the_same_fit(fit):
    """The conditional densities of the draws average to those of the exact engine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        sampled = estimate(
            fit.solutions, fit.model, "pymc", draws=300, tune=500, chains=2, cores=1, seed=2
        )
    assert set(sampled.hyper) == set(pooling_model(fit.model).hyper) == set(fit.hyper)
    assert np.abs(sampled.summary()["mean"] - fit.summary()["mean"]).max() < 0.02
    assert rank_distribution(sampled.mixture) == pytest.approx(
        rank_distribution(fit.mixture), abs=0.06
    )


def test_orders_are_equally_probable_beforehand():
    """By draws from the prior; none differ in a model of one share."""
    for name in MODELS:
        model = pooling_model(name)
        theta = model.prior_draws(model.prior(), (20_000, 3), np.random.default_rng(0))
        if model.one_share:
            assert np.ptp(theta, axis=1).max() == 0
            continue
        order = np.argsort(-theta, axis=1)
        often = (order == [0, 1, 2]).all(axis=1).mean()
        p = 1 / math.factorial(3)
        assert often == pytest.approx(p, abs=4.5 * math.sqrt(p * (1 - p) / 20_000))


def test_one_share_has_no_order(solutions):
    """Rank 1 for all, as a group's rank is one plus the number of groups strictly above it."""
    fit = estimate(solutions, "complete-pooling")
    table = rank(fit, "posterior").table
    assert (table[["lower", "upper", "expected", "p_first"]] == 1).all(axis=None)
    assert p_top_set(fit.mixture, [0, 1]) == 0
    assert p_top_set(fit.mixture, [0, 1, 2]) == 1
    assert p_order(fit.mixture, [[0], [1]]) == 0
    assert p_order(fit.mixture, [[0, 1, 2]]) == 1
    assert np.ptp(fit.draws(50, 0), axis=1).max() == 0
    assert np.ptp(draw_shares(fit.mixture, 50, 0), axis=1).max() == 0
