"""The reconstruction against complete enumeration of random small surveys, and of handed-over ones.

A failing seed is looked at with ``small_case(seed)``: its `text` is a survey file.
"""

import math
from pathlib import Path

import pytest
from exact_posterior import exact_posterior
from exact_totals import exact_totals
from small_surveys import compare, small_case, within_tables

from alumnistats.reconstruction import reconstruct
from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.unknown_total import is_unknown
from alumnistats.sources import load_survey

CASES = Path(__file__).parent / "cases"
SEEDS = range(60)


def check_totals(case, seed):
    """Hold the totals of a survey without one, but with overall figures, against enumeration."""
    survey = case.survey.model_copy(update={"total_at_most": sum(case.sizes) + 5})
    exact, log_evidence = exact_totals(survey, survey.total_at_most)
    assert exact[sum(case.sizes)] > 0
    recon = reconstruct(survey, "free", seed=seed)
    found = dict(zip(recon.total["total"], recon.total["probability"], strict=True))
    assert recon.log_evidence == pytest.approx(log_evidence, abs=0.15)
    for total in set(exact) | set(found):
        assert found.get(total, 0.0) == pytest.approx(exact.get(total, 0.0), abs=0.06)


@pytest.mark.parametrize("seed", SEEDS)
def test_solutions_are_those_of_the_enumeration(seed):
    case = small_case(seed)
    if is_unknown(case.survey, make_problem(case.survey)):
        check_totals(case, seed)
        return
    exact = exact_posterior(case.survey, case.prior, case.largest)
    assert exact.vectors[case.sizes] > 0  # the truth is among the solutions
    recon = within_tables(case.survey, case.prior, case.largest, seed)
    found = compare(case.survey, exact, recon)
    assert found.agrees, found


@pytest.mark.parametrize("seed", range(3))
def test_sizes_that_few_draws_could_have(seed):
    survey = load_survey(CASES / "s5.toml")
    exact = exact_posterior(survey)
    assert exact.solutions == 25
    assert set(exact.vectors) == {(2, 6, 1), (3, 5, 1), (4, 4, 1), (5, 3, 1), (6, 2, 1)}
    found = compare(survey, exact, within_tables(survey, "quota", None, seed))
    assert found.agrees, found


@pytest.mark.parametrize("seed", range(3))
def test_sizes_that_looked_certain(seed):
    survey = load_survey(CASES / "s123.toml")
    exact = exact_posterior(survey)
    assert exact.vectors[5, 9] == pytest.approx(0.068, abs=5e-4)
    assert exact.vectors[1, 13] == pytest.approx(0.491, abs=5e-4)
    found = compare(survey, exact, within_tables(survey, "quota", None, seed))
    assert found.agrees, found


def test_evidence_given_the_total_is_what_is_reported():
    case = small_case(2)
    exact = exact_posterior(case.survey, case.prior, case.largest)
    recon = within_tables(case.survey, case.prior, case.largest, 0)
    gap = recon.particles.log_evidence - recon.log_evidence
    assert gap == pytest.approx(exact.log_total, abs=1e-9)
    assert math.isfinite(exact.log_evidence)
