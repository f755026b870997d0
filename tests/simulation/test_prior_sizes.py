"""Sample sizes drawn from their prior given the total, against enumeration and the lattice pass."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alumnistats.reconstruction.size_draws import draw_sizes, run_pass
from alumnistats.reconstruction.size_priors import highest_size, size_models
from alumnistats.simulation import Design, simulate
from alumnistats.simulation.prior_sizes import draw_prior_sizes, sums_of

PRIORS = ["quota", "shortfall", "free", "dirichlet", "mixture"]


def models_of(groups, total, prior):
    """Return the inference's own components of the prior and the largest size."""
    rng = np.random.default_rng(0)
    survey = simulate(Design(groups, total, 0, sizes=prior), rng).survey
    high = highest_size(survey)
    return size_models(survey, prior, high), high


@pytest.mark.parametrize("prior", PRIORS)
def test_draws_have_the_law_of_every_size_vector(prior):
    """Three groups, eleven respondents: all vectors enumerated, with the inference's models."""
    groups, total, draws = 3, 11, 4000
    models, high = models_of(groups, total, prior)
    vectors = [v for v in product(range(1, high + 1), repeat=groups) if sum(v) == total]
    law = np.zeros(len(vectors))
    for model in models:
        for e, weight in zip(model.nodes, model.node_weights, strict=True):
            one = e * model.off_quota[0]
            if model.quota is not None:
                one = one + (1 - e) * (np.arange(high + 1) == model.quota)
            law += np.exp(model.log_weight) * weight * one[np.array(vectors)].prod(axis=1)
    rng = np.random.default_rng(5)
    found = [tuple(draw_prior_sizes(groups, total, prior, rng).tolist()) for _ in range(draws)]
    observed = np.array([found.count(vector) for vector in vectors])
    assert observed.sum() == draws  # nothing outside of the prior's support
    expected = law / law.sum() * draws
    assert expected.min() > 5
    assert stats.chisquare(observed, expected).pvalue > 0.001


@pytest.mark.parametrize("prior", PRIORS)
def test_draws_agree_with_draws_of_the_pass(prior):
    """The largest and the smallest size and the most frequent one's frequency, by two ways."""
    groups, total, draws = 5, 150, 1500
    models, high = models_of(groups, total, prior)
    rng = np.random.default_rng(7)
    nothing = np.ones((groups, high + 1))
    done = [run_pass(0, m, node, nothing, total) for m in models for node in range(len(m.nodes))]
    mass = np.exp([one.log_evidence for one in done])
    often = np.bincount(rng.choice(len(done), draws, p=mass / mass.sum()))
    by_pass = np.vstack(
        [draw_sizes(done[i], count, total, rng) for i, count in enumerate(often) if count]
    )
    ours = np.array([draw_prior_sizes(groups, total, prior, rng) for _ in range(draws)])
    for statistic in (
        lambda n: n[0],  # exchangeable groups: one stands for all
        lambda n: n.max(),
        lambda n: n.min(),
        lambda n: np.unique(n, return_counts=True)[1].max(),
    ):
        pair = [np.apply_along_axis(statistic, 1, sizes) for sizes in (by_pass, ours)]
        edges = np.unique(np.quantile(np.concatenate(pair), np.linspace(0, 1, 11)))
        cells = [np.bincount(np.searchsorted(edges, one), minlength=len(edges)) for one in pair]
        table = np.array(cells)[:, np.sum(cells, axis=0) > 0]
        assert stats.chi2_contingency(table).pvalue > 0.001


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(0, 8), st.integers(0, 250), st.integers(0, 10**6))
def test_sums_of_sizes_are_powers_of_their_polynomial(largest, terms, total, seed):
    one = np.r_[0.0, np.random.default_rng(seed).random(largest)]
    law = np.poly1d((one / one.sum())[::-1]) ** terms
    expected = np.zeros(total + 1)
    found = law.coef[::-1][: total + 1]
    expected[: len(found)] = found
    laws = sums_of(one / one.sum(), terms, total)
    np.testing.assert_allclose(laws[terms], expected, rtol=1e-11, atol=0)


def test_sums_of_long_laws():
    """Uniform sizes, where sums are windows of sums of one term less."""
    largest, terms, total = 900, 12, 4000
    laws = sums_of(np.r_[0.0, np.full(largest, 1 / largest)], terms, total)
    for d in range(1, terms + 1):
        before = np.r_[np.zeros(largest), laws[d - 1]]
        window = [before[s : s + largest].sum() / largest for s in range(total + 1)]
        np.testing.assert_allclose(laws[d], window, atol=1e-15)
        assert laws[d, :d].sum() == 0.0  # no sum where there is none


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 15), st.integers(0, 900), st.sampled_from(PRIORS), st.integers(0, 10**6)
)  # fmt: skip
def test_sizes_are_admissible_and_sum_to_the_total(groups, more, prior, seed):
    total = 2 * groups + more
    sizes = draw_prior_sizes(groups, total, prior, np.random.default_rng(seed))
    assert sizes.shape == (groups,)
    assert sizes.sum() == total
    assert sizes.min() >= 1


@pytest.mark.parametrize("prior", ["quota", "free"])
def test_sizes_beyond_the_usual_are_drawn(prior):
    """Free sizes are every division of the total, alike; few that miss a quota are large."""
    rng, usual = np.random.default_rng(3), 25
    drawn = np.array([draw_prior_sizes(4, 40, prior, rng) for _ in range(4000)])
    beyond = (drawn > usual).any(axis=1).mean()
    if prior == "free":  # stars and bars: (39 choose 3), and (14 choose 3) with one group from 26
        expected = 4 * 14 * 13 * 12 / (39 * 38 * 37)
        assert beyond == pytest.approx(expected, abs=5 * np.sqrt(expected / 4000))
    else:
        assert 0 < beyond < 0.02


def test_free_sizes_far_below_what_the_total_leaves():
    """Fifty groups of 300: one size alone has the law of a part of a random composition."""
    groups, total, rng = 50, 15_000, np.random.default_rng(11)
    drawn = np.array([draw_prior_sizes(groups, total, "free", rng) for _ in range(400)])
    assert (drawn.sum(axis=1) == total).all()
    above = stats.hypergeom(total - 1, groups - 1, np.arange(total)).pmf(0)  # larger than 0, 1, ...
    size, expected = drawn[:, 0], 1 - above
    assert stats.kstest(size, lambda n: expected[np.asarray(n, dtype=int)]).pvalue > 0.001
