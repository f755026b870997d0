"""The exact engine against references, brute-force quadrature, limits and simulation."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from known_counts import known, samples
from scipy import integrate, stats
from scipy.special import expit

from alumnistats.errors import ArgumentError
from alumnistats.posterior import BetaPrior, LogitNormalPrior, estimate
from alumnistats.posterior.exact_run import RunSettings
from alumnistats.posterior.models import pooling_model
from alumnistats.reconstruction import Solutions

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="module")
def k12():
    data = pd.read_csv(REFERENCE / "input_k12.csv")
    return known(data["n"], data["x"])


def test_reference_of_twelve_groups(k12):
    fit = estimate(k12)
    expected = pd.read_csv(REFERENCE / "synthetic_k12_theta_posterior.csv")
    found = fit.summary()
    assert np.abs(found["mean"] - expected["exact_mean"]).max() < 1e-6
    assert np.abs(found["sd"] - expected["exact_sd"]).max() < 1e-6
    for column, reference in (("lower", "exact_q025"), ("median", "exact_q50"),
                              ("upper", "exact_q975")):  # fmt: skip
        assert np.abs(found[column] - expected[reference]).max() < 1e-5
    hyper = pd.read_csv(REFERENCE / "synthetic_k12_hyper_posterior.csv").set_index("parameter")
    for name in ("mu", "sigma"):
        assert fit.hyper[name][0] == pytest.approx(hyper.loc[name, "exact_mean"], abs=1e-6)
        assert fit.hyper[name][1] == pytest.approx(hyper.loc[name, "exact_sd"], abs=1e-5)


def test_finer_rules_change_nothing(k12):
    partial = pooling_model("partial-pooling").run
    coarse, fine = (partial(k12, LogitNormalPrior(), RunSettings(400, f)) for f in (1, 2))
    means = [(found.marginal * found.grid.quad) @ found.grid.theta for found in (coarse, fine)]
    assert np.abs(means[0] - means[1]).max() < 1e-6
    assert coarse.log_evidence == pytest.approx(fine.log_evidence, abs=1e-5)


def brute_means(n, k, prior):
    """Integrate over (mu, sigma) on a plain grid and over theta by trapezoids."""
    phi = np.linspace(-14, 14, 2001)
    mu, sigma = np.linspace(-7, 7, 91), np.linspace(0.01, 5, 120)
    m, s = (a.ravel() for a in np.meshgrid(mu, sigma, indexing="ij"))
    log_prior = stats.norm.logpdf(m, prior.mu_loc, prior.mu_scale)
    log_prior = log_prior + stats.halfnorm.logpdf(s, scale=prior.sigma_scale)
    total, means = log_prior, []
    for n_g, k_g in zip(n, k, strict=True):
        like = stats.binom.pmf(k_g, n_g, expit(phi))
        density = np.exp(-0.5 * ((phi - m[:, None]) / s[:, None]) ** 2) / s[:, None]
        z = density @ like
        means.append((density @ (like * expit(phi))) / z)
        total = total + np.log(z)
    weight = np.exp(total - total.max())
    weight *= np.where((s == sigma[0]) | (s == sigma[-1]), 0.5, 1.0)
    return np.array([weight @ mean / weight.sum() for mean in means])


@pytest.mark.parametrize(
    ("n", "k"),
    [((12, 30), (3, 20)), ((10, 10, 10), (0, 0, 0)), ((1, 1), (1, 0)), ((8,), (8,)),
     ((20, 20, 20), (7, 7, 7))],
)  # fmt: skip
def test_brute_force_quadrature_of_small_and_awkward_data(n, k):
    prior = LogitNormalPrior()
    found = estimate(known(n, k), prior=prior).summary()["mean"]
    assert np.abs(found - brute_means(n, k, prior)).max() < 2e-3  # the plain grid's own error


def test_reweighting_over_solutions():
    """Three solutions: their posterior weights follow from each one's evidence alone."""
    n = np.array([[20, 30], [25, 25], [15, 35]])
    k = np.array([[5, 20], [10, 12], [3, 30]])
    weight, log_prior = np.array([0.5, 0.3, 0.2]), np.array([-3.0, -2.0, -4.0])
    together = Solutions("x", ("a", "b"), n, k, weight, log_prior)
    fit = estimate(together)
    alone = [estimate(known(n[i], k[i])) for i in range(3)]
    log_w = np.array([np.log(weight[i]) - log_prior[i] + alone[i].log_evidence for i in range(3)])
    w = np.exp(log_w - log_w.max())
    w /= w.sum()
    expected = sum(w[i] * alone[i].summary()["mean"] for i in range(3))
    assert np.abs(fit.summary()["mean"] - expected).max() < 1e-4
    assert fit.ess == pytest.approx(1 / (w**2).sum(), rel=1e-3)


def test_no_pooling_is_the_beta_posterior():
    fit = estimate(known([40, 8], [13, 0]), "no-pooling", prior=BetaPrior(1, 1))
    table = fit.summary()
    for row, (n, k) in zip(table.to_dict("records"), ((40, 13), (8, 0)), strict=True):
        exact = stats.beta(1 + k, 1 + n - k)
        assert row["mean"] == pytest.approx(exact.mean(), abs=1e-6)
        assert row["upper"] == pytest.approx(exact.ppf(0.975), abs=1e-4)


