"""The number of respondents as an unknown: against enumeration, and where the truth is known."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from exact_totals import exact_totals
from hypothesis import given, settings
from hypothesis import strategies as st
from small_surveys import loaded, small_case

from alumnistats.errors import AlumniStatsError, ContradictionError
from alumnistats.reconstruction import reconstruct, unknown_total
from alumnistats.reconstruction.engine import SMALL_ERROR
from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.size_priors import size_models
from alumnistats.reconstruction.unknown_total import (
    SKIPPED,
    _effective_for,
    _is_patchy,
    _log_given,
    _variance_of_choice,
    _worth_a_look,
    inclusion,
    is_unknown,
)
from alumnistats.simulation import Design, simulate
from alumnistats.sources import check_survey, load_survey
from alumnistats.tables.reconstruction import total_lines

CASES = Path(__file__).parent / "cases"
GROUPS = ("a", "b")


def two_groups(figures, head=""):
    """Return a survey of a yes-or-no question; figures are (group, percent)."""
    label = '{ en = "x", ja = "x" }'
    groups = "".join(f'[[groups]]\nid = "{g}"\nlabel = {label}\n' for g in GROUPS)
    printed = "".join(
        f'[[figures]]\nof = "q:yes"\ngroup = "{g}"\npercent = "{p}"\nat = "p"\n' for g, p in figures
    )
    return loaded(
        f'format = 1\nid = "two"\n{head}\ntitle = {label}\n'
        'source = { publisher = "x", url = "https://example.org/", cite = "x" }\n'
        f'{groups}[[questions]]\nid = "q"\nlabel = {label}\nanswers = "single"\ncomplete = true\n'
        f'options = [{{ id = "yes", label = {label} }}, {{ id = "no", label = {label} }}]\n'
        f"{printed}"
    )


@pytest.mark.parametrize("seed", [0, 1, 3, 5])
def test_totals_are_those_of_the_enumeration(seed):
    case = small_case(seed)
    most = sum(case.sizes) + 6
    survey = case.survey.model_copy(update={"total": None, "total_at_most": most})
    exact, share = exact_totals(survey, most)
    recon = reconstruct(survey, "free", seed=seed)
    found = dict(zip(recon.total["total"], recon.total["probability"], strict=True))
    assert recon.log_evidence == pytest.approx(exact.log_evidence, abs=0.15)
    for total in set(share) | set(found):
        assert found.get(total, 0.0) == pytest.approx(share.get(total, 0.0), abs=0.06)


def by_arithmetic(whole, most):
    """Return the totals up to `most` that can show `whole` percent of one decimal."""
    shown = {n for n in range(2, most + 1) for k in range(n + 1) if f"{100 * k / n:.1f}" == whole}
    return sorted(shown)


def test_the_overall_figures_leave_few_totals():
    survey = two_groups([("overall", "51.9"), ("a", "50.0"), ("b", "53.8")], "total_at_most = 100")
    recon = reconstruct(survey, "free", rounding={"half-up": 1.0})
    found = recon.total[recon.total["probability"] > 0]
    assert set(found["total"]) <= set(by_arithmetic("51.9", 100))
    assert found["probability"].sum() == pytest.approx(1.0)
    assert set(recon.particles.sizes.sum(axis=1)) == set(found["total"])


def test_about_keeps_the_total_near_what_is_said():
    figures = [("overall", "50"), ("a", "40"), ("b", "60")]
    recon = reconstruct(two_groups(figures, "total_about = 100"), "free")
    total = recon.particles.sizes.sum(axis=1)
    assert total.min() >= 80
    assert total.max() <= 120
    assert total @ recon.particles.weight == pytest.approx(100, abs=6)


def test_no_total_that_is_allowed_has_the_overall_figure():
    figures = [("overall", "50.5"), ("a", "50"), ("b", "51")]
    survey = two_groups(figures, "total_at_most = 80")
    with pytest.raises(ContradictionError, match="total_at_most = 80"):
        reconstruct(survey, "free", rounding={"half-up": 1.0})


def test_what_the_overall_figures_tell_and_the_groups_refuse_is_said():
    """The groups need 253 at least: 24, 15, 11, 128, 47 and 28."""
    recon = reconstruct(load_survey(CASES / "wage_no_total.toml"))
    total = recon.total.set_index("total")
    assert recon.totals.refused() == 227
    assert total.loc[227, "by_overall"] > 0.99
    assert total.loc[227, "probability"] == 0
    assert total.loc[454, "probability"] > 0.9
    assert recon.particles.ess > 200
    modes = recon.sample_sizes.set_index("group")["mode"]
    assert modes[["retail", "transport"]].tolist() == [24, 28]
    assert recon.particles.sizes.sum(axis=1).min() >= 253
    assert "227" in total_lines(recon, "en")[1]
    assert "227" in total_lines(recon, "ja")[1]


def test_totals_are_not_told_by_which_of_them_are_looked_at():
    """Hundreds of totals have four groups' shares: of a few that were looked at one had it all."""
    survey = simulate(Design(4, None, 0, sizes="free"), np.random.default_rng([20251, 8])).survey
    found = reconstruct(survey, "free", draws=800)
    assert found.totals is None
    share = np.bincount(found.particles.sizes.sum(axis=1), found.particles.weight)
    assert share.max() < 0.2


@pytest.mark.parametrize("said", [{"total_about": 100}, {"total_at_most": 120}])
def test_nothing_lies_beyond_what_is_said_of_the_total(said, monkeypatch):
    """Tables end at 400 or further: no size of 120 respondents is beyond them."""
    monkeypatch.setattr(unknown_total, "BY_CHANCE", -1.0)
    monkeypatch.setattr(unknown_total, "MOST_RUNS", 8)
    survey = two_groups([("overall", "47"), ("a", "40"), ("b", "53")]).model_copy(update=said)
    recon = reconstruct(survey, "free", draws=200)
    assert recon.totals is None
    assert recon.left_out == 0
    assert reconstruct(survey.model_copy(update=dict.fromkeys(said)), "free").left_out > 0


