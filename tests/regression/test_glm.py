"""The binomial GLM over the solutions: closed forms, statsmodels itself, and its coverage."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, logit

import alumnistats as al
from alumnistats.errors import ArgumentError

GROUPS = ("a", "b", "c", "d")
N = np.array([40, 60, 30, 50])
K = np.array([10, 30, 12, 9])


@pytest.fixture(scope="module")
def known():
    return al.Solutions.known("q:x", GROUPS, N, K)


@pytest.fixture(scope="module")
def two():
    """Two solutions, of which the second differs in the last group only."""
    n, k = np.array([N, N]), np.array([K, [10, 30, 12, 15]])
    return al.Solutions("q:x", GROUPS, n, k, np.array([0.5, 0.5]), np.zeros(2))


def test_one_solution_is_in_closed_form(known):
    fit = al.glm(known)
    assert fit.params.to_numpy() == pytest.approx(logit(K / N), abs=1e-8)
    assert fit.bse.to_numpy() == pytest.approx(np.sqrt(1 / K + 1 / (N - K)), rel=1e-6)
    table = fit.summary()
    assert table["estimate"].to_numpy() == pytest.approx(K / N)
    reach = stats.norm.ppf(0.975) * fit.bse.to_numpy()
    assert table["lower"].to_numpy() == pytest.approx(expit(logit(K / N) - reach))
    assert np.isinf(table["df"]).all()
    assert (table["missing"] == 0).all()


def test_one_solution_is_statsmodels(known):
    import statsmodels.api as sm

    fit = al.glm(known)
    exog = pd.get_dummies(pd.Series(list(GROUPS))).to_numpy(dtype=float)
    model = sm.GLM(np.column_stack([K, N - K]), exog, family=sm.families.Binomial())
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the perfect fit that four groups have
        theirs = model.fit(tol=1e-12)
    assert fit.params.to_numpy() == pytest.approx(theirs.params, abs=1e-8)
    assert fit.conf_int().to_numpy() == pytest.approx(theirs.conf_int(), abs=1e-7)
    c = np.array([[-1, 1, 0, 0], [-1, 0, 1, 0], [-1, 0, 0, 1]])
    wald = theirs.wald_test(c, scalar=True)
    test = fit.test()
    assert test.p_value == pytest.approx(float(wald.pvalue), rel=1e-6)
    assert 3 * test.statistic == pytest.approx(float(wald.statistic), rel=1e-6)
    single = theirs.t_test(c)
    table = fit.t_test(c)
    assert table["p_value"].to_numpy() == pytest.approx(single.pvalue, rel=1e-6)
    assert table["error"].to_numpy() == pytest.approx(single.sd, rel=1e-6)
    assert fit.solution().params == pytest.approx(theirs.params, abs=1e-8)


def test_two_solutions_by_hand(two):
    fit = al.glm(two, imputations=100)
    q = logit(np.array([9, 15]) / 50)
    between = np.var(np.repeat(q, 50), ddof=1)
    within = np.mean(1 / np.array([9, 15]) + 1 / np.array([41, 35]))
    total = within + 1.01 * between
    assert fit.params["d"] == pytest.approx(q.mean(), abs=1e-8)
    assert fit.bse["d"] == pytest.approx(np.sqrt(total), rel=1e-6)
    assert fit.df["d"] == pytest.approx(99 / (1.01 * between / total) ** 2, rel=1e-6)
    assert fit.summary().set_index("term").loc["a", "missing"] == 0
    pd.testing.assert_series_equal(
        fit.bse**2, pd.Series(np.diag(fit.cov_params()), list(GROUPS)), check_names=False
    )


def test_contrasts(two):
    from statsmodels.stats.multitest import multipletests

    fit = al.glm(two)
    table = fit.contrasts()
    assert len(table) == 6
    row = table.set_index(["term_a", "term_b"]).loc[("a", "b")]
    assert row["odds_ratio"] == pytest.approx((10 / 30) / (30 / 30))
    assert (table["p_adjusted"] >= table["p_value"]).all()
    assert table["p_adjusted"].to_numpy() == pytest.approx(
        multipletests(table["p_value"], method="holm")[1]
    )
    against = fit.contrasts("b", scale="share", adjustment="none")
    assert list(against["term_b"]) == ["b"] * 3
    assert against["estimate"][0] == pytest.approx(10 / 40 - 30 / 60)
    # Wald's interval of a difference of shares.
    error = np.sqrt(0.25 * 0.75 / 40 + 0.25 / 60)
    assert against["error"][0] == pytest.approx(error, rel=1e-6)
    assert (against["p_adjusted"] == against["p_value"]).all()


def test_known_dispersion_multiplies_variances(known):
    fit, wide = al.glm(known), al.glm(known, dispersion=4.0)
    assert wide.bse.to_numpy() == pytest.approx(2 * fit.bse.to_numpy())
    assert wide.scale == 4
    assert wide.test().statistic == pytest.approx(fit.test().statistic / 4)


BY = {"a": "goods", "b": "services", "c": "services", "d": "goods"}


def test_estimated_dispersion_is_pearsons(known):
    """Of two classes of two groups: Pearson's statistic over 2 degrees of freedom."""
    fit = al.glm(known, by=BY, dispersion="pearson")
    share = {"goods": 19 / 90, "services": 42 / 90}
    p = np.array([share[BY[g]] for g in GROUPS])
    pearson = ((K - N * p) ** 2 / (N * p * (1 - p))).sum()
    assert fit.scale == pytest.approx(pearson / 2, rel=1e-6)
    assert fit.terms == ("goods", "services")
    plain = al.glm(known, by=BY)
    assert fit.bse.to_numpy() == pytest.approx(plain.bse.to_numpy() * np.sqrt(pearson / 2))
    assert (fit.df == 2).all()
    reach = stats.t.ppf(0.975, 2) * fit.bse
    assert fit.conf_int()["upper"].to_numpy() == pytest.approx((fit.params + reach).to_numpy())
    test = fit.test()
    assert test.df_denominator == 2
    contrast = fit.contrasts().iloc[0]
    assert test.p_value == pytest.approx(contrast["p_value"])


