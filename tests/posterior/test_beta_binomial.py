"""The beta-binomial hierarchy against published results, brute force, limits and simulation."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from known_counts import known, samples
from scipy import stats
from scipy.special import betaln

from alumnistats.errors import ArgumentError
from alumnistats.posterior import BetaBinomialPrior, BetaPrior, LogitNormalPrior, estimate
from alumnistats.posterior import logit_normal as engine
from alumnistats.posterior.exact_run import RunSettings
from alumnistats.posterior.models import pooling_model
from alumnistats.ranking.posterior_ranks import rank_distribution

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="module")
def baseball():
    data = pd.read_csv(REFERENCE / "baseball_efron_morris_1970.csv")
    return estimate(known(data["At-Bats"], data["Hits"]), "beta-binomial")


def test_baseball_of_1970(baseball):
    """Carpenter's printed results (2 digits), and a quadrature of the same model (4 digits)."""
    table = baseball.summary()
    assert table["mean"].min() == pytest.approx(0.2221, abs=1e-4)
    assert table["mean"].max() == pytest.approx(0.3217, abs=1e-4)
    assert baseball.quantile([0.1, 0.9])[0] == pytest.approx([0.2598, 0.3915], abs=1e-4)
    assert 1 - baseball.cdf(0.4)[0] == pytest.approx(0.0790, abs=1e-4)
    first = rank_distribution(baseball.mixture)[:, 0]
    data = pd.read_csv(REFERENCE / "baseball_efron_morris_1970.csv")
    swoboda = int(np.flatnonzero(data["LastName"].str.startswith("Sw"))[0])
    assert first[0] == pytest.approx(0.2473, abs=5e-4)
    assert first[swoboda] == pytest.approx(0.0207, abs=2e-4)


def test_rat_tumours():
    """BDA3's prior, (a + b)**(-5/2), is a uniform mean and a Pareto tail of shape 1/2."""
    data = pd.read_csv(REFERENCE / "rat_tumors_bda3.csv")
    prior = BetaBinomialPrior(kappa_least=1e-3, kappa_shape=0.5)
    fit = estimate(known(data["n"], data["y"]), "beta-binomial", prior=prior)
    assert fit.summary()["mean"].iloc[-1] == pytest.approx(0.2109, abs=1e-4)


def test_surgical_wards():
    """The same tables under another prior: tau ~ Gamma(0.001, 0.001), as in the BUGS examples."""
    data = pd.read_csv(REFERENCE / "surgical_bugs.csv")
    expected = pd.read_csv(REFERENCE / "surgical_exact_vs_openbugs.csv")
    solutions = known(data["n"], data["y"])
    prior = LogitNormalPrior(mu_scale=1000.0, sigma_scale=1.0)
    nodes = engine.hyper_nodes(solutions.n[0], solutions.k[0], prior, fineness=3)
    tau = nodes.sigma**-2
    wanted = 0.001 * np.log(tau) - 0.001 * tau - np.log(nodes.sigma)
    nodes = replace(nodes, log_weight=nodes.log_weight - nodes.log_prior + wanted)
    grid = engine.choose_grid(solutions.n, solutions.k, fineness=2)
    tables = engine.tabulate(solutions, grid, nodes)
    joint = np.exp(engine.log_joint(tables, nodes))
    marginal = engine.marginal_densities(tables, grid, joint / joint.sum())
    mean = (marginal * grid.quad) @ grid.theta
    assert np.abs(mean - expected["exact_mean"]).max() < 2e-5
    # OpenBUGS' printed means, within its Monte Carlo errors (the largest of 12 z-scores).
    z = (mean - expected["openbugs_mean"]) / expected["openbugs_mcse"]
    assert np.abs(z).max() < 2.9


def brute(n, k, prior):
    """Integrate over (m, log kappa) on a plain grid; shares and evidence in closed form."""
    m = (np.arange(400) + 0.5) / 400
    t = np.log(prior.kappa_least) + (np.arange(900) + 0.5) * 0.02
    m, t = (a.ravel() for a in np.meshgrid(m, t, indexing="ij"))
    a, b = np.exp(t) * m, np.exp(t) * (1 - m)
    log_w = stats.beta.logpdf(m, prior.mean_a, prior.mean_b) + np.log(0.02 / 400)
    log_w += np.log(prior.kappa_shape) - prior.kappa_shape * (t - np.log(prior.kappa_least))
    for n_g, k_g in zip(n, k, strict=True):
        log_w += np.log(stats.binom.pmf(k_g, n_g, 0.5)) + n_g * np.log(2)
        log_w += betaln(a + k_g, b + n_g - k_g) - betaln(a, b)
    w = np.exp(log_w)
    means = [(w @ ((a + x) / (a + b + y))) / w.sum() for y, x in zip(n, k, strict=True)]
    return np.array(means), np.log(w.sum())


