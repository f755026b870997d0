"""NUTS and the exact engine sample the same posterior; ArviZ data in both generations."""

import warnings

import arviz as az
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alumnistats.errors import ArgumentError
from alumnistats.posterior import (
    MODELS,
    BetaBinomialPrior,
    BetaPrior,
    LogitNormalPrior,
    estimate,
    estimate_jointly,
)
from alumnistats.posterior.arviz_data import netcdf_bytes
from alumnistats.posterior.predictive import (
    posterior_predictive,
    predictive_p_values,
    prior_predictive,
)
from alumnistats.posterior.pymc_models import multi_question_model, observe_counts
from alumnistats.posterior.pymc_sampling import SamplingWarning, check_sampling, sample
from alumnistats.posterior.solution_draws import (
    draw_solutions,
    pointwise_log_likelihood,
    solution_log_weights,
)
from alumnistats.reconstruction import Solutions

N = np.array([[40, 60, 30, 50], [45, 55, 30, 50]])
K = np.array([[10, 30, 12, 9], [12, 28, 12, 9]])


@pytest.fixture(scope="module")
def solutions():
    log_prior = np.array([-8.0, -8.5])
    return Solutions("q:x", ("a", "b", "c", "d"), N, K, np.array([0.6, 0.4]), log_prior)


@pytest.fixture(scope="module")
def sampled(solutions):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)  # its own test is below
        return estimate(solutions, engine="pymc", draws=500, tune=500, chains=2, cores=1, seed=3)


def test_nuts_agrees_with_the_exact_engine(solutions, sampled):
    exact = estimate(solutions).summary()
    theta = np.asarray(sampled.trace["posterior"]["theta"])
    for g in range(4):
        se = theta[..., g].std() / np.sqrt(float(az.ess(theta[..., g])))
        assert abs(theta[..., g].mean() - exact["mean"][g]) < 4.5 * se
    # The conditional densities have less noise than the draws themselves.
    assert np.abs(sampled.summary()["mean"] - exact["mean"]).max() < 0.01


def test_short_runs_warn_and_say_what_to_do(solutions):
    with pytest.warns(SamplingWarning, match="more draws"):
        estimate(solutions, engine="pymc", draws=100, tune=100, chains=2, cores=1, seed=1)


def test_arviz_data_of_the_exact_engine(solutions, tmp_path):
    fit = estimate(solutions)
    theta = fit.idata["posterior"]["theta"]
    assert theta.dims == ("chain", "draw", "group")
    assert list(theta["group"].values) == ["a", "b", "c", "d"]
    path = tmp_path / "fit.nc"
    path.write_bytes(netcdf_bytes({"q:x": fit}))
    stored = az.from_netcdf(path)
    assert stored["posterior"]["q__x"].shape == (1, 4000, 4)
    assert np.allclose(stored["constant_data"]["q__x__n"], np.array([0.6, 0.4]) @ N)


def z_scores(trace, expected, name="theta"):
    """Return (mean - expected) over the Monte Carlo error of every element."""
    values = np.asarray(trace["posterior"][name])
    flat = values.reshape(*values.shape[:2], -1)
    se = [flat[..., i].std() / np.sqrt(float(az.ess(flat[..., i]))) for i in range(flat.shape[-1])]
    return (flat.mean(axis=(0, 1)) - np.ravel(expected)) / se


SHORT = {"draws": 500, "tune": 500, "chains": 2, "cores": 1, "seed": 4}