def test_clusters_are_the_sandwich(known):
    """Of one class: the variance of a ratio of totals over G clusters, with G / (G - 1)."""
    fit = al.glm(known, by=dict.fromkeys(GROUPS, "all"), covariance="cluster")
    p = K.sum() / N.sum()
    ratio = 4 / 3 * ((K - N * p) ** 2).sum() / N.sum() ** 2
    assert fit.bse["all"] == pytest.approx(np.sqrt(ratio) / (p * (1 - p)), rel=1e-6)
    assert fit.df["all"] == 3


def test_firth_is_half_a_success_and_a_failure():
    """Its score equations, solved for a class of two groups one of which has no successes."""
    solutions = al.Solutions.known("q:x", ("a", "b", "c"), [20, 30, 25], [0, 3, 0])
    with pytest.raises(ArgumentError, match=r"c.*firth"):
        al.glm(solutions, by={"a": "x", "b": "x", "c": "y"})
    fit = al.glm(solutions, by={"a": "x", "b": "x", "c": "y"}, estimator="firth")
    assert expit(fit.params["x"]) == pytest.approx(3.5 / 51)
    assert expit(fit.params["y"]) == pytest.approx(0.5 / 26)
    assert np.isfinite(fit.bse).all()


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(4)))
def test_relabelling_groups_changes_nothing(order):
    n, k = N[list(order)], K[list(order)]
    names = tuple(GROUPS[i] for i in order)
    one = al.glm(al.Solutions.known("x", GROUPS, N, K))
    other = al.glm(al.Solutions.known("x", names, n, k))
    assert one.params.to_dict() == pytest.approx(other.params.to_dict())
    assert one.test().p_value == pytest.approx(other.test().p_value)


