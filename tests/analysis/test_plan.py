"""The plan of a survey: its tables agree with each other and with the claims' own numbers."""

import numpy as np
import pytest
from matplotlib.axes import Axes

import alumnistats as al
from alumnistats.claims import Evidence, decision_of, judge_all, posterior_shares, sizes_of
from alumnistats.claims.evidence import mean_shares
from alumnistats.errors import ArgumentError
from alumnistats.figures import plot_needed, plot_power
from alumnistats.planning import pair_power
from alumnistats.ranking import p_top_set

CLAIMS = [
    "contact-order", "any-contact-half", "official-contact-top3-set", "important-top3-set",
    "important-every-industry-70", "hurdles-mode-overall", "networks-as-assets",
]  # fmt: skip


@pytest.fixture(scope="module")
def recon():
    return al.reconstruct(al.load_survey(), draws=150)


@pytest.fixture(scope="module")
def plan():
    return al.plan(claims=CLAIMS, assured=True, draws=150)


def test_needed_n_is_that_of_the_claims(plan, recon):
    judged = {j.claim.id: j.grounds.needed_n for j in judge_all(Evidence(recon, {}, 0.95))}
    fits = {"official_contact", "important"}
    for row in plan.plan.to_dict("records"):
        decision = decision_of(Evidence(recon, {}, 0.95), recon.survey.claim(row["id"]))
        if getattr(recon.survey.claim(row["id"]), "of", "") in fits and row["kind"] != "threshold":
            continue  # without fits the claim is undetermined
        assert decision is not None
        assert judged[row["id"]] == row["needed_n"] or np.isinf(row["needed_n"])


def test_sizes_are_a_median_and_a_range_with_their_unit(plan):
    table = plan.plan.set_index("id")
    assert (table["needed_low"] <= table["needed_n"]).all()
    assert (table["needed_n"] <= table["needed_high"]).all()
    units = {"official-contact-top3-set": "per group", "important-every-industry-70": "per group"}
    for name, unit in table["needed_unit"].items():
        assert unit == units.get(name, "per group" if "top3" in name else "in all")
    # Groups that are not printed differ from solution to solution: by far not by averaged shares.
    hidden = table.loc["official-contact-top3-set"]
    assert hidden["needed_high"] > 4 * hidden["needed_low"]


def test_rows_are_the_claims_that_a_size_could_settle(plan):
    assert list(plan.plan["id"]) == CLAIMS[:-1]
    assert [c.claim.id for c in plan.claims] == CLAIMS[:-1]


def test_powers_are_probabilities_within_their_bounds(plan):
    table = plan.plan
    slack = 4 * table["error"] + 1e-9
    assert (table["power"] >= table["power_low"] - slack).all()
    assert (table["power"] <= table["power_high"] + slack).all()
    allocated = table.dropna(subset=["allocated_power"])
    assert len(allocated)
    assert (allocated["allocated_power"] > 0.8 - 0.035).all()


def test_the_best_division_never_needs_more_and_sums_to_its_total(plan):
    table = plan.plan.dropna(subset=["allocated_total"]).set_index("id")
    assert (table["allocated_total"] <= table["needed_total"]).all()
    totals = plan.allocation.groupby("id")["best_n"].sum()
    assert totals.to_dict() == table["allocated_total"].to_dict()


def test_curves_pass_the_target_at_the_needed_size(plan):
    for row in plan.plan.to_dict("records"):
        if not np.isfinite(row["needed_n"]):
            continue
        curve = plan.power_curves[
            (plan.power_curves["id"] == row["id"]) & (plan.power_curves["method"] != "assurance")
        ]
        assert (curve.loc[curve["n"] >= row["needed_n"], "power"] >= 0.8).all()
        assert (curve.loc[curve["n"] < 0.8 * row["needed_n"], "power"] < 0.8).all()
        assert curve["power"].between(0, 1 + 1e-9).all()


def test_assurance_never_exceeds_the_posterior_probability(plan):
    curves = plan.power_curves[plan.power_curves["method"] == "assurance"]
    limit = plan.plan.set_index("id")["assured_limit"]
    assert (curves["power"] <= curves["id"].map(limit) + 0.03).all()
    never = plan.plan["assured_limit"] < 0.75
    assert np.isinf(plan.plan.loc[never, "assured_n"]).all()


def test_assurance_is_limited_by_the_probability_of_the_claim(plan, recon):
    mixture = al.estimate(recon, "important").mixture
    claim = recon.survey.claim("important-top3-set")
    members = [recon.survey.group_ids.index(g) for g in claim.members]
    limit = plan.plan.set_index("id").loc[claim.id, "assured_limit"]
    assert limit == pytest.approx(p_top_set(mixture, members, "highest"), abs=0.02)