def quiet(model, sampler="pymc", **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        return sample(
            model,
            sampler,
            **({"draws": 500, "tune": 500, "chains": 2, "cores": 1, "seed": 4} | options),
        )


@pytest.mark.parametrize("model", [m for m in MODELS if m != "partial-pooling"])
def test_every_model_agrees_with_its_exact_posterior(solutions, model):
    fit = estimate(solutions, model)
    trace = quiet(fit)
    assert np.abs(z_scores(trace, fit.summary()["mean"])).max() < 4.5


def test_nutpie_samples_the_same_posterior(solutions):
    fit = estimate(solutions)
    trace = quiet(fit, "nutpie")
    assert np.abs(z_scores(trace, fit.summary()["mean"])).max() < 4.5
    again = quiet(fit, "nutpie")
    assert np.array_equal(trace["posterior"]["theta"], again["posterior"]["theta"])


def test_numpyro_samples_the_same_posterior(solutions):
    pytest.importorskip("numpyro", reason="an optional sampler")
    fit = estimate(solutions)
    assert np.abs(z_scores(quiet(fit, "numpyro"), fit.summary()["mean"])).max() < 4.5


def test_two_questions_agree_with_the_exact_engine():
    groups = ("a", "b", "c", "d")
    pair = [
        Solutions.known(f"q{i}", groups, N[0], k)
        for i, k in enumerate(([10, 30, 12, 9], [14, 34, 14, 11]))
    ]
    exact = estimate_jointly(pair)
    trace = quiet(multi_question_model(pair), target_accept=0.95)
    theta = exact.summary()["mean"].to_numpy()
    assert np.abs(z_scores(trace, theta)).max() < 4.5
    rho = np.asarray(trace["posterior"]["correlation"])[..., 0, 1]
    se = rho.std() / np.sqrt(float(az.ess(rho)))
    assert abs(rho.mean() - exact.correlation.mean) < 4.5 * se


def test_psis_loo_approximates_the_exact_leave_one_out():
    # Above a Pareto k of 0.7 PSIS says of itself that it is unreliable (Vehtari, Simpson, Gelman,
    # Yao and Gabry 2024), as it is of one or two groups here: a group is much of what is known.
    rng = np.random.default_rng(1)
    n = np.full(10, 25)
    known = Solutions.known("x", tuple("abcdefghij"), n, rng.binomial(n, 0.3))
    fit = estimate(known)
    trace = quiet(fit, draws=2000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own diagnostics are not the subject
        found = az.loo(trace, pointwise=True)
    elpd = np.asarray(found.loo_i if hasattr(found, "loo_i") else found.elpd_i)
    reliable = np.asarray(found.pareto_k) <= 0.7
    assert reliable.sum() >= 7
    assert elpd[reliable] == pytest.approx(fit.loo[reliable], abs=0.1)


def test_a_model_of_ones_own(solutions):
    import pymc as pm

    with pm.Model(coords={"group": list(solutions.groups)}) as model:
        share = pm.Beta("theta", 2.0, 2.0, dims="group")
        observe_counts(solutions, pm.math.logit(share))
    trace = quiet(model)
    exact = estimate(solutions, "no-pooling", prior=BetaPrior(2, 2)).summary()["mean"]
    assert np.abs(z_scores(trace, exact)).max() < 4.5


@pytest.mark.parametrize(
    ("options", "word"),
    [({"sampler": "stan"}, "sampler"), ({"draws": 10}, "draws"), ({"tune": 10}, "draws"),
     ({"chains": 0}, "chains"), ({"target_accept": 1.0}, "target_accept")],
)  # fmt: skip
def test_bad_arguments_of_sampling(solutions, options, word):
    with pytest.raises(ArgumentError, match=word):
        estimate(solutions, engine="pymc", **options)


def test_a_missing_sampler_names_the_extra(solutions, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ArgumentError, match=r"alumnistats\[samplers\]"):
        sample(estimate(solutions), "numpyro")


def test_chains_that_disagree_are_named():
    rng = np.random.default_rng(0)
    bad = rng.normal(size=(2, 500)) + np.array([[0.0], [3.0]])
    trace = (
        az.from_dict({"posterior": {"shift": bad, "fine": rng.normal(size=(2, 500))}})
        if (not hasattr(az, "InferenceData"))
        else az.from_dict(posterior={"shift": bad, "fine": rng.normal(size=(2, 500))})
    )
    with pytest.warns(SamplingWarning, match="r-hat of .* of shift"):
        check_sampling(trace)


def test_prior_predictive_has_the_prior_moments(solutions):
    for model, prior, mean in (
        ("no-pooling", BetaPrior(2, 6), 0.25), ("complete-pooling", BetaPrior(2, 6), 0.25),
        ("partial-pooling", LogitNormalPrior(), 0.5),
        ("beta-binomial", BetaBinomialPrior(1, 3), 0.25),
    ):  # fmt: skip
        drawn = prior_predictive(solutions, model, prior, draws=4000)
        assert drawn["k_rep"].dims == ("draw", "group")
        by_draw = np.asarray((drawn["k_rep"] / drawn["n"]).mean("group"))
        assert abs(by_draw.mean() - mean) < 4 * by_draw.std() / np.sqrt(4000)
    with pytest.raises(ArgumentError, match="model"):
        prior_predictive(solutions, "pooling")
    with pytest.raises(ArgumentError, match="prior"):
        prior_predictive(solutions, "no-pooling", LogitNormalPrior())


def test_posterior_predictive_counts_are_beta_binomial():
    """No pooling: a replication of k out of n is beta-binomial, whose moments are known."""
    known = Solutions.known("x", ("a", "b"), [40, 25], [10, 20])
    drawn = posterior_predictive(estimate(known, "no-pooling"), draws=6000, seed=1)
    for g, (n, k) in enumerate(((40, 10), (25, 20))):
        law = stats.betabinom(n, k + 0.5, n - k + 0.5)
        values = np.asarray(drawn["k_rep"])[:, g]
        assert abs(values.mean() - law.mean()) < 4.5 * law.std() / np.sqrt(6000)
        assert values.std() == pytest.approx(law.std(), rel=0.05)


def test_predictive_p_values_find_a_model_that_is_wrong():
    rng = np.random.default_rng(3)
    n = np.full(20, 120)
    known = Solutions.known("x", tuple(map(str, range(20))), n, rng.binomial(n, rng.beta(2, 2, 20)))
    table = {
        model: predictive_p_values(posterior_predictive(estimate(known, model))).set_index(
            "statistic"
        )["p_value"]
        for model in ("complete-pooling", "partial-pooling")
    }
    assert table["complete-pooling"]["spread of shares"] < 0.01
    assert 0.05 < table["partial-pooling"]["spread of shares"] < 0.95
    assert table["complete-pooling"].between(0, 1).all()
    with pytest.raises(ArgumentError, match="predicted"):
        predictive_p_values(prior_predictive(known))


def test_predictive_of_a_trace(sampled):
    drawn = posterior_predictive(sampled.trace, draws=500)
    assert drawn.sizes == {"draw": 500, "group": 4}
    assert set(np.unique(drawn["k"])) <= set(K.ravel())


def test_solutions_are_drawn_by_their_probability_given_the_shares(solutions):
    theta = np.tile([0.24, 0.51, 0.41, 0.19], (20_000, 1))
    log_weight = solution_log_weights([solutions])
    row = draw_solutions(theta, N, K, log_weight, np.random.default_rng(0))
    log_given = np.log([0.6, 0.4]) - solutions.log_prior
    log_given += stats.binom.logpmf(K, N, theta[0]).sum(axis=1)
    p = np.exp(log_given - np.logaddexp.reduce(log_given))
    assert abs(row.mean() - p[1]) < 4.5 * np.sqrt(p[0] * p[1] / 20_000)


@settings(max_examples=25)
@given(st.lists(st.floats(0.01, 0.99), min_size=4, max_size=4))
def test_pointwise_log_likelihood_by_definition(theta):
    """The ratio of the likelihoods of all groups and of all but one."""
    weight, log_prior = np.array([0.6, 0.4]), np.array([-8.0, -8.5])
    pair = Solutions("x", ("a", "b", "c", "d"), N, K, weight, log_prior)
    found = pointwise_log_likelihood(np.array([theta]), N, K, solution_log_weights([pair]))[0]
    one = stats.binom.pmf(K, N, theta)
    free = weight / np.exp(log_prior)
    for g in range(4):
        rest = np.delete(one, g, axis=1).prod(axis=1)
        expected = (free * one.prod(axis=1)).sum() / (free * rest).sum()
        assert np.exp(found[g]) == pytest.approx(expected, rel=1e-9)
