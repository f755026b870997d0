"""Orders and extremes by a margin in log odds, against draws and a closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import expit, logit

from alumnistats.posterior import estimate
from alumnistats.posterior.moves import move_by
from alumnistats.ranking import p_order, p_top_set
from alumnistats.reconstruction import Solutions

N, K = [60, 50, 55, 70, 20, 40], [40, 30, 28, 30, 8, 10]
MODELS = ("partial-pooling", "no-pooling", "beta-binomial")


@pytest.fixture(scope="module", params=MODELS)
def fitted(request):
    return estimate(Solutions.known("m", tuple("abcdef"), N, K), model=request.param)


@pytest.mark.parametrize("margin", [0.0, 0.2, 0.7])
def test_margins_against_draws(fitted, margin):
    size = 40_000
    x = logit(fitted.draws(size, 1))
    first, second = x[:, 0], x[:, 1]
    pairs = [
        ((first > second + margin) & (second > x[:, 2] + margin)
         & (x[:, 2] > x[:, 3:].max(axis=1) + margin),
         p_order(fitted.mixture, [[0], [1], [2]], "highest", margin)),
        ((x[:, 5] < x[:, 4] - margin) & (x[:, 4] < x[:, :4].min(axis=1) - margin),
         p_order(fitted.mixture, [[5], [4]], "lowest", margin)),
        ((first > x[:, 1:3].max(axis=1) + margin)
         & (x[:, 1:3].min(axis=1) > x[:, 3:].max(axis=1) + margin),
         p_order(fitted.mixture, [[0], [1, 2]], "highest", margin)),
        (x[:, :2].min(axis=1) > x[:, 2:].max(axis=1) + margin,
         p_top_set(fitted.mixture, [0, 1], "highest", margin)),
        (x[:, 4:].max(axis=1) < x[:, :4].min(axis=1) - margin,
         p_top_set(fitted.mixture, [4, 5], "lowest", margin)),
    ]  # fmt: skip
    for drawn, found in pairs:
        p = drawn.mean()
        assert found == pytest.approx(p, abs=5 * np.sqrt(max(p * (1 - p), 1e-4) / size))


@pytest.mark.parametrize("margin", [0.1, 0.5, 1.5])
def test_two_groups_against_an_integral(margin):
    mixture = estimate(Solutions.known("m", ("a", "b"), [60, 50], [40, 20]), "no-pooling").mixture
    above, below = stats.beta(40.5, 20.5), stats.beta(20.5, 30.5)
    exact, _ = integrate.quad(
        lambda x: above.pdf(x) * below.cdf(expit(logit(x) - margin)), 0, 1, epsabs=1e-12
    )
    for found in (
        p_order(mixture, [[0]], "highest", margin),
        p_order(mixture, [[1]], "lowest", margin),
        p_top_set(mixture, [0], "highest", margin),
        p_top_set(mixture, [1], "lowest", margin),
    ):
        assert found == pytest.approx(exact, abs=1e-7)


@given(st.floats(0, 1.5), st.floats(0, 1.5))
def test_larger_margins_are_rarer(one, more):
    mixture = estimate(Solutions.known("m", tuple("abc"), N[:3], K[:3]), "no-pooling").mixture
    for probability in (p_order, p_top_set):
        places = [[0], [1]] if probability is p_order else [0, 1]
        low, high = (probability(mixture, places, "highest", m) for m in (one, one + more))
        assert high <= low + 1e-9


@pytest.mark.parametrize("shift", [-0.9, -0.2, 0.3, 40.0])
def test_moved_functions(fitted, shift):
    grid = fitted.mixture.grid[:3]
    phi = logit(grid)
    found = move_by(grid, shift)(expit(3 * phi))
    low, high = phi.min(axis=1, keepdims=True), phi.max(axis=1, keepdims=True)
    expected = expit(3 * np.clip(phi - shift, low, high))
    # Half panels at the ends lie beyond the outermost nodes.
    inside = (phi - shift > low) & (phi - shift < high)
    assert np.abs(found - expected)[inside].max(initial=0.0) < 1e-5
    assert np.abs(found - expected).max() < 0.05
