"""Adjusted p-values: statsmodels' values and what must hold."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.comparisons import ADJUSTMENTS, adjust, shaffer
from alumnistats.errors import ArgumentError

STATSMODELS = {
    "holm": "holm",
    "hochberg": "simes-hochberg",
    "bonferroni": "bonferroni",
    "bh": "fdr_bh",
    "by": "fdr_by",
}
P_VALUES = st.lists(
    st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.02, 0.5, 1.0])),
    min_size=1,
    max_size=20,
).map(np.array)
METHODS = st.sampled_from(ADJUSTMENTS)


@pytest.mark.usefixtures("quick_garbage")
@given(P_VALUES, METHODS)
def test_equals_statsmodels(p, method):
    from statsmodels.stats.multitest import multipletests

    expected = multipletests(p, method=STATSMODELS[method])[1]
    np.testing.assert_allclose(adjust(p, method), expected, atol=1e-12)


@given(P_VALUES, METHODS, st.randoms(use_true_random=False))
def test_keeps_order_and_is_never_below_raw(p, method, random):
    out = adjust(p, method)
    assert (out >= p - 1e-15).all()
    assert (out <= 1).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(out[order]) >= -1e-15).all()
    shuffled = list(range(len(p)))
    random.shuffle(shuffled)
    np.testing.assert_allclose(adjust(p[shuffled], method), out[shuffled], atol=1e-15)


@given(P_VALUES)
def test_strength_of_the_methods(p):
    assert (adjust(p, "hochberg") <= adjust(p, "holm") + 1e-15).all()
    assert (adjust(p, "holm") <= adjust(p, "bonferroni") + 1e-15).all()
    assert (adjust(p, "bh") <= adjust(p, "hochberg") + 1e-15).all()
    assert (adjust(p, "bh") <= adjust(p, "by") + 1e-15).all()


@pytest.mark.parametrize("method", ADJUSTMENTS)
def test_works_along_the_last_axis(method):
    p = np.random.default_rng(5).random((3, 4, 7)) ** 3
    out = adjust(p, method)
    for i in range(3):
        for j in range(4):
            np.testing.assert_array_equal(out[i, j], adjust(p[i, j], method))


def test_an_unknown_method_is_refused():
    with pytest.raises(ArgumentError, match="method"):
        adjust([0.1, 0.2], "sidak")


def partitions(items):
    """Return every way to split items into blocks."""
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    return [
        [[first, *chosen], *others]
        for size in range(len(rest) + 1)
        for chosen in combinations(rest, size)
        for others in partitions([x for x in rest if x not in chosen])
    ]


@pytest.mark.parametrize("groups", range(2, 7))
def test_shaffers_factors_are_the_most_pairs_that_can_be_true(groups):
    true = {
        sum(len(block) * (len(block) - 1) // 2 for block in split)
        for split in partitions(list(range(groups)))
    }
    tests = groups * (groups - 1) // 2
    p = np.linspace(1e-6, 2e-6, tests)
    expected = [max(x for x in true if x <= tests - i) for i in range(tests)]
    np.testing.assert_allclose(shaffer(p, groups), np.maximum.accumulate(p * expected))


def test_shaffers_factors_of_five_groups():
    # Five groups: 10, 6, 4, 3, 2, 1 or 0 pairs can be equal.
    p = np.full(10, 1e-9) * np.arange(1000, 1010)
    first = [10, 6, 6, 6, 6, 4, 4, 3, 2, 1]
    np.testing.assert_allclose(shaffer(p, 5), np.maximum.accumulate(p * first))


@given(st.integers(2, 7), st.integers(0, 2**32 - 1))
def test_shaffer_is_between_raw_and_holm(groups, seed):
    p = np.random.default_rng(seed).random((3, groups * (groups - 1) // 2)) ** 2
    found = shaffer(p, groups)
    assert (found >= p).all()
    assert (found <= adjust(p, "holm") + 1e-15).all()
    np.testing.assert_array_equal(found[:, ::-1], shaffer(p[:, ::-1], groups))


def test_shaffer_refuses_another_number_of_tests():
    with pytest.raises(ArgumentError, match="p"):
        shaffer([0.1, 0.2], 3)
