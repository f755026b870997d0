"""Where only bounds are known: of options, of groups, in print and in the table."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alumnistats.claims.gamma_order import order_of_gammas
from alumnistats.claims.option_counts import Share
from alumnistats.claims.options import compare
from alumnistats.claims.prior_probabilities import order_prior, share_prior
from alumnistats.claims.ranges import Range, conjunction_of, ends, factor_text, range_text
from alumnistats.posterior import BetaBinomialPrior, BetaPrior, LogitNormalPrior, estimate
from alumnistats.posterior.between import prior_between
from alumnistats.ranking import all_within
from alumnistats.ranking.further import mixture_of_betas
from alumnistats.reconstruction import Solutions


def sign_test(b, c):
    """Return the p-value and the probability of "more chose the first only"."""
    p = stats.binom.sf(b - 1, b + c, 0.5) if b + c else 1.0
    return p, stats.beta.sf(0.5, b + 0.5, c + 0.5)


def every_pair(upper, lower, exclusive):
    """Yield what any two counts and any overlap within the bounds say."""
    n = upper.nobs
    counts = itertools.product(range(upper.low, upper.high + 1), range(lower.low, lower.high + 1))
    for first, second in counts:
        if upper.place < lower.place and first <= second:
            continue
        if exclusive and first + second > n:
            continue
        least = max(0, first + second - n)
        for both in [0] if exclusive else range(least, min(first, second) + 1):
            yield first, second, *sign_test(first - both, second - both)


bounds = st.tuples(st.integers(0, 14), st.integers(0, 14)).map(sorted)


@given(first=bounds, second=bounds, listed=st.booleans(), exclusive=st.booleans())
def test_bounds_of_two_options_by_enumeration(first, second, listed, exclusive):
    n = 14
    upper = Share(*first, n, place=1.0 if listed else math.nan)
    lower = Share(*second, n, place=2.0 if listed else math.nan)
    found = list(every_pair(upper, lower, exclusive))
    if not found:
        return
    one = compare(upper, lower, exclusive=exclusive)
    p, probability = (np.array([case[i] for case in found]) for i in (2, 3))
    assert one.p.lower <= p.min() + 1e-9
    assert one.p.upper >= p.max() - 1e-9
    assert one.posterior.lower <= probability.min() + 1e-9
    assert one.posterior.upper >= probability.max() - 1e-9
    held = [first > second for first, second, *_ in found]
    assert one.in_sample.lower <= min(held)
    assert one.in_sample.upper >= max(held)


def test_bounds_of_known_options_are_reached():
    one = compare(Share.known(60, 100), Share.known(45, 100), exclusive=False)
    found = list(every_pair(Share.known(60, 100), Share.known(45, 100), exclusive=False))
    assert one.p.upper == pytest.approx(max(case[2] for case in found))
    assert one.p.lower == pytest.approx(min(case[2] for case in found))
    assert one.posterior.lower == pytest.approx(min(case[3] for case in found))


@pytest.mark.parametrize(
    ("shapes", "margin"),
    [
        ([[12.5], [8.5], [3.5]], 0.0),
        ([[40.5], [38.5, 30.5]], 0.0),
        ([[12.5, 11.5], [9.5], [0.5]], 0.2),
    ],
)
def test_order_of_single_answers_against_dirichlet_draws(shapes, margin):
    rng = np.random.default_rng(1)
    flat = [a for tier in shapes for a in tier]
    draws = np.log(rng.dirichlet([*flat, 7.5], 400_000))
    edges = np.cumsum([0, *map(len, shapes)])
    tiers = [draws[:, a:b] for a, b in itertools.pairwise(edges)]
    held = np.ones(len(draws), dtype=bool)
    for upper, lower in itertools.pairwise(tiers):
        held &= upper.min(axis=1) > lower.max(axis=1) + margin
    exact = order_of_gammas(shapes, margin)
    assert exact == pytest.approx(held.mean(), abs=5 * np.sqrt(exact / len(draws)))


def test_order_of_two_answers_is_a_beta_tail():
    assert order_of_gammas([[429.5], [308.5]]) == pytest.approx(
        stats.beta.sf(0.5, 429.5, 308.5), abs=1e-7
    )


@given(st.lists(st.integers(1, 3), min_size=2, max_size=3))
def test_prior_of_an_order_by_enumeration(sizes):
    things = sum(sizes)
    tier = [i for i, size in enumerate(sizes) for _ in range(size)]
    orders = list(itertools.permutations(range(things)))
    held = sum([tier[thing] for thing in order] == sorted(tier) for order in orders)
    assert order_prior(sizes) == pytest.approx(held / len(orders))


def test_prior_of_a_top_four_of_twelve():
    assert order_prior([4, 8]) == pytest.approx(1 / 495)
    assert order_prior([1, 1, 1, 9]) == pytest.approx(1 / 1320)
    assert share_prior(0.5, 1) == pytest.approx(0.5)
    assert share_prior(0, 0.7) == pytest.approx(stats.beta.cdf(0.7, 0.5, 0.5))


@pytest.mark.parametrize(
    ("model", "prior"),
    [
        ("no-pooling", BetaPrior(0.5, 0.5)),
        ("complete-pooling", BetaPrior(1.0, 2.0)),
        ("partial-pooling", LogitNormalPrior()),
        ("partial-pooling", LogitNormalPrior(0.5, 0.7, 0.3)),
        ("beta-binomial", BetaBinomialPrior()),
    ],
)
@pytest.mark.parametrize("ends", [(0.3, 1), (0, 0.3), (0.2, 0.5)])
def test_prior_of_every_group_between_values_against_draws(model, prior, ends):
    rng, draws, groups = np.random.default_rng(2), 100_000, 6
    if isinstance(prior, BetaPrior):
        share = rng.beta(prior.a, prior.b, (draws, groups))
    elif isinstance(prior, LogitNormalPrior):
        mu = prior.mu_loc + prior.mu_scale * rng.standard_normal((draws, 1))
        sigma = prior.sigma_scale * np.abs(rng.standard_normal((draws, 1)))
        share = 1 / (1 + np.exp(-(mu + sigma * rng.standard_normal((draws, groups)))))
    else:
        m = rng.beta(prior.mean_a, prior.mean_b, (draws, 1))
        kappa = prior.kappa_least * (1 + rng.pareto(prior.kappa_shape, (draws, 1)))
        share = rng.beta(kappa * m, kappa * (1 - m), (draws, groups))
    if model == "complete-pooling":
        share = share[:, :1]
    # Draws of 0 and 1 are rounded ones.
    held = ((share >= ends[0]) & (share <= ends[1])).all(axis=1).mean()
    exact = prior_between(model, prior, *ends, groups)
    assert exact == pytest.approx(held, abs=5 * np.sqrt(held * (1 - held) / draws) + 1e-4)


@pytest.mark.parametrize("model", ["no-pooling", "partial-pooling"])
def test_all_within_a_margin_against_draws(model):
    from alumnistats.ranking import draw_shares

    solutions = Solutions.known("m", ("a", "b", "c"), [200, 150, 180], [90, 75, 80])
    mixture = estimate(solutions, model).mixture
    draws = draw_shares(mixture, 100_000, np.random.default_rng(0))
    for margin in (0.03, 0.08, 0.2):
        held = (np.ptp(draws, axis=1) <= margin).mean()
        assert all_within(mixture, margin) == pytest.approx(held, abs=0.008)
    pair = (np.ptp(draws[:, :2], axis=1) <= 0.08).mean()
    assert all_within(mixture, 0.08, [0, 1]) == pytest.approx(pair, abs=0.008)


@pytest.mark.parametrize("high", [308, 312, 352, 356])
def test_tails_too_small_to_divide_by_are_no_warning(high):
    """Their slopes have no reciprocal in floats: scipy's interpolation would overflow."""
    mixture = mixture_of_betas([high, 10, 20], [3000 - high, 2990, 2980])
    assert all_within(mixture, 0.05) == pytest.approx(0.0, abs=1e-6)


