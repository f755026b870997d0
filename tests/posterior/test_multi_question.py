"""Two correlated measures: limits, brute force, symmetries, simulation, convergence."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit

import alumnistats as al
from alumnistats.errors import ArgumentError
from alumnistats.posterior import BetaPrior, LogitNormalPrior, estimate
from alumnistats.posterior import multi_question_posterior as engine
from alumnistats.posterior.multi_question import Correlation, estimate_jointly
from alumnistats.posterior.multi_question_tables import Rule
from alumnistats.ranking import pairwise, rank_distribution
from alumnistats.reconstruction import Solutions

REFERENCE = Path(__file__).parents[1] / "reference"
PRIORS = (LogitNormalPrior(), LogitNormalPrior())
SECOND = [70, 44, 60, 36, 50, 55, 42, 60, 47, 38, 50, 36]


def known(n, *counts):
    groups = tuple(f"g{i}" for i in range(len(n)))
    return tuple(Solutions.known(f"q{i}", groups, n, k) for i, k in enumerate(counts))


def means(measure):
    return (measure.marginal * measure.grid.quad) @ measure.grid.theta


@pytest.fixture(scope="module")
def k12():
    data = pd.read_csv(REFERENCE / "input_k12.csv")
    return known(data["n"].to_numpy(), data["x"].to_numpy(), np.array(SECOND))


@pytest.fixture(scope="module")
def fit(k12):
    return estimate_jointly(k12)


def test_without_correlation_both_measures_stand_alone(k12):
    at_zero = (np.zeros(1), np.ones(1))
    got = engine.run(k12, PRIORS, 1.0, Rule(16, 30, 1), 1, 300, at_zero)
    alone = [estimate(s) for s in k12]
    assert got.log_evidence == pytest.approx(sum(f.log_evidence for f in alone), abs=1e-6)
    for found, expected in zip(got.measures, alone, strict=True):
        # The single engine's own error is 1e-6 (its reference values): no more can be asked.
        assert np.abs(means(found) - expected.summary()["mean"]).max() < 1e-6
        assert found.hyper["sigma"] == pytest.approx(expected.hyper["sigma"], abs=2e-6)
    prior_at_zero = estimate_jointly(k12, eta=1e7)
    assert abs(prior_at_zero.correlation.mean) < 1e-5
    for of, expected in zip(prior_at_zero.of, alone, strict=True):
        error = prior_at_zero.fits[of].summary()["mean"] - expected.summary()["mean"]
        assert np.abs(error).max() < 1e-5


def importance_sample(n, k, draws, rng, eta):
    """Draw from the prior of the hyperparameters and effects; weigh by the binomials."""
    prior = PRIORS[0]
    mu = rng.normal(prior.mu_loc, prior.mu_scale, (draws, 2))
    sigma = np.abs(rng.normal(0, prior.sigma_scale, (draws, 2)))
    rho = 2 * rng.beta(eta, eta, draws) - 1
    z = rng.normal(size=(2, draws, len(n)))
    z[1] = rho[:, None] * z[0] + np.sqrt(1 - rho**2)[:, None] * z[1]
    theta = expit(mu.T[..., None] + sigma.T[..., None] * z)
    weight = np.exp(sum(stats.binom.logpmf(k[q], n, theta[q]).sum(axis=1) for q in range(2)))
    return weight, theta, rho


@pytest.mark.parametrize(
    ("n", "k", "eta"),
    [((8, 12), ((1, 9), (2, 10)), 1.0), ((6, 9, 5), ((0, 5, 5), (6, 3, 0)), 1.0),
     ((10, 10, 10), ((2, 5, 9), (1, 6, 8)), 3.0), ((3, 1), ((0, 1), (3, 0)), 0.5)],
)  # fmt: skip
def test_plain_monte_carlo_from_the_definition(n, k, eta):
    rng = np.random.default_rng(3)
    parts = [importance_sample(n, k, 200_000, rng, eta) for _ in range(2)]
    weight = np.concatenate([p[0] for p in parts])
    values = np.concatenate([np.column_stack([p[2], p[2] ** 2, p[1][0], p[1][1]]) for p in parts])
    total = weight.sum()
    expected = weight @ values / total
    se = np.sqrt(weight**2 @ (values - expected) ** 2) / total
    found = estimate_jointly(known(n, *k), eta=eta)
    rho = found.correlation
    table = [rho.mean, rho.weight @ rho.nodes**2, *found.summary()["mean"]]
    assert (np.abs(table - expected) < 4 * se + 1e-5).all()
    evidence = weight.mean()
    assert abs(np.exp(found.log_evidence) - evidence) < 4 * weight.std() / np.sqrt(len(weight))


groups = st.lists(
    st.integers(2, 6).flatmap(
        lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))
    ),
    min_size=2, max_size=4,
)  # fmt: skip


@settings(max_examples=3)
@given(groups)
def test_symmetries(rows):
    n, first, second = (np.array(x) for x in zip(*rows, strict=True))
    rule, error = Rule(5, 9, 10), 1e-7

    def run(*arguments):
        got = engine.run(known(*arguments), PRIORS, 1.0, rule, 1, 60)
        return got.rho @ got.rho_weight, [means(m) for m in got.measures], got.log_evidence

    rho, theta, evidence = run(n, first, second)
    swapped = run(n, second, first)
    assert swapped[0] == pytest.approx(rho, abs=error)
    assert np.allclose(swapped[1][::-1], theta, atol=error)
    turned = run(n, first, n - second)
    assert turned[0] == pytest.approx(-rho, abs=error)
    assert np.allclose(turned[1], [theta[0], 1 - theta[1]], atol=error)
    backwards = run(n[::-1], first[::-1], second[::-1])
    assert np.allclose(np.array(backwards[1])[:, ::-1], theta, atol=error)
    for other in (swapped, turned, backwards):
        assert other[2] == pytest.approx(evidence, abs=error)


def test_calibration_by_simulation():
    """Posterior probabilities below the truth are uniform (Talts and others 2018)."""
    rng, runs, size = np.random.default_rng(11), 60, 5
    rule, below = Rule(5, 9, 10), []
    for _ in range(runs):
        rho, mu = rng.uniform(-1, 1), rng.normal(0, 1.5, 2)
        sigma = np.abs(rng.normal(0, 1, 2))
        z = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size)
        theta, n = expit(mu + sigma * z), rng.integers(5, 30, size)
        k = rng.binomial(n[:, None], theta)
        got = engine.run(known(n, *k.T), PRIORS, 1.0, rule, 1, 60)
        correlation = Correlation(got.rho, got.rho_weight, got.rho_prior, 1.0)
        measure = got.measures[1]
        mass = measure.marginal[0] * measure.grid.quad
        share = np.interp(theta[0, 1], measure.grid.theta, np.cumsum(mass) - mass / 2)
        below.append((correlation.cdf(rho)[0], share))
    for values in np.array(below).T:
        # One fixed seed; a sound engine leaves the Kolmogorov band one seed in a thousand.
        assert stats.kstest(values, "uniform").pvalue > 0.001


def test_finer_rules_change_nothing(k12, fit):
    found = fit.summary()["mean"].to_numpy()
    fine = engine.run(k12, PRIORS, 1.0, Rule(14, 26, 36), 1, 300)
    assert np.abs(found - np.concatenate([means(m) for m in fine.measures])).max() < 2e-6
    assert fit.correlation.mean == pytest.approx(fine.rho @ fine.rho_weight, abs=1e-5)
    assert fit.log_evidence == pytest.approx(fine.log_evidence, abs=1e-4)


def test_thinned_solutions_agree_with_all():
    rng = np.random.default_rng(2)
    n = np.array([20, 30, 25, 40])
    groups = ("a", "b", "c", "d")
    counts = [k + rng.integers(-2, 3, (6, 4)) for k in ([5, 20, 10, 15], [6, 22, 14, 12])]
    weight = rng.dirichlet(np.ones(6))
    log_prior = rng.normal(0, 0.5, (2, 6))
    pair = [
        Solutions(f"q{i}", groups, np.tile(n, (6, 1)), k, weight, log_prior[i])
        for i, k in enumerate(counts)
    ]
    # The default rule's own error is 3e-3 in log evidence; a finer one shows the bookkeeping.
    rule = Rule(10, 16, 16)
    together = engine.run(pair, PRIORS, 1.0, rule, 6, 60)
    alone = []
    for i in range(6):
        pair_alone = known(n, counts[0][i], counts[1][i])
        one = engine.run(pair_alone, PRIORS, 1.0, rule, 1, 60)
        alone.append((np.log(weight[i]) - log_prior[:, i].sum() + one.log_evidence, one))
    log_w = np.array([a[0] for a in alone])
    assert together.log_evidence == pytest.approx(np.logaddexp.reduce(log_w), abs=2e-3)
    w = np.exp(log_w - np.logaddexp.reduce(log_w))
    expected = sum(
        p * np.concatenate([means(m) for m in a[1].measures]) for p, a in zip(w, alone, strict=True)
    )
    found = np.concatenate([means(m) for m in together.measures])
    assert np.abs(found - expected).max() < 2e-4
    thinned = estimate_jointly(pair, solutions=4)
    assert thinned.solutions <= 4
    assert thinned.log_evidence == pytest.approx(together.log_evidence, abs=0.3)
    assert np.abs(thinned.summary()["mean"] - expected).max() < 0.03


def test_draws_and_mixtures_agree_with_the_marginals(fit):
    draws = fit.draws(4000, 1)
    assert draws.shape == (4000, 2, 12)
    assert np.array_equal(draws, fit.draws(4000, 1))
    table = fit.summary()
    z = (draws.mean(axis=0).ravel() - table["mean"]) / (table["sd"] / np.sqrt(4000))
    assert np.abs(z).max() < 5
    assert np.allclose(draws.std(axis=0).ravel(), table["sd"], rtol=0.08)
    for fitted in fit.fits.values():
        mixture = fitted.mixture
        own = mixture.weight @ (mixture.mass * mixture.grid[:, None]).sum(axis=-1)
        assert np.abs(own - fitted.summary()["mean"]).max() < 1e-3
        assert np.allclose(rank_distribution(mixture).sum(axis=0), 1.0)
        assert np.allclose(pairwise(mixture) + pairwise(mixture).T, 1.0)


def test_draws_are_correlated_as_the_model_says():
    """With no data to speak of, a group's logits correlate as the effects do, plus chance."""
    fit = estimate_jointly(known([400, 400, 400, 400], [40, 120, 240, 340], [60, 100, 260, 350]))
    draws = np.log(fit.draws(2000, 0)) - np.log1p(-fit.draws(2000, 0))
    within = [np.corrcoef(d)[0, 1] for d in draws]
    assert np.mean(within) > 0.9
    assert fit.correlation.p_positive > 0.95


