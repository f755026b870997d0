"""The reconstruction against complete enumeration of random small surveys, and of handed-over ones.

A failing seed is looked at with ``small_case(seed)``: its `text` is a survey file.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exact_posterior import exact_posterior
from exact_totals import enumerated
from small_surveys import compare, small_case, within_tables

from alumnistats.sources import load_survey

CASES = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[2]
SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_solutions_are_those_of_the_enumeration(seed):
    """Sizes, counts, conventions and the evidence; where no total is published, over all totals."""
    case = small_case(seed)
    survey, exact, largest = enumerated(case)
    assert exact.vectors[case.sizes] > 0  # the truth is among the solutions
    found = compare(survey, exact, within_tables(survey, case.prior, largest, seed))
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


def test_the_thousand_that_are_committed_agree():
    table = pd.read_csv(ROOT / "benchmarks" / "results" / "small_surveys.csv")
    assert sorted(table["seed"]) == list(range(1000))
    assert not table["contradiction"].any()
    assert table["agrees"].all()
    page = " ".join((ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").split())
    drawn = table[np.isfinite(table["exact"]) & (table["effective"] >= 50)]
    near = (drawn["engine"] - drawn["exact"]).abs() <= 0.01
    assert f"{near.mean():.0%} of the log evidences are within 0.01" in page
    assert f"largest |z| of a probability is {table['z'].max():.1f}" in page


def test_evidence_given_the_total_is_what_is_reported():
    case = small_case(2)
    exact = exact_posterior(case.survey, case.prior, case.largest)
    recon = within_tables(case.survey, case.prior, case.largest, 0)
    gap = recon.particles.log_evidence - recon.log_evidence
    assert gap == pytest.approx(exact.log_total, abs=1e-9)
    assert math.isfinite(exact.log_evidence)
