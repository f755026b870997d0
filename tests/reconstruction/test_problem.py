"""The estimate of memory, and the refusal of what does not fit."""

import pickle
import tracemalloc

import numpy as np
import pytest

from alumnistats.errors import TooLargeError
from alumnistats.reconstruction import reconstruct
from alumnistats.reconstruction.from_survey import make_problem
from alumnistats.reconstruction.problem import (
    PROGRAM,
    bytes_available,
    bytes_needed,
    likelihoods_of,
    tabulate,
)
from alumnistats.simulation import Design, simulate

SMALL = "alumnistats.reconstruction.problem.SMALL"


def survey(groups, mean, listed=3, digits=1):
    design = Design(groups, groups * mean, listed, digits)
    return simulate(design, np.random.default_rng(5)).survey


@pytest.mark.parametrize("small", [-1, np.inf])
def test_more_needs_more(small, monkeypatch):
    monkeypatch.setattr(SMALL, small)
    monkeypatch.setattr("alumnistats.reconstruction.problem.SHORT", np.inf)
    needs = [
        [bytes_needed(make_problem(survey(8, mean)), 800) for mean in (50, 200, 800, 3200)],
        [bytes_needed(make_problem(survey(groups, 400)), 800) for groups in (4, 8, 16, 32)],
        [bytes_needed(make_problem(survey(8, 400)), draws) for draws in (100, 800, 5000)],
    ]
    for series in needs:
        assert series == sorted(series)
        assert PROGRAM < series[0] < series[-1]


@pytest.mark.parametrize(("small", "mean"), [(-1, 400), (np.inf, 150)])
def test_tables_take_what_is_estimated(small, mean, monkeypatch):
    monkeypatch.setattr(SMALL, small)
    problem = make_problem(survey(10, mean, listed=2, digits=0))
    estimate = bytes_needed(problem, 1) - PROGRAM
    tracemalloc.start()
    likelihoods = likelihoods_of(problem)
    shared = problem.shared()
    tables = [tabulate(problem, problem.scenarios[s], shared) for s in likelihoods]
    for table in tables:
        for group in problem.groups:
            table["q"].root(group)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.5 * taken < estimate < 3 * taken


def test_what_does_not_fit_is_refused_before_it_is_tried(monkeypatch):
    found = survey(5, 4000)
    needed = bytes_needed(make_problem(found), 800)
    monkeypatch.setattr("alumnistats.reconstruction.problem.bytes_available", lambda: needed / 2)
    tracemalloc.start()
    with pytest.raises(TooLargeError) as caught:
        reconstruct(found)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < needed / 4
    message = str(caught.value)
    assert message.startswith("simulated: found 5 groups of up to 10,000 respondents")
    assert f"about {needed / 1e9:.1f} GB" in message
    assert f"at most the {needed / 2e9:.1f} GB" in message
    assert "sizes where they are published (n in [[groups]])" in message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_a_limit_of_the_process_counts(monkeypatch):
    resource = pytest.importorskip("resource")
    assert 0 < bytes_available() < float("inf")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (10**6, 10**6))
    assert bytes_available() == 10**6
