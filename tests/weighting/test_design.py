"""Clusters, strata and populations: what few of them tell, and what one of them does not."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from alumnistats.errors import ArgumentError, SurveyFileError
from alumnistats.ranking import rank
from alumnistats.sources import InputNotice, read_microdata
from alumnistats.weighting import linearized_covariance, replicate_covariance, weighted_shares
from alumnistats.weighting.shares import ALIKE, LONE_CLUSTER, LONE_COPIES, LONE_PERSON
from alumnistats.weighting.variances import design_degrees, shares


def people(seed=0, clusters=9, each=12, groups=3):
    """Return respondents of groups within clusters, three clusters a group."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), each)
    group = cluster % groups
    level = 0.3 + 0.2 * group + rng.normal(0, 0.15, clusters)[cluster]
    return pd.DataFrame(
        {
            "group": np.array(list("ABCDEF"))[group],
            "cluster": cluster,
            "y": np.where(rng.random(len(group)) < level, "yes", "no"),
            "w": rng.uniform(0.5, 2.0, len(group)),
        }
    )


def read(frame, **how):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputNotice)
        return read_microdata(frame, **({"group": "group", "questions": ["y"]} | how))


def test_a_group_in_one_cluster_has_no_variance_and_any_rank():
    frame = people()
    lone = frame.drop(frame.index[(frame["group"] == "C") & (frame["cluster"] > 2)])
    found = weighted_shares(read(lone, cluster="cluster", weight="w"), "y", "yes")
    assert found.reasons == ("", "", LONE_CLUSTER)
    assert found.df.tolist() == [2, 2, 0]
    assert np.isnan(found.covariance[2]).all()
    assert np.isnan(found.covariance[:, 2]).all()
    assert np.isfinite(found.covariance[:2, :2]).all()
    row = found.table.set_index("group").loc["C"]
    assert row[["se", "lower", "upper", "n_eff", "deff"]].isna().all()
    assert row["reason"] == LONE_CLUSTER
    for table in (
        rank(found).table,
        rank(estimates=found.estimate, variance=found.covariance, groups=found.groups).table,
    ):
        own = table[table["group"] == "C"]
        assert (own["lower"] == 1).all()
        assert (own["upper"] == 3).all()
        assert (table.loc[table["group"] != "C", "upper"] >= 2).all()
        assert table["guarantee"].str.contains("the variance of C is not known").all()
    with pytest.raises(ArgumentError, match="C: in one cluster"):
        found.solutions  # noqa: B018


def test_the_others_are_ranked_as_if_it_were_not_there():
    x, v = np.array([0.9, 0.1, 0.5, 0.3]), np.array([1e-4, 1e-4, np.nan, 1e-4])
    with_it = rank(estimates=x, variance=v, groups=list("abcd")).table
    without = rank(estimates=x[[0, 1, 3]], variance=v[[0, 1, 3]], groups=list("abd")).table
    joined = without.merge(with_it, on=["group", "method"], suffixes=("", "_with"))
    assert (joined["lower"] == joined["lower_with"]).all()
    assert (joined["upper"] + 1 == joined["upper_with"]).all()
    assert with_it["group"].tolist() == list("abcd") * 2
    with pytest.raises(ArgumentError, match="no variance that is known"):
        rank(estimates=x, variance=np.full(4, np.nan))


def test_one_cluster_in_each_of_two_strata_tells_nothing_either():
    frame = people().assign(stratum=lambda d: d["cluster"] % 2)
    kept = (frame["group"] != "C") | frame["cluster"].isin([2, 5])
    found = weighted_shares(read(frame[kept], cluster="cluster", stratum="stratum"), "y", "yes")
    assert found.df.tolist() == [1, 1, 0]
    assert found.reasons[2] == LONE_CLUSTER