@pytest.mark.parametrize(
    ("n", "k"),
    [((12, 30), (3, 20)), ((10, 10, 10), (0, 0, 0)), ((1, 1), (1, 0)), ((8,), (8,)),
     ((20, 20, 20), (7, 7, 7)), ((400, 30), (120, 14))],
)  # fmt: skip
def test_brute_force_quadrature_of_small_and_awkward_data(n, k):
    prior = BetaBinomialPrior(mean_a=2.0, mean_b=2.0)
    found = estimate(known(n, k), "beta-binomial", prior=prior)
    mean, log_evidence = brute(n, k, prior)
    assert np.abs(found.summary()["mean"] - mean).max() < 1e-3  # the plain grid's own error
    assert found.log_evidence == pytest.approx(log_evidence, abs=3e-3)


def test_finer_rules_change_nothing():
    data = pd.read_csv(REFERENCE / "input_k12.csv")
    solutions = known(data["n"], data["x"])
    coarse, fine = (
        pooling_model("beta-binomial").run(solutions, BetaBinomialPrior(), RunSettings(400, f))
        for f in (1, 2)
    )
    means = [(found.marginal * found.grid.quad) @ found.grid.theta for found in (coarse, fine)]
    assert np.abs(means[0] - means[1]).max() < 2e-6
    assert coarse.log_evidence == pytest.approx(fine.log_evidence, abs=1e-5)


def test_large_concentrations_approach_complete_pooling():
    n, k = [40, 60, 20], [13, 25, 4]
    tight = estimate(known(n, k), "beta-binomial", prior=BetaBinomialPrior(kappa_least=1e5))
    pooled = estimate(known(n, k), "complete-pooling", prior=BetaPrior(1, 1))
    assert tight.summary()["mean"].to_numpy() == pytest.approx(
        pooled.summary()["mean"].to_numpy(), abs=2e-3
    )
    assert tight.log_evidence == pytest.approx(pooled.log_evidence, abs=2e-3)


@settings(max_examples=20)
@given(samples(1))
def test_properties(pairs):
    n, k = (np.array(x) for x in zip(*pairs, strict=True))
    fit = estimate(known(n, k), "beta-binomial")
    table = fit.summary()
    assert ((table["lower"] < table["mean"]) & (table["mean"] < table["upper"])).all()
    assert np.allclose((fit.marginal * fit.grid.quad).sum(axis=1), 1.0)
    # Successes and failures change places: every share becomes its complement.
    flipped = estimate(known(n, n - k), "beta-binomial").summary()
    assert np.allclose(flipped["mean"], 1 - table["mean"], atol=2e-6)
    assert fit.log_evidence < 0


def test_calibration_by_simulation():
    """The posterior probability of less than the true share is uniform over simulations."""
    rng = np.random.default_rng(3)
    prior, runs, at = BetaBinomialPrior(), 120, []
    for _ in range(runs):
        m, kappa = rng.beta(prior.mean_a, prior.mean_b), 1 + rng.pareto(prior.kappa_shape)
        theta = np.clip(rng.beta(kappa * m, kappa * (1 - m), 4), 1e-9, 1 - 1e-9)
        n = rng.integers(5, 80, 4)
        fit = estimate(known(n, rng.binomial(n, theta)), "beta-binomial")
        at.append(fit.cdf(theta[0])[0])
    # One fixed seed, so a fault shows every time; a sound engine fails one seed in a thousand.
    assert stats.kstest(at, "uniform").pvalue > 0.001


def test_bad_priors_are_named():
    with pytest.raises(ArgumentError, match="kappa_shape"):
        BetaBinomialPrior(kappa_shape=0)
    with pytest.raises(ArgumentError, match="BetaBinomialPrior"):
        estimate(known([10], [3]), "beta-binomial", prior=BetaPrior())
