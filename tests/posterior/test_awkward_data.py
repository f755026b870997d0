"""Data on which quadrature may fail: right to a stated tolerance, or a clear refusal."""

import numpy as np
import pytest
from known_counts import known
from scipy import stats

from alumnistats.posterior import FewSolutionsWarning, LogitNormalPrior, estimate, pooling_model
from alumnistats.posterior.exact_run import RunSettings
from alumnistats.ranking.posterior_ranks import pairwise, rank_distribution
from alumnistats.reconstruction import Solutions

HIERARCHIES = ("partial-pooling", "beta-binomial")
AWKWARD = {
    "all zeros": ([30, 50, 80], [0, 0, 0]),
    "all successes": ([30, 50, 80], [30, 50, 80]),
    "zeros and successes": ([40, 40], [0, 40]),
    "one group": ([25], [7]),
    "one respondent each": ([1, 1, 1, 1], [0, 1, 1, 0]),
    "5,000 respondents": ([5000, 5000, 12], [1000, 1100, 3]),
    "identical groups": ([60] * 8, [18] * 8),
    "a group of nobody": ([40, 0, 60], [10, 0, 22]),
}


def mean(found):
    return (found.marginal * found.grid.quad) @ found.grid.theta


@pytest.mark.parametrize("model", HIERARCHIES)
@pytest.mark.parametrize("name", AWKWARD)
def test_rules_have_converged(name, model):
    """Means against a rule that is twice as fine in every dimension."""
    pooling, solutions = pooling_model(model), known(*AWKWARD[name])
    prior = pooling.prior()
    coarse, fine = (pooling.run(solutions, prior, RunSettings(300, fineness=f)) for f in (1, 2))
    assert mean(coarse) == pytest.approx(mean(fine), abs=5e-5)
    assert coarse.log_evidence == pytest.approx(fine.log_evidence, abs=1e-3)
    assert coarse.left_out() == pytest.approx(fine.left_out(), abs=2e-3)


@pytest.mark.parametrize("model", HIERARCHIES)
@pytest.mark.parametrize("name", AWKWARD)
def test_everything_computed_is_a_probability(name, model):
    fit = estimate(known(*AWKWARD[name]), model)
    table = fit.summary()
    shares = table[["mean", "median", "lower", "upper", "hdi_lower", "hdi_upper"]]
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    assert (table["lower"] <= table["upper"]).all()
    ranks = rank_distribution(fit.mixture)
    assert ranks.sum(axis=0) == pytest.approx(1, abs=1e-4)
    assert ranks.sum(axis=1) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("model", HIERARCHIES)
def test_successes_mirror_zeros(model):
    zeros = estimate(known(*AWKWARD["all zeros"]), model).summary()
    ones = estimate(known(*AWKWARD["all successes"]), model).summary()
    assert ones["mean"].to_numpy() == pytest.approx(1 - zeros["mean"].to_numpy(), abs=1e-6)
    assert ones["lower"].to_numpy() == pytest.approx(1 - zeros["upper"].to_numpy(), abs=1e-4)


@pytest.mark.parametrize("model", HIERARCHIES)
def test_identical_groups_are_alike(model):
    fit = estimate(known(*AWKWARD["identical groups"]), model)
    assert np.ptp(fit.summary()["mean"]) < 1e-10
    assert pairwise(fit.mixture) == pytest.approx(0.5, abs=1e-6)
    assert rank_distribution(fit.mixture) == pytest.approx(1 / 8, abs=1e-4)


def test_a_group_of_nobody_has_the_predictive_distribution():
    """Its posterior is that of a new group; it changes nothing for the others but the grid."""
    n, k = AWKWARD["a group of nobody"]
    with_it = estimate(known(n, k)).summary()["mean"]
    without = estimate(known([n[0], n[2]], [k[0], k[2]])).summary()["mean"]
    assert with_it[[0, 2]].to_numpy() == pytest.approx(without.to_numpy(), abs=2e-5)
    assert without.min() < with_it[1] < without.max() or with_it[1] == pytest.approx(0.5, abs=0.25)


def test_large_samples_follow_the_data():
    """With 5,000 respondents pooling moves hardly anything: the Beta posterior, nearly."""
    fit = estimate(known([5000, 5000, 5000], [1000, 2500, 4000]))
    row = fit.summary().iloc[0]
    exact = stats.beta(1000.5, 4000.5)
    assert row["mean"] == pytest.approx(exact.mean(), abs=3e-4)
    assert row["sd"] == pytest.approx(exact.std(), rel=0.02)


@pytest.mark.parametrize("scale", [1e-3, 1e-2, 0.05])
def test_sigma_near_zero_converges(scale):
    prior = LogitNormalPrior(sigma_scale=scale)
    solutions = known([100, 80, 120], [30, 22, 41])
    partial = pooling_model("partial-pooling").run
    coarse, fine = (partial(solutions, prior, RunSettings(300, f)) for f in (1, 2))
    assert mean(coarse) == pytest.approx(mean(fine), abs=1e-4)
    assert coarse.log_evidence == pytest.approx(fine.log_evidence, abs=1e-4)


def test_weight_on_few_solutions_is_said():
    rng = np.random.default_rng(0)
    n = np.full((200, 3), 400)
    k = rng.integers(0, 401, (200, 3))
    solutions = Solutions("x", ("a", "b", "c"), n, k, np.full(200, 1 / 200), np.zeros(200))
    with pytest.warns(FewSolutionsWarning, match="more draws"):
        estimate(solutions, "complete-pooling")