def test_complete_pooling_is_one_beta_posterior():
    fit = estimate(known([40, 10], [13, 2]), "complete-pooling")
    exact = stats.beta(15.5, 35.5)
    assert np.allclose(fit.summary()["mean"], exact.mean(), atol=1e-6)
    draws = fit.draws(50)
    assert (draws[:, 0] == draws[:, 1]).all()


def test_small_sigma_approaches_complete_pooling(k12):
    tight = estimate(k12, prior=LogitNormalPrior(sigma_scale=0.002)).summary()
    assert np.ptp(tight["mean"]) < 1e-3
    pooled = estimate(k12, "complete-pooling", prior=BetaPrior(1, 1)).summary()
    assert np.abs(tight["mean"] - pooled["mean"]).max() < 2e-3  # priors of the mean differ
    assert np.abs(tight["sd"] - pooled["sd"]).max() < 2e-3


def test_a_wider_prior_of_sigma_shrinks_less(k12):
    """Twelve groups say themselves how much they differ; the prior moves little, but outward."""
    raw = k12.k[0] / k12.n[0]
    gaps = [
        np.abs(estimate(k12, prior=LogitNormalPrior(sigma_scale=s)).summary()["mean"] - raw).max()
        for s in (0.1, 1.0, 10.0)
    ]
    assert gaps[0] > gaps[1] > gaps[2]


def test_evidence_of_one_group_by_scipy():
    """Given sigma the logit is Normal(0, sqrt(1.5**2 + sigma**2)) once mu is integrated out."""

    def integrand(phi, sigma):
        like = stats.binom.pmf(3, 9, expit(phi))
        return like * stats.norm.pdf(phi, 0, np.hypot(1.5, sigma)) * stats.halfnorm.pdf(sigma)

    value, _ = integrate.dblquad(integrand, 0, 6, -12, 12, epsabs=1e-8, epsrel=1e-6)
    fit = estimate(known([9], [3]))
    assert fit.log_evidence == pytest.approx(np.log(value), abs=1e-4)


def test_five_thousand_respondents():
    fit = estimate(known([5000, 5000, 40], [2500, 2600, 10]))
    table = fit.summary()
    assert table["mean"][0] == pytest.approx(0.5, abs=0.005)
    assert table["sd"][0] == pytest.approx(0.00707, abs=2e-4)


@settings(max_examples=25)
@given(samples(2))
def test_properties(pairs):
    n, k = (np.array(x) for x in zip(*pairs, strict=True))
    fit = estimate(known(n, k))
    table = fit.summary()
    assert ((table["lower"] < table["mean"]) & (table["mean"] < table["upper"])).all()
    width, shortest = table["upper"] - table["lower"], table["hdi_upper"] - table["hdi_lower"]
    assert (shortest <= width + 1e-6).all()
    assert np.allclose(fit.mixture.mass.sum(axis=-1), 1.0)
    assert np.allclose((fit.marginal * fit.grid.quad).sum(axis=1), 1.0)
    order = np.arange(len(n))[::-1]
    again = estimate(known(n[order], k[order])).summary()["mean"]
    assert np.allclose(again[::-1], table["mean"], atol=1e-8)


def test_calibration_by_simulation():
    """Ranks of the true shares among posterior draws are uniform (Talts and others 2018)."""
    rng = np.random.default_rng(5)
    prior, size, runs, bins = LogitNormalPrior(), 4, 160, 8
    ranks = []
    for _ in range(runs):
        mu = rng.normal(prior.mu_loc, prior.mu_scale)
        sigma = abs(rng.normal(0, prior.sigma_scale))
        theta = expit(rng.normal(mu, sigma, size))
        n = rng.integers(5, 80, size)
        fit = estimate(known(n, rng.binomial(n, theta)), prior=prior)
        draws = fit.draws(bins - 1, rng)
        ranks.append((draws[:, 0] < theta[0]).sum())  # one group: groups of a run are dependent
    observed = np.bincount(ranks, minlength=bins)
    # One fixed seed, so a fault shows every time; a sound engine fails one seed in a thousand.
    assert stats.chisquare(observed).pvalue > 0.001


def test_draws_agree_with_the_marginals(k12):
    fit = estimate(k12)
    draws = fit.draws(4000, 1)
    assert np.array_equal(draws, fit.draws(4000, 1))
    table = fit.summary()
    se = table["sd"] / np.sqrt(4000)
    assert (np.abs(draws.mean(axis=0) - table["mean"]) < 5 * se).all()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"model": "some"}, "model"),
        ({"engine": "gibbs"}, "engine"),
        ({"level": 2.0}, "level"),
        ({"components": 3}, "components"),
        ({"prior": BetaPrior()}, "prior"),
        ({"model": "no-pooling", "engine": "pymc", "sampler": "stan"}, "sampler"),
        ({"engine": "pymc", "draws": 10}, "draws"),
    ],
)
def test_bad_arguments(k12, options, word):
    with pytest.raises(ArgumentError, match=word):
        estimate(k12, **options)


def test_bad_priors():
    with pytest.raises(ArgumentError, match="sigma_scale"):
        LogitNormalPrior(sigma_scale=0)
    with pytest.raises(ArgumentError, match="a:"):
        BetaPrior(a=-1)
