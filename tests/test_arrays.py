"""Counts as floating point made them: whole ones are put right, the rest is refused everywhere."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import alumnistats as al
from alumnistats.arrays import thinned, whole_numbers
from alumnistats.comparisons import (
    DIFFERENCE_METHODS,
    PAIR_TESTS,
    dependent_test,
    difference_interval,
    multinomial_covariance,
    nested_interval,
    odds_ratio_test,
    omnibus,
    pair_test,
    score_test,
    share_variance,
)
from alumnistats.errors import ArgumentError
from alumnistats.intervals import INTERVAL_METHODS, interval
from alumnistats.ranking import binomial_joint_region, finite_sample_rank_sets, winner_share

P, N = np.array([0.29, 0.28, 0.57]), np.array([100, 100, 100])
ALMOST, COUNT = P * N, np.array([29, 28, 57])

TAKE_COUNTS = {
    **{f"interval {m}": lambda k, m=m: interval(k, N, m) for m in INTERVAL_METHODS},
    **{t: lambda k, t=t: pair_test(k[0], 100, k[1:], 100, t) for t in PAIR_TESTS},
    **{
        f"difference {m}": lambda k, m=m: difference_interval(k[0], 100, k[1:], 100, method=m)
        for m in DIFFERENCE_METHODS
    },
    "odds_ratio_test": lambda k: odds_ratio_test(k[0], 100, k[1:], 100, 1.5),
    "score_test": lambda k: score_test(k[0], 100, k[1:], 100, difference=0.1),
    "omnibus": lambda k: omnibus(k, N),
    "share_variance": lambda k: share_variance(k, N),
    "multinomial_covariance": lambda k: multinomial_covariance(k, 200),
    "nested_interval": lambda k: nested_interval(k, 60, 100),
    "dependent_test": lambda k: dependent_test(k, 40, 100, 5),
    "rank": lambda k: al.rank(count=k, nobs=N).table.drop(columns=["group", "method", "guarantee"]),
    "finite_sample": lambda k: finite_sample_rank_sets(k, N).lower,
    "joint_region": lambda k: binomial_joint_region(k, N).lower,
    "winner": lambda k: winner_share(k, N, 1).hybrid.estimate,
}


def test_the_products_are_not_whole():
    assert (ALMOST != COUNT).sum() == 3
    assert ALMOST.astype(int).tolist() == [28, 28, 56]  # what cutting off makes of them


@pytest.mark.parametrize("name", TAKE_COUNTS)
def test_every_door_rounds_what_is_whole(name):
    np.testing.assert_array_equal(
        np.asarray(TAKE_COUNTS[name](ALMOST)), np.asarray(TAKE_COUNTS[name](COUNT))
    )


@pytest.mark.parametrize("name", TAKE_COUNTS)
def test_every_door_refuses_what_is_not(name):
    with pytest.raises(ArgumentError, match=r"found 19\.99; expected a whole number"):
        TAKE_COUNTS[name](np.array([29, 28, 19.99]))


@pytest.mark.parametrize("bad", [np.nan, np.inf, "many", None, [1, None], 0.5, 1e9 + 0.25])
def test_what_is_no_count(bad):
    with pytest.raises(ArgumentError, match=r"^size: found"):
        whole_numbers(bad, "size")


@given(st.integers(0, 10**12), st.floats(-9e-10, 9e-10))
def test_errors_of_rounding_are_undone(count, error):
    assert whole_numbers(count + error) == count
    assert whole_numbers(float(count) * (1 + 2e-16)) == count


@given(st.integers(0, 10**6), st.floats(1e-8, 0.5))
def test_more_than_an_error_of_rounding_is_not(count, error):
    with pytest.raises(ArgumentError):
        whole_numbers(count + error)


class TestSeries:
    COUNT = pd.Series({"Energy": 30, "Retail": 12, "Schools": 25})
    NOBS = pd.Series({"Schools": 60, "Energy": 50, "Retail": 40})

    def test_the_index_names_the_groups_and_puts_them_in_order(self):
        by_name = al.rank(count=self.COUNT, nobs=self.NOBS)
        by_hand = al.rank(count=[30, 12, 25], nobs=[50, 40, 60], groups=list(self.COUNT.index))
        assert by_name.groups == ("Energy", "Retail", "Schools")
        pd.testing.assert_frame_equal(by_name.table, by_hand.table)

    def test_estimates_too_with_covariances_in_any_order(self):
        x = self.COUNT / self.NOBS
        v = (x * (1 - x) / self.NOBS).sort_index(ascending=False)
        matrix = pd.DataFrame(np.diag(v), v.index, v.index)
        one, both = al.rank(estimates=x, variance=v), al.rank(estimates=x, variance=matrix)
        assert one.groups == tuple(x.index)
        pd.testing.assert_frame_equal(one.table, both.table)
        by_strata = al.rank(estimates=x.to_numpy(), variance=v[x.index].to_numpy(), groups=x.index)
        pd.testing.assert_frame_equal(one.table, by_strata.table)

    def test_groups_that_are_given_win_and_row_numbers_are_no_names(self):
        assert al.rank(count=self.COUNT, nobs=self.NOBS, groups=["a", "b", "c"]).groups[0] == "a"
        plain = al.rank(count=pd.Series([3, 5]), nobs=pd.Series([10, 10]))
        assert plain.groups == ("1", "2")

    def test_several_levels(self):
        index = pd.MultiIndex.from_tuples([("North", 2024), ("South", 2024)])
        assert al.rank(count=pd.Series([3, 5], index), nobs=10).groups == (
            "North / 2024", "South / 2024",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("how", "message"),
        [
            ({"nobs": pd.Series({"Energy": 50, "Retail": 40, "Mines": 60})}, "nobs: found"),
            ({"nobs": None}, "nobs: found None; expected the size of each group"),
            ({"nobs": [50, 40]}, "one size for each of the 3 counts"),
            ({"nobs": [50, 10, 60]}, "counts: found"),
            ({"nobs": 60, "count": pd.Series([1, 2], ["a", "a"])}, "a twice in the index"),
        ],
    )
    def test_messages(self, how, message):
        with pytest.raises(ArgumentError) as caught:
            al.rank(**({"count": self.COUNT} | how))
        assert message in str(caught.value)

    @pytest.mark.parametrize("source", [COUNT, [1, 2], "hackazouk-2025", {"a": 1}])
    def test_what_is_no_source(self, source):
        with pytest.raises(ArgumentError, match="expected a fit, weighted shares, count= with"):
            al.rank(source)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(1, 50))
def test_thinning_draws_each_cell_as_often_as_its_weight_says(weight, size):
    share = np.array([*weight, 1.0])  # some cell has weight
    cells, times = thinned(share, size)
    expected = size * share / share.sum()
    drawn = np.zeros(len(share))
    drawn[cells] = times
    assert drawn.sum() == size
    assert (np.abs(drawn - expected) < 1 + 1e-9).all()
    assert (drawn[share == 0] == 0).all()
