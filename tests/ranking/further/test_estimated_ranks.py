"""Ranks with ties: values that csranks documents, scipy's rankdata, what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from alumnistats.errors import ArgumentError
from alumnistats.ranking.further import frank, irank

VALUES = [4, 4, 4, 3, 1, 10, 7, 7]  # the example of csranks' help page
RULES = {0.0: "min", 0.5: "average", 1.0: "max"}
lists = st.lists(st.integers(-4, 4), min_size=1, max_size=12)


def test_the_example_of_csranks():
    # As its tests of irank expect: largest first at 0, 0.5 and 1, then smallest first at 0.
    assert irank(VALUES).tolist() == [4, 4, 4, 7, 8, 1, 2, 2]
    assert irank(VALUES, omega=0.5).tolist() == [5, 5, 5, 7, 8, 1, 2.5, 2.5]
    assert irank(VALUES, omega=1).tolist() == [6, 6, 6, 7, 8, 1, 3, 3]
    assert irank(VALUES, first="smallest").tolist() == [3, 3, 3, 2, 1, 8, 6, 6]
    assert frank(VALUES).tolist() == [0.5, 0.5, 0.5, 0.875, 1, 0.125, 0.25, 0.25]


@pytest.mark.parametrize("omega", RULES)
@given(values=lists)
def test_equals_scipys_rankdata(omega, values):
    expected = rankdata(values, RULES[omega])
    assert irank(values, omega=omega, first="smallest").tolist() == expected.tolist()
    assert irank(np.negative(values), omega=omega).tolist() == expected.tolist()


@given(lists)
def test_the_largest_fractional_rank_from_below_is_the_empirical_distribution(values):
    x = np.array(values)
    expected = (x[None, :] <= x[:, None]).mean(axis=1)
    np.testing.assert_allclose(frank(x, omega=1, first="smallest"), expected, rtol=1e-15)


@given(lists, st.floats(0, 1))
def test_rules_lie_between_their_extremes_and_both_orders_add_up(values, omega):
    rank = irank(values, omega=omega)
    assert (irank(values) <= rank).all()
    assert (rank <= irank(values, omega=1)).all()
    np.testing.assert_allclose(
        rank + irank(values, omega=1 - omega, first="smallest"), len(values) + 1, rtol=1e-12
    )


def test_rows_are_ranked_by_themselves():
    assert irank([[1, 2, 3], [5, 5, 4]]).tolist() == [[3, 2, 1], [1, 1, 3]]
    assert irank([]).shape == (0,)
    assert frank(np.zeros((2, 0))).shape == (2, 0)


@pytest.mark.parametrize(
    ("arguments", "options", "parameter"),
    [
        ([1.0], {}, "values"),
        ([[1, np.nan]], {}, "values"),
        ([[1, 2]], {"omega": 2}, "omega"),
        ([[1, 2]], {"first": "best"}, "first"),
    ],
)
@pytest.mark.parametrize("function", [irank, frank])
def test_bad_arguments_are_named(function, arguments, options, parameter):
    with pytest.raises(ArgumentError, match=parameter):
        function(*arguments, **options)
