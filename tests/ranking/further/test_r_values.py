"""r-values: the R package on its own grid, brute force, closed form, what must hold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from alumnistats.errors import ArgumentError
from alumnistats.ranking import draw_shares
from alumnistats.ranking.further import (
    fit_beta,
    mixture_of_betas,
    r_values_binomial,
    r_values_posterior,
)

REFERENCE = Path(__file__).parents[2] / "reference"
PRIOR = (6.0, 12.0)


@st.composite
def counts(draw, smallest=2, largest=7):
    n = [draw(st.integers(1, 400)) for _ in range(draw(st.integers(smallest, largest)))]
    return np.array([draw(st.integers(0, m)) for m in n], float), np.array(n, float)


def exceeding(fraction, k, n, prior=PRIOR):
    """V of every group, from another distribution code than the package's."""
    cut = beta.isf(fraction, *prior)
    return beta.sf(cut, prior[0] + k, prior[1] + n - k)


def on_a_grid(fractions, k, n, prior=PRIOR):
    """The first of some fractions at which V exceeds the inverted distribution function of all V.

    The last of them for a group that never exceeds it.
    """
    out = np.full(len(k), fractions[-1])
    for f in fractions[::-1]:
        v = exceeding(f, k, n, prior)
        place = max(int(np.ceil(len(k) * (1 - f) - 1e-9)), 1)
        out[v > np.sort(v)[place - 1]] = f
    return out


@pytest.mark.parametrize(
    ("name", "prior"), [("rvalues_k12_beta6_12", PRIOR), ("rvalues_k12", (9.68014, 21.07072))]
)
def test_the_r_package_is_reproduced_on_its_own_grid(k12_counts, name, prior):
    # Twelve fractions, evenly spaced in their logarithm from 1/12 to 11/12.
    table = pd.read_csv(REFERENCE / f"{name}.csv")
    coarse = on_a_grid(np.geomspace(1 / 12, 11 / 12, 12), *k12_counts, prior)
    np.testing.assert_allclose(coarse, table["RValue"], rtol=1e-12)


