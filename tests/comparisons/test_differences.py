"""Newcombe's interval: statsmodels' values and what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.comparisons import newcombe
from alumnistats.errors import ArgumentError


@st.composite
def tables(draw):
    n1, n2 = draw(st.integers(1, 500)), draw(st.integers(1, 500))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


@given(tables(), st.floats(0.5, 0.999))
def test_equals_statsmodels(table, level):
    from statsmodels.stats.proportion import confint_proportions_2indep

    expected = confint_proportions_2indep(*table, method="newcomb", alpha=1 - level)
    np.testing.assert_allclose(newcombe(*table, level), expected, atol=1e-9)


def test_published_example():
    # Newcombe (1998), table II, contrast (a), method 10: 56/70 and 48/80.
    lower, upper = newcombe(56, 70, 48, 80)
    assert (round(float(lower), 4), round(float(upper), 4)) == (0.0524, 0.3339)


@given(tables(), st.floats(0.5, 0.999))
def test_encloses_the_difference_and_mirrors(table, level):
    k1, n1, k2, n2 = table
    lower, upper = newcombe(*table, level)
    assert -1 - 1e-12 <= lower <= k1 / n1 - k2 / n2 + 1e-12
    assert k1 / n1 - k2 / n2 - 1e-12 <= upper <= 1 + 1e-12
    np.testing.assert_allclose(newcombe(k2, n2, k1, n1, level), (-upper, -lower), atol=1e-12)
    np.testing.assert_allclose(
        newcombe(n1 - k1, n1, n2 - k2, n2, level), (-upper, -lower), atol=1e-9
    )


def test_arguments_broadcast():
    lower, upper = newcombe([[1], [2]], 10, [3, 4, 5], 20)
    assert lower.shape == upper.shape == (2, 3)
    np.testing.assert_allclose((lower[1, 2], upper[1, 2]), newcombe(2, 10, 5, 20))


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ((-1, 5, 1, 5), "counts"),
        ((1, 5, 6, 5), "counts"),
        ((0, 0, 1, 5), "counts"),
        ((1, 5, 1, 5, 95), "level"),
        ((1, 5, 1, 5, 0), "level"),
    ],
)
def test_bad_arguments_are_named(arguments, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        newcombe(*arguments)
