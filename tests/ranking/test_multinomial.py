"""Sets for one sample's shares: csranks, scipy's binomial test, coverage, what must hold."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from alumnistats.errors import ArgumentError
from alumnistats.ranking import multinomial_rank_sets

REFERENCE = Path(__file__).parents[1] / "reference"
KINDS = ["marginal", "simultaneous"]
counts = st.lists(st.integers(0, 60), min_size=1, max_size=6)


@pytest.mark.parametrize("tail", ["two-sided", "lower", "upper"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("correction", ["Holm", "Bonferroni"])
@pytest.mark.parametrize("example", ["k12", "elect"])
def test_equals_csranks(example, correction, kind, tail):
    table = pd.read_csv(REFERENCE / "csranks_multinom.csv")
    rows = table[
        (table["example"] == example)
        & (table["multcorr"] == correction)
        & (table["simul"] == (kind == "simultaneous"))
        & (table["cstype"] == tail)
    ]
    # csranks drops `multcorr` for marginal sets: these are Holm's whatever the label says.
    used = "holm" if kind == "marginal" else correction.lower()
    sets = multinomial_rank_sets(rows["x"], kind=kind, tail=tail, correction=used)
    assert sets.lower.tolist() == rows["L"].tolist()
    assert sets.upper.tolist() == rows["U"].tolist()


def test_the_label_bonferroni_of_csranks_marginal_sets_is_wrong():
    table = pd.read_csv(REFERENCE / "csranks_multinom.csv")
    rows = table[
        (table["example"] == "elect")
        & (table["multcorr"] == "Bonferroni")
        & ~table["simul"]
        & (table["cstype"] == "lower")
    ]
    sets = multinomial_rank_sets(rows["x"], tail="lower", correction="bonferroni")
    assert (sets.lower <= rows["L"]).all()
    assert (sets.lower < rows["L"]).any()


@given(counts)
def test_p_values_are_scipys_binomial_tests(count):
    p = multinomial_rank_sets(count).p
    for i, j in permutations(range(len(count)), 2):
        if count[i] < count[j]:
            expected = binomtest(count[i], count[i] + count[j], alternative="less").pvalue
            assert p[i, j] == pytest.approx(expected, rel=1e-10)
        else:
            assert p[i, j] == 1.0


@pytest.mark.parametrize("kind", KINDS)
@given(count=counts, random=st.randoms(use_true_random=False))
def test_relabelling_categories_relabels_sets(kind, count, random):
    order = list(range(len(count)))
    random.shuffle(order)
    sets = multinomial_rank_sets(count, kind=kind, level=0.8)
    moved = multinomial_rank_sets(np.array(count)[order], kind=kind, level=0.8)
    assert moved.lower.tolist() == sets.lower[order].tolist()
    assert moved.upper.tolist() == sets.upper[order].tolist()


@pytest.mark.parametrize("kind", KINDS)
@given(count=counts, factor=st.integers(2, 5))
def test_a_larger_sample_of_the_same_shares_gives_no_wider_bonferroni_sets(kind, count, factor):
    small = multinomial_rank_sets(count, kind=kind, correction="bonferroni", level=0.8)
    large = multinomial_rank_sets(
        np.array(count) * factor, kind=kind, correction="bonferroni", level=0.8
    )
    assert (small.lower <= large.lower).all()
    assert (large.upper <= small.upper).all()


@pytest.mark.parametrize("share", [[0.25] * 4, [0.05, 0.05, 0.45, 0.45], [0.1, 0.2, 0.3, 0.4]])
@pytest.mark.parametrize("kind", KINDS)
def test_coverage(kind, share):
    share = np.array(share)
    count = np.random.default_rng(3).multinomial(60, share, size=2000)
    sets = multinomial_rank_sets(count, kind=kind, level=0.8)
    best = 1 + (share[None, :] > share[:, None]).sum(axis=1)
    worst = 4 - (share[None, :] < share[:, None]).sum(axis=1)
    inside = (sets.lower <= best) & (worst <= sets.upper)
    fewest = binom.ppf(1e-5, 2000, 0.8)
    assert inside.sum(axis=0).min() >= fewest
    if kind == "simultaneous":
        assert inside.all(axis=1).sum() >= fewest


def test_one_category_no_answers_and_the_guarantee():
    assert multinomial_rank_sets([7]).upper.tolist() == [1]
    none = multinomial_rank_sets([0, 0, 0], kind="simultaneous")
    assert (none.lower.tolist(), none.upper.tolist()) == ([1, 1, 1], [3, 3, 3])
    assert "one multinomial sample" in none.guarantee


@pytest.mark.parametrize("count", [[1.5, 2], [-1, 2], [np.nan, 1], [], 3])
def test_counts_that_are_not_whole_are_refused(count):
    with pytest.raises(ArgumentError, match="count"):
        multinomial_rank_sets(count)