def test_detectable_differences_have_the_target_power(plan):
    table = plan.detectable
    assert (table["all_pairs"] > table["one_sided"]).all()
    assert (table["observed"].dropna() >= 0).all()
    typical = table[table["group_a"].isna()]
    assert list(typical["of"]) == sorted(set(table["of"]), key=list(table["of"]).index)
    for row in table.head(4).to_dict("records"):
        base = round(row["base"], 4)
        power = pair_power(base + row["one_sided"] + 1e-5, base, row["n_a"], row["n_b"], 0.975)
        assert power == pytest.approx(0.8, abs=0.005)


def test_a_design_effect_multiplies_what_is_needed(plan):
    claims = ["any-contact-half", "important-top3-set"]
    double = al.plan(claims=claims, design_effect=2.0, draws=150).plan.set_index("id")
    single = plan.plan.set_index("id").loc[claims]
    assert (double["needed_n"] == 2 * single["needed_n"]).all()
    assert (double["power"] <= single["power"]).all()
    assert double["assured_n"].isna().all()


def test_sizes_and_posteriors_of_each_kind_of_claim(recon):
    fits = {"important": al.estimate(recon, "important")}
    evidence = Evidence(recon, fits, 0.95)
    for name, shape in (
        ("any-contact-half", (1,)),
        ("important-top3-set", (12,)),
        ("important-every-industry-70", (12,)),
    ):
        claim = evidence.survey.claim(name)
        decision = decision_of(evidence, claim)
        draws = posterior_shares(evidence, claim, 4000, 0)
        assert sizes_of(evidence, claim).shape == shape
        assert draws.shape == (4000, *shape)
        # Partial pooling draws the groups together, so only the overall share keeps its place.
        tolerance = 0.005 if shape == (1,) else 0.08
        # The decision is that of one solution; the posterior is over all of them.
        shares = decision.shares if shape == (1,) else mean_shares(evidence.solutions(claim.of))
        assert draws.mean(axis=0) == pytest.approx(shares, abs=tolerance)
    order = evidence.survey.claim("contact-order")
    draws = posterior_shares(evidence, order, 4000, 0)
    assert draws.mean(axis=0) == pytest.approx(decision_of(evidence, order).only, abs=0.005)


def test_same_seed_same_tables(plan):
    claims = ["any-contact-half", "official-contact-top3-set"]
    again = al.plan(claims=claims, assured=True, draws=150)
    for name, table in plan.tables().items():
        if "id" in table:
            table = table[table["id"].isin(claims)].reset_index(drop=True)
        assert table.equals(again.tables()[name]), name


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_figures(plan, lang):
    ax = plot_needed(plan, lang=lang)
    assert isinstance(ax, Axes)
    assert len(ax.get_yticks()) == len(plan.plan)
    curves = plot_power(plan, ["contact-order"], lang=lang)
    assert curves.get_xscale() == "log"
    assert sum(len(line.get_xdata()) > 2 for line in curves.lines) == 2  # power and assurance
    assert isinstance(plot_power(plan, ax=curves, lang=lang), Axes)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"power": 1.0}, "power"),
        ({"design_effect": 0.5}, "design_effect"),
        ({"level": 0.0}, "level"),
        ({"claims": ["contact-odrer"]}, "Did you mean"),
    ],
)
def test_what_cannot_be_is_refused(options, word):
    with pytest.raises(ArgumentError, match=word):
        al.plan(**options, draws=100)


def test_a_figure_of_a_claim_that_is_not_planned_is_refused(plan):
    with pytest.raises(ArgumentError, match="claims"):
        plot_power(plan, ["forms-order"])


def test_a_claim_of_a_share_that_nothing_is_published_of_has_no_plan():
    """`analyze` calls it undetermined; `plan` must not end with an error."""
    survey = al.load_survey()
    data = survey.model_dump(by_alias=True, exclude_none=True, mode="json")
    data["figures"] = [f for f in data["figures"] if not f["of"].startswith("effects")]
    data["rankings"] = [r for r in data["rankings"] if r["of"] != "effects"]
    claim = next(c for c in data["claims"] if c["id"] == "important-at-least-70")
    data["claims"] = [claim, claim | {"id": "unpublished", "of": "effects:recruiting"}]
    found = al.plan(type(survey).model_validate(data), draws=100)
    assert found.plan["id"].tolist() == ["important-at-least-70"]


def test_needed_asked_counts_those_whom_the_question_leaves_out(small_survey):
    """121 of 235 answered yes and were asked for the form; all were asked the other questions."""
    found = al.plan(small_survey(), claims=["half", "a-half", "order", "mode"], draws=100)
    table = found.plan.set_index("id")
    assert table["needed_asked"].to_dict() == {
        "half": table["needed_n"]["half"],
        "a-half": table["needed_n"]["a-half"],  # of the group: all of it were asked
        "order": 4 * table["needed_n"]["order"],
        "mode": np.ceil(table["needed_n"]["mode"] * 235 / 121),
    }
    assert table["needed_asked"]["mode"] > 1.9 * table["needed_n"]["mode"]
