"""Passes that are not run are accounted for: what is left out is bounded, never said to be 0."""

import numpy as np
import pytest

from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.problem import likelihoods_of
from alumnistats.reconstruction.size_draws import run_pass
from alumnistats.reconstruction.size_mixture import MOST_ROWS, run_passes
from alumnistats.reconstruction.size_priors import size_limits, size_models
from alumnistats.survey import Survey


def text(words):
    return {"en": words, "ja": words}


@pytest.fixture(scope="module")
def given():
    """Return what passes are run of: three groups that print a share, 60 respondents in all."""
    survey = Survey.model_validate(
        {
            "format": 1, "id": "three", "title": text("Three"), "total": 60,
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "groups": [{"id": g, "label": text(g)} for g in "xyz"],
            "questions": [
                {"id": "q", "label": text("q"), "answers": "single", "complete": True,
                 "options": [{"id": o, "label": text(o)} for o in ("yes", "no")]}
            ],
            "figures": [
                {"of": "q:yes", "group": g, "percent": p, "at": "t"}
                for g, p in zip("xyz", ("25.0", "33.3", "40.0"), strict=True)
            ],
        }
    )  # fmt: skip
    problem = make_problem(survey)
    models = size_models(survey, "quota", size_limits(survey)[1])
    return problem, (models, likelihoods_of(problem), problem.log_prior, problem.total)


def evidence(problem, passes):
    masses = [one.log_evidence + problem.scenarios[one.scenario].log_prior for one in passes]
    return np.exp(np.logaddexp.reduce(masses))


@pytest.mark.parametrize("leave", [0.5, 0.1, 0.01])
def test_what_is_left_out_is_no_more_than_is_said(given, leave):
    problem, given = given
    every, nothing = run_passes(*given, leave=1e-9)
    assert nothing < 1e-4  # passes with less than a millionth each are never drawn from
    some, left_out = run_passes(*given, leave=leave)
    assert len(some) < len(every)
    missing = 1 - evidence(problem, some) / evidence(problem, every)
    assert missing > 0
    # The bound is a share of what was found.
    assert missing / (1 - missing) <= left_out + 1e-9
    assert left_out <= leave + 1e-4


def test_the_evidence_is_that_of_all_passes(given):
    problem, (models, likelihoods, log_prior, total) = given
    every, left_out = run_passes(models, likelihoods, log_prior, total, leave=1e-9)
    whole = sum(
        np.exp(run_pass(s, model, node, likelihood, total).log_evidence + log_prior[s])
        for s, likelihood in likelihoods.items()
        for model in models
        for node in range(len(model.nodes))
    )
    assert whole * (1 - left_out) * (1 - 1e-9) <= evidence(problem, every) <= whole * (1 + 1e-9)


def test_every_pass_is_run_once(given):
    every, _ = run_passes(*given[1], leave=1e-9)
    cells = [(one.scenario, one.model.quota, one.node) for one in every]
    assert len(set(cells)) == len(cells)
    assert len(cells) > MOST_ROWS  # in several batches
