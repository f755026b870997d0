"""Weighted shares against statsmodels, brute force and simulation."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError
from alumnistats.posterior import estimate
from alumnistats.ranking import rank
from alumnistats.sources.answers import Answers
from alumnistats.sources.microdata import Microdata
from alumnistats.sources.tabulate import kish_sizes, whole_parts
from alumnistats.weighting import (
    linearized_covariance,
    replicate_covariance,
    weighted_shares,
)
from alumnistats.weighting.variances import shares

SIZE, GROUPS = 240, 3


def sample(seed=0, size=SIZE):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, GROUPS, size)
    chosen = rng.random(size) < np.array([0.2, 0.5, 0.7])[group]
    return chosen, group, rng.gamma(3.0, 1 / 3, size)


def data(chosen, group, weight, **design):
    answers = Answers(
        "q", ("yes", "no"), np.stack([chosen, ~chosen]), np.ones(len(chosen), dtype=bool), True
    )
    labels = tuple("abcdefgh"[: group.max() + 1])
    return Microdata("made.csv", "", labels, group, {"q": answers}, weight, **design)


def dummies(group):
    return (group[:, None] == np.arange(GROUPS)).astype(float)


def test_shares_and_variances_are_those_of_weighted_least_squares():
    """White's covariance of dummies is the sum of squared scores, without m / (m - 1)."""
    chosen, group, weight = sample()
    fit = sm.WLS(chosen.astype(float), dummies(group), weights=weight).fit(cov_type="HC0")
    np.testing.assert_allclose(shares(chosen, group, weight, GROUPS), fit.params)
    found = linearized_covariance(chosen, group, weight, GROUPS)
    np.testing.assert_allclose(found, fit.cov_params() * SIZE / (SIZE - 1), atol=1e-15)


def test_clusters_are_those_of_the_sandwich():
    chosen, group, weight = sample()
    cluster = np.random.default_rng(9).integers(0, 30, SIZE)
    how = {"groups": cluster, "use_correction": False}
    fit = sm.WLS(chosen.astype(float), dummies(group), weights=weight)
    sandwich = fit.fit(cov_type="cluster", cov_kwds=how).cov_params()
    found = linearized_covariance(chosen, group, weight, GROUPS, cluster=cluster)
    np.testing.assert_allclose(found, sandwich * 30 / 29, atol=1e-15)
    assert abs(found[0, 1]) > 0


def test_strata_by_the_formula_written_out():
    chosen, group, weight = sample()
    rng = np.random.default_rng(5)
    stratum, cluster = rng.integers(0, 4, SIZE), rng.integers(0, 6, SIZE)
    p = shares(chosen, group, weight, GROUPS)
    expected = np.zeros((GROUPS, GROUPS))
    for h in range(4):
        totals = []
        for c in np.unique(cluster[stratum == h]):
            z = np.zeros(GROUPS)
            for i in np.flatnonzero((stratum == h) & (cluster == c)):
                g = group[i]
                z[g] += weight[i] * (chosen[i] - p[g]) / weight[group == g].sum()
            totals.append(z)
        away = np.array(totals) - np.mean(totals, axis=0)
        expected += len(totals) / (len(totals) - 1) * away.T @ away
    found = linearized_covariance(chosen, group, weight, GROUPS, stratum, cluster)
    np.testing.assert_allclose(found, expected, atol=1e-15)


def jackknife_and_linear(size, clusters):
    chosen, group, weight = sample(size=size)
    cluster = np.arange(size) % clusters
    left = np.arange(clusters)[:, None] != cluster
    copies = weight * left * clusters / (clusters - 1)
    jackknife = replicate_covariance(chosen, group, weight, GROUPS, copies, "jk1")
    linear = linearized_covariance(chosen, group, weight, GROUPS, cluster=cluster)
    return np.diag(jackknife), np.diag(linear)


