"""Intervals of differences: statsmodels, published values, coverage, what must hold."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from alumnistats.comparisons import (
    DIFFERENCE_METHODS,
    agresti_caffo,
    difference_interval,
    mee,
    miettinen_nurminen,
    newcombe,
    score_test,
    wald,
)
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


def printed_rows():
    path = Path(__file__).parents[1] / "reference" / "contingencytables_2x2.csv"
    with path.open() as file:
        rows = [(row["quantity"].replace("_", "-"), row) for row in csv.DictReader(file)]
    names = ("k1", "n1", "k2", "n2")
    return [
        (method, [int(r[x]) for x in names], (r["first"], r["second"]))
        for method, r in rows if method in DIFFERENCE_METHODS
    ]  # fmt: skip


@pytest.mark.parametrize(("method", "table", "printed"), printed_rows())
def test_published_intervals(method, table, printed):
    found = difference_interval(*table, method=method)
    assert tuple(f"{float(x):.4f}" for x in found) == printed


@pytest.mark.parametrize(
    ("method", "printed"),
    [
        (wald, (0.0575, 0.3425)),
        (mee, (0.0533, 0.3377)),
        (miettinen_nurminen, (0.0528, 0.3382)),
    ],
)
def test_other_methods_of_the_published_example(method, printed):
    # Newcombe (1998), table II, contrast (a), methods 1, 5 and 6: 56/70 and 48/80.
    assert tuple(round(float(x), 4) for x in method(56, 70, 48, 80)) == printed


@given(tables(), st.floats(0.5, 0.999))
def test_agresti_caffo_and_wald_equal_statsmodels_within_the_range(table, level):
    from statsmodels.stats.proportion import confint_proportions_2indep

    for method, name in ((agresti_caffo, "agresti-caffo"), (wald, "wald")):
        expected = confint_proportions_2indep(*table, method=name, alpha=1 - level)
        np.testing.assert_allclose(method(*table, level), np.clip(expected, -1, 1), atol=1e-9)


@given(tables(), st.floats(0.5, 0.999))
def test_score_interval_holds_what_the_score_test_does_not_reject(table, level):
    lower, upper = (float(x) for x in miettinen_nurminen(*table, level))
    for end, outwards in ((lower, -1e-5), (upper, 1e-5)):
        for step, rejected in ((outwards, True), (-outwards, False)):
            if -1 < end + step < 1:
                p = score_test(*table, difference=end + step)
                assert (p < 1 - level) == rejected


def statsmodels_with_its_coefficient_corrected(k1, n1, k2, n2, difference):
    """Return the z of the same cubic solved by numpy, with N2 d where statsmodels has k2 d."""
    n, k, d = n1 + n2, k1 + k2, difference
    cubic = [n, (n1 + 2 * n2) * d - n - k, (n2 * d - n - 2 * k2) * d + k, k2 * d * (1 - d)]
    roots = np.roots(cubic)
    real = roots[np.abs(roots.imag) < 1e-6].real
    q = real[(real >= max(0, -d) - 1e-9) & (real <= min(1, 1 - d) + 1e-9)][0]
    p = q + d
    return (k1 / n1 - k2 / n2 - d) / np.sqrt((p * (1 - p) / n1 + q * (1 - q) / n2) * n / (n - 1))


def test_statsmodels_score_interval_is_wrong():
    from statsmodels.stats.proportion import confint_proportions_2indep

    table = (56, 70, 48, 80)
    lower, upper = miettinen_nurminen(*table)
    for end, z in ((lower, 1.959964), (upper, -1.959964)):
        found = statsmodels_with_its_coefficient_corrected(*table, float(end))
        assert found == pytest.approx(z, abs=1e-5)
    theirs = confint_proportions_2indep(*table, method="score", correction=True)
    # When this fails they have mended it: compare with statsmodels then.
    assert abs(theirs[1] - 0.3382) > 0.005


@pytest.mark.parametrize("method", DIFFERENCE_METHODS)
@given(tables(), st.floats(0.5, 0.999))
def test_every_interval_mirrors_and_widens_with_the_level(method, table, level):
    k1, n1, k2, n2 = table
    lower, upper = difference_interval(*table, level, method)
    assert -1 - 1e-12 <= lower <= upper <= 1 + 1e-12
    mirrored = difference_interval(k2, n2, k1, n1, level, method)
    np.testing.assert_allclose(mirrored, (-upper, -lower), atol=1e-7)
    inverse = difference_interval(n1 - k1, n1, n2 - k2, n2, level, method)
    np.testing.assert_allclose(inverse, (-upper, -lower), atol=1e-7)
    wider = difference_interval(*table, (1 + level) / 2, method)
    assert wider[0] <= lower + 1e-9
    assert wider[1] >= upper - 1e-9


def coverage(method, n1, n2, p1, p2, level=0.95):
    """Return the exact probability of covering, summed over all tables."""
    k1, k2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    lower, upper = difference_interval(k1, n1, k2, n2, level, method)
    law = binom.pmf(k1, n1, p1) * binom.pmf(k2, n2, p2)
    return law[(lower <= p1 - p2 + 1e-12) & (p1 - p2 - 1e-12 <= upper)].sum()


@pytest.mark.parametrize(
    ("n1", "n2", "p1", "p2"),
    [(20, 20, 0.5, 0.3), (30, 15, 0.1, 0.05), (103, 103, 0.4, 0.3), (40, 25, 0.9, 0.6)],
)
def test_exact_coverage(n1, n2, p1, p2):
    # Approximate methods; the lowest of these 16 is .9454, the highest .9853.
    for method in ("newcombe", "miettinen-nurminen", "mee", "agresti-caffo"):
        assert 0.94 < coverage(method, n1, n2, p1, p2) < 0.99


def test_wald_covers_too_rarely_and_is_of_no_width_without_successes():
    assert coverage("wald", 10, 10, 0.9, 0.8) < 0.9
    assert wald(0, 30, 0, 15) == (0.0, 0.0)
    assert miettinen_nurminen(0, 10, 0, 20)[1] > 0.2


@pytest.mark.parametrize("method", DIFFERENCE_METHODS)
def test_bad_arguments_are_named_by_every_method(method):
    with pytest.raises(ArgumentError, match="counts"):
        difference_interval(6, 5, 1, 5, method=method)
    with pytest.raises(ArgumentError, match="level"):
        difference_interval(1, 5, 1, 5, 1.0, method)
    with pytest.raises(ArgumentError, match="method"):
        difference_interval(1, 5, 1, 5, method="exact")
