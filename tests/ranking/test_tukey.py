"""Tukey's sets: ICRanks, the studentised range of scipy, the sets that they are."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alumnistats.errors import ArgumentError
from alumnistats.ranking import rank_sets, tukey_rank_sets

REFERENCE = Path(__file__).parents[1] / "reference"
METHODS = {"single-step": "Tukey", "sequential": "SeqTukey"}


@pytest.mark.parametrize("steps", METHODS)
def test_equals_icranks(steps):
    data = pd.read_csv(REFERENCE / "input_k12.csv")
    table = pd.read_csv(REFERENCE / "icranks_k12.csv")
    rows = table[table["method"] == METHODS[steps]]
    sets = tukey_rank_sets(data["phat"], data["var"], steps=steps)
    assert sets.lower.tolist() == rows["L"].tolist()
    assert sets.upper.tolist() == rows["U"].tolist()


@pytest.mark.parametrize("groups", [3, 12])
def test_equal_variances_give_the_studentised_range(groups):
    from scipy.stats import studentized_range

    sets = tukey_rank_sets(np.zeros(groups), np.full(groups, 0.3), steps="single-step")
    expected = studentized_range.ppf(0.95, groups, np.inf) / np.sqrt(2)
    assert sets.first_critical[0] == pytest.approx(expected, abs=0.01)  # 4 standard errors


@pytest.mark.parametrize("steps", METHODS)
def test_they_are_the_simultaneous_sets(steps):
    rng = np.random.default_rng(0)
    estimate, variance = rng.normal(size=6), rng.uniform(0.01, 0.2, 6)
    sets = tukey_rank_sets(estimate, variance, steps=steps, level=0.8, seed=3)
    same = rank_sets(
        estimate, variance, kind="simultaneous", stepdown=steps == "sequential", level=0.8, seed=3
    )
    assert sets.lower.tolist() == same.lower.tolist()
    assert sets.upper.tolist() == same.upper.tolist()
    assert "all ranks at once" in sets.guarantee


def test_unknown_steps_are_refused():
    with pytest.raises(ArgumentError, match="steps"):
        tukey_rank_sets([1.0], [1.0], steps="stepdown")