def test_on_a_fine_grid_the_r_package_would_agree(k12_counts):
    fine = on_a_grid((np.arange(2400) + 0.5) / 2400, *k12_counts)
    place = np.array([1, 2, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    np.testing.assert_allclose(fine, place / 12, atol=1 / 2400)
    np.testing.assert_allclose(r_values_binomial(*k12_counts, PRIOR).value, place / 12, atol=1e-9)


def test_the_fitted_prior_is_that_of_the_r_package(k12_counts):
    table = pd.read_csv(REFERENCE / "rvalues_k12.csv")
    k, n = k12_counts
    a, b = fit_beta(k, n)
    # Its optimum is printed through the posterior means only; the likelihood is flat within 1e-6.
    np.testing.assert_allclose((a + k) / (a + b + n), table["PostMean"], atol=1e-7)
    values = r_values_binomial(*k12_counts)
    assert values.prior == (a, b)
    np.testing.assert_allclose(values.value, r_values_binomial(*k12_counts, PRIOR).value)


def test_equal_sizes_by_closed_form(k12_counts):
    # The order is then that of the counts at every fraction, so the r-value is their upper tail.
    k, n = k12_counts
    values = r_values_binomial(k, n, PRIOR, marginal="model")
    np.testing.assert_allclose(values.value, betabinom(103, *PRIOR).sf(k - 1), atol=1e-9)


@settings(max_examples=8)
@given(counts())
def test_by_brute_force(data):
    k, n = data
    groups, steps = len(k), 420  # whole steps for up to seven groups
    brute = np.full(groups, np.nan)
    for f in (np.arange(steps) + 1 - 1e-7) / steps:
        v = exceeding(f, k, n)
        below = beta.cdf(beta.isf(f, *PRIOR), PRIOR[0] + k, PRIOR[1] + n - k)
        score = np.where(v < 0.5, v, 1 - below)
        finer = np.lexsort((-below, score))
        ordered = list(zip(score[finer], -below[finer], strict=True))
        for i in range(groups):
            mine = (score[i], -below[i])
            reached = sum(o >= mine or np.allclose(o, mine, rtol=1e-9, atol=0) for o in ordered)
            if np.isnan(brute[i]) and reached / groups <= f + 1e-6:
                brute[i] = f
    ours = r_values_binomial(k, n, PRIOR)
    assert np.abs(ours.value - brute).max() < 1 / steps + ours.step


@settings(max_examples=12)
@given(counts(), st.sampled_from(["groups", "model"]), st.data())
def test_permutation_and_dominance(data, marginal, more):
    k, n = np.minimum(data[0], 40), np.minimum(data[1], 40)
    k = np.minimum(k, n)
    values = r_values_binomial(k, n, PRIOR, marginal=marginal)
    assert ((values.value > 0) & (values.value <= 1)).all()
    order = more.draw(st.permutations(range(len(k))))
    moved = r_values_binomial(k[order], n[order], PRIOR, marginal=marginal)
    np.testing.assert_allclose(moved.value, values.value[order], atol=1e-9)
    # Of two groups of one size the one with more successes is ahead.
    for i in range(len(k)):
        for j in range(len(k)):
            if n[i] == n[j] and k[i] > k[j]:
                assert values.value[i] <= values.value[j] + 1e-9


@settings(max_examples=25)
@given(counts())
def test_lists_hold_no_more_than_their_fraction(data):
    values = r_values_binomial(*data, PRIOR)
    for cut in values.value:
        # The order may change between two lists, hence not of one fraction exactly.
        assert (values.value <= cut).mean() <= cut + 1 / len(data[0]) + values.step
    assert values.value.min() >= 1 / len(data[0]) - 1e-9


def test_a_small_group_of_extreme_share_is_not_first():
    # 3 of 3 beats 60 of 100 as an estimate; the r-value knows how little it says.
    values = r_values_binomial([3, 60, 40, 30, 30], [3, 100, 100, 100, 100], (12, 24)).value
    assert values[1] < values[0] < values[3]


def test_posteriors_of_any_shape_with_equal_sizes(k12_counts):
    k, n = k12_counts
    mixture = mixture_of_betas(6 + k, 12 + n - k)
    place = np.array([1, 2, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    np.testing.assert_allclose(r_values_posterior(mixture).value, place / 12, atol=1e-9)
    drawn = r_values_posterior(draw_shares(mixture, 20_000, seed=0)).value
    far = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11]  # draws cannot tell tied groups
    np.testing.assert_allclose(drawn[far], place[far] / 12, atol=1e-2)


def test_posteriors_of_different_widths_by_brute_force():
    a, b = np.array([4.0, 40.0, 300.0, 12.0]), np.array([6.0, 62.0, 500.0, 9.0])
    values = r_values_posterior(mixture_of_betas(a, b))
    points = np.linspace(0, 1, 40_001)
    tails = beta.sf(points, a[:, None], b[:, None])
    best = np.ones(4)
    for f in np.arange(999, 0, -1) / 1000:
        v = tails[:, np.searchsorted(-tails.mean(axis=0), -f)]
        place = (v[None, :] >= v[:, None]).sum(axis=1)
        best = np.where(place / 4 <= f, f, best)
    # The smallest fraction of a set of them; sets without gaps here, as the next line shows.
    np.testing.assert_allclose(values.value, best, atol=2e-3)


def test_the_fit_where_there_is_nothing_to_fit():
    a, b = fit_beta([30] * 8, [100] * 8)  # less spread than sampling gives
    assert a + b > 1e6
    assert a / (a + b) == pytest.approx(0.3, abs=1e-4)
    values = r_values_binomial([30] * 8, [100] * 8).value
    np.testing.assert_allclose(values, 1.0)
    zero = r_values_binomial([0, 0, 0], [10, 20, 30])
    assert np.isfinite(zero.value).all()


def test_one_group():
    assert r_values_binomial([3], [10], PRIOR).value.tolist() == [1.0]


def test_bad_arguments_are_named():
    for k, n in [([1, 2], [3]), ([], [])]:
        with pytest.raises(ArgumentError, match="count"):
            r_values_binomial(k, n)
    with pytest.raises(ArgumentError, match="counts"):
        r_values_binomial([4], [3])
    with pytest.raises(ArgumentError, match="prior"):
        r_values_binomial([1], [3], (0.0, 1.0))
    with pytest.raises(ArgumentError, match="marginal"):
        r_values_binomial([1], [3], PRIOR, marginal="units")
    with pytest.raises(ArgumentError, match="draws"):
        r_values_posterior([1.0, 2.0])


def test_one_size_of_all_groups_is_that_of_each():
    assert fit_beta([10, 14, 30, 22], 50) == fit_beta([10, 14, 30, 22], [50] * 4)