def test_one_respondent_and_all_alike():
    frame = pd.DataFrame({"group": list("AAABBBC"), "y": ["yes", "no", "no", *["yes"] * 4]})
    found = weighted_shares(read(frame.assign(w=1.0 + np.arange(7)), weight="w"), "y", "yes")
    assert found.reasons == ("", ALIKE, LONE_PERSON)
    table = rank(found).table
    assert (table["lower"] == 1).all()
    assert (table["upper"] == 3).all()
    lower, upper = found.interval()
    assert upper[1] == 1
    assert 0 < lower[1] < 1
    assert found.solutions.n[0, 2] == 1


def test_replicates_that_leave_a_group_as_it_is():
    frame = people()
    frame = frame.drop(frame.index[(frame["group"] == "C") & (frame["cluster"] > 2)])
    rng = np.random.default_rng(3)
    times = rng.multinomial(7, np.full(7, 1 / 7), 20) + 0.5
    place = {c: i for i, c in enumerate(sorted(frame["cluster"].unique()))}
    copies = {f"r{r}": frame["w"] * times[r][frame["cluster"].map(place)] for r in range(20)}
    data = read(frame.assign(**copies), weight="w", replicates=list(copies))
    found = weighted_shares(data, "y", "yes")
    assert found.df.tolist() == [2, 2, 0]  # three clusters, three, one
    assert found.reasons == ("", "", LONE_COPIES)
    assert np.isfinite(found.covariance[:2, :2]).all()


def test_degrees_of_freedom_are_clusters_less_strata():
    group = np.array([0, 0, 0, 1, 1, 1, 1])
    stratum = np.array([0, 0, 1, 0, 0, 1, 1])
    cluster = np.array([0, 1, 0, 0, 0, 0, 1])
    weight = np.ones(7)
    assert design_degrees(group, weight, 2, stratum, cluster).tolist() == [1, 1]
    assert design_degrees(group, weight, 2, None, cluster).tolist() == [1, 1]
    assert design_degrees(group, weight, 2).tolist() == [2, 3]
    weight[1] = 0
    assert design_degrees(group, weight, 2, stratum, cluster).tolist() == [0, 1]


def test_strata_with_one_cluster_are_named():
    frame = people().assign(stratum=np.where(people()["cluster"] == 0, "Okinawa", "Tokyo"))
    with pytest.raises(ArgumentError, match="stratum Okinawa with one cluster"):
        weighted_shares(read(frame, cluster="cluster", stratum="stratum"), "y", "yes")
    frame["stratum"] = np.where(frame["cluster"] == 1, "Nara", frame["stratum"])
    with pytest.raises(ArgumentError, match=r"2 strata with one cluster.*Okinawa, Nara"):
        weighted_shares(read(frame, cluster="cluster", stratum="stratum"), "y", "yes")
    with pytest.raises(ArgumentError, match="one cluster in all"):
        weighted_shares(read(frame.assign(cluster=1), cluster="cluster"), "y", "yes")


def test_the_cluster_jackknife_by_brute_force():
    """With equal clusters of one group the jackknife of its share and linearization agree.

    The share is a mean of cluster means then, which is linear: both are s² / m exactly.
    """
    frame = people(clusters=6, groups=1)
    y = (frame["y"] == "yes").to_numpy()
    zeros, ones, cluster = np.zeros(len(y), dtype=int), np.ones(len(y)), frame["cluster"].to_numpy()
    linear = linearized_covariance(y, zeros, ones, 1, cluster=cluster)
    means = np.array([y[cluster == c].mean() for c in range(6)])
    np.testing.assert_allclose(linear, means.var(ddof=1) / 6)
    copies = np.stack([(cluster != c) * 6 / 5 for c in range(6)])
    jackknife = replicate_covariance(y, zeros, ones, 1, copies, "jk1")
    np.testing.assert_allclose(jackknife, linear)