def test_the_jackknife_and_linearization_meet_as_clusters_grow():
    """They differ by order 1 / m (Lohr, section 9.3): tenfold clusters, a tenth of the gap."""
    gaps = []
    for clusters in (60, 600):
        jackknife, linear = jackknife_and_linear(4 * clusters, clusters)
        gaps.append(np.abs(jackknife / linear - 1).max())
    assert gaps[1] < gaps[0] / 5
    assert gaps[1] < 0.02


def test_the_jackknife_by_brute_force():
    chosen, group, weight = sample()
    cluster = np.arange(SIZE) % 60
    copies = np.stack([weight * (cluster != c) * 60 / 59 for c in range(60)])
    jackknife = replicate_covariance(chosen, group, weight, GROUPS, copies, "jk1")
    by_hand = np.zeros((GROUPS, GROUPS))
    p = [np.average(chosen[group == g], weights=weight[group == g]) for g in range(GROUPS)]
    for c in range(60):
        kept = cluster != c
        each = [
            np.average(chosen[kept & (group == g)], weights=weight[kept & (group == g)])
            for g in range(GROUPS)
        ]
        by_hand += 59 / 60 * np.outer(np.subtract(each, p), np.subtract(each, p))
    np.testing.assert_allclose(jackknife, by_hand, atol=1e-15)


@pytest.mark.parametrize(
    ("method", "scale"), [("bootstrap", 0.25), ("brr", 0.25), ("fay", 1.0), ("jk2", 1), ("sdr", 1)]
)
def test_scales_of_replicates(method, scale):
    chosen, group, weight = sample()
    copies = weight * np.random.default_rng(2).uniform(0.5, 1.5, (4, SIZE))
    away = np.stack([shares(chosen, group, w, GROUPS) for w in copies])
    away -= shares(chosen, group, weight, GROUPS)
    found = replicate_covariance(chosen, group, weight, GROUPS, copies, method, 0.5)
    np.testing.assert_allclose(found, scale * away.T @ away)


def test_the_variance_is_right_on_average():
    """Over 3,000 samples the mean variance is that of the estimates, within four errors.

    The variance of 3,000 estimates has a relative error of sqrt(2 / 3,000), 2.6%.
    """
    found, stated = [], []
    for seed in range(3000):
        chosen, group, weight = sample(seed)
        found.append(shares(chosen, group, weight, GROUPS))
        stated.append(np.diag(linearized_covariance(chosen, group, weight, GROUPS)))
    ratio = np.mean(stated, axis=0) / np.var(found, axis=0)
    assert (np.abs(ratio - 1) < 4 * np.sqrt(2 / 3000)).all(), ratio


def test_effective_sizes_of_equal_and_of_weights_of_two_kinds():
    chosen, group, _ = sample()
    equal = weighted_shares(data(chosen, group, None), "q", "yes")
    np.testing.assert_array_equal(equal.n_eff, equal.n)
    np.testing.assert_array_equal(equal.solutions.n[0], np.bincount(group))
    np.testing.assert_array_equal(equal.solutions.k[0], np.bincount(group, chosen))
    # Kish: half with weight 1, half with weight 3, is 16 / 20 of the number.
    ones = kish_sizes(np.array([1.0, 3.0] * 50), np.zeros(100, dtype=np.int64), 1)
    np.testing.assert_allclose(ones, 80)


def test_effective_counts_carry_the_variance_of_the_design():
    chosen, group, weight = sample()
    found = weighted_shares(data(chosen, group, weight), "q", "yes")
    n, k = found.solutions.n[0], found.solutions.k[0]
    assert (np.abs(k / n - found.estimate) <= 0.5 / n).all()
    spread = k / n * (1 - k / n) / n
    np.testing.assert_allclose(spread, np.diag(found.covariance), rtol=0.05)
    assert (found.n_eff < found.n).all()
    both = weighted_shares(data(chosen, group, weight), "q", ["yes", "no"])
    np.testing.assert_allclose(both.estimate, 1)
    np.testing.assert_allclose(both.n_eff, both.kish)