def test_a_wider_margin_never_hurts():
    solutions = Solutions.known("m", ("a", "b"), [60, 50], [30, 22])
    mixture = estimate(solutions).mixture
    found = [all_within(mixture, margin) for margin in np.linspace(0.01, 0.6, 12)]
    assert found == sorted(found)


def test_bounds_are_printed_as_bounds():
    assert range_text(Range(0.0, 0.0115)) == "≤0.012"
    assert range_text(Range(0.0, 0.0001)) == "<0.001"
    assert range_text(Range(0.97, 1.0)) == "≥0.970"
    assert range_text(Range(0.9709, 1.0)) == "≥0.970"
    assert range_text(Range(0.2, 0.4)) == "0.200–0.400"
    assert range_text(Range(0.0, 1.0)) == range_text(None) == ""
    assert range_text(Range(0.80681, 0.80684)) == "0.807"  # the same in print
    assert range_text(Range.exact(0.3)) == "0.300"
    assert factor_text(Range(20.0, math.inf)) == factor_text(Range(20.0, 1e9)) == "≥20"
    assert factor_text(Range(0.0, 1e9)) == factor_text(Range(1e-9, math.inf)) == ""
    assert factor_text(Range(1e-9, 5.0)) == "≤5"
    assert factor_text(Range(0.0, 3.21)) == "≤3.2"
    assert factor_text(Range.exact(1234.0)) == "1,200"
    assert factor_text(Range.exact(1e6)) == "1,000,000"  # the largest that is told
    assert factor_text(Range.exact(1.1e6)) == ">1,000,000"


def test_a_bound_has_no_value():
    assert ends("p_value", Range(0.0, 0.1)) == {
        "p_value": None, "p_value_lower": 0.0, "p_value_upper": 0.1,
    }  # fmt: skip
    assert ends("p_value", Range.exact(0.1))["p_value"] == 0.1


def test_frechet_bounds_of_a_conjunction():
    assert conjunction_of([Range.exact(0.9), Range.exact(0.8)]) == Range(
        pytest.approx(0.7), pytest.approx(0.8)
    )


def test_bayes_factor_is_posterior_over_prior_odds():
    assert Range.exact(0.9).odds_ratio(0.5).value == pytest.approx(9)
    assert Range(0.5, 1.0).odds_ratio(0.25) == Range(pytest.approx(3), math.inf)
    assert Range.exact(0.9).odds_ratio(0.0) is None
