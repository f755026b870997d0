"""Design effects: what a sample says of the population is divided, what was printed is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alumnistats.errors import ArgumentError
from alumnistats.posterior import MODELS, estimate, estimate_measure, pooling_model, prior_of
from alumnistats.posterior.fit import clustered, exact_fit
from alumnistats.reconstruction import Solutions, reconstruct
from alumnistats.sources import load_survey

GROUPS = tuple("abcd")
N, K = np.array([60, 40, 80, 50]), np.array([36, 10, 44, 20])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("d", [2, 4])
def test_a_design_effect_is_a_smaller_sample(model, d):
    large = clustered(exact_fit(Solutions.known("m", GROUPS, d * N, d * K), model), float(d))
    small = exact_fit(Solutions.known("m", GROUPS, N, K), model)
    columns = ["mean", "sd", "lower", "upper"]
    assert large.summary()[columns].to_numpy() == pytest.approx(
        small.summary()[columns].to_numpy(), abs=2e-6
    )
    for g in range(len(GROUPS)):
        means = [f.mixture.weight @ (f.mixture.mass[:, g] * f.mixture.grid).sum(axis=1)
                 for f in (large, small)]  # fmt: skip
        assert means[0] == pytest.approx(means[1], abs=2e-4)


@pytest.mark.parametrize("d", [1.3, 2.7])
def test_without_pooling_the_posterior_is_a_beta_of_effective_counts(d):
    fit = clustered(exact_fit(Solutions.known("m", GROUPS, N, K), "no-pooling"), d)
    for g in range(len(GROUPS)):
        law = stats.beta(0.5 + K[g] / d, 0.5 + (N[g] - K[g]) / d)
        row = fit.summary().iloc[g]
        # Of so few effective respondents the grid, nine standard errors of the logit either way,
        # leaves out up to 5e-9 of the law: so it does with whole counts as few.
        assert (row["mean"], row["sd"]) == pytest.approx((law.mean(), law.std()), rel=1e-7)


@given(st.floats(1.0, 4.0), st.floats(1.05, 2.0))
def test_intervals_widen(d, more):
    fit = exact_fit(Solutions.known("m", GROUPS, N, K), "no-pooling")
    narrow, wide = (clustered(fit, x).summary() for x in (d, d * more))
    assert ((wide["upper"] - wide["lower"]) > (narrow["upper"] - narrow["lower"])).all()


def test_one_is_none():
    fit = exact_fit(Solutions.known("m", GROUPS, N, K))
    assert clustered(fit, 1.0) is fit
    with pytest.raises(ArgumentError, match="design_effect"):
        clustered(fit, 0.5)


def test_solutions_keep_their_weights():
    recon = reconstruct(load_survey(), draws=100)
    one, two = (
        estimate_measure(recon, "important", design_effect=d, components=50) for d in (1.0, 2.0)
    )
    assert np.array_equal(one.weight, two.weight)
    assert one.counts().equals(two.counts())
    # The groups' own intervals need not widen: with less information they are pooled more.
    assert two.hyper["mu"][1] > one.hyper["mu"][1]


@pytest.mark.parametrize("model", MODELS)
def test_wider_priors_let_groups_differ_more(model):
    assert prior_of(model) == exact_fit(Solutions.known("m", GROUPS, N, K), model).prior
    n, k = np.full(4, 12), np.array([9, 3, 8, 4])
    spread = {
        width: np.ptp(estimate(Solutions.known("m", GROUPS, n, k), model, prior=prior)
                      .summary()["mean"])
        for width, prior in pooling_model(model).priors.items()
    }  # fmt: skip
    if model == "complete-pooling":
        assert max(spread.values()) == pytest.approx(0, abs=1e-9)
    else:
        assert spread["narrower"] < spread["default"] < spread["wider"]


def test_unknown_priors():
    with pytest.raises(ArgumentError, match="prior"):
        prior_of("no-pooling", "flat")
    with pytest.raises(ArgumentError, match="model"):
        prior_of("some-pooling")