def test_the_finite_population_correction_by_the_textbook():
    """Cochran (1977), (3.8): v(p) = (1 - n/N) p q / (n - 1) for a simple random sample."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"group": "A", "y": rng.choice(["yes", "no"], 60), "N": 150})
    p = (frame["y"] == "yes").mean()
    expected = (1 - 60 / 150) * p * (1 - p) / 59
    for how in ({"population_size": "N"}, {"population_size": {"A": 150}}):
        found = weighted_shares(read(frame, **how), "y", "yes")
        np.testing.assert_allclose(found.covariance, expected)
    assert read(frame, population_size={"A": 150}).survey.groups[0].population_size == 150


def test_the_correction_by_strata():
    """Cochran (1977), (5.52), weights N_h / n_h: V = sum W_h² (1 - f_h) p_h q_h / (n_h - 1)."""
    rng = np.random.default_rng(2)
    n, N = np.array([30, 50]), np.array([90, 400])
    h = np.repeat([0, 1], n)
    y = rng.random(80) < np.array([0.3, 0.6])[h]
    frame = pd.DataFrame(
        {"group": "A", "y": np.where(y, "yes", "no"), "h": h, "N": N[h], "w": (N / n)[h]}
    )
    p = np.array([y[h == 0].mean(), y[h == 1].mean()])
    expected = ((N / N.sum()) ** 2 * (1 - n / N) * p * (1 - p) / (n - 1)).sum()
    data = read(frame, stratum="h", weight="w", population_size="N")
    np.testing.assert_allclose(weighted_shares(data, "y", "yes").covariance, expected)


def test_a_whole_population_has_no_error():
    frame = pd.DataFrame({"group": list("AABBB"), "y": ["yes", "no", "yes", "no", "no"]})
    found = weighted_shares(read(frame, population_size={"A": 2, "B": 30}), "y", "yes")
    assert found.covariance[0, 0] == 0
    assert found.reasons == ("", "")
    lower, upper = found.interval()
    assert lower[0] == upper[0] == 0.5
    assert lower[1] < 1 / 3 < upper[1]


POPULATIONS = {
    "too small": ({"A": 10, "B": 200, "C": 200}, 'population_size: found 10 in "A", of which 36'),
    "unknown": ({"A": 99, "B": 99, "c": 99}, 'found "c"; expected one of A, B, C. Did you mean'),
    "lacking": ({"A": 99, "B": 99}, 'found no size of "C"'),
    "mixed": ("w", "in \"A\"; expected the same number in all rows of a stratum"),
}  # fmt: skip


@pytest.mark.parametrize("case", POPULATIONS)
def test_populations_that_cannot_be(case):
    sizes, message = POPULATIONS[case]
    with pytest.raises(SurveyFileError) as caught:
        read(people(), population_size=sizes)
    assert message in str(caught.value)


def test_populations_that_do_not_suit_the_design():
    sizes = {"A": 99, "B": 99, "C": 99}
    with pytest.raises(SurveyFileError, match="beside strata or clusters"):
        read(people(), population_size=sizes, cluster="cluster")
    with pytest.raises(ArgumentError, match="a column, or a dict"):
        read(people(), population_size=99)
    copies = {"r1": people()["w"], "r2": people()["w"] * people()["cluster"]}
    data = read(people().assign(**copies), replicates=["r1", "r2"], population_size=sizes)
    with pytest.raises(ArgumentError, match="replicate weights carry the correction"):
        weighted_shares(data, "y", "yes")


def test_intervals_of_equal_respondents_are_those_of_clopper_and_pearson():
    found = weighted_shares(read(people()), "y", "yes")
    k = np.rint(found.estimate * found.n)
    lower, upper = proportion_confint(k, found.n, 0.1, "beta")
    np.testing.assert_allclose(found.interval(0.9), [lower, upper], atol=1e-12)


def test_intervals_of_few_clusters_by_the_formula_written_out():
    found = weighted_shares(read(people(), cluster="cluster", weight="w"), "y", "yes")
    lower, upper = found.interval()
    for g in range(3):
        p, n = found.estimate[g], found.n[g]
        size = min(p * (1 - p) / found.covariance[g, g], n)
        size *= (stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, 2)) ** 2
        x = p * size
        np.testing.assert_allclose(lower[g], stats.beta.ppf(0.025, x, size - x + 1), rtol=1e-9)
        np.testing.assert_allclose(upper[g], stats.beta.ppf(0.975, x + 1, size - x), rtol=1e-9)


def test_intervals_of_few_clusters_cover():
    """Of 600 samples of eight clusters a group, at least 95% less four errors (0.9%) each."""
    rng = np.random.default_rng(0)
    hits = []
    for _ in range(600):
        level = np.clip(rng.normal(0.4, 0.12, 8), 0, 1)
        cluster = np.repeat(np.arange(8), 15)
        y = np.where(rng.random(120) < level[cluster], "yes", "no")
        frame = pd.DataFrame({"group": "A", "y": y, "cluster": cluster})
        lower, upper = weighted_shares(read(frame, cluster="cluster"), "y", "yes").interval()
        hits.append(lower[0] <= 0.4 <= upper[0])
    assert np.mean(hits) > 0.95 - 4 * 0.009


def test_ranks_by_few_clusters_are_wider_and_by_many_the_same():
    x, v = np.array([0.6, 0.5, 0.4]), np.full(3, 0.03**2)
    wide = rank(estimates=x, variance=v, df=3).table
    many = rank(estimates=x, variance=v, df=1e9).table
    plain = rank(estimates=x, variance=v).table
    pd.testing.assert_frame_equal(many, plain)
    assert (wide["lower"] <= plain["lower"]).all()
    assert (wide["upper"] >= plain["upper"]).all()
    assert (wide["upper"] - wide["lower"]).sum() > (plain["upper"] - plain["lower"]).sum()
    none = rank(estimates=x, variance=v, df=[3, 3, 0]).table
    assert (none.loc[none["group"] == "3", "lower"] == 1).all()
    with pytest.raises(ArgumentError, match="df: found"):
        rank(estimates=x, variance=v, df=[3, 3])


def test_the_difference_of_two_groups_is_welchs_on_the_safe_side():
    """Two means that Welch's test cannot tell apart are not told apart by 4 degrees of freedom."""
    rng = np.random.default_rng(8)
    told, test = [], []
    for _ in range(400):
        a, b = rng.normal(0, 1, (2, 5))
        b += 1.2
        var = np.array([a.var(ddof=1), b.var(ddof=1)]) / 5
        table = rank(estimates=[a.mean(), b.mean()], variance=var, df=4).table
        told.append((table["lower"] == table["upper"]).all())
        test.append(stats.ttest_ind(a, b, equal_var=False).pvalue < 0.05)
    assert 0 < np.sum(told) <= np.sum(test)


