"""Times of one more scenario of a sensitivity analysis, by the step at which it departs.

A thousand scenarios in three minutes on two cores leave 0.36 s for each; most of them only judge.
"""

import itertools
from dataclasses import replace

import pytest

from alumnistats.analysis import Choices
from alumnistats.analysis.choices import fit, gather, judge_survey, recover
from alumnistats.analysis.tipping import tipping_points
from alumnistats.sources import load_survey

USUAL = Choices()


@pytest.fixture(scope="module")
def recon():
    return recover(load_survey(), USUAL)


@pytest.fixture(scope="module")
def fits(recon):
    return fit(recon, USUAL)


@pytest.mark.parametrize("model", ["partial-pooling", "beta-binomial", "no-pooling"])
def test_fit(benchmark, recon, model):
    choices = Choices(model=model)
    benchmark.pedantic(fit, args=(recon, choices), rounds=5, warmup_rounds=1)


def test_fit_with_a_design_effect(benchmark, recon):
    benchmark.pedantic(fit, args=(recon, Choices(design_effect=2.0)), rounds=5, warmup_rounds=1)


def test_judge_for_the_first_time(benchmark, recon, fits):
    benchmark.pedantic(judge_survey, args=(recon, fits, USUAL), rounds=5, warmup_rounds=1)


def test_judge_at_another_level(benchmark, recon, fits):
    evidence = gather(recon, fits)
    levels = itertools.count(1)
    benchmark.pedantic(
        lambda: judge_survey(
            recon, fits, replace(USUAL, level=1 - 0.1 / next(levels)), evidence=evidence
        ),
        rounds=20,
        warmup_rounds=1,
    )


def test_judge_with_another_bias(benchmark, recon, fits):
    evidence = gather(recon, fits)
    biases = itertools.count(1)
    benchmark.pedantic(
        lambda: judge_survey(
            recon, fits, replace(USUAL, bias=0.01 * next(biases)), evidence=evidence
        ),
        rounds=10,
        warmup_rounds=1,
    )


def test_tipping_points(benchmark, recon, fits):
    benchmark.pedantic(tipping_points, args=(recon, fits, USUAL), rounds=3, warmup_rounds=1)
