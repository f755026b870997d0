"""The pipeline's tables: columns, ranges, and agreement with what they are made from."""

import numpy as np
import pytest

import alumnistats as al
from alumnistats.errors import ArgumentError

COLUMNS = {
    "sample_sizes": {"group", "mode", "probability", "mean", "lower", "upper"},
    "conventions": {"dimension", "subject", "value", "probability"},
    "counts": {"of", "group", "mode", "probability", "mean", "lower", "upper"},
    "estimates": {"of", "group", "method", "estimate", "lower", "upper", "level"},
    "comparisons": {
        "of", "group_a", "group_b", "difference", "lower", "upper", "test", "p_value",
        "adjustment", "p_adjusted", "probability_a_greater",
    },
    "ranks": {
        "of", "group", "published_place", "method", "lower", "upper", "expected", "p_first",
        "p_published_set",
    },
    "claims": {
        "id", "kind", "in_sample", "verdict", "p_value", "probability", "needed_n", "text_en",
        "text_ja",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def analysis():
    return al.analyze(draws=600)


def test_columns(analysis):
    tables = analysis.tables()
    for name, columns in COLUMNS.items():
        assert columns <= set(tables[name].columns), name
        assert len(tables[name]) > 0


def test_sizes_that_the_figures_pin(analysis):
    sizes = analysis.sample_sizes.set_index("group")
    assert sizes.loc["public_services", "mode"] == 67
    assert sizes.loc["energy", "mode"] == 66
    others = sizes.drop(["public_services", "energy"])
    assert (others["mode"] == 110).all()
    assert (others["probability"] > 0.9).all()


def test_conventions_that_the_figures_decide(analysis):
    best = analysis.conventions.groupby(["dimension", "subject"]).head(1).set_index("dimension")
    assert best.loc["subtotals", "value"] == "sum-of-rounded"
    assert best.loc["base", "value"] == "contact:informal+formal+both"
    assert (best.loc[["subtotals", "base"], "probability"] > 0.99).all()
    totals = analysis.conventions.groupby(["dimension", "subject"])["probability"].sum()
    assert np.allclose(totals, 1.0)


def test_every_solution_adds_up(analysis):
    particles = analysis.reconstruction.particles
    assert (particles.sizes.sum(axis=1) == 1233).all()
    official = analysis.reconstruction.solutions_of("official_contact")
    assert (official.k <= official.n).all()
    network = analysis.reconstruction.solutions_of("contact_forms:official_network")
    assert (network.n <= official.n).all()


def test_intervals_hold_their_estimates(analysis):
    table = analysis.estimates
    assert (table["lower"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["upper"]).all()
    ranges = table.dropna(subset=["lower_min"])
    assert (ranges["lower_min"] <= ranges["lower"] + 1e-12).all()
    assert (ranges["upper_max"] >= ranges["upper"] - 1e-12).all()


def test_comparisons(analysis):
    table = analysis.comparisons
    assert (table["p_min"] <= table["p_value"] + 1e-12).all()
    assert (table["p_value"] <= table["p_max"] + 1e-12).all()
    assert (table["p_adjusted"] >= table["p_value"] - 1e-12).all()
    assert ((table["lower"] <= table["difference"]) & (table["difference"] <= table["upper"])).all()


def test_ranks(analysis):
    table = analysis.ranks
    assert (
        (table["lower"] >= 1) & (table["upper"] <= 12) & (table["lower"] <= table["upper"])
    ).all()
    firsts = table[table["method"] == "posterior"].groupby("of")["p_first"].sum()
    assert np.allclose(firsts, 1.0, atol=1e-6)
    listed = table.dropna(subset=["published_place"])
    assert listed["p_published_set"].between(0, 1).all()


def test_notebook_example():
    survey = al.load_survey()
    recon = al.reconstruct(survey, draws=150)
    fit = al.estimate(recon, "official_contact", model="partial-pooling")
    ranks = al.rank(fit)
    assert len(fit.summary()) == 12
    assert set(ranks.table["method"]) == {"marginal", "simultaneous", "posterior"}


def test_a_plan_takes_an_analysis_as_it_is(analysis):
    found = al.plan(analysis, claims=["any-contact-half", "important-top3-set"])
    needed = analysis.claims.set_index("id")["needed_n"]
    assert found.plan.set_index("id")["needed_n"].to_dict() == needed[found.plan["id"]].to_dict()
    assert found.level == analysis.level
    with pytest.raises(ArgumentError, match="options"):
        al.plan(analysis, draws=100)


def test_shows_itself(analysis):
    html = analysis._repr_html_()
    assert "<table" in html
    assert "supported" in html


def test_errors_name_what_is_wrong(analysis):
    with pytest.raises(ArgumentError, match="of: found"):
        analysis.reconstruction.solutions_of("service_use:use")
    with pytest.raises(ArgumentError, match="model"):
        al.estimate(analysis.reconstruction, "official_contact", model="some-pooling")
    with pytest.raises(ArgumentError, match="sizes"):
        al.reconstruct(analysis.survey, sizes="quotas")