def test_the_estimators_take_them():
    chosen, group, weight = sample()
    found = weighted_shares(data(chosen, group, weight), "q", "yes")
    table = rank(estimates=found.estimate, variance=found.covariance, groups=found.groups).table
    mine = table[table["method"] == "marginal"].set_index("group")
    order = np.argsort(np.argsort(-found.estimate)) + 1
    assert (mine["lower"].to_numpy() <= order).all()
    assert (order <= mine["upper"].to_numpy()).all()
    summary = estimate(found.solutions, "no-pooling").summary()
    np.testing.assert_allclose(summary["mean"], found.estimate, atol=0.02)
    np.testing.assert_allclose(summary["sd"], np.sqrt(np.diag(found.covariance)), rtol=0.06)


def test_who_was_not_asked_stays_in_the_design_and_out_of_the_share():
    chosen, group, weight = sample()
    asked = np.arange(SIZE) % 3 > 0
    made = data(chosen, group, weight)
    answers = made.questions["q"]
    less = Answers("q", answers.options, answers.chosen & asked, asked, True)
    found = weighted_shares(
        Microdata("m", "", made.group_labels, group, {"q": less}, weight), "q", "yes"
    )
    some = shares(chosen[asked], group[asked], weight[asked], GROUPS)
    np.testing.assert_allclose(found.estimate, some)
    np.testing.assert_array_equal(found.n, np.bincount(group[asked]))


BAD = {
    "question": ({"question": "p"}, 'question: found "p"; expected q'),
    "answer": ({"answers": "yess"}, 'answers: found "yess"; expected one of yes, no. Did you mean'),
    "no answer": ({"answers": []}, "answers: found an empty list; expected at least one text"),
    "variance": ({"variance": "taylor"}, 'variance: found "taylor"; expected one of linearized'),
    "replicates": ({"variance": "replicate"}, "the data have no replicate weights"),
}


@pytest.mark.parametrize("case", BAD)
def test_messages(case):
    changed, message = BAD[case]
    arguments = {"question": "q", "answers": "yes"} | changed
    with pytest.raises(ArgumentError) as caught:
        weighted_shares(data(*sample()), **arguments)
    assert message in str(caught.value)


def test_messages_of_designs():
    chosen, group, weight = sample()
    alone = np.zeros(SIZE, dtype=np.int64)
    alone[0] = 1
    with pytest.raises(ArgumentError, match="stratum number 1 with one cluster"):
        linearized_covariance(chosen, group, weight, GROUPS, stratum=alone)
    copies = np.stack([weight, weight * (group > 0)])
    with pytest.raises(ArgumentError, match="a group has no weight"):
        replicate_covariance(chosen, group, weight, GROUPS, copies, "brr")
    with pytest.raises(ArgumentError, match="one of bootstrap, brr"):
        replicate_covariance(chosen, group, weight, GROUPS, copies, "jackknife")
    with pytest.raises(ArgumentError, match="from 0 to below 1"):
        replicate_covariance(chosen, group, weight, GROUPS, copies, "fay", 1.0)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30), st.floats(0.1, 10))
def test_effective_size_is_at_most_the_number_whatever_the_scale(weights, scale):
    weight, group = np.array(weights), np.zeros(len(weights), dtype=np.int64)
    (size,) = kish_sizes(weight, group, 1)
    assert 1 - 1e-9 <= size <= len(weights) + 1e-9
    np.testing.assert_allclose(kish_sizes(weight * scale, group, 1), size)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any), st.integers(0, 500))
def test_whole_parts_sum_and_stay_near(parts, whole):
    share = np.array(parts) / sum(parts)
    found = whole_parts(share, whole)
    assert found.sum() == whole
    assert (np.abs(found - share * whole) < 1 + 1e-9).all()


@given(st.integers(0, 10**6), st.permutations(range(GROUPS)))
def test_relabelling_groups_permutes(seed, order):
    chosen, group, weight = sample(seed, 60)
    new = np.array(order)[group]
    before = linearized_covariance(chosen, group, weight, GROUPS)
    after = linearized_covariance(chosen, new, weight, GROUPS)
    np.testing.assert_allclose(after[np.ix_(order, order)], before, atol=1e-15)
    assert (np.linalg.eigvalsh(before) > -1e-12).all()