def test_scores_of_clusters_are_those_of_the_sandwich_of_a_logit_model():
    """The delta method on the logit scale: GLM's clustered variance times (p (1 - p))²."""
    frame = people(clusters=12)
    data = read(frame, cluster="cluster", weight="w")
    found = weighted_shares(data, "y", "yes")
    X = pd.get_dummies(frame["group"]).astype(float)
    model = sm.GLM(
        (frame["y"] == "yes").astype(float), X, sm.families.Binomial(), var_weights=frame["w"]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = model.fit(
            cov_type="cluster", cov_kwds={"groups": frame["cluster"], "use_correction": False}
        )
    p = found.estimate
    by_delta = np.diag(fit.cov_params()) * (p * (1 - p)) ** 2 * 12 / 11
    np.testing.assert_allclose(np.diag(found.covariance), by_delta, rtol=1e-6)


@given(st.integers(0, 10**6))
def test_whoever_is_in_two_clusters_or_more_keeps_the_variance(seed):
    frame = people(seed)
    data = read(frame, cluster="cluster", weight="w")
    found = weighted_shares(data, "y", "yes")
    plain = shares(data.questions["y"].chosen[1], data.group, data.weight, 3)
    np.testing.assert_allclose(found.estimate, plain)
    assert (np.isnan(np.diag(found.covariance)) == (np.array(found.reasons) != "")).all()
    lower, upper = found.interval()
    assert ((lower <= found.estimate + 1e-12) & (found.estimate <= upper + 1e-12)).all()
