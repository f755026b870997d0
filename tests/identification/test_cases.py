"""Surveys that were once told wrongly, and what is right of each; how contradictions are told."""

from pathlib import Path

import pytest

from alumnistats.errors import ContradictionError, UndecidedError
from alumnistats.identification import (
    Witness,
    bounds,
    conflicts,
    explain,
    feasible,
    possible_totals,
    violations,
)
from alumnistats.identification.published import items_of
from alumnistats.sources import InputNotice, available_surveys, load_survey, read_crosstab
from alumnistats.survey import Figure

CASES = Path(__file__).parent / "cases"
OTHERS = Path(__file__).parents[1] / "reconstruction" / "cases"


def read(name):
    path = next(folder / name for folder in (CASES, OTHERS) if (folder / name).exists())
    if path.suffix == ".toml":
        return load_survey(path)
    with pytest.warns(InputNotice):
        return read_crosstab(path)


def printed(survey, of, group, percent):
    """Return the survey with another percentage in one place, or with one more figure."""
    kept = tuple(f for f in survey.figures if (f.of, f.group) != (of, group))
    figure = Figure(of=of, group=group, percent=percent, at="there")
    return survey.model_copy(update={"figures": (*kept, figure)})


@pytest.mark.parametrize("name", available_surveys())
def test_embedded_surveys_have_a_solution(name):
    survey = load_survey(name)
    witness = feasible(survey)
    assert violations(survey, witness, items_of(survey)) == []


@pytest.mark.parametrize(
    "name",
    [
        "s5.toml", "s123.toml", "f7.toml", "f56.toml", "false_contradiction_9groups.toml",
        "false_certainty_5groups.toml", "limit_false_certainty.toml", "wage_227.toml",
        "wage_no_total.toml", "limit400.csv", "uneven_groups.csv",
    ],
)  # fmt: skip
def test_true_surveys_are_no_contradictions(name):
    survey = read(name)
    outcome = explain(survey)
    assert isinstance(outcome, Witness)
    assert violations(survey, outcome, items_of(survey)) == []


def test_the_two_vectors_of_nine_groups():
    """By enumeration: 122, 25, 111, 54, 55, 185, 138, 66, 81 and 122, 50, 37, 162, 55, 126, ..."""
    table = bounds(read("false_contradiction_9groups.toml"), rounding=["half-up"]).sizes
    assert table["exact"].all()
    assert table["lower"].tolist() == [122, 25, 37, 54, 55, 126, 138, 66, 81]
    assert table["upper"].tolist() == [122, 50, 111, 162, 55, 185, 138, 66, 81]


def test_a_group_may_be_larger_than_usual():
    table = bounds(read("limit_false_certainty.toml")).sizes.set_index("group")
    assert table.loc["g0", ["lower", "upper"]].tolist() == [162, 971]
    uneven = read("uneven_groups.csv").model_copy(update={"total": 1615})
    assert feasible(uneven).sizes["straight"] == 1408


def only_overall(survey):
    figures = tuple(f for f in survey.figures if f.group == "overall")
    return survey.model_copy(update={"figures": figures, "rankings": (), "claims": ()})


def test_overall_figures_leave_few_totals():
    assert possible_totals(only_overall(read("wage_no_total.toml")), 453) == [227]


def test_figures_of_groups_may_rule_out_what_overall_figures_leave():
    """By hand: 128 + 28 + 24 + 15 + 11 + 47 = 253 is the least that the groups' figures allow."""
    survey = read("wage_no_total.toml")
    assert possible_totals(survey, 454, rounding=["half-up"]) == [454]
    error = explain(survey.model_copy(update={"total": 227}), rounding=["half-up"])
    assert isinstance(error, ContradictionError)
    assert "total: 227 respondents" in error.conflict


def test_a_percentage_that_its_size_rules_out_is_told_with_what_is_possible():
    error = explain(read("w.csv"))
    assert isinstance(error, ContradictionError)
    assert "leaving out any one" not in str(error)  # what is said of a conflict of several figures
    assert "impossible of 64, of which the nearest possible are 43.8, 45.3" in str(error)


def test_separate_conflicts_are_told_apart():
    survey = printed(read("w.csv"), "question:no", "harbour", "54.9")
    found = conflicts(survey)
    figures = [[i.percent for i in one.items if isinstance(i, Figure)] for one in found]
    assert sorted(figures) == [["45.1"], ["54.9"]]
    assert not any(conflict.alone for conflict in found)
    assert "2 separate sets" in str(explain(survey))


def test_a_conflict_of_the_release_names_its_four_figures():
    survey = printed(load_survey(), "contact:both", "overall", "13.9")
    error = explain(survey)
    assert isinstance(error, ContradictionError)
    assert len(error.conflict) == 4
    assert all(line.startswith("contact:") for line in error.conflict)


def test_no_total_makes_room_for_figures_that_no_total_shows():
    """Shares that sum to 100.4 are no shares of anything, however many were asked."""
    survey = load_survey()
    figures = tuple(f for f in survey.figures if f.of.startswith("contact:"))
    alone = survey.model_copy(
        update={"figures": figures, "rankings": (), "claims": (), "total": None}
    )
    assert feasible(alone) is not None
    error = explain(printed(alone, "contact:both", "overall", "13.9"))
    assert isinstance(error, ContradictionError)


def test_misprints_and_weights_make_everything_possible():
    survey = printed(load_survey("america-1969"), "affairs:some", "anti", "41.8")
    assert feasible(survey, misprints=True) is not None
    weighted = read("w.csv").model_copy(update={"weighted": True})
    assert feasible(weighted).sizes["harbour"] == 64


def test_time_that_ends_is_said_as_such():
    with pytest.raises(
        UndecidedError, match=r"neither a solution nor a contradiction .* in 0\.001"
    ):
        feasible(load_survey(), 0.001)
    assert isinstance(explain(load_survey(), 0.001), UndecidedError)


def test_bounds_that_are_not_exact_are_proved_and_found():
    table = bounds(load_survey(), 8.0).sizes
    assert not table["exact"].all()
    assert (table["lower"] <= table["found_lower"]).all()
    assert (table["found_lower"] <= table["found_upper"]).all()
    assert (table["found_upper"] <= table["upper"]).all()
