"""Ranges of sizes, and whether there is any solution, against complete enumeration."""

import numpy as np
import pytest
from exact_posterior import exact_posterior
from small_surveys import small_case

from alumnistats.identification import (
    Total,
    Witness,
    bounds,
    conflicts,
    explain,
    feasible,
    violations,
)
from alumnistats.identification.conventions import conventions_of
from alumnistats.identification.feasibility import Clock, Setting, any_solution, solve_under
from alumnistats.identification.published import items_of

SECONDS = 60


def misprinted(survey, rng):
    """Return the survey with one figure printed a few units off."""
    at = int(rng.integers(len(survey.figures)))
    figure = survey.figures[at]
    units = figure.units + int(rng.choice([-3, -1, 1, 2, 7]))
    units = min(max(units, 0), 100 * 10**figure.digits)
    whole, rest = divmod(units, 10**figure.digits)
    text = f"{whole}.{rest:0{figure.digits}d}" if figure.digits else str(whole)
    wrong = figure.model_copy(update={"percent": text})
    figures = (*survey.figures[:at], wrong, *survey.figures[at + 1 :])
    return survey.model_copy(update={"figures": figures})


def cases():
    """Yield surveys with a total; every other one has a misprint."""
    for seed in range(60):
        case = small_case(seed)
        if case.survey.total is not None:
            survey = case.survey
            if seed % 2:
                survey = misprinted(survey, np.random.default_rng(seed))
            yield pytest.param(survey, case.largest, id=str(seed))


@pytest.mark.parametrize(("survey", "largest"), list(cases()))
def test_sizes_and_conventions_are_those_of_the_enumeration(survey, largest):
    exact = exact_posterior(survey, "free", largest)
    if not exact.vectors:
        assert feasible(survey, SECONDS) is None
        return
    witness = feasible(survey, SECONDS)
    assert tuple(witness.sizes.values()) in exact.vectors
    assert violations(survey, witness, items_of(survey)) == []
    table = bounds(survey, SECONDS).sizes.set_index("group")
    for g, group in enumerate(survey.group_ids):
        sizes = [vector[g] for vector in exact.vectors]
        assert table.loc[group, ["lower", "upper"]].tolist() == [min(sizes), max(sizes)]
    setting = Setting(survey, items_of(survey))
    possible = {
        c.rounding
        for c in conventions_of(survey)
        if solve_under(setting, c, Clock(SECONDS)).status == "found"
    }
    assert possible == {
        value for (kind, _, value), p in exact.conventions.items() if kind == "rounding" and p > 0
    }


@pytest.mark.parametrize("seed", [0, 2, 6, 11, 14, 20, 23])
@pytest.mark.parametrize("key", ["total_about", "total_at_most"])
def test_of_a_vague_total_all_that_it_allows_are_possible(seed, key):
    case = small_case(seed)
    total = case.survey.total
    survey = case.survey.model_copy(update={"total": None, key: total})
    low, high = survey.total_bounds
    allowed = range(max(low, len(survey.groups)), high + 1)
    vectors = set()
    for number in allowed:
        known = case.survey.model_copy(update={"total": number})
        largest = number - len(survey.groups) + 1
        vectors |= set(exact_posterior(known, "free", largest).vectors)
    table = bounds(survey, SECONDS).sizes.set_index("group")
    for g, group in enumerate(survey.group_ids):
        sizes = [vector[g] for vector in vectors]
        assert table.loc[group, ["lower", "upper"]].tolist() == [min(sizes), max(sizes)]
    totals = [sum(vector) for vector in vectors]
    assert table.loc["overall", ["lower", "upper"]].tolist() == [min(totals), max(totals)]


def test_what_a_vague_total_rules_out_is_a_conflict_with_it():
    survey = small_case(0).survey.model_copy(update={"total": None, "total_at_most": 5})
    groups = tuple(g.model_copy(update={"n": 4}) for g in survey.groups)
    found = conflicts(survey.model_copy(update={"groups": groups}), SECONDS)
    items = [item for conflict in found for item in conflict.items]
    assert any(isinstance(item, Total) and item.said == "at most 5" for item in items)


@pytest.mark.parametrize("seed", range(1, 40, 2))
def test_without_any_one_of_a_conflict_the_rest_of_it_is_possible(seed):
    survey = misprinted(small_case(seed).survey, np.random.default_rng(seed + 100))
    outcome = explain(survey, SECONDS)
    if isinstance(outcome, Witness):
        assert violations(survey, outcome, items_of(survey)) == []
        return
    found = conflicts(survey, SECONDS)
    figures = [
        id(item) for conflict in found for item in conflict.items if hasattr(item, "percent")
    ]
    assert len(figures) == len(set(figures))
    for conflict in found:
        assert conflict.minimal
        assert _possible(survey, conflict.items) == "impossible"
        for one in conflict.items:
            assert _possible(survey, without(conflict.items, one)) == "found"
        rest = [without(items_of(survey), one) for one in conflict.items]
        assert conflict.alone == all(_possible(survey, some) == "found" for some in rest)


def without(items, one):
    return [i for i in items if i is not one and not isinstance(i, Total) & isinstance(one, Total)]


def _possible(survey, items):
    found = any_solution(Setting(survey, tuple(items)), conventions_of(survey), Clock(SECONDS))
    if found.witness is not None:
        assert violations(survey, found.witness, items) == []
    return found.status
