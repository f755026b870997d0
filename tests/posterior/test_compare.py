"""Comparison of models and power scaling against definitions, refits and closed forms."""

from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_counts import known
from scipy import stats

from alumnistats.errors import ArgumentError
from alumnistats.posterior import MODELS, BetaPrior, LogitNormalPrior, estimate
from alumnistats.posterior.compare import compare, jensen_shannon, power_sensitivity
from alumnistats.posterior.exact_run import Powers, RunSettings
from alumnistats.posterior.models import pooling_model

REFERENCE = Path(__file__).parents[1] / "reference"
N, K = [20, 35, 12, 50], [4, 15, 3, 30]


@pytest.mark.parametrize("model", MODELS)
def test_leave_one_out_is_the_ratio_of_two_fits(model):
    fit = estimate(known(N, K), model)
    for g in range(len(N)):
        rest = [i for i in range(len(N)) if i != g]
        without = estimate(known([N[i] for i in rest], [K[i] for i in rest]), model)
        expected = fit.log_evidence - without.log_evidence
        assert fit.loo[g] == pytest.approx(expected, abs=2e-4)


def test_comparison_adds_up():
    fits = [estimate(known(N, K), model) for model in MODELS]
    table = compare(fits)
    assert table["probability"].sum() == pytest.approx(1)
    assert table["elpd_difference"].iloc[0] == 0
    assert (table["elpd_difference"] <= 0).all()
    by_model = table.set_index("model")
    for a, b in combinations(fits, 2):
        odds = by_model.loc[a.model, "probability"] / by_model.loc[b.model, "probability"]
        assert np.log(odds) == pytest.approx(a.log_evidence - b.log_evidence)
    assert fits[0].compare(*fits[1:]).equals(table)


def test_comparison_prefers_the_model_that_made_the_data():
    rng = np.random.default_rng(2)
    n = np.full(30, 100)
    equal = known(n, rng.binomial(n, 0.3))
    spread = known(n, rng.binomial(n, rng.beta(1, 1, 30)))
    for solutions, best, worst in (
        (equal, "complete-pooling", "no-pooling"),
        (spread, "no-pooling", "complete-pooling"),
    ):
        table = compare([estimate(solutions, m) for m in ("complete-pooling", "no-pooling")])
        assert table["model"].tolist() == [best, worst]


def test_different_counts_are_refused():
    one, other = estimate(known(N, K)), estimate(known(N, [5, 15, 3, 30]))
    with pytest.raises(ArgumentError, match="same counts"):
        compare([one, other])
    with pytest.raises(ArgumentError, match="two fits"):
        compare([one])


def test_distance_by_numerical_integration():
    x = np.linspace(0, 1, 20001)
    width = np.gradient(x)
    p, q = stats.beta.cdf(x, 2, 5), stats.beta.cdf(x, 3, 4)

    def directed(a, b):
        inside = a * np.log2(np.where(a > 0, a, 1) / np.where(a > 0, (a + b) / 2, 1))
        return (inside * width).sum() + ((b - a) * width).sum() / (2 * np.log(2))

    sides = [
        np.sqrt((directed(a, b) + directed(b, a)) / ((a + b) * width).sum())
        for a, b in ((p, q), (1 - p, 1 - q))
    ]
    assert jensen_shannon(p, q, width) == pytest.approx(max(sides), abs=1e-6)


@settings(max_examples=30)
@given(st.tuples(*[st.floats(0.5, 20)] * 4))
def test_distance_is_a_bounded_metric(parameters):
    a, b, c, d = parameters
    x = np.linspace(0, 1, 2001)
    width = np.gradient(x)
    p, q = stats.beta.cdf(x, a, b), stats.beta.cdf(x, c, d)
    distance = jensen_shannon(p, q, width)
    assert 0 <= distance <= 1
    assert distance == pytest.approx(jensen_shannon(q, p, width), abs=1e-9)
    assert jensen_shannon(p, p, width) == pytest.approx(0, abs=1e-6)