def test_few_totals_for_many_are_chance():
    score, alone = np.zeros(40), np.zeros(40, dtype=bool)
    assert _variance_of_choice(score, np.ones(40), alone) == 0
    assert _variance_of_choice(score, np.full(40, 0.2), alone) == pytest.approx(4 / 40)
    one = np.append(np.zeros(39), 5.0)  # a probable one that may stand for others
    share = np.exp(5) / (39 + np.exp(5))
    assert _variance_of_choice(one, np.ones(40), one > 0) == pytest.approx(share**2)
    assert _variance_of_choice(one, np.ones(40), alone) == 0


def test_a_score_is_no_guide_if_most_of_it_has_no_solution():
    score = np.log([0.6, 0.3, 0.1])
    assert _is_patchy(score, [None, 1, 1])
    assert not _is_patchy(score, [1, None, None])
    assert _is_patchy(score, [None, None, None])


@pytest.mark.parametrize(
    ("update", "key"),
    [
        ({"total": 50, "total_about": 50}, "total_about"),
        ({"total_about": 50, "total_at_most": 60}, "total_at_most"),
        ({"total_at_most": 1}, "total_at_most"),
        ({"total_about": 1}, "total_about"),
    ],
)
def test_vague_totals_are_checked(update, key):
    survey = two_groups([("overall", "50"), ("a", "40"), ("b", "60")])
    assert any(p.key == key for p in check_survey(survey.model_copy(update=update)))


def test_without_overall_figures_nothing_tells_the_total():
    recon = reconstruct(two_groups([("a", "40"), ("b", "60")]), "free")
    assert recon.totals is None
    assert recon.total["probability"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("figures", "head", "unknown"),
    [
        ([("a", "40"), ("b", "60")], "", False),
        ([("a", "40"), ("b", "60")], "total_about = 100", True),
        ([("a", "40"), ("b", "60")], "total = 100", False),
        ([("overall", "50"), ("a", "40")], "", True),
    ],
)
def test_a_total_is_looked_for_where_something_is_said_of_it(figures, head, unknown):
    survey = two_groups(figures, head)
    assert is_unknown(survey, make_problem(survey)) == unknown
    sizes = tuple(group.model_copy(update={"n": 50}) for group in survey.groups)
    known = survey.model_copy(update={"groups": sizes})
    assert not is_unknown(known, make_problem(known))


def test_totals_that_have_next_to_no_score_are_not_looked_at():
    share = np.array([0.3, 0.0, 0.004, 0.6, 0.0005, 0.0955])
    with np.errstate(divide="ignore"):
        score = np.log(share) - 900.0
    kept, skipped = _worth_a_look(score)
    assert kept.tolist() == [0, 3, 5]
    assert skipped == pytest.approx(0.0045)
    assert skipped < SKIPPED
    nothing, none = _worth_a_look(np.full(3, -np.inf))
    assert (len(nothing), none) == (0, 0.0)


@pytest.mark.parametrize(
    ("share", "chance", "worst"), [(0.2, 1, 0.8), (0.7, 1, 0.5), (0.2, 0.9, 0.5), (1.0, 1, 0.5)]
)
def test_draws_of_a_total_give_its_share_the_error_that_is_aimed_at(share, chance, worst):
    draws = _effective_for(share, chance)
    assert share * worst / np.sqrt(draws) == pytest.approx(SMALL_ERROR)


def test_the_prior_of_a_total_has_sizes_beyond_the_tables():
    """Of 39 sizes each, as likely as each other, 39 pairs add up to 40."""
    survey = two_groups([("a", "40"), ("b", "60")], "total = 40")
    problem = replace(make_problem(survey), largest=25)
    given = _log_given(survey, problem, size_models(survey, "free", 25), "free")
    assert np.exp(given) == pytest.approx(39 / 39**2)


def test_the_true_total_is_in_the_interval_as_often_as_claimed():
    rng = np.random.default_rng(7)
    covered = []
    for _ in range(8):
        total = int(np.exp(rng.uniform(np.log(20), np.log(200))))
        a = int(rng.integers(1, total))
        sizes = np.array([a, total - a])
        count = rng.binomial(sizes, rng.uniform(size=2))
        shown = [f"{100 * k / n:.1f}" for k, n in zip(count, sizes, strict=True)]
        whole = f"{100 * count.sum() / total:.1f}"
        try:
            survey = two_groups(
                [("overall", whole), *zip(GROUPS, shown, strict=True)], "total_at_most = 200"
            )
        except AlumniStatsError:
            continue
        table = reconstruct(survey, "free", rounding={"half-up": 1.0}).total
        best = table.sort_values("probability", ascending=False)
        edges = best["probability"].cumsum().to_numpy()
        region = best["total"].to_numpy()[: int(np.searchsorted(edges, 0.95)) + 1]
        covered.append(total in region)
    assert sum(covered) >= 0.75 * len(covered)  # 5 of 8 or fewer: 6e-3 at 0.95


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=30).map(np.array), st.integers(1, 20))
@settings(deadline=None)
def test_inclusion_probabilities_sum_to_the_number(weight, number):
    chance = inclusion(weight, number)
    assert chance.sum() == pytest.approx(min(number, len(weight)))
    assert (chance <= 1 + 1e-12).all()
    for i, j in itertools.pairwise(np.argsort(weight)):
        assert chance[i] <= chance[j] + 1e-12
