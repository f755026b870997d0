"""The reconstruction of middling surveys against one convolution over groups."""

import math
from pathlib import Path

import pytest
from direct_convolution import direct_convolution
from exact_posterior import exact_posterior
from small_surveys import middling_case, small_case

from alumnistats.reconstruction import reconstruct
from alumnistats.sources import load_survey

CASES = Path(__file__).parent / "cases"
DRAWS = 2000
LOG_EVIDENCE = 0.02


def log_sum(masses):
    return math.log(math.fsum(masses.values()))


def share_added(masses):
    added = (p for scenario, p in masses.items() if scenario.subtotals == "sum-of-rounded")
    return math.fsum(added) / math.fsum(masses.values())


def probability_added(recon):
    table = recon.conventions.set_index(["dimension", "value"])["probability"]
    return float(table.get(("subtotals", "sum-of-rounded"), 0.0))


def check(survey, largest, masses):
    """Hold log evidence and the probability of sums of rounded parts against the convolution."""
    recon = reconstruct(survey, "quota", largest=largest, draws=DRAWS)
    error = 1 / math.sqrt(recon.particles.ess)
    gap = recon.particles.log_evidence - log_sum(masses)
    assert abs(gap) < LOG_EVIDENCE + 3 * error, gap
    exact = share_added(masses)
    assert abs(probability_added(recon) - exact) < 5 * math.sqrt(exact * (1 - exact)) * error + 1e-3
    return recon


@pytest.mark.parametrize("seed", [26, 40, 49, 110, 160])
def test_convolution_is_the_enumeration(seed):
    case = small_case(seed)
    masses = direct_convolution(case.survey, case.largest, prior=case.prior)
    exact = exact_posterior(case.survey, case.prior, case.largest)
    assert log_sum(masses) == pytest.approx(exact.log_evidence, abs=1e-9)
    for key, p in exact.conventions.items():
        if key[0] == "rounding":
            found = math.fsum(v for scenario, v in masses.items() if scenario.rule == key[2])
            assert found / math.fsum(masses.values()) == pytest.approx(p, abs=1e-9)


def test_sums_of_rounded_parts_are_not_preferred():
    survey = load_survey(CASES / "f56.toml")
    largest = survey.total // 2
    masses = direct_convolution(survey, largest)
    assert share_added(masses) == pytest.approx(0.21, abs=0.005)
    check(survey, largest, masses)


def test_a_size_that_looked_likely():
    # `direct_convolution` of the survey, and of the survey with n = 49 of g3 published, takes four
    # minutes: two counts are tied. These are the log evidence, and the ratio of the two.
    log_evidence, p = -27.7232, 0.4011
    recon = reconstruct(load_survey(CASES / "f7.toml"), "quota", draws=DRAWS)
    error = 1 / math.sqrt(recon.particles.ess)
    assert abs(recon.particles.log_evidence - log_evidence) < LOG_EVIDENCE + 3 * error
    g3 = recon.survey.group_ids.index("g3")
    found = float(recon.particles.weight[recon.particles.sizes[:, g3] == 49].sum())
    assert abs(found - p) < 5 * math.sqrt(p * (1 - p)) * error


@pytest.mark.parametrize("seed", [1, 8, 9, 12])
def test_middling_surveys(seed):
    case = middling_case(seed)
    check(case.survey, case.largest, direct_convolution(case.survey, case.largest))