def mean(found):
    return (found.marginal * found.grid.quad) @ found.grid.theta


def test_a_power_of_the_likelihood_is_that_many_respondents():
    n, k = np.array(N), np.array(K)
    twice = known(2 * n, 2 * k)
    for name in ("no-pooling", "complete-pooling", "partial-pooling"):
        model = pooling_model(name)
        run, prior = model.run, model.prior()
        scaled = run(known(n, k), prior, RunSettings(300, powers=Powers(likelihood=2.0)))
        assert mean(scaled) == pytest.approx(mean(run(twice, prior, RunSettings(300))), abs=3e-5)


def test_a_power_of_a_normal_prior_is_a_narrower_one():
    partial, solutions, power = pooling_model("partial-pooling").run, known(N, K), 1.5
    scaled = partial(solutions, LogitNormalPrior(), RunSettings(300, powers=Powers(prior=power)))
    narrow = LogitNormalPrior(mu_scale=1.5 / np.sqrt(power), sigma_scale=1 / np.sqrt(power))
    assert mean(scaled) == pytest.approx(
        mean(partial(solutions, narrow, RunSettings(300))), abs=1e-5
    )


def test_sensitivity_finds_weak_data_and_conflict():
    calm = power_sensitivity(estimate(known([200] * 8, [60, 70, 65, 80, 62, 75, 68, 58])))
    assert (calm["prior"] < 0.05).all()
    assert set(calm["diagnosis"]) == {"none"}
    stubborn = LogitNormalPrior(mu_loc=3.0, mu_scale=0.2, sigma_scale=0.05)
    conflict = power_sensitivity(estimate(known([40] * 3, [8, 9, 7]), prior=stubborn))
    assert set(conflict["diagnosis"]) == {"conflict"}
    with pytest.raises(ArgumentError, match="power"):
        power_sensitivity(estimate(known(N, K)), power=1.0)


def test_sensitivity_by_closed_form():
    """No pooling: both posteriors are Beta, so their distance needs no engine."""
    fit = estimate(known([30], [9]), "no-pooling", prior=BetaPrior(4, 2))
    x = np.linspace(0, 1, 200001)
    width = np.gradient(x)
    base = stats.beta.cdf(x, 13, 23)
    width[(base <= 1 / 8000) | (base >= 1 - 1 / 8000)] = 0
    moved = [stats.beta.cdf(x, c * 3 + 1 + 9, c * 1 + 1 + 21) for c in (1 / 1.01, 1.01)]
    expected = np.mean([jensen_shannon(base, m, width) for m in moved]) / np.log2(1.01)
    assert fit.sensitivity()["prior"].iloc[0] == pytest.approx(expected, rel=1e-2)


def test_counts_of_known_groups_are_certain():
    fit = estimate(known(N, K))
    table = fit.counts()
    assert table["mean"].tolist() == K
    assert table["lower"].tolist() == table["upper"].tolist() == K


def test_distribution_functions_and_quantiles_are_inverse():
    data = pd.read_csv(REFERENCE / "input_k12.csv")
    fit = estimate(known(data["n"], data["x"]))
    q = fit.quantile([0.05, 0.5, 0.9])
    for g in range(12):
        assert fit.cdf(q[g])[g] == pytest.approx([0.05, 0.5, 0.9], abs=1e-5)
    with pytest.raises(ArgumentError, match="value"):
        fit.cdf(1.2)


def test_shrinkage_plot_in_both_languages():
    mpl.use("Agg")
    fit = estimate(known(N, K))
    for lang, word in (("en", "Share"), ("ja", "割合")):
        ax = fit.plot_shrinkage(lang=lang, labels={"g0": "First"})
        assert ax.get_xlabel() == word
        assert [t.get_text() for t in ax.get_yticklabels()][1] == (
            "First (20)" if lang == "en" else "First（20）"
        )
        assert fit.plot_shrinkage(ax=ax, lang=lang) is ax