def test_of_the_embedded_survey():
    recon = al.reconstruct(al.load_survey(), draws=400, seed=1)
    fit = al.glm(recon, "official_contact", imputations=100)
    table = fit.summary()
    assert list(table["term"]) == list(recon.survey.group_ids)
    assert ((table["lower"] < table["estimate"]) & (table["estimate"] < table["upper"])).all()
    # What is not printed is mostly missing; what is printed is hardly.
    missing = table.set_index("term")["missing"]
    listed = [f.group for f in recon.survey.figures if f.of == "official_contact"]
    printed = [g for g in listed if g in missing.index]
    assert missing[printed].max() < missing.drop(printed).min()
    assert fit.test().p_value < 0.5
    assert "fit.summary()" in fit._repr_html_()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"by": {"a": "x"}}, "by"),
        ({"by": {**BY, "z": "goods"}}, "by"),
        ({"dispersion": "pearson"}, "dispersion"),
        ({"dispersion": -1.0}, "dispersion"),
        ({"covariance": "cluster"}, "covariance"),
        ({"covariance": "cluster", "by": BY, "dispersion": 2.0}, "dispersion"),
        ({"covariance": "robust"}, "covariance"),
        ({"estimator": "reml"}, "estimator"),
        ({"imputations": 1}, "imputations"),
        ({"level": 95}, "level"),
        ({"of": "q:y"}, "of"),
    ],
)
def test_bad_arguments(known, options, word):
    with pytest.raises(ArgumentError, match=word):
        al.glm(known, **options)


def test_bad_questions(known):
    fit = al.glm(known)
    with pytest.raises(ArgumentError, match="reference"):
        fit.contrasts("z")
    with pytest.raises(ArgumentError, match="adjustment"):
        fit.contrasts(adjustment="tukey")
    with pytest.raises(ArgumentError, match="scale"):
        fit.t_test(np.eye(4), scale="odds")
    with pytest.raises(ArgumentError, match="matrix"):
        fit.t_test(np.eye(3))
    with pytest.raises(ArgumentError, match="alpha"):
        fit.conf_int(2.0)
    with pytest.raises(ArgumentError, match="no respondents"):
        al.glm(al.Solutions.known("x", ("a", "b"), [0, 5], [0, 2]))
    with pytest.raises(ArgumentError, match="source"):
        al.glm(fit)
    one = al.glm(known, by=dict.fromkeys(GROUPS, "all"))
    with pytest.raises(ArgumentError, match="terms"):
        one.test()
    with pytest.raises(ArgumentError, match="terms"):
        one.contrasts()


def test_coverage_where_two_groups_are_not_printed():
    """Of two of five groups only that their counts lie strictly between those of the others.

    Under shares that are uniform, a count is uniform too, so given the others it is so between
    them: the imputations are proper. The intervals hold the truth as often as they say.
    """
    rng = np.random.default_rng(11)
    runs, n, draws = 150, 120, 25
    inside, done = np.zeros(5), 0
    while done < runs:
        theta = rng.random(5)
        k = rng.binomial(n, theta)
        order = np.argsort(k)
        order[2:4] = rng.permutation(order[2:4])
        theta, k = theta[order], k[order]
        if k[1] >= min(k[2:4]) or k[4] <= max(k[2:4]):
            continue
        rows = np.tile(k, (draws, 1))
        rows[:, 2:4] = rng.integers(k[1] + 1, k[4], (draws, 2))
        weight, none = np.full(draws, 1 / draws), np.zeros(draws)
        solutions = al.Solutions("x", tuple("abcde"), np.full_like(rows, n), rows, weight, none)
        table = al.glm(solutions, imputations=draws, estimator="firth").summary()
        inside += ((table["lower"] <= theta) & (theta <= table["upper"])).to_numpy()
        done += 1
    assert (inside / runs > 0.95 - 4 * np.sqrt(0.05 * 0.95 / runs)).all()
    assert (inside[2:4] / runs < 0.999).all()