def test_tables(fit):
    table = fit.summary()
    assert list(table["question"].unique()) == ["q0", "q1"]
    row = fit.correlation_summary().iloc[0]
    assert -1 < row["lower"] < row["median"] < row["upper"] < 1
    assert fit.correlation.cdf(row["upper"])[0] == pytest.approx(0.975, abs=1e-6)
    assert row["p_positive"] == pytest.approx(1 - fit.correlation.cdf(0.0)[0])
    data = fit.idata
    assert data["theta"].dims == ("chain", "draw", "question", "group")
    assert float(data["rho_probability"].sum()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("options", "word"),
    [({"level": 1.0}, "level"), ({"eta": 0}, "eta"), ({"solutions": 0}, "solutions"),
     ({"components": 3}, "components"), ({"prior": BetaPrior()}, "prior"),
     ({"of": ["q1", "q0"]}, "of")],
)  # fmt: skip
def test_bad_arguments(k12, options, word):
    with pytest.raises(ArgumentError, match=word):
        estimate_jointly(k12, **options)


def test_solutions_that_do_not_correspond(k12):
    with pytest.raises(ArgumentError, match="two different"):
        estimate_jointly([k12[0], k12[0]])
    with pytest.raises(ArgumentError, match="two measures"):
        estimate_jointly([k12[0]])
    with pytest.raises(ArgumentError, match="row by row"):
        estimate_jointly([k12[0], Solutions.known("q1", ("a", "b"), [3, 4], [1, 2])])


def test_embedded_survey():
    recon = al.reconstruct(al.load_survey(), draws=100)
    fit = estimate_jointly(recon, ["official_contact", "important"], solutions=30)
    assert fit.solutions <= 30
    assert 0.1 < fit.correlation.mean < 0.7
    for pair in (["official_contact", "contact:both"], ["official_contact"] * 2,
                 ["official_contact"], ["official_contact", "nothing"], None):  # fmt: skip
        with pytest.raises(ArgumentError, match="of"):
            estimate_jointly(recon, pair)
