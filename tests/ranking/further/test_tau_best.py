"""The tau best and worst: csranks, multiple-inference, coverage, nesting."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from alumnistats.errors import ArgumentError
from alumnistats.ranking import (
    binomial_joint_region,
    finite_sample_rank_sets,
    joint_region,
    multinomial_rank_sets,
    rank_sets,
)
from alumnistats.ranking.further import tau_best, tau_worst

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="module")
def k12():
    table = pd.read_csv(REFERENCE / "input_k12.csv")
    return rank_sets(table["phat"], table["var"], kind="simultaneous")


@pytest.mark.parametrize("tau", range(1, 12))
def test_equals_csranks(k12, tau):
    table = pd.read_csv(REFERENCE / "csranks_tau_k12.csv")
    rows = table[(table["R"] == 100_000) & (table["tau"] == tau)]
    assert tau_best(k12, tau).possible.tolist() == rows["best"].astype(bool).tolist()
    assert tau_worst(k12, tau).possible.tolist() == rows["worst"].astype(bool).tolist()


@pytest.mark.parametrize("tau", [1, 2, 3])
def test_equals_multiple_inference(k12, tau):
    table = pd.read_csv(REFERENCE / "multiple_inference_tau_k12.csv")
    rows = table[table["tau"] == tau]
    members = {s: rows.loc[rows["superset"] == s, "member"].astype(bool) for s in (True, False)}
    best = tau_best(k12, tau)
    assert best.possible.tolist() == members[True].tolist()
    assert best.certain.tolist() == members[False].tolist()


intervals = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=8)


@given(intervals)
def test_sets_are_nested_in_tau_and_certain_in_possible(pairs):
    low, high = np.sort(np.array(pairs, dtype=float), axis=1).T
    sets = joint_region(low, high)
    groups = len(low)
    for which in (tau_best, tau_worst):
        found = [which(sets, tau) for tau in range(1, groups + 1)]
        for small, large in pairwise(found):
            assert (small.possible <= large.possible).all()
            assert (small.certain <= large.certain).all()
        for one in found:
            assert (one.certain <= one.possible).all()
            assert one.possible.sum() >= one.tau
            assert one.certain.sum() <= one.tau
        assert found[-1].possible.all()
        assert found[-1].certain.all()


@given(intervals, st.integers(1, 2))
def test_the_worst_are_the_best_of_reversed_values(pairs, tau):
    low, high = np.sort(np.array(pairs, dtype=float), axis=1).T
    worst, best = tau_worst(joint_region(low, high), tau), tau_best(joint_region(-high, -low), tau)
    assert worst.possible.tolist() == best.possible.tolist()
    assert worst.certain.tolist() == best.certain.tolist()


def test_counts_decide_with_exact_guarantee():
    count, size = [90, 85, 20, 2], [100, 100, 100, 30]
    sets = finite_sample_rank_sets(count, size, kind="simultaneous")
    best = tau_best(sets, 2)
    assert best.possible.tolist() == best.certain.tolist() == [True, True, False, False]
    assert "samples of any size" in best.guarantee
    assert tau_best(sets).possible.tolist() == [True, True, False, False]
    assert tau_worst(sets, 2).certain.tolist() == [False, False, True, True]
    assert tau_best(multinomial_rank_sets(count, kind="simultaneous"), 2).certain.sum() == 2
    assert tau_best(binomial_joint_region(count, size), 2).certain.sum() == 2


@pytest.mark.parametrize("share", [[0.2, 0.2, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]])
def test_coverage_of_all_tau_at_once(share):
    share, size = np.array(share), np.tile([40, 80, 60, 90], (1000, 1))
    count = np.random.default_rng(6).binomial(size, share)
    sets = finite_sample_rank_sets(count, size, kind="simultaneous", level=0.8)
    above = (share[None, :] > share[:, None]).sum(axis=1)
    below = (share[None, :] < share[:, None]).sum(axis=1)
    right = np.ones(1000, dtype=bool)
    for tau in range(1, 5):
        for found, others in ((tau_best(sets, tau), above), (tau_worst(sets, tau), below)):
            right &= (found.possible >= (others < tau)).all(axis=1)
            right &= (found.certain <= (others < tau)).all(axis=1)
    assert right.sum() >= binom.ppf(1e-5, 1000, 0.8)


@pytest.mark.parametrize("which", [tau_best, tau_worst])
def test_bad_arguments_are_named(which):
    sets = joint_region([0, 1], [1, 2])
    for tau in (0, 3, 1.5, True):
        with pytest.raises(ArgumentError, match="tau"):
            which(sets, tau)
    with pytest.raises(ArgumentError, match="sets"):
        which(finite_sample_rank_sets([1, 2], [3, 3]), 1)
